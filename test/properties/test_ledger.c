/* test_ledger.c: laws of the books over random lives [L1]-[L5], [L9], [M10].          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/books_random.h"

static ts_round r;

static void
live(uint64_t seed, uint32_t event_count, bool is_wild) {
    ts_round_init(&r, seed, 6, is_wild);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_round_step(&r);
    }
    ts_round_finish(&r);
}

static void
every_invariant_holds_after_every_random_event(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed += 1) {
        live(seed, 1500, false);
    }
}

static void
extreme_sizes_are_booked_exactly_or_refused(void **state) {
    (void)state;
    for (uint64_t seed = 101; seed <= 104; seed += 1) {
        live(seed, 1500, true);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_invariant_holds_after_every_random_event),
        cmocka_unit_test(extreme_sizes_are_booked_exactly_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
