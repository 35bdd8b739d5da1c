/* deribit_pm.c: Deribit portfolio margin, as far as it is documented.                    SPDX-License-Identifier: Apache-2.0 */
#include "venue/deribit_pm.h"

#include "base/assert.h"
#include "base/libc.h"
#include "num/rounding.h"

#define NINE_DECIMALS 1e9
#define EXACT_MAX 4503599627370496.0 /* 2^52: above it a double is whole */

const double pli_deribit_extended_moves[PLI_DERIBIT_EXTENDED] = {-0.66, -0.33, 0.5, 1.0,
                                                                 2.0,   3.0,   4.0, 5.0};

double
pli_deribit_move(double price_range, uint32_t bucket) {
    double step = 2.0 * price_range / (double)(PLI_DERIBIT_BUCKETS - 1);
    return -price_range + (double)bucket * step;
}

double
pli_deribit_profit(double size_coin, double move) {
    return size_coin * move / (1.0 + move);
}

double
pli_deribit_extended_profit(double size_coin, double move, double price_range) {
    return pli_deribit_profit(size_coin, move < 0.0 ? -price_range : price_range);
}

double
pli_deribit_round9(double value) {
    double scaled = fabs(value) * NINE_DECIMALS;
    int64_t whole = 0;
    // Beyond 2^52 there are no decimals to round; not-a-number falls through as well.
    if (!(scaled < EXACT_MAX) || pli_i64_from_double_floor(scaled, &whole) != PLM_OK) {
        return value;
    }
    whole += scaled - (double)whole >= 0.5;
    double rounded = (double)whole / NINE_DECIMALS;
    return value < 0.0 ? -rounded : rounded;
}

static void
fill_cells(uint32_t leg_count, const pli_deribit_leg *legs,
           const pli_deribit_parameters *parameters, pli_deribit_result *out) {
    for (uint32_t i = 0; i < PLI_DERIBIT_BUCKETS; i += 1) {
        out->moves[i] = pli_deribit_move(parameters->price_range, i);
        double sum = 0.0;
        for (uint32_t j = 0; j < leg_count; j += 1) {
            sum += pli_deribit_profit(legs[j].size_coin, out->moves[i]);
        }
        out->standard[i] = sum;
        out->aggregated[i] = sum > 0.0 ? sum * parameters->gain_offset : sum;
    }
    for (uint32_t i = 0; i < PLI_DERIBIT_EXTENDED; i += 1) {
        double sum = 0.0;
        for (uint32_t j = 0; j < leg_count; j += 1) {
            sum += pli_deribit_extended_profit(legs[j].size_coin, pli_deribit_extended_moves[i],
                                               parameters->price_range);
        }
        out->extended[i] = sum;
    }
}

static void
find_worst(pli_deribit_result *out) {
    uint32_t worst = 0;
    for (uint32_t i = 1; i < PLI_DERIBIT_BUCKETS; i += 1) {
        worst = out->aggregated[i] < out->aggregated[worst] ? i : worst;
    }
    out->worst_bucket = worst;
    out->worst_case = out->aggregated[worst] < 0.0 ? -out->aggregated[worst] : 0.0;
}

/* Longs and shorts of one expiry net; expiries do not. */
static double
roll_shock(uint32_t leg_count, const pli_deribit_leg *legs,
           const pli_deribit_parameters *parameters) {
    double shock = 0.0;
    for (uint32_t i = 0; i < leg_count;) {
        double net = 0.0;
        double years = legs[i].years;
        for (; i < leg_count && legs[i].years == years; i += 1) {
            net += legs[i].size_coin;
        }
        double move = parameters->annualised_move_risk * years;
        move = move > parameters->annualised_move_min ? move : parameters->annualised_move_min;
        shock += fabs(net) * move;
    }
    return shock;
}

plm_status
pli_deribit_pm_compute(uint32_t leg_count, const pli_deribit_leg *legs,
                       const pli_deribit_parameters *parameters, double index_price,
                       const pli_deribit_additions *additions, pli_deribit_result *out) {
    double total = 0.0;
    for (uint32_t i = 0; i < leg_count; i += 1) {
        PLI_ASSERT(i == 0 || legs[i - 1].years <= legs[i].years);
        total += fabs(legs[i].size_coin);
    }
    if (!(parameters->price_range > 0.0) || parameters->price_range > 0.33) {
        return PLM_DOMAIN;
    }
    if (total * index_price > parameters->delta_threshold_usd) {
        return PLM_MODEL_UNSUPPORTED;
    }
    pli_deribit_result result;
    fill_cells(leg_count, legs, parameters, &result);
    find_worst(&result);
    result.roll_shock = roll_shock(leg_count, legs, parameters);
    result.risk_matrix_margin = pli_deribit_round9(result.worst_case) + result.roll_shock;
    result.initial_margin =
        pli_deribit_round9(result.risk_matrix_margin + additions->open_orders +
                           additions->market_maker_protection + additions->spot);
    result.maintenance_margin = parameters->maintenance_factor * result.risk_matrix_margin;
    if (!pli_double_is_finite(result.initial_margin) ||
        !pli_double_is_finite(result.maintenance_margin)) {
        return PLM_NOT_FINITE;
    }
    *out = result;
    return PLM_OK;
}
