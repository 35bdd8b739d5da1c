/* test_standing.c: stages of an account, margin calls and the scan that a price brings.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static int64_t *
rules(ts_core *world, uint32_t version) {
    int64_t *values =
        ts_core_record(world, &plm_liquidation_descriptor, 0, version)->parameters_body.values;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_ppm")] = 100000; // one slice is enough
    return values;
}

/*
 * Account 0 is long 0.5 BTC from 100,000 with 10,000 USD. By `tiered` as shipped, at price P: equity 0.5 P - 40,000,
 * maintenance 6 % + 0.05 % + 0.25 % of 0.5 P, call level 5 % above, initial 10 % + 0.3 %.
 */
static void
start(ts_core *world) {
    ts_core_start(world, 10000);
    (void)rules(world, 2);
    ts_core_must(world);
    assert_int_equal(ts_core_deposit(world, 4, TS_C_USD, 990000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(world, 0, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
}

static void
move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

static plm_reject
assess(ts_core *world, uint32_t account) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, account);
    return ts_core_apply(world);
}

static plm_account_info
info(const ts_core *world, uint32_t account) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, account, &of), PLM_OK);
    assert_null(plm_core_check(world->core));
    return of;
}

static plm_stage
stage(const ts_core *world, uint32_t account) {
    return info(world, account).standing.stage;
}

static plm_reject
reduce_order(ts_core *world, uint64_t order_id) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_RESERVE, 0);
    event->reserve_body.instrument_index = TS_C_BTC_PERP;
    event->reserve_body.side = PLM_SIDE_SELL;
    event->reserve_body.lots = 100;
    event->reserve_body.limit_e8 = 100000 * E8;
    event->reserve_body.order_id = order_id;
    event->reserve_body.is_reduce_only = 1;
    return ts_core_apply(world);
}

static void
stages_follow_the_requirement_down_and_up(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    static const struct {
        int64_t usd;
        plm_stage stage;
        const char *name;
    } steps[] = {
        {100000, PLM_STAGE_HEALTHY, "healthy"}, {88000, PLM_STAGE_RESTRICTED, "restricted"},
        {85500, PLM_STAGE_CALLED, "called"},    {85000, PLM_STAGE_PARTIAL, "partial"},
        {85500, PLM_STAGE_CALLED, "called"},    {88000, PLM_STAGE_RESTRICTED, "restricted"},
        {100000, PLM_STAGE_HEALTHY, "healthy"}};
    plm_stage before = PLM_STAGE_HEALTHY;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i += 1) {
        move(&w, steps[i].usd);
        assert_int_equal(stage(&w, 0), before);
        assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
        assert_int_equal(stage(&w, 0), steps[i].stage);
        assert_string_equal(plm_stage_name(stage(&w, 0)), steps[i].name);
        const plm_effect *effect = ts_core_effect(&w, PLM_EFFECT_STAGE, PLM_NONE);
        assert_int_equal(effect != NULL, steps[i].stage != before);
        assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
        assert_null(ts_core_effect(&w, PLM_EFFECT_STAGE, PLM_NONE));
        before = steps[i].stage;
    }
    assert_string_equal(plm_stage_name((plm_stage)0), "unknown");
    ts_core_finish(&w);
}

static void
call_names_amount_and_deadline_and_the_amount_ends_it(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    move(&w, 85500);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    // Equity 2,750; maintenance 42,750 * 6.3 % = 2,693.25; call level 2,827.9125.
    plm_standing standing = info(&w, 0).standing;
    assert_int_equal(standing.call_micros, 77912500);
    assert_int_equal(standing.call_deadline_ns, w.time_ns + INT64_C(3600000000000));
    const plm_effect *call = ts_core_effect(&w, PLM_EFFECT_CALL, PLM_NONE);
    assert_non_null(call);
    assert_true(pli_i128_from_wide(call->a) == 77912500);
    assert_true(pli_i128_from_wide(call->b) == standing.call_deadline_ns);
    // The deadline of a call stands, whatever becomes of the amount.
    w.time_ns += INT64_C(1800000000000);
    move(&w, 85400);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    plm_standing later = info(&w, 0).standing;
    assert_true(later.call_micros > standing.call_micros);
    assert_int_equal(later.call_deadline_ns, standing.call_deadline_ns);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, later.call_micros - 1), PLM_REJECT_NONE);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(info(&w, 0).standing.call_micros, 1);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 1), PLM_REJECT_NONE);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    ts_core_finish(&w);
}

static void
orders_that_may_add_risk_go_below_initial_and_all_go_with_the_deadline(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_BTC_PERP, 10, 90000 * E8), PLM_REJECT_NONE);
    assert_int_equal(reduce_order(&w, 8), PLM_REJECT_NONE);
    move(&w, 88000);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(info(&w, 0).order_count, 1);
    move(&w, 85500);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(info(&w, 0).order_count, 1);
    assert_int_equal(reduce_order(&w, 9), PLM_REJECT_NONE);
    // The deadline binds by itself; what is left of the orders goes with the next assessment.
    w.time_ns = info(&w, 0).standing.call_deadline_ns;
    assert_int_equal(reduce_order(&w, 10), PLM_REJECT_RESTRICTED);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(info(&w, 0).order_count, 0);
    assert_int_equal(stage(&w, 0), PLM_STAGE_CALLED);
    ts_core_finish(&w);
}

static void
bound_account_may_only_reduce(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    move(&w, 85000);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 50000 * USD), PLM_REJECT_NONE);
    // Rich again, but nobody has looked: a withdrawal, a new order and a larger position wait.
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, USD), PLM_REJECT_RESTRICTED);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_BTC_PERP, 1, 85000 * E8),
                     PLM_REJECT_RESTRICTED);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 85000 * E8), PLM_REJECT_RESTRICTED);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -1, 85000 * E8), PLM_REJECT_NONE);
    assert_int_equal(assess(&w, 0), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, USD), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
nothing_moves_at_a_price_that_does_not_allow_it(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_BTC_PERP, 10, 90000 * E8), PLM_REJECT_NONE);
    move(&w, 85000);
    static const plm_price_state states[] = {PLM_PRICE_STATE_HELD, PLM_PRICE_STATE_STALE,
                                             PLM_PRICE_STATE_INVALID};
    for (size_t i = 0; i < 3; i += 1) {
        assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 85000 * E8, states[i]), PLM_REJECT_NONE);
        size_t size;
        uint8_t *before = ts_core_bytes_settled(w.core, &size);
        assert_int_equal(assess(&w, 0), PLM_REJECT_PRICE_STATE);
        uint8_t *after = ts_core_bytes_settled(w.core, &size);
        assert_memory_equal(before, after, size);
        free(before);
        free(after);
        assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
        assert_int_equal(info(&w, 0).order_count, 1);
    }
    assert_int_equal(assess(&w, 99), PLM_REJECT_ACCOUNT_UNKNOWN);
    ts_core_finish(&w);
}

static void
price_queues_one_scan_that_assesses_who_is_exposed(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(plm_core_job_count(w.core), 0);
    move(&w, 85000);
    assert_int_equal(plm_core_job_count(w.core), 1);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_PARTIAL);
    // A price in the middle of the walk brings one more walk behind it, however often it comes.
    move(&w, 100000);
    move(&w, 85500);
    assert_int_equal(plm_core_job_count(w.core), 1);
    // Nobody else leaves a trace, so one more step ends the walk.
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_PARTIAL);
    assert_int_equal(plm_core_job_count(w.core), 1);
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_CALLED);
    assert_int_equal(plm_core_job_count(w.core), 0);
    // The same price again, a price of what nobody holds, a dead price: no scan of accounts that it does not concern.
    move(&w, 84000);
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_PARTIAL);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 84000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(w.core), 0);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 84000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(w.core), 0);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4001 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_null(ts_core_effect(&w, PLM_EFFECT_MAINTENANCE, PLM_NONE));
    ts_core_finish(&w);
}

static void
scan_goes_on_where_an_account_has_no_price(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    // Account 0 holds ETH as well, whose price dies; account 3 does not.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 3, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    move(&w, 85000);
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
    assert_int_equal(stage(&w, 3), PLM_STAGE_PARTIAL);
    assert_int_equal(plm_core_job_count(w.core), 0);
    ts_core_finish(&w);
}

static void
scan(ts_core *world, int64_t usd) {
    move(world, usd);
    assert_int_equal(ts_core_continue(world, 1024), PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(world->core), 0);
}

static void
initial_requirement_is_followed_by_windows_and_calls_at_once(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    rules(&w, 3)[ts_core_field(&plm_liquidation_descriptor, "initial_window")] = 3;
    ts_core_must(&w);
    assert_int_equal(ts_core_trade(&w, 3, 4, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_reserve(&w, 3, 7, TS_C_BTC_PERP, 1, 80000 * E8), PLM_REJECT_NONE);
    // Accounts 0 to 2; 3 is as it was, but nothing that needs initial is let pass.
    scan(&w, 88000);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    assert_int_equal(stage(&w, 3), PLM_STAGE_HEALTHY);
    assert_int_equal(info(&w, 3).order_count, 1);
    assert_int_equal(ts_core_reserve(&w, 3, 8, TS_C_BTC_PERP, 1, 80000 * E8), PLM_REJECT_HEALTH);
    // Accounts 3 and 4, and an account that is RESTRICTED stays so wherever it is.
    scan(&w, 88001);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    assert_int_equal(stage(&w, 3), PLM_STAGE_RESTRICTED);
    assert_int_equal(info(&w, 3).order_count, 0);
    // From the first again; back to HEALTHY goes by windows too.
    scan(&w, 100000);
    assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
    assert_int_equal(stage(&w, 3), PLM_STAGE_RESTRICTED);
    // The window is elsewhere: a call is made all the same, and ends in every scan.
    scan(&w, 85500);
    assert_int_equal(stage(&w, 0), PLM_STAGE_CALLED);
    assert_int_equal(stage(&w, 3), PLM_STAGE_CALLED);
    scan(&w, 100000);
    scan(&w, 100001);
    assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
    assert_int_equal(stage(&w, 3), PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

// What it holds rests on the price, but nothing of it is at risk: a scan passes it, and the next window lets it go.
static void
restricted_account_that_has_closed_is_let_go_by_a_window(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    rules(&w, 3)[ts_core_field(&plm_liquidation_descriptor, "initial_window")] = 3;
    ts_core_must(&w);
    assert_int_equal(ts_core_trade(&w, 3, 4, TS_C_BTC_PERP, 1, 100000 * E8), PLM_REJECT_NONE);
    scan(&w, 88000);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -500, 88000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_BTC, 1000), PLM_REJECT_NONE);
    scan(&w, 88001);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    scan(&w, 88000);
    assert_int_equal(stage(&w, 0), PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

static void
restricted_account_is_touched_no_more_by_scans(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    scan(&w, 88000);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    scan(&w, 88001);
    assert_null(ts_core_effect(&w, PLM_EFFECT_MAINTENANCE, PLM_NONE));
    // An order that would have to go is looked after.
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 2000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_reserve(&w, 0, 7, TS_C_BTC_PERP, 1, 80000 * E8), PLM_REJECT_NONE);
    scan(&w, 84500);
    assert_int_equal(stage(&w, 0), PLM_STAGE_RESTRICTED);
    assert_int_equal(info(&w, 0).order_count, 0);
    ts_core_finish(&w);
}

static void
stages_and_a_scan_under_way_survive_a_snapshot(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    move(&w, 85500);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(w.core), 1);
    move(&w, 85400);
    size_t size;
    uint8_t *bytes = ts_core_bytes(w.core, &size);
    ts_core other;
    ts_core_init(&other, &w.limits);
    assert_int_equal(plm_core_decode(other.core, bytes, size, NULL), PLM_OK);
    assert_null(plm_core_check(other.core));
    assert_int_equal(stage(&other, 0), PLM_STAGE_CALLED);
    other.time_ns = w.time_ns;
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_int_equal(ts_core_continue(&other, 1024), PLM_REJECT_NONE);
    uint8_t digests[2][32];
    plm_core_digest(w.core, digests[0]);
    plm_core_digest(other.core, digests[1]);
    assert_memory_equal(digests[0], digests[1], sizeof digests[0]);
    free(bytes);
    ts_core_finish(&other);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_follow_the_requirement_down_and_up),
        cmocka_unit_test(call_names_amount_and_deadline_and_the_amount_ends_it),
        cmocka_unit_test(orders_that_may_add_risk_go_below_initial_and_all_go_with_the_deadline),
        cmocka_unit_test(bound_account_may_only_reduce),
        cmocka_unit_test(nothing_moves_at_a_price_that_does_not_allow_it),
        cmocka_unit_test(price_queues_one_scan_that_assesses_who_is_exposed),
        cmocka_unit_test(scan_goes_on_where_an_account_has_no_price),
        cmocka_unit_test(initial_requirement_is_followed_by_windows_and_calls_at_once),
        cmocka_unit_test(restricted_account_that_has_closed_is_let_go_by_a_window),
        cmocka_unit_test(restricted_account_is_touched_no_more_by_scans),
        cmocka_unit_test(stages_and_a_scan_under_way_survive_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
