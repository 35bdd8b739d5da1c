/* test_perpetual.c: the perpetual's fair value: worked examples, limits and refusals.  SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plimsoll/price.h"

static const plm_perpetual_terms example = {
    .spot = 10000.0,
    .rate = 0.04,
    .yield = 0.02,
    .anchor = 0.2,
    .interest = 0.005,
    .interval_years = 0.0,
    .settlement = PLM_SETTLEMENT_LINEAR,
    .basis = PLM_FUNDING_BASIS_PREVIOUS,
};

static double
price_of(plm_perpetual_terms terms) {
    double price = (double)NAN;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_OK);
    return price;
}

// By hand: 10,000 * 0.195 / 0.18 = 10,833.33 and 10,000 * 0.22 / 0.195 = 11,282.05.
static void
the_worked_examples_hold(void **state) {
    (void)state;
    plm_perpetual_terms terms = example;
    assert_true(fabs(price_of(terms) - 32500.0 / 3.0) < 1e-8);
    terms.settlement = PLM_SETTLEMENT_INVERSE;
    assert_true(fabs(price_of(terms) - 440000.0 / 39.0) < 1e-8);
}

static void
without_carry_and_interest_it_is_spot(void **state) {
    (void)state;
    for (int settlement = PLM_SETTLEMENT_LINEAR; settlement <= PLM_SETTLEMENT_INVERSE;
         settlement += 1) {
        for (int basis = PLM_FUNDING_BASIS_PREVIOUS; basis <= PLM_FUNDING_BASIS_CURRENT;
             basis += 1) {
            plm_perpetual_terms terms = example;
            terms.yield = terms.rate;
            terms.interest = 0.0;
            terms.interval_years = 8.0 / 8760.0;
            terms.settlement = (plm_settlement)settlement;
            terms.basis = (plm_funding_basis)basis;
            assert_true(price_of(terms) == 10000.0);
        }
    }
}

static void
short_intervals_approach_continuous_funding(void **state) {
    (void)state;
    for (int basis = PLM_FUNDING_BASIS_PREVIOUS; basis <= PLM_FUNDING_BASIS_CURRENT; basis += 1) {
        plm_perpetual_terms terms = example;
        terms.interval_years = 1e-7;
        terms.anchor *= terms.interval_years;
        terms.interest *= terms.interval_years;
        terms.basis = (plm_funding_basis)basis;
        assert_true(fabs(price_of(terms) / price_of(example) - 1.0) < 1e-7);
    }
}

// The defining equation of the source: the expected cash flow of one interval is zero.
static void
expected_cash_flow_of_an_interval_is_zero(void **state) {
    (void)state;
    plm_perpetual_terms terms = example;
    terms.interval_years = 0.25;
    terms.anchor = 0.03;
    double spot_next = terms.spot * exp(0.02 * 0.25);
    double price = price_of(terms);
    double price_next = price * exp(0.02 * 0.25);
    double funding = 0.03 * (price - terms.spot) + 0.005 * terms.spot;
    assert_true(fabs(price_next - price - funding) < 1e-9);
    terms.basis = PLM_FUNDING_BASIS_CURRENT;
    price = price_of(terms);
    price_next = price * exp(0.02 * 0.25);
    funding = 0.03 * (price_next - spot_next) + 0.005 * spot_next;
    assert_true(fabs(price_next - price - funding) < 1e-9);
}

static void
terms_without_a_price_are_refused(void **state) {
    (void)state;
    double price = -7.0;
    plm_perpetual_terms terms = example;
    terms.anchor = 0.02; // rate - yield: funding only just fails to tie the future to spot
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_DOMAIN);
    terms = example;
    terms.interest = terms.anchor;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_DOMAIN);
    terms = example;
    terms.spot = 0.0;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_DOMAIN);
    terms = example;
    terms.interval_years = 1.0;
    terms.basis = (plm_funding_basis)3;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_DOMAIN);
    terms = example;
    terms.settlement = (plm_settlement)0;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_DOMAIN);
    terms = example;
    terms.rate = (double)NAN;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_NOT_FINITE);
    terms = example;
    terms.spot = DBL_MAX;
    assert_int_equal(plm_perpetual_fair_value(&terms, &price), PLM_OVERFLOW);
    assert_true(price == -7.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_examples_hold),
        cmocka_unit_test(without_carry_and_interest_it_is_spot),
        cmocka_unit_test(short_intervals_approach_continuous_funding),
        cmocka_unit_test(expected_cash_flow_of_an_interval_is_zero),
        cmocka_unit_test(terms_without_a_price_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
