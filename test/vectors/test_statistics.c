/* test_statistics.c: quantile, Expected Shortfall and filtered-history vectors.        SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "num/statistics.h"
#include "support/json.h"

#define SAMPLE_MAX 200

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void
assert_close(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
        fail_msg("%.17g is not %.17g within %g relative", value, expected, tolerance);
    }
}

static void
every_row_of_the_quantile_vectors_agrees(void **state) {
    (void)state;
    static const pli_quantile_method methods[] = {
        PLI_QUANTILE_ABOVE,
        PLI_QUANTILE_NEAREST,
        PLI_QUANTILE_NEAREST_N_PLUS_1,
        PLI_QUANTILE_INTERPOLATE_N,
        PLI_QUANTILE_INTERPOLATE_N_PLUS_1,
        PLI_QUANTILE_INTERPOLATE_MIDWAY,
        PLI_QUANTILE_INTERPOLATE_N_MINUS_1,
    };
    static const char *const columns[] = {
        "sample",   "level",      "index_above",   "nearest",      "nearest_n+1",
        "interp_n", "interp_n+1", "interp_midway", "interp_excel", "es_acerbi_tasche_upper",
    };
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/quantile_es.json");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i += 1) {
        assert_string_equal(ts_json_text(ts_json_at(ts_json_get(root, "columns"), i)), columns[i]);
    }
    ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 14);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double sample[SAMPLE_MAX];
        ts_json *values =
            ts_json_get(ts_json_get(root, "samples"), ts_json_text(ts_json_at(row, 0)));
        size_t count = ts_json_doubles(values, sample, SAMPLE_MAX);
        qsort(sample, count, sizeof sample[0], by_value);
        double level = ts_json_double(ts_json_at(row, 1));
        double value = 0.0;
        for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m += 1) {
            assert_int_equal(pli_quantile(sample, count, level, methods[m], &value), PLM_OK);
            assert_close(value, ts_json_double(ts_json_at(row, 2 + m)), 1e-14);
        }
        assert_int_equal(pli_expected_shortfall_upper(sample, count, level, &value), PLM_OK);
        assert_close(value, ts_json_double(ts_json_at(row, 9)), 1e-14);
    }
    ts_json_free(root);
}

static void
assert_all_close(const double *values, size_t count, const ts_json *expected) {
    assert_int_equal(ts_json_size(expected), count);
    for (size_t i = 0; i < count; i += 1) {
        assert_close(values[i], ts_json_double(ts_json_at(expected, i)), 1e-14);
    }
}

static void
the_filtered_history_example_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/fhs_worked_example.json");
    double returns[SAMPLE_MAX];
    double variances[SAMPLE_MAX + 1];
    double standardised[SAMPLE_MAX];
    double rescaled[SAMPLE_MAX];
    double rescaled_mid[SAMPLE_MAX];
    double losses[SAMPLE_MAX];
    size_t count = ts_json_doubles(ts_json_get(root, "returns"), returns, SAMPLE_MAX);
    double first = 0.0;
    for (size_t i = 0; i < 5; i += 1) {
        first += returns[i] * returns[i] / 5.0;
    }
    double lambda = ts_json_double(ts_json_get(root, "lambda"));
    assert_int_equal(pli_ewma_variance(returns, count, lambda, first, variances), PLM_OK);
    assert_all_close(variances, count + 1, ts_json_get(root, "sigma2"));
    double today = sqrt(variances[count]);
    for (size_t t = 0; t < count; t += 1) {
        double then = sqrt(variances[t]);
        standardised[t] = pli_rescale_return(returns[t], then, 1.0);
        rescaled[t] = pli_rescale_return(returns[t], then, today);
        rescaled_mid[t] = pli_rescale_return_mid(returns[t], then, today);
        losses[t] = -rescaled[t];
    }
    assert_all_close(standardised, count, ts_json_get(root, "z"));
    assert_all_close(rescaled, count, ts_json_get(root, "fhs"));
    assert_all_close(rescaled_mid, count, ts_json_get(root, "fhs_midvol"));
    qsort(losses, count, sizeof losses[0], by_value);
    assert_close(losses[count - 1], ts_json_double(ts_json_get(root, "var_worst")), 1e-14);
    double shortfall = 0.0;
    assert_int_equal(
        pli_expected_shortfall_upper(losses, count, 1.0 - 2.0 / (double)count, &shortfall), PLM_OK);
    assert_close(shortfall, ts_json_double(ts_json_get(root, "es_worst2")), 1e-14);
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_quantile_vectors_agrees),
        cmocka_unit_test(the_filtered_history_example_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
