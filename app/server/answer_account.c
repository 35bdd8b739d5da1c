/* answer_account.c: what is asked about one account.                                  SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "plimsoll/explain.h"
#include "server/revalue.h"
#include "server/server.h"

enum { GRID_COLUMNS = 17, GRID_ROWS = 7 };

bool
pli_server_hold(pli_server *server, uint32_t account, plm_portfolio *portfolio) {
    return plm_core_portfolio(server->core, account, server->positions, server->orders,
                              server->balances, portfolio) == PLM_OK;
}

static uint32_t
account_of(const pli_http_request *request) {
    return (uint32_t)strtoul(request->path + strlen("/v1/accounts/"), NULL, 10);
}

static unsigned
refuse(pli_server *server, const char *code, const char *message, unsigned status) {
    pli_json_begin_object(&server->writer, NULL);
    pli_json_text(&server->writer, "code", code);
    pli_json_text(&server->writer, "message", message);
    pli_json_end(&server->writer);
    return status;
}

static const char *
instrument_name(const plm_core *core, uint32_t instrument, plm_market_totals *totals) {
    return plm_core_instrument(core, instrument, totals) == PLM_OK ? totals->name : "";
}

static void
write_part(pli_json_writer *writer, const char *key, const plm_reason_part *part) {
    pli_json_begin_object(writer, key);
    pli_json_text(writer, "decided_by", plm_branch_name(part->branch));
    pli_write_micros(writer, "core", part->core_micros);
    pli_json_begin_object(writer, "charges");
    for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        if (part->charges_micros[i] != 0) {
            pli_write_micros(writer, plm_charge_name((plm_charge)i), part->charges_micros[i]);
        }
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

static void
write_positions(pli_server *server, const plm_reason *reason) {
    pli_json_writer *writer = &server->writer;
    plm_market market = plm_core_market(server->core);
    plm_listing listing = plm_core_listing(server->core);
    plm_market_totals totals;
    pli_json_begin_array(writer, "positions");
    for (uint32_t i = 0; i < reason->evaluated.position_count; i += 1) {
        const plm_position *position = &reason->evaluated.positions[i];
        uint32_t at = position->instrument_index;
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "index", at);
        pli_json_text(writer, "instrument", instrument_name(server->core, at, &totals));
        pli_json_decimal(writer, "lots", position->lots, 0);
        pli_write_e8(writer, "lot", listing.instruments[at].lot_e8);
        pli_write_e8(writer, "mark", market.marks[at].mark_e8);
        pli_write_micros(writer, "contribution", reason->maintenance.position_micros[i]);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_balances(pli_server *server, const plm_reason *reason) {
    pli_json_writer *writer = &server->writer;
    plm_listing listing = plm_core_listing(server->core);
    pli_json_begin_array(writer, "balances");
    for (uint32_t i = 0; i < reason->evaluated.balance_count; i += 1) {
        const plm_balance *balance = &reason->evaluated.balances[i];
        plm_asset_totals totals = {.name = ""};
        if (plm_core_asset(server->core, balance->asset_index, &totals) != PLM_OK) {
            continue;
        }
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "asset", totals.name);
        pli_json_decimal(writer, "amount", pli_i128_from_wide(balance->atoms),
                         listing.assets[balance->asset_index].decimals);
        pli_write_micros(writer, "contribution", reason->maintenance.balance_micros[i]);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_begin_array(writer, "orders");
    for (uint32_t i = 0; i < reason->evaluated.order_count; i += 1) {
        const plm_order *order = &reason->evaluated.orders[i];
        plm_market_totals totals;
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "instrument",
                      instrument_name(server->core, order->instrument_index, &totals));
        pli_json_text(writer, "side", order->side == PLM_SIDE_BUY ? "buy" : "sell");
        pli_json_decimal(writer, "lots", order->lots, 0);
        pli_write_e8(writer, "limit", order->limit_e8);
        pli_json_bool(writer, "is_reduce_only", order->is_reduce_only);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static bool
explain_input(pli_server *server, const plm_portfolio *portfolio, plm_core_view *view,
              plm_explain_input *input) {
    if (plm_core_look(server->core, view) != PLM_OK) {
        return false;
    }
    *input = (plm_explain_input){.model = plm_core_model(server->core),
                                 .margin = view->input,
                                 .maintenance_set = view->maintenance_set,
                                 .initial_set = view->initial_set};
    input->margin.portfolio = portfolio;
    return true;
}

static void
write_greeks(pli_server *server, const plm_portfolio *portfolio) {
    pli_json_writer *writer = &server->writer;
    plm_core_view view;
    plm_explain_input input;
    uint32_t count = plm_core_listing(server->core).underlying_count;
    plm_greeks *greeks = calloc(count + 1, sizeof greeks[0]);
    bool is_known = greeks != NULL && explain_input(server, portfolio, &view, &input) &&
                    plm_explain_greeks(&input, greeks, NULL) == PLM_OK;
    pli_json_begin_array(writer, "greeks");
    for (uint32_t u = 0; is_known && u < count; u += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "underlying", plm_core_underlying_name(server->core, u));
        pli_json_double(writer, "delta", greeks[u].delta);
        pli_json_double(writer, "gamma", greeks[u].gamma);
        pli_json_double(writer, "vega", greeks[u].vega);
        pli_json_double(writer, "theta", greeks[u].theta);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    free(greeks);
}

// The three tables of contributions stand side by side in the server's one, as long as the workspace's own limits.
static void
place_contributions(pli_server *server, plm_reason *reason) {
    const plm_core_limits *limits = plm_core_limits_of(server->core);
    reason->maintenance.position_micros = server->contributions;
    reason->maintenance.order_micros = server->contributions + limits->position_count + 16;
    reason->maintenance.balance_micros =
        server->contributions + limits->position_count + limits->order_count + 32;
}

unsigned
pli_answer_account(pli_server *server, const pli_http_request *request) {
    pli_json_writer *writer = &server->writer;
    uint32_t account = account_of(request);
    plm_account_info info;
    plm_portfolio portfolio;
    if (plm_core_account(server->core, account, &info) != PLM_OK ||
        !pli_server_hold(server, account, &portfolio)) {
        return refuse(server, "account", "there is no such account", 404);
    }
    plm_core_question question = {.account = account};
    plm_requirement requirement;
    plm_reason reason = {0};
    place_contributions(server, &reason);
    plm_fault fault = {.text = ""};
    bool is_known =
        plm_core_require(server->core, &question, &requirement, &reason, &fault) == PLM_OK;
    pli_json_begin_object(writer, NULL);
    pli_json_integer(writer, "account", account);
    pli_json_time(writer, "time", plm_core_time(server->core).ns);
    pli_json_text(writer, "stage", plm_stage_name(info.standing.stage));
    pli_write_micros(writer, "call_amount", info.standing.call_micros);
    pli_json_time(writer, "call_deadline", info.standing.call_deadline_ns);
    pli_json_integer(writer, "slices", info.standing.slice_count);
    pli_json_decimal(writer, "pool_shares", info.pool_shares, 0);
    pli_json_bool(writer, "is_known", is_known);
    if (!is_known) {
        pli_json_text(writer, "unknown_because", fault.text);
    } else {
        pli_write_requirement(writer, &requirement);
        pli_write_micros(writer, "collateral", reason.collateral_micros);
        pli_write_micros(writer, "liabilities", reason.liabilities_micros);
        pli_write_micros(writer, "option_value", reason.option_value_micros);
        pli_write_micros(writer, "unrealised", reason.unrealised_micros);
        write_part(writer, "maintenance_reason", &reason.maintenance);
        write_part(writer, "initial_reason", &reason.initial);
        write_positions(server, &reason);
        write_balances(server, &reason);
    }
    write_greeks(server, &portfolio);
    pli_json_end(writer);
    return 200;
}

/* What is asked: a trade at the mark, a move of the market, or both, the move first. */
typedef struct supposition {
    bool has_trade, has_move;
    plm_change trade;
    pli_move move;
} supposition;

static bool
read_supposition(pli_server *server, const pli_http_request *request, supposition *asked) {
    int64_t instrument = 0;
    int64_t lots = 0;
    plm_market market = plm_core_market(server->core);
    uint32_t count = plm_core_listing(server->core).instrument_count;
    asked->has_move = pli_read_move(request, &asked->move);
    bool is_named = pli_parameter(request, "instrument", 0, &instrument);
    asked->has_trade = is_named && pli_parameter(request, "lots", 0, &lots);
    if (!asked->has_move || is_named != asked->has_trade) {
        return false;
    }
    asked->has_move =
        asked->move.price != 0 || asked->move.volatility != 0 || asked->move.depth != 1;
    if (!asked->has_trade) {
        return asked->has_move;
    }
    if (instrument < 0 || instrument >= count || lots == 0 || lots > PLM_LOTS_MAX ||
        lots < -PLM_LOTS_MAX || !market.marks[instrument].is_present) {
        return false;
    }
    asked->trade = (plm_change){.kind = PLM_CHANGE_TRADE,
                                .trade = {.instrument_index = (uint32_t)instrument,
                                          .lots = lots,
                                          .price_e8 = market.marks[instrument].mark_e8}};
    return true;
}

static plm_status
suppose(pli_server *server, uint32_t account, supposition *asked, plm_requirement *requirement,
        plm_fault *fault) {
    plm_core_question question = {
        .account = account, .change_count = asked->has_trade ? 1 : 0, .changes = &asked->trade};
    if (!asked->has_move) {
        return plm_core_require(server->core, &question, requirement, NULL, fault);
    }
    plm_portfolio portfolio;
    pli_revalue moved = {.core = server->core};
    plm_status status = pli_server_hold(server, account, &portfolio)
                            ? pli_revalue_init(&moved, server->core, &asked->move)
                            : PLM_INDEX_UNKNOWN;
    if (status == PLM_OK) {
        uint32_t at = asked->trade.trade.instrument_index;
        asked->trade.trade.price_e8 = asked->has_trade ? moved.shift.marks[at].mark_e8 : 0;
        moved.input.change_count = question.change_count;
        moved.input.changes = question.changes;
        status = pli_revalue_account(&moved, &portfolio, requirement);
    }
    pli_revalue_finish(&moved);
    return status;
}

unsigned
pli_answer_what_if(pli_server *server, const pli_http_request *request) {
    supposition asked = {.has_trade = false};
    if (!read_supposition(server, request, &asked)) {
        return refuse(server, "value",
                      "instrument and lots: a listed one with a mark, not 0; or price -0.9..2, "
                      "volatility -0.5..3, depth 0..4",
                      400);
    }
    plm_requirement requirement;
    plm_fault fault = {.text = ""};
    plm_status status = suppose(server, account_of(request), &asked, &requirement, &fault);
    if (status != PLM_OK) {
        return refuse(server, "requirement",
                      fault.text[0] != '\0' ? fault.text : plm_status_text(status), 400);
    }
    pli_json_begin_object(&server->writer, NULL);
    pli_write_requirement(&server->writer, &requirement);
    pli_json_end(&server->writer);
    return 200;
}

unsigned
pli_answer_grid(pli_server *server, const pli_http_request *request) {
    static const double volatilities[GRID_ROWS] = {1.0, 0.6, 0.3, 0, -0.15, -0.3, -0.45};
    pli_json_writer *writer = &server->writer;
    plm_portfolio portfolio;
    pli_shift shift = {0};
    if (!pli_server_hold(server, account_of(request), &portfolio)) {
        return refuse(server, "account", "there is no such account", 404);
    }
    bool is_ready = pli_shift_init(&shift, server->core) == PLM_OK;
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array(writer, "cells");
    for (uint32_t row = 0; is_ready && row < GRID_ROWS; row += 1) {
        for (uint32_t column = 0; column < GRID_COLUMNS; column += 1) {
            pli_move move = {.price = ((double)column - GRID_COLUMNS / 2) * 0.05,
                             .volatility = volatilities[row],
                             .depth = 1};
            if (pli_shift_set(&shift, &move) != PLM_OK) {
                continue;
            }
            pli_json_begin_array_inline(writer, NULL);
            pli_json_double(writer, NULL, move.price);
            pli_json_double(writer, NULL, move.volatility);
            pli_json_double(writer, NULL, pli_shift_profit(&shift, &portfolio));
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    pli_json_end(writer);
    pli_shift_finish(&shift);
    return 200;
}
