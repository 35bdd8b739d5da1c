/* extreme.c: generalised Pareto tails by maximum likelihood.                          SPDX-License-Identifier: Apache-2.0 */
#include "forecast/extreme.h"

#include <stdbool.h>

#include "base/libc.h"
#include "forecast/linear.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define SHAPE_MIN (-0.5)
#define SHAPE_MAX 5.0
#define SHAPE_FLAT 1e-8 /* below this a series in the shape is exact to rounding */
#define LADDER_STEPS 400

typedef struct excesses {
    const double *losses;
    size_t count;
    double threshold;
    size_t excess_count;
    double mean;
    double largest;
} excesses;

// Mean over the excesses y of log(1 + theta y) and of y / (1 + theta y).
static void
means_at(const excesses *of, double theta, double *log_mean, double *ratio_mean) {
    double logs = 0.0;
    double ratios = 0.0;
    for (size_t i = 0; i < of->count; i += 1) {
        double y = of->losses[i] - of->threshold;
        if (y > 0) {
            logs += pli_log1p(theta * y);
            ratios += y / (1.0 + theta * y);
        }
    }
    *log_mean = logs / (double)of->excess_count;
    *ratio_mean = ratios / (double)of->excess_count;
}

/*
 * The derivative by theta of the profile likelihood per excess, log(theta / k) - k - 1 with k = mean log(1 + theta y),
 * times theta: 1 - theta k' / k - theta k'. At theta = 0 it vanishes for every sample, so it is divided by theta once more
 * where a sign is asked for.
 */
static double
profile_slope(const excesses *of, double theta, double *shape) {
    double ratio;
    means_at(of, theta, shape, &ratio);
    double lift = theta * ratio;
    return (1.0 - lift / *shape - lift) / theta;
}

static double
bisect(const excesses *of, double low, double high) {
    for (unsigned i = 0; i < 200; i += 1) {
        double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high)) {
            return middle;
        }
        double shape;
        if (profile_slope(of, middle, &shape) > 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low + (high - low) / 2;
}

static double
profile(const excesses *of, double theta) {
    double shape;
    double ratio;
    means_at(of, theta, &shape, &ratio);
    return pli_log(theta / shape) - shape - 1.0;
}

// Theta on a ladder: from just above -1 / largest through 0 (left out) to where shapes end.
static double
ladder(const excesses *of, int step) {
    if (step < 0) {
        double part = (double)(LADDER_STEPS + 1 + step) / (double)(LADDER_STEPS + 1);
        return -(1.0 - part * part) / of->largest * (1.0 - 1e-9);
    }
    return pli_exp(((double)step - LADDER_STEPS / 2) * 0.06) / of->mean;
}

// The best of the maxima between neighbouring rungs; false where there is none within the allowed shapes.
static bool
search(const excesses *of, double *theta) {
    bool is_found = false;
    double best = 0.0;
    double shape;
    double last = ladder(of, -LADDER_STEPS);
    double last_slope = profile_slope(of, last, &shape);
    for (int step = 1 - LADDER_STEPS; step <= LADDER_STEPS; step += 1) {
        double next = ladder(of, step);
        double slope = profile_slope(of, next, &shape);
        if (last_slope > 0 && slope <= 0) {
            double top = bisect(of, last, next);
            double value = profile(of, top);
            if (!is_found || value > best) {
                best = value;
                *theta = top;
            }
            is_found = true;
        }
        last = next;
        last_slope = slope;
        if (shape > SHAPE_MAX) {
            break;
        }
    }
    return is_found;
}

// Standard errors from the observed information of (shape, scale).
static plm_status
measure_errors(const excesses *of, pli_tail *tail) {
    double k = tail->shape;
    double b = tail->scale;
    double information[4] = {0};
    for (size_t i = 0; i < of->count; i += 1) {
        double y = of->losses[i] - of->threshold;
        if (!(y > 0)) {
            continue;
        }
        double z = y / b;
        double w = z / (1.0 + k * z);
        double log_part = pli_log1p(k * z);
        // Minus the second derivatives of -log b - (1 + 1/k) log(1 + k z).
        information[0] +=
            2.0 * log_part / (k * k * k) - 2.0 * w / (k * k) - (1.0 + 1.0 / k) * w * w;
        information[2] -= (w - (1.0 + k) * w * w) / b;
        information[3] += (-1.0 + 2.0 * (1.0 + k) * w - (1.0 + k) * k * w * w) / (b * b);
    }
    double inverse[4];
    plm_status status = pli_cholesky_factor(information, 2);
    if (status == PLM_OK) {
        pli_cholesky_invert(information, 2, inverse);
        tail->shape_error = sqrt(inverse[0]);
        tail->scale_error = sqrt(inverse[3]);
    }
    return status;
}

plm_status
pli_tail_fit(const double *losses, size_t count, double threshold, pli_tail *tail) {
    excesses of = {.losses = losses, .count = count, .threshold = threshold};
    for (size_t i = 0; i < count; i += 1) {
        double y = losses[i] - threshold;
        if (!pli_double_is_finite(y)) {
            return PLM_NOT_FINITE;
        }
        if (y > 0) {
            of.excess_count += 1;
            of.mean += y;
            of.largest = y > of.largest ? y : of.largest;
        }
    }
    if (of.excess_count < PLI_TAIL_EXCESSES_MIN) {
        return PLM_HISTORY_SHORT;
    }
    of.mean /= (double)of.excess_count;
    double theta;
    if (!search(&of, &theta)) {
        return PLM_FIT_FAILED;
    }
    pli_tail found = {
        .threshold = threshold, .excess_count = of.excess_count, .sample_count = count};
    double ratio;
    means_at(&of, theta, &found.shape, &ratio);
    if (!(found.shape > SHAPE_MIN && found.shape < SHAPE_MAX) || fabs(found.shape) < SHAPE_FLAT) {
        return PLM_FIT_FAILED;
    }
    found.scale = found.shape / theta;
    found.log_likelihood = -(double)of.excess_count * (pli_log(found.scale) + found.shape + 1.0);
    plm_status status = measure_errors(&of, &found);
    if (status == PLM_OK) {
        *tail = found;
    }
    return status;
}

plm_status
pli_tail_quantile(const pli_tail *tail, double level, double *loss) {
    double share = (double)tail->sample_count / (double)tail->excess_count * (1.0 - level);
    if (!(level > 0 && level < 1) || share > 1) {
        return PLM_DOMAIN;
    }
    double depth = -pli_log(share);
    double reach =
        fabs(tail->shape) < SHAPE_FLAT ? depth : (pli_exp(tail->shape * depth) - 1.0) / tail->shape;
    *loss = tail->threshold + tail->scale * reach;
    return PLM_OK;
}

plm_status
pli_tail_shortfall(const pli_tail *tail, double level, double *loss) {
    if (!(tail->shape < 1)) {
        return PLM_DOMAIN;
    }
    double quantile;
    plm_status status = pli_tail_quantile(tail, level, &quantile);
    if (status == PLM_OK) {
        *loss = (quantile + tail->scale - tail->shape * tail->threshold) / (1.0 - tail->shape);
    }
    return status;
}

plm_status
pli_tail_hill(const double *sorted, size_t count, size_t k, double *shape) {
    if (k == 0 || k >= count) {
        return PLM_HISTORY_SHORT;
    }
    double base = sorted[count - 1 - k];
    if (!(base > 0)) {
        return PLM_DOMAIN;
    }
    double sum = 0.0;
    for (size_t i = 0; i < k; i += 1) {
        sum += pli_log(sorted[count - 1 - i]) - pli_log(base);
    }
    *shape = sum / (double)k;
    return PLM_OK;
}
