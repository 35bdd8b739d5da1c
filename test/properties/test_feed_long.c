/* test_feed_long.c: the properties of price feeds on a million cases with liars, and of reports that were altered.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/feed_properties.h"

static void
liars_up_to_f_leave_the_index_in_the_honest_range(void **state) {
    (void)state;
    ts_feed_liars(101, 1000000);
}

static void
order_and_repetition_within_a_tick_change_nothing(void **state) {
    (void)state;
    ts_feed_orders(102, 30000);
}

static void
time_may_pass_in_any_steps(void **state) {
    (void)state;
    ts_feed_splits(103, 30000);
}

static void
wider_or_older_reports_never_look_better(void **state) {
    (void)state;
    ts_feed_monotone(104, 1000000);
}

static void
no_forged_altered_or_old_report_is_accepted(void **state) {
    (void)state;
    ts_feed_signatures(105, 100000);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liars_up_to_f_leave_the_index_in_the_honest_range),
        cmocka_unit_test(order_and_repetition_within_a_tick_change_nothing),
        cmocka_unit_test(time_may_pass_in_any_steps),
        cmocka_unit_test(wider_or_older_reports_never_look_better),
        cmocka_unit_test(no_forged_altered_or_old_report_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
