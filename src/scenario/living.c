/* living.c: recalibration of depth, volume, open interest and volatility; caps on open interest. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/living.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "scenario/tools.h"

static const plm_parameter_field fields[] = {
    PLM_LIVING_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_living_parameters)};

const plm_descriptor plm_living_descriptor = {
    .id = "living",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(plm_living_parameters),
};

_Static_assert(offsetof(plm_living_parameters, interval_ns) ==
                   sizeof(plm_procyclicality_parameters),
               "the tools stand first, as in the record of a back-test");

const char *
plm_living_term_name(plm_living_term term) {
    static const char *const names[PLM_LIVING_COUNT] = {"volatility", "depth", "volume",
                                                        "open_interest"};
    return (uint32_t)term < PLM_LIVING_COUNT ? names[term] : "unknown";
}

static int64_t
over_down(int64_t size, int64_t ppm) {
    return pli_size_narrow(pli_div_floor_i128((pli_i128)size * PLM_PPM, ppm));
}

// pli_size_slow for a size whose fall is what harms: rises and falls change places, products become quotients.
static int64_t
announce_falling(plm_living_path *path, const plm_procyclicality_parameters *parameters,
                 int64_t wanted) {
    int64_t before = path->announced[PLM_PROCYCLICALITY_NOTICE];
    int64_t kept = pli_size_most(before, over_down(wanted, PLM_PPM + parameters->band_ppm));
    int64_t size =
        pli_size_then(&path->reason, wanted, pli_size_least(wanted, kept), PLM_SHOCK_REASON_BAND);
    if (parameters->fall_max_ppm < PLM_PROCYCLICALITY_FALL_NONE) {
        int64_t slow = over_down(before, PLM_PPM - parameters->fall_max_ppm);
        slow = slow == before && before < INT64_MAX ? before + 1 : slow;
        size =
            pli_size_then(&path->reason, size, pli_size_least(size, slow), PLM_SHOCK_REASON_FALL);
    }
    size = pli_size_most(size, 1);
    if (parameters->rise_max_ppm == PLM_PROCYCLICALITY_RISE_NONE) {
        return size;
    }
    int64_t fast = over_down(before, PLM_PPM + parameters->rise_max_ppm);
    return pli_size_then(&path->reason, size, pli_size_most(size, fast), PLM_SHOCK_REASON_RISE);
}

static plm_living_size
step_path(plm_living_path *path, const plm_procyclicality_parameters *parameters, int64_t wanted,
          bool is_rise_harmful) {
    bool is_known =
        path->step_count > 0 && wanted > 0 && path->announced[PLM_PROCYCLICALITY_NOTICE] > 0;
    int64_t announced = wanted;
    path->reason = PLM_SHOCK_REASON_MARKET;
    if (is_known) {
        announced = is_rise_harmful
                        ? pli_size_slow(parameters, path->announced[PLM_PROCYCLICALITY_NOTICE],
                                        wanted, 0, &path->reason)
                        : announce_falling(path, parameters, wanted);
    } else {
        path->reason = wanted == 0 || path->step_count > 0 ? PLM_SHOCK_REASON_UNKNOWN
                                                           : PLM_SHOCK_REASON_MARKET;
        path->step_count = 0;
    }
    int64_t in_force = pli_size_announce(path->announced, &path->step_count, announced,
                                         parameters->notice_steps, is_rise_harmful);
    in_force = pli_size_then(&path->reason, announced, in_force, PLM_SHOCK_REASON_NOTICE);
    return (plm_living_size){.in_force = in_force, .announced = announced, .reason = path->reason};
}

plm_status
plm_living_step(plm_living *state, const plm_living_parameters *parameters,
                const int64_t wanted[PLM_LIVING_COUNT], plm_living_size sizes[PLM_LIVING_COUNT]) {
    plm_status status = plm_record_check(&plm_living_descriptor, parameters, NULL);
    if (status != PLM_OK) {
        return status;
    }
    for (uint32_t term = PLM_LIVING_DEPTH; term < PLM_LIVING_COUNT; term += 1) {
        if (wanted[term] < 0) {
            return PLM_DOMAIN;
        }
    }
    plm_procyclicality_parameters tools;
    memcpy(&tools, parameters, sizeof tools);
    int64_t in_force = 0;
    status = plm_procyclicality_step(&state->volatility, &tools, wanted[PLM_LIVING_VOLATILITY],
                                     &in_force);
    if (status != PLM_OK) {
        return status;
    }
    sizes[PLM_LIVING_VOLATILITY] =
        (plm_living_size){.in_force = in_force,
                          .announced = state->volatility.announced[PLM_PROCYCLICALITY_NOTICE],
                          .reason = state->volatility.reason};
    for (uint32_t term = PLM_LIVING_DEPTH; term < PLM_LIVING_COUNT; term += 1) {
        sizes[term] = step_path(&state->paths[term - 1], &tools, wanted[term],
                                term == PLM_LIVING_OPEN_INTEREST);
    }
    return PLM_OK;
}

int64_t
plm_living_cap(const plm_living_parameters *parameters, int64_t depth_micros,
               int64_t supply_micros) {
    PLI_ASSERT(depth_micros >= 0 && supply_micros >= 0);
    if (depth_micros == 0 && supply_micros == 0) {
        return parameters->cap_unknown_micros;
    }
    pli_i128 cap = INT64_MAX;
    if (depth_micros > 0) {
        cap = pli_div_floor_i128((pli_i128)depth_micros * parameters->cap_depth_ppm, PLM_PPM);
    }
    if (supply_micros > 0) {
        pli_i128 share =
            pli_div_floor_i128((pli_i128)supply_micros * parameters->cap_supply_ppm, PLM_PPM);
        cap = share < cap ? share : cap;
    }
    return pli_size_narrow(cap);
}
