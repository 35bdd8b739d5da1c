/* test_core_long.c: what must hold of the state machine after any events, at length.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/core_properties.h"

static void
refused_event_changes_only_sequence_time_and_counters(void **state) {
    (void)state;
    for (uint64_t seed = 101; seed <= 106; seed += 1) {
        assert_true(ts_core_refusals(seed, 4000) > 500);
    }
}

static void
every_invariant_holds_after_every_event(void **state) {
    (void)state;
    for (uint64_t seed = 101; seed <= 106; seed += 1) {
        assert_true(ts_core_invariants(seed, 10000) > 1250);
    }
}

static void
snapshot_at_every_event_continues_as_the_state_does(void **state) {
    (void)state;
    for (uint64_t seed = 21; seed <= 22; seed += 1) {
        ts_core_snapshots(seed, 2000);
    }
}

static void
questions_change_no_byte(void **state) {
    (void)state;
    ts_core_questions(31, 500);
    ts_core_questions(32, 500);
}

static void
told_outcomes_lead_to_the_state_that_decided_ones_do(void **state) {
    (void)state;
    for (uint64_t seed = 41; seed <= 46; seed += 1) {
        ts_core_replays(seed, 6000);
    }
}

static void
event_that_is_tried_comes_to_what_it_comes_to(void **state) {
    (void)state;
    for (uint64_t seed = 151; seed <= 154; seed += 1) {
        assert_true(ts_core_trials(seed, 1000) > 40);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_event_changes_only_sequence_time_and_counters),
        cmocka_unit_test(every_invariant_holds_after_every_event),
        cmocka_unit_test(snapshot_at_every_event_continues_as_the_state_does),
        cmocka_unit_test(questions_change_no_byte),
        cmocka_unit_test(told_outcomes_lead_to_the_state_that_decided_ones_do),
        cmocka_unit_test(event_that_is_tried_comes_to_what_it_comes_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
