/* test_svi_chain.c: marks and fitted smiles against whole option chains of a real venue.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/chain.h"

static unsigned char memory[1 << 17];

// How one expiry meets its quotes by price: counted here, not taken from the report.
typedef struct tally {
    uint32_t quoted;
    uint32_t inside;
} tally;

typedef struct fitted {
    plm_slice slices[CHAIN_EXPIRIES_MAX];
    plm_fit_report reports[CHAIN_EXPIRIES_MAX];
    tally tallies[CHAIN_EXPIRIES_MAX];
} fitted;

// Loaded and fitted by the first test that asks, read by all others.
typedef struct trading_day {
    const char *name;
    bool is_loaded;
    bool is_fitted;
    chain chain;
    fitted fit;
} trading_day;

static trading_day may = {.name = "BTC_2020-05-21"};
static trading_day september = {.name = "BTC_2020-09-12"};
static trading_day october = {.name = "ETH_2021-10-01_two_expiries"};

static tally
count_inside(const chain *c, const plm_fit_expiry *expiry, const plm_slice *slice) {
    tally t = {0};
    for (uint32_t i = 0; i < expiry->quote_count; i += 1) {
        const chain_row *row = &c->rows[(size_t)(expiry->quotes - c->quotes) + i];
        double volatility = 0;
        assert_int_equal(
            plm_slice_volatility(slice, row->forward, row->strike, expiry->years, &volatility),
            PLM_OK);
        double price = chain_price(row, volatility);
        if (row->bid > 0 || row->ask > 0) {
            t.quoted += 1;
            t.inside += price >= row->bid && (row->ask <= 0 || price <= row->ask);
        }
    }
    return t;
}

static void
load(trading_day *day) {
    if (!day->is_loaded) {
        chain_load_or_skip(day->name, &day->chain);
        day->is_loaded = true;
    }
}

static void
fit_chain(const chain *c, uint32_t expiry_count, fitted *out) {
    assert_true(plm_surface_fit_size(expiry_count, c->row_count) <= sizeof memory);
    plm_fit_workspace workspace = {memory, sizeof memory};
    plm_fault fault = {0};
    assert_int_equal(
        plm_surface_fit(c->expiries, expiry_count, workspace, out->slices, out->reports, &fault),
        PLM_OK);
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        out->tallies[i] = count_inside(c, &c->expiries[i], &out->slices[i]);
    }
}

static void
load_and_fit(trading_day *day) {
    load(day);
    if (!day->is_fitted) {
        fit_chain(&day->chain, day->chain.expiry_count, &day->fit);
        day->is_fitted = true;
    }
}

static int
compare_doubles(const void *left, const void *right) {
    double l = *(const double *)left;
    double r = *(const double *)right;
    return (l > r) - (l < r);
}

// Median of |price at the mark's volatility - mark|, in coin.
static double
median_mark_error(trading_day *day) {
    static double errors[CHAIN_ROWS_MAX];
    load(day);
    uint32_t count = day->chain.row_count;
    for (uint32_t i = 0; i < count; i += 1) {
        const chain_row *row = &day->chain.rows[i];
        errors[i] = fabs(chain_price(row, row->mark_volatility) - row->mark);
    }
    qsort(errors, count, sizeof errors[0], compare_doubles);
    uint32_t half = count / 2;
    return count % 2 != 0 ? errors[half] : (errors[half - 1] + errors[half]) / 2;
}

static void
marks_come_back_from_their_volatility_within_5e_6_coin(void **state) {
    (void)state;
    assert_true(median_mark_error(&may) <= 5e-6);
    assert_int_equal(may.chain.row_count, 326);
    assert_true(median_mark_error(&september) <= 5e-6);
    assert_int_equal(september.chain.row_count, 358);
}

static void
assert_acceptance(trading_day *day) {
    load_and_fit(day);
    const fitted *f = &day->fit;
    uint32_t quoted = 0;
    uint32_t inside = 0;
    plm_surface_expiry surface[CHAIN_EXPIRIES_MAX];
    for (uint32_t i = 0; i < day->chain.expiry_count; i += 1) {
        const tally *t = &f->tallies[i];
        if (t->quoted >= 8) {
            assert_true(10 * t->inside >= 8 * t->quoted);
        }
        quoted += t->quoted;
        inside += t->inside;
        assert_true(f->reports[i].margin.butterfly >= 0);
        assert_true(f->reports[i].margin.slope >= 0);
        assert_true(f->reports[i].margin.calendar >= 0);
        surface[i] = (plm_surface_expiry){
            .years = day->chain.expiries[i].years, .forward = 1, .slice = f->slices[i]};
    }
    assert_true(10 * inside >= 9 * quoted);
    assert_int_equal(
        plm_surface_check(surface, day->chain.expiry_count, PLM_PRICE_DOMAIN_POSITIVE, NULL),
        PLM_OK);
}

static void
fitted_smiles_lie_inside_the_quotes_without_arbitrage(void **state) {
    (void)state;
    assert_acceptance(&may);
    assert_acceptance(&september);
}

// Nothing in the fit was chosen with this chain in view; it shows no mark volatilities either.
static void
chain_of_another_coin_and_year_is_met_as_well(void **state) {
    (void)state;
    assert_acceptance(&october);
    assert_int_equal(october.chain.expiry_count, 2);
}

static double
unit_call(const plm_slice *slice, double years, double strike) {
    double volatility = 0;
    assert_int_equal(plm_slice_volatility(slice, 1, strike, years, &volatility), PLM_OK);
    plm_option_terms terms = {1, strike, years, volatility, 1, PLM_RIGHT_CALL};
    double price = 0;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
    return price;
}

// In strike space, with the layer that prices: calls fall and are convex over strikes denser than any venue lists.
static void
assert_convex(trading_day *day) {
    load_and_fit(day);
    for (uint32_t i = 0; i < day->chain.expiry_count; i += 1) {
        double before = 2;
        double call = 1;
        for (int n = 0; n <= 1200; n += 1) {
            double price =
                unit_call(&day->fit.slices[i], day->chain.expiries[i].years, 0.2 + n * 0.005);
            assert_true(price <= call + 1e-14);
            if (n >= 2) {
                assert_true(before - 2 * call + price >= -1e-14);
            }
            before = call;
            call = price;
        }
    }
}

static void
fitted_smiles_give_convex_call_prices(void **state) {
    (void)state;
    assert_convex(&may);
    assert_convex(&september);
}

static void
same_quotes_give_the_same_bits(void **state) {
    (void)state;
    static fitted again;
    load_and_fit(&may);
    memset(memory, 0xa5, sizeof memory);
    // Later expiries change nothing of the earlier ones, so the first two are enough.
    fit_chain(&may.chain, 2, &again);
    for (uint32_t i = 0; i < 2; i += 1) {
        assert_memory_equal(&may.fit.slices[i].svi, &again.slices[i].svi, sizeof(plm_svi));
    }
}

static void
assert_tallies(trading_day *day, const tally *expected, uint32_t count) {
    load_and_fit(day);
    assert_int_equal(day->chain.expiry_count, count);
    for (uint32_t i = 0; i < count; i += 1) {
        assert_int_equal(day->fit.tallies[i].quoted, expected[i].quoted);
        assert_int_equal(day->fit.tallies[i].inside, expected[i].inside);
        assert_false(day->fit.reports[i].was_repaired);
    }
}

// Our own result, frozen: the table of docs/method/svi-surface.md. A change of the fit must change both.
static void
counts_are_those_of_the_documented_table(void **state) {
    (void)state;
    static const tally first[] = {{52, 49}, {32, 32}, {42, 42}, {50, 50},
                                  {58, 54}, {39, 39}, {38, 36}};
    static const tally second[] = {{32, 32}, {33, 33}, {48, 48}, {57, 57}, {36, 36},
                                   {30, 30}, {24, 24}, {38, 37}, {36, 33}};
    assert_tallies(&may, first, 7);
    assert_tallies(&september, second, 9);
    static const tally third[] = {{41, 41}, {31, 31}};
    assert_tallies(&october, third, 2);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_come_back_from_their_volatility_within_5e_6_coin),
        cmocka_unit_test(fitted_smiles_lie_inside_the_quotes_without_arbitrage),
        cmocka_unit_test(chain_of_another_coin_and_year_is_met_as_well),
        cmocka_unit_test(fitted_smiles_give_convex_call_prices),
        cmocka_unit_test(same_quotes_give_the_same_bits),
        cmocka_unit_test(counts_are_those_of_the_documented_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
