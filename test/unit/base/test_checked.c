/* test_checked.c: checked integers answer the exact result or nothing.                SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checked.h"

// Values at and around every edge of 64 bits.
static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN / 2, -3037000500, -2, -1, 0, 1,
                                2,         3037000500,    INT64_MAX / 2, INT64_MAX};
static const size_t edge_count = sizeof edges / sizeof edges[0];

// `exact` has room for every sum, difference and product of two 64-bit values.
static void
assert_answer(bool is_answered, int64_t answer, pli_i128 exact) {
    if (exact >= INT64_MIN && exact <= INT64_MAX) {
        assert_true(is_answered);
        assert_true(answer == exact);
    } else {
        assert_false(is_answered);
        assert_int_equal(answer, 77);
    }
}

static void
signed_64_bit_answers_are_exact_or_absent(void **state) {
    (void)state;
    for (size_t i = 0; i < edge_count * edge_count; i += 1) {
        int64_t left = edges[i / edge_count];
        int64_t right = edges[i % edge_count];
        int64_t answer = 77;
        bool is_answered = pli_add_i64(left, right, &answer);
        assert_answer(is_answered, answer, (pli_i128)left + right);
        answer = 77;
        is_answered = pli_sub_i64(left, right, &answer);
        assert_answer(is_answered, answer, (pli_i128)left - right);
        answer = 77;
        is_answered = pli_mul_i64(left, right, &answer);
        assert_answer(is_answered, answer, (pli_i128)left * right);
    }
}

static void
unsigned_64_bit_answers_stop_at_zero_and_at_the_top(void **state) {
    (void)state;
    uint64_t answer = 77;
    assert_false(pli_add_u64(UINT64_MAX, 1, &answer));
    assert_false(pli_sub_u64(0, 1, &answer));
    assert_false(pli_mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &answer));
    assert_true(answer == 77);
    assert_true(pli_add_u64(UINT64_MAX - 1, 1, &answer));
    assert_true(answer == UINT64_MAX);
    assert_true(pli_mul_u64(UINT32_MAX, UINT32_MAX, &answer));
    assert_true(answer == UINT64_C(18446744065119617025));
}

static void
sizes_stop_at_zero_and_at_the_top(void **state) {
    (void)state;
    size_t answer = 77;
    assert_false(pli_add_size(SIZE_MAX, 1, &answer));
    assert_false(pli_sub_size(1, 2, &answer));
    assert_false(pli_mul_size(SIZE_MAX / 2 + 1, 2, &answer));
    assert_true(answer == 77);
    assert_true(pli_mul_size(SIZE_MAX / 2, 2, &answer));
    assert_true(answer == SIZE_MAX - 1);
}

static void
wide_answers_stop_at_both_ends_of_128_bits(void **state) {
    (void)state;
    pli_i128 answer = 77;
    assert_false(pli_add_i128(PLI_I128_MAX, 1, &answer));
    assert_false(pli_sub_i128(PLI_I128_MIN, 1, &answer));
    assert_false(pli_mul_i128(PLI_I128_MIN, -1, &answer));
    assert_false(pli_mul_i128((pli_i128)1 << 64, (pli_i128)1 << 63, &answer));
    assert_true(answer == 77);
    assert_true(pli_add_i128(PLI_I128_MAX, PLI_I128_MIN, &answer));
    assert_true(answer == -1);
    assert_true(pli_mul_i128(-((pli_i128)1 << 64), (pli_i128)1 << 63, &answer));
    assert_true(answer == PLI_I128_MIN);
}

static void
narrowing_keeps_the_value_or_refuses(void **state) {
    (void)state;
    for (size_t i = 0; i < edge_count; i += 1) {
        int64_t answer = 77;
        assert_true(pli_narrow_i64(edges[i], &answer));
        assert_int_equal(answer, edges[i]);
    }
    int64_t answer = 77;
    assert_false(pli_narrow_i64((pli_i128)INT64_MAX + 1, &answer));
    assert_false(pli_narrow_i64((pli_i128)INT64_MIN - 1, &answer));
    assert_false(pli_narrow_i64(PLI_I128_MAX, &answer));
    assert_false(pli_narrow_i64(PLI_I128_MIN, &answer));
    assert_int_equal(answer, 77);
}

static void
the_public_halves_hold_every_wide_value(void **state) {
    (void)state;
    const pli_i128 values[] = {PLI_I128_MIN,      -((pli_i128)1 << 64), -1, 0, 1,
                               (pli_i128)1 << 64, PLI_I128_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i += 1) {
        assert_true(pli_i128_from_wide(pli_wide_from_i128(values[i])) == values[i]);
    }
    assert_true(pli_wide_from_i128(-1).low == UINT64_MAX);
    assert_int_equal(pli_wide_from_i128(-1).high, -1);
    assert_int_equal(pli_wide_from_i128((pli_i128)5 << 64).high, 5);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_64_bit_answers_are_exact_or_absent),
        cmocka_unit_test(unsigned_64_bit_answers_stop_at_zero_and_at_the_top),
        cmocka_unit_test(sizes_stop_at_zero_and_at_the_top),
        cmocka_unit_test(wide_answers_stop_at_both_ends_of_128_bits),
        cmocka_unit_test(narrowing_keeps_the_value_or_refuses),
        cmocka_unit_test(the_public_halves_hold_every_wide_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
