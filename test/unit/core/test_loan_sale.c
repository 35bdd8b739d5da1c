/* test_loan_sale.c: whoever brings the coin that an account owes takes its cash.       SPDX-License-Identifier: Apache-2.0 */
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
#define OWING 0u
#define BIDDER 4u

static int64_t
held(const ts_core *world, uint32_t account, uint32_t asset) {
    plm_position positions[64];
    plm_order orders[64];
    plm_balance balances[64];
    plm_portfolio portfolio;
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
        if (balances[i].asset_index == asset) {
            return (int64_t)pli_i128_from_wide(balances[i].atoms);
        }
    }
    return 0;
}

static plm_standing
standing(const ts_core *world) {
    plm_account_info info;
    assert_int_equal(plm_core_account(world->core, OWING, &info), PLM_OK);
    return info.standing;
}

static plm_reject
bid(ts_core *world) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_BID, BIDDER);
    event->bid_body.sold_account = OWING;
    event->bid_body.round = standing(world).round_count;
    event->bid_body.share_ppm = 1000000;
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

// One coin is owed against 150,000, and comes to cost more; its loan counts 5 % more than it costs.
static void
start(ts_core *world, int64_t price_usd, int64_t seconds) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    assert_int_equal(ts_core_deposit(world, OWING, TS_C_USD, 150000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(world, BIDDER, TS_C_BTC, 5 * E8), PLM_REJECT_NONE);
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_BORROW, OWING);
    event->borrow_body.asset_index = TS_C_BTC;
    event->borrow_body.atoms = pli_wide_from_i128(E8);
    ts_core_must(world);
    for (int64_t passed = 0; passed <= seconds; passed += 15) {
        assert_int_equal(ts_core_price(world, TS_C_U_BTC, price_usd * E8, PLM_PRICE_STATE_VALID),
                         PLM_REJECT_NONE);
        ts_core_write(world, PLM_EVENT_TYPE_ASSESS, OWING);
        ts_core_must(world);
        world->time_ns += passed < seconds ? 15 * SECOND : 0;
    }
    assert_int_equal(standing(world).stage, PLM_STAGE_AUCTION);
}

static void
all_the_cash_pays_for_the_coin(void **state) {
    (void)state;
    ts_core w;
    start(&w, 150000, 0);
    assert_int_equal(bid(&w), PLM_REJECT_NONE);
    assert_int_equal(held(&w, OWING, TS_C_BTC), 0);
    assert_int_equal(held(&w, OWING, TS_C_USD), 0);
    assert_int_equal(held(&w, BIDDER, TS_C_BTC), 4 * E8);
    assert_int_equal(held(&w, BIDDER, TS_C_USD), 150000 * USD);
    assert_int_equal(standing(&w).stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

// After 15 of 30 seconds half of the 5 % is the bidder's: 145,000 * 1.025 = 148,625.
static void
what_the_loan_counts_more_goes_to_the_bidder_with_time(void **state) {
    (void)state;
    ts_core w;
    start(&w, 145000, 15);
    assert_int_equal(bid(&w), PLM_REJECT_NONE);
    assert_int_equal(held(&w, BIDDER, TS_C_USD), 148625 * USD);
    assert_int_equal(held(&w, OWING, TS_C_USD), 1375 * USD);
    assert_int_equal(held(&w, OWING, TS_C_BTC), 0);
    assert_int_equal(standing(&w).stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

// 153,750 would be asked for, and there are 150,000.
static void
no_more_is_paid_than_there_is(void **state) {
    (void)state;
    ts_core w;
    start(&w, 150000, 15);
    assert_int_equal(bid(&w), PLM_REJECT_AUCTION_DUST);
    assert_int_equal(held(&w, OWING, TS_C_USD), 150000 * USD);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_the_cash_pays_for_the_coin),
        cmocka_unit_test(what_the_loan_counts_more_goes_to_the_bidder_with_time),
        cmocka_unit_test(no_more_is_paid_than_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
