/* statistics.c: quantiles by convention, Expected Shortfall, moments and EWMA.         SPDX-License-Identifier: Apache-2.0 */
#include "num/statistics.h"

#include "base/assert.h"
#include "base/libc.h"
#include "num/rounding.h"

// Positions are far below 2^53, so the conversions are exact.
static double
clamp_position(double position, size_t count) {
    double last = (double)count;
    if (position < 1.0) {
        return 1.0;
    }
    return position > last ? last : position;
}

static double
interpolate(const double *sorted, size_t count, double position) {
    double clamped = clamp_position(position, count);
    size_t below = (size_t)clamped;
    double weight = clamped - (double)below;
    double low = sorted[below - 1];
    return below == count ? low : low + weight * (sorted[below] - low);
}

static double
take(const double *sorted, size_t count, double position) {
    return sorted[(size_t)clamp_position(position, count) - 1];
}

static double
round_up(double position) {
    double whole = (double)(size_t)position;
    return whole < position ? whole + 1.0 : whole;
}

plm_status
pli_quantile(const double *sorted, size_t count, double level, pli_quantile_method method,
             double *out) {
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!(level > 0.0 && level < 1.0)) {
        return PLM_DOMAIN;
    }
    double n = (double)count;
    switch (method) {
    case PLI_QUANTILE_ABOVE:
        *out = take(sorted, count, round_up(n * level));
        return PLM_OK;
    case PLI_QUANTILE_NEAREST:
        *out = take(sorted, count, n * level + 0.5);
        return PLM_OK;
    case PLI_QUANTILE_NEAREST_N_PLUS_1:
        *out = take(sorted, count, (n + 1.0) * level + 0.5);
        return PLM_OK;
    case PLI_QUANTILE_INTERPOLATE_N:
        *out = interpolate(sorted, count, n * level);
        return PLM_OK;
    case PLI_QUANTILE_INTERPOLATE_MIDWAY:
        *out = interpolate(sorted, count, n * level + 0.5);
        return PLM_OK;
    case PLI_QUANTILE_INTERPOLATE_N_PLUS_1:
        *out = interpolate(sorted, count, (n + 1.0) * level);
        return PLM_OK;
    case PLI_QUANTILE_INTERPOLATE_N_MINUS_1:
        *out = interpolate(sorted, count, (n - 1.0) * level + 1.0);
        return PLM_OK;
    }
    return PLM_DOMAIN;
}

plm_status
pli_expected_shortfall_upper(const double *sorted, size_t count, double level, double *out) {
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!(level >= 0.0 && level < 1.0)) {
        return PLM_DOMAIN;
    }
    double tail = (1.0 - level) * (double)count;
    size_t whole = (size_t)tail;
    double sum = 0.0;
    for (size_t i = 0; i < whole; i += 1) {
        sum += sorted[count - 1 - i];
    }
    if (whole < count) {
        sum += (tail - (double)whole) * sorted[count - 1 - whole];
    }
    *out = sum / tail;
    return PLM_OK;
}

static plm_status
finish(double value, double *out) {
    if (!pli_double_is_finite(value)) {
        return PLM_NOT_FINITE;
    }
    *out = value;
    return PLM_OK;
}

plm_status
pli_mean(const double *values, size_t count, double *out) {
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    double sum = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        sum += values[i];
    }
    return finish(sum / (double)count, out);
}

// Sum of (left - mean) * (right - mean).
static plm_status
sum_of_products(const double *left, const double *right, size_t count, double *out) {
    double left_mean;
    double right_mean;
    plm_status status = pli_mean(left, count, &left_mean);
    if (status == PLM_OK) {
        status = pli_mean(right, count, &right_mean);
    }
    if (status != PLM_OK) {
        return status;
    }
    double sum = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        sum += (left[i] - left_mean) * (right[i] - right_mean);
    }
    return finish(sum, out);
}

plm_status
pli_variance(const double *values, size_t count, double *out) {
    if (count < 2) {
        return PLM_HISTORY_SHORT;
    }
    double sum;
    plm_status status = sum_of_products(values, values, count, &sum);
    if (status == PLM_OK) {
        *out = sum / (double)(count - 1);
    }
    return status;
}

plm_status
pli_correlation(const double *left, const double *right, size_t count, double *out) {
    if (count < 2) {
        return PLM_HISTORY_SHORT;
    }
    double both;
    double left_squares;
    double right_squares;
    plm_status status = sum_of_products(left, right, count, &both);
    if (status == PLM_OK) {
        status = sum_of_products(left, left, count, &left_squares);
    }
    if (status == PLM_OK) {
        status = sum_of_products(right, right, count, &right_squares);
    }
    if (status != PLM_OK) {
        return status;
    }
    // Two roots instead of the root of a product: the product of two small sums could underflow.
    double scale = sqrt(left_squares) * sqrt(right_squares);
    if (!(scale > 0.0)) {
        return PLM_DOMAIN;
    }
    double correlation = both / scale;
    if (correlation > 1.0) {
        correlation = 1.0;
    }
    return finish(correlation < -1.0 ? -1.0 : correlation, out);
}

plm_status
pli_ewma_variance(const double *returns, size_t count, double lambda, double first,
                  double *variances) {
    if (!(lambda >= 0.0 && lambda <= 1.0) || !(first >= 0.0)) {
        return PLM_DOMAIN;
    }
    variances[0] = first;
    for (size_t t = 0; t < count; t += 1) {
        variances[t + 1] = lambda * variances[t] + (1.0 - lambda) * (returns[t] * returns[t]);
        if (!pli_double_is_finite(variances[t + 1])) {
            return PLM_NOT_FINITE;
        }
    }
    return PLM_OK;
}

double
pli_rescale_return(double past_return, double volatility_then, double volatility_today) {
    PLI_ASSERT(volatility_then > 0.0);
    return past_return * volatility_today / volatility_then;
}

double
pli_rescale_return_mid(double past_return, double volatility_then, double volatility_today) {
    PLI_ASSERT(volatility_then > 0.0);
    return past_return * (volatility_today + volatility_then) / (2.0 * volatility_then);
}
