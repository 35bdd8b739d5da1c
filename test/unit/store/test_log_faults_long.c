/* test_log_faults_long.c: many runs with a fault at every operation, all subsets of pending writes, every single bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/log_sweep.h"

static void
sweep(pli_rig_fault fault, uint64_t seed_count) {
    uint64_t count = 0;
    for (uint64_t seed = 1; seed <= seed_count; seed += 1) {
        count += log_sweep_fault(fault, seed, 1);
    }
    printf("%llu runs, 0 violations\n", (unsigned long long)count);
}

static void
a_power_cut_at_any_operation_keeps_what_was_acknowledged(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_POWER, 24);
}

static void
an_error_at_any_operation_ends_the_log_and_loses_nothing(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_ERROR, 12);
}

static void
no_space_at_any_operation_loses_nothing(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_FULL, 12);
}

static void
a_fault_of_which_nobody_is_told_is_noticed(void **state) {
    (void)state;
    sweep(PLI_RIG_FAULT_LIE, 12);
    sweep(PLI_RIG_FAULT_LOSE, 12);
    sweep(PLI_RIG_FAULT_MISDIRECT, 12);
    sweep(PLI_RIG_FAULT_FLIP, 12);
}

static void
what_an_error_left_undone_is_not_built_upon(void **state) {
    (void)state;
    uint64_t count = 0;
    for (uint64_t seed = 1; seed <= 6; seed += 1) {
        count += log_sweep_two(seed, 1);
    }
    printf("%llu runs, 0 violations\n", (unsigned long long)count);
}

static void
every_subset_and_tear_of_pending_writes_keeps_what_was_acknowledged(void **state) {
    (void)state;
    uint64_t count = 0;
    for (uint64_t seed = 1; seed <= 2; seed += 1) {
        count += log_sweep_subsets(seed);
    }
    printf("%llu power cuts, 0 violations\n", (unsigned long long)count);
}

static void
every_flipped_bit_is_refused_or_changes_nothing(void **state) {
    (void)state;
    printf("%llu flips, 0 violations\n", (unsigned long long)log_sweep_flips(1));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_any_operation_keeps_what_was_acknowledged),
        cmocka_unit_test(an_error_at_any_operation_ends_the_log_and_loses_nothing),
        cmocka_unit_test(no_space_at_any_operation_loses_nothing),
        cmocka_unit_test(a_fault_of_which_nobody_is_told_is_noticed),
        cmocka_unit_test(what_an_error_left_undone_is_not_built_upon),
        cmocka_unit_test(every_subset_and_tear_of_pending_writes_keeps_what_was_acknowledged),
        cmocka_unit_test(every_flipped_bit_is_refused_or_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
