/* procyclicality.c: buffer, stressed weight, floor, speed limit and notice over a sequence of sizes. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/procyclicality.h"

#include <stddef.h>

#include "base/libc.h"
#include "base/muldiv.h"

static const plm_parameter_field fields[] = {
    PLM_PROCYCLICALITY_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_procyclicality_parameters)};

const plm_descriptor plm_procyclicality_descriptor = {
    .id = "procyclicality",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(plm_procyclicality_parameters),
};

// Sizes and shares are bounded, so the products stay far inside 128 bits and the results inside 64.
static int64_t
share_up(int64_t size, int64_t ppm) {
    return (int64_t)pli_div_ceil_i128((pli_i128)size * ppm, PLM_PPM);
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
mix_and_floor(const plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
              int64_t raw) {
    pli_i128 weight = parameters->stressed_weight_ppm;
    pli_i128 mixed = (pli_i128)raw * (PLM_PPM - weight);
    if (weight > 0) {
        mixed += weight * stressed_mean(state, parameters->stressed_count);
    }
    int64_t size = (int64_t)pli_div_ceil_i128(mixed, PLM_PPM);
    pli_i128 floor_scaled = (pli_i128)state->window_sum * parameters->floor_ppm;
    int64_t floor_size =
        (int64_t)pli_div_ceil_i128(floor_scaled, (pli_i128)state->window_count * PLM_PPM);
    return size < floor_size ? floor_size : size;
}

static int64_t
least(int64_t left, int64_t right) {
    return left < right ? left : right;
}

static int64_t
announce(const plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
         int64_t floored) {
    int64_t full = share_up(floored, PLM_PPM + parameters->buffer_ppm);
    if (state->day_count == 0) {
        return full;
    }
    int64_t before = state->announced[PLM_PROCYCLICALITY_NOTICE];
    int64_t refilled = least(full, share_up(before, PLM_PPM + parameters->buffer_refill_ppm));
    int64_t buffered = refilled > floored ? refilled : floored;
    if (parameters->rise_max_ppm == PLM_PROCYCLICALITY_RISE_NONE) {
        return buffered;
    }
    return least(buffered, share_up(before, PLM_PPM + parameters->rise_max_ppm));
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
    remember_window(state, raw_size, (uint32_t)parameters->floor_days);
    remember_highest(state, raw_size);
    int64_t announced = announce(state, parameters, mix_and_floor(state, parameters, raw_size));
    memmove(state->announced, state->announced + 1,
            PLM_PROCYCLICALITY_NOTICE * sizeof state->announced[0]);
    state->announced[PLM_PROCYCLICALITY_NOTICE] = announced;
    state->day_count += state->day_count <= PLM_PROCYCLICALITY_NOTICE ? 1 : 0;
    int64_t in_force = announced;
    for (int64_t back = 1; back <= parameters->notice_days && back < state->day_count; back += 1) {
        in_force = least(in_force, state->announced[PLM_PROCYCLICALITY_NOTICE - back]);
    }
    *size = in_force;
    return PLM_OK;
}
