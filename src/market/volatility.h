/* volatility.h: realised volatility of a series of daily closes.                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_VOLATILITY_H
#define PLI_MARKET_VOLATILITY_H

#include <stddef.h>

#include "plimsoll/status.h"

/* Crypto trades every day: a year has 365 of them, and a daily variance is annualised by 365. */
#define PLI_DAYS_PER_YEAR 365.0

/*
 * pli_volatility_ewma - annual volatility of each day, and the forecast for the day after the last close.
 *
 * Log returns r[t] = ln(close[t + 1] / close[t]); variance v[t + 1] = lambda v[t] + (1 - lambda) r[t]^2, from v[0] = the
 * mean of the first `seed_count` squared returns; volatilities[t] = sqrt(365 v[t]). volatilities[t] thus knows only
 * returns before t once t >= seed_count; earlier entries share the seed, which looks ahead, and are no forecasts.
 *
 * Units      Closes in any one unit, > 0; volatilities are ratios per square root of a year.
 * Source     J.P. Morgan, RiskMetrics Technical Document (1996), section 5.2 (lambda 0.94 for daily returns).
 * Lifetime   `volatilities` has room for close_count values (one per return, and the forecast).
 *
 * Returns
 *   PLM_OK             all close_count values are written, each finite and >= 0.
 *   PLM_HISTORY_SHORT  seed_count is 0 or there are fewer than seed_count + 1 closes.
 *   PLM_DOMAIN         lambda outside 0..1, or a close that is not > 0 and finite.
 * On any other status than PLM_OK, what `volatilities` holds is not to be used.
 */
PLM_MUST_USE plm_status pli_volatility_ewma(const double *closes, size_t close_count, double lambda,
                                            size_t seed_count, double *volatilities);

/*
 * pli_volatility_closes - annual volatility from close to close: sqrt(365 * mean of squared log returns).
 *
 * The mean return is taken as zero, which is the better estimate of a daily variance at these horizons.
 *
 * Returns    PLM_HISTORY_SHORT below 2 closes, PLM_DOMAIN for a close that is not > 0 and finite.
 */
PLM_MUST_USE plm_status pli_volatility_closes(const double *closes, size_t close_count,
                                              double *volatility);

#endif
