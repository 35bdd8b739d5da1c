/* volatility.c: exponentially weighted and plain realised volatility of closes.        SPDX-License-Identifier: Apache-2.0 */
#include "market/volatility.h"

#include <stdbool.h>

#include "base/libc.h"
#include "num/elementary.h"
#include "num/statistics.h"

#define FINITE_MAX 0x1.fffffffffffffp+1023

static bool
is_price(double close) {
    return close > 0 && close <= FINITE_MAX;
}

// Log return from one close to the next. The logarithms are taken apart: the ratio itself may leave the range.
static double
log_return(const double *closes, size_t index) {
    return pli_log(closes[index + 1]) - pli_log(closes[index]);
}

static plm_status
mean_square(const double *closes, size_t close_count, double *mean) {
    if (close_count < 2) {
        return PLM_HISTORY_SHORT;
    }
    double sum = 0;
    for (size_t i = 0; i < close_count; i += 1) {
        if (!is_price(closes[i])) {
            return PLM_DOMAIN;
        }
        double change = i > 0 ? log_return(closes, i - 1) : 0;
        sum += change * change;
    }
    *mean = sum / (double)(close_count - 1);
    return PLM_OK;
}

plm_status
pli_volatility_ewma(const double *closes, size_t close_count, double lambda, size_t seed_count,
                    double *volatilities) {
    if (seed_count == 0 || close_count <= seed_count) {
        return PLM_HISTORY_SHORT;
    }
    if (!(lambda >= 0 && lambda <= 1)) {
        return PLM_DOMAIN;
    }
    double variance;
    plm_status status = mean_square(closes, seed_count + 1, &variance);
    if (status != PLM_OK) {
        return status;
    }
    for (size_t t = 0; t < close_count; t += 1) {
        if (!is_price(closes[t])) {
            return PLM_DOMAIN;
        }
        if (t > 0) {
            double change = log_return(closes, t - 1);
            double path[2];
            status = pli_ewma_variance(&change, 1, lambda, variance, path);
            if (status != PLM_OK) {
                return status;
            }
            variance = path[1];
        }
        volatilities[t] = sqrt(PLI_DAYS_PER_YEAR * variance);
    }
    return PLM_OK;
}

plm_status
pli_volatility_closes(const double *closes, size_t close_count, double *volatility) {
    double mean;
    plm_status status = mean_square(closes, close_count, &mean);
    if (status == PLM_OK) {
        *volatility = sqrt(PLI_DAYS_PER_YEAR * mean);
    }
    return status;
}
