/* test_frame.c: frames of RFC 6455, and what breaks the protocol.                      SPDX-License-Identifier: Apache-2.0 */
#include "net/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1000 };

// Section 5.7 of RFC 6455.
static void
examples_of_rfc_6455_are_read_and_written(void **state) {
    (void)state;
    uint8_t masked[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
    pli_frame_assembly assembly = {.is_open = false};
    pli_frame frame;
    size_t taken = 0;
    assert_int_equal(pli_frame_read(masked, sizeof masked, MOST, &assembly, &frame, &taken), 0);
    assert_int_equal(taken, sizeof masked);
    assert_int_equal(frame.code, PLI_FRAME_TEXT);
    assert_true(frame.is_final);
    assert_int_equal(frame.size, 5);
    assert_memory_equal(frame.payload, "Hello", 5);
    uint8_t head[PLI_FRAME_HEAD_MAX];
    const uint8_t small[] = {0x81, 0x05};
    const uint8_t middle[] = {0x82, 0x7e, 0x01, 0x00};
    const uint8_t large[] = {0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0};
    assert_int_equal(pli_frame_write(PLI_FRAME_TEXT, 5, head), sizeof small);
    assert_memory_equal(head, small, sizeof small);
    assert_int_equal(pli_frame_write(PLI_FRAME_BINARY, 256, head), sizeof middle);
    assert_memory_equal(head, middle, sizeof middle);
    assert_int_equal(pli_frame_write(PLI_FRAME_BINARY, 65536, head), sizeof large);
    assert_memory_equal(head, large, sizeof large);
}

static void
a_frame_that_is_not_all_there_waits(void **state) {
    (void)state;
    uint8_t bytes[] = {0x81, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2};
    for (size_t size = 0; size < sizeof bytes; size += 1) {
        pli_frame_assembly assembly = {.is_open = false};
        pli_frame frame;
        size_t taken = 1;
        assert_int_equal(pli_frame_read(bytes, size, MOST, &assembly, &frame, &taken), 0);
        assert_int_equal(taken, 0);
    }
}

/* What the rules of sections 5.2 to 5.5 forbid; `is_open`: behind the first part of a message. */
static const struct {
    uint8_t bytes[12];
    size_t size;
    bool is_open;
    unsigned code;
} broken[] = {
    {{0x81, 0x05}, 2, false, 1002},                                /* not masked */
    {{0xc1, 0x80, 0, 0, 0, 0}, 6, false, 1002},                    /* a bit of an extension */
    {{0x83, 0x80, 0, 0, 0, 0}, 6, false, 1002},                    /* a code that means nothing */
    {{0x8b, 0x80, 0, 0, 0, 0}, 6, false, 1002},                    /* the same of a control frame */
    {{0x80, 0x80, 0, 0, 0, 0}, 6, false, 1002},                    /* goes on with nothing */
    {{0x81, 0x80, 0, 0, 0, 0}, 6, true, 1002},                     /* begins within a message */
    {{0x09, 0x80, 0, 0, 0, 0}, 6, false, 1002},                    /* a ping in parts */
    {{0x89, 0xfe, 0x00, 0x7e}, 4, false, 1002},                    /* a ping of 126 bytes */
    {{0x81, 0xfe, 0x00, 0x7d}, 4, false, 1002},                    /* 125 in two bytes */
    {{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 10, false, 1002}, /* 65,535 in eight */
    {{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, 10, false, 1002},    /* the highest bit */
    {{0x81, 0xfe, 0x03, 0xe9}, 4, false, 1009},                    /* 1,001 bytes */
    {{0x80, 0xfe, 0x01, 0xf5}, 4, true, 1009},                     /* 501 behind 500 */
};

static void
what_breaks_the_protocol_ends_with_its_code(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i += 1) {
        uint8_t bytes[12];
        memcpy(bytes, broken[i].bytes, sizeof bytes);
        pli_frame_assembly assembly = {.is_open = broken[i].is_open,
                                       .size = broken[i].is_open ? 500 : 0};
        pli_frame frame;
        size_t taken = 1;
        assert_int_equal(pli_frame_read(bytes, broken[i].size, MOST, &assembly, &frame, &taken),
                         broken[i].code);
    }
}

static void
text_is_utf_8_in_its_shortest_form(void **state) {
    (void)state;
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i += 1) {
        assert_true(pli_frame_is_text((const uint8_t *)good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i += 1) {
        assert_false(pli_frame_is_text((const uint8_t *)bad[i], strlen(bad[i])));
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_rfc_6455_are_read_and_written),
        cmocka_unit_test(a_frame_that_is_not_all_there_waits),
        cmocka_unit_test(what_breaks_the_protocol_ends_with_its_code),
        cmocka_unit_test(text_is_utf_8_in_its_shortest_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
