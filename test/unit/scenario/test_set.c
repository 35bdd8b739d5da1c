/* test_set.c: layout, grid, joint history, stress and hash of a scenario set.         SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scenario_world.h"

static ts_world world;
static _Alignas(64) uint8_t memory[1u << 20];

static int
free_all(void **state) {
    (void)state;
    ts_world_free_all();
    return 0;
}

static plm_status
make(plm_fault *fault) {
    plm_scenario_set set;
    assert_true(plm_scenario_size(&world.request) <= sizeof memory);
    return plm_scenario_make(&world.request, memory, sizeof memory, &set, fault);
}

static void
the_standard_set_has_the_published_layout(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    const plm_scenario_header *header = &set.header;
    assert_string_equal(header->name, "test");
    // 12 at level 0, 8 extremes, 14 at each of 32 levels.
    assert_int_equal(header->grid_count, 468);
    assert_int_equal(header->plane_count, 4);
    assert_int_equal(header->history_count, 299);
    // 6 fixed, a pair for each of 3 underlyings with history, USDT off its peg.
    assert_int_equal(header->stress_count, 13);
    assert_int_equal(header->entry_count, 468 + 4 * 299 + 13 + 7);
    assert_int_equal(header->row_stride, 1696);
    assert_int_equal(header->probe_multiple_ppm, 2000000);
    static const char *const names[] = {"all-down",
                                        "all-up",
                                        "volatility-up",
                                        "volatility-down",
                                        "liquidity-gone-above",
                                        "liquidity-gone-below",
                                        "u0-down-others-up",
                                        "u0-up-others-down",
                                        "u1-down-others-up",
                                        "u1-up-others-down",
                                        "u2-down-others-up",
                                        "u2-up-others-down",
                                        "asset-2-off-peg"};
    for (uint32_t i = 0; i < header->stress_count; i += 1) {
        assert_string_equal(header->stress_names[i], names[i]);
    }
}

static void
the_first_grid_entry_is_the_zero_move(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    const plm_grid_point zero = set.grid[0];
    assert_int_equal(zero.level, 0);
    assert_int_equal(zero.extreme, 0);
    assert_int_equal(zero.vol_move, PLM_VOL_MOVE_NONE);
    assert_false(zero.is_elapsed);
    assert_false(zero.is_sticky_moneyness);
}

// docs/method/scenario-grid.md works this one by hand: 3.5 * 60 % / sqrt(365) = 10.99 %, 6 steps of
// 2 %, so 12 + 8 + 6 * 28 entries.
static void
the_predicted_volatility_decides_how_many_levels_are_active(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.grid_active[TS_U_BTC], 188);
    // WTI 90 %: 16.49 %, 9 steps. SHIB 110 %: 20.15 %, 11 steps. USDT 2 %: 0.37 %, 2 of 0.2 %: 3.
    assert_int_equal(set.header.grid_active[TS_U_WTI], 20 + 9 * 28);
    assert_int_equal(set.header.grid_active[TS_U_SHIB], 20 + 11 * 28);
    assert_int_equal(set.header.grid_active[TS_U_USDT], 20 + 3 * 28);
    world.parameters.sticky_moneyness = 0;
    set = ts_world_make(&world);
    assert_int_equal(set.header.grid_count, 20 + 16 * 24);
    assert_int_equal(set.header.grid_active[TS_U_BTC], 20 + 6 * 24);
}

static void
a_higher_volatility_only_lengthens_the_active_prefix(void **state) {
    (void)state;
    ts_world_init(&world);
    uint32_t before = 0;
    for (int64_t volatility = 1000; volatility < 20000000; volatility += 97000) {
        world.prices[TS_U_BTC].volatility_ppm = volatility;
        plm_scenario_set set;
        assert_int_equal(plm_scenario_make(&world.request, memory, sizeof memory, &set, NULL),
                         PLM_OK);
        uint32_t active = set.header.grid_active[TS_U_BTC];
        assert_true(active >= before);
        int32_t reach = set.grid[active - 1].level;
        for (uint32_t i = 0; i < set.header.grid_count; i += 1) {
            int32_t level = set.grid[i].level < 0 ? -set.grid[i].level : set.grid[i].level;
            bool is_inside = set.grid[i].extreme != 0 || level <= reach;
            assert_int_equal(is_inside, i < active);
        }
        before = active;
    }
    assert_int_equal(before, 468);
}

// docs/method/filtered-history.md works this one by hand.
static void
two_returns_are_rescaled_as_on_paper(void **state) {
    (void)state;
    static const double expected[2][2] = {{0.010029955, -0.020690218}, {0.010014978, -0.020345109}};
    ts_world_init(&world);
    world.closes[0][0] = 100.0;
    world.closes[0][1] = 101.0;
    world.closes[0][2] = 98.98;
    world.histories[0].day_count = 3;
    world.request.history_count = 1;
    world.parameters.history_minimum = 2;
    world.parameters.history_count = 2;
    world.parameters.history_lambda_ppm = 900000;
    world.classes[0].volatility_floor_ppm = 0;
    for (int64_t scaling = 1; scaling <= 2; scaling += 1) {
        world.parameters.history_scaling = scaling;
        plm_scenario_set set = ts_world_make(&world);
        for (uint32_t day = 0; day < 2; day += 1) {
            double seen = set.history_returns[day * TS_UNDERLYING_COUNT + TS_U_BTC];
            assert_true(fabs(seen - expected[scaling - 1][day]) < 5e-9);
        }
    }
    // Four days to close: twice the move. A floor of 95.5249 % a year is 5 % a day, and the first day
    // stood at 1.58114 %: 0.01 * 5 / 1.58114.
    world.parameters.horizon_ns = 4 * PLM_DAY_NS;
    plm_scenario_set set = ts_world_make(&world);
    assert_true(fabs(set.history_returns[TS_U_BTC] - 2 * 0.010014978) < 1e-8);
    world.parameters.horizon_ns = PLM_DAY_NS;
    world.parameters.history_scaling = PLM_HISTORY_SCALING_PLAIN;
    world.classes[0].volatility_floor_ppm = 955249;
    set = ts_world_make(&world);
    assert_true(fabs(set.history_returns[TS_U_BTC] - 0.031623) < 1e-6);
}

static void
a_gap_in_one_history_leaves_no_zero_in_any(void **state) {
    (void)state;
    ts_world_init(&world);
    // Take day 100 out of BTC: its returns of day 100 and 101 do not exist, so neither do they for
    // the others.
    memmove(&world.days[0][100], &world.days[0][101], 199 * sizeof world.days[0][0]);
    memmove(&world.closes[0][100], &world.closes[0][101], 199 * sizeof world.closes[0][0]);
    world.histories[0].day_count = TS_WORLD_DAY_COUNT - 1;
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.history_count, 297);
    for (uint32_t i = 0; i < set.header.history_count; i += 1) {
        int64_t day = set.history_days[i] - TS_WORLD_FIRST_DAY;
        assert_int_not_equal(day, 100);
        assert_int_not_equal(day, 101);
        for (uint32_t u = 0; u < 3; u += 1) {
            assert_true(set.history_returns[i * TS_UNDERLYING_COUNT + u] != 0.0);
        }
    }
}

static void
the_latest_joint_days_are_used(void **state) {
    (void)state;
    ts_world_init(&world);
    world.parameters.history_count = 250;
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.history_count, 250);
    assert_int_equal(set.history_days[0], TS_WORLD_FIRST_DAY + 50);
    assert_int_equal(set.history_days[249], TS_WORLD_FIRST_DAY + 299);
}

static void
an_underlying_short_of_history_takes_no_part(void **state) {
    (void)state;
    ts_world_init(&world);
    world.histories[1].day_count = 250; // 249 returns
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.has_history[TS_U_BTC], 1);
    assert_int_equal(set.header.has_history[TS_U_WTI], 0);
    assert_int_equal(set.header.has_history[TS_U_USDT], 1);
    assert_int_equal(set.header.history_count, 299);
}

static void
the_underlying_that_shortens_the_joint_history_most_is_dropped(void **state) {
    (void)state;
    ts_world_init(&world);
    // Three histories of 300 days each, the last one from other years.
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        world.days[2][i] -= 1000;
    }
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.has_history[TS_U_BTC], 1);
    assert_int_equal(set.header.has_history[TS_U_WTI], 1);
    assert_int_equal(set.header.has_history[TS_U_USDT], 0);
    assert_int_equal(set.header.history_count, 299);
    // Two that share no day: a tie, and the higher index goes.
    world.request.history_count = 2;
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        world.days[1][i] -= 1000;
    }
    set = ts_world_make(&world);
    assert_int_equal(set.header.has_history[TS_U_BTC], 1);
    assert_int_equal(set.header.has_history[TS_U_WTI], 0);
}

static void
without_history_there_are_no_planes(void **state) {
    (void)state;
    ts_world_init(&world);
    world.request.history_count = 0;
    plm_scenario_set set = ts_world_make(&world);
    assert_int_equal(set.header.plane_count, 0);
    assert_int_equal(set.header.history_count, 0);
    assert_int_equal(set.header.stress_count, 7);
    world.request.history_count = 3;
    world.parameters.history_count = 0;
    set = ts_world_make(&world);
    assert_int_equal(set.header.history_count, 0);
    assert_int_equal(set.header.has_history[TS_U_BTC], 0);
}

static void
a_positive_price_never_falls_by_all_of_itself(void **state) {
    (void)state;
    ts_world_init(&world);
    // A crash after months of calm, rescaled to a volatile today, would fall below zero.
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        world.closes[0][i] = i % 2 == 0 ? 100.0 : 100.1;
    }
    for (uint32_t i = 150; i < TS_WORLD_DAY_COUNT; i += 1) {
        world.closes[0][i] = i % 2 == 0 ? 60.0 : 70.0;
    }
    plm_scenario_set set = ts_world_make(&world);
    double lowest = 0.0;
    for (uint32_t i = 0; i < set.header.history_count; i += 1) {
        lowest = fmin(lowest, set.history_returns[i * TS_UNDERLYING_COUNT]);
    }
    assert_true(lowest == -0.99);
}

static void
a_price_that_never_moved_before_is_not_standardised(void **state) {
    (void)state;
    ts_world_init(&world);
    world.classes[2].volatility_floor_ppm = 0;
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        world.closes[2][i] = i < 100 ? 1.0 : 1.01;
    }
    plm_scenario_set set = ts_world_make(&world);
    double move = set.history_returns[99 * TS_UNDERLYING_COUNT + TS_U_USDT];
    assert_true(fabs(move - 0.01) < 1e-15);
}

static void
stress_moves_follow_the_class_of_each_underlying(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    const plm_stress_move *moves = set.stress_moves;
    assert_true(moves[TS_U_BTC].price == -0.3);
    assert_true(fabs(moves[TS_U_BTC].volatility - 0.45) < 1e-15);
    assert_true(moves[TS_U_USDT].price == -0.05);
    assert_true(moves[2 * TS_UNDERLYING_COUNT].volatility == 1.0);
    assert_true(moves[3 * TS_UNDERLYING_COUNT].volatility == -0.5);
    assert_true(moves[5 * TS_UNDERLYING_COUNT].basis == -0.05);
    const plm_stress_move *broken = &moves[8 * TS_UNDERLYING_COUNT]; // u1-down-others-up
    assert_true(broken[TS_U_BTC].price == 0.3);
    assert_true(broken[TS_U_WTI].price == -0.3);
    assert_true(broken[TS_U_USDT].price == 0.02);
    const plm_stress_move *peg = &moves[12 * TS_UNDERLYING_COUNT];
    assert_true(peg[TS_U_USDT].price == -0.2);
    assert_true(peg[TS_U_BTC].price == 0.0);
}

static void
hash_now(uint8_t out[32]) {
    plm_scenario_set set;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_scenario_make(&world.request, memory, sizeof memory, &set, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    memcpy(out, set.header.hash, 32);
}

static void
equal_requests_hash_alike_and_a_name_is_no_move(void **state) {
    (void)state;
    uint8_t first[32];
    uint8_t second[32];
    ts_world_init(&world);
    hash_now(first);
    memset(memory, 0x5a, sizeof memory);
    hash_now(second);
    assert_memory_equal(first, second, 32);
    world.request.name = "another";
    world.request.version = 7;
    hash_now(second);
    assert_memory_equal(first, second, 32);
}

static void
every_input_that_decides_a_move_changes_the_hash(void **state) {
    (void)state;
    uint8_t before[32];
    uint8_t after[32];
    ts_world_init(&world);
    hash_now(before);
    for (uint32_t field = 0; field < plm_shock_descriptor.field_count; field += 1) {
        const plm_parameter_field *entry = &plm_shock_descriptor.fields[field];
        for (uint32_t i = 0; i < 3; i += 1) {
            int64_t *value = (int64_t *)(void *)((char *)&world.classes[i] + entry->offset);
            *value += *value < entry->high ? 1 : -1;
        }
        hash_now(after);
        assert_memory_not_equal(before, after, 32);
        memcpy(before, after, 32);
    }
    int64_t *choices[] = {&world.parameters.horizon_ns, &world.parameters.history_scaling,
                          &world.parameters.history_lambda_ppm, &world.parameters.sticky_moneyness};
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i += 1) {
        *choices[i] -= 1;
        hash_now(after);
        assert_memory_not_equal(before, after, 32);
        memcpy(before, after, 32);
    }
    world.closes[1][200] = nextafter(world.closes[1][200], 1000);
    hash_now(after);
    assert_memory_not_equal(before, after, 32);
    memcpy(before, after, 32);
    world.prices[TS_U_SHIB].volatility_ppm = 500000;
    hash_now(after);
    assert_memory_not_equal(before, after, 32);
}

static void
a_set_fits_in_exactly_the_memory_that_was_asked_for(void **state) {
    (void)state;
    ts_world_init(&world);
    size_t size = plm_scenario_size(&world.request);
    assert_int_equal(size % 64, 0);
    memset(memory, 0x77, sizeof memory);
    plm_scenario_set set;
    assert_int_equal(plm_scenario_make(&world.request, memory, size, &set, NULL), PLM_OK);
    for (size_t i = size; i < sizeof memory; i += 1) {
        assert_int_equal(memory[i], 0x77);
    }
    plm_fault fault;
    assert_int_equal(plm_scenario_make(&world.request, memory, size - 256, &set, &fault),
                     PLM_WORKSPACE_SMALL);
}

static void
a_row_longer_than_the_limit_is_refused(void **state) {
    (void)state;
    ts_world_init(&world);
    static int64_t days[900];
    static double closes[900];
    for (uint32_t i = 0; i < 900; i += 1) {
        days[i] = i;
        closes[i] = 100 + i % 7;
    }
    world.histories[0].days = days;
    world.histories[0].closes = closes;
    world.histories[0].day_count = 900;
    world.request.history_count = 1;
    world.parameters.history_count = 800;
    world.classes[0].level_max = 32;
    plm_fault fault;
    assert_int_equal(make(&fault), PLM_LIMIT);
    world.classes[0].level_max = 16;
    assert_int_equal(make(&fault), PLM_OK);
}

static void
parameters_out_of_bounds_are_named(void **state) {
    (void)state;
    plm_fault fault;
    ts_world_init(&world);
    world.classes[1].step_ppm = 50;
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.classes[1].level_min = 17;
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.classes[1].step_ppm = 62500; // 16 levels reach -100 %
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.classes[1].probe_multiple_ppm = 2100000;
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    for (uint32_t i = 0; i < 3; i += 1) {
        world.classes[i].probe_ppm = 400000;
        world.classes[i].probe_multiple_ppm = 2500000;
    }
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.parameters.history_count = 249;
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.underlyings[TS_U_SHIB].class_id = 3;
    assert_int_equal(make(&fault), PLM_INDEX_UNKNOWN);
}

static void
histories_that_are_not_well_formed_are_refused(void **state) {
    (void)state;
    plm_fault fault;
    ts_world_init(&world);
    world.closes[0][17] = NAN;
    assert_int_equal(make(&fault), PLM_NOT_FINITE);
    world.closes[0][17] = 0.0;
    assert_int_equal(make(&fault), PLM_NOT_FINITE);
    assert_string_equal(
        fault.text,
        "the history of underlying 0 holds a price that is not finite or outside its domain");
    ts_world_init(&world);
    world.days[1][20] = world.days[1][19];
    assert_int_equal(make(&fault), PLM_DOMAIN);
    ts_world_init(&world);
    world.histories[1].underlying_index = TS_U_BTC;
    assert_int_equal(make(&fault), PLM_PARAMETER_INVALID);
    ts_world_init(&world);
    world.histories[1].underlying_index = 9;
    assert_int_equal(make(&fault), PLM_INDEX_UNKNOWN);
}

static void
shipped_defaults_are_inside_their_own_bounds(void **state) {
    (void)state;
    plm_shock_parameters shocks;
    plm_set_parameters parameters;
    plm_record_init(&plm_shock_descriptor, &shocks);
    plm_record_init(&plm_set_descriptor, &parameters);
    assert_int_equal(plm_record_check(&plm_shock_descriptor, &shocks, NULL), PLM_OK);
    assert_int_equal(plm_record_check(&plm_set_descriptor, &parameters, NULL), PLM_OK);
    assert_int_equal(plm_shock_descriptor.record_size,
                     plm_shock_descriptor.field_count * sizeof(int64_t));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_standard_set_has_the_published_layout, free_all),
        cmocka_unit_test_teardown(the_first_grid_entry_is_the_zero_move, free_all),
        cmocka_unit_test_teardown(the_predicted_volatility_decides_how_many_levels_are_active,
                                  free_all),
        cmocka_unit_test(a_higher_volatility_only_lengthens_the_active_prefix),
        cmocka_unit_test_teardown(two_returns_are_rescaled_as_on_paper, free_all),
        cmocka_unit_test_teardown(a_gap_in_one_history_leaves_no_zero_in_any, free_all),
        cmocka_unit_test_teardown(the_latest_joint_days_are_used, free_all),
        cmocka_unit_test_teardown(an_underlying_short_of_history_takes_no_part, free_all),
        cmocka_unit_test_teardown(the_underlying_that_shortens_the_joint_history_most_is_dropped,
                                  free_all),
        cmocka_unit_test_teardown(without_history_there_are_no_planes, free_all),
        cmocka_unit_test_teardown(a_positive_price_never_falls_by_all_of_itself, free_all),
        cmocka_unit_test_teardown(a_price_that_never_moved_before_is_not_standardised, free_all),
        cmocka_unit_test_teardown(stress_moves_follow_the_class_of_each_underlying, free_all),
        cmocka_unit_test(equal_requests_hash_alike_and_a_name_is_no_move),
        cmocka_unit_test(every_input_that_decides_a_move_changes_the_hash),
        cmocka_unit_test(a_set_fits_in_exactly_the_memory_that_was_asked_for),
        cmocka_unit_test(a_row_longer_than_the_limit_is_refused),
        cmocka_unit_test(parameters_out_of_bounds_are_named),
        cmocka_unit_test(histories_that_are_not_well_formed_are_refused),
        cmocka_unit_test(shipped_defaults_are_inside_their_own_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
