/* test_tally.c: means, errors and the choice inside a budget, by hand.                  SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/quantity.h"
#include "study/tally.h"

static pli_simulate_result
world(double bad_debt, double capital) {
    return (pli_simulate_result){.kind = PLI_SIMULATE_CALM,
                                 .open_interest = 1000.0,
                                 .capital = capital,
                                 .bad_debt = bad_debt,
                                 .is_conserved = true};
}

static void
means_and_errors_are_those_of_a_hand(void **state) {
    (void)state;
    pli_tally tally = {.count = 0};
    assert_true(pli_tally_mean(&tally, PLI_TALLY_BAD_DEBT) == 0.0);
    pli_simulate_result one = world(1.0, 100.0);
    pli_simulate_result two = world(3.0, 100.0);
    pli_tally_add(&tally, &one);
    assert_true(pli_tally_error(&tally, PLI_TALLY_BAD_DEBT) == 0.0);
    pli_tally_add(&tally, &two);
    // 0.001 and 0.003: mean 0.002; variance 2e-6 / 2 worlds, root 0.001.
    assert_true(fabs(pli_tally_mean(&tally, PLI_TALLY_BAD_DEBT) - 0.002) < 1e-15);
    assert_true(fabs(pli_tally_error(&tally, PLI_TALLY_BAD_DEBT) - 0.001) < 1e-12);
    assert_true(fabs(tally.largest[PLI_TALLY_BAD_DEBT] - 0.003) < 1e-15);
    assert_int_equal(tally.unsound, 0);
    two.is_conserved = false;
    pli_tally_add(&tally, &two);
    assert_int_equal(tally.unsound, 1);
}

static void
the_least_capital_inside_the_budget_is_chosen(void **state) {
    (void)state;
    pli_tally tallies[4] = {{.count = 0}, {.count = 0}, {.count = 0}, {.count = 0}};
    const pli_simulate_result worlds[3] = {world(5.0, 60.0), world(2.0, 80.0), world(1.0, 120.0)};
    for (uint32_t i = 0; i < 3; i += 1) {
        pli_tally_add(&tallies[i], &worlds[i]);
    }
    assert_int_equal(pli_tally_choose(tallies, 4, 0.0025), 1);
    assert_int_equal(pli_tally_choose(tallies, 4, 0.0015), 2);
    assert_int_equal(pli_tally_choose(tallies, 4, 0.0005), PLM_NONE);
    assert_int_equal(pli_tally_choose(tallies, 4, 1.0), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_errors_are_those_of_a_hand),
        cmocka_unit_test(the_least_capital_inside_the_budget_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
