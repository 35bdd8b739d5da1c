/* test_procyclicality.c: each tool alone, by hand, and all together against their bounds. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "plimsoll/procyclicality.h"

static plm_procyclicality memory;

static plm_procyclicality_parameters
shipped(void) {
    plm_procyclicality_parameters parameters;
    plm_record_init(&plm_procyclicality_descriptor, &parameters);
    memset(&memory, 0, sizeof memory);
    return parameters;
}

static int64_t
step(const plm_procyclicality_parameters *parameters, int64_t raw) {
    int64_t size = -1;
    assert_int_equal(plm_procyclicality_step(&memory, parameters, raw, &size), PLM_OK);
    return size;
}

static void
as_shipped_nothing_is_changed(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    static const int64_t raw[] = {25000, 10000, 0, 90000, 700};
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i += 1) {
        assert_int_equal(step(&parameters, raw[i]), raw[i]);
    }
}

static void
a_buffer_is_used_up_and_built_again(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.buffer_ppm = 250000;
    assert_int_equal(step(&parameters, 1000), 1250);
    assert_int_equal(step(&parameters, 1200), 1263); // 1 % a day, the buffer takes the rest
    assert_int_equal(step(&parameters, 1400), 1400); // used up
    assert_int_equal(step(&parameters, 1400), 1414);
    assert_int_equal(step(&parameters, 800), 1000);
}

static void
a_stressed_weight_mixes_in_the_largest_sizes(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.stressed_weight_ppm = 250000;
    parameters.stressed_count = 2;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 3000), 2750); // 0.75 * 3000 + 0.25 * 2000
    assert_int_equal(step(&parameters, 2000), 2125); // largest two: 3000, 2000
    assert_int_equal(step(&parameters, 1000), 1375);
}

static void
a_floor_is_a_share_of_the_window_mean(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.floor_ppm = 1000000;
    parameters.floor_steps = 3;
    assert_int_equal(step(&parameters, 3000), 3000);
    assert_int_equal(step(&parameters, 1000), 2000);
    assert_int_equal(step(&parameters, 1000), 1667); // 5000 / 3, up
    assert_int_equal(step(&parameters, 1000), 1000); // the 3000 has left the window
}

static void
a_speed_limit_spreads_a_rise_over_days(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.rise_max_ppm = 100000;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 2000), 1100);
    assert_int_equal(step(&parameters, 2000), 1210);
    assert_int_equal(step(&parameters, 500), 500); // a fall is not limited
}

static void
a_notice_delays_rises_and_not_falls(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.notice_steps = 2;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 2000), 1000);
    assert_int_equal(step(&parameters, 2000), 1000);
    assert_int_equal(step(&parameters, 2000), 2000);
    assert_int_equal(step(&parameters, 300), 300);
}

static void
a_band_holds_a_size_until_the_market_has_gone_far_enough(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.band_ppm = 100000;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 910), 1000); // 910 * 1.1 = 1001
    assert_int_equal(memory.reason, PLM_SHOCK_REASON_BAND);
    assert_int_equal(step(&parameters, 900), 990);
    assert_int_equal(step(&parameters, 990), 990);
    assert_int_equal(memory.reason, PLM_SHOCK_REASON_MARKET);
    assert_int_equal(step(&parameters, 1010), 1010); // a rise is never held back
}

static void
a_slow_fall_spreads_relief_over_steps(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.fall_max_ppm = 100000;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 100), 900);
    assert_int_equal(memory.reason, PLM_SHOCK_REASON_FALL);
    assert_int_equal(step(&parameters, 100), 810);
    assert_int_equal(step(&parameters, 2000), 2000);
}

static void
what_was_announced_and_why_is_told(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters.notice_steps = 1;
    parameters.rise_max_ppm = 500000;
    assert_int_equal(step(&parameters, 1000), 1000);
    assert_int_equal(step(&parameters, 2000), 1000);
    assert_int_equal(memory.announced[PLM_PROCYCLICALITY_NOTICE], 1500);
    assert_int_equal(memory.reason, PLM_SHOCK_REASON_NOTICE);
    assert_int_equal(step(&parameters, 1500), 1500);
    assert_string_equal(plm_shock_reason_name(PLM_SHOCK_REASON_NOTICE), "notice");
    assert_string_equal(plm_shock_reason_name((plm_shock_reason)10), "unknown");
}

static plm_procyclicality_parameters
draw_tools(pli_prng *prng) {
    return (plm_procyclicality_parameters){.buffer_ppm = pli_prng_range_i64(prng, 0, 1) * 250000,
                                           .buffer_refill_ppm = pli_prng_range_i64(prng, 0, 50000),
                                           .stressed_weight_ppm =
                                               pli_prng_range_i64(prng, 0, 1) * 250000,
                                           .stressed_count = pli_prng_range_i64(prng, 1, 20),
                                           .floor_ppm = pli_prng_range_i64(prng, 0, 1) * 800000,
                                           .floor_steps = pli_prng_range_i64(prng, 1, 40),
                                           .rise_max_ppm = pli_prng_range_i64(prng, 1000, 1000000),
                                           .notice_steps = pli_prng_range_i64(prng, 0, 5),
                                           .band_ppm = pli_prng_range_i64(prng, 0, 200000),
                                           .fall_max_ppm = pli_prng_range_i64(prng, 1000, 1000000)};
}

// [CYCLE-4], [M6]
static void
higher_volatility_never_gives_a_lower_size(void **state) {
    (void)state;
    static plm_procyclicality low;
    static plm_procyclicality high;
    pli_prng prng = pli_prng_init(12);
    for (uint32_t world = 0; world < 200; world += 1) {
        plm_procyclicality_parameters parameters = draw_tools(&prng);
        memset(&low, 0, sizeof low);
        memset(&high, 0, sizeof high);
        for (uint32_t i = 0; i < 60; i += 1) {
            int64_t raw = pli_prng_range_i64(&prng, 0, 2000);
            int64_t more =
                raw + pli_prng_range_i64(&prng, 0, 1) * pli_prng_range_i64(&prng, 0, 900);
            int64_t sizes[2] = {0, 0};
            assert_int_equal(plm_procyclicality_step(&low, &parameters, raw, &sizes[0]), PLM_OK);
            assert_int_equal(plm_procyclicality_step(&high, &parameters, more, &sizes[1]), PLM_OK);
            assert_true(sizes[1] >= sizes[0]);
        }
    }
}

// [CYCLE-5]
static void
inside_its_band_a_market_whipsaws_nobody(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(13);
    for (uint32_t world = 0; world < 200; world += 1) {
        plm_procyclicality_parameters parameters = shipped();
        parameters.band_ppm = pli_prng_range_i64(&prng, 1000, 500000);
        int64_t bottom = pli_prng_range_i64(&prng, 1, 1000000);
        int64_t top = bottom + bottom * parameters.band_ppm / PLM_PPM;
        int64_t before = 0;
        int64_t highest = 0;
        for (uint32_t i = 0; i < 60; i += 1) {
            int64_t raw = pli_prng_range_i64(&prng, bottom, top);
            highest = raw > highest ? raw : highest;
            int64_t size = step(&parameters, raw);
            assert_true(size >= before);
            assert_int_equal(size, highest);
            before = size;
        }
    }
}

static void
every_speed_bound_holds_both_ways(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(14);
    for (uint32_t world = 0; world < 100; world += 1) {
        plm_procyclicality_parameters parameters = draw_tools(&prng);
        memset(&memory, 0, sizeof memory);
        parameters.notice_steps = 0;
        int64_t before = step(&parameters, pli_prng_range_i64(&prng, 1, 1000000));
        for (uint32_t i = 0; i < 60; i += 1) {
            int64_t size = step(&parameters, pli_prng_range_i64(&prng, 0, 1000000));
            int64_t up = before + before * parameters.rise_max_ppm / PLM_PPM + 1;
            int64_t down = before - before * parameters.fall_max_ppm / PLM_PPM - 1;
            assert_true(size <= up && size >= down);
            before = size;
        }
    }
}

static void
random_days_keep_every_bound(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    parameters = (plm_procyclicality_parameters){.buffer_ppm = 250000,
                                                 .buffer_refill_ppm = 10000,
                                                 .stressed_weight_ppm = 250000,
                                                 .stressed_count = 1000,
                                                 .floor_ppm = 500000,
                                                 .floor_steps = 50,
                                                 .rise_max_ppm = 50000,
                                                 .notice_steps = 0,
                                                 .fall_max_ppm = PLM_PROCYCLICALITY_FALL_NONE};
    pli_prng prng = pli_prng_init(11);
    int64_t before = 0;
    for (uint32_t i = 0; i < 5000; i += 1) {
        int64_t raw = pli_prng_range_i64(&prng, 1000, PLM_PROCYCLICALITY_SIZE_MAX);
        int64_t size = step(&parameters, raw);
        if (i > 0) {
            assert_true(size <= before + before / 20 + 1);
        }
        assert_true(memory.window_count <= 50 && memory.highest_count <= 1000);
        for (uint32_t j = 1; j < memory.highest_count; j += 1) {
            assert_true(memory.highest[j] <= memory.highest[j - 1]); // [CYCLE-1]
        }
        before = size;
    }
}

static void
sizes_and_records_out_of_bounds_are_refused(void **state) {
    (void)state;
    plm_procyclicality_parameters parameters = shipped();
    int64_t size = 7;
    assert_int_equal(plm_procyclicality_step(&memory, &parameters, -1, &size), PLM_DOMAIN);
    parameters.rise_max_ppm = 0;
    assert_int_equal(plm_procyclicality_step(&memory, &parameters, 1, &size),
                     PLM_PARAMETER_INVALID);
    assert_int_equal(size, 7);
    assert_int_equal(memory.step_count, 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_shipped_nothing_is_changed),
        cmocka_unit_test(a_buffer_is_used_up_and_built_again),
        cmocka_unit_test(a_stressed_weight_mixes_in_the_largest_sizes),
        cmocka_unit_test(a_floor_is_a_share_of_the_window_mean),
        cmocka_unit_test(a_speed_limit_spreads_a_rise_over_days),
        cmocka_unit_test(a_notice_delays_rises_and_not_falls),
        cmocka_unit_test(a_band_holds_a_size_until_the_market_has_gone_far_enough),
        cmocka_unit_test(a_slow_fall_spreads_relief_over_steps),
        cmocka_unit_test(what_was_announced_and_why_is_told),
        cmocka_unit_test(higher_volatility_never_gives_a_lower_size),
        cmocka_unit_test(inside_its_band_a_market_whipsaws_nobody),
        cmocka_unit_test(every_speed_bound_holds_both_ways),
        cmocka_unit_test(random_days_keep_every_bound),
        cmocka_unit_test(sizes_and_records_out_of_bounds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
