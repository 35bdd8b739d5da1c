/* procyclicality.c: buffer, stressed weight, floor, speed limit and notice over a sequence of sizes. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/procyclicality.h"

#include <stddef.h>

#include "base/muldiv.h"
#include "scenario/tools.h"

static const plm_parameter_field fields[] = {
    PLM_PROCYCLICALITY_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_procyclicality_parameters)};

const plm_descriptor plm_procyclicality_descriptor = {
    .id = "procyclicality",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(plm_procyclicality_parameters),
};

const char *
plm_shock_reason_name(plm_shock_reason reason) {
    static const char *const names[] = {"unknown", "market", "stressed", "floor",  "buffer",
                                        "band",    "fall",   "rise",     "notice", "none_known"};
    return (uint32_t)reason < sizeof names / sizeof names[0] ? names[reason] : "unknown";
}

static void
remember_window(plm_procyclicality *state, int64_t raw, uint32_t days) {
    // A window that was made shorter gives up its oldest values first.
    while (state->window_count >= days) {
        uint32_t oldest = (state->window_next + PLM_PROCYCLICALITY_WINDOW - state->window_count) %
                          PLM_PROCYCLICALITY_WINDOW;
        state->window_sum -= state->window[oldest];
        state->window_count -= 1;
    }
    state->window[state->window_next] = raw;
    state->window_next = (state->window_next + 1) % PLM_PROCYCLICALITY_WINDOW;
    state->window_count += 1;
    state->window_sum += raw;
}

static void
remember_highest(plm_procyclicality *state, int64_t raw) {
    uint32_t at = state->highest_count;
    if (at == PLM_PROCYCLICALITY_STRESS) {
        at -= 1;
        if (raw <= state->highest[at]) {
            return;
        }
    } else {
        state->highest_count += 1;
    }
    while (at > 0 && state->highest[at - 1] < raw) {
        state->highest[at] = state->highest[at - 1];
        at -= 1;
    }
    state->highest[at] = raw;
}

static int64_t
stressed_mean(const plm_procyclicality *state, int64_t wanted) {
    uint32_t count = state->highest_count < wanted ? state->highest_count : (uint32_t)wanted;
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        sum += state->highest[i];
    }
    return (int64_t)pli_div_ceil_i128(sum, count);
}

static int64_t
mix_and_floor(plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
              int64_t raw) {
    pli_i128 weight = parameters->stressed_weight_ppm;
    pli_i128 mixed = (pli_i128)raw * (PLM_PPM - weight);
    if (weight > 0) {
        mixed += weight * stressed_mean(state, parameters->stressed_count);
    }
    int64_t size = (int64_t)pli_div_ceil_i128(mixed, PLM_PPM);
    size = pli_size_then(&state->reason, raw, size, PLM_SHOCK_REASON_STRESSED);
    pli_i128 floor_scaled = (pli_i128)state->window_sum * parameters->floor_ppm;
    int64_t floor_size =
        (int64_t)pli_div_ceil_i128(floor_scaled, (pli_i128)state->window_count * PLM_PPM);
    return pli_size_then(&state->reason, size, pli_size_most(size, floor_size),
                         PLM_SHOCK_REASON_FLOOR);
}

static int64_t
announce(plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
         int64_t floored) {
    plm_shock_reason *reason = &state->reason;
    int64_t full = pli_size_up(floored, PLM_PPM + parameters->buffer_ppm);
    if (state->step_count == 0) {
        return pli_size_then(reason, floored, full, PLM_SHOCK_REASON_BUFFER);
    }
    int64_t before = state->announced[PLM_PROCYCLICALITY_NOTICE];
    int64_t refilled =
        pli_size_least(full, pli_size_up(before, PLM_PPM + parameters->buffer_refill_ppm));
    int64_t size =
        pli_size_then(reason, floored, pli_size_most(floored, refilled), PLM_SHOCK_REASON_BUFFER);
    return pli_size_slow(parameters, before, size, before + 1, reason);
}

plm_status
plm_procyclicality_step(plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
                        int64_t raw_size, int64_t *size) {
    if (raw_size < 0 || raw_size > PLM_PROCYCLICALITY_SIZE_MAX) {
        return PLM_DOMAIN;
    }
    plm_status status = plm_record_check(&plm_procyclicality_descriptor, parameters, NULL);
    if (status != PLM_OK) {
        return status;
    }
    state->reason = PLM_SHOCK_REASON_MARKET;
    remember_window(state, raw_size, (uint32_t)parameters->floor_steps);
    remember_highest(state, raw_size);
    int64_t announced = announce(state, parameters, mix_and_floor(state, parameters, raw_size));
    int64_t in_force = pli_size_announce(state->announced, &state->step_count, announced,
                                         parameters->notice_steps, true);
    *size = pli_size_then(&state->reason, announced, in_force, PLM_SHOCK_REASON_NOTICE);
    return PLM_OK;
}
