/* test_log_faults.c: faults at every second operation of one run; the longer sweeps are in _long.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/log_sweep.h"

static void
sweep(pli_rig_fault fault) {
    uint64_t count = log_sweep_fault(fault, 1, 2);
    printf("%llu runs\n", (unsigned long long)count);
    assert_true(count > 30);
}

static void
a_power_cut_at_any_operation_keeps_what_was_acknowledged(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_POWER);
}

static void
an_error_at_any_operation_ends_the_log_and_loses_nothing(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_ERROR);
}

static void
no_space_at_any_operation_loses_nothing(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_FULL);
}

static void
a_sync_that_lies_is_noticed(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_LIE);
}

static void
a_write_that_is_lost_misdirected_or_flipped_is_noticed(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_LOSE);
    sweep(PLI_RIG_FAULT_MISDIRECT);
    sweep(PLI_RIG_FAULT_FLIP);
}

static void
what_an_error_left_undone_is_not_built_upon(void **state) {
    (void)state;
    assert_true(log_sweep_two(1, 7) > 20);
}

static void
a_flipped_bit_is_refused_or_changes_nothing(void **state) {
    (void)state;
    assert_true(log_sweep_flips(613) > 300);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_any_operation_keeps_what_was_acknowledged),
        cmocka_unit_test(an_error_at_any_operation_ends_the_log_and_loses_nothing),
        cmocka_unit_test(no_space_at_any_operation_loses_nothing),
        cmocka_unit_test(a_sync_that_lies_is_noticed),
        cmocka_unit_test(a_write_that_is_lost_misdirected_or_flipped_is_noticed),
        cmocka_unit_test(what_an_error_left_undone_is_not_built_upon),
        cmocka_unit_test(a_flipped_bit_is_refused_or_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
