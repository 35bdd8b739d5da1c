/* test_coverage.c: back-test statistics against closed forms, the Basel tables and simulation. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "num/distribution.h"
#include "num/elementary.h"
#include "study/coverage.h"
#include "support/json.h"

static void
assert_close(double value, double expected, double relative, double absolute) {
    double gap = fabs(value - expected);
    if (!(gap <= relative * fabs(expected) || gap <= absolute)) {
        fail_msg("%.17g is not %.17g within %g relative or %g", value, expected, relative,
                 absolute);
    }
}

static double
at(const ts_json *row, size_t index) {
    return ts_json_double(ts_json_at(row, index));
}

static uint32_t
count_at(const ts_json *row, size_t index) {
    return (uint32_t)ts_json_i64(ts_json_at(row, index));
}

static void
every_row_of_the_kupiec_vectors_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *rows = ts_json_get(root, "pof");
    assert_int_equal(ts_json_size(rows), 420);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        pli_test test;
        assert_int_equal(pli_coverage_kupiec(count_at(row, 0), count_at(row, 2), at(row, 1), &test),
                         PLM_OK);
        assert_close(test.statistic, at(row, 3), 1e-9, 1e-10);
        assert_close(test.p_value, at(row, 4), 1e-8, 1e-300);
    }
    ts_json_free(root);
}

static void
accepted_counts_and_exact_sizes_agree(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *rows = ts_json_get(root, "nonreject_95");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        uint32_t low = 0;
        uint32_t high = 0;
        assert_int_equal(pli_coverage_accepted(count_at(row, 0), at(row, 1), 0.05, &low, &high),
                         PLM_OK);
        assert_int_equal(low, count_at(row, 2));
        assert_int_equal(high, count_at(row, 3));
    }
    rows = ts_json_get(root, "size_power");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double value = 0.0;
        assert_int_equal(pli_coverage_power(count_at(row, 0), at(row, 1), 0.05, at(row, 1), &value),
                         PLM_OK);
        assert_close(value, at(row, 2), 1e-10, 0.0);
        assert_int_equal(pli_coverage_power(count_at(row, 0), at(row, 1), 0.05, at(row, 4), &value),
                         PLM_OK);
        assert_close(value, at(row, 3), 1e-10, 0.0);
    }
    ts_json_free(root);
}

static void
time_until_the_first_breach_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *rows = ts_json_get(root, "tuff");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        pli_test test;
        assert_int_equal(pli_coverage_first(count_at(row, 0), at(row, 1), &test), PLM_OK);
        assert_close(test.statistic, at(row, 2), 1e-9, 1e-12);
    }
    ts_json_free(root);
}

static void
christoffersen_agrees_in_both_conventions(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *rows = ts_json_get(root, "ind");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        const pli_transitions pairs = {count_at(row, 0), count_at(row, 1), count_at(row, 2),
                                       count_at(row, 3)};
        uint32_t breaches = pairs.calm_to_breach + pairs.breach_to_breach;
        uint32_t days = pairs.calm_to_calm + pairs.breach_to_calm + breaches;
        pli_test test;
        assert_int_equal(pli_coverage_independence(&pairs, &test), PLM_OK);
        assert_close(test.statistic, at(row, 4), 1e-9, 0.0);
        assert_int_equal(pli_coverage_kupiec(days, breaches, 0.01, &test), PLM_OK);
        assert_close(test.statistic, at(row, 5), 1e-9, 0.0);
        assert_int_equal(pli_coverage_conditional(&pairs, days, breaches, 0.01, &test), PLM_OK);
        assert_close(test.statistic, at(row, 6), 1e-9, 0.0);
    }
    const pli_transitions pairs = {240, 4, 4, 2};
    pli_test test;
    assert_int_equal(pli_coverage_conditional(&pairs, 251, 6, 0.01, &test), PLM_OK);
    ts_json *both = ts_json_get(root, "cc_240_4_4_2");
    assert_close(test.statistic, ts_json_double(ts_json_get(both, "T_indicators_251")), 1e-9, 0.0);
    ts_json_free(root);
}

static void
the_traffic_light_agrees_with_the_basel_table(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/backtest_traffic_light.json");
    ts_json *rows = ts_json_get(root, "basel_250_99");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        uint32_t hits = count_at(row, 0);
        assert_close(pli_binomial_pmf(hits, 250, 0.01), at(row, 1), 1e-11, 0.0);
        assert_close(pli_binomial_cdf(hits, 250, 0.01), at(row, 2), 1e-11, 0.0);
        double at_least = hits == 0 ? 1.0 : pli_binomial_sf(hits - 1, 250, 0.01);
        assert_close(at_least, at(row, 3), 1e-11, 1e-14); // the file's is one less a sum
    }
    rows = ts_json_get(root, "basel_plus_factor_1996");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        assert_int_equal(pli_coverage_plus_e2(count_at(row, 0)),
                         (uint32_t)(at(row, 1) * 100.0 + 0.5));
    }
    assert_int_equal(pli_coverage_plus_e2(4), 0);
    assert_int_equal(pli_coverage_plus_e2(10), 100);
    ts_json_free(root);
}

static void
zones_change_where_the_vectors_say(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/backtest_traffic_light.json");
    ts_json *rows = ts_json_get(root, "iid");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double level = 1.0 - at(row, 1);
        pli_traffic_zone zone;
        for (uint32_t edge = 0; edge < 2; edge += 1) {
            uint32_t highest = count_at(row, 2 + edge);
            assert_int_equal(pli_coverage_traffic(count_at(row, 0), highest, level, &zone), PLM_OK);
            assert_int_equal(zone, edge == 0 ? PLI_TRAFFIC_GREEN : PLI_TRAFFIC_AMBER);
            assert_int_equal(pli_coverage_traffic(count_at(row, 0), highest + 1, level, &zone),
                             PLM_OK);
            assert_int_equal(zone, edge == 0 ? PLI_TRAFFIC_AMBER : PLI_TRAFFIC_RED);
        }
    }
    ts_json_free(root);
}

static void
the_worked_shortfall_example_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *example = ts_json_get(root, "z_example");
    double profit[10];
    double value_at_risk[10];
    double shortfall[10];
    double samples[10];
    assert_int_equal(ts_json_doubles(ts_json_get(example, "returns"), profit, 10), 10);
    for (size_t i = 0; i < 10; i += 1) {
        value_at_risk[i] = ts_json_double(ts_json_get(example, "VaR"));
        shortfall[i] = ts_json_double(ts_json_get(example, "ES"));
        samples[i] = -2.6 + 0.5 * (double)i;
    }
    const pli_shortfall_days days = {.day_count = 10,
                                     .level = ts_json_double(ts_json_get(example, "alpha")),
                                     .profit = profit,
                                     .value_at_risk = value_at_risk,
                                     .shortfall = shortfall,
                                     .sample_count = 10,
                                     .samples = samples};
    double work[256];
    assert_true(pli_shortfall_size(&days, 20) <= sizeof work);
    pli_shortfall_result result;
    assert_int_equal(pli_shortfall_test(&days, 20, 1, work, sizeof work, &result), PLM_OK);
    assert_true(result.has_z1 != 0);
    assert_close(result.z1.statistic, ts_json_double(ts_json_get(example, "Z1")), 1e-12, 0.0);
    assert_close(result.z2.statistic, ts_json_double(ts_json_get(example, "Z2")), 1e-12, 0.0);
    ts_json_free(root);
}

#define NULL_DAYS 250
#define NULL_SAMPLES 20000
#define NULL_SIMULATIONS 10000

// The vectors' critical values were simulated too, hence the width: three standard errors of ours at 5 %.
static void
simulated_nulls_of_a_normal_model_agree(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/var_backtests.json");
    ts_json *row = ts_json_at(ts_json_get(root, "acerbi_szekely_mc_T250"), 0);
    assert_string_equal(ts_json_text(ts_json_at(row, 0)), "n");
    double *samples = calloc(NULL_SAMPLES, sizeof *samples);
    double profit[NULL_DAYS] = {0};
    double value_at_risk[NULL_DAYS];
    double shortfall[NULL_DAYS];
    for (size_t i = 0; i < NULL_SAMPLES; i += 1) {
        samples[i] = pli_normal_quantile(((double)i + 0.5) / NULL_SAMPLES);
    }
    profit[0] = -3.0; // Z1 needs a breach
    for (size_t i = 0; i < NULL_DAYS; i += 1) {
        value_at_risk[i] = at(row, 2);
        shortfall[i] = at(row, 3);
    }
    const pli_shortfall_days days = {.day_count = NULL_DAYS,
                                     .level = 0.025,
                                     .profit = profit,
                                     .value_at_risk = value_at_risk,
                                     .shortfall = shortfall,
                                     .sample_count = NULL_SAMPLES,
                                     .samples = samples};
    size_t size = pli_shortfall_size(&days, NULL_SIMULATIONS);
    void *work = malloc(size);
    pli_shortfall_result result;
    assert_int_equal(pli_shortfall_test(&days, NULL_SIMULATIONS, 7, work, size, &result), PLM_OK);
    assert_close(result.z1_critical, at(row, 4), 0.0, 0.006);
    assert_close(result.z2_critical, at(row, 6), 0.0, 0.03);
    free(work);
    free(samples);
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_kupiec_vectors_agrees),
        cmocka_unit_test(accepted_counts_and_exact_sizes_agree),
        cmocka_unit_test(time_until_the_first_breach_agrees),
        cmocka_unit_test(christoffersen_agrees_in_both_conventions),
        cmocka_unit_test(the_traffic_light_agrees_with_the_basel_table),
        cmocka_unit_test(zones_change_where_the_vectors_say),
        cmocka_unit_test(the_worked_shortfall_example_agrees),
        cmocka_unit_test(simulated_nulls_of_a_normal_model_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
