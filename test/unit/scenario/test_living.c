/* test_living.c: recalibration by hand, and its bounds over random paths.             SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "plimsoll/living.h"

static plm_living memory;

static plm_living_parameters
plain(void) {
    plm_living_parameters parameters;
    plm_record_init(&plm_living_descriptor, &parameters);
    memset(&memory, 0, sizeof memory);
    parameters.floor_ppm = 0;
    parameters.band_ppm = 0;
    parameters.rise_max_ppm = PLM_PROCYCLICALITY_RISE_NONE;
    parameters.fall_max_ppm = PLM_PROCYCLICALITY_FALL_NONE;
    return parameters;
}

static plm_living_size
step(const plm_living_parameters *parameters, plm_living_term term, int64_t value) {
    int64_t wanted[PLM_LIVING_COUNT] = {1000, 1000, 1000, 1000};
    plm_living_size sizes[PLM_LIVING_COUNT];
    wanted[term] = value;
    assert_int_equal(plm_living_step(&memory, parameters, wanted, sizes), PLM_OK);
    return sizes[term];
}

static void
without_tools_every_size_is_what_the_market_says(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        static const int64_t values[] = {500, 70000, 3, 1000000, 0, 12};
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i += 1) {
            plm_living_size size = step(&parameters, (plm_living_term)term, values[i]);
            assert_int_equal(size.in_force, values[i]);
            assert_int_equal(size.announced, values[i]);
        }
    }
}

static void
depth_is_mirrored(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.band_ppm = 100000;
    parameters.rise_max_ppm = 250000;
    parameters.fall_max_ppm = 200000;
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 1000).in_force, 1000);
    // 500 is asked for; a requirement a quarter higher stands for a depth of 1000 / 1.25.
    plm_living_size size = step(&parameters, PLM_LIVING_DEPTH, 500);
    assert_int_equal(size.in_force, 800);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_RISE);
    // 870 / 1.1 = 790 is below 800: not far enough for relief.
    size = step(&parameters, PLM_LIVING_DEPTH, 870);
    assert_int_equal(size.in_force, 800);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_BAND);
    // 5000 is asked for; relief of a fifth stands for 800 / 0.8.
    size = step(&parameters, PLM_LIVING_DEPTH, 5000);
    assert_int_equal(size.in_force, 1000);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_FALL);
}

static void
open_interest_moves_as_volatility_does(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.band_ppm = 100000;
    parameters.rise_max_ppm = 250000;
    parameters.fall_max_ppm = 200000;
    static const int64_t wanted[] = {1000, 5000, 1200, 100, 100};
    static const int64_t expected[] = {1000, 1250, 1250, 1000, 800};
    static const plm_shock_reason reasons[] = {PLM_SHOCK_REASON_MARKET, PLM_SHOCK_REASON_RISE,
                                               PLM_SHOCK_REASON_BAND, PLM_SHOCK_REASON_FALL,
                                               PLM_SHOCK_REASON_FALL};
    for (size_t i = 0; i < 5; i += 1) {
        static const plm_living_term terms[] = {PLM_LIVING_VOLATILITY, PLM_LIVING_OPEN_INTEREST};
        int64_t all[PLM_LIVING_COUNT] = {wanted[i], 1000, 1000, wanted[i]};
        plm_living_size sizes[PLM_LIVING_COUNT];
        assert_int_equal(plm_living_step(&memory, &parameters, all, sizes), PLM_OK);
        for (size_t j = 0; j < 2; j += 1) {
            assert_int_equal(sizes[terms[j]].in_force, expected[i]);
            assert_int_equal(sizes[terms[j]].reason, reasons[i]);
        }
    }
}

// [LIVING-2]
static void
harm_waits_for_its_notice_and_relief_does_not(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.notice_steps = 2;
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 1000).in_force, 1000);
    plm_living_size size = step(&parameters, PLM_LIVING_DEPTH, 400);
    assert_int_equal(size.in_force, 1000);
    assert_int_equal(size.announced, 400);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_NOTICE);
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 400).in_force, 1000);
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 400).in_force, 400);
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 900).in_force, 900);
}

static void
to_and_from_none_known_a_size_goes_at_once(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.notice_steps = 3;
    parameters.rise_max_ppm = 1000;
    parameters.fall_max_ppm = 1000;
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 1000).in_force, 1000);
    plm_living_size size = step(&parameters, PLM_LIVING_DEPTH, 0);
    assert_int_equal(size.in_force, 0);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_UNKNOWN);
    size = step(&parameters, PLM_LIVING_DEPTH, 7);
    assert_int_equal(size.in_force, 7);
    assert_int_equal(size.reason, PLM_SHOCK_REASON_UNKNOWN);
    assert_int_equal(step(&parameters, PLM_LIVING_DEPTH, 1).in_force, 7);
}

// [LIVING-1], [M6]
static void
a_worse_market_never_gives_better_sizes(void **state) {
    (void)state;
    static plm_living good;
    static plm_living bad;
    pli_prng prng = pli_prng_init(21);
    for (uint32_t world = 0; world < 100; world += 1) {
        plm_living_parameters parameters = plain();
        memset(&good, 0, sizeof good);
        memset(&bad, 0, sizeof bad);
        parameters.band_ppm = pli_prng_range_i64(&prng, 0, 200000);
        parameters.rise_max_ppm = pli_prng_range_i64(&prng, 1000, 1000000);
        parameters.fall_max_ppm = pli_prng_range_i64(&prng, 1000, 1000000);
        parameters.notice_steps = pli_prng_range_i64(&prng, 0, 5);
        for (uint32_t i = 0; i < 40; i += 1) {
            int64_t wanted[2][PLM_LIVING_COUNT];
            plm_living_size sizes[2][PLM_LIVING_COUNT];
            for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
                bool is_mirrored = term == PLM_LIVING_DEPTH || term == PLM_LIVING_VOLUME;
                int64_t a = pli_prng_range_i64(&prng, 1, 3000);
                int64_t b = a + pli_prng_range_i64(&prng, 0, 1) * pli_prng_range_i64(&prng, 0, 999);
                wanted[0][term] = is_mirrored ? b : a;
                wanted[1][term] = is_mirrored ? a : b;
            }
            assert_int_equal(plm_living_step(&good, &parameters, wanted[0], sizes[0]), PLM_OK);
            assert_int_equal(plm_living_step(&bad, &parameters, wanted[1], sizes[1]), PLM_OK);
            for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
                bool is_mirrored = term == PLM_LIVING_DEPTH || term == PLM_LIVING_VOLUME;
                const plm_living_size *low = &sizes[is_mirrored ? 1 : 0][term];
                const plm_living_size *high = &sizes[is_mirrored ? 0 : 1][term];
                assert_true(high->in_force >= low->in_force && high->announced >= low->announced);
            }
        }
    }
}

static void
the_ends_of_the_range_do_not_overflow(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.rise_max_ppm = 500000;
    parameters.fall_max_ppm = 500000;
    for (uint32_t term = PLM_LIVING_DEPTH; term < PLM_LIVING_COUNT; term += 1) {
        memset(&memory, 0, sizeof memory);
        for (uint32_t i = 0; i < 450; i += 1) {
            plm_living_size size =
                step(&parameters, (plm_living_term)term, i / 150 % 2 == 0 ? INT64_MAX : 1);
            assert_true(size.in_force >= 1);
        }
        assert_int_equal(memory.paths[term - 1].announced[PLM_PROCYCLICALITY_NOTICE], INT64_MAX);
    }
}

static void
what_is_out_of_bounds_changes_nothing(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    plm_living_size sizes[PLM_LIVING_COUNT] = {{.in_force = 7}};
    int64_t wanted[PLM_LIVING_COUNT] = {1, 1, -1, 1};
    assert_int_equal(plm_living_step(&memory, &parameters, wanted, sizes), PLM_DOMAIN);
    wanted[PLM_LIVING_VOLUME] = 1;
    wanted[PLM_LIVING_VOLATILITY] = PLM_PROCYCLICALITY_SIZE_MAX + 1;
    assert_int_equal(plm_living_step(&memory, &parameters, wanted, sizes), PLM_DOMAIN);
    parameters.interval_ns = 1;
    assert_int_equal(plm_living_step(&memory, &parameters, wanted, sizes), PLM_PARAMETER_INVALID);
    assert_int_equal(sizes[0].in_force, 7);
    assert_int_equal(memory.volatility.step_count, 0);
    assert_string_equal(plm_living_term_name(PLM_LIVING_OPEN_INTEREST), "open_interest");
    assert_string_equal(plm_living_term_name((plm_living_term)4), "unknown");
}

static void
a_cap_is_the_least_of_what_is_known(void **state) {
    (void)state;
    plm_living_parameters parameters = plain();
    parameters.cap_depth_ppm = 50 * PLM_PPM;
    parameters.cap_supply_ppm = 100000;
    parameters.cap_unknown_micros = 777;
    assert_int_equal(plm_living_cap(&parameters, 0, 0), 777);
    assert_int_equal(plm_living_cap(&parameters, 3, 0), 150);
    assert_int_equal(plm_living_cap(&parameters, 0, 19), 1);
    assert_int_equal(plm_living_cap(&parameters, 3, 1000), 100);
    assert_int_equal(plm_living_cap(&parameters, INT64_MAX, 0), INT64_MAX);
}

// docs/method/living-requirements.md, "By hand".
static void
the_worked_example_of_the_page(void **state) {
    (void)state;
    static const int64_t volatility[] = {600000, 580000, 400000, 2000000, 900000, 860000};
    static const int64_t volatility_in_force[] = {600000, 600000, 570000, 855000, 900000, 900000};
    static const plm_shock_reason volatility_reasons[] = {
        PLM_SHOCK_REASON_MARKET, PLM_SHOCK_REASON_BAND,   PLM_SHOCK_REASON_FALL,
        PLM_SHOCK_REASON_RISE,   PLM_SHOCK_REASON_MARKET, PLM_SHOCK_REASON_BAND};
    static const int64_t depth[] = {5000000, 3000000, 3200000, 3400000, 6000000};
    static const int64_t depth_in_force[] = {INT64_C(5000000000000), INT64_C(3333333333333),
                                             INT64_C(3200000000000), INT64_C(3200000000000),
                                             INT64_C(3368421052631)};
    static const plm_shock_reason depth_reasons[] = {PLM_SHOCK_REASON_MARKET, PLM_SHOCK_REASON_RISE,
                                                     PLM_SHOCK_REASON_MARKET, PLM_SHOCK_REASON_BAND,
                                                     PLM_SHOCK_REASON_FALL};
    (void)plain();
    plm_living_parameters parameters;
    plm_record_init(&plm_living_descriptor, &parameters);
    for (size_t i = 0; i < 6; i += 1) {
        plm_living_size size = step(&parameters, PLM_LIVING_VOLATILITY, volatility[i]);
        assert_int_equal(size.in_force, volatility_in_force[i]);
        assert_int_equal(size.reason, volatility_reasons[i]);
    }
    memset(&memory, 0, sizeof memory);
    for (size_t i = 0; i < 5; i += 1) {
        plm_living_size size = step(&parameters, PLM_LIVING_DEPTH, depth[i] * 1000000);
        assert_int_equal(size.in_force, depth_in_force[i]);
        assert_int_equal(size.reason, depth_reasons[i]);
    }
    // 5 M of depth, 10 M units at 40.
    assert_int_equal(plm_living_cap(&parameters, INT64_C(5000000000000), INT64_C(400000000000000)),
                     INT64_C(40000000000000));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_tools_every_size_is_what_the_market_says),
        cmocka_unit_test(depth_is_mirrored),
        cmocka_unit_test(open_interest_moves_as_volatility_does),
        cmocka_unit_test(harm_waits_for_its_notice_and_relief_does_not),
        cmocka_unit_test(to_and_from_none_known_a_size_goes_at_once),
        cmocka_unit_test(a_worse_market_never_gives_better_sizes),
        cmocka_unit_test(the_ends_of_the_range_do_not_overflow),
        cmocka_unit_test(what_is_out_of_bounds_changes_nothing),
        cmocka_unit_test(the_worked_example_of_the_page),
        cmocka_unit_test(a_cap_is_the_least_of_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
