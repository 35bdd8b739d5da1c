/* test_score.c: sizes and losses by hand.                                              SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/score.h"

static void
breaches_depth_and_cost_are_counted(void **state) {
    (void)state;
    static const double sizes[] = {0.10, 0.10, 0.20, 0.20};
    static const double losses[] = {0.10, 0.15, -0.5, 0.21};
    uint8_t is_breach[4];
    pli_score score;
    assert_int_equal(pli_score_measure(sizes, losses, 4, 0.01, is_breach, &score), PLM_OK);
    assert_int_equal(score.breach_count, 2); // a loss equal to the size is covered
    assert_int_equal(is_breach[0], 0);
    assert_int_equal(is_breach[1], 1);
    assert_true(fabs(score.rate - 0.5) < 1e-12);
    assert_true(fabs(score.worst - 0.5) < 1e-9);
    assert_true(fabs(score.cycle.mean - 0.15) < 1e-12);
    assert_int_equal(score.zone, PLI_TRAFFIC_RED);
    assert_true(score.kupiec.p_value < 0.001);
}

static void
too_few_windows_and_bad_sizes_are_refused(void **state) {
    (void)state;
    static const double sizes[] = {0.10, 0.0};
    static const double losses[] = {0.0, 0.0};
    uint8_t is_breach[2];
    pli_score score;
    assert_int_equal(pli_score_measure(sizes, losses, 0, 0.01, is_breach, &score),
                     PLM_HISTORY_SHORT);
    assert_int_equal(pli_score_measure(sizes, losses, 1, 0.01, is_breach, &score),
                     PLM_HISTORY_SHORT);
    assert_int_equal(pli_score_measure(sizes, losses, 2, 0.01, is_breach, &score), PLM_DOMAIN);
    assert_int_equal(pli_score_measure(losses, sizes, 1, 2.0, is_breach, &score), PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaches_depth_and_cost_are_counted),
        cmocka_unit_test(too_few_windows_and_bad_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
