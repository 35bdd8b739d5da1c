/* test_backstop.c: the backstop never quotes the mark, stays in its tranche and cannot be stranded.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "liquidation/backstop.h"

#define USD INT64_C(1000000)

// 10 dollars a lot; a daily volume of 2^24 dollars puts a knot of the impact table at every power of two.
static const pli_backstop_terms terms = {.spread_ppm = 1000,
                                         .rate_ppm = 50000,
                                         .volume_micros = (INT64_C(1) << 24) * USD,
                                         .discount_max_ppm = 20000,
                                         .stress_ppm = 200000};

static pli_backstop_take_result
take(const pli_backstop_terms *t, int64_t inventory, int64_t tranche, int64_t lots) {
    pli_backstop_market market = {
        .inventory_lots = inventory, .lot_notional_micros = 16 * USD, .tranche_micros = tranche};
    pli_backstop_take_result result;
    assert_int_equal(pli_backstop_take(t, &market, &(pli_backstop_offer){.lots = lots}, &result),
                     PLM_OK);
    return result;
}

static void
the_page_is_computed_by_hand(void **state) {
    (void)state;
    // 2^16 lots of 16 dollars are 2^20 dollars: I = 5 % * 2^20 * sqrt(2^-4) = 13,107.20 dollars, 0.1 % is 1,048.576.
    pli_backstop_take_result result = take(&terms, 0, INT64_MAX, 1 << 16);
    assert_int_equal(result.lots, 1 << 16);
    assert_int_equal(result.cost_micros, 13107200000 + 1048576000);
    // Four times as much, held already: sqrt(2^-2) = 1/2 of 5 % of 2^22 = 104,857.60; the same again on top of that is dearer.
    result = take(&terms, 3 << 16, INT64_MAX, 1 << 16);
    assert_true(result.lots == 0 || result.cost_micros > 13107200000 + 1048576000);
    // What brings the pool back to nothing costs the spread alone.
    result = take(&terms, -(1 << 16), 0, 1 << 16);
    assert_int_equal(result.lots, 1 << 16);
    assert_int_equal(result.cost_micros, 1048576000);
}

static void
the_tranche_bounds_what_the_pool_can_lose(void **state) {
    (void)state;
    // 20 % of 16 dollars is 3.20 a lot: 1,000 dollars carry 312 lots.
    assert_int_equal(take(&terms, 0, 1000 * USD, 5000).lots, 312);
    assert_int_equal(take(&terms, 0, 1000 * USD, -5000).lots, -312);
    assert_int_equal(take(&terms, 300, 1000 * USD, 5000).lots, 12);
    assert_int_equal(take(&terms, 312, 1000 * USD, 5000).lots, 0);
    assert_int_equal(take(&terms, 0, 0, 1).lots, 0);
    // Holding 400 against it, it may come back to 312 on this side, or stay where it is.
    assert_int_equal(take(&terms, -400, 1000 * USD, 5000).lots, 800);
    assert_int_equal(take(&terms, -200, 1000 * USD, 5000).lots, 512);
}

static void
the_collar_lets_the_pool_take_less_not_cheaper(void **state) {
    (void)state;
    pli_backstop_take_result all = take(&terms, 0, INT64_MAX, PLM_LOTS_MAX);
    pli_i128 notional = (pli_i128)all.lots * 16 * USD;
    assert_true(all.lots > 0 && all.lots < PLM_LOTS_MAX);
    assert_true((pli_i128)all.cost_micros * 1000000 <= notional * 20000);
    pli_backstop_terms dear = terms;
    dear.spread_ppm = 20001;
    assert_int_equal(take(&dear, 0, INT64_MAX, 100).lots, 0);
}

static int64_t
drawn_lots(pli_prng *prng) {
    int64_t most = INT64_C(1) << pli_prng_below(prng, 22);
    return pli_prng_range_i64(prng, -most, most);
}

static void
in_parts_it_costs_no_less_and_there_and_back_gains_nothing(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(9);
    pli_backstop_terms open = terms;
    open.discount_max_ppm = 1000000;
    for (uint32_t turn = 0; turn < 20000; turn += 1) {
        int64_t held = drawn_lots(&prng);
        int64_t lots = drawn_lots(&prng);
        int64_t part = (int64_t)((double)lots * pli_prng_unit(&prng));
        pli_backstop_take_result whole = take(&open, held, INT64_MAX, lots);
        pli_backstop_take_result first = take(&open, held, INT64_MAX, part);
        pli_backstop_take_result second = take(&open, held + part, INT64_MAX, lots - part);
        pli_backstop_take_result back = take(&open, held + lots, INT64_MAX, -lots);
        assert_true(whole.lots == lots && first.lots == part && second.lots == lots - part &&
                    back.lots == -lots);
        assert_true(first.cost_micros + second.cost_micros >= whole.cost_micros);
        int64_t size = lots < 0 ? -lots : lots;
        assert_true(whole.cost_micros >= size * 16 * 1000);
        assert_true(back.cost_micros >= size * 16 * 1000);
    }
}

static void
drawn_offers_are_taken_as_far_as_every_bound_allows(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(10);
    for (uint32_t turn = 0; turn < 5000; turn += 1) {
        int64_t held = drawn_lots(&prng);
        int64_t lots = drawn_lots(&prng);
        int64_t tranche = pli_prng_range_i64(&prng, 0, 10000000 * USD);
        pli_backstop_take_result taken = take(&terms, held, tranche, lots);
        int64_t sign = lots < 0 ? -1 : 1;
        assert_true(taken.lots * sign >= 0 && taken.lots * sign <= lots * sign);
        if (taken.lots != 0) {
            assert_int_equal(take(&terms, held, tranche, taken.lots).lots, taken.lots);
        }
        if (taken.lots != lots) {
            // One lot more is refused.
            assert_int_equal(take(&terms, held, tranche, taken.lots + sign).lots, taken.lots);
        }
    }
}

static void
the_stress_of_an_inventory_is_kept(void **state) {
    (void)state;
    int64_t stress = 0;
    pli_backstop_market market = {.inventory_lots = -313, .lot_notional_micros = 16 * USD};
    assert_int_equal(pli_backstop_stress(&terms, &market, &stress), PLM_OK);
    assert_int_equal(stress, 1001600000);
    market.inventory_lots = PLM_LOTS_MAX;
    market.lot_notional_micros = INT64_MAX;
    assert_int_equal(pli_backstop_stress(&terms, &market, &stress), PLM_OVERFLOW);
}

static void
what_is_missing_of_a_bankrupt_account_counts_towards_the_tranche(void **state) {
    (void)state;
    pli_backstop_market market = {.lot_notional_micros = 16 * USD, .tranche_micros = 1000 * USD};
    pli_backstop_offer offer = {.lots = 500, .deficit_micros = 400 * USD};
    pli_backstop_take_result result;
    // 0.80 a lot is missing and 3.20 a lot may be lost: 1,000 / 4.00 = 250 lots, with 200 dollars borne.
    assert_int_equal(pli_backstop_take(&terms, &market, &offer, &result), PLM_OK);
    assert_int_equal(result.lots, 250);
    assert_int_equal(result.borne_micros, 200 * USD);
    // What the pool is short already brings its inventory down: all that is missing may be the whole tranche.
    market.inventory_lots = -500;
    offer.deficit_micros = 1000 * USD;
    assert_int_equal(pli_backstop_take(&terms, &market, &offer, &result), PLM_OK);
    assert_int_equal(result.lots, 500);
    assert_int_equal(result.borne_micros, 1000 * USD);
    offer.deficit_micros = -1;
    assert_int_equal(pli_backstop_take(&terms, &market, &offer, &result), PLM_PARAMETER_INVALID);
}

static void
the_way_out_costs_what_coming_in_would(void **state) {
    (void)state;
    pli_backstop_market market = {.inventory_lots = -(1 << 16), .lot_notional_micros = 16 * USD};
    int64_t micros = 0;
    assert_int_equal(pli_backstop_exit(&terms, &market, &micros), PLM_OK);
    assert_int_equal(micros, 13107200000 + 1048576000);
    market.lot_notional_micros = 0;
    assert_int_equal(pli_backstop_exit(&terms, &market, &micros), PLM_PARAMETER_INVALID);
    market.lot_notional_micros = INT64_MAX;
    assert_int_equal(pli_backstop_exit(&terms, &market, &micros), PLM_OVERFLOW);
}

static void
what_is_not_well_formed_is_refused(void **state) {
    (void)state;
    pli_backstop_market market = {.lot_notional_micros = 1};
    pli_backstop_take_result result;
    pli_backstop_terms bad = terms;
    assert_int_equal(pli_backstop_take(&terms, &market,
                                       &(pli_backstop_offer){.lots = PLM_LOTS_MAX + 1}, &result),
                     PLM_PARAMETER_INVALID);
    bad.volume_micros = 0;
    assert_int_equal(pli_backstop_take(&bad, &market, &(pli_backstop_offer){.lots = 1}, &result),
                     PLM_PARAMETER_INVALID);
    bad = terms;
    bad.rate_ppm = 100000001;
    assert_int_equal(pli_backstop_take(&bad, &market, &(pli_backstop_offer){.lots = 1}, &result),
                     PLM_PARAMETER_INVALID);
    market.lot_notional_micros = 0;
    assert_int_equal(pli_backstop_stress(&terms, &market, &(int64_t){0}), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_backstop_take(&terms, &market, &(pli_backstop_offer){.lots = 1}, &result),
                     PLM_PARAMETER_INVALID);
    market.lot_notional_micros = 1;
    market.tranche_micros = -1;
    assert_int_equal(pli_backstop_take(&terms, &market, &(pli_backstop_offer){.lots = 1}, &result),
                     PLM_PARAMETER_INVALID);
}

static void
shares_are_computed_by_hand(void **state) {
    (void)state;
    pli_backstop_value pool = {.shares = 0};
    pli_i128 shares = 0;
    pli_backstop_payment payment;
    assert_int_equal(pli_backstop_deposit(&pool, 1000 * USD, &shares), PLM_OK);
    assert_true(shares == (pli_i128)1000 * 1000 * USD);
    // It doubled: a share is worth twice as much, and half of what is not reserved can go.
    pool = (pli_backstop_value){.shares = shares, .low = 2000 * USD, .high = 2000 * USD};
    assert_int_equal(pli_backstop_withdraw(&pool, shares / 2, &payment), PLM_OK);
    assert_true(payment.shares == shares / 2 && payment.micros == 999999999);
    pool.reserved = 1500 * USD;
    assert_int_equal(pli_backstop_withdraw(&pool, shares / 2, &payment), PLM_OK);
    // ceil(500,000,000 * (10^12 + 1000) / 2,000,000,001)
    assert_true(payment.micros == 500 * USD && payment.shares == INT64_C(250000000125));
    pool.reserved = 2000 * USD;
    assert_int_equal(pli_backstop_withdraw(&pool, shares / 2, &payment), PLM_OK);
    assert_true(payment.micros == 0 && payment.shares == 0);
}

// a / b < c / d, b and d > 0, all below 2^63.
static bool
is_less(pli_i128 a, pli_i128 b, pli_i128 c, pli_i128 d) {
    return a * d < c * b;
}

static void
payments_never_lower_a_share_nor_go_below_what_is_reserved(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(11);
    for (uint32_t turn = 0; turn < 20000; turn += 1) {
        int64_t most = INT64_C(1) << (1 + pli_prng_below(&prng, 45));
        pli_backstop_value pool = {.shares = pli_prng_edge_i64(&prng, 1, most),
                                   .low = pli_prng_edge_i64(&prng, -most, most),
                                   .reserved = pli_prng_edge_i64(&prng, 0, most)};
        pool.high = pool.low;
        pli_i128 asked = 1 + (pli_i128)pli_prng_below(&prng, (uint64_t)pool.shares);
        pli_i128 all = pool.shares + PLI_BACKSTOP_SHARES_VIRTUAL;
        pli_backstop_payment paid;
        assert_int_equal(pli_backstop_withdraw(&pool, asked, &paid), PLM_OK);
        assert_true(paid.shares >= 0 && paid.shares <= asked && paid.micros >= 0);
        assert_true(paid.micros == 0 || pool.low - paid.micros >= pool.reserved);
        assert_true(paid.micros > 0 || paid.shares == 0);
        assert_false(is_less(pool.low - paid.micros + 1, all - paid.shares, pool.low + 1, all));
        if (pool.high <= 0) {
            continue;
        }
        pli_i128 amount = pli_prng_edge_i64(&prng, 1, most);
        pli_i128 minted = 0;
        if (pli_backstop_deposit(&pool, amount, &minted) != PLM_OK) {
            assert_true(amount * all < pool.high + 1);
            continue;
        }
        assert_false(is_less(pool.low + amount + 1, all + minted, pool.low + 1, all));
        // In and out again at once.
        pool.shares += minted;
        pool.low += amount;
        pool.high = pool.low;
        pool.reserved = 0;
        assert_int_equal(pli_backstop_withdraw(&pool, minted, &paid), PLM_OK);
        assert_true(paid.micros <= amount);
    }
}

static void
the_first_share_cannot_be_inflated(void **state) {
    (void)state;
    // One micro paid in, then a gift of a million dollars: the next member loses less than a thousandth of it.
    pli_backstop_value pool = {.shares = 1000, .low = 1000001 * USD, .high = 1000001 * USD};
    pli_i128 shares = 0;
    pli_backstop_payment payment;
    assert_int_equal(pli_backstop_deposit(&pool, 1000000 * USD, &shares), PLM_OK);
    pool.shares += shares;
    pool.low += 1000000 * USD;
    pool.high = pool.low;
    assert_int_equal(pli_backstop_withdraw(&pool, shares, &payment), PLM_OK);
    assert_true(payment.micros > 999000 * USD);
}

static void
everybody_can_leave_a_pool_that_holds_nothing(void **state) {
    (void)state;
    pli_backstop_value pool = {.shares = 3000 * USD, .low = 7 * USD, .high = 7 * USD};
    for (uint32_t member = 0; member < 3; member += 1) {
        pli_backstop_payment payment;
        assert_int_equal(pli_backstop_withdraw(&pool, 1000 * USD, &payment), PLM_OK);
        assert_true(payment.shares == 1000 * USD);
        assert_true(payment.micros >= 7 * USD / 3 - 10 && payment.micros <= 7 * USD / 3 + 1);
        pool.shares -= payment.shares;
        pool.low -= payment.micros;
        pool.high = pool.low;
    }
    assert_true(pool.shares == 0 && pool.low >= 0);
}

static void
new_money_does_not_pay_old_losses(void **state) {
    (void)state;
    pli_backstop_value pool = {.shares = 1000, .low = -5, .high = 0};
    pli_i128 shares = 0;
    pli_backstop_payment payment;
    assert_int_equal(pli_backstop_deposit(&pool, 100, &shares), PLM_DOMAIN);
    assert_int_equal(pli_backstop_withdraw(&pool, 1000, &payment), PLM_OK);
    assert_true(payment.micros == 0 && payment.shares == 0);
    pool = (pli_backstop_value){.low = -5, .high = -5};
    assert_int_equal(pli_backstop_deposit(&pool, 100, &shares), PLM_DOMAIN);
    pool = (pli_backstop_value){.shares = 1, .low = 5000000, .high = 5000000};
    assert_int_equal(pli_backstop_deposit(&pool, 1, &shares), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_backstop_deposit(&pool, 0, &shares), PLM_PARAMETER_INVALID);
    assert_int_equal(pli_backstop_withdraw(&pool, 2, &payment), PLM_PARAMETER_INVALID);
    pool.high = pool.low - 1;
    assert_int_equal(pli_backstop_withdraw(&pool, 1, &payment), PLM_PARAMETER_INVALID);
    pool = (pli_backstop_value){.shares = (pli_i128)1 << 100, .low = 1, .high = 1};
    assert_int_equal(pli_backstop_deposit(&pool, (pli_i128)1 << 100, &shares), PLM_OVERFLOW);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_computed_by_hand),
        cmocka_unit_test(the_tranche_bounds_what_the_pool_can_lose),
        cmocka_unit_test(the_collar_lets_the_pool_take_less_not_cheaper),
        cmocka_unit_test(in_parts_it_costs_no_less_and_there_and_back_gains_nothing),
        cmocka_unit_test(drawn_offers_are_taken_as_far_as_every_bound_allows),
        cmocka_unit_test(the_stress_of_an_inventory_is_kept),
        cmocka_unit_test(what_is_missing_of_a_bankrupt_account_counts_towards_the_tranche),
        cmocka_unit_test(the_way_out_costs_what_coming_in_would),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
        cmocka_unit_test(shares_are_computed_by_hand),
        cmocka_unit_test(payments_never_lower_a_share_nor_go_below_what_is_reserved),
        cmocka_unit_test(the_first_share_cannot_be_inflated),
        cmocka_unit_test(everybody_can_leave_a_pool_that_holds_nothing),
        cmocka_unit_test(new_money_does_not_pay_old_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
