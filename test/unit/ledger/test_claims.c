/* test_claims.c: profit waits until losses or the insurance fund have paid it [M10].  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/books.h"

#define PRICE(x) ((x)*TS_B_E8)
#define OK PLM_REJECT_NONE

// FUTURE: one lot that moves by 1e-6 is worth one atom; prices below are in atoms.
#define ATOM 100

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 5);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

static const pli_market_book *
market(void) {
    return &w.ledger.markets[TS_B_FUTURE];
}

// `winner` gains `atoms` from `loser` in one lot bought and sold.
static void
win(uint32_t winner, uint32_t loser, int64_t atoms) {
    assert_int_equal(ts_trade(&w, winner, loser, TS_B_FUTURE, 1, 1000 * ATOM), OK);
    assert_int_equal(ts_trade(&w, winner, loser, TS_B_FUTURE, -1, (1000 + atoms) * ATOM), OK);
}

static void
unpaid_loss_leaves_the_profit_waiting(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 30), OK);
    win(0, 1, 100);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), -70);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 70);
    assert_true(market()->collected == 30);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 30);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 70);
    // What the loser pays in is collected first.
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 50), OK);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 20);
    assert_int_equal(ts_repay(&w, 1, TS_B_USD, 21), PLM_REJECT_REPAY_EXCESS);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 80);
    assert_int_equal(ts_repay(&w, 1, TS_B_USD, 20), OK);
    assert_int_equal(w.ledger.accounts[1].position_count, 0);
    assert_int_equal(w.ledger.accounts[1].balance_count, 0);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 100);
    assert_true(market()->cohort_oldest == market()->cohort_next);
}

static void
insurance_money_pays_the_rest(void **state) {
    (void)state;
    win(0, 1, 100);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_COMMIT, TS_B_USD, TS_B_FUTURE, 40),
                     PLM_REJECT_BALANCE);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_PAY_IN, TS_B_USD, PLM_NONE, 60), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_COMMIT, TS_B_USD, TS_B_INVERSE, 40),
                     PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_COMMIT, TS_B_USD, TS_B_FUTURE, 40), OK);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_INSURANCE), 20);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 40);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 60);
    assert_true(market()->assigned == 40);
}

static void
older_cohorts_are_paid_first(void **state) {
    (void)state;
    win(0, 1, 100);
    win(2, 1, 50);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 110), OK);
    assert_int_equal(ts_books_touch(&w, 2), OK);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 10);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 100);
}

// One event, two winners of 10 and 20; 10 atoms come in: floor(10/3) and floor(20/3), an atom waits.
static void
one_cohort_is_paid_pro_rata_rounded_down(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 1000 * ATOM), OK);
    assert_int_equal(ts_trade(&w, 2, 1, TS_B_FUTURE, 2, 1000 * ATOM), OK);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 10), OK);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, 1010 * ATOM), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_FUTURE), 10);
    assert_int_equal(ts_unsettled(&w, 2, TS_B_FUTURE), 20);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 20);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_books_touch(&w, 2), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 3);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 6);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 20), OK);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_books_touch(&w, 2), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 10);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 20);
}

// First profit senior, later ones junior; a third moves the junior claim's rest to the newest cohort.
static void
later_profits_wait_together_behind_the_first(void **state) {
    (void)state;
    win(0, 1, 100);
    win(0, 1, 30);
    win(2, 1, 50);
    const pli_position *position = pli_position_find(&w.ledger, 0, TS_B_FUTURE);
    assert_true(position->senior.cohort == 0 && position->senior.amount == 100);
    assert_true(position->junior.cohort == 1 && position->junior.amount == 30);
    win(0, 1, 7);
    position = pli_position_find(&w.ledger, 0, TS_B_FUTURE);
    assert_true(position->senior.cohort == 0 && position->senior.amount == 100);
    assert_true(position->junior.cohort == 3 && position->junior.amount == 37);
    assert_true(market()->cohorts[1].amount == 0);
    // 150 atoms pay the first claim and the other account; what moved back waits.
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 150), OK);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_books_touch(&w, 2), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 100);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 50);
    // The junior claim is the senior one now.
    position = pli_position_find(&w.ledger, 0, TS_B_FUTURE);
    assert_true(position->senior.cohort == 3 && position->senior.amount == 37);
    assert_true(position->junior.cohort == PLI_COHORT_NONE);
}

static void
seventeenth_cohort_is_the_sixteenth_opened_again(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 8; i += 1) {
        win(0, 1, 1);
        win(2, 1, 1);
        win(3, 1, 1);
    }
    // Accounts 0, 2, 3 have a senior and a junior claim each; the ring never holds more than sixteen.
    assert_true(market()->cohort_next - market()->cohort_oldest <= PLI_COHORT_RING);
    assert_true(market()->cohort_next == 16);
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 24), OK);
    for (uint32_t i = 0; i < 4; i += 1) {
        assert_int_equal(ts_books_touch(&w, i), OK);
    }
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 8);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 8);
    assert_int_equal(ts_atoms(&w, 3, TS_B_USD), 8);
    assert_true(market()->cohort_oldest == market()->cohort_next);
    assert_true(market()->assigned == 24);
}

static void
credit_pays_losses_in_rising_order_of_instrument(void **state) {
    (void)state;
    win(0, 1, 100);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_STYLE, 1, 1000 * ATOM), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_STYLE, -1, 1050 * ATOM), OK);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 100);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_STYLE), 50);
    assert_int_equal(ts_deposit(&w, 2, TS_B_USD, 500), OK);
    assert_int_equal(ts_transfer(&w, 2, 1, TS_B_USD, 120), OK);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 0);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_STYLE), 30);
    assert_true(w.ledger.markets[TS_B_STYLE].collected == 20);
}

// A premium that the account receives is a credit as well.
static void
premium_received_pays_an_older_loss(void **state) {
    (void)state;
    win(0, 1, 100);
    assert_int_equal(ts_deposit(&w, 2, TS_B_USD, 1000000), OK);
    assert_int_equal(ts_trade(&w, 1, 2, TS_B_CALL, -1, PRICE(1)), OK);
    assert_int_equal(ts_uncollected(&w, 1, TS_B_FUTURE), 0);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 10000 - 100);
    assert_null(pli_position_find(&w.ledger, 1, TS_B_FUTURE));
}

// A market that has ended: the insurance fund may pay what its losers still owe, and nothing stays in clearing.
static void
insurance_money_for_an_ended_market_leaves_clearing_empty(void **state) {
    (void)state;
    win(0, 1, 100);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_PAY_IN, TS_B_USD, PLM_NONE, 60), OK);
    assert_int_equal(ts_settle(&w, TS_B_FUTURE, 1000 * ATOM), OK);
    assert_true(market()->phase == PLI_PHASE_SETTLED);
    pli_i128 residue = ts_named(&w, TS_B_USD, PLI_NAMED_RESIDUE);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_COMMIT, TS_B_USD, TS_B_FUTURE, 40), OK);
    assert_true(market()->clearing == 0);
    assert_true(ts_named(&w, TS_B_USD, PLI_NAMED_RESIDUE) == residue + 40);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 40);
}

// What was collected and committed is one sum: it may not leave 128 bits either.
static void
collected_and_committed_together_fit_128_bits(void **state) {
    (void)state;
    w.ledger.markets[TS_B_FUTURE].committed = PLI_I128_MAX - 100;
    assert_int_equal(ts_deposit(&w, 1, TS_B_USD, 1000), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 1000 * ATOM), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -1, 1101 * ATOM), PLM_REJECT_OVERFLOW);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -1, 1100 * ATOM), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_PAY_IN, TS_B_USD, PLM_NONE, 5), OK);
    assert_int_equal(ts_fund(&w, PLM_FUND_ACTION_COMMIT, TS_B_USD, TS_B_FUTURE, 1),
                     PLM_REJECT_OVERFLOW);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unpaid_loss_leaves_the_profit_waiting, setup, teardown),
        cmocka_unit_test_setup_teardown(insurance_money_pays_the_rest, setup, teardown),
        cmocka_unit_test_setup_teardown(insurance_money_for_an_ended_market_leaves_clearing_empty,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(older_cohorts_are_paid_first, setup, teardown),
        cmocka_unit_test_setup_teardown(one_cohort_is_paid_pro_rata_rounded_down, setup, teardown),
        cmocka_unit_test_setup_teardown(later_profits_wait_together_behind_the_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(seventeenth_cohort_is_the_sixteenth_opened_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(credit_pays_losses_in_rising_order_of_instrument, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(collected_and_committed_together_fit_128_bits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(premium_received_pays_an_older_loss, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
