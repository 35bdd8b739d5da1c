/* test_statistics.c: conventions at their ends, and what has no answer.                SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/statistics.h"

static const double five[] = {1.0, 2.0, 4.0, 8.0, 16.0};

static double
quantile_of_five(double level, pli_quantile_method method) {
    double value = -1.0;
    assert_int_equal(pli_quantile(five, 5, level, method, &value), PLM_OK);
    return value;
}

static void
positions_are_clamped_to_the_sample(void **state) {
    (void)state;
    for (int method = PLI_QUANTILE_ABOVE; method <= PLI_QUANTILE_INTERPOLATE_N_MINUS_1;
         method += 1) {
        assert_true(quantile_of_five(1e-9, (pli_quantile_method)method) < 1.001);
        assert_true(quantile_of_five(1.0 - 1e-9, (pli_quantile_method)method) > 15.99);
    }
    assert_true(quantile_of_five(0.5, PLI_QUANTILE_INTERPOLATE_N_MINUS_1) == 4.0);
    assert_true(quantile_of_five(0.5, PLI_QUANTILE_INTERPOLATE_N_PLUS_1) == 4.0);
    assert_true(quantile_of_five(0.5, PLI_QUANTILE_INTERPOLATE_MIDWAY) == 4.0);
    assert_true(quantile_of_five(0.5, PLI_QUANTILE_INTERPOLATE_N) == 3.0);
    assert_true(quantile_of_five(0.5, PLI_QUANTILE_ABOVE) == 4.0);
}

static void
expected_shortfall_weights_the_boundary_by_what_is_left(void **state) {
    (void)state;
    double value = 0.0;
    assert_int_equal(pli_expected_shortfall_upper(five, 5, 0.5, &value), PLM_OK);
    assert_true(value == (16.0 + 8.0 + 0.5 * 4.0) / 2.5);
    assert_int_equal(pli_expected_shortfall_upper(five, 5, 0.0, &value), PLM_OK);
    assert_true(value == 31.0 / 5.0);
    assert_int_equal(pli_expected_shortfall_upper(five, 5, 0.9999, &value), PLM_OK);
    assert_true(fabs(value - 16.0) < 1e-11);
}

static void
moments_of_small_samples_are_known(void **state) {
    (void)state;
    static const double left[] = {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};
    static const double right[] = {-2.0, -4.0, -4.0, -4.0, -5.0, -5.0, -7.0, -9.0};
    double value = 0.0;
    assert_int_equal(pli_mean(left, 8, &value), PLM_OK);
    assert_true(value == 5.0);
    assert_int_equal(pli_variance(left, 8, &value), PLM_OK);
    assert_true(value == 32.0 / 7.0);
    assert_int_equal(pli_correlation(left, right, 8, &value), PLM_OK);
    assert_true(fabs(value + 1.0) < 1e-15 && value >= -1.0);
    // Anscombe, "Graphs in statistical analysis", 1973, first set: r = 0.816, mean 9, variance 11.
    static const double x[] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
    static const double y[] = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
    assert_int_equal(pli_mean(x, 11, &value), PLM_OK);
    assert_true(value == 9.0);
    assert_int_equal(pli_variance(x, 11, &value), PLM_OK);
    assert_true(value == 11.0);
    assert_int_equal(pli_correlation(x, y, 11, &value), PLM_OK);
    assert_true(fabs(value - 0.816) < 0.0005);
}

static void
what_has_no_answer_says_so(void **state) {
    (void)state;
    static const double same[] = {3.0, 3.0, 3.0, 3.0, 3.0};
    const double broken[] = {1.0, (double)NAN};
    double value = 77.0;
    assert_int_equal(pli_quantile(five, 0, 0.5, PLI_QUANTILE_ABOVE, &value), PLM_HISTORY_SHORT);
    assert_int_equal(pli_quantile(five, 5, 0.0, PLI_QUANTILE_ABOVE, &value), PLM_DOMAIN);
    assert_int_equal(pli_quantile(five, 5, 1.0, PLI_QUANTILE_ABOVE, &value), PLM_DOMAIN);
    assert_int_equal(pli_quantile(five, 5, (double)NAN, PLI_QUANTILE_ABOVE, &value), PLM_DOMAIN);
    assert_int_equal(pli_expected_shortfall_upper(five, 0, 0.5, &value), PLM_HISTORY_SHORT);
    assert_int_equal(pli_expected_shortfall_upper(five, 5, 1.0, &value), PLM_DOMAIN);
    assert_int_equal(pli_mean(five, 0, &value), PLM_HISTORY_SHORT);
    assert_int_equal(pli_variance(five, 1, &value), PLM_HISTORY_SHORT);
    assert_int_equal(pli_variance(broken, 2, &value), PLM_NOT_FINITE);
    assert_int_equal(pli_correlation(five, five, 1, &value), PLM_HISTORY_SHORT);
    assert_int_equal(pli_correlation(five, same, 5, &value), PLM_DOMAIN);
    assert_int_equal(pli_correlation(broken, five, 2, &value), PLM_NOT_FINITE);
    assert_true(value == 77.0);
    double variances[3];
    assert_int_equal(pli_ewma_variance(five, 2, 1.5, 0.1, variances), PLM_DOMAIN);
    assert_int_equal(pli_ewma_variance(five, 2, 0.9, -0.1, variances), PLM_DOMAIN);
    assert_int_equal(pli_ewma_variance(broken, 2, 0.9, 0.1, variances), PLM_NOT_FINITE);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_clamped_to_the_sample),
        cmocka_unit_test(expected_shortfall_weights_the_boundary_by_what_is_left),
        cmocka_unit_test(moments_of_small_samples_are_known),
        cmocka_unit_test(what_has_no_answer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
