/* test_race.c: rolling forecasts see nothing of the day that they forecast.             SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "study/race.h"
#include "support/days.h"

#define COUNT 720u

static plm_realised_day days[COUNT];
static pli_race_day table[COUNT];
static pli_race_day other[COUNT];
static plm_forecast_parameters parameters;

static const ts_days_rule rule = {
    .seed = 21, .first_day = 17000, .constant = -1.0, .slopes = {0.5, 0.25, 0.1, -3}, .noise = 0.5};

static pli_race_options
options_of(uint32_t horizon) {
    plm_record_init(&plm_forecast_descriptor, &parameters);
    parameters.gate_days = 60;
    return (pli_race_options){.horizon_days = horizon,
                              .window_days = 400,
                              .refit_days = 60,
                              .from_day = 0,
                              .to_day = 100000,
                              .parameters = &parameters};
}

static size_t
run(const pli_race_options *options, pli_race_day *to) {
    void *workspace = malloc(pli_race_size(COUNT));
    assert_non_null(workspace);
    size_t found = 0;
    assert_int_equal(pli_race_run(options, days, COUNT, workspace, to, &found), PLM_OK);
    free(workspace);
    return found;
}

static void
future_changes_no_forecast_before_it(void **state) {
    (void)state;
    for (uint32_t horizon = 1; horizon <= 3; horizon += 2) {
        const pli_race_options options = options_of(horizon);
        ts_days_make(&rule, days, COUNT);
        size_t count = run(&options, table);
        // A shock on day 500: forecasts up to that day, and what the gates chose, stay as they were.
        days[500].variance = 1;
        days[500].range = 1;
        days[500].change = -0.9;
        assert_int_equal(run(&options, other), count);
        size_t later = 0;
        for (size_t i = 0; i < count; i += 1) {
            bool is_same =
                memcmp(table[i].forecasts, other[i].forecasts, sizeof table[i].forecasts) == 0 &&
                table[i].running == other[i].running;
            if (table[i].day <= days[500].day) {
                assert_true(is_same);
                assert_int_equal(table[i].chance_ppm, other[i].chance_ppm);
            }
            later += !is_same;
        }
        assert_true(later > 100);
    }
}

static void
figures_of_the_floor_are_one_and_zero(void **state) {
    (void)state;
    const pli_race_options options = options_of(1);
    ts_days_make(&rule, days, COUNT);
    size_t count = run(&options, table);
    void *workspace = malloc(pli_race_size(COUNT));
    pli_race_row rows[PLI_RACE_ROWS];
    assert_int_equal(pli_race_rows(&options, table, count, workspace, rows), PLM_OK);
    free(workspace);
    size_t running = 0;
    for (size_t k = 0; k < PLI_RACE_ROWS; k += 1) {
        assert_int_equal(rows[k].day_count, count);
        assert_true(rows[k].qlike > 0);
        running += k + 1 < PLI_RACE_ROWS ? rows[k].running_count : 0;
    }
    assert_int_equal(running, count);
    const pli_race_row *floor = &rows[PLM_FORECAST_FLOOR - 1];
    assert_true(fabs(floor->to_floor - 1) <= 0);
    assert_true(fabs(floor->statistic) <= 0);
    // The days follow the floor's own rule, so smoothing cannot be as good.
    assert_true(rows[PLM_FORECAST_EWMA - 1].to_floor > 1.05);
    pli_race_chance chance;
    assert_int_equal(pli_race_chances(&options, table, count, &chance), PLM_OK);
    assert_true(chance.area > 0.6 && chance.area <= 1);
    assert_true(chance.skill < 1);
}

static void
races_that_cannot_start_are_refused(void **state) {
    (void)state;
    pli_race_options options = options_of(1);
    ts_days_make(&rule, days, COUNT);
    double workspace[16];
    size_t found = 0;
    assert_int_equal(pli_race_run(&options, days, 200, workspace, table, &found),
                     PLM_HISTORY_SHORT);
    options.refit_days = 0;
    assert_int_equal(pli_race_run(&options, days, COUNT, workspace, table, &found), PLM_DOMAIN);
    options = options_of(1);
    options.window_days = 100;
    assert_int_equal(pli_race_run(&options, days, COUNT, workspace, table, &found), PLM_DOMAIN);
    options = options_of(1);
    options.from_day = 99000;
    pli_race_row rows[PLI_RACE_ROWS];
    pli_race_chance chance;
    assert_int_equal(pli_race_rows(&options, table, 0, workspace, rows), PLM_HISTORY_SHORT);
    assert_int_equal(pli_race_chances(&options, table, 0, &chance), PLM_HISTORY_SHORT);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(future_changes_no_forecast_before_it),
        cmocka_unit_test(figures_of_the_floor_are_one_and_zero),
        cmocka_unit_test(races_that_cannot_start_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
