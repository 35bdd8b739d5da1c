/* test_compressed.c: gzip is unpacked whole, and never beyond the limit.              SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "io/compressed.h"

// "hello\n" and nothing, as written by gzip 1.12 -n: from outside.
static const uint8_t hello[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
                                0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00};
static const uint8_t nothing[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                  0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

static plm_status
unpack(const uint8_t *data, size_t size, size_t size_max, pli_bytes *bytes, plm_fault *fault) {
    uint8_t copy[64];
    memcpy(copy, data, size);
    return pli_gunzip("x.gz", (pli_bytes){.data = copy, .size = size}, size_max, bytes, fault);
}

static void
members_follow_one_another(void **state) {
    (void)state;
    uint8_t twice[2 * sizeof hello];
    memcpy(twice, hello, sizeof hello);
    memcpy(twice + sizeof hello, hello, sizeof hello);
    pli_bytes bytes = {0};
    plm_fault fault;
    assert_int_equal(unpack(twice, sizeof twice, 12, &bytes, &fault), PLM_OK);
    assert_string_equal((char *)bytes.data, "hello\nhello\n");
    pli_bytes_finish(&bytes);
    assert_int_equal(unpack(twice, sizeof twice, 11, &bytes, &fault), PLM_IO_TOO_LARGE);
}

static void
every_cut_and_most_damage_is_noticed(void **state) {
    (void)state;
    pli_bytes bytes = {0};
    plm_fault fault;
    for (size_t size = 0; size < sizeof hello; size += 1) {
        assert_int_equal(unpack(hello, size, 100, &bytes, &fault), PLM_IO_READ);
    }
    uint8_t damaged[sizeof hello];
    memcpy(damaged, hello, sizeof hello);
    damaged[18] ^= 1; // the checksum
    assert_int_equal(unpack(damaged, sizeof damaged, 100, &bytes, &fault), PLM_IO_READ);
    assert_non_null(strstr(fault.text, "x.gz: gzip data is damaged"));
    assert_int_equal(unpack(nothing, sizeof nothing, 100, &bytes, &fault), PLM_IO_EMPTY);
    assert_null(bytes.data);
}

static void
a_bomb_stops_at_the_limit(void **state) {
    (void)state;
    size_t size = (size_t)8 << 20;
    uint8_t *zeros = calloc(1, size);
    assert_non_null(zeros);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uint8_t packed[65536];
    stream.next_in = zeros;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    pli_bytes bomb = {.data = packed, .size = stream.total_out};
    deflateEnd(&stream);
    pli_bytes bytes = {0};
    plm_fault fault;
    assert_int_equal(pli_gunzip("bomb", bomb, 1 << 20, &bytes, &fault), PLM_IO_TOO_LARGE);
    assert_int_equal(pli_gunzip("bomb", bomb, size, &bytes, &fault), PLM_OK);
    assert_int_equal(bytes.size, size);
    pli_bytes_finish(&bytes);
    free(zeros);
}

static void
a_file_is_unpacked_by_its_name_or_its_magic(void **state) {
    (void)state;
    char bare[64];
    char path[70];
    snprintf(bare, sizeof bare, "build-test-compressed-%ld", (long)getpid());
    snprintf(path, sizeof path, "%s.gz", bare);
    pli_bytes bytes = {0};
    plm_fault fault;
    assert_int_equal(pli_file_write(path, "plain", 5, &fault), PLM_OK);
    assert_int_equal(pli_input_read(path, 100, &bytes, &fault), PLM_IO_READ);
    assert_int_equal(pli_file_write(path, hello, sizeof hello, &fault), PLM_OK);
    assert_int_equal(rename(path, bare), 0);
    assert_int_equal(pli_input_read(bare, 100, &bytes, &fault), PLM_OK);
    assert_string_equal((char *)bytes.data, "hello\n");
    pli_bytes_finish(&bytes);
    assert_int_equal(unlink(bare), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_follow_one_another),
        cmocka_unit_test(every_cut_and_most_damage_is_noticed),
        cmocka_unit_test(a_bomb_stops_at_the_limit),
        cmocka_unit_test(a_file_is_unpacked_by_its_name_or_its_magic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
