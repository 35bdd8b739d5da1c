/* model.c: one way to fit, and to ask, every volatility model.                         SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>

#include "base/libc.h"
#include "forecast/features.h"
#include "forecast/garch.h"
#include "forecast/har.h"
#include "num/rounding.h"
#include "plimsoll/forecast.h"

#define SMOOTHING 0.94
#define VARIANCE_LEAST 1e-10
#define SEED_DAYS PLM_FORECAST_REACH_DAYS

/* One line per kind; the coefficients of a regression are its constant and slopes. */
typedef struct kind_row {
    const char *name;
    uint32_t coefficient_count;
} kind_row;

static const kind_row kinds[PLM_FORECAST_KIND_COUNT + 1] = {
    {"unknown", 0}, {"ewma", 1}, {"garch", 4}, {"har", 5}, {"har-level", 4}, {"range", 15},
};

static const kind_row *
row_of(plm_forecast_kind kind) {
    unsigned number = (unsigned)kind;
    return &kinds[number >= 1 && number <= PLM_FORECAST_KIND_COUNT ? number : 0];
}

const char *
plm_forecast_name(plm_forecast_kind kind) {
    return row_of(kind)->name;
}

// A row of features, a target and a weight per day; a return and a variance per day are less.
size_t
plm_forecast_size(size_t day_count) {
    size_t row_size = (PLI_FEATURES_MAX + 2u) * sizeof(double);
    return day_count > SIZE_MAX / row_size ? SIZE_MAX : day_count * row_size;
}

// The targets' span, for models that are not regressions: every day of the window is one.
static void
take_span(const plm_realised_day *days, size_t count, plm_forecast_model *model) {
    model->smear = 1.0;
    model->row_count = (uint32_t)count;
    model->mean = pli_mean_variance(days, count);
    model->low = model->high = days[0].variance;
    for (size_t i = 1; i < count; i += 1) {
        model->low = days[i].variance < model->low ? days[i].variance : model->low;
        model->high = days[i].variance > model->high ? days[i].variance : model->high;
    }
}

static plm_status
fit_garch(const plm_realised_day *days, size_t count, double *changes, plm_forecast_model *model) {
    for (size_t i = 0; i < count; i += 1) {
        changes[i] = days[i].change;
    }
    pli_garch_report report;
    plm_status status = pli_garch_fit(changes, count, &report);
    if (status == PLM_OK) {
        model->coefficients[0] = report.model.mean;
        model->coefficients[1] = report.model.omega;
        model->coefficients[2] = report.model.alpha;
        model->coefficients[3] = report.model.beta;
    }
    return status;
}

static plm_status
fit_kind(const plm_forecast_spec *spec, const plm_realised_day *days, size_t count,
         double *workspace, plm_forecast_model *model) {
    if (spec->kind != PLM_FORECAST_EWMA && spec->kind != PLM_FORECAST_GARCH) {
        return pli_har_fit(spec, days, count, workspace, model);
    }
    if (count < PLM_FORECAST_DAYS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    model->coefficient_count = row_of(spec->kind)->coefficient_count;
    take_span(days, count, model);
    model->coefficients[0] = SMOOTHING;
    return spec->kind == PLM_FORECAST_GARCH ? fit_garch(days, count, workspace, model) : PLM_OK;
}

plm_status
plm_forecast_fit(const plm_forecast_spec *spec, const plm_realised_day *days, size_t count,
                 void *workspace, size_t workspace_size, plm_forecast_model *model) {
    if (row_of(spec->kind) == &kinds[0] || spec->horizon_days == 0 ||
        spec->horizon_days > PLM_FORECAST_HORIZON_MAX || count > UINT32_MAX) {
        return PLM_DOMAIN;
    }
    if (spec->window_days != 0 && spec->window_days < count) {
        days += count - spec->window_days;
        count = spec->window_days;
    }
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (workspace_size < plm_forecast_size(count)) {
        return PLM_WORKSPACE_SMALL;
    }
    plm_status status = pli_days_check(days, count);
    plm_forecast_model found = {.kind = spec->kind,
                                .horizon_days = spec->horizon_days,
                                .first_day = days[0].day,
                                .last_day = days[count - 1].day};
    if (status == PLM_OK) {
        status = fit_kind(spec, days, count, workspace, &found);
    }
    if (status == PLM_OK) {
        pli_days_hash(days, count, found.days_hash);
        *model = found;
    }
    return status;
}

// Smoothed over all days given, from the mean of the first month.
static double
next_ewma(const plm_forecast_model *model, const plm_realised_day *days, size_t count) {
    double keep = model->coefficients[0];
    double variance = pli_mean_variance(days, SEED_DAYS);
    for (size_t i = SEED_DAYS; i < count; i += 1) {
        variance = keep * variance + (1.0 - keep) * days[i].variance;
    }
    return variance;
}

// As pli_garch_filter runs, without room for the path.
static double
next_garch(const plm_forecast_model *model, const plm_realised_day *days, size_t count) {
    const pli_garch garch = {.mean = model->coefficients[0],
                             .omega = model->coefficients[1],
                             .alpha = model->coefficients[2],
                             .beta = model->coefficients[3]};
    double square = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        double error = days[i].change - garch.mean;
        square += error * error / (double)count;
    }
    double h = square;
    for (size_t i = 0; i < count; i += 1) {
        h = garch.omega + garch.alpha * square + garch.beta * h;
        double error = days[i].change - garch.mean;
        square = error * error;
    }
    h = garch.omega + garch.alpha * square + garch.beta * h;
    return pli_garch_horizon(&garch, h, model->horizon_days) / (double)model->horizon_days;
}

static bool
is_model(const plm_forecast_model *model) {
    const kind_row *row = row_of(model->kind);
    return row != &kinds[0] && model->coefficient_count == row->coefficient_count &&
           model->horizon_days >= 1 && model->horizon_days <= PLM_FORECAST_HORIZON_MAX &&
           model->low >= 0 && model->low <= model->high;
}

plm_status
plm_forecast_next(const plm_forecast_model *model, const plm_realised_day *days, size_t count,
                  int64_t target_day, double *variance) {
    size_t least = model->kind == PLM_FORECAST_GARCH ? PLM_FORECAST_DAYS_MIN : SEED_DAYS;
    if (count < least) {
        return PLM_HISTORY_SHORT;
    }
    if (!is_model(model) || days[count - 1].day >= target_day ||
        pli_days_check(days, count) != PLM_OK) {
        return PLM_DOMAIN;
    }
    double found;
    switch (model->kind) {
    case PLM_FORECAST_EWMA:
        found = next_ewma(model, days, count);
        break;
    case PLM_FORECAST_GARCH:
        found = next_garch(model, days, count);
        break;
    case PLM_FORECAST_HAR:
    case PLM_FORECAST_HAR_LEVEL:
    case PLM_FORECAST_RANGE:
    default:
        found = pli_har_next(model, days, count, target_day);
        break;
    }
    if (!pli_double_is_finite(found)) {
        return PLM_NOT_FINITE;
    }
    found = found > model->low ? found : model->low;
    found = found < model->high ? found : model->high;
    *variance = found > VARIANCE_LEAST ? found : VARIANCE_LEAST;
    return PLM_OK;
}
