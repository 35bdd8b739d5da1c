/* test_default.c: first passage and Merton against closed forms, paths against both.     SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "num/elementary.h"
#include "study/default.h"
#include "support/json.h"

static double
at(const ts_json *row, size_t index) {
    return ts_json_double(ts_json_at(row, index));
}

static void
assert_close(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%.17g is not %.17g within %g", value, expected, tolerance);
    }
}

static void
first_passage_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/pd_first_passage_merton.json");
    ts_json *rows = ts_json_get(root, "first_passage");
    assert_int_equal(ts_json_size(rows), 8);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double value = 0.0;
        assert_int_equal(
            pli_first_passage(at(row, 0), at(row, 1), at(row, 2), at(row, 3), at(row, 4), &value),
            PLM_OK);
        assert_close(value, at(row, 5), 1e-13);
    }
    ts_json_free(root);
}

static void
merton_agrees(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/pd_first_passage_merton.json");
    ts_json *rows = ts_json_get(root, "merton");
    assert_int_equal(ts_json_size(rows), 4);
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        pli_merton merton;
        assert_int_equal(
            pli_merton_default(at(row, 0), at(row, 1), at(row, 2), at(row, 3), at(row, 4), &merton),
            PLM_OK);
        assert_close(merton.d1, at(row, 5), 1e-13);
        assert_close(merton.d2, at(row, 6), 1e-13);
        assert_close(merton.default_probability, at(row, 7), 1e-14);
        assert_close(merton.equity, at(row, 8), 1e-11);
    }
    ts_json_free(root);
}

enum { QUANTILES = 4000, PATHS = 10000 };

/*
 * The account gains the logarithm itself, draws come from a fine normal sample and volatility does not learn: its paths
 * are then the Brownian motion of the closed form, whatever the number of steps. Four standard errors of the simulation,
 * and a tenth of the value where fewer than a hundred paths decide.
 */
static void
simulated_paths_agree_with_first_passage(void **state) {
    (void)state;
    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/pd_first_passage_merton.json");
    ts_json *rows = ts_json_get(root, "first_passage");
    double *z = calloc(QUANTILES, sizeof *z);
    for (size_t i = 0; i < QUANTILES; i += 1) {
        z[i] = pli_normal_quantile(((double)i + 0.5) / QUANTILES);
    }
    pli_profit_curve curve;
    for (int i = 0; i < PLI_PROFIT_POINTS; i += 1) {
        curve.moves[i] = (double)(i - PLI_PROFIT_POINTS / 2) / 10.0;
        curve.profits[i] = curve.moves[i] * 1e9;
    }
    for (size_t i = 0; i < ts_json_size(rows); i += 1) {
        ts_json *row = ts_json_at(rows, i);
        double room = log(at(row, 0) / at(row, 1)) * 1e9;
        double days = at(row, 4) * 365.0;
        double volatility = at(row, 3) / sqrt(365.0);
        for (uint32_t steps = 1; steps <= 3; steps += 2) {
            const pli_default_question question = {
                .underlying_count = 1,
                .curves = &curve,
                .volatilities = &volatility,
                .day_count = QUANTILES,
                .standardised = z,
                .lambda = 1.0,
                .drift = (at(row, 2) - at(row, 3) * at(row, 3) / 2.0) / 365.0,
                .step_days = days / steps,
                .step_count = steps,
                .call_micros = room,
                .liquidation_micros = room,
                .equity_micros = room,
                .path_count = PATHS,
                .seed = 17 + i};
            size_t size = pli_default_size(&question);
            void *work = malloc(size);
            pli_default_answer answer;
            assert_int_equal(pli_default_measure(&question, work, size, &answer), PLM_OK);
            double expected = at(row, 5);
            double error = 4.0 * sqrt(expected * (1.0 - expected) / PATHS);
            bool is_rare = expected * PATHS < 100.0;
            assert_close(answer.default_probability, expected,
                         is_rare ? error + 0.1 * expected : error);
            free(work);
        }
    }
    free(z);
    ts_json_free(root);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_passage_agrees),
        cmocka_unit_test(merton_agrees),
        cmocka_unit_test(simulated_paths_agree_with_first_passage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
