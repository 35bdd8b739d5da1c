/* test_mango_v4.c: edges of Mango v4's health and stable price.                        SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "venue/mango_v4.h"

static pli_mango_token tokens[2];
static pli_mango_spot_market market;
static pli_mango_perpetual perpetual;

static pli_mango_account
make(void) {
    tokens[0] = (pli_mango_token){.price = {1.0, 1.0}, .weights = {1.0, 1.0, 1.0, 1.0}};
    tokens[1] = (pli_mango_token){.price = {5.0, 5.0}, .weights = {0.5, 1.5, 0.7, 1.3}};
    market = (pli_mango_spot_market){.base_index = 1, .quote_index = 0};
    perpetual = (pli_mango_perpetual){.base_price = {5.0, 5.0},
                                      .base_lot_size = 10.0,
                                      .base_weights = {0.8, 1.2, 0.9, 1.1},
                                      .init_overall_asset_weight = 0.95,
                                      .maint_overall_asset_weight = 1.0};
    return (pli_mango_account){.token_count = 2,
                               .market_count = 1,
                               .perpetual_count = 1,
                               .tokens = tokens,
                               .markets = &market,
                               .perpetuals = &perpetual};
}

static double
health(const pli_mango_account *account, pli_mango_level level) {
    double out = 0.0;
    assert_int_equal(pli_mango_health(account, level, &out), PLM_OK);
    return out;
}

static void
is_near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-9))
        fail_msg("got %.12g, expected %.12g", got, expected);
}

/* 10 tokens at 5, stable 4: 10 * 4 * 0.5, 10 * 5 * 0.5, 10 * 5 * 0.7; borrowed with stable 6: -10 * 6 * 1.5 and so on. */
static void
three_levels_use_their_own_weights_and_prices(void **state) {
    (void)state;
    pli_mango_account account = make();
    tokens[1].balance = 10.0;
    tokens[1].price.stable = 4.0;
    is_near(health(&account, PLI_MANGO_INIT), 20.0);
    is_near(health(&account, PLI_MANGO_LIQUIDATION_END), 25.0);
    is_near(health(&account, PLI_MANGO_MAINT), 35.0);
    tokens[1].balance = -10.0;
    tokens[1].price.stable = 6.0;
    is_near(health(&account, PLI_MANGO_INIT), -90.0);
    is_near(health(&account, PLI_MANGO_LIQUIDATION_END), -75.0);
    is_near(health(&account, PLI_MANGO_MAINT), -65.0);
}

/* Borrows of 1,000 * 5 against a start of 2,500 double the liability weight; only initially. */
static void
crowded_loans_weigh_more(void **state) {
    (void)state;
    pli_mango_account account = make();
    tokens[1].balance = -10.0;
    tokens[1].bank = (pli_mango_bank){.borrows = 1000.0, .borrow_scale_start_quote = 2500.0};
    is_near(health(&account, PLI_MANGO_INIT), -150.0);
    is_near(health(&account, PLI_MANGO_LIQUIDATION_END), -75.0);
}

/* 10 base offered at 4 under an oracle of 5, against a loan in quote: they bring 40, not 50, and base counts 25. */
static void
crossing_orders_are_converted_at_their_own_price(void **state) {
    (void)state;
    pli_mango_account account = make();
    tokens[0].balance = -1000.0;
    tokens[1].weights.init_asset = 1.0;
    market.base_reserved = 10.0;
    is_near(health(&account, PLI_MANGO_INIT), -950.0);
    market.ask_lowest = 4.0;
    is_near(health(&account, PLI_MANGO_INIT), -960.0);
    // 100 quote bid at 10: ten base instead of twenty.
    market = (pli_mango_spot_market){.base_index = 1, .quote_index = 0, .quote_reserved = 100.0};
    is_near(health(&account, PLI_MANGO_INIT), -900.0);
    market.bid_highest_inverse = 0.1;
    is_near(health(&account, PLI_MANGO_INIT), -950.0);
}

static void
bad_tables_are_refused(void **state) {
    (void)state;
    double out = 3.0;
    pli_mango_account account = make();
    market.base_index = 2;
    assert_int_equal(pli_mango_health(&account, PLI_MANGO_INIT, &out), PLM_DOMAIN);
    account = make();
    tokens[1].price.oracle = 0.0;
    assert_int_equal(pli_mango_health(&account, PLI_MANGO_INIT, &out), PLM_DOMAIN);
    account = make();
    perpetual.ask_lots = -1.0;
    assert_int_equal(pli_mango_health(&account, PLI_MANGO_INIT, &out), PLM_DOMAIN);
    account = make();
    tokens[0].balance = 1e308;
    tokens[0].price = (pli_mango_price){1e10, 1e10};
    assert_int_equal(pli_mango_health(&account, PLI_MANGO_INIT, &out), PLM_NOT_FINITE);
    assert_true(out == 3.0);
}

/* Random accounts: initial <= liquidation end <= maintenance, and open orders never help [MANGO-1]. */
static void
levels_are_ordered_and_orders_never_help(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(9);
    for (uint32_t i = 0; i < 2000; i += 1) {
        pli_mango_account account = make();
        tokens[0].balance = pli_prng_unit(&prng) * 2000.0 - 1000.0;
        tokens[1].balance = pli_prng_unit(&prng) * 200.0 - 100.0;
        tokens[1].price.stable = 2.0 + pli_prng_unit(&prng) * 6.0;
        perpetual.base_lots = pli_prng_unit(&prng) * 20.0 - 10.0;
        perpetual.quote = pli_prng_unit(&prng) * 1000.0 - 500.0;
        perpetual.base_price.stable = 2.0 + pli_prng_unit(&prng) * 6.0;
        double maint = health(&account, PLI_MANGO_MAINT);
        double end = health(&account, PLI_MANGO_LIQUIDATION_END);
        double init = health(&account, PLI_MANGO_INIT);
        assert_true(init <= end + 1e-9 && end <= maint + 1e-9);
        perpetual.bid_lots = pli_prng_unit(&prng) * 10.0;
        perpetual.ask_lots = pli_prng_unit(&prng) * 10.0;
        assert_true(health(&account, PLI_MANGO_MAINT) <= maint + 1e-9);
        assert_true(health(&account, PLI_MANGO_INIT) <= init + 1e-9);
    }
}

static const pli_mango_stable_rules rules = {3600, 0.06F, 0.0003F, 10, 600};

static void
early_updates_are_ignored_and_late_ones_count_ten_minutes(void **state) {
    (void)state;
    pli_mango_stable stable;
    pli_mango_stable_reset(&stable, 1.0, 0);
    pli_mango_stable_update(&stable, &rules, 2.0, 9);
    assert_true(stable.price == 1.0);
    assert_int_equal(stable.updated_at, 0);
    pli_mango_stable other = stable;
    pli_mango_stable_update(&stable, &rules, 2.0, 600);
    pli_mango_stable_update(&other, &rules, 2.0, 3000);
    assert_true(stable.price == other.price);
    is_near(stable.price, 1.0 + 600.0 * (double)0.0003F);
}

/* Down it moves as it moves up: by at most limit * dt a step; it never passes the oracle. */
static void
the_stable_price_stays_between_its_limits_and_the_oracle(void **state) {
    (void)state;
    pli_mango_stable stable;
    pli_mango_stable_reset(&stable, 1.0, 0);
    pli_mango_stable_update(&stable, &rules, 0.1, 60);
    is_near(stable.price, 1.0 - 60.0 * (double)0.0003F);
    pli_mango_stable_update(&stable, &rules, stable.price * 1.001, 120);
    is_near(stable.price, (1.0 - 60.0 * (double)0.0003F) * 1.001);
}

/* Three hours without a word: the slots between get the same clamped average. */
static void
intervals_without_updates_are_filled(void **state) {
    (void)state;
    pli_mango_stable stable;
    pli_mango_stable_reset(&stable, 1.0, 0);
    pli_mango_stable_update(&stable, &rules, 9.0, 10800);
    for (uint32_t i = 0; i < PLI_MANGO_DELAY_SLOTS; i += 1)
        is_near(stable.delay_prices[i], i < 3 ? 1.0 + (double)0.06F : 1.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_levels_use_their_own_weights_and_prices),
        cmocka_unit_test(crowded_loans_weigh_more),
        cmocka_unit_test(crossing_orders_are_converted_at_their_own_price),
        cmocka_unit_test(bad_tables_are_refused),
        cmocka_unit_test(levels_are_ordered_and_orders_never_help),
        cmocka_unit_test(early_updates_are_ignored_and_late_ones_count_ten_minutes),
        cmocka_unit_test(the_stable_price_stays_between_its_limits_and_the_oracle),
        cmocka_unit_test(intervals_without_updates_are_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
