/* test_dydx_v4.c: edges of dYdX v4's formulas that the published cases leave out.      SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"
#include "venue/dydx_v4.h"

/* 1e-9 base at $3,000: three quote quantums per base quantum. */
static const pli_dydx_market eth = {.atomic_resolution = -9,
                                    .price_exponent = -6,
                                    .price = 3000000000,
                                    .initial_ppm = 200000,
                                    .maintenance_fraction_ppm = 500000};

static const pli_i128 large = (pli_i128)1000000000000000000 * 1000000000000000000;

static void
ppm_products_round_to_either_infinity(void **state) {
    (void)state;
    pli_i128 out = 0;
    assert_int_equal(pli_dydx_mul_ppm(-1, 1, false, &out), PLM_OK);
    assert_true(out == -1);
    assert_int_equal(pli_dydx_mul_ppm(-1, 1, true, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_dydx_mul_ppm(1, 1, true, &out), PLM_OK);
    assert_true(out == 1);
    assert_int_equal(pli_dydx_mul_ppm(large * 100, 10000000, true, &out), PLM_OVERFLOW);
}

static void
values_go_towards_zero_on_both_sides(void **state) {
    (void)state;
    pli_i128 out = 1;
    assert_int_equal(pli_dydx_scale(999, 1, -3, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_dydx_scale(-1999, 1, -3, &out), PLM_OK);
    assert_true(out == -1);
    assert_int_equal(pli_dydx_scale(-3, -7, 2, &out), PLM_OK);
    assert_true(out == 2100);
    assert_int_equal(pli_dydx_scale(large, large, -60, &out), PLM_OK);
    assert_true(out == 1000000000000);
    assert_int_equal(pli_dydx_scale(large, large, -100, &out), PLM_OK);
    assert_true(out == 0);
    assert_int_equal(pli_dydx_scale(large, 7, -1000, &out), PLM_OK);
    assert_true(out == 0);
}

static void
what_leaves_128_bits_is_told_and_zero_never_does(void **state) {
    (void)state;
    pli_i128 out = 5;
    assert_int_equal(pli_dydx_scale(large, large, 0, &out), PLM_OVERFLOW);
    assert_int_equal(pli_dydx_scale(1, 1, 39, &out), PLM_OVERFLOW);
    assert_int_equal(pli_dydx_scale(large, large, -20, &out), PLM_OVERFLOW);
    assert_int_equal(pli_dydx_scale(PLI_I128_MIN, 1, -1, &out), PLM_OVERFLOW);
    assert_true(out == 5);
    assert_int_equal(pli_dydx_scale(0, large, 1000, &out), PLM_OK);
    assert_true(out == 0);
}

/* 3 quantums of notional: initial ceil(0.6) = 1, maintenance ceil(1 * 0.5) = 1. */
static void
maintenance_is_rounded_up_twice(void **state) {
    (void)state;
    pli_dydx_position position = {.market = eth, .base_quantums = -1};
    pli_dydx_risk risk = {0};
    assert_int_equal(pli_dydx_position_risk(&position, &risk), PLM_OK);
    assert_true(risk.net_collateral == -3);
    assert_true(risk.initial == 1);
    assert_true(risk.maintenance == 1);
}

static void
open_interest_scaling_is_continuous_at_its_caps(void **state) {
    (void)state;
    pli_dydx_market market = eth;
    market.open_interest_lower_cap = 100;
    market.open_interest_upper_cap = 200;
    static const struct {
        int open_interest, ppm;
    } rows[] = {{0, 200000},   {100, 200000},  {101, 208000},
                {199, 992000}, {200, 1000000}, {1000, 1000000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        pli_i128 out = 0;
        assert_int_equal(pli_dydx_scaled_initial_ppm(&market, rows[i].open_interest, &out), PLM_OK);
        assert_true(out == rows[i].ppm);
    }
    pli_i128 out = 0;
    market.custom_initial_ppm = 300000;
    assert_int_equal(pli_dydx_initial_requirement(&market, -1000, 100, &out), PLM_OK);
    assert_true(out == 300);
    market.open_interest_lower_cap = 300;
    assert_int_equal(pli_dydx_scaled_initial_ppm(&market, 0, &out), PLM_DOMAIN);
}

static bool
is_valid(int old_collateral, int old_maintenance, int collateral, int maintenance) {
    pli_dydx_risk before = {.net_collateral = old_collateral, .maintenance = old_maintenance};
    pli_dydx_risk after = {.net_collateral = collateral, .maintenance = maintenance};
    bool out = false;
    assert_int_equal(pli_dydx_transition_is_valid(&before, &after, &out), PLM_OK);
    return out;
}

static void
an_account_in_trouble_may_only_improve(void **state) {
    (void)state;
    assert_true(is_valid(50, 100, 50, 99));
    assert_true(is_valid(-50, 100, -49, 100));
    assert_true(is_valid(-1, 0, 0, 0));
    assert_true(is_valid(-2, 0, -1, 0));
    assert_true(is_valid(-5, 10, 0, 0));
    assert_false(is_valid(50, 100, 50, 100));
    assert_false(is_valid(50, 100, 60, 101));
    assert_false(is_valid(50, 100, 25, 50));
    assert_false(is_valid(-50, 100, -50, 50));
}

static void
a_bankruptcy_price_needs_a_position_to_reduce_and_a_requirement(void **state) {
    (void)state;
    pli_dydx_position position = {.market = eth, .base_quantums = -1000000};
    pli_dydx_account account = {.usdc = 3100, .position_count = 1, .positions = &position};
    pli_i128 out = 7;
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 0, 0, &out), PLM_DOMAIN);
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 0, -1, &out), PLM_DOMAIN);
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 0, 1000001, &out), PLM_DOMAIN);
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 1, 1, &out), PLM_DOMAIN);
    position.market.initial_ppm = 0;
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 0, 1000000, &out), PLM_DOMAIN);
    assert_true(out == 7);
    position.market.initial_ppm = 200000;
    assert_int_equal(pli_dydx_bankruptcy_quote(&account, 0, 1000000, &out), PLM_OK);
    // The whole position takes the whole of net collateral with it.
    assert_true(out == -3100);
}

/* Short with 3,100, long with a debt of 3,101: the short cannot pay what the long needs. */
static void
deleveraging_is_skipped_where_bankruptcy_prices_do_not_overlap(void **state) {
    (void)state;
    pli_dydx_position left = {.market = eth, .base_quantums = -1000000};
    pli_dydx_position right = {.market = eth, .base_quantums = 1000000};
    pli_dydx_deleveraging pair = {
        .liquidated = {.usdc = 3100, .position_count = 1, .positions = &left},
        .offsetting = {.usdc = -3100, .position_count = 1, .positions = &right},
        .delta = 1000000};
    pli_i128 quote = 0;
    bool is_overlapping = false;
    assert_int_equal(pli_dydx_deleverage(&pair, &quote, &is_overlapping), PLM_OK);
    assert_true(is_overlapping);
    assert_true(quote == -3100);
    pair.offsetting.usdc = -3101;
    assert_int_equal(pli_dydx_deleverage(&pair, &quote, &is_overlapping), PLM_OK);
    assert_false(is_overlapping);
    right.base_quantums = -1000000;
    assert_int_equal(pli_dydx_deleverage(&pair, &quote, &is_overlapping), PLM_DOMAIN);
}

static void
a_healthy_account_is_filled_at_the_oracle_price(void **state) {
    (void)state;
    pli_dydx_position position = {.market = eth, .base_quantums = 1000000000};
    pli_dydx_account account = {.usdc = 0, .position_count = 1, .positions = &position};
    pli_dydx_fraction price = {0};
    assert_int_equal(pli_dydx_fillable_price(&account, 0, 1000000, 100000, &price), PLM_OK);
    assert_true(price.numerator == 3 && price.denominator == 1);
    position.base_quantums = 0;
    assert_int_equal(pli_dydx_fillable_price(&account, 0, 1000000, 100000, &price), PLM_DOMAIN);
}

static void
partial_limits_never_pass_each_other(void **state) {
    (void)state;
    pli_i128 least = 0;
    pli_i128 most = 0;
    assert_int_equal(pli_dydx_partial_limits(-999, 1000, 100000, &least, &most), PLM_OK);
    assert_true(least == 999 && most == 999);
    assert_int_equal(pli_dydx_partial_limits(100009, 1000, 100000, &least, &most), PLM_OK);
    assert_true(least == 1000 && most == 10000);
}

/* Maintenance never passes initial, both grow with the size, and the order of health is an order. */
static void
random_positions_keep_their_order(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(3);
    for (uint32_t i = 0; i < 2000; i += 1) {
        pli_dydx_position position = {.market = eth};
        position.market.price = (pli_i128)pli_prng_below(&prng, 1000000000000);
        position.market.initial_ppm = (int64_t)pli_prng_below(&prng, 1000001);
        position.market.maintenance_fraction_ppm = (int64_t)pli_prng_below(&prng, 1000001);
        position.market.open_interest_base_quantums = (pli_i128)pli_prng_below(&prng, 1000000000);
        position.market.open_interest_lower_cap = 1000;
        position.market.open_interest_upper_cap = 1000000000000;
        position.base_quantums = (pli_i128)pli_prng_edge_i64(&prng, -INT64_MAX, INT64_MAX);
        pli_dydx_risk risk = {0};
        pli_dydx_risk half = {0};
        assert_int_equal(pli_dydx_position_risk(&position, &risk), PLM_OK);
        assert_true(risk.maintenance <= risk.initial);
        position.base_quantums /= 2;
        assert_int_equal(pli_dydx_position_risk(&position, &half), PLM_OK);
        assert_true(half.initial <= risk.initial);
        assert_true(half.maintenance <= risk.maintenance);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ppm_products_round_to_either_infinity),
        cmocka_unit_test(values_go_towards_zero_on_both_sides),
        cmocka_unit_test(what_leaves_128_bits_is_told_and_zero_never_does),
        cmocka_unit_test(maintenance_is_rounded_up_twice),
        cmocka_unit_test(open_interest_scaling_is_continuous_at_its_caps),
        cmocka_unit_test(an_account_in_trouble_may_only_improve),
        cmocka_unit_test(a_bankruptcy_price_needs_a_position_to_reduce_and_a_requirement),
        cmocka_unit_test(deleveraging_is_skipped_where_bankruptcy_prices_do_not_overlap),
        cmocka_unit_test(a_healthy_account_is_filled_at_the_oracle_price),
        cmocka_unit_test(partial_limits_never_pass_each_other),
        cmocka_unit_test(random_positions_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
