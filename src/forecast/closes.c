/* closes.c: forecasts from a venue's own daily closes, which its log can prove.       SPDX-License-Identifier: Apache-2.0 */
#include "forecast/features.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/forecast.h"
#include "plimsoll/quantity.h"

size_t
plm_forecast_closes_size(size_t count) {
    size_t fit = plm_forecast_size(count);
    return fit > SIZE_MAX - count * sizeof(plm_realised_day)
               ? SIZE_MAX
               : fit + count * sizeof(plm_realised_day);
}

// One day per return. What only candles tell stays 0: no model that may run here reads it.
static plm_status
make_days(const plm_close_run *closes, plm_realised_day *days) {
    for (size_t i = 0; i < closes->count; i += 1) {
        double price = closes->prices[i];
        if (!pli_double_is_finite(price) || price <= 0.0) {
            return PLM_DOMAIN;
        }
        if (i > 0) {
            double change = pli_log(price / closes->prices[i - 1]);
            days[i - 1] = (plm_realised_day){.day = closes->days[i],
                                             .bar_count = 1,
                                             .covered_ppm = (uint32_t)PLM_PPM,
                                             .variance = change * change,
                                             .downside = change < 0.0 ? change * change : 0.0,
                                             .change = change};
        }
    }
    return PLM_OK;
}

// The returns that a spec is fitted on, at the front of the workspace, and what they are called.
typedef struct window {
    const plm_realised_day *days;
    size_t count;
    plm_named_forecast made;
} window;

static plm_status
prepare(const plm_forecast_spec *spec, const plm_close_run *closes, void *workspace,
        size_t workspace_size, window *out) {
    if (spec->kind != PLM_FORECAST_EWMA && spec->kind != PLM_FORECAST_GARCH) {
        return PLM_DOMAIN;
    }
    if (workspace_size < plm_forecast_closes_size(closes->count)) {
        return PLM_WORKSPACE_SMALL;
    }
    if (closes->count <= PLM_FORECAST_DAYS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    plm_realised_day *days = workspace;
    plm_status status = make_days(closes, days);
    size_t all = closes->count - 1;
    size_t kept = spec->window_days != 0 && spec->window_days < all ? spec->window_days : all;
    if (status == PLM_OK) {
        status = pli_days_check(days + (all - kept), kept);
    }
    if (status != PLM_OK) {
        return status;
    }
    *out = (window){.days = days + (all - kept), .count = kept};
    out->made.first_day = out->days[0].day;
    out->made.last_day = out->days[kept - 1].day;
    pli_recipe_hash("plimsoll-closes/1", spec, out->days, kept, out->made.hash);
    return PLM_OK;
}

plm_status
plm_forecast_closes_name(const plm_forecast_spec *spec, const plm_close_run *closes,
                         void *workspace, size_t workspace_size, plm_named_forecast *forecast) {
    window of;
    plm_status status = prepare(spec, closes, workspace, workspace_size, &of);
    if (status == PLM_OK) {
        *forecast = of.made;
    }
    return status;
}

plm_status
plm_forecast_closes(const plm_forecast_spec *spec, const plm_close_run *closes, void *workspace,
                    size_t workspace_size, plm_named_forecast *forecast) {
    window of;
    plm_status status = prepare(spec, closes, workspace, workspace_size, &of);
    if (status != PLM_OK) {
        return status;
    }
    size_t used = closes->count * sizeof(plm_realised_day);
    plm_forecast_model model;
    double variance = 0.0;
    status = plm_forecast_fit(spec, of.days, of.count, (uint8_t *)workspace + used,
                              workspace_size - used, &model);
    if (status == PLM_OK) {
        status = plm_forecast_next(&model, of.days, of.count, of.made.last_day + 1, &variance);
    }
    if (status == PLM_OK) {
        status = pli_annual_ppm(variance, &of.made.volatility_ppm);
    }
    if (status == PLM_OK) {
        *forecast = of.made;
    }
    return status;
}
