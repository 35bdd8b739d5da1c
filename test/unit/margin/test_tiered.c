/* test_tiered.c: models tiered and dynamic against numbers worked out by hand.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "plimsoll/margin.h"
#include "support/desk.h"

#include <cmocka.h>

static const int64_t usd = 1000000; // micros, and atoms of the desk's USD
static const int64_t e8 = 100000000;

static plm_requirement
require(ts_desk *desk, const plm_model *model, plm_reason *reason) {
    plm_requirement requirement;
    plm_fault fault = {0};
    plm_status status =
        plm_margin_require(model, &desk->input, &desk->workspace, &requirement, reason, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return requirement;
}

static void
an_empty_portfolio_requires_nothing(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.initial_micros, 0);
    assert_int_equal(got.maintenance_micros, 0);
    assert_int_equal(got.equity_maintenance_micros, 0);
    assert_int_equal(got.health, PLM_HEALTH_HEALTHY);
}

/*
 * 1,000 lots of 0.001 BTC at 10,000: notional 10,000 USD, all in the first tier.
 * Initial 10 % = 1,000, maintenance 6 % = 600; fees 0.05 % = 5 and 0.25 % = 25.
 * Entered at 9,000: profit 1,000; maintenance weight 1, initial weight 0.8.
 */
static void
one_perpetual_by_hand(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
    ts_desk_fund(&desk, TS_USD, 500 * usd);
    int64_t position[1] = {0};
    plm_reason reason = {.maintenance = {.position_micros = position}};
    plm_requirement got = require(&desk, &plm_model_tiered, &reason);
    assert_int_equal(got.initial_micros, 1030 * usd);
    assert_int_equal(got.maintenance_micros, 630 * usd);
    assert_int_equal(got.call_micros, 661500000); // 630 * 1.05
    assert_int_equal(got.equity_maintenance_micros, 1500 * usd);
    assert_int_equal(got.equity_initial_micros, 1300 * usd);
    assert_int_equal(got.health, PLM_HEALTH_HEALTHY);
    assert_int_equal(position[0], 600 * usd);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_FRACTION);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_LIQUIDATION_FEE], 25 * usd);
}

/* A loss counts in full in both equities: entered at 11,000, loss 1,000. */
static void
losses_count_in_full(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 11000 * e8);
    ts_desk_fund(&desk, TS_USD, 1640 * usd);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.equity_initial_micros, 640 * usd);
    assert_int_equal(got.equity_maintenance_micros, 640 * usd);
    assert_int_equal(got.health, PLM_HEALTH_CALLED); // 630 <= 640 < 661.5
    assert_string_equal(plm_health_name(got.health), "called");
}

/*
 * Inverse: short 1,000 lots of 10 USD from 12,500, mark 10,000. Coin cost -0.8, value -1.0: profit 0.2 BTC = 2,000 USD.
 */
static void
one_inverse_perpetual_by_hand(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_INVERSE, -1000, 12500 * e8);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.equity_maintenance_micros, 2000 * usd);
    assert_int_equal(got.maintenance_micros, 630 * usd);
}

/*
 * Tiers are marginal: 2,000,000 USD of notional = 1 M at 6 % + 1 M at 10 %, plus 0.3 % fees.
 */
static void
size_climbs_through_the_tiers(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, -200000, 10000 * e8);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.maintenance_micros, (60000 + 100000 + 6000) * usd);
}

/* A bought option holds back its value and no more: 10 lots * 0.01 * 400 = 40; fees on 1,000 of notional: 3. */
static void
a_bought_option_requires_its_value(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_CALL, 10, 0);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.maintenance_micros, 43 * usd);
    assert_int_equal(got.equity_maintenance_micros, 40 * usd);
}

/*
 * An order to buy 1,000 at 10,050 next to a long of 1,000: worst position 2,000 lots, 20,000 of notional, initial 2,000
 * plus 60 fees; entry loss 50, taker fee 0.05 % of 10,050 = 5.025, and 4 micros of rounding a lot.
 */
static void
open_orders_count_at_their_worst_fill(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 1000, 10050 * e8);
    int64_t order[1] = {0};
    plm_reason reason = {.initial = {.order_micros = order}};
    plm_requirement got = require(&desk, &plm_model_tiered, &reason);
    assert_int_equal(got.initial_micros, 2060 * usd + 55029000);
    assert_int_equal(got.maintenance_micros, 630 * usd);
    assert_int_equal(order[0], 1000 * usd);
    assert_int_equal(reason.initial.charges_micros[PLM_CHARGE_ORDERS], 55029000);
}

/*
 * The account above, settled in an asset of which one is worth -1 USD: sizes are magnitudes, and buying below the mark gains of
 * what nobody wants. Entry loss 50, fee 0.05 % of 10,000 = 5, rounding 0.004; buying above the mark gains, and costs the fee.
 */
static void
what_settles_in_an_asset_below_zero_never_lowers_a_requirement(void **state) {
    (void)state;
    static ts_desk desk;
    for (int above = 0; above < 2; above += 1) {
        ts_desk_init(&desk);
        plm_underlying underlyings[2] = {desk.underlyings[0],
                                         {.domain = PLM_PRICE_DOMAIN_ANY,
                                          .price_unit = 1,
                                          .tick_e8 = 1000000,
                                          .reference_e8 = e8}};
        plm_underlying_market prices[2] = {desk.prices[0], desk.prices[0]};
        prices[1].price.price_e8 = prices[1].price.slow_e8 = -e8;
        desk.listing.underlyings = underlyings;
        desk.listing.underlying_count = 2;
        desk.market.underlyings = prices;
        desk.assets[TS_BTC].underlying_index = 1;
        desk.instruments[TS_PERP].settlement_asset_index = TS_BTC;
        ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
        ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 1000, (above ? 10050 : 9950) * e8);
        plm_reason reason = {0};
        plm_requirement got = require(&desk, &plm_model_tiered, &reason);
        int64_t orders = above ? 5029000 : 55004000;
        assert_int_equal(reason.initial.charges_micros[PLM_CHARGE_ORDERS], orders);
        assert_int_equal(got.initial_micros, 2060 * usd + orders);
        assert_int_equal(got.maintenance_micros, 630 * usd);
    }
}

/* A reduce-only order larger than the position counts for the position only. */
static void
reduce_only_orders_are_clipped(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_SELL, 5000, 10000 * e8);
    plm_requirement open = require(&desk, &plm_model_tiered, NULL);
    desk.orders[0].is_reduce_only = true;
    plm_reason reason = {0};
    plm_requirement clipped = require(&desk, &plm_model_tiered, &reason);
    assert_true(open.initial_micros > clipped.initial_micros);
    assert_int_equal(reason.initial.core_micros, 1000 * usd);
}

/* What fills add stands with the order that adds it, not with a reduce-only order that has nothing to close. */
static void
the_order_that_adds_is_the_one_named(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_SELL, 1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 500, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 500, 10000 * e8);
    desk.orders[0].is_reduce_only = true;
    int64_t orders[3] = {0};
    plm_reason reason = {.initial = {.order_micros = orders}};
    (void)require(&desk, &plm_model_tiered, &reason);
    assert_int_equal(reason.initial.core_micros, 2000 * usd);
    assert_int_equal(orders[0], 0);
    assert_int_equal(orders[1], 1000 * usd);
    assert_int_equal(orders[2], 0);
}

/* Coin collateral: 1 BTC, haircut 3 * 80 % * sqrt(1/365) = 12.57 %, rounded up in ppm. */
static void
collateral_is_cut_by_its_volatility(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_fund(&desk, TS_BTC, 100000000);
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    // sqrt(1/365) = 0.0523424...: 52343 ppm above; * 0.8 = 41875 above; * 3 = 125625.
    assert_int_equal(got.equity_maintenance_micros, 10000 * (usd - 125625));
    desk.prices[0].price.confidence_e8 = 100 * e8;
    plm_requirement wide = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(wide.equity_maintenance_micros, 9900 * (usd - 125625));
    desk.prices[0].price.slow_e8 = 9500 * e8;
    plm_requirement slow = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(slow.equity_maintenance_micros, wide.equity_maintenance_micros);
    assert_int_equal(slow.equity_initial_micros, 9400 * (usd - 125625));
}

/* sqrt(3.65 / 365) is 10 % exactly: 3 * 80 % * 10 % = 24 %, and not a ppm more. */
static void
a_whole_root_is_not_rounded_up(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_fund(&desk, TS_BTC, 100000000);
    desk.tiered.haircut_horizon_ns = PLM_YEAR_NS / 100;
    plm_requirement got = require(&desk, &plm_model_tiered, NULL);
    assert_int_equal(got.equity_maintenance_micros, 10000 * (usd - 240000));
}

/* Model dynamic: initial 4 sigma = 4 * 41,875 ppm = 16.75 % beats the tier's 10 %; it never asks for less than tiered. */
static void
dynamic_follows_volatility(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    desk.tiered.impact_ppm = 0;
    plm_requirement got = require(&desk, &plm_model_dynamic, NULL);
    assert_int_equal(got.initial_micros, 1675 * usd + 30 * usd);
    desk.prices[0].volatility_ppm = 100000;
    plm_requirement calm = require(&desk, &plm_model_dynamic, NULL);
    assert_int_equal(calm.initial_micros, 1030 * usd);
    desk.prices[0].open_interest_micros = 2000 * desk.prices[0].depth_micros;
    plm_requirement crowded = require(&desk, &plm_model_dynamic, NULL);
    assert_int_equal(crowded.initial_micros, 10030 * usd);
    assert_int_equal(crowded.maintenance_micros, calm.maintenance_micros);
}

static void
what_cannot_be_evaluated_is_refused_by_name(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    plm_requirement untouched = {.initial_micros = 77};
    plm_fault fault = {0};
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    desk.marks[TS_PERP].is_present = false;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_MARK_MISSING);
    assert_non_null(strstr(fault.text, "instrument 0"));
    desk.marks[TS_PERP].is_present = true;
    desk.prices[0].price.state = PLM_PRICE_STATE_STALE;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_PRICE_MISSING);
    desk.prices[0].price.state = PLM_PRICE_STATE_VALID;
    desk.positions[0].lots = PLM_LOTS_MAX + 1;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_PORTFOLIO_INVALID);
    desk.positions[0].lots = 1;
    desk.positions[0].instrument_index = 99;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_INDEX_UNKNOWN);
    desk.positions[0].instrument_index = TS_PERP;
    desk.workspace.size = 16;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_WORKSPACE_SMALL);
    desk.workspace.size = sizeof desk.memory;
    desk.tiered.tier2_maintenance_ppm = 1;
    assert_int_equal(plm_margin_require(&plm_model_tiered, &desk.input, &desk.workspace, &untouched,
                                        NULL, &fault),
                     PLM_PARAMETER_INVALID);
    desk.input.parameters = &desk.parameters;
    assert_int_equal(plm_margin_require(&plm_model_portfolio, &desk.input, &desk.workspace,
                                        &untouched, NULL, &fault),
                     PLM_ARRAYS_MISSING);
    assert_int_equal(untouched.initial_micros, 77);
}

static void
models_are_found_by_name(void **state) {
    (void)state;
    assert_ptr_equal(plm_model_find("portfolio"), &plm_model_portfolio);
    assert_ptr_equal(plm_model_find("dynamic"), &plm_model_dynamic);
    assert_null(plm_model_find("portfoli"));
    assert_null(plm_model_at(1000));
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        assert_ptr_equal(plm_model_find(plm_model_at(i)->name), plm_model_at(i));
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_portfolio_requires_nothing),
        cmocka_unit_test(one_perpetual_by_hand),
        cmocka_unit_test(losses_count_in_full),
        cmocka_unit_test(one_inverse_perpetual_by_hand),
        cmocka_unit_test(size_climbs_through_the_tiers),
        cmocka_unit_test(a_bought_option_requires_its_value),
        cmocka_unit_test(open_orders_count_at_their_worst_fill),
        cmocka_unit_test(what_settles_in_an_asset_below_zero_never_lowers_a_requirement),
        cmocka_unit_test(reduce_only_orders_are_clipped),
        cmocka_unit_test(the_order_that_adds_is_the_one_named),
        cmocka_unit_test(collateral_is_cut_by_its_volatility),
        cmocka_unit_test(a_whole_root_is_not_rounded_up),
        cmocka_unit_test(dynamic_follows_volatility),
        cmocka_unit_test(what_cannot_be_evaluated_is_refused_by_name),
        cmocka_unit_test(models_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
