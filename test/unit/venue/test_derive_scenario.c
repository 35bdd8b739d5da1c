/* test_derive_scenario.c: edges of Derive's formulas that published cases leave out.      SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "venue/derive_pmrm1.h"
#include "venue/derive_pmrm2.h"
#include "venue/derive_srm.h"

static const double day = PLI_DERIVE_DAY_SECONDS;

static void
near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-12 * (1.0 + fabs(expected)))) {
        fail_msg("got %.17g, expected %.17g", got, expected);
    }
}

static void
an_option_without_time_or_volatility_is_worth_its_intrinsic_value(void **state) {
    (void)state;
    pli_derive_option call = {.strike = 90.0, .right = PLM_RIGHT_CALL};
    pli_derive_option put = {.strike = 90.0, .right = PLM_RIGHT_PUT};
    near(pli_derive_option_price(&call, 100.0, 0.8, 0.0), 10.0);
    near(pli_derive_option_price(&call, 100.0, 0.0, 1.0), 10.0);
    near(pli_derive_option_price(&put, 100.0, 0.0, 1.0), 0.0);
    near(pli_derive_option_price(&put, 0.0, 0.8, 1.0), 90.0);
    call.strike = 0.0;
    near(pli_derive_option_price(&call, 100.0, 0.8, 1.0), 100.0);
}

static void
total_volatility_beyond_24_changes_no_price(void **state) {
    (void)state;
    pli_derive_option call = {.strike = 90.0, .right = PLM_RIGHT_CALL};
    double limit = pli_derive_option_price(&call, 100.0, 24.0, 1.0);
    near(pli_derive_option_price(&call, 100.0, 2511.0, 1.0), limit);
    near(pli_derive_option_price(&call, 100.0, 12.0, 4.0), limit);
}

static void
the_floor_stops_the_growth_of_volatility_moves_but_not_the_choice_of_power(void **state) {
    (void)state;
    pli_derive_volatility range = {
        .up = 0.5, .down = 0.3, .short_power = 1.0, .long_power = 0.0, .floor_seconds = 60.0 * day};
    double up = 0.0;
    double down = 0.0;
    pli_derive_volatility_factors(&range, 15.0 * day, &up, &down);
    near(up, 1.25); // (30 / 60)^1: the power of the short side over the floored time
    near(down, 0.85);
    pli_derive_volatility_factors(&range, 40.0 * day, &up, &down);
    near(up, 1.5);
    range.floor_seconds = day;
    pli_derive_volatility_factors(&range, 0.0, &up, &down);
    near(up, 16.0);
    near(down, 0.0); // 1 - 0.3 * 30 lies below 0
}

static void
shorts_are_naked_only_beyond_the_longs_of_their_own_strike(void **state) {
    (void)state;
    const pli_derive_option options[] = {
        {.strike = 100.0, .amount = -3.0, .right = PLM_RIGHT_CALL},
        {.strike = 110.0, .amount = 5.0, .right = PLM_RIGHT_CALL},
        {.strike = 100.0, .amount = -1.0, .right = PLM_RIGHT_PUT},
        {.strike = 100.0, .amount = 2.0, .right = PLM_RIGHT_PUT},
        {.strike = 120.0, .amount = -1.0, .right = PLM_RIGHT_PUT},
        {.strike = 120.0, .amount = 1.0, .right = PLM_RIGHT_CALL},
    };
    pli_derive_expiry expiry = {.option_count = 6, .options = options};
    double parts[6];
    near(pli_derive_naked(&expiry, parts), 2.0);
    near(parts[0], 1.5);
    near(parts[1], 0.0);
    near(parts[2], 0.5);
    near(parts[3], 0.0);
    near(parts[4] + parts[5], 0.0);
}

static void
confidence_at_the_threshold_raises_no_doubt_and_a_unit_below_does(void **state) {
    (void)state;
    const int64_t threshold = 400000000000000000;
    near(pli_derive_doubt(threshold, threshold), 0.0);
    near(pli_derive_doubt(threshold - 1, threshold), 0.6);
}

/* One straddle, nothing else; 30 days, so that volatility moves by the ranges themselves. */
static const pli_derive_option straddle[] = {
    {.strike = 100.0, .amount = 1.0, .volatility = 0.6, .right = PLM_RIGHT_CALL},
    {.strike = 100.0, .amount = 1.0, .volatility = 0.6, .right = PLM_RIGHT_PUT},
};

static pli_derive_terms
terms_of(const pli_derive_expiry *expiry, const pli_derive_skew *skew) {
    pli_derive_terms terms = {.expiry = expiry,
                              .skew = skew,
                              .years = expiry->seconds / PLI_DERIVE_YEAR_SECONDS,
                              .discount = 1.0,
                              .up = 1.5,
                              .down = 0.7,
                              .long_scale = 0.5,
                              .short_scale = 2.0,
                              .basis_weight = 1.0};
    terms.value = pli_derive_value(&terms, 1.0, PLI_DERIVE_SHOCK_NONE, NULL);
    return terms;
}

static void
static_discounts_shrink_longs_and_swell_shorts(void **state) {
    (void)state;
    pli_derive_option options[2] = {straddle[0], straddle[1]};
    pli_derive_expiry expiry = {
        .seconds = 30.0 * day, .forward_variable = 100.0, .option_count = 2, .options = options};
    pli_derive_scenario still = {.spot = 1.0, .dampening = 0.25, .shock = PLI_DERIVE_SHOCK_NONE};
    pli_derive_terms terms = terms_of(&expiry, NULL);
    near(pli_derive_pnl(&terms, &still, NULL), -0.5 * terms.value * 0.25);
    options[0].amount = -1.0;
    options[1].amount = -1.0;
    terms = terms_of(&expiry, NULL);
    double parts[2];
    near(pli_derive_pnl(&terms, &still, parts), terms.value * 0.25);
    near(parts[0] + parts[1], terms.value * 0.25);
}

static void
a_skew_scenario_only_loses_and_leaves_spot_where_it_is(void **state) {
    (void)state;
    // An option far out of the money gains from an absolute skew; 0.5 at k* = 0.01 is full.
    const pli_derive_option wing = {
        .strike = 150.0, .amount = 1.0, .volatility = 0.6, .right = PLM_RIGHT_CALL};
    pli_derive_expiry expiry = {
        .seconds = 30.0 * day, .forward_variable = 100.0, .option_count = 1, .options = &wing};
    pli_derive_skew skew = {.absolute_cap = 0.5, .linear_cap = 0.5, .k_star_minimum = 0.01};
    pli_derive_terms terms = terms_of(&expiry, &skew);
    terms.long_scale = 1.0;
    double tilted = pli_derive_option_price(&wing, 100.0, 0.9, terms.years);
    double gain = tilted - terms.value;
    assert_true(gain > 0.0);
    double part = 0.0;
    const pli_derive_scenario skewed = {
        .spot = 1.18, .dampening = 2.0, .shock = PLI_DERIVE_SHOCK_ABSOLUTE};
    near(pli_derive_pnl(&terms, &skewed, &part), -2.0 * gain);
    near(part, -2.0 * gain);
    // Below the forward the linear skew lowers volatility; the absolute one never does.
    const pli_derive_option low = {
        .strike = 50.0, .amount = 1.0, .volatility = 0.6, .right = PLM_RIGHT_PUT};
    expiry.options = &low;
    near(pli_derive_value(&terms, 1.0, PLI_DERIVE_SHOCK_LINEAR, NULL),
         pli_derive_option_price(&low, 100.0, 0.3, terms.years));
    near(pli_derive_value(&terms, 1.0, PLI_DERIVE_SHOCK_ABSOLUTE, NULL),
         pli_derive_option_price(&low, 100.0, 0.9, terms.years));
    skew.linear_cap = 3.0;
    near(pli_derive_value(&terms, 1.0, PLI_DERIVE_SHOCK_LINEAR, NULL), 0.0);
}

static void
the_fixed_part_of_a_forward_does_not_move(void **state) {
    (void)state;
    const pli_derive_option call = {
        .strike = 50.0, .amount = 1.0, .volatility = 0.6, .right = PLM_RIGHT_CALL};
    pli_derive_expiry expiry = {.seconds = 0.0,
                                .forward_variable = 25.0,
                                .forward_fixed = 75.0,
                                .option_count = 1,
                                .options = &call};
    pli_derive_terms terms = terms_of(&expiry, NULL);
    near(terms.value, 50.0);
    near(pli_derive_value(&terms, 1.2, PLI_DERIVE_SHOCK_UP, NULL), 55.0);
}

static void
what_gains_from_either_move_pays_no_basis_contingency(void **state) {
    (void)state;
    pli_derive_option options[2] = {straddle[0], straddle[1]};
    pli_derive_expiry expiry = {
        .seconds = 30.0 * day, .forward_variable = 100.0, .option_count = 2, .options = options};
    pli_derive_terms terms = terms_of(&expiry, NULL);
    double parts[2];
    near(pli_derive_basis(&terms, 1.05, 0.95, parts), 0.0);
    near(fabs(parts[0]) + fabs(parts[1]), 0.0);
    options[0].amount = -1.0;
    options[1].amount = -1.0;
    terms = terms_of(&expiry, NULL);
    double basis = pli_derive_basis(&terms, 1.05, 0.95, parts);
    assert_true(basis < 0.0);
    near(parts[0] + parts[1], basis);
}

static const pli_derive_scenario fall = {0.8, 1.0, PLI_DERIVE_SHOCK_NONE};

static pli_pmrm2_parameters
parameters_v2(void) {
    return (pli_pmrm2_parameters){.volatility = {.floor_seconds = PLI_DERIVE_DAY_SECONDS},
                                  .long_base = 1.0,
                                  .short_base = 1.0,
                                  .maintenance_factor = 0.5,
                                  .initial_factor = 1.0,
                                  .basis_up = 1.0,
                                  .basis_down = 1.0,
                                  .confidence_threshold_e18 = 500000000000000000,
                                  .confidence_margin = 1.0,
                                  .scenario_count = 1,
                                  .scenarios = &fall};
}

/*
 * Spot confidence 0.9, a perpetual's 0.1, an expiry's and the collateral's 1; threshold 0.5. The perpetual drags the
 * expiry down to 0.9 of doubt, and leaves the collateral alone.
 */
static void
a_held_perpetual_lends_its_doubt_to_expiries_but_not_to_collateral(void **state) {
    (void)state;
    pli_pmrm2_parameters parameters = parameters_v2();
    pli_derive_expiry expiry = {.seconds = 30.0 * day,
                                .forward_variable = 100.0,
                                .confidence_e18 = PLI_DERIVE_ONE_E18,
                                .option_count = 2,
                                .options = straddle};
    pli_pmrm2_collateral collateral = {
        .amount = 3.0, .price = 100.0, .confidence_e18 = PLI_DERIVE_ONE_E18};
    pli_pmrm2_portfolio portfolio = {.spot = 100.0,
                                     .stable = 1.0,
                                     .spot_confidence_e18 = 900000000000000000,
                                     .perpetual_confidence_e18 = 100000000000000000,
                                     .collateral_count = 1,
                                     .collaterals = &collateral,
                                     .expiry_count = 1,
                                     .expiries = &expiry};
    pli_derive_terms terms[1];
    double pnl[1];
    pli_pmrm2_result result;
    pli_pmrm2_margin(&parameters, &portfolio, terms, pnl, &result);
    near(result.oracle, 0.0);
    portfolio.perpetual_amount = -4.0;
    pli_pmrm2_margin(&parameters, &portfolio, terms, pnl, &result);
    near(result.oracle, -0.9 * 100.0 * (4.0 + 2.0));
}

/* Cash -50, two units of collateral at 100 against one short perpetual at 100, spot falls by 20 %. */
static void
only_risk_cancelling_collateral_moves_with_spot(void **state) {
    (void)state;
    pli_pmrm2_parameters parameters = parameters_v2();
    pli_pmrm2_collateral collateral = {.amount = 2.0,
                                       .price = 100.0,
                                       .confidence_e18 = PLI_DERIVE_ONE_E18,
                                       .maintenance_haircut = 0.1,
                                       .initial_haircut = 0.05,
                                       .is_risk_cancelling = true};
    pli_pmrm2_portfolio portfolio = {.cash = -50.0,
                                     .spot = 100.0,
                                     .stable = 0.8,
                                     .spot_confidence_e18 = PLI_DERIVE_ONE_E18,
                                     .perpetual_amount = -1.0,
                                     .perpetual_price = 100.0,
                                     .perpetual_confidence_e18 = PLI_DERIVE_ONE_E18,
                                     .collateral_count = 1,
                                     .collaterals = &collateral};
    double pnl[1];
    pli_pmrm2_result result;
    pli_pmrm2_margin(&parameters, &portfolio, NULL, pnl, &result);
    near(result.collateral_value, 250.0);
    near(pnl[0], (250.0 - 100.0) * -0.2);
    near(result.maintenance, -30.0 * 0.5 - 25.0 + 250.0 - 50.0);
    near(result.initial, -30.0 - 25.0 - 12.5 + 250.0 - 50.0);
    parameters.peg_threshold = 0.9;
    parameters.peg_factor = 4.0;
    pli_pmrm2_margin(&parameters, &portfolio, NULL, pnl, &result);
    near(result.initial, -30.0 * 1.4 - 25.0 - 12.5 + 250.0 - 50.0);
    collateral.is_risk_cancelling = false;
    pli_pmrm2_margin(&parameters, &portfolio, NULL, pnl, &result);
    near(pnl[0], 20.0);
    near(result.worst, 0.0); // nothing loses: the basis contingency, which is 0, is the least
    assert_int_equal(result.worst_index, PLM_NONE);
}

static void
an_account_without_anything_has_its_cash_as_margin(void **state) {
    (void)state;
    pli_pmrm1_parameters parameters = {
        .initial_factor = 1.25, .scenario_count = 1, .scenarios = &fall};
    pli_pmrm1_portfolio portfolio = {.cash = -7.0, .spot = 100.0, .stable = 1.0};
    double pnl[1];
    pli_pmrm1_result result;
    pli_pmrm1_margin(&parameters, &portfolio, NULL, pnl, &result);
    near(result.maintenance, -7.0);
    near(result.initial, -7.0);
}

/* Net two short calls: at most payoff 0, less twice the forward times 1.1; a put spread adds its own loss below. */
static void
the_greatest_loss_counts_calls_that_nothing_pairs(void **state) {
    (void)state;
    const pli_srm_parameters parameters = {.spot_maximum = 100.0,
                                           .spot_minimum = 100.0,
                                           .call_maintenance = 100.0,
                                           .put_maintenance = 100.0,
                                           .unpaired_initial = 1.2,
                                           .unpaired_maintenance = 1.1,
                                           .put_initial_multiple = 1.0};
    pli_srm_market market = {.parameters = &parameters, .spot = 100.0};
    const pli_derive_option options[] = {
        {.strike = 110.0, .amount = -3.0, .volatility = 0.5, .right = PLM_RIGHT_CALL},
        {.strike = 120.0, .amount = 1.0, .volatility = 0.5, .right = PLM_RIGHT_CALL},
        {.strike = 90.0, .amount = -1.0, .volatility = 0.5, .right = PLM_RIGHT_PUT},
        {.strike = 80.0, .amount = 1.0, .volatility = 0.5, .right = PLM_RIGHT_PUT},
    };
    pli_derive_expiry expiry = {
        .seconds = 30.0 * day, .forward_variable = 100.0, .option_count = 4, .options = options};
    pli_srm_margins parts[4];
    pli_srm_margins margin = pli_srm_expiry_margin(&market, &expiry, parts);
    // Payoffs: -10 at 0 and 80; 0 at 90; -30 at 120.
    near(margin.maintenance, -30.0 - 2.0 * 100.0 * 1.1);
    near(margin.initial, -30.0 - 2.0 * 100.0 * 1.2);
    near(parts[0].maintenance, -30.0 - 330.0);
    near(parts[1].maintenance, 110.0);
    near(parts[2].maintenance + parts[3].maintenance, 0.0);
    near(pli_srm_shorts(&expiry), 4.0);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_without_time_or_volatility_is_worth_its_intrinsic_value),
        cmocka_unit_test(total_volatility_beyond_24_changes_no_price),
        cmocka_unit_test(
            the_floor_stops_the_growth_of_volatility_moves_but_not_the_choice_of_power),
        cmocka_unit_test(shorts_are_naked_only_beyond_the_longs_of_their_own_strike),
        cmocka_unit_test(confidence_at_the_threshold_raises_no_doubt_and_a_unit_below_does),
        cmocka_unit_test(static_discounts_shrink_longs_and_swell_shorts),
        cmocka_unit_test(a_skew_scenario_only_loses_and_leaves_spot_where_it_is),
        cmocka_unit_test(the_fixed_part_of_a_forward_does_not_move),
        cmocka_unit_test(what_gains_from_either_move_pays_no_basis_contingency),
        cmocka_unit_test(a_held_perpetual_lends_its_doubt_to_expiries_but_not_to_collateral),
        cmocka_unit_test(only_risk_cancelling_collateral_moves_with_spot),
        cmocka_unit_test(an_account_without_anything_has_its_cash_as_margin),
        cmocka_unit_test(the_greatest_loss_counts_calls_that_nothing_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
