/* shrinkage.c: linear and quadratic shrinkage of covariance matrices.                 SPDX-License-Identifier: Apache-2.0 */
#include "forecast/shrinkage.h"

#include <stdbool.h>

#include "base/libc.h"
#include "forecast/linear.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define DAYS_MIN 4u

/* What every estimator starts from; `n` is the divisor, days - 1. */
typedef struct sample {
    const pli_returns *returns;
    size_t p;
    double n;
    double *means;
    double *covariance;
} sample;

size_t
pli_shrinkage_size(size_t series_count) {
    if (series_count > PLI_SHRINKAGE_SERIES_MAX) {
        return 0;
    }
    return (2 * series_count * series_count + 4 * series_count) * sizeof(double);
}

static double
moved(const sample *of, size_t day, size_t series) {
    return of->returns->values[day * of->p + series] - of->means[series];
}

static void
take_means(const sample *of) {
    for (size_t j = 0; j < of->p; j += 1) {
        double sum = 0.0;
        for (size_t t = 0; t < of->returns->day_count; t += 1) {
            sum += of->returns->values[t * of->p + j];
        }
        of->means[j] = sum / (double)of->returns->day_count;
    }
}

static plm_status
take_covariance(const sample *of) {
    for (size_t i = 0; i < of->p; i += 1) {
        for (size_t j = 0; j <= i; j += 1) {
            double sum = 0.0;
            for (size_t t = 0; t < of->returns->day_count; t += 1) {
                sum += moved(of, t, i) * moved(of, t, j);
            }
            double entry = sum / of->n;
            if (!pli_double_is_finite(entry)) {
                return PLM_NOT_FINITE;
            }
            of->covariance[i * of->p + j] = entry;
            of->covariance[j * of->p + i] = entry;
        }
        if (!(of->covariance[i * of->p + i] > 0)) {
            return PLM_DOMAIN;
        }
    }
    return PLM_OK;
}

// How uncertain an entry of the sample is: mean of (x_i x_j)^2 less its square.
static double
entry_noise(const sample *of, size_t i, size_t j) {
    double sum = 0.0;
    for (size_t t = 0; t < of->returns->day_count; t += 1) {
        double product = moved(of, t, i) * moved(of, t, j);
        sum += product * product;
    }
    double entry = of->covariance[i * of->p + j];
    return sum / of->n - entry * entry;
}

static double
clamp_unit(double value) {
    return value > 0 ? (value < 1 ? value : 1.0) : 0.0;
}

static void
blend(const sample *of, const double *target, double intensity, double *covariance) {
    for (size_t i = 0; i < of->p * of->p; i += 1) {
        covariance[i] = intensity * target[i] + (1.0 - intensity) * of->covariance[i];
    }
}

// Noise of the sample and of the target's own entries, against the distance between both.
static double
intensity_of(const sample *of, const double *target, double noise) {
    double distance = 0.0;
    for (size_t i = 0; i < of->p * of->p; i += 1) {
        double apart = of->covariance[i] - target[i];
        distance += apart * apart;
    }
    return distance > 0 ? clamp_unit(noise / distance / of->n) : 1.0;
}

static double
noise_of_all(const sample *of) {
    double sum = 0.0;
    for (size_t i = 0; i < of->p; i += 1) {
        for (size_t j = 0; j < of->p; j += 1) {
            sum += entry_noise(of, i, j);
        }
    }
    return sum;
}

static void
equal_variance(const sample *of, double *target, double *intensity, double *covariance) {
    double mean = 0.0;
    for (size_t i = 0; i < of->p; i += 1) {
        mean += of->covariance[i * of->p + i] / (double)of->p;
    }
    for (size_t i = 0; i < of->p * of->p; i += 1) {
        target[i] = i % (of->p + 1) == 0 ? mean : 0.0;
    }
    *intensity = intensity_of(of, target, noise_of_all(of));
    blend(of, target, *intensity, covariance);
}

// Covariance of the noise of variance i with that of entry (i, j): mean of x_i^3 x_j less s_ii s_ij.
static double
shared_noise(const sample *of, size_t i, size_t j) {
    double sum = 0.0;
    for (size_t t = 0; t < of->returns->day_count; t += 1) {
        double x = moved(of, t, i);
        sum += x * x * x * moved(of, t, j);
    }
    return sum / of->n - of->covariance[i * of->p + i] * of->covariance[i * of->p + j];
}

static void
equal_correlation(const sample *of, double *target, double *intensity, double *covariance) {
    size_t p = of->p;
    double correlation = 0.0;
    for (size_t i = 0; i < p; i += 1) {
        for (size_t j = 0; j < p; j += 1) {
            double scale = sqrt(of->covariance[i * p + i]) * sqrt(of->covariance[j * p + j]);
            correlation += i == j ? 0.0 : of->covariance[i * p + j] / scale;
        }
    }
    correlation = p > 1 ? correlation / (double)(p * (p - 1)) : 0.0;
    double own_noise = 0.0;
    double cross_noise = 0.0;
    for (size_t i = 0; i < p; i += 1) {
        own_noise += entry_noise(of, i, i);
        for (size_t j = 0; j < p; j += 1) {
            double root_i = sqrt(of->covariance[i * p + i]);
            double root_j = sqrt(of->covariance[j * p + j]);
            target[i * p + j] =
                i == j ? of->covariance[i * p + i] : correlation * (root_i * root_j);
            cross_noise += i == j ? 0.0 : root_j / root_i * shared_noise(of, i, j);
        }
    }
    double noise = noise_of_all(of) - own_noise - correlation * cross_noise;
    *intensity = intensity_of(of, target, noise);
    blend(of, target, *intensity, covariance);
}

// The shrunk eigenvalues of positive ones, up to a common factor. `ratio` is p / n.
static void
shrink_positive(const double *inverses, size_t count, double ratio, double smooth, double *shrunk) {
    for (size_t j = 0; j < count; j += 1) {
        double theta = 0.0;
        double conjugate = 0.0;
        for (size_t i = 0; i < count; i += 1) {
            double apart = inverses[i] - inverses[j];
            double below = apart * apart + smooth * smooth * inverses[i] * inverses[i];
            theta += inverses[i] * apart / below;
            conjugate += inverses[i] * inverses[i] * smooth / below;
        }
        theta /= (double)count;
        conjugate /= (double)count;
        double square = theta * theta + conjugate * conjugate;
        double own = inverses[j];
        shrunk[j] = ratio <= 1 ? 1.0 / ((1.0 - ratio) * (1.0 - ratio) * own +
                                        2.0 * ratio * (1.0 - ratio) * own * theta +
                                        ratio * ratio * own * square)
                               : 1.0 / (own * square);
    }
}

static plm_status
quadratic(const sample *of, double *vectors, double *values, double *covariance) {
    size_t p = of->p;
    double ratio = (double)p / of->n;
    size_t days = of->returns->day_count - 1;
    if (p == days) {
        return PLM_HISTORY_SHORT;
    }
    double *inverses = values + p;
    double *shrunk = inverses + p;
    double *matrix = covariance;
    memcpy(matrix, of->covariance, p * p * sizeof *matrix);
    plm_status status = pli_eigen_symmetric(matrix, p, values, vectors);
    if (status != PLM_OK) {
        return status;
    }
    size_t null_count = p > days ? p - days : 0;
    size_t count = p - null_count;
    double inverse_mean = 0.0;
    for (size_t j = 0; j < count; j += 1) {
        if (!(values[null_count + j] > 0)) {
            return PLM_FIT_FAILED;
        }
        inverses[j] = 1.0 / values[null_count + j];
        inverse_mean += inverses[j] / (double)count;
    }
    double least = ratio < 1 ? ratio * ratio : 1.0 / (ratio * ratio);
    double smooth = pli_pow(least, 0.35) / pli_pow((double)p, 0.35);
    for (size_t j = 0; j < null_count; j += 1) {
        shrunk[j] = 1.0 / ((ratio - 1.0) * inverse_mean);
    }
    shrink_positive(inverses, count, ratio, smooth, shrunk + null_count);
    double before = 0.0;
    double after = 0.0;
    for (size_t j = 0; j < p; j += 1) {
        before += values[j] > 0 ? values[j] : 0.0;
        after += shrunk[j];
    }
    for (size_t i = 0; i < p; i += 1) {
        for (size_t j = 0; j <= i; j += 1) {
            double sum = 0.0;
            for (size_t k = 0; k < p; k += 1) {
                sum += vectors[i * p + k] * shrunk[k] * vectors[j * p + k];
            }
            covariance[i * p + j] = sum * before / after;
            covariance[j * p + i] = covariance[i * p + j];
        }
    }
    return PLM_OK;
}

plm_status
pli_shrinkage_estimate(const pli_returns *returns, pli_shrinkage_method method, double *workspace,
                       size_t workspace_size, double *intensity, double *covariance) {
    size_t p = returns->series_count;
    if (returns->day_count < DAYS_MIN || p == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (p > PLI_SHRINKAGE_SERIES_MAX) {
        return PLM_LIMIT;
    }
    if (workspace_size < pli_shrinkage_size(p)) {
        return PLM_WORKSPACE_SMALL;
    }
    const sample of = {.returns = returns,
                       .p = p,
                       .n = (double)(returns->day_count - 1),
                       .means = workspace,
                       .covariance = workspace + p};
    double *square = of.covariance + p * p;
    double *values = square + p * p;
    take_means(&of);
    plm_status status = take_covariance(&of);
    if (status != PLM_OK) {
        return status;
    }
    *intensity = 0.0;
    switch (method) {
    case PLI_SHRINKAGE_EQUAL_VARIANCE:
        equal_variance(&of, square, intensity, covariance);
        return PLM_OK;
    case PLI_SHRINKAGE_EQUAL_CORRELATION:
        equal_correlation(&of, square, intensity, covariance);
        return PLM_OK;
    case PLI_SHRINKAGE_QUADRATIC:
        return quadratic(&of, square, values, covariance);
    }
    return PLM_DOMAIN;
}
