/* test_triggers.c: call and liquidation prices against closed forms and brute force.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "explain/triggers.h"
#include "support/explain_world.h"

#define TICK (TS_USD_E8 / 10)

static void
expect_same(const plm_trigger *one, const plm_trigger *other) {
    assert_int_equal(one->is_found, other->is_found);
    assert_int_equal(one->price_e8, other->price_e8);
}

// Probe by probe the same is found as in one go.
static void
expect_walk(ts_account *account, const plm_triggers *whole) {
    pli_trigger_walk walk;
    assert_int_equal(pli_trigger_walk_begin(&account->input, whole->underlying_index,
                                            &account->workspace, &walk, NULL),
                     PLM_OK);
    while (walk.side < 2) {
        assert_int_equal(pli_trigger_walk_step(&walk, NULL), PLM_OK);
    }
    expect_same(&walk.found[0][PLI_TRIGGER_CALL], &whole->call_below);
    expect_same(&walk.found[0][PLI_TRIGGER_LIQUIDATION], &whole->liquidation_below);
    expect_same(&walk.found[1][PLI_TRIGGER_CALL], &whole->call_above);
    expect_same(&walk.found[1][PLI_TRIGGER_LIQUIDATION], &whole->liquidation_above);
    assert_int_equal(walk.end_e8[0], whole->low_e8);
    assert_int_equal(walk.end_e8[1], whole->high_e8);
}

static plm_triggers
find(ts_account *account, uint32_t underlying_index) {
    plm_triggers triggers;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_explain_triggers(&account->input, underlying_index, &account->workspace,
                                             &triggers, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    assert_int_equal(triggers.underlying_index, underlying_index);
    expect_walk(account, &triggers);
    return triggers;
}

static void
expect(plm_trigger trigger, bool is_found, int64_t tenths_of_dollar) {
    assert_int_equal(trigger.price_e8, tenths_of_dollar * TICK);
    assert_int_equal(trigger.is_found, is_found);
}

// The marks of perpetual and inverse future on the index, so that prices can be solved for by hand.
static void
init_tiered(ts_account *account, int64_t cash_micros) {
    ts_account_init(account, &plm_model_tiered);
    account->world.marks[TS_BTC_PERP].mark_e8 = 100000 * TS_USD_E8;
    account->world.marks[TS_BTC_INVERSE].mark_e8 = 100000 * TS_USD_E8;
    ts_account_cash(account, cash_micros);
}

static bool
is_called(const plm_requirement *at) {
    return at->equity_maintenance_micros < at->call_micros;
}

static bool
is_liquidated(const plm_requirement *at) {
    return at->equity_maintenance_micros < at->maintenance_micros;
}

// At the trigger the condition holds, one tick nearer to the present price it does not.
static void
expect_first_tick(const ts_account *account, uint32_t u, plm_trigger trigger,
                  bool (*holds)(const plm_requirement *)) {
    int64_t price_e8[TS_UNDERLYING_COUNT];
    ts_account_prices(account, price_e8);
    int64_t tick = account->world.underlyings[u].tick_e8;
    int64_t nearer = trigger.price_e8 + (trigger.price_e8 < price_e8[u] ? tick : -tick);
    assert_true(trigger.is_found);
    assert_int_equal(trigger.price_e8 % tick, 0);
    price_e8[u] = trigger.price_e8;
    plm_requirement at = ts_account_require_at(account, price_e8);
    assert_true(holds(&at));
    price_e8[u] = nearer;
    at = ts_account_require_at(account, price_e8);
    assert_false(holds(&at));
}

// Worked example of docs/method/triggers.md: 20,000 + (P - 100,000) against 6.3 % of P, and 1.05 times that.
static void
long_perpetual_is_called_and_liquidated_at_the_solved_prices(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.liquidation_below, true, 853788); // P < 80,000 / 0.937   = 85,378.868
    expect(triggers.call_below, true, 856668);        // P < 80,000 / 0.93385 = 85,666.863
    expect(triggers.liquidation_above, false, 10000000);
    expect(triggers.call_above, false, 10000000);
    assert_int_equal(triggers.low_e8, 1000 * TS_USD_E8);
    assert_int_equal(triggers.high_e8, 1000000 * TS_USD_E8);
    assert_false(triggers.has_beta);
    ts_account_finish(&account);
}

static void
short_perpetual_is_called_and_liquidated_at_the_solved_prices(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, -1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.liquidation_above, true, 1128881); // P > 120,000 / 1.063   = 112,888.053
    expect(triggers.call_above, true, 1125546);        // P > 120,000 / 1.06615 = 112,554.518
    expect(triggers.liquidation_below, false, 10000);
    expect(triggers.call_below, false, 10000);
    ts_account_finish(&account);
}

// 100,000 dollars of inverse contracts cost one coin: profit is P - 100,000, the requirement stays 6,300.
static void
inverse_long_is_liquidated_at_the_solved_price(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS + 50000);
    ts_account_hold(&account, TS_BTC_INVERSE, 10000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.liquidation_below, true, 862999); // P < 86,299.95
    expect(triggers.call_below, true, 866149);        // P < 86,614.95
    expect(triggers.liquidation_above, false, 10000000);
    ts_account_finish(&account);
}

static void
empty_account_has_no_trigger(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.call_below, false, 10000);
    expect(triggers.liquidation_above, false, 10000000);
    ts_account_finish(&account);
}

static void
what_already_holds_is_reported_at_the_present_price(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 6000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.call_below, true, 1000000);
    expect(triggers.call_above, true, 1000000);
    expect(triggers.liquidation_below, true, 1000000);
    expect(triggers.liquidation_above, true, 1000000);
    ts_account_finish(&account);
}

// Called, not liquidated: 6,300 <= 6,400 < 6,615. Liquidation below: P - 93,600 < 0.063 P.
static void
called_account_still_has_a_liquidation_price(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 6400 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.call_below, true, 1000000);
    expect(triggers.call_above, true, 1000000);
    expect(triggers.liquidation_below, true, 998932); // 93,600 / 0.937 = 99,893.276
    expect(triggers.liquidation_above, false, 10000000);
    ts_account_finish(&account);
}

static void
price_between_two_ticks_is_searched_on_the_tick_grid(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    account.world.prices[TS_U_BTC].price.price_e8 = 100000 * TS_USD_E8 + 1234567;
    account.world.prices[TS_U_BTC].price.slow_e8 = 100000 * TS_USD_E8 + 1234567;
    account.world.marks[TS_BTC_PERP].mark_e8 = 100000 * TS_USD_E8 + 1234567;
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    assert_int_equal(triggers.low_e8, 10001 * TICK);
    assert_int_equal(triggers.high_e8, 10000001 * TICK);
    expect_first_tick(&account, TS_U_BTC, triggers.call_below, is_called);
    expect_first_tick(&account, TS_U_BTC, triggers.liquidation_below, is_liquidated);
    ts_account_finish(&account);
}

// Maintenance counts filled positions only, those of a hypothetical trade included.
static void
open_orders_and_changes_count(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 400);
    ts_account_order(&account, TS_BTC_PERP, 10, 99000 * TS_USD_E8);
    plm_change buy = {
        .kind = PLM_CHANGE_TRADE,
        .trade = {.instrument_index = TS_BTC_PERP, .lots = 600, .price_e8 = 100000 * TS_USD_E8}};
    account.input.margin.change_count = 1;
    account.input.margin.changes = &buy;
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect(triggers.liquidation_below, true, 853788);
    expect(triggers.call_below, true, 856668);
    ts_account_finish(&account);
}

static void
short_call_is_liquidated_above_only(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 90000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_CALL, -1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect_first_tick(&account, TS_U_BTC, triggers.call_above, is_called);
    expect_first_tick(&account, TS_U_BTC, triggers.liquidation_above, is_liquidated);
    assert_true(triggers.call_above.price_e8 <= triggers.liquidation_above.price_e8);
    expect(triggers.call_below, false, 10000);
    expect(triggers.liquidation_below, false, 10000);
    ts_account_finish(&account);
}

// Marks that differ from the surface keep their difference; orders in other instruments are part of the account.
static void
short_straddle_is_liquidated_on_both_sides(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    account.world.marks[TS_BTC_CALL].mark_e8 += 40 * TS_USD_E8;
    account.world.marks[TS_BTC_PUT].mark_e8 -= 25 * TS_USD_E8;
    ts_account_cash(&account, 110000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_CALL, -1000);
    ts_account_hold(&account, TS_BTC_PUT, -1000);
    ts_account_hold(&account, TS_BTC_FUTURE, 100);
    ts_account_order(&account, TS_BTC_PERP, 100, 99000 * TS_USD_E8);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect_first_tick(&account, TS_U_BTC, triggers.call_above, is_called);
    expect_first_tick(&account, TS_U_BTC, triggers.liquidation_above, is_liquidated);
    expect_first_tick(&account, TS_U_BTC, triggers.call_below, is_called);
    expect_first_tick(&account, TS_U_BTC, triggers.liquidation_below, is_liquidated);
    ts_account_finish(&account);
}

// The coin-settled call, the inverse future and the coin itself all depend on the same price.
static void
coin_settled_book_is_liquidated_at_the_exact_tick(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 10000 * TS_USD_MICROS);
    account.balances[1] = (plm_balance){.asset_index = TS_BTC, .atoms = {.low = 30000000}};
    account.portfolio.balance_count = 2;
    ts_account_hold(&account, TS_BTC_COIN_CALL, -500);
    ts_account_hold(&account, TS_BTC_INVERSE, 6000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    expect_first_tick(&account, TS_U_BTC, triggers.call_below, is_called);
    expect_first_tick(&account, TS_U_BTC, triggers.liquidation_below, is_liquidated);
    ts_account_finish(&account);
}

// A loan that grows dearer: the moving underlying prices the settlement asset of contracts on another one.
static void
settlement_asset_has_triggers_too(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 90000 * TS_USD_MICROS);
    account.balances[1] = (plm_balance){
        .asset_index = TS_USDT,
        .atoms = pli_wide_from_i128(-(pli_i128)INT64_C(3000000000000))}; // 30,000 of 8 decimals
    account.portfolio.balance_count = 2;
    ts_account_hold(&account, TS_BTC_USDT_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_USDT);
    expect_first_tick(&account, TS_U_USDT, triggers.call_above, is_called);
    expect_first_tick(&account, TS_U_USDT, triggers.liquidation_above, is_liquidated);
    assert_false(triggers.liquidation_below.is_found);
    ts_account_finish(&account);
}

// The range of a price that may be negative: three reference prices each way, here of 60.
static void
price_of_any_sign_is_searched_by_distance(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 60000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_WTI_FUTURE, 100);
    ts_account_hold(&account, TS_WTI_PUT, -20);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_WTI);
    assert_int_equal(triggers.low_e8, -185 * TS_USD_E8);
    assert_int_equal(triggers.high_e8, 175 * TS_USD_E8);
    expect_first_tick(&account, TS_U_WTI, triggers.call_below, is_called);
    expect_first_tick(&account, TS_U_WTI, triggers.liquidation_below, is_liquidated);
    assert_false(triggers.liquidation_above.is_found);
    ts_account_finish(&account);
}

static double
slope(const plm_scenario_set *set, uint32_t of, uint32_t on) {
    double n = set->header.history_count;
    double x = 0, y = 0, xx = 0, xy = 0;
    for (uint32_t t = 0; t < set->header.history_count; t += 1) {
        const double *day = &set->history_returns[(size_t)t * TS_UNDERLYING_COUNT];
        x += day[on];
        y += day[of];
        xx += day[on] * day[on];
        xy += day[on] * day[of];
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

static void
others_move_at_beta_in_the_second_figure(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    // Oil follows the coin with a slope near one half.
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        account.world.closes[1][i] = 20 * (account.world.closes[0][i] / 90000) + i % 7 * 0.02;
    }
    ts_account_cash(&account, 60000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_hold(&account, TS_WTI_FUTURE, 60);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    assert_true(triggers.has_beta);
    assert_true(triggers.liquidation_below_beta.is_found);
    assert_true(triggers.liquidation_below_beta.price_e8 > triggers.liquidation_below.price_e8);
    double beta = slope(&account.set, TS_U_WTI, TS_U_BTC);
    assert_true(beta > 0.1);
    for (int nearer = 0; nearer < 2; nearer += 1) {
        int64_t price_e8[TS_UNDERLYING_COUNT];
        ts_account_prices(&account, price_e8);
        price_e8[TS_U_BTC] = triggers.liquidation_below_beta.price_e8 + nearer * TICK;
        double move = (double)price_e8[TS_U_BTC] / (100000.0 * 1e8) - 1;
        // A distance in reference prices; the slope here and there may differ in their last bits.
        price_e8[TS_U_WTI] += (int64_t)(move * beta * 60e8 - 0.5);
        plm_requirement at = ts_account_require_at(&account, price_e8);
        assert_int_equal(is_liquidated(&at), nearer == 0);
    }
    ts_account_finish(&account);
}

static void
holdings_of_one_underlying_have_equal_figures_at_beta(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 60000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    assert_true(triggers.has_beta);
    assert_true(triggers.liquidation_below.is_found);
    assert_int_equal(triggers.liquidation_below_beta.price_e8, triggers.liquidation_below.price_e8);
    triggers = find(&account, TS_U_SHIB);
    assert_false(triggers.has_beta);
    ts_account_finish(&account);
}

static void
search_ends_where_a_price_leaves_its_bounds(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 20000 * TS_USD_MICROS);
    account.world.marks[TS_BTC_PERP].mark_e8 = PLM_PRICE_E8_MAX / 2;
    ts_account_hold(&account, TS_BTC_PERP, 1);
    account.positions[0].cost = (plm_wide){.low = PLM_PRICE_E8_MAX / 2};
    ts_account_cash(&account, 100000000 * TS_USD_MICROS);
    ts_account_ready(&account);
    plm_triggers triggers = find(&account, TS_U_BTC);
    assert_true(triggers.high_e8 > 100000 * TS_USD_E8);
    assert_true(triggers.high_e8 <= 200000 * TS_USD_E8);
    assert_int_equal(triggers.liquidation_above.price_e8, triggers.high_e8);
    assert_false(triggers.liquidation_above.is_found);
    ts_account_finish(&account);
}

static void
what_cannot_be_searched_is_refused_with_its_name(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 90000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_CALL, -1);
    ts_account_ready(&account);
    plm_triggers triggers;
    plm_fault fault;
    assert_int_equal(plm_explain_triggers(&account.input, TS_UNDERLYING_COUNT, &account.workspace,
                                          &triggers, &fault),
                     PLM_INDEX_UNKNOWN);
    plm_workspace small = {account.workspace.memory, account.workspace.size / 2};
    assert_int_equal(plm_explain_triggers(&account.input, TS_U_BTC, &small, &triggers, &fault),
                     PLM_WORKSPACE_SMALL);
    account.input.maintenance_set = NULL;
    assert_int_equal(
        plm_explain_triggers(&account.input, TS_U_BTC, &account.workspace, &triggers, &fault),
        PLM_ARRAYS_MISSING);
    account.input.maintenance_set = &account.set;
    account.world.expiries[1].slice.kind = PLM_SLICE_NONE;
    assert_int_equal(
        plm_explain_triggers(&account.input, TS_U_BTC, &account.workspace, &triggers, &fault),
        PLM_SURFACE_MISSING);
    assert_non_null(strstr(fault.text, "instrument 4 "));
    ts_account_finish(&account);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_perpetual_is_called_and_liquidated_at_the_solved_prices),
        cmocka_unit_test(short_perpetual_is_called_and_liquidated_at_the_solved_prices),
        cmocka_unit_test(inverse_long_is_liquidated_at_the_solved_price),
        cmocka_unit_test(empty_account_has_no_trigger),
        cmocka_unit_test(what_already_holds_is_reported_at_the_present_price),
        cmocka_unit_test(called_account_still_has_a_liquidation_price),
        cmocka_unit_test(price_between_two_ticks_is_searched_on_the_tick_grid),
        cmocka_unit_test(open_orders_and_changes_count),
        cmocka_unit_test(short_call_is_liquidated_above_only),
        cmocka_unit_test(short_straddle_is_liquidated_on_both_sides),
        cmocka_unit_test(coin_settled_book_is_liquidated_at_the_exact_tick),
        cmocka_unit_test(settlement_asset_has_triggers_too),
        cmocka_unit_test(price_of_any_sign_is_searched_by_distance),
        cmocka_unit_test(others_move_at_beta_in_the_second_figure),
        cmocka_unit_test(holdings_of_one_underlying_have_equal_figures_at_beta),
        cmocka_unit_test(search_ends_where_a_price_leaves_its_bounds),
        cmocka_unit_test(what_cannot_be_searched_is_refused_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
