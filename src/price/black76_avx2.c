/* black76_avx2.c: the Black-76 points, four at a time with AVX2.                              SPDX-License-Identifier: Apache-2.0 */
#define LANES 4
#include "price/black76_lanes.h"

static void
black76_points(const plm_option_fixed *option, size_t count, const double *forward,
               const double *volatility, double *value) {
    pli_black76_lanes(option, count, forward, volatility, value);
}

const plm_kernels plm_kernels_avx2 = {"avx2", black76_points};
