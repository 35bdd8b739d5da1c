/* test_conform_derive.c: Derive's margins against the venue's own published cases.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/conform.h"

static void
portfolio_margin_v2_agrees_in_every_scenario(void **state) {
    (void)state;
    assert_true(ts_conform_file("vectors/venues/derive_pmrm_v2.json")->passed >= 70);
}

static void
portfolio_margin_v1_agrees_in_flat_cases(void **state) {
    (void)state;
    assert_true(ts_conform_file("vectors/venues/derive_pmrm_v1_sim.json")->passed >= 14);
}

static void
portfolio_margin_v1_agrees_in_nested_cases(void **state) {
    (void)state;
    assert_true(ts_conform_file("vectors/venues/derive_pmrm_v1_portfolio.json")->passed >= 30);
}

static void
standard_margin_agrees_in_simulated_cases(void **state) {
    (void)state;
    assert_true(ts_conform_file("vectors/venues/derive_srm_sim.json")->passed >= 19);
}

static void
standard_margin_agrees_in_portfolio_cases(void **state) {
    (void)state;
    assert_true(ts_conform_file("vectors/venues/derive_srm_portfolio.json")->passed >= 28);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(portfolio_margin_v2_agrees_in_every_scenario),
        cmocka_unit_test(portfolio_margin_v1_agrees_in_flat_cases),
        cmocka_unit_test(portfolio_margin_v1_agrees_in_nested_cases),
        cmocka_unit_test(standard_margin_agrees_in_simulated_cases),
        cmocka_unit_test(standard_margin_agrees_in_portfolio_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
