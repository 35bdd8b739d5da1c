/* test_unwind.c: the planner restores an account at the least cost, slice by slice.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/wide.h"
#include "liquidation/unwind.h"
#include "support/desk.h"

#define USD INT64_C(1000000)

static ts_desk desk;

static pli_unwind_rules
plain_rules(void) {
    return (pli_unwind_rules){.target_ppm = 100000,
                              .fee_ppm = 1000,
                              .volume_standard_micros = 1000000 * USD,
                              .depth_ppm = 500000,
                              .depth_standard_micros = 1000000 * USD,
                              .evaluations_max = 1024};
}

static pli_unwind_plan
plan_of(const plm_margin_input *input, plm_workspace *workspace, const pli_unwind_rules *rules) {
    pli_unwind_plan plan;
    assert_int_equal(pli_unwind_plan_make(&plm_model_tiered, input, workspace, rules, &plan, NULL),
                     PLM_OK);
    return plan;
}

// Long 1,000 lots of 10 dollars with 500 dollars; 6 % is required, nothing else.
static void
init_desk(void) {
    ts_desk_init(&desk);
    desk.tiered.close_fee_ppm = 0;
    desk.tiered.liquidation_fee_ppm = 0;
    desk.prices[0].depth_micros = 0;
    ts_desk_hold(&desk, TS_PERP, 1000, desk.marks[TS_PERP].mark_e8);
    ts_desk_fund(&desk, TS_USD, 500 * USD);
}

static void
the_page_is_computed_by_hand(void **state) {
    (void)state;
    init_desk();
    pli_unwind_rules rules = plain_rules();
    // 500 - 0.01 n >= 1.1 * 0.6 (1,000 - n): n >= 160 / 0.65 = 246.2; 247 lots cost 2.47.
    pli_unwind_plan plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_WHOLE);
    assert_int_equal(plan.leg_count, 1);
    assert_int_equal(plan.legs[0].lots, -247);
    assert_int_equal(plan.legs[0].lots_total, -247);
    assert_int_equal(plan.cost_micros, 2470000);
    assert_int_equal(plan.after.equity_maintenance_micros, 497530000);
    assert_int_equal(plan.after.maintenance_micros, 451800000);
    // Depth of 1,000 dollars, of which half may be taken: 50 lots now.
    desk.prices[0].depth_micros = 1000 * USD;
    plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_SLICE);
    assert_int_equal(plan.legs[0].lots, -50);
    assert_int_equal(plan.legs[0].lots_total, -247);
    assert_int_equal(plan.cost_micros, 500000);
    assert_int_equal(plan.cost_total_micros, 2470000);
}

static void
what_is_at_its_target_is_left_alone(void **state) {
    (void)state;
    init_desk();
    desk.balances[0].atoms = pli_wide_from_i128(660 * USD);
    pli_unwind_rules rules = plain_rules();
    pli_unwind_plan plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_NONE);
    assert_int_equal(plan.leg_count, 0);
    desk.balances[0].atoms = pli_wide_from_i128(660 * USD - 1);
    plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_WHOLE);
    assert_int_equal(plan.legs[0].lots, -1);
}

static void
an_empty_book_hands_over(void **state) {
    (void)state;
    init_desk();
    pli_unwind_rules rules = plain_rules();
    rules.depth_standard_micros = 0;
    pli_unwind_plan plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_NOTHING);
    assert_int_equal(plan.leg_count, 0);
    rules = plain_rules();
    rules.depth_ppm = 0;
    plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_NOTHING);
    // A book in which even one lot is more than the depth still moves by single lots.
    desk.prices[0].depth_micros = 1;
    rules.depth_ppm = 1000000;
    plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.legs[0].lots, -1);
}

static void
what_costs_more_than_it_frees_hands_over(void **state) {
    (void)state;
    init_desk();
    pli_unwind_rules rules = plain_rules();
    // A lot frees 0.66 and costs 0.70.
    rules.fee_ppm = 70000;
    pli_unwind_plan plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_NOTHING);
    // At 0.55 a lot comes nearer to the target, but 500 dollars on 1,000 lots do not lose 0.55 for 0.60.
    rules.fee_ppm = 55000;
    plan = plan_of(&desk.input, &desk.workspace, &rules);
    assert_int_equal(plan.outcome, PLI_UNWIND_NOTHING);
}

// Twelve markets with a perpetual each, so that the problem is separable and its optimum can be written down.
enum { MARKETS = 12 };

typedef struct markets {
    plm_asset assets[1];
    plm_underlying underlyings[MARKETS];
    plm_instrument instruments[MARKETS];
    plm_underlying_market prices[MARKETS];
    plm_mark marks[MARKETS];
    plm_listing listing;
    plm_market market;
    plm_position positions[MARKETS];
    plm_balance balance;
    plm_portfolio portfolio;
    plm_tiered_parameters tiered;
    plm_margin_input input;
    plm_workspace workspace;
    _Alignas(64) unsigned char memory[1 << 16];
} markets;

static markets many;

static void
init_markets(pli_prng *prng) {
    memset(&many, 0, sizeof many);
    ts_desk_init(&desk);
    plm_record_init(&plm_tiered_descriptor, &many.tiered);
    many.tiered.close_fee_ppm = 0;
    many.tiered.liquidation_fee_ppm = 0;
    many.assets[0] = desk.assets[TS_USD];
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        many.underlyings[i] = desk.underlyings[0];
        many.instruments[i] = desk.instruments[TS_PERP];
        many.instruments[i].underlying_index = i;
        many.prices[i] = desk.prices[0];
        many.prices[i].volume_micros = pli_prng_range_i64(prng, 100000, 100000000) * USD;
        many.prices[i].volatility_ppm = pli_prng_range_i64(prng, 300000, 1500000);
        many.marks[i] = desk.marks[TS_PERP];
        many.marks[i].half_spread_e8 = many.marks[i].mark_e8 / 10000 * (int64_t)(i % 5);
        int64_t lots = pli_prng_range_i64(prng, 1000, 90000);
        many.positions[i] =
            (plm_position){.instrument_index = i,
                           .lots = lots,
                           .cost = pli_wide_from_i128((pli_i128)lots * many.marks[i].mark_e8)};
    }
    many.listing =
        (plm_listing){1, MARKETS, MARKETS, many.assets, many.underlyings, many.instruments};
    many.market =
        (plm_market){.time = desk.market.time, .underlyings = many.prices, .marks = many.marks};
    many.portfolio = (plm_portfolio){.position_count = MARKETS,
                                     .balance_count = 1,
                                     .positions = many.positions,
                                     .balances = &many.balance};
    many.input = (plm_margin_input){.listing = &many.listing,
                                    .market = &many.market,
                                    .parameters = &many.tiered,
                                    .portfolio = &many.portfolio};
    many.workspace = (plm_workspace){many.memory, sizeof many.memory};
}

// Cost of closing y dollars of market i by the law itself, and what is closed where its slope is theta * 0.066 a dollar.
static double
linear_rate(uint32_t i, const pli_unwind_rules *rules) {
    double spread = 1e-4 * (i % 5);
    double least = 1e-6 * (double)rules->spread_minimum_ppm;
    return 1e-6 * (double)rules->fee_ppm + (spread > least ? spread : least);
}

static double
closed_at(uint32_t i, const pli_unwind_rules *rules, double theta, double impact) {
    double size = 10.0 * (double)many.positions[i].lots;
    double left = theta * 0.066 - linear_rate(i, rules);
    if (left <= 0) {
        return 0;
    }
    double root = impact > 0 ? left / (1.5 * impact) : 1e9;
    double closed = root * root * (double)many.prices[i].volume_micros / 1e6;
    return closed < size ? closed : size;
}

// The optimum of the continuous problem: every market is closed until the next dollar costs theta of what it frees.
static double
least_cost(const pli_unwind_rules *rules, double need) {
    double low = 0;
    double high = 1;
    double cost = 0;
    for (uint32_t n = 0; n < 200; n += 1) {
        double theta = (low + high) / 2;
        double freed = 0;
        cost = 0;
        for (uint32_t i = 0; i < MARKETS; i += 1) {
            double impact = 1e-6 * (double)rules->impact_ppm * 1e-6 *
                            (double)many.prices[i].volatility_ppm / sqrt(365);
            double closed = closed_at(i, rules, theta, impact);
            double volume = (double)many.prices[i].volume_micros / 1e6;
            double market_cost =
                linear_rate(i, rules) * closed + impact * closed * sqrt(closed / volume);
            cost += market_cost;
            freed += 0.066 * closed - market_cost;
        }
        low = freed < need ? theta : low;
        high = freed < need ? high : theta;
    }
    return cost;
}

static void
twelve_markets_cost_what_the_convex_programme_says(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(12);
    pli_unwind_rules rules = plain_rules();
    rules.impact_ppm = 1000000;
    rules.spread_minimum_ppm = 50;
    rules.depth_standard_micros = INT64_C(1) << 60;
    rules.depth_ppm = 1000000;
    double worst = 0;
    double sum = 0;
    for (uint32_t draw = 0; draw < 20; draw += 1) {
        init_markets(&prng);
        plm_requirement bare;
        assert_int_equal(
            plm_margin_require(&plm_model_tiered, &many.input, &many.workspace, &bare, NULL, NULL),
            PLM_OK);
        double level = 1.1e-6 * (double)bare.maintenance_micros;
        double equity = level * (0.3 + 0.6 * pli_prng_unit(&prng));
        many.balance.atoms = pli_wide_from_i128((pli_i128)(int64_t)(equity * 1e6));
        pli_unwind_plan plan = plan_of(&many.input, &many.workspace, &rules);
        assert_int_equal(plan.outcome, PLI_UNWIND_WHOLE);
        double bound = least_cost(&rules, level - equity);
        double gap = 1e-6 * (double)plan.cost_total_micros / bound - 1;
        worst = gap > worst ? gap : worst;
        sum += gap;
        assert_true(gap > -1e-4);
    }
    print_message("twelve markets: mean gap %.2f %%, largest %.2f %%\n", 5 * sum, 100 * worst);
    assert_true(worst < 0.09);
}

static void
what_is_not_well_formed_is_refused(void **state) {
    (void)state;
    init_desk();
    pli_unwind_plan plan;
    pli_unwind_rules rules = plain_rules();
    rules.evaluations_max = PLI_UNWIND_EVALUATIONS_LEAST - 1;
    assert_int_equal(
        pli_unwind_plan_make(&plm_model_tiered, &desk.input, &desk.workspace, &rules, &plan, NULL),
        PLM_PARAMETER_INVALID);
    rules = plain_rules();
    rules.target_ppm = -1;
    assert_int_equal(
        pli_unwind_plan_make(&plm_model_tiered, &desk.input, &desk.workspace, &rules, &plan, NULL),
        PLM_PARAMETER_INVALID);
    rules = plain_rules();
    plm_change change = {.kind = PLM_CHANGE_TRADE, .trade = {TS_PERP, 1, 1000000000000, 0}};
    plm_margin_input changed = desk.input;
    changed.change_count = 1;
    changed.changes = &change;
    assert_int_equal(
        pli_unwind_plan_make(&plm_model_tiered, &changed, &desk.workspace, &rules, &plan, NULL),
        PLM_PARAMETER_INVALID);
    desk.marks[TS_PERP].is_present = false;
    assert_int_equal(
        pli_unwind_plan_make(&plm_model_tiered, &desk.input, &desk.workspace, &rules, &plan, NULL),
        PLM_MARK_MISSING);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_computed_by_hand),
        cmocka_unit_test(what_is_at_its_target_is_left_alone),
        cmocka_unit_test(an_empty_book_hands_over),
        cmocka_unit_test(what_costs_more_than_it_frees_hands_over),
        cmocka_unit_test(twelve_markets_cost_what_the_convex_programme_says),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
