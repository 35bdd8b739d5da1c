/* demo_agents.c: what makers quote, what traders do, and how orders are filled.       SPDX-License-Identifier: Apache-2.0 */
#include "base/wide.h"
#include "core/forced.h"
#include "num/elementary.h"
#include "price/mark.h"
#include "sim/demo_parts.h"

enum { LEVELS = 8, ACTIONS_QUIET = 6, ACTIONS_OPENING = 150, MATCHES_TAKER_FEE_PPM = 500 };

static const double maker_spread = 0.0002; /* half of it, in calm */

static double
price_of(const plm_core *core, uint32_t underlying) {
    return (double)core->prices[underlying].price.price_e8 / PLI_DEMO_E8;
}

static bool
is_maker(uint32_t account) {
    return account < PLI_DEMO_MAKERS;
}

static int64_t
lots_held(const plm_core *core, uint32_t account, uint32_t instrument) {
    if (account >= core->ledger.account_count) {
        return 0;
    }
    const pli_position *positions = pli_ledger_positions(&core->ledger, account);
    for (uint32_t i = 0; i < core->ledger.accounts[account].position_count; i += 1) {
        if (positions[i].instrument_index == instrument) {
            return positions[i].lots;
        }
    }
    return 0;
}

// --- Makers ----------------------------------------------------------------------------------------------------------------

void
pli_demo_quote(pli_demo *demo, const plm_core *core) {
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        const pli_demo_terms *terms = &pli_demo_terms_of[u];
        pli_demo_path *path = &demo->paths[u];
        double lot_usd = (double)terms->lot_e8 / PLI_DEMO_E8 * path->price;
        double held = 0;
        for (uint32_t m = 0; m < 2; m += 1) {
            held += (double)lots_held(core, 2 * u + m, u) * lot_usd;
            pli_book_clear(&demo->books[u], 2 * u + m);
        }
        // Makers who are short ask for more, and the other way round; fear presses the perpetual below the index.
        double wanted = -held / (double)terms->depth_usd * 0.002 - 0.004 * demo->stress;
        wanted = wanted > 0.01 ? 0.01 : wanted < -0.01 ? -0.01 : wanted;
        path->premium += 0.05 * (wanted - path->premium);
        double middle = pli_demo_perpetual_price(demo, u);
        double half = maker_spread * (1 + 12 * demo->stress);
        double size = (double)terms->depth_usd * path->depth / LEVELS / lot_usd;
        for (uint32_t i = 0; i < 2 * LEVELS; i += 1) {
            bool is_bid = i % 2 == 0;
            double away = half * (1 + 1.5 * (double)(i / 2)) * (is_bid ? -1 : 1);
            pli_book_order order = {.order_id = i + 1,
                                    .account = 2 * u + i / 2 % 2,
                                    .side = is_bid ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                                    .limit_e8 = pli_demo_round(u, middle * (1 + away)),
                                    .lots =
                                        1 + (int64_t)(size * (0.5 + pli_prng_unit(&demo->prng)))};
            (void)pli_book_rest(&demo->books[u], &order);
        }
    }
}

// --- Orders under way --------------------------------------------------------------------------------------------------------

static bool
is_live(const plm_core *core, uint32_t instrument) {
    int64_t expiry = core->ledger.listing_instruments[instrument].expiry_ns;
    return expiry == 0 || expiry > core->time_ns + 60 * PLI_DEMO_SECOND;
}

static void
write_trade(const pli_demo *demo, const plm_core *core, plm_event *event) {
    const pli_demo_incoming *incoming = &demo->incoming;
    const plm_instrument *terms = &core->ledger.listing_instruments[incoming->instrument_index];
    uint32_t u = terms->underlying_index;
    bool is_buy = incoming->order.side == PLM_SIDE_BUY;
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_TRADE, incoming->order.account);
    plm_event_trade *body = &event->trade_body;
    body->instrument_index = incoming->instrument_index;
    body->maker_account = demo->match.account;
    body->lots = is_buy ? demo->match.lots : -demo->match.lots;
    body->price_e8 = demo->match.price_e8;
    double notional =
        (double)demo->match.lots * (double)terms->lot_e8 / PLI_DEMO_E8 * demo->paths[u].price;
    body->taker_fee_atoms = (int64_t)(notional * MATCHES_TAKER_FEE_PPM);
    body->maker_fee_atoms = -body->taker_fee_atoms / 5;
    body->taker_order_id = incoming->order.order_id;
    // Makers and arbitrageurs rest in the book without a reservation at the engine.
    body->maker_order_id = is_maker(demo->match.account) ? 0 : demo->match.order_id;
}

// An option has no book: the maker of its underlying answers at its mark, half a spread away.
static bool
quote_option(const pli_demo *demo, const plm_core *core, pli_book_match *match) {
    const pli_demo_incoming *incoming = &demo->incoming;
    const plm_mark *mark = &core->marks[incoming->instrument_index];
    uint32_t u = core->ledger.listing_instruments[incoming->instrument_index].underlying_index;
    if (!mark->is_present || !is_live(core, incoming->instrument_index)) {
        return false;
    }
    double value = (double)mark->mark_e8 / PLI_DEMO_E8;
    double half = 0.01 * value * (1 + 3 * demo->stress) + 0.00005 * price_of(core, u);
    bool is_buy = incoming->order.side == PLM_SIDE_BUY;
    double asked = is_buy ? value + half : value - half;
    int64_t price_e8 = asked > 0 ? (int64_t)(asked * PLI_DEMO_E8) : 0;
    if (is_buy ? price_e8 > incoming->order.limit_e8 : price_e8 < incoming->order.limit_e8) {
        return false;
    }
    *match = (pli_book_match){.order_id = 0,
                              .account = 2 * u + (uint32_t)(demo->tick_count % 2),
                              .lots = incoming->order.lots,
                              .price_e8 = price_e8};
    return match->account != incoming->order.account;
}

// The next fill of the order under way; it is over when there is none.
static bool
fill_incoming(pli_demo *demo, plm_core *core, plm_event *event) {
    pli_demo_incoming *incoming = &demo->incoming;
    if (!incoming->is_active || incoming->order.lots <= 0) {
        incoming->is_active = false;
        return false;
    }
    bool is_perpetual = incoming->instrument_index < PLI_DEMO_UNDERLYINGS;
    bool is_met = is_perpetual ? pli_book_cross(&demo->books[incoming->instrument_index],
                                                &incoming->order, &demo->match, 1) == 1
                               : quote_option(demo, core, &demo->match);
    if (!is_met) {
        // What others reserved rests; forced orders are planned anew, and traders take what there is.
        bool rests = is_perpetual && incoming->order.order_id != 0 &&
                     !pli_forced_is(incoming->order.order_id);
        if (rests) {
            (void)pli_book_rest(&demo->books[incoming->instrument_index], &incoming->order);
        }
        incoming->is_active = false;
        return false;
    }
    write_trade(demo, core, event);
    demo->is_told_awaited = true;
    return true;
}

void
pli_demo_wait(pli_demo *demo, uint32_t account) {
    for (uint32_t i = 0; i < demo->waiting_count; i += 1) {
        if (demo->waiting[i] == account) {
            return;
        }
    }
    if (demo->waiting_count < PLI_DEMO_WAITING) {
        demo->waiting[demo->waiting_count] = account;
        demo->waiting_count += 1;
    }
}

bool
pli_demo_work_orders(pli_demo *demo, plm_core *core, plm_event *event) {
    if (demo->item == 0) {
        demo->item = 1;
        demo->waiting_at = 0;
        demo->order_at = 0;
        demo->incoming.is_active = false;
    }
    while (demo->waiting_at < demo->waiting_count) {
        uint32_t account = demo->waiting[demo->waiting_at];
        if (fill_incoming(demo, core, event)) {
            return true;
        }
        uint32_t count = core->ledger.accounts[account].order_count;
        const pli_order *orders = pli_ledger_orders(&core->ledger, account);
        if (count == 0) {
            demo->waiting_count -= 1;
            demo->waiting[demo->waiting_at] = demo->waiting[demo->waiting_count];
            demo->order_at = 0;
            continue;
        }
        if (demo->order_at >= count) {
            demo->waiting_at += 1;
            demo->order_at = 0;
            continue;
        }
        const pli_order *order = &orders[demo->order_at];
        demo->order_at += 1;
        demo->incoming = (pli_demo_incoming){.is_active = true,
                                             .instrument_index = order->instrument_index,
                                             .order = {.order_id = order->order_id,
                                                       .account = account,
                                                       .side = order->side,
                                                       .limit_e8 = order->limit_e8,
                                                       .lots = order->lots}};
    }
    return false;
}

// --- Traders -------------------------------------------------------------------------------------------------------------------

typedef enum habit {
    HABIT_LONG = 1,
    HABIT_SHORT = 2,
    HABIT_SELLER = 3, /* of options */
    HABIT_BUYER = 4,
    HABIT_HEDGED = 5 /* coins held, perpetual sold */
} habit;

static habit
habit_of(const pli_demo *demo, uint32_t account) {
    bool has_coins = pli_demo_trait(demo, account, 2) < 0.2;
    double trait = pli_demo_trait(demo, account, 4);
    if (has_coins && trait < 0.5) {
        return HABIT_HEDGED;
    }
    return trait < 0.52   ? HABIT_LONG
           : trait < 0.74 ? HABIT_SHORT
           : trait < 0.88 ? HABIT_SELLER
                          : HABIT_BUYER;
}

static uint32_t
underlying_of(const pli_demo *demo, uint32_t account) {
    double trait = pli_demo_trait(demo, account, habit_of(demo, account) == HABIT_HEDGED ? 3 : 5);
    if (habit_of(demo, account) == HABIT_HEDGED) {
        return trait < 0.6 ? 0 : 1; // the coin it holds
    }
    return trait < 0.5 ? 0 : trait < 0.8 ? 1 : 2;
}

static void
order_perpetual(pli_demo *demo, uint32_t account, uint32_t u, double lots) {
    if (lots > -1 && lots < 1) {
        return;
    }
    double reach = lots > 0 ? 1.01 : 0.99;
    demo->incoming = (pli_demo_incoming){
        .is_active = true,
        .instrument_index = u,
        .order = {.account = account,
                  .side = lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                  .limit_e8 = pli_demo_round(u, pli_demo_perpetual_price(demo, u) * reach),
                  .lots = (int64_t)(lots > 0 ? lots : -lots)}};
}

static void
order_option(pli_demo *demo, const plm_core *core, uint32_t account, double notional) {
    uint32_t u = underlying_of(demo, account);
    bool is_seller = habit_of(demo, account) == HABIT_SELLER;
    uint32_t chains = (core->ledger.instrument_count - PLI_DEMO_UNDERLYINGS) /
                      (PLI_DEMO_UNDERLYINGS * PLI_DEMO_CHAIN);
    if (chains == 0) {
        return;
    }
    uint32_t recent = chains < PLI_DEMO_CHAINS_LIVE ? chains : PLI_DEMO_CHAINS_LIVE;
    uint32_t chain = chains - 1 - (uint32_t)pli_prng_below(&demo->prng, recent);
    // Sellers sell puts below and calls above the price; buyers buy anything.
    uint32_t far = (uint32_t)pli_prng_below(&demo->prng, PLI_DEMO_STRIKES / 2);
    bool is_put = pli_prng_below(&demo->prng, 3) < 2;
    uint32_t strike = is_put == is_seller ? far : PLI_DEMO_STRIKES - 1 - far;
    uint32_t instrument = PLI_DEMO_UNDERLYINGS +
                          (chain * PLI_DEMO_UNDERLYINGS + u) * PLI_DEMO_CHAIN + 2 * strike +
                          (is_put ? 1 : 0);
    double lot = (double)core->ledger.listing_instruments[instrument].lot_e8 / PLI_DEMO_E8;
    double lots = notional / (lot * price_of(core, u));
    if (lots < 1 || !is_live(core, instrument)) {
        return;
    }
    demo->incoming = (pli_demo_incoming){.is_active = true,
                                         .instrument_index = instrument,
                                         .order = {.account = account,
                                                   .side = is_seller ? PLM_SIDE_SELL : PLM_SIDE_BUY,
                                                   .limit_e8 = is_seller ? 0 : PLM_PRICE_E8_MAX,
                                                   .lots = (int64_t)lots}};
}

// What an account without positions opens: as much of its equity, times a lever, as its habit says.
static void
open_position(pli_demo *demo, const plm_core *core, uint32_t account, double equity) {
    uint32_t u = underlying_of(demo, account);
    double lot_usd =
        (double)pli_demo_terms_of[u].lot_e8 / PLI_DEMO_E8 * pli_demo_perpetual_price(demo, u);
    double lever = 2 + 3 * pli_demo_trait(demo, account, 6) + 2 * pli_prng_unit(&demo->prng);
    switch (habit_of(demo, account)) {
    case HABIT_LONG:
        order_perpetual(demo, account, u, equity * lever / lot_usd);
        return;
    case HABIT_SHORT:
        order_perpetual(demo, account, u, -equity * lever / lot_usd);
        return;
    case HABIT_HEDGED:
        order_perpetual(demo, account, u, -equity / lot_usd);
        return;
    case HABIT_SELLER:
        order_option(demo, core, account, equity * lever);
        return;
    case HABIT_BUYER:
        order_option(demo, core, account, equity * (0.5 + lever / 4));
        return;
    }
}

// A part of the largest position is closed, all of it half of the time.
static void
close_position(pli_demo *demo, const plm_core *core, uint32_t account) {
    const pli_position *positions = pli_ledger_positions(&core->ledger, account);
    uint32_t count = core->ledger.accounts[account].position_count;
    const pli_position *chosen = &positions[pli_prng_below(&demo->prng, count)];
    int64_t lots = chosen->lots;
    lots = pli_prng_below(&demo->prng, 2) == 0 ? lots / 2 : lots;
    if (lots == 0) {
        return;
    }
    if (chosen->instrument_index < PLI_DEMO_UNDERLYINGS) {
        order_perpetual(demo, account, chosen->instrument_index, -(double)lots);
        return;
    }
    demo->incoming = (pli_demo_incoming){.is_active = true,
                                         .instrument_index = chosen->instrument_index,
                                         .order = {.account = account,
                                                   .side = lots > 0 ? PLM_SIDE_SELL : PLM_SIDE_BUY,
                                                   .limit_e8 = lots > 0 ? 0 : PLM_PRICE_E8_MAX,
                                                   .lots = lots > 0 ? lots : -lots}};
}

// Arbitrageurs sell the perpetual where it stands above the index, and the other way round.
static void
arbitrage(pli_demo *demo, const plm_core *core, uint32_t account) {
    uint32_t u = (account - PLI_DEMO_MAKERS) / 2;
    double premium = demo->paths[u].premium;
    double lot_usd = (double)pli_demo_terms_of[u].lot_e8 / PLI_DEMO_E8 * demo->paths[u].price;
    double held = (double)lots_held(core, account, u) * lot_usd;
    double most = 3e7;
    if (premium > 0.0015 && held > -most) {
        order_perpetual(demo, account, u, -200000 / lot_usd);
    } else if (premium < -0.0015 && held < most) {
        order_perpetual(demo, account, u, 200000 / lot_usd);
    }
}

static bool
write_money(const pli_demo *demo, uint32_t account, double usd, plm_event *event) {
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_DEPOSIT, account);
    event->deposit_body.atoms = pli_wide_from_i128((int64_t)(usd * 1e6) + 1);
    return true;
}

// One account thinks about what it wants: an event at once, or an order under way, or nothing.
static bool
think(pli_demo *demo, plm_core *core, uint32_t account, plm_event *event) {
    const pli_account *of = &core->ledger.accounts[account];
    const plm_standing *standing = &core->standings[account];
    if (account < PLI_DEMO_TRADERS) {
        arbitrage(demo, core, account);
        return false;
    }
    uint64_t draw = pli_prng_below(&demo->prng, 100);
    if (standing->stage == PLM_STAGE_CALLED && draw < 25) {
        return write_money(demo, account, (double)standing->call_micros / 1e6 * 1.5, event);
    }
    if (of->order_count > 0) {
        return false;
    }
    bool is_flat = of->position_count == 0;
    if (standing->stage > PLM_STAGE_RESTRICTED) {
        // Ruined, and back after a while.
        bool returns = is_flat && draw < 2;
        return returns && write_money(demo, account, 1000, event);
    }
    if (is_flat && of->balance_count == 0) {
        // Another trader like the one who lost it all, most of them once prices fall no longer.
        bool comes = draw < (demo->crash_ns == 0 ? 40 : 4);
        return comes && write_money(demo, account, pli_demo_brings(demo, account), event);
    }
    if (!is_flat) {
        if (draw < 12 + (uint64_t)(20 * demo->stress)) {
            close_position(demo, core, account);
        }
        return false;
    }
    plm_requirement requirement;
    plm_core_question question = {.account = account};
    if (plm_core_require(core, &question, &requirement, NULL, NULL) == PLM_OK) {
        open_position(demo, core, account, (double)requirement.equity_initial_micros / 1e6);
    }
    return false;
}

// Trades are let in at prices that have stood for a while; before that nobody tries.
static bool
is_trading(const plm_core *core) {
    for (uint32_t u = 0; u < PLI_DEMO_UNDERLYINGS; u += 1) {
        if (core->prices[u].price.state != PLM_PRICE_STATE_VALID ||
            !core->underlyings[u].is_settled) {
            return false;
        }
    }
    return true;
}

// Ticks between two looks of the operator; while prices fall he lets the fund be what it is for longer.
enum { REFILL_CALM = 20, REFILL_FALLING = 240 };

bool
pli_demo_refill(pli_demo *demo, plm_core *core, plm_event *event) {
    uint64_t every = demo->crash_ns == 0 ? REFILL_CALM : REFILL_FALLING;
    if (!pli_demo_is_open(core) || demo->tick_count % every != 0) {
        return false;
    }
    plm_asset_totals totals;
    if (demo->item == 0 && plm_core_asset(core, 0, &totals) == PLM_OK) {
        demo->item = 1;
        pli_i128 missing =
            PLI_DEMO_INSURANCE_USD * PLI_DEMO_USD - pli_i128_from_wide(totals.insurance);
        if (missing > PLI_DEMO_INSURANCE_USD * PLI_DEMO_USD / 100) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_FUND, PLM_NONE);
            event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
            event->fund_body.instrument_index = PLM_NONE;
            event->fund_body.atoms = pli_wide_from_i128(missing);
            return true;
        }
    }
    // Who still owes is looked at again now that the fund can pay.
    for (; demo->item > 0 && demo->item <= core->ledger.account_count; demo->item += 1) {
        if (core->standings[demo->item - 1].stage == PLM_STAGE_DEFICIT) {
            pli_demo_begin(demo, event, PLM_EVENT_TYPE_ASSESS, demo->item - 1);
            demo->item += 1;
            return true;
        }
    }
    // One of the makers and arbitrageurs in a turn.
    uint32_t account = (uint32_t)(demo->tick_count / REFILL_CALM % PLI_DEMO_TRADERS);
    plm_requirement requirement;
    plm_core_question question = {.account = account};
    if (demo->item > core->ledger.account_count + 1 || account >= core->ledger.account_count ||
        plm_core_require(core, &question, &requirement, NULL, NULL) != PLM_OK) {
        return false;
    }
    demo->item = core->ledger.account_count + 2;
    double usual = pli_demo_brings(demo, account);
    double usd = (double)requirement.equity_initial_micros / 1e6;
    return usd < usual / 2 && write_money(demo, account, usual - usd, event);
}

bool
pli_demo_act(pli_demo *demo, plm_core *core, plm_event *event) {
    uint32_t count = core->ledger.account_count;
    count = count < demo->options.account_count ? count : demo->options.account_count;
    if (!pli_demo_is_open(core) || !is_trading(core) || count <= PLI_DEMO_TRADERS) {
        return false;
    }
    if (demo->item == 0) {
        demo->item = 1;
        demo->incoming.is_active = false;
        uint64_t since = (uint64_t)(demo->tick_ns - demo->begin_ns) / (uint64_t)PLI_DEMO_SECOND;
        demo->actions =
            since < 30 ? ACTIONS_OPENING : ACTIONS_QUIET + (uint32_t)(20 * demo->stress);
    }
    for (;;) {
        if (fill_incoming(demo, core, event)) {
            return true;
        }
        if (demo->actions == 0) {
            return false;
        }
        demo->actions -= 1;
        uint32_t span = count - PLI_DEMO_MAKERS;
        if (think(demo, core, PLI_DEMO_MAKERS + (uint32_t)pli_prng_below(&demo->prng, span),
                  event)) {
            return true;
        }
    }
}
