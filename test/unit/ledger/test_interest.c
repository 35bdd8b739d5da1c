/* test_interest.c: the kinked curve, indices and what they cost a balance.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/interest.h"
#include "support/books.h"

#define USD INT64_C(1000000)
#define OK PLM_REJECT_NONE

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 4);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

static int64_t
rate(int64_t borrowed, int64_t lent) {
    // 1 % at rest, 10 % at the kink of 80 %, 100 % at full use.
    pli_asset_book asset = {.lent = lent,
                            .borrowed = borrowed,
                            .kink_ppm = 800000,
                            .rate_zero_ppm = 10000,
                            .rate_kink_ppm = 100000,
                            .rate_full_ppm = 1000000};
    return pli_interest_rate_ppm(&asset);
}

static void
rate_follows_the_kinked_curve_rounded_up(void **state) {
    (void)state;
    assert_int_equal(rate(0, 0), 10000);
    assert_int_equal(rate(0, 100), 10000);
    assert_int_equal(rate(40, 100), 55000);
    assert_int_equal(rate(80, 100), 100000);
    assert_int_equal(rate(90, 100), 550000);
    assert_int_equal(rate(100, 100), 1000000);
    assert_int_equal(rate(300, 100), 1000000);
    assert_int_equal(rate(1, 0), 1000000);
    // A third: floor to 333,333 ppm of use, 90,000 * 333,333 / 800,000 = 37,499.96, up.
    assert_int_equal(rate(1, 3), 47500);
}

// Half of 1,000 USD is lent out for a year at 66,250 ppm: 33.125 USD, of which 90 % go to the lenders.
static void
year_of_a_loan_by_hand(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000 * USD), OK);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 500 * USD), OK);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    w.time_ns += PLM_YEAR_NS;
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    assert_int_equal(ts_books_touch(&w, 1), OK);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), -533125000);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1029812500);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_INTEREST), 3312500);
    assert_int_equal(ts_interest(&w, TS_B_ASSETS), PLM_REJECT_ASSET_UNKNOWN);
}

// 1,000 USD lent, half of it out, for half a year; then 9,000 more arrive one moment before interest is asked for. The late
// lender earns nothing for the time before, and the loan costs what half use costs: 66,250 ppm for half a year is 16.5625.
static void
late_lender_earns_nothing_for_the_time_before(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000 * USD), OK);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 500 * USD), OK);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    w.time_ns += PLM_YEAR_NS / 2;
    assert_int_equal(ts_deposit(&w, 2, TS_B_USD, 9000 * USD), OK);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(ts_books_touch(&w, i), OK);
    }
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), -516562500);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1014906250);
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 9000 * USD);
    assert_int_equal(ts_named(&w, TS_B_USD, PLI_NAMED_INTEREST), 16562500 - 14906250);
}

// A loan taken and repaid between two INTEREST events is paid for, and so is who lent it.
static void
loan_between_two_interest_events_is_paid_for(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000 * USD), OK);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 500 * USD), OK);
    w.time_ns += PLM_YEAR_NS;
    assert_int_equal(ts_repay(&w, 1, TS_B_USD, 533125000), OK);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 0);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1029812500);
}

static void
step_is_rounded_up_and_the_lenders_share_down(void **state) {
    (void)state;
    // One nanosecond at 66,250 ppm: 66,250e12 / 31,536e12 ns a year = 2.1..., so a step of 3e-18.
    pli_asset_book asset = {.lent = 3,
                            .borrowed = 2,
                            .kink_ppm = 500000,
                            .rate_zero_ppm = 66250,
                            .rate_kink_ppm = 66250,
                            .rate_full_ppm = 66250,
                            .reserve_ppm = 100000};
    pli_i128 borrow = 0;
    pli_i128 lend = 0;
    pli_interest_steps(&asset, 1, &borrow, &lend);
    assert_true(borrow == 3);
    // 2 * 3 * 0.9 / 3 = 1.8, down.
    assert_true(lend == 1);
    asset.lent = 0;
    pli_interest_steps(&asset, 1, &borrow, &lend);
    assert_true(borrow == 3 && lend == 0);
    // Loans that nobody funds earn the one lender no more than what he lent.
    asset.lent = 1;
    asset.borrowed = PLI_I128_MAX;
    pli_interest_steps(&asset, 1, &borrow, &lend);
    assert_true(borrow == 3 && lend == 2);
    // The steepest curve for all of time stays far below the bound.
    asset.rate_full_ppm = 10 * PLM_PPM;
    asset.reserve_ppm = 0;
    pli_interest_steps(&asset, INT64_C(1) << 62, &borrow, &lend);
    assert_true(borrow < PLI_INTEREST_INDEX_MAX / 1000000);
    assert_true(lend == borrow);
}

// Every small balance and step: what borrowers owe is never less, what lenders get never more than exact.
static void
interest_of_every_small_balance_is_rounded_to_the_venue(void **state) {
    (void)state;
    const pli_i128 tenth = PLI_INDEX_ONE / 10;
    for (int64_t atoms = -30; atoms <= 30; atoms += 1) {
        for (int64_t tenths = 0; tenths <= 25; tenths += 1) {
            pli_asset_book asset = {.borrow_index = tenth * tenths, .lend_index = tenth * tenths};
            pli_i128 due = 0;
            assert_true(pli_interest_due(&asset, atoms, 0, &due));
            assert_true(due * 10 <= atoms * tenths);
            assert_true((due + 1) * 10 > atoms * tenths);
        }
    }
}

static void
first_interest_only_sets_the_time(void **state) {
    (void)state;
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000 * USD), OK);
    assert_int_equal(ts_borrow(&w, 1, TS_B_USD, 500 * USD), OK);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    assert_true(w.ledger.assets[TS_B_USD].borrow_index == 0);
    assert_true(w.ledger.assets[TS_B_USD].interest_ns == w.time_ns);
    assert_int_equal(ts_interest(&w, TS_B_USD), OK);
    assert_true(w.ledger.assets[TS_B_USD].borrow_index == 0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_follows_the_kinked_curve_rounded_up),
        cmocka_unit_test_setup_teardown(year_of_a_loan_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(late_lender_earns_nothing_for_the_time_before, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(loan_between_two_interest_events_is_paid_for, setup,
                                        teardown),
        cmocka_unit_test(step_is_rounded_up_and_the_lenders_share_down),
        cmocka_unit_test(interest_of_every_small_balance_is_rounded_to_the_venue),
        cmocka_unit_test_setup_teardown(first_interest_only_sets_the_time, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
