/* equity.c: what an account holds towards its requirement.                            SPDX-License-Identifier: Apache-2.0 */
#include "margin/equity.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/isqrt.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "model/value.h"

enum { ROOT_DAY_PPM = 52343 }; /* sqrt(1 / 365) in ppm, up */

int64_t
pli_sigma_horizon_ppm(int64_t volatility_ppm, int64_t horizon_ns) {
    // The one horizon that is asked for all the time; a test holds it against the general formula.
    if (horizon_ns == PLM_DAY_NS) {
        pli_i128 daily = pli_div_ceil_i128((pli_i128)volatility_ppm * ROOT_DAY_PPM, PLM_PPM);
        return daily > INT64_MAX ? INT64_MAX : (int64_t)daily;
    }
    // sqrt(h / year) in ppm, up: the least integer whose square is at least h * 1e12 / year.
    pli_u128 scaled = (pli_u128)(uint64_t)horizon_ns * UINT64_C(1000000000000);
    pli_u128 root = pli_isqrt_u128(scaled / PLM_YEAR_NS);
    int64_t root_ppm = (int64_t)(root + (root * root * PLM_YEAR_NS < scaled));
    pli_i128 sigma = pli_div_ceil_i128((pli_i128)volatility_ppm * root_ppm, PLM_PPM);
    return sigma > INT64_MAX ? INT64_MAX : (int64_t)sigma;
}

/* The haircut of one tier: conversion impact and wrong-way risk, plus z sigma where the arrays do not cover it. */
static int64_t
tier_haircut(const pli_view *view, const pli_equity_rules *rules, const plm_asset *asset,
             uint32_t tier) {
    int64_t haircut = asset->tiers[tier].haircut_ppm;
    bool is_covered = asset->treatment == PLM_TREATMENT_SCENARIO && rules->is_scenario_covered;
    if (asset->underlying_index == PLM_NONE || is_covered) {
        return haircut;
    }
    int64_t volatility = view->market->underlyings[asset->underlying_index].volatility_ppm;
    pli_i128 sigma = pli_sigma_horizon_ppm(volatility, rules->haircut_horizon_ns);
    pli_i128 sum = pli_div_ceil_i128(sigma * rules->haircut_sigma_ppm, PLM_PPM) + haircut;
    // The cap never undercuts the tier itself.
    int64_t cap = rules->haircut_cap_ppm > haircut ? rules->haircut_cap_ppm : haircut;
    return sum > cap ? cap : (int64_t)sum;
}

typedef struct price_pair {
    int64_t low_e8, high_e8;
} price_pair;

/* Prices at which a balance counts: below as collateral, above as a loan. */
static price_pair
asset_prices(const pli_view *view, const plm_asset *asset, bool is_initial, bool is_netted) {
    if (asset->underlying_index == PLM_NONE) {
        return (price_pair){100000000, 100000000};
    }
    const plm_price_record *price = &view->market->underlyings[asset->underlying_index].price;
    int64_t low = price->price_e8;
    int64_t high = price->price_e8;
    if (is_initial && !is_netted) {
        low = price->slow_e8 < low ? price->slow_e8 : low;
        high = price->slow_e8 > high ? price->slow_e8 : high;
    }
    low -= price->confidence_e8;
    high += price->confidence_e8;
    return (price_pair){low < 0 ? 0 : low, high < 0 ? 0 : high};
}

static int64_t
asset_price_unit(const pli_view *view, const plm_asset *asset) {
    return asset->underlying_index == PLM_NONE
               ? 1
               : view->listing->underlyings[asset->underlying_index].price_unit;
}

/* Value after marginal size tiers: sum of part * (1 - haircut), rounded down tier by tier. */
static bool
tiered_value(const pli_view *view, const pli_equity_rules *rules, const plm_asset *asset,
             pli_i128 value, pli_i128 *out) {
    pli_i128 sum = 0;
    pli_i128 from = 0;
    for (uint32_t i = 0; i < asset->tier_count && from < value; i += 1) {
        pli_i128 upto = asset->tiers[i].upto_micros;
        bool is_last = i + 1 == asset->tier_count;
        pli_i128 end = is_last || value < upto ? value : upto;
        pli_i128 part = 0;
        if (!pli_ppm_of_floor(end - from, PLM_PPM - tier_haircut(view, rules, asset, i), &part)) {
            return false;
        }
        sum += part;
        from = end;
    }
    *out = sum;
    return true;
}

static bool
add_balance(const pli_view *view, const pli_equity_rules *rules, const plm_balance *balance,
            bool is_initial, pli_i128 sums[2]) {
    const plm_asset *asset = &view->listing->assets[balance->asset_index];
    bool is_netted = asset->treatment == PLM_TREATMENT_SCENARIO && rules->is_scenario_covered;
    price_pair prices = asset_prices(view, asset, is_initial, is_netted);
    int64_t unit = asset_price_unit(view, asset);
    pli_i128 atoms = pli_i128_from_wide(balance->atoms);
    pli_i128 value = 0;
    if (atoms >= 0) {
        return pli_atoms_value_micros(asset, unit, atoms, prices.low_e8, PLI_ROUND_DOWN, &value) &&
               tiered_value(view, rules, asset, value, &value) &&
               pli_add_i128(sums[0], value, &sums[0]);
    }
    return atoms != PLI_I128_MIN &&
           pli_atoms_value_micros(asset, unit, -atoms, prices.high_e8, PLI_ROUND_UP, &value) &&
           pli_ppm_of_ceil(value, PLM_PPM + asset->liability_haircut_ppm, &value) &&
           pli_add_i128(sums[1], value, &sums[1]);
}

bool
pli_equity_balances(const pli_view *view, const pli_equity_rules *rules, pli_equity_sums *sums) {
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        pli_i128 before[2] = {sums->initial[0], sums->initial[1]};
        if (!add_balance(view, rules, balance, true, sums->initial)) {
            return false;
        }
        if (view->listing->assets[balance->asset_index].underlying_index == PLM_NONE) {
            // No price, so nothing that could differ between the two.
            if (!pli_add_i128(sums->maintenance[0], sums->initial[0] - before[0],
                              &sums->maintenance[0]) ||
                !pli_add_i128(sums->maintenance[1], sums->initial[1] - before[1],
                              &sums->maintenance[1])) {
                return false;
            }
        } else if (!add_balance(view, rules, balance, false, sums->maintenance)) {
            return false;
        }
    }
    return true;
}

/* Profit of one futures-style line in micros of its settlement asset (inverse: of the valuation currency). */
static bool
line_profit(const pli_view *view, const pli_line *line, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    pli_i128 profit = 0;
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        pli_i128 value = 0;
        if (line->mark_e8 <= 0 ||
            !pli_inverse_coin_e12(instrument, underlying, line->lots, line->mark_e8, PLI_ROUND_UP,
                                  &value) ||
            !pli_sub_i128(line->cost, value, &profit)) {
            return false;
        }
        int64_t index_e8 = view->market->underlyings[line->underlying_index].price.price_e8;
        return pli_coin_value_micros(underlying, profit, index_e8, PLI_ROUND_DOWN, out);
    }
    pli_i128 value = 0;
    return pli_mul_i128(line->lots, line->mark_e8, &value) &&
           pli_sub_i128(value, line->cost, &profit) &&
           pli_linear_value_micros(instrument, underlying, profit, PLI_ROUND_DOWN, out);
}

typedef struct net_key {
    uint32_t asset_index;
    bool is_inverse;
} net_key;

static net_key
key_of(const pli_view *view, const pli_line *line) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    return (net_key){instrument->settlement_asset_index,
                     instrument->settlement == PLM_SETTLEMENT_INVERSE};
}

/* Profit and accruals of the group's lines that share `key`, in valuation micros; false on overflow. */
static bool
net_of_key(const pli_view *view, const pli_group *group, uint32_t from, net_key key,
           pli_i128 *net) {
    pli_i128 sum = 0;
    pli_i128 accrued = 0;
    for (uint32_t i = from; i < group->first_line + group->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        net_key other = key_of(view, line);
        if (other.asset_index != key.asset_index || other.is_inverse != key.is_inverse) {
            continue;
        }
        accrued += line->accrued_micros;
        pli_i128 profit = 0;
        if (pli_is_futures_style(&view->listing->instruments[line->instrument_index]) &&
            (!line_profit(view, line, &profit) || !pli_add_i128(sum, profit, &sum))) {
            return false;
        }
    }
    // The profit of coin-settled lines is in valuation micros already.
    return (key.is_inverse || pli_to_valuation(view, key.asset_index, sum, false, &sum)) &&
           pli_add_i128(sum, accrued, net);
}

static bool
is_first_of_key(const pli_view *view, const pli_group *group, uint32_t at) {
    net_key key = key_of(view, &view->lines[at]);
    for (uint32_t i = group->first_line; i < at; i += 1) {
        net_key other = key_of(view, &view->lines[i]);
        if (other.asset_index == key.asset_index && other.is_inverse == key.is_inverse) {
            return false;
        }
    }
    return true;
}

/* The positive and the negative nets of one group, unweighted. */
static bool
sum_nets(const pli_view *view, const pli_group *group, pli_i128 *gains, pli_i128 *losses) {
    *gains = 0;
    *losses = 0;
    for (uint32_t i = group->first_line; i < group->first_line + group->line_count; i += 1) {
        if (!is_first_of_key(view, group, i)) {
            continue;
        }
        pli_i128 net = 0;
        if (!net_of_key(view, group, i, key_of(view, &view->lines[i]), &net)) {
            return false;
        }
        pli_i128 *sum = net > 0 ? gains : losses;
        if (!pli_add_i128(*sum, net, sum)) {
            return false;
        }
    }
    return true;
}

bool
pli_equity_weigh(pli_i128 value, int64_t weight_ppm, pli_i128 *sum) {
    return (value <= 0 || pli_ppm_of_floor(value, weight_ppm, &value)) &&
           pli_add_i128(*sum, value, sum);
}

static bool
add_option_value(const pli_view *view, const pli_group *group, pli_i128 *sum) {
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        pli_i128 value = 0;
        if (pli_is_futures_style(&view->listing->instruments[line->instrument_index])) {
            continue;
        }
        if (!pli_line_value(view, line, line->lots, line->mark_e8, false, &value) ||
            !pli_add_i128(*sum, value, sum)) {
            return false;
        }
    }
    return true;
}

bool
pli_delta_one(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    *out = 0;
    if (instrument->kind == PLM_KIND_OPTION || lots == 0) {
        return true;
    }
    pli_i128 notional = 0;
    if (!pli_notional_micros(instrument, &view->listing->underlyings[line->underlying_index], lots,
                             pli_base_price_e8(view, line->underlying_index), &notional) ||
        (instrument->settlement == PLM_SETTLEMENT_LINEAR &&
         !pli_to_valuation(view, instrument->settlement_asset_index, notional, true, &notional))) {
        return false;
    }
    *out = lots > 0 ? notional : -notional;
    return true;
}

bool
pli_scenario_exposure(const pli_view *view, uint32_t underlying_index, pli_i128 *out) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        const plm_asset *asset = &view->listing->assets[balance->asset_index];
        if (asset->treatment != PLM_TREATMENT_SCENARIO ||
            asset->underlying_index != underlying_index) {
            continue;
        }
        pli_i128 value = 0;
        if (!pli_atoms_value_micros(asset, view->listing->underlyings[underlying_index].price_unit,
                                    pli_i128_from_wide(balance->atoms),
                                    pli_base_price_e8(view, underlying_index), PLI_ROUND_DOWN,
                                    &value) ||
            !pli_add_i128(sum, value, &sum)) {
            return false;
        }
    }
    *out = sum;
    return true;
}

/* The adverse slow-price adjustment for a net delta-one exposure in low..high, >= 0, rounded up. */
static bool
slow_adjustment(const pli_view *view, uint32_t underlying_index, pli_i128 low, pli_i128 high,
                pli_i128 *out) {
    const plm_price_record *price = &view->market->underlyings[underlying_index].price;
    int64_t distance = price->slow_e8 - price->price_e8;
    pli_i128 exposure = distance < 0 ? high : -low;
    *out = 0;
    if (distance == 0 || exposure <= 0) {
        return true;
    }
    return pli_muldiv_ceil(exposure, distance < 0 ? -distance : distance,
                           pli_base_price_e8(view, underlying_index), out);
}

/* Net delta-one exposure of a group: as held, and its lowest and highest over all fills of the open orders. */
typedef struct exposure_range {
    pli_i128 held, low, high;
} exposure_range;

static bool
group_exposure(const pli_view *view, const pli_equity_rules *rules, const pli_group *group,
               exposure_range *out) {
    pli_i128 coins = 0;
    if (rules->is_scenario_covered &&
        !pli_scenario_exposure(view, group->underlying_index, &coins)) {
        return false;
    }
    *out = (exposure_range){coins, coins, coins};
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        pli_i128 held = 0;
        pli_i128 buys = 0;
        pli_i128 sells = 0;
        if (!pli_delta_one(view, line, line->lots, &held) ||
            !pli_delta_one(view, line, line->buys, &buys) ||
            !pli_delta_one(view, line, -line->sells, &sells)) {
            return false;
        }
        out->held += held;
        out->low += held + sells;
        out->high += held + buys;
    }
    return true;
}

/*
 * U of one group: unrealised[0] initial, [1] maintenance, [2] initial if the open orders filled in the way that the slow
 * price punishes most. The slow price lowers gains before they are weighted, so that a falling price never raises the
 * equity of a long [M12].
 */
static bool
add_unrealised(const pli_view *view, const pli_equity_rules *rules, const pli_group *group,
               pli_i128 unrealised[3], pli_i128 *slow) {
    pli_i128 gains = 0;
    pli_i128 losses = 0;
    pli_i128 present = 0;
    pli_i128 worst = 0;
    exposure_range exposure;
    if (!sum_nets(view, group, &gains, &losses) || !group_exposure(view, rules, group, &exposure) ||
        !slow_adjustment(view, group->underlying_index, exposure.held, exposure.held, &present) ||
        !slow_adjustment(view, group->underlying_index, exposure.low, exposure.high, &worst)) {
        return false;
    }
    for (uint32_t i = 0; i < 3; i += 1) {
        if (!pli_add_i128(unrealised[i], losses, &unrealised[i])) {
            return false;
        }
    }
    return pli_add_i128(*slow, present, slow) &&
           pli_equity_weigh(gains - present, rules->gain_initial_ppm, &unrealised[0]) &&
           pli_equity_weigh(gains, rules->gain_maintenance_ppm, &unrealised[1]) &&
           pli_equity_weigh(gains - worst, rules->gain_initial_ppm, &unrealised[2]);
}

int64_t
pli_haircut_worst_ppm(const pli_view *view, const pli_equity_rules *rules, uint32_t asset_index) {
    const plm_asset *asset = &view->listing->assets[asset_index];
    int64_t haircut = tier_haircut(view, rules, asset, asset->tier_count - 1);
    int64_t worst = haircut > asset->liability_haircut_ppm ? haircut : asset->liability_haircut_ppm;
    if (asset->underlying_index == PLM_NONE) {
        return worst;
    }
    const plm_price_record *price = &view->market->underlyings[asset->underlying_index].price;
    int64_t away = price->slow_e8 > price->price_e8 ? price->slow_e8 - price->price_e8
                                                    : price->price_e8 - price->slow_e8;
    if (price->price_e8 <= 0) {
        return PLM_PPM;
    }
    pli_i128 relative = pli_div_ceil_i128(((pli_i128)away + price->confidence_e8) *
                                              (PLM_PPM + asset->liability_haircut_ppm),
                                          price->price_e8);
    return relative > PLM_PPM ? PLM_PPM + worst : (int64_t)relative + worst;
}

plm_status
pli_equity_finish(const pli_equity_sums *sums, pli_equity *equity, plm_fault *fault) {
    pli_i128 initial = sums->initial[0] - sums->initial[1] + sums->options + sums->unrealised[0];
    pli_i128 maintenance =
        sums->maintenance[0] - sums->maintenance[1] + sums->options + sums->unrealised[1];
    pli_equity result;
    if (!pli_narrow_i64(initial, &result.initial_micros) ||
        !pli_narrow_i64(maintenance, &result.maintenance_micros) ||
        !pli_narrow_i64(sums->maintenance[0], &result.collateral_micros) ||
        !pli_narrow_i64(sums->maintenance[1], &result.liabilities_micros) ||
        !pli_narrow_i64(sums->options, &result.option_value_micros) ||
        !pli_narrow_i64(sums->unrealised[1], &result.unrealised_micros) ||
        !pli_narrow_i64(sums->slow, &result.slow_price_micros) ||
        !pli_narrow_i64(sums->unrealised[0] - sums->unrealised[2], &result.slow_orders_micros)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "equity leaves 64-bit micros", NULL, NULL);
    }
    PLI_ASSERT(result.initial_micros <= result.maintenance_micros);
    *equity = result;
    return PLM_OK;
}

plm_status
pli_equity_make(const pli_view *view, const pli_equity_rules *rules, pli_equity *equity,
                plm_fault *fault) {
    pli_equity_sums sums = {0};
    bool fits = pli_equity_balances(view, rules, &sums);
    for (uint32_t i = 0; fits && i < view->group_count; i += 1) {
        const pli_group *group = &view->groups[i];
        fits = add_unrealised(view, rules, group, sums.unrealised, &sums.slow) &&
               add_option_value(view, group, &sums.options);
    }
    if (!fits) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a value in equity leaves its type", NULL, NULL);
    }
    return pli_equity_finish(&sums, equity, fault);
}
