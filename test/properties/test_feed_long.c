/* test_feed_long.c: the properties of price feeds at length, with liars and altered reports.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/feed_properties.h"

/* Usage: test_feed_long [QUARTERS]: of a million cases of each property that is quick to ask; 1 where nothing is said. */
static uint64_t quarters = 1;

static void
liars_up_to_f_leave_the_index_in_the_honest_range(void **state) {
    (void)state;
    ts_feed_liars(101, (uint32_t)(250000 * quarters));
}

static void
order_and_repetition_within_a_tick_change_nothing(void **state) {
    (void)state;
    ts_feed_orders(102, (uint32_t)(7500 * quarters));
}

static void
time_may_pass_in_any_steps(void **state) {
    (void)state;
    ts_feed_splits(103, (uint32_t)(7500 * quarters));
}

static void
wider_or_older_reports_never_look_better(void **state) {
    (void)state;
    ts_feed_monotone(104, (uint32_t)(250000 * quarters));
}

static void
no_forged_altered_or_old_report_is_accepted(void **state) {
    (void)state;
    ts_feed_signatures(105, (uint32_t)(25000 * quarters));
}

int
main(int argument_count, char **arguments) {
    quarters = argument_count == 2 ? strtoull(arguments[1], NULL, 10) : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liars_up_to_f_leave_the_index_in_the_honest_range),
        cmocka_unit_test(order_and_repetition_within_a_tick_change_nothing),
        cmocka_unit_test(time_may_pass_in_any_steps),
        cmocka_unit_test(wider_or_older_reports_never_look_better),
        cmocka_unit_test(no_forged_altered_or_old_report_is_accepted),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("%llu cases with liars, %d failed\n", 250000 * (unsigned long long)quarters, failed);
    return failed;
}
