/* linear.c: small dense symmetric systems: factor, solve, invert, eigenvalues.       SPDX-License-Identifier: Apache-2.0 */
#include "forecast/linear.h"

#include <stdbool.h>

#include "base/libc.h"

#define PIVOT_LEAST 1e-14
#define SWEEP_MAX 60u

plm_status
pli_cholesky_factor(double *matrix, size_t size) {
    for (size_t j = 0; j < size; j += 1) {
        double pivot = matrix[j * size + j];
        double least = PIVOT_LEAST * fabs(pivot);
        for (size_t k = 0; k < j; k += 1) {
            pivot -= matrix[j * size + k] * matrix[j * size + k];
        }
        if (!(pivot > least)) {
            return PLM_FIT_FAILED;
        }
        double root = sqrt(pivot);
        matrix[j * size + j] = root;
        for (size_t i = j + 1; i < size; i += 1) {
            double sum = matrix[i * size + j];
            for (size_t k = 0; k < j; k += 1) {
                sum -= matrix[i * size + k] * matrix[j * size + k];
            }
            matrix[i * size + j] = sum / root;
        }
    }
    return PLM_OK;
}

void
pli_cholesky_solve(const double *factor, size_t size, double *values) {
    for (size_t i = 0; i < size; i += 1) {
        double sum = values[i];
        for (size_t k = 0; k < i; k += 1) {
            sum -= factor[i * size + k] * values[k];
        }
        values[i] = sum / factor[i * size + i];
    }
    for (size_t i = size; i > 0; i -= 1) {
        double sum = values[i - 1];
        for (size_t k = i; k < size; k += 1) {
            sum -= factor[k * size + i - 1] * values[k];
        }
        values[i - 1] = sum / factor[(i - 1) * size + i - 1];
    }
}

// Row by row: the inverse is symmetric, so a row is as good as a column.
void
pli_cholesky_invert(const double *factor, size_t size, double *inverse) {
    for (size_t i = 0; i < size; i += 1) {
        for (size_t j = 0; j < size; j += 1) {
            inverse[i * size + j] = i == j ? 1.0 : 0.0;
        }
        pli_cholesky_solve(factor, size, &inverse[i * size]);
    }
}

// Rotate rows and columns p and q of the matrix so that its entry (p, q) becomes 0.
static void
rotate(double *matrix, double *vectors, size_t size, size_t p, size_t q) {
    double off = matrix[p * size + q];
    double theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * off);
    double tangent = 1.0 / (fabs(theta) + sqrt(theta * theta + 1.0));
    tangent = theta < 0 ? -tangent : tangent;
    double cosine = 1.0 / sqrt(tangent * tangent + 1.0);
    double sine = tangent * cosine;
    matrix[p * size + p] -= tangent * off;
    matrix[q * size + q] += tangent * off;
    matrix[p * size + q] = 0.0;
    matrix[q * size + p] = 0.0;
    for (size_t k = 0; k < size; k += 1) {
        if (k != p && k != q) {
            double at_p = matrix[k * size + p];
            double at_q = matrix[k * size + q];
            matrix[k * size + p] = cosine * at_p - sine * at_q;
            matrix[k * size + q] = sine * at_p + cosine * at_q;
            matrix[p * size + k] = matrix[k * size + p];
            matrix[q * size + k] = matrix[k * size + q];
        }
        double vector_p = vectors[k * size + p];
        double vector_q = vectors[k * size + q];
        vectors[k * size + p] = cosine * vector_p - sine * vector_q;
        vectors[k * size + q] = sine * vector_p + cosine * vector_q;
    }
}

static bool
is_diagonal(const double *matrix, size_t size) {
    double off = 0.0;
    double all = 0.0;
    for (size_t i = 0; i < size; i += 1) {
        for (size_t j = 0; j < size; j += 1) {
            double square = matrix[i * size + j] * matrix[i * size + j];
            all += square;
            off += i == j ? 0.0 : square;
        }
    }
    return off <= 1e-30 * all;
}

static void
swap_columns(double *values, double *vectors, size_t size, size_t left, size_t right) {
    double value = values[left];
    values[left] = values[right];
    values[right] = value;
    for (size_t k = 0; k < size; k += 1) {
        double entry = vectors[k * size + left];
        vectors[k * size + left] = vectors[k * size + right];
        vectors[k * size + right] = entry;
    }
}

static void
fix_sign(double *vectors, size_t size, size_t column) {
    size_t largest = 0;
    for (size_t k = 1; k < size; k += 1) {
        if (fabs(vectors[k * size + column]) > fabs(vectors[largest * size + column])) {
            largest = k;
        }
    }
    if (vectors[largest * size + column] < 0) {
        for (size_t k = 0; k < size; k += 1) {
            vectors[k * size + column] = -vectors[k * size + column];
        }
    }
}

static void
put_in_order(double *values, double *vectors, size_t size) {
    for (size_t i = 0; i < size; i += 1) {
        size_t least = i;
        for (size_t j = i + 1; j < size; j += 1) {
            least = values[j] < values[least] ? j : least;
        }
        if (least != i) {
            swap_columns(values, vectors, size, i, least);
        }
        fix_sign(vectors, size, i);
    }
}

static void
sweep_once(double *matrix, double *vectors, size_t size) {
    for (size_t p = 0; p + 1 < size; p += 1) {
        for (size_t q = p + 1; q < size; q += 1) {
            if (matrix[p * size + q] < 0 || matrix[p * size + q] > 0) {
                rotate(matrix, vectors, size, p, q);
            }
        }
    }
}

plm_status
pli_eigen_symmetric(double *matrix, size_t size, double *values, double *vectors) {
    for (size_t i = 0; i < size * size; i += 1) {
        vectors[i] = i % (size + 1) == 0 ? 1.0 : 0.0;
    }
    for (unsigned sweep = 0; sweep < SWEEP_MAX; sweep += 1) {
        if (is_diagonal(matrix, size)) {
            for (size_t i = 0; i < size; i += 1) {
                values[i] = matrix[i * size + i];
            }
            put_in_order(values, vectors, size);
            return PLM_OK;
        }
        sweep_once(matrix, vectors, size);
    }
    return PLM_FIT_FAILED;
}
