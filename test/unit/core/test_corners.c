/* test_corners.c: accounts that rest on a price which may not be used.                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/corners.h"
#include "core/sides.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static void
start(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    assert_int_equal(ts_core_deposit(world, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(world, 4, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
}

static pli_corners
corners_of(ts_core *world, uint32_t account, bool is_withdrawal) {
    pli_corners corners = {.combinations = 1};
    pli_holding holding = pli_sides_holding(world->core, account);
    assert_int_equal(pli_corners_add(world->core, &holding, is_withdrawal, &corners),
                     PLM_REJECT_NONE);
    return corners;
}

// 10 lots of 0.01 ETH at 4,000, long: 400 USD. At the floor, 0, they have lost 400 of the 10,000; the ceiling is 12,000.
static void
withdrawal_without_a_price_holds_at_both_bounds(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 10, 4000 * E8), PLM_REJECT_NONE);
    assert_int_equal(corners_of(&w, 0, true).count, 0);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    pli_corners corners = corners_of(&w, 0, true);
    assert_int_equal(corners.count, 1);
    assert_int_equal(corners.underlyings[0], TS_C_U_ETH);
    assert_int_equal(corners.ends_e8[0][0], 1);
    assert_int_equal(corners.ends_e8[0][1], 12000 * E8);
    // The long may keep 400 of what it has, and the requirement there is nothing to speak of; the short 800 and more.
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 9601 * USD), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 9000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 4, TS_C_USD, 9201 * USD), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 4, TS_C_USD, 8000 * USD), PLM_REJECT_NONE);
    // Looking at the ends has left price and mark as they were.
    assert_int_equal(w.core->prices[TS_C_U_ETH].price.state, PLM_PRICE_STATE_STALE);
    assert_int_equal(w.core->prices[TS_C_U_ETH].price.price_e8, 4000 * E8);
    assert_int_equal(w.core->marks[TS_C_ETH_PERP].mark_e8, 4000 * E8);
    // Nobody takes risk on it.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_PRICE_STATE);
    ts_core_finish(&w);
}

// VALID and too old to withdraw by: between its ends stands the price itself, with the slow price that no end has. The short of
// 400 USD owes 2,000 more at a slow price of 24,000 than at 4,000; at the ceiling it has lost 800.
static void
old_price_counts_as_it_stands_too(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 10, 4000 * E8), PLM_REJECT_NONE);
    w.core->underlyings[TS_C_U_ETH].is_strict = 0;
    pli_corners corners = corners_of(&w, 4, true);
    assert_int_equal(corners.combinations, 3);
    assert_int_equal(corners.ends_e8[0][2], 4000 * E8);
    assert_int_equal(ts_core_withdraw(&w, 4, TS_C_USD, 100 * USD), PLM_REJECT_NONE);
    w.core->prices[TS_C_U_ETH].price.slow_e8 = 24000 * E8;
    w.core->underlyings[TS_C_U_ETH].is_strict = 0;
    assert_int_equal(ts_core_withdraw(&w, 4, TS_C_USD, 7900 * USD), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 4, TS_C_USD, 7500 * USD), PLM_REJECT_NONE);
    assert_int_equal(w.core->prices[TS_C_U_ETH].price.slow_e8, 24000 * E8);
    ts_core_finish(&w);
}

// A price that has never been one has no ends.
static void
price_that_never_was_shields_nobody(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_BTC, E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    w.core->underlyings[TS_C_U_BTC].is_priced = false;
    w.core->prices[TS_C_U_BTC].price.state = PLM_PRICE_STATE_INVALID;
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 1), PLM_REJECT_PRICE_STATE);
    ts_core_finish(&w);
}

// HELD at 100,000 with 80,000 waiting: 10 lots of 0.001 BTC, long, are worth 1,000 or 800.
static void
held_price_is_looked_at_where_it_is_worse(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 10, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_HELD),
                     PLM_REJECT_NONE);
    w.core->underlyings[TS_C_U_BTC].candidate_e8 = 80000 * E8;
    pli_corners corners = corners_of(&w, 0, false);
    assert_int_equal(corners.ends_e8[0][0], 100000 * E8);
    assert_int_equal(corners.ends_e8[0][1], 80000 * E8);
    pli_corners_enter(w.core, &corners, 1);
    assert_int_equal(w.core->prices[TS_C_U_BTC].price.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(w.core->marks[TS_C_BTC_PERP].mark_e8, 80000 * E8);
    assert_int_equal(w.core->marks[TS_C_ETH_PERP].mark_e8, 4000 * E8);
    pli_corners_leave(w.core, &corners);
    assert_int_equal(w.core->marks[TS_C_BTC_PERP].mark_e8, 100000 * E8);
    // 200 are lost at the candidate: 9,801 cannot leave whatever the requirement.
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 9801 * USD), PLM_REJECT_HEALTH);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 9000 * USD), PLM_REJECT_NONE);
    // Closing is allowed, though nobody knows which of the two it is; opening is not.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_PRICE_STATE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -4, 100000 * E8), PLM_REJECT_NONE);
    // Another symbol's trade looks at both as well, and passes at both.
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

// On a domain `any` prices may be below zero: marks move by as much as the price, whatever its sign.
static void
price_below_zero_has_ends_as_well(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    w.core->ledger.underlyings[TS_C_U_ETH].domain = PLM_PRICE_DOMAIN_ANY;
    w.core->ledger.underlyings[TS_C_U_ETH].reference_e8 = 100 * E8;
    w.core->prices[TS_C_U_ETH].price.price_e8 = -50 * E8;
    w.core->prices[TS_C_U_ETH].price.state = PLM_PRICE_STATE_HELD;
    w.core->underlyings[TS_C_U_ETH].candidate_e8 = 30 * E8;
    w.core->marks[TS_C_ETH_PERP].mark_e8 = -48 * E8;
    pli_corners corners = corners_of(&w, 0, false);
    assert_int_equal(corners.ends_e8[0][0], -50 * E8);
    pli_corners_enter(w.core, &corners, 0);
    assert_int_equal(w.core->marks[TS_C_ETH_PERP].mark_e8, -48 * E8);
    pli_corners_leave(w.core, &corners);
    pli_corners_enter(w.core, &corners, 1);
    assert_int_equal(w.core->marks[TS_C_ETH_PERP].mark_e8, 32 * E8);
    assert_int_equal(w.core->prices[TS_C_U_ETH].price.price_e8, 30 * E8);
    pli_corners_leave(w.core, &corners);
    assert_int_equal(w.core->marks[TS_C_ETH_PERP].mark_e8, -48 * E8);
    // Without a price the ends are those of the record.
    w.core->prices[TS_C_U_ETH].price.state = PLM_PRICE_STATE_STALE;
    corners = corners_of(&w, 0, false);
    pli_corners_enter(w.core, &corners, 0);
    pli_corners_leave(w.core, &corners);
    assert_int_equal(w.core->prices[TS_C_U_ETH].price.price_e8, -50 * E8);
    ts_core_finish(&w);
}

// A future and a perpetual on the same stale price, one long, one short: what one loses the other gains, at both ends.
static void
hedge_counts_as_one(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_FUTURE, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 10, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_FUTURE, -10, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    // One leg alone would lose 1,000 at the floor or 2,000 at the ceiling.
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 8500 * USD), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

// An option on a price that is gone: what it is worth at an end nobody says.
static void
option_on_an_unusable_price_waits(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_CALL, 1, 100 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, USD), PLM_REJECT_PRICE_STATE);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(withdrawal_without_a_price_holds_at_both_bounds),
        cmocka_unit_test(old_price_counts_as_it_stands_too),
        cmocka_unit_test(price_that_never_was_shields_nobody),
        cmocka_unit_test(held_price_is_looked_at_where_it_is_worse),
        cmocka_unit_test(price_below_zero_has_ends_as_well),
        cmocka_unit_test(hedge_counts_as_one),
        cmocka_unit_test(option_on_an_unusable_price_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
