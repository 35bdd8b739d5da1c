/* test_feed_codec.c: a feed as bytes, and bytes that are no feed.                     SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/endian.h"
#include "support/feed_world.h"

// Where fields stand among the bytes: the layout of pli_feed, which is written in order.
enum {
    AT_FEED_ID = 4,
    AT_DOMAIN = 8,
    AT_SOURCE_COUNT = 12,
    AT_TIME = 24,
    AT_BEFORE = 48,
    AT_STATE = 48 + 136,
    AT_SLOW_CELL = 48 + 2 * 168,
    AT_SLOTS = 48 + 2 * 168 + 24 * 32,
    SLOT_SIZE = 144
};

static void
make_bytes(ts_feed *w, uint8_t bytes[PLI_FEED_ENCODED_SIZE]) {
    ts_feed_init(w, 4);
    (void)ts_feed_keep(w, 100 * TS_E8, TS_MINUTE);
    (void)ts_feed_say(w, 1, 130 * TS_E8);
    (void)ts_feed_say(w, 2, 0);
    pli_feed_encode(&w->feed, bytes);
}

static void
feed_comes_back_bit_by_bit(void **state) {
    (void)state;
    ts_feed w;
    uint8_t bytes[PLI_FEED_ENCODED_SIZE];
    make_bytes(&w, bytes);
    pli_feed back;
    memset(&back, 0xff, sizeof back);
    assert_int_equal(pli_feed_decode(bytes, &back, NULL), PLM_OK);
    assert_memory_equal(&back, &w.feed, sizeof back);
    assert_int_equal(sizeof bytes, 3456);
    assert_int_equal(pli_load_u32(bytes + AT_FEED_ID), TS_FEED);
    assert_int_equal(pli_load_u32(bytes + AT_SOURCE_COUNT), 4);
    assert_int_equal(pli_load_i64(bytes + AT_TIME), w.time_ns);
    assert_int_equal(pli_load_u32(bytes + AT_SLOTS + SLOT_SIZE), 101);
}

static void
bytes_that_break_an_invariant_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t offset;
        uint8_t value;
        const char *words;
    } wrong[] = {
        {AT_DOMAIN, 3, "head"},
        {AT_DOMAIN, 0, "head"},
        {AT_SOURCE_COUNT, 17, "head"},
        {AT_SOURCE_COUNT, 3, "slot 3"},
        {AT_TIME + 7, 0x80, "head"},
        {AT_TIME + 5, 1, "head"},
        {AT_STATE, 0, "decision"},
        {AT_STATE, 5, "decision"},
        {AT_STATE + 4, 2, "decision"},
        {AT_BEFORE + 15, 0x7f, "decision"},
        {AT_SLOW_CELL + 16 + 7, 0x80, "average"},
        {AT_SLOTS + 4, 0, "weight of a source"},
        {AT_SLOTS + SLOT_SIZE, 100, "appears twice"},
        {AT_SLOTS + 116, 4, "slot 0"},
        {AT_SLOTS + 15 * SLOT_SIZE + 143, 1, "slot 15"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i += 1) {
        ts_feed w;
        uint8_t bytes[PLI_FEED_ENCODED_SIZE];
        make_bytes(&w, bytes);
        bytes[wrong[i].offset] = wrong[i].value;
        pli_feed back;
        pli_feed untouched;
        memset(&back, 0x5a, sizeof back);
        memset(&untouched, 0x5a, sizeof untouched);
        plm_fault fault;
        assert_int_equal(pli_feed_decode(bytes, &back, &fault), PLM_DOMAIN);
        assert_non_null(strstr(fault.text, wrong[i].words));
        assert_int_equal(fault.status, PLM_DOMAIN);
        assert_memory_equal(&back, &untouched, sizeof back);
    }
}

// Both decisions, now and before: a huge number in any place is none that a feed can reach.
static void
no_number_of_a_decision_is_beyond_its_bounds(void **state) {
    (void)state;
    enum { TRACK_SIZE = 168, NUMBERS = 16, WORDS = 136 };
    for (size_t track = AT_BEFORE; track < AT_SLOW_CELL; track += TRACK_SIZE) {
        for (size_t at = NUMBERS - 8; at < TRACK_SIZE; at += at < WORDS ? 8 : 4) {
            ts_feed w;
            uint8_t bytes[PLI_FEED_ENCODED_SIZE];
            make_bytes(&w, bytes);
            bytes[track + at + (at < WORDS ? 7 : 3)] = 0x7f;
            pli_feed back;
            plm_fault fault;
            assert_int_equal(pli_feed_decode(bytes, &back, &fault), PLM_DOMAIN);
            assert_non_null(strstr(fault.text, "decision"));
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feed_comes_back_bit_by_bit),
        cmocka_unit_test(bytes_that_break_an_invariant_are_refused),
        cmocka_unit_test(no_number_of_a_decision_is_beyond_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
