/* svi_search.h: the raw SVI slice nearest to the quotes of one expiry.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_SVI_SEARCH_H
#define PLI_MARKET_SVI_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/surface.h"

/* pli_fit_point - one quote in the coordinates of the fit. */
typedef struct pli_fit_point {
    double moneyness; /* ln(strike / forward) */
    double low;       /* total variance of the bid, 0 where there is none */
    double high;      /* of the ask, 1.8e308 where there is none */
    double target;    /* of the mark or the middle, 0 where there is neither */
    double scale;     /* the distance in total variance that counts as one, > 0 */
    double lean;      /* what the distance to the target counts against that outside the quotes */
    double weight;    /* of the whole quote */
} pli_fit_point;

/*
 * pli_fit_problem - the points of one expiry and the slice it must not fall below.
 */
typedef struct pli_fit_problem {
    uint32_t point_count;
    const pli_fit_point *points;
    const plm_svi *earlier; /* NULL: no calendar condition */
    bool may_arbitrage;     /* no penalties: what the quotes alone would give */
} pli_fit_problem;

/*
 * pli_svi_search - the slice of least objective that the fixed starts lead to.
 *
 * Objective  Sum over the points of weight * (v^2 / (1 + s v^2) + lean * (d / scale)^2): v is the distance outside
 *            low..high in units of scale, d the distance to the target, s is 0 first and 4 at the end, so that a few
 *            quotes far off do not drag the smile away from the others. A small weight on the slopes of the wings.
 *            Penalties: g below 0.005; variance below 1.0001 times that of the earlier slice; a wing steeper than 1.99.
 *            They are measured on 81 points k = 0.02 sinh(j asinh(200) / 40) and, for g, 41 points m + sigma sinh(j / 4).
 * Source     Starts: the quasi-explicit calibration of S. De Marco and C. Martini, Zeliade Systems white paper
 *            ZWP-0005 (2009): for fixed (m, sigma) the other three parameters are a linear least-squares problem.
 * Returns    A slice near the domain of plm_svi; the caller tests it on the full grid and with pli_svi_is_valid.
 */
plm_svi pli_svi_search(const pli_fit_problem *problem);

#endif
