/* test_forecast.c: GARCH benchmark, Pareto tails and covariance shrinkage against published numbers. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "forecast/extreme.h"
#include "forecast/garch.h"
#include "forecast/shrinkage.h"
#include "support/json.h"

#define RETURN_MAX 6000u
#define SERIES_MAX 10u

static double values[RETURN_MAX];
static double sorted[RETURN_MAX];
static double variances[RETURN_MAX + 1];

static void
assert_close(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
        fail_msg("%.17g is not %.17g within %g relative", value, expected, tolerance);
    }
}

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double
number(const ts_json *root, const char *key) {
    return ts_json_double(ts_json_get(root, key));
}

static void
assert_all_close(const double *seen, const ts_json *expected, double tolerance) {
    assert_int_equal(ts_json_size(expected), PLI_GARCH_PARAMETERS);
    for (size_t i = 0; i < PLI_GARCH_PARAMETERS; i += 1) {
        assert_close(seen[i], ts_json_double(ts_json_at(expected, i)), tolerance);
    }
}

// Half a unit of the sixth digit of each published coefficient; errors to four digits as printed.
static void
garch_meets_the_published_benchmark(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/garch_bg96_fcp.json");
    size_t count = ts_json_doubles(ts_json_get(root, "y_percent"), values, RETURN_MAX);
    assert_int_equal(count, 1974);
    pli_garch_report report;
    assert_int_equal(pli_garch_fit(values, count, &report), PLM_OK);
    const ts_json *coefficients = ts_json_get(root, "coef");
    assert_true(fabs(report.model.mean - number(coefficients, "mu")) <= 0.5e-8);
    assert_true(fabs(report.model.omega - number(coefficients, "omega")) <= 1e-7);
    assert_true(fabs(report.model.alpha - number(coefficients, "alpha")) <= 0.5e-6);
    assert_true(fabs(report.model.beta - number(coefficients, "beta")) <= 0.5e-6);
    const ts_json *refined = ts_json_get(root, "coef_refined");
    assert_close(report.model.omega, number(refined, "omega"), 5e-6);
    assert_close(report.model.alpha, number(refined, "alpha"), 1e-7);
    assert_close(report.model.beta, number(refined, "beta"), 1e-7);
    assert_all_close(report.errors_hessian, ts_json_get(root, "se_hessian_published"), 1e-5);
    assert_all_close(report.errors_outer, ts_json_get(root, "se_opg_published_FCP"), 1e-5);
    assert_all_close(report.errors_robust, ts_json_get(root, "se_qmle_published_FCP"), 1e-5);
    assert_close(report.log_likelihood, number(root, "loglik_max"), 1e-12);
    assert_true(report.log_likelihood >= number(root, "loglik_at_published"));
    ts_json_free(root);
}

static void
garch_variances_follow_the_published_path(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/garch_bg96_fcp.json");
    size_t count = ts_json_doubles(ts_json_get(root, "y_percent"), values, RETURN_MAX);
    const ts_json *refined = ts_json_get(root, "coef_refined");
    const pli_garch model = {.mean = number(refined, "mu"),
                             .omega = number(refined, "omega"),
                             .alpha = number(refined, "alpha"),
                             .beta = number(refined, "beta")};
    assert_int_equal(pli_garch_filter(&model, values, count, variances), PLM_OK);
    const ts_json *first = ts_json_get(root, "h_first5_at_refined");
    for (size_t i = 0; i < ts_json_size(first); i += 1) {
        assert_close(variances[i], ts_json_double(ts_json_at(first, i)), 1e-13);
    }
    assert_close(variances[count - 1], number(root, "h_last_at_refined"), 1e-13);
    assert_close(variances[count], number(root, "h_next_forecast"), 1e-13);
    ts_json_free(root);
}

// The vectors' own search ends at a relative error near 1e-7 in the shape; the likelihood must not be below theirs, but
// for the digits that the printed data lost.
static void
assert_tail(const pli_tail *tail, double shape, double scale, double log_likelihood,
            double data_error) {
    assert_close(tail->shape, shape, 2e-7);
    assert_close(tail->scale, scale, 1e-7);
    assert_close(tail->log_likelihood, log_likelihood, 1e-12 + data_error);
    assert_true(tail->log_likelihood >= log_likelihood - 1e-10 - data_error * fabs(log_likelihood));
}

// The closed forms at the vectors' own shape and scale.
static void
assert_loss(pli_tail tail, double shape, double scale, const double *level_quantile_shortfall) {
    tail.shape = shape;
    tail.scale = scale;
    double loss = 0;
    assert_int_equal(pli_tail_quantile(&tail, level_quantile_shortfall[0], &loss), PLM_OK);
    assert_close(loss, level_quantile_shortfall[1], 1e-13);
    assert_int_equal(pli_tail_shortfall(&tail, level_quantile_shortfall[0], &loss), PLM_OK);
    assert_close(loss, level_quantile_shortfall[2], 1e-13);
}

static void
danish_fire_losses_have_the_published_tail(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/evt_gpd.json");
    size_t count = ts_json_doubles(ts_json_get(root, "danish"), values, RETURN_MAX);
    const ts_json *rows = ts_json_get(root, "rows");
    assert_int_equal(ts_json_size(rows), 12);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        double row[8];
        assert_int_equal(ts_json_doubles(ts_json_at(rows, i), row, 8), 8);
        pli_tail tail;
        assert_int_equal(pli_tail_fit(values, count, row[0], &tail), PLM_OK);
        assert_int_equal(tail.excess_count, row[1]);
        assert_tail(&tail, row[2], row[3], row[4], 0);
        assert_loss(tail, row[2], row[3], &row[5]);
    }
    // McNeil 1997 prints shape .497 (.143) and scale 6.98 for threshold 10.
    pli_tail tail;
    assert_int_equal(pli_tail_fit(values, count, 10, &tail), PLM_OK);
    assert_true(fabs(tail.shape - 0.497) <= 0.0005);
    assert_true(fabs(tail.scale - 6.98) <= 0.005);
    ts_json_free(root);
}

static void
equity_losses_have_the_tail_of_the_vectors(void **state) {
    (void)state;
    ts_json *data = ts_json_load_shared_or_skip("vectors/methods/data_sp500ret.json");
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/evt_gpd.json");
    const ts_json *expected = ts_json_get(root, "sp500_losses_pct");
    size_t count = ts_json_doubles(ts_json_get(data, "ret"), values, RETURN_MAX);
    for (size_t i = 0; i < count; i += 1) {
        values[i] *= -100;
        sorted[i] = values[i];
    }
    qsort(sorted, count, sizeof sorted[0], by_value);
    pli_tail tail;
    // The 251st largest loss, so that 250 lie above. Returns are printed with ten decimals, a relative 5e-9 here.
    size_t k = (size_t)ts_json_i64(ts_json_get(expected, "threshold_order_stat"));
    double threshold = sorted[count - 1 - k];
    assert_close(threshold, number(expected, "u"), 5e-9);
    assert_int_equal(pli_tail_fit(values, count, threshold, &tail), PLM_OK);
    assert_int_equal(tail.excess_count, number(expected, "Nu"));
    assert_tail(&tail, number(expected, "xi"), number(expected, "beta"), number(expected, "loglik"),
                5e-9);
    const ts_json *rows = ts_json_get(expected, "rows_alpha_VaR_ES");
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        double row[3];
        assert_int_equal(ts_json_doubles(ts_json_at(rows, i), row, 3), 3);
        tail.threshold = number(expected, "u");
        assert_loss(tail, number(expected, "xi"), number(expected, "beta"), row);
    }
    const ts_json *hill = ts_json_get(expected, "hill_k_xi");
    for (size_t i = 0; i < ts_json_size(hill); i += 1) {
        double shape = 0;
        const ts_json *row = ts_json_at(hill, i);
        k = (size_t)ts_json_i64(ts_json_at(row, 0));
        assert_int_equal(pli_tail_hill(sorted, count, k, &shape), PLM_OK);
        assert_close(shape, ts_json_double(ts_json_at(row, 1)), 5e-9);
    }
    ts_json_free(root);
    ts_json_free(data);
}

static void
assert_covariance(const ts_json *of, const char *key, const double *seen, size_t p,
                  double tolerance) {
    const ts_json *whole = ts_json_find(of, key);
    if (whole == NULL) {
        return;
    }
    for (size_t i = 0; i < p; i += 1) {
        for (size_t j = 0; j < p; j += 1) {
            assert_close(seen[i * p + j], ts_json_double(ts_json_at(ts_json_at(whole, i), j)),
                         tolerance);
        }
    }
}

static void
assert_first_row(const ts_json *of, const char *key, const double *seen, double tolerance) {
    const ts_json *row = ts_json_find(of, key);
    for (size_t i = 0; row != NULL && i < ts_json_size(row); i += 1) {
        assert_close(seen[i], ts_json_double(ts_json_at(row, i)), tolerance);
    }
}

static void
assert_shrinkage(const ts_json *of, size_t p, size_t days) {
    static double workspace[4096];
    const pli_returns returns = {.day_count = days, .series_count = p, .values = values};
    assert_true(pli_shrinkage_size(p) <= sizeof workspace);
    static const char *const names[3] = {"cov1Para", "covCor", "QIS"};
    static const char *const rows[3] = {"cov1Para_00_01", "covCor_00_01", "QIS_00_01"};
    // Beyond five series the file prints the returns with eight decimals, the expected values come from all of them.
    double tolerance = p == 5 ? 1e-12 : 1e-8;
    for (size_t m = 0; m < 3; m += 1) {
        double intensity = -1;
        double covariance[SERIES_MAX * SERIES_MAX];
        assert_int_equal(pli_shrinkage_estimate(&returns, (pli_shrinkage_method)(m + 1), workspace,
                                                sizeof workspace, &intensity, covariance),
                         PLM_OK);
        assert_covariance(of, names[m], covariance, p, tolerance);
        assert_first_row(of, rows[m], covariance, tolerance);
        if (m < 2) {
            static const char *const keys[2] = {"cov1Para_shrinkage", "covCor_shrinkage"};
            assert_close(intensity, number(of, keys[m]), tolerance);
        }
    }
}

static void
shrunk_covariances_agree_with_their_authors(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/cov_shrinkage.json");
    const ts_json *cases = ts_json_get(root, "cases");
    size_t tested = 0;
    for (size_t i = 0; i < ts_json_size(cases); i += 1) {
        const ts_json *of = ts_json_at(cases, i);
        const ts_json *returns = ts_json_get(of, "Y");
        if (ts_json_is_null(returns)) {
            continue;
        }
        size_t p = (size_t)ts_json_i64(ts_json_get(of, "p"));
        for (size_t t = 0; t < ts_json_size(returns); t += 1) {
            assert_int_equal(ts_json_doubles(ts_json_at(returns, t), &values[t * p], SERIES_MAX),
                             p);
        }
        assert_shrinkage(of, p, ts_json_size(returns));
        tested += 1;
    }
    assert_int_equal(tested, 2);
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(garch_meets_the_published_benchmark),
        cmocka_unit_test(garch_variances_follow_the_published_path),
        cmocka_unit_test(danish_fire_losses_have_the_published_tail),
        cmocka_unit_test(equity_losses_have_the_tail_of_the_vectors),
        cmocka_unit_test(shrunk_covariances_agree_with_their_authors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
