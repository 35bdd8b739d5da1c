/* rounding.c: the one place where a double becomes an integer.                         SPDX-License-Identifier: Apache-2.0 */
#include "num/rounding.h"

#include "base/libc.h"

#define TWO_63 0x1p63
#define LARGEST 0x1.fffffffffffffp1023

bool
pli_double_is_finite(double x) {
    return fabs(x) <= LARGEST;
}

// The integer part, towards zero; beyond 2^52 every double is an integer, so the conversion is exact everywhere.
static plm_status
truncate(double x, int64_t *out) {
    if (!pli_double_is_finite(x)) {
        return PLM_NOT_FINITE;
    }
    if (x < -TWO_63 || x >= TWO_63) {
        return PLM_OVERFLOW;
    }
    *out = (int64_t)x;
    return PLM_OK;
}

plm_status
pli_i64_from_double_half_even(double x, int64_t *out) {
    int64_t whole;
    plm_status status = truncate(x, &whole);
    if (status != PLM_OK) {
        return status;
    }
    // Exact: below 2^52 both are multiples of the last bit of x, above it the difference is 0.
    double rest = fabs(x - (double)whole);
    bool is_away = rest > 0.5 || (rest == 0.5 && whole % 2 != 0);
    *out = is_away ? whole + (x < 0.0 ? -1 : 1) : whole;
    return PLM_OK;
}

plm_status
pli_i64_from_double_floor(double x, int64_t *out) {
    int64_t whole;
    plm_status status = truncate(x, &whole);
    if (status != PLM_OK) {
        return status;
    }
    *out = (double)whole > x ? whole - 1 : whole;
    return PLM_OK;
}

plm_status
pli_i64_from_double_ceil(double x, int64_t *out) {
    int64_t whole;
    plm_status status = truncate(x, &whole);
    if (status != PLM_OK) {
        return status;
    }
    *out = (double)whole < x ? whole + 1 : whole;
    return PLM_OK;
}

double
pli_double_from_i64(int64_t value) {
    return (double)value;
}
