/* implied_points.c: Black-76 volatilities implied by many prices, one at a time.            SPDX-License-Identifier: Apache-2.0 */
#define LANES 1
#include "price/implied_lanes.h"

double
pli_implied_alone(const plm_option_prices *prices, size_t at) {
    plm_option_terms terms = {.forward = prices->forward[at],
                              .strike = prices->strike[at],
                              .years = prices->years,
                              .discount = 1.0,
                              .right = prices->right};
    double volatility = 0.0;
    plm_status status = plm_black76_implied(&terms, prices->price[at], &volatility);
    return status == PLM_OK ? volatility : PLM_VOLATILITY_UNKNOWN;
}

void
pli_implied_points(const plm_option_prices *prices, double *volatility) {
    pli_implied_lanes(prices, volatility);
}
