/* slice.h: what the layer itself needs of one smile: derivatives, density, well-formedness.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_SLICE_H
#define PLI_MARKET_SLICE_H

#include <stdbool.h>

#include "plimsoll/surface.h"

/*
 * pli_svi_variance - total variance w(k), raw SVI.
 * pli_svi_slope, pli_svi_curvature - w'(k) and w''(k).
 *
 * Source     J. Gatheral and A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14:1 (2014),
 *            equation 3.1, and its derivatives: w' = b (rho + (k - m) / R), w'' = b sigma^2 / R^3 with
 *            R = sqrt((k - m)^2 + sigma^2).
 * Units      k is ln(strike / forward); w is variance over the whole time to expiry.
 */
double pli_svi_variance(const plm_svi *svi, double k);
double pli_svi_slope(const plm_svi *svi, double k);
double pli_svi_curvature(const plm_svi *svi, double k);

/*
 * pli_durrleman - g = (1 - k w' / (2 w))^2 - (w'^2 / 4) (1 / w + 1 / 4) + w'' / 2.
 *
 * The risk-neutral density of ln(strike / forward) is a positive factor times g, so g < 0 at one k is a butterfly that
 * costs less than nothing.
 *
 * Source     Gatheral and Jacquier (2014), equation 2.1, after V. Durrleman.
 * Returns    The lowest finite double where w is not positive, so that `g >= bound` fails there.
 */
double pli_durrleman(double k, double variance, double slope, double curvature);

/* pli_svi_durrleman - g of a raw SVI slice at k. */
double pli_svi_durrleman(const plm_svi *svi, double k);

/*
 * pli_svi_is_valid - do the five numbers keep the ranges stated at plm_svi, and are they finite?
 * pli_slice_is_valid - the same for a slice of any kind; a grid needs nodes, strikes rising, volatilities finite and > 0.
 *                      NONE is valid. `is_positive` asks for strikes above zero.
 *
 * These are ranges only; freedom from arbitrage is plm_surface_check.
 */
bool pli_svi_is_valid(const plm_svi *svi);
bool pli_slice_is_valid(const plm_slice *slice, bool is_positive);

#endif
