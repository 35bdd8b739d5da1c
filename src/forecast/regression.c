/* regression.c: weighted least squares and logistic regression with ridge.           SPDX-License-Identifier: Apache-2.0 */
#include "forecast/regression.h"

#include <stdbool.h>

#include "base/libc.h"
#include "forecast/linear.h"
#include "num/elementary.h"
#include "num/rounding.h"

#define COLUMNS PLI_REGRESSION_COLUMNS_MAX
#define SIDE (COLUMNS + 1u)
#define NEWTON_MAX 100u

/* moments - weighted mean and standard deviation of each column; a deviation of 0 marks a column that does not vary. */
typedef struct moments {
    double weight;
    double means[COLUMNS];
    double deviations[COLUMNS];
} moments;

static double
weight_of(const pli_design *design, size_t row) {
    return design->weights == NULL ? 1.0 : design->weights[row];
}

double
pli_linear_value(const pli_linear *line, const double *row, size_t column_count) {
    double sum = line->constant;
    for (size_t j = 0; j < column_count; j += 1) {
        sum += line->slopes[j] * row[j];
    }
    return sum;
}

double
pli_logistic(double z) {
    double small = pli_exp(-fabs(z));
    return z >= 0 ? 1.0 / (1.0 + small) : small / (1.0 + small);
}

static plm_status
check_design(const pli_design *design, double ridge) {
    if (design->column_count > COLUMNS) {
        return PLM_LIMIT;
    }
    if (!(ridge >= 0)) {
        return PLM_DOMAIN;
    }
    size_t used = 0;
    for (size_t i = 0; i < design->row_count; i += 1) {
        double weight = weight_of(design, i);
        if (!(weight >= 0)) {
            return PLM_DOMAIN;
        }
        used += weight > 0 ? 1 : 0;
    }
    return used < design->column_count + 2 ? PLM_HISTORY_SHORT : PLM_OK;
}

static moments
measure(const pli_design *design) {
    moments of = {.weight = 0};
    for (size_t i = 0; i < design->row_count; i += 1) {
        of.weight += weight_of(design, i);
    }
    for (size_t j = 0; j < design->column_count; j += 1) {
        double sum = 0.0;
        for (size_t i = 0; i < design->row_count; i += 1) {
            sum += weight_of(design, i) * design->rows[i * design->stride + j];
        }
        of.means[j] = sum / of.weight;
        double squares = 0.0;
        for (size_t i = 0; i < design->row_count; i += 1) {
            double apart = design->rows[i * design->stride + j] - of.means[j];
            squares += weight_of(design, i) * apart * apart;
        }
        double deviation = sqrt(squares / of.weight);
        // A constant leaves rounding noise around its mean; nothing can be learned from that.
        of.deviations[j] = deviation > 1e-12 * fabs(of.means[j]) ? deviation : 0.0;
    }
    return of;
}

static void
standardise(const pli_design *design, const moments *of, size_t row, double *values) {
    for (size_t j = 0; j < design->column_count; j += 1) {
        double apart = design->rows[row * design->stride + j] - of->means[j];
        values[j] = of->deviations[j] > 0 ? apart / of->deviations[j] : 0.0;
    }
}

// From slopes per standard deviation around the means to slopes per unit around zero.
static plm_status
conclude(const pli_design *design, const moments *of, double constant, const double *slopes,
         pli_linear *line) {
    pli_linear found = {.constant = constant};
    for (size_t j = 0; j < design->column_count; j += 1) {
        found.slopes[j] = of->deviations[j] > 0 ? slopes[j] / of->deviations[j] : 0.0;
        found.constant -= found.slopes[j] * of->means[j];
        if (!pli_double_is_finite(found.slopes[j])) {
            return PLM_FIT_FAILED;
        }
    }
    if (!pli_double_is_finite(found.constant)) {
        return PLM_FIT_FAILED;
    }
    *line = found;
    return PLM_OK;
}

plm_status
pli_regression_fit(const pli_design *design, double ridge, pli_linear *line) {
    plm_status status = check_design(design, ridge);
    if (status != PLM_OK) {
        return status;
    }
    size_t count = design->column_count;
    moments of = measure(design);
    double target_mean = 0.0;
    for (size_t i = 0; i < design->row_count; i += 1) {
        target_mean += weight_of(design, i) * design->targets[i];
    }
    target_mean /= of.weight;
    double matrix[COLUMNS * COLUMNS] = {0};
    double slopes[COLUMNS] = {0};
    for (size_t i = 0; i < design->row_count; i += 1) {
        double values[COLUMNS];
        standardise(design, &of, i, values);
        double weight = weight_of(design, i) / of.weight;
        for (size_t j = 0; j < count; j += 1) {
            double weighted = weight * values[j];
            slopes[j] += weighted * (design->targets[i] - target_mean);
            for (size_t k = 0; k <= j; k += 1) {
                matrix[j * count + k] += weighted * values[k];
            }
        }
    }
    for (size_t j = 0; j < count; j += 1) {
        matrix[j * count + j] += of.deviations[j] > 0 ? ridge : 1.0;
    }
    status = pli_cholesky_factor(matrix, count);
    if (status != PLM_OK) {
        return status;
    }
    pli_cholesky_solve(matrix, count, slopes);
    return conclude(design, &of, target_mean, slopes, line);
}

/* The last of `slopes` is the constant. log(1 + e^z) - y z = log(1 + e^-|z|) + max(z, 0) - y z. */
static double
logistic_loss(const pli_design *design, const moments *of, double ridge, const double *slopes) {
    size_t count = design->column_count;
    double loss = 0.0;
    for (size_t i = 0; i < design->row_count; i += 1) {
        double values[COLUMNS];
        standardise(design, of, i, values);
        double z = slopes[count];
        for (size_t j = 0; j < count; j += 1) {
            z += slopes[j] * values[j];
        }
        double own = pli_log1p(pli_exp(-fabs(z))) + (z > 0 ? z : 0.0) - design->targets[i] * z;
        loss += weight_of(design, i) / of->weight * own;
    }
    for (size_t j = 0; j < count; j += 1) {
        loss += ridge / 2 * slopes[j] * slopes[j];
    }
    return loss;
}

// Gradient and Hessian of the loss; the last row and column are the constant's.
static void
logistic_slope(const pli_design *design, const moments *of, double ridge, const double *slopes,
               double *gradient, double *hessian) {
    size_t count = design->column_count;
    size_t side = count + 1;
    memset(gradient, 0, side * sizeof *gradient);
    memset(hessian, 0, side * side * sizeof *hessian);
    for (size_t i = 0; i < design->row_count; i += 1) {
        double values[SIDE];
        standardise(design, of, i, values);
        values[count] = 1.0;
        double z = 0.0;
        for (size_t j = 0; j < side; j += 1) {
            z += slopes[j] * values[j];
        }
        double weight = weight_of(design, i) / of->weight;
        double chance = pli_logistic(z);
        double curve = weight * chance * (1.0 - chance);
        for (size_t j = 0; j < side; j += 1) {
            gradient[j] += weight * (chance - design->targets[i]) * values[j];
            for (size_t k = 0; k <= j; k += 1) {
                hessian[j * side + k] += curve * values[j] * values[k];
            }
        }
    }
    for (size_t j = 0; j < count; j += 1) {
        gradient[j] += ridge * slopes[j];
        hessian[j * side + j] += of->deviations[j] > 0 ? ridge : 1.0;
    }
}

// One Newton step, halved while the loss does not fall. `largest` is how far it went.
static plm_status
newton_step(const pli_design *design, const moments *of, double ridge, double *slopes,
            double *largest) {
    double step[SIDE];
    double hessian[SIDE * SIDE];
    size_t side = design->column_count + 1;
    logistic_slope(design, of, ridge, slopes, step, hessian);
    plm_status status = pli_cholesky_factor(hessian, side);
    if (status != PLM_OK) {
        return status;
    }
    pli_cholesky_solve(hessian, side, step);
    double before = logistic_loss(design, of, ridge, slopes);
    double part = 1.0;
    for (unsigned halving = 0; halving < 40; halving += 1) {
        double next[SIDE];
        *largest = 0.0;
        for (size_t j = 0; j < side; j += 1) {
            next[j] = slopes[j] - part * step[j];
            *largest = fabs(part * step[j]) > *largest ? fabs(part * step[j]) : *largest;
        }
        if (*largest < 1e-10 || logistic_loss(design, of, ridge, next) <= before) {
            memcpy(slopes, next, side * sizeof *slopes);
            return PLM_OK;
        }
        part /= 2;
    }
    return PLM_FIT_FAILED;
}

plm_status
pli_logistic_fit(const pli_design *design, double ridge, pli_linear *line) {
    plm_status status = check_design(design, ridge);
    if (status != PLM_OK) {
        return status;
    }
    moments of = measure(design);
    double ones = 0.0;
    for (size_t i = 0; i < design->row_count; i += 1) {
        ones += weight_of(design, i) * design->targets[i];
    }
    double share = ones / of.weight;
    if (!(share > 0 && share < 1)) {
        return PLM_FIT_FAILED;
    }
    double slopes[SIDE] = {0};
    slopes[design->column_count] = pli_log(share / (1.0 - share));
    double largest = 1.0;
    for (unsigned i = 0; i < NEWTON_MAX && !(largest < 1e-10); i += 1) {
        status = newton_step(design, &of, ridge, slopes, &largest);
        if (status != PLM_OK) {
            return status;
        }
    }
    if (!(largest < 1e-10)) {
        return PLM_FIT_FAILED;
    }
    return conclude(design, &of, slopes[design->column_count], slopes, line);
}
