/* bids.c: what a bid for an account takes and is paid (docs/books.md, section 15).      SPDX-License-Identifier: Apache-2.0 */
#include "core/bids.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "core/auctions.h"
#include "core/forced.h"
#include "core/health.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/standing.h"
#include "model/value.h"

#define SECOND_NS INT64_C(1000000000)

/* sale - a bid that is being carried out. */
typedef struct sale {
    uint32_t sold, bidder;
    int64_t share_ppm;
    int64_t discount_e18; /* 0 of an insolvent account */
    uint64_t seconds;
    pli_share_account account;
    bool has_moved;
} sale;

// The share that the bid takes, 0 where it would be dust or leave it: what is left for sale is nothing or at least the dust.
static int64_t
share_of(const plm_core *core, const sale *of, int64_t wanted_ppm) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_share_terms terms = pli_auctions_terms(core);
    int64_t limit_ppm = PLM_PPM;
    if (of->account.value > 0) {
        int64_t limit_e18 = pli_share_limit(&terms, &of->account, of->discount_e18);
        limit_ppm = limit_e18 / PLI_SHARE_PPM + (limit_e18 % PLI_SHARE_PPM != 0 ? 1 : 0);
    }
    if (wanted_ppm >= limit_ppm) {
        return limit_ppm;
    }
    int64_t dust_ppm = rules->auction_dust_ppm;
    int64_t share_ppm = limit_ppm - wanted_ppm < dust_ppm ? limit_ppm - dust_ppm : wanted_ppm;
    return share_ppm < dust_ppm ? 0 : share_ppm;
}

// The mark, but for the account no worse than the collar [Q4].
static int64_t
price_of(const plm_core *core, uint32_t instrument, bool is_long) {
    int64_t mark_e8 = core->marks[instrument].mark_e8;
    int64_t limit_e8 = pli_forced_limit(core, instrument, is_long ? PLM_SIDE_SELL : PLM_SIDE_BUY);
    return (mark_e8 < limit_e8) == is_long ? limit_e8 : mark_e8;
}

static plm_reject
take_positions(plm_core *core, sale *of) {
    const pli_position *positions = pli_ledger_positions(&core->ledger, of->sold);
    for (uint32_t i = 0; i < core->ledger.accounts[of->sold].position_count; i += 1) {
        int64_t lots = positions[i].lots;
        if (lots == 0) {
            continue;
        }
        uint32_t instrument = positions[i].instrument_index;
        pli_i128 part = 0;
        bool fits = pli_ppm_of_ceil(lots < 0 ? -lots : lots, of->share_ppm, &part);
        PLI_ASSERT(fits);
        plm_event_trade body = {.instrument_index = instrument,
                                .maker_account = of->sold,
                                .lots = lots < 0 ? -(int64_t)part : (int64_t)part,
                                .price_e8 = price_of(core, instrument, lots > 0)};
        plm_reject reject =
            pli_ledger_takeover_fill(&core->ledger, of->bidder, core->time_ns, &body);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
        of->has_moved = true;
    }
    return PLM_REJECT_NONE;
}

static pli_i128
cash_unit(const plm_core *core) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < core->ledger.listing_assets[0].decimals; i += 1) {
        unit *= 10;
    }
    return unit;
}

// Of an insolvent account: what its assets lose by their haircut, and its loans add by theirs, is there for whoever takes
// them, more with every second.
static int64_t
conceded_ppm(const plm_core *core, const sale *of, const plm_asset *terms, bool is_loan) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    uint64_t length = (uint64_t)(rules->auction_insolvent_ns / SECOND_NS);
    uint64_t seconds = of->seconds < length ? of->seconds : length;
    int64_t haircut_ppm = is_loan                 ? terms->liability_haircut_ppm
                          : terms->tier_count > 0 ? terms->tiers[0].haircut_ppm
                                                  : 0;
    bool has_any = of->account.value <= 0 && length > 0;
    return has_any ? (int64_t)((uint64_t)haircut_ppm * seconds / length) : 0;
}

// Atoms of an asset at its price as atoms of the valuation currency; false where they do not fit.
static bool
cash_of(const plm_core *core, uint32_t asset, pli_i128 atoms, int64_t kept_ppm, bool is_up,
        pli_i128 *cash) {
    const plm_asset *terms = &core->ledger.listing_assets[asset];
    uint32_t u = terms->underlying_index;
    pli_i128 micros = 0;
    return pli_atoms_value_micros(terms, core->ledger.underlyings[u].price_unit, atoms,
                                  core->prices[u].price.price_e8,
                                  is_up ? PLI_ROUND_UP : PLI_ROUND_DOWN, &micros) &&
           (kept_ppm == PLM_PPM || (is_up ? pli_ppm_of_ceil(micros, kept_ppm, &micros)
                                          : pli_ppm_of_floor(micros, kept_ppm, &micros))) &&
           (is_up ? pli_muldiv_ceil(micros, cash_unit(core), PLM_PPM, cash)
                  : pli_muldiv_floor(micros, cash_unit(core), PLM_PPM, cash));
}

// The share of one balance against cash: of what is held, or of a loan that the account can pay for.
static plm_reject
take_balance(plm_core *core, sale *of, const pli_balance *balance) {
    bool is_loan = balance->atoms < 0;
    pli_takeover_swap swap = {.asset = balance->asset_index};
    const plm_asset *terms = &core->ledger.listing_assets[swap.asset];
    int64_t conceded = conceded_ppm(core, of, terms, is_loan);
    int64_t kept_ppm = is_loan ? PLM_PPM + conceded : PLM_PPM - conceded;
    bool fits = (is_loan ? pli_ppm_of_ceil(-balance->atoms, of->share_ppm, &swap.atoms)
                         : pli_ppm_of_floor(balance->atoms, of->share_ppm, &swap.atoms)) &&
                cash_of(core, swap.asset, swap.atoms, kept_ppm, !is_loan, &swap.cash);
    if (!fits) {
        return PLM_REJECT_OVERFLOW;
    }
    bool is_paid = !is_loan || pli_ledger_takeover_held(&core->ledger, of->sold, 0) >= swap.cash;
    if (swap.atoms <= 0 || swap.cash <= 0 || !is_paid) {
        return PLM_REJECT_NONE;
    }
    of->has_moved = true;
    return is_loan ? pli_ledger_takeover_swap(&core->ledger, of->bidder, of->sold, &swap)
                   : pli_ledger_takeover_swap(&core->ledger, of->sold, of->bidder, &swap);
}

static plm_reject
take_balances(plm_core *core, sale *of, bool is_loan) {
    const pli_balance *balances = pli_ledger_balances(&core->ledger, of->sold);
    for (uint32_t i = 0; i < core->ledger.accounts[of->sold].balance_count; i += 1) {
        uint32_t asset = balances[i].asset_index;
        if (asset == 0 || balances[i].atoms == 0 || (balances[i].atoms < 0) != is_loan ||
            core->prices[core->ledger.listing_assets[asset].underlying_index].price.price_e8 <= 0) {
            continue;
        }
        plm_reject reject = take_balance(core, of, &balances[i]);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
    }
    return PLM_REJECT_NONE;
}

static pli_i128
part(pli_i128 amount, int64_t share_ppm, bool is_up) {
    pli_i128 out = 0;
    bool fits = is_up ? pli_ppm_of_ceil(amount, share_ppm, &out)
                      : pli_ppm_of_floor(amount, share_ppm, &out);
    PLI_ASSERT(fits);
    return out;
}

// What the bidder is offered, in micros: the discount on the share of what is for sale; of an insolvent account what the
// fund offers beyond the hole, which stays where it is. *paid: what the bidder leaves behind of the value that he takes.
static pli_i128
premium_of(const plm_core *core, const sale *of, pli_i128 *paid) {
    int64_t share_e18 = of->share_ppm * PLI_SHARE_PPM;
    const pli_share_account *account = &of->account;
    *paid = 0;
    if (account->value <= 0) {
        pli_share_terms terms = pli_auctions_terms(core);
        pli_i128 payout = pli_share_payout(&terms, account, of->seconds, share_e18);
        pli_i128 hole = part(-account->value, of->share_ppm, true);
        return payout > hole ? payout - hole : 0;
    }
    pli_i128 whole = account->value > account->reserved ? account->value - account->reserved : 0;
    pli_i128 value = part(whole, of->share_ppm, false);
    pli_i128 price = pli_share_price(account, of->discount_e18, share_e18);
    *paid = price < value ? price : value;
    return value - *paid;
}

// The premium comes out of cash that is there: the account's, or the insurance fund's. Never out of a loan.
static plm_reject
pay_premium(plm_core *core, const sale *of, pli_i128 premium, const plm_event_bid *body,
            pli_i128 *atoms) {
    bool is_solvent = of->account.value > 0;
    pli_i128 held = is_solvent ? pli_ledger_takeover_held(&core->ledger, of->sold, 0)
                               : core->ledger.assets[0].named[PLI_NAMED_INSURANCE];
    pli_i128 least = 0;
    // What the bid asks for, per ppm of the requirement that the share carries.
    pli_i128 carried = part(of->account.value - of->account.maintenance, of->share_ppm, true);
    if (!pli_muldiv_floor(premium, cash_unit(core), PLM_PPM, atoms) ||
        !pli_muldiv_ceil(part(carried, body->premium_min_ppm, true), cash_unit(core), PLM_PPM,
                         &least)) {
        return PLM_REJECT_OVERFLOW;
    }
    *atoms = *atoms < held ? *atoms : held;
    *atoms = *atoms > 0 ? *atoms : 0;
    if (*atoms < least) {
        return PLM_REJECT_AUCTION_PREMIUM;
    }
    return *atoms == 0 ? PLM_REJECT_NONE
                       : pli_ledger_takeover_pay(&core->ledger, is_solvent ? of->sold : PLM_NONE,
                                                 of->bidder, *atoms);
}

// Everything that moves; `now` remembers what the bidder has left in the account.
static plm_reject
book(plm_core *core, sale *of, const plm_event_bid *body, plm_standing *now) {
    plm_reject reject = pli_ledger_takeover_begin(&core->ledger, of->sold, of->bidder);
    if (reject == PLM_REJECT_NONE) {
        reject = take_positions(core, of);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = take_balances(core, of, false);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = take_balances(core, of, true);
    }
    if (reject == PLM_REJECT_NONE && !of->has_moved) {
        reject = PLM_REJECT_AUCTION_DUST;
    }
    pli_i128 paid = 0;
    pli_i128 atoms = 0;
    if (reject == PLM_REJECT_NONE) {
        reject = pay_premium(core, of, premium_of(core, of, &paid), body, &atoms);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    pli_ledger_takeover_end(&core->ledger, of->sold, of->bidder);
    pli_state_effect(core, PLM_EFFECT_BID, of->sold, of->bidder, of->share_ppm, atoms);
    return pli_narrow_i64(now->auction_paid_micros + paid, &now->auction_paid_micros)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

static plm_reject
check(const plm_core *core, uint32_t bidder, const plm_event_bid *body) {
    const pli_ledger *ledger = &core->ledger;
    uint32_t sold = body->sold_account;
    if (sold >= ledger->account_count) {
        return PLM_REJECT_ACCOUNT_UNKNOWN;
    }
    if (ledger->accounts[sold].owner == ledger->accounts[bidder].owner) {
        return PLM_REJECT_AUCTION_SELF;
    }
    if (body->share_ppm < 1 || body->share_ppm > PLM_PPM || body->premium_min_ppm < 0 ||
        body->premium_min_ppm > PLM_PPM) {
        return PLM_REJECT_VALUE;
    }
    const plm_standing *standing = &core->standings[sold];
    return standing->stage == PLM_STAGE_AUCTION && standing->round_count == body->round
               ? PLM_REJECT_NONE
               : PLM_REJECT_AUCTION;
}

// What the auction offers at this moment; AUCTION where it offers nothing.
static plm_reject
quote(const plm_core *core, const plm_requirement *requirement, const plm_standing *now, sale *of) {
    if (requirement->health != PLM_HEALTH_LIQUIDATABLE ||
        pli_auctions_is_over(core, requirement, now)) {
        return PLM_REJECT_AUCTION;
    }
    pli_share_terms terms = pli_auctions_terms(core);
    pli_i128 equity = requirement->equity_maintenance_micros;
    of->seconds = pli_auctions_seconds(now);
    of->account = (pli_share_account){.value = equity,
                                      .maintenance = equity - requirement->maintenance_micros,
                                      .reserved = now->auction_paid_micros};
    of->discount_e18 = equity > 0 ? pli_share_discount(&terms, of->seconds) : 0;
    return PLM_REJECT_NONE;
}

plm_reject
pli_bids_take(plm_core *core, uint32_t bidder, const plm_event_bid *body) {
    plm_reject reject = check(core, bidder, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    sale of = {.sold = body->sold_account, .bidder = bidder};
    pli_holding holding = pli_sides_holding(core, of.sold);
    plm_standing before = core->standings[of.sold];
    plm_standing now = before;
    plm_requirement requirement;
    reject = pli_health_assess(core, &holding, &requirement);
    if (reject == PLM_REJECT_NONE && requirement.health == PLM_HEALTH_LIQUIDATABLE) {
        pli_auctions_read(core, &holding, &now);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = quote(core, &requirement, &now, &of);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    of.share_ppm = share_of(core, &of, body->share_ppm);
    reject = of.share_ppm == 0 ? PLM_REJECT_AUCTION_DUST : book(core, &of, body, &now);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_health_check(core, &core->sides[0], PLI_HEALTH_INITIAL, PLM_NONE);
    }
    if (reject == PLM_REJECT_NONE) {
        reject = pli_health_check(core, &core->sides[1], PLI_HEALTH_FORCED, PLM_NONE); // [Q2]
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    core->standings[of.sold] = now;
    reject = pli_standing_assess(core, of.sold);
    if (reject != PLM_REJECT_NONE) {
        core->standings[of.sold] = before;
    }
    return reject;
}

// As an assessment would ask: do all the prices that the account rests on allow it?
static bool
is_usable(const plm_core *core, const pli_holding *holding) {
    bool is_usable_now = true;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        uint32_t instrument = holding->positions[i].instrument_index;
        uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
        is_usable_now = is_usable_now && (holding->positions[i].lots == 0 ||
                                          pli_prices_allow(core, u, PLM_PRICE_ACTION_LIQUIDATE));
    }
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        uint32_t u = core->ledger.listing_assets[holding->balances[i].asset_index].underlying_index;
        is_usable_now = is_usable_now && (holding->balances[i].atoms == 0 || u == PLM_NONE ||
                                          pli_prices_allow(core, u, PLM_PRICE_ACTION_LIQUIDATE));
    }
    return is_usable_now;
}

void
pli_bids_offer(const plm_core *core, const pli_holding *holding, const plm_requirement *requirement,
               plm_auction_offer *offer) {
    plm_standing now = core->standings[holding->account];
    sale of = {.sold = holding->account};
    pli_i128 paid = 0;
    *offer = (plm_auction_offer){.is_open = false};
    if (now.stage != PLM_STAGE_AUCTION) {
        return;
    }
    offer->round = now.round_count;
    offer->rounds_left = now.rounds_left;
    (void)pli_auctions_clock(core, holding, &now);
    offer->clock_ns = now.auction_clock_ns;
    offer->is_open =
        is_usable(core, holding) && quote(core, requirement, &now, &of) == PLM_REJECT_NONE;
    if (!offer->is_open) {
        return;
    }
    of.share_ppm = share_of(core, &of, PLM_PPM);
    offer->share_ppm = of.share_ppm;
    offer->kept_ppm = of.discount_e18 / PLI_SHARE_PPM;
    pli_i128 premium = premium_of(core, &of, &paid);
    bool fits = pli_narrow_i64(premium, &offer->premium_micros);
    PLI_ASSERT(fits);
}
