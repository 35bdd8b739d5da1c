/* test_unwind_drawn.c: what every plan keeps, whatever the account and the market.    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/unwind_world.h"

#define USD INT64_C(1000000)

static void
a_hedge_is_not_closed_because_it_is_liquid(void **state) {
    (void)state;
    static ts_unwind world;
    ts_unwind_init(&world, &plm_model_portfolio);
    ts_account *account = &world.account;
    // Short calls, hedged as well as the perpetual can, which costs far less to trade.
    ts_account_hold(account, TS_BTC_CALL, -100);
    ts_account_hold(account, TS_BTC_PERP, 1);
    account->world.marks[TS_BTC_CALL].half_spread_e8 =
        account->world.marks[TS_BTC_CALL].mark_e8 / 50;
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        account->world.prices[u].volume_micros = 1000000000 * USD;
    }
    ts_account_cash(account, 0);
    plm_requirement unhedged = ts_account_require(account, 0, NULL);
    plm_requirement bare = unhedged;
    int64_t best = 1;
    for (int64_t lots = 2; lots < 100; lots += 1) {
        account->positions[1].lots = lots;
        account->positions[1].cost =
            pli_wide_from_i128((pli_i128)lots * account->world.marks[TS_BTC_PERP].mark_e8);
        plm_requirement tried = ts_account_require(account, 0, NULL);
        best = tried.maintenance_micros < bare.maintenance_micros ? lots : best;
        bare = tried.maintenance_micros < bare.maintenance_micros ? tried : bare;
    }
    account->portfolio.position_count = 1;
    ts_account_hold(account, TS_BTC_PERP, best);
    assert_true(unhedged.maintenance_micros / 3 * 2 > bare.maintenance_micros);
    ts_account_cash(account, bare.maintenance_micros / 10 * 9 - bare.equity_maintenance_micros);
    pli_unwind_plan plan = ts_unwind_plan(&world);
    ts_unwind_check(&world, &plan);
    assert_int_equal(plan.outcome, PLI_UNWIND_WHOLE);
    int64_t calls = 0;
    for (uint32_t i = 0; i < plan.leg_count; i += 1) {
        calls += plan.legs[i].instrument_index == TS_BTC_CALL ? plan.legs[i].lots : 0;
    }
    assert_true(calls > 0);
    ts_unwind_finish(&world);
}

static void
check_drawn(const plm_model *model, uint32_t draws, uint64_t seed) {
    static ts_unwind world;
    pli_prng prng = pli_prng_init(seed);
    ts_unwind_init(&world, model);
    world.rules.evaluations_max = 512;
    for (uint32_t draw = 0; draw < draws; draw += 1) {
        uint32_t count = 1 + (uint32_t)pli_prng_below(&prng, 6);
        world.rules.depth_standard_micros =
            INT64_C(1) << pli_prng_range_i64(&prng, 24, draw % 2 == 0 ? 60 : 36);
        if (ts_unwind_draw(&world, &prng, count, INT64_C(1) << pli_prng_below(&prng, 12))) {
            pli_unwind_plan plan = ts_unwind_plan(&world);
            ts_unwind_check(&world, &plan);
        }
    }
    ts_unwind_finish(&world);
}

static void
every_drawn_plan_keeps_the_rules_under_tiered(void **state) {
    (void)state;
    check_drawn(&plm_model_tiered, 200, 1);
}

static void
every_drawn_plan_keeps_the_rules_under_portfolio(void **state) {
    (void)state;
    check_drawn(&plm_model_portfolio, 12, 2);
}

static void
slices_come_to_an_end(void **state) {
    (void)state;
    static ts_unwind world;
    pli_prng prng = pli_prng_init(3);
    ts_unwind_init(&world, &plm_model_tiered);
    world.rules.evaluations_max = 256;
    for (uint32_t draw = 0; draw < 10; draw += 1) {
        world.rules.depth_standard_micros = 3000 * USD;
        if (!ts_unwind_draw(&world, &prng, 3, 200)) {
            continue;
        }
        // No slice adds lots, and every one but the last closes what the depth of one leg allows.
        int64_t bound = 0;
        for (uint32_t i = 0; i < world.account.portfolio.position_count; i += 1) {
            int64_t lots = world.account.positions[i].lots;
            bound += lots < 0 ? -lots : lots;
        }
        int64_t slices = 0;
        pli_unwind_plan plan = ts_unwind_plan(&world);
        while (plan.leg_count > 0 && plan.outcome != PLI_UNWIND_NOTHING) {
            ts_unwind_apply(&world, &plan);
            slices += 1;
            assert_true(slices <= bound);
            plan = ts_unwind_plan(&world);
            ts_unwind_check(&world, &plan);
        }
    }
    ts_unwind_finish(&world);
}

static void
the_order_of_positions_changes_no_bit(void **state) {
    (void)state;
    static ts_unwind world;
    pli_prng prng = pli_prng_init(4);
    ts_unwind_init(&world, &plm_model_tiered);
    for (uint32_t draw = 0; draw < 20; draw += 1) {
        if (!ts_unwind_draw(&world, &prng, 4, 500)) {
            continue;
        }
        pli_unwind_plan plan = ts_unwind_plan(&world);
        plm_position *positions = world.account.positions;
        for (uint32_t i = 0; i < 2; i += 1) {
            plm_position swapped = positions[i];
            positions[i] = positions[3 - i];
            positions[3 - i] = swapped;
        }
        pli_unwind_plan turned = ts_unwind_plan(&world);
        assert_memory_equal(&plan, &turned, sizeof plan);
    }
    ts_unwind_finish(&world);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hedge_is_not_closed_because_it_is_liquid),
        cmocka_unit_test(every_drawn_plan_keeps_the_rules_under_tiered),
        cmocka_unit_test(every_drawn_plan_keeps_the_rules_under_portfolio),
        cmocka_unit_test(slices_come_to_an_end),
        cmocka_unit_test(the_order_of_positions_changes_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
