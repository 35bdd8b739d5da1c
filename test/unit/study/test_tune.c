/* test_tune.c: what is cheapest, what is dominated, and what no budget allows.          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/tune.h"

static pli_score
score(double rate, double mean, double peak_to_trough, double rise) {
    return (pli_score){
        .rate = rate,
        .cycle = {.mean = mean, .peak_to_trough = peak_to_trough, .rises = {0.0, rise, 0.0}}};
}

static void
the_cheapest_inside_the_budget_is_chosen(void **state) {
    (void)state;
    const pli_score scores[] = {score(0.010, 0.030, 5.0, 0.3), score(0.009, 0.027, 6.0, 0.4),
                                score(0.012, 0.020, 5.0, 0.3), score(0.010, 0.025, 9.0, 0.3),
                                score(0.008, 0.027, 5.0, 0.2)};
    const pli_budget budget = {.rate = 0.01, .mean = 1.0, .peak_to_trough = 6.0, .rise_5d = 0.5};
    assert_int_equal(pli_tune_choose(scores, 5, &budget), 1);
    const pli_budget none = {.rate = 0.001, .mean = 1.0, .peak_to_trough = 6.0, .rise_5d = 0.5};
    assert_int_equal(pli_tune_choose(scores, 5, &none), PLM_NONE);
}

static void
only_what_nothing_dominates_is_on_the_frontier(void **state) {
    (void)state;
    const pli_score scores[] = {score(0.010, 0.030, 5.0, 0.3), score(0.010, 0.029, 5.0, 0.3),
                                score(0.008, 0.040, 5.0, 0.3), score(0.010, 0.029, 5.0, 0.3)};
    uint8_t is_on[4];
    pli_tune_frontier(scores, 4, is_on);
    assert_int_equal(is_on[0], 0);
    assert_int_equal(is_on[1], 1);
    assert_int_equal(is_on[2], 1);
    assert_int_equal(is_on[3], 1); // an equal does not dominate
    assert_true(pli_tune_dominates(&scores[1], &scores[0]));
    assert_false(pli_tune_dominates(&scores[1], &scores[3]));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_inside_the_budget_is_chosen),
        cmocka_unit_test(only_what_nothing_dominates_is_on_the_frontier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
