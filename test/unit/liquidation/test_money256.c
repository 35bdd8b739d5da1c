/* test_money256.c: sums, products and quotients of 256 bits, against unbounded integers computed elsewhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "liquidation/money256.h"

static pli_u128
wide(uint64_t high, uint64_t low) {
    return (pli_u128)high << 64 | low;
}

static const pli_u256 all_ones = {.high = ~(pli_u128)0, .low = ~(pli_u128)0};

static void
assert_equal(pli_u256 left, pli_u256 right) {
    assert_int_equal(pli_u256_compare(left, right), 0);
    assert_true(left.high == right.high && left.low == right.low);
}

// Factors, product and quotient from Python: a * b + 7 and (a * b + 7) divided by d.
static void
a_product_is_that_of_unbounded_integers(void **state) {
    (void)state;
    pli_u128 a = wide(0x0123456789abcdef, 0xfedcba9876543210);
    pli_u128 b = wide(0xf0e1d2c3b4a59687, 0x78695a4b3c2d1e0f);
    pli_u256 expected = {.high = wide(0x01121200deab6711, 0x990079029d4905d3),
                         .low = wide(0xc3c3d4f72a6ec42a, 0xa229a005599ccef7)};
    pli_u256 product;
    assert_true(pli_u256_multiply(pli_u256_of(a), b, 7, &product));
    assert_equal(product, expected);
    pli_u128 rest = 0;
    pli_u256 quotient =
        pli_u256_divide(product, wide(0x7fedcba987654321, 0x123456789abcdef1), &rest);
    assert_equal(quotient, pli_u256_of(wide(0x022472020671e406, 0x2f256a189025d58c)));
    assert_true(rest == wide(0x2c726a02a6448479, 0x9d45b205cbff5e2b));
}

// 2^256 - 1 by 3, and by 2^127 - 1: 2^129 + 4 and 3 over.
static void
the_largest_number_divides(void **state) {
    (void)state;
    pli_u128 third = wide(0x5555555555555555, 0x5555555555555555);
    pli_u128 rest = 1;
    assert_equal(pli_u256_divide(all_ones, 3, &rest), (pli_u256){.high = third, .low = third});
    assert_true(rest == 0);
    pli_u128 largest = wide(0x7fffffffffffffff, 0xffffffffffffffff);
    assert_equal(pli_u256_divide(all_ones, largest, &rest), (pli_u256){.high = 2, .low = 4});
    assert_true(rest == 3);
    assert_equal(pli_u256_divide(all_ones, 1, NULL), all_ones);
}

static void
a_product_that_does_not_fit_is_refused(void **state) {
    (void)state;
    pli_u256 out = {.high = 5, .low = 6};
    assert_true(pli_u256_multiply(all_ones, 1, 0, &out));
    assert_equal(out, all_ones);
    out = (pli_u256){.high = 5, .low = 6};
    pli_u256 middle = {.high = (pli_u128)1 << 127};
    pli_u256 quarter = {.high = (pli_u128)1 << 64};
    assert_false(pli_u256_multiply(all_ones, 1, 1, &out));
    assert_false(pli_u256_multiply(middle, 2, 0, &out));
    assert_false(pli_u256_multiply(quarter, (pli_u128)1 << 64, 0, &out));
    assert_false(pli_u256_multiply(all_ones, ~(pli_u128)0, 0, &out));
    assert_equal(out, (pli_u256){.high = 5, .low = 6});
    assert_true(pli_u256_multiply(quarter, ((pli_u128)1 << 64) - 1, UINT32_MAX, &out));
    assert_equal(out, (pli_u256){.high = (((pli_u128)1 << 64) - 1) << 64, .low = UINT32_MAX});
}

static void
a_difference_borrows_and_order_is_that_of_numbers(void **state) {
    (void)state;
    pli_u256 one = pli_u256_of(1);
    pli_u256 high = {.high = 1, .low = 0};
    assert_equal(pli_u256_subtract(high, one), pli_u256_of(~(pli_u128)0));
    assert_equal(pli_u256_subtract(high, high), pli_u256_of(0));
    assert_true(pli_u256_compare(one, high) < 0 && pli_u256_compare(high, one) > 0);
    assert_true(pli_u256_compare(pli_u256_of(0), one) < 0 &&
                pli_u256_compare(one, pli_u256_of(0)) > 0);
}

static void
quotient_times_divisor_plus_rest_is_the_value(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(256);
    for (int i = 0; i < 20000; i += 1) {
        unsigned shift = (unsigned)pli_prng_below(&prng, 128);
        pli_u256 value = {.high = wide(pli_prng_next_u64(&prng), pli_prng_next_u64(&prng)) >> shift,
                          .low = wide(pli_prng_next_u64(&prng), pli_prng_next_u64(&prng))};
        pli_u128 divisor = wide(pli_prng_next_u64(&prng) >> 1, pli_prng_next_u64(&prng)) >>
                           pli_prng_below(&prng, 127);
        divisor += divisor == 0 ? 1 : 0;
        pli_u128 rest = 0;
        pli_u256 quotient = pli_u256_divide(value, divisor, &rest);
        assert_true(rest < divisor);
        pli_u256 back;
        assert_true(pli_u256_multiply(quotient, divisor, 0, &back));
        assert_equal(pli_u256_subtract(value, back), pli_u256_of(rest));
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_product_is_that_of_unbounded_integers),
        cmocka_unit_test(the_largest_number_divides),
        cmocka_unit_test(a_product_that_does_not_fit_is_refused),
        cmocka_unit_test(a_difference_borrows_and_order_is_that_of_numbers),
        cmocka_unit_test(quotient_times_divisor_plus_rest_is_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
