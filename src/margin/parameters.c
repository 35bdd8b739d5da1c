/* parameters.c: descriptors of the models' records and the rules between their fields. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "plimsoll/margin.h"

static plm_status
check_portfolio(const void *record, plm_fault *fault) {
    const plm_portfolio_parameters *parameters = record;
    if (parameters->gain_initial_ppm > parameters->gain_maintenance_ppm) {
        return pli_fault_set_range(
            fault, PLM_PARAMETER_INVALID, "gain_initial_ppm (not above gain_maintenance_ppm)",
            parameters->gain_initial_ppm, 0, parameters->gain_maintenance_ppm);
    }
    return PLM_OK;
}

/* Each fraction is at least the one of the tier below. */
static plm_status
check_rising(const int64_t *values, uint32_t count, const char *what, plm_fault *fault) {
    for (uint32_t i = 1; i < count; i += 1) {
        if (values[i] < values[i - 1]) {
            return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, what, values[i], values[i - 1],
                                       INT64_MAX);
        }
    }
    return PLM_OK;
}

static plm_status
check_tiered(const void *record, plm_fault *fault) {
    const plm_tiered_parameters *p = record;
    const int64_t ends[] = {p->tier1_upto_micros, p->tier2_upto_micros, p->tier3_upto_micros};
    const int64_t initial[] = {p->tier1_initial_ppm, p->tier2_initial_ppm, p->tier3_initial_ppm,
                               p->tier4_initial_ppm};
    const int64_t maintenance[] = {p->tier1_maintenance_ppm, p->tier2_maintenance_ppm,
                                   p->tier3_maintenance_ppm, p->tier4_maintenance_ppm};
    plm_status status = check_rising(ends, 3, "tier upto_micros (rising)", fault);
    if (status == PLM_OK) {
        status = check_rising(initial, PLM_FRACTION_TIERS, "tier initial_ppm (rising)", fault);
    }
    if (status == PLM_OK) {
        status =
            check_rising(maintenance, PLM_FRACTION_TIERS, "tier maintenance_ppm (rising)", fault);
    }
    for (uint32_t i = 0; status == PLM_OK && i < PLM_FRACTION_TIERS; i += 1) {
        if (maintenance[i] > initial[i]) {
            status = pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                         "tier maintenance_ppm (not above initial_ppm)",
                                         maintenance[i], 0, initial[i]);
        }
    }
    if (status == PLM_OK && p->gain_initial_ppm > p->gain_maintenance_ppm) {
        status = pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                     "gain_initial_ppm (not above gain_maintenance_ppm)",
                                     p->gain_initial_ppm, 0, p->gain_maintenance_ppm);
    }
    if (status == PLM_OK && p->dynamic_sigma_maintenance_ppm > p->dynamic_sigma_initial_ppm) {
        status = pli_fault_set_range(
            fault, PLM_PARAMETER_INVALID,
            "dynamic_sigma_maintenance_ppm (not above dynamic_sigma_initial_ppm)",
            p->dynamic_sigma_maintenance_ppm, 0, p->dynamic_sigma_initial_ppm);
    }
    if (status == PLM_OK && p->open_interest_upper_ppm <= p->open_interest_lower_ppm) {
        status = pli_fault_set_range(
            fault, PLM_PARAMETER_INVALID, "open_interest_upper_ppm (above open_interest_lower_ppm)",
            p->open_interest_upper_ppm, p->open_interest_lower_ppm + 1, INT64_MAX);
    }
    return status;
}

static const plm_parameter_field portfolio_fields[] = {
    PLM_PORTFOLIO_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_portfolio_parameters)};

static const plm_parameter_field tiered_fields[] = {
    PLM_TIERED_PARAMETERS(PLM_PARAMETER_DESCRIPTOR_FIELD, plm_tiered_parameters)};

const plm_descriptor plm_portfolio_descriptor = {
    .id = "portfolio",
    .version = 1,
    .field_count = sizeof portfolio_fields / sizeof portfolio_fields[0],
    .fields = portfolio_fields,
    .record_size = sizeof(plm_portfolio_parameters),
    .check_coupled = check_portfolio,
};

const plm_descriptor plm_tiered_descriptor = {
    .id = "tiered",
    .version = 1,
    .field_count = sizeof tiered_fields / sizeof tiered_fields[0],
    .fields = tiered_fields,
    .record_size = sizeof(plm_tiered_parameters),
    .check_coupled = check_tiered,
};

const plm_descriptor plm_dynamic_descriptor = {
    .id = "dynamic",
    .version = 1,
    .field_count = sizeof tiered_fields / sizeof tiered_fields[0],
    .fields = tiered_fields,
    .record_size = sizeof(plm_tiered_parameters),
    .check_coupled = check_tiered,
};
