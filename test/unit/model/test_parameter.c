/* test_parameter.c: records: defaults, values with units, bounds and coupled rules.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "plimsoll/forecast.h"
#include "plimsoll/margin.h"

#include <cmocka.h>

static const plm_descriptor *const descriptors[] = {
    &plm_portfolio_descriptor, &plm_tiered_descriptor, &plm_dynamic_descriptor,
    &plm_shock_descriptor,     &plm_set_descriptor,    &plm_forecast_descriptor,
};

enum { RECORD_WORDS = 64 };

static void
shipped_defaults_pass_their_own_check(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i += 1) {
        int64_t record[RECORD_WORDS];
        plm_fault fault = {0};
        assert_true(descriptors[i]->record_size <= sizeof record);
        plm_record_init(descriptors[i], record);
        if (plm_record_check(descriptors[i], record, &fault) != PLM_OK) {
            fail_msg("%s: %s", descriptors[i]->id, fault.text);
        }
        for (uint32_t f = 0; f < descriptors[i]->field_count; f += 1) {
            const plm_parameter_field *field = &descriptors[i]->fields[f];
            assert_int_equal(plm_record_get(descriptors[i], record, f), field->standard);
            assert_true(field->low <= field->high);
            assert_true(field->step_max > 0);
            assert_true(strlen(field->text) > 0);
        }
    }
}

/* Each bound itself is allowed, one beyond it is not. */
static void
bounds_are_inclusive(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i += 1) {
        for (uint32_t f = 0; f < descriptors[i]->field_count; f += 1) {
            const plm_parameter_field *field = &descriptors[i]->fields[f];
            int64_t record[RECORD_WORDS];
            plm_fault fault = {0};
            plm_record_init(descriptors[i], record);
            record[field->offset / sizeof(int64_t)] = field->high + 1;
            assert_int_equal(plm_record_check(descriptors[i], record, &fault),
                             PLM_PARAMETER_INVALID);
            assert_non_null(strstr(fault.text, field->path));
            record[field->offset / sizeof(int64_t)] = field->low - 1;
            assert_int_equal(plm_record_check(descriptors[i], record, NULL), PLM_PARAMETER_INVALID);
        }
    }
}

typedef struct text_case {
    const char *path;
    const char *text;
    plm_status status;
    int64_t value;
} text_case;

static const text_case texts[] = {
    {"gamma_weight_ppm", "0.25", PLM_OK, 250000},
    {"gamma_weight_ppm", "25%", PLM_OK, 250000},
    {"gamma_weight_ppm", "25 %", PLM_OK, 250000},
    {"gamma_weight_ppm", "2500bps", PLM_OK, 250000},
    {"gamma_weight_ppm", "250000ppm", PLM_OK, 250000},
    {"gamma_weight_ppm", "0.00005%", PLM_TEXT_PRECISION, 0},
    {"gamma_weight_ppm", "25 pct", PLM_TEXT_MALFORMED, 0},
    {"gamma_weight_ppm", "1e-1", PLM_TEXT_MALFORMED, 0},
    {"gamma_weight_ppm", "NaN", PLM_TEXT_MALFORMED, 0},
    {"gamma_weight_ppm", "0x10", PLM_TEXT_MALFORMED, 0},
    {"gamma_weight_ppm", "", PLM_TEXT_MALFORMED, 0},
    {"gamma_weight_ppm", "-0.1", PLM_PARAMETER_INVALID, 0},
    {"gamma_weight_ppm", "2.000001", PLM_PARAMETER_INVALID, 0},
    {"oracle_age_max_ns", "90s", PLM_OK, INT64_C(90000000000)},
    {"oracle_age_max_ns", "15m", PLM_OK, INT64_C(900000000000)},
    {"oracle_age_max_ns", "1.5h", PLM_OK, INT64_C(5400000000000)},
    {"oracle_age_max_ns", "250ms", PLM_OK, 250000000},
    {"oracle_age_max_ns", "90", PLM_TEXT_MALFORMED, 0},
    {"oracle_age_max_ns", "2 weeks", PLM_TEXT_MALFORMED, 0},
    {"oracle_age_max_ns", "400d", PLM_PARAMETER_INVALID, 0},
    {"oracle_age_max_ns", "99999999999999d", PLM_OVERFLOW, 0},
    {"volume_standard_micros", "2500.50", PLM_OK, INT64_C(2500500000)},
    {"volume_standard_micros", "0.0000001", PLM_TEXT_PRECISION, 0},
    {"measure", "value_at_risk", PLM_OK, 2},
    {"measure", "worst", PLM_OK, 3},
    {"measure", "value", PLM_PARAMETER_INVALID, 0},
    {"measure", "", PLM_PARAMETER_INVALID, 0},
    {"gama_weight_ppm", "1", PLM_PARAMETER_UNKNOWN, 0},
};

static void
values_carry_their_unit(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        plm_portfolio_parameters record;
        plm_portfolio_parameters before;
        plm_fault fault = {0};
        plm_record_init(&plm_portfolio_descriptor, &record);
        before = record;
        plm_status status = plm_record_set(&plm_portfolio_descriptor, &record, texts[i].path,
                                           texts[i].text, &fault);
        if (status != texts[i].status) {
            fail_msg("%s: '%s' gave %s: %s", texts[i].path, texts[i].text, plm_status_name(status),
                     fault.text);
        }
        if (status != PLM_OK) {
            assert_memory_equal(&record, &before, sizeof record);
            assert_non_null(strstr(fault.text, texts[i].path));
            continue;
        }
        for (uint32_t f = 0; f < plm_portfolio_descriptor.field_count; f += 1) {
            if (strcmp(plm_portfolio_descriptor.fields[f].path, texts[i].path) == 0) {
                assert_int_equal(plm_record_get(&plm_portfolio_descriptor, &record, f),
                                 texts[i].value);
            }
        }
    }
}

static void
unknown_paths_point_at_the_nearest(void **state) {
    (void)state;
    plm_portfolio_parameters record;
    plm_fault fault = {0};
    plm_record_init(&plm_portfolio_descriptor, &record);
    assert_int_equal(plm_record_set(&plm_portfolio_descriptor, &record, "gamma_wait", "1", &fault),
                     PLM_PARAMETER_UNKNOWN);
    assert_non_null(strstr(fault.text, "gamma_weight_ppm"));
}

static void
coupled_fields_are_checked_together(void **state) {
    (void)state;
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    plm_fault fault = {0};
    plm_record_init(&plm_portfolio_descriptor, &portfolio);
    portfolio.gain_maintenance_ppm = portfolio.gain_initial_ppm - 1;
    assert_int_equal(plm_record_check(&plm_portfolio_descriptor, &portfolio, &fault),
                     PLM_PARAMETER_INVALID);
    assert_non_null(strstr(fault.text, "gain_initial_ppm"));
    plm_record_init(&plm_tiered_descriptor, &tiered);
    tiered.tier3_upto_micros = tiered.tier2_upto_micros - 1;
    assert_int_equal(plm_record_check(&plm_tiered_descriptor, &tiered, NULL),
                     PLM_PARAMETER_INVALID);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    tiered.tier1_maintenance_ppm = tiered.tier1_initial_ppm + 1;
    assert_int_equal(plm_record_check(&plm_tiered_descriptor, &tiered, NULL),
                     PLM_PARAMETER_INVALID);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    tiered.open_interest_upper_ppm = tiered.open_interest_lower_ppm;
    assert_int_equal(plm_record_check(&plm_tiered_descriptor, &tiered, NULL),
                     PLM_PARAMETER_INVALID);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    tiered.dynamic_sigma_maintenance_ppm = tiered.dynamic_sigma_initial_ppm + 1;
    assert_int_equal(plm_record_check(&plm_tiered_descriptor, &tiered, NULL),
                     PLM_PARAMETER_INVALID);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_defaults_pass_their_own_check),
        cmocka_unit_test(bounds_are_inclusive),
        cmocka_unit_test(values_carry_their_unit),
        cmocka_unit_test(unknown_paths_point_at_the_nearest),
        cmocka_unit_test(coupled_fields_are_checked_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
