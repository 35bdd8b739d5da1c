/* test_closes.c: forecasts that daily closes alone can prove.                         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "num/elementary.h"
#include "plimsoll/forecast.h"

enum { CLOSES = 400, FIRST = 20000 };

static int64_t days[CLOSES];
static double prices[CLOSES];
static double workspace[CLOSES * 40];
static const plm_close_run run = {days, prices, CLOSES};

static int
setup(void **state) {
    (void)state;
    assert_true(plm_forecast_closes_size(CLOSES) <= sizeof workspace);
    return 0;
}

// Up and down by 1 % of logs in turn.
static void
zigzag(void) {
    for (int i = 0; i < CLOSES; i += 1) {
        days[i] = FIRST + i;
        prices[i] = 100.0 * pli_exp(i % 2 == 0 ? 0.0 : 0.01);
    }
}

static void
drift(void) {
    pli_prng prng = pli_prng_init(7);
    double level = 100.0;
    double size = 0.02;
    for (int i = 0; i < CLOSES; i += 1) {
        // Calm and stormy stretches, so that GARCH has something to fit.
        size = i % 80 < 40 ? 0.01 : 0.04;
        // Sums of four draws: near enough to normal for its likelihood to have a maximum inside.
        int64_t sum = 0;
        for (int k = 0; k < 4; k += 1) {
            sum += pli_prng_range_i64(&prng, -1000, 1000);
        }
        level *= pli_exp(size * ((double)sum / 1000.0));
        days[i] = FIRST + i;
        prices[i] = level;
    }
}

// Each day's variance is 0.0001, and so is any mean of them: 1e6 * sqrt(0.0365) = 191,049.73 ppm, up.
static void
even_moves_forecast_themselves(void **state) {
    (void)state;
    zigzag();
    const plm_forecast_spec spec = {PLM_FORECAST_EWMA, 1, 0};
    plm_named_forecast made;
    assert_int_equal(plm_forecast_closes(&spec, &run, workspace, sizeof workspace, &made), PLM_OK);
    assert_int_equal(made.volatility_ppm, 191050);
    assert_int_equal(made.first_day, FIRST + 1);
    assert_int_equal(made.last_day, FIRST + CLOSES - 1);
    // A window has fewer days and another name, and here the same forecast.
    const plm_forecast_spec part = {PLM_FORECAST_EWMA, 1, 300};
    plm_named_forecast other;
    assert_int_equal(plm_forecast_closes(&part, &run, workspace, sizeof workspace, &other), PLM_OK);
    assert_int_equal(other.volatility_ppm, 191050);
    assert_int_equal(other.first_day, FIRST + CLOSES - 300);
    assert_memory_not_equal(made.hash, other.hash, sizeof made.hash);
}

static void
name_is_that_of_the_forecast_and_sees_every_bit(void **state) {
    (void)state;
    drift();
    const plm_forecast_spec spec = {PLM_FORECAST_GARCH, 1, 365};
    plm_named_forecast made;
    plm_named_forecast named;
    assert_int_equal(plm_forecast_closes(&spec, &run, workspace, sizeof workspace, &made), PLM_OK);
    assert_in_range(made.volatility_ppm, 100000, 1000000);
    assert_int_equal(plm_forecast_closes_name(&spec, &run, workspace, sizeof workspace, &named),
                     PLM_OK);
    assert_memory_equal(made.hash, named.hash, sizeof made.hash);
    prices[CLOSES - 1] *= 1.0 + 1e-15;
    assert_int_equal(plm_forecast_closes_name(&spec, &run, workspace, sizeof workspace, &named),
                     PLM_OK);
    assert_memory_not_equal(made.hash, named.hash, sizeof made.hash);
    drift();
    const plm_forecast_spec longer = {PLM_FORECAST_GARCH, 2, 365};
    assert_int_equal(plm_forecast_closes_name(&longer, &run, workspace, sizeof workspace, &named),
                     PLM_OK);
    assert_memory_not_equal(made.hash, named.hash, sizeof made.hash);
}

static void
what_closes_cannot_tell_is_refused(void **state) {
    (void)state;
    drift();
    plm_named_forecast made;
    plm_forecast_spec spec = {PLM_FORECAST_HAR, 1, 0};
    assert_int_equal(plm_forecast_closes(&spec, &run, workspace, sizeof workspace, &made),
                     PLM_DOMAIN);
    spec.kind = PLM_FORECAST_EWMA;
    assert_int_equal(plm_forecast_closes(&spec, &run, workspace, 8, &made), PLM_WORKSPACE_SMALL);
    const plm_close_run few = {days, prices, PLM_FORECAST_DAYS_MIN};
    assert_int_equal(plm_forecast_closes(&spec, &few, workspace, sizeof workspace, &made),
                     PLM_HISTORY_SHORT);
    prices[3] = 0.0;
    assert_int_equal(plm_forecast_closes(&spec, &run, workspace, sizeof workspace, &made),
                     PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_moves_forecast_themselves),
        cmocka_unit_test(name_is_that_of_the_forecast_and_sees_every_bit),
        cmocka_unit_test(what_closes_cannot_tell_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
