/* account.c: plimsoll account: what one account holds and must hold.                   SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "num/decimal.h"

static const pli_option options[] = {{NULL, NULL, NULL}};

/* An account and the tables that its portfolio is read into. */
typedef struct holding {
    plm_core *core;
    uint32_t account;
    plm_listing listing;
    plm_portfolio portfolio;
} holding;

static pli_rows
requirement_row(pli_pool *pool, const holding *of, plm_status *status, plm_fault *fault) {
    const pli_column columns[] = {
        pli_column_count("account", "account"),
        pli_column_money("equity_initial", "equity, initial", "", PLI_DECIMAL_FLOOR),
        pli_column_money("initial", "initial requirement", "", PLI_DECIMAL_CEIL),
        pli_column_money("equity_maintenance", "equity, maintenance", "", PLI_DECIMAL_FLOOR),
        pli_column_money("call", "call level", "", PLI_DECIMAL_CEIL),
        pli_column_money("maintenance", "maintenance requirement", "", PLI_DECIMAL_CEIL),
        pli_column_text("branch", "decided by"),
        pli_column_text("health", "health"),
        pli_column_text("stage", "stage, when last assessed"),
        pli_column_money("call_amount", "cash that ends the call", "", PLI_DECIMAL_CEIL),
        pli_column_count("slice_count", "slices planned"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    plm_core_question question = {.account = of->account};
    plm_requirement seen = {0};
    plm_reason reason = {0};
    *status = plm_core_require(of->core, &question, &seen, &reason, fault);
    plm_account_info info = {.owner = 0};
    if (*status == PLM_OK) {
        *status = plm_core_account(of->core, of->account, &info);
    }
    const pli_cell cells[COLUMNS] = {
        pli_cell_number(of->account, 0),
        pli_cell_micros(seen.equity_initial_micros),
        pli_cell_micros(seen.initial_micros),
        pli_cell_micros(seen.equity_maintenance_micros),
        pli_cell_micros(seen.call_micros),
        pli_cell_micros(seen.maintenance_micros),
        pli_cell_text(plm_branch_name(reason.maintenance.branch)),
        pli_cell_text(plm_health_name(seen.health)),
        pli_cell_text(plm_stage_name(info.standing.stage)),
        pli_cell_micros(info.standing.call_micros),
        pli_cell_number(info.standing.slice_count, 0),
    };
    pli_rows rows = pli_rows_make(pool, "requirement", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    return rows;
}

static pli_rows
auction_row(pli_pool *pool, const holding *of) {
    const pli_column columns[] = {
        pli_column_text("is_open", "bids are taken"),
        pli_column_count("round", "round"),
        pli_column_count("rounds_left", "rounds left"),
        pli_column_number("clock", "time in it", "s", 0),
        pli_column_number("share", "share for sale", "", 6),
        pli_column_number("kept", "kept of its value", "", 6),
        pli_column_money("premium", "paid to the bidder", "", PLI_DECIMAL_FLOOR),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    plm_auction_offer offer = {.is_open = false};
    plm_status status = plm_core_auction(of->core, of->account, &offer, NULL);
    const pli_cell cells[COLUMNS] = {
        pli_cell_flag(offer.is_open),          pli_cell_number(offer.round, 0),
        pli_cell_number(offer.rounds_left, 0), pli_cell_number(offer.clock_ns, 9),
        pli_cell_number(offer.share_ppm, 6),   pli_cell_number(offer.kept_ppm, 6),
        pli_cell_micros(offer.premium_micros)};
    pli_rows rows = pli_rows_make(pool, "auction", columns, COLUMNS, 1);
    rows.table.is_record = true;
    if (status == PLM_OK && offer.round > 0) {
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_rows
balance_rows(pli_pool *pool, const holding *of) {
    const pli_column columns[2] = {pli_column_text("asset", "asset"),
                                   pli_column_number("balance", "balance", "", 8)};
    pli_rows rows = pli_rows_make(pool, "balances", columns, 2, of->portfolio.balance_count);
    for (uint32_t i = 0; i < of->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &of->portfolio.balances[i];
        plm_asset_totals totals = {.name = ""};
        plm_status status = plm_core_asset(of->core, balance->asset_index, &totals);
        pli_i128 atoms = pli_i128_from_wide(balance->atoms);
        const pli_cell cells[2] = {
            pli_cell_text(status == PLM_OK ? totals.name : ""),
            pli_cell_toned(
                pli_cell_number(atoms, of->listing.assets[balance->asset_index].decimals),
                atoms < 0 ? PLI_TONE_WARNING : PLI_TONE_PLAIN)};
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static const char *
instrument_name(pli_pool *pool, const holding *of, uint32_t instrument) {
    plm_market_totals totals;
    return plm_core_instrument(of->core, instrument, &totals) == PLM_OK
               ? pli_must_text(pool, totals.name)
               : "";
}

static pli_rows
position_rows(pli_pool *pool, const holding *of) {
    const pli_column columns[5] = {
        pli_column_text("instrument", "instrument"), pli_column_count("lots", "lots"),
        pli_column_count("cost", "cost, lots x 1e-8"), pli_column_number("mark", "mark", "", 2),
        pli_column_number("unsettled", "profit not yet paid", "settlement asset", 2)};
    plm_market market = plm_core_market(of->core);
    pli_rows rows = pli_rows_make(pool, "positions", columns, 5, of->portfolio.position_count);
    for (uint32_t i = 0; i < of->portfolio.position_count; i += 1) {
        const plm_position *position = &of->portfolio.positions[i];
        const plm_mark *mark = &market.marks[position->instrument_index];
        const pli_cell cells[5] = {
            pli_cell_text(instrument_name(pool, of, position->instrument_index)),
            pli_cell_number(position->lots, 0),
            pli_cell_number(pli_i128_from_wide(position->cost), 0),
            mark->is_present ? pli_cell_number(mark->mark_e8, 8) : pli_cell_none(),
            pli_cell_number(position->accrued_micros, 6)};
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_rows
order_rows(pli_pool *pool, const holding *of) {
    const pli_column columns[5] = {
        pli_column_text("instrument", "instrument"), pli_column_text("side", "side"),
        pli_column_count("lots", "lots"), pli_column_number("limit", "limit", "", 2),
        pli_column_text("is_reduce_only", "reduce only")};
    pli_rows rows = pli_rows_make(pool, "orders", columns, 5, of->portfolio.order_count);
    for (uint32_t i = 0; i < of->portfolio.order_count; i += 1) {
        const plm_order *order = &of->portfolio.orders[i];
        const pli_cell cells[5] = {
            pli_cell_text(instrument_name(pool, of, order->instrument_index)),
            pli_cell_text(order->side == PLM_SIDE_BUY ? "buy" : "sell"),
            pli_cell_number(order->lots, 0), pli_cell_number(order->limit_e8, 8),
            pli_cell_flag(order->is_reduce_only)};
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_exit
show(const pli_invocation *invocation, plm_core *core, uint32_t account, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    const plm_core_limits *limits = plm_core_limits_of(core);
    holding of = {.core = core, .account = account, .listing = plm_core_listing(core)};
    plm_fault fault = {0};
    plm_status status = plm_core_portfolio(
        core, account, PLI_MUST_TAKE(&pool, limits->position_count, plm_position),
        PLI_MUST_TAKE(&pool, limits->order_count, plm_order),
        PLI_MUST_TAKE(&pool, limits->balance_count, plm_balance), &of.portfolio);
    if (status != PLM_OK) {
        pli_pool_finish(&pool);
        return pli_fail_usage("no such account: ", invocation->operands[1], NULL);
    }
    plm_status required = PLM_OK;
    pli_table tables[5] = {requirement_row(&pool, &of, &required, &fault).table,
                           balance_rows(&pool, &of).table, position_rows(&pool, &of).table,
                           order_rows(&pool, &of).table, auction_row(&pool, &of).table};
    uint32_t count = tables[4].row_count > 0 ? 5 : 4; // the last one only of an account on sale
    if (required != PLM_OK) {
        tables[0].row_count = 0;
        tables[0].is_record = false;
        tables[0].note = fault.text;
    }
    const pli_tables answer = {
        .schema = "plimsoll-account/1", .table_count = count, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine *engine = NULL;
    const char *text = invocation->operands[1];
    pli_i128 account = 0;
    if (pli_decimal_parse(text, strlen(text), 0, &account) != PLM_OK || account < 0 ||
        account >= UINT32_MAX) {
        return pli_fail_usage("an account is a number, not ", text, NULL);
    }
    pli_exit end = pli_venue_open_read(invocation, &engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    end = show(invocation, plm_engine_core(engine), (uint32_t)account, page);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_account = {
    .name = "account",
    .summary = "what one account holds and must hold",
    .operands = "DIR ACCOUNT",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail = "Numbers include everything that has come due: interest, funding, profit that has "
              "been paid.",
    .example = "plimsoll account build/venue 1",
    .run = run,
};
