/* test_rational.c: exact reading, comparing and rounding of numbers in texts.          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "num/rational.h"

static pli_rational
number(const char *text) {
    pli_rational value;
    if (pli_rational_parse(text, strlen(text), &value) != PLM_OK)
        fail_msg("%s is no number", text);
    return value;
}

static int
order(const char *left, const char *right) {
    pli_rational a = number(left);
    pli_rational b = number(right);
    int out = 9;
    assert_true(pli_rational_compare(&a, &b, &out));
    return out < 0 ? -1 : out > 0;
}

static void
equal_numbers_are_equal_however_they_are_written(void **state) {
    (void)state;
    assert_int_equal(order("1", "1.000"), 0);
    assert_int_equal(order("-0", "0"), 0);
    assert_int_equal(order("-0.0", "0/7"), 0);
    assert_int_equal(order("49999/100", "499.99"), 0);
    assert_int_equal(order("1e3", "1000"), 0);
    assert_int_equal(order("1.5/0.5", "3"), 0);
    assert_int_equal(order("-1/-2", "0.5"), 0);
    assert_int_equal(order("340282366920938463463374607431768211455",
                           "340282366920938463463374607431768211455.0"),
                     0);
}

static void
order_is_that_of_the_number_line(void **state) {
    (void)state;
    assert_int_equal(order("1/3", "0.333333333333333333333333333333"), 1);
    assert_int_equal(order("-1/3", "-0.333333333333333333333333333333"), -1);
    assert_int_equal(order("-2", "1"), -1);
    assert_int_equal(order("2", "-1e300"), 1);
    assert_int_equal(order("1e-300", "0"), 1);
    assert_int_equal(order("1e300", "1e299"), 1);
}

static void
difference_and_product_are_exact(void **state) {
    (void)state;
    pli_rational out;
    int result = 9;
    pli_rational a = number("1/3");
    pli_rational b = number("0.5");
    assert_true(pli_rational_subtract(&a, &b, &out));
    pli_rational expected = number("-1/6");
    assert_true(pli_rational_compare(&out, &expected, &result));
    assert_int_equal(result, 0);
    b = number("-0.5");
    assert_true(pli_rational_subtract(&a, &b, &out));
    expected = number("5/6");
    assert_true(pli_rational_compare(&out, &expected, &result));
    assert_int_equal(result, 0);
    assert_true(pli_rational_multiply(&a, &b, &out));
    expected = number("-1/6");
    assert_true(pli_rational_compare(&out, &expected, &result));
    assert_int_equal(result, 0);
}

static void
rounding_goes_the_way_it_is_called(void **state) {
    (void)state;
    static const struct {
        const char *value;
        uint32_t decimals;
        const char *trunc, *nearest, *floor, *ceil;
    } rows[] = {
        {"2.5", 0, "2", "3", "2", "3"},         {"-2.5", 0, "-2", "-3", "-3", "-2"},
        {"2.4999", 0, "2", "2", "2", "3"},      {"-0.3", 0, "0", "0", "-1", "0"},
        {"1.005", 2, "1", "1.01", "1", "1.01"}, {"2/3", 4, "0.6666", "0.6667", "0.6666", "0.6667"},
        {"7", 3, "7", "7", "7", "7"},           {"1e40", 2, "1e40", "1e40", "1e40", "1e40"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        const char *expected[4] = {rows[i].trunc, rows[i].nearest, rows[i].floor, rows[i].ceil};
        for (int mode = 1; mode <= 4; mode += 1) {
            pli_rational value = number(rows[i].value);
            pli_rational wanted = number(expected[mode - 1]);
            pli_rational rounded;
            int result = 9;
            assert_true(pli_rational_round(&value, (pli_rational_rounding)mode, rows[i].decimals,
                                           &rounded));
            assert_true(pli_rational_compare(&rounded, &wanted, &result));
            assert_int_equal(result, 0);
        }
    }
}

static void
what_is_no_number_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        plm_status status;
    } rows[] = {{"", PLM_TEXT_MALFORMED},      {"abc", PLM_TEXT_MALFORMED},
                {"1/", PLM_TEXT_MALFORMED},    {"/2", PLM_TEXT_MALFORMED},
                {"1/2/3", PLM_TEXT_MALFORMED}, {"1/0", PLM_DOMAIN},
                {"1e601", PLM_OVERFLOW},       {"1e-400/1e300", PLM_OVERFLOW}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        pli_rational value;
        assert_int_equal(pli_rational_parse(rows[i].text, strlen(rows[i].text), &value),
                         rows[i].status);
    }
}

static void
longest_numbers_still_compare(void **state) {
    (void)state;
    static char first[700] = "0.";
    static char second[700] = "0.";
    memset(first + 2, '3', 590);
    memset(second + 2, '3', 589);
    pli_rational a = number(first);
    pli_rational b = number(second);
    pli_rational difference;
    pli_rational bound;
    int result = 9;
    assert_true(pli_rational_subtract(&a, &b, &difference));
    assert_true(pli_rational_multiply(&a, &b, &bound));
    assert_true(pli_rational_compare(&difference, &bound, &result));
    assert_true(result < 0);
}

static void
too_large_results_are_told(void **state) {
    (void)state;
    pli_natural value;
    pli_natural product;
    pli_natural_set(&value, 1);
    assert_true(pli_natural_scale_ten(&value, 2400));
    assert_false(pli_natural_multiply(&value, &value, &product));
    assert_false(pli_natural_scale_ten(&value, 2400));
}

static void
quotients_and_remainders_agree_with_128_bit_division(void **state) {
    (void)state;
    static const uint64_t parts[] = {0, 1, 7, 10, 0xffffffffu, 0x100000000u, 0xfedcba9876543210u};
    for (size_t i = 0; i < 7; i += 1) {
        for (size_t j = 1; j < 7; j += 1) {
            pli_u128 a = (pli_u128)parts[i] * parts[6] + parts[j];
            pli_natural value, divisor, quotient, remainder, expected;
            pli_natural_set(&value, a);
            pli_natural_set(&divisor, parts[j]);
            pli_natural_divide(&value, &divisor, &quotient, &remainder);
            pli_natural_set(&expected, a / parts[j]);
            assert_int_equal(pli_natural_compare(&quotient, &expected), 0);
            pli_natural_set(&expected, a % parts[j]);
            assert_int_equal(pli_natural_compare(&remainder, &expected), 0);
        }
    }
}

static void
ratio_for_messages_is_close(void **state) {
    (void)state;
    pli_rational third = number("1e-20/3");
    double ratio = pli_natural_ratio(&third.numerator, &third.denominator);
    assert_true(ratio > 3.333333333333e-21 && ratio < 3.333333333334e-21);
    pli_rational zero = number("0");
    assert_true(pli_natural_ratio(&zero.numerator, &zero.denominator) == 0.0);
    pli_rational huge = number("1e500");
    assert_true(pli_natural_ratio(&huge.numerator, &huge.denominator) >= 1e298);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_numbers_are_equal_however_they_are_written),
        cmocka_unit_test(order_is_that_of_the_number_line),
        cmocka_unit_test(difference_and_product_are_exact),
        cmocka_unit_test(rounding_goes_the_way_it_is_called),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(longest_numbers_still_compare),
        cmocka_unit_test(too_large_results_are_told),
        cmocka_unit_test(quotients_and_remainders_agree_with_128_bit_division),
        cmocka_unit_test(ratio_for_messages_is_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
