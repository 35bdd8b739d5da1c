/* test_deribit_pm.c: the risk matrix of futures: edges, nets, rounding, refusals.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "venue/deribit_pm.h"
#include "venue/deribit_sm.h"

static const pli_deribit_parameters bitcoin = {.price_range = 0.16,
                                               .gain_offset = 0.0,
                                               .annualised_move_risk = 0.075,
                                               .annualised_move_min = 0.01,
                                               .delta_threshold_usd = 2e7,
                                               .maintenance_factor = 0.8};
static const pli_deribit_additions nothing = {0.0, 0.0, 0.0};

static pli_deribit_result
compute(uint32_t count, const pli_deribit_leg *legs) {
    pli_deribit_result result;
    assert_int_equal(pli_deribit_pm_compute(count, legs, &bitcoin, 10000.0, &nothing, &result),
                     PLM_OK);
    return result;
}

static void
nothing_held_requires_nothing(void **state) {
    (void)state;
    pli_deribit_result result = compute(0, NULL);
    assert_true(result.worst_case == 0.0);
    assert_true(result.initial_margin == 0.0);
    assert_true(result.maintenance_margin == 0.0);
}

static void
a_short_and_a_long_lose_at_opposite_edges(void **state) {
    (void)state;
    const pli_deribit_leg sold = {-1.0, 0.0};
    const pli_deribit_leg bought = {1.0, 0.0};
    pli_deribit_result up = compute(1, &sold);
    pli_deribit_result down = compute(1, &bought);
    assert_int_equal(up.worst_bucket, 8);
    assert_true(up.worst_case == 0.16 / 1.16);
    assert_int_equal(down.worst_bucket, 0);
    assert_true(down.worst_case == 0.16 / (1.0 - 0.16));
    assert_true(up.roll_shock == 0.01);
    assert_true(up.extended[0] == up.standard[0]);
    assert_true(up.extended[7] == up.standard[8]);
}

static void
one_expiry_nets_and_two_expiries_do_not(void **state) {
    (void)state;
    const pli_deribit_leg same[] = {{1.0, 0.5}, {-1.0, 0.5}};
    const pli_deribit_leg calendar[] = {{1.0, 0.0}, {-1.0, 0.5}};
    assert_true(compute(2, same).initial_margin == 0.0);
    pli_deribit_result result = compute(2, calendar);
    assert_true(result.worst_case == 0.0);
    // The perpetual at the floor of 1 %, the future at 7.5 % of half a year.
    assert_true(result.roll_shock == 0.01 + 0.075 * 0.5);
}

static void
orders_and_spot_add_to_initial_alone(void **state) {
    (void)state;
    const pli_deribit_leg leg = {1.0, 0.0};
    const pli_deribit_additions additions = {0.5, 0.25, 0.125};
    pli_deribit_result with;
    assert_int_equal(pli_deribit_pm_compute(1, &leg, &bitcoin, 10000.0, &additions, &with), PLM_OK);
    pli_deribit_result without = compute(1, &leg);
    assert_true(with.maintenance_margin == without.maintenance_margin);
    assert_true(with.initial_margin ==
                pli_deribit_round9(without.risk_matrix_margin + 0.5 + 0.25 + 0.125));
}

static void
nine_decimals_are_kept_and_halves_go_away_from_zero(void **state) {
    (void)state;
    assert_true(pli_deribit_round9(0.1234567894) == 0.123456789);
    assert_true(pli_deribit_round9(-0.1234567896) == -0.12345679);
    // 2^-10 = 0.0009765625 has ten decimals and is exact in binary.
    assert_true(pli_deribit_round9(0.0009765625) == 0.000976563);
    assert_true(pli_deribit_round9(-0.0009765625) == -0.000976563);
    assert_true(pli_deribit_round9(0.0) == 0.0);
    assert_true(pli_deribit_round9(1e18) == 1e18);
}

static void
what_is_not_documented_is_refused(void **state) {
    (void)state;
    const pli_deribit_leg large = {2001.0, 0.0};
    pli_deribit_result result;
    assert_int_equal(pli_deribit_pm_compute(1, &large, &bitcoin, 10000.0, &nothing, &result),
                     PLM_MODEL_UNSUPPORTED);
    pli_deribit_parameters wide = bitcoin;
    wide.price_range = 0.34;
    assert_int_equal(pli_deribit_pm_compute(0, NULL, &wide, 10000.0, &nothing, &result),
                     PLM_DOMAIN);
}

static void
is_ratio(pli_exact value, int64_t numerator, int64_t denominator) {
    assert_int_equal(value.status, PLM_OK);
    assert_true(value.numerator == numerator);
    assert_true(value.denominator == denominator);
}

static void
standard_margin_does_not_care_for_the_side(void **state) {
    (void)state;
    const pli_deribit_slope slope = {pli_exact_ratio(2, 100), pli_exact_ratio(1, 100),
                                     pli_exact_ratio(5, 100000)};
    pli_deribit_requirement sold =
        pli_deribit_linear_margin(&slope, pli_exact_of(-25), pli_exact_of(100000));
    is_ratio(sold.initial, 53125, 1);
    is_ratio(sold.maintenance, 28125, 1);
    pli_deribit_requirement none =
        pli_deribit_linear_margin(&slope, pli_exact_of(0), pli_exact_of(100000));
    is_ratio(none.initial, 0, 1);
}

static void
an_option_far_out_of_the_money_meets_the_least_rate(void **state) {
    (void)state;
    pli_exact mark = pli_exact_ratio(1, 100);
    is_ratio(pli_deribit_short_option(true, mark, pli_exact_ratio(5, 100)).initial, 11, 100);
    is_ratio(pli_deribit_short_option(true, mark, pli_exact_ratio(9, 10)).initial, 11, 100);
    is_ratio(pli_deribit_short_option(true, mark, pli_exact_of(-1)).initial, 4, 25);
    // A put worth more than a coin: 7.5 % of its mark.
    is_ratio(pli_deribit_short_option(false, pli_exact_of(2), pli_exact_of(0)).maintenance, 43, 20);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_held_requires_nothing),
        cmocka_unit_test(a_short_and_a_long_lose_at_opposite_edges),
        cmocka_unit_test(one_expiry_nets_and_two_expiries_do_not),
        cmocka_unit_test(orders_and_spot_add_to_initial_alone),
        cmocka_unit_test(nine_decimals_are_kept_and_halves_go_away_from_zero),
        cmocka_unit_test(what_is_not_documented_is_refused),
        cmocka_unit_test(standard_margin_does_not_care_for_the_side),
        cmocka_unit_test(an_option_far_out_of_the_money_meets_the_least_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
