/* har.c: heterogeneous autoregressions of realised variance.                           SPDX-License-Identifier: Apache-2.0 */
#include "forecast/har.h"

#include <stdbool.h>

#include "forecast/features.h"
#include "forecast/regression.h"
#include "num/elementary.h"

#define RANGE_RIDGE 0.3
#define FIRST_ROW (PLM_FORECAST_REACH_DAYS - 1u)

static bool
is_log(plm_forecast_kind kind) {
    return kind != PLM_FORECAST_HAR_LEVEL;
}

static pli_linear
line_of(const plm_forecast_model *model) {
    pli_linear line = {.constant = model->coefficients[0]};
    for (size_t j = 1; j < model->coefficient_count; j += 1) {
        line.slopes[j - 1] = model->coefficients[j];
    }
    return line;
}

// The mean of exp(residual), and span and mean of the targets as variances.
static void
calibrate(const pli_design *design, bool is_of_logs, plm_forecast_model *model) {
    const pli_linear line = line_of(model);
    double smear = 0.0;
    for (size_t i = 0; i < design->row_count; i += 1) {
        double target = design->targets[i];
        double variance = is_of_logs ? pli_exp(target) : target;
        model->low = i == 0 || variance < model->low ? variance : model->low;
        model->high = i == 0 || variance > model->high ? variance : model->high;
        model->mean += variance / (double)design->row_count;
        const double *row = &design->rows[i * design->stride];
        double residual = target - pli_linear_value(&line, row, design->column_count);
        smear += is_of_logs ? pli_exp(residual) : 1.0;
    }
    model->smear = smear / (double)design->row_count;
}

plm_status
pli_har_fit(const plm_forecast_spec *spec, const plm_realised_day *days, size_t count,
            double *workspace, plm_forecast_model *model) {
    if (count < FIRST_ROW + spec->horizon_days + PLM_FORECAST_DAYS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    size_t row_count = count - FIRST_ROW - spec->horizon_days;
    double *targets = workspace + row_count * PLI_FEATURES_MAX;
    double *weights = targets + row_count;
    pli_design design = {.row_count = row_count,
                         .stride = PLI_FEATURES_MAX,
                         .rows = workspace,
                         .targets = targets,
                         .weights = weights};
    for (size_t i = 0; i < row_count; i += 1) {
        size_t today = FIRST_ROW + i;
        double *row = &workspace[i * PLI_FEATURES_MAX];
        design.column_count = pli_features_make(spec->kind, days, today, days[today + 1].day, row);
        double target = pli_mean_variance(&days[today + 1], spec->horizon_days);
        targets[i] = is_log(spec->kind) ? pli_log_variance(target) : target;
        double month = row[2] > 1e-10 ? row[2] : 1e-10;
        weights[i] = is_log(spec->kind) ? 1.0 : 1e-10 / (month * month);
    }
    pli_linear line;
    double ridge = spec->kind == PLM_FORECAST_RANGE ? RANGE_RIDGE : 0.0;
    plm_status status = pli_regression_fit(&design, ridge, &line);
    if (status != PLM_OK) {
        return status;
    }
    model->row_count = (uint32_t)row_count;
    model->coefficient_count = (uint32_t)design.column_count + 1;
    model->coefficients[0] = line.constant;
    for (size_t j = 0; j < design.column_count; j += 1) {
        model->coefficients[j + 1] = line.slopes[j];
    }
    calibrate(&design, is_log(spec->kind), model);
    return PLM_OK;
}

double
pli_har_next(const plm_forecast_model *model, const plm_realised_day *days, size_t count,
             int64_t target_day) {
    double row[PLI_FEATURES_MAX];
    size_t columns = pli_features_make(model->kind, days, count - 1, target_day, row);
    const pli_linear line = line_of(model);
    double value = pli_linear_value(&line, row, columns);
    if (is_log(model->kind)) {
        return pli_exp(value) * model->smear;
    }
    return value < model->low ? model->mean : value;
}
