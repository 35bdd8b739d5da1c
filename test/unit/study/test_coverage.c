/* test_coverage.c: what the coverage tests must refuse, and what they must not lose.    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/coverage.h"

static void
transitions_count_neighbouring_days(void **state) {
    (void)state;
    static const uint8_t is_breach[] = {0, 0, 1, 1, 0, 1, 0, 0};
    pli_transitions pairs = pli_transitions_count(is_breach, 8);
    assert_int_equal(pairs.calm_to_calm, 2);
    assert_int_equal(pairs.calm_to_breach, 2);
    assert_int_equal(pairs.breach_to_calm, 2);
    assert_int_equal(pairs.breach_to_breach, 1);
}

// The worked example of Holm's procedure: p-values .01 .04 .03 .005 give .03 .06 .06 .02.
static void
holm_steps_down_and_never_reorders(void **state) {
    (void)state;
    static const double p[] = {0.01, 0.04, 0.03, 0.005};
    static const double expected[] = {0.03, 0.06, 0.06, 0.02};
    double adjusted[4];
    pli_holm_adjust(p, 4, adjusted);
    for (size_t i = 0; i < 4; i += 1) {
        assert_true(fabs(adjusted[i] - expected[i]) < 1e-12);
    }
    static const double large[] = {0.9, 0.9};
    pli_holm_adjust(large, 2, adjusted);
    assert_true(adjusted[0] >= 1.0 && adjusted[1] >= 1.0);
}

static void
tests_without_days_or_level_are_refused(void **state) {
    (void)state;
    pli_test test = {0};
    pli_traffic_zone zone = PLI_TRAFFIC_GREEN;
    uint32_t low = 0;
    uint32_t high = 0;
    double power = 0.0;
    const pli_transitions none = {0};
    assert_int_equal(pli_coverage_kupiec(0, 0, 0.01, &test), PLM_HISTORY_SHORT);
    assert_int_equal(pli_coverage_kupiec(10, 11, 0.01, &test), PLM_DOMAIN);
    assert_int_equal(pli_coverage_kupiec(10, 1, 0.0, &test), PLM_DOMAIN);
    assert_int_equal(pli_coverage_first(0, 0.01, &test), PLM_HISTORY_SHORT);
    assert_int_equal(pli_coverage_first(1, 1.0, &test), PLM_DOMAIN);
    assert_int_equal(pli_coverage_independence(&none, &test), PLM_HISTORY_SHORT);
    assert_int_equal(pli_coverage_traffic(0, 0, 0.01, &zone), PLM_HISTORY_SHORT);
    assert_int_equal(pli_coverage_traffic(5, 1, 2.0, &zone), PLM_DOMAIN);
    assert_int_equal(pli_coverage_accepted(0, 0.01, 0.05, &low, &high), PLM_HISTORY_SHORT);
    assert_int_equal(pli_coverage_power(250, 0.01, 0.05, 1.5, &power), PLM_DOMAIN);
}

enum { DAYS = 400, SAMPLES = 100, SIMULATIONS = 200 };

static double profit[DAYS];
static double value_at_risk[DAYS];
static double shortfall[DAYS];
static double samples[SAMPLES];
static uint64_t work[8192];

// A model whose distribution is uniform on -1..1; profits run evenly through the same values times `scale`.
static pli_shortfall_days
uniform_days(double scale) {
    for (size_t i = 0; i < SAMPLES; i += 1) {
        samples[i] = -1.0 + 2.0 * ((double)i + 0.5) / SAMPLES;
    }
    for (size_t t = 0; t < DAYS; t += 1) {
        profit[t] = scale * (-1.0 + 2.0 * ((double)((t * 37) % DAYS) + 0.5) / DAYS);
        value_at_risk[t] = -samples[4];
        shortfall[t] = -(samples[0] + samples[1] + samples[2] + samples[3] + samples[4]) / 5.0;
    }
    return (pli_shortfall_days){.day_count = DAYS,
                                .level = 0.05,
                                .profit = profit,
                                .value_at_risk = value_at_risk,
                                .shortfall = shortfall,
                                .sample_count = SAMPLES,
                                .samples = samples};
}

static void
a_model_that_is_right_is_not_rejected(void **state) {
    (void)state;
    pli_shortfall_days days = uniform_days(1.0);
    pli_shortfall_result result;
    assert_true(pli_shortfall_size(&days, SIMULATIONS) <= sizeof work);
    assert_int_equal(pli_shortfall_test(&days, SIMULATIONS, 3, work, sizeof work, &result), PLM_OK);
    assert_true(result.z1.p_value > 0.2 && result.z2.p_value > 0.2 && result.z3.p_value > 0.2);
    assert_true(fabs(result.z3.statistic) < 0.02);
}

static void
losses_twice_as_deep_are_rejected_by_all_three(void **state) {
    (void)state;
    pli_shortfall_days days = uniform_days(2.0);
    pli_shortfall_result result;
    assert_int_equal(pli_shortfall_test(&days, SIMULATIONS, 3, work, sizeof work, &result), PLM_OK);
    assert_true(result.z1.p_value < 0.01 && result.z2.p_value < 0.01 && result.z3.p_value < 0.01);
    assert_true(result.z1.statistic < result.z1_critical);
    assert_true(result.z2.statistic < result.z2_critical);
    assert_true(result.z3.statistic < result.z3_critical);
}

static void
shortfall_tests_that_make_no_sense_are_refused(void **state) {
    (void)state;
    pli_shortfall_days days = uniform_days(1.0);
    pli_shortfall_result result;
    assert_int_equal(pli_shortfall_test(&days, 0, 1, work, sizeof work, &result),
                     PLM_HISTORY_SHORT);
    assert_int_equal(pli_shortfall_test(&days, SIMULATIONS, 1, work, 64, &result),
                     PLM_WORKSPACE_SMALL);
    shortfall[3] = 0.0;
    assert_int_equal(pli_shortfall_test(&days, SIMULATIONS, 1, work, sizeof work, &result),
                     PLM_DOMAIN);
    days = uniform_days(1.0);
    days.level = 0.0001;
    assert_int_equal(pli_shortfall_test(&days, SIMULATIONS, 1, work, sizeof work, &result),
                     PLM_HISTORY_SHORT);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transitions_count_neighbouring_days),
        cmocka_unit_test(holm_steps_down_and_never_reorders),
        cmocka_unit_test(tests_without_days_or_level_are_refused),
        cmocka_unit_test(a_model_that_is_right_is_not_rejected),
        cmocka_unit_test(losses_twice_as_deep_are_rejected_by_all_three),
        cmocka_unit_test(shortfall_tests_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
