/* test_pool.c: the backstop pool takes what nobody bids for, and its members share it.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/adl_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define POOL ((uint32_t)TS_C_ACCOUNTS)
#define MEMBER TS_ADL_OTHER

static plm_reject
join(ts_core *world, uint32_t account, int64_t usd) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_POOL_JOIN, account);
    event->pool_join_body.atoms = pli_wide_from_i128(usd * USD);
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

static plm_reject
leave(ts_core *world, uint32_t account, int64_t shares) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_POOL_LEAVE, account);
    event->pool_leave_body.shares = shares;
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

static int64_t
shares_of(const ts_core *world, uint32_t account) {
    plm_account_info info;
    assert_int_equal(plm_core_account(world->core, account, &info), PLM_OK);
    return info.pool_shares;
}

static plm_reject
list_pool(ts_core *world, uint32_t index) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
    event->account_body.account_index = index;
    event->account_body.kind = PLM_ACCOUNT_POOL;
    event->account_body.parent_index = PLM_NONE;
    event->account_body.instrument_index = PLM_NONE;
    event->account_body.owner = 1;
    return ts_core_apply(world);
}

// No auctions and no depth, as ts_adl_start; a day's volatility is what the listing starts with.
static void
start(ts_core *world, int64_t pool_usd, const char *field, int64_t value) {
    ts_adl_start(world, PLM_DELEVERAGE_PRO_RATA);
    plm_event *rules = ts_core_record(world, &plm_liquidation_descriptor, 0, 3);
    int64_t *values = rules->parameters_body.values;
    values[ts_core_field(&plm_liquidation_descriptor, "auction_rounds_max")] = 0;
    values[ts_core_field(&plm_liquidation_descriptor, "fruitless_max")] = 1;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 0;
    values[ts_core_field(&plm_liquidation_descriptor, "collar_ppm")] = 2500;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_ppm")] = 100000;
    values[ts_core_field(&plm_liquidation_descriptor, "auction_target_ppm")] = 500000;
    values[ts_core_field(&plm_liquidation_descriptor, "backstop_lock_ns")] = 0;
    values[ts_core_field(&plm_liquidation_descriptor, "backstop_tranche_ppm")] = 1000000;
    if (field != NULL) {
        values[ts_core_field(&plm_liquidation_descriptor, field)] = value;
    }
    ts_core_must(world);
    assert_int_equal(list_pool(world, POOL), PLM_REJECT_NONE);
    if (pool_usd > 0) {
        assert_int_equal(ts_core_deposit(world, MEMBER, TS_C_USD, pool_usd * USD), PLM_REJECT_NONE);
        assert_int_equal(join(world, MEMBER, pool_usd), PLM_REJECT_NONE);
    }
}

// A slice that nobody fills, and another look: the pool's turn.
static void
fall(ts_core *world, int64_t usd) {
    ts_adl_move(world, usd);
    (void)ts_adl_work(world);
    for (uint32_t i = 0; i < 3 && ts_adl_stage(world, 0) != PLM_STAGE_BACKSTOP; i += 1) {
        assert_int_equal(ts_adl_assess(world, TS_ADL_BANKRUPT), PLM_REJECT_NONE);
        world->time_ns += 2 * SECOND;
    }
    assert_string_equal(plm_stage_name(ts_adl_stage(world, TS_ADL_BANKRUPT)), "backstop");
}

// Steps until the pool takes something: what it is paid, below zero what it bears.
static int64_t
work_until_taken(ts_core *world) {
    while (plm_core_job_count(world->core) > 0) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
        event->continue_body.step_count = 1;
        ts_core_must(world);
        for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
            if (world->entries[i].kind == PLM_EFFECT_BACKSTOP) {
                assert_int_equal(world->entries[i].account, TS_ADL_BANKRUPT);
                assert_int_equal(world->entries[i].index, TS_C_BTC_PERP);
                return ts_adl_small(world->entries[i].b);
            }
        }
    }
    fail_msg("the pool took nothing");
    return 0;
}

static void
the_first_member_gets_a_thousand_shares_for_a_micro(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0, NULL, 0);
    assert_int_equal(join(&w, MEMBER, 0), PLM_REJECT_AMOUNT);
    assert_int_equal(join(&w, MEMBER, 1000000), PLM_REJECT_BALANCE);
    assert_int_equal(join(&w, MEMBER, 1), PLM_REJECT_NONE);
    // An empty pool is worth 0: 1,000,000 * (0 + 1000) / (0 + 1).
    assert_int_equal(shares_of(&w, MEMBER), 1000 * USD);
    // Then a micro for the slot of its balance: 1e6 * (1e9 + 1000) / (1e6 + 1 + 1), down.
    assert_int_equal(join(&w, TS_ADL_FIRST, 1), PLM_REJECT_NONE);
    assert_int_equal(shares_of(&w, TS_ADL_FIRST), 999999000);
    assert_int_equal(leave(&w, TS_ADL_FIRST, 999999001), PLM_REJECT_POOL_SHARES);
    assert_int_equal(leave(&w, TS_ADL_FIRST, 0), PLM_REJECT_AMOUNT);
    assert_int_equal(leave(&w, TS_ADL_FIRST, 999999000), PLM_REJECT_NONE);
    // In and out again gains nothing: 999,999,000 * 2,000,001 / 2,000,000,000, down.
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).usd_micros, 100000 * USD - 1);
    assert_int_equal(shares_of(&w, TS_ADL_FIRST), 0);
    ts_core_finish(&w);
}

static void
shares_are_locked_after_joining(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000, "backstop_lock_ns", 60 * SECOND);
    assert_int_equal(leave(&w, MEMBER, 1), PLM_REJECT_POOL_LOCKED);
    w.time_ns += 60 * SECOND;
    assert_int_equal(leave(&w, MEMBER, 1000000), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
its_account_only_reduces(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000, NULL, 0);
    assert_int_equal(list_pool(&w, POOL + 1), PLM_REJECT_KIND);
    assert_int_equal(ts_core_deposit(&w, POOL, TS_C_BTC, 1), PLM_REJECT_POOL_ACCOUNT);
    assert_int_equal(ts_core_deposit(&w, POOL, TS_C_USD, 1), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, POOL, TS_ADL_FIRST, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_POOL_ACCOUNT);
    assert_int_equal(ts_core_trade(&w, TS_ADL_FIRST, POOL, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_POOL_ACCOUNT);
    assert_int_equal(join(&w, POOL, 1), PLM_REJECT_POOL_ACCOUNT);
    assert_int_equal(leave(&w, POOL, 1), PLM_REJECT_POOL_ACCOUNT);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_WITHDRAW, POOL);
    event->withdraw_body.atoms = pli_wide_from_i128(1);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_POOL_ACCOUNT);
    ts_core_finish(&w);
}

static void
without_a_pool_there_is_nothing_to_join(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    assert_int_equal(join(&w, MEMBER, 1), PLM_REJECT_POOL_NONE);
    assert_int_equal(leave(&w, MEMBER, 1), PLM_REJECT_POOL_NONE);
    ts_core_finish(&w);
}

static void
a_solvent_account_pays_for_the_way_out(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000, NULL, 0);
    // Long 0.5 BTC from 100,000 with 10,000: at 82,000 equity is 1,000 and maintenance 6.3 % of 41,000.
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 82000);
    // 371 lots are 30,422 at the mark: 3.1406 % and the impact are more than the 1,000 that it has left.
    assert_int_equal(work_until_taken(&w), 1000 * USD - 1);
    ts_adl_given given = ts_adl_work(&w);
    assert_int_equal(given.lots_all, 0);
    // (2,583 * 1.5 - 1,000) / (2,583 * 1.5) of 500 lots, up.
    ts_adl_holding pool = ts_adl_held(&w, POOL);
    assert_int_equal(pool.lots, 371);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 129);
    assert_int_equal(pool.usd_micros, 1000000 * USD);
    ts_core_finish(&w);
}

static void
it_asks_for_a_spread_and_for_what_its_own_way_out_costs(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000, "impact_ppm", 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 83000);
    // (2,614.5 * 1.5 - 1,500) / (2,614.5 * 1.5) of 500 lots, up: 309, of 83.000001; six tenths of 5.2343 % are 31,406 ppm.
    assert_int_equal(work_until_taken(&w), 805469692);
    (void)ts_adl_work(&w);
    assert_int_equal(ts_adl_held(&w, POOL).lots, 309);
    ts_core_finish(&w);
}

static void
a_bankrupt_account_ends_at_nothing_within_the_tranche(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000, NULL, 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    // 15,000 lost with 10,000: 5,000 are missing, and the fund has nothing.
    fall(&w, 70000);
    ts_adl_given given = ts_adl_work(&w);
    assert_int_equal(given.lots_all, 0);
    assert_int_equal(ts_adl_held(&w, POOL).lots, 500);
    ts_adl_holding left = ts_adl_held(&w, TS_ADL_BANKRUPT);
    assert_int_equal(left.lots, 0);
    assert_int_equal(left.usd_micros, 0);
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_HEALTHY);
    // The winner has lost nothing by it.
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).lots, -500);
    ts_core_finish(&w);
}

static void
what_the_tranche_does_not_carry_is_deleveraged(void **state) {
    (void)state;
    ts_core w;
    start(&w, 10000, NULL, 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 70000);
    ts_adl_given given = ts_adl_work(&w);
    int64_t taken = ts_adl_held(&w, POOL).lots;
    // 70.000001 a lot, of which five times a day's 5.2343 % may be lost, and 10 are missing: 10,000 / 28.32.
    assert_int_equal(taken, 353);
    assert_int_equal(given.lots_all, 500 - taken);
    assert_int_equal(given.lots[TS_ADL_FIRST], 500 - taken);
    // [Q8] What the pool bore and what the winner gave up are the whole 5,000, each floored once.
    int64_t borne = 5000 * USD * taken / 500;
    assert_in_range(given.micros_all, 5000 * USD - borne - 1, 5000 * USD - borne + 2);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 0);
    ts_core_finish(&w);
}

static void
nobody_leaves_with_what_the_pool_needs(void **state) {
    (void)state;
    ts_core w;
    start(&w, 20000, NULL, 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 70000);
    (void)ts_adl_work(&w);
    int64_t before = shares_of(&w, MEMBER);
    plm_reject reject = leave(&w, MEMBER, before);
    assert_true(reject == PLM_REJECT_NONE || reject == PLM_REJECT_POOL_RESERVED);
    assert_true(shares_of(&w, MEMBER) > 0);
    assert_int_equal(leave(&w, MEMBER, shares_of(&w, MEMBER)), PLM_REJECT_POOL_RESERVED);
    // The inventory is sold: everybody can leave.
    int64_t lots = ts_adl_held(&w, POOL).lots;
    ts_adl_trade(&w, TS_ADL_OTHER, POOL, lots, 70000);
    assert_int_equal(leave(&w, MEMBER, shares_of(&w, MEMBER)), PLM_REJECT_NONE);
    assert_int_equal(shares_of(&w, MEMBER), 0);
    ts_core_finish(&w);
}

static void
what_loses_more_than_its_tranche_is_closed_at_the_mark(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000, "backstop_tranche_ppm", 10000);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 70000);
    (void)ts_adl_work(&w);
    assert_int_equal(ts_adl_held(&w, POOL).lots, 353);
    // 3,530 borne; at 52,000 another 6,354 are lost, and 1 % of 990,116 is 9,901.
    ts_adl_move(&w, 52000);
    assert_int_equal(ts_adl_work(&w).lots_all, 0);
    assert_int_equal(ts_adl_held(&w, POOL).lots, 353);
    // At 51,900 it is 9,919 of 990,080: closed by the scan, with no haircut of the other side.
    ts_adl_move(&w, 51900);
    ts_adl_given given = ts_adl_work(&w);
    assert_int_equal(given.lots[TS_ADL_FIRST], 353);
    assert_int_equal(given.micros_all, 0);
    ts_adl_holding pool = ts_adl_held(&w, POOL);
    assert_int_equal(pool.lots, 0);
    assert_int_equal(pool.usd_micros, (1000000 - 3530 - 353 * 181 / 10) * USD - 300000);
    ts_core_finish(&w);
}

static void
an_empty_pool_or_tranche_takes_nothing(void **state) {
    (void)state;
    ts_core w;
    start(&w, 1000000, "backstop_tranche_ppm", 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    fall(&w, 70000);
    ts_adl_given given = ts_adl_work(&w);
    assert_int_equal(given.lots_all, 500);
    assert_int_equal(ts_adl_held(&w, POOL).lots, 0);
    ts_core_finish(&w);
    start(&w, 0, NULL, 0);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT); // no turn of a pool in between
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_member_gets_a_thousand_shares_for_a_micro),
        cmocka_unit_test(shares_are_locked_after_joining),
        cmocka_unit_test(its_account_only_reduces),
        cmocka_unit_test(without_a_pool_there_is_nothing_to_join),
        cmocka_unit_test(a_solvent_account_pays_for_the_way_out),
        cmocka_unit_test(it_asks_for_a_spread_and_for_what_its_own_way_out_costs),
        cmocka_unit_test(a_bankrupt_account_ends_at_nothing_within_the_tranche),
        cmocka_unit_test(what_the_tranche_does_not_carry_is_deleveraged),
        cmocka_unit_test(nobody_leaves_with_what_the_pool_needs),
        cmocka_unit_test(what_loses_more_than_its_tranche_is_closed_at_the_mark),
        cmocka_unit_test(an_empty_pool_or_tranche_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
