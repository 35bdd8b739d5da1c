/* rehearsal_forced.c: time passes: jobs, assessments, and forced orders that meet the ladder. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "num/decimal.h"
#include "study/rehearsal_state.h"

#define SECOND_NS INT64_C(1000000000)
#define QUIET_NS (10 * SECOND_NS)
#define PATIENCE_NS (600 * SECOND_NS)
#define STEPS 256u
#define ROUNDS_MAX 100000u
#define E10 INT64_C(10000000000)

// --- The ladder ------------------------------------------------------------------------------------------------------

// The latest ladder of a market that has begun; one that begins ends the one before it.
static uint32_t
live_ladder(const pli_rehearsal *of, const char *market) {
    int64_t now_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    uint32_t found = PLM_NONE;
    for (uint32_t i = 0; i < of->incident->ladder_count; i += 1) {
        const pli_incident_ladder *ladder = &of->incident->ladders[i];
        if (ladder->from_ms <= now_ms && pli_name_is(ladder->market, market)) {
            found = i;
        }
    }
    return found;
}

static pli_i128
excess(pli_rehearsal *of, uint32_t account, bool *is_known) {
    if (of->has_books) {
        *is_known = true;
        return pli_naive_excess(&of->books, account);
    }
    plm_requirement requirement;
    plm_fault fault;
    const plm_core_question question = {.account = account};
    *is_known = plm_core_require(of->core, &question, &requirement, NULL, &fault) == PLM_OK;
    return *is_known
               ? (pli_i128)requirement.equity_maintenance_micros - requirement.maintenance_micros
               : 0;
}

void
pli_rehearsal_count_ratio(pli_rehearsal *of, pli_i128 ratio_e18) {
    bool is_first = of->fill_count == 0;
    of->fill_ratio_low_e18 =
        is_first || ratio_e18 < of->fill_ratio_low_e18 ? ratio_e18 : of->fill_ratio_low_e18;
    of->fill_ratio_high_e18 =
        is_first || ratio_e18 > of->fill_ratio_high_e18 ? ratio_e18 : of->fill_ratio_high_e18;
    of->fill_count += 1;
}

// match - an account's order meets somebody; 0 as its id: no order of the engine's own.
typedef struct match {
    uint32_t account, maker, instrument;
    int64_t lots, price_e8;
    uint64_t order_id;
} match;

static void
count_fill(pli_rehearsal *of, const match *met) {
    uint32_t account = met->account, instrument = met->instrument;
    bool is_sale = met->lots < 0;
    int64_t price_e8 = met->price_e8;
    pli_i128 index_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
    if (index_e8 <= 0) {
        return;
    }
    pli_i128 ratio = (pli_i128)price_e8 * PLI_E18 / index_e8;
    pli_i128 discount = is_sale ? PLI_E18 - ratio : ratio - PLI_E18;
    bool is_first = of->fill_count == 0;
    pli_rehearsal_count_ratio(of, ratio);
    if (is_first || discount > of->discount_high_e18) {
        of->discount_high_e18 = discount;
        of->worst_fill_e8 = price_e8;
    }
    of->print_fills += of->is_after_print ? 1 : 0;
    pli_i128 units_e8 = (is_sale ? -(pli_i128)met->lots : met->lots) *
                        plm_core_listing(of->core).instruments[instrument].lot_e8;
    of->forced_micros += of->listed[instrument].is_inverse
                             ? units_e8 / 100
                             : units_e8 * (price_e8 < 0 ? -price_e8 : price_e8) / E10;
    of->actors[account].forced_count += 1;
    of->last_forced_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    of->last_active_ns = of->time_ns;
}

static void
note_fill(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t lots,
          int64_t price_e8) {
    char data[120];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, of->incident->accounts[account].name);
    pli_text_append(&text, lots < 0 ? " sells " : " buys ");
    pli_decimal_format(&text, (lots < 0 ? -lots : lots) * of->listed[instrument].lot_e18, 18, 0);
    pli_text_append(&text, " ");
    pli_text_append(&text, of->incident->instruments[instrument].name);
    pli_text_append(&text, " at ");
    pli_decimal_format(&text, price_e8, 8, 0);
    pli_rehearsal_note(of, 0, data, "forced", "");
}

static bool
fill(pli_rehearsal *of, const match *met) {
    bool is_known = false, is_known_after = false;
    pli_i128 before = met->order_id != 0 ? excess(of, met->account, &is_known) : 0;
    plm_event *event = pli_rehearsal_event(of, PLM_EVENT_TYPE_TRADE, met->account);
    event->trade_body.instrument_index = met->instrument;
    event->trade_body.maker_account = met->maker;
    event->trade_body.lots = met->lots;
    event->trade_body.price_e8 = met->price_e8;
    event->trade_body.taker_order_id = met->order_id;
    if (!pli_rehearsal_apply(of)) {
        return false;
    }
    if (met->order_id != 0) {
        pli_i128 after = excess(of, met->account, &is_known_after);
        of->worsened_count += is_known && is_known_after && after < before ? 1 : 0;
        count_fill(of, met);
        note_fill(of, met->account, met->instrument, met->lots, met->price_e8);
    }
    return true;
}

// Where the file knows of no book at all, its market makers stand at the index, as far as the engine lets them.
static int64_t
meet_makers(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t lots,
            uint64_t order_id) {
    int64_t price_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
    bool has_none = of->incident->ladder_count > 0 || of->has_books || order_id == 0;
    for (uint32_t i = 0; i < of->incident->account_count && !has_none && lots != 0; i += 1) {
        const match met = {account, i, instrument, lots, price_e8, order_id};
        if (i != account && pli_name_is(of->incident->accounts[i].role, "market_maker") &&
            fill(of, &met)) {
            return 0;
        }
    }
    return lots;
}

int64_t
pli_rehearsal_hit(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t lots,
                  int64_t limit_e8, uint64_t order_id) {
    uint32_t index = live_ladder(of, of->incident->instruments[instrument].name);
    if (index == PLM_NONE) {
        return meet_makers(of, account, instrument, lots, order_id);
    }
    const pli_incident_ladder *ladder = &of->incident->ladders[index];
    bool is_sale = lots < 0;
    uint32_t count = is_sale ? ladder->bid_count : ladder->ask_count;
    const pli_incident_pair *pairs = is_sale ? ladder->bids : ladder->asks;
    pli_i128 *left = &of->levels[of->level_at[index] + (is_sale ? 0 : ladder->bid_count)];
    for (uint32_t i = 0; i < count && lots != 0; i += 1) {
        int64_t price_e8 = 0;
        bool is_price = pli_price_e8(pairs[i].name, &price_e8);
        if (!is_price || (is_sale ? price_e8 < limit_e8 : price_e8 > limit_e8)) {
            break;
        }
        int64_t wanted = is_sale ? -lots : lots, there = pli_lots_of(of, instrument, left[i]);
        int64_t taken = wanted < there ? wanted : there;
        if (taken <= 0) {
            continue;
        }
        const match met = {account,  of->outside, instrument, is_sale ? -taken : taken,
                           price_e8, order_id};
        if (!fill(of, &met)) {
            break;
        }
        left[i] -= taken * of->listed[instrument].lot_e18;
        lots += is_sale ? taken : -taken;
    }
    return lots;
}

bool
pli_rehearsal_best(pli_rehearsal *of, const char *market, bool is_sale, int64_t *price_e8,
                   pli_i128 **left) {
    uint32_t index = live_ladder(of, market);
    if (index == PLM_NONE) {
        return false;
    }
    const pli_incident_ladder *ladder = &of->incident->ladders[index];
    uint32_t count = is_sale ? ladder->bid_count : ladder->ask_count;
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_incident_pair *pair = is_sale ? &ladder->bids[i] : &ladder->asks[i];
        *left = &of->levels[of->level_at[index] + (is_sale ? 0 : ladder->bid_count) + i];
        if (**left > 0 && pli_price_e8(pair->name, price_e8)) {
            return true;
        }
    }
    return false;
}

bool
pli_rehearsal_level(pli_rehearsal *of, const char *market, bool is_sale, int64_t index_e8,
                    int64_t *worth_ppm, pli_i128 **left) {
    uint32_t index = live_ladder(of, market);
    if (index == PLM_NONE || index_e8 <= 0) {
        return false;
    }
    const pli_incident_ladder *ladder = &of->incident->ladders[index];
    const pli_incident_pair *pairs = is_sale ? ladder->bids : ladder->asks;
    uint32_t count = is_sale ? ladder->bid_count : ladder->ask_count;
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 *there = &of->levels[of->level_at[index] + (is_sale ? 0 : ladder->bid_count) + i];
        int64_t price_e8 = 0;
        if (*there > 0 && pli_price_e8(pairs[i].name, &price_e8) && price_e8 > 0) {
            pli_i128 worth = is_sale ? (pli_i128)price_e8 * 1000000 / index_e8
                                     : (pli_i128)index_e8 * 1000000 / price_e8;
            *worth_ppm = worth > 1000000 ? 1000000 : (int64_t)worth;
            *left = there;
            return true;
        }
    }
    return false;
}

// --- What the engine has asked for -----------------------------------------------------------------------------------

static bool
find_limit(pli_rehearsal *of, const pli_forced *order, int64_t *limit_e8, bool *is_sale) {
    plm_portfolio held;
    if (!pli_rehearsal_portfolio(of, order->account, &held)) {
        return false;
    }
    for (uint32_t i = 0; i < held.order_count; i += 1) {
        if (held.orders[i].instrument_index == order->instrument && held.orders[i].is_reduce_only &&
            held.orders[i].lots == order->lots) {
            *limit_e8 = held.orders[i].limit_e8;
            *is_sale = held.orders[i].side == PLM_SIDE_SELL;
            return true;
        }
    }
    return false;
}

static void
fill_forced(pli_rehearsal *of) {
    for (uint32_t i = of->forced_count; i > 0 && of->status == PLM_OK; i -= 1) {
        if (i > of->forced_count) {
            continue;
        }
        const pli_forced order = of->forced[i - 1];
        int64_t limit_e8 = 0;
        bool is_sale = false;
        if (find_limit(of, &order, &limit_e8, &is_sale)) {
            (void)pli_rehearsal_hit(of, order.account, order.instrument,
                                    is_sale ? -order.lots : order.lots, limit_e8, order.order_id);
        }
    }
}

static void
drain(pli_rehearsal *of) {
    for (uint32_t i = 0; i < ROUNDS_MAX && plm_core_job_count(of->core) > 0; i += 1) {
        pli_rehearsal_event(of, PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count =
            STEPS;
        if (!pli_rehearsal_apply(of)) {
            return;
        }
    }
}

static bool
is_in_hand(const pli_rehearsal *of, uint32_t account) {
    plm_account_info info;
    return plm_core_account(of->core, account, &info) == PLM_OK &&
           info.standing.stage >= PLM_STAGE_PARTIAL;
}

bool
pli_rehearsal_is_settled(const pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        plm_account_info info;
        if (plm_core_account(of->core, i, &info) == PLM_OK &&
            info.standing.stage >= PLM_STAGE_PARTIAL && info.standing.stage != PLM_STAGE_DEFICIT) {
            return false;
        }
    }
    return true;
}

// Accounts in hand are assessed again: the next slice, or the end of it.
static bool
assess(pli_rehearsal *of) {
    bool has_any = false;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        if (is_in_hand(of, i)) {
            has_any = true;
            (void)pli_rehearsal_event(of, PLM_EVENT_TYPE_ASSESS, i);
            (void)pli_rehearsal_apply(of);
        }
    }
    return has_any;
}

pli_i128
pli_rehearsal_open_interest(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        pli_i128 lots = 0;
        for (uint32_t at = 0; at < of->account_count; at += 1) {
            int64_t held = of->books.lots[(size_t)at * of->books.instrument_count + i];
            lots += held > 0 ? held : 0;
        }
        pli_i128 price_e8 = of->books.prices_e8[of->listed[i].symbol];
        sum += lots * of->listed[i].lot_e18 / PLI_E8 * (price_e8 < 0 ? -price_e8 : price_e8) /
               1000000000000;
    }
    return sum;
}

static void
look_around(pli_rehearsal *of) {
    pli_i128 open = of->has_books ? pli_rehearsal_open_interest(of) : 0;
    for (uint32_t i = 0; i < of->symbol_count && !of->has_books; i += 1) {
        plm_core_shocks shocks;
        if (plm_core_underlying(of->core, i, &shocks) == PLM_OK) {
            open += shocks.open_interest_micros;
        }
    }
    of->open_interest_high = open > of->open_interest_high ? open : of->open_interest_high;
}

void
pli_rehearsal_work(pli_rehearsal *of) {
    if (of->has_books) {
        pli_rehearsal_naive_work(of);
        look_around(of);
        return;
    }
    drain(of);
    fill_forced(of);
    drain(of);
    look_around(of);
}

static bool
has_work(const pli_rehearsal *of) {
    if (of->has_books) {
        return false;
    }
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        if (is_in_hand(of, i)) {
            return true;
        }
    }
    return false;
}

// Every second while somebody is in hand and things move, every ten seconds otherwise.
void
pli_rehearsal_until(pli_rehearsal *of, int64_t time_ns) {
    while (of->time_ns < time_ns && of->status == PLM_OK) {
        bool is_moving = of->time_ns - of->last_active_ns < PATIENCE_NS;
        int64_t step_ns = is_moving && has_work(of) ? SECOND_NS : QUIET_NS;
        int64_t left_ns = time_ns - of->time_ns;
        of->time_ns += left_ns < step_ns ? left_ns : step_ns;
        pli_rehearsal_beat(of);
        if (of->has_books) {
            pli_rehearsal_work(of);
            pli_rehearsal_sample_now(of);
            continue;
        }
        drain(of);
        bool is_auction = pli_rehearsal_auctions(of);
        if ((is_moving || is_auction) && assess(of)) {
            fill_forced(of);
            drain(of);
        }
        look_around(of);
        pli_rehearsal_sample_now(of);
    }
}
