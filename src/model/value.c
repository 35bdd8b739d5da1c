/* value.c: what quantities of an instrument are worth, in exact integers.             SPDX-License-Identifier: Apache-2.0 */
#include "model/value.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"

static const int64_t e10 = INT64_C(10000000000);

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

static bool
muldiv(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_round round, pli_i128 *out) {
    return round == PLI_ROUND_UP ? pli_muldiv_ceil(a, b, divisor, out)
                                 : pli_muldiv_floor(a, b, divisor, out);
}

bool
pli_is_futures_style(const plm_instrument *instrument) {
    return instrument->kind != PLM_KIND_OPTION || instrument->premium == PLM_PREMIUM_FUTURES_STYLE;
}

bool
pli_notional_micros(const plm_instrument *instrument, const plm_underlying *underlying,
                    int64_t lots, int64_t price_e8, pli_i128 *out) {
    pli_i128 size = magnitude((pli_i128)lots * instrument->lot_e8);
    if (instrument->kind != PLM_KIND_OPTION && instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        // N quote units per lot, 1e-8 to 1e-6.
        *out = pli_div_ceil_i128(size, 100);
        return true;
    }
    return pli_muldiv_ceil(size, magnitude(price_e8), (pli_i128)e10 * underlying->price_unit, out);
}

bool
pli_linear_value_micros(const plm_instrument *instrument, const plm_underlying *underlying,
                        pli_i128 amount, pli_round round, pli_i128 *out) {
    return muldiv(amount, instrument->lot_e8, (pli_i128)e10 * underlying->price_unit, round, out);
}

bool
pli_inverse_coin_e12(const plm_instrument *instrument, const plm_underlying *underlying,
                     int64_t lots, int64_t price_e8, pli_round round, pli_i128 *out) {
    PLI_ASSERT(price_e8 > 0);
    // N = lot_e8 / 1e8 quote per lot, F = price_e8 / 1e8 / price_unit: the 1e8 cancel.
    pli_i128 scale = (pli_i128)INT64_C(1000000000000) * underlying->price_unit;
    return muldiv((pli_i128)lots * instrument->lot_e8, scale, price_e8, round, out);
}

bool
pli_coin_value_micros(const plm_underlying *underlying, pli_i128 coin_e12, int64_t price_e8,
                      pli_round round, pli_i128 *out) {
    pli_i128 divisor = (pli_i128)INT64_C(100000000000000) * underlying->price_unit;
    return muldiv(coin_e12, price_e8, divisor, round, out);
}

bool
pli_atoms_value_micros(const plm_asset *asset, int64_t price_unit, pli_i128 atoms, int64_t price_e8,
                       pli_round round, pli_i128 *out) {
    // atoms / 10^decimals * price / 1e8 / unit, in 1e-6: divide by 10^(decimals + 2) * unit.
    pli_i128 divisor = (pli_i128)100 * price_unit;
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        divisor *= 10;
    }
    return muldiv(atoms, price_e8, divisor, round, out);
}

/* amount * ppm where both are no less than zero and the product stays below 2^63; false elsewhere. */
static bool
is_small_product(pli_i128 amount, int64_t ppm, uint64_t *product) {
    if (amount < 0 || amount > INT64_MAX || ppm < 0) {
        return false;
    }
    pli_u128 wide = (pli_u128)(uint64_t)amount * (uint64_t)ppm;
    *product = (uint64_t)wide;
    return wide >> 63 == 0;
}

bool
pli_ppm_of_ceil(pli_i128 amount, int64_t ppm, pli_i128 *out) {
    uint64_t product = 0;
    if (is_small_product(amount, ppm, &product)) {
        *out = (product + (PLM_PPM - 1)) / PLM_PPM;
        return true;
    }
    return pli_muldiv_ceil(amount, ppm, PLM_PPM, out);
}

bool
pli_ppm_of_floor(pli_i128 amount, int64_t ppm, pli_i128 *out) {
    uint64_t product = 0;
    if (is_small_product(amount, ppm, &product)) {
        *out = product / PLM_PPM;
        return true;
    }
    return pli_muldiv_floor(amount, ppm, PLM_PPM, out);
}
