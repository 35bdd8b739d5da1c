/* charges.c: the charges of model `portfolio`, each a line of its own.                SPDX-License-Identifier: Apache-2.0 */
#include "margin/charges.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "margin/core.h"
#include "margin/scaled.h"
#include "model/change.h"
#include "model/value.h"

/* Everything one underlying's charges are made of. */
typedef struct charge_context {
    const pli_view *view;
    const plm_risk_table *table;
    const plm_portfolio_parameters *parameters;
    bool has_orders;
    pli_i128 sums[PLM_CHARGE_COUNT];
} charge_context;

static uint32_t
probe_entry(const charge_context *context, plm_probe probe) {
    return plm_scenario_probe_begin(context->table->header) + (uint32_t)probe;
}

static int64_t
worst_lots(const charge_context *context, const pli_line *line) {
    if (context->has_orders) {
        return pli_line_lots_worst(line);
    }
    return line->lots < 0 ? -line->lots : line->lots;
}

/* Fees of closing a line: notional fee, options capped at a share of their value but not below a tenth of the fee. */
static bool
line_fee(const charge_context *context, const pli_line *line, int64_t fee_ppm, pli_i128 *out) {
    const pli_view *view = context->view;
    int64_t lots = worst_lots(context, line);
    pli_i128 notional = 0;
    if (!pli_line_notional(view, line, lots, &notional) ||
        !pli_ppm_of_ceil(notional, fee_ppm, out)) {
        return false;
    }
    if (view->listing->instruments[line->instrument_index].kind != PLM_KIND_OPTION) {
        return true;
    }
    pli_i128 value = 0;
    int64_t mark = line->mark_e8 < 0 ? 0 : line->mark_e8;
    if (!pli_line_value(view, line, lots, mark, true, &value) ||
        !pli_ppm_of_ceil(value, context->parameters->option_fee_cap_ppm, &value)) {
        return false;
    }
    pli_i128 least = pli_div_ceil_i128(*out, 10);
    pli_i128 cap = value > least ? value : least;
    *out = *out < cap ? *out : cap;
    return true;
}

static bool
add_line_charges(charge_context *context, const pli_line *line) {
    const plm_portfolio_parameters *parameters = context->parameters;
    const pli_view *view = context->view;
    int64_t lots = worst_lots(context, line);
    pli_i128 fee = 0;
    pli_i128 penalty = 0;
    if (!line_fee(context, line, parameters->close_fee_ppm, &fee) ||
        !line_fee(context, line, parameters->liquidation_fee_ppm, &penalty)) {
        return false;
    }
    context->sums[PLM_CHARGE_CLOSE_FEE] += fee;
    context->sums[PLM_CHARGE_LIQUIDATION_FEE] += penalty;
    context->sums[PLM_CHARGE_ROUNDING] += lots;
    if (view->listing->instruments[line->instrument_index].kind != PLM_KIND_OPTION) {
        return true;
    }
    pli_i128 spread = 0;
    pli_i128 least = 0;
    if (!pli_line_value(view, line, lots,
                        view->market->marks[line->instrument_index].half_spread_e8, true,
                        &spread) ||
        !pli_ppm_of_ceil(spread, parameters->spread_weight_ppm, &spread) ||
        !pli_line_notional(view, line, lots, &least) ||
        !pli_ppm_of_ceil(least, parameters->spread_minimum_ppm, &least)) {
        return false;
    }
    context->sums[PLM_CHARGE_SPREAD] += spread > least ? spread : least;
    return true;
}

/* Twice what the arrays' rounding can hide in atoms of a scenario-treated asset: a micro a unit, and the floors. */
static pli_i128
balance_rounding(const plm_asset *asset, pli_i128 atoms) {
    if (asset->treatment != PLM_TREATMENT_SCENARIO || atoms == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        atoms /= 10;
    }
    return (atoms < 0 ? -atoms : atoms) + 3;
}

static bool
add_balance_rounding(charge_context *context) {
    const pli_view *view = context->view;
    pli_i128 *sum = &context->sums[PLM_CHARGE_ROUNDING];
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        const plm_asset *asset = &view->listing->assets[balance->asset_index];
        if (!pli_add_i128(*sum, balance_rounding(asset, pli_i128_from_wide(balance->atoms)), sum)) {
            return false;
        }
    }
    // Premiums of open orders may come on top.
    for (uint32_t i = 0; context->has_orders && i < view->order_count; i += 1) {
        const pli_open_order *order = &view->orders[i];
        uint32_t instrument = view->lines[order->line_index].instrument_index;
        uint32_t asset = view->listing->instruments[instrument].settlement_asset_index;
        plm_wide atoms = {0};
        if (!pli_fill_atoms(view->listing, instrument, order->lots, order->limit_e8, &atoms) ||
            !pli_add_i128(
                *sum, balance_rounding(&view->listing->assets[asset], pli_i128_from_wide(atoms)),
                sum)) {
            return false;
        }
    }
    return true;
}

/* Lowest and highest sum of lots * weight over all fills; weight comes from one row entry. */
typedef struct range {
    pli_i128 low, high;
} range;

static void
widen(range *sum, pli_i128 value) {
    sum->low += value < 0 ? value : 0;
    sum->high += value > 0 ? value : 0;
}

/* Scenario-treated balances of the group's underlying in one entry. */
static bool
balances_entry(const charge_context *context, const pli_group *group, uint32_t entry,
               pli_i128 *out) {
    *out = 0;
    for (uint32_t i = 0; i < context->view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &context->view->portfolio.balances[i];
        pli_i128 value = 0;
        if (context->view->listing->assets[balance->asset_index].underlying_index !=
            group->underlying_index) {
            continue;
        }
        if (!pli_balance_entry(context->view, context->table, balance, entry, &value)) {
            return false;
        }
        *out += value;
    }
    return true;
}

/* The whole group in one probe entry, over all fills. */
static bool
group_range(const charge_context *context, const pli_group *group, uint32_t entry, range *out) {
    pli_i128 sum = 0;
    if (!balances_entry(context, group, entry, &sum)) {
        return false;
    }
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &context->view->lines[group->first_line + i];
        const int64_t *row = plm_risk_row(context->table, line->instrument_index);
        if (!pli_add_i128(sum, (pli_i128)line->lots * row[entry], &sum)) {
            return false;
        }
    }
    *out = (range){sum, sum};
    for (uint32_t i = 0; context->has_orders && i < group->order_count; i += 1) {
        const pli_open_order *order = &context->view->orders[group->first_order + i];
        pli_i128 value = 0;
        if (!pli_order_entry(context->view, context->table, order, entry, &value)) {
            return false;
        }
        widen(out, value);
    }
    return true;
}

/*
 * Gamma on one side: max(0, L(e x) - e L(x)). In ppm of micros: -1e6 P(far) + e P(near), each open order only where it
 * adds.
 */
static bool
gamma_side(const charge_context *context, const pli_group *group, plm_probe near, plm_probe far,
           pli_i128 *out) {
    uint32_t near_entry = probe_entry(context, near);
    uint32_t far_entry = probe_entry(context, far);
    int64_t multiple = context->table->header->probe_multiple_ppm;
    pli_i128 near_sum = 0;
    pli_i128 far_sum = 0;
    if (!balances_entry(context, group, near_entry, &near_sum) ||
        !balances_entry(context, group, far_entry, &far_sum)) {
        return false;
    }
    pli_i128 sum = near_sum * multiple - far_sum * PLM_PPM;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &context->view->lines[group->first_line + i];
        const int64_t *row = plm_risk_row(context->table, line->instrument_index);
        pli_i128 curve = (pli_i128)row[near_entry] * multiple - (pli_i128)row[far_entry] * PLM_PPM;
        pli_i128 value = 0;
        if (!pli_mul_i128(curve, line->lots, &value) || !pli_add_i128(sum, value, &sum)) {
            return false;
        }
    }
    for (uint32_t i = 0; context->has_orders && i < group->order_count; i += 1) {
        const pli_open_order *order = &context->view->orders[group->first_order + i];
        if (!pli_order_entry(context->view, context->table, order, near_entry, &near_sum) ||
            !pli_order_entry(context->view, context->table, order, far_entry, &far_sum)) {
            return false;
        }
        pli_i128 value = near_sum * multiple - far_sum * PLM_PPM;
        sum += value > 0 ? value : 0;
    }
    *out = sum > 0 ? pli_div_ceil_i128(sum, PLM_PPM) : 0;
    return true;
}

static bool
add_curvature(charge_context *context, const pli_group *group) {
    pli_i128 up = 0;
    pli_i128 down = 0;
    range vol_up;
    range vol_down;
    if (!gamma_side(context, group, PLM_PROBE_UP, PLM_PROBE_UP_FAR, &up) ||
        !gamma_side(context, group, PLM_PROBE_DOWN, PLM_PROBE_DOWN_FAR, &down) ||
        !group_range(context, group, probe_entry(context, PLM_PROBE_VOL_UP), &vol_up) ||
        !group_range(context, group, probe_entry(context, PLM_PROBE_VOL_DOWN), &vol_down)) {
        return false;
    }
    pli_i128 gamma = up > down ? up : down;
    pli_i128 vega = -vol_up.low > -vol_down.low ? -vol_up.low : -vol_down.low;
    pli_i128 charge = 0;
    if (!pli_ppm_of_ceil(gamma, context->parameters->gamma_weight_ppm, &charge)) {
        return false;
    }
    context->sums[PLM_CHARGE_GAMMA] += charge;
    if (!pli_ppm_of_ceil(vega > 0 ? vega : 0, context->parameters->vega_weight_ppm, &charge)) {
        return false;
    }
    context->sums[PLM_CHARGE_VEGA] += charge;
    return true;
}

static pli_i128
largest_magnitude(range value) {
    pli_i128 low = value.low < 0 ? -value.low : value.low;
    pli_i128 high = value.high < 0 ? -value.high : value.high;
    return low > high ? low : high;
}

static bool
add_oracle(charge_context *context, uint32_t underlying_index, pli_i128 exposure) {
    const plm_price_record *price = &context->view->market->underlyings[underlying_index].price;
    int64_t base = pli_base_price_e8(context->view, underlying_index);
    pli_i128 relative = 0;
    if (base <= 0 ||
        !pli_muldiv_ceil((pli_i128)price->confidence_e8, context->parameters->oracle_confidence_ppm,
                         base, &relative)) {
        return false;
    }
    int64_t age = context->view->market->time.ns - price->publish_ns;
    int64_t age_max = context->parameters->oracle_age_max_ns;
    age = age < 0 ? 0 : (age > age_max ? age_max : age);
    pli_i128 minute = INT64_C(60000000000);
    relative += pli_div_ceil_i128((pli_i128)age * context->parameters->oracle_age_ppm, minute);
    pli_i128 charge = 0;
    if (!pli_muldiv_ceil(exposure, relative, PLM_PPM, &charge)) {
        return false;
    }
    context->sums[PLM_CHARGE_ORACLE] += charge;
    return true;
}

static bool
add_liquidity(charge_context *context, uint32_t underlying_index, pli_i128 exposure) {
    const plm_portfolio_parameters *parameters = context->parameters;
    const plm_underlying_market *market = &context->view->market->underlyings[underlying_index];
    int64_t volume =
        market->volume_micros > 0 ? market->volume_micros : parameters->volume_standard_micros;
    pli_i128 crowding = 0;
    pli_i128 charge = 0;
    if (!pli_muldiv_ceil(market->open_interest_micros, parameters->crowding_ppm, volume,
                         &crowding)) {
        return false;
    }
    crowding = crowding > parameters->crowding_max_ppm ? parameters->crowding_max_ppm : crowding;
    pli_i128 sigma = pli_sigma_horizon_ppm(market->volatility_ppm, PLM_DAY_NS);
    pli_i128 rate = pli_div_ceil_i128(sigma * parameters->impact_ppm, PLM_PPM);
    int64_t rate_ppm = 0;
    if (!pli_muldiv_ceil(rate, PLM_PPM + crowding, PLM_PPM, &rate) ||
        !pli_narrow_i64(rate, &rate_ppm) || !pli_impact_cost(exposure, volume, rate_ppm, &charge)) {
        return false;
    }
    context->sums[PLM_CHARGE_LIQUIDITY] += charge;
    return true;
}

/* Cash delta of everything without expiry that is no line: coins held, and coins that premiums may move. */
static bool
coin_delta(const charge_context *context, const pli_group *group, uint32_t entry, range *out) {
    if (!balances_entry(context, group, entry, &out->low)) {
        return false;
    }
    out->high = out->low;
    for (uint32_t i = 0; context->has_orders && i < group->order_count; i += 1) {
        const pli_open_order *order = &context->view->orders[group->first_order + i];
        pli_i128 value = 0;
        if (!pli_order_premium_entry(context->view, context->table, order, entry, &value)) {
            return false;
        }
        widen(out, value);
    }
    return true;
}

/* Cash delta of one line over all fills. */
static void
add_line_delta(const charge_context *context, const pli_line *line, uint32_t entry, range *sum) {
    pli_i128 delta = plm_risk_row(context->table, line->instrument_index)[entry];
    pli_i128 held = delta * line->lots;
    sum->low += held;
    sum->high += held;
    if (context->has_orders) {
        widen(sum, delta * line->buys);
        widen(sum, -delta * line->sells);
    }
}

/* Longs and shorts of one underlying, expiry by expiry: what is matched between them carries basis risk. */
static bool
add_basis(charge_context *context, const pli_group *group) {
    const pli_view *view = context->view;
    uint32_t entry = probe_entry(context, PLM_PROBE_DELTA);
    pli_i128 longs = 0;
    pli_i128 shorts = 0;
    range bucket = {0, 0};
    int64_t expiry = 0;
    if (!coin_delta(context, group, entry, &bucket)) {
        return false;
    }
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        int64_t line_expiry = view->listing->instruments[line->instrument_index].expiry_ns;
        if (line_expiry != expiry) {
            longs += bucket.high > 0 ? bucket.high : 0;
            shorts += bucket.low < 0 ? -bucket.low : 0;
            bucket = (range){0, 0};
            expiry = line_expiry;
        }
        add_line_delta(context, line, entry, &bucket);
    }
    longs += bucket.high > 0 ? bucket.high : 0;
    shorts += bucket.low < 0 ? -bucket.low : 0;
    pli_i128 charge = 0;
    if (!pli_ppm_of_ceil(longs < shorts ? longs : shorts, context->parameters->basis_ppm,
                         &charge)) {
        return false;
    }
    context->sums[PLM_CHARGE_BASIS] += charge;
    return true;
}

static bool
add_group_charges(charge_context *context, const pli_group *group) {
    range delta;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        if (!add_line_charges(context, &context->view->lines[group->first_line + i])) {
            return false;
        }
    }
    if (!group_range(context, group, probe_entry(context, PLM_PROBE_DELTA), &delta)) {
        return false;
    }
    pli_i128 exposure = largest_magnitude(delta);
    return add_oracle(context, group->underlying_index, exposure) &&
           add_liquidity(context, group->underlying_index, exposure) &&
           add_curvature(context, group) && add_basis(context, group);
}

pli_i128
pli_charges_sum(const int64_t charges[PLM_CHARGE_COUNT]) {
    // Thirteen numbers below 2^63: the sum of the halves above 32 bits and that of those below stay below 2^37.
    uint64_t high = 0;
    uint64_t low = 0;
    int64_t signs = 0;
    for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        signs |= charges[i];
        high += (uint64_t)charges[i] >> 32;
        low += (uint64_t)charges[i] & UINT32_MAX;
    }
    PLI_ASSERT(signs >= 0);
    return ((pli_i128)high << 32) + low;
}

plm_status
pli_charges_make(const pli_view *view, const plm_risk_table *table,
                 const plm_portfolio_parameters *parameters, bool has_orders,
                 int64_t charges[PLM_CHARGE_COUNT], plm_fault *fault) {
    charge_context context = {
        .view = view, .table = table, .parameters = parameters, .has_orders = has_orders};
    bool fits = add_balance_rounding(&context);
    for (uint32_t i = 0; fits && i < view->group_count; i += 1) {
        fits = add_group_charges(&context, &view->groups[i]);
    }
    context.sums[PLM_CHARGE_ROUNDING] = pli_div_ceil_i128(context.sums[PLM_CHARGE_ROUNDING], 2);
    for (uint32_t i = 0; fits && i < PLM_CHARGE_COUNT; i += 1) {
        fits = pli_narrow_i64(context.sums[i], &charges[i]);
    }
    pli_equity_rules rules = {.haircut_sigma_ppm = parameters->haircut_sigma_ppm,
                              .haircut_horizon_ns = parameters->haircut_horizon_ns,
                              .haircut_cap_ppm = parameters->haircut_cap_ppm,
                              .is_scenario_covered = true};
    if (fits && has_orders) {
        fits =
            pli_order_costs(view, &rules, parameters->close_fee_ppm, &charges[PLM_CHARGE_ORDERS]);
    }
    if (!fits) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a charge leaves 64-bit micros", NULL, NULL);
    }
    return PLM_OK;
}
