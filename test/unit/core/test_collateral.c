/* test_collateral.c: the fund takes collateral that nobody bids for, for debts that it pays.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define OWING 0u

static int64_t
small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

static plm_asset_totals
totals_of(const ts_core *world, uint32_t asset) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, asset, &totals), PLM_OK);
    return totals;
}

static plm_account_info
info_of(const ts_core *world) {
    plm_account_info info;
    assert_int_equal(plm_core_account(world->core, OWING, &info), PLM_OK);
    return info;
}

static void
assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, OWING);
    ts_core_must(world);
    assert_null(plm_core_check(world->core));
}

// 50,000 owed against one coin, which falls from 100,000 to 40,000; there are no auctions, or nobody bids.
static void
start(ts_core *world, int64_t fund_usd, bool has_auctions) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    if (!has_auctions) {
        plm_event *rules = ts_core_record(world, &plm_liquidation_descriptor, 0, 2);
        rules->parameters_body
            .values[ts_core_field(&plm_liquidation_descriptor, "auction_rounds_max")] = 0;
        ts_core_must(world);
    }
    assert_int_equal(ts_core_deposit(world, 4, TS_C_USD, 500000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(world, OWING, TS_C_BTC, E8), PLM_REJECT_NONE);
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_BORROW, OWING);
    event->borrow_body.asset_index = TS_C_USD;
    event->borrow_body.atoms = pli_wide_from_i128(50000 * USD);
    ts_core_must(world);
    event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
    event->fund_body.asset_index = TS_C_USD;
    event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
    event->fund_body.instrument_index = PLM_NONE;
    event->fund_body.atoms = pli_wide_from_i128(fund_usd * USD);
    ts_core_must(world);
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, 40000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
}

// By hand: 40,000 less 5 % pay 38,000 of the debt; the other 12,000 are a deficit, which the fund covers.
static void
coin_goes_to_the_fund_at_the_discount(void **state) {
    (void)state;
    ts_core w;
    start(&w, 100000, false);
    assess(&w);
    const plm_effect *taken = ts_core_effect(&w, PLM_EFFECT_COLLATERAL, OWING);
    assert_non_null(taken);
    assert_int_equal(taken->index, TS_C_BTC);
    assert_int_equal(small(taken->a), E8);
    assert_int_equal(small(taken->b), 0);
    assert_int_equal(info_of(&w).standing.stage, PLM_STAGE_HEALTHY);
    assert_int_equal(info_of(&w).balance_count, 0);
    assert_int_equal(small(totals_of(&w, TS_C_USD).insurance), 50000 * USD);
    assert_int_equal(small(totals_of(&w, TS_C_BTC).insurance), E8);
    assert_int_equal(small(totals_of(&w, TS_C_USD).bad_debt), 0);
    ts_core_finish(&w);
}

// 12,667 pay for 13,333.684211 worth of coin, up to the atom; the rest stays until the fund has more.
static void
fund_takes_no_more_than_it_pays_for(void **state) {
    (void)state;
    ts_core w;
    start(&w, 12667, false);
    assess(&w);
    assert_int_equal(small(ts_core_effect(&w, PLM_EFFECT_COLLATERAL, OWING)->a), 33334211);
    assert_int_equal(small(totals_of(&w, TS_C_USD).insurance), 0);
    assert_int_equal(small(totals_of(&w, TS_C_USD).borrowed), 37333 * USD);
    assert_int_equal(info_of(&w).standing.stage, PLM_STAGE_PARTIAL);
    ts_core_finish(&w);
}

// Bidders come first: the fund takes the coin when three rounds have found none.
static void
auction_is_held_before_the_fund_takes_anything(void **state) {
    (void)state;
    ts_core w;
    start(&w, 100000, true);
    assess(&w);
    assert_int_equal(info_of(&w).standing.stage, PLM_STAGE_AUCTION);
    assert_null(ts_core_effect(&w, PLM_EFFECT_COLLATERAL, OWING));
    for (uint32_t i = 0; i < 20 && info_of(&w).standing.stage == PLM_STAGE_AUCTION; i += 1) {
        w.time_ns += 31 * INT64_C(1000000000);
        assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 40000 * E8, PLM_PRICE_STATE_VALID),
                         PLM_REJECT_NONE);
        assess(&w);
    }
    assert_int_equal(small(ts_core_effect(&w, PLM_EFFECT_COLLATERAL, OWING)->a), E8);
    assert_int_equal(info_of(&w).standing.stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coin_goes_to_the_fund_at_the_discount),
        cmocka_unit_test(fund_takes_no_more_than_it_pays_for),
        cmocka_unit_test(auction_is_held_before_the_fund_takes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
