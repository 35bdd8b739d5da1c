/* test_move.c: volatility, twist, tilt and roll of one instrument, by hand.           SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario/move.h"
#include "support/scenario_world.h"

static ts_world world;
static plm_scenario_set set;

static int
make_set(void **state) {
    (void)state;
    ts_world_init(&world);
    set = ts_world_make(&world);
    return 0;
}

static int
free_set(void **state) {
    (void)state;
    ts_world_free_all();
    return 0;
}

static pli_move
level_zero(const pli_exposure *exposure, plm_vol_move vol_move) {
    for (uint32_t i = 0; i < set.header.grid_count; i += 1) {
        const plm_grid_point *point = &set.grid[i];
        if (point->level == 0 && point->extreme == 0 && point->vol_move == vol_move) {
            return pli_move_at(exposure, i);
        }
    }
    fail();
    return (pli_move){.price = 0.0};
}

static void
assert_near(double seen, double expected) {
    if (!(fabs(seen - expected) <= 1e-6)) {
        fail_msg("%.9f is not %.9f", seen, expected);
    }
}

// docs/method/scenario-grid.md, By hand.
static void
a_volatility_shock_grows_as_the_tenor_shrinks(void **state) {
    (void)state;
    pli_exposure month = pli_exposure_init(&set, TS_U_BTC, true, 30 * PLM_DAY_NS);
    assert_near(level_zero(&month, PLM_VOL_MOVE_UP).volatility, 1.45);
    assert_near(level_zero(&month, PLM_VOL_MOVE_DOWN).volatility, 0.75);
    pli_exposure quarter = pli_exposure_init(&set, TS_U_BTC, true, 90 * PLM_DAY_NS);
    assert_near(level_zero(&quarter, PLM_VOL_MOVE_UP).volatility, 1.390109);
    // 12 hours count as the tenor floor of a day.
    pli_exposure hours = pli_exposure_init(&set, TS_U_BTC, true, PLM_DAY_NS / 2);
    assert_near(level_zero(&hours, PLM_VOL_MOVE_UP).volatility, 2.248386);
    assert_near(level_zero(&hours, PLM_VOL_MOVE_DOWN).volatility, 0.306452);
}

static void
a_volatility_keeps_a_tenth_of_itself(void **state) {
    (void)state;
    world.classes[0].vol_down_ppm = 900000;
    set = ts_world_make(&world);
    pli_exposure hours = pli_exposure_init(&set, TS_U_BTC, true, PLM_DAY_NS / 2);
    assert_near(level_zero(&hours, PLM_VOL_MOVE_DOWN).volatility, 0.1);
}

static void
a_twist_lifts_the_front_and_lowers_the_back(void **state) {
    (void)state;
    static const struct {
        int64_t days;
        double weight;
    } cases[] = {{1, 1.0}, {7, 1.0}, {30, 0.103624}, {180, -1.0}, {400, -1.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        pli_exposure exposure = pli_exposure_init(&set, TS_U_BTC, true, cases[i].days * PLM_DAY_NS);
        assert_near(level_zero(&exposure, PLM_VOL_MOVE_FRONT_UP).volatility,
                    1.0 + 0.1 * cases[i].weight);
        assert_near(level_zero(&exposure, PLM_VOL_MOVE_FRONT_DOWN).volatility,
                    1.0 - 0.1 * cases[i].weight);
    }
}

static void
a_skew_move_lifts_low_strikes_and_stops_at_three_deviations(void **state) {
    (void)state;
    pli_exposure exposure = pli_exposure_init(&set, TS_U_BTC, true, 30 * PLM_DAY_NS);
    pli_exposure_set_tilt(&exposure, -1.5);
    assert_near(level_zero(&exposure, PLM_VOL_MOVE_SKEW_UP).volatility, 1.15);
    assert_near(level_zero(&exposure, PLM_VOL_MOVE_SKEW_DOWN).volatility, 0.85);
    pli_exposure_set_tilt(&exposure, 8.0);
    assert_near(level_zero(&exposure, PLM_VOL_MOVE_SKEW_UP).volatility, 0.7);
}

static void
a_roll_grows_with_the_tenor_from_its_floor_to_a_half(void **state) {
    (void)state;
    pli_exposure perpetual = pli_exposure_init(&set, TS_U_BTC, true, 0);
    assert_near(level_zero(&perpetual, PLM_VOL_MOVE_ROLL_UP).away, 0.002);
    pli_exposure quarter = pli_exposure_init(&set, TS_U_BTC, true, 90 * PLM_DAY_NS);
    assert_near(level_zero(&quarter, PLM_VOL_MOVE_ROLL_DOWN).away, -0.007397);
    pli_exposure decades = pli_exposure_init(&set, TS_U_BTC, true, 50 * PLM_YEAR_NS);
    assert_near(level_zero(&decades, PLM_VOL_MOVE_ROLL_UP).away, 0.5);
    pli_exposure spot = pli_exposure_init(&set, TS_U_BTC, false, 0);
    assert_near(level_zero(&spot, PLM_VOL_MOVE_ROLL_UP).away, 0.0);
}

static void
opposite_planes_move_volatility_in_opposite_ways(void **state) {
    (void)state;
    pli_exposure exposure = pli_exposure_init(&set, TS_U_BTC, true, 30 * PLM_DAY_NS);
    for (uint32_t day = 0; day < set.header.history_count; day += 1) {
        for (uint32_t time = 0; time < 2; time += 1) {
            pli_move with =
                pli_move_at(&exposure, plm_scenario_history_begin(&set.header, 2 * time) + day);
            pli_move against =
                pli_move_at(&exposure, plm_scenario_history_begin(&set.header, 2 * time + 1) + day);
            assert_near(with.volatility - 1.0, 1.0 - against.volatility);
            assert_near(with.volatility, 1.05 - 1.5 * with.price);
            assert_int_equal(with.is_elapsed, time == 1);
            assert_int_equal(against.is_elapsed, time == 1);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_volatility_shock_grows_as_the_tenor_shrinks, make_set,
                                        free_set),
        cmocka_unit_test_setup_teardown(a_volatility_keeps_a_tenth_of_itself, make_set, free_set),
        cmocka_unit_test_setup_teardown(a_twist_lifts_the_front_and_lowers_the_back, make_set,
                                        free_set),
        cmocka_unit_test_setup_teardown(a_skew_move_lifts_low_strikes_and_stops_at_three_deviations,
                                        make_set, free_set),
        cmocka_unit_test_setup_teardown(a_roll_grows_with_the_tenor_from_its_floor_to_a_half,
                                        make_set, free_set),
        cmocka_unit_test_setup_teardown(opposite_planes_move_volatility_in_opposite_ways, make_set,
                                        free_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
