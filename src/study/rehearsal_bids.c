/* rehearsal_bids.c: bidders in auctions: keepers by their policy, and who stands behind a ladder. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "num/decimal.h"
#include "study/rehearsal_state.h"

#define PPM INT64_C(1000000)
#define HALVINGS 12u

// What is for sale of one account, at the engine's prices, micros: positions by their size, coins by their value.
static pli_i128
size_of(const pli_rehearsal *of, const plm_portfolio *held) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        const plm_position *position = &held->positions[i];
        const pli_listed *listed = &of->listed[position->instrument_index];
        pli_i128 lots = position->lots < 0 ? -(pli_i128)position->lots : position->lots;
        pli_i128 units = lots * listed->lot_e18 / 1000000000000;
        pli_i128 price_e8 = pli_rehearsal_price(of, listed->symbol);
        sum += units * (price_e8 < 0 ? -price_e8 : price_e8) / PLI_E8;
    }
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        pli_i128 value = pli_rehearsal_value(of, held->balances[i].asset_index,
                                             pli_i128_from_wide(held->balances[i].atoms), false);
        sum += held->balances[i].asset_index != 0 ? (value < 0 ? -value : value) : 0;
    }
    return sum;
}

static bool
look_at(pli_rehearsal *of, uint32_t account, plm_portfolio *held, plm_requirement *requirement) {
    plm_fault fault;
    const plm_core_question question = {.account = account};
    return plm_core_require(of->core, &question, requirement, NULL, &fault) == PLM_OK &&
           pli_rehearsal_portfolio(of, account, held);
}

// What the engine concedes of coins for sale by now, ppm of the index (docs/books.md, section 15): of the dearest haircut.
static int64_t
conceded(const pli_rehearsal *of, uint32_t account, const plm_portfolio *held,
         const plm_requirement *requirement) {
    plm_account_info info;
    int64_t length_ns = INT64_C(30000000000), most = 0; // the standard of auction_insolvent_ns
    plm_listing listing = plm_core_listing(of->core);
    if (requirement->equity_maintenance_micros > 0 ||
        plm_core_account(of->core, account, &info) != PLM_OK) {
        return 0;
    }
    int64_t clock_ns = info.standing.auction_clock_ns;
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        uint32_t asset = held->balances[i].asset_index;
        pli_i128 atoms = pli_i128_from_wide(held->balances[i].atoms);
        int64_t haircut = asset == 0 || atoms == 0 ? 0
                          : atoms > 0              ? listing.assets[asset].tiers[0].haircut_ppm
                                                   : listing.assets[asset].liability_haircut_ppm;
        most = haircut > most ? haircut : most;
    }
    return most * ((clock_ns < length_ns ? clock_ns : length_ns) / 1000000000) / 30;
}

static void
count_bid(pli_rehearsal *of, pli_i128 size, pli_i128 paid_atoms, int64_t share_ppm) {
    pli_i128 moved = size * share_ppm / PPM;
    pli_i128 paid = pli_rehearsal_value(of, 0, paid_atoms, false) + moved * of->conceded_ppm / PPM;
    if (moved <= 0) {
        return;
    }
    of->forced_micros += moved;
    pli_i128 ratio = PLI_E18 - paid * 1000000000 / moved * 1000000000;
    bool is_first = of->fill_count == 0;
    of->fill_ratio_low_e18 =
        is_first || ratio < of->fill_ratio_low_e18 ? ratio : of->fill_ratio_low_e18;
    of->fill_ratio_high_e18 =
        is_first || ratio > of->fill_ratio_high_e18 ? ratio : of->fill_ratio_high_e18;
    of->discount_high_e18 = is_first || PLI_E18 - ratio > of->discount_high_e18
                                ? PLI_E18 - ratio
                                : of->discount_high_e18;
    of->fill_count += 1;
    of->bid_count += 1;
    of->last_forced_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    of->last_active_ns = of->time_ns;
}

static void
note_bid(pli_rehearsal *of, uint32_t bidder, uint32_t account, int64_t share_ppm,
         pli_i128 paid_atoms) {
    char data[120];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, bidder < of->incident->account_count
                               ? of->incident->accounts[bidder].name
                               : "(ladder)");
    pli_text_append(&text, " takes ");
    pli_decimal_format(&text, share_ppm, 4, 0);
    pli_text_append(&text, "% of ");
    pli_text_append(&text, of->incident->accounts[account].name);
    pli_text_append(&text, ", paid atoms ");
    pli_text_append_i128(&text, paid_atoms);
    pli_rehearsal_note(of, 0, data, "bid", "");
}

static bool
offer(pli_rehearsal *of, uint32_t bidder, uint32_t account, int64_t share_ppm,
      int64_t premium_ppm) {
    plm_account_info info;
    plm_portfolio held;
    plm_requirement requirement;
    if (plm_core_account(of->core, account, &info) != PLM_OK ||
        info.standing.stage != PLM_STAGE_AUCTION || !look_at(of, account, &held, &requirement)) {
        return false;
    }
    pli_i128 size = size_of(of, &held);
    of->conceded_ppm = conceded(of, account, &held, &requirement);
    plm_event_bid *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_BID, bidder)->bid_body;
    body->sold_account = account;
    body->round = info.standing.round_count;
    body->share_ppm = share_ppm;
    body->premium_min_ppm = premium_ppm > PPM ? PPM : premium_ppm;
    if (!pli_rehearsal_apply(of)) {
        return false;
    }
    for (uint32_t i = 0; i < of->outcome.effect_count && i < PLI_EFFECTS_MAX; i += 1) {
        if (of->effects[i].kind == PLM_EFFECT_BID) {
            int64_t taken_ppm = (int64_t)pli_i128_from_wide(of->effects[i].a);
            pli_i128 paid_atoms = pli_i128_from_wide(of->effects[i].b);
            count_bid(of, size, paid_atoms, taken_ppm);
            note_bid(of, bidder, account, taken_ppm, paid_atoms);
        }
    }
    return true;
}

void
pli_rehearsal_bid(pli_rehearsal *of, uint32_t bidder, uint32_t account) {
    if (bidder != PLM_NONE && account != PLM_NONE) {
        (void)offer(of, bidder, account, PPM, 0);
    }
}

// The least premium, of the maintenance requirement, at which a share costs no more than `worth_ppm` of its size.
static int64_t
premium_for(pli_i128 size, pli_i128 maintenance, int64_t worth_ppm) {
    if (worth_ppm >= PPM) {
        return 0;
    }
    pli_i128 wanted = size * (PPM - worth_ppm) / PPM;
    pli_i128 ppm = maintenance > 0 ? (wanted * PPM + maintenance - 1) / maintenance : PPM + 1;
    return ppm > PPM ? PPM + 1 : (int64_t)ppm;
}

// What a keeper has taken he sells elsewhere at the index, and brings the money back: he bids again with it.
static void
recycle(pli_rehearsal *of, uint32_t bidder) {
    for (uint32_t asset = 1; asset < of->asset_count; asset += 1) {
        pli_i128 atoms = pli_rehearsal_held(of, bidder, asset);
        pli_i128 value = atoms > 0 ? pli_rehearsal_value(of, asset, atoms, false) : 0;
        if (value > 0 && pli_rehearsal_amount(of, PLM_EVENT_TYPE_WITHDRAW, bidder, asset, atoms)) {
            (void)pli_rehearsal_amount(of, PLM_EVENT_TYPE_DEPOSIT, bidder, 0,
                                       pli_asset_atoms(of, 0, value * 1000000000000));
        }
    }
}

// A keeper bids for as much as the engine lets him take, down to a four-thousandth.
static void
bid_of_keeper(pli_rehearsal *of, uint32_t bidder, uint32_t account) {
    plm_portfolio held;
    plm_requirement requirement;
    if (!look_at(of, account, &held, &requirement)) {
        return;
    }
    pli_i128 size = size_of(of, &held);
    // what is conceded of coins anyway need not be paid as a premium
    int64_t worth_ppm = of->actors[bidder].worth_ppm + conceded(of, account, &held, &requirement);
    int64_t premium_ppm = premium_for(size, requirement.maintenance_micros, worth_ppm);
    int64_t share_ppm = PPM;
    for (uint32_t i = 0; i < HALVINGS && premium_ppm <= PPM; i += 1) {
        if (offer(of, bidder, account, share_ppm, premium_ppm)) {
            recycle(of, bidder);
            return;
        }
        share_ppm = share_ppm > 1 ? share_ppm / 2 : 1;
    }
}

// The ladder of what the account has most of, and how much of the account its best level can take.
static bool
best_level(pli_rehearsal *of, const plm_portfolio *held, int64_t *worth_ppm, int64_t *share_ppm,
           pli_i128 **left, pli_i128 *units_e18) {
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        uint32_t instrument = held->positions[i].instrument_index;
        bool is_sale = held->positions[i].lots > 0;
        pli_i128 lots = held->positions[i].lots;
        *units_e18 = (lots < 0 ? -lots : lots) * of->listed[instrument].lot_e18;
        int64_t index_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
        if (lots != 0 && pli_rehearsal_level(of, of->incident->instruments[instrument].name,
                                             is_sale, index_e8, worth_ppm, left)) {
            *share_ppm = **left >= *units_e18 ? PPM : (int64_t)(**left * 1000 / *units_e18 * 1000);
            return *share_ppm > 0;
        }
    }
    plm_listing listing = plm_core_listing(of->core);
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        uint32_t asset = held->balances[i].asset_index;
        pli_i128 atoms = pli_i128_from_wide(held->balances[i].atoms);
        if (asset == 0 || atoms == 0) {
            continue;
        }
        uint32_t symbol = listing.assets[asset].underlying_index;
        char market[96];
        pli_text text = pli_text_init(market, sizeof market);
        pli_text_append(&text, of->symbols[symbol].name);
        pli_text_append(&text, "/");
        pli_text_append(&text, of->currency_name);
        pli_i128 unit = PLI_E18;
        for (uint32_t at = 0; at < listing.assets[asset].decimals; at += 1) {
            unit /= 10;
        }
        *units_e18 = (atoms < 0 ? -atoms : atoms) * unit;
        if (pli_rehearsal_level(of, market, atoms > 0, pli_rehearsal_price(of, symbol), worth_ppm,
                                left)) {
            *share_ppm = **left >= *units_e18 ? PPM : (int64_t)(**left * 1000 / *units_e18 * 1000);
            return *share_ppm > 0;
        }
    }
    return false;
}

static void
bid_of_ladder(pli_rehearsal *of, uint32_t account) {
    plm_portfolio held;
    plm_requirement requirement;
    int64_t worth_ppm = 0, share_ppm = 0;
    pli_i128 *left = NULL, units_e18 = 0;
    if (!look_at(of, account, &held, &requirement) ||
        !best_level(of, &held, &worth_ppm, &share_ppm, &left, &units_e18)) {
        return;
    }
    worth_ppm += conceded(of, account, &held, &requirement);
    int64_t premium_ppm =
        premium_for(size_of(of, &held), requirement.maintenance_micros, worth_ppm);
    uint32_t bids = of->bid_count;
    if (premium_ppm <= PPM && offer(of, of->outside, account, share_ppm, premium_ppm) &&
        of->bid_count > bids) {
        pli_i128 taken = units_e18 / PPM * share_ppm;
        *left -= taken < *left ? taken : *left;
    }
}

bool
pli_rehearsal_auctions(pli_rehearsal *of) {
    bool has_any = false;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        plm_account_info info;
        if (plm_core_account(of->core, i, &info) != PLM_OK ||
            info.standing.stage != PLM_STAGE_AUCTION) {
            continue;
        }
        has_any = true;
        for (uint32_t at = 0; at < of->incident->account_count; at += 1) {
            if (of->actors[at].is_bidder && !of->actors[at].is_offline) {
                bid_of_keeper(of, at, i);
            }
        }
        bid_of_ladder(of, i);
    }
    return has_any;
}

// "up_to_fraction_of_oracle:0.97"; "min_unit_every_lot" asks for everything that can be had.
void
pli_rehearsal_policy(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t bidder = pli_account_named(of, event->bidder);
    const char *policy = event->policy;
    if (bidder == PLM_NONE) {
        return;
    }
    pli_actor *actor = &of->actors[bidder];
    actor->is_bidder = true;
    actor->worth_ppm = 0;
    if (pli_incident_matches("up_to_fraction_of_oracle:*", policy)) {
        for (; *policy != '\0' && *policy != ':'; policy += 1) {
        }
        actor->worth_ppm = (int64_t)(pli_number_e18(policy + 1) / 1000000000000);
    }
    of->last_active_ns = of->time_ns;
    pli_rehearsal_note(of, event->sequence, event->bidder, event->policy, "");
}

void
pli_rehearsal_bidder(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t bidder = pli_account_named(of, event->bidder);
    if (bidder != PLM_NONE) {
        of->actors[bidder].is_offline = pli_name_is(event->state, "offline");
    }
    of->last_active_ns = of->time_ns;
    pli_rehearsal_note(of, event->sequence, event->bidder, event->state, "");
}
