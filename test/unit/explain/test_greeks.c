/* test_greeks.c: sensitivities against finite differences of a revalued portfolio.    SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "plimsoll/price.h"
#include "support/explain_world.h"

// A state of the world: relative moves of the indices, volatility added to all options of one underlying, days passed.
typedef struct state {
    double move[TS_UNDERLYING_COUNT];
    double volatility[TS_UNDERLYING_COUNT];
    double days;
} state;

static double
moved(const ts_world *world, uint32_t u, int64_t value_e8, double move) {
    bool is_any = world->underlyings[u].domain == PLM_PRICE_DOMAIN_ANY;
    double value = (double)value_e8 / 1e8;
    return is_any ? value + move * (double)world->underlyings[u].reference_e8 / 1e8
                  : value * (1 + move);
}

static double
option_price(const ts_world *world, const plm_instrument *option, const state *at,
             double *forward) {
    uint32_t u = option->underlying_index;
    bool is_any = world->underlyings[u].domain == PLM_PRICE_DOMAIN_ANY;
    const plm_expiry_market *expiry = plm_market_expiry(&world->market, u, option->expiry_ns);
    double years = (double)(option->expiry_ns - TS_WORLD_NOW) / (double)PLM_YEAR_NS;
    double volatility = 0;
    assert_int_equal(plm_slice_volatility(&expiry->slice, (double)expiry->forward_e8 / 1e8,
                                          (double)option->strike_e8 / 1e8, years, &volatility),
                     PLM_OK);
    *forward = moved(world, u, expiry->forward_e8, at->move[u]);
    plm_option_terms terms = {.forward = *forward,
                              .strike = (double)option->strike_e8 / 1e8,
                              .years = years - at->days / 365,
                              .volatility = volatility + at->volatility[u],
                              .discount = 1,
                              .right = option->right};
    double price = 0;
    plm_status status =
        is_any ? plm_bachelier_price(&terms, &price) : plm_black76_price(&terms, &price);
    assert_int_equal(status, PLM_OK);
    return price;
}

// Worth of one position in dollars: profit, or value of an option, in the settlement asset times that asset's price.
static double
position_worth(const ts_account *account, const plm_position *position, const state *at) {
    const ts_world *world = &account->world;
    const plm_instrument *instrument = &world->instruments[position->instrument_index];
    uint32_t u = instrument->underlying_index;
    double unit = (double)world->underlyings[u].price_unit;
    double size = (double)position->lots * (double)instrument->lot_e8 / 1e8;
    double cost = (double)pli_i128_from_wide(position->cost);
    bool is_inverse = instrument->settlement == PLM_SETTLEMENT_INVERSE;
    double worth = 0;
    if (instrument->kind == PLM_KIND_OPTION) {
        double forward = 0;
        double price = option_price(world, instrument, at, &forward);
        worth = is_inverse ? size * price / forward : size * price / unit;
    } else {
        double mark =
            moved(world, u, world->marks[position->instrument_index].mark_e8, at->move[u]);
        worth = is_inverse ? cost / 1e12 - size * unit / mark
                           : size * mark / unit - cost * (double)instrument->lot_e8 / 1e16 / unit;
    }
    uint32_t priced_by = world->assets[instrument->settlement_asset_index].underlying_index;
    if (priced_by == PLM_NONE) {
        return worth;
    }
    int64_t price_e8 = world->prices[priced_by].price.price_e8;
    return worth * moved(world, priced_by, price_e8, at->move[priced_by]) /
           (double)world->underlyings[priced_by].price_unit;
}

static double
worth(const ts_account *account, const state *at) {
    double sum = 0;
    for (uint32_t i = 0; i < account->portfolio.position_count; i += 1) {
        sum += position_worth(account, &account->positions[i], at);
    }
    for (uint32_t i = 0; i < account->portfolio.balance_count; i += 1) {
        uint32_t u = account->world.assets[account->balances[i].asset_index].underlying_index;
        double units = (double)pli_i128_from_wide(account->balances[i].atoms) / 1e8;
        sum += u == PLM_NONE ? units
                             : units * moved(&account->world, u,
                                             account->world.prices[u].price.price_e8, at->move[u]);
    }
    return sum;
}

// Worth with underlying u moved by x and its volatilities by v.
static double
worth_at(const ts_account *account, uint32_t u, double x, double v) {
    state at = {.days = 0};
    at.move[u] = x;
    at.volatility[u] = v;
    return worth(account, &at);
}

static double
first(const ts_account *account, uint32_t u, double x, double v) {
    return (worth_at(account, u, x, v) - worth_at(account, u, -x, -v)) / (2 * (x + v));
}

static double
second(const ts_account *account, uint32_t u, double x, double v) {
    double middle = worth_at(account, u, 0, 0);
    return (worth_at(account, u, x, v) - 2 * middle + worth_at(account, u, -x, -v)) /
           ((x + v) * (x + v));
}

static double
mixed(const ts_account *account, uint32_t u, double x, double v) {
    return (worth_at(account, u, x, v) - worth_at(account, u, x, -v) - worth_at(account, u, -x, v) +
            worth_at(account, u, -x, -v)) /
           (4 * x * v);
}

typedef double difference(const ts_account *account, uint32_t u, double x, double v);

// Two step sizes, extrapolated: what is left is of fourth order in the step.
static double
extrapolate(difference *of, const ts_account *account, uint32_t u, double x, double v) {
    return (4 * of(account, u, x / 2, v / 2) - of(account, u, x, v)) / 3;
}

static void
expect_near(const char *what, uint32_t u, double seen, double expected, double tolerance) {
    if (!(fabs(seen - expected) <= tolerance * (fabs(expected) + 1))) {
        fail_msg("%s of underlying %u is %.9g, differences give %.9g", what, u, seen, expected);
    }
}

static void
compare(ts_account *account) {
    plm_greeks greeks[TS_UNDERLYING_COUNT];
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_explain_greeks(&account->input, greeks, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        bool is_any = account->world.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY;
        double x = 0.004;
        double v = is_any ? 0.5 : 0.01;
        expect_near("delta", u, greeks[u].delta, extrapolate(first, account, u, x, 0), 1e-5);
        expect_near("gamma", u, greeks[u].gamma, extrapolate(second, account, u, x, 0), 1e-3);
        expect_near("vega", u, greeks[u].vega, extrapolate(first, account, u, 0, v), 1e-5);
        expect_near("volga", u, greeks[u].volga, extrapolate(second, account, u, 0, v), 1e-3);
        expect_near("vanna", u, greeks[u].vanna, extrapolate(mixed, account, u, x, v), 1e-3);
    }
    double theta = 0;
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        theta += greeks[u].theta;
    }
    state later = {.days = 0.001};
    state before = {.days = -0.001};
    expect_near("theta", 0, theta, (worth(account, &later) - worth(account, &before)) / 0.002,
                1e-5);
}

static void
greeks_of_a_linear_book_match_differences(void **unused) {
    (void)unused;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_PERP, -700);
    ts_account_hold(&account, TS_BTC_CALL, 1000);
    ts_account_hold(&account, TS_BTC_PUT, -400);
    ts_account_hold(&account, TS_SHIB_PERP, 300);
    ts_account_cash(&account, 1000 * TS_USD_MICROS);
    compare(&account);
}

static void
greeks_of_a_coin_settled_book_match_differences(void **unused) {
    (void)unused;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_INVERSE, 9000);
    // Bought lower than now: the coin gained is itself exposed.
    account.positions[0].cost = (plm_wide){.low = UINT64_C(1100000000000)};
    ts_account_hold(&account, TS_BTC_COIN_CALL, -800);
    account.balances[0] = (plm_balance){.asset_index = TS_BTC, .atoms = {.low = 70000000}};
    account.portfolio.balance_count = 1;
    compare(&account);
}

static void
greeks_count_the_price_of_the_settlement_asset(void **unused) {
    (void)unused;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_USDT_PERP, 500);
    account.positions[0].cost = (plm_wide){.low = UINT64_C(4500000000000000)};
    compare(&account);
    plm_greeks greeks[TS_UNDERLYING_COUNT];
    assert_int_equal(plm_explain_greeks(&account.input, greeks, NULL), PLM_OK);
    // Worked example of docs/method/greeks.md: half a coin at 100,080 and a gain of 5,040, in USDT at 0.9995.
    expect_near("delta", TS_U_BTC, greeks[TS_U_BTC].delta, 0.5 * 100080 * 0.9995, 1e-14);
    expect_near("delta", TS_U_USDT, greeks[TS_U_USDT].delta, 5040 * 0.9995, 1e-12);
}

static void
greeks_of_prices_of_any_sign_match_differences(void **unused) {
    (void)unused;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_WTI_FUTURE, 30);
    ts_account_hold(&account, TS_WTI_CALL, -50);
    ts_account_hold(&account, TS_WTI_PUT, 20);
    compare(&account);
}

static void
greeks_of_futures_style_options_are_those_of_the_option(void **unused) {
    (void)unused;
    ts_account account;
    plm_greeks paid[TS_UNDERLYING_COUNT];
    plm_greeks margined[TS_UNDERLYING_COUNT];
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_CALL, 100);
    assert_int_equal(plm_explain_greeks(&account.input, paid, NULL), PLM_OK);
    account.world.instruments[TS_BTC_CALL].premium = PLM_PREMIUM_FUTURES_STYLE;
    account.positions[0].cost = (plm_wide){.low = 12345};
    assert_int_equal(plm_explain_greeks(&account.input, margined, NULL), PLM_OK);
    assert_memory_equal(paid, margined, sizeof paid);
}

static void
greeks_of_changes_are_added(void **unused) {
    (void)unused;
    ts_account account;
    plm_greeks held[TS_UNDERLYING_COUNT];
    plm_greeks traded[TS_UNDERLYING_COUNT];
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_CALL, 100);
    ts_account_hold(&account, TS_BTC_COIN_CALL, 40);
    int64_t premium_e8 = account.world.marks[TS_BTC_COIN_CALL].mark_e8;
    // The premium leaves a balance that is a delta-one position itself.
    int64_t atoms = (40 * 100000 * premium_e8 + 99999999) / 100000000;
    account.balances[0] =
        (plm_balance){.asset_index = TS_BTC, .atoms = pli_wide_from_i128(-(pli_i128)atoms)};
    account.portfolio.balance_count = 1;
    assert_int_equal(plm_explain_greeks(&account.input, held, NULL), PLM_OK);
    plm_change changes[2];
    memset(changes, 0, sizeof changes);
    for (int i = 0; i < 2; i += 1) {
        uint32_t instrument = i == 0 ? TS_BTC_CALL : TS_BTC_COIN_CALL;
        changes[i].kind = PLM_CHANGE_TRADE;
        changes[i].trade = (plm_trade){.instrument_index = instrument,
                                       .lots = i == 0 ? 100 : 40,
                                       .price_e8 = account.world.marks[instrument].mark_e8,
                                       .fee_micros = 1};
    }
    account.portfolio.position_count = 0;
    account.portfolio.balance_count = 0;
    account.input.margin.change_count = 2;
    account.input.margin.changes = changes;
    assert_int_equal(plm_explain_greeks(&account.input, traded, NULL), PLM_OK);
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        expect_near("delta", u, traded[u].delta, held[u].delta, 1e-12);
        expect_near("vega", u, traded[u].vega, held[u].vega, 1e-12);
    }
}

static void
failure_names_the_instrument_and_writes_nothing(void **unused) {
    (void)unused;
    ts_account account;
    plm_greeks greeks[TS_UNDERLYING_COUNT];
    plm_greeks before[TS_UNDERLYING_COUNT];
    plm_fault fault;
    memset(greeks, 0x55, sizeof greeks);
    memcpy(before, greeks, sizeof greeks);
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_PERP, 1);
    ts_account_hold(&account, TS_BTC_CALL, 1);
    account.world.expiries[1].slice.kind = PLM_SLICE_NONE;
    assert_int_equal(plm_explain_greeks(&account.input, greeks, &fault), PLM_SURFACE_MISSING);
    assert_non_null(strstr(fault.text, "instrument 4 "));
    account.world.marks[TS_BTC_PERP].is_present = false;
    assert_int_equal(plm_explain_greeks(&account.input, greeks, &fault), PLM_MARK_MISSING);
    assert_non_null(strstr(fault.text, "instrument 1 "));
    account.positions[0].instrument_index = TS_INSTRUMENT_COUNT;
    assert_int_equal(plm_explain_greeks(&account.input, greeks, &fault), PLM_INDEX_UNKNOWN);
    assert_memory_equal(greeks, before, sizeof greeks);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greeks_of_a_linear_book_match_differences),
        cmocka_unit_test(greeks_of_a_coin_settled_book_match_differences),
        cmocka_unit_test(greeks_count_the_price_of_the_settlement_asset),
        cmocka_unit_test(greeks_of_prices_of_any_sign_match_differences),
        cmocka_unit_test(greeks_of_futures_style_options_are_those_of_the_option),
        cmocka_unit_test(greeks_of_changes_are_added),
        cmocka_unit_test(failure_names_the_instrument_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
