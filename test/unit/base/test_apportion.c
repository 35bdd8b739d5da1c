/* test_apportion.c: shares add up to the total and stay next to their exact value.     SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/apportion.h"
#include "base/muldiv.h"
#include "base/prng.h"

static void
seats_go_to_the_largest_remainders(void **state) {
    (void)state;
    // Hamilton's method, the textbook example: votes 47, 16, 15.8, 12, 6.1, 3.1 (thousands) for 10 seats give
    // 5, 2, 1, 1, 1, 0 (en.wikipedia.org, Quota method, Hare quota).
    static const pli_i128 numerators[] = {47000, 16000, 15800, 12000, 6100, 3100};
    static const int expected[] = {5, 2, 1, 1, 1, 0};
    uint32_t order[6];
    pli_i128 shares[6];
    pli_apportion(numerators, 6, 10000, 10, order, shares);
    for (size_t i = 0; i < 6; i += 1) {
        assert_true(shares[i] == expected[i]);
    }
}

static void
equal_remainders_go_to_the_lowest_index(void **state) {
    (void)state;
    static const pli_i128 numerators[] = {-5, 1, 1, 1};
    uint32_t order[4];
    pli_i128 shares[4];
    pli_apportion(numerators, 4, 3, 0, order, shares);
    // Floors -2, 0, 0, 0, all remainders 1: two units to hand out.
    assert_true(shares[0] == -1 && shares[1] == 1 && shares[2] == 0 && shares[3] == 0);
    pli_apportion(numerators, 0, 3, 0, order, shares);
}

static void
shares_add_up_and_stay_next_to_their_exact_value(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(10);
    pli_i128 numerators[50];
    pli_i128 shares[50];
    uint32_t order[50];
    for (unsigned round = 0; round < 2000; round += 1) {
        size_t count = 1 + (size_t)pli_prng_below(&prng, 50);
        pli_i128 divisor = pli_prng_edge_i64(&prng, 1, INT64_MAX);
        pli_i128 sum = 0;
        for (size_t i = 0; i < count; i += 1) {
            numerators[i] = (pli_i128)pli_prng_edge_i64(&prng, INT64_MIN, INT64_MAX) *
                            (round % 2 == 0 ? 1 : INT64_MAX / 64);
            sum += numerators[i];
        }
        pli_i128 total =
            round % 2 == 0 ? pli_div_ceil_i128(sum, divisor) : pli_div_floor_i128(sum, divisor);
        pli_apportion(numerators, count, divisor, total, order, shares);
        pli_i128 share_sum = 0;
        for (size_t i = 0; i < count; i += 1) {
            pli_i128 low = pli_div_floor_i128(numerators[i], divisor);
            assert_true(shares[i] == low || shares[i] == low + 1);
            share_sum += shares[i];
        }
        assert_true(share_sum == total);
    }
}

static void
the_most_negative_numerator_has_a_right_remainder(void **state) {
    (void)state;
    // -2^127 = 3 * floor + 1, so 1 has the larger remainder of 2 in 3 against it.
    static const pli_i128 numerators[] = {PLI_I128_MIN, 2};
    uint32_t order[2];
    pli_i128 shares[2];
    pli_i128 low = pli_div_floor_i128(PLI_I128_MIN, 3);
    pli_apportion(numerators, 2, 3, low + 1, order, shares);
    assert_true(shares[0] == low && shares[1] == 1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seats_go_to_the_largest_remainders),
        cmocka_unit_test(equal_remainders_go_to_the_lowest_index),
        cmocka_unit_test(shares_add_up_and_stay_next_to_their_exact_value),
        cmocka_unit_test(the_most_negative_numerator_has_a_right_remainder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
