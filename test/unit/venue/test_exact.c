/* test_exact.c: fractions stay reduced, compare without overflow, and carry their failures.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "venue/exact.h"

static void
is_ratio(pli_exact value, int64_t numerator, int64_t denominator) {
    assert_int_equal(value.status, PLM_OK);
    assert_true(value.numerator == numerator);
    assert_true(value.denominator == denominator);
}

static void
results_are_in_lowest_terms(void **state) {
    (void)state;
    is_ratio(pli_exact_ratio(6, -4), -3, 2);
    is_ratio(pli_exact_decimal(1250, 4), 1, 8);
    is_ratio(pli_exact_add(pli_exact_ratio(1, 6), pli_exact_ratio(1, 3)), 1, 2);
    is_ratio(pli_exact_subtract(pli_exact_ratio(1, 3), pli_exact_ratio(1, 3)), 0, 1);
    is_ratio(pli_exact_multiply(pli_exact_ratio(4, 9), pli_exact_ratio(-3, 8)), -1, 6);
    is_ratio(pli_exact_divide(pli_exact_ratio(4, 9), pli_exact_ratio(-8, 3)), -1, 6);
}

static void
large_decimals_meet_without_leaving_their_range(void **state) {
    (void)state;
    // 1e20 + 1e-18 needs 38 digits, and the product of 1e-18 and 1e18 needs one.
    pli_exact small = pli_exact_decimal(1, 18);
    pli_exact large = pli_exact_multiply(pli_exact_of(10000000000), pli_exact_of(10000000000));
    pli_exact sum = pli_exact_add(large, small);
    assert_int_equal(sum.status, PLM_OK);
    is_ratio(pli_exact_multiply(pli_exact_subtract(sum, large), pli_exact_of(1000000000000000000)),
             1, 1);
}

static void
a_failure_travels_to_the_end(void **state) {
    (void)state;
    pli_exact none = pli_exact_divide(pli_exact_of(1), pli_exact_of(0));
    assert_int_equal(none.status, PLM_DOMAIN);
    assert_int_equal(pli_exact_add(pli_exact_of(1), none).status, PLM_DOMAIN);
    assert_int_equal(pli_exact_max(none, pli_exact_of(1)).status, PLM_DOMAIN);
    assert_false(pli_exact_is_below(none, pli_exact_of(1)));
    pli_exact most = pli_exact_of(PLI_I128_MAX);
    assert_int_equal(pli_exact_add(most, most).status, PLM_OVERFLOW);
    assert_int_equal(pli_exact_multiply(most, most).status, PLM_OVERFLOW);
    assert_int_equal(pli_exact_of(PLI_I128_MIN).status, PLM_OVERFLOW);
    pli_i128 rounded = 7;
    assert_int_equal(pli_exact_ceil(none, 0, &rounded), PLM_DOMAIN);
    assert_true(rounded == 7);
}

static void
comparison_is_exact_where_products_would_overflow(void **state) {
    (void)state;
    pli_exact low = pli_exact_ratio(PLI_I128_MAX - 2, PLI_I128_MAX - 1);
    pli_exact high = pli_exact_ratio(PLI_I128_MAX - 1, PLI_I128_MAX);
    assert_true(pli_exact_is_below(low, high));
    assert_false(pli_exact_is_below(high, low));
    assert_false(pli_exact_is_below(low, low));
    assert_true(pli_exact_is_below(pli_exact_negate(high), pli_exact_negate(low)));
    is_ratio(pli_exact_min(pli_exact_ratio(-1, 3), pli_exact_ratio(-1, 2)), -1, 2);
}

static void
rounding_goes_the_way_its_name_says(void **state) {
    (void)state;
    static const int64_t ceil[] = {1, 0, 1};
    static const int64_t floor[] = {0, -1, 0};
    static const int64_t nearest[] = {0, 0, 0};
    const pli_exact values[] = {pli_exact_ratio(1, 3), pli_exact_ratio(-1, 3),
                                pli_exact_ratio(1, 2)};
    for (int i = 0; i < 3; i += 1) {
        pli_i128 got = 9;
        assert_int_equal(pli_exact_ceil(values[i], 0, &got), PLM_OK);
        assert_true(got == ceil[i]);
        assert_int_equal(pli_exact_floor(values[i], 0, &got), PLM_OK);
        assert_true(got == floor[i]);
        assert_int_equal(pli_exact_nearest(values[i], 0, &got), PLM_OK);
        assert_true(got == nearest[i]);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_in_lowest_terms),
        cmocka_unit_test(large_decimals_meet_without_leaving_their_range),
        cmocka_unit_test(a_failure_travels_to_the_end),
        cmocka_unit_test(comparison_is_exact_where_products_would_overflow),
        cmocka_unit_test(rounding_goes_the_way_its_name_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
