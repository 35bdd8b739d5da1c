/* forcing.c: what has to hold when accounts are closed against their will: [Q1] to [Q10].   SPDX-License-Identifier: Apache-2.0 */
#include "rig/forcing.h"

#include <string.h>

#include "base/wide.h"
#include "core/forced.h"
#include "core/prices.h"
#include "core/records.h"

enum {
    HELD_MAX = 32,    // entries of one account's tables in any world
    SPARE_MICROS = 64 // roundings of a touch
};

/* What an account holds, in tables of its own. */
typedef struct holding {
    plm_portfolio held;
    plm_position positions[HELD_MAX];
    plm_order orders[HELD_MAX];
    plm_balance balances[HELD_MAX];
    bool is_known;
} holding;

static void
take(const plm_core *core, uint32_t account, holding *out) {
    out->is_known = plm_core_portfolio(core, account, out->positions, out->orders, out->balances,
                                       &out->held) == PLM_OK;
}

// Equity less requirement, maintenance, in micros; false where nobody can say.
static bool
excess_of(plm_core *core, uint32_t account, pli_i128 *excess, int64_t *equity) {
    plm_requirement required;
    plm_core_question question = {.account = account};
    if (plm_core_require(core, &question, &required, NULL, NULL) != PLM_OK) {
        return false;
    }
    *excess = (pli_i128)required.equity_maintenance_micros - required.maintenance_micros;
    *equity = required.equity_maintenance_micros;
    return true;
}

static int64_t
lots_in(const holding *of, uint32_t instrument) {
    for (uint32_t i = 0; i < of->held.position_count; i += 1) {
        if (of->positions[i].instrument_index == instrument) {
            return of->positions[i].lots;
        }
    }
    return 0;
}

// --- Stages [Q1] -----------------------------------------------------------------------------------------------------

static bool
may_be_liquidated(const plm_core *core, uint32_t account) {
    holding of;
    take(core, account, &of);
    for (uint32_t i = 0; of.is_known && i < of.held.position_count; i += 1) {
        uint32_t instrument = of.positions[i].instrument_index;
        uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
        if (of.positions[i].lots != 0 && !pli_prices_allow(core, u, PLM_PRICE_ACTION_LIQUIDATE)) {
            return false;
        }
    }
    return true;
}

static const char *
check_stage(const pli_forcing *forcing, uint32_t at) {
    const plm_effect *stage = &forcing->effects[at];
    int64_t now = (int64_t)stage->a.low;
    if (now < PLM_STAGE_PARTIAL || now == PLM_STAGE_DEFICIT ||
        (int64_t)stage->b.low >= PLM_STAGE_PARTIAL) {
        return NULL;
    }
    const plm_effect *told = NULL;
    for (uint32_t i = 0; i < at; i += 1) {
        const plm_effect *effect = &forcing->effects[i];
        bool is_told = effect->kind == PLM_EFFECT_MAINTENANCE && effect->account == stage->account;
        told = is_told ? effect : told;
    }
    if (told == NULL || pli_i128_from_wide(told->b) >= pli_i128_from_wide(told->a)) {
        return "[Q1] an account that met its maintenance is liquidated";
    }
    return may_be_liquidated(forcing->after, stage->account)
               ? NULL
               : "[Q1] an account is liquidated at a price that does not allow it";
}

// --- Forced orders [Q2] [Q4] [Q5] -------------------------------------------------------------------------------------

// The worst price, as section 13 of the books has it.
static pli_i128
collar_of(const plm_core *core, uint32_t instrument, plm_side side) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    bool is_of_index = terms->kind == PLM_KIND_SPOT || terms->kind == PLM_KIND_PERPETUAL;
    pli_i128 centre = is_of_index ? core->prices[terms->underlying_index].price.price_e8
                                  : core->marks[instrument].mark_e8;
    pli_i128 width = (centre < 0 ? -centre : centre) * rules->collar_ppm / PLM_PPM;
    if (terms->kind == PLM_KIND_OPTION) {
        width += core->marks[instrument].half_spread_e8;
    }
    return side == PLM_SIDE_BUY ? centre + width : centre - width;
}

// The least price that there is for an instrument may lie within the collar.
static bool
is_within_collar(const plm_core *core, const plm_order *order) {
    pli_i128 collar = collar_of(core, order->instrument_index, order->side);
    bool is_sale = order->side == PLM_SIDE_SELL;
    return is_sale ? order->limit_e8 >= collar : order->limit_e8 <= collar || order->limit_e8 <= 1;
}

static const char *
check_order(const pli_forcing *forcing, const plm_effect *placed) {
    const plm_core *core = forcing->after;
    holding of;
    take(core, placed->account, &of);
    for (uint32_t i = 0; of.is_known && i < of.held.order_count; i += 1) {
        if (plm_core_order_id(core, placed->account, i) != placed->a.low) {
            continue;
        }
        const plm_order *order = &of.orders[i];
        int64_t lots = lots_in(&of, order->instrument_index);
        bool is_reducing = order->is_reduce_only && (order->side == PLM_SIDE_SELL) == (lots > 0);
        if (!is_reducing || order->lots > (lots < 0 ? -lots : lots)) {
            return "[Q5] a forced order closes more than there is";
        }
        if (!is_within_collar(core, order)) {
            return "[Q4] a forced order beyond the collar";
        }
    }
    return NULL;
}

bool
pli_forcing_is_forced(const plm_event *event) {
    return event->header.type == PLM_EVENT_TYPE_BID ||
           (event->header.type == PLM_EVENT_TYPE_TRADE &&
            (pli_forced_is(event->trade_body.taker_order_id) ||
             pli_forced_is(event->trade_body.maker_order_id)));
}

static pli_i128
coins_in(const holding *of, uint32_t asset) {
    for (uint32_t i = 0; i < of->held.balance_count; i += 1) {
        if (of->balances[i].asset_index == asset) {
            return pli_i128_from_wide(of->balances[i].atoms);
        }
    }
    return 0;
}

// Has a claim of it been paid, one that it had or one that came of the event? That takes nothing from an account, but a coin counts
// for less as collateral than one that is owed.
static bool
is_paid(const holding *before, const holding *after) {
    bool is_so = before->held.position_count > after->held.position_count;
    for (uint32_t i = 0; i < before->held.position_count && !is_so; i += 1) {
        is_so = after->positions[i].accrued_micros < before->positions[i].accrued_micros;
    }
    for (uint32_t i = 0; i < after->held.balance_count && !is_so; i += 1) {
        uint32_t asset = after->balances[i].asset_index;
        is_so = asset != 0 && coins_in(after, asset) > coins_in(before, asset);
    }
    return is_so;
}

// The account that a fill or a bid closes.
static const char *
check_closed(const pli_forcing *forcing, uint32_t account) {
    holding was;
    holding is;
    pli_i128 before;
    pli_i128 after;
    int64_t equity;
    take(forcing->before, account, &was);
    take(forcing->after, account, &is);
    bool is_asked = was.is_known && is.is_known && !is_paid(&was, &is) &&
                    excess_of(forcing->before, account, &before, &equity) &&
                    excess_of(forcing->after, account, &after, &equity);
    return is_asked && after < before ? "[Q2] an account is worse off for what closed it" : NULL;
}

// One side of a trade, where its order is forced.
static const char *
check_fill(const pli_forcing *forcing, uint32_t account, uint64_t order_id) {
    const plm_event_trade *body = &forcing->event->trade_body;
    holding of;
    if (!pli_forced_is(order_id)) {
        return NULL;
    }
    take(forcing->before, account, &of);
    holding now;
    take(forcing->after, account, &now);
    int64_t was = lots_in(&of, body->instrument_index);
    int64_t is = lots_in(&now, body->instrument_index);
    if (of.is_known && now.is_known && (was > 0 ? is < 0 || is >= was : is > 0 || is <= was)) {
        return "[Q5] a forced order did not only close";
    }
    for (uint32_t i = 0; of.is_known && i < of.held.order_count; i += 1) {
        const plm_order *order = &of.orders[i];
        bool is_sale = order->side == PLM_SIDE_SELL;
        if (plm_core_order_id(forcing->before, account, i) == order_id &&
            (is_sale ? body->price_e8 < order->limit_e8 : body->price_e8 > order->limit_e8)) {
            return "[Q4] a forced order filled beyond its limit";
        }
    }
    return check_closed(forcing, account);
}

// --- Auctions [Q4] [Q6] ----------------------------------------------------------------------------------------------

// Of the value of the share, equity times share, a solvent account keeps at least the reserve.
static const char *
check_reserve(const pli_forcing *forcing, const plm_effect *bid) {
    const plm_liquidation_parameters *rules = pli_record_of(forcing->after, PLI_PLACE_LIQUIDATION);
    const plm_listing listing = plm_core_listing(forcing->after);
    pli_i128 excess;
    int64_t equity;
    pli_i128 paid = pli_i128_from_wide(bid->b);
    if (forcing->before == NULL || !excess_of(forcing->before, bid->account, &excess, &equity) ||
        equity <= 0) {
        return NULL;
    }
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < listing.assets[0].decimals; i += 1) {
        unit *= 10;
    }
    pli_i128 most = (pli_i128)equity * (pli_i128)bid->a.low / PLM_PPM *
                    (PLM_PPM - rules->auction_reserve_ppm) / PLM_PPM;
    return paid <= (most + 4) * unit / PLM_PPM + 1 ? NULL
                                                   : "[Q4] a share was sold below its reserve";
}

static const char *
check_bid(const pli_forcing *forcing, const plm_effect *bid) {
    plm_account_info sold;
    plm_account_info bidder;
    if (plm_core_account(forcing->after, bid->account, &sold) != PLM_OK ||
        plm_core_account(forcing->after, bid->index, &bidder) != PLM_OK ||
        sold.owner == bidder.owner) {
        return "[Q6] an account was sold to its own owner";
    }
    return check_reserve(forcing, bid);
}

// --- The waterfall [Q7] [Q8] [Q9] -------------------------------------------------------------------------------------

static bool
has_effect(const pli_forcing *forcing, plm_effect_kind kind, uint32_t account) {
    for (uint32_t i = 0; i < forcing->outcome->effect_count; i += 1) {
        if (forcing->effects[i].kind == kind && forcing->effects[i].account == account) {
            return true;
        }
    }
    return false;
}

static const char *
check_cover(const pli_forcing *forcing, const plm_effect *cover) {
    holding of;
    if (has_effect(forcing, PLM_EFFECT_COLLATERAL, cover->account)) {
        return NULL;
    }
    take(forcing->after, cover->account, &of);
    for (uint32_t i = 0; of.is_known && i < of.held.position_count; i += 1) {
        if (of.positions[i].lots != 0) {
            return "[Q7] the fund paid for an account that still has lots";
        }
    }
    for (uint32_t i = 0; of.is_known && i < of.held.balance_count; i += 1) {
        if (pli_i128_from_wide(of.balances[i].atoms) > 0) {
            return "[Q7] the fund paid for an account that still has a balance";
        }
    }
    return NULL;
}

static const char *
check_deleveraged(const pli_forcing *forcing, const plm_effect *closed) {
    pli_i128 excess;
    int64_t equity;
    if (closed->account == closed->index || pli_i128_from_wide(closed->b) < 0) {
        return "[Q8] a haircut that gives";
    }
    if (excess_of(forcing->after, closed->account, &excess, &equity) && excess < 0 &&
        !has_effect(forcing, PLM_EFFECT_STAGE, closed->account)) {
        return "[Q8] deleveraging brought an account below maintenance";
    }
    return NULL;
}

// --- Everybody else [Q10] ---------------------------------------------------------------------------------------------

static bool
is_named(const pli_forcing *forcing, uint32_t account) {
    const plm_event *event = forcing->event;
    bool is_side =
        account == event->header.account ||
        (event->header.type == PLM_EVENT_TYPE_TRADE && account == event->trade_body.maker_account);
    for (uint32_t i = 0; i < forcing->outcome->effect_count && !is_side; i += 1) {
        const plm_effect *effect = &forcing->effects[i];
        bool is_other = effect->kind == PLM_EFFECT_BID || effect->kind == PLM_EFFECT_DELEVERAGE;
        is_side = effect->account == account || (is_other && effect->index == account);
    }
    return is_side;
}

static bool
is_kept(const holding *before, const holding *after) {
    if (before->held.order_count != after->held.order_count ||
        memcmp(before->orders, after->orders,
               before->held.order_count * sizeof before->orders[0]) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < before->held.position_count; i += 1) {
        const plm_position *was = &before->positions[i];
        for (uint32_t j = 0; j < after->held.position_count; j += 1) {
            const plm_position *is = &after->positions[j];
            if (is->instrument_index == was->instrument_index &&
                (is->lots != was->lots ||
                 pli_i128_from_wide(is->cost) != pli_i128_from_wide(was->cost))) {
                return false;
            }
        }
        if (was->lots != 0 && lots_in(after, was->instrument_index) != was->lots) {
            return false;
        }
    }
    return true;
}

static bool
has_less(const holding *before, const holding *after) {
    for (uint32_t i = 0; i < before->held.balance_count; i += 1) {
        uint32_t asset = before->balances[i].asset_index;
        if (coins_in(after, asset) < coins_in(before, asset)) {
            return true;
        }
    }
    return false;
}

// A step that rebuilds rows may mark options anew from their surface.
static bool
is_marked_alike(const plm_core *before, const plm_core *after) {
    const plm_mark *was = plm_core_market(before).marks;
    const plm_mark *is = plm_core_market(after).marks;
    uint32_t count = plm_core_listing(before).instrument_count;
    for (uint32_t i = 0; i < count; i += 1) {
        if (was[i].mark_e8 != is[i].mark_e8 || was[i].is_present != is[i].is_present) {
            return false;
        }
    }
    return true;
}

static const char *
check_others(const pli_forcing *forcing) {
    uint16_t type = forcing->event->header.type;
    bool is_liquidation = type == PLM_EVENT_TYPE_CONTINUE || type == PLM_EVENT_TYPE_ASSESS ||
                          pli_forcing_is_forced(forcing->event);
    bool is_weighed = is_liquidation && is_marked_alike(forcing->before, forcing->after);
    uint32_t count = plm_core_account_count(forcing->before);
    for (uint32_t account = 0; is_liquidation && account < count; account += 1) {
        holding before;
        holding after;
        pli_i128 excess;
        int64_t was = 0;
        int64_t is = 0;
        if (is_named(forcing, account)) {
            continue;
        }
        take(forcing->before, account, &before);
        take(forcing->after, account, &after);
        bool is_known = before.is_known && after.is_known;
        if (is_known && (!is_kept(&before, &after) || has_less(&before, &after))) {
            return "[Q10] an account that has no part in it was changed";
        }
        if (is_known && is_weighed && !is_paid(&before, &after) &&
            excess_of(forcing->before, account, &excess, &was) &&
            excess_of(forcing->after, account, &excess, &is) && is < was - SPARE_MICROS) {
            return "[Q10] an account that has no part in it lost equity";
        }
    }
    return NULL;
}

// A forced order that was not there before; a fill that leaves a part of one does not place it anew.
static bool
is_placed(const pli_forcing *forcing, const plm_effect *order) {
    return pli_forced_is(order->a.low) && pli_i128_from_wide(order->b) > 0 &&
           forcing->event->header.type != PLM_EVENT_TYPE_TRADE;
}

// --- All of them -----------------------------------------------------------------------------------------------------

static const char *
check_effect(const pli_forcing *forcing, uint32_t at) {
    const plm_effect *effect = &forcing->effects[at];
    switch (effect->kind) {
    case PLM_EFFECT_STAGE:
        return check_stage(forcing, at);
    case PLM_EFFECT_ORDER:
        return is_placed(forcing, effect) ? check_order(forcing, effect) : NULL;
    case PLM_EFFECT_BID:
        return check_bid(forcing, effect);
    case PLM_EFFECT_COVER:
        return check_cover(forcing, effect);
    case PLM_EFFECT_DELEVERAGE:
        return check_deleveraged(forcing, effect);
    case PLM_EFFECT_PROFIT_CUT:
    case PLM_EFFECT_BALANCE_CUT:
        return pli_i128_from_wide(effect->a) > 0 && pli_i128_from_wide(effect->b) >= 0
                   ? NULL
                   : "[Q9] more was given up than there was";
    default:
        return NULL;
    }
}

const char *
pli_forcing_check(const pli_forcing *forcing) {
    const char *broken = NULL;
    if (forcing->outcome->is_incomplete) {
        return NULL;
    }
    for (uint32_t i = 0; i < forcing->outcome->effect_count && broken == NULL; i += 1) {
        broken = check_effect(forcing, i);
    }
    if (broken != NULL || forcing->before == NULL) {
        return broken;
    }
    if (forcing->event->header.type == PLM_EVENT_TYPE_TRADE) {
        const plm_event_trade *body = &forcing->event->trade_body;
        broken = check_fill(forcing, forcing->event->header.account, body->taker_order_id);
        broken = broken == NULL ? check_fill(forcing, body->maker_account, body->maker_order_id)
                                : broken;
    } else if (forcing->event->header.type == PLM_EVENT_TYPE_BID) {
        broken = check_closed(forcing, forcing->event->bid_body.sold_account);
    }
    return broken == NULL ? check_others(forcing) : broken;
}

// --- The end of it [Q3] -----------------------------------------------------------------------------------------------

enum { STEPS = 1024, ROWS_MAX = 16, JOBS_MAX = 65 };

bool
pli_forcing_settle(plm_core *core, const plm_event *now) {
    plm_event event = *now;
    plm_outcome outcome;
    // Each job goes over the accounts in a bounded number of rows; an assessment may queue one walk for each side held.
    uint64_t jobs = JOBS_MAX + 2 * (uint64_t)plm_core_listing(core).instrument_count;
    uint64_t most = jobs * ROWS_MAX * (plm_core_account_count(core) + 1);
    event.header.type = PLM_EVENT_TYPE_CONTINUE;
    event.continue_body.step_count = STEPS;
    for (uint64_t done = 0; done <= most && plm_core_job_count(core) > 0; done += STEPS) {
        if (plm_core_apply(core, &event, &(plm_effects){0, NULL}, &outcome, NULL) != PLM_OK) {
            return false;
        }
        if (outcome.reject != PLM_REJECT_NONE) {
            return true; // the operator has given its own scope away
        }
    }
    return plm_core_job_count(core) == 0;
}
