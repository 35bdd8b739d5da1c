/* surface.h: implied volatility of one expiry as a function of strike.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_SURFACE_H
#define PLIMSOLL_SURFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

typedef enum plm_slice_kind {
    PLM_SLICE_NONE = 0,
    PLM_SLICE_SVI = 1, /* raw SVI of Gatheral and Jacquier (2014): Black volatilities */
    /* volatility at given strikes, linear between, flat outside; Black volatilities, or normal ones
       (price units per square root of a year) where the underlying's domain is `any` */
    PLM_SLICE_GRID = 2
} plm_slice_kind;

/*
 * plm_svi - total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward).
 *
 * Ranges     b >= 0, |rho| < 1, sigma > 0, a + b sigma sqrt(1 - rho^2) >= 0.
 */
typedef struct plm_svi {
    double a, b, rho, m, sigma;
} plm_svi;

typedef struct plm_slice_node {
    double strike;
    double volatility;
} plm_slice_node;

typedef struct plm_slice {
    plm_slice_kind kind;
    plm_svi svi;                 /* kind SVI */
    uint32_t node_count;         /* kind GRID: >= 1 */
    const plm_slice_node *nodes; /* kind GRID: strikes rising */
} plm_slice;

/*
 * plm_slice_volatility - the annual volatility of `strike` when the forward is `forward` and `years` remain.
 *
 * Units      Strike and forward in the same price unit; `years` > 0 of 365 days; the answer is a ratio per square root
 *            of a year (0.65 = 65 %), or price units where the grid holds normal volatilities.
 * Rounding   Double arithmetic, + - * / sqrt and the project's own logarithm only: the same bits everywhere.
 *
 * Returns
 *   PLM_OK               *volatility is finite and > 0.
 *   PLM_SURFACE_MISSING  the slice is of kind NONE.
 *   PLM_DOMAIN           years, forward or strike is out of range, or the slice gives no positive variance there.
 */
PLM_MUST_USE plm_status plm_slice_volatility(const plm_slice *slice, double forward, double strike,
                                             double years, double *volatility);

#endif
