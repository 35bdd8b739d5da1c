/* test_garch.c: GARCH(1,1) on paths that it made, and where it must say no.             SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "forecast/garch.h"
#include "num/elementary.h"

#define COUNT 4000u

static double returns[COUNT];
static double scaled[COUNT];

static void
make_path(const pli_garch *model, uint64_t seed) {
    pli_prng prng = pli_prng_init(seed);
    double h = model->omega / (1 - model->alpha - model->beta);
    double square = h;
    for (size_t t = 0; t < COUNT; t += 1) {
        h = model->omega + model->alpha * square + model->beta * h;
        double unit = pli_prng_unit(&prng);
        double error = sqrt(h) * pli_normal_quantile(unit > 0 ? unit : 0.5);
        returns[t] = model->mean + error;
        square = error * error;
    }
}

static void
fit_finds_the_model_that_made_the_path(void **state) {
    (void)state;
    const pli_garch made = {.mean = 0.0005, .omega = 2e-6, .alpha = 0.09, .beta = 0.89};
    make_path(&made, 41);
    pli_garch_report report;
    assert_int_equal(pli_garch_fit(returns, COUNT, &report), PLM_OK);
    const double truth[4] = {made.mean, made.omega, made.alpha, made.beta};
    const double seen[4] = {report.model.mean, report.model.omega, report.model.alpha,
                            report.model.beta};
    for (size_t i = 0; i < 4; i += 1) {
        assert_true(fabs(seen[i] - truth[i]) < 3 * report.errors_robust[i]);
        assert_true(report.errors_hessian[i] > 0 && report.errors_outer[i] > 0);
    }
}

static void
unit_of_the_returns_changes_nothing_but_units(void **state) {
    (void)state;
    const pli_garch made = {.mean = 0, .omega = 1e-5, .alpha = 0.1, .beta = 0.8};
    make_path(&made, 42);
    for (size_t t = 0; t < COUNT; t += 1) {
        scaled[t] = returns[t] * 1024;
    }
    pli_garch_report plain;
    pli_garch_report times;
    assert_int_equal(pli_garch_fit(returns, COUNT, &plain), PLM_OK);
    assert_int_equal(pli_garch_fit(scaled, COUNT, &times), PLM_OK);
    assert_true(fabs(times.model.alpha - plain.model.alpha) <= 1e-12);
    assert_true(fabs(times.model.omega / plain.model.omega / (1024.0 * 1024.0) - 1) <= 1e-9);
    assert_true(fabs(times.variance_next / plain.variance_next / (1024.0 * 1024.0) - 1) <= 1e-12);
}

static void
next_variance_is_that_of_the_filter(void **state) {
    (void)state;
    const pli_garch made = {.mean = 0, .omega = 1e-5, .alpha = 0.1, .beta = 0.8};
    make_path(&made, 43);
    pli_garch_report report;
    assert_int_equal(pli_garch_fit(returns, COUNT, &report), PLM_OK);
    static double variances[COUNT + 1];
    assert_int_equal(pli_garch_filter(&report.model, returns, COUNT, variances), PLM_OK);
    assert_true(fabs(variances[COUNT] / report.variance_next - 1) <= 1e-12);
}

static void
horizon_adds_steps_that_fade_to_the_long_run(void **state) {
    (void)state;
    // Long run 1; from 3, distances 2, 1, 0.5: 3 + 2 + 1.5.
    const pli_garch model = {.mean = 0, .omega = 0.5, .alpha = 0.25, .beta = 0.25};
    assert_true(fabs(pli_garch_horizon(&model, 3, 3) - 6.5) <= 1e-14);
    assert_true(fabs(pli_garch_horizon(&model, 3, 1) - 3) <= 1e-14);
}

static void
series_without_an_interior_maximum_is_refused(void **state) {
    (void)state;
    pli_garch_report report;
    assert_int_equal(pli_garch_fit(returns, PLI_GARCH_RETURNS_MIN - 1, &report), PLM_HISTORY_SHORT);
    for (size_t t = 0; t < COUNT; t += 1) {
        returns[t] = 0.25;
    }
    assert_int_equal(pli_garch_fit(returns, COUNT, &report), PLM_FIT_FAILED);
    returns[7] = INFINITY;
    assert_int_equal(pli_garch_fit(returns, COUNT, &report), PLM_NOT_FINITE);
    // Two values in turn: the variance never changes, so alpha has no value.
    for (size_t t = 0; t < COUNT; t += 1) {
        returns[t] = t % 2 == 0 ? 1 : -1;
    }
    assert_int_equal(pli_garch_fit(returns, COUNT, &report), PLM_FIT_FAILED);
    double variances[2];
    const pli_garch model = {.mean = 0, .omega = 0, .alpha = 0, .beta = 0};
    assert_int_equal(pli_garch_filter(&model, returns, 0, variances), PLM_HISTORY_SHORT);
    assert_int_equal(pli_garch_filter(&model, returns, 1, variances), PLM_NOT_FINITE);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_finds_the_model_that_made_the_path),
        cmocka_unit_test(unit_of_the_returns_changes_nothing_but_units),
        cmocka_unit_test(next_variance_is_that_of_the_filter),
        cmocka_unit_test(horizon_adds_steps_that_fade_to_the_long_run),
        cmocka_unit_test(series_without_an_interior_maximum_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
