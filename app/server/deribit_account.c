/* deribit_account.c: private methods that read: equity, requirement, positions, and what they would be.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/muldiv.h"
#include "base/text.h"
#include "io/json.h"
#include "num/decimal.h"
#include "os/clock.h"
#include "server/deribit.h"

#define E10 INT64_C(10000000000)
#define CHANGES_MAX 64u

// --- Tokens ----------------------------------------------------------------------------------------------------------

int
pli_rpc_auth(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    int64_t now_ms = pli_clock_real_ns() / 1000000;
    const char *grant = pli_rpc_text(rpc, "grant_type");
    const pli_desk *desk = NULL;
    if (strcmp(grant, "client_credentials") == 0) {
        desk = pli_desks_find(&rpc->server->desks, pli_rpc_text(rpc, "client_id"),
                              pli_rpc_text(rpc, "client_secret"));
    } else if (strcmp(grant, "client_signature") == 0) {
        pli_proof proof = {.id = pli_rpc_text(rpc, "client_id"),
                           .nonce = pli_rpc_text(rpc, "nonce"),
                           .signature = pli_rpc_text(rpc, "signature")};
        if (!pli_rpc_decimal(rpc, "timestamp", 0, &proof.time_ms)) {
            return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "timestamp is missing", "timestamp");
        }
        desk = pli_desks_check(&rpc->server->desks, &proof, pli_rpc_text(rpc, "data"), now_ms);
        if (desk != NULL && !pli_desks_spend(&rpc->server->desks, desk, &proof, now_ms)) {
            desk = NULL;
        }
    } else {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "client_credentials or client_signature",
                            "grant_type");
    }
    if (desk == NULL || !pli_rpc_is_standing(rpc->server, desk)) {
        return pli_rpc_fail(rpc, PLI_RPC_CREDENTIALS, "the credentials do not hold", NULL);
    }
    char token[PLI_DESK_TOKEN_SIZE];
    pli_desk_token(&rpc->server->desks, desk, now_ms + PLI_DESK_TOKEN_MS, token);
    rpc->desk = desk;
    pli_json_begin_object(writer, "result");
    pli_json_text(writer, "access_token", token);
    pli_json_text(writer, "token_type", "bearer");
    pli_json_integer(writer, "expires_in", PLI_DESK_TOKEN_MS / 1000);
    pli_json_text(writer, "scope",
                  desk->may_trade ? "account:read trade:read_write" : "account:read trade:read");
    pli_json_end(writer);
    return 0;
}

// --- Sums ------------------------------------------------------------------------------------------------------------

// lots at a price less their cost, in micros of the valuation currency, down. Of what is settled linearly.
static int64_t
profit_of(const plm_listing *listing, const plm_position *position, int64_t mark_e8) {
    const plm_instrument *terms = &listing->instruments[position->instrument_index];
    pli_i128 units = (pli_i128)position->lots * mark_e8 - pli_i128_from_wide(position->cost);
    pli_i128 micros = 0;
    pli_i128 divisor = (pli_i128)E10 * listing->underlyings[terms->underlying_index].price_unit;
    bool fits = pli_muldiv_floor(units, terms->lot_e8, divisor, &micros) && micros <= INT64_MAX &&
                micros >= INT64_MIN;
    return fits ? (int64_t)micros : 0;
}

/* What the account's positions are worth besides its balances: futures' profit, options' value. */
typedef struct worth {
    int64_t futures_micros, options_micros;
} worth;

static worth
worth_of(const pli_rpc *rpc, const plm_portfolio *held) {
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_market market = plm_core_market(rpc->server->core);
    worth sum = {0, 0};
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        const plm_position *position = &held->positions[i];
        const plm_instrument *terms = &listing.instruments[position->instrument_index];
        const plm_mark *mark = &market.marks[position->instrument_index];
        if (!mark->is_present || terms->settlement != PLM_SETTLEMENT_LINEAR) {
            continue;
        }
        bool is_option = terms->kind == PLM_KIND_OPTION;
        *(is_option ? &sum.options_micros : &sum.futures_micros) +=
            profit_of(&listing, position, mark->mark_e8);
    }
    return sum;
}

static int64_t
above_zero(pli_i128 value) {
    return value < 0 ? 0 : value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

// One asset of an account; the requirement is that of the whole account and stands with the valuation currency.
static void
write_summary(const pli_rpc *rpc, uint32_t asset, const plm_portfolio *held,
              const plm_requirement *requirement) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_asset_totals totals = {.name = ""};
    unsigned decimals = listing.assets[asset].decimals;
    pli_i128 atoms = 0;
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        atoms += held->balances[i].asset_index == asset
                     ? pli_i128_from_wide(held->balances[i].atoms)
                     : 0;
    }
    plm_status status = plm_core_asset(rpc->server->core, asset, &totals);
    (void)status;
    worth positions = asset == 0 ? worth_of(rpc, held) : (worth){0, 0};
    pli_i128 equity = atoms;
    pli_i128 scale = 1;
    for (unsigned i = 6; i < decimals; i += 1) {
        scale *= 10;
    }
    if (asset == 0 && decimals >= 6) {
        equity += ((pli_i128)positions.futures_micros + positions.options_micros) * scale;
    }
    int64_t free_micros =
        above_zero((pli_i128)requirement->equity_initial_micros - requirement->initial_micros);
    pli_json_text(writer, "currency", totals.name);
    pli_json_exact(writer, "balance", atoms, decimals);
    pli_json_exact(writer, "equity", equity, decimals);
    pli_json_exact(writer, "margin_balance",
                   asset == 0 ? requirement->equity_maintenance_micros : 0, 6);
    if (asset == 0) {
        pli_json_exact(writer, "available_funds", free_micros, 6);
        pli_json_exact(writer, "available_withdrawal_funds", free_micros, 6);
    } else {
        pli_json_exact(writer, "available_funds", atoms < 0 ? 0 : atoms, decimals);
        pli_json_exact(writer, "available_withdrawal_funds", atoms < 0 ? 0 : atoms, decimals);
    }
    pli_json_exact(writer, "initial_margin", asset == 0 ? requirement->initial_micros : 0, 6);
    pli_json_exact(writer, "maintenance_margin", asset == 0 ? requirement->maintenance_micros : 0,
                   6);
    pli_json_exact(writer, "futures_session_upl", positions.futures_micros, 6);
    pli_json_exact(writer, "futures_pl", positions.futures_micros, 6);
    pli_json_exact(writer, "options_value", positions.options_micros, 6);
    pli_json_exact(writer, "total_equity_usd", requirement->equity_maintenance_micros, 6);
    pli_json_exact(writer, "total_initial_margin_usd", requirement->initial_micros, 6);
    pli_json_exact(writer, "total_maintenance_margin_usd", requirement->maintenance_micros, 6);
    pli_json_bool(writer, "cross_collateral_enabled", true);
    pli_json_bool(writer, "portfolio_margining_enabled", true);
    pli_json_text(writer, "margin_model", "cross_pm");
}

// The account of the key with its requirement. 0, or a code.
static int
look(pli_rpc *rpc, plm_portfolio *held, plm_requirement *requirement) {
    const plm_core_question question = {.account = rpc->desk->account};
    if (!pli_server_hold(rpc->server, rpc->desk->account, held)) {
        return pli_rpc_fail(rpc, PLI_RPC_BUSY, "the account of this key is not open yet", NULL);
    }
    return plm_core_require(rpc->server->core, &question, requirement, NULL, NULL) == PLM_OK
               ? 0
               : pli_rpc_fail(rpc, PLI_RPC_BUSY, "a price that the account rests on is missing",
                              NULL);
}

int
pli_rpc_write_funds(pli_rpc *rpc, uint32_t asset) {
    plm_portfolio held;
    plm_requirement requirement;
    int code = look(rpc, &held, &requirement);
    if (code == 0) {
        write_summary(rpc, asset, &held, &requirement);
    }
    return code;
}

int
pli_rpc_account(pli_rpc *rpc) {
    uint32_t asset = pli_rpc_asset(rpc->server, pli_rpc_text(rpc, "currency"));
    if (asset == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such currency", "currency");
    }
    pli_json_begin_object(&rpc->server->writer, "result");
    pli_json_integer(&rpc->server->writer, "id", rpc->desk->account);
    int code = pli_rpc_write_funds(rpc, asset);
    if (code == 0) {
        pli_json_end(&rpc->server->writer);
    }
    return code;
}

int
pli_rpc_accounts(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_portfolio held;
    plm_requirement requirement;
    int code = look(rpc, &held, &requirement);
    if (code != 0) {
        return code;
    }
    pli_json_begin_object(writer, "result");
    pli_json_integer(writer, "id", rpc->desk->account);
    pli_json_text(writer, "username", rpc->desk->id);
    pli_json_text(writer, "type", "main");
    pli_json_begin_array(writer, "summaries");
    for (uint32_t i = 0; i < plm_core_listing(rpc->server->core).asset_count; i += 1) {
        pli_json_begin_object(writer, NULL);
        write_summary(rpc, i, &held, &requirement);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 0;
}

// --- Positions -------------------------------------------------------------------------------------------------------

static void
write_position(const pli_rpc *rpc, const plm_position *position) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_market market = plm_core_market(rpc->server->core);
    uint32_t index = position->instrument_index;
    const plm_instrument *terms = &listing.instruments[index];
    const plm_mark *mark = &market.marks[index];
    bool is_option = terms->kind == PLM_KIND_OPTION;
    plm_market_totals totals = {.name = ""};
    plm_status status = plm_core_instrument(rpc->server->core, index, &totals);
    (void)status;
    pli_i128 size_e8 = (pli_i128)position->lots * terms->lot_e8;
    int64_t profit = mark->is_present && terms->settlement == PLM_SETTLEMENT_LINEAR
                         ? profit_of(&listing, position, mark->mark_e8)
                         : 0;
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_text(writer, "kind", is_option ? "option" : "future");
    pli_json_text(writer, "direction",
                  position->lots > 0   ? "buy"
                  : position->lots < 0 ? "sell"
                                       : "zero");
    pli_json_exact(writer, "size", size_e8, 8);
    pli_json_exact(writer, "size_currency", size_e8, 8);
    if (!is_option && position->lots != 0) {
        pli_json_exact(writer, "average_price", pli_i128_from_wide(position->cost) / position->lots,
                       8);
    }
    if (mark->is_present) {
        pli_json_exact(writer, "mark_price", mark->mark_e8, 8);
    }
    pli_json_exact(writer, "index_price",
                   market.underlyings[terms->underlying_index].price.price_e8, 8);
    pli_json_exact(writer, "floating_profit_loss", is_option ? 0 : profit, 6);
    pli_json_exact(writer, "total_profit_loss", is_option ? 0 : profit, 6);
    pli_json_integer(writer, "realized_profit_loss", 0);
    if (is_option) {
        pli_json_exact(writer, "value", profit, 6);
    } else {
        pli_json_exact(writer, "delta", size_e8, 8);
    }
}

// What a position adds to the requirement of its account, where the model divides it.
static void
write_margins(const pli_rpc *rpc, const plm_reason *reason, uint32_t place) {
    pli_json_writer *writer = &rpc->server->writer;
    pli_json_exact(writer, "initial_margin", reason->initial.position_micros[place], 6);
    pli_json_exact(writer, "maintenance_margin", reason->maintenance.position_micros[place], 6);
}

static bool
is_asked(const pli_rpc *rpc, const plm_position *position) {
    const plm_core *core = rpc->server->core;
    const plm_instrument *terms = &plm_core_listing(core).instruments[position->instrument_index];
    const char *currency = pli_rpc_text(rpc, "currency");
    const char *kind = pli_rpc_text(rpc, "kind");
    const char *name = pli_rpc_text(rpc, "instrument_name");
    uint32_t asset = pli_rpc_asset(rpc->server, currency);
    bool is_of = currency[0] == '\0' || strcmp(currency, "any") == 0 ||
                 strcmp(currency, plm_core_underlying_name(core, terms->underlying_index)) == 0 ||
                 asset == terms->settlement_asset_index;
    bool is_kind = kind[0] == '\0' || strcmp(kind, "any") == 0 ||
                   (strcmp(kind, "option") == 0) == (terms->kind == PLM_KIND_OPTION);
    return position->lots != 0 && is_of && is_kind &&
           (name[0] == '\0' ||
            position->instrument_index == pli_rpc_instrument_named(rpc->server, name));
}

// Every position that is asked for, as members of the list or value that is open. How many there were.
static uint32_t
write_positions(pli_rpc *rpc, const plm_portfolio *held, const plm_reason *reason, bool is_list) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        if (!is_asked(rpc, &held->positions[i]) || (!is_list && count > 0)) {
            continue;
        }
        count += 1;
        pli_json_begin_object(&rpc->server->writer, is_list ? NULL : "result");
        write_position(rpc, &held->positions[i]);
        for (uint32_t at = 0; reason != NULL && at < reason->evaluated.position_count; at += 1) {
            if (reason->evaluated.positions[at].instrument_index ==
                held->positions[i].instrument_index) {
                write_margins(rpc, reason, at);
            }
        }
        pli_json_end(&rpc->server->writer);
    }
    return count;
}

static int
answer_positions(pli_rpc *rpc, bool is_list) {
    pli_json_writer *writer = &rpc->server->writer;
    uint32_t room = plm_core_limits_of(rpc->server->core)->position_count;
    plm_core_question question = {.account = rpc->desk->account};
    plm_portfolio held;
    plm_requirement requirement;
    plm_reason reason = {0};
    int64_t *parts = calloc((size_t)2 * room + 2 * (size_t)room + 64, sizeof parts[0]);
    if (parts == NULL) {
        return pli_rpc_fail(rpc, PLI_RPC_BUSY, "no memory", NULL);
    }
    reason.initial.position_micros = parts;
    reason.maintenance.position_micros = parts + room;
    bool is_known =
        plm_core_require(rpc->server->core, &question, &requirement, &reason, NULL) == PLM_OK;
    int code = 0;
    if (!pli_server_hold(rpc->server, rpc->desk->account, &held)) {
        code = pli_rpc_fail(rpc, PLI_RPC_BUSY, "the account of this key is not open yet", NULL);
    } else if (is_list) {
        pli_json_begin_array(writer, "result");
        (void)write_positions(rpc, &held, is_known ? &reason : NULL, true);
        pli_json_end(writer);
    } else if (write_positions(rpc, &held, is_known ? &reason : NULL, false) == 0) {
        code = pli_rpc_fail(rpc, PLI_RPC_PARAMS, "nothing is held of it", "instrument_name");
    }
    free(parts);
    return code;
}

int
pli_rpc_positions(pli_rpc *rpc) {
    return answer_positions(rpc, true);
}

int
pli_rpc_position(pli_rpc *rpc) {
    if (pli_rpc_instrument(rpc, "instrument_name") == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    return answer_positions(rpc, false);
}

// --- What if ---------------------------------------------------------------------------------------------------------

// An object of instrument: amount, signed, as JSON or as its text. 0, or a code.
static int
read_changes(pli_rpc *rpc, const pli_node *wanted, const plm_portfolio *held,
             plm_change changes[CHANGES_MAX], uint32_t *count) {
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_market market = plm_core_market(rpc->server->core);
    bool is_added =
        pli_rpc_text(rpc, "add_positions")[0] == '\0' || pli_rpc_flag(rpc, "add_positions");
    *count = 0;
    for (uint32_t i = 0; !is_added && i < held->position_count; i += 1) {
        uint32_t index = held->positions[i].instrument_index;
        if (held->positions[i].lots != 0 && *count < CHANGES_MAX) {
            changes[(*count)++] = (plm_change){.kind = PLM_CHANGE_TRADE,
                                               .trade = {.instrument_index = index,
                                                         .lots = -held->positions[i].lots,
                                                         .price_e8 = market.marks[index].mark_e8}};
        }
    }
    for (const pli_node *node = wanted->child; node != NULL; node = node->next) {
        uint32_t index = pli_rpc_instrument_named(rpc->server, node->key);
        pli_i128 size_e8 = 0;
        bool is_size = pli_decimal_parse_relaxed(node->text, node->text_size, 8, PLI_DECIMAL_EXACT,
                                                 &size_e8) == PLM_OK;
        if (index == PLM_NONE || !is_size || size_e8 % listing.instruments[index].lot_e8 != 0 ||
            *count == CHANGES_MAX || !market.marks[index].is_present) {
            return pli_rpc_fail(rpc, PLI_RPC_PARAMS,
                                "instruments with a mark and amounts in whole lots, at most 64",
                                "simulated_positions");
        }
        pli_i128 lots = size_e8 / listing.instruments[index].lot_e8;
        if (lots > PLM_LOTS_MAX || lots < -PLM_LOTS_MAX) {
            return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "an amount is too large",
                                "simulated_positions");
        }
        if (lots != 0) {
            changes[(*count)++] = (plm_change){.kind = PLM_CHANGE_TRADE,
                                               .trade = {.instrument_index = index,
                                                         .lots = (int64_t)lots,
                                                         .price_e8 = market.marks[index].mark_e8}};
        }
    }
    return 0;
}

static int
simulate(pli_rpc *rpc, const pli_node *wanted) {
    static plm_change changes[CHANGES_MAX]; // one loop, one request at a time
    pli_json_writer *writer = &rpc->server->writer;
    plm_core_question question = {.account = rpc->desk->account, .changes = changes};
    plm_portfolio held;
    plm_requirement requirement;
    int code = look(rpc, &held, &requirement);
    if (code == 0 && wanted->kind != PLI_NODE_OBJECT) {
        code = pli_rpc_fail(rpc, PLI_RPC_PARAMS, "an object of instrument: amount",
                            "simulated_positions");
    }
    code = code == 0 ? read_changes(rpc, wanted, &held, changes, &question.change_count) : code;
    if (code != 0) {
        return code;
    }
    if (plm_core_require(rpc->server->core, &question, &requirement, NULL, NULL) != PLM_OK) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "the model cannot value that portfolio",
                            "simulated_positions");
    }
    pli_json_begin_object(writer, "result");
    pli_json_exact(writer, "equity", requirement.equity_maintenance_micros, 6);
    pli_json_exact(writer, "margin_balance", requirement.equity_maintenance_micros, 6);
    pli_json_exact(writer, "initial_margin", requirement.initial_micros, 6);
    pli_json_exact(writer, "maintenance_margin", requirement.maintenance_micros, 6);
    pli_json_exact(writer, "projected_initial_margin", requirement.initial_micros, 6);
    pli_json_exact(writer, "projected_maintenance_margin", requirement.maintenance_micros, 6);
    pli_json_exact(
        writer, "available_funds",
        above_zero((pli_i128)requirement.equity_initial_micros - requirement.initial_micros), 6);
    pli_json_text(writer, "health", plm_health_name(requirement.health));
    pli_json_bool(writer, "portfolio_margining_enabled", true);
    pli_json_end(writer);
    return 0;
}

int
pli_rpc_simulate(pli_rpc *rpc) {
    const pli_node *node = pli_rpc_node(rpc, "simulated_positions");
    const char *text = pli_rpc_text(rpc, "simulated_positions");
    const pli_node nothing = {.kind = PLI_NODE_OBJECT};
    pli_document document = {.root = NULL};
    plm_fault unseen;
    if (node != NULL && node->kind != PLI_NODE_TEXT) {
        return simulate(rpc, node);
    }
    if (text[0] == '\0') {
        return simulate(rpc, &nothing);
    }
    const pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = strlen(text)};
    int code = PLI_RPC_PARAMS;
    if (pli_json_parse("simulated_positions", bytes, &document, &unseen) == PLM_OK) {
        code = simulate(rpc, document.root);
    } else {
        (void)pli_rpc_fail(rpc, code, "an object of instrument: amount", "simulated_positions");
    }
    pli_document_finish(&document);
    return code;
}
