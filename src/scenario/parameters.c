/* parameters.c: descriptors of the shock sizes and of the choices of a scenario set.  SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "plimsoll/scenario.h"

static const plm_parameter_field shock_fields[] = {
    PLM_SHOCK_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_shock_parameters)};

static const plm_parameter_field set_fields[] = {
    PLM_SET_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_set_parameters)};

static plm_status
check_shocks(const void *record, plm_fault *fault) {
    const plm_shock_parameters *shocks = record;
    if (shocks->level_min > shocks->level_max) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "level_min", shocks->level_min, 1,
                                   shocks->level_max);
    }
    int64_t reach = shocks->step_ppm * shocks->level_max;
    if (reach >= PLM_PPM) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "the lowest price level, step_ppm * level_max,", reach, 0,
                                   PLM_PPM - 1);
    }
    int64_t far_ppm = shocks->probe_ppm * shocks->probe_multiple_ppm / PLM_PPM;
    if (far_ppm >= PLM_PPM) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "the far probe, probe_ppm * probe_multiple_ppm / 1e6,", far_ppm,
                                   0, PLM_PPM - 1);
    }
    return PLM_OK;
}

static plm_status
check_set(const void *record, plm_fault *fault) {
    const plm_set_parameters *set = record;
    if (set->history_count != 0 && set->history_count < set->history_minimum) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                   "history_count, where it is not 0,", set->history_count,
                                   set->history_minimum, 1000);
    }
    return PLM_OK;
}

const plm_descriptor plm_shock_descriptor = {
    .id = "shocks",
    .version = 1,
    .field_count = sizeof shock_fields / sizeof shock_fields[0],
    .fields = shock_fields,
    .record_size = sizeof(plm_shock_parameters),
    .check_coupled = check_shocks,
};

const plm_descriptor plm_set_descriptor = {
    .id = "scenarios",
    .version = 1,
    .field_count = sizeof set_fields / sizeof set_fields[0],
    .fields = set_fields,
    .record_size = sizeof(plm_set_parameters),
    .check_coupled = check_set,
};
