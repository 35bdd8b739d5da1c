/* exact.h: fractions of 128-bit integers, for venue formulas that are exact on paper.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_EXACT_H
#define PLI_VENUE_EXACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * pli_exact - numerator / denominator in lowest terms, or why there is no such number.
 *
 * A failure travels through every later operation, so that a formula reads like the formula and `status` is looked at
 * once, at its end: PLM_OVERFLOW where a reduced part leaves 127 bits, PLM_DOMAIN after a division by zero.
 *
 * Invariants [EXACT-1] while status is PLM_OK: denominator > 0, both parts have no common factor, |parts| < 2^127.
 */
typedef struct pli_exact {
    pli_i128 numerator;
    pli_i128 denominator;
    plm_status status;
} pli_exact;

/* pli_exact_of - a whole number. pli_exact_ratio - a quotient. pli_exact_decimal - value / 10^scale, scale 0..18. */
pli_exact pli_exact_of(pli_i128 value);
pli_exact pli_exact_ratio(pli_i128 numerator, pli_i128 denominator);
pli_exact pli_exact_decimal(pli_i128 value, unsigned scale);

pli_exact pli_exact_add(pli_exact left, pli_exact right);
pli_exact pli_exact_subtract(pli_exact left, pli_exact right);
pli_exact pli_exact_multiply(pli_exact left, pli_exact right);
pli_exact pli_exact_divide(pli_exact left, pli_exact right);
pli_exact pli_exact_negate(pli_exact value);
pli_exact pli_exact_absolute(pli_exact value);
pli_exact pli_exact_max(pli_exact left, pli_exact right);
pli_exact pli_exact_min(pli_exact left, pli_exact right);

/* pli_exact_sign - below zero, zero or above zero; zero for a failed one. */
int pli_exact_sign(pli_exact value);

/* pli_exact_is_below - left < right, exactly; false where either failed. */
bool pli_exact_is_below(pli_exact left, pli_exact right);

/*
 * pli_exact_ceil, pli_exact_floor, pli_exact_nearest - value * 10^scale as an integer (nearest: half to even).
 *
 * Returns    PLM_OK, the failure that the value carries, or PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_exact_ceil(pli_exact value, unsigned scale, pli_i128 *out);
PLM_MUST_USE plm_status pli_exact_floor(pli_exact value, unsigned scale, pli_i128 *out);
PLM_MUST_USE plm_status pli_exact_nearest(pli_exact value, unsigned scale, pli_i128 *out);

#endif
