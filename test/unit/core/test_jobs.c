/* test_jobs.c: settlements and risk arrays in steps, and when arrays are made anew.       SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static plm_reject
settle(ts_core *world, uint32_t instrument, int64_t price_e8) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = instrument;
    event->settle_expiry_body.price_e8 = price_e8;
    return ts_core_apply(world);
}

static uint32_t
count_effects(const ts_core *world, plm_effect_kind kind) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        count += world->entries[i].kind == kind ? 1 : 0;
    }
    return count;
}

// What the last CONTINUE told of the queue.
static int64_t
jobs_left(const ts_core *world) {
    assert_int_equal(count_effects(world, PLM_EFFECT_JOB), 1);
    uint32_t at = 0;
    while (world->entries[at].kind != PLM_EFFECT_JOB) {
        at += 1;
    }
    return (int64_t)pli_i128_from_wide(world->entries[at].a);
}

static int64_t
cash(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    return (int64_t)pli_i128_from_wide(balances[0].atoms);
}

static void
expiry_is_settled_account_by_account(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_QUEUE_EMPTY);
    assert_int_equal(ts_core_continue(&w, 0), PLM_REJECT_STEPS);
    assert_int_equal(ts_core_continue(&w, 1025), PLM_REJECT_STEPS);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_FUTURE, 100, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(settle(&w, TS_C_BTC_FUTURE, 101000 * E8), PLM_REJECT_NOT_EXPIRED);
    assert_int_equal(settle(&w, TS_C_BTC_PERP, 101000 * E8), PLM_REJECT_KIND);
    w.time_ns = TS_C_EXPIRY;
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_FUTURE, 1, 100000 * E8),
                     PLM_REJECT_INSTRUMENT_CLOSED);
    assert_int_equal(settle(&w, TS_C_BTC_FUTURE, 101000 * E8), PLM_REJECT_NONE);
    assert_int_equal(settle(&w, TS_C_BTC_FUTURE, 101000 * E8), PLM_REJECT_INSTRUMENT_CLOSED);
    assert_int_equal(ts_core_continue(&w, 4), PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_PHASE), 0);
    assert_int_equal(jobs_left(&w), 1);
    assert_int_equal(ts_core_continue(&w, 1024), PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_PHASE), 1);
    assert_int_equal(jobs_left(&w), 0);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_QUEUE_EMPTY);
    // 0.1 BTC gained 1,000 USD: the loser has paid, so the winner is paid at the next touch.
    assert_int_equal(cash(&w, 4), 9900 * USD);
    assert_int_equal(cash(&w, 0), 10100 * USD);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

// What nobody has paid yet counts for 80 % of the initial requirement's equity and in full for that of maintenance.
static void
profit_that_waits_for_the_loser_counts_as_its_record_says(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_FUTURE, 100, 100000 * E8), PLM_REJECT_NONE);
    w.time_ns = TS_C_EXPIRY;
    assert_int_equal(settle(&w, TS_C_BTC_FUTURE, 101000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
    plm_requirement now;
    plm_core_question question = {.account = 0};
    assert_int_equal(plm_core_require(w.core, &question, &now, NULL, NULL), PLM_OK);
    assert_int_equal(now.equity_initial_micros, 10080 * USD);
    assert_int_equal(now.equity_maintenance_micros, 10100 * USD);
    ts_core_finish(&w);
}

static void
build_sets(ts_core *world, uint32_t horizon_count) {
    plm_event *event = ts_core_record(world, &plm_shock_descriptor, 0, 3);
    int64_t *values = event->parameters_body.values;
    values[ts_core_field(&plm_shock_descriptor, "step_ppm")] = 300000;
    values[ts_core_field(&plm_shock_descriptor, "level_min")] = 1;
    values[ts_core_field(&plm_shock_descriptor, "level_max")] = 1;
    ts_core_must(world);
    for (uint32_t h = 1; h <= horizon_count; h += 1) {
        event = ts_core_write(world, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        event->scenario_commit_body.horizon = h;
        ts_core_must(world);
        assert_int_equal(ts_core_continue(world, 1024), PLM_REJECT_NONE);
    }
}

// Two venues that differ in the rows for the initial requirement only.
static void
hash_of_the_arrays_is_over_both_horizons(void **state) {
    (void)state;
    plm_wide hashes[2];
    for (uint32_t i = 0; i < 2; i += 1) {
        ts_core w;
        ts_core_start(&w, 10000);
        ts_core_portfolio(&w);
        build_sets(&w, 1 + i);
        assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 110000 * E8, PLM_PRICE_STATE_VALID),
                         PLM_REJECT_NONE);
        const plm_effect *built = ts_core_effect(&w, PLM_EFFECT_ARRAYS, PLM_NONE);
        assert_non_null(built);
        hashes[i] = built->b;
        ts_core_finish(&w);
    }
    assert_memory_not_equal(&hashes[0], &hashes[1], sizeof hashes[0]);
}

static void
two_sets_are_built_in_steps_and_swapped_whole(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    ts_core_portfolio(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 10, 100000 * E8), PLM_REJECT_NONE);
    plm_requirement before;
    plm_requirement now;
    plm_core_question question = {.account = 0};
    assert_int_equal(plm_core_require(w.core, &question, &before, NULL, NULL), PLM_OK);
    // Wider shocks, but only once the new set is complete.
    plm_event *event = ts_core_record(&w, &plm_shock_descriptor, 0, 3);
    int64_t *values = event->parameters_body.values;
    values[ts_core_field(&plm_shock_descriptor, "step_ppm")] = 300000;
    values[ts_core_field(&plm_shock_descriptor, "level_min")] = 1;
    values[ts_core_field(&plm_shock_descriptor, "level_max")] = 1;
    ts_core_must(&w);
    for (uint32_t h = 1; h <= 2; h += 1) {
        event = ts_core_write(&w, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        event->scenario_commit_body.horizon = h;
        ts_core_must(&w);
        assert_int_equal(ts_core_apply(&w), PLM_REJECT_QUEUE_FULL);
    }
    for (uint32_t step = 0; step < 4; step += 1) {
        assert_int_equal(plm_core_require(w.core, &question, &now, NULL, NULL), PLM_OK);
        // The set for maintenance is complete after two of the four.
        assert_int_equal(now.maintenance_micros == before.maintenance_micros, step < 2);
        assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
        assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 1);
    }
    assert_int_equal(plm_core_require(w.core, &question, &now, NULL, NULL), PLM_OK);
    assert_true(now.initial_micros > before.initial_micros);
    assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_QUEUE_EMPTY);
    ts_core_finish(&w);
}

static void
scenario_commit_is_refused_for_its_reasons(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
    event->scenario_commit_body.horizon = 3;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    event->scenario_commit_body.horizon = 1;
    // The standard record wants 500 days of history.
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_HISTORY);
    ts_core_portfolio(&w);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
    event->scenario_commit_body.horizon = 1;
    event->scenario_commit_body.hash[0] = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_HASH);
    event = ts_core_record(&w, &plm_shock_descriptor, 1, 3);
    event->parameters_body.values[ts_core_field(&plm_shock_descriptor, "probe_multiple_ppm")] =
        2100000;
    ts_core_must(&w);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
    event->scenario_commit_body.horizon = 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    ts_core_finish(&w);
}

static void
arrays_are_rebuilt_when_the_price_leaves_its_band(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    ts_core_portfolio(&w);
    // reprice_ppm is 1,000: 100 of 100,000.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100100 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 0);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100100 * E8 + 1, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 1);
    // Not VALID: later.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 110000 * E8, PLM_PRICE_STATE_HELD),
                     PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 0);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 100050 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100100 * E8 + 1, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 0);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 100150 * E8), PLM_REJECT_NONE);
    assert_int_equal(count_effects(&w, PLM_EFFECT_ARRAYS), 1);
    ts_core_finish(&w);
}

static void
drift_that_is_allowed_is_charged(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    ts_core_portfolio(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 100, 100000 * E8), PLM_REJECT_NONE);
    plm_requirement with;
    plm_requirement without;
    plm_core_question question = {.account = 0};
    assert_int_equal(plm_core_require(w.core, &question, &with, NULL, NULL), PLM_OK);
    plm_event *event = ts_core_record(&w, &plm_core_descriptor, 0, 2);
    event->parameters_body.values[ts_core_field(&plm_core_descriptor, "reprice_ppm")] = 0;
    ts_core_must(&w);
    assert_int_equal(plm_core_require(w.core, &question, &without, NULL, NULL), PLM_OK);
    // 0.1 BTC is 10,000 USD of delta; 0.1 % of it is 10 USD.
    assert_int_equal(with.initial_micros - without.initial_micros, 10 * USD);
    assert_int_equal(with.maintenance_micros - without.maintenance_micros, 10 * USD);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expiry_is_settled_account_by_account),
        cmocka_unit_test(profit_that_waits_for_the_loser_counts_as_its_record_says),
        cmocka_unit_test(hash_of_the_arrays_is_over_both_horizons),
        cmocka_unit_test(two_sets_are_built_in_steps_and_swapped_whole),
        cmocka_unit_test(scenario_commit_is_refused_for_its_reasons),
        cmocka_unit_test(arrays_are_rebuilt_when_the_price_leaves_its_band),
        cmocka_unit_test(drift_that_is_allowed_is_charged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
