/* test_rounding.c: doubles become integers in the stated direction or not at all.      SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/rounding.h"

#include "base/endian.h"
#include "base/prng.h"

typedef struct row {
    double x;
    int64_t floor;
    int64_t half_even;
    int64_t ceil;
} row;

static void
check(double x, int64_t low, int64_t even, int64_t high) {
    int64_t value = 77;
    assert_int_equal(pli_i64_from_double_floor(x, &value), PLM_OK);
    assert_true(value == low);
    assert_int_equal(pli_i64_from_double_half_even(x, &value), PLM_OK);
    assert_true(value == even);
    assert_int_equal(pli_i64_from_double_ceil(x, &value), PLM_OK);
    assert_true(value == high);
}

static void
known_values_round_as_named(void **state) {
    (void)state;
    static const row rows[] = {
        {0.0, 0, 0, 0},
        {-0.0, 0, 0, 0},
        {0.5, 0, 0, 1},
        {-0.5, -1, 0, 0},
        {1.5, 1, 2, 2},
        {2.5, 2, 2, 3},
        {-1.5, -2, -2, -1},
        {-2.5, -3, -2, -2},
        {0x1.fffffffffffffp-2, 0, 0, 1},
        {0x1.0000000000001p-1, 0, 1, 1},
        {5e-324, 0, 0, 1},
        {-5e-324, -1, 0, 0},
        {4503599627370495.5, 4503599627370495, 4503599627370496, 4503599627370496},
        {4503599627370494.5, 4503599627370494, 4503599627370494, 4503599627370495},
        {-4503599627370495.5, -4503599627370496, -4503599627370496, -4503599627370495},
        {9007199254740991.0, 9007199254740991, 9007199254740991, 9007199254740991},
        {9223372036854774784.0, 9223372036854774784, 9223372036854774784, 9223372036854774784},
        {-9223372036854775808.0, INT64_MIN, INT64_MIN, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        check(rows[i].x, rows[i].floor, rows[i].half_even, rows[i].ceil);
    }
}

static void
random_values_agree_with_the_c_library(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(17);
    for (unsigned i = 0; i < 100000; i += 1) {
        double quarters =
            (double)pli_prng_edge_i64(&prng, -(INT64_C(1) << 54), INT64_C(1) << 54) / 4.0;
        double x = i % 2 == 0 ? quarters : pli_double_from_bits(pli_prng_next_u64(&prng));
        if (fabs(x) < 0x1p62) {
            check(x, (int64_t)floor(x), (int64_t)nearbyint(x), (int64_t)ceil(x));
        }
    }
}

static void
what_does_not_fit_is_refused(void **state) {
    (void)state;
    static const double large[] = {0x1p63, -0x1.0000000000001p63, 1e300, -1e300};
    int64_t value = 77;
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i += 1) {
        assert_int_equal(pli_i64_from_double_floor(large[i], &value), PLM_OVERFLOW);
        assert_int_equal(pli_i64_from_double_ceil(large[i], &value), PLM_OVERFLOW);
        assert_int_equal(pli_i64_from_double_half_even(large[i], &value), PLM_OVERFLOW);
    }
    const double odd[] = {(double)NAN, (double)INFINITY, (double)-INFINITY};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i += 1) {
        assert_int_equal(pli_i64_from_double_floor(odd[i], &value), PLM_NOT_FINITE);
        assert_int_equal(pli_i64_from_double_ceil(odd[i], &value), PLM_NOT_FINITE);
        assert_int_equal(pli_i64_from_double_half_even(odd[i], &value), PLM_NOT_FINITE);
    }
    assert_true(value == 77);
}

static void
integers_become_the_nearest_double(void **state) {
    (void)state;
    assert_true(pli_double_from_i64(9007199254740993) == 9007199254740992.0);
    assert_true(pli_double_from_i64(9007199254740995) == 9007199254740996.0);
    assert_true(pli_double_from_i64(INT64_MAX) == 0x1p63);
    assert_true(pli_double_from_i64(INT64_MIN) == -0x1p63);
    assert_true(pli_double_from_i64(-12) == -12.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_round_as_named),
        cmocka_unit_test(random_values_agree_with_the_c_library),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(integers_become_the_nearest_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
