/* drift_v2.c: Drift v2's margin formulas in 128-bit integers.                             SPDX-License-Identifier: Apache-2.0 */
#include "venue/drift_v2.h"

#include "base/checked.h"
#include "base/isqrt.h"
#include "base/muldiv.h"
#include "venue/drift_v2_ten.h"

pli_i128
pli_drift_at_level(const pli_drift_pair *pair, pli_drift_level level) {
    switch (level) {
    case PLI_DRIFT_INITIAL:
        return pair->initial;
    case PLI_DRIFT_MAINTENANCE:
        return pair->maintenance;
    case PLI_DRIFT_FILL:
        break;
    }
    return (pair->initial + pair->maintenance) / 2;
}

/* isqrt(10 size + 1) * imf / 1e5, in 1e-6. */
static plm_status
size_term(pli_i128 size, pli_i128 imf_factor, pli_i128 *out) {
    pli_i128 scaled = 0;
    if (size < 0 || !pli_mul_i128(size, 10, &scaled) || !pli_add_i128(scaled, 1, &scaled)) {
        return PLM_OVERFLOW;
    }
    pli_i128 root = (pli_i128)pli_isqrt_u128((pli_u128)scaled);
    return pli_muldiv_floor(root, imf_factor, 100000, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_size_premium(pli_i128 weight, pli_i128 size, pli_i128 imf_factor, pli_i128 *out) {
    pli_i128 term = 0;
    plm_status status = size_term(size, imf_factor, &term);
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 risen = 0;
    if (!pli_add_i128(weight - weight / 5, term / 100, &risen)) {
        return PLM_OVERFLOW;
    }
    *out = risen > weight ? risen : weight;
    return PLM_OK;
}

plm_status
pli_drift_size_discount(pli_i128 weight, pli_i128 size, pli_i128 imf_factor, pli_i128 *out) {
    pli_i128 term = 0;
    if (imf_factor == 0) {
        *out = weight;
        return PLM_OK;
    }
    plm_status status = size_term(size, imf_factor, &term);
    if (status != PLM_OK) {
        return status;
    }
    if (imf_factor < 0 || !pli_add_i128(term, 1000000, &term)) {
        return PLM_OVERFLOW;
    }
    pli_i128 fallen = (pli_i128)1100000 * PLI_DRIFT_WEIGHT / term;
    *out = fallen < weight ? fallen : weight;
    return PLM_OK;
}

plm_status
pli_drift_size_from_tokens(pli_i128 tokens, int64_t decimals, pli_i128 *out) {
    pli_i128 unit = 0;
    if (!pli_drift_ten(decimals, &unit)) {
        return PLM_DOMAIN;
    }
    if (tokens == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    pli_i128 size = tokens < 0 ? -tokens : tokens;
    return pli_muldiv_floor(size, PLI_DRIFT_BASE, unit, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_token_value(pli_i128 tokens, int64_t decimals, pli_i128 price, pli_i128 *out) {
    pli_i128 unit = 0;
    if (!pli_drift_ten(decimals, &unit)) {
        return PLM_DOMAIN;
    }
    return pli_muldiv_floor(tokens, price, unit, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_scaled_weight(pli_i128 weight, pli_i128 start, pli_i128 deposits_value, pli_i128 *out) {
    if (start == 0 || deposits_value <= start) {
        *out = weight;
        return PLM_OK;
    }
    return pli_muldiv_floor(weight, start, deposits_value, out) ? PLM_OK : PLM_OVERFLOW;
}

pli_i128
pli_drift_price_low(const pli_drift_strict_price *price) {
    bool is_average = price->average > 0 && price->average < price->oracle;
    return is_average ? price->average : price->oracle;
}

pli_i128
pli_drift_price_high(const pli_drift_strict_price *price) {
    return price->average > price->oracle ? price->average : price->oracle;
}

/* Tokens after some orders filled: weighted value (below zero required) and the quote that moved. */
typedef struct spot_outcome {
    pli_i128 weighted;
    pli_i128 quote;
    pli_i128 total;
} spot_outcome;

static plm_status
spot_after(const pli_drift_spot *spot, pli_drift_level level, pli_i128 filled, spot_outcome *out) {
    pli_i128 tokens = 0;
    pli_i128 size = 0;
    pli_i128 value = 0;
    pli_i128 weight = 0;
    pli_i128 quote = 0;
    if (!pli_add_i128(spot->tokens, filled, &tokens) || filled == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    bool is_asset = tokens >= 0;
    pli_i128 price =
        is_asset ? pli_drift_price_low(&spot->price) : pli_drift_price_high(&spot->price);
    plm_status status = pli_drift_size_from_tokens(tokens, spot->decimals, &size);
    if (status == PLM_OK) {
        status = pli_drift_token_value(tokens, spot->decimals, price, &value);
    }
    if (status == PLM_OK) {
        status = is_asset
                     ? pli_drift_size_discount(pli_drift_at_level(&spot->asset_weight, level), size,
                                               spot->imf_factor, &weight)
                     : pli_drift_size_premium(pli_drift_at_level(&spot->liability_weight, level),
                                              size, spot->imf_factor, &weight);
    }
    if (status == PLM_OK) {
        status = pli_drift_token_value(-filled, spot->decimals, spot->price.oracle, &quote);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 weighted = 0;
    pli_i128 total = 0;
    if (value == PLI_I128_MIN ||
        !pli_muldiv_floor(is_asset ? value : -value, weight, PLI_DRIFT_WEIGHT, &weighted)) {
        return PLM_OVERFLOW;
    }
    weighted = is_asset ? weighted : -weighted;
    if (!pli_add_i128(weighted, quote, &total)) {
        return PLM_OVERFLOW;
    }
    *out = (spot_outcome){.weighted = weighted, .quote = quote, .total = total};
    return PLM_OK;
}

/* What is above zero counts, what is below is required. */
static bool
add_signed(pli_drift_sum *sum, pli_i128 value) {
    return value >= 0 ? pli_add_i128(sum->collateral, value, &sum->collateral)
                      : pli_sub_i128(sum->requirement, value, &sum->requirement);
}

plm_status
pli_drift_spot_add(const pli_drift_spot *spot, pli_drift_level level, pli_i128 order_margin,
                   pli_drift_sum *sum) {
    if (spot->open_bids < 0 || spot->open_asks > 0 || spot->open_orders < 0) {
        return PLM_DOMAIN;
    }
    spot_outcome bids = {0};
    spot_outcome asks = {0};
    plm_status status = spot_after(spot, level, spot->open_bids, &bids);
    if (status == PLM_OK) {
        status = spot_after(spot, level, spot->open_asks, &asks);
    }
    if (status != PLM_OK) {
        return status;
    }
    const spot_outcome *worst = asks.total < bids.total ? &asks : &bids;
    pli_drift_sum result = *sum;
    pli_i128 orders = 0;
    if (!add_signed(&result, worst->weighted) || !add_signed(&result, worst->quote) ||
        !pli_mul_i128(spot->open_orders, order_margin, &orders) || !add_signed(&result, -orders)) {
        return PLM_OVERFLOW;
    }
    *sum = result;
    return PLM_OK;
}

plm_status
pli_drift_profit_weight(const pli_drift_perpetual *perpetual, pli_drift_level level,
                        pli_i128 profit, pli_i128 *out) {
    pli_i128 weight = pli_drift_at_level(&perpetual->profit_weight, level);
    if (level == PLI_DRIFT_MAINTENANCE || profit <= 0 || perpetual->profit_imf_factor == 0) {
        *out = weight;
        return PLM_OK;
    }
    pli_i128 size = 0;
    if (!pli_mul_i128(profit, PLI_DRIFT_BASE / PLI_DRIFT_PRICE, &size)) {
        return PLM_OVERFLOW;
    }
    return pli_drift_size_discount(weight, size, perpetual->profit_imf_factor, out);
}

static plm_status
weighted_profit(const pli_drift_perpetual *perpetual, pli_drift_level level, pli_i128 profit,
                pli_i128 *out) {
    const pli_drift_strict_price *quote = &perpetual->quote_price;
    if (profit <= 0) {
        // Towards zero, as the venue does it.
        if (profit == PLI_I128_MIN ||
            !pli_muldiv_floor(-profit, pli_drift_price_high(quote), PLI_DRIFT_PRICE, out)) {
            return PLM_OVERFLOW;
        }
        *out = -*out;
        return PLM_OK;
    }
    pli_i128 weight = 0;
    pli_i128 value = 0;
    plm_status status = pli_drift_profit_weight(perpetual, level, profit, &weight);
    if (status != PLM_OK) {
        return status;
    }
    if (!pli_muldiv_floor(profit, pli_drift_price_low(quote), PLI_DRIFT_PRICE, &value) ||
        !pli_muldiv_floor(value, weight, PLI_DRIFT_WEIGHT, &value)) {
        return PLM_OVERFLOW;
    }
    bool is_capped = level == PLI_DRIFT_INITIAL && perpetual->profit_max_initial > 0 &&
                     value > perpetual->profit_max_initial;
    *out = is_capped ? perpetual->profit_max_initial : value;
    return PLM_OK;
}

static plm_status
absolute_sum(pli_i128 left, pli_i128 right, pli_i128 *out) {
    pli_i128 sum = 0;
    if (!pli_add_i128(left, right, &sum) || sum == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    *out = sum < 0 ? -sum : sum;
    return PLM_OK;
}

/* Requirement of the larger of the two sizes that open orders may lead to. */
static plm_status
perpetual_requirement(const pli_drift_perpetual *perpetual, pli_drift_level level, pli_i128 *out) {
    pli_i128 bought = 0;
    pli_i128 sold = 0;
    pli_i128 ratio = 0;
    plm_status status = absolute_sum(perpetual->base, perpetual->open_bids, &bought);
    if (status == PLM_OK) {
        status = absolute_sum(perpetual->base, perpetual->open_asks, &sold);
    }
    pli_i128 size = bought > sold ? bought : sold;
    if (status == PLM_OK) {
        status = pli_drift_size_premium(pli_drift_at_level(&perpetual->margin_ratio, level), size,
                                        perpetual->imf_factor, &ratio);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 value = 0;
    pli_i128 orders = 0;
    pli_i128 weighted = 0;
    if (!pli_muldiv_floor(size, perpetual->price, PLI_DRIFT_BASE, &value) ||
        !pli_mul_i128(pli_drift_price_high(&perpetual->quote_price), ratio, &weighted) ||
        !pli_muldiv_floor(value, weighted, PLI_DRIFT_PRICE * PLI_DRIFT_WEIGHT, &weighted) ||
        !pli_mul_i128(perpetual->open_orders, PLI_DRIFT_ORDER_MARGIN, &orders) ||
        !pli_add_i128(weighted, orders, out)) {
        return PLM_OVERFLOW;
    }
    return PLM_OK;
}

plm_status
pli_drift_perpetual_sum(const pli_drift_perpetual *perpetual, pli_drift_level level,
                        pli_drift_sum *out) {
    if (perpetual->open_bids < 0 || perpetual->open_asks > 0 || perpetual->open_orders < 0) {
        return PLM_DOMAIN;
    }
    pli_i128 size = 0;
    pli_i128 value = 0;
    pli_i128 profit = 0;
    pli_drift_sum sum = {0};
    plm_status status = absolute_sum(perpetual->base, 0, &size);
    if (status != PLM_OK || !pli_muldiv_floor(size, perpetual->price, PLI_DRIFT_BASE, &value) ||
        !pli_add_i128(perpetual->quote, perpetual->base < 0 ? -value : value, &profit)) {
        return PLM_OVERFLOW;
    }
    status = weighted_profit(perpetual, level, profit, &sum.collateral);
    if (status == PLM_OK) {
        status = perpetual_requirement(perpetual, level, &sum.requirement);
    }
    if (status == PLM_OK) {
        *out = sum;
    }
    return status;
}
