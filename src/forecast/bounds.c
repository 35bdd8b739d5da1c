/* bounds.c: how far a forecast may move what is in force, in integers.                 SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "plimsoll/forecast.h"
#include "plimsoll/quantity.h"

static const plm_parameter_field forecast_fields[] = {
    PLM_FORECAST_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_forecast_parameters)};

static plm_status
check_forecast(const void *record, plm_fault *fault) {
    const plm_forecast_parameters *forecast = record;
    if (forecast->regime_from_ppm >= forecast->regime_to_ppm) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "regime_from_ppm",
                                   forecast->regime_from_ppm, 0, forecast->regime_to_ppm - 1);
    }
    return PLM_OK;
}

const plm_descriptor plm_forecast_descriptor = {
    .id = "forecast",
    .version = 1,
    .field_count = sizeof forecast_fields / sizeof forecast_fields[0],
    .fields = forecast_fields,
    .record_size = sizeof(plm_forecast_parameters),
    .check_coupled = check_forecast,
};

// value * ppm / 1e6, rounded up; far beyond any volatility it stays at the largest integer.
static int64_t
times_ppm(int64_t value, int64_t ppm) {
    pli_i128 exact = pli_div_ceil_i128((pli_i128)value * ppm, PLM_PPM);
    return exact > INT64_MAX ? INT64_MAX : (int64_t)exact;
}

static int64_t
clamp(int64_t value, int64_t low, int64_t high) {
    int64_t least = value > low ? value : low;
    return least < high ? least : high;
}

int64_t
plm_forecast_clamp(const plm_forecast_parameters *parameters, int64_t base_ppm, int64_t force_ppm,
                   int64_t forecast_ppm) {
    PLI_ASSERT(base_ppm > 0);
    PLI_ASSERT(force_ppm >= 0 && forecast_ppm >= 0);
    int64_t cap = times_ppm(base_ppm, parameters->raise_max_ppm);
    int64_t wanted = clamp(forecast_ppm, base_ppm, cap);
    if (force_ppm == 0) {
        return wanted;
    }
    int64_t band = times_ppm(force_ppm, parameters->band_ppm);
    int64_t up = times_ppm(force_ppm, PLM_PPM + parameters->rise_max_ppm);
    int64_t down = times_ppm(force_ppm, PLM_PPM - parameters->fall_max_ppm);
    int64_t next = force_ppm;
    // Differences, because force + band could leave the range.
    if (wanted > force_ppm && wanted - force_ppm > band) {
        next = wanted < up ? wanted : up;
    } else if (wanted < force_ppm && force_ppm - wanted > band) {
        next = wanted > down ? wanted : down;
    }
    return clamp(next, base_ppm, cap);
}

int64_t
plm_regime_weight(const plm_forecast_parameters *parameters, int64_t chance_ppm) {
    int64_t from = parameters->regime_from_ppm;
    int64_t span = parameters->regime_to_ppm - from;
    PLI_ASSERT(span > 0);
    int64_t part = clamp(chance_ppm, from, parameters->regime_to_ppm) - from;
    int64_t lift = parameters->vega_raise_max_ppm - PLM_PPM;
    return PLM_PPM + (int64_t)pli_div_ceil_i128((pli_i128)lift * part, span);
}
