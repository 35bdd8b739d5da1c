/* test_recipe.c: forecasts on realised days, and the names they are found again by.    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/rounding.h"
#include "plimsoll/forecast.h"
#include "support/days.h"

#define COUNT 900u

static plm_realised_day days[COUNT];
static double workspace[COUNT * 17u];

static const ts_days_rule rule = {
    .seed = 9, .first_day = 17000, .constant = -0.9, .slopes = {0.6, 0.2, 0.08, -3}, .noise = 0.5};

static plm_named_forecast
forecast(const plm_forecast_spec *spec, size_t count) {
    plm_named_forecast made;
    assert_int_equal(plm_forecast_days(spec, days, count, workspace, sizeof workspace, &made),
                     PLM_OK);
    return made;
}

static void
it_says_what_fit_and_next_say(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    for (int kind = PLM_FORECAST_EWMA; kind <= PLM_FORECAST_RANGE; kind += 1) {
        const plm_forecast_spec spec = {(plm_forecast_kind)kind, 1, 700};
        plm_forecast_model model;
        double variance = 0;
        int64_t ppm = 0;
        int64_t chance = 0;
        plm_regime_model regime;
        plm_named_forecast made;
        const plm_realised_day *first = days + COUNT - 700;
        plm_status status =
            plm_forecast_fit(&spec, days, COUNT, workspace, sizeof workspace, &model);
        if (status != PLM_OK) {
            // GARCH has no fit on days whose returns say nothing of their variances.
            assert_int_equal(kind, PLM_FORECAST_GARCH);
            assert_int_equal(
                plm_forecast_days(&spec, days, COUNT, workspace, sizeof workspace, &made), status);
            continue;
        }
        assert_int_equal(plm_forecast_next(&model, first, 700, days[COUNT - 1].day + 1, &variance),
                         PLM_OK);
        assert_int_equal(pli_i64_from_double_ceil(1e6 * sqrt(365.0 * variance), &ppm), PLM_OK);
        assert_int_equal(plm_regime_fit(first, 700, 0, workspace, sizeof workspace, &regime),
                         PLM_OK);
        assert_int_equal(plm_regime_next(&regime, first, 700, days[COUNT - 1].day + 1, &chance),
                         PLM_OK);
        made = forecast(&spec, COUNT);
        assert_int_equal(made.volatility_ppm, ppm);
        assert_int_equal(made.regime_ppm, chance);
        assert_int_equal(made.first_day, first->day);
        assert_int_equal(made.last_day, days[COUNT - 1].day);
    }
}

static void
the_name_is_of_recipe_and_window_alone(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    const plm_forecast_spec spec = {PLM_FORECAST_HAR, 1, 500};
    plm_named_forecast made = forecast(&spec, COUNT);
    plm_named_forecast named;
    days[COUNT - 501].variance *= 2;
    assert_int_equal(plm_forecast_days_name(&spec, days, COUNT, &named), PLM_OK);
    assert_memory_equal(named.hash, made.hash, sizeof made.hash);
    days[COUNT - 500].bipower = nextafter(days[COUNT - 500].bipower, 1);
    assert_int_equal(plm_forecast_days_name(&spec, days, COUNT, &named), PLM_OK);
    assert_memory_not_equal(named.hash, made.hash, sizeof made.hash);
    const plm_forecast_spec other = {PLM_FORECAST_RANGE, 1, 500};
    plm_named_forecast of_other;
    assert_int_equal(plm_forecast_days_name(&other, days, COUNT, &of_other), PLM_OK);
    assert_memory_not_equal(named.hash, of_other.hash, sizeof named.hash);
}

static void
a_chance_needs_more_days_than_a_forecast(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    const plm_forecast_spec spec = {PLM_FORECAST_HAR, 1, 0};
    plm_named_forecast made = forecast(&spec, 320);
    assert_true(made.volatility_ppm > 0);
    assert_int_equal(made.regime_ppm, 0);
    assert_int_equal(plm_forecast_days(&spec, days, 249, workspace, sizeof workspace, &made),
                     PLM_HISTORY_SHORT);
    days[100].variance = -1;
    assert_int_equal(plm_forecast_days_name(&spec, days, 320, &made), PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_fit_and_next_say),
        cmocka_unit_test(the_name_is_of_recipe_and_window_alone),
        cmocka_unit_test(a_chance_needs_more_days_than_a_forecast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
