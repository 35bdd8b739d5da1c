/* test_realised.c: measures of a day from candles, by hand, and with holes.             SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/elementary.h"
#include "plimsoll/forecast.h"

#define HOUR_NS INT64_C(3600000000000)
#define DAY_BARS 24u

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-13)

static plm_candle
bar_at(int64_t hour, double open, double high, double low, double close) {
    return (plm_candle){
        .start_ns = hour * HOUR_NS, .open = open, .high = high, .low = low, .close = close};
}

// A flat day at 1: every bar rises or falls by `size` in the logarithm, in turn.
static void
make_day(plm_candle *bars, int64_t day, double size) {
    for (int64_t i = 0; i < DAY_BARS; i += 1) {
        double open = i % 2 == 0 ? 1 : pli_exp(size);
        double close = i % 2 == 0 ? pli_exp(size) : 1;
        bars[i] = bar_at(day * DAY_BARS + i, open, open > close ? open : close,
                         open < close ? open : close, close);
    }
}

static void
day_of_even_bars_has_the_measures_by_hand(void **state) {
    (void)state;
    plm_candle bars[DAY_BARS];
    make_day(bars, 0, 0.01);
    const plm_candle_run run = {bars, DAY_BARS, HOUR_NS};
    plm_realised_day day;
    size_t count = 0;
    assert_int_equal(plm_realised_days(&run, 1000000, &day, 1, &count), PLM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(day.bar_count, 24);
    assert_int_equal(day.covered_ppm, 1000000);
    assert_near(day.variance, 24 * 1e-4);
    assert_near(day.downside, 12 * 1e-4);
    assert_near(day.bipower, acos(-1) / 2 * 24 * 1e-4);
    assert_near(day.range, 24 * 1e-4 / (4 * log(2)));
    assert_near(day.parkinson, 1e-4 / (4 * log(2)));
    assert_near(day.garman_klass, 0.5e-4);
    assert_near(day.change, 0);
}

static void
jump_across_a_hole_counts_and_what_is_missing_is_scaled(void **state) {
    (void)state;
    // Hours 6 to 11 are missing; the price comes back a tenth lower.
    plm_candle bars[DAY_BARS];
    size_t count = 0;
    for (int64_t i = 0; i < DAY_BARS; i += 1) {
        if (i < 6 || i >= 12) {
            double price = i < 6 ? 100 : 90;
            bars[count] = bar_at(i, price, price, price, price);
            count += 1;
        }
    }
    const plm_candle_run run = {bars, count, HOUR_NS};
    plm_realised_day day;
    size_t days = 0;
    assert_int_equal(plm_realised_days(&run, 1000000, &day, 1, &days), PLM_OK);
    assert_int_equal(days, 1);
    assert_near(day.variance, log(0.9) * log(0.9));
    assert_near(day.downside, day.variance);
    // Without the last six hours three quarters are seen: the sum stands for four.
    const plm_candle_run part = {bars, count - 6, HOUR_NS};
    assert_int_equal(plm_realised_days(&part, 750000, &day, 1, &days), PLM_OK);
    assert_int_equal(day.covered_ppm, 750000);
    assert_near(day.variance, log(0.9) * log(0.9) / 0.75);
    assert_int_equal(plm_realised_days(&part, 750001, &day, 1, &days), PLM_OK);
    assert_int_equal(days, 0);
}

static void
jump_over_midnight_belongs_to_the_day_after(void **state) {
    (void)state;
    plm_candle bars[2 * DAY_BARS];
    make_day(bars, -1, 0);
    make_day(bars + DAY_BARS, 0, 0);
    for (size_t i = DAY_BARS; i < 2 * DAY_BARS; i += 1) {
        bars[i] = bar_at((int64_t)i - DAY_BARS, 2, 2, 2, 2);
    }
    const plm_candle_run run = {bars, 2 * DAY_BARS, HOUR_NS};
    plm_realised_day days[2];
    size_t count = 0;
    assert_int_equal(plm_realised_days(&run, 1000000, days, 2, &count), PLM_OK);
    assert_int_equal(days[0].day, -1);
    assert_near(days[0].variance, 0);
    assert_near(days[1].variance, log(2) * log(2));
    assert_near(days[1].range, log(2) * log(2));
    assert_near(days[1].change, log(2));
    assert_int_equal(plm_realised_days(&run, 1000000, days, 1, &count), PLM_LIMIT);
}

static void
gap_of_more_than_a_day_starts_afresh(void **state) {
    (void)state;
    plm_candle bars[2 * DAY_BARS];
    make_day(bars, 0, 0.01);
    make_day(bars + DAY_BARS, 9, 0.02);
    for (size_t i = DAY_BARS; i < 2 * DAY_BARS; i += 1) {
        bars[i].open *= 3;
        bars[i].high *= 3;
        bars[i].low *= 3;
        bars[i].close *= 3;
    }
    const plm_candle_run run = {bars, 2 * DAY_BARS, HOUR_NS};
    plm_realised_day days[2];
    size_t count = 0;
    assert_int_equal(plm_realised_days(&run, 1000000, days, 2, &count), PLM_OK);
    assert_int_equal(count, 2);
    assert_near(days[1].variance, 24 * 4e-4);
    assert_int_equal(days[1].covered_ppm, 1000000);
}

static void
daily_bars_are_linked_over_a_weekend(void **state) {
    (void)state;
    // Thursday and Friday the 1st and 2nd of January 1970, Monday the 5th, Tuesday the 13th.
    const int64_t starts[4] = {0, 1, 4, 12};
    const double closes[4] = {1, 2, 4, 8};
    plm_candle bars[4];
    for (size_t i = 0; i < 4; i += 1) {
        bars[i] = bar_at(starts[i] * 24, closes[i], closes[i], closes[i], closes[i]);
    }
    const plm_candle_run run = {bars, 4, 24 * HOUR_NS};
    plm_realised_day days[4];
    size_t count = 0;
    assert_int_equal(plm_realised_days(&run, 1000000, days, 4, &count), PLM_OK);
    assert_int_equal(count, 4);
    assert_near(days[1].change, log(2));
    assert_near(days[2].change, log(2));
    assert_near(days[2].variance, log(2) * log(2));
    assert_near(days[3].change, 0);
}

static void
bars_that_are_no_candles_are_refused(void **state) {
    (void)state;
    plm_candle bars[2] = {bar_at(0, 1, 1, 1, 1), bar_at(1, 1, 1, 1, 1)};
    plm_realised_day day;
    size_t count = 7;
    plm_candle_run run = {bars, 2, 0};
    assert_int_equal(plm_realised_days(&run, 0, &day, 1, &count), PLM_DOMAIN);
    run.step_ns = 2 * HOUR_NS;
    assert_int_equal(plm_realised_days(&run, 0, &day, 1, &count), PLM_DOMAIN);
    run.step_ns = HOUR_NS;
    bars[1].low = 0;
    assert_int_equal(plm_realised_days(&run, 0, &day, 1, &count), PLM_DOMAIN);
    bars[1] = bar_at(1, 1, 1, 1, NAN);
    assert_int_equal(plm_realised_days(&run, 0, &day, 1, &count), PLM_DOMAIN);
    assert_int_equal(count, 7);
    assert_int_equal(plm_realised_step(bars, 2), HOUR_NS);
    assert_int_equal(plm_realised_step(bars, 1), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(day_of_even_bars_has_the_measures_by_hand),
        cmocka_unit_test(jump_across_a_hole_counts_and_what_is_missing_is_scaled),
        cmocka_unit_test(jump_over_midnight_belongs_to_the_day_after),
        cmocka_unit_test(gap_of_more_than_a_day_starts_afresh),
        cmocka_unit_test(daily_bars_are_linked_over_a_weekend),
        cmocka_unit_test(bars_that_are_no_candles_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
