/* test_svi_fit.c: smiles come back from their own quotes; quotes that disagree are refused.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "market/slice.h"
#include "num/elementary.h"

#define STRIKES 21

static unsigned char memory[1 << 14];
static const plm_fit_workspace workspace = {memory, sizeof memory};

// Quotes of one expiry around `svi`, `spread` of volatility to either side, ln(strike / forward) from -0.6 to 0.6.
static void
quote_smile(const plm_svi *svi, double years, double spread, plm_fit_quote *quotes) {
    for (int i = 0; i < STRIKES; i += 1) {
        double k = (i - STRIKES / 2) * 0.06;
        double volatility = sqrt(pli_svi_variance(svi, k) / years);
        quotes[i] = (plm_fit_quote){.strike = 9000 * pli_exp(k),
                                    .forward = 9000,
                                    .bid_volatility = volatility - spread,
                                    .ask_volatility = volatility + spread,
                                    .mark_volatility = volatility,
                                    .weight = 1};
    }
}

static plm_fit_expiry
expiry_of(double years, const plm_fit_quote *quotes) {
    return (plm_fit_expiry){.years = years, .quote_count = STRIKES, .quotes = quotes};
}

static const plm_svi near_smile = {.a = 0.01, .b = 0.09, .rho = -0.15, .m = 0.03, .sigma = 0.1};
static const plm_svi far_smile = {.a = 0.05, .b = 0.18, .rho = -0.1, .m = 0.1, .sigma = 0.2};

static void
known_smiles_come_back_from_their_quotes(void **state) {
    (void)state;
    plm_fit_quote quotes[2][STRIKES];
    quote_smile(&near_smile, 0.05, 0.01, quotes[0]);
    quote_smile(&far_smile, 0.15, 0.01, quotes[1]);
    const plm_fit_expiry expiries[] = {expiry_of(0.05, quotes[0]), expiry_of(0.15, quotes[1])};
    plm_slice slices[2];
    plm_fit_report reports[2];
    assert_int_equal(plm_surface_fit(expiries, 2, workspace, slices, reports, NULL), PLM_OK);
    for (int e = 0; e < 2; e += 1) {
        assert_int_equal(slices[e].kind, PLM_SLICE_SVI);
        assert_int_equal(reports[e].quote_count, STRIKES);
        assert_int_equal(reports[e].quoted_count, STRIKES);
        assert_int_equal(reports[e].inside_count, STRIKES);
        assert_true(reports[e].violation_max == 0);
        assert_false(reports[e].was_repaired);
        for (int i = 0; i < STRIKES; i += 1) {
            double volatility;
            assert_int_equal(plm_slice_volatility(&slices[e], 9000, quotes[e][i].strike,
                                                  expiries[e].years, &volatility),
                             PLM_OK);
            assert_true(fabs(volatility - quotes[e][i].mark_volatility) < 2e-3);
        }
    }
}

static void
quotes_without_a_side_bound_nothing_there(void **state) {
    (void)state;
    plm_fit_quote quotes[STRIKES];
    quote_smile(&near_smile, 0.05, 0.01, quotes);
    quotes[0].bid_volatility = 0;
    quotes[1].ask_volatility = 0;
    quotes[2].bid_volatility = quotes[2].ask_volatility = 0;
    quotes[3].mark_volatility = 0;
    quotes[4].weight = 0;
    quotes[4].mark_volatility = 5; // not fitted, but still counted as outside
    quotes[4].bid_volatility = 4;
    quotes[4].ask_volatility = 6;
    const plm_fit_expiry expiry = expiry_of(0.05, quotes);
    plm_slice slice;
    plm_fit_report report;
    assert_int_equal(plm_surface_fit(&expiry, 1, workspace, &slice, &report, NULL), PLM_OK);
    assert_int_equal(report.quoted_count, STRIKES - 1);
    assert_int_equal(report.inside_count, STRIKES - 2);
    double volatility;
    assert_int_equal(plm_slice_volatility(&slice, 9000, quotes[4].strike, 0.05, &volatility),
                     PLM_OK);
    assert_true(fabs(report.violation_max - (4 - volatility)) < 1e-12);
}

static void
calendar_that_the_quotes_themselves_cross_is_refused(void **state) {
    (void)state;
    // Three months at less total variance than one: a smile meets each, none meets both.
    const plm_svi less = {.a = 0.002, .b = 0.05, .rho = -0.15, .m = 0.03, .sigma = 0.1};
    plm_fit_quote quotes[2][STRIKES];
    quote_smile(&near_smile, 0.05, 0.005, quotes[0]);
    quote_smile(&less, 0.15, 0.005, quotes[1]);
    const plm_fit_expiry expiries[] = {expiry_of(0.05, quotes[0]), expiry_of(0.15, quotes[1])};
    plm_slice slices[2] = {{.node_count = 7}};
    plm_fit_report reports[2] = {{.quote_count = 7}};
    plm_fault fault = {0};
    assert_int_equal(plm_surface_fit(expiries, 2, workspace, slices, reports, &fault),
                     PLM_SURFACE_ARBITRAGE);
    assert_non_null(strstr(fault.text, "expiry 1"));
    assert_int_equal(slices[0].node_count, 7);
    assert_int_equal(reports[0].quote_count, 7);
}

static void
quotes_of_the_published_butterfly_give_a_smile_without_it(void **state) {
    (void)state;
    // Gatheral and Jacquier (2014), example 3.1: the fit may miss quotes, but never has their arbitrage.
    const plm_svi vogt = {.a = -0.0410, .b = 0.1331, .m = 0.3586, .rho = 0.3060, .sigma = 0.4153};
    plm_fit_quote quotes[STRIKES];
    quote_smile(&vogt, 1, 0.002, quotes);
    for (int i = 0; i < STRIKES; i += 1) {
        double k = -0.6 + 0.09 * i;
        double volatility = sqrt(pli_svi_variance(&vogt, k));
        quotes[i].strike = 9000 * pli_exp(k);
        quotes[i].bid_volatility = volatility - 0.002;
        quotes[i].ask_volatility = volatility + 0.002;
        quotes[i].mark_volatility = volatility;
    }
    const plm_fit_expiry expiry = expiry_of(1, quotes);
    plm_slice slice;
    plm_fit_report report;
    plm_status status = plm_surface_fit(&expiry, 1, workspace, &slice, &report, NULL);
    if (status == PLM_OK) {
        plm_surface_expiry surface = {.years = 1, .forward = 9000, .slice = slice};
        assert_int_equal(plm_surface_check(&surface, 1, PLM_PRICE_DOMAIN_POSITIVE, NULL), PLM_OK);
        assert_true(report.margin.butterfly >= 0);
        assert_true(2 * report.inside_count >= report.quoted_count);
    } else {
        assert_int_equal(status, PLM_SURFACE_ARBITRAGE);
    }
}

static void
quotes_that_no_smile_meets_are_refused(void **state) {
    (void)state;
    plm_fit_quote quotes[STRIKES];
    quote_smile(&near_smile, 0.05, 0.0005, quotes);
    for (int i = 0; i < STRIKES; i += 1) {
        double jump = i % 2 == 0 ? 1.5 : 1 / 1.5;
        jump *= i % 4 < 2 ? 1.2 : 1;
        quotes[i].bid_volatility *= jump;
        quotes[i].ask_volatility *= jump;
        quotes[i].mark_volatility *= jump;
    }
    const plm_fit_expiry expiry = expiry_of(0.05, quotes);
    plm_slice slice;
    plm_fit_report report;
    plm_fault fault = {0};
    assert_int_equal(plm_surface_fit(&expiry, 1, workspace, &slice, &report, &fault),
                     PLM_FIT_FAILED);
    assert_non_null(strstr(fault.text, "expiry 0"));
}

typedef void spoil(plm_fit_quote *quote);

static void
spoil_strike(plm_fit_quote *quote) {
    quote->strike = 0;
}
static void
spoil_forward(plm_fit_quote *quote) {
    quote->forward = (double)NAN;
}
static void
spoil_volatility(plm_fit_quote *quote) {
    quote->mark_volatility = 101;
}
static void
spoil_tiny_volatility(plm_fit_quote *quote) {
    quote->ask_volatility = 1e-200;
}
static void
spoil_weight(plm_fit_quote *quote) {
    quote->weight = -1;
}

static void
input_out_of_range_is_refused(void **state) {
    (void)state;
    plm_fit_quote quotes[STRIKES];
    plm_slice slice;
    plm_fit_report report;
    spoil *const spoils[] = {spoil_strike, spoil_forward, spoil_volatility, spoil_tiny_volatility,
                             spoil_weight};
    for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i += 1) {
        quote_smile(&near_smile, 0.05, 0.01, quotes);
        spoils[i](&quotes[20]);
        const plm_fit_expiry expiry = expiry_of(0.05, quotes);
        assert_int_equal(plm_surface_fit(&expiry, 1, workspace, &slice, &report, NULL), PLM_DOMAIN);
    }
    quote_smile(&near_smile, 0.05, 0.01, quotes);
    plm_fit_expiry falling[] = {expiry_of(0.05, quotes), expiry_of(0.05, quotes)};
    assert_int_equal(plm_surface_fit(falling, 2, workspace, &slice, &report, NULL), PLM_DOMAIN);
    falling[0].years = 0;
    assert_int_equal(plm_surface_fit(falling, 1, workspace, &slice, &report, NULL), PLM_DOMAIN);
    quotes[3].bid_volatility = quotes[3].ask_volatility + 0.01;
    const plm_fit_expiry crossed = expiry_of(0.05, quotes);
    assert_int_equal(plm_surface_fit(&crossed, 1, workspace, &slice, &report, NULL),
                     PLM_QUOTE_CROSSED);
}

static void
fewer_than_five_strikes_are_too_few(void **state) {
    (void)state;
    plm_fit_quote quotes[STRIKES];
    quote_smile(&near_smile, 0.05, 0.01, quotes);
    for (int i = 4; i < STRIKES; i += 1) {
        quotes[i].strike = quotes[i % 4].strike;
    }
    const plm_fit_expiry expiry = expiry_of(0.05, quotes);
    plm_slice slice;
    plm_fit_report report;
    assert_int_equal(plm_surface_fit(&expiry, 1, workspace, &slice, &report, NULL),
                     PLM_HISTORY_SHORT);
}

static void
workspace_of_the_stated_size_is_enough_and_needed(void **state) {
    (void)state;
    plm_fit_quote quotes[STRIKES];
    quote_smile(&near_smile, 0.05, 0.01, quotes);
    const plm_fit_expiry expiry = expiry_of(0.05, quotes);
    plm_slice slice;
    plm_fit_report report;
    size_t size = plm_surface_fit_size(1, STRIKES);
    assert_true(size < sizeof memory);
    plm_fit_workspace exact = {memory + 1, size};
    memory[size + 1] = 0x5a;
    assert_int_equal(plm_surface_fit(&expiry, 1, exact, &slice, &report, NULL), PLM_OK);
    assert_int_equal(memory[size + 1], 0x5a);
    plm_fit_workspace small = {memory, size / 2};
    plm_fault fault = {0};
    assert_int_equal(plm_surface_fit(&expiry, 1, small, &slice, &report, &fault),
                     PLM_WORKSPACE_SMALL);
    assert_int_equal(plm_surface_fit(&expiry, 0, workspace, NULL, NULL, NULL), PLM_OK);
}

// Noise on the quotes of both expiries: accepted surfaces are free of arbitrage, whatever was accepted.
static void
noisy_quotes_never_give_a_surface_with_arbitrage(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(7);
    unsigned accepted = 0;
    for (int draw = 0; draw < 6; draw += 1) {
        plm_fit_quote quotes[2][STRIKES];
        quote_smile(&near_smile, 0.05, 0.02, quotes[0]);
        quote_smile(&near_smile, 0.052, 0.02, quotes[1]); // hardly later: the calendar test binds
        for (int i = 0; i < 2 * STRIKES; i += 1) {
            double shift = 0.04 * (pli_prng_unit(&prng) - 0.5);
            quotes[i / STRIKES][i % STRIKES].bid_volatility += shift;
            quotes[i / STRIKES][i % STRIKES].ask_volatility += shift;
            quotes[i / STRIKES][i % STRIKES].mark_volatility += shift;
        }
        const plm_fit_expiry expiries[] = {expiry_of(0.05, quotes[0]), expiry_of(0.052, quotes[1])};
        plm_slice slices[2];
        plm_fit_report reports[2];
        if (plm_surface_fit(expiries, 2, workspace, slices, reports, NULL) != PLM_OK) {
            continue;
        }
        accepted += 1;
        const plm_surface_expiry surface[] = {
            {.years = 0.05, .forward = 9000, .slice = slices[0]},
            {.years = 0.052, .forward = 9000, .slice = slices[1]}};
        assert_int_equal(plm_surface_check(surface, 2, PLM_PRICE_DOMAIN_POSITIVE, NULL), PLM_OK);
        assert_true(reports[1].margin.calendar >= 0);
    }
    assert_true(accepted >= 3);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_smiles_come_back_from_their_quotes),
        cmocka_unit_test(quotes_without_a_side_bound_nothing_there),
        cmocka_unit_test(calendar_that_the_quotes_themselves_cross_is_refused),
        cmocka_unit_test(quotes_of_the_published_butterfly_give_a_smile_without_it),
        cmocka_unit_test(quotes_that_no_smile_meets_are_refused),
        cmocka_unit_test(input_out_of_range_is_refused),
        cmocka_unit_test(fewer_than_five_strikes_are_too_few),
        cmocka_unit_test(workspace_of_the_stated_size_is_enough_and_needed),
        cmocka_unit_test(noisy_quotes_never_give_a_surface_with_arbitrage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
