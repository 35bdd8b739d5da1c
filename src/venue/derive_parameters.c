/* derive_parameters.c: descriptors and scenario tables of Derive's margins.               SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_parameters.h"

#include "num/rounding.h"
#include "venue/ordered.h"

#define NONE PLI_DERIVE_SHOCK_NONE
#define UP PLI_DERIVE_SHOCK_UP
#define DOWN PLI_DERIVE_SHOCK_DOWN

/* Every spot move with volatility up, unmoved and down. */
#define THREE(spot)                                                                                \
    {spot, 1.0, UP}, {spot, 1.0, NONE}, {                                                          \
        spot, 1.0, DOWN                                                                            \
    }

static const pli_derive_scenario pmrm1_scenarios[] = {
    {1.20, 1.0, UP}, THREE(1.15), THREE(1.10), THREE(1.05),     THREE(1.0),
    THREE(0.95),     THREE(0.90), THREE(0.85), {0.80, 1.0, UP},
};

static const pli_derive_scenario pmrm2_scenarios[] = {
    {1.18, 1.0, UP},
    THREE(1.135),
    THREE(1.09),
    THREE(1.045),
    THREE(1.0),
    THREE(0.955),
    THREE(0.91),
    THREE(0.865),
    {0.82, 1.0, UP},
    {0.34, 0.21, UP},
    {0.67, 0.42, UP},
    {1.5, 0.2772, UP},
    {2.0, 0.1386, UP},
    {3.0, 0.0693, UP},
    {4.0, 0.0462, UP},
    {5.0, 0.03465, UP},
    {6.0, 0.02772, UP},
    {1.0, 1.0, PLI_DERIVE_SHOCK_LINEAR},
    {1.0, 1.0, PLI_DERIVE_SHOCK_ABSOLUTE},
};

_Static_assert(sizeof pmrm1_scenarios / sizeof pmrm1_scenarios[0] == PLI_PMRM1_SCENARIOS, "table");
_Static_assert(sizeof pmrm2_scenarios / sizeof pmrm2_scenarios[0] == PLI_PMRM2_SCENARIOS, "table");

static double
ratio(int64_t ppm) {
    return pli_double_from_i64(ppm) / 1e6;
}

static int64_t
e18(int64_t ppm) {
    return ppm * (PLI_DERIVE_ONE_E18 / PLM_PPM);
}

/* What both portfolio margins read from fields of the same name, for an initializer. */
#define PMRM_VOLATILITY(record)                                                                    \
    .volatility = {.up = ratio((record)->volatility_up_ppm),                                       \
                   .down = ratio((record)->volatility_down_ppm),                                   \
                   .short_power = ratio((record)->short_power_ppm),                                \
                   .long_power = ratio((record)->long_power_ppm),                                  \
                   .floor_seconds = pli_double_from_i64((record)->expiry_floor_ns) / 1e9}

#define PMRM_CONTINGENCIES(record)                                                                 \
    .basis_up = ratio((record)->basis_up_ppm), .basis_down = ratio((record)->basis_down_ppm),      \
    .basis_add = ratio((record)->basis_add_ppm),                                                   \
    .basis_multiple = ratio((record)->basis_multiple_ppm),                                         \
    .peg_threshold = ratio((record)->peg_threshold_ppm),                                           \
    .peg_factor = ratio((record)->peg_factor_ppm),                                                 \
    .confidence_threshold_e18 = e18((record)->confidence_threshold_ppm),                           \
    .confidence_margin = ratio((record)->confidence_margin_ppm)

void
pli_pmrm1_read(const pli_pmrm1_record *record, pli_pmrm1_parameters *parameters) {
    *parameters = (pli_pmrm1_parameters){
        PMRM_VOLATILITY(record),
        .static_discount = ratio(record->static_discount_ppm),
        .rate_multiple = ratio(record->rate_multiple_ppm),
        .rate_add = ratio(record->rate_add_ppm),
        .initial_factor = ratio(record->initial_factor_ppm),
        PMRM_CONTINGENCIES(record),
        .perpetual_ratio = ratio(record->perpetual_ppm),
        .base_ratio = ratio(record->base_ppm),
        .option_ratio = ratio(record->option_ppm),
        .scenario_count = PLI_PMRM1_SCENARIOS,
        .scenarios = pmrm1_scenarios,
    };
}

void
pli_pmrm2_read(const pli_pmrm2_record *record, pli_pmrm2_parameters *parameters) {
    *parameters = (pli_pmrm2_parameters){
        PMRM_VOLATILITY(record),
        .volatility_up_minimum = ratio(record->volatility_minimum_ppm),
        .skew = {.linear_cap = ratio(record->linear_cap_ppm),
                 .linear_base = ratio(record->linear_base_ppm),
                 .absolute_cap = ratio(record->absolute_cap_ppm),
                 .absolute_base = ratio(record->absolute_base_ppm),
                 .k_star_minimum = ratio(record->skew_minimum_ppm),
                 .width_scale = ratio(record->skew_width_ppm),
                 .volatility_static = ratio(record->skew_volatility_ppm),
                 .volatility_scale = ratio(record->skew_volatility_slope_ppm)},
        .long_base = ratio(record->long_base_ppm),
        .long_rate_multiple = ratio(record->long_rate_multiple_ppm),
        .long_rate_add = ratio(record->long_rate_add_ppm),
        .short_base = ratio(record->short_base_ppm),
        .short_rate_multiple = ratio(record->short_rate_multiple_ppm),
        .short_rate_add = ratio(record->short_rate_add_ppm),
        .maintenance_factor = ratio(record->maintenance_factor_ppm),
        .initial_factor = ratio(record->initial_factor_ppm),
        PMRM_CONTINGENCIES(record),
        .perpetual_maintenance = ratio(record->perpetual_maintenance_ppm),
        .perpetual_initial = ratio(record->perpetual_initial_ppm),
        .option_maintenance = ratio(record->option_maintenance_ppm),
        .option_initial = ratio(record->option_initial_ppm),
        .scenario_count = PLI_PMRM2_SCENARIOS,
        .scenarios = pmrm2_scenarios,
    };
}

void
pli_srm_read(const pli_srm_record *record, pli_srm_parameters *parameters) {
    int64_t threshold = e18(record->confidence_threshold_ppm);
    *parameters = (pli_srm_parameters){
        .spot_maximum = ratio(record->spot_maximum_ppm),
        .spot_minimum = ratio(record->spot_minimum_ppm),
        .call_maintenance = ratio(record->call_maintenance_ppm),
        .put_maintenance = ratio(record->put_maintenance_ppm),
        .put_value_maintenance = ratio(record->put_value_maintenance_ppm),
        .unpaired_initial = ratio(record->unpaired_initial_ppm),
        .unpaired_maintenance = ratio(record->unpaired_maintenance_ppm),
        .put_initial_multiple = ratio(record->put_initial_multiple_ppm),
        .perpetual_initial = ratio(record->perpetual_initial_ppm),
        .perpetual_maintenance = ratio(record->perpetual_maintenance_ppm),
        .perpetual_threshold_e18 = threshold,
        .option_threshold_e18 = threshold,
        .base_threshold_e18 = threshold,
        .oracle_factor = ratio(record->oracle_factor_ppm),
        .depeg_threshold = ratio(record->depeg_threshold_ppm),
        .depeg_factor = ratio(record->depeg_factor_ppm),
        .base_factor = ratio(record->base_ppm),
        .base_initial_factor = ratio(record->base_initial_ppm),
    };
}

static plm_status
check_pmrm2(const void *record, plm_fault *fault) {
    const pli_pmrm2_record *r = record;
    const pli_ordered pair = {r->maintenance_factor_ppm, r->initial_factor_ppm,
                              "maintenance_factor_ppm (not above initial_factor_ppm)"};
    return pli_ordered_check(&pair, 1, fault);
}

static plm_status
check_srm(const void *record, plm_fault *fault) {
    const pli_srm_record *r = record;
    const pli_ordered pairs[] = {
        {r->unpaired_maintenance_ppm, r->unpaired_initial_ppm,
         "unpaired_maintenance_ppm (not above initial)"},
        {r->perpetual_maintenance_ppm, r->perpetual_initial_ppm,
         "perpetual_maintenance_ppm (not above initial)"},
        // The least initial margin of a short call is its floor; below it maintenance must lie.
        {r->call_maintenance_ppm, r->spot_minimum_ppm,
         "call_maintenance_ppm (not above spot_minimum_ppm)"},
    };
    return pli_ordered_check(pairs, sizeof pairs / sizeof pairs[0], fault);
}

static const plm_parameter_field pmrm1_fields[] = {
    PLI_PMRM1_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_pmrm1_record)};
static const plm_parameter_field pmrm2_fields[] = {
    PLI_PMRM2_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_pmrm2_record)};
static const plm_parameter_field srm_fields[] = {
    PLI_SRM_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_srm_record)};

const plm_descriptor pli_pmrm1_descriptor = {
    .id = "derive-pmrm-v1",
    .version = 1,
    .field_count = sizeof pmrm1_fields / sizeof pmrm1_fields[0],
    .fields = pmrm1_fields,
    .record_size = sizeof(pli_pmrm1_record),
    .check_coupled = NULL,
};

const plm_descriptor pli_pmrm2_descriptor = {
    .id = "derive-pmrm-v2",
    .version = 1,
    .field_count = sizeof pmrm2_fields / sizeof pmrm2_fields[0],
    .fields = pmrm2_fields,
    .record_size = sizeof(pli_pmrm2_record),
    .check_coupled = check_pmrm2,
};

const plm_descriptor pli_srm_descriptor = {
    .id = "derive-srm",
    .version = 1,
    .field_count = sizeof srm_fields / sizeof srm_fields[0],
    .fields = srm_fields,
    .record_size = sizeof(pli_srm_record),
    .check_coupled = check_srm,
};
