/* distribution.h: the chi-square and binomial distributions that tests of coverage need. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NUM_DISTRIBUTION_H
#define PLI_NUM_DISTRIBUTION_H

#include <stdint.h>

/*
 * pli_chi_square_sf - the probability that a chi-square variable of `degrees` exceeds x.
 *
 * Closed forms for 1 and 2 degrees, then Q(x; k + 2) = Q(x; k) + (x/2)^(k/2) e^(-x/2) / Gamma(k/2 + 1) (Abramowitz and
 * Stegun 26.4.8). `degrees` in 1..200 is asserted. Relative error below 1e-13 where the result is a normal number.
 *
 * Returns    1 for x <= 0; NaN for NaN.
 */
double pli_chi_square_sf(double x, uint32_t degrees);

/*
 * pli_binomial_pmf - the probability of exactly `hits` in `trials` independent draws, each a hit with `probability`.
 * pli_binomial_cdf - the probability of at most `hits`; pli_binomial_sf of more than `hits`.
 *
 * The saddle-point form of C. Loader, "Fast and accurate computation of binomial probabilities" (2000): no factorial is
 * formed, so nothing overflows. Relative error of the pmf below 1e-12 for up to 1e6 trials. `probability` in [0, 1] and
 * hits <= trials are asserted.
 *
 * Cost       pmf O(1), cdf and sf O(trials) at worst: terms are added on the shorter side of `hits`, and no further than
 *            they change the sum.
 */
double pli_binomial_pmf(uint32_t hits, uint32_t trials, double probability);
double pli_binomial_cdf(uint32_t hits, uint32_t trials, double probability);
double pli_binomial_sf(uint32_t hits, uint32_t trials, double probability);

#endif
