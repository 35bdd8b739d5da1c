/* black76_avx2.c: Black-76 points and implied volatilities, four at a time with AVX2.                              SPDX-License-Identifier: Apache-2.0 */
#include <immintrin.h>

#define LANES 4
#define SQRT(x) (lanes) _mm256_sqrt_pd((__m256d)(x))
#include "price/implied_lanes.h"

static void
black76_points(const plm_option_fixed *option, size_t count, const double *forward,
               const double *volatility, double *value) {
    pli_black76_lanes(option, count, forward, volatility, value);
}

static void
black76_implied(const plm_option_prices *prices, double *volatility) {
    pli_implied_lanes(prices, volatility);
}

const plm_kernels plm_kernels_avx2 = {"avx2", black76_points, black76_implied};
