/* scaled.h: products over a divisor in 64 bits, rounded up.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_SCALED_H
#define PLI_MARGIN_SCALED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

/*
 * pli_scaled_up - ceil(a * b / divisor), or false where that leaves 63 bits. One 64-bit division where the product fits;
 * inline, for most divisors are constants and cost a multiplication then.
 */
static inline bool
pli_scaled_up(uint64_t a, uint64_t b, uint64_t divisor, int64_t *out) {
    pli_u128 product = (pli_u128)a * b;
    uint64_t rounded = (uint64_t)product + (divisor - 1);
    if (product >> 63 == 0 && divisor >> 63 == 0) {
        *out = (int64_t)(rounded / divisor);
        return true;
    }
    pli_u128 quotient = (product + (divisor - 1)) / divisor;
    *out = (int64_t)quotient;
    return quotient <= INT64_MAX;
}

/* pli_magnitude - |value|, of the lowest integer too. */
static inline uint64_t
pli_magnitude(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

#endif
