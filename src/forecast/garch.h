/* garch.h: GARCH(1,1) by maximum likelihood.                                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_GARCH_H
#define PLI_FORECAST_GARCH_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

#define PLI_GARCH_PARAMETERS 4u
#define PLI_GARCH_RETURNS_MIN 100u

/*
 * pli_garch - e[t] = y[t] - mean, h[t] = omega + alpha e[t-1]^2 + beta h[t-1].
 *
 * Before the first return e^2 and h are both the mean of e^2 at this very mean, so h[1] = omega + (alpha + beta) h[0].
 * Units      Those of the returns: mean as y, omega as y^2.
 */
typedef struct pli_garch {
    double mean;
    double omega;
    double alpha;
    double beta;
} pli_garch;

/*
 * pli_garch_fit_report - a fit and how sure it is.
 *
 * Errors are standard errors of mean, omega, alpha, beta: from the inverse Hessian (H), from the outer product of the
 * gradients (G), and robust, H^-1 G H^-1 (Bollerslev and Wooldridge 1992), which holds also where e / sqrt(h) is not
 * normal.
 */
typedef struct pli_garch_report {
    pli_garch model;
    double log_likelihood; /* with the constant, -n/2 log 2 pi */
    double variance_next;  /* h of the return after the last */
    double errors_hessian[PLI_GARCH_PARAMETERS];
    double errors_outer[PLI_GARCH_PARAMETERS];
    double errors_robust[PLI_GARCH_PARAMETERS];
    uint32_t step_count;
} pli_garch_report;

/*
 * pli_garch_fit - the maximum of the normal likelihood.
 *
 * Gradient and Hessian are the analytic recursions; Newton steps with Levenberg's damping, kept inside
 * omega > 0, alpha >= 0, beta >= 0, alpha + beta < 1, start from the best of twelve fixed points. Returns are scaled to
 * unit variance first. No randomness and no function of the host: equal returns give equal bits.
 * Source     T. Bollerslev, Journal of Econometrics 31 (1986) 307-327; G. Fiorentini, G. Calzolari and L. Panattoni,
 *            Journal of Applied Econometrics 11 (1996) 399-417 (analytic derivatives, and the benchmark that a test meets).
 * Cost       O(returns) per step; about 10 steps.
 *
 * Returns
 *   PLM_OK             *report is a maximum in the interior.
 *   PLM_HISTORY_SHORT  fewer than PLI_GARCH_RETURNS_MIN returns.
 *   PLM_NOT_FINITE     a return is not finite.
 *   PLM_FIT_FAILED     no maximum in the interior: constant returns, or none without a bound at work, such as alpha = 0.
 */
PLM_MUST_USE plm_status pli_garch_fit(const double *returns, size_t count,
                                      pli_garch_report *report);

/*
 * pli_garch_filter - h[0 .. count] of returns under a given model; variances[count] is the next one.
 *
 * Returns    PLM_HISTORY_SHORT for no returns, PLM_NOT_FINITE where a variance would not be finite or above 0.
 */
PLM_MUST_USE plm_status pli_garch_filter(const pli_garch *model, const double *returns,
                                         size_t count, double *variances);

/*
 * pli_garch_horizon - expected sum of the variances of `steps` returns, the first of which has `variance_next`.
 *
 * The long-run variance is omega / (1 - alpha - beta); distance from it shrinks by alpha + beta a step.
 */
double pli_garch_horizon(const pli_garch *model, double variance_next, uint32_t steps);

#endif
