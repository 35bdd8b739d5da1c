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

const char *
plm_shock_reason_name(plm_shock_reason reason) {
    static const char *const names[] = {"unknown", "market", "stressed", "floor",  "buffer",
                                        "band",    "fall",   "rise",     "notice", "none_known"};
    return (uint32_t)reason < sizeof names / sizeof names[0] ? names[reason] : "unknown";
}

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
least(int64_t left, int64_t right) {
    return left < right ? left : right;
}

static int64_t
most(int64_t left, int64_t right) {
    return left > right ? left : right;
}

// The later of two values, and why it is that one where it is not the earlier.
static int64_t
because(plm_procyclicality *state, int64_t earlier, int64_t later, plm_shock_reason reason) {
    if (earlier != later) {
        state->reason = reason;
    }
    return later;
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
    size = because(state, raw, size, PLM_SHOCK_REASON_STRESSED);
    pli_i128 floor_scaled = (pli_i128)state->window_sum * parameters->floor_ppm;
    int64_t floor_size =
        (int64_t)pli_div_ceil_i128(floor_scaled, (pli_i128)state->window_count * PLM_PPM);
    return because(state, size, most(size, floor_size), PLM_SHOCK_REASON_FLOOR);
}

static int64_t
announce(plm_procyclicality *state, const plm_procyclicality_parameters *parameters,
         int64_t floored) {
    int64_t full = share_up(floored, PLM_PPM + parameters->buffer_ppm);
    if (state->step_count == 0) {
        return because(state, floored, full, PLM_SHOCK_REASON_BUFFER);
    }
    int64_t before = state->announced[PLM_PROCYCLICALITY_NOTICE];
    int64_t refilled = least(full, share_up(before, PLM_PPM + parameters->buffer_refill_ppm));
    int64_t size = because(state, floored, most(floored, refilled), PLM_SHOCK_REASON_BUFFER);
    int64_t kept = least(before, share_up(size, PLM_PPM + parameters->band_ppm));
    size = because(state, size, most(size, kept), PLM_SHOCK_REASON_BAND);
    int64_t slow = least(before - 1, share_up(before, PLM_PPM - parameters->fall_max_ppm));
    size = because(state, size, most(size, slow), PLM_SHOCK_REASON_FALL);
    if (parameters->rise_max_ppm == PLM_PROCYCLICALITY_RISE_NONE) {
        return size;
    }
    int64_t fast = most(before + 1, share_up(before, PLM_PPM + parameters->rise_max_ppm));
    return because(state, size, least(size, fast), PLM_SHOCK_REASON_RISE);
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
    memmove(state->announced, state->announced + 1,
            PLM_PROCYCLICALITY_NOTICE * sizeof state->announced[0]);
    state->announced[PLM_PROCYCLICALITY_NOTICE] = announced;
    state->step_count += state->step_count <= PLM_PROCYCLICALITY_NOTICE ? 1 : 0;
    int64_t in_force = announced;
    for (int64_t back = 1; back <= parameters->notice_steps && back < state->step_count;
         back += 1) {
        in_force = least(in_force, state->announced[PLM_PROCYCLICALITY_NOTICE - back]);
    }
    *size = because(state, announced, in_force, PLM_SHOCK_REASON_NOTICE);
    return PLM_OK;
}
