/* core_properties.c: what must hold of the state machine after any events.              SPDX-License-Identifier: Apache-2.0 */
#include "support/core_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/core_wild.h"

#define USD INT64_C(1000000)

static void
start(ts_core *world, bool has_arrays) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, 20000 * USD), PLM_REJECT_NONE);
    }
    if (has_arrays) {
        ts_core_portfolio(world);
    }
}

static void
assert_sound(const ts_core *world) {
    const char *broken = plm_core_check(world->core);
    if (broken != NULL) {
        fail_msg("after event %llu of type %u: %s", (unsigned long long)world->outcome.sequence,
                 world->event.header.type, broken);
    }
}

uint32_t
ts_core_refusals(uint64_t seed, uint32_t event_count) {
    uint32_t refused = 0;
    ts_core w;
    ts_core_wild wild;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_core_wild_next(&wild, &w);
        plm_event event = w.event;
        size_t size[2];
        // Time passes first, so that what it brings is not blamed on the event.
        ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
        ts_core_apply(&w);
        w.event = event;
        uint8_t *before = ts_core_bytes_settled(w.core, &size[0]);
        ts_core_apply(&w);
        uint8_t *after = ts_core_bytes_settled(w.core, &size[1]);
        // What is left of a refused event's effects is what its sequence brought: a record that waited for it.
        bool is_bare = w.outcome.effect_count == 0;
        if (is_bare && (w.outcome.reject != PLM_REJECT_NONE || w.outcome.is_repeat)) {
            refused += 1;
            if (size[0] != size[1] || memcmp(before, after, size[0]) != 0) {
                fail_msg("event of type %u refused with %s changed the state", event.header.type,
                         plm_reject_name(w.outcome.reject));
            }
        }
        free(before);
        free(after);
    }
    ts_core_finish(&w);
    return refused;
}

uint32_t
ts_core_invariants(uint64_t seed, uint32_t event_count) {
    uint32_t accepted = 0;
    ts_core w;
    ts_core_wild wild;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_core_wild_next(&wild, &w);
        accepted += ts_core_apply(&w) == PLM_REJECT_NONE ? 1 : 0;
        assert_sound(&w);
    }
    ts_core_finish(&w);
    return accepted;
}

static void
assert_copy(ts_core *copy, const ts_core *world, uint32_t event) {
    size_t size[2];
    uint8_t *bytes = ts_core_bytes(world->core, &size[0]);
    ts_core_init(copy, &world->limits);
    plm_fault fault = {.text = ""};
    if (plm_core_decode(copy->core, bytes, size[0], &fault) != PLM_OK) {
        fail_msg("event %u: %s", event, fault.text);
    }
    uint8_t *again = ts_core_bytes(copy->core, &size[1]);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes, again, size[0]);
    free(bytes);
    free(again);
}

void
ts_core_snapshots(uint64_t seed, uint32_t event_count) {
    ts_core w;
    ts_core copy;
    ts_core_wild wild;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    for (uint32_t i = 0; i < event_count; i += 1) {
        assert_copy(&copy, &w, i);
        ts_core_wild_next(&wild, &w);
        copy.event = w.event;
        ts_core_apply(&w);
        ts_core_apply(&copy);
        assert_int_equal(w.outcome.reject, copy.outcome.reject);
        assert_int_equal(w.outcome.effect_count, copy.outcome.effect_count);
        assert_memory_equal(w.entries, copy.entries, w.outcome.effect_count * sizeof w.entries[0]);
        uint8_t digests[2][32];
        plm_core_digest(w.core, digests[0]);
        plm_core_digest(copy.core, digests[1]);
        assert_memory_equal(digests[0], digests[1], 32);
        ts_core_finish(&copy);
    }
    ts_core_finish(&w);
}

// A repeat that was none, or an acceptance of what the books refuse for any reason but the margin's.
static void
assert_disbelieved(const ts_core *before, const ts_core *after) {
    plm_outcome wrong = after->outcome;
    wrong.is_repeat = !wrong.is_repeat;
    ts_core copy;
    plm_fault fault;
    assert_copy(&copy, before, 0);
    assert_int_equal(plm_core_replay(copy.core, &after->event, &wrong, &fault), PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "recorded"));
    ts_core_finish(&copy);
}

void
ts_core_replays(uint64_t seed, uint32_t event_count) {
    ts_core w;
    ts_core copy;
    ts_core_wild wild;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    assert_copy(&copy, &w, 0);
    for (uint32_t i = 0; i < event_count; i += 1) {
        size_t size[2];
        plm_fault fault = {.text = ""};
        ts_core_wild_next(&wild, &w);
        ts_core_apply(&w);
        if (i % 16 == 0) {
            assert_disbelieved(&copy, &w);
        }
        if (plm_core_replay(copy.core, &w.event, &w.outcome, &fault) != PLM_OK) {
            fail_msg("seed %llu event %u: %s", (unsigned long long)seed, i, fault.text);
        }
        uint8_t *decided = ts_core_bytes(w.core, &size[0]);
        uint8_t *told = ts_core_bytes(copy.core, &size[1]);
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(decided, told, size[0]);
        free(decided);
        free(told);
        if (i % 64 == 0) {
            ts_core_finish(&copy);
            assert_copy(&copy, &w, i);
        }
    }
    ts_core_finish(&copy);
    ts_core_finish(&w);
}

void
ts_core_questions(uint64_t seed, uint32_t event_count) {
    ts_core w;
    ts_core_wild wild;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_core_wild_next(&wild, &w);
        ts_core_apply(&w);
        size_t size[2];
        uint8_t *before = ts_core_bytes(w.core, &size[0]);
        for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
            plm_requirement requirement;
            plm_position positions[8];
            plm_order orders[8];
            plm_balance balances[8];
            plm_portfolio portfolio;
            plm_core_question question = {.account = account};
            (void)!plm_core_require(w.core, &question, &requirement, NULL, NULL);
            (void)!plm_core_portfolio(w.core, account, positions, orders, balances, &portfolio);
        }
        uint8_t *after = ts_core_bytes(w.core, &size[1]);
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(before, after, size[0]);
        free(before);
        free(after);
    }
    ts_core_finish(&w);
}

// Who sent it before, and until when, is for an event that is applied alone.
static bool
is_of_client(plm_reject reject) {
    switch (reject) {
    case PLM_REJECT_CLIENT_ID:
    case PLM_REJECT_CLIENT_ID_REUSED:
    case PLM_REJECT_CLIENT_TABLE_FULL:
    case PLM_REJECT_DEADLINE_PAST:
    case PLM_REJECT_DEADLINE_FAR:
        return true;
    default:
        return false;
    }
}

uint32_t
ts_core_trials(uint64_t seed, uint32_t event_count) {
    ts_core w;
    ts_core_wild wild;
    uint32_t accepted = 0;
    start(&w, seed % 2 == 0);
    ts_core_wild_init(&wild, seed);
    for (uint32_t i = 0; i < event_count; i += 1) {
        ts_core_wild_next(&wild, &w);
        plm_event event = w.event;
        plm_event *time = ts_core_write(&w, PLM_EVENT_TYPE_TIME, 0);
        time->header.time_ns = event.header.time_ns;
        plm_reject passed = ts_core_apply(&w);
        size_t size[2];
        uint8_t *before = ts_core_bytes(w.core, &size[0]);
        plm_trial trial = {.reject = PLM_REJECT_NONE};
        bool is_tried = plm_core_try(w.core, &event, &trial, NULL) == PLM_OK;
        uint8_t *after = ts_core_bytes(w.core, &size[1]);
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(before, after, size[0]);
        free(before);
        free(after);
        w.event = event;
        if (w.event.header.sequence != 0) {
            w.event.header.sequence = plm_core_sequence(w.core) + 1;
        }
        plm_reject reject = ts_core_apply(&w);
        if (is_tried && passed == PLM_REJECT_NONE && !w.outcome.is_repeat &&
            !is_of_client(reject)) {
            assert_string_equal(plm_reject_name(trial.reject), plm_reject_name(reject));
            accepted += reject == PLM_REJECT_NONE;
        }
    }
    ts_core_finish(&w);
    return accepted;
}
