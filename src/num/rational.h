/* rational.h: numbers read exactly from text, compared and rounded exactly.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_RATIONAL_H
#define PLI_NUM_RATIONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/natural.h"
#include "plimsoll/status.h"

/* Digits plus the power of ten of one number in a text, so that every comparison fits pli_natural. */
#define PLI_RATIONAL_DIGITS_MAX 600

/*
 * pli_rational - numerator / denominator, not reduced; 2 KiB, so pass by address.
 *
 * Invariants [RAT-1] denominator > 0. [RAT-2] zero is not negative.
 */
typedef struct pli_rational {
    bool is_negative;
    pli_natural numerator;
    pli_natural denominator;
} pli_rational;

typedef enum pli_rational_rounding {
    PLI_RATIONAL_TRUNC = 1,   /* towards zero */
    PLI_RATIONAL_NEAREST = 2, /* half away from zero */
    PLI_RATIONAL_FLOOR = 3,
    PLI_RATIONAL_CEIL = 4
} pli_rational_rounding;

/*
 * pli_rational_parse - a decimal in the relaxed form of num/decimal.h, or two of them as a fraction: `-12.5`, `1e-8`,
 * `49999/100`.
 *
 * Returns    PLM_TEXT_MALFORMED  no such number.
 *            PLM_OVERFLOW        more than PLI_RATIONAL_DIGITS_MAX digits (in a fraction: both parts together).
 *            PLM_DOMAIN          a fraction of zero.
 *            On these *out is undefined.
 */
PLM_MUST_USE plm_status pli_rational_parse(const char *text, size_t size, pli_rational *out);

/*
 * pli_rational_subtract, _multiply - out = left op right; `out` is none of the operands.
 *
 * Returns    false when the result does not fit; differences and products of two parsed numbers fit.
 */
bool pli_rational_subtract(const pli_rational *left, const pli_rational *right, pli_rational *out);
bool pli_rational_multiply(const pli_rational *left, const pli_rational *right, pli_rational *out);

/* pli_rational_compare - *out below zero, zero or above zero; false when the comparison does not fit. */
bool pli_rational_compare(const pli_rational *left, const pli_rational *right, int *out);

/* pli_rational_round - to `decimals` decimals as told; false when the result does not fit. `out` is not `value`. */
bool pli_rational_round(const pli_rational *value, pli_rational_rounding rounding,
                        uint32_t decimals, pli_rational *out);

#endif
