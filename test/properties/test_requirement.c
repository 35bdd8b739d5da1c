/* test_requirement.c: how requirement and equity answer to the market, arrays rebuilt: M6, M11, M12.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/prng.h"
#include "base/wide.h"
#include "plimsoll/margin.h"
#include "price/mark.h"
#include "support/scenario_world.h"

#include <cmocka.h>

enum { POSITION_MAX = 6 };

typedef struct account {
    plm_position positions[POSITION_MAX];
    plm_balance balances[2];
    plm_portfolio portfolio;
} account;

static ts_world world;
static account held;
static _Alignas(64) unsigned char memory[1 << 21];

static plm_requirement
require(const plm_model *model, plm_reason *reason) {
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    plm_record_init(&plm_portfolio_descriptor, &portfolio);
    plm_record_init(&plm_tiered_descriptor, &tiered);
    plm_fault fault = {0};
    assert_int_equal(pli_market_fill_marks(&world.listing, &world.market, world.marks, &fault),
                     PLM_OK);
    plm_scenario_set set = ts_world_make(&world);
    plm_risk_table table = ts_world_build(&world, &set);
    bool has_arrays = (model->needs & PLM_NEEDS_ARRAYS) != 0;
    plm_margin_input input = {.listing = &world.listing,
                              .market = &world.market,
                              .maintenance_arrays = has_arrays ? &table : NULL,
                              .initial_arrays = has_arrays ? &table : NULL,
                              .parameters =
                                  has_arrays ? (const void *)&portfolio : (const void *)&tiered,
                              .portfolio = &held.portfolio};
    plm_workspace workspace = {memory, sizeof memory};
    plm_requirement requirement = {0};
    plm_status status = plm_margin_require(model, &input, &workspace, &requirement, reason, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    ts_world_free_all();
    return requirement;
}

static void
clear(void) {
    memset(&held, 0, sizeof held);
    held.portfolio = (plm_portfolio){.positions = held.positions, .balances = held.balances};
    held.balances[0] =
        (plm_balance){.asset_index = TS_USD, .atoms = pli_wide_from_i128(1000000000)};
    held.portfolio.balance_count = 1;
}

/* Entered at the present mark, so that equity starts from the cash. */
static void
hold(uint32_t instrument, int64_t lots) {
    plm_position *position = &held.positions[held.portfolio.position_count];
    *position = (plm_position){.instrument_index = instrument, .lots = lots};
    if (world.instruments[instrument].kind != PLM_KIND_OPTION &&
        world.instruments[instrument].settlement == PLM_SETTLEMENT_LINEAR) {
        pli_i128 cost = (pli_i128)lots * world.marks[instrument].mark_e8;
        position->cost = pli_wide_from_i128(cost);
    }
    held.portfolio.position_count += 1;
}

static void
hold_some(pli_prng *prng) {
    clear();
    uint32_t first = (uint32_t)pli_prng_below(prng, TS_INSTRUMENT_COUNT);
    for (uint32_t i = 0; i < 4; i += 1) {
        hold((first + 3 * i) % TS_INSTRUMENT_COUNT, pli_prng_range_i64(prng, -50, 50));
    }
}

/* M6: more predicted volatility lengthens the grid and nothing else of it; the requirement does not fall. */
static void
requirement_never_falls_when_volatility_rises(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(6);
    for (int i = 0; i < 60; i += 1) {
        ts_world_init(&world);
        hold_some(&prng);
        const plm_model *model = i % 3 == 0 ? &plm_model_dynamic : &plm_model_portfolio;
        uint32_t u = (uint32_t)pli_prng_below(&prng, TS_UNDERLYING_COUNT);
        plm_reason calm = {0};
        plm_reason rough = {0};
        plm_requirement before = require(model, &calm);
        world.prices[u].volatility_ppm *= pli_prng_range_i64(&prng, 1, 4);
        plm_requirement after = require(model, &rough);
        assert_true(after.maintenance_micros >= before.maintenance_micros);
        assert_true(after.initial_micros >= before.initial_micros);
        assert_true(after.equity_maintenance_micros <= before.equity_maintenance_micros);
        if (calm.maintenance.is_without_expiring == rough.maintenance.is_without_expiring) {
            assert_true(rough.maintenance.grid_sum_micros >= calm.maintenance.grid_sum_micros);
        }
    }
}

/* M6 for the tail: a higher volatility of today rescales every past return of a delta-one position further out. */
static void
tail_of_one_position_never_falls_when_volatility_rises(void **state) {
    (void)state;
    const uint32_t instruments[] = {TS_BTC_PERP, TS_BTC_SPOT, TS_WTI_FUTURE, TS_BTC_INVERSE};
    for (uint32_t i = 0; i < 8; i += 1) {
        int64_t last = 0;
        for (int64_t floor_ppm = 200000; floor_ppm <= 3200000; floor_ppm *= 2) {
            ts_world_init(&world);
            clear();
            hold(instruments[i / 2], i % 2 == 0 ? 100 : -100);
            for (uint32_t c = 0; c < 3; c += 1) {
                world.classes[c].volatility_floor_ppm = floor_ppm;
            }
            plm_reason reason = {0};
            (void)require(&plm_model_portfolio, &reason);
            // An inverse long gains less than it loses: its tail is monotone too, by one rounding.
            assert_true(reason.maintenance.tail_micros >= last);
            last = reason.maintenance.tail_micros;
        }
    }
}

/* M12: the price falls for a long, or rises for a short: equity never rises. */
static void
equity_never_gains_from_an_adverse_move(void **state) {
    (void)state;
    const uint32_t instruments[] = {TS_BTC_SPOT, TS_BTC_PERP, TS_WTI_FUTURE, TS_SHIB_PERP};
    pli_prng prng = pli_prng_init(12);
    for (int i = 0; i < 80; i += 1) {
        ts_world_init(&world);
        clear();
        uint32_t instrument = instruments[i % 4];
        uint32_t u = world.instruments[instrument].underlying_index;
        bool is_long = pli_prng_below(&prng, 2) == 0;
        hold(instrument, is_long ? 1000 : -1000);
        plm_price_record *price = &world.prices[u].price;
        int64_t size = price->price_e8 < 0 ? -price->price_e8 : price->price_e8;
        int64_t move = pli_prng_range_i64(&prng, 1, 50) * (size / 100);
        if (pli_prng_below(&prng, 2) == 0) {
            price->slow_e8 += size / 30 * (is_long ? -1 : 1);
        }
        plm_requirement before = require(&plm_model_tiered, NULL);
        price->price_e8 += is_long ? -move : move;
        world.marks[instrument].mark_e8 += is_long ? -move : move;
        plm_requirement after = require(&plm_model_tiered, NULL);
        assert_true(after.equity_maintenance_micros <= before.equity_maintenance_micros);
        assert_true(after.equity_initial_micros <= before.equity_initial_micros);
    }
}

/* M11: oil at -37.63, at zero, a tick either side, and far out: requirements stay positive, ordered and finite. */
static void
prices_at_and_below_zero_are_ordinary(void **state) {
    (void)state;
    const int64_t prices[] = {INT64_C(-3763000000),  0, 1000000, -1000000, INT64_C(100000000000),
                              INT64_C(-100000000000)};
    const plm_model *const models[] = {&plm_model_portfolio, &plm_model_tiered, &plm_model_dynamic};
    for (uint32_t i = 0; i < sizeof prices / sizeof prices[0]; i += 1) {
        for (uint32_t m = 0; m < 3; m += 1) {
            ts_world_init(&world);
            int64_t shift = prices[i] - world.prices[TS_U_WTI].price.price_e8;
            world.prices[TS_U_WTI].price.price_e8 = prices[i];
            world.prices[TS_U_WTI].price.slow_e8 = prices[i];
            world.marks[TS_WTI_FUTURE].mark_e8 += shift;
            clear();
            hold(TS_WTI_FUTURE, -100);
            plm_requirement flat = require(models[m], NULL);
            assert_true(flat.maintenance_micros > 0);
            assert_true(flat.initial_micros >= flat.maintenance_micros);
            // A short gains by what the price falls: here one more unit of oil on each of 100 lots.
            world.marks[TS_WTI_FUTURE].mark_e8 -= 100000000;
            plm_requirement lower = require(models[m], NULL);
            assert_true(lower.equity_maintenance_micros > flat.equity_maintenance_micros);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requirement_never_falls_when_volatility_rises),
        cmocka_unit_test(tail_of_one_position_never_falls_when_volatility_rises),
        cmocka_unit_test(equity_never_gains_from_an_adverse_move),
        cmocka_unit_test(prices_at_and_below_zero_are_ordinary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
