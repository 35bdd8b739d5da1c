/* surface_check.h: the arbitrage tests on raw SVI slices that the fit and the public check share.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_SURFACE_CHECK_H
#define PLI_MARKET_SURFACE_CHECK_H

#include "plimsoll/surface.h"

/* The tested grid, as stated at plm_surface_margins. */
#define PLI_MONEYNESS_MAX 4.0
#define PLI_GRID_UNIFORM 1601 /* k = -4, -3.995 .. 4 */
#define PLI_GRID_OWN 641      /* k = m + sigma sinh(j / 32), j = -320 .. 320 */

/* What may be lost to rounding in a calendar margin or in the masses of a grid. */
#define PLI_MARGIN_TOLERANCE 1e-10

/*
 * pli_svi_butterfly - least g of a valid slice over the tested grid; -1.8e308 where a variance is not positive.
 * pli_svi_lee       - 2 - b (1 + |rho|).
 * pli_svi_calendar  - least w_later(k) - w_earlier(k) over the tested grid of both.
 * pli_svi_least     - the least total variance a + b sigma sqrt(1 - rho^2), for all k.
 */
double pli_svi_butterfly(const plm_svi *svi);
double pli_svi_lee(const plm_svi *svi);
double pli_svi_calendar(const plm_svi *earlier, const plm_svi *later);
double pli_svi_least(const plm_svi *svi);

#endif
