/* test_volatility.c: realised volatility against a path worked out by hand.            SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "market/volatility.h"
#include "num/elementary.h"

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-13)

static void
ewma_path_is_the_one_worked_out_by_hand(void **state) {
    (void)state;
    // Log returns 0.02, -0.04, 0.10; the seed is the mean of the first two squares, (0.0004 + 0.0016) / 2 = 0.001.
    const double closes[] = {100, 100 * pli_exp(0.02), 100 * pli_exp(-0.02), 100 * pli_exp(0.08)};
    // 0.9 * 0.001 + 0.1 * 0.0004, then with 0.0016, then with 0.01.
    const double variances[] = {0.001, 0.00094, 0.001006, 0.0019054};
    double volatilities[4];
    assert_int_equal(pli_volatility_ewma(closes, 4, 0.9, 2, volatilities), PLM_OK);
    for (size_t i = 0; i < 4; i += 1) {
        assert_near(volatilities[i], sqrt(365 * variances[i]));
    }
}

static void
constant_return_has_its_own_volatility_for_every_lambda(void **state) {
    (void)state;
    const double closes[] = {1, 2, 4, 8, 16};
    const double lambdas[] = {0, 0.5, 0.94, 1};
    for (size_t l = 0; l < 4; l += 1) {
        double volatilities[5];
        assert_int_equal(pli_volatility_ewma(closes, 5, lambdas[l], 1, volatilities), PLM_OK);
        for (size_t i = 0; i < 5; i += 1) {
            assert_near(volatilities[i], 0.693147180559945309 * sqrt(365));
        }
    }
    double volatility = 0;
    assert_int_equal(pli_volatility_closes(closes, 5, &volatility), PLM_OK);
    assert_near(volatility, 0.693147180559945309 * sqrt(365));
}

static void
later_closes_change_no_earlier_volatility(void **state) {
    (void)state;
    const double closes[] = {10, 11, 10.5, 12, 90};
    double whole[5];
    double part[4];
    assert_int_equal(pli_volatility_ewma(closes, 5, 0.94, 2, whole), PLM_OK);
    assert_int_equal(pli_volatility_ewma(closes, 4, 0.94, 2, part), PLM_OK);
    assert_memory_equal(whole, part, sizeof part);
}

static void
series_that_cannot_be_measured_is_refused(void **state) {
    (void)state;
    double volatilities[3] = {-1, -1, -1};
    const double closes[] = {1, 2, 3};
    const double bad[][3] = {{1, 0, 3}, {1, 2, -3}, {(double)NAN, 2, 3}, {1, 2, (double)INFINITY}};
    assert_int_equal(pli_volatility_ewma(closes, 3, 0.9, 3, volatilities), PLM_HISTORY_SHORT);
    assert_int_equal(pli_volatility_ewma(closes, 3, 0.9, 0, volatilities), PLM_HISTORY_SHORT);
    assert_int_equal(pli_volatility_ewma(closes, 3, 1.1, 1, volatilities), PLM_DOMAIN);
    assert_int_equal(pli_volatility_ewma(closes, 3, (double)NAN, 1, volatilities), PLM_DOMAIN);
    assert_int_equal(pli_volatility_closes(closes, 1, volatilities), PLM_HISTORY_SHORT);
    assert_true(volatilities[0] == -1);
    for (size_t i = 0; i < 4; i += 1) {
        assert_int_equal(pli_volatility_ewma(bad[i], 3, 0.9, 1, volatilities), PLM_DOMAIN);
        assert_int_equal(pli_volatility_closes(bad[i], 3, volatilities), PLM_DOMAIN);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ewma_path_is_the_one_worked_out_by_hand),
        cmocka_unit_test(constant_return_has_its_own_volatility_for_every_lambda),
        cmocka_unit_test(later_closes_change_no_earlier_volatility),
        cmocka_unit_test(series_that_cannot_be_measured_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
