/* test_liqprice.c: at its liquidation price an account has exactly its maintenance.      SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plimsoll/liqprice.h"
#include "venue/liqprice.h"

static pli_liqprice_terms
terms_of(bool is_short, pli_exact size, pli_exact entry, pli_exact margin) {
    pli_exact zero = pli_exact_of(0);
    return (pli_liqprice_terms){.is_short = is_short,
                                .size = size,
                                .entry = entry,
                                .margin = margin,
                                .leverage = pli_exact_of(10),
                                .maintenance_rate = zero,
                                .maintenance_deduction = zero,
                                .taker_rate = zero,
                                .others_profit = zero,
                                .others_maintenance = zero};
}

/* Brackets of 1 %, 2 % from 1,000 and 5 % from 10,000. */
static void
make_brackets(pli_bracket brackets[3]) {
    static const int64_t floors[] = {0, 1000, 10000};
    static const int64_t percents[] = {1, 2, 5};
    for (int i = 0; i < 3; i += 1) {
        brackets[i] = (pli_bracket){.floor = pli_exact_of(floors[i]),
                                    .rate = pli_exact_ratio(percents[i], 100)};
    }
    pli_brackets_deduce(3, brackets);
}

static bool
is_equal(pli_exact left, pli_exact right) {
    pli_exact difference = pli_exact_subtract(left, right);
    return difference.status == PLM_OK && pli_exact_sign(difference) == 0;
}

/* Equity of the position alone, less its maintenance at the bracket of that price. */
static pli_exact
excess_at(const pli_liqprice_terms *terms, const pli_bracket *brackets, pli_exact price) {
    pli_exact held = terms->is_short ? pli_exact_negate(terms->size) : terms->size;
    pli_exact profit = pli_exact_multiply(held, pli_exact_subtract(price, terms->entry));
    pli_exact notional = pli_exact_multiply(terms->size, price);
    const pli_bracket *bracket = pli_bracket_at(3, brackets, notional);
    return pli_exact_subtract(pli_exact_add(terms->margin, profit),
                              pli_bracket_maintenance(bracket, notional));
}

static void
maintenance_is_continuous_at_every_floor(void **state) {
    (void)state;
    pli_bracket brackets[3];
    make_brackets(brackets);
    for (int i = 1; i < 3; i += 1) {
        assert_true(is_equal(pli_bracket_maintenance(&brackets[i - 1], brackets[i].floor),
                             pli_bracket_maintenance(&brackets[i], brackets[i].floor)));
    }
    // A floor belongs to the bracket that starts there.
    assert_ptr_equal(pli_bracket_at(3, brackets, pli_exact_of(1000)), &brackets[1]);
    assert_ptr_equal(pli_bracket_at(3, brackets, pli_exact_ratio(99999, 100)), &brackets[0]);
    assert_ptr_equal(pli_bracket_at(3, brackets, pli_exact_of(1000000)), &brackets[2]);
}

static void
equity_equals_maintenance_at_the_price(void **state) {
    (void)state;
    pli_bracket brackets[3];
    make_brackets(brackets);
    for (int is_short = 0; is_short <= 1; is_short += 1) {
        for (int64_t size = 1; size <= 512; size *= 2) {
            for (int64_t leverage = 2; leverage <= 16; leverage += 1) {
                pli_liqprice_terms terms =
                    terms_of(is_short != 0, pli_exact_of(size), pli_exact_of(100), pli_exact_of(0));
                terms.leverage = pli_exact_of(leverage);
                terms.margin = pli_liqprice_isolated_margin(&terms);
                pli_exact price = pli_liqprice_bracketed(&terms, 3, brackets);
                assert_int_equal(price.status, PLM_OK);
                assert_int_equal(pli_exact_sign(excess_at(&terms, brackets, price)), 0);
            }
        }
    }
}

static void
a_price_on_a_floor_is_found_from_both_sides(void **state) {
    (void)state;
    pli_bracket brackets[3];
    make_brackets(brackets);
    // Ten long at 110 with margin 110: equity 10 at 100, where notional is 1,000 and maintenance 10.
    pli_liqprice_terms terms =
        terms_of(false, pli_exact_of(10), pli_exact_of(110), pli_exact_of(110));
    assert_true(is_equal(pli_liqprice_bracketed(&terms, 3, brackets), pli_exact_of(100)));
    // Ten short at 90 with margin 110 meets it from below.
    terms = terms_of(true, pli_exact_of(10), pli_exact_of(90), pli_exact_of(110));
    assert_true(is_equal(pli_liqprice_bracketed(&terms, 3, brackets), pli_exact_of(100)));
}

static void
other_positions_of_a_cross_account_move_the_price(void **state) {
    (void)state;
    // One long at 100, margin 5, rate 0.4 %: 95.38 alone; with 4 of maintenance elsewhere 99.40.
    pli_liqprice_terms terms = terms_of(false, pli_exact_of(1), pli_exact_of(100), pli_exact_of(5));
    terms.maintenance_rate = pli_exact_ratio(4, 1000);
    assert_true(is_equal(pli_liqprice_linear(&terms), pli_exact_ratio(95000, 996)));
    terms.others_maintenance = pli_exact_of(4);
    assert_true(is_equal(pli_liqprice_linear(&terms), pli_exact_ratio(99000, 996)));
    terms.others_profit = pli_exact_of(4);
    assert_true(is_equal(pli_liqprice_linear(&terms), pli_exact_ratio(95000, 996)));
}

static void
what_has_no_price_says_so(void **state) {
    (void)state;
    pli_liqprice_terms terms = terms_of(false, pli_exact_of(0), pli_exact_of(100), pli_exact_of(5));
    assert_int_equal(pli_liqprice_linear(&terms).status, PLM_DOMAIN);
    terms.size = pli_exact_of(1);
    terms.maintenance_rate = pli_exact_of(1);
    assert_int_equal(pli_liqprice_linear(&terms).status, PLM_DOMAIN);
    terms.is_short = true;
    assert_true(is_equal(pli_liqprice_linear(&terms), pli_exact_ratio(105, 2)));
    terms.leverage = pli_exact_of(0);
    assert_int_equal(pli_liqprice_bybit(&terms).status, PLM_DOMAIN);
    // A margin above the whole value: no price above zero liquidates.
    terms = terms_of(false, pli_exact_of(1), pli_exact_of(100), pli_exact_of(101));
    assert_true(pli_exact_sign(pli_liqprice_linear(&terms)) < 0);
}

static const int64_t usd = 1000000;
static const int64_t e8 = 100000000;

static plm_liqprice
solve(const char *venue, plm_liqprice_question question) {
    plm_liqprice price = {0};
    plm_fault fault = {0};
    if (plm_liqprice_solve(plm_liqprice_venue_find(venue), &question, &price, &fault) != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(fault.status), fault.text);
    }
    return price;
}

static void
the_venues_differ_as_they_say(void **state) {
    (void)state;
    // One short at 100, leverage 10: at 1 % and a fee of 0.1 %.
    plm_liqprice_question q = {.is_short = true,
                               .size_e8 = e8,
                               .entry_e8 = 100 * e8,
                               .leverage_e8 = 10 * e8,
                               .has_rate = true,
                               .rate_ppm = 10000,
                               .taker_ppm = 1000};
    assert_int_equal(solve("okx", q).price_e8, INT64_C(10880316518)); // 110 / 1.011, down
    assert_int_equal(solve("gate", q).price_e8, INT64_C(10880316518));
    q.taker_ppm = 0;
    assert_int_equal(solve("bybit", q).price_e8, 109 * e8);
    assert_int_equal(solve("bybit", q).margin_micros, 0);
    assert_int_equal(solve("hyperliquid", q).price_e8, INT64_C(10891089108)); // 110 / 1.01, down
    assert_int_equal(solve("hyperliquid", q).margin_micros, 10 * usd);
    uint32_t count = 0;
    while (plm_liqprice_venue_at(count) != NULL) {
        const plm_liqprice_venue *venue = plm_liqprice_venue_at(count);
        assert_ptr_equal(plm_liqprice_venue_find(venue->name), venue);
        count += 1;
    }
    assert_int_equal(count, 5);
    assert_ptr_equal(plm_liqprice_venue_find("no such venue"), NULL);
}

static void
without_a_rate_the_shipped_tiers_decide(void **state) {
    (void)state;
    // The example of the header: 5,700 / 0.0996, up.
    plm_liqprice_question q = {.size_e8 = e8 / 10, .entry_e8 = 60000 * e8, .leverage_e8 = 20 * e8};
    assert_int_equal(solve("binance", q).price_e8, INT64_C(5722891566266));
    assert_int_equal(solve("binance", q).margin_micros, 300 * usd);
    // 100 BTC: 5.7 million stay in the bracket of 1 % less 11,450: 5,688,550 / 99.
    q.size_e8 = 100 * e8;
    assert_int_equal(solve("binance", q).price_e8, INT64_C(5746010101011));
    // A balance worth more than the position: never.
    q = (plm_liqprice_question){.size_e8 = e8 / 10,
                                .entry_e8 = 60000 * e8,
                                .has_balance = true,
                                .balance_micros = 6001 * usd};
    assert_false(solve("binance", q).is_found);
    q.others_maintenance_micros = 3001 * usd;
    assert_int_equal(solve("binance", q).price_e8, INT64_C(3012048192772)); // 3,000 / 0.0996, up
}

static void
is_refused(const char *venue, plm_liqprice_question question, const char *words) {
    plm_liqprice price = {.price_e8 = 7};
    plm_fault fault = {0};
    assert_int_equal(plm_liqprice_solve(plm_liqprice_venue_find(venue), &question, &price, &fault),
                     PLM_DOMAIN);
    if (strstr(fault.text, words) == NULL) {
        fail_msg("%s does not say %s", fault.text, words);
    }
    assert_int_equal(price.price_e8, 7);
}

static void
a_question_that_a_venue_does_not_read_is_refused(void **state) {
    (void)state;
    const plm_liqprice_question good = {.size_e8 = e8,
                                        .entry_e8 = 100 * e8,
                                        .leverage_e8 = 10 * e8,
                                        .has_rate = true,
                                        .rate_ppm = 10000};
    plm_liqprice_question q = good;
    q.size_e8 = 0;
    is_refused("binance", q, "size_e8");
    q = good;
    q.leverage_e8 = 0;
    is_refused("binance", q, "leverage_e8");
    q = good;
    q.has_balance = true;
    is_refused("binance", q, "both");
    is_refused("bybit", q, "leverage");
    q = good;
    q.has_rate = false;
    is_refused("okx", q, "rate is needed");
    q.amount_micros = 1;
    is_refused("binance", q, "goes with a rate");
    q = good;
    q.amount_micros = 1;
    is_refused("okx", q, "no maintenance amount");
    q = good;
    q.taker_ppm = 1;
    is_refused("hyperliquid", q, "no taker fee");
    q = good;
    q.others_profit_micros = 1;
    is_refused("bybit", q, "isolated");
    q = good;
    q.rate_ppm = 1000000;
    is_refused("binance", q, "no price");
    plm_liqprice_venue other = *plm_liqprice_venue_at(0);
    plm_liqprice price = {0};
    assert_int_equal(plm_liqprice_solve(&other, &good, &price, NULL), PLM_DOMAIN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maintenance_is_continuous_at_every_floor),
        cmocka_unit_test(equity_equals_maintenance_at_the_price),
        cmocka_unit_test(a_price_on_a_floor_is_found_from_both_sides),
        cmocka_unit_test(other_positions_of_a_cross_account_move_the_price),
        cmocka_unit_test(what_has_no_price_says_so),
        cmocka_unit_test(the_venues_differ_as_they_say),
        cmocka_unit_test(without_a_rate_the_shipped_tiers_decide),
        cmocka_unit_test(a_question_that_a_venue_does_not_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
