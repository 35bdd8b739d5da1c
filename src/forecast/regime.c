/* regime.c: the chance of a day of high volatility.                                    SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "base/endian.h"
#include "base/libc.h"
#include "base/sort.h"
#include "forecast/features.h"
#include "forecast/regression.h"
#include "num/rounding.h"
#include "num/statistics.h"
#include "plimsoll/forecast.h"

#define HIGH_LEVEL 0.9
#define RIDGE 0.01
#define REACH PLM_REGIME_REACH_DAYS

// The percentile of the REACH days up to `last`. The bits of doubles >= 0 are in the order of their values.
static plm_status
high_bound(const plm_realised_day *last, double *bound) {
    int64_t bits[REACH];
    double sorted[REACH];
    for (size_t i = 0; i < REACH; i += 1) {
        bits[i] = (int64_t)pli_bits_from_double((last - i)->variance + 0.0);
    }
    pli_sort_i64(bits, REACH);
    for (size_t i = 0; i < REACH; i += 1) {
        sorted[i] = pli_double_from_bits((uint64_t)bits[i]);
    }
    return pli_quantile(sorted, REACH, HIGH_LEVEL, PLI_QUANTILE_INTERPOLATE_N_MINUS_1, bound);
}

plm_status
plm_regime_bound(const plm_realised_day *days, size_t count, double *variance) {
    if (count < REACH) {
        return PLM_HISTORY_SHORT;
    }
    plm_status status = pli_days_check(days + (count - REACH), REACH);
    return status == PLM_OK ? high_bound(&days[count - 1], variance) : status;
}

static plm_status
make_row(const plm_realised_day *days, size_t index, int64_t target_day, double *row,
         double *bound) {
    size_t count = pli_features_make(PLM_FORECAST_RANGE, days, index, target_day, row);
    plm_status status = high_bound(&days[index], bound);
    row[count] = pli_log_variance(*bound);
    return status;
}

plm_status
plm_regime_fit(const plm_realised_day *days, size_t count, uint32_t window_days, void *workspace,
               size_t workspace_size, plm_regime_model *model) {
    if (window_days != 0 && window_days + (size_t)REACH < count) {
        days += count - REACH - window_days;
        count = REACH + window_days;
    }
    if (count < REACH + PLM_FORECAST_DAYS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    if (workspace_size < plm_forecast_size(count)) {
        return PLM_WORKSPACE_SMALL;
    }
    plm_status status = pli_days_check(days, count);
    size_t row_count = count - REACH;
    double *rows = workspace;
    double *targets = rows + row_count * PLI_FEATURES_MAX;
    plm_regime_model found = {.first_day = days[0].day,
                              .last_day = days[count - 1].day,
                              .row_count = (uint32_t)row_count};
    for (size_t i = 0; status == PLM_OK && i < row_count; i += 1) {
        size_t today = REACH - 1 + i;
        double bound = 0.0;
        status = make_row(days, today, days[today + 1].day, &rows[i * PLI_FEATURES_MAX], &bound);
        bool is_high = days[today + 1].variance > bound;
        targets[i] = is_high ? 1.0 : 0.0;
        found.high_count += is_high;
    }
    const pli_design design = {.row_count = row_count,
                               .column_count = PLI_FEATURES_MAX,
                               .stride = PLI_FEATURES_MAX,
                               .rows = rows,
                               .targets = targets};
    pli_linear line = {.constant = 0};
    if (status == PLM_OK) {
        status = pli_logistic_fit(&design, RIDGE, &line);
    }
    if (status == PLM_OK) {
        found.coefficients[0] = line.constant;
        memcpy(&found.coefficients[1], line.slopes, PLI_FEATURES_MAX * sizeof line.slopes[0]);
        pli_days_hash(days, count, found.days_hash);
        *model = found;
    }
    return status;
}

plm_status
plm_regime_next(const plm_regime_model *model, const plm_realised_day *days, size_t count,
                int64_t target_day, int64_t *chance_ppm) {
    if (count < REACH) {
        return PLM_HISTORY_SHORT;
    }
    if (days[count - 1].day >= target_day || pli_days_check(days, count) != PLM_OK) {
        return PLM_DOMAIN;
    }
    double row[PLI_FEATURES_MAX];
    double bound;
    plm_status status = make_row(days, count - 1, target_day, row, &bound);
    if (status != PLM_OK) {
        return status;
    }
    pli_linear line = {.constant = model->coefficients[0]};
    memcpy(line.slopes, &model->coefficients[1], PLI_FEATURES_MAX * sizeof line.slopes[0]);
    double chance = pli_logistic(pli_linear_value(&line, row, PLI_FEATURES_MAX));
    return pli_i64_from_double_half_even(chance * 1e6, chance_ppm);
}
