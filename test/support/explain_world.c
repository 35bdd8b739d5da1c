/* explain_world.c: one account in the scenario world, and what it needs at other prices.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "price/mark.h"
#include "support/explain_world.h"

static void
check(plm_status status, const plm_fault *fault) {
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault->text);
    }
}

static void *
take(size_t size) {
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0x5a, size);
    return memory;
}

void
ts_account_init(ts_account *account, const plm_model *model) {
    memset(account, 0, sizeof *account);
    ts_world_init(&account->world);
    account->world.underlyings[TS_U_BTC].tick_e8 = TS_USD_E8 / 10;
    plm_record_init(&plm_portfolio_descriptor, &account->portfolio_parameters);
    plm_record_init(&plm_tiered_descriptor, &account->tiered_parameters);
    bool is_portfolio = model == &plm_model_portfolio;
    const void *parameters = is_portfolio ? (const void *)&account->portfolio_parameters
                                          : (const void *)&account->tiered_parameters;
    account->portfolio = (plm_portfolio){
        .positions = account->positions, .orders = account->orders, .balances = account->balances};
    account->input = (plm_explain_input){.model = model,
                                         .margin = {.listing = &account->world.listing,
                                                    .market = &account->world.market,
                                                    .parameters = parameters,
                                                    .portfolio = &account->portfolio}};
    plm_fault fault = {.status = PLM_OK};
    check(pli_market_fill_marks(&account->world.listing, &account->world.market,
                                account->world.marks, &fault),
          &fault);
}

void
ts_account_ready(ts_account *account) {
    if ((account->input.model->needs & PLM_NEEDS_ARRAYS) != 0) {
        account->set = ts_world_make(&account->world);
        account->table = ts_world_build(&account->world, &account->set);
        account->input.maintenance_set = &account->set;
        account->input.initial_set = &account->set;
        account->input.margin.maintenance_arrays = &account->table;
        account->input.margin.initial_arrays = &account->table;
    }
    account->workspace.size = plm_explain_size(&account->input);
    account->workspace.memory = take(account->workspace.size);
}

void
ts_account_finish(ts_account *account) {
    free(account->workspace.memory);
    ts_world_free_all();
}

void
ts_account_hold(ts_account *account, uint32_t instrument_index, int64_t lots) {
    const plm_instrument *instrument = &account->world.instruments[instrument_index];
    int64_t mark_e8 = account->world.marks[instrument_index].mark_e8;
    plm_position *position = &account->positions[account->portfolio.position_count];
    account->portfolio.position_count += 1;
    *position = (plm_position){.instrument_index = instrument_index, .lots = lots};
    if (instrument->kind == PLM_KIND_OPTION) {
        return;
    }
    pli_i128 cost = (pli_i128)lots * mark_e8;
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        cost = (pli_i128)lots * instrument->lot_e8 * INT64_C(1000000000000) / mark_e8;
    }
    position->cost = pli_wide_from_i128(cost);
}

void
ts_account_order(ts_account *account, uint32_t instrument_index, int64_t lots, int64_t limit_e8) {
    plm_order *order = &account->orders[account->portfolio.order_count];
    account->portfolio.order_count += 1;
    *order = (plm_order){.instrument_index = instrument_index,
                         .side = lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                         .lots = lots > 0 ? lots : -lots,
                         .limit_e8 = limit_e8};
}

void
ts_account_cash(ts_account *account, int64_t micros) {
    // The dollar of this world has 8 decimals.
    pli_i128 atoms = (pli_i128)micros * 100;
    account->portfolio.balance_count = 1;
    account->balances[0] = (plm_balance){.asset_index = TS_USD, .atoms = pli_wide_from_i128(atoms)};
}

static plm_requirement
require(const plm_explain_input *explain, const plm_margin_input *input) {
    plm_limits limits = {.asset_count = 8,
                         .underlying_count = 8,
                         .instrument_count = 32,
                         .position_count = 32,
                         .order_count = 8,
                         .balance_count = 32,
                         .entry_count = PLM_SCENARIO_ENTRIES_MAX};
    plm_workspace workspace = {.size = plm_margin_workspace_size(explain->model, &limits)};
    workspace.memory = take(workspace.size);
    plm_requirement requirement;
    plm_fault fault = {.status = PLM_OK};
    check(plm_margin_require(explain->model, input, &workspace, &requirement, NULL, &fault),
          &fault);
    free(workspace.memory);
    return requirement;
}

plm_requirement
ts_account_require(const ts_account *account, uint32_t count, const plm_change *changes) {
    plm_margin_input input = account->input.margin;
    input.change_count = count;
    input.changes = changes;
    return require(&account->input, &input);
}

void
ts_account_prices(const ts_account *account, int64_t price_e8[TS_UNDERLYING_COUNT]) {
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        price_e8[u] = account->world.prices[u].price.price_e8;
    }
}

/* What moved prices leave of the market; everything else is shared. */
typedef struct moved_market {
    plm_underlying_market prices[TS_UNDERLYING_COUNT];
    plm_mark marks[TS_INSTRUMENT_COUNT];
    plm_expiry_market expiries[4];
    plm_market market;
} moved_market;

static int64_t
move(const ts_account *account, uint32_t u, int64_t price_e8, int64_t value_e8) {
    int64_t now_e8 = account->world.prices[u].price.price_e8;
    if (account->world.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY) {
        return value_e8 + price_e8 - now_e8;
    }
    // Exact product; halves do not occur in these tests, so any rounding to nearest will do.
    pli_i128 product = (pli_i128)value_e8 * price_e8;
    return (int64_t)((product + now_e8 / 2) / now_e8);
}

static void
move_option(const ts_account *account, uint32_t i, moved_market *moved) {
    plm_market now = account->world.market;
    plm_mark marks[TS_INSTRUMENT_COUNT];
    memcpy(marks, now.marks, sizeof marks);
    marks[i].is_present = false;
    now.marks = marks;
    plm_price before = {0};
    plm_price after = {0};
    plm_fault fault = {.status = PLM_OK};
    check(plm_instrument_mark(&account->world.listing, &now, i, &before, &fault), &fault);
    moved->marks[i].is_present = false;
    check(plm_instrument_mark(&account->world.listing, &moved->market, i, &after, &fault), &fault);
    int64_t mark = account->world.marks[i].mark_e8 - before.e8 + after.e8;
    moved->marks[i] = (plm_mark){.mark_e8 = mark < 0 ? 0 : mark,
                                 .half_spread_e8 = account->world.marks[i].half_spread_e8,
                                 .is_present = true};
}

static void
move_market(const ts_account *account, const int64_t *price_e8, moved_market *moved) {
    memcpy(moved->prices, account->world.prices, sizeof moved->prices);
    memcpy(moved->marks, account->world.marks, sizeof moved->marks);
    memcpy(moved->expiries, account->world.expiries, sizeof moved->expiries);
    moved->market = account->world.market;
    moved->market.underlyings = moved->prices;
    moved->market.marks = moved->marks;
    moved->market.expiries = moved->expiries;
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        plm_price_record *price = &moved->prices[u].price;
        bool is_any = account->world.underlyings[u].domain == PLM_PRICE_DOMAIN_ANY;
        price->slow_e8 = move(account, u, price_e8[u], price->slow_e8);
        price->confidence_e8 =
            is_any ? price->confidence_e8 : move(account, u, price_e8[u], price->confidence_e8);
        price->price_e8 = price_e8[u];
    }
    for (uint32_t i = 0; i < 4; i += 1) {
        uint32_t u = moved->expiries[i].underlying_index;
        int64_t before = moved->expiries[i].forward_e8;
        moved->expiries[i].forward_e8 = move(account, u, price_e8[u], before);
        if (moved->expiries[i].slice.kind == PLM_SLICE_SVI) {
            double ratio = (double)moved->expiries[i].forward_e8 / (double)before;
            moved->expiries[i].slice.svi.m -= log(ratio);
        }
    }
    for (uint32_t i = 0; i < TS_INSTRUMENT_COUNT; i += 1) {
        uint32_t u = account->world.instruments[i].underlying_index;
        if (account->world.instruments[i].kind == PLM_KIND_OPTION) {
            move_option(account, i, moved);
        } else {
            moved->marks[i].mark_e8 = move(account, u, price_e8[u], moved->marks[i].mark_e8);
        }
    }
}

plm_requirement
ts_account_require_at(const ts_account *account, const int64_t *price_e8) {
    moved_market moved;
    move_market(account, price_e8, &moved);
    plm_margin_input input = account->input.margin;
    input.market = &moved.market;
    void *memory = NULL;
    plm_risk_table table;
    if (account->input.maintenance_set != NULL) {
        size_t size = plm_risk_table_size(&account->set, input.listing);
        memory = take(size);
        plm_fault fault = {.status = PLM_OK};
        check(plm_risk_table_init(&account->set, input.listing, memory, size, &table), &fault);
        for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
            check(plm_risk_table_build(&account->set, input.listing, input.market, u, NULL, &table,
                                       &fault),
                  &fault);
        }
        input.maintenance_arrays = &table;
        input.initial_arrays = &table;
    }
    plm_requirement requirement = require(&account->input, &input);
    free(memory);
    return requirement;
}
