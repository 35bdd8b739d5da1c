/* test_table.c: rows of every kind of instrument against what they must be.           SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "base/endian.h"
#include "support/scenario_world.h"

static ts_world world;

static int
free_all(void **state) {
    (void)state;
    ts_world_free_all();
    return 0;
}

static uint32_t
find_point(const plm_scenario_set *set, plm_grid_point wanted) {
    for (uint32_t i = 0; i < set->header.grid_count; i += 1) {
        const plm_grid_point *point = &set->grid[i];
        if (point->level == wanted.level && point->extreme == wanted.extreme &&
            point->vol_move == wanted.vol_move &&
            point->is_sticky_moneyness == wanted.is_sticky_moneyness &&
            point->is_elapsed == wanted.is_elapsed) {
            return i;
        }
    }
    fail_msg("the grid has no such point");
    return 0;
}

static double
normal_cdf(double x) {
    return 0.5 * erfc(-x / sqrt(2.0));
}

// The textbook form, on the C library's functions: nothing shared with the code under test.
static double
black76(double forward, double strike, double sigma, double years, bool is_call) {
    double sign = is_call ? 1.0 : -1.0;
    if (years <= 0.0) {
        return fmax(0.0, sign * (forward - strike));
    }
    double spread = sigma * sqrt(years);
    double d1 = log(forward / strike) / spread + spread / 2.0;
    return sign * (forward * normal_cdf(sign * d1) - strike * normal_cdf(sign * (d1 - spread)));
}

static double
bachelier(double forward, double strike, double sigma, double years, bool is_call) {
    double sign = is_call ? 1.0 : -1.0;
    double spread = sigma * sqrt(years);
    double d = sign * (forward - strike) / spread;
    return spread * (d * normal_cdf(d) + exp(-d * d / 2.0) / sqrt(2.0 * 3.14159265358979323846));
}

static double
svi_volatility(const plm_svi *svi, double forward, double strike, double years) {
    double k = log(strike / forward) - svi->m;
    return sqrt((svi->a + svi->b * (svi->rho * k + sqrt(k * k + svi->sigma * svi->sigma))) / years);
}

static void
assert_entry(const plm_risk_table *table, uint32_t row, uint32_t entry, double expected) {
    int64_t seen = plm_risk_row(table, row)[entry];
    if (fabs((double)seen - expected) > 0.500001 + 1e-12 * fabs(expected)) {
        fail_msg("row %u entry %u is %lld, expected %.3f", row, entry, (long long)seen, expected);
    }
}

static void
the_zero_move_costs_nothing_to_the_last_micro(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    for (uint32_t row = 0; row < TS_INSTRUMENT_COUNT + TS_ASSET_COUNT; row += 1) {
        assert_int_equal(plm_risk_row(&table, row)[0], 0);
        assert_int_equal(table.is_built[row], 1);
    }
}

static void
padding_is_zero_and_rows_are_aligned(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    assert_int_equal(set.header.row_stride % PLM_ROW_ALIGN, 0);
    assert_int_equal((uintptr_t)table.entries % 64, 0);
    for (uint32_t row = 0; row < TS_INSTRUMENT_COUNT + TS_ASSET_COUNT; row += 1) {
        for (uint32_t i = set.header.entry_count; i < set.header.row_stride; i += 1) {
            assert_int_equal(plm_risk_row(&table, row)[i], 0);
        }
    }
}

static void
linear_rows_are_lot_times_price_times_move(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    for (int32_t level = -16; level <= 16; level += 1) {
        uint32_t entry = find_point(&set, (plm_grid_point){.level = level});
        assert_entry(&table, TS_BTC_SPOT, entry, 0.001 * 100000 * 0.02 * level * 1e6);
        assert_entry(&table, TS_BTC_PERP, entry, 0.001 * 100020 * 0.02 * level * 1e6);
        assert_entry(&table, TS_WTI_FUTURE, entry, 10 * 60 * 0.02 * level * 1e6);
        // 1,000 SHIB a lot, quoted per 1,000: one quoted price.
        assert_entry(&table, TS_SHIB_PERP, entry, 0.01231 * 0.02 * level * 1e6);
        assert_entry(&table, TS_INSTRUMENT_COUNT + TS_BTC, entry, 100000 * 0.02 * level * 1e6);
        assert_entry(&table, TS_BTC_USDT_PERP, entry, 0.001 * 100080 * 0.9995 * 0.02 * level * 1e6);
    }
}

// docs/method/risk-arrays.md works this one by hand.
static void
an_extreme_move_counts_by_its_weight(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    uint32_t entry = find_point(&set, (plm_grid_point){.extreme = -1});
    assert_int_equal(plm_risk_row(&table, TS_BTC_SPOT)[entry], -15000000);
}

static void
a_roll_moves_forwards_and_leaves_spot_and_coin_alone(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    uint32_t up = find_point(&set, (plm_grid_point){.level = 1, .vol_move = PLM_VOL_MOVE_ROLL_UP});
    assert_entry(&table, TS_BTC_SPOT, up, 0.001 * 100000 * 0.02 * 1e6);
    assert_entry(&table, TS_INSTRUMENT_COUNT + TS_BTC, up, 100000 * 0.02 * 1e6);
    assert_entry(&table, TS_BTC_PERP, up, 0.001 * 100020 * (1.02 * 1.002 - 1) * 1e6);
    double roll = 0.03 * 30 / 365;
    assert_entry(&table, TS_BTC_FUTURE, up, 0.001 * 100500 * (1.02 * (1 + roll) - 1) * 1e6);
    // WTI: side by side, both fractions of the reference price.
    assert_entry(&table, TS_WTI_FUTURE, up, 10 * 60 * (0.02 + 0.03 * 60 / 365) * 1e6);
}

static void
an_inverse_future_pays_coin_valued_at_the_moved_index(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    static const plm_vol_move vol_moves[] = {PLM_VOL_MOVE_NONE, PLM_VOL_MOVE_ROLL_DOWN};
    for (int32_t level = -16; level <= 16; level += 1) {
        for (size_t i = 0; i < 2; i += 1) {
            uint32_t entry =
                find_point(&set, (plm_grid_point){.level = level, .vol_move = vol_moves[i]});
            double roll = i == 0 ? 0.0 : -0.03 * 90 / 365;
            double move = 0.02 * level;
            double moved = 101500 * (1 + move) * (1 + roll);
            double coin = 10 * (1.0 / 101500 - 1.0 / moved);
            assert_entry(&table, TS_BTC_INVERSE, entry, coin * 100000 * (1 + move) * 1e6);
        }
    }
}

// docs/method/risk-arrays.md works this one by hand.
static void
one_inverse_lot_gains_985_222_micros_in_a_rise_of_a_tenth(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    uint32_t probe = plm_scenario_probe_begin(&set.header) + PLM_PROBE_UP;
    assert_int_equal(plm_risk_row(&table, TS_BTC_INVERSE)[probe], 985222);
}

static double
vol_multiple(plm_vol_move vol_move, double tenor_days, double deviations) {
    double power = tenor_days <= 30 ? 0.3 : 0.13;
    double scale = pow(30 / fmax(tenor_days, 1), power);
    double twist = 1 - 2 * log(tenor_days / 7) / log(180.0 / 7);
    twist = fmin(1, fmax(-1, twist)) * 0.1;
    double tilt = -0.1 * fmin(3, fmax(-3, deviations));
    switch (vol_move) {
    case PLM_VOL_MOVE_UP:
        return 1 + 0.45 * scale;
    case PLM_VOL_MOVE_DOWN:
        return fmax(0.1, 1 - 0.25 * scale);
    case PLM_VOL_MOVE_FRONT_UP:
        return 1 + twist;
    case PLM_VOL_MOVE_FRONT_DOWN:
        return 1 - twist;
    case PLM_VOL_MOVE_SKEW_UP:
        return fmax(0.1, 1 + tilt);
    case PLM_VOL_MOVE_SKEW_DOWN:
        return fmax(0.1, 1 - tilt);
    default:
        return 1;
    }
}

typedef struct naive_option {
    uint32_t instrument;
    uint32_t expiry;
    double days;
    double strike;
    bool is_call;
    bool is_coin;
} naive_option;

static double
naive_entry(const naive_option *option, const plm_grid_point *point) {
    const plm_expiry_market *expiry = &world.expiries[option->expiry];
    double forward = (double)expiry->forward_e8 / 1e8;
    double years = option->days / 365;
    double move = point->extreme != 0 ? 0.5 * point->extreme : 0.02 * point->level;
    double roll = fmax(0.002, 0.03 * years);
    roll = point->vol_move == PLM_VOL_MOVE_ROLL_UP     ? roll
           : point->vol_move == PLM_VOL_MOVE_ROLL_DOWN ? -roll
                                                       : 0;
    double moved = forward * (1 + move) * (1 + roll);
    double sigma = svi_volatility(&expiry->slice.svi, forward, option->strike, years);
    double deviations = log(option->strike / forward) / (sigma * sqrt(years));
    double read = point->is_sticky_moneyness
                      ? svi_volatility(&expiry->slice.svi, moved, option->strike, years)
                      : sigma;
    read *= vol_multiple(point->vol_move, option->days, deviations);
    double left = point->is_elapsed ? fmax(0, option->days - 1) / 365 : years;
    double before = black76(forward, option->strike, sigma, years, option->is_call);
    double after = black76(moved, option->strike, read, left, option->is_call);
    if (option->is_coin) {
        before *= 100000 / forward;
        after *= 100000 * (1 + move) / moved;
    }
    return 0.001 * (after - before) * 1e6 * (point->extreme != 0 ? 0.3 : 1);
}

static void
every_grid_entry_of_an_option_equals_a_naive_repricing(void **state) {
    (void)state;
    static const naive_option options[] = {
        {TS_BTC_CALL, 1, 30, 105000, true, false},
        {TS_BTC_PUT, 1, 30, 105000, false, false},
        {TS_BTC_COIN_CALL, 2, 90, 120000, true, true},
        {TS_BTC_WEEKLY_PUT, 0, 0.5, 98000, false, false},
    };
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i += 1) {
        for (uint32_t entry = 0; entry < set.header.grid_count; entry += 1) {
            double expected = naive_entry(&options[i], &set.grid[entry]);
            int64_t seen = plm_risk_row(&table, options[i].instrument)[entry];
            if (fabs((double)seen - expected) > 0.51) {
                fail_msg("option %zu entry %u is %lld, expected %.3f", i, entry, (long long)seen,
                         expected);
            }
        }
    }
}

static void
every_history_and_stress_entry_of_an_option_equals_a_naive_repricing(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    const plm_scenario_header *header = &set.header;
    double forward = 100500;
    double years = 30.0 / 365;
    double sigma = svi_volatility(&world.expiries[1].slice.svi, forward, 105000, years);
    double before = black76(forward, 105000, sigma, years, true);
    for (uint32_t plane = 0; plane < 4; plane += 1) {
        for (uint32_t day = 0; day < header->history_count; day += 1) {
            double move = set.history_returns[day * TS_UNDERLYING_COUNT + TS_U_BTC];
            double relative = (plane % 2 == 0 ? 1 : -1) * (0.05 - 1.5 * move);
            double left = plane >= 2 ? 29.0 / 365 : years;
            double after =
                black76(forward * (1 + move), 105000, sigma * fmax(0.1, 1 + relative), left, true);
            uint32_t entry = plm_scenario_history_begin(header, plane) + day;
            assert_entry(&table, TS_BTC_CALL, entry, 0.001 * (after - before) * 1e6);
        }
    }
    for (uint32_t i = 0; i < header->stress_count; i += 1) {
        const plm_stress_move *move = &set.stress_moves[i * TS_UNDERLYING_COUNT + TS_U_BTC];
        double after = black76(forward * (1 + move->price) * (1 + move->basis), 105000,
                               sigma * fmax(0.1, 1 + move->volatility), years, true);
        assert_entry(&table, TS_BTC_CALL, plm_scenario_stress_begin(header) + i,
                     0.001 * (after - before) * 1e6);
    }
}

static void
below_zero_options_follow_bachelier(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    double forward = -37.63;
    double years = 60.0 / 365;
    double before = bachelier(forward, 0, 40, years, true);
    for (int32_t level = -16; level <= 16; level += 1) {
        double moved = forward + 60 * 0.02 * level;
        uint32_t entry = find_point(&set, (plm_grid_point){.level = level});
        assert_entry(&table, TS_WTI_CALL, entry,
                     10 * (bachelier(moved, 0, 40, years, true) - before) * 1e6);
        entry = find_point(&set, (plm_grid_point){.level = level, .is_elapsed = true});
        assert_entry(&table, TS_WTI_CALL, entry,
                     10 * (bachelier(moved, 0, 40, 59.0 / 365, true) - before) * 1e6);
    }
    // Sticky moneyness reads the smile at the strike that stood as far from the forward.
    uint32_t entry = find_point(&set, (plm_grid_point){.level = 10, .is_sticky_moneyness = true});
    double sigma = 40 + (45 - 40) * 12.0 / 20;
    assert_entry(&table, TS_WTI_CALL, entry,
                 10 * (bachelier(forward + 12, 0, sigma, years, true) - before) * 1e6);
}

// call - put = future on the same forward, in every entry but where time passes for none of them.
static void
call_less_put_is_the_future_in_every_entry(void **state) {
    (void)state;
    static const uint32_t triples[2][3] = {{TS_BTC_CALL, TS_BTC_PUT, TS_BTC_FUTURE},
                                           {TS_WTI_CALL, TS_WTI_PUT, TS_WTI_FUTURE}};
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    for (size_t i = 0; i < 2; i += 1) {
        const int64_t *call = plm_risk_row(&table, triples[i][0]);
        const int64_t *put = plm_risk_row(&table, triples[i][1]);
        const int64_t *future = plm_risk_row(&table, triples[i][2]);
        for (uint32_t entry = 0; entry < set.header.entry_count; entry += 1) {
            int64_t gap = call[entry] - put[entry] - future[entry];
            assert_in_range(gap + 2, 1, 3);
        }
    }
}

static void
a_stablecoin_off_its_peg_scales_what_is_settled_in_it(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    const plm_scenario_header *header = &set.header;
    uint32_t stress = plm_scenario_stress_begin(header);
    // all-down: BTC -30 %, USDT -5 %: profit is paid in a coin worth less.
    assert_entry(&table, TS_BTC_USDT_PERP, stress, 0.001 * 100080 * -0.3 * 0.9995 * 0.95 * 1e6);
    uint32_t peg = header->stress_count - 1;
    assert_string_equal(header->stress_names[peg], "asset-2-off-peg");
    assert_entry(&table, TS_BTC_USDT_PERP, stress + peg, 0);
    assert_entry(&table, TS_INSTRUMENT_COUNT + TS_USDT, stress + peg, -0.2 * 0.9995 * 1e6);
    uint32_t first = plm_scenario_history_begin(header, 0);
    double btc = set.history_returns[TS_U_BTC];
    double usdt = set.history_returns[TS_U_USDT];
    assert_entry(&table, TS_BTC_USDT_PERP, first, 0.001 * 100080 * btc * 0.9995 * (1 + usdt) * 1e6);
}

static void
liquidity_gone_moves_derivatives_against_the_index(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    uint32_t above = plm_scenario_stress_begin(&set.header) + 4;
    assert_string_equal(set.header.stress_names[4], "liquidity-gone-above");
    assert_entry(&table, TS_BTC_SPOT, above, 0);
    assert_entry(&table, TS_BTC_PERP, above, 0.001 * 100020 * 0.05 * 1e6);
    double coin = 10 * (1 / 101500.0 - 1 / (101500.0 * 1.05));
    assert_entry(&table, TS_BTC_INVERSE, above, coin * 100000 * 1e6);
}

static void
an_underlying_without_history_has_empty_joint_segments(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    assert_int_equal(set.header.has_history[TS_U_SHIB], 0);
    const int64_t *row = plm_risk_row(&table, TS_SHIB_PERP);
    for (uint32_t i = set.header.grid_count; i < plm_scenario_probe_begin(&set.header); i += 1) {
        assert_int_equal(row[i], 0);
    }
    assert_int_not_equal(row[find_point(&set, (plm_grid_point){.level = -1})], 0);
    assert_int_not_equal(row[plm_scenario_probe_begin(&set.header)], 0);
}

static void
the_probes_are_unweighted_moves_and_the_cash_delta(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    uint32_t probe = plm_scenario_probe_begin(&set.header);
    static const double moves[] = {0.1, -0.1, 0.2, -0.2, 0, 0, 1};
    for (uint32_t i = 0; i < PLM_PROBE_COUNT; i += 1) {
        assert_entry(&table, TS_BTC_PERP, probe + i, 0.001 * 100020 * moves[i] * 1e6);
        assert_entry(&table, TS_BTC_INVERSE, probe + i, 10 * 100000 / 101500.0 * moves[i] * 1e6);
        assert_entry(&table, TS_WTI_FUTURE, probe + i, 10 * 60 * moves[i] * 1e6);
    }
    double years = 30.0 / 365;
    double sigma = svi_volatility(&world.expiries[1].slice.svi, 100500, 105000, years);
    double before = black76(100500, 105000, sigma, years, true);
    assert_entry(&table, TS_BTC_CALL, probe + PLM_PROBE_UP_FAR,
                 0.001 * (black76(120600, 105000, sigma, years, true) - before) * 1e6);
    assert_entry(&table, TS_BTC_CALL, probe + PLM_PROBE_VOL_UP,
                 0.001 * (black76(100500, 105000, sigma * 1.45, years, true) - before) * 1e6);
    double d1 = log(100500 / 105000.0) / (sigma * sqrt(years)) + sigma * sqrt(years) / 2;
    assert_entry(&table, TS_BTC_CALL, probe + PLM_PROBE_DELTA,
                 0.001 * 100500 * normal_cdf(d1) * 1e6);
}

static void
the_coin_option_delta_is_the_slope_of_its_row(void **state) {
    (void)state;
    ts_world_init(&world);
    for (uint32_t i = 0; i < 3; i += 1) {
        world.classes[i].probe_ppm = 1000;
    }
    world.instruments[TS_BTC_COIN_CALL].lot_e8 = PLM_LOT_E8_MAX;
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    const int64_t *row =
        plm_risk_row(&table, TS_BTC_COIN_CALL) + plm_scenario_probe_begin(&set.header);
    double slope = (double)(row[PLM_PROBE_UP] - row[PLM_PROBE_DOWN]) / 0.002;
    assert_true(fabs(slope / (double)row[PLM_PROBE_DELTA] - 1) < 1e-4);
}

static void
building_twice_and_in_parts_gives_the_same_rows(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table whole = ts_world_build(&world, &set);
    plm_risk_table parts = ts_world_build(&world, &set);
    uint8_t only[TS_INSTRUMENT_COUNT] = {0};
    only[TS_BTC_CALL] = 1;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, only, &parts, NULL),
        PLM_OK);
    size_t count = (TS_INSTRUMENT_COUNT + TS_ASSET_COUNT) * (size_t)set.header.row_stride;
    assert_memory_equal(whole.entries, parts.entries, count * sizeof(int64_t));
}

static plm_risk_table
empty_table(const plm_scenario_set *set) {
    static _Alignas(64) uint8_t memory[1u << 20];
    plm_risk_table table;
    size_t size = plm_risk_table_size(set, &world.listing);
    assert_true(size <= sizeof memory);
    assert_int_equal(plm_risk_table_init(set, &world.listing, memory, size, &table), PLM_OK);
    return table;
}

static void
a_row_that_cannot_be_built_is_named_and_stays_empty(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = empty_table(&set);
    plm_fault fault;
    world.expiries[1].slice.kind = PLM_SLICE_NONE;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, NULL, &table, &fault),
        PLM_SURFACE_MISSING);
    assert_string_equal(fault.text, "instrument 4 has no surface at its expiry");
    assert_int_equal(table.is_built[TS_BTC_CALL], 0);
    assert_int_equal(plm_risk_row(&table, TS_BTC_CALL)[10], 0);
    world.marks[TS_BTC_PERP].is_present = false;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, NULL, &table, &fault),
        PLM_MARK_MISSING);
    assert_int_equal(table.is_built[TS_BTC_PERP], 0);
    world.market.time.ns += 31 * PLM_DAY_NS;
    world.marks[TS_BTC_PERP].is_present = true;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, NULL, &table, &fault),
        PLM_EXPIRED);
}

static void
an_entry_beyond_64_bits_is_refused(void **state) {
    (void)state;
    ts_world_init(&world);
    world.instruments[TS_BTC_SPOT].lot_e8 = PLM_LOT_E8_MAX;
    world.marks[TS_BTC_SPOT].mark_e8 = PLM_PRICE_E8_MAX;
    for (uint32_t i = 0; i < 3; i += 1) {
        world.classes[i].stress_rally_ppm = 5000000;
    }
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = empty_table(&set);
    plm_fault fault;
    // 1e3 units at 1e8 make 1e17 micros: the bounds of quantities leave room, a price unit of coin in
    // a settlement asset at 1e8 each does not.
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, NULL, &table, &fault),
        PLM_OK);
    world.instruments[TS_BTC_SPOT].settlement_asset_index = TS_USDT;
    world.prices[TS_U_USDT].price.price_e8 = PLM_PRICE_E8_MAX;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, NULL, &table, &fault),
        PLM_ARRAY_RANGE);
    assert_string_equal(fault.text,
                        "instrument 0 has a risk-array entry that does not fit 64 bits");
}

static void
an_inverse_future_that_reaches_zero_is_refused(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = empty_table(&set);
    // Only a domain that allows prices below zero can bring it there.
    world.underlyings[TS_U_BTC].domain = PLM_PRICE_DOMAIN_ANY;
    world.underlyings[TS_U_BTC].reference_e8 = INT64_C(30000000000000);
    uint8_t only[TS_INSTRUMENT_COUNT] = {0};
    only[TS_BTC_INVERSE] = 1;
    plm_fault fault;
    assert_int_equal(
        plm_risk_table_build(&set, &world.listing, &world.market, TS_U_BTC, only, &table, &fault),
        PLM_DOMAIN);
    assert_string_equal(fault.text, "instrument 3 has no value after one of the moves");
}

static void
a_table_in_too_little_memory_is_refused(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    static _Alignas(64) uint8_t memory[4096];
    plm_risk_table table;
    assert_int_equal(plm_risk_table_init(&set, &world.listing, memory, sizeof memory, &table),
                     PLM_WORKSPACE_SMALL);
}

// Self-made: the first build's own answer. It says nothing about right or wrong, only that every
// compiler, optimisation level and processor gives the same bits.
static void
the_rows_are_the_same_bits_on_every_build(void **state) {
    (void)state;
    ts_world_init(&world);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    pli_blake2b hash;
    pli_blake2b_init(&hash, 8);
    pli_blake2b_update(&hash, set.header.hash, 32);
    size_t count = (TS_INSTRUMENT_COUNT + TS_ASSET_COUNT) * (size_t)set.header.row_stride;
    for (size_t i = 0; i < count; i += 1) {
        uint8_t bytes[8];
        pli_store_i64(bytes, table.entries[i]);
        pli_blake2b_update(&hash, bytes, 8);
    }
    uint8_t digest[8];
    pli_blake2b_final(&hash, digest);
    assert_int_equal(pli_load_u64(digest), UINT64_C(0x90704c4fdd353234));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_zero_move_costs_nothing_to_the_last_micro, free_all),
        cmocka_unit_test_teardown(padding_is_zero_and_rows_are_aligned, free_all),
        cmocka_unit_test_teardown(linear_rows_are_lot_times_price_times_move, free_all),
        cmocka_unit_test_teardown(an_extreme_move_counts_by_its_weight, free_all),
        cmocka_unit_test_teardown(a_roll_moves_forwards_and_leaves_spot_and_coin_alone, free_all),
        cmocka_unit_test_teardown(an_inverse_future_pays_coin_valued_at_the_moved_index, free_all),
        cmocka_unit_test_teardown(one_inverse_lot_gains_985_222_micros_in_a_rise_of_a_tenth,
                                  free_all),
        cmocka_unit_test_teardown(every_grid_entry_of_an_option_equals_a_naive_repricing, free_all),
        cmocka_unit_test_teardown(
            every_history_and_stress_entry_of_an_option_equals_a_naive_repricing, free_all),
        cmocka_unit_test_teardown(below_zero_options_follow_bachelier, free_all),
        cmocka_unit_test_teardown(call_less_put_is_the_future_in_every_entry, free_all),
        cmocka_unit_test_teardown(a_stablecoin_off_its_peg_scales_what_is_settled_in_it, free_all),
        cmocka_unit_test_teardown(liquidity_gone_moves_derivatives_against_the_index, free_all),
        cmocka_unit_test_teardown(an_underlying_without_history_has_empty_joint_segments, free_all),
        cmocka_unit_test_teardown(the_probes_are_unweighted_moves_and_the_cash_delta, free_all),
        cmocka_unit_test_teardown(the_coin_option_delta_is_the_slope_of_its_row, free_all),
        cmocka_unit_test_teardown(building_twice_and_in_parts_gives_the_same_rows, free_all),
        cmocka_unit_test_teardown(a_row_that_cannot_be_built_is_named_and_stays_empty, free_all),
        cmocka_unit_test_teardown(an_entry_beyond_64_bits_is_refused, free_all),
        cmocka_unit_test_teardown(an_inverse_future_that_reaches_zero_is_refused, free_all),
        cmocka_unit_test_teardown(a_table_in_too_little_memory_is_refused, free_all),
        cmocka_unit_test_teardown(the_rows_are_the_same_bits_on_every_build, free_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
