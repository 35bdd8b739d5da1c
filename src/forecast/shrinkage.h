/* shrinkage.h: covariance matrices of many series from few days.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_SHRINKAGE_H
#define PLI_FORECAST_SHRINKAGE_H

#include <stddef.h>

#include "plimsoll/status.h"

#define PLI_SHRINKAGE_SERIES_MAX 512u

/* How the sample covariance is made safe to invert and to trust. */
typedef enum pli_shrinkage_method {
    PLI_SHRINKAGE_EQUAL_VARIANCE = 1, /* towards the mean variance times the identity */
    PLI_SHRINKAGE_EQUAL_CORRELATION =
        2,                      /* towards the sample variances with one correlation for all */
    PLI_SHRINKAGE_QUADRATIC = 3 /* each eigenvalue moved by its own amount (quadratic-inverse) */
} pli_shrinkage_method;

/* pli_returns - `day_count` rows of `series_count` returns each; only read. */
typedef struct pli_returns {
    size_t day_count;
    size_t series_count;
    const double *values;
} pli_returns;

/* pli_shrinkage_size - bytes of workspace for that many series; 0 above PLI_SHRINKAGE_SERIES_MAX. */
size_t pli_shrinkage_size(size_t series_count);

/*
 * pli_shrinkage_estimate - the covariance matrix, series_count x series_count, row by row.
 *
 * Returns are demeaned; the divisor is day_count - 1. `intensity` is the weight of the target, 0..1; 0 for QUADRATIC, which has
 * none.
 * Source     EQUAL_VARIANCE: O. Ledoit and M. Wolf, Journal of Multivariate Analysis 88 (2004) 365-411;
 *            EQUAL_CORRELATION: the same, Journal of Portfolio Management 30:4 (2004) 110-119;
 *            QUADRATIC: the same, Bernoulli 28 (2022) 1519-1547.
 * Cost       O(days x series^2), QUADRATIC also O(series^3) per Jacobi sweep.
 *
 * Returns
 *   PLM_OK               *intensity and `covariance` are complete; the matrix is symmetric to the bit.
 *   PLM_HISTORY_SHORT    fewer than 4 days or no series; QUADRATIC: day_count - 1 == series_count, where the formula has no
 *                        value.
 *   PLM_LIMIT            more than PLI_SHRINKAGE_SERIES_MAX series.
 *   PLM_WORKSPACE_SMALL  see pli_shrinkage_size.
 *   PLM_DOMAIN           a series that does not move.
 *   PLM_NOT_FINITE, PLM_FIT_FAILED  values that are not finite; a singular sample for QUADRATIC with fewer series than days.
 */
PLM_MUST_USE plm_status pli_shrinkage_estimate(const pli_returns *returns,
                                               pli_shrinkage_method method, double *workspace,
                                               size_t workspace_size, double *intensity,
                                               double *covariance);

#endif
