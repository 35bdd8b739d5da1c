/* simplex.h: the smallest value of a function of a few variables, without derivatives.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_SIMPLEX_H
#define PLI_MARKET_SIMPLEX_H

#define PLI_SIMPLEX_SIZE 5 /* variables */

typedef double pli_objective(const void *context, const double *x);

/*
 * pli_simplex_minimise - go down from `x` with a simplex of edges `step`, for at most `steps_max` steps.
 *
 * Ends early where the values at the corners agree to 1e-10 relative. `objective` must not return NaN.
 *
 * Source     J. Nelder, R. Mead, A simplex method for function minimization, Computer Journal 7 (1965) 308-313, with
 *            the usual coefficients 1, 2, 1/2, 1/2; ties keep the older corner, so the path depends on the values alone.
 * Returns    The value at the new `x`, never above the value at the old one.
 */
double pli_simplex_minimise(pli_objective *objective, const void *context,
                            double x[PLI_SIMPLEX_SIZE], const double step[PLI_SIMPLEX_SIZE],
                            int steps_max);

#endif
