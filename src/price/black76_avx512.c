/* black76_avx512.c: Black-76 points and implied volatilities, eight at a time with AVX-512.                              SPDX-License-Identifier: Apache-2.0 */
#include <immintrin.h>

#define LANES 8
#define SQRT(x) (lanes) _mm512_sqrt_pd((__m512d)(x))
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

const plm_kernels plm_kernels_avx512 = {"avx512", black76_points, black76_implied};
