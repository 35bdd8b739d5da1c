/* garch.c: GARCH(1,1) by maximum likelihood.                                         SPDX-License-Identifier: Apache-2.0 */
#include "forecast/garch.h"

#include <stdbool.h>

#include "base/libc.h"
#include "forecast/linear.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "num/statistics.h"

#define SIDE PLI_GARCH_PARAMETERS
#define STEP_MAX 200u
#define LOG_TWO_PI 1.8378770664093454836
#define DECREMENT_END                                                                              \
    1e-20 /* of the likelihood per return, squared error of a coefficient per standard error */

/* What is summed over the returns: likelihood, gradient, Hessian and outer product of gradients. */
typedef struct sums {
    double value;
    double gradient[SIDE];
    double hessian[SIDE * SIDE];
    double outer[SIDE * SIDE];
} sums;

/* h and its first and second derivatives by mean, omega, alpha, beta at one return. */
typedef struct variance_state {
    double h;
    double first[SIDE];
    double second[SIDE * SIDE];
} variance_state;

/* The returns in units of their standard deviation, which needs no memory of its own. */
typedef struct sample {
    const double *returns;
    size_t count;
    double scale;
} sample;

static double
return_at(const sample *of, size_t t) {
    return of->returns[t] / of->scale;
}

static pli_garch
model_of(const double *at) {
    return (pli_garch){.mean = at[0], .omega = at[1], .alpha = at[2], .beta = at[3]};
}

static bool
is_inside(const double *at) {
    return at[1] > 0 && at[2] >= 0 && at[3] >= 0 && at[2] + at[3] < 1;
}

// The mean square of e, which stands for e^2 and h before the first return, and the mean of e.
static double
presample(const sample *of, double mean, double *error_mean) {
    double squares = 0.0;
    double sum = 0.0;
    for (size_t t = 0; t < of->count; t += 1) {
        double error = return_at(of, t) - mean;
        squares += error * error;
        sum += error;
    }
    *error_mean = sum / (double)of->count;
    return squares / (double)of->count;
}

static variance_state
begin(const double *at, double before, double before_slope) {
    variance_state now = {.h = at[1] + (at[2] + at[3]) * before};
    now.first[0] = (at[2] + at[3]) * before_slope;
    now.first[1] = 1.0;
    now.first[2] = before;
    now.first[3] = before;
    now.second[0] = (at[2] + at[3]) * 2.0;
    now.second[2] = now.second[3] = before_slope;
    now.second[2 * SIDE] = now.second[3 * SIDE] = before_slope;
    return now;
}

// One return on: the derivatives of omega + alpha e^2 + beta h.
static void
advance(variance_state *now, const double *at, double error) {
    const double beta = at[3];
    double first[SIDE];
    memcpy(first, now->first, sizeof first);
    for (size_t i = 0; i < SIDE * SIDE; i += 1) {
        now->second[i] *= beta;
    }
    now->second[0] += 2.0 * at[2];
    now->second[2] -= 2.0 * error;
    now->second[2 * SIDE] -= 2.0 * error;
    for (size_t i = 0; i < SIDE; i += 1) {
        now->second[i * SIDE + 3] += first[i];
        now->second[3 * SIDE + i] += first[i];
        now->first[i] *= beta;
    }
    now->first[0] -= 2.0 * at[2] * error;
    now->first[1] += 1.0;
    now->first[2] += error * error;
    now->first[3] += now->h;
    now->h = at[1] + at[2] * error * error + beta * now->h;
}

static void
add_return(sums *to, const variance_state *now, double error) {
    static const double error_slope[SIDE] = {-1.0, 0.0, 0.0, 0.0};
    double h = now->h;
    double square = error * error / h;
    to->value -= 0.5 * (LOG_TWO_PI + pli_log(h) + square);
    double slope[SIDE];
    for (size_t i = 0; i < SIDE; i += 1) {
        slope[i] = -0.5 * (now->first[i] / h * (1.0 - square) + 2.0 * error * error_slope[i] / h);
        to->gradient[i] += slope[i];
    }
    for (size_t i = 0; i < SIDE; i += 1) {
        for (size_t j = 0; j < SIDE; j += 1) {
            double both = now->first[i] * now->first[j] / (h * h);
            double cross = error_slope[i] * now->first[j] + error_slope[j] * now->first[i];
            to->hessian[i * SIDE + j] -=
                0.5 *
                (now->second[i * SIDE + j] / h * (1.0 - square) + both * (2.0 * square - 1.0) +
                 2.0 * error_slope[i] * error_slope[j] / h - 2.0 * error * cross / (h * h));
            to->outer[i * SIDE + j] += slope[i] * slope[j];
        }
    }
}

static sums
evaluate(const sample *of, const double *at) {
    double error_mean;
    double before = presample(of, at[0], &error_mean);
    variance_state now = begin(at, before, -2.0 * error_mean);
    sums to = {.value = 0};
    for (size_t t = 0; t < of->count; t += 1) {
        if (t > 0) {
            advance(&now, at, return_at(of, t - 1) - at[0]);
        }
        add_return(&to, &now, return_at(of, t) - at[0]);
    }
    return to;
}

static double
likelihood(const sample *of, const double *at) {
    double error_mean;
    double h = presample(of, at[0], &error_mean);
    double square = h;
    double sum = 0.0;
    for (size_t t = 0; t < of->count; t += 1) {
        h = at[1] + at[2] * square + at[3] * h;
        double error = return_at(of, t) - at[0];
        square = error * error;
        sum -= 0.5 * (LOG_TWO_PI + pli_log(h) + square / h);
    }
    return sum;
}

// The best of a few usual shapes, all with the long-run variance of the sample (which is 1 here).
static double
choose_start(const sample *of, double mean, double *at) {
    static const double alphas[3] = {0.03, 0.1, 0.2};
    static const double betas[4] = {0.5, 0.7, 0.79, 0.9};
    double best = -1e300;
    for (size_t i = 0; i < 12; i += 1) {
        double alpha = alphas[i / 4];
        double beta = betas[i % 4] < 0.97 - alpha ? betas[i % 4] : 0.97 - alpha;
        const double start[SIDE] = {mean, 1.0 - alpha - beta, alpha, beta};
        double value = likelihood(of, start);
        if (value > best) {
            best = value;
            memcpy(at, start, sizeof start);
        }
    }
    return best;
}

// The step of (-Hessian + damping * |diagonal|), and what Newton's model expects to gain by it, twice over.
static bool
damped_step(const sums *of, double damping, double *step, double *gain) {
    double matrix[SIDE * SIDE];
    for (size_t i = 0; i < SIDE * SIDE; i += 1) {
        matrix[i] = -of->hessian[i];
    }
    for (size_t i = 0; i < SIDE; i += 1) {
        matrix[i * SIDE + i] += damping * fabs(matrix[i * SIDE + i]);
    }
    memcpy(step, of->gradient, sizeof of->gradient);
    if (pli_cholesky_factor(matrix, SIDE) != PLM_OK) {
        return false;
    }
    pli_cholesky_solve(matrix, SIDE, step);
    *gain = 0.0;
    for (size_t i = 0; i < SIDE; i += 1) {
        *gain += step[i] * of->gradient[i];
    }
    return true;
}

static plm_status
climb(const sample *returns, double value, double *at, uint32_t *step_count) {
    double damping = 1e-3;
    for (uint32_t i = 0; i < STEP_MAX; i += 1) {
        *step_count = i + 1;
        sums of = evaluate(returns, at);
        double step[SIDE];
        double gain;
        bool is_concave = damped_step(&of, 0.0, step, &gain);
        if (is_concave && gain <= DECREMENT_END * (double)returns->count) {
            return PLM_OK;
        }
        bool is_better = false;
        while (!is_better && damping < 1e12) {
            double next[SIDE];
            is_better = damped_step(&of, damping, step, &gain);
            for (size_t j = 0; j < SIDE; j += 1) {
                next[j] = at[j] + step[j];
            }
            double reached = is_better && is_inside(next) ? likelihood(returns, next) : value - 1.0;
            // Near the top the gain is below the rounding of the sum: a step that loses only that much is taken.
            is_better = is_better && reached >= value - 1e-13 * fabs(value);
            if (is_better) {
                memcpy(at, next, sizeof next);
                value = reached;
                damping = damping > 1e-12 ? damping / 10 : 0.0;
            } else {
                damping = damping > 1e-12 ? damping * 4 : 1e-3;
            }
        }
        if (!is_better) {
            return PLM_FIT_FAILED;
        }
    }
    return PLM_FIT_FAILED;
}

static plm_status
measure_errors(const sums *of, pli_garch_report *report) {
    double matrix[SIDE * SIDE];
    double inverse[SIDE * SIDE];
    double outer_inverse[SIDE * SIDE];
    for (size_t i = 0; i < SIDE * SIDE; i += 1) {
        matrix[i] = -of->hessian[i];
    }
    plm_status status = pli_cholesky_factor(matrix, SIDE);
    if (status != PLM_OK) {
        return status;
    }
    pli_cholesky_invert(matrix, SIDE, inverse);
    memcpy(matrix, of->outer, sizeof matrix);
    status = pli_cholesky_factor(matrix, SIDE);
    if (status != PLM_OK) {
        return status;
    }
    pli_cholesky_invert(matrix, SIDE, outer_inverse);
    for (size_t i = 0; i < SIDE; i += 1) {
        double robust = 0.0;
        for (size_t j = 0; j < SIDE; j += 1) {
            for (size_t k = 0; k < SIDE; k += 1) {
                robust += inverse[i * SIDE + j] * of->outer[j * SIDE + k] * inverse[k * SIDE + i];
            }
        }
        report->errors_hessian[i] = sqrt(inverse[i * SIDE + i]);
        report->errors_outer[i] = sqrt(outer_inverse[i * SIDE + i]);
        report->errors_robust[i] = sqrt(robust);
    }
    return PLM_OK;
}

// Errors and likelihood at a maximum of the scaled returns, given back in the units of the returns.
static plm_status
conclude(const sample *returns, const double *at, pli_garch_report *report) {
    sums of = evaluate(returns, at);
    plm_status status = measure_errors(&of, report);
    if (status != PLM_OK) {
        return status;
    }
    double error_mean;
    double h = presample(returns, at[0], &error_mean);
    double square = h;
    for (size_t t = 0; t <= returns->count; t += 1) {
        h = at[1] + at[2] * square + at[3] * h;
        double error = t < returns->count ? return_at(returns, t) - at[0] : 0.0;
        square = error * error;
    }
    double scale = returns->scale;
    const double units[SIDE] = {scale, scale * scale, 1.0, 1.0};
    double back[SIDE];
    for (size_t i = 0; i < SIDE; i += 1) {
        back[i] = at[i] * units[i];
        report->errors_hessian[i] *= units[i];
        report->errors_outer[i] *= units[i];
        report->errors_robust[i] *= units[i];
    }
    report->model = model_of(back);
    report->variance_next = h * scale * scale;
    report->log_likelihood = of.value - (double)returns->count * pli_log(scale);
    return PLM_OK;
}

plm_status
pli_garch_fit(const double *returns, size_t count, pli_garch_report *report) {
    if (count < PLI_GARCH_RETURNS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    double mean;
    double variance;
    plm_status status = pli_mean(returns, count, &mean);
    if (status == PLM_OK) {
        status = pli_variance(returns, count, &variance);
    }
    if (status != PLM_OK) {
        return status;
    }
    const sample scaled = {returns, count, sqrt(variance)};
    if (!(scaled.scale > 0)) {
        return PLM_FIT_FAILED;
    }
    double at[SIDE];
    double value = choose_start(&scaled, mean / scaled.scale, at);
    pli_garch_report found;
    status = climb(&scaled, value, at, &found.step_count);
    if (status == PLM_OK) {
        status = conclude(&scaled, at, &found);
    }
    if (status == PLM_OK) {
        *report = found;
    }
    return status;
}

plm_status
pli_garch_filter(const pli_garch *model, const double *returns, size_t count, double *variances) {
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    const sample plain = {returns, count, 1.0};
    double error_mean;
    double h = presample(&plain, model->mean, &error_mean);
    double square = h;
    for (size_t t = 0; t <= count; t += 1) {
        h = model->omega + model->alpha * square + model->beta * h;
        if (!(h > 0) || !pli_double_is_finite(h)) {
            return PLM_NOT_FINITE;
        }
        variances[t] = h;
        double error = t < count ? returns[t] - model->mean : 0.0;
        square = error * error;
    }
    return PLM_OK;
}

double
pli_garch_horizon(const pli_garch *model, double variance_next, uint32_t steps) {
    double keep = model->alpha + model->beta;
    double longrun = model->omega / (1.0 - keep);
    double apart = variance_next - longrun;
    double sum = 0.0;
    for (uint32_t i = 0; i < steps; i += 1) {
        sum += longrun + apart;
        apart *= keep;
    }
    return sum;
}
