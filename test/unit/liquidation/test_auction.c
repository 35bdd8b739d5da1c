/* test_auction.c: auction prices, takes and shares, by hand and on every small input.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "liquidation/auction.h"

static pli_auction_terms
terms_of(pli_auction_curve curve) {
    return (pli_auction_terms){.curve = curve,
                               .one = 1000000000000000000,
                               .top = 100000,
                               .cut = 900000000000000000,
                               .seconds = 10,
                               .tail_seconds = PLI_AUCTION_FOREVER};
}

static void
prices_by_hand(void **state) {
    (void)state;
    pli_auction_quote quote;
    pli_auction_terms terms = terms_of(PLI_AUCTION_LINEAR);
    assert_int_equal(pli_auction_price(&terms, 3, &quote), PLM_OK);
    assert_true(quote.price == 70000 && !quote.is_reset_due);
    terms = terms_of(PLI_AUCTION_STAIRSTEP);
    assert_int_equal(pli_auction_price(&terms, 29, &quote), PLM_OK);
    assert_true(quote.price == 81000);
    terms = terms_of(PLI_AUCTION_EXPONENTIAL);
    assert_int_equal(pli_auction_price(&terms, 3, &quote), PLM_OK);
    assert_true(quote.price == 72900);
    terms.cut = terms.one + 1;
    assert_int_equal(pli_auction_price(&terms, 3, &quote), PLM_PARAMETER_INVALID);
}

static void
price_never_rises_nor_falls_below_the_reserve(void **state) {
    (void)state;
    for (unsigned curve = PLI_AUCTION_LINEAR; curve <= PLI_AUCTION_EXPONENTIAL; curve += 1) {
        pli_auction_terms terms = terms_of((pli_auction_curve)curve);
        terms.reserve = 30000;
        pli_i128 last = terms.top;
        bool was_due = false;
        for (uint64_t elapsed = 0; elapsed < 300; elapsed += 1) {
            pli_auction_quote quote;
            assert_int_equal(pli_auction_price(&terms, elapsed, &quote), PLM_OK);
            assert_true(quote.price <= last && quote.price >= terms.reserve);
            assert_true(quote.is_reset_due || !was_due);
            last = quote.price;
            was_due = quote.is_reset_due;
        }
        assert_true(was_due);
    }
}

static void
auction_without_bids_restarts_and_then_goes_to_the_backstop(void **state) {
    (void)state;
    pli_auction_quote quote;
    pli_auction_terms terms = terms_of(PLI_AUCTION_LINEAR);
    terms.tail_seconds = 4;
    assert_int_equal(pli_auction_price(&terms, 4, &quote), PLM_OK);
    assert_false(quote.is_reset_due);
    assert_int_equal(pli_auction_price(&terms, 5, &quote), PLM_OK);
    assert_true(quote.is_reset_due);
    pli_auction_lot lot = {.debt = pli_u256_of(100), .quantity = 10};
    pli_auction_bid bid = {.quantity = 10, .price_max = 100000};
    assert_int_equal(pli_auction_take(&lot, &quote, &bid).refusal, PLI_AUCTION_RESET_DUE);
    assert_int_equal(pli_auction_next(1, 2), PLI_AUCTION_RESTART);
    assert_int_equal(pli_auction_next(2, 2), PLI_AUCTION_HAND_OVER);
}

static void
check_take(unsigned debt, unsigned dust, unsigned quantity, unsigned wanted, unsigned price) {
    pli_auction_lot lot = {
        .debt = pli_u256_of(debt), .dust = pli_u256_of(dust), .quantity = quantity};
    pli_auction_quote quote = {.price = price};
    pli_auction_bid bid = {.quantity = wanted, .price_max = price};
    pli_auction_sale sale = pli_auction_take(&lot, &quote, &bid);
    if (sale.refusal != PLI_AUCTION_TAKEN) {
        assert_int_equal(sale.refusal, PLI_AUCTION_NO_PARTIAL);
        assert_true(debt <= dust && wanted < quantity);
        return;
    }
    assert_true(sale.left.debt.low + sale.owed.low == debt);
    assert_true(sale.left.quantity + sale.taken == quantity && sale.taken <= wanted);
    assert_true(sale.taken * price <= sale.owed.low);
    assert_true(sale.left.debt.low == 0 || sale.left.quantity == 0 || sale.left.debt.low >= dust);
    assert_true(sale.is_closed == (sale.left.debt.low == 0 || sale.left.quantity == 0));
}

static void
no_take_leaves_dust(void **state) {
    (void)state;
    for (unsigned code = 0; code < 16 * 8 * 8 * 9 * 5; code += 1) {
        unsigned rest = code / 16;
        check_take(1 + code % 16, rest % 8, 1 + rest / 8 % 8, 1 + rest / 64 % 9, 1 + rest / 576);
    }
}

static void
part_of_a_loan_leaves_no_dust(void **state) {
    (void)state;
    // Room 75 at a penalty of 1.1: floor(75 / 1.1) = 68 of 100; 40 * 68 / 100 = 27; 68 * 1.1 = 74.
    pli_auction_loan loan = {.collateral = 40,
                             .debt = 100,
                             .rate = 1,
                             .penalty = 11,
                             .penalty_one = 10,
                             .dust = pli_u256_of(20),
                             .room = pli_u256_of(75)};
    pli_auction_part part;
    assert_int_equal(pli_auction_part_of(&loan, &part), PLM_OK);
    assert_true(part.debt == 68 && part.collateral == 27 && part.target.low == 74);
    loan.dust = pli_u256_of(33); // 32 would remain
    assert_int_equal(pli_auction_part_of(&loan, &part), PLM_OK);
    assert_true(part.debt == 100 && part.collateral == 40 && part.target.low == 110);
    loan.dust = pli_u256_of(76);
    assert_int_equal(pli_auction_part_of(&loan, &part), PLM_LIMIT);
    loan.rate = 0;
    assert_int_equal(pli_auction_part_of(&loan, &part), PLM_PARAMETER_INVALID);
    loan.rate = 1;
    loan.dust = (pli_u256){.high = 0};
    loan.room = (pli_u256){.high = ~(pli_u128)0};
    assert_int_equal(pli_auction_part_of(&loan, &part), PLM_OVERFLOW);
}

/* Discount .9 to .5 in 10 s and to 0 in 100 s more; insolvent 60 s; fee 1 %, buffer 20 %. */
static const pli_share_terms share_terms = {.start_e18 = 900000000000000000,
                                            .cutoff_e18 = 500000000000000000,
                                            .fast_seconds = 10,
                                            .slow_seconds = 100,
                                            .insolvent_seconds = 60,
                                            .fee_e18 = 10000000000000000,
                                            .buffer_e18 = 200000000000000000};

static void
shares_by_hand(void **state) {
    (void)state;
    assert_int_equal(pli_share_check(&share_terms), PLM_OK);
    // B = -50 - 150 * .2 = -80; at d = .8: 80 / (80 + 80) = half; price 100 * .8 * .5 = 40.
    pli_share_account account = {.value = 100, .maintenance = -50};
    assert_true(pli_share_buffer(&share_terms, &account) == -80);
    assert_true(pli_share_limit(&share_terms, &account, 800000000000000000) == PLI_SHARE_ONE / 2);
    assert_true(pli_share_price(&account, 800000000000000000, PLI_SHARE_ONE / 2) == 40);
    // A value of 100 is below 101: all of it may be taken, but not where nothing is missing.
    pli_share_terms whole = share_terms;
    whole.whole_below = 101;
    assert_true(pli_share_limit(&whole, &account, 800000000000000000) == PLI_SHARE_ONE);
    whole.whole_below = 100;
    assert_true(pli_share_limit(&whole, &account, 800000000000000000) == PLI_SHARE_ONE / 2);
    const pli_share_account sound = {.value = 100, .maintenance = 50};
    whole.whole_below = 1000;
    assert_true(pli_share_limit(&whole, &sound, 800000000000000000) == 0);
    whole.whole_below = -1;
    assert_int_equal(pli_share_check(&whole), PLM_PARAMETER_INVALID);
    // At d = 1: 80 / 180 of 100, rounded up to 45; a hundredth of it, up to 1.
    assert_true(pli_share_fee(&share_terms, &account) == 1);
    assert_true(pli_share_discount(&share_terms, 5) == 700000000000000000);
    assert_true(pli_share_discount(&share_terms, 60) == 250000000000000000);
    // Insolvent: from 20 to 80 in a minute; half of 50 after half of it.
    account = (pli_share_account){.value = -20, .maintenance = -80};
    assert_true(pli_share_payout(&share_terms, &account, 30, PLI_SHARE_ONE / 2) == 25);
    assert_true(pli_share_payout(&share_terms, &account, 900, PLI_SHARE_ONE) == 80);
    pli_share_terms wrong = share_terms;
    wrong.cutoff_e18 = wrong.start_e18 + 1;
    assert_int_equal(pli_share_check(&wrong), PLM_PARAMETER_INVALID);
}

static void
discount_falls_and_payout_rises(void **state) {
    (void)state;
    pli_share_account account = {.value = -17, .maintenance = -1003};
    for (uint64_t elapsed = 1; elapsed < 130; elapsed += 1) {
        assert_true(pli_share_discount(&share_terms, elapsed) <=
                    pli_share_discount(&share_terms, elapsed - 1));
        assert_true(pli_share_payout(&share_terms, &account, elapsed, PLI_SHARE_ONE) >=
                    pli_share_payout(&share_terms, &account, elapsed - 1, PLI_SHARE_ONE));
    }
    assert_true(pli_share_discount(&share_terms, 110) == 0);
}

static void
largest_share_restores_the_buffer(void **state) {
    (void)state;
    const pli_i128 unit = 1000000000;
    for (int value = 1; value < 40; value += 1) {
        for (int maintenance = -40; maintenance < 0; maintenance += 1) {
            pli_share_account account = {.value = value * unit, .maintenance = maintenance * unit};
            int64_t discount = pli_share_discount(&share_terms, (uint64_t)value);
            int64_t share = pli_share_limit(&share_terms, &account, discount);
            pli_i128 bid = pli_share_price(&account, discount, share);
            pli_i128 keep = PLI_SHARE_ONE - share;
            pli_share_account after = {.value = account.value * keep / PLI_SHARE_ONE + bid,
                                       .maintenance =
                                           account.maintenance * keep / PLI_SHARE_ONE + bid};
            pli_i128 left = pli_share_buffer(&share_terms, &after);
            assert_true(share > 0 && share <= PLI_SHARE_ONE && left >= -4 && left <= 4);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_by_hand),
        cmocka_unit_test(price_never_rises_nor_falls_below_the_reserve),
        cmocka_unit_test(auction_without_bids_restarts_and_then_goes_to_the_backstop),
        cmocka_unit_test(no_take_leaves_dust),
        cmocka_unit_test(part_of_a_loan_leaves_no_dust),
        cmocka_unit_test(shares_by_hand),
        cmocka_unit_test(discount_falls_and_payout_rises),
        cmocka_unit_test(largest_share_restores_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
