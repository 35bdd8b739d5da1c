/* money256.h: amounts of 256 bits, for products of two 128-bit integers.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_MONEY256_H
#define PLI_LIQUIDATION_MONEY256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"

/* pli_u256 - high * 2^128 + low; not negative. */
typedef struct pli_u256 {
    pli_u128 high;
    pli_u128 low;
} pli_u256;

/* pli_u256_of - the same value in the wider type. */
pli_u256 pli_u256_of(pli_u128 value);

/* pli_u256_compare - below zero, zero or above zero as left is less, equal or greater. */
int pli_u256_compare(pli_u256 left, pli_u256 right);

/* pli_u256_subtract - left - right; left >= right is asserted. */
pli_u256 pli_u256_subtract(pli_u256 left, pli_u256 right);

/* pli_u256_multiply - left * right + term, exactly; false, and *out is left alone, where it does not fit. */
bool pli_u256_multiply(pli_u256 left, pli_u128 right, uint32_t term, pli_u256 *out);

/*
 * pli_u256_divide - value / divisor, 0 < divisor < 2^127 (asserted); *rest receives the remainder and may be NULL.
 *
 * Rounding   floor.
 * Cost       256 shift-and-subtract steps.
 */
pli_u256 pli_u256_divide(pli_u256 value, pli_u128 divisor, pli_u128 *rest);

#endif
