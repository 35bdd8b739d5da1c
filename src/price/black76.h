/* black76.h: the undiscounted Black-76 kernel, for one option at many forwards and volatilities.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_PRICE_BLACK76_H
#define PLI_PRICE_BLACK76_H

#include <stddef.h>

#include "plimsoll/kernel.h"

/*
 * pli_black76_undiscounted - the undiscounted value at one point.
 * pli_black76_points       - the same at `count` points: value[i] at (forward[i], volatility[i]).
 *
 * Every forward must be > 0 and every volatility >= 0; neither may be NaN. A logarithm is taken
 * only where the forward differs from the one before, so points are best ordered by forward.
 *
 * Lifetime   The arrays are the caller's; `value` must not overlap the other two.
 * Cost       One exponential and two Mills ratios a point.
 * Guarantees [BLACK-1] [BLACK-2] of plimsoll/price.h; [BLACK-5] both functions and
 *            plm_black76_price give the same bits for the same point.
 */
double pli_black76_undiscounted(const plm_option_fixed *option, double forward, double volatility);
void pli_black76_points(const plm_option_fixed *option, size_t count, const double *forward,
                        const double *volatility, double *value);

/*
 * pli_black76_log_moneyness - log(low / high) <= 0 for 0 < low <= high, with a small relative
 * error however close the two are.
 */
double pli_black76_log_moneyness(double low, double high);

/*
 * pli_implied_points - black76_implied of plm_kernels_reference. pli_implied_alone - for one of the prices, by
 *                      plm_black76_implied.
 */
void pli_implied_points(const plm_option_prices *prices, double *volatility);
double pli_implied_alone(const plm_option_prices *prices, size_t at);

#endif
