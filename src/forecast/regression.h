/* regression.h: weighted least squares with ridge, on standardised columns.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_REGRESSION_H
#define PLI_FORECAST_REGRESSION_H

#include <stddef.h>

#include "plimsoll/status.h"

#define PLI_REGRESSION_COLUMNS_MAX 24u

/*
 * pli_design - what is explained by what; only read.
 *
 * `stride` doubles lie between the starts of two rows. `weights` may be NULL: all 1; else each is >= 0.
 */
typedef struct pli_design {
    size_t row_count;
    size_t column_count; /* without the constant; at most PLI_REGRESSION_COLUMNS_MAX */
    size_t stride;
    const double *rows;
    const double *targets;
    const double *weights;
} pli_design;

/*
 * pli_linear - constant + sum of slopes[j] * row[j].
 */
typedef struct pli_linear {
    double constant;
    double slopes[PLI_REGRESSION_COLUMNS_MAX];
} pli_linear;

/*
 * pli_linear_value - the line at one row.
 */
double pli_linear_value(const pli_linear *line, const double *row, size_t column_count);

/*
 * pli_regression_fit - minimise mean of w (y - c - x b)^2 + ridge * sum of (b_j sd_j)^2.
 *
 * Columns are centred and scaled to unit weighted standard deviation first (the penalty then treats all alike and the
 * normal equations are well scaled), the constant is free of penalty. A column that does not vary gets slope 0.
 * Source     A. E. Hoerl and R. W. Kennard, Technometrics 12 (1970) 55-67.
 *
 * Returns
 *   PLM_OK             *line is the minimum.
 *   PLM_HISTORY_SHORT  fewer than column_count + 2 rows of weight > 0.
 *   PLM_LIMIT          too many columns.
 *   PLM_DOMAIN         a negative weight or ridge.
 *   PLM_FIT_FAILED     columns that depend on one another without ridge, or values that are not finite.
 */
PLM_MUST_USE plm_status pli_regression_fit(const pli_design *design, double ridge,
                                           pli_linear *line);

/*
 * pli_logistic_fit - minimise mean of w (log(1 + e^z) - y z), z = c + x b, plus ridge / 2 * sum of (b_j sd_j)^2.
 *
 * Targets are 0 or 1. Newton steps from the constant alone (iteratively reweighted least squares), halved while the
 * objective does not fall, until the largest change of z per standardised unit is below 1e-10; at most 100.
 *
 * Returns    As pli_regression_fit; PLM_FIT_FAILED also where only one class appears, or where there is no minimum (the
 *            classes are separable and ridge is 0).
 */
PLM_MUST_USE plm_status pli_logistic_fit(const pli_design *design, double ridge, pli_linear *line);

/* pli_logistic - 1 / (1 + e^-z), without overflow. */
double pli_logistic(double z);

#endif
