/* test_equity.c: collateral, loans, profit and the slow price, worked out by hand.    SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/margin.h"
#include "support/desk.h"

#include <cmocka.h>

static const int64_t usd = 1000000; // micros, and atoms of the desk's USD
static const int64_t e8 = 100000000;
static const int64_t coin = 100000000; // atoms of one BTC

static plm_requirement
require(ts_desk *desk, plm_reason *reason) {
    plm_requirement requirement = {0};
    plm_fault fault = {0};
    plm_status status = plm_margin_require(&plm_model_tiered, &desk->input, &desk->workspace,
                                           &requirement, reason, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return requirement;
}

/* 20 BTC = 200,000: 50,000 * 95 % + 100,000 * 90 % + 50,000 * 80 %. */
static void
size_tiers_are_marginal(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    desk.tiered.haircut_sigma_ppm = 0;
    desk.assets[TS_BTC].tier_count = 3;
    desk.assets[TS_BTC].tiers[0] = (plm_haircut_tier){50000 * usd, 50000};
    desk.assets[TS_BTC].tiers[1] = (plm_haircut_tier){150000 * usd, 100000};
    desk.assets[TS_BTC].tiers[2] = (plm_haircut_tier){INT64_MAX, 200000};
    ts_desk_fund(&desk, TS_BTC, 20 * coin);
    plm_requirement got = require(&desk, NULL);
    assert_int_equal(got.equity_maintenance_micros, 177500 * usd);
    assert_int_equal(got.equity_initial_micros, 177500 * usd);
}

/* A loan of 1 BTC at 10,000 + 50 of confidence, times 1.1. */
static void
a_loan_counts_at_the_high_price_and_its_haircut(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    desk.assets[TS_BTC].liability_haircut_ppm = 100000;
    desk.prices[0].price.confidence_e8 = 50 * e8;
    ts_desk_fund(&desk, TS_BTC, -coin);
    plm_reason reason = {0};
    plm_requirement got = require(&desk, &reason);
    assert_int_equal(got.equity_maintenance_micros, -11055 * usd);
    assert_int_equal(reason.liabilities_micros, 11055 * usd);
}

/*
 * Perpetual 9,000 to 10,000: +1,000. Future short from 9,500 to 10,100: -600. They share a settlement asset: net +400,
 * weight 0.8. The inverse long from 12,500 to 10,000 settles in coin: 0.8 - 1.0 BTC = -2,000 on its own.
 */
static void
profits_net_within_a_settlement_asset_before_they_are_weighted(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
    ts_desk_hold(&desk, TS_FUTURE, -1000, 9500 * e8);
    ts_desk_hold(&desk, TS_INVERSE, 1000, 12500 * e8);
    plm_requirement got = require(&desk, NULL);
    assert_int_equal(got.equity_initial_micros, -1680 * usd);
    assert_int_equal(got.equity_maintenance_micros, -1600 * usd);
}

/* Gain 1,000 less 300 of distance to the slow price, then 0.8; a fall by 100 changes neither difference. */
static void
the_slow_price_lowers_gains_before_they_are_weighted(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
    desk.prices[0].price.slow_e8 = 9700 * e8;
    plm_reason reason = {0};
    plm_requirement high = require(&desk, &reason);
    assert_int_equal(high.equity_initial_micros, 560 * usd);
    assert_int_equal(high.equity_maintenance_micros, 1000 * usd);
    assert_int_equal(reason.slow_price_micros, 300 * usd);
    desk.prices[0].price.price_e8 = 9900 * e8;
    desk.marks[TS_PERP].mark_e8 = 9900 * e8;
    plm_requirement low = require(&desk, NULL);
    assert_int_equal(low.equity_initial_micros, 560 * usd);
    assert_int_equal(low.equity_maintenance_micros, 900 * usd);
}

/* A hedged book has no net exposure, so a slow price far away takes nothing off: gain 1,000 and loss 600 as before. */
static void
the_slow_price_looks_at_the_net_exposure(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
    ts_desk_hold(&desk, TS_FUTURE, -1000, 9500 * e8);
    desk.prices[0].price.slow_e8 = 7000 * e8;
    plm_reason reason = {0};
    plm_requirement got = require(&desk, &reason);
    assert_int_equal(reason.slow_price_micros, 0);
    assert_int_equal(got.equity_initial_micros, 320 * usd);
}

/* 1,000 barrels, reference 50: 6 % and 0.3 % of 50,000 at -37.63 as at 0 and 0.01. */
static void
a_fraction_near_a_price_of_zero_is_of_the_reference_price(void **state) {
    (void)state;
    static ts_desk desk;
    static const int64_t prices[] = {-3763000000, 0, 1000000};
    ts_desk_init(&desk);
    desk.underlyings[0].domain = PLM_PRICE_DOMAIN_ANY;
    desk.underlyings[0].reference_e8 = 50 * e8;
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i += 1) {
        desk.prices[0].price.price_e8 = prices[i];
        desk.prices[0].price.slow_e8 = prices[i];
        desk.marks[TS_PERP].mark_e8 = prices[i];
        desk.portfolio.position_count = 0;
        ts_desk_hold(&desk, TS_PERP, 1000000, prices[i]);
        plm_requirement got = require(&desk, NULL);
        assert_int_equal(got.maintenance_micros, 3150 * usd);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_tiers_are_marginal),
        cmocka_unit_test(a_loan_counts_at_the_high_price_and_its_haircut),
        cmocka_unit_test(profits_net_within_a_settlement_asset_before_they_are_weighted),
        cmocka_unit_test(the_slow_price_lowers_gains_before_they_are_weighted),
        cmocka_unit_test(the_slow_price_looks_at_the_net_exposure),
        cmocka_unit_test(a_fraction_near_a_price_of_zero_is_of_the_reference_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
