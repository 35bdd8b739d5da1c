/* recipe.c: forecasts from realised days, and the names under which they are computed again. SPDX-License-Identifier: Apache-2.0 */
#include "base/blake2b.h"
#include "base/endian.h"
#include "base/libc.h"
#include "forecast/features.h"
#include "num/rounding.h"
#include "plimsoll/forecast.h"

#define YEAR_DAYS 365.0

void
pli_recipe_hash(const char *domain, const plm_forecast_spec *spec, const plm_realised_day *days,
                size_t count, uint8_t *hash) {
    uint8_t days_hash[PLM_FORECAST_HASH_SIZE];
    uint8_t bytes[20];
    pli_blake2b state;
    size_t length = 0;
    while (domain[length] != '\0') {
        length += 1;
    }
    pli_days_hash(days, count, days_hash);
    pli_store_u32(bytes, (uint32_t)spec->kind);
    pli_store_u32(bytes + 4, spec->horizon_days);
    pli_store_u32(bytes + 8, spec->window_days);
    pli_store_i64(bytes + 12, days[count - 1].day);
    pli_blake2b_init(&state, PLI_BLAKE2B_256_SIZE);
    pli_blake2b_update(&state, (const uint8_t *)domain, length);
    pli_blake2b_update(&state, bytes, sizeof bytes);
    pli_blake2b_update(&state, days_hash, PLM_FORECAST_HASH_SIZE);
    pli_blake2b_final(&state, hash);
}

plm_status
pli_annual_ppm(double variance, int64_t *ppm) {
    return pli_i64_from_double_ceil(1e6 * sqrt(YEAR_DAYS * variance), ppm);
}

static size_t
kept_of(const plm_forecast_spec *spec, size_t count) {
    return spec->window_days != 0 && spec->window_days < count ? spec->window_days : count;
}

plm_status
plm_forecast_days_name(const plm_forecast_spec *spec, const plm_realised_day *days, size_t count,
                       plm_named_forecast *forecast) {
    size_t kept = kept_of(spec, count);
    const plm_realised_day *first = days + (count - kept);
    if (kept < PLM_FORECAST_DAYS_MIN) {
        return PLM_HISTORY_SHORT;
    }
    plm_status status = pli_days_check(first, kept);
    if (status == PLM_OK) {
        *forecast = (plm_named_forecast){.first_day = first->day, .last_day = days[count - 1].day};
        pli_recipe_hash("plimsoll-days/1", spec, first, kept, forecast->hash);
    }
    return status;
}

plm_status
plm_forecast_days(const plm_forecast_spec *spec, const plm_realised_day *days, size_t count,
                  void *workspace, size_t workspace_size, plm_named_forecast *forecast) {
    plm_named_forecast made;
    plm_status status = plm_forecast_days_name(spec, days, count, &made);
    if (status != PLM_OK) {
        return status;
    }
    size_t kept = kept_of(spec, count);
    const plm_realised_day *first = days + (count - kept);
    plm_forecast_model model;
    plm_regime_model regime;
    double variance = 0.0;
    status = plm_forecast_fit(spec, first, kept, workspace, workspace_size, &model);
    if (status == PLM_OK) {
        status = plm_forecast_next(&model, first, kept, made.last_day + 1, &variance);
    }
    if (status == PLM_OK) {
        status = pli_annual_ppm(variance, &made.volatility_ppm);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (plm_regime_fit(first, kept, 0, workspace, workspace_size, &regime) != PLM_OK ||
        plm_regime_next(&regime, first, kept, made.last_day + 1, &made.regime_ppm) != PLM_OK) {
        made.regime_ppm = 0;
    }
    *forecast = made;
    return PLM_OK;
}
