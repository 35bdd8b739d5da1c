/* test_normal.c: the normal distribution against published and high-precision values.  SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "num/elementary.h"
#include "support/json.h"

#define FILE_NAME "vectors/methods/normal_distribution.json"

// Relative 1e-15, and one unit of 2^-1074 where the value is subnormal.
static void
check(double seen, double expected, double x) {
    if (!(fabs(seen - expected) <= 1e-15 * fabs(expected) + 0x1p-1074))
        fail_msg("at %.17g: %.17g, expected %.17g", x, seen, expected);
}

// The files give values at decimals; how far the double we are called with lies below the decimal.
static double
lost_of(ts_json *number) {
    return (double)(strtold(ts_json_text(number), NULL) - ts_json_double(number));
}

static void
distribution_and_density_agree_with_high_precision(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    ts_json *root = ts_json_load_shared_or_skip(FILE_NAME);
    ts_json *rows = ts_json_get(root, "cdf_rows");
    assert_int_equal(ts_json_size(rows), 36);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        double row[3];
        assert_int_equal(ts_json_doubles(ts_json_at(rows, i), row, 3), 3);
        double lost = lost_of(ts_json_at(ts_json_at(rows, i), 0));
        double expected = row[1] - row[2] * lost;
        check(pli_normal_cdf(row[0]), expected, row[0]);
        check(pli_normal_sf(-row[0]), expected, row[0]);
        check(pli_normal_pdf(row[0]), row[2] * (1.0 + row[0] * lost), row[0]);
    }
    ts_json_free(root);
}

static void
quantile_agrees_with_high_precision_and_with_as_241(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    ts_json *root = ts_json_load_shared_or_skip(FILE_NAME);
    static const char *const keys[] = {"inv_rows", "as241_published"};
    for (size_t k = 0; k < 2; k += 1) {
        ts_json *rows = ts_json_get(root, keys[k]);
        for (size_t i = 0; i < ts_json_size(rows); i += 1) {
            double row[2];
            assert_int_equal(ts_json_doubles(ts_json_at(rows, i), row, 2), 2);
            double lost = lost_of(ts_json_at(ts_json_at(rows, i), 0));
            double density = pli_normal_pdf(row[1]);
            check(pli_normal_quantile(row[0]), row[1] - lost / density, row[0]);
        }
    }
    ts_json_free(root);
}

// Column norm_cdf at z of the reference cases for implied volatility.
static void
distribution_agrees_with_the_implied_volatility_reference(void **state) {
    (void)state;
    ts_json *root =
        ts_json_load_shared_or_skip("vectors/methods/implied_vol_lets_be_rational.json");
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 667);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        double z = ts_json_double(ts_json_at(ts_json_at(rows, i), 5));
        check(pli_normal_cdf(z), ts_json_double(ts_json_at(ts_json_at(rows, i), 10)), z);
    }
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distribution_and_density_agree_with_high_precision),
        cmocka_unit_test(quantile_agrees_with_high_precision_and_with_as_241),
        cmocka_unit_test(distribution_agrees_with_the_implied_volatility_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
