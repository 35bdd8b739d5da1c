/* unwind_world.c: drawn accounts below maintenance, and what a plan for them must keep.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/muldiv.h"
#include "base/wide.h"
#include "model/change.h"
#include "support/unwind_world.h"

static const uint32_t traded[] = {TS_BTC_PERP,      TS_BTC_FUTURE,    TS_BTC_CALL,  TS_BTC_PUT,
                                  TS_WTI_FUTURE,    TS_BTC_INVERSE,   TS_SHIB_PERP, TS_WTI_CALL,
                                  TS_BTC_USDT_PERP, TS_BTC_COIN_CALL, TS_WTI_PUT};
enum { TRADED_COUNT = sizeof traded / sizeof traded[0] };

void
ts_unwind_init(ts_unwind *world, const plm_model *model) {
    memset(world, 0, sizeof *world);
    ts_account_init(&world->account, model);
    ts_account_ready(&world->account);
    plm_limits limits = {.asset_count = 8,
                         .underlying_count = 8,
                         .instrument_count = 32,
                         .position_count = 16,
                         .order_count = 4,
                         .balance_count = 8,
                         .entry_count = PLM_SCENARIO_ENTRIES_MAX};
    limits = pli_unwind_limits(&limits);
    world->workspace.size = (plm_margin_workspace_size(model, &limits) + 63) / 64 * 64;
    world->workspace.memory = aligned_alloc(64, world->workspace.size);
    assert_non_null(world->workspace.memory);
    world->rules = (pli_unwind_rules){.target_ppm = 50000,
                                      .fee_ppm = 3000,
                                      .spread_minimum_ppm = 200,
                                      .impact_ppm = 1000000,
                                      .volume_standard_micros = 10000 * TS_USD_MICROS,
                                      .depth_ppm = 1000000,
                                      .depth_standard_micros = INT64_C(1) << 60,
                                      .option_size_ppm = 100000,
                                      .evaluations_max = 1024};
}

void
ts_unwind_finish(ts_unwind *world) {
    free(world->workspace.memory);
    ts_account_finish(&world->account);
}

static plm_requirement
require(ts_unwind *world, uint32_t count, const plm_change *changes) {
    plm_margin_input input = world->account.input.margin;
    plm_requirement requirement;
    input.change_count = count;
    input.changes = changes;
    assert_int_equal(plm_margin_require(world->account.input.model, &input, &world->workspace,
                                        &requirement, NULL, NULL),
                     PLM_OK);
    return requirement;
}

static int64_t
level_of(const ts_unwind *world, const plm_requirement *requirement) {
    pli_i128 level = 0;
    assert_true(pli_muldiv_ceil(requirement->maintenance_micros, 1000000 + world->rules.target_ppm,
                                1000000, &level));
    return (int64_t)level;
}

static int64_t
gap_of(const ts_unwind *world, const plm_requirement *requirement) {
    return requirement->equity_maintenance_micros - level_of(world, requirement);
}

static void
draw_market(ts_unwind *world, pli_prng *prng) {
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        plm_underlying_market *market = &world->account.world.prices[u];
        market->volume_micros = pli_prng_range_i64(prng, 1000, 1000000) * TS_USD_MICROS;
    }
    for (uint32_t i = 0; i < TS_INSTRUMENT_COUNT; i += 1) {
        plm_mark *mark = &world->account.world.marks[i];
        int64_t price_e8 = mark->mark_e8 < 0 ? -mark->mark_e8 : mark->mark_e8;
        mark->half_spread_e8 = price_e8 / 10000 * pli_prng_range_i64(prng, 0, 100);
    }
}

static int64_t
drawn_lots(pli_prng *prng, int64_t lots_max) {
    int64_t lots = pli_prng_range_i64(prng, 1, lots_max);
    return pli_prng_below(prng, 2) == 0 ? lots : -lots;
}

bool
ts_unwind_draw(ts_unwind *world, pli_prng *prng, uint32_t count, int64_t lots_max) {
    ts_account *account = &world->account;
    uint32_t first = (uint32_t)pli_prng_below(prng, TRADED_COUNT);
    account->portfolio.position_count = 0;
    account->portfolio.balance_count = 0;
    draw_market(world, prng);
    for (uint32_t i = 0; i < count; i += 1) {
        // Neighbours in the table are mostly of one underlying.
        uint32_t instrument = traded[(first + i) % TRADED_COUNT];
        ts_account_hold(account, instrument, drawn_lots(prng, lots_max));
    }
    ts_account_cash(account, 0);
    plm_requirement bare = require(world, 0, NULL);
    if (bare.maintenance_micros < 1000) {
        return false;
    }
    int64_t level = level_of(world, &bare);
    int64_t wanted = (int64_t)((double)level * (0.2 + 0.8 * pli_prng_unit(prng)));
    ts_account_cash(account, wanted - bare.equity_maintenance_micros);
    return true;
}

pli_unwind_plan
ts_unwind_plan(ts_unwind *world) {
    pli_unwind_plan plan;
    plm_fault fault = {.status = PLM_OK};
    plm_status status =
        pli_unwind_plan_make(world->account.input.model, &world->account.input.margin,
                             &world->workspace, &world->rules, &plan, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return plan;
}

// The quotes of the plan's legs, in the plan's order, and how much of each.
typedef struct legs {
    uint32_t count;
    pli_unwind_quote quotes[PLI_UNWIND_LEGS_MAX];
    int64_t lots[PLI_UNWIND_LEGS_MAX];
} legs;

static pli_unwind_quote
quote_of(ts_unwind *world, uint32_t instrument) {
    const ts_account *account = &world->account;
    pli_unwind_quote quote = {.instrument_index = PLM_NONE};
    for (uint32_t i = 0; i < account->portfolio.position_count; i += 1) {
        if (account->positions[i].instrument_index == instrument) {
            assert_int_equal(pli_unwind_quote_of(&account->input.margin, &world->rules,
                                                 &account->positions[i], &quote),
                             PLM_OK);
        }
    }
    assert_int_equal(quote.instrument_index, instrument);
    return quote;
}

static int64_t
size_of(int64_t lots) {
    return lots < 0 ? -lots : lots;
}

// The requirement after closing; *cost as the planner counts it.
static plm_requirement
require_after(ts_unwind *world, const legs *of, int64_t *cost) {
    plm_change changes[PLI_UNWIND_LEGS_MAX];
    uint32_t count = 0;
    memset(changes, 0, sizeof changes);
    *cost = 0;
    for (uint32_t i = 0; i < of->count; i += 1) {
        const pli_unwind_quote *quote = &of->quotes[i];
        int64_t leg_cost = 0;
        if (of->lots[i] == 0) {
            continue;
        }
        assert_true(pli_unwind_leg_cost(of->quotes, of->lots, i, &leg_cost));
        changes[count] =
            (plm_change){.kind = PLM_CHANGE_TRADE,
                         .trade = {.instrument_index = quote->instrument_index,
                                   .lots = quote->lots > 0 ? -of->lots[i] : of->lots[i],
                                   .price_e8 = quote->price_e8,
                                   .fee_micros = leg_cost}};
        *cost += leg_cost;
        count += 1;
    }
    return require(world, count, changes);
}

static legs
legs_of(ts_unwind *world, const pli_unwind_plan *plan, bool is_total) {
    legs of = {.count = plan->leg_count};
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        of.quotes[i] = quote_of(world, plan->legs[i].instrument_index);
        of.lots[i] = size_of(is_total ? plan->legs[i].lots_total : plan->legs[i].lots);
    }
    return of;
}

static void
check_legs(ts_unwind *world, const pli_unwind_plan *plan) {
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        const pli_unwind_leg *leg = &plan->legs[i];
        pli_unwind_quote quote = quote_of(world, leg->instrument_index);
        assert_true(i == 0 || leg->instrument_index > plan->legs[i - 1].instrument_index);
        assert_true(leg->lots == 0 || (leg->lots > 0) != (quote.lots > 0));
        assert_true(leg->lots_total == 0 || (leg->lots_total > 0) != (quote.lots > 0));
        assert_true(size_of(leg->lots) <= size_of(leg->lots_total));
        assert_true(size_of(leg->lots_total) <= size_of(quote.lots));
        assert_true(size_of(leg->lots) <= quote.slice_lots);
    }
}

static void
check_whole(ts_unwind *world, const pli_unwind_plan *plan) {
    int64_t cost = 0;
    legs of = legs_of(world, plan, true);
    plm_requirement after = require_after(world, &of, &cost);
    assert_int_equal(cost, plan->cost_total_micros);
    assert_true(gap_of(world, &after) >= 0);
    for (uint32_t i = 0; i < of.count; i += 1) {
        if (of.lots[i] > 0) {
            of.lots[i] -= 1;
            after = require_after(world, &of, &cost);
            assert_true(gap_of(world, &after) < 0);
            of.lots[i] += 1;
        }
    }
}

void
ts_unwind_check(ts_unwind *world, const pli_unwind_plan *plan) {
    const plm_requirement *before = &plan->before;
    int64_t cost = 0;
    assert_true(plan->evaluation_count <= world->rules.evaluations_max);
    check_legs(world, plan);
    if (plan->outcome == PLI_UNWIND_NONE) {
        assert_true(gap_of(world, before) >= 0);
        return;
    }
    assert_true(gap_of(world, before) < 0);
    legs slice = legs_of(world, plan, false);
    plm_requirement after = require_after(world, &slice, &cost);
    assert_int_equal(cost, plan->cost_micros);
    assert_memory_equal(&after, &plan->after,
                        offsetof(plm_requirement, health) + sizeof after.health);
    if (plan->outcome == PLI_UNWIND_NOTHING) {
        assert_int_equal(plan->cost_micros, 0);
        return;
    }
    assert_true(gap_of(world, &after) > gap_of(world, before));
    if (before->equity_maintenance_micros > 0 && after.maintenance_micros > 0) {
        assert_true((pli_i128)after.equity_maintenance_micros * before->maintenance_micros >
                    (pli_i128)before->equity_maintenance_micros * after.maintenance_micros);
    }
    if (plan->outcome != PLI_UNWIND_SHORT) {
        check_whole(world, plan);
    }
}

int64_t
ts_unwind_cheapest(ts_unwind *world) {
    const ts_account *account = &world->account;
    legs of = {.count = account->portfolio.position_count};
    int64_t best = INT64_MAX;
    for (uint32_t i = 0; i < of.count; i += 1) {
        of.quotes[i] = quote_of(world, account->positions[i].instrument_index);
    }
    while (true) {
        int64_t cost = 0;
        plm_requirement after = require_after(world, &of, &cost);
        if (cost < best && gap_of(world, &after) >= 0) {
            best = cost;
        }
        uint32_t at = 0;
        while (at < of.count && of.lots[at] == size_of(of.quotes[at].lots)) {
            of.lots[at] = 0;
            at += 1;
        }
        if (at == of.count) {
            return best;
        }
        of.lots[at] += 1;
    }
}

void
ts_unwind_apply(ts_unwind *world, const pli_unwind_plan *plan) {
    ts_account *account = &world->account;
    pli_portfolio_draft draft = {.position_capacity = 16,
                                 .order_capacity = 4,
                                 .balance_capacity = 4,
                                 .positions = account->positions,
                                 .orders = account->orders,
                                 .balances = account->balances,
                                 .position_count = account->portfolio.position_count,
                                 .balance_count = account->portfolio.balance_count};
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        const pli_unwind_leg *leg = &plan->legs[i];
        plm_change change = {.kind = PLM_CHANGE_TRADE,
                             .trade = {.instrument_index = leg->instrument_index,
                                       .lots = leg->lots,
                                       .price_e8 = leg->price_e8,
                                       .fee_micros = leg->cost_micros}};
        if (leg->lots != 0) {
            assert_int_equal(
                pli_draft_apply(&draft, &change, 0, account->input.margin.listing, NULL), PLM_OK);
        }
    }
    account->portfolio.position_count = draft.position_count;
    account->portfolio.balance_count = draft.balance_count;
}
