/* test_distribution.c: chi-square and binomial probabilities against published and exact values. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/distribution.h"

static void
assert_close(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
        fail_msg("%.17g is not %.17g within %g relative", value, expected, tolerance);
    }
}

// Abramowitz and Stegun, table 26.8: percentage points of the chi-square distribution.
static void
chi_square_tails_agree_with_the_published_table(void **state) {
    (void)state;
    assert_close(pli_chi_square_sf(3.84146, 1), 0.05, 1e-5);
    assert_close(pli_chi_square_sf(6.63490, 1), 0.01, 1e-5);
    assert_close(pli_chi_square_sf(5.99147, 2), 0.05, 1e-5);
    assert_close(pli_chi_square_sf(7.81473, 3), 0.05, 1e-5);
    assert_close(pli_chi_square_sf(9.48773, 4), 0.05, 1e-5);
    assert_close(pli_chi_square_sf(20.5150, 6), 0.00222, 5e-2);
    assert_close(pli_chi_square_sf(124.342, 100), 0.05, 1e-4);
}

static void
chi_square_is_one_at_and_below_zero(void **state) {
    (void)state;
    assert_true(pli_chi_square_sf(0.0, 1) >= 1.0);
    assert_true(pli_chi_square_sf(-3.0, 7) >= 1.0);
    assert_true(isnan(pli_chi_square_sf(NAN, 2)));
}

// Whole fractions: C(10, x) / 1024.
static void
a_fair_coin_gives_whole_fractions(void **state) {
    (void)state;
    static const double ways[] = {1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1};
    double below = 0.0;
    for (uint32_t i = 0; i <= 10; i += 1) {
        below += ways[i];
        assert_close(pli_binomial_pmf(i, 10, 0.5), ways[i] / 1024.0, 1e-13);
        assert_close(pli_binomial_cdf(i, 10, 0.5), below / 1024.0, 1e-13);
        assert_close(1.0 + pli_binomial_sf(i, 10, 0.5), 2.0 - below / 1024.0, 1e-13);
    }
}

static void
probabilities_of_many_trials_sum_to_one(void **state) {
    (void)state;
    double sum = 0.0;
    for (uint32_t i = 0; i <= 24000; i += 1) {
        sum += pli_binomial_pmf(i, 24000, 0.01);
    }
    assert_close(sum, 1.0, 1e-11);
    assert_close(pli_binomial_cdf(240, 24000, 0.01) + pli_binomial_sf(240, 24000, 0.01), 1.0,
                 1e-11);
}

static void
certain_and_impossible_draws_are_exact(void **state) {
    (void)state;
    assert_true(pli_binomial_pmf(0, 5, 0.0) >= 1.0);
    assert_true(pli_binomial_pmf(1, 5, 0.0) <= 0.0);
    assert_true(pli_binomial_pmf(5, 5, 1.0) >= 1.0);
    assert_true(pli_binomial_cdf(5, 5, 0.3) >= 1.0);
    assert_true(pli_binomial_sf(5, 5, 0.3) <= 0.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chi_square_tails_agree_with_the_published_table),
        cmocka_unit_test(chi_square_is_one_at_and_below_zero),
        cmocka_unit_test(a_fair_coin_gives_whole_fractions),
        cmocka_unit_test(probabilities_of_many_trials_sum_to_one),
        cmocka_unit_test(certain_and_impossible_draws_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
