/* test_muldiv.c: products and quotients are exact and rounded as named.                SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checked.h"
#include "base/muldiv.h"
#include "base/prng.h"

// An independent oracle: 320-bit two's complement numbers in 32-bit limbs, product and difference only.
#define LIMBS 10

typedef struct big {
    uint32_t limb[LIMBS];
} big;

static big
big_from(pli_i128 value) {
    big result;
    for (unsigned i = 0; i < LIMBS; i += 1) {
        result.limb[i] =
            i < 4 ? (uint32_t)((pli_u128)value >> 32 * i) : (value < 0 ? UINT32_MAX : 0);
    }
    return result;
}

static big
big_multiply(big left, big right) {
    big result = {{0}};
    for (unsigned i = 0; i < LIMBS; i += 1) {
        uint64_t carry = 0;
        for (unsigned j = 0; i + j < LIMBS; j += 1) {
            carry += (uint64_t)left.limb[i] * right.limb[j] + result.limb[i + j];
            result.limb[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return result;
}

static big
big_subtract(big left, big right) {
    big result;
    int64_t borrow = 0;
    for (unsigned i = 0; i < LIMBS; i += 1) {
        int64_t digit = (int64_t)left.limb[i] - (int64_t)right.limb[i] + borrow;
        result.limb[i] = (uint32_t)((uint64_t)digit & UINT32_MAX);
        borrow = digit < 0 ? -1 : 0;
    }
    return result;
}

static int
big_sign(big value) {
    if (value.limb[LIMBS - 1] >> 31 != 0) {
        return -1;
    }
    for (unsigned i = 0; i < LIMBS; i += 1) {
        if (value.limb[i] != 0) {
            return 1;
        }
    }
    return 0;
}

static int
big_compare(big left, big right) {
    return big_sign(big_subtract(left, right));
}

// value * factor + addend, for bounds such as 2 * MAX + 1.
static big
big_linear(pli_i128 value, int factor, int addend) {
    return big_subtract(big_multiply(big_from(value), big_from(factor)), big_from(-addend));
}

typedef struct sides {
    big top;
    big bottom;
} sides;

// a * b and divisor, with the divisor made positive.
static sides
normalise(pli_i128 a, pli_i128 b, pli_i128 divisor) {
    sides result = {big_multiply(big_from(a), big_from(b)), big_from(divisor)};
    if (divisor < 0) {
        result.top = big_subtract(big_from(0), result.top);
        result.bottom = big_subtract(big_from(0), result.bottom);
    }
    return result;
}

static void
check_against_the_oracle(pli_i128 a, pli_i128 b, pli_i128 divisor) {
    sides s = normalise(a, b, divisor);
    big two = big_from(2);
    big twice = big_multiply(s.top, two);
    big highest = big_multiply(big_from(PLI_I128_MAX), s.bottom);
    big lowest = big_multiply(big_from(PLI_I128_MIN), s.bottom);
    pli_i128 q;

    bool fits = big_compare(s.top, lowest) >= 0 &&
                big_compare(s.top, big_multiply(big_linear(PLI_I128_MAX, 1, 1), s.bottom)) < 0;
    assert_int_equal(pli_muldiv_floor(a, b, divisor, &q), fits);
    if (fits) {
        big rest = big_subtract(s.top, big_multiply(big_from(q), s.bottom));
        assert_true(big_sign(rest) >= 0 && big_compare(rest, s.bottom) < 0);
    }

    fits = big_compare(s.top, highest) <= 0 &&
           big_compare(s.top, big_multiply(big_linear(PLI_I128_MIN, 1, -1), s.bottom)) > 0;
    assert_int_equal(pli_muldiv_ceil(a, b, divisor, &q), fits);
    if (fits) {
        big rest = big_subtract(big_multiply(big_from(q), s.bottom), s.top);
        assert_true(big_sign(rest) >= 0 && big_compare(rest, s.bottom) < 0);
    }

    // Half above the maximum ties to 2^127, which does not fit; half below the minimum ties to the minimum.
    fits = big_compare(twice, big_multiply(big_linear(PLI_I128_MAX, 2, 1), s.bottom)) < 0 &&
           big_compare(twice, big_multiply(big_linear(PLI_I128_MIN, 2, -1), s.bottom)) >= 0;
    assert_int_equal(pli_muldiv_nearest_even(a, b, divisor, &q), fits);
    if (fits) {
        big rest = big_subtract(twice, big_multiply(big_multiply(big_from(q), two), s.bottom));
        big distance = big_sign(rest) < 0 ? big_subtract(big_from(0), rest) : rest;
        int order = big_compare(distance, s.bottom);
        assert_true(order < 0 || (order == 0 && (q & 1) == 0));
    }
}

static int
naive_floor(int top, int bottom) {
    int quotient = top / bottom;
    return top % bottom != 0 && (top < 0) != (bottom < 0) ? quotient - 1 : quotient;
}

static int
naive_half_even(int top, int bottom) {
    int low = naive_floor(top, bottom);
    int rest_twice = 2 * (top - low * bottom);
    if (bottom < 0) {
        rest_twice = -rest_twice;
        bottom = -bottom;
    }
    if (rest_twice != bottom) {
        return rest_twice > bottom ? low + 1 : low;
    }
    return low % 2 == 0 ? low : low + 1;
}

static void
small_numbers_agree_with_naive_arithmetic(void **state) {
    (void)state;
    for (int a = -34; a <= 34; a += 1) {
        for (int b = -21; b <= 21; b += 1) {
            for (int d = -33; d <= 33; d += 1) {
                pli_i128 floor_q = 99;
                pli_i128 ceil_q = 99;
                pli_i128 even_q = 99;
                bool is_divisor = d != 0;
                assert_int_equal(pli_muldiv_floor(a, b, d, &floor_q), is_divisor);
                assert_int_equal(pli_muldiv_ceil(a, b, d, &ceil_q), is_divisor);
                assert_int_equal(pli_muldiv_nearest_even(a, b, d, &even_q), is_divisor);
                assert_true(floor_q == (is_divisor ? naive_floor(a * b, d) : 99));
                assert_true(ceil_q == (is_divisor ? -naive_floor(-a * b, d) : 99));
                assert_true(even_q == (is_divisor ? naive_half_even(a * b, d) : 99));
            }
        }
    }
}

static void
small_quotients_agree_with_naive_arithmetic(void **state) {
    (void)state;
    for (int a = -128; a <= 127; a += 1) {
        for (int b = 1; b <= 127; b += 1) {
            assert_true(pli_div_floor_i128(a, b) == naive_floor(a, b));
            assert_true(pli_div_ceil_i128(a, b) == -naive_floor(-a, b));
            assert_true(pli_div_half_even_i128(a, b) == naive_half_even(a, b));
        }
    }
}

static pli_i128
draw(pli_prng *prng) {
    pli_i128 high = pli_prng_edge_i64(prng, INT64_MIN, INT64_MAX);
    pli_u128 value = (pli_u128)high << 64 | (uint64_t)pli_prng_edge_i64(prng, INT64_MIN, INT64_MAX);
    unsigned shift = (unsigned)pli_prng_below(prng, 128);
    return pli_prng_below(prng, 2) == 0 ? (pli_i128)value : (pli_i128)value >> shift;
}

static void
wide_numbers_agree_with_schoolbook_limbs(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(1);
    for (unsigned i = 0; i < 40000; i += 1) {
        pli_i128 a = draw(&prng);
        pli_i128 b = draw(&prng);
        pli_i128 divisor = draw(&prng);
        if (divisor != 0) {
            check_against_the_oracle(a, b, divisor);
            // Quotients around the ends of the range: a * b / b and neighbours.
            check_against_the_oracle(PLI_I128_MAX - (i % 3), divisor,
                                     divisor > 1 ? divisor - (i % 2) : divisor);
            check_against_the_oracle(PLI_I128_MIN + (i % 3), divisor, divisor);
        }
    }
}

static void
quotients_of_the_extremes_are_right(void **state) {
    (void)state;
    pli_i128 q = 7;
    assert_false(pli_muldiv_floor(PLI_I128_MIN, -1, 1, &q));
    assert_false(pli_muldiv_nearest_even(PLI_I128_MIN, PLI_I128_MIN, 1, &q));
    assert_false(pli_muldiv_ceil(1, 1, 0, &q));
    assert_true(q == 7);
    assert_true(pli_muldiv_ceil(PLI_I128_MIN, PLI_I128_MIN, PLI_I128_MIN, &q));
    assert_true(q == PLI_I128_MIN);
    assert_true(pli_muldiv_floor(PLI_I128_MAX, PLI_I128_MAX, PLI_I128_MAX, &q));
    assert_true(q == PLI_I128_MAX);
    assert_true(pli_div_floor_i128(PLI_I128_MIN, 1) == PLI_I128_MIN);
    assert_true(pli_div_floor_i128(PLI_I128_MIN, PLI_I128_MAX) == -2);
    assert_true(pli_div_ceil_i128(PLI_I128_MIN, PLI_I128_MAX) == -1);
    assert_true(pli_div_half_even_i128(PLI_I128_MIN, PLI_I128_MAX) == -1);
    assert_true(pli_div_half_even_i128(PLI_I128_MIN, 3) == -((PLI_I128_MAX - 1) / 3) - 1);
}

static void
a_floor_below_the_type_is_not_a_wrapped_number(void **state) {
    (void)state;
    // (MIN * 3 - 1) / 3 by way of a product: MIN - 1/3 has the ceiling MIN and no floor.
    check_against_the_oracle(PLI_I128_MIN / 2, 7, 3);
    check_against_the_oracle(PLI_I128_MIN / 4, 9, 2);
    check_against_the_oracle(PLI_I128_MAX, 3, 2);
    pli_i128 q;
    pli_i128 fifth = PLI_I128_MAX / 5; // 2^127 - 1 = 5 * fifth + 2
    assert_true(pli_muldiv_ceil(-(fifth + 1), 15, 3, &q) == false);
    assert_true(pli_muldiv_ceil(-fifth, 15, 3, &q));
    assert_true(q == -5 * fifth);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_numbers_agree_with_naive_arithmetic),
        cmocka_unit_test(small_quotients_agree_with_naive_arithmetic),
        cmocka_unit_test(wide_numbers_agree_with_schoolbook_limbs),
        cmocka_unit_test(quotients_of_the_extremes_are_right),
        cmocka_unit_test(a_floor_below_the_type_is_not_a_wrapped_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
