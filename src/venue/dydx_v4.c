/* dydx_v4.c: dYdX v4's margin formulas in 128-bit integers.                               SPDX-License-Identifier: Apache-2.0 */
#include "venue/dydx_v4.h"

#include "base/checked.h"
#include "base/muldiv.h"

#define PPM ((pli_i128)1000000)
#define TEN_POWER_MAX 38

static pli_i128
ten_power(int64_t power) {
    pli_i128 value = 1;
    for (; power > 0; power -= 1) {
        value *= 10;
    }
    return value;
}

static plm_status
magnitude(pli_i128 value, pli_i128 *out) {
    if (value == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    *out = value < 0 ? -value : value;
    return PLM_OK;
}

plm_status
pli_dydx_mul_ppm(pli_i128 value, pli_i128 ppm, bool is_round_up, pli_i128 *out) {
    bool is_fit = is_round_up ? pli_muldiv_ceil(value, ppm, PPM, out)
                              : pli_muldiv_floor(value, ppm, PPM, out);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_dydx_scale(pli_i128 left, pli_i128 right, int64_t exponent, pli_i128 *out) {
    if (left == 0 || right == 0) {
        *out = 0;
        return PLM_OK;
    }
    pli_i128 value = 0;
    pli_i128 factor = 0;
    if (magnitude(left, &value) != PLM_OK || magnitude(right, &factor) != PLM_OK ||
        exponent > TEN_POWER_MAX) {
        return PLM_OVERFLOW;
    }
    if (exponent >= 0) {
        if (!pli_mul_i128(value, factor, &value) ||
            !pli_mul_i128(value, ten_power(exponent), &value)) {
            return PLM_OVERFLOW;
        }
    } else {
        // Two divisions, each down, are one division down by the product of the divisors.
        int64_t first = exponent < -TEN_POWER_MAX ? TEN_POWER_MAX : -exponent;
        int64_t second = -exponent - first;
        if (!pli_muldiv_floor(value, factor, ten_power(first), &value)) {
            return PLM_OVERFLOW;
        }
        value = second > TEN_POWER_MAX ? 0 : value / ten_power(second);
    }
    *out = (left < 0) != (right < 0) ? -value : value;
    return PLM_OK;
}

plm_status
pli_dydx_notional(const pli_dydx_market *market, pli_i128 base_quantums, pli_i128 *out) {
    int64_t exponent = (int64_t)market->atomic_resolution + market->price_exponent + 6;
    return pli_dydx_scale(base_quantums, market->price, exponent, out);
}

plm_status
pli_dydx_maintenance_ppm(pli_i128 initial_ppm, pli_i128 fraction_ppm, pli_i128 *out) {
    return pli_dydx_mul_ppm(initial_ppm, fraction_ppm, false, out);
}

plm_status
pli_dydx_funding_clamp_ppm(pli_i128 factor_ppm, pli_i128 initial_ppm, pli_i128 fraction_ppm,
                           pli_i128 *out) {
    pli_i128 maintenance = 0;
    plm_status status = pli_dydx_maintenance_ppm(initial_ppm, fraction_ppm, &maintenance);
    pli_i128 room = 0;
    if (status != PLM_OK || !pli_sub_i128(initial_ppm, maintenance, &room)) {
        return PLM_OVERFLOW;
    }
    return pli_dydx_mul_ppm(factor_ppm, room, false, out);
}

plm_status
pli_dydx_scaled_initial_ppm(const pli_dydx_market *market, pli_i128 open_interest_quote,
                            pli_i128 *out) {
    pli_i128 base = market->initial_ppm;
    pli_i128 lower = market->open_interest_lower_cap;
    pli_i128 upper = market->open_interest_upper_cap;
    if (lower < 0 || upper < 0 || (upper > 0 && lower > upper)) {
        return PLM_DOMAIN;
    }
    if (upper == 0 || open_interest_quote <= lower || base >= PPM) {
        *out = base;
        return PLM_OK;
    }
    if (open_interest_quote >= upper) {
        *out = PPM;
        return PLM_OK;
    }
    pli_i128 rise = 0;
    if (!pli_muldiv_floor(PPM - base, open_interest_quote - lower, upper - lower, &rise)) {
        return PLM_OVERFLOW;
    }
    *out = base + rise;
    return PLM_OK;
}

plm_status
pli_dydx_initial_requirement(const pli_dydx_market *market, pli_i128 notional,
                             pli_i128 open_interest_quote, pli_i128 *out) {
    pli_i128 size = 0;
    pli_i128 fraction = 0;
    plm_status status = magnitude(notional, &size);
    if (status == PLM_OK) {
        status = pli_dydx_scaled_initial_ppm(market, open_interest_quote, &fraction);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (fraction < market->custom_initial_ppm) {
        fraction = market->custom_initial_ppm;
    }
    return pli_dydx_mul_ppm(size, fraction, true, out);
}

plm_status
pli_dydx_position_risk(const pli_dydx_position *position, pli_dydx_risk *out) {
    const pli_dydx_market *market = &position->market;
    pli_dydx_risk risk = {0};
    pli_i128 open_interest = 0;
    pli_i128 size = 0;
    pli_i128 base_initial = 0;
    plm_status status = pli_dydx_notional(market, position->base_quantums, &risk.net_collateral);
    if (status == PLM_OK) {
        status = pli_dydx_notional(market, market->open_interest_base_quantums, &open_interest);
    }
    if (status == PLM_OK) {
        status =
            pli_dydx_initial_requirement(market, risk.net_collateral, open_interest, &risk.initial);
    }
    if (status == PLM_OK) {
        status = magnitude(risk.net_collateral, &size);
    }
    if (status == PLM_OK) {
        status = pli_dydx_mul_ppm(size, market->initial_ppm, true, &base_initial);
    }
    if (status == PLM_OK) {
        status = pli_dydx_mul_ppm(base_initial, market->maintenance_fraction_ppm, true,
                                  &risk.maintenance);
    }
    if (status == PLM_OK) {
        *out = risk;
    }
    return status;
}

plm_status
pli_dydx_account_risk(const pli_dydx_account *account, pli_dydx_risk *out) {
    pli_dydx_risk sum = {.net_collateral = account->usdc};
    for (uint32_t i = 0; i < account->position_count; i += 1) {
        pli_dydx_risk own = {0};
        plm_status status = pli_dydx_position_risk(&account->positions[i], &own);
        if (status != PLM_OK) {
            return status;
        }
        if (!pli_add_i128(sum.net_collateral, own.net_collateral, &sum.net_collateral) ||
            !pli_add_i128(sum.initial, own.initial, &sum.initial) ||
            !pli_add_i128(sum.maintenance, own.maintenance, &sum.maintenance)) {
            return PLM_OVERFLOW;
        }
    }
    *out = sum;
    return PLM_OK;
}

bool
pli_dydx_is_liquidatable(const pli_dydx_risk *risk) {
    return risk->maintenance > 0 && risk->maintenance > risk->net_collateral;
}

static int
order(pli_i128 left, pli_i128 right) {
    return left == right ? 0 : left < right ? -1 : 1;
}

/* How left collateral per maintenance stands to the right one, by cross multiplication: 0 where both are 0. */
static plm_status
compare_health(const pli_dydx_risk *left, const pli_dydx_risk *right, int *out) {
    pli_i128 first = 0;
    pli_i128 second = 0;
    if (!pli_mul_i128(left->net_collateral, right->maintenance, &first) ||
        !pli_mul_i128(right->net_collateral, left->maintenance, &second)) {
        return PLM_OVERFLOW;
    }
    *out = order(first, second);
    return PLM_OK;
}

plm_status
pli_dydx_transition_is_valid(const pli_dydx_risk *before, const pli_dydx_risk *after, bool *out) {
    if (after->maintenance > before->maintenance) {
        *out = false;
        return PLM_OK;
    }
    if (after->maintenance == 0 && after->net_collateral >= 0) {
        *out = true;
        return PLM_OK;
    }
    if (before->maintenance == 0) {
        *out = after->net_collateral > before->net_collateral;
        return PLM_OK;
    }
    int health = 0;
    plm_status status = compare_health(after, before, &health);
    if (status == PLM_OK) {
        *out = health > 0;
    }
    return status;
}

plm_status
pli_dydx_risk_compare(const pli_dydx_risk *left, const pli_dydx_risk *right, int *out) {
    int health = 0;
    plm_status status = compare_health(left, right, &health);
    if (status != PLM_OK) {
        return status;
    }
    int size = order(left->maintenance, right->maintenance);
    int collateral = order(left->net_collateral, right->net_collateral);
    *out = health != 0 ? -health : size != 0 ? size : -collateral;
    return PLM_OK;
}

static bool
is_reduction(pli_i128 base_quantums, pli_i128 delta) {
    return (base_quantums > 0 && delta < 0 && delta >= -base_quantums) ||
           (base_quantums < 0 && delta > 0 && base_quantums <= -delta);
}

plm_status
pli_dydx_bankruptcy_quote(const pli_dydx_account *account, uint32_t position_index, pli_i128 delta,
                          pli_i128 *out) {
    if (position_index >= account->position_count) {
        return PLM_DOMAIN;
    }
    pli_dydx_position after = account->positions[position_index];
    if (!is_reduction(after.base_quantums, delta)) {
        return PLM_DOMAIN;
    }
    after.base_quantums += delta;
    pli_dydx_risk total = {0};
    pli_dydx_risk old = {0};
    pli_dydx_risk new = {0};
    plm_status status = pli_dydx_account_risk(account, &total);
    if (status == PLM_OK) {
        status = pli_dydx_position_risk(&account->positions[position_index], &old);
    }
    if (status == PLM_OK) {
        status = pli_dydx_position_risk(&after, &new);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (total.maintenance == 0) {
        return PLM_DOMAIN;
    }
    // The position shrinks, so its value and its maintenance move towards 0 and the differences fit.
    pli_i128 relief = old.maintenance - new.maintenance;
    pli_i128 value_change = new.net_collateral - old.net_collateral;
    pli_i128 share = 0;
    pli_i128 quote = 0;
    if (!pli_muldiv_floor(total.net_collateral, relief, total.maintenance, &share) ||
        !pli_sub_i128(-value_change, share, &quote)) {
        return PLM_OVERFLOW;
    }
    *out = quote;
    return PLM_OK;
}

static pli_i128
greatest_common_divisor(pli_i128 left, pli_i128 right) {
    left = left < 0 ? -left : left;
    right = right < 0 ? -right : right;
    while (right != 0) {
        pli_i128 rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

/* Lowest terms with a denominator above zero. `value->denominator` is not 0. */
static void
reduce(pli_dydx_fraction *value) {
    pli_i128 divisor = greatest_common_divisor(value->numerator, value->denominator);
    divisor = value->denominator < 0 ? -divisor : divisor;
    value->numerator /= divisor;
    value->denominator /= divisor;
}

static bool
multiply(pli_dydx_fraction left, pli_dydx_fraction right, pli_dydx_fraction *out) {
    pli_dydx_fraction across = {left.numerator, right.denominator};
    pli_dydx_fraction back = {right.numerator, left.denominator};
    reduce(&across);
    reduce(&back);
    pli_dydx_fraction product = {0};
    if (!pli_mul_i128(across.numerator, back.numerator, &product.numerator) ||
        !pli_mul_i128(across.denominator, back.denominator, &product.denominator)) {
        return false;
    }
    *out = product;
    return true;
}

/* ABR = adjustment * (1 - collateral / maintenance), at least 0 and at most 1. */
static bool
adjusted_bankruptcy_rating(const pli_dydx_risk *total, int64_t adjustment_ppm,
                           pli_dydx_fraction *out) {
    pli_dydx_fraction rating = {0, total->maintenance};
    pli_dydx_fraction adjustment = {adjustment_ppm, PPM};
    if (!pli_sub_i128(total->maintenance, total->net_collateral, &rating.numerator) ||
        !multiply(rating, adjustment, &rating)) {
        return false;
    }
    if (rating.numerator < 0) {
        rating = (pli_dydx_fraction){0, 1};
    } else if (rating.numerator > rating.denominator) {
        rating = (pli_dydx_fraction){1, 1};
    }
    *out = rating;
    return true;
}

plm_status
pli_dydx_fillable_price(const pli_dydx_account *account, uint32_t position_index,
                        int64_t bankruptcy_adjustment_ppm, int64_t spread_ppm,
                        pli_dydx_fraction *out) {
    if (position_index >= account->position_count) {
        return PLM_DOMAIN;
    }
    pli_dydx_risk total = {0};
    pli_dydx_risk own = {0};
    plm_status status = pli_dydx_account_risk(account, &total);
    if (status == PLM_OK) {
        status = pli_dydx_position_risk(&account->positions[position_index], &own);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 size = account->positions[position_index].base_quantums;
    if (size == 0 || total.maintenance == 0) {
        return PLM_DOMAIN;
    }
    pli_dydx_fraction spread = {0, 1};
    pli_dydx_fraction price = {0, 1};
    pli_i128 whole = 0;
    if (!adjusted_bankruptcy_rating(&total, bankruptcy_adjustment_ppm, &spread) ||
        !multiply(spread, (pli_dydx_fraction){spread_ppm, PPM}, &spread) ||
        !multiply(spread, (pli_dydx_fraction){own.maintenance, 1}, &spread) ||
        !pli_mul_i128(own.net_collateral, spread.denominator, &whole) ||
        !pli_sub_i128(whole, spread.numerator, &spread.numerator) ||
        !multiply(spread, (pli_dydx_fraction){1, size}, &price)) {
        return PLM_OVERFLOW;
    }
    reduce(&price);
    *out = price;
    return PLM_OK;
}

plm_status
pli_dydx_insurance_delta(const pli_dydx_account *account, uint32_t position_index,
                         const pli_dydx_fill *fill, int64_t fee_ppm, pli_i128 *out) {
    if (fill->base_quantums <= 0) {
        return PLM_DOMAIN;
    }
    pli_i128 paid = 0;
    pli_i128 bankruptcy = 0;
    pli_i128 delta = fill->is_buy ? fill->base_quantums : -fill->base_quantums;
    plm_status status =
        pli_dydx_scale(fill->base_quantums, fill->subticks, fill->conversion_exponent, &paid);
    if (status == PLM_OK) {
        status = pli_dydx_bankruptcy_quote(account, position_index, delta, &bankruptcy);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 gain = 0;
    pli_i128 fee = 0;
    if (!pli_sub_i128(fill->is_buy ? -paid : paid, bankruptcy, &gain)) {
        return PLM_OVERFLOW;
    }
    status = pli_dydx_mul_ppm(paid, fee_ppm, false, &fee);
    if (status != PLM_OK) {
        return status;
    }
    *out = gain > fee ? fee : gain;
    return PLM_OK;
}

plm_status
pli_dydx_partial_limits(pli_i128 notional, pli_i128 notional_min, int64_t portion_max_ppm,
                        pli_i128 *least, pli_i128 *most) {
    pli_i128 size = 0;
    pli_i128 portion = 0;
    plm_status status = magnitude(notional, &size);
    if (status == PLM_OK) {
        status = pli_dydx_mul_ppm(size, portion_max_ppm, false, &portion);
    }
    if (status != PLM_OK) {
        return status;
    }
    *least = notional_min < size ? notional_min : size;
    *most = portion > *least ? portion : *least;
    return PLM_OK;
}

plm_status
pli_dydx_deleverage(const pli_dydx_deleveraging *pair, pli_i128 *quote, bool *is_overlapping) {
    pli_i128 wanted = 0;
    pli_i128 least = 0;
    if (pair->delta == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    plm_status status =
        pli_dydx_bankruptcy_quote(&pair->liquidated, pair->liquidated_index, pair->delta, &wanted);
    if (status == PLM_OK) {
        status = pli_dydx_bankruptcy_quote(&pair->offsetting, pair->offsetting_index, -pair->delta,
                                           &least);
    }
    if (status != PLM_OK) {
        return status;
    }
    *quote = wanted;
    *is_overlapping = -wanted >= least;
    return PLM_OK;
}
