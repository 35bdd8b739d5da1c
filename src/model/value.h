/* value.h: what quantities of an instrument are worth, in exact integers.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MODEL_VALUE_H
#define PLI_MODEL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/instrument.h"
#include "plimsoll/portfolio.h"

/* Which way the one division of a value rounds. */
typedef enum pli_round {
    PLI_ROUND_DOWN = 1, /* towards minus infinity: equity */
    PLI_ROUND_UP = 2    /* towards plus infinity: requirements */
} pli_round;

/*
 * Every function here returns false where the exact result does not fit, and writes *out only on true. `lots` is signed.
 * Prices are in the instrument's own quotation; an inverse instrument settles in the coin of its own underlying.
 */

/*
 * pli_notional_micros - |lots| of `instrument` at the price of its underlying, in quote-currency micros, >= 0.
 *
 * Linear instruments and options: |lots| * lot * |price|; inverse futures: |lots| * N, whatever the price.
 */
bool pli_notional_micros(const plm_instrument *instrument, const plm_underlying *underlying,
                         int64_t lots, int64_t price_e8, pli_i128 *out);

/*
 * pli_linear_value_micros - amount * lot_e8 / price_unit, where `amount` is in lots x price_e8 (a cost, or lots * mark).
 */
bool pli_linear_value_micros(const plm_instrument *instrument, const plm_underlying *underlying,
                             pli_i128 amount, pli_round round, pli_i128 *out);

/*
 * pli_inverse_coin_e12 - lots * N / price in 1e-12 coin, signed like `lots`.
 *
 * Range      price_e8 > 0.
 */
bool pli_inverse_coin_e12(const plm_instrument *instrument, const plm_underlying *underlying,
                          int64_t lots, int64_t price_e8, pli_round round, pli_i128 *out);

/* pli_coin_value_micros - coin_e12 * price_e8 / price_unit in micros. */
bool pli_coin_value_micros(const plm_underlying *underlying, pli_i128 coin_e12, int64_t price_e8,
                           pli_round round, pli_i128 *out);

/* pli_atoms_value_micros - atoms of an asset at a price per unit, in micros. */
bool pli_atoms_value_micros(const plm_asset *asset, int64_t price_unit, pli_i128 atoms,
                            int64_t price_e8, pli_round round, pli_i128 *out);

/* pli_is_futures_style - is profit paid as q * mark - cost (everything but premium-paid options)? */
bool pli_is_futures_style(const plm_instrument *instrument);

/* pli_ppm_of_ceil, pli_ppm_of_floor - amount * ppm / 1e6, rounded to plus or minus infinity. */
bool pli_ppm_of_ceil(pli_i128 amount, int64_t ppm, pli_i128 *out);
bool pli_ppm_of_floor(pli_i128 amount, int64_t ppm, pli_i128 *out);

#endif
