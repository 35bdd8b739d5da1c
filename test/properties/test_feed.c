/* test_feed.c: the properties of price feeds on a few thousand cases.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/feed_properties.h"

static void
liars_up_to_f_leave_the_index_in_the_honest_range(void **state) {
    (void)state;
    ts_feed_liars(1, 10000);
}

static void
order_and_repetition_within_a_tick_change_nothing(void **state) {
    (void)state;
    ts_feed_orders(2, 200);
}

static void
time_may_pass_in_any_steps(void **state) {
    (void)state;
    ts_feed_splits(3, 200);
}

static void
wider_or_older_reports_never_look_better(void **state) {
    (void)state;
    ts_feed_monotone(4, 3000);
}

static void
no_forged_altered_or_old_report_is_accepted(void **state) {
    (void)state;
    ts_feed_signatures(5, 1000);
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
