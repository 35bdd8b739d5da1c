/* adl_world.c: accounts that can only be deleveraged, and those who hold the other side.   SPDX-License-Identifier: Apache-2.0 */
#include "support/adl_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/wide.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

int64_t
ts_adl_small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

void
ts_adl_fund(ts_core *world, plm_fund_action action, int64_t usd) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
    event->fund_body.asset_index = TS_C_USD;
    event->fund_body.action = (uint32_t)action;
    event->fund_body.instrument_index = action == PLM_FUND_ACTION_PAY_IN ? PLM_NONE : TS_C_BTC_PERP;
    event->fund_body.atoms = pli_wide_from_i128(usd * USD);
    ts_core_must(world);
}

void
ts_adl_trade(ts_core *world, uint32_t buyer, uint32_t seller, int64_t lots, int64_t usd) {
    assert_int_equal(ts_core_trade(world, buyer, seller, TS_C_BTC_PERP, lots, usd * E8),
                     PLM_REJECT_NONE);
}

void
ts_adl_move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

void
ts_adl_start(ts_core *world, plm_deleverage_policy policy) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    plm_event *rules = ts_core_record(world, &plm_liquidation_descriptor, 0, 2);
    int64_t *values = rules->parameters_body.values;
    values[ts_core_field(&plm_liquidation_descriptor, "auction_rounds_max")] = 0;
    values[ts_core_field(&plm_liquidation_descriptor, "fruitless_max")] = 1;
    values[ts_core_field(&plm_liquidation_descriptor, "deleverage_policy")] = (int64_t)policy;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 0;
    ts_core_must(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD,
                                         (account >= TS_ADL_FIRST ? 100000 : 10000) * USD),
                         PLM_REJECT_NONE);
    }
}

plm_reject
ts_adl_assess(ts_core *world, uint32_t account) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, account);
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

plm_stage
ts_adl_stage(const ts_core *world, uint32_t account) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, account, &of), PLM_OK);
    return of.standing.stage;
}

ts_adl_given
ts_adl_work(ts_core *world) {
    ts_adl_given sum = {.steps = 0};
    while (plm_core_job_count(world->core) > 0) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
        event->continue_body.step_count = 1;
        ts_core_must(world);
        assert_null(plm_core_check(world->core));
        for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
            const plm_effect *effect = &world->entries[i];
            if (effect->kind == PLM_EFFECT_DELEVERAGE) {
                sum.lots[effect->account] += ts_adl_small(effect->a);
                sum.micros[effect->account] += ts_adl_small(effect->b);
                sum.lots_all += ts_adl_small(effect->a);
                sum.micros_all += ts_adl_small(effect->b);
            }
        }
        sum.steps += 1;
        assert_true(sum.steps < 1000);
    }
    return sum;
}

void
ts_adl_enter(ts_core *world, uint32_t account) {
    (void)ts_adl_work(world);
    for (uint32_t i = 0; i < 3 && ts_adl_stage(world, account) != PLM_STAGE_ADL; i += 1) {
        assert_int_equal(ts_adl_assess(world, account), PLM_REJECT_NONE);
        world->time_ns += 2 * SECOND;
    }
    assert_string_equal(plm_stage_name(ts_adl_stage(world, account)), "adl");
}

ts_adl_holding
ts_adl_held(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    ts_adl_holding out = {0, 0};
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    for (uint32_t i = 0; i < portfolio.position_count; i += 1) {
        out.lots += positions[i].instrument_index == TS_C_BTC_PERP ? positions[i].lots : 0;
    }
    for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
        out.usd_micros += balances[i].asset_index == TS_C_USD ? ts_adl_small(balances[i].atoms) : 0;
    }
    return out;
}

plm_asset_totals
ts_adl_usd(const ts_core *world) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, TS_C_USD, &totals), PLM_OK);
    return totals;
}
