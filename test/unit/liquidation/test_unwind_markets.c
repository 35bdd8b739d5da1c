/* test_unwind_markets.c: an account with positions in 44 markets is closed in bounded slices.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "liquidation/unwind.h"
#include "support/desk.h"

#define USD INT64_C(1000000)

enum { MARKETS = 44 };

typedef struct desks {
    ts_desk one; /* whose asset, underlying and perpetual all markets are like */
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
} desks;

static desks at;

static pli_unwind_rules
plain_rules(void) {
    return (pli_unwind_rules){.target_ppm = 100000,
                              .fee_ppm = 1000,
                              .volume_standard_micros = 1000000 * USD,
                              .depth_ppm = 500000,
                              .depth_standard_micros = 1000000 * USD,
                              .evaluations_max = 1024};
}

// Long or short 100 lots of 10 dollars in each market, the first a little more than the next; `usd` of cash.
static void
open_desks(int64_t usd) {
    memset(&at, 0, sizeof at);
    ts_desk_init(&at.one);
    plm_record_init(&plm_tiered_descriptor, &at.tiered);
    at.tiered.close_fee_ppm = 0;
    at.tiered.liquidation_fee_ppm = 0;
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        at.underlyings[i] = at.one.underlyings[0];
        at.instruments[i] = at.one.instruments[TS_PERP];
        at.instruments[i].underlying_index = i;
        at.prices[i] = at.one.prices[0];
        at.marks[i] = at.one.marks[TS_PERP];
        int64_t lots = (i % 3 == 0 ? -1 : 1) * (int64_t)(100 + MARKETS - i);
        at.positions[i] =
            (plm_position){.instrument_index = i,
                           .lots = lots,
                           .cost = pli_wide_from_i128((pli_i128)lots * at.marks[i].mark_e8)};
    }
    at.balance.atoms = pli_wide_from_i128(usd * USD);
    at.listing = (plm_listing){1, MARKETS, MARKETS, at.one.assets, at.underlyings, at.instruments};
    at.market =
        (plm_market){.time = at.one.market.time, .underlyings = at.prices, .marks = at.marks};
    at.portfolio = (plm_portfolio){.position_count = MARKETS,
                                   .balance_count = 1,
                                   .positions = at.positions,
                                   .balances = &at.balance};
    at.input = (plm_margin_input){.listing = &at.listing,
                                  .market = &at.market,
                                  .parameters = &at.tiered,
                                  .portfolio = &at.portfolio};
    plm_limits limits = {.asset_count = 1,
                         .underlying_count = MARKETS,
                         .instrument_count = MARKETS,
                         .position_count = MARKETS,
                         .order_count = 1,
                         .balance_count = 1,
                         .entry_count = PLM_ROW_ALIGN};
    limits = pli_unwind_limits(&limits);
    at.workspace.size = (plm_margin_workspace_size(&plm_model_tiered, &limits) + 63) / 64 * 64;
    at.workspace.memory = aligned_alloc(64, at.workspace.size);
    assert_non_null(at.workspace.memory);
}

static pli_unwind_plan
plan_of(const pli_unwind_rules *rules) {
    pli_unwind_plan plan;
    assert_int_equal(
        pli_unwind_plan_make(&plm_model_tiered, &at.input, &at.workspace, rules, &plan, NULL),
        PLM_OK);
    assert_true(plan.evaluation_count <= rules->evaluations_max);
    assert_true(plan.leg_count <= PLI_UNWIND_LEGS_MAX);
    return plan;
}

// Filled at the marks, for the expected cost. Answers how many lots were closed.
static int64_t
fill(const pli_unwind_plan *plan) {
    int64_t closed = 0;
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        const pli_unwind_leg *leg = &plan->legs[i];
        plm_position *position = &at.positions[leg->instrument_index];
        int64_t left = position->lots + leg->lots;
        assert_true(position->lots > 0 ? left >= 0 && left <= position->lots
                                       : left <= 0 && left >= position->lots);
        closed += leg->lots < 0 ? -leg->lots : leg->lots;
        position->lots = left;
        // Bought and sold at one mark: there is no profit to carry.
        position->cost =
            pli_wide_from_i128((pli_i128)left * at.marks[leg->instrument_index].mark_e8);
    }
    at.balance.atoms = pli_wide_from_i128(pli_i128_from_wide(at.balance.atoms) - plan->cost_micros);
    return closed;
}

static void
drop_flat_positions(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < at.portfolio.position_count; i += 1) {
        plm_position position = at.positions[i];
        if (position.lots != 0) {
            at.positions[count] = position;
            count += 1;
        }
    }
    at.portfolio.position_count = count;
}

typedef struct closing {
    uint32_t slices;
    pli_unwind_outcome outcome;
    int64_t closed;
    int64_t cost_micros;
} closing;

// Slices until there is none. Positions are found by their market as long as none is flat, and looked up anew after that.
static closing
close_all(const pli_unwind_rules *rules, uint32_t slices_max) {
    closing sum = {.outcome = PLI_UNWIND_SLICE};
    for (;;) {
        pli_unwind_plan plan = plan_of(rules);
        sum.outcome = plan.outcome;
        if (plan.outcome == PLI_UNWIND_NONE || plan.outcome == PLI_UNWIND_NOTHING) {
            return sum;
        }
        assert_true(sum.slices < slices_max);
        // Slots in the table are markets again while the plan is filled.
        plm_position sorted[MARKETS];
        memset(sorted, 0, sizeof sorted);
        for (uint32_t i = 0; i < at.portfolio.position_count; i += 1) {
            sorted[at.positions[i].instrument_index] = at.positions[i];
        }
        memcpy(at.positions, sorted, sizeof sorted);
        at.portfolio.position_count = MARKETS;
        int64_t closed = fill(&plan);
        drop_flat_positions();
        assert_true(closed > 0);
        sum.closed += closed;
        sum.cost_micros += plan.cost_micros;
        sum.slices += 1;
    }
}

// Gross notional is 44 * 1,000 + 10 * (1 + .. + 44) = 53,900 dollars; 6 % of it are 3,234.
static void
an_account_with_44_markets_is_restored_beyond_its_twelve_largest(void **state) {
    (void)state;
    // Too little even without the twelve largest, 12 * 1,000 + 10 * (33 + .. + 44) = 16,620: 6.6 % of the rest are 2,460.48.
    open_desks(2000);
    pli_unwind_rules rules = plain_rules();
    pli_unwind_plan first = plan_of(&rules);
    assert_int_equal(first.outcome, PLI_UNWIND_SHORT);
    assert_int_equal(first.before.maintenance_micros, 3234 * USD);
    closing sum = close_all(&rules, 4 * MARKETS);
    assert_int_equal(sum.outcome, PLI_UNWIND_NONE);
    pli_unwind_plan last = plan_of(&rules);
    assert_true(last.before.equity_maintenance_micros * 10 >= last.before.maintenance_micros * 11);
    // Every dollar that went is a cost that was told.
    assert_true(pli_i128_from_wide(at.balance.atoms) + sum.cost_micros == 2000 * USD);
    assert_int_equal(last.before.equity_maintenance_micros, 2000 * USD - sum.cost_micros);
    // 2,000 - 0.01 n >= 0.66 (5,390 - n): n >= 1,557.4 / 0.65 = 2,396.
    assert_int_equal(sum.closed, 2396);
    free(at.workspace.memory);
}

// In every other market nobody quotes: the rest is enough, and nothing is traded where there is no depth.
static void
markets_without_depth_are_left_alone(void **state) {
    (void)state;
    open_desks(2500);
    for (uint32_t i = 0; i < MARKETS; i += 2) {
        at.prices[i].depth_micros = 0;
    }
    for (uint32_t i = 1; i < MARKETS; i += 2) {
        at.prices[i].depth_micros = 1000000 * USD;
    }
    pli_unwind_rules rules = plain_rules();
    rules.depth_standard_micros = 0;
    closing sum = close_all(&rules, 4 * MARKETS);
    assert_true(sum.outcome == PLI_UNWIND_NONE || sum.outcome == PLI_UNWIND_NOTHING);
    assert_true(sum.closed > 0);
    for (uint32_t i = 0; i < at.portfolio.position_count; i += 1) {
        uint32_t market = at.positions[i].instrument_index;
        int64_t lots = at.positions[i].lots < 0 ? -at.positions[i].lots : at.positions[i].lots;
        assert_true(market % 2 == 1 || lots == (int64_t)(100 + MARKETS - market));
    }
    free(at.workspace.memory);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_with_44_markets_is_restored_beyond_its_twelve_largest),
        cmocka_unit_test(markets_without_depth_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
