/* natural.h: natural numbers of up to 8,192 bits, for exact comparisons.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_NATURAL_H
#define PLI_NUM_NATURAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

#define PLI_NATURAL_LIMBS 256u

/*
 * pli_natural - little-endian limbs of 32 bits in the caller's memory; 1 KiB, so pass by address.
 *
 * Invariants [NAT-1] count <= PLI_NATURAL_LIMBS; limbs[count - 1] != 0; zero has count 0. Limbs past count are not read.
 */
typedef struct pli_natural {
    uint32_t count;
    uint32_t limbs[PLI_NATURAL_LIMBS];
} pli_natural;

/* pli_natural_set - the value of a 128-bit integer. */
void pli_natural_set(pli_natural *out, pli_u128 value);

/* pli_natural_compare - below zero, zero or above zero as left is less, equal or greater. */
int pli_natural_compare(const pli_natural *left, const pli_natural *right);

/*
 * pli_natural_add, _subtract, _multiply - out = left op right; subtract needs left >= right (asserted).
 *
 * `out` may be one of the operands, except for multiply.
 *
 * Returns    false, and *out is undefined, when the result needs more than 8,192 bits.
 */
bool pli_natural_add(const pli_natural *left, const pli_natural *right, pli_natural *out);
void pli_natural_subtract(const pli_natural *left, const pli_natural *right, pli_natural *out);
bool pli_natural_multiply(const pli_natural *left, const pli_natural *right, pli_natural *out);

/* pli_natural_scale - value = value * factor + term, for digits and powers; false when it does not fit. */
bool pli_natural_scale(pli_natural *value, uint32_t factor, uint32_t term);

/* pli_natural_scale_ten - value = value * 10^power; false when it does not fit. */
bool pli_natural_scale_ten(pli_natural *value, uint32_t power);

/*
 * pli_natural_divide - quotient and remainder of value / divisor; the divisor is not 0 (asserted).
 *
 * Cost       One shift and subtract per bit of `value`. The outputs are distinct from the inputs and from each other.
 */
void pli_natural_divide(const pli_natural *value, const pli_natural *divisor, pli_natural *quotient,
                        pli_natural *remainder);

/*
 * pli_natural_ratio - value / divisor as a double, to about 15 digits, for messages only; divisor is not 0 (asserted).
 *
 * Infinite magnitudes are given as 1e308, vanishing ones as 0.
 */
double pli_natural_ratio(const pli_natural *value, const pli_natural *divisor);

#endif
