/* margin_properties.c: what must hold for every portfolio, whatever the market.       SPDX-License-Identifier: Apache-2.0 */
#include "support/margin_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "model/change.h"
#include "model/value.h"
#include "support/wild.h"

#include <cmocka.h>

#define SHARE_MAX (TS_WILD_POSITIONS + 2 * TS_WILD_ORDERS)

/* One evaluation with its reason. */
typedef struct outcome {
    plm_requirement requirement;
    plm_reason reason;
    int64_t shares[2][3][SHARE_MAX];
} outcome;

typedef struct bench {
    uint64_t seed;
    uint32_t portfolio;
    ts_wild world;
    const plm_model *model;
    plm_workspace workspace;
    uint32_t overflow_count; // portfolios too large for 64-bit micros: refused, not wrapped
    jmp_buf overflow;
} bench;

#define REQUIRE_THAT(bench, condition)                                                             \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("seed %llu portfolio %u model %s: %s", (unsigned long long)(bench)->seed,     \
                     (bench)->portfolio, (bench)->model->name, #condition);                        \
        }                                                                                          \
    } while (0)

static void
evaluate(bench *at, const plm_margin_input *input, outcome *out) {
    plm_fault fault = {0};
    memset(out, 0, sizeof *out);
    plm_reason_part *parts[2] = {&out->reason.maintenance, &out->reason.initial};
    for (int i = 0; i < 2; i += 1) {
        parts[i]->position_micros = out->shares[i][0];
        parts[i]->order_micros = out->shares[i][1];
        parts[i]->balance_micros = out->shares[i][2];
    }
    plm_status status = plm_margin_require(at->model, input, &at->workspace, &out->requirement,
                                           &out->reason, &fault);
    if (status == PLM_OVERFLOW) {
        longjmp(at->overflow, 1);
    }
    if (status != PLM_OK) {
        fail_msg("seed %llu portfolio %u model %s: %s: %s", (unsigned long long)at->seed,
                 at->portfolio, at->model->name, plm_status_name(status), fault.text);
    }
}

static void
require_account(bench *at, const ts_account *account, outcome *out) {
    plm_margin_input input = ts_wild_input(&at->world, account, at->model);
    evaluate(at, &input, out);
}

/* [REASON-1], [REASON-2] and M1, M7. */
static void
check_one(bench *at, const outcome *got) {
    const plm_requirement *r = &got->requirement;
    const plm_reason_part *parts[2] = {&got->reason.maintenance, &got->reason.initial};
    const int64_t totals[2] = {r->maintenance_micros, r->initial_micros};
    for (int i = 0; i < 2; i += 1) {
        pli_i128 shares = 0;
        pli_i128 sum = parts[i]->core_micros;
        for (int j = 0; j < 3; j += 1) {
            for (int k = 0; k < SHARE_MAX; k += 1) {
                shares += got->shares[i][j][k];
            }
        }
        for (int j = 0; j < PLM_CHARGE_COUNT; j += 1) {
            REQUIRE_THAT(at, parts[i]->charges_micros[j] >= 0);
            sum += parts[i]->charges_micros[j];
        }
        REQUIRE_THAT(at, shares == parts[i]->core_micros);
        REQUIRE_THAT(at, sum == totals[i]);
        pli_i128 floor =
            (pli_i128)parts[i]->grid_sum_micros * at->world.parameters.offset_floor_ppm;
        REQUIRE_THAT(at, (pli_i128)parts[i]->core_micros * PLM_PPM >= floor);
    }
    const int64_t *charges = parts[0]->charges_micros;
    REQUIRE_THAT(at, r->initial_micros >= r->maintenance_micros);
    REQUIRE_THAT(at, r->maintenance_micros >=
                         charges[PLM_CHARGE_CLOSE_FEE] + charges[PLM_CHARGE_LIQUIDATION_FEE]);
    REQUIRE_THAT(at, r->call_micros >= r->maintenance_micros);
    REQUIRE_THAT(at, r->equity_initial_micros <= r->equity_maintenance_micros);
}

static bool
is_same(const plm_requirement *left, const plm_requirement *right) {
    return memcmp(left, right, sizeof *left) == 0;
}

/* [MARGIN-3]: reversed tables give the same bits. */
static void
check_order_does_not_matter(bench *at, const ts_account *account, const outcome *got) {
    ts_account other;
    outcome turned;
    ts_account_copy(&other, account);
    const plm_portfolio *from = &account->portfolio;
    for (uint32_t i = 0; i < from->position_count; i += 1) {
        other.positions[i] = account->positions[from->position_count - 1 - i];
    }
    for (uint32_t i = 0; i < from->balance_count; i += 1) {
        other.balances[i] = account->balances[from->balance_count - 1 - i];
    }
    require_account(at, &other, &turned);
    REQUIRE_THAT(at, is_same(&got->requirement, &turned.requirement));
}

/* M5: cash raises both equities one for one and moves no requirement; other collateral lowers no equity. */
static void
check_collateral(bench *at, const ts_account *account, const outcome *got, pli_prng *prng) {
    ts_account richer;
    outcome after;
    int64_t added = pli_prng_edge_i64(prng, 1, INT64_C(1000000000000));
    ts_account_copy(&richer, account);
    pli_i128 atoms = pli_i128_from_wide(richer.balances[TS_WILD_USD].atoms) + added;
    richer.balances[TS_WILD_USD].atoms = pli_wide_from_i128(atoms);
    require_account(at, &richer, &after);
    REQUIRE_THAT(at, after.requirement.initial_micros == got->requirement.initial_micros);
    REQUIRE_THAT(at, after.requirement.maintenance_micros == got->requirement.maintenance_micros);
    REQUIRE_THAT(at, after.requirement.equity_maintenance_micros ==
                         got->requirement.equity_maintenance_micros + added);
    REQUIRE_THAT(at, after.requirement.equity_initial_micros ==
                         got->requirement.equity_initial_micros + added);
    uint32_t asset = (uint32_t)pli_prng_below(prng, TS_WILD_ASSETS);
    pli_i128 more = pli_prng_edge_i64(prng, 1, INT64_C(1000000));
    for (uint32_t i = 3; i < at->world.assets[asset].decimals; i += 1) {
        more *= 10;
    }
    more += pli_i128_from_wide(richer.balances[asset].atoms);
    richer.balances[asset].atoms = pli_wide_from_i128(more);
    outcome last;
    require_account(at, &richer, &last);
    // With a slow price the netted exposure of scenario-treated coins can take as much as it gives.
    bool is_netted = at->world.assets[asset].treatment == PLM_TREATMENT_SCENARIO &&
                     (at->model->needs & PLM_NEEDS_ARRAYS) != 0;
    REQUIRE_THAT(at, last.requirement.equity_maintenance_micros >=
                         after.requirement.equity_maintenance_micros);
    REQUIRE_THAT(at, is_netted || last.requirement.equity_initial_micros >=
                                      after.requirement.equity_initial_micros);
}

/* M6: confidence, age, open interest and volatility, with the longer grid it brings, never help the account. */
static void
check_market_quality(bench *at, const ts_account *account, const outcome *got, pli_prng *prng) {
    uint32_t u = (uint32_t)pli_prng_below(prng, TS_WILD_UNDERLYINGS);
    plm_underlying_market before = at->world.prices[u];
    plm_underlying_market *market = &at->world.prices[u];
    uint32_t active = at->world.grid_active[u];
    outcome after;
    switch (pli_prng_below(prng, 4)) {
    case 0:
        market->price.confidence_e8 +=
            pli_prng_range_i64(prng, 0, market->price.confidence_e8 + 10);
        break;
    case 1:
        market->price.publish_ns -= pli_prng_range_i64(prng, 0, INT64_C(3600000000000));
        break;
    case 2:
        market->volatility_ppm += pli_prng_range_i64(prng, 0, 1000000);
        at->world.grid_active[u] = (uint32_t)pli_prng_range_i64(prng, active, TS_WILD_GRID);
        break;
    default:
        market->open_interest_micros += pli_prng_range_i64(prng, 0, INT64_C(1000000000000000));
        break;
    }
    require_account(at, account, &after);
    *market = before;
    at->world.grid_active[u] = active;
    REQUIRE_THAT(at, after.requirement.initial_micros >= got->requirement.initial_micros);
    REQUIRE_THAT(at, after.requirement.maintenance_micros >= got->requirement.maintenance_micros);
    REQUIRE_THAT(at,
                 after.requirement.equity_initial_micros <= got->requirement.equity_initial_micros);
    REQUIRE_THAT(at, after.requirement.equity_maintenance_micros <=
                         got->requirement.equity_maintenance_micros);
}

/* Keep only what M2 and M4 scale: positions. */
static void
strip(ts_account *account) {
    account->portfolio.order_count = 0;
    account->portfolio.balance_count = 0;
}

static void
scale(ts_account *account, int64_t factor) {
    for (uint32_t i = 0; i < account->portfolio.position_count; i += 1) {
        plm_position *position = &account->positions[i];
        position->lots *= factor;
        position->cost = pli_wide_from_i128(pli_i128_from_wide(position->cost) * factor);
        position->accrued_micros *= factor;
    }
}

/* Rounding steps of one requirement: per line notional, fees, spread, tiers; per underlying and branch a few more. */
static int64_t
rounding_steps(uint32_t position_count) {
    return 40 + 30 * (int64_t)position_count;
}

/* M2: k times the portfolio requires at least k times as much, to one micro per rounding step. */
static void
check_scaling(bench *at, const ts_account *account, pli_prng *prng) {
    ts_account one;
    outcome small;
    outcome large;
    int64_t factor = pli_prng_range_i64(prng, 2, 50);
    ts_account_copy(&one, account);
    strip(&one);
    require_account(at, &one, &small);
    scale(&one, factor);
    require_account(at, &one, &large);
    int64_t slack = factor * rounding_steps(one.portfolio.position_count);
    REQUIRE_THAT(at, large.requirement.maintenance_micros >=
                         factor * small.requirement.maintenance_micros - slack);
    REQUIRE_THAT(at, large.requirement.initial_micros >=
                         factor * small.requirement.initial_micros - slack);
}

/* M4: one instrument; the requirement and its rate do not fall as the position grows. */
static void
check_one_instrument(bench *at, pli_prng *prng) {
    ts_account account;
    outcome small;
    outcome large;
    ts_wild_account_init(&account, &at->world, prng, 1, false);
    strip(&account);
    if (account.portfolio.position_count == 0 || account.positions[0].lots == 0) {
        return;
    }
    int64_t lots = account.positions[0].lots;
    int64_t grown = lots + (lots > 0 ? 1 : -1) * pli_prng_edge_i64(prng, 0, 50000);
    account.positions[0].cost = (plm_wide){0};
    require_account(at, &account, &small);
    account.positions[0].lots = grown;
    require_account(at, &account, &large);
    pli_i128 size = lots < 0 ? -lots : lots;
    pli_i128 size_grown = grown < 0 ? -grown : grown;
    pli_i128 slack = rounding_steps(1);
    pli_i128 before = small.requirement.maintenance_micros;
    pli_i128 after = large.requirement.maintenance_micros;
    REQUIRE_THAT(at, after >= before - slack);
    REQUIRE_THAT(at, (after + slack) * size >= (before - slack) * size_grown);
    before = small.requirement.initial_micros;
    after = large.requirement.initial_micros;
    REQUIRE_THAT(at, after >= before - slack);
    REQUIRE_THAT(at, (after + slack) * size >= (before - slack) * size_grown);
}

/* M12: the price of one delta-one instrument moves against its holder: equity does not rise. */
static void
check_adverse_move(bench *at, pli_prng *prng) {
    ts_account account;
    outcome before;
    outcome after;
    uint32_t instrument =
        (uint32_t)pli_prng_below(prng, 9); // spot, perpetual and future of three underlyings
    uint32_t u = at->world.instruments[instrument].underlying_index;
    plm_price_record *price = &at->world.prices[u].price;
    plm_mark *mark = &at->world.marks[instrument];
    int64_t lots = ts_account_lots(prng);
    ts_wild_account_init(&account, &at->world, prng, 0, false);
    account.portfolio.balance_count = 1; // dollars
    account.portfolio.position_count = 1;
    account.positions[0] = (plm_position){.instrument_index = instrument, .lots = lots};
    if (at->world.instruments[instrument].settlement == PLM_SETTLEMENT_LINEAR) {
        pli_i128 cost = (pli_i128)lots * (mark->mark_e8 + pli_prng_range_i64(prng, -100, 100));
        account.positions[0].cost = pli_wide_from_i128(cost);
    }
    int64_t size = llabs(price->price_e8) / 3;
    int64_t move = pli_prng_edge_i64(prng, 0, size) * (lots > 0 ? -1 : 1);
    int64_t price_before = price->price_e8;
    int64_t mark_before = mark->mark_e8;
    // An inverse contract's coins are worth less as well when the price falls: a short may then lose by it.
    bool is_inverse = at->world.instruments[instrument].settlement == PLM_SETTLEMENT_INVERSE;
    require_account(at, &account, &before);
    price->price_e8 += is_inverse ? 0 : move;
    mark->mark_e8 += move;
    require_account(at, &account, &after);
    price->price_e8 = price_before;
    mark->mark_e8 = mark_before;
    REQUIRE_THAT(at, after.requirement.equity_maintenance_micros <=
                         before.requirement.equity_maintenance_micros);
    // Where the slow price is the worse one, initial equity stands still but for its three roundings: of profit, of
    // exposure, of the adjustment.
    REQUIRE_THAT(at, after.requirement.equity_initial_micros <=
                         before.requirement.equity_initial_micros + 3);
}

/* The sum of two accounts' positions, with no orders or balances. */
static void
add_accounts(ts_account *sum, const ts_account *left, const ts_account *right) {
    ts_account_copy(sum, left);
    for (uint32_t i = 0; i < right->portfolio.position_count; i += 1) {
        const plm_position *added = &right->positions[i];
        uint32_t at = 0;
        while (at < sum->portfolio.position_count &&
               sum->positions[at].instrument_index != added->instrument_index) {
            at += 1;
        }
        plm_position *position = &sum->positions[at];
        if (at == sum->portfolio.position_count) {
            *position = *added;
            sum->portfolio.position_count += 1;
            continue;
        }
        position->lots += added->lots;
        pli_i128 cost = pli_i128_from_wide(position->cost) + pli_i128_from_wide(added->cost);
        position->cost = pli_wide_from_i128(cost);
    }
    sum->portfolio.position_count =
        sum->portfolio.position_count > TS_WILD_POSITIONS + TS_WILD_ORDERS
            ? TS_WILD_POSITIONS
            : sum->portfolio.position_count;
}

/* M3 (model portfolio): tail, grid and stress of a + b are at most those of a plus those of b; VaR excepted. */
static void
check_subadditivity(bench *at, pli_prng *prng) {
    ts_account accounts[3];
    outcome got[3];
    if (at->model != &plm_model_portfolio || at->world.parameters.measure == 2) {
        return;
    }
    at->world.header.horizon.ns = 0; // nothing expires inside: both sides evaluate the same set
    for (int i = 0; i < 2; i += 1) {
        ts_wild_account_init(&accounts[i], &at->world, prng, 5, false);
        strip(&accounts[i]);
    }
    add_accounts(&accounts[2], &accounts[0], &accounts[1]);
    for (int i = 0; i < 3; i += 1) {
        require_account(at, &accounts[i], &got[i]);
    }
    at->world.header.horizon.ns = PLM_DAY_NS;
    const plm_reason_part *a = &got[0].reason.maintenance;
    const plm_reason_part *b = &got[1].reason.maintenance;
    const plm_reason_part *c = &got[2].reason.maintenance;
    REQUIRE_THAT(at, c->tail_micros <= a->tail_micros + b->tail_micros);
    REQUIRE_THAT(at, c->grid_sum_micros <= a->grid_sum_micros + b->grid_sum_micros);
    REQUIRE_THAT(at, c->stress_micros <= a->stress_micros + b->stress_micros);
}

/* M3: one more grid, stress or (at the same k) tail scenario never lowers its measure. */
static void
check_more_scenarios(bench *at, const ts_account *account, const outcome *got) {
    outcome fewer;
    if (at->model != &plm_model_portfolio) {
        return;
    }
    uint32_t active[TS_WILD_UNDERLYINGS];
    memcpy(active, at->world.grid_active, sizeof active);
    for (int i = 0; i < TS_WILD_UNDERLYINGS; i += 1) {
        at->world.grid_active[i] -= at->world.grid_active[i] > 1;
    }
    require_account(at, account, &fewer);
    memcpy(at->world.grid_active, active, sizeof active);
    bool is_same_set =
        fewer.reason.maintenance.is_without_expiring == got->reason.maintenance.is_without_expiring;
    REQUIRE_THAT(at, !is_same_set || fewer.reason.maintenance.grid_sum_micros <=
                                         got->reason.maintenance.grid_sum_micros);
    REQUIRE_THAT(at, fewer.requirement.maintenance_micros <= got->requirement.maintenance_micros);
}

/* Does filling this order move coins that are in the scenarios? */
static bool
moves_scenario_coins(const bench *at, const plm_order *order) {
    uint32_t asset = at->world.instruments[order->instrument_index].settlement_asset_index;
    return at->world.assets[asset].treatment == PLM_TREATMENT_SCENARIO;
}

/* Fill part of an order at its limit or better, as a trade with the taker fee. */
static plm_change
draw_fill(const bench *at, plm_order *order, pli_prng *prng) {
    const plm_instrument *instrument = &at->world.instruments[order->instrument_index];
    bool is_any = instrument->underlying_index == 1 && instrument->kind != PLM_KIND_OPTION;
    int64_t lots =
        pli_prng_below(prng, 3) == 0 ? order->lots : pli_prng_range_i64(prng, 1, order->lots);
    // More of a scenario-treated coin may require more than it adds: there the limit itself.
    bool is_exact =
        at->world.assets[instrument->settlement_asset_index].treatment == PLM_TREATMENT_SCENARIO;
    int64_t better = is_exact || pli_prng_below(prng, 2) == 0
                         ? 0
                         : pli_prng_range_i64(prng, 0, llabs(order->limit_e8) / 10);
    int64_t price = order->limit_e8 + (order->side == PLM_SIDE_BUY ? -better : better);
    price = !is_any && price < 1 ? 1 : price;
    order->lots -= lots;
    return (plm_change){.kind = PLM_CHANGE_TRADE,
                        .trade = {.instrument_index = order->instrument_index,
                                  .lots = order->side == PLM_SIDE_BUY ? lots : -lots,
                                  .price_e8 = price}};
}

/* Taker fee of a fill, on the notional that requirements use: options at the index. */
static int64_t
taker_fee(const bench *at, const plm_trade *trade) {
    const plm_instrument *instrument = &at->world.instruments[trade->instrument_index];
    const plm_underlying *underlying = &at->world.underlyings[instrument->underlying_index];
    int64_t fee_ppm = at->model == &plm_model_portfolio ? at->world.parameters.close_fee_ppm
                                                        : at->world.tiered.close_fee_ppm;
    int64_t price = instrument->kind == PLM_KIND_OPTION
                        ? at->world.prices[instrument->underlying_index].price.price_e8
                        : trade->price_e8;
    pli_i128 notional = 0;
    pli_i128 fee = 0;
    assert_true(pli_notional_micros(instrument, underlying, trade->lots, price, &notional));
    if (instrument->settlement_asset_index == TS_WILD_STABLE) {
        notional = notional * at->world.prices[3].price.price_e8 / 100000000;
    }
    assert_true(pli_ppm_of_floor(notional, fee_ppm, &fee));
    return (int64_t)fee;
}

/* Reduce-only orders whose premium moves such coins are not part of the promise: other fills may give them more to do. */
static void
drop_unpromised(const bench *at, ts_account *account) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < account->portfolio.order_count; i += 1) {
        if (!account->orders[i].is_reduce_only || !moves_scenario_coins(at, &account->orders[i])) {
            account->orders[kept] = account->orders[i];
            kept += 1;
        }
    }
    account->portfolio.order_count = kept;
}

/* M13: fund the account to exactly its initial requirement, fill any subset of orders, and it still has it. */
static void
check_fills(bench *at, const ts_account *account, pli_prng *prng) {
    ts_account funded;
    ts_account rest;
    plm_change fills[TS_WILD_ORDERS];
    uint32_t fill_count = 0;
    outcome before;
    outcome after;
    ts_account_copy(&funded, account);
    drop_unpromised(at, &funded);
    require_account(at, &funded, &before);
    pli_i128 missing =
        (pli_i128)before.requirement.initial_micros - before.requirement.equity_initial_micros;
    pli_i128 atoms = pli_i128_from_wide(funded.balances[TS_WILD_USD].atoms) + missing;
    funded.balances[TS_WILD_USD].atoms = pli_wide_from_i128(atoms);
    require_account(at, &funded, &before);
    REQUIRE_THAT(at, before.requirement.equity_initial_micros == before.requirement.initial_micros);
    ts_account_copy(&rest, &funded);
    rest.portfolio.order_count = 0;
    for (uint32_t i = 0; i < funded.portfolio.order_count; i += 1) {
        plm_order order = funded.orders[i];
        if (!order.is_reduce_only && pli_prng_below(prng, 2) == 0) {
            fills[fill_count] = draw_fill(at, &order, prng);
            fills[fill_count].trade.fee_micros = taker_fee(at, &fills[fill_count].trade);
            fill_count += 1;
        }
        if (order.lots > 0) {
            rest.orders[rest.portfolio.order_count] = order;
            rest.portfolio.order_count += 1;
        }
    }
    plm_margin_input input = ts_wild_input(&at->world, &rest, at->model);
    input.changes = fills;
    input.change_count = fill_count;
    evaluate(at, &input, &after);
    REQUIRE_THAT(at, after.requirement.equity_initial_micros >= after.requirement.initial_micros);
}

static void
check_portfolio(bench *at, pli_prng *prng) {
    ts_account account;
    outcome got;
    ts_wild_account_init(&account, &at->world, prng, TS_WILD_POSITIONS,
                         pli_prng_below(prng, 2) == 0);
    require_account(at, &account, &got);
    check_one(at, &got);
    check_order_does_not_matter(at, &account, &got);
    check_collateral(at, &account, &got, prng);
    check_market_quality(at, &account, &got, prng);
    check_scaling(at, &account, prng);
    check_one_instrument(at, prng);
    check_adverse_move(at, prng);
    check_subadditivity(at, prng);
    check_more_scenarios(at, &account, &got);
    check_fills(at, &account, prng);
}

void
ts_margin_properties(uint64_t seed, uint32_t portfolio_count) {
    static _Alignas(64) unsigned char memory[1 << 18];
    static const plm_model *const models[] = {&plm_model_portfolio, &plm_model_portfolio,
                                              &plm_model_tiered, &plm_model_dynamic};
    static bench at;
    static pli_prng prng; // not automatic: it must survive the jump out of an overflow
    prng = pli_prng_init(seed);
    at.seed = seed;
    at.overflow_count = 0;
    at.workspace = (plm_workspace){memory, sizeof memory};
    for (uint32_t i = 0; i < portfolio_count; i += 1) {
        at.portfolio = i;
        if (i % 8 == 0) {
            ts_wild_init(&at.world, &prng);
        }
        at.model = models[i % 4];
        if (setjmp(at.overflow) == 0) {
            check_portfolio(&at, &prng);
        } else {
            at.overflow_count += 1;
            ts_wild_init(&at.world, &prng);
        }
    }
    assert_true(at.overflow_count <= portfolio_count / 100);
}
