/* test_trade.c: fills, cost, realised profit, premiums and fees by hand.              SPDX-License-Identifier: Apache-2.0 */
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

// 10 lots are 0.01 BTC: from 10,000 to 11,000 they gain 10 USD.
static void
linear_profit_is_a_claim_and_a_loss_is_paid(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 10, PRICE(10000)), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_PERP), 10 * PRICE(10000));
    assert_int_equal(ts_cost(&w, 1, TS_B_PERP), -10 * PRICE(10000));
    assert_int_equal(w.ledger.markets[TS_B_PERP].open_interest, 10);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, -10, PRICE(11000)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_PERP), 10 * USD);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 990 * USD);
    assert_true(w.ledger.markets[TS_B_PERP].collected == 10 * USD);
    assert_true(w.ledger.markets[TS_B_PERP].assigned == 10 * USD);
    // The next touch pays it.
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1010 * USD);
    assert_int_equal(w.ledger.accounts[0].position_count, 0);
}

// Three lots that cost 10 units in all: one of them takes ceil(10/3) = 4 with it, the other two keep 6.
static void
part_of_a_cost_is_rounded_against_the_holder(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 4), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 2, 3), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_FUTURE), 10);
    assert_int_equal(ts_trade(&w, 0, 2, TS_B_FUTURE, -1, 3), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_FUTURE), 6);
    // P = 3 - 4 = -1 unit; an atom is 100 units: a loss of one atom, 99 hundredths of it dust.
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD - 1);
    assert_true(w.ledger.markets[TS_B_FUTURE].dust == 99 * (pli_i128)INT64_C(100000000000000));
    // The short side: -10 / 3 rounds up to -3.
    assert_int_equal(ts_trade(&w, 1, 2, TS_B_FUTURE, 1, 3), OK);
    assert_int_equal(ts_cost(&w, 1, TS_B_FUTURE), -7);
}

static void
turning_a_position_over_closes_then_opens(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 4, PRICE(50)), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -6, PRICE(53)), OK);
    assert_int_equal(ts_lots(&w, 0, TS_B_FUTURE), -2);
    assert_int_equal(ts_cost(&w, 0, TS_B_FUTURE), -2 * PRICE(53));
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 12 * USD);
    assert_int_equal(w.ledger.markets[TS_B_FUTURE].open_interest, 2);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 988 * USD);
}

static void
negative_prices_trade_where_the_domain_allows(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 2, PRICE(-37)), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_FUTURE), -2 * PRICE(37));
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -2, PRICE(-40)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 994 * USD);
    assert_int_equal(ts_unsettled(&w, 1, TS_B_FUTURE), 6 * USD);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 2, 0), PLM_REJECT_PRICE);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_STYLE, 2, -1), PLM_REJECT_PRICE);
}

// 3 lots of 10 USD at 11,000: 30 / 11,000 = 0.002727272727... BTC.
static void
inverse_cost_is_rounded_once_against_the_taker(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_INVERSE, 3, PRICE(11000)), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_INVERSE), INT64_C(2727272727));
    assert_int_equal(ts_cost(&w, 1, TS_B_INVERSE), -INT64_C(2727272727));
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_INVERSE, -3, PRICE(11000)), OK);
    // Sold again at the same price: -ceil(30 / 11,000): one unit of 1e-12 coin lost, an atom of 1e-8 paid.
    assert_true(w.ledger.markets[TS_B_INVERSE].profit_total == 0);
    assert_int_equal(ts_atoms(&w, 0, TS_B_BTC), TS_B_E8 - 1);
    assert_int_equal(ts_atoms(&w, 1, TS_B_BTC), TS_B_E8);
    // The maker's unit of 1e-12 coin is no atom: both remainders together are one, for the venue.
    assert_true(w.ledger.markets[TS_B_INVERSE].clearing == 0);
    assert_true(w.ledger.markets[TS_B_INVERSE].dust == 0);
    assert_int_equal(ts_named(&w, TS_B_BTC, PLI_NAMED_RESIDUE), 1);
}

// 100 inverse lots (1,000 USD) from 10,000 to 12,500: 0.1 - 0.08 = 0.02 BTC.
static void
inverse_profit_is_paid_in_coin(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_INVERSE, 100, PRICE(10000)), OK);
    assert_int_equal(ts_trade(&w, 1, 0, TS_B_INVERSE, 100, PRICE(12500)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_INVERSE), 2000000);
    assert_int_equal(ts_atoms(&w, 1, TS_B_BTC), TS_B_E8 - 2000000);
}

// 7 lots of 0.01 at 33.33333333: 2.3333333331 USD; in atoms up for the buyer, down for the seller.
static void
premium_is_rounded_against_both_sides(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_CALL, 7, INT64_C(3333333333)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD - 2333334);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 1000 * USD + 2333333);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_RESIDUE), 1);
    assert_int_equal(ts_cost(&w, 0, TS_B_CALL), 0);
}

static plm_event
trade_with_fees(int64_t taker_fee, int64_t maker_fee) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRADE};
    event.trade_body = (plm_event_trade){.instrument_index = TS_B_PERP,
                                         .maker_account = 1,
                                         .lots = 1,
                                         .price_e8 = PRICE(10000),
                                         .taker_fee_atoms = taker_fee,
                                         .maker_fee_atoms = maker_fee};
    return event;
}

static void
rebate_comes_out_of_the_other_fee(void **state) {
    (void)state;
    plm_event event = trade_with_fees(500, -200);
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD - 500);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 1000 * USD + 200);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_FEES), 300);
    event = trade_with_fees(100, -101);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_FEE);
    event = trade_with_fees(-1, 5);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_FEE);
}

static void
fee_beyond_the_borrowing_limit_is_refused_but_a_loss_is_not(void **state) {
    (void)state;
    w.ledger.assets[TS_B_USD].borrow_cap = 5 * USD;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, PRICE(5000)), OK);
    plm_event event = trade_with_fees(1006 * USD, 0);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_BORROW_LIMIT);
    event = trade_with_fees(1005 * USD, 0);
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -1, PRICE(4000)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), -1005 * USD);
}

static void
orders_limit_what_fills_them(void **state) {
    (void)state;
    assert_int_equal(ts_reserve(&w, 0, 7, TS_B_PERP, 5, PRICE(10000)), OK);
    plm_event event = trade_with_fees(0, 0);
    event.trade_body.taker_order_id = 8;
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_UNKNOWN);
    event.trade_body.taker_order_id = 7;
    event.trade_body.price_e8 = PRICE(10000) + 1;
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_MISMATCH);
    event.trade_body.price_e8 = PRICE(10000);
    event.trade_body.lots = 6;
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_MISMATCH);
    event.trade_body.lots = -1;
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_MISMATCH);
    event.trade_body.lots = 3;
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(pli_ledger_orders(&w.ledger, 0)[0].lots, 2);
    event.trade_body.lots = 2;
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(w.ledger.accounts[0].order_count, 0);
}

static void
reduce_only_order_never_grows_a_position(void **state) {
    (void)state;
    plm_event order = {.header.type = PLM_EVENT_TYPE_RESERVE};
    order.reserve_body = (plm_event_reserve){.instrument_index = TS_B_PERP,
                                             .side = PLM_SIDE_SELL,
                                             .lots = 9,
                                             .limit_e8 = 1,
                                             .order_id = 3,
                                             .is_reduce_only = 1};
    assert_int_equal(ts_books_apply(&w, 0, &order), OK);
    plm_event event = trade_with_fees(0, 0);
    event.trade_body.taker_order_id = 3;
    event.trade_body.lots = -3;
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_MISMATCH);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 2, PRICE(10000)), OK);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ORDER_MISMATCH);
    event.trade_body.lots = -2;
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
}

static void
trade_is_refused_with_the_first_reason(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 0, TS_B_INSTRUMENTS, 0, 0), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_trade(&w, 0, 0, TS_B_PERP, 0, 0), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_trade(&w, 0, 0, TS_B_PERP, PLM_LOTS_MAX + 1, 0), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_trade(&w, 0, 0, TS_B_PERP, 1, PLM_PRICE_E8_MAX + 1), PLM_REJECT_PRICE);
    assert_int_equal(ts_trade(&w, 0, 0, TS_B_PERP, 1, 1), PLM_REJECT_SAME_ACCOUNT);
    assert_int_equal(ts_trade(&w, 0, 6, TS_B_PERP, 1, 1), PLM_REJECT_ACCOUNT_UNKNOWN);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, PLM_LOTS_MAX, 1), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 1, 1), PLM_REJECT_QUANTITY);
    w.time_ns = TS_B_EXPIRY;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 1), PLM_REJECT_INSTRUMENT_CLOSED);
}

static void
isolated_account_holds_its_instrument_only(void **state) {
    (void)state;
    plm_event event = {.header.type = PLM_EVENT_TYPE_ACCOUNT};
    event.account_body = (plm_event_account){6, PLM_ACCOUNT_ISOLATED, 0, TS_B_PERP, 0, 0};
    assert_int_equal(ts_books_apply(&w, PLM_NONE, &event), OK);
    assert_int_equal(ts_trade(&w, 6, 1, TS_B_FUTURE, 1, 1), PLM_REJECT_ISOLATED_INSTRUMENT);
    assert_int_equal(ts_trade(&w, 1, 6, TS_B_FUTURE, 1, 1), PLM_REJECT_ISOLATED_INSTRUMENT);
    assert_int_equal(ts_reserve(&w, 6, 1, TS_B_FUTURE, 1, 1), PLM_REJECT_ISOLATED_INSTRUMENT);
    assert_int_equal(ts_trade(&w, 1, 6, TS_B_PERP, 1, 1), OK);
    assert_int_equal(ts_position_transfer(&w, 1, 6, TS_B_FUTURE, 1), PLM_REJECT_QUANTITY);
}

// The largest position that exists, at both ends of the price range, in 18 decimals: no number wraps.
static void
largest_position_at_the_largest_prices_is_exact(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_SHIB, PLM_LOTS_MAX, 1), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_SHIB, -PLM_LOTS_MAX, PLM_PRICE_E8_MAX), OK);
    // (1e16 - 1) * 1e11 lots * 1e29 / 1e19 = (1e16 - 1) * 1e21
    pli_i128 expected =
        ((pli_i128)PLM_PRICE_E8_MAX - 1) * INT64_C(1000000000000) * INT64_C(1000000000);
    assert_true(pli_atoms_held(&w.ledger, 1, TS_B_DAI) == -expected);
    assert_true(pli_position_find(&w.ledger, 0, TS_B_SHIB)->senior.amount == expected);
    // Again and again until an account's loan would leave 128 bits: refused, nothing changed.
    plm_reject reject = OK;
    for (int i = 0; i < 40 && reject == OK; i += 1) {
        reject = ts_trade(&w, 0, 1, TS_B_SHIB, PLM_LOTS_MAX, 1);
        if (reject == OK) {
            reject = ts_trade(&w, 0, 1, TS_B_SHIB, -PLM_LOTS_MAX, PLM_PRICE_E8_MAX);
        }
    }
    assert_int_equal(reject, PLM_REJECT_OVERFLOW);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(linear_profit_is_a_claim_and_a_loss_is_paid, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(part_of_a_cost_is_rounded_against_the_holder, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(turning_a_position_over_closes_then_opens, setup, teardown),
        cmocka_unit_test_setup_teardown(negative_prices_trade_where_the_domain_allows, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(inverse_cost_is_rounded_once_against_the_taker, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(inverse_profit_is_paid_in_coin, setup, teardown),
        cmocka_unit_test_setup_teardown(premium_is_rounded_against_both_sides, setup, teardown),
        cmocka_unit_test_setup_teardown(rebate_comes_out_of_the_other_fee, setup, teardown),
        cmocka_unit_test_setup_teardown(fee_beyond_the_borrowing_limit_is_refused_but_a_loss_is_not,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(orders_limit_what_fills_them, setup, teardown),
        cmocka_unit_test_setup_teardown(reduce_only_order_never_grows_a_position, setup, teardown),
        cmocka_unit_test_setup_teardown(trade_is_refused_with_the_first_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(isolated_account_holds_its_instrument_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(largest_position_at_the_largest_prices_is_exact, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
