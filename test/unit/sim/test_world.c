/* test_world.c: seeded worlds open for business and repeat themselves.                 SPDX-License-Identifier: Apache-2.0 */
#include "sim/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 8, EVENTS = 300 };

typedef struct run {
    pli_world world;
    void *memory;
    plm_core *core;
    plm_effect entries[2048];
    plm_outcome outcome;
} run;

static run *
begin(uint64_t seed, uint32_t allowed) {
    run *made = calloc(1, sizeof *made);
    assert_non_null(made);
    pli_world_init(&made->world, seed, allowed);
    size_t size = (plm_core_size(&made->world.limits) + 63) / 64 * 64;
    assert_true(size > 0);
    made->memory = aligned_alloc(64, size);
    assert_non_null(made->memory);
    assert_int_equal(plm_core_init(&made->world.limits, made->memory, size, &made->core, NULL),
                     PLM_OK);
    return made;
}

static void
step(run *going) {
    plm_effects effects = {2048, going->entries};
    pli_world_next(&going->world, going->core);
    assert_int_equal(
        plm_core_apply(going->core, &going->world.event, &effects, &going->outcome, NULL), PLM_OK);
}

static void
finish(run *going) {
    free(going->memory);
    free(going);
}

static void
every_event_of_the_opening_is_accepted(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        run *going = begin(seed, PLI_WORLD_ALL);
        step(going);
        while (going->world.step != UINT32_MAX) {
            assert_string_equal(plm_reject_name(going->outcome.reject), "none");
            step(going);
        }
        assert_int_equal(plm_core_account_count(going->core), 6);
        finish(going);
    }
}

static void
same_seed_draws_the_same_events(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        run *one = begin(seed, PLI_WORLD_ALL);
        run *other = begin(seed, PLI_WORLD_ALL);
        for (uint32_t i = 0; i < EVENTS; i += 1) {
            step(one);
            step(other);
            assert_int_equal(one->world.size, other->world.size);
            assert_memory_equal(one->world.bytes, other->world.bytes, one->world.size);
        }
        finish(one);
        finish(other);
    }
}

static void
features_that_are_not_allowed_are_not_chosen(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
        run *going = begin(seed, PLI_WORLD_TRADES);
        for (uint32_t i = 0; i < EVENTS; i += 1) {
            step(going);
            assert_int_not_equal(going->world.event.header.type, PLM_EVENT_TYPE_BORROW);
            assert_int_equal(going->world.event.header.signer, 0);
        }
        finish(going);
    }
}

static void
every_kind_of_event_has_a_generator(void **state) {
    (void)state;
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        const plm_event_kind *kind = plm_event_kind_at(i);
        if (!pli_world_draws((uint16_t)kind->type)) {
            fail_msg("src/sim/world_events.c draws no %s", kind->name);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_of_the_opening_is_accepted),
        cmocka_unit_test(same_seed_draws_the_same_events),
        cmocka_unit_test(every_kind_of_event_has_a_generator),
        cmocka_unit_test(features_that_are_not_allowed_are_not_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
