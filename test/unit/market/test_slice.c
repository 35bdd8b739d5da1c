/* test_slice.c: SVI and grid smiles at points worked out by hand, and the published arbitrage example.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "market/slice.h"
#include "num/elementary.h"

#define assert_near(seen, expected, tolerance) assert_true(fabs((seen) - (expected)) <= (tolerance))

// k - m = -0.3, 0, 0.3 and sigma = 0.4 make the root 0.5, 0.4, 0.5: every digit below is exact arithmetic on paper.
static const plm_svi triangle = {.a = 0.04, .b = 0.4, .rho = -0.5, .m = 0, .sigma = 0.4};

// Gatheral and Jacquier (2014), example 3.1, due to A. Vogt.
static const plm_svi vogt = {
    .a = -0.0410, .b = 0.1331, .m = 0.3586, .rho = 0.3060, .sigma = 0.4153};

static void
svi_gives_the_variance_worked_out_by_hand(void **state) {
    (void)state;
    assert_near(pli_svi_variance(&triangle, -0.3), 0.30, 1e-15);
    assert_near(pli_svi_variance(&triangle, 0), 0.20, 1e-15);
    assert_near(pli_svi_variance(&triangle, 0.3), 0.18, 1e-15);
    assert_near(pli_svi_slope(&triangle, -0.3), -0.44, 1e-15);
    assert_near(pli_svi_slope(&triangle, 0), -0.2, 1e-15);
    assert_near(pli_svi_slope(&triangle, 0.3), 0.04, 1e-15);
    assert_near(pli_svi_curvature(&triangle, -0.3), 0.512, 1e-14);
    assert_near(pli_svi_curvature(&triangle, 0), 1.0, 1e-14);
}

static void
durrleman_function_is_the_one_worked_out_by_hand(void **state) {
    (void)state;
    // (1 - 0.3 * 0.04 / 0.36)^2 - 0.0004 (1 / 0.18 + 0.25) + 0.256
    assert_near(pli_svi_durrleman(&triangle, 0.3), 1.1881222222222222, 1e-14);
    // 1 - 0.01 (5 + 0.25) + 0.5
    assert_near(pli_svi_durrleman(&triangle, 0), 1.4475, 1e-14);
}

static void
derivatives_agree_with_differences(void **state) {
    (void)state;
    const double h = 1e-4;
    for (double k = -1.5; k <= 1.5; k += 0.1) {
        double up = pli_svi_variance(&vogt, k + h);
        double here = pli_svi_variance(&vogt, k);
        double down = pli_svi_variance(&vogt, k - h);
        assert_near(pli_svi_slope(&vogt, k), (up - down) / (2 * h), 1e-8);
        assert_near(pli_svi_curvature(&vogt, k), (up - 2 * here + down) / (h * h), 1e-6);
    }
}

static void
published_example_has_a_negative_density(void **state) {
    (void)state;
    assert_true(pli_svi_is_valid(&vogt));
    double least = 1;
    for (int i = -1500; i <= 1500; i += 1) {
        double g = pli_svi_durrleman(&vogt, i / 1000.0);
        least = g < least ? g : least;
    }
    // Computed apart in Python from the formula of the paper: the minimum is at k = 0.879.
    assert_near(least, -0.03286354386432558, 1e-12);
    assert_near(pli_svi_durrleman(&vogt, -1.5), 0.24783069529, 1e-10);
}

static void
volatility_is_the_root_of_variance_over_years(void **state) {
    (void)state;
    plm_slice slice = {.kind = PLM_SLICE_SVI, .svi = triangle};
    double volatility = 0;
    assert_int_equal(plm_slice_volatility(&slice, 100, 100 * pli_exp(0.3), 0.5, &volatility),
                     PLM_OK);
    assert_near(volatility, 0.6, 1e-14);
    assert_int_equal(plm_slice_volatility(&slice, 100, 100, 0.2, &volatility), PLM_OK);
    assert_near(volatility, 1.0, 1e-14);
    assert_int_equal(plm_slice_volatility(&slice, 100, 100 * pli_exp(-0.3), 0.75, &volatility),
                     PLM_OK);
    assert_near(volatility, 0.632455532033675867, 1e-14);
}

static void
grid_is_linear_between_nodes_and_flat_outside(void **state) {
    (void)state;
    const plm_slice_node nodes[] = {{-10, 5}, {0, 4}, {10, 6}, {30, 8}};
    plm_slice slice = {.kind = PLM_SLICE_GRID, .node_count = 4, .nodes = nodes};
    const double strikes[] = {-50, -10, -5, 0, 2.5, 10, 25, 30, 99};
    const double expected[] = {5, 5, 4.5, 4, 4.5, 6, 7.5, 8, 8};
    for (size_t i = 0; i < sizeof strikes / sizeof strikes[0]; i += 1) {
        double volatility = 0;
        assert_int_equal(plm_slice_volatility(&slice, -3, strikes[i], 1, &volatility), PLM_OK);
        assert_true(volatility == expected[i]);
    }
    slice.node_count = 1;
    double volatility = 0;
    assert_int_equal(plm_slice_volatility(&slice, 1, 7, 1, &volatility), PLM_OK);
    assert_true(volatility == 5);
}

static void
slice_without_an_answer_is_refused_and_writes_nothing(void **state) {
    (void)state;
    double volatility = -1;
    plm_slice none = {.kind = PLM_SLICE_NONE};
    assert_int_equal(plm_slice_volatility(&none, 1, 1, 1, &volatility), PLM_SURFACE_MISSING);
    plm_slice svi = {.kind = PLM_SLICE_SVI, .svi = triangle};
    const double bad[][3] = {{0, 1, 1},  {1, 0, 1},  {1, 1, 0},           {-1, 1, 1},
                             {1, -1, 1}, {1, 1, -1}, {(double)NAN, 1, 1}, {1, (double)INFINITY, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i += 1) {
        assert_int_equal(plm_slice_volatility(&svi, bad[i][0], bad[i][1], bad[i][2], &volatility),
                         PLM_DOMAIN);
    }
    svi.svi.a = -0.2;
    assert_int_equal(plm_slice_volatility(&svi, 1, 1, 1, &volatility), PLM_DOMAIN);
    plm_slice empty = {.kind = PLM_SLICE_GRID};
    assert_int_equal(plm_slice_volatility(&empty, 1, 1, 1, &volatility), PLM_DOMAIN);
    assert_true(volatility == -1);
    assert_true(pli_durrleman(0, 0, 0, 0) < 0);
}

static void
ranges_of_a_slice_are_checked(void **state) {
    (void)state;
    assert_true(pli_svi_is_valid(&triangle));
    plm_svi wrong[6];
    for (size_t i = 0; i < 6; i += 1) {
        wrong[i] = triangle;
    }
    wrong[0].b = -0.1;
    wrong[1].rho = 1;
    wrong[2].sigma = 0;
    wrong[3].a = -0.2;
    wrong[4].m = (double)NAN;
    wrong[5].a = (double)INFINITY;
    for (size_t i = 0; i < 6; i += 1) {
        assert_false(pli_svi_is_valid(&wrong[i]));
    }
    const plm_slice_node rising[] = {{-1, 0.5}, {1, 0.5}};
    const plm_slice_node equal[] = {{1, 0.5}, {1, 0.5}};
    const plm_slice_node zero[] = {{1, 0.5}, {2, 0}};
    plm_slice grid = {.kind = PLM_SLICE_GRID, .node_count = 2, .nodes = rising};
    assert_true(pli_slice_is_valid(&grid, false));
    assert_false(pli_slice_is_valid(&grid, true));
    grid.nodes = equal;
    assert_false(pli_slice_is_valid(&grid, false));
    grid.nodes = zero;
    assert_false(pli_slice_is_valid(&grid, false));
    plm_slice svi = {.kind = PLM_SLICE_SVI, .svi = triangle};
    assert_true(pli_slice_is_valid(&svi, true));
    assert_false(pli_slice_is_valid(&svi, false)); // ln(strike) has no meaning below zero
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svi_gives_the_variance_worked_out_by_hand),
        cmocka_unit_test(durrleman_function_is_the_one_worked_out_by_hand),
        cmocka_unit_test(derivatives_agree_with_differences),
        cmocka_unit_test(published_example_has_a_negative_density),
        cmocka_unit_test(volatility_is_the_root_of_variance_over_years),
        cmocka_unit_test(grid_is_linear_between_nodes_and_flat_outside),
        cmocka_unit_test(slice_without_an_answer_is_refused_and_writes_nothing),
        cmocka_unit_test(ranges_of_a_slice_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
