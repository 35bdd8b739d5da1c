/* test_deribit_channel.c: steps between two books, and signs of life.                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "server/deribit_socket.h"

#define S INT64_C(1000000000)

typedef pli_book_level side[PLI_CHANNEL_DEPTH_MAX];

static void
what_is_new_gone_or_another_size_is_one_step_each(void **state) {
    (void)state;
    const pli_book_level before[] = {{100, 5}, {99, 7}, {97, 1}};
    const pli_book_level now[] = {{101, 2}, {99, 6}, {97, 1}, {95, 4}};
    pli_channel_step steps[2 * PLI_CHANNEL_DEPTH_MAX];
    assert_int_equal(pli_channel_compare(before, 3, now, 4, true, steps), 4);
    const pli_channel_step wanted[] = {{PLI_STEP_NEW, {101, 2}},
                                       {PLI_STEP_DELETE, {100, 0}},
                                       {PLI_STEP_CHANGE, {99, 6}},
                                       {PLI_STEP_NEW, {95, 4}}};
    for (uint32_t i = 0; i < 4; i += 1) {
        assert_int_equal(steps[i].kind, wanted[i].kind);
        assert_int_equal(steps[i].level.price_e8, wanted[i].level.price_e8);
        assert_int_equal(steps[i].level.lots, wanted[i].level.lots);
    }
    assert_int_equal(pli_channel_compare(now, 4, now, 4, true, steps), 0);
    assert_int_equal(pli_channel_compare(NULL, 0, NULL, 0, false, steps), 0);
}

// Prices 1 to 60, each there or not, the best first.
static uint32_t
draw_side(pli_prng *random, bool is_bid, side levels) {
    uint32_t count = 0;
    for (int64_t i = 1; i <= 60; i += 1) {
        if (pli_prng_below(random, 2) == 0) {
            levels[count++] =
                (pli_book_level){is_bid ? 61 - i : i, 1 + (int64_t)pli_prng_below(random, 3)};
        }
    }
    return count;
}

// As a client does it: a table by price.
static void
take_steps(int64_t lots[61], const pli_channel_step *steps, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        int64_t *at = &lots[steps[i].level.price_e8];
        assert_true((steps[i].kind == PLI_STEP_NEW) == (*at == 0));
        assert_true((steps[i].kind == PLI_STEP_DELETE) == (steps[i].level.lots == 0));
        assert_int_not_equal(*at, steps[i].level.lots);
        *at = steps[i].level.lots;
    }
}

static void
steps_make_one_drawn_book_of_another(void **state) {
    (void)state;
    pli_prng random = pli_prng_init(7);
    for (uint32_t round = 0; round < 2000; round += 1) {
        side before, now;
        pli_channel_step steps[2 * PLI_CHANNEL_DEPTH_MAX];
        int64_t lots[61] = {0};
        int64_t wanted[61] = {0};
        bool is_bid = round % 2 == 0;
        uint32_t before_count = draw_side(&random, is_bid, before);
        uint32_t now_count = draw_side(&random, is_bid, now);
        for (uint32_t i = 0; i < before_count; i += 1) {
            lots[before[i].price_e8] = before[i].lots;
        }
        for (uint32_t i = 0; i < now_count; i += 1) {
            wanted[now[i].price_e8] = now[i].lots;
        }
        take_steps(lots, steps,
                   pli_channel_compare(before, before_count, now, now_count, is_bid, steps));
        assert_memory_equal(lots, wanted, sizeof lots);
    }
}

static void
whoever_is_silent_is_asked_once_and_then_left(void **state) {
    (void)state;
    pli_heartbeat heartbeat = {.interval_ns = 10 * S};
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 9 * S), PLI_BEAT_NONE);
    pli_heartbeat_hear(&heartbeat, 9 * S);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 10 * S), PLI_BEAT_TELL);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 11 * S), PLI_BEAT_NONE);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 20 * S), PLI_BEAT_TEST);
    pli_heartbeat_hear(&heartbeat, 29 * S);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 30 * S), PLI_BEAT_TELL);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 40 * S), PLI_BEAT_TEST);
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 50 * S), PLI_BEAT_END);
    heartbeat.interval_ns = 0;
    assert_int_equal(pli_heartbeat_turn(&heartbeat, 900 * S), PLI_BEAT_NONE);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_new_gone_or_another_size_is_one_step_each),
        cmocka_unit_test(steps_make_one_drawn_book_of_another),
        cmocka_unit_test(whoever_is_silent_is_asked_once_and_then_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
