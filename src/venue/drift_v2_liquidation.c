/* drift_v2_liquidation.c: what a Drift v2 liquidation takes, pays and socialises.         SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/muldiv.h"
#include "venue/drift_v2.h"
#include "venue/drift_v2_ten.h"

#define FEE ((pli_i128)1000000)      /* one, in fees and multipliers */
#define RATIO_TO_FEE ((pli_i128)100) /* 1e-4 to 1e-6 */
#define SWAP ((pli_i128)10)          /* 1e-4 to the 1e-5 in which weights of a swap are compared */
#define SHORTAGE_SMALL (50 * PLI_DRIFT_PRICE)

plm_status
pli_drift_loss_buffer(pli_i128 profit, pli_i128 ratio, pli_i128 *out) {
    if (profit >= 0) {
        *out = 0;
        return PLM_OK;
    }
    bool is_fit = profit != PLI_I128_MIN && pli_muldiv_floor(-profit, ratio, PLI_DRIFT_WEIGHT, out);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_base_to_cover(const pli_drift_closing *terms, pli_i128 *out) {
    pli_i128 margin = 0;
    pli_i128 price = 0;
    pli_i128 freed = 0;
    pli_i128 insurance = 0;
    if (!pli_mul_i128(terms->margin_ratio, RATIO_TO_FEE, &margin) ||
        !pli_sub_i128(margin, terms->liquidator_fee, &margin) ||
        !pli_muldiv_floor(terms->price, terms->quote_price, PLI_DRIFT_PRICE, &price) ||
        !pli_muldiv_floor(price, margin, FEE, &freed) ||
        !pli_muldiv_floor(terms->price, terms->insurance_fee, FEE, &insurance) ||
        !pli_sub_i128(freed, insurance, &freed)) {
        return PLM_OVERFLOW;
    }
    if (margin <= 0 || freed <= 0) {
        *out = UINT64_MAX;
        return PLM_OK;
    }
    return pli_muldiv_floor(terms->shortage, PLI_DRIFT_BASE, freed, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_liability_to_cover(const pli_drift_swap *swap, pli_i128 shortage, pli_i128 insurance_fee,
                             pli_u128 *out) {
    pli_i128 unit = 0;
    if (!pli_drift_ten(swap->liability_decimals, &unit)) {
        return PLM_DOMAIN;
    }
    pli_i128 asset = 0;
    pli_i128 liability = 0;
    pli_i128 fee = 0;
    if (swap->liability_multiplier <= 0 || swap->liability_price <= 0) {
        *out = ~(pli_u128)0;
        return PLM_OK;
    }
    if (!pli_mul_i128(swap->asset_weight, SWAP, &asset) ||
        !pli_muldiv_floor(asset, swap->asset_multiplier, swap->liability_multiplier, &asset) ||
        !pli_mul_i128(swap->liability_weight, SWAP, &liability) ||
        !pli_muldiv_floor(liability, insurance_fee, FEE, &fee) ||
        !pli_sub_i128(liability, fee, &liability)) {
        return PLM_OVERFLOW;
    }
    if (asset >= liability) {
        *out = ~(pli_u128)0;
        return PLM_OK;
    }
    pli_i128 scale = 0;
    pli_i128 freed = 0;
    pli_i128 amount = 0;
    if (!pli_mul_i128(unit, SWAP * PLI_DRIFT_WEIGHT, &scale) ||
        !pli_mul_i128(swap->liability_price, liability - asset, &freed) ||
        !pli_muldiv_floor(shortage, scale, freed, &amount)) {
        return PLM_OVERFLOW;
    }
    *out = (pli_u128)amount;
    return PLM_OK;
}

/* The two sides of an exchange: from * top / bottom is what `from` is worth on the other side. */
typedef struct exchange {
    pli_i128 top;
    pli_i128 bottom;
} exchange;

static plm_status
asset_to_liability(const pli_drift_swap *swap, exchange *out) {
    pli_i128 asset_unit = 0;
    pli_i128 liability_unit = 0;
    if (!pli_drift_ten(swap->asset_decimals, &asset_unit) ||
        !pli_drift_ten(swap->liability_decimals, &liability_unit)) {
        return PLM_DOMAIN;
    }
    exchange rate = {0};
    if (!pli_mul_i128(swap->asset_price, swap->liability_multiplier, &rate.top) ||
        !pli_mul_i128(rate.top, liability_unit, &rate.top) ||
        !pli_mul_i128(swap->liability_price, swap->asset_multiplier, &rate.bottom) ||
        !pli_mul_i128(rate.bottom, asset_unit, &rate.bottom)) {
        return PLM_OVERFLOW;
    }
    if (rate.top <= 0 || rate.bottom <= 0) {
        return PLM_DOMAIN;
    }
    *out = rate;
    return PLM_OK;
}

plm_status
pli_drift_liability_for_asset(const pli_drift_swap *swap, pli_i128 *out) {
    exchange rate = {0};
    plm_status status = asset_to_liability(swap, &rate);
    if (status != PLM_OK) {
        return status;
    }
    return pli_muldiv_ceil(swap->asset_amount, rate.top, rate.bottom, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_asset_for_liability(const pli_drift_swap *swap, pli_i128 *out) {
    exchange rate = {0};
    plm_status status = asset_to_liability(swap, &rate);
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 amount = 0;
    if (!pli_muldiv_floor(swap->liability_amount, rate.bottom, rate.top, &amount)) {
        return PLM_OVERFLOW;
    }
    *out = amount < swap->asset_amount ? amount : swap->asset_amount;
    return PLM_OK;
}

plm_status
pli_drift_swap_is_fair(const pli_drift_swap *swap, bool *out) {
    pli_i128 least = 0;
    plm_status status = pli_drift_liability_for_asset(swap, &least);
    if (status == PLM_OK) {
        *out = swap->liability_amount >= least;
    }
    return status;
}

plm_status
pli_drift_funding_delta(pli_i128 loss, pli_i128 base_long, pli_i128 base_short, pli_i128 *out) {
    pli_i128 base = 0;
    pli_i128 delta = 0;
    if (loss > 0 || base_long < 0 || base_short > 0) {
        return PLM_DOMAIN;
    }
    if (!pli_sub_i128(base_long, base_short, &base) || loss == PLI_I128_MIN) {
        return PLM_OVERFLOW;
    }
    if (base == 0) {
        *out = 0;
        return PLM_OK;
    }
    if (!pli_muldiv_ceil(-loss, PLI_DRIFT_BASE, base, &delta) ||
        !pli_mul_i128(delta, 1000, &delta)) {
        return PLM_OVERFLOW;
    }
    *out = delta;
    return PLM_OK;
}

plm_status
pli_drift_interest_delta(pli_i128 loss, pli_i128 deposits, pli_i128 index, pli_i128 *out) {
    if (loss < 0 || deposits < 0 || index < 0) {
        return PLM_DOMAIN;
    }
    if (deposits == 0) {
        *out = 0;
        return PLM_OK;
    }
    return pli_muldiv_ceil(index, loss, deposits, out) ? PLM_OK : PLM_OVERFLOW;
}

static pli_i128
clamp(pli_i128 value, pli_i128 most) {
    return value < 0 ? 0 : value < most ? value : most;
}

plm_status
pli_drift_perpetual_insurance_fee(const pli_drift_closing *terms, pli_i128 base, pli_i128 fee_max,
                                  pli_i128 *out) {
    pli_i128 value = 0;
    pli_i128 margin = 0;
    pli_i128 missing = 0;
    if (base == PLI_I128_MIN ||
        !pli_muldiv_floor(base < 0 ? -base : base, terms->price, PLI_DRIFT_BASE, &value) ||
        !pli_muldiv_floor(value, terms->quote_price, PLI_DRIFT_PRICE, &value) ||
        !pli_mul_i128(terms->margin_ratio, RATIO_TO_FEE, &margin) ||
        !pli_sub_i128(margin, terms->liquidator_fee, &margin)) {
        return PLM_OVERFLOW;
    }
    if (value <= 0) {
        *out = 0;
        return PLM_OK;
    }
    if (!pli_muldiv_floor(terms->shortage, FEE, value, &missing) ||
        !pli_sub_i128(margin, missing, &margin) || !pli_mul_i128(margin, 19, &margin)) {
        return PLM_OVERFLOW;
    }
    *out = clamp(margin / 20, fee_max);
    return PLM_OK;
}

plm_status
pli_drift_spot_insurance_fee(const pli_drift_swap *swap, pli_i128 shortage, pli_i128 fee_max,
                             pli_i128 *out) {
    pli_i128 unit = 0;
    if (!pli_drift_ten(swap->liability_decimals, &unit)) {
        return PLM_DOMAIN;
    }
    pli_i128 value = 0;
    if (!pli_muldiv_floor(swap->liability_amount, swap->liability_price, unit, &value)) {
        return PLM_OVERFLOW;
    }
    if (value <= 0 || swap->liability_weight <= 0 || swap->liability_multiplier <= 0) {
        *out = 0;
        return PLM_OK;
    }
    pli_i128 asset = 0;
    pli_i128 liability = 0;
    pli_i128 missing = 0;
    pli_i128 left = 0;
    if (!pli_mul_i128(swap->asset_weight, RATIO_TO_FEE, &asset) ||
        !pli_muldiv_floor(asset, swap->asset_multiplier, swap->liability_multiplier, &asset) ||
        !pli_mul_i128(swap->liability_weight, RATIO_TO_FEE, &liability) ||
        !pli_muldiv_floor(shortage, FEE, value, &missing) ||
        !pli_sub_i128(liability, asset, &left) || !pli_sub_i128(left, missing, &left) ||
        !pli_muldiv_floor(left, FEE, liability, &left)) {
        return PLM_OVERFLOW;
    }
    *out = clamp(left, fee_max);
    return PLM_OK;
}

plm_status
pli_drift_share_max(const pli_drift_pace *pace, pli_i128 shortage, pli_i128 *out) {
    if (pace->slots_elapsed < 0 || pace->duration < 0 || pace->margin_freed < 0) {
        return PLM_DOMAIN;
    }
    if (shortage < SHORTAGE_SMALL || pace->duration == 0) {
        *out = PLI_DRIFT_WEIGHT;
        return PLM_OK;
    }
    pli_i128 share = 0;
    pli_i128 total = 0;
    pli_i128 freeable = 0;
    if (!pli_muldiv_floor(pace->slots_elapsed, PLI_DRIFT_WEIGHT, pace->duration, &share) ||
        !pli_add_i128(share, pace->initial_share, &share) ||
        !pli_add_i128(shortage, pace->margin_freed, &total) ||
        !pli_muldiv_floor(total, clamp(share, PLI_DRIFT_WEIGHT), PLI_DRIFT_WEIGHT, &freeable)) {
        return PLM_OVERFLOW;
    }
    freeable = clamp(freeable - pace->margin_freed, freeable);
    return pli_muldiv_floor(freeable, PLI_DRIFT_WEIGHT, shortage, out) ? PLM_OK : PLM_OVERFLOW;
}

plm_status
pli_drift_liquidator_fee(pli_i128 base, pli_i128 fee_max, pli_i128 slots_elapsed, pli_i128 grace,
                         pli_i128 per_slot, pli_i128 *out) {
    pli_i128 slots = 0;
    pli_i128 rise = 0;
    if (!pli_sub_i128(slots_elapsed, grace, &slots)) {
        return PLM_OVERFLOW;
    }
    if (slots <= 0) {
        *out = base;
        return PLM_OK;
    }
    if (!pli_mul_i128(slots, per_slot, &rise) || !pli_add_i128(base, rise, &rise)) {
        return PLM_OVERFLOW;
    }
    *out = rise < fee_max ? rise : fee_max;
    return PLM_OK;
}

plm_status
pli_drift_oracle_check(const pli_drift_oracle *oracle, pli_drift_validity *out) {
    if (oracle->price <= 0) {
        *out = PLI_DRIFT_NON_POSITIVE;
        return PLM_OK;
    }
    pli_i128 average = oracle->average > 1 ? oracle->average : 1;
    pli_i128 high = oracle->price > average ? oracle->price : average;
    pli_i128 low = oracle->price < average ? oracle->price : average;
    pli_i128 confidence = 0;
    pli_i128 confidence_max = 0;
    if (!pli_muldiv_floor(oracle->confidence > 1 ? oracle->confidence : 1, PLI_DRIFT_PRICE,
                          oracle->price, &confidence) ||
        !pli_mul_i128(oracle->confidence_max, oracle->confidence_multiplier, &confidence_max)) {
        return PLM_OVERFLOW;
    }
    if (high / low > oracle->volatile_ratio) {
        *out = PLI_DRIFT_TOO_VOLATILE;
    } else if (confidence > confidence_max) {
        *out = PLI_DRIFT_TOO_UNCERTAIN;
    } else if (oracle->delay > oracle->stale_margin) {
        *out = PLI_DRIFT_STALE_FOR_MARGIN;
    } else if (!oracle->has_data_points) {
        *out = PLI_DRIFT_INSUFFICIENT_DATA_POINTS;
    } else if (oracle->delay > oracle->stale_amm) {
        *out = PLI_DRIFT_STALE_FOR_AMM;
    } else {
        *out = PLI_DRIFT_VALID;
    }
    return PLM_OK;
}
