/* test_clients.c: a client id is used once, as long as its deadline lasts [L8].          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

static void
start(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    assert_int_equal(ts_core_deposit(world, 0, TS_C_USD, 1000 * USD), PLM_REJECT_NONE);
}

// A withdrawal of signer 1 under a client id, with a deadline so many seconds ahead.
static plm_reject
withdraw(ts_core *world, uint8_t id, int64_t atoms, int64_t seconds) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_WITHDRAW, 0);
    event->header.signer = 1;
    event->header.client_id[0] = id;
    event->header.deadline_ns = TS_CORE_START + seconds * SECOND;
    event->withdraw_body.atoms = pli_wide_from_i128(atoms);
    return ts_core_apply(world);
}

static int64_t
balance(const ts_core *world) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    assert_int_equal(plm_core_portfolio(world->core, 0, positions, orders, balances, &portfolio),
                     PLM_OK);
    return portfolio.balance_count == 0 ? 0 : (int64_t)pli_i128_from_wide(balances[0].atoms);
}

static void
same_bytes_again_answer_the_recorded_outcome(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    assert_false(w.outcome.is_repeat);
    uint64_t sequence = w.outcome.sequence;
    int64_t left = balance(&w);
    // Sent again, later and with another sequence number: it is the same event.
    w.time_ns += SECOND;
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    assert_true(w.outcome.is_repeat);
    assert_int_equal(w.outcome.sequence, sequence);
    assert_int_equal(w.outcome.effect_count, 0);
    assert_int_equal(balance(&w), left);
    ts_core_finish(&w);
}

static void
other_bytes_under_a_used_id_are_refused(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    assert_int_equal(withdraw(&w, 1, 11, 60), PLM_REJECT_CLIENT_ID_REUSED);
    assert_int_equal(withdraw(&w, 1, 10, 61), PLM_REJECT_CLIENT_ID_REUSED);
    // Another signer has ids of its own.
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_WITHDRAW, 0);
    event->header.client_id[0] = 1;
    event->header.deadline_ns = TS_CORE_START + 60 * SECOND;
    event->withdraw_body.atoms = pli_wide_from_i128(11);
    ts_core_must(&w);
    assert_false(w.outcome.is_repeat);
    ts_core_finish(&w);
}

static void
refused_event_leaves_its_id_free(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(withdraw(&w, 1, 2000 * USD, 60), PLM_REJECT_BALANCE);
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    assert_false(w.outcome.is_repeat);
    ts_core_finish(&w);
}

static void
forgotten_id_cannot_be_replayed(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    int64_t left = balance(&w);
    // At the deadline it is still known, after it the event is too late.
    w.time_ns = TS_CORE_START + 60 * SECOND;
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_NONE);
    assert_true(w.outcome.is_repeat);
    w.time_ns += 1;
    assert_int_equal(withdraw(&w, 1, 10, 60), PLM_REJECT_DEADLINE_PAST);
    assert_int_equal(balance(&w), left);
    // The id itself may be used anew.
    assert_int_equal(withdraw(&w, 1, 10, 120), PLM_REJECT_NONE);
    assert_false(w.outcome.is_repeat);
    assert_int_equal(balance(&w), left - 10);
    ts_core_finish(&w);
}

static void
full_table_is_refused_until_a_deadline_passes(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    for (uint8_t id = 1; id <= 4; id += 1) {
        assert_int_equal(withdraw(&w, id, 1, 60 * id), PLM_REJECT_NONE);
    }
    assert_int_equal(withdraw(&w, 5, 1, 600), PLM_REJECT_CLIENT_TABLE_FULL);
    assert_true(plm_reject_is_transient(w.outcome.reject));
    // A known id is answered though the table is full.
    assert_int_equal(withdraw(&w, 4, 1, 240), PLM_REJECT_NONE);
    assert_true(w.outcome.is_repeat);
    w.time_ns = TS_CORE_START + 60 * SECOND + 1;
    assert_int_equal(withdraw(&w, 5, 1, 600), PLM_REJECT_NONE);
    assert_int_equal(withdraw(&w, 6, 1, 600), PLM_REJECT_CLIENT_TABLE_FULL);
    for (uint8_t id = 2; id <= 5; id += 1) {
        assert_int_equal(withdraw(&w, id, 1, id == 5 ? 600 : 60 * id), PLM_REJECT_NONE);
        assert_true(w.outcome.is_repeat);
    }
    ts_core_finish(&w);
}

static void
full_table_has_room_again_at_each_deadline(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    for (uint8_t id = 1; id <= 4; id += 1) {
        assert_int_equal(withdraw(&w, id, 1, 60 * id), PLM_REJECT_NONE);
    }
    // Each ends alone, and what the table knows of the next one's end must be of those that are left.
    for (uint8_t id = 5; id <= 8; id += 1) {
        w.time_ns = TS_CORE_START + 60 * SECOND * (id - 4);
        assert_int_equal(withdraw(&w, id, 1, 900), PLM_REJECT_CLIENT_TABLE_FULL);
        w.time_ns += 1;
        assert_int_equal(withdraw(&w, id, 1, 900), PLM_REJECT_NONE);
    }
    ts_core_finish(&w);
}

static void
answers_are_those_of_any_key(void **state) {
    (void)state;
    const uint8_t keys[3][PLM_CORE_KEY_SIZE] = {{0}, {1, 2, 3}, {255, 254, 253, 7}};
    uint8_t digests[3][32];
    for (size_t k = 0; k < 3; k += 1) {
        ts_core w;
        start(&w);
        assert_int_equal(withdraw(&w, 1, 1, 60), PLM_REJECT_NONE);
        // In the middle of things: what is remembered stays so.
        plm_core_key(w.core, keys[k]);
        for (uint8_t id = 1; id <= 4; id += 1) {
            assert_int_equal(withdraw(&w, id, 1, 60), PLM_REJECT_NONE);
            assert_true(w.outcome.is_repeat == (id == 1));
        }
        assert_int_equal(withdraw(&w, 5, 1, 60), PLM_REJECT_CLIENT_TABLE_FULL);
        assert_null(plm_core_check(w.core));
        plm_core_digest(w.core, digests[k]);
        ts_core_finish(&w);
    }
    assert_memory_equal(digests[0], digests[1], sizeof digests[0]);
    assert_memory_equal(digests[0], digests[2], sizeof digests[0]);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_again_answer_the_recorded_outcome),
        cmocka_unit_test(other_bytes_under_a_used_id_are_refused),
        cmocka_unit_test(refused_event_leaves_its_id_free),
        cmocka_unit_test(forgotten_id_cannot_be_replayed),
        cmocka_unit_test(full_table_is_refused_until_a_deadline_passes),
        cmocka_unit_test(full_table_has_room_again_at_each_deadline),
        cmocka_unit_test(answers_are_those_of_any_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
