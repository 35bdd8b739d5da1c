/* test_features.c: one row of features, number by number.                               SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forecast/features.h"

#define COUNT 22u

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-12)

static plm_realised_day days[COUNT];

// Variances 1, 2 .. 22 in 1e-4, ranges half of them, a quarter of each from falls; every day but the last two loses 1 %.
static void
make_days(void) {
    for (size_t i = 0; i < COUNT; i += 1) {
        double variance = 1e-4 * (double)(i + 1);
        days[i] = (plm_realised_day){.day = (int64_t)i,
                                     .variance = variance,
                                     .downside = variance / 4,
                                     .range = variance / 2,
                                     .change = i + 2 < COUNT ? -0.01 : 0.025};
    }
}

static void
autoregressions_see_day_week_and_month(void **state) {
    (void)state;
    make_days();
    double row[PLI_FEATURES_MAX];
    assert_int_equal(pli_features_make(PLM_FORECAST_HAR, days, COUNT - 1, 22, row), 4);
    assert_near(row[0], log(22e-4));
    assert_near(row[1], log(20e-4));
    assert_near(row[2], log(11.5e-4));
    assert_near(row[3], 0);
    days[COUNT - 1].change = -0.03;
    assert_int_equal(pli_features_make(PLM_FORECAST_HAR, days, COUNT - 1, 22, row), 4);
    assert_near(row[3], -0.03);
    assert_int_equal(pli_features_make(PLM_FORECAST_HAR_LEVEL, days, COUNT - 1, 22, row), 3);
    assert_near(row[1], 20e-4);
}

static void
range_row_has_ranges_losses_downside_and_weekday(void **state) {
    (void)state;
    make_days();
    double row[PLI_FEATURES_MAX];
    // Day 22 of 1970 was Friday the 23rd of January.
    assert_int_equal(pli_features_make(PLM_FORECAST_RANGE, days, COUNT - 1, 22, row), 14);
    assert_near(row[0], log(11e-4));
    assert_near(row[1], log(10e-4));
    assert_near(row[2], log(5.75e-4));
    assert_near(row[3], 0);
    assert_near(row[4], 0); // -0.03 + 0.05
    assert_near(row[5], -0.15);
    assert_near(row[6], 0.025);
    assert_near(row[7], log(0.25));
    for (size_t i = 0; i < 6; i += 1) {
        assert_near(row[8 + i], i == 4 ? 1 : 0);
    }
    assert_int_equal(pli_features_make(PLM_FORECAST_RANGE, days, COUNT - 1, 24, row), 14);
    for (size_t i = 0; i < 6; i += 1) {
        assert_near(row[8 + i], 0);
    }
}

static void
weekday_of_days_before_1970_goes_on_backwards(void **state) {
    (void)state;
    make_days();
    for (size_t i = 0; i < COUNT; i += 1) {
        days[i].day -= 1000;
    }
    double row[PLI_FEATURES_MAX];
    // 1929-10-29 was a Tuesday: day -14674.
    (void)pli_features_make(PLM_FORECAST_RANGE, days, COUNT - 1, -14674, row);
    assert_near(row[8 + 1], 1);
}

static void
days_without_moves_have_logarithms_too(void **state) {
    (void)state;
    memset(days, 0, sizeof days);
    double row[PLI_FEATURES_MAX];
    (void)pli_features_make(PLM_FORECAST_RANGE, days, COUNT - 1, 22, row);
    assert_near(row[0], log(1e-10));
    assert_near(row[7], log(0.5));
}

static void
days_out_of_order_or_not_finite_are_refused(void **state) {
    (void)state;
    make_days();
    assert_int_equal(pli_days_check(days, COUNT), PLM_OK);
    days[3].day = days[2].day;
    assert_int_equal(pli_days_check(days, COUNT), PLM_DOMAIN);
    make_days();
    days[3].range = -1e-9;
    assert_int_equal(pli_days_check(days, COUNT), PLM_DOMAIN);
    make_days();
    days[3].change = NAN;
    assert_int_equal(pli_days_check(days, COUNT), PLM_DOMAIN);
}

static void
hash_of_days_sees_every_field(void **state) {
    (void)state;
    make_days();
    uint8_t before[PLM_FORECAST_HASH_SIZE];
    uint8_t after[PLM_FORECAST_HASH_SIZE];
    pli_days_hash(days, COUNT, before);
    days[7].covered_ppm += 1;
    pli_days_hash(days, COUNT, after);
    assert_memory_not_equal(before, after, sizeof before);
    days[7].covered_ppm -= 1;
    days[7].garman_klass = nextafter(days[7].garman_klass, 1);
    pli_days_hash(days, COUNT, after);
    assert_memory_not_equal(before, after, sizeof before);
    days[7].garman_klass = 0;
    pli_days_hash(days, COUNT, after);
    assert_memory_equal(before, after, sizeof before);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(autoregressions_see_day_week_and_month),
        cmocka_unit_test(range_row_has_ranges_losses_downside_and_weekday),
        cmocka_unit_test(weekday_of_days_before_1970_goes_on_backwards),
        cmocka_unit_test(days_without_moves_have_logarithms_too),
        cmocka_unit_test(days_out_of_order_or_not_finite_are_refused),
        cmocka_unit_test(hash_of_days_sees_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
