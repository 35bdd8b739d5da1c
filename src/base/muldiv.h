/* muldiv.h: 128-bit multiply and divide, rounded in a stated direction.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_MULDIV_H
#define PLI_BASE_MULDIV_H

#include <stdbool.h>

#include "base/wide.h"

/*
 * pli_muldiv_floor, _ceil, _nearest_even - a * b / divisor, exactly, then rounded once.
 *
 * The product is held in 256 bits, so no input overflows on the way.
 *
 * Rounding   floor: towards minus infinity. ceil: towards plus infinity. nearest_even: to the nearest, ties to even.
 * Sign       All three operands may have any sign.
 * Cost       Two divisions when |a * b| < 2^128, otherwise 128 shift-and-subtract steps.
 * Returns    false, and *out is left alone, when `divisor` is 0 or the rounded quotient does not fit.
 */
bool pli_muldiv_floor(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out);
bool pli_muldiv_ceil(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out);
bool pli_muldiv_nearest_even(pli_i128 a, pli_i128 b, pli_i128 divisor, pli_i128 *out);

/*
 * pli_div_floor_i128, _ceil_, _half_even_ - a / b rounded as the name says.
 *
 * `b` > 0 is the caller's duty (asserted); then every quotient fits.
 */
pli_i128 pli_div_floor_i128(pli_i128 a, pli_i128 b);
pli_i128 pli_div_ceil_i128(pli_i128 a, pli_i128 b);
pli_i128 pli_div_half_even_i128(pli_i128 a, pli_i128 b);

#endif
