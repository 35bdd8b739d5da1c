/* test_scenario.c: what holds for every row, over seeded markets and shock sizes.     SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "price/mark.h"
#include "support/scenario_world.h"

#define WORLD_COUNT 12

static ts_world world;

static int64_t
between(pli_prng *prng, int64_t low, int64_t high) {
    return pli_prng_range_i64(prng, low, high);
}

// Shock sizes anywhere inside their bounds, coupled rules kept; prices, strikes and tenors at random.
static void
shuffle_world(uint64_t seed) {
    pli_prng prng = pli_prng_init(seed);
    ts_world_init(&world);
    for (uint32_t i = 0; i < 3; i += 1) {
        plm_shock_parameters *shocks = &world.classes[i];
        for (uint32_t field = 0; field < plm_shock_descriptor.field_count; field += 1) {
            const plm_parameter_field *entry = &plm_shock_descriptor.fields[field];
            int64_t *value = (int64_t *)(void *)((char *)shocks + entry->offset);
            *value = between(&prng, entry->low, entry->high);
        }
        shocks->level_max = between(&prng, 1, 16);
        shocks->level_min = between(&prng, 1, shocks->level_max);
        shocks->step_ppm = between(&prng, 100, (PLM_PPM - 1) / shocks->level_max / 2);
        shocks->probe_ppm = between(&prng, 1000, 450000);
        shocks->probe_multiple_ppm = 2200000;
    }
    world.parameters.horizon_ns = between(&prng, PLM_DAY_NS / 24, 10 * PLM_DAY_NS);
    world.parameters.history_scaling = between(&prng, 1, 2);
    world.parameters.sticky_moneyness = between(&prng, 0, 1);
    for (uint32_t i = 1; i < 3; i += 1) {
        int64_t forward_e8 = between(&prng, 9000000000000, 11000000000000);
        world.expiries[i].forward_e8 = forward_e8;
    }
    world.marks[TS_BTC_FUTURE].mark_e8 = world.expiries[1].forward_e8;
    int64_t strike_e8 = between(&prng, 4000000000000, 25000000000000);
    world.instruments[TS_BTC_CALL].strike_e8 = strike_e8;
    world.instruments[TS_BTC_PUT].strike_e8 = strike_e8;
    world.instruments[TS_BTC_COIN_CALL].strike_e8 = between(&prng, 4000000000000, 25000000000000);
    world.expiries[3].forward_e8 = between(&prng, -9000000000, 9000000000);
    world.marks[TS_WTI_FUTURE].mark_e8 = world.expiries[3].forward_e8;
    int64_t oil_strike_e8 = between(&prng, -9000000000, 9000000000);
    world.instruments[TS_WTI_CALL].strike_e8 = oil_strike_e8;
    world.instruments[TS_WTI_PUT].strike_e8 = oil_strike_e8;
}

typedef void check(const plm_scenario_set *set, const plm_risk_table *table);

static void
for_every_world(check *holds) {
    for (uint64_t seed = 1; seed <= WORLD_COUNT; seed += 1) {
        shuffle_world(seed);
        plm_scenario_set set = ts_world_make(&world);
        plm_risk_table table = ts_world_build(&world, &set);
        holds(&set, &table);
        ts_world_free_all();
    }
}

static void
check_zero(const plm_scenario_set *set, const plm_risk_table *table) {
    for (uint32_t row = 0; row < TS_INSTRUMENT_COUNT + TS_ASSET_COUNT; row += 1) {
        const int64_t *entries = plm_risk_row(table, row);
        assert_int_equal(entries[0], 0);
        for (uint32_t i = set->header.entry_count; i < set->header.row_stride; i += 1) {
            assert_int_equal(entries[i], 0);
        }
    }
}

static void
the_zero_move_and_the_padding_are_zero(void **state) {
    (void)state;
    for_every_world(check_zero);
}

static void
check_parity(const plm_scenario_set *set, const plm_risk_table *table) {
    static const uint32_t triples[2][3] = {{TS_BTC_CALL, TS_BTC_PUT, TS_BTC_FUTURE},
                                           {TS_WTI_CALL, TS_WTI_PUT, TS_WTI_FUTURE}};
    for (size_t i = 0; i < 2; i += 1) {
        for (uint32_t entry = 0; entry < set->header.entry_count; entry += 1) {
            int64_t gap = plm_risk_row(table, triples[i][0])[entry] -
                          plm_risk_row(table, triples[i][1])[entry] -
                          plm_risk_row(table, triples[i][2])[entry];
            assert_in_range(gap + 2, 1, 3);
        }
    }
}

// Three roundings of at most half a micro each: the gap is 1 at most.
static void
call_less_put_is_the_future_to_the_rounding(void **state) {
    (void)state;
    for_every_world(check_parity);
}

static void
check_loss(const plm_scenario_set *set, const plm_risk_table *table) {
    static const uint32_t options[] = {TS_BTC_CALL, TS_BTC_PUT, TS_BTC_WEEKLY_PUT, TS_WTI_CALL,
                                       TS_WTI_PUT};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i += 1) {
        plm_option_terms terms;
        plm_price_domain domain =
            world.underlyings[world.instruments[options[i]].underlying_index].domain;
        assert_int_equal(
            pli_option_terms_from_market(&world.listing, &world.market, options[i], &terms, NULL),
            PLM_OK);
        double value = 0.0;
        assert_int_equal(pli_option_price(domain, &terms, &value), PLM_OK);
        double micros = value * (double)world.instruments[options[i]].lot_e8 / 100;
        uint32_t end = plm_scenario_probe_begin(&set->header) + PLM_PROBE_DELTA;
        for (uint32_t entry = 0; entry < end; entry += 1) {
            assert_true((double)plm_risk_row(table, options[i])[entry] >= -micros - 0.5);
        }
    }
}

static void
the_holder_of_an_option_never_loses_more_than_its_value(void **state) {
    (void)state;
    for_every_world(check_loss);
}

static void
check_monotone(const plm_scenario_set *set, const plm_risk_table *table) {
    static const struct {
        uint32_t row;
        int64_t sign;
    } rows[] = {{TS_BTC_SPOT, 1}, {TS_BTC_INVERSE, 1}, {TS_BTC_CALL, 1},
                {TS_BTC_PUT, -1}, {TS_WTI_CALL, 1},    {TS_WTI_PUT, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        int64_t down = 0;
        int64_t up = 0;
        for (uint32_t entry = 0; entry < set->header.grid_count; entry += 1) {
            const plm_grid_point *point = &set->grid[entry];
            if (point->extreme != 0 || point->vol_move != PLM_VOL_MOVE_NONE ||
                point->is_sticky_moneyness || point->is_elapsed) {
                continue;
            }
            int64_t profit = rows[i].sign * plm_risk_row(table, rows[i].row)[entry];
            int64_t *last = point->level < 0 ? &down : &up;
            assert_true(point->level < 0 ? profit <= *last : profit >= *last);
            *last = profit;
        }
    }
}

static void
along_the_price_levels_every_profit_goes_one_way(void **state) {
    (void)state;
    for_every_world(check_monotone);
}

static void
check_lot_scaling(const plm_scenario_set *set, const plm_risk_table *table) {
    plm_instrument before = world.instruments[TS_BTC_INVERSE];
    world.instruments[TS_BTC_INVERSE].lot_e8 = before.lot_e8 * 1000;
    plm_risk_table larger = ts_world_build(&world, set);
    for (uint32_t entry = 0; entry < set->header.entry_count; entry += 1) {
        int64_t one = plm_risk_row(table, TS_BTC_INVERSE)[entry];
        int64_t thousand = plm_risk_row(&larger, TS_BTC_INVERSE)[entry];
        int64_t gap = thousand - 1000 * one;
        assert_true(gap >= -501 && gap <= 501);
    }
}

static void
a_lot_a_thousand_times_larger_pays_a_thousand_times_as_much(void **state) {
    (void)state;
    for_every_world(check_lot_scaling);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zero_move_and_the_padding_are_zero),
        cmocka_unit_test(call_less_put_is_the_future_to_the_rounding),
        cmocka_unit_test(the_holder_of_an_option_never_loses_more_than_its_value),
        cmocka_unit_test(along_the_price_levels_every_profit_goes_one_way),
        cmocka_unit_test(a_lot_a_thousand_times_larger_pays_a_thousand_times_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
