/* test_cycle.c: measures of procyclicality by hand.                                    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/cycle.h"

static void
peak_trough_and_rises_are_found(void **state) {
    (void)state;
    static const double sizes[] = {4.0, 2.0, 3.0, 2.5, 5.0, 4.0, 4.0};
    pli_cycle cycle;
    assert_int_equal(pli_cycle_measure(sizes, 7, &cycle), PLM_OK);
    assert_true(fabs(cycle.mean - 3.5) < 1e-12);
    assert_true(fabs(cycle.peak_to_trough - 2.5) < 1e-12);
    assert_true(fabs(cycle.rises[0] - 1.0) < 1e-12); // 2.5 to 5 in a day
    assert_true(fabs(cycle.rises[1] - 1.0) < 1e-12); // 2 to 4 in five
    assert_true(cycle.rises[2] <= 0.0);              // there are no twenty days
}

static void
nothing_and_what_is_not_positive_is_refused(void **state) {
    (void)state;
    static const double sizes[] = {1.0, 0.0};
    pli_cycle cycle;
    assert_int_equal(pli_cycle_measure(sizes, 0, &cycle), PLM_HISTORY_SHORT);
    assert_int_equal(pli_cycle_measure(sizes, 2, &cycle), PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peak_trough_and_rises_are_found),
        cmocka_unit_test(nothing_and_what_is_not_positive_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
