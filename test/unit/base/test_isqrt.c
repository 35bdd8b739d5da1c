/* test_isqrt.c: the integer square root is exact up to the last value.                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/isqrt.h"
#include "base/prng.h"

static void
small_values_agree_with_counting(void **state) {
    (void)state;
    uint64_t root = 0;
    for (uint64_t value = 0; value < 100000; value += 1) {
        root += (root + 1) * (root + 1) <= value ? 1 : 0;
        assert_int_equal(pli_isqrt_u128(value), root);
    }
}

static void
the_root_bounds_the_value_from_both_sides(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(2);
    for (unsigned i = 0; i < 50000; i += 1) {
        pli_u128 value = (pli_u128)pli_prng_next_u64(&prng) << 64 | pli_prng_next_u64(&prng);
        value >>= pli_prng_below(&prng, 128);
        pli_u128 root = pli_isqrt_u128(value);
        assert_true(root * root <= value);
        // Beyond the largest root (root + 1)^2 is 2^128, above every value.
        assert_true(root == UINT64_MAX || (root + 1) * (root + 1) > value);
    }
}

static void
squares_and_their_neighbours_are_right(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(3);
    for (unsigned i = 0; i < 50000; i += 1) {
        uint64_t root = (uint64_t)pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX);
        pli_u128 square = (pli_u128)root * root;
        assert_int_equal(pli_isqrt_u128(square), root);
        assert_true(root == 0 || pli_isqrt_u128(square - 1) == root - 1);
        assert_int_equal(pli_isqrt_u128(square + root), root);
    }
    assert_int_equal(pli_isqrt_u128(~(pli_u128)0), UINT64_MAX);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_agree_with_counting),
        cmocka_unit_test(the_root_bounds_the_value_from_both_sides),
        cmocka_unit_test(squares_and_their_neighbours_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
