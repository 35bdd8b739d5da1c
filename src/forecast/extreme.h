/* extreme.h: the tail beyond a threshold: generalised Pareto fit, quantile and shortfall. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_EXTREME_H
#define PLI_FORECAST_EXTREME_H

#include <stddef.h>

#include "plimsoll/status.h"

#define PLI_TAIL_EXCESSES_MIN 20u

/*
 * pli_tail - losses above `threshold`: P(loss - threshold > y) = (1 + shape y / scale)^(-1 / shape).
 *
 * Units      threshold, scale and its error as the losses; shape is a number: above 0 heavy tails, from 1 on no mean.
 */
typedef struct pli_tail {
    double threshold;
    double shape;
    double scale;
    double shape_error; /* standard errors from the inverse Hessian */
    double scale_error;
    double log_likelihood;
    size_t excess_count;
    size_t sample_count;
} pli_tail;

/*
 * pli_tail_fit - maximum likelihood on the losses strictly above `threshold`.
 *
 * The likelihood is maximised over theta = shape / scale alone (the best shape for a theta is the mean of
 * log(1 + theta y)): bracketed on a fixed ladder of theta, then bisected on its derivative. Shapes are sought in
 * -1/2 .. 5: below, the maximum likelihood estimate has no usual errors (Smith 1985).
 * Source     S. D. Grimshaw, Technometrics 35 (1993) 185-191; A. J. McNeil, ASTIN Bulletin 27 (1997) 117-137.
 *
 * Returns    PLM_HISTORY_SHORT below PLI_TAIL_EXCESSES_MIN excesses; PLM_NOT_FINITE; PLM_FIT_FAILED where no maximum
 *            lies within those shapes.
 */
PLM_MUST_USE plm_status pli_tail_fit(const double *losses, size_t count, double threshold,
                                     pli_tail *tail);

/*
 * pli_tail_quantile  - the loss exceeded with probability 1 - level.
 * pli_tail_shortfall - the mean of the losses beyond that.
 *
 * quantile = u + scale / shape (((n / n_u) (1 - level))^-shape - 1); shortfall = (quantile + scale - shape u) / (1 - shape).
 * The limit of shape 0 is the exponential tail.
 *
 * Returns    PLM_DOMAIN for a level outside (0, 1) or below the share of losses under the threshold; the shortfall also
 *            where shape >= 1: the mean is infinite.
 */
PLM_MUST_USE plm_status pli_tail_quantile(const pli_tail *tail, double level, double *loss);
PLM_MUST_USE plm_status pli_tail_shortfall(const pli_tail *tail, double level, double *loss);

/*
 * pli_tail_hill - Hill's estimate of the shape: mean log(x_i / x_(k+1)) over the k largest of ascending losses.
 *
 * Source     B. M. Hill, Annals of Statistics 3 (1975) 1163-1174.
 * Returns    PLM_HISTORY_SHORT unless 0 < k < count, PLM_DOMAIN where the k + 1 largest are not all > 0.
 */
PLM_MUST_USE plm_status pli_tail_hill(const double *sorted, size_t count, size_t k, double *shape);

#endif
