/* health.c: may an account stand as an event leaves it?                                SPDX-License-Identifier: Apache-2.0 */
#include "core/health.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "core/arrays.h"
#include "core/corners.h"
#include "core/gains.h"
#include "core/living.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/standing.h"
#include "model/value.h"

// Has the instrument a price of its own still, so that what is held of it is a line of the model?
static bool
is_live(const plm_core *core, uint32_t instrument) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    return core->ledger.markets[instrument].phase == PLI_PHASE_ACTIVE &&
           (terms->expiry_ns == 0 || terms->expiry_ns > core->time_ns);
}

static pli_i128
unsettled_atoms(const pli_position *position) {
    pli_i128 sum = 0;
    if (position->senior.cohort != PLI_COHORT_NONE) {
        sum += position->senior.amount - position->senior.drawn;
    }
    if (position->junior.cohort != PLI_COHORT_NONE) {
        sum += position->junior.amount - position->junior.drawn;
    }
    return sum;
}

// Unsettled profit of a position in micros of the valuation currency, rounded down.
static plm_reject
unsettled_micros(const plm_core *core, const pli_position *position, pli_i128 *out) {
    pli_i128 atoms = unsettled_atoms(position);
    *out = 0;
    if (atoms == 0) {
        return PLM_REJECT_NONE;
    }
    const plm_instrument *terms = &core->ledger.listing_instruments[position->instrument_index];
    const plm_asset *asset = &core->ledger.listing_assets[terms->settlement_asset_index];
    int64_t price_e8 = 100000000;
    int64_t unit = 1;
    if (asset->underlying_index != PLM_NONE) {
        const plm_price_record *price = &core->prices[asset->underlying_index].price;
        if (price->state != PLM_PRICE_STATE_VALID) {
            return PLM_REJECT_PRICE_STATE;
        }
        price_e8 = price->price_e8;
        unit = core->ledger.underlyings[asset->underlying_index].price_unit;
    }
    return pli_atoms_value_micros(asset, unit, atoms, price_e8, PLI_ROUND_DOWN, out)
               ? PLM_REJECT_NONE
               : PLM_REJECT_OVERFLOW;
}

plm_reject
pli_health_portfolio(plm_core *core, const pli_holding *holding, plm_portfolio *portfolio) {
    uint32_t position_count = 0;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        const pli_position *from = &holding->positions[i];
        pli_i128 accrued = 0;
        if (from->lots == 0 && !is_live(core, from->instrument_index)) {
            continue;
        }
        plm_reject reject = unsettled_micros(core, from, &accrued);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
        if (from->lots == 0 && accrued == 0) {
            continue;
        }
        plm_position *to = &core->view_positions[position_count];
        *to = (plm_position){.instrument_index = from->instrument_index,
                             .lots = from->lots,
                             .cost = pli_wide_from_i128(from->cost)};
        if (!pli_narrow_i64(accrued, &to->accrued_micros)) {
            return PLM_REJECT_OVERFLOW;
        }
        position_count += 1;
    }
    for (uint32_t i = 0; i < holding->order_count; i += 1) {
        const pli_order *from = &holding->orders[i];
        core->view_orders[i] = (plm_order){.instrument_index = from->instrument_index,
                                           .side = from->side,
                                           .lots = from->lots,
                                           .limit_e8 = from->limit_e8,
                                           .is_reduce_only = from->is_reduce_only};
    }
    uint32_t balance_count = 0;
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        if (holding->balances[i].atoms != 0) {
            core->view_balances[balance_count] =
                (plm_balance){.asset_index = holding->balances[i].asset_index,
                              .atoms = pli_wide_from_i128(holding->balances[i].atoms)};
            balance_count += 1;
        }
    }
    *portfolio = (plm_portfolio){.position_count = position_count,
                                 .order_count = holding->order_count,
                                 .balance_count = balance_count,
                                 .positions = core->view_positions,
                                 .orders = core->view_orders,
                                 .balances = core->view_balances};
    return PLM_REJECT_NONE;
}

bool
pli_health_input(const plm_core *core, const plm_listing *listing, const plm_market *market,
                 const plm_portfolio *portfolio, plm_margin_input *input) {
    *input = (plm_margin_input){
        .listing = listing,
        .market = market,
        .parameters = pli_record_of(core, pli_place_model(&core->limits, core->model_index)),
        .portfolio = portfolio,
    };
    if ((core->model->needs & PLM_NEEDS_ARRAYS) == 0) {
        return true;
    }
    const pli_arrays *maintenance = pli_state_active(core, PLM_HORIZON_MAINTENANCE);
    const pli_arrays *initial = pli_state_active(core, PLM_HORIZON_INITIAL);
    if (maintenance == NULL || initial == NULL) {
        return false;
    }
    input->maintenance_arrays = &maintenance->table;
    input->initial_arrays = &initial->table;
    input->facts = &core->facts;
    return true;
}

static plm_reject
reject_of_model(plm_status status) {
    switch (status) {
    case PLM_OK:
        return PLM_REJECT_NONE;
    case PLM_PRICE_MISSING:
        return PLM_REJECT_PRICE_STATE;
    case PLM_MARK_MISSING:
        return PLM_REJECT_MARK;
    case PLM_ARRAYS_MISSING:
    case PLM_SURFACE_MISSING:
        return PLM_REJECT_ARRAYS;
    case PLM_EXPIRED:
        return PLM_REJECT_INSTRUMENT_CLOSED;
    case PLM_MODEL_UNSUPPORTED:
        return PLM_REJECT_MODEL_UNSUPPORTED;
    case PLM_PORTFOLIO_INVALID:
        return PLM_REJECT_QUANTITY;
    default:
        return PLM_REJECT_OVERFLOW;
    }
}

// Sum over positions and orders of |lots| times the larger |cash delta| of the two horizons.
static bool
delta_sum(const plm_core *core, const plm_portfolio *portfolio, pli_i128 *sum) {
    const pli_arrays *tables[2] = {pli_state_active(core, PLM_HORIZON_MAINTENANCE),
                                   pli_state_active(core, PLM_HORIZON_INITIAL)};
    *sum = 0;
    for (uint32_t i = 0; i < portfolio->position_count + portfolio->order_count; i += 1) {
        bool is_position = i < portfolio->position_count;
        uint32_t order = i - portfolio->position_count;
        uint32_t instrument = is_position ? portfolio->positions[i].instrument_index
                                          : portfolio->orders[order].instrument_index;
        int64_t lots = is_position ? portfolio->positions[i].lots : portfolio->orders[order].lots;
        pli_i128 most = 0;
        for (uint32_t t = 0; t < 2; t += 1) {
            pli_i128 delta = pli_arrays_delta(tables[t], instrument);
            delta = delta < 0 ? -delta : delta;
            most = delta > most ? delta : most;
        }
        if (!pli_add_i128(*sum, most * (lots < 0 ? -lots : lots), sum)) {
            return false;
        }
    }
    return true;
}

// What the model says must follow from the numbers after they were adjusted.
static void
set_health(plm_requirement *requirement) {
    if (requirement->equity_maintenance_micros < requirement->maintenance_micros) {
        requirement->health = PLM_HEALTH_LIQUIDATABLE;
    } else if (requirement->equity_maintenance_micros < requirement->call_micros) {
        requirement->health = PLM_HEALTH_CALLED;
    } else if (requirement->equity_initial_micros < requirement->initial_micros) {
        requirement->health = PLM_HEALTH_RESTRICTED;
    } else {
        requirement->health = PLM_HEALTH_HEALTHY;
    }
}

static bool
add_i64(int64_t *to, pli_i128 amount) {
    return pli_narrow_i64(*to + amount, to);
}

plm_reject
pli_health_adjust(const plm_core *core, const pli_holding *holding, const plm_portfolio *portfolio,
                  plm_requirement *requirement) {
    const plm_core_parameters *parameters = pli_state_parameters(core);
    pli_i128 drift = 0;
    if ((core->model->needs & PLM_NEEDS_ARRAYS) != 0 &&
        (!delta_sum(core, portfolio, &drift) ||
         !pli_ppm_of_ceil(drift, parameters->reprice_ppm, &drift))) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_i128 ended = 0;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        const pli_position *position = &holding->positions[i];
        pli_i128 value = 0;
        if (position->lots != 0 || is_live(core, position->instrument_index)) {
            continue;
        }
        plm_reject reject = unsettled_micros(core, position, &value);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
        ended += value;
    }
    pli_i128 weighted[2] = {0, 0};
    bool fits = pli_ppm_of_floor(ended, parameters->unsettled_initial_ppm, &weighted[0]) &&
                pli_ppm_of_floor(ended, parameters->unsettled_maintenance_ppm, &weighted[1]) &&
                add_i64(&requirement->initial_micros, drift) &&
                add_i64(&requirement->maintenance_micros, drift) &&
                add_i64(&requirement->call_micros, drift) &&
                add_i64(&requirement->equity_initial_micros, weighted[0]) &&
                add_i64(&requirement->equity_maintenance_micros, weighted[1]);
    if (!fits) {
        return PLM_REJECT_OVERFLOW;
    }
    set_health(requirement);
    return PLM_REJECT_NONE;
}

// What a model answers for a holding. `reason` may be NULL.
static plm_reject
ask(plm_core *core, const plm_portfolio *portfolio, plm_requirement *requirement,
    plm_reason *reason) {
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    plm_margin_input input;
    if (!pli_health_input(core, &listing, &market, portfolio, &input)) {
        return PLM_REJECT_ARRAYS;
    }
    // Records in force are within their bounds [G1], and the workspace is sized for the limits.
    return reject_of_model(
        core->model->require(&input, &core->workspace, requirement, reason, NULL));
}

static plm_reject
evaluate(plm_core *core, const pli_holding *holding, plm_requirement *requirement) {
    plm_portfolio portfolio;
    plm_reject reject = pli_health_portfolio(core, holding, &portfolio);
    if (reject == PLM_REJECT_NONE) {
        reject = ask(core, &portfolio, requirement, NULL);
    }
    return reject == PLM_REJECT_NONE ? pli_health_adjust(core, holding, &portfolio, requirement)
                                     : reject;
}

// Below zero, or of an asset whose price may be.
static bool
is_burden(const plm_core *core, const pli_balance *balance) {
    uint32_t u = core->ledger.listing_assets[balance->asset_index].underlying_index;
    return balance->atoms < 0 || (balance->atoms > 0 && u != PLM_NONE &&
                                  core->ledger.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY);
}

bool
pli_health_is_at_risk(const plm_core *core, const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0) {
            return true;
        }
    }
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        if (is_burden(core, &holding->balances[i])) {
            return true;
        }
    }
    return holding->order_count > 0;
}

// Has no position grown or changed its sign?
static bool
is_reduced(const pli_holding *before, const pli_holding *after) {
    for (uint32_t i = 0; i < after->position_count; i += 1) {
        int64_t now = after->positions[i].lots;
        int64_t then = pli_sides_lots(before, after->positions[i].instrument_index);
        if ((now > 0 && now > then) || (now < 0 && now < then)) {
            return false;
        }
    }
    return true;
}

bool
pli_health_may_trade(const plm_core *core, uint32_t instrument, bool is_reducing) {
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    return pli_prices_allow(core, u, PLM_PRICE_ACTION_TRADE) ||
           (is_reducing && pli_prices_allow(core, u, PLM_PRICE_ACTION_REDUCE));
}

// Does every price that the account rests on allow it?
static bool
may(const plm_core *core, const plm_portfolio *portfolio, plm_price_action action) {
    for (uint32_t i = 0; i < portfolio->position_count + portfolio->order_count; i += 1) {
        uint32_t instrument =
            i < portfolio->position_count
                ? portfolio->positions[i].instrument_index
                : portfolio->orders[i - portfolio->position_count].instrument_index;
        uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
        if (!pli_prices_allow(core, u, action)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        uint32_t u =
            core->ledger.listing_assets[portfolio->balances[i].asset_index].underlying_index;
        if (u != PLM_NONE && !pli_prices_allow(core, u, action)) {
            return false;
        }
    }
    return true;
}

void
pli_health_tell(plm_core *core, uint32_t account, const plm_requirement *requirement) {
    pli_state_effect(core, PLM_EFFECT_REQUIREMENT, account, PLM_NONE, requirement->initial_micros,
                     requirement->equity_initial_micros);
    pli_state_effect(core, PLM_EFFECT_MAINTENANCE, account, PLM_NONE,
                     requirement->maintenance_micros, requirement->equity_maintenance_micros);
}

plm_reject
pli_health_assess(plm_core *core, const pli_holding *holding, plm_requirement *requirement) {
    *requirement = (plm_requirement){.health = PLM_HEALTH_HEALTHY};
    if (!pli_health_is_at_risk(core, holding)) {
        return PLM_REJECT_NONE;
    }
    plm_reject reject = evaluate(core, holding, requirement);
    if (reject != PLM_REJECT_NONE || requirement->health == PLM_HEALTH_HEALTHY) {
        return reject;
    }
    plm_portfolio portfolio;
    reject = pli_health_portfolio(core, holding, &portfolio);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    return may(core, &portfolio, PLM_PRICE_ACTION_LIQUIDATE) ? PLM_REJECT_NONE
                                                             : PLM_REJECT_PRICE_STATE;
}

// What is asked of an account at one combination of prices. `before` is NULL where it may not count that risk falls.
typedef struct question {
    pli_health_rule rule;
    const pli_holding *before, *after;
} question;

static plm_reject
ask_withdraw(plm_core *core, const pli_holding *after, plm_requirement *requirement) {
    plm_portfolio portfolio;
    plm_reject reject = pli_health_portfolio(core, after, &portfolio);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_gains_remove(core, core->view_positions, portfolio.position_count);
    }
    plm_reason reason = {0};
    if (reject == PLM_REJECT_NONE) {
        reject = ask(core, &portfolio, requirement, &reason);
    }
    if (reject == PLM_REJECT_NONE) {
        // Unsettled profit of ended instruments is a gain as well: an empty holding adds none of it.
        pli_holding none = {0};
        reject = pli_health_adjust(core, &none, &portfolio, requirement);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    bool is_kept = requirement->equity_initial_micros >= requirement->initial_micros &&
                   requirement->equity_maintenance_micros >= reason.maintenance.stress_micros;
    return is_kept ? PLM_REJECT_NONE : PLM_REJECT_HEALTH;
}

static pli_i128
excess(const plm_requirement *requirement, bool is_maintenance) {
    return is_maintenance
               ? (pli_i128)requirement->equity_maintenance_micros - requirement->maintenance_micros
               : (pli_i128)requirement->equity_initial_micros - requirement->initial_micros;
}

static plm_reject
ask_rule(plm_core *core, const question *asked, plm_requirement *now) {
    if (asked->rule == PLI_HEALTH_WITHDRAW) {
        return ask_withdraw(core, asked->after, now);
    }
    plm_reject reject = evaluate(core, asked->after, now);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    plm_requirement then;
    bool is_forced = asked->rule == PLI_HEALTH_FORCED;
    bool is_kept = !is_forced && excess(now, asked->rule == PLI_HEALTH_MAINTENANCE) >= 0;
    is_kept = is_kept ||
              (asked->before != NULL && evaluate(core, asked->before, &then) == PLM_REJECT_NONE &&
               excess(now, is_forced) >= excess(&then, is_forced));
    return is_kept ? PLM_REJECT_NONE : PLM_REJECT_HEALTH;
}

// What adds to an account, or takes from what covers it, is held to what is announced; what it holds has the notice.
static bool
looks_ahead(pli_health_rule rule) {
    return rule == PLI_HEALTH_INITIAL || rule == PLI_HEALTH_WITHDRAW;
}

// At every combination; *worst is the requirement with the least excess.
static plm_reject
ask_corners(plm_core *core, const question *asked, const pli_corners *corners,
            plm_requirement *worst) {
    plm_reject reject = PLM_REJECT_NONE;
    if (looks_ahead(asked->rule)) {
        pli_living_look_ahead(core);
    }
    for (uint32_t number = 0; reject == PLM_REJECT_NONE && number < corners->combinations;
         number += 1) {
        plm_requirement seen;
        pli_corners_enter(core, corners, number);
        reject = ask_rule(core, asked, &seen);
        pli_corners_leave(core, corners);
        if (reject == PLM_REJECT_NONE &&
            (number == 0 || excess(&seen, false) < excess(worst, false))) {
            *worst = seen;
        }
    }
    if (looks_ahead(asked->rule)) {
        pli_living_look_ahead(core);
    }
    return reject;
}

plm_reject
pli_health_check(plm_core *core, const pli_holding *before, pli_health_rule rule,
                 uint32_t instrument) {
    if (core->recorded != NULL) {
        return PLM_REJECT_NONE; // [CORE-4] it was, when the event was decided
    }
    pli_holding after = pli_sides_holding(core, before->account);
    bool is_reducing = is_reduced(before, &after) && after.order_count <= before->order_count;
    if (instrument != PLM_NONE && !pli_health_may_trade(core, instrument, is_reducing)) {
        return PLM_REJECT_PRICE_STATE;
    }
    if (!pli_health_is_at_risk(core, &after)) {
        return PLM_REJECT_NONE;
    }
    if (pli_standing_is_bound(core, before->account) &&
        (rule == PLI_HEALTH_WITHDRAW || !is_reducing)) {
        return PLM_REJECT_RESTRICTED;
    }
    bool is_withdrawal = rule == PLI_HEALTH_WITHDRAW;
    question asked = {rule, NULL, &after};
    pli_corners corners = {.combinations = 1};
    plm_requirement worst = {.health = PLM_HEALTH_HEALTHY};
    plm_reject reject = pli_corners_add(core, &after, is_withdrawal, &corners);
    if (reject == PLM_REJECT_NONE) {
        reject = ask_corners(core, &asked, &corners, &worst);
    }
    if (reject == PLM_REJECT_HEALTH && is_reducing && !is_withdrawal &&
        pli_corners_add(core, before, false, &corners) == PLM_REJECT_NONE) {
        asked.before = before;
        reject = ask_corners(core, &asked, &corners, &worst);
    }
    if (reject == PLM_REJECT_NONE) {
        pli_health_tell(core, before->account, &worst);
    }
    return reject;
}
