/* statistics.h: quantiles by convention, Expected Shortfall, moments and EWMA.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_STATISTICS_H
#define PLI_NUM_STATISTICS_H

#include <stddef.h>

#include "plimsoll/status.h"

/*
 * pli_quantile_method - where the quantile at level p stands among n sorted values, counted from 1.
 *
 * The first three take one value, the others interpolate linearly between two; positions beyond 1..n are clamped. In
 * the numbering of Hyndman and Fan (The American Statistician 50:4, 1996) INTERPOLATE_N is type 4, MIDWAY 5,
 * N_PLUS_1 6 and N_MINUS_1 (spreadsheets, numpy) 7.
 */
typedef enum pli_quantile_method {
    PLI_QUANTILE_ABOVE = 1,                 /* n p, rounded up */
    PLI_QUANTILE_NEAREST = 2,               /* n p, to the nearest, halves up */
    PLI_QUANTILE_NEAREST_N_PLUS_1 = 3,      /* (n + 1) p, to the nearest, halves up */
    PLI_QUANTILE_INTERPOLATE_N = 4,         /* n p */
    PLI_QUANTILE_INTERPOLATE_MIDWAY = 5,    /* n p + 1/2 */
    PLI_QUANTILE_INTERPOLATE_N_PLUS_1 = 6,  /* (n + 1) p */
    PLI_QUANTILE_INTERPOLATE_N_MINUS_1 = 7, /* (n - 1) p + 1 */
} pli_quantile_method;

/*
 * pli_quantile - the quantile at `level` of `count` values in ascending order.
 *
 * Returns    PLM_HISTORY_SHORT for no values, PLM_DOMAIN for a level outside (0, 1) or NaN.
 */
PLM_MUST_USE plm_status pli_quantile(const double *sorted, size_t count, double level,
                                     pli_quantile_method method, double *out);

/*
 * pli_expected_shortfall_upper - the mean of the largest (1 - level) * count values, ascending order given.
 *
 * The boundary value counts with the fraction that is left (Acerbi and Tasche, "On the coherence of expected shortfall",
 * Journal of Banking and Finance 26, 2002, definition 2.6), so the result is continuous in the level. Losses are
 * positive here. For reports: a requirement uses whole tail counts (METHOD section 6), which are never below this.
 *
 * Returns    PLM_HISTORY_SHORT for no values, PLM_DOMAIN for a level outside [0, 1) or NaN.
 */
PLM_MUST_USE plm_status pli_expected_shortfall_upper(const double *sorted, size_t count,
                                                     double level, double *out);

/*
 * pli_mean, pli_variance, pli_correlation - sums run in the order of the values, twice over for the second moments.
 *
 * The variance is the unbiased one (divisor count - 1); the correlation is Pearson's, clamped to [-1, 1].
 *
 * Returns    PLM_HISTORY_SHORT below 1 value (mean) or 2 (others), PLM_DOMAIN for the correlation of a constant,
 *            PLM_NOT_FINITE where the result would not be finite.
 */
PLM_MUST_USE plm_status pli_mean(const double *values, size_t count, double *out);
PLM_MUST_USE plm_status pli_variance(const double *values, size_t count, double *out);
PLM_MUST_USE plm_status pli_correlation(const double *left, const double *right, size_t count,
                                        double *out);

/*
 * pli_ewma_variance - variances[t + 1] = lambda * variances[t] + (1 - lambda) * returns[t]^2, from variances[0] = first.
 *
 * variances[t] thus knows only returns before t, and variances[count] is the forecast for what comes next (J.P. Morgan,
 * RiskMetrics Technical Document, 1996, section 5.2). `variances` has room for count + 1.
 *
 * Returns    PLM_DOMAIN for lambda outside [0, 1] or a negative `first`, PLM_NOT_FINITE where a variance would not be
 *            finite; what was written to `variances` is then not to be used.
 */
PLM_MUST_USE plm_status pli_ewma_variance(const double *returns, size_t count, double lambda,
                                          double first, double *variances);

/*
 * pli_rescale_return - a past return in today's volatility: r * today / then (Hull and White 1998; Barone-Adesi 1999).
 * pli_rescale_return_mid - half way: r * (today + then) / (2 then) (Gurrola-Perez and Murphy 2015; METHOD section 5).
 *
 * Volatilities are standard deviations over the same horizon; `volatility_then` > 0 is asserted.
 */
double pli_rescale_return(double past_return, double volatility_then, double volatility_today);
double pli_rescale_return_mid(double past_return, double volatility_then, double volatility_today);

#endif
