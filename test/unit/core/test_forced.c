/* test_forced.c: slices of an account below maintenance, as orders that the venue's matching fills.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define FIRST (UINT64_C(1) << 63)

// A tenth of the depth a slice, a quarter of a percent from the index.
static int64_t *
rules(ts_core *world, uint32_t version) {
    int64_t *values =
        ts_core_record(world, &plm_liquidation_descriptor, 0, version)->parameters_body.values;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_ppm")] = 100000;
    values[ts_core_field(&plm_liquidation_descriptor, "collar_ppm")] = 2500;
    return values;
}

// Account 0 is long 0.5 BTC from 100,000 with 10,000 USD: at 85,000 equity is 2,500 and maintenance 2,677.50.
static void
start(ts_core *world, int64_t depth_micros) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        int64_t usd = account == 4 ? 1000000 : 10000;
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, usd * USD), PLM_REJECT_NONE);
    }
    int64_t *values = rules(world, 2);
    values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = depth_micros;
    values[ts_core_field(&plm_liquidation_descriptor, "slice_max")] = 1000;
    ts_core_must(world);
    assert_int_equal(ts_core_trade(world, 0, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
}

static void
move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

static plm_reject
assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, 0);
    return ts_core_apply(world);
}

static plm_account_info
info(const ts_core *world) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, 0, &of), PLM_OK);
    assert_null(plm_core_check(world->core));
    return of;
}

typedef struct forced {
    uint64_t order_id;
    int64_t lots;
} forced;

// The last order that the event placed for account 0; lots 0: none.
static forced
placed(const ts_core *world) {
    forced found = {0, 0};
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        const plm_effect *effect = &world->entries[i];
        if (effect->kind == PLM_EFFECT_ORDER && effect->account == 0 && effect->b.low != 0) {
            found = (forced){effect->a.low, (int64_t)effect->b.low};
        }
    }
    return found;
}

// Account 4 buys from the forced order.
static plm_reject
fill(ts_core *world, uint64_t order_id, int64_t lots, int64_t price_e8, int64_t fee_atoms) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_TRADE, 0);
    event->trade_body.instrument_index = TS_C_BTC_PERP;
    event->trade_body.maker_account = 4;
    event->trade_body.lots = -lots;
    event->trade_body.price_e8 = price_e8;
    event->trade_body.taker_order_id = order_id;
    event->trade_body.taker_fee_atoms = fee_atoms;
    return ts_core_apply(world);
}

static void
slice_restores_the_account_and_no_more(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000 * USD);
    move(&w, 85000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(info(&w).standing.stage, PLM_STAGE_PARTIAL);
    assert_int_equal(info(&w).standing.slice_count, 1);
    forced order = placed(&w);
    assert_true(order.order_id == FIRST + 16);
    // Enough is sold, and with a tenth less the target would not be reached: it is 10 % above maintenance.
    assert_in_range(order.lots, 1, 250);
    assert_int_equal(fill(&w, order.order_id, order.lots, 85000 * E8, 0), PLM_REJECT_NONE);
    plm_requirement now;
    plm_core_question question = {.account = 0};
    assert_int_equal(plm_core_require(w.core, &question, &now, NULL, NULL), PLM_OK);
    assert_true(now.equity_maintenance_micros >= now.maintenance_micros * 11 / 10);
    assert_true(now.equity_maintenance_micros < now.maintenance_micros * 12 / 10);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(info(&w).standing.stage, PLM_STAGE_RESTRICTED);
    assert_int_equal(info(&w).standing.slice_count, 0);
    assert_int_equal(info(&w).order_count, 0);
    ts_core_finish(&w);
}

static void
orders_stand_for_their_time_and_are_then_planned_anew(void **state) {
    (void)state;
    ts_core w;
    // A tenth of a depth of 42,500 USD is 50 lots at 85,000.
    start(&w, 42500 * USD);
    move(&w, 85000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    forced first = placed(&w);
    assert_int_equal(first.lots, 50);
    w.time_ns += SECOND - 1;
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(placed(&w).lots, 0);
    assert_int_equal(info(&w).order_count, 1);
    assert_int_equal(fill(&w, first.order_id, 20, 85000 * E8, 0), PLM_REJECT_NONE);
    w.time_ns += 1;
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    forced second = placed(&w);
    assert_true(second.order_id == FIRST + 32);
    assert_int_equal(info(&w).order_count, 1);
    assert_int_equal(fill(&w, first.order_id, 20, 85000 * E8, 0), PLM_REJECT_ORDER_UNKNOWN);
    // The market comes back: the order goes with the stage.
    move(&w, 100000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(info(&w).standing.stage, PLM_STAGE_HEALTHY);
    assert_int_equal(info(&w).order_count, 0);
    ts_core_finish(&w);
}

static void
forced_fill_keeps_to_the_collar_and_never_lowers_health(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000 * USD);
    move(&w, 85000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    forced order = placed(&w);
    // 0.25 % below the index is 84,787.50.
    int64_t limit_e8 = 84787 * E8 + E8 / 2;
    assert_int_equal(fill(&w, order.order_id, 1, limit_e8 - 1, 0), PLM_REJECT_ORDER_MISMATCH);
    assert_int_equal(fill(&w, order.order_id, 501, 85000 * E8, 0), PLM_REJECT_ORDER_MISMATCH);
    // One lot is worth 85 USD and frees 5.355 of maintenance: at the collar it costs 0.2125, which leaves 5.1425 for a fee.
    assert_int_equal(fill(&w, order.order_id, 1, limit_e8, 5142501), PLM_REJECT_HEALTH);
    assert_int_equal(fill(&w, order.order_id, 1, limit_e8, 5142500), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
ids_of_forced_orders_are_the_engines(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000 * USD);
    assert_int_equal(ts_core_reserve(&w, 0, FIRST, TS_C_BTC_PERP, 1, 90000 * E8),
                     PLM_REJECT_ORDER_DUPLICATE);
    assert_int_equal(ts_core_reserve(&w, 0, FIRST - 1, TS_C_BTC_PERP, 1, 90000 * E8),
                     PLM_REJECT_NONE);
    move(&w, 85000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_RELEASE, 0);
    event->release_body.order_id = FIRST + 16;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_ORDER_UNKNOWN);
    assert_int_equal(info(&w).order_count, 1);
    ts_core_finish(&w);
}

static void
market_without_depth_is_not_sold_into(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    int64_t *values = rules(&w, 3);
    values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 0;
    values[ts_core_field(&plm_liquidation_descriptor, "auction_rounds_max")] = 0;
    ts_core_must(&w);
    move(&w, 85000);
    for (uint32_t round = 1; round <= 3; round += 1) {
        assert_int_equal(assess(&w), PLM_REJECT_NONE);
        assert_int_equal(placed(&w).lots, 0);
        assert_int_equal(info(&w).standing.slice_count, round);
        w.time_ns += SECOND;
    }
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slice_restores_the_account_and_no_more),
        cmocka_unit_test(orders_stand_for_their_time_and_are_then_planned_anew),
        cmocka_unit_test(forced_fill_keeps_to_the_collar_and_never_lowers_health),
        cmocka_unit_test(ids_of_forced_orders_are_the_engines),
        cmocka_unit_test(market_without_depth_is_not_sold_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
