/* test_bounds.c: forecasts only raise, and only so far and so fast.                     SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "plimsoll/forecast.h"

#define CASE_COUNT 100000u

static plm_forecast_parameters
standard(void) {
    plm_forecast_parameters parameters;
    plm_record_init(&plm_forecast_descriptor, &parameters);
    return parameters;
}

static void
forecast_moves_what_is_in_force_by_hand(void **state) {
    (void)state;
    plm_forecast_parameters p = standard();
    // 60 % without a forecast: 70 % is taken, 40 % is not, 200 % is held at twice 60 %.
    assert_int_equal(plm_forecast_clamp(&p, 600000, 0, 700000), 700000);
    assert_int_equal(plm_forecast_clamp(&p, 600000, 0, 400000), 600000);
    assert_int_equal(plm_forecast_clamp(&p, 600000, 0, 2000000), 1200000);
    // From 60 % it rises by a quarter at most, falls by a twentieth, and stays where the change is below 2 %.
    assert_int_equal(plm_forecast_clamp(&p, 600000, 600000, 2000000), 750000);
    assert_int_equal(plm_forecast_clamp(&p, 300000, 600000, 310000), 570000);
    assert_int_equal(plm_forecast_clamp(&p, 500000, 600000, 612000), 600000);
    assert_int_equal(plm_forecast_clamp(&p, 500000, 600000, 612001), 612001);
    assert_int_equal(plm_forecast_clamp(&p, 500000, 600000, 588000), 600000);
    // The base wins over every bound of speed, and so does the cap.
    assert_int_equal(plm_forecast_clamp(&p, 900000, 600000, 0), 900000);
    assert_int_equal(plm_forecast_clamp(&p, 200000, 600000, 0), 400000);
    // Up: 333333 * 1.25 = 416666.25.
    assert_int_equal(plm_forecast_clamp(&p, 333333, 333333, 999999), 416667);
}

static int64_t
draw(pli_prng *prng, int64_t top) {
    return (int64_t)pli_prng_below(prng, (uint64_t)top);
}

static void
clamped_forecast_keeps_its_guarantees(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(5);
    plm_forecast_parameters p = standard();
    for (uint32_t i = 0; i < CASE_COUNT; i += 1) {
        int64_t top = i % 10 == 0 ? INT64_MAX / 2 : 3000000;
        int64_t base = 1 + draw(&prng, top);
        int64_t force = draw(&prng, top);
        int64_t forecast = i % 3 == 0 ? 0 : draw(&prng, top);
        int64_t seen = plm_forecast_clamp(&p, base, force, forecast);
        assert_true(seen >= base);
        assert_true(seen / 2 <= base || seen == 2 * base);
        int64_t more = forecast + draw(&prng, 100000);
        assert_true(plm_forecast_clamp(&p, base, force, more) >= seen);
        int64_t wider = base + draw(&prng, 100000);
        assert_true(plm_forecast_clamp(&p, wider, force, forecast) >= seen);
    }
}

static void
without_forecasts_the_force_goes_down_to_the_base(void **state) {
    (void)state;
    plm_forecast_parameters p = standard();
    int64_t force = 1200000;
    uint32_t steps = 0;
    while (force > 612000) {
        int64_t next = plm_forecast_clamp(&p, 600000, force, 0);
        assert_true(next < force && next >= 600000);
        force = next;
        steps += 1;
    }
    // 0.95^14 is above 1/2, 0.95^13.1 = 0.51.
    assert_in_range(steps, 13, 14);
}

static void
regime_lifts_the_weight_between_its_two_chances(void **state) {
    (void)state;
    plm_forecast_parameters p = standard();
    assert_int_equal(plm_regime_weight(&p, 0), 1000000);
    assert_int_equal(plm_regime_weight(&p, 300000), 1000000);
    assert_int_equal(plm_regime_weight(&p, 500000), 1250000);
    assert_int_equal(plm_regime_weight(&p, 300001), 1000002);
    assert_int_equal(plm_regime_weight(&p, 700000), 1500000);
    assert_int_equal(plm_regime_weight(&p, 1000000), 1500000);
}

static void
record_with_crossed_chances_is_refused(void **state) {
    (void)state;
    plm_forecast_parameters p = standard();
    assert_int_equal(plm_record_check(&plm_forecast_descriptor, &p, NULL), PLM_OK);
    p.regime_from_ppm = p.regime_to_ppm;
    plm_fault fault;
    assert_int_equal(plm_record_check(&plm_forecast_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    assert_string_equal(fault.text, "regime_from_ppm is 700000; allowed is 0 to 699999");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecast_moves_what_is_in_force_by_hand),
        cmocka_unit_test(clamped_forecast_keeps_its_guarantees),
        cmocka_unit_test(without_forecasts_the_force_goes_down_to_the_base),
        cmocka_unit_test(regime_lifts_the_weight_between_its_two_chances),
        cmocka_unit_test(record_with_crossed_chances_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
