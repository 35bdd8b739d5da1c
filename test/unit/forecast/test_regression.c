/* test_regression.c: least squares and logistic fits against answers worked out by hand.  SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forecast/regression.h"

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-9)

static const double line_rows[4] = {0, 1, 2, 3};
static const double line_targets[4] = {1, 3, 2, 5};

static pli_design
line_design(void) {
    return (pli_design){
        .row_count = 4, .column_count = 1, .stride = 1, .rows = line_rows, .targets = line_targets};
}

static void
line_through_four_points_is_the_one_by_hand(void **state) {
    (void)state;
    // Means 1.5 and 2.75; sum of products 5.5, of squares 5.
    const pli_design design = line_design();
    pli_linear line;
    assert_int_equal(pli_regression_fit(&design, 0, &line), PLM_OK);
    assert_near(line.slopes[0], 1.1);
    assert_near(line.constant, 2.75 - 1.1 * 1.5);
    const double row[1] = {10};
    assert_near(pli_linear_value(&line, row, 1), 12.1);
}

static void
ridge_halves_the_slope_where_it_equals_the_variance(void **state) {
    (void)state;
    // On standardised columns the normal equation is (1 + ridge) b = covariance: ridge 1 halves b, the mean stays.
    const pli_design design = line_design();
    pli_linear line;
    assert_int_equal(pli_regression_fit(&design, 1, &line), PLM_OK);
    assert_near(line.slopes[0], 0.55);
    assert_near(line.constant + 1.5 * line.slopes[0], 2.75);
}

static void
weight_two_is_the_same_row_twice(void **state) {
    (void)state;
    const double rows[5] = {0, 1, 2, 3, 3};
    const double targets[5] = {1, 3, 2, 5, 5};
    const double weights[4] = {1, 1, 1, 2};
    const pli_design twice = {
        .row_count = 5, .column_count = 1, .stride = 1, .rows = rows, .targets = targets};
    pli_design weighted = line_design();
    weighted.weights = weights;
    pli_linear left;
    pli_linear right;
    assert_int_equal(pli_regression_fit(&twice, 0.1, &left), PLM_OK);
    assert_int_equal(pli_regression_fit(&weighted, 0.1, &right), PLM_OK);
    assert_near(left.constant, right.constant);
    assert_near(left.slopes[0], right.slopes[0]);
}

static void
column_that_does_not_vary_gets_no_slope(void **state) {
    (void)state;
    const double rows[8] = {0, 7.1, 1, 7.1, 2, 7.1, 3, 7.1};
    const pli_design design = {
        .row_count = 4, .column_count = 2, .stride = 2, .rows = rows, .targets = line_targets};
    pli_linear line;
    assert_int_equal(pli_regression_fit(&design, 0, &line), PLM_OK);
    assert_near(line.slopes[0], 1.1);
    assert_true(line.slopes[1] <= 0 && line.slopes[1] >= 0);
}

static void
logistic_fit_of_a_two_by_two_table_has_its_odds(void **state) {
    (void)state;
    // x = 0: 1 of 4 is 1; x = 1: 3 of 4. Odds 1/3 and 3: constant -log 3, slope 2 log 3.
    const double rows[8] = {0, 0, 0, 0, 1, 1, 1, 1};
    const double targets[8] = {1, 0, 0, 0, 1, 1, 1, 0};
    const pli_design design = {
        .row_count = 8, .column_count = 1, .stride = 1, .rows = rows, .targets = targets};
    pli_linear line;
    assert_int_equal(pli_logistic_fit(&design, 0, &line), PLM_OK);
    assert_near(line.constant, -log(3));
    assert_near(line.slopes[0], 2 * log(3));
    pli_linear smaller;
    assert_int_equal(pli_logistic_fit(&design, 0.1, &smaller), PLM_OK);
    assert_true(smaller.slopes[0] > 0 && smaller.slopes[0] < line.slopes[0]);
}

static void
separable_classes_need_a_ridge(void **state) {
    (void)state;
    const double rows[6] = {0, 1, 2, 3, 4, 5};
    const double targets[6] = {0, 0, 0, 1, 1, 1};
    const pli_design design = {
        .row_count = 6, .column_count = 1, .stride = 1, .rows = rows, .targets = targets};
    pli_linear line;
    assert_int_equal(pli_logistic_fit(&design, 0, &line), PLM_FIT_FAILED);
    assert_int_equal(pli_logistic_fit(&design, 0.01, &line), PLM_OK);
    const double low[1] = {0};
    const double high[1] = {5};
    double chance_low = pli_logistic(pli_linear_value(&line, low, 1));
    double chance_high = pli_logistic(pli_linear_value(&line, high, 1));
    assert_true(chance_low < 0.1 && chance_high > 0.9);
    assert_near(chance_low + chance_high, 1);
}

static void
what_cannot_be_fitted_is_refused(void **state) {
    (void)state;
    pli_design design = line_design();
    pli_linear line;
    design.row_count = 2;
    assert_int_equal(pli_regression_fit(&design, 0, &line), PLM_HISTORY_SHORT);
    design = line_design();
    design.column_count = PLI_REGRESSION_COLUMNS_MAX + 1;
    assert_int_equal(pli_regression_fit(&design, 0, &line), PLM_LIMIT);
    design = line_design();
    assert_int_equal(pli_regression_fit(&design, -1, &line), PLM_DOMAIN);
    const double weights[4] = {1, 1, -1, 1};
    design.weights = weights;
    assert_int_equal(pli_regression_fit(&design, 0, &line), PLM_DOMAIN);
    const double same[8] = {0, 0, 1, 1, 2, 2, 3, 3};
    const pli_design twin = {
        .row_count = 4, .column_count = 2, .stride = 2, .rows = same, .targets = line_targets};
    assert_int_equal(pli_regression_fit(&twin, 0, &line), PLM_FIT_FAILED);
    assert_int_equal(pli_regression_fit(&twin, 1e-6, &line), PLM_OK);
    const double zeros[4] = {0, 0, 0, 0};
    design = line_design();
    design.targets = zeros;
    assert_int_equal(pli_logistic_fit(&design, 0.1, &line), PLM_FIT_FAILED);
}

static void
logistic_of_far_values_neither_overflows_nor_leaves_the_unit(void **state) {
    (void)state;
    assert_near(pli_logistic(0), 0.5);
    assert_near(pli_logistic(log(3)), 0.75);
    assert_true(pli_logistic(1e6) <= 1 && pli_logistic(1e6) >= 1);
    assert_true(pli_logistic(-1e6) >= 0 && pli_logistic(-1e6) <= 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_through_four_points_is_the_one_by_hand),
        cmocka_unit_test(ridge_halves_the_slope_where_it_equals_the_variance),
        cmocka_unit_test(weight_two_is_the_same_row_twice),
        cmocka_unit_test(column_that_does_not_vary_gets_no_slope),
        cmocka_unit_test(logistic_fit_of_a_two_by_two_table_has_its_odds),
        cmocka_unit_test(separable_classes_need_a_ridge),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
        cmocka_unit_test(logistic_of_far_values_neither_overflows_nor_leaves_the_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
