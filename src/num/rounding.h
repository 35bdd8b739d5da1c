/* rounding.h: the one place where a double becomes an integer.                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_ROUNDING_H
#define PLI_NUM_ROUNDING_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/status.h"

/*
 * pli_i64_from_double_half_even, _floor, _ceil - the integer next to x in the stated direction.
 *
 * Exact comparisons only, no libm: the same bits on every machine.
 *
 * Rounding   half_even: to the nearest, ties to even. floor: towards minus infinity. ceil: towards plus infinity.
 * Returns    PLM_NOT_FINITE for NaN and infinities, PLM_OVERFLOW where the integer does not fit 64 bits; then *out is
 *            left alone.
 */
PLM_MUST_USE plm_status pli_i64_from_double_half_even(double x, int64_t *out);
PLM_MUST_USE plm_status pli_i64_from_double_floor(double x, int64_t *out);
PLM_MUST_USE plm_status pli_i64_from_double_ceil(double x, int64_t *out);

/* pli_double_is_finite - neither NaN nor an infinity. */
bool pli_double_is_finite(double x);

/*
 * pli_double_from_i64 - the double nearest to `value`, ties to even; exact up to 2^53 in magnitude.
 *
 * IEEE 754 conversion in the default rounding mode, which `os` checks at start.
 */
double pli_double_from_i64(int64_t value);

#endif
