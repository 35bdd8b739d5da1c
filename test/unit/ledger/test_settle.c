/* test_settle.c: funding and settlement at expiry, by hand.                           SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/books.h"

#define USD INT64_C(1000000)
#define PRICE(x) ((x)*TS_B_E8)
#define OK PLM_REJECT_NONE

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 6);
    for (uint32_t i = 0; i < 4; i += 1) {
        assert_int_equal(ts_deposit(&w, i, TS_B_USD, 1000 * USD), OK);
        assert_int_equal(ts_deposit(&w, i, TS_B_BTC, TS_B_E8), OK);
    }
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

// A long lot pays 5 USD per BTC: 10 lots owe 0.05 USD, in their cost until they close.
static void
funding_is_part_of_the_cost(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 10, PRICE(10000)), OK);
    assert_int_equal(ts_funding(&w, TS_B_PERP, PRICE(5)), OK);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_PERP), 10 * PRICE(10005));
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, -10, PRICE(10000)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD - 50000);
    assert_int_equal(ts_unsettled(&w, 1, TS_B_PERP), 50000);
}

static void
funding_of_coin_contracts_comes_off_the_cost(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_INVERSE, 100, PRICE(10000)), OK);
    assert_int_equal(ts_funding(&w, TS_B_INVERSE, 1000000), OK);
    assert_int_equal(ts_trade(&w, 1, 0, TS_B_INVERSE, 100, PRICE(10000)), OK);
    // 100 lots * 1e6 units of 1e-12 coin = 1e8 units = 10,000 atoms, from the long to the short.
    assert_int_equal(ts_atoms(&w, 0, TS_B_BTC), TS_B_E8 - 10000);
    assert_int_equal(ts_unsettled(&w, 1, TS_B_INVERSE), 10000);
    assert_int_equal(ts_funding(&w, TS_B_FUTURE, 1), PLM_REJECT_KIND);
    assert_int_equal(ts_funding(&w, TS_B_INSTRUMENTS, 1), PLM_REJECT_INSTRUMENT_UNKNOWN);
}

static void
settlement_is_refused_before_expiry_and_without_one(void **state) {
    (void)state;
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY};
    event.settle_expiry_body = (plm_event_settle_expiry){TS_B_FUTURE, 0, 1};
    w.time_ns = TS_B_EXPIRY - 1;
    assert_int_equal(ts_books_apply(&w, PLM_NONE, &event), PLM_REJECT_NOT_EXPIRED);
    assert_int_equal(ts_settle(&w, TS_B_PERP, 1), PLM_REJECT_KIND);
    assert_int_equal(ts_settle(&w, TS_B_INSTRUMENTS, 1), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_settle(&w, TS_B_CALL, 0), PLM_REJECT_PRICE);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, PLM_PRICE_E8_MAX + 1), PLM_REJECT_PRICE);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, PRICE(-37)), OK);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, 1), PLM_REJECT_INSTRUMENT_CLOSED);
}

static void
future_settles_at_the_price_and_takes_its_orders_along(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 4, PRICE(50)), OK);
    assert_int_equal(ts_reserve(&w, 2, 5, TS_B_FUTURE, 1, 1), OK);
    assert_int_equal(ts_reserve(&w, 2, 6, TS_B_PERP, 1, 1), OK);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, PRICE(-10)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 760 * USD);
    assert_int_equal(ts_books_touch(&w, 1), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 1240 * USD);
    assert_int_equal(w.ledger.accounts[2].order_count, 1);
    assert_int_equal(pli_ledger_orders(&w.ledger, 2)[0].order_id, 6);
    const pli_market_book *market = &w.ledger.markets[TS_B_FUTURE];
    assert_int_equal(market->phase, PLI_PHASE_SETTLED);
    assert_int_equal(market->settled_lots, 0);
    assert_true(market->settled_cost == 0 && market->clearing == 0);
}

// 7 calls of 0.01 at 11,000, settled at 11,033.33333333: 2.3333333331 USD, down for the holder, up for the writer.
static void
paid_option_settles_at_its_payoff(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_CALL, 7, 0), OK);
    assert_int_equal(ts_settle(&w, TS_B_CALL, PRICE(11033) + 33333333), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 1000 * USD - 2333334);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_CALL), 2333333);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_RESIDUE), 1);
}

static void
option_out_of_the_money_just_ends(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_CALL, 7, 0), OK);
    assert_int_equal(ts_settle(&w, TS_B_CALL, PRICE(11000)), OK);
    assert_int_equal(w.ledger.accounts[0].position_count, 0);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 1000 * USD);
}

// 5 puts of 0.01 at 9,000, settled at 7,000: 0.05 * 2,000 / 7,000 = 0.0142857142... BTC.
static void
coin_option_settles_in_coin(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PUT, 5, 0), OK);
    assert_int_equal(ts_settle(&w, TS_B_PUT, PRICE(7000)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_PUT), 1428571);
    assert_int_equal(ts_atoms(&w, 1, TS_B_BTC), TS_B_E8 - 1428572);
}

// Bought at 3, strike 50, settled at 58: 8 - 3 = 5 USD a lot.
static void
futures_style_option_settles_its_payoff_less_cost(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_STYLE, 2, PRICE(3)), OK);
    assert_int_equal(ts_settle(&w, TS_B_STYLE, PRICE(58)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_STYLE), 10 * USD);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 990 * USD);
}

// 3 lots of 7 USD from 10,000 to 12,000: 21/10,000 - 21/12,000 = 0.00035 BTC, exactly.
static void
inverse_future_settles_in_coin(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_COIN, 3, PRICE(10000)), OK);
    assert_int_equal(ts_settle(&w, TS_B_COIN, PRICE(12000)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_COIN), 35000);
    assert_int_equal(ts_atoms(&w, 1, TS_B_BTC), TS_B_E8 - 35000);
}

// While the sweep is under way every touch settles, and nobody is paid before it ends.
static void
winners_wait_for_the_end_of_the_sweep(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 4, PRICE(50)), OK);
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_EXPIRY};
    event.settle_expiry_body = (plm_event_settle_expiry){TS_B_FUTURE, 0, PRICE(51)};
    w.time_ns = TS_B_EXPIRY;
    assert_int_equal(ts_books_apply(&w, PLM_NONE, &event), OK);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1), OK);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 1), OK);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 4 * USD);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 1), PLM_REJECT_INSTRUMENT_CLOSED);
    ts_sweep(&w, TS_B_FUTURE);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(funding_is_part_of_the_cost, setup, teardown),
        cmocka_unit_test_setup_teardown(funding_of_coin_contracts_comes_off_the_cost, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(settlement_is_refused_before_expiry_and_without_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(future_settles_at_the_price_and_takes_its_orders_along,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(paid_option_settles_at_its_payoff, setup, teardown),
        cmocka_unit_test_setup_teardown(option_out_of_the_money_just_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(coin_option_settles_in_coin, setup, teardown),
        cmocka_unit_test_setup_teardown(futures_style_option_settles_its_payoff_less_cost, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(inverse_future_settles_in_coin, setup, teardown),
        cmocka_unit_test_setup_teardown(winners_wait_for_the_end_of_the_sweep, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
