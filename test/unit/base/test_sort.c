/* test_sort.c: sorting, sums of the smallest and their positions agree with counting.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/sort.h"

#define COUNT_MAX 300

// A value's place in sorted order, by counting: the naive twin of every function here.
static size_t
rank_of(const int64_t *values, size_t count, size_t index) {
    size_t rank = 0;
    for (size_t i = 0; i < count; i += 1) {
        rank += values[i] < values[index] || (values[i] == values[index] && i < index) ? 1 : 0;
    }
    return rank;
}

static void
check_all(const int64_t *values, size_t count, size_t k) {
    int64_t sorted[COUNT_MAX];
    int64_t scratch[COUNT_MAX];
    uint32_t expected[COUNT_MAX];
    uint32_t chosen[COUNT_MAX];
    pli_i128 expected_sum = 0;
    for (size_t i = 0; i < count; i += 1) {
        sorted[i] = values[i];
        scratch[i] = values[i];
        size_t rank = rank_of(values, count, i);
        expected[rank] = (uint32_t)i;
        expected_sum += rank < k ? values[i] : 0;
    }
    pli_sort_i64(sorted, count);
    for (size_t i = 0; i < count; i += 1) {
        assert_true(sorted[i] == values[expected[i]]);
    }
    pli_i128 sum;
    pli_sum_of_smallest(scratch, count, k, &sum);
    assert_true(sum == expected_sum);
    pli_select_smallest(values, count, k, chosen);
    for (size_t i = 0; i < k; i += 1) {
        assert_int_equal(chosen[i], expected[i]);
    }
}

static void
random_values_with_many_ties_agree(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(9);
    int64_t values[COUNT_MAX];
    for (unsigned round = 0; round < 400; round += 1) {
        size_t count = (size_t)pli_prng_below(&prng, COUNT_MAX + 1);
        int64_t width = round % 3 == 0 ? 3 : INT64_MAX;
        for (size_t i = 0; i < count; i += 1) {
            values[i] = pli_prng_edge_i64(&prng, -width, width);
        }
        check_all(values, count, (size_t)pli_prng_below(&prng, count + 1));
    }
}

static void
ordered_organ_pipe_and_equal_values_agree(void **state) {
    (void)state;
    int64_t values[4][COUNT_MAX];
    for (size_t i = 0; i < COUNT_MAX; i += 1) {
        values[0][i] = (int64_t)i;
        values[1][i] = -(int64_t)i;
        values[2][i] = (int64_t)(i < COUNT_MAX / 2 ? i : COUNT_MAX - i);
        values[3][i] = 7;
    }
    for (size_t pattern = 0; pattern < 4; pattern += 1) {
        for (size_t k = 0; k <= COUNT_MAX; k += 37) {
            check_all(values[pattern], COUNT_MAX, k);
        }
    }
}

// An adversary for median-of-three (Musser 1997): each pivot is nearly the smallest, so only the fallback ends it early.
static void
a_sequence_built_against_the_pivot_still_ends_with_the_right_sum(void **state) {
    (void)state;
    static int64_t values[100000];
    const size_t count = sizeof values / sizeof values[0];
    const size_t half = count / 2;
    for (size_t i = 0; i < half; i += 1) {
        values[i] = (int64_t)(i % 2 == 0 ? i + 1 : half + i);
        values[half + i] = (int64_t)(2 * (i + 1));
    }
    pli_i128 sum;
    pli_sum_of_smallest(values, count, half, &sum);
    pli_i128 first = sum;
    pli_sort_i64(values, count);
    sum = 0;
    for (size_t i = 0; i < half; i += 1) {
        sum += values[i];
    }
    assert_true(first == sum);
}

static void
a_sum_beyond_64_bits_is_exact(void **state) {
    (void)state;
    int64_t values[4] = {INT64_MIN, INT64_MAX, INT64_MIN, INT64_MIN};
    pli_i128 sum;
    pli_sum_of_smallest(values, 4, 3, &sum);
    assert_true(sum == 3 * (pli_i128)INT64_MIN);
    pli_sum_of_smallest(values, 4, 0, &sum);
    assert_true(sum == 0);
}

static bool
by_last_digit(const void *context, uint32_t left, uint32_t right) {
    uint32_t modulus = *(const uint32_t *)context;
    return left % modulus != right % modulus ? left % modulus < right % modulus : left < right;
}

static void
a_rule_of_the_caller_decides_the_order(void **state) {
    (void)state;
    uint32_t modulus = 10;
    uint32_t items[] = {31, 20, 11, 40, 5, 21};
    static const uint32_t expected[] = {20, 40, 11, 21, 31, 5};
    pli_sort_u32_by(items, 6, by_last_digit, &modulus);
    assert_memory_equal(items, expected, sizeof expected);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_with_many_ties_agree),
        cmocka_unit_test(ordered_organ_pipe_and_equal_values_agree),
        cmocka_unit_test(a_sequence_built_against_the_pivot_still_ends_with_the_right_sum),
        cmocka_unit_test(a_sum_beyond_64_bits_is_exact),
        cmocka_unit_test(a_rule_of_the_caller_decides_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
