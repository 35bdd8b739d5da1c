/* test_cash.c: deposits, loans, transfers, exchanges and funds.                       SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/books.h"

#define OK PLM_REJECT_NONE

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 6);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

static void
custody_is_minus_what_is_outside(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 100), OK);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_CUSTODY), -100);
    assert_int_equal(ts_withdraw(&w, 0, TS_B_USD, 101), PLM_REJECT_BALANCE);
    assert_int_equal(ts_withdraw(&w, 0, TS_B_USD, 40), OK);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_CUSTODY), -60);
    assert_true(w.ledger.assets[TS_B_USD].lent == 60);
    assert_int_equal(ts_withdraw(&w, 0, TS_B_USD, 60), OK);
    assert_int_equal(w.ledger.accounts[0].balance_count, 0);
    assert_int_equal(ts_deposit(&w, 0, TS_B_ASSETS, 1), PLM_REJECT_ASSET_UNKNOWN);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 0), PLM_REJECT_AMOUNT);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, -1), PLM_REJECT_AMOUNT);
}

static void
loan_is_bounded_by_the_cap_and_by_custody(void **state) {
    (void)state;
    w.ledger.assets[TS_B_USD].borrow_cap = 50;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 45), OK);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 51), PLM_REJECT_BORROW_LIMIT);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 50), PLM_REJECT_CUSTODY);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 45), OK);
    assert_true(w.ledger.assets[TS_B_USD].borrowed == 45);
    // What another has lent is not there any more.
    assert_int_equal(ts_withdraw(&w, 0, TS_B_USD, 1), PLM_REJECT_CUSTODY);
    assert_int_equal(ts_repay(&w, 1, TS_B_USD, 46), PLM_REJECT_REPAY_EXCESS);
    assert_int_equal(ts_repay(&w, 1, TS_B_USD, 45), OK);
    assert_int_equal(w.ledger.accounts[1].balance_count, 0);
    // Borrowing what one holds is no loan, whatever the cap.
    w.ledger.assets[TS_B_USD].borrow_cap = 0;
    assert_int_equal(ts_borrow(&w, 0, TS_B_USD, 45), OK);
}

static void
amounts_at_the_end_of_128_bits_are_refused(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, PLI_I128_MAX), OK);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 1), PLM_REJECT_OVERFLOW);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, PLI_I128_MAX), PLM_REJECT_BORROW_LIMIT);
    assert_int_equal(ts_withdraw(&w, 0, TS_B_USD, PLI_I128_MAX), OK);
}

static void
transfer_stays_with_its_owner(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 100), OK);
    assert_int_equal(ts_transfer(&w, 0, 6, TS_B_USD, 1), PLM_REJECT_ACCOUNT_UNKNOWN);
    assert_int_equal(ts_transfer(&w, 0, 0, TS_B_USD, 1), PLM_REJECT_SAME_ACCOUNT);
    assert_int_equal(ts_transfer(&w, 0, 5, TS_B_USD, 1), PLM_REJECT_ACCOUNT_FOREIGN);
    assert_int_equal(ts_transfer(&w, 0, 1, TS_B_USD, 101), PLM_REJECT_BALANCE);
    assert_int_equal(ts_transfer(&w, 0, 1, TS_B_USD, 100), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 100);
    assert_int_equal(w.ledger.accounts[0].balance_count, 0);
}

static plm_event
exchange(uint32_t give, int64_t give_atoms, uint32_t take, int64_t take_atoms) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_EXCHANGE};
    event.exchange_body = (plm_event_exchange){
        1, give, take, 0, pli_wide_from_i128(give_atoms), pli_wide_from_i128(take_atoms)};
    return event;
}

static void
exchange_moves_both_assets_or_none(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 100), OK);
    assert_int_equal(ts_deposit(&w, 1, TS_B_BTC, 7), OK);
    plm_event event = exchange(TS_B_USD, 100, TS_B_BTC, 8);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_BALANCE);
    event = exchange(TS_B_USD, 100, TS_B_USD, 7);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_SAME_ASSET);
    event = exchange(TS_B_USD, 100, TS_B_BTC, 0);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_AMOUNT);
    event = exchange(TS_B_USD, 0, TS_B_BTC, 7);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_AMOUNT);
    event = exchange(TS_B_USD, 100, TS_B_ASSETS, 7);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ASSET_UNKNOWN);
    event = exchange(TS_B_ASSETS, 100, TS_B_BTC, 7);
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_ASSET_UNKNOWN);
    event = exchange(TS_B_USD, 100, TS_B_BTC, 7);
    assert_int_equal(ts_books_apply(&w, 1, &event), PLM_REJECT_SAME_ACCOUNT);
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_BTC), 7);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 100);
    assert_int_equal(w.ledger.accounts[0].balance_count, 1);
}

static void
fees_leave_by_the_insurance_fund_or_to_the_venue(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000), OK);
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRADE};
    event.trade_body = (plm_event_trade){
        .instrument_index = TS_B_PERP, .maker_account = 1, .lots = 1, .price_e8 = 1};
    event.trade_body.taker_fee_atoms = 300;
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_FEES, TS_B_USD, PLM_NONE, 301),
                     PLM_REJECT_BALANCE);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_FEES, TS_B_USD, TS_B_PERP, 100),
                     PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_FEES, TS_B_USD, PLM_NONE, 100), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_PAY_OUT, TS_B_USD, PLM_NONE, 200), OK);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_FEES), 0);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_INSURANCE), 100);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_CUSTODY), -800);
}

// A fee taken from somebody with nothing is a loan to him: it is no money that could leave.
static void
fees_of_a_debtor_cannot_be_paid_out(void **state) {
    (void)state;
    plm_event event = {.header.type = PLM_EVENT_TYPE_TRADE};
    event.trade_body = (plm_event_trade){
        .instrument_index = TS_B_PERP, .maker_account = 1, .lots = 1, .price_e8 = 1};
    event.trade_body.taker_fee_atoms = 300;
    assert_int_equal(ts_books_apply(&w, 0, &event), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_PAY_OUT, TS_B_USD, PLM_NONE, 200),
                     PLM_REJECT_CUSTODY);
}

static void
full_table_of_balances_refuses_a_new_asset(void **state) {
    (void)state;
    ts_books tight;
    ts_books_init_limits(&tight, 2,
                         (pli_ledger_limits){.asset_count = 4,
                                             .underlying_count = 3,
                                             .instrument_count = 8,
                                             .account_count = 2,
                                             .balance_count = 1,
                                             .position_count = 1,
                                             .order_count = 1});
    assert_int_equal(ts_deposit(&tight, 0, TS_B_USD, 5), OK);
    assert_int_equal(ts_deposit(&tight, 0, TS_B_BTC, 5), PLM_REJECT_TABLE_FULL);
    assert_int_equal(ts_borrow(&tight, 0, TS_B_BTC, 5), PLM_REJECT_TABLE_FULL);
    assert_int_equal(ts_trade(&tight, 0, 1, TS_B_INVERSE, 1, TS_B_E8), PLM_REJECT_TABLE_FULL);
    assert_int_equal(ts_trade(&tight, 0, 1, TS_B_PERP, 1, TS_B_E8), OK);
    assert_int_equal(ts_trade(&tight, 0, 1, TS_B_FUTURE, 1, TS_B_E8), PLM_REJECT_TABLE_FULL);
    // The position keeps the slot that it will settle in.
    assert_int_equal(ts_withdraw(&tight, 0, TS_B_USD, 5), OK);
    assert_int_equal(ts_deposit(&tight, 0, TS_B_BTC, 5), PLM_REJECT_TABLE_FULL);
    assert_int_equal(ts_trade(&tight, 1, 0, TS_B_PERP, 1, TS_B_E8), OK);
    assert_int_equal(ts_deposit(&tight, 0, TS_B_BTC, 5), OK);
    assert_int_equal(ts_transfer(&tight, 0, 1, TS_B_BTC, 2), OK);
    plm_event event = exchange(TS_B_BTC, 1, TS_B_USD, 1);
    assert_int_equal(ts_books_apply(&tight, 0, &event), PLM_REJECT_BALANCE);
    assert_int_equal(ts_reserve(&tight, 0, 1, TS_B_PERP, 1, 1), OK);
    assert_int_equal(ts_reserve(&tight, 0, 2, TS_B_PERP, 1, 1), PLM_REJECT_TABLE_FULL);
    ts_books_finish(&tight);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(custody_is_minus_what_is_outside, setup, teardown),
        cmocka_unit_test_setup_teardown(loan_is_bounded_by_the_cap_and_by_custody, setup, teardown),
        cmocka_unit_test_setup_teardown(amounts_at_the_end_of_128_bits_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(transfer_stays_with_its_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(exchange_moves_both_assets_or_none, setup, teardown),
        cmocka_unit_test_setup_teardown(fees_leave_by_the_insurance_fund_or_to_the_venue, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fees_of_a_debtor_cannot_be_paid_out, setup, teardown),
        cmocka_unit_test_setup_teardown(full_table_of_balances_refuses_a_new_asset, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
