/* test_model.c: volatility models on days that follow a known rule.                     SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forecast/garch.h"
#include "plimsoll/forecast.h"
#include "support/days.h"

#define COUNT 600u

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-8)

static plm_realised_day days[COUNT];
static double workspace[COUNT * 17u];

static const ts_days_rule exact = {
    .seed = 3, .first_day = 17000, .constant = -1.6, .slopes = {0.4, 0.25, 0.15, -2}, .noise = 0};
static const ts_days_rule noisy = {
    .seed = 4, .first_day = 17000, .constant = -1.6, .slopes = {0.4, 0.25, 0.15, -2}, .noise = 0.4};

static plm_status
fit(plm_forecast_kind kind, uint32_t horizon, uint32_t window, plm_forecast_model *model) {
    const plm_forecast_spec spec = {.kind = kind, .horizon_days = horizon, .window_days = window};
    assert_true(plm_forecast_size(COUNT) <= sizeof workspace);
    return plm_forecast_fit(&spec, days, COUNT, workspace, sizeof workspace, model);
}

static void
fit_finds_the_rule_that_made_the_days(void **state) {
    (void)state;
    ts_days_make(&exact, days, COUNT);
    plm_forecast_model model;
    assert_int_equal(fit(PLM_FORECAST_HAR, 1, 0, &model), PLM_OK);
    assert_int_equal(model.coefficient_count, 5);
    assert_int_equal(model.row_count, COUNT - 22);
    assert_near(model.coefficients[0], exact.constant);
    for (size_t j = 0; j < 4; j += 1) {
        assert_near(model.coefficients[1 + j], exact.slopes[j]);
    }
    assert_near(model.smear, 1);
    // The rule itself says what comes next: hide the last day and ask.
    double variance = 0;
    assert_int_equal(plm_forecast_next(&model, days, COUNT - 1, days[COUNT - 1].day, &variance),
                     PLM_OK);
    assert_true(fabs(variance / days[COUNT - 1].variance - 1) <= 1e-7);
}

static void
forecasts_of_all_kinds_are_near_the_noisy_truth(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    for (int kind = 1; kind <= (int)PLM_FORECAST_KIND_COUNT; kind += 1) {
        plm_forecast_model model;
        plm_status status = fit((plm_forecast_kind)kind, 5, 0, &model);
        if (kind == PLM_FORECAST_GARCH) {
            // Returns of equal size every day have no GARCH.
            continue;
        }
        assert_int_equal(status, PLM_OK);
        double variance = 0;
        assert_int_equal(plm_forecast_next(&model, days, COUNT, days[COUNT - 1].day + 1, &variance),
                         PLM_OK);
        assert_true(variance > 1e-4 && variance < 2e-3);
        assert_true(variance >= model.low && variance <= model.high);
    }
}

static void
forecast_never_leaves_what_the_fit_has_seen(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    plm_forecast_model model;
    assert_int_equal(fit(PLM_FORECAST_RANGE, 1, 0, &model), PLM_OK);
    days[COUNT - 1].variance = 4;
    days[COUNT - 1].range = 4;
    days[COUNT - 1].change = -2;
    double variance = 0;
    assert_int_equal(plm_forecast_next(&model, days, COUNT, days[COUNT - 1].day + 1, &variance),
                     PLM_OK);
    assert_true(variance >= model.high && variance <= model.high);
}

static void
line_in_levels_below_all_targets_gives_their_mean(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    plm_forecast_model model;
    assert_int_equal(fit(PLM_FORECAST_HAR_LEVEL, 1, 0, &model), PLM_OK);
    double mean = 0;
    for (size_t i = 22; i < COUNT; i += 1) {
        mean += days[i].variance / (COUNT - 22);
    }
    assert_true(fabs(model.mean / mean - 1) <= 1e-12);
    model.coefficients[0] = -1;
    double variance = 0;
    assert_int_equal(plm_forecast_next(&model, days, COUNT, days[COUNT - 1].day + 1, &variance),
                     PLM_OK);
    assert_true(variance >= model.mean && variance <= model.mean);
}

static void
smoothing_is_the_path_by_hand(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    plm_forecast_model model;
    assert_int_equal(fit(PLM_FORECAST_EWMA, 1, 0, &model), PLM_OK);
    double mean = 0;
    for (size_t i = 0; i < 22; i += 1) {
        days[i].variance = 4e-4;
        mean += days[i].variance / 22;
    }
    days[22].variance = 1e-4;
    days[23].variance = 9e-4;
    double variance = 0;
    assert_int_equal(plm_forecast_next(&model, days, 24, days[23].day + 1, &variance), PLM_OK);
    double by_hand = 0.94 * (0.94 * mean + 0.06 * 1e-4) + 0.06 * 9e-4;
    assert_true(fabs(variance / by_hand - 1) <= 1e-13);
}

static void
garch_forecast_is_that_of_its_own_fit(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    double changes[COUNT];
    for (size_t i = 0; i < COUNT; i += 1) {
        // Calm and wild stretches in turn, so that there is something to fit.
        days[i].change *= i / 40 % 2 == 0 ? 0.5 : 1.5;
        changes[i] = days[i].change;
    }
    plm_forecast_model model;
    assert_int_equal(fit(PLM_FORECAST_GARCH, 3, 0, &model), PLM_OK);
    pli_garch_report report;
    assert_int_equal(pli_garch_fit(changes, COUNT, &report), PLM_OK);
    assert_memory_equal(&model.coefficients[2], &report.model.alpha, sizeof(double));
    double variance = 0;
    assert_int_equal(plm_forecast_next(&model, days, COUNT, days[COUNT - 1].day + 1, &variance),
                     PLM_OK);
    double expected = pli_garch_horizon(&report.model, report.variance_next, 3) / 3;
    assert_true(fabs(variance / expected - 1) <= 1e-12);
}

static void
window_decides_what_a_fit_sees(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    plm_forecast_model before;
    plm_forecast_model after;
    assert_int_equal(fit(PLM_FORECAST_RANGE, 1, 400, &before), PLM_OK);
    assert_int_equal(before.first_day, days[COUNT - 400].day);
    assert_int_equal(before.last_day, days[COUNT - 1].day);
    days[COUNT - 401].range *= 7;
    assert_int_equal(fit(PLM_FORECAST_RANGE, 1, 400, &after), PLM_OK);
    assert_memory_equal(before.coefficients, after.coefficients, sizeof before.coefficients);
    assert_memory_equal(before.days_hash, after.days_hash, sizeof before.days_hash);
    days[COUNT - 400].range *= 7;
    assert_int_equal(fit(PLM_FORECAST_RANGE, 1, 400, &after), PLM_OK);
    assert_memory_not_equal(before.days_hash, after.days_hash, sizeof before.days_hash);
    assert_true(memcmp(before.coefficients, after.coefficients, sizeof before.coefficients) != 0);
}

static void
fits_and_forecasts_without_ground_are_refused(void **state) {
    (void)state;
    ts_days_make(&noisy, days, COUNT);
    plm_forecast_model model;
    assert_int_equal(fit((plm_forecast_kind)9, 1, 0, &model), PLM_DOMAIN);
    assert_int_equal(fit(PLM_FORECAST_HAR, 0, 0, &model), PLM_DOMAIN);
    assert_int_equal(fit(PLM_FORECAST_HAR, PLM_FORECAST_HORIZON_MAX + 1, 0, &model), PLM_DOMAIN);
    assert_int_equal(fit(PLM_FORECAST_HAR, 1, 271, &model), PLM_HISTORY_SHORT);
    assert_int_equal(fit(PLM_FORECAST_HAR, 1, 272, &model), PLM_OK);
    assert_int_equal(fit(PLM_FORECAST_EWMA, 1, 249, &model), PLM_HISTORY_SHORT);
    const plm_forecast_spec spec = {.kind = PLM_FORECAST_HAR, .horizon_days = 1};
    assert_int_equal(
        plm_forecast_fit(&spec, days, COUNT, workspace, plm_forecast_size(COUNT) - 1, &model),
        PLM_WORKSPACE_SMALL);
    assert_int_equal(plm_forecast_fit(&spec, days, 0, workspace, sizeof workspace, &model),
                     PLM_HISTORY_SHORT);
    double variance = 7;
    int64_t next = days[COUNT - 1].day + 1;
    assert_int_equal(fit(PLM_FORECAST_HAR, 1, 0, &model), PLM_OK);
    assert_int_equal(plm_forecast_next(&model, days, 21, next, &variance), PLM_HISTORY_SHORT);
    assert_int_equal(plm_forecast_next(&model, days, COUNT, next - 1, &variance), PLM_DOMAIN);
    model.coefficient_count = 4;
    assert_int_equal(plm_forecast_next(&model, days, COUNT, next, &variance), PLM_DOMAIN);
    days[5].variance = -1;
    assert_int_equal(fit(PLM_FORECAST_HAR, 1, 0, &model), PLM_DOMAIN);
    assert_true(variance >= 7 && variance <= 7);
}

static void
every_kind_has_a_name(void **state) {
    (void)state;
    static const char *const names[5] = {"ewma", "garch", "har", "har-level", "range"};
    for (int kind = 1; kind <= 5; kind += 1) {
        assert_string_equal(plm_forecast_name((plm_forecast_kind)kind), names[kind - 1]);
    }
    assert_string_equal(plm_forecast_name((plm_forecast_kind)0), "unknown");
    assert_string_equal(plm_forecast_name((plm_forecast_kind)6), "unknown");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_finds_the_rule_that_made_the_days),
        cmocka_unit_test(forecasts_of_all_kinds_are_near_the_noisy_truth),
        cmocka_unit_test(forecast_never_leaves_what_the_fit_has_seen),
        cmocka_unit_test(line_in_levels_below_all_targets_gives_their_mean),
        cmocka_unit_test(smoothing_is_the_path_by_hand),
        cmocka_unit_test(garch_forecast_is_that_of_its_own_fit),
        cmocka_unit_test(window_decides_what_a_fit_sees),
        cmocka_unit_test(fits_and_forecasts_without_ground_are_refused),
        cmocka_unit_test(every_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
