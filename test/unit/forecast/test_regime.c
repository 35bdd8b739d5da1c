/* test_regime.c: the chance of a day of high volatility.                                SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/forecast.h"
#include "support/days.h"

#define COUNT 900u

static plm_realised_day days[COUNT];
static double workspace[COUNT * 17u];

static const ts_days_rule rule = {
    .seed = 9, .first_day = 17000, .constant = -0.9, .slopes = {0.6, 0.2, 0.08, -3}, .noise = 0.5};

static void
bound_is_the_ninetieth_percentile_of_a_year(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    // 0.9 * 364 + 1 = 328.6: between the 328th and the 329th of 365.
    for (size_t i = 0; i < 365; i += 1) {
        days[i].variance = (double)((i * 7) % 365 + 1);
    }
    double bound = 0;
    assert_int_equal(plm_regime_bound(days, 365, &bound), PLM_OK);
    assert_true(fabs(bound - 328.6) <= 1e-12);
    assert_int_equal(plm_regime_bound(days, 364, &bound), PLM_HISTORY_SHORT);
}

static void
chance_is_larger_after_a_wild_day_and_true_on_average(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    plm_regime_model model;
    assert_int_equal(plm_regime_fit(days, COUNT, 0, workspace, sizeof workspace, &model), PLM_OK);
    assert_int_equal(model.row_count, COUNT - 365);
    double sum = 0;
    for (size_t i = 365; i < COUNT; i += 1) {
        int64_t chance = 0;
        assert_int_equal(plm_regime_next(&model, days, i, days[i].day, &chance), PLM_OK);
        assert_in_range(chance, 0, 1000000);
        sum += (double)chance / 1e6;
    }
    // The score of the constant is zero at the minimum: chances add up to the days that came.
    assert_true(fabs(sum - model.high_count) <= 1e-3);
    int64_t calm = 0;
    int64_t wild = 0;
    int64_t next = days[COUNT - 1].day + 1;
    assert_int_equal(plm_regime_next(&model, days, COUNT, next, &calm), PLM_OK);
    days[COUNT - 1].variance *= 20;
    days[COUNT - 1].range *= 20;
    assert_int_equal(plm_regime_next(&model, days, COUNT, next, &wild), PLM_OK);
    assert_true(wild > calm);
}

static void
regimes_without_ground_are_refused(void **state) {
    (void)state;
    ts_days_make(&rule, days, COUNT);
    plm_regime_model model;
    assert_int_equal(plm_regime_fit(days, 614, 0, workspace, sizeof workspace, &model),
                     PLM_HISTORY_SHORT);
    assert_int_equal(plm_regime_fit(days, COUNT, 249, workspace, sizeof workspace, &model),
                     PLM_HISTORY_SHORT);
    assert_int_equal(plm_regime_fit(days, COUNT, 0, workspace, 8, &model), PLM_WORKSPACE_SMALL);
    assert_int_equal(plm_regime_fit(days, COUNT, 0, workspace, sizeof workspace, &model), PLM_OK);
    int64_t chance = -1;
    assert_int_equal(plm_regime_next(&model, days, 364, days[364].day, &chance), PLM_HISTORY_SHORT);
    assert_int_equal(plm_regime_next(&model, days, 365, days[364].day, &chance), PLM_DOMAIN);
    // Nothing ever rises above a constant: one class only.
    for (size_t i = 0; i < COUNT; i += 1) {
        days[i].variance = 1e-4;
    }
    assert_int_equal(plm_regime_fit(days, COUNT, 0, workspace, sizeof workspace, &model),
                     PLM_FIT_FAILED);
    assert_int_equal(chance, -1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_is_the_ninetieth_percentile_of_a_year),
        cmocka_unit_test(chance_is_larger_after_a_wild_day_and_true_on_average),
        cmocka_unit_test(regimes_without_ground_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
