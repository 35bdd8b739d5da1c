/* black76_avx512.c: the Black-76 points, eight at a time with AVX-512.                              SPDX-License-Identifier: Apache-2.0 */
#define LANES 8
#include "price/black76_lanes.h"

static void
black76_points(const plm_option_fixed *option, size_t count, const double *forward,
               const double *volatility, double *value) {
    pli_black76_lanes(option, count, forward, volatility, value);
}

const plm_kernels plm_kernels_avx512 = {"avx512", black76_points};
