/* test_endian.c: numbers in byte buffers have one layout.                              SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/endian.h"
#include "base/prng.h"

static void
the_lowest_byte_comes_first(void **state) {
    (void)state;
    uint8_t bytes[17];
    static const uint8_t expected[] = {8, 7, 6, 5, 4, 3, 2, 1};
    pli_store_u64(bytes + 1, 0x0102030405060708);
    assert_memory_equal(bytes + 1, expected, 8);
    pli_store_u32(bytes + 1, 0x05060708);
    assert_memory_equal(bytes + 1, expected, 4);
    pli_store_u16(bytes + 1, 0x0708);
    assert_memory_equal(bytes + 1, expected, 2);
    pli_store_double(bytes + 1, 1.0);
    assert_memory_equal(bytes + 1, "\0\0\0\0\0\0\xf0\x3f", 8);
    pli_store_wide(bytes + 1, (plm_wide){.low = 0x0102030405060708, .high = -2});
    assert_memory_equal(bytes + 1, expected, 8);
    assert_memory_equal(bytes + 9, "\xfe\xff\xff\xff\xff\xff\xff\xff", 8);
}

static void
what_is_stored_is_loaded(void **state) {
    (void)state;
    uint8_t bytes[17];
    pli_prng prng = pli_prng_init(4);
    for (unsigned i = 0; i < 10000; i += 1) {
        int64_t value = pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX);
        uint8_t *at = bytes + i % 2;
        pli_store_i64(at, value);
        assert_true(pli_load_i64(at) == value);
        pli_store_u64(at, (uint64_t)value);
        assert_true(pli_load_u64(at) == (uint64_t)value);
        pli_store_u32(at, (uint32_t)value);
        assert_true(pli_load_u32(at) == (uint32_t)value);
        pli_store_u16(at, (uint16_t)value);
        assert_true(pli_load_u16(at) == (uint16_t)value);
        pli_store_wide(at, (plm_wide){.low = ~(uint64_t)value, .high = value});
        assert_true(pli_load_wide(at).low == ~(uint64_t)value && pli_load_wide(at).high == value);
        pli_store_double(at, pli_double_from_bits((uint64_t)value));
        assert_true(pli_bits_from_double(pli_load_double(at)) == (uint64_t)value);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_byte_comes_first),
        cmocka_unit_test(what_is_stored_is_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
