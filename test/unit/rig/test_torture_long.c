/* test_torture_long.c: torture at length; PLIMSOLL_TORTURE_SEEDS says how many seeds.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig/torture.h"

enum {
    SEEDS = 40,
    SEED_FIRST = 1000,
    EVENTS_ALONE = 20000,
    EVENTS_FAULTS = 2000,
    EVENTS_CRASH = 160
};

static uint64_t
seed_count(void) {
    const char *text = getenv("PLIMSOLL_TORTURE_SEEDS");
    return text == NULL ? SEEDS : strtoull(text, NULL, 10);
}

static void
run_seeds(pli_torture_options options) {
    pli_torture_result *result = calloc(1, sizeof *result);
    assert_non_null(result);
    for (uint64_t i = 0; i < seed_count(); i += 1) {
        options.seed = SEED_FIRST + i;
        pli_torture_run(&options, result);
        if (result->violations != 0) {
            fail_msg("seed %llu, event %llu: %s", (unsigned long long)options.seed,
                     (unsigned long long)result->violation_event, result->violation);
        }
    }
    printf("events %llu faults %llu crash points %llu violations %llu\n",
           (unsigned long long)result->events, (unsigned long long)result->faults,
           (unsigned long long)result->crash_points, (unsigned long long)result->violations);
    free(result);
}

static void
state_machine_stays_sound_under_random_events(void **state) {
    (void)state;
    run_seeds((pli_torture_options){.event_count = EVENTS_ALONE, .features = PLI_WORLD_ALL});
}

static void
engine_survives_a_failing_disk(void **state) {
    (void)state;
    run_seeds((pli_torture_options){
        .event_count = EVENTS_FAULTS, .features = PLI_WORLD_ALL, .has_faults = true});
}

static void
engine_recovers_from_every_point_at_which_it_is_cut(void **state) {
    (void)state;
    run_seeds((pli_torture_options){
        .event_count = EVENTS_CRASH, .features = PLI_WORLD_ALL, .has_crash_points = true});
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_machine_stays_sound_under_random_events),
        cmocka_unit_test(engine_survives_a_failing_disk),
        cmocka_unit_test(engine_recovers_from_every_point_at_which_it_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
