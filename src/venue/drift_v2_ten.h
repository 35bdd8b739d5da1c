/* drift_v2_ten.h: powers of ten for token decimals.                                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DRIFT_V2_TEN_H
#define PLI_VENUE_DRIFT_V2_TEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

/* pli_drift_ten - 10^decimals, or false outside 0..18. */
static inline bool
pli_drift_ten(int64_t decimals, pli_i128 *out) {
    if (decimals < 0 || decimals > 18) {
        return false;
    }
    pli_i128 value = 1;
    for (; decimals > 0; decimals -= 1) {
        value *= 10;
    }
    *out = value;
    return true;
}

#endif
