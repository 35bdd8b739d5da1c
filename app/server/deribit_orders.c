/* deribit_orders.c: private methods that trade: an order is a reservation at the engine, which checks it first.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/blake2b.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "os/clock.h"
#include "server/deribit.h"
#include "server/health.h"

#define MS_NS INT64_C(1000000)
#define MARKET_AWAY 20    /* an order at market fills no further than a twentieth from the mark */
#define IMMEDIATE_MS 1500 /* in which one that does not rest finds its other side */
#define POST_ONLY 11054
#define VISITOR_ATOMS UINT64_C(1000000000000) /* a million of the demonstration's money */

// --- Orders that are kept --------------------------------------------------------------------------------------------

static pli_rpc_order *
kept_order(const pli_server *server, uint32_t account, uint64_t order_id) {
    pli_rpc_book *book = server->orders_sent;
    uint64_t kept = book->count < PLI_RPC_ORDERS ? book->count : PLI_RPC_ORDERS;
    for (uint64_t i = 0; i < kept && order_id != 0; i += 1) {
        pli_rpc_order *order = &book->entries[(book->count - 1 - i) % PLI_RPC_ORDERS];
        if (order->account == account && order->order_id == order_id) {
            return order;
        }
    }
    return NULL;
}

static void
mark_changed(pli_rpc_book *book, pli_rpc_order *order) {
    book->revision += 1;
    order->revision = book->revision;
    order->updated_ms = pli_clock_real_ns() / MS_NS;
}

bool
pli_rpc_is_desk(const pli_server *server, uint32_t account) {
    for (uint32_t i = 0; i < server->desks.count; i += 1) {
        if (server->desks.entries[i].account == account) {
            return true;
        }
    }
    return false;
}

static void
observe_fill(pli_server *server, uint32_t account, uint64_t order_id,
             const plm_event_trade *trade) {
    pli_rpc_order *order =
        pli_rpc_is_desk(server, account) ? kept_order(server, account, order_id) : NULL;
    int64_t lots = trade->lots < 0 ? -trade->lots : trade->lots;
    if (order != NULL) {
        order->filled += lots;
        order->paid += (pli_i128)lots * trade->price_e8;
        mark_changed(server->orders_sent, order);
    }
}

void
pli_rpc_observe(pli_server *server, const plm_event *event, const plm_outcome *outcome,
                const plm_effect *effects) {
    if (server->orders_sent == NULL || outcome->reject != PLM_REJECT_NONE || outcome->is_repeat) {
        return;
    }
    if (event->header.type == PLM_EVENT_TYPE_TRADE) {
        const plm_event_trade *trade = &event->trade_body;
        observe_fill(server, event->header.account, trade->taker_order_id, trade);
        observe_fill(server, trade->maker_account, trade->maker_order_id, trade);
        pli_rpc_observe_trade(server, event, outcome->sequence);
    }
    for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
        const plm_effect *effect = &effects[i];
        if (effect->kind != PLM_EFFECT_ORDER || effect->b.low != 0 ||
            !pli_rpc_is_desk(server, effect->account)) {
            continue;
        }
        pli_rpc_order *order = kept_order(server, effect->account, effect->a.low);
        if (order != NULL) {
            order->is_open = false;
            mark_changed(server->orders_sent, order);
        }
    }
}

// --- Events ----------------------------------------------------------------------------------------------------------

// The id by which the books know a request that they have seen: of a signed one it follows from the signature.
static void
name_request(const pli_rpc *rpc, uint32_t number, uint8_t id[16]) {
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    char text[128];
    if (rpc == NULL || rpc->proof == NULL) {
        pli_random_bytes(id, 16);
        return;
    }
    pli_text to = pli_text_init(text, sizeof text);
    pli_text_append(&to, rpc->proof);
    pli_text_append_char(&to, '.');
    pli_text_append_u64(&to, number);
    pli_blake2b_256(text, to.length, hash);
    memcpy(id, hash, 16);
}

static plm_event
begin_event(const pli_desk *desk, plm_event_type type, const pli_rpc *rpc, uint32_t number) {
    plm_event event;
    memset(&event, 0, sizeof event);
    int64_t begin_ms =
        rpc != NULL && rpc->proof != NULL ? rpc->proof_ms : pli_clock_real_ns() / MS_NS;
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.account = desk->account;
    event.header.signer = desk->signer;
    event.header.deadline_ns = (begin_ms + PLI_DESK_WINDOW_MS) * MS_NS;
    name_request(rpc, number, event.header.client_id);
    return event;
}

// Submit one event and make it durable.
static plm_status
submit(pli_server *server, const plm_event *event, plm_outcome *outcome) {
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    uint32_t count = 0;
    plm_status status = plm_event_encode(event, bytes, sizeof bytes, &size);
    if (status == PLM_OK) {
        const plm_batch batch = {.events = bytes, .size = size, .capacity = 1, .outcomes = outcome};
        status = plm_engine_submit(server->engine, &batch, &count, &server->fault);
    }
    if (status == PLM_OK) {
        status = plm_engine_commit(server->engine, &server->fault);
        pli_metrics_committed(&server->metrics);
    }
    server->failure = status == PLM_LOG_FAILED ? status : server->failure;
    return status;
}

static int
code_of(pli_rpc *rpc, plm_reject reject) {
    switch (reject) {
    case PLM_REJECT_NONE:
        return 0;
    case PLM_REJECT_HEALTH:
        return pli_rpc_fail(rpc, PLI_RPC_FUNDS, plm_reject_text(reject), NULL);
    case PLM_REJECT_ORDER_UNKNOWN:
        return pli_rpc_fail(rpc, PLI_RPC_ORDER_UNKNOWN, plm_reject_text(reject), "order_id");
    default:
        return pli_rpc_fail(rpc, PLI_RPC_BAD, plm_reject_text(reject), NULL);
    }
}

// 0, or the code of what the books said.
static int
send(pli_rpc *rpc, const plm_event *event) {
    plm_outcome outcome;
    if (submit(rpc->server, event, &outcome) != PLM_OK) {
        return pli_rpc_fail(rpc, PLI_RPC_BUSY, "the engine takes no events now", NULL);
    }
    return outcome.reject == PLM_REJECT_NONE && outcome.is_repeat
               ? pli_rpc_fail(rpc, PLI_RPC_BAD, "this request was sent before", NULL)
               : code_of(rpc, outcome.reject);
}

// --- Answers ---------------------------------------------------------------------------------------------------------

static void
write_id(const pli_server *server, const pli_rpc_order *order, char *data, size_t size) {
    uint32_t u = plm_core_listing(server->core).instruments[order->instrument].underlying_index;
    pli_text text = pli_text_init(data, size);
    pli_text_append(&text, plm_core_underlying_name(server->core, u));
    pli_text_append_char(&text, '-');
    pli_text_append_u64(&text, order->order_id);
}

void
pli_rpc_write_order(const pli_rpc *rpc, const char *key, const pli_rpc_order *order) {
    pli_json_writer *writer = &rpc->server->writer;
    const plm_instrument *terms =
        &plm_core_listing(rpc->server->core).instruments[order->instrument];
    plm_market_totals totals = {.name = ""};
    plm_status status = plm_core_instrument(rpc->server->core, order->instrument, &totals);
    (void)status;
    char id[80];
    write_id(rpc->server, order, id, sizeof id);
    pli_json_begin_object(writer, key);
    pli_json_text(writer, "order_id", id);
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_text(writer, "direction", order->is_sell ? "sell" : "buy");
    pli_json_exact(writer, "amount", (pli_i128)order->lots * terms->lot_e8, 8);
    pli_json_exact(writer, "filled_amount", (pli_i128)order->filled * terms->lot_e8, 8);
    pli_json_exact(writer, "average_price", order->filled == 0 ? 0 : order->paid / order->filled,
                   8);
    pli_json_exact(writer, "price", order->limit_e8, 8);
    pli_json_text(writer, "order_type", order->is_market ? "market" : "limit");
    pli_json_text(writer, "order_state",
                  order->is_open                 ? "open"
                  : order->filled >= order->lots ? "filled"
                                                 : "cancelled");
    pli_json_text(writer, "time_in_force",
                  order->is_immediate ? "immediate_or_cancel" : "good_til_cancelled");
    pli_json_bool(writer, "reduce_only", order->is_reduce_only);
    pli_json_bool(writer, "post_only", false);
    pli_json_bool(writer, "is_liquidation", false);
    pli_json_bool(writer, "api", true);
    pli_json_text(writer, "label", "");
    pli_json_integer(writer, "creation_timestamp", order->created_ms);
    pli_json_integer(writer, "last_update_timestamp", order->updated_ms);
    pli_json_end(writer);
}

// --- Orders ----------------------------------------------------------------------------------------------------------

// To the tick: a buyer's limit down, a seller's up.
static int64_t
market_limit(int64_t mark_e8, int64_t tick_e8, bool is_sell) {
    int64_t away = mark_e8 / MARKET_AWAY;
    int64_t limit = is_sell ? mark_e8 - away + tick_e8 - 1 : mark_e8 + away;
    limit -= limit % tick_e8;
    return limit < tick_e8 ? tick_e8 : limit;
}

static int
read_price(pli_rpc *rpc, pli_rpc_order *order) {
    const char *type = pli_rpc_text(rpc, "type");
    const char *force = pli_rpc_text(rpc, "time_in_force");
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_mark mark = plm_core_market(rpc->server->core).marks[order->instrument];
    int64_t tick =
        listing.underlyings[listing.instruments[order->instrument].underlying_index].tick_e8;
    order->is_market = strcmp(type, "market") == 0;
    order->is_immediate = order->is_market || strcmp(force, "immediate_or_cancel") == 0;
    if (!order->is_market && type[0] != '\0' && strcmp(type, "limit") != 0) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "limit or market", "type");
    }
    if (force[0] != '\0' && strcmp(force, "good_til_cancelled") != 0 &&
        strcmp(force, "immediate_or_cancel") != 0) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "good_til_cancelled or immediate_or_cancel",
                            "time_in_force");
    }
    if (order->is_immediate && rpc->server->demo == NULL) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "this venue's own matching fills orders at once",
                            "time_in_force");
    }
    if (order->is_market) {
        if (!mark.is_present || mark.mark_e8 <= 0) {
            return pli_rpc_fail(rpc, PLI_RPC_BUSY, "there is no mark to fill near", "type");
        }
        order->limit_e8 = market_limit(mark.mark_e8, tick, order->is_sell);
        return 0;
    }
    if (!pli_rpc_decimal(rpc, "price", 8, &order->limit_e8) || order->limit_e8 <= 0 ||
        order->limit_e8 % tick != 0) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "above zero and a multiple of tick_size",
                            "price");
    }
    return 0;
}

static int
read_order(pli_rpc *rpc, bool is_sell, pli_rpc_order *order) {
    plm_listing listing = plm_core_listing(rpc->server->core);
    int64_t amount_e8 = 0;
    *order = (pli_rpc_order){.account = rpc->desk->account,
                             .instrument = pli_rpc_instrument(rpc, "instrument_name"),
                             .is_sell = is_sell,
                             .is_reduce_only = pli_rpc_flag(rpc, "reduce_only"),
                             .is_open = true};
    if (order->instrument == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    int64_t lot = listing.instruments[order->instrument].lot_e8;
    const char *amount = pli_rpc_text(rpc, "amount")[0] != '\0' ? "amount" : "contracts";
    if (!pli_rpc_decimal(rpc, amount, 8, &amount_e8) || amount_e8 <= 0 || amount_e8 % lot != 0) {
        return pli_rpc_fail(rpc, PLI_RPC_INVALID, "above zero and a multiple of min_trade_amount",
                            "amount");
    }
    order->lots = amount_e8 / lot;
    return read_price(rpc, order);
}

static bool
would_cross(const pli_server *server, const pli_rpc_order *order) {
    int64_t best_e8 = 0;
    if (server->demo == NULL || order->instrument >= PLI_DEMO_UNDERLYINGS ||
        !pli_book_best(&server->demo->books[order->instrument],
                       order->is_sell ? PLM_SIDE_BUY : PLM_SIDE_SELL, &best_e8)) {
        return false;
    }
    return order->is_sell ? best_e8 >= order->limit_e8 : best_e8 <= order->limit_e8;
}

static plm_event
reserve_event(const pli_rpc *rpc, const pli_rpc_order *order, uint32_t number) {
    plm_event event = begin_event(rpc->desk, PLM_EVENT_TYPE_RESERVE, rpc, number);
    event.reserve_body = (plm_event_reserve){.instrument_index = order->instrument,
                                             .side = order->is_sell ? PLM_SIDE_SELL : PLM_SIDE_BUY,
                                             .lots = order->lots - order->filled,
                                             .limit_e8 = order->limit_e8,
                                             .order_id = order->order_id,
                                             .is_reduce_only = order->is_reduce_only};
    return event;
}

static int
write_placed(const pli_rpc *rpc, const pli_rpc_order *order) {
    pli_json_writer *writer = &rpc->server->writer;
    pli_json_begin_object(writer, "result");
    pli_rpc_write_order(rpc, "order", order);
    pli_json_begin_array(writer, "trades");
    pli_json_end(writer);
    pli_json_end(writer);
    return 0;
}

static int
place(pli_rpc *rpc, bool is_sell) {
    pli_server *server = rpc->server;
    pli_rpc_order order;
    int code = read_order(rpc, is_sell, &order);
    if (code == 0 && pli_rpc_flag(rpc, "post_only") && would_cross(server, &order)) {
        code = pli_rpc_fail(rpc, POST_ONLY, "post_only_reject", "price");
    }
    if (code != 0) {
        return code;
    }
    order.order_id = plm_core_sequence(server->core) + 1;
    order.created_ms = order.updated_ms = pli_clock_real_ns() / MS_NS;
    plm_event event = reserve_event(rpc, &order, 0);
    code = send(rpc, &event);
    if (code != 0) {
        return code;
    }
    mark_changed(server->orders_sent, &order);
    server->orders_sent->entries[server->orders_sent->count % PLI_RPC_ORDERS] = order;
    server->orders_sent->count += 1;
    return write_placed(rpc, &order);
}

int
pli_rpc_buy(pli_rpc *rpc) {
    return place(rpc, false);
}

int
pli_rpc_sell(pli_rpc *rpc) {
    return place(rpc, true);
}

// What the books know of an open order, together with what is kept of it. False: it is not open.
static bool
open_order(pli_server *server, uint32_t account, uint64_t order_id, pli_rpc_order *to) {
    plm_portfolio held;
    bool is_held = pli_server_hold(server, account, &held);
    for (uint32_t i = 0; is_held && i < held.order_count; i += 1) {
        if (plm_core_order_id(server->core, account, i) != order_id) {
            continue;
        }
        const plm_order *order = &held.orders[i];
        const pli_rpc_order *kept = kept_order(server, account, order_id);
        *to = kept != NULL ? *kept
                           : (pli_rpc_order){.account = account,
                                             .instrument = order->instrument_index,
                                             .order_id = order_id,
                                             .lots = order->lots,
                                             .limit_e8 = order->limit_e8,
                                             .is_sell = order->side == PLM_SIDE_SELL,
                                             .is_reduce_only = order->is_reduce_only};
        to->is_open = true;
        return true;
    }
    return false;
}

// The number behind the last dash; 0: none.
uint64_t
pli_rpc_order_named(const pli_rpc *rpc) {
    const char *text = pli_rpc_text(rpc, "order_id");
    const char *dash = strrchr(text, '-');
    const char *digits = dash == NULL ? text : dash + 1;
    size_t size = strspn(digits, "0123456789");
    return size > 0 && size < 19 && digits[size] == '\0' ? strtoull(digits, NULL, 10) : 0;
}

static int
release(pli_rpc *rpc, uint64_t order_id, uint32_t number) {
    plm_event event = begin_event(rpc->desk, PLM_EVENT_TYPE_RELEASE, rpc, number);
    event.release_body.order_id = order_id;
    return send(rpc, &event);
}

int
pli_rpc_cancel(pli_rpc *rpc) {
    uint64_t order_id = pli_rpc_order_named(rpc);
    pli_rpc_order order;
    if (!open_order(rpc->server, rpc->desk->account, order_id, &order)) {
        return pli_rpc_fail(rpc, PLI_RPC_ORDER_UNKNOWN, "no open order of this account has that id",
                            "order_id");
    }
    int code = release(rpc, order_id, 0);
    if (code == 0) {
        const pli_rpc_order *kept = kept_order(rpc->server, rpc->desk->account, order_id);
        order = kept != NULL ? *kept : order;
        order.is_open = false;
        pli_rpc_write_order(rpc, "result", &order);
    }
    return code;
}

// What an order is to be: its size with what has been filled of it, and its price; what is not named stays.
static int
read_change(pli_rpc *rpc, pli_rpc_order *order) {
    plm_listing listing = plm_core_listing(rpc->server->core);
    const plm_instrument *terms = &listing.instruments[order->instrument];
    int64_t amount_e8 = 0;
    const char *amount = pli_rpc_text(rpc, "amount")[0] != '\0' ? "amount" : "contracts";
    if (pli_rpc_text(rpc, amount)[0] != '\0') {
        if (!pli_rpc_decimal(rpc, amount, 8, &amount_e8) || amount_e8 <= 0 ||
            amount_e8 % terms->lot_e8 != 0 || amount_e8 / terms->lot_e8 <= order->filled) {
            return pli_rpc_fail(rpc, PLI_RPC_INVALID,
                                "a multiple of min_trade_amount, above what is filled", "amount");
        }
        order->lots = amount_e8 / terms->lot_e8;
    }
    if (pli_rpc_text(rpc, "price")[0] != '\0') {
        int64_t tick = listing.underlyings[terms->underlying_index].tick_e8;
        if (!pli_rpc_decimal(rpc, "price", 8, &order->limit_e8) || order->limit_e8 <= 0 ||
            order->limit_e8 % tick != 0) {
            return pli_rpc_fail(rpc, PLI_RPC_INVALID, "above zero and a multiple of tick_size",
                                "price");
        }
    }
    return 0;
}

// Would the account bear it beside what it replaces? Then it bears it alone, and the edit does not end with neither of them.
// What only reduces is not asked: beside the other it may be too much to reduce by.
static int
try_beside(pli_rpc *rpc, const pli_rpc_order *order) {
    plm_event event = reserve_event(rpc, order, 1);
    event.reserve_body.order_id = plm_core_sequence(rpc->server->core) + 1;
    plm_trial trial;
    plm_fault unseen;
    if (plm_core_try(rpc->server->core, &event, &trial, &unseen) != PLM_OK) {
        return pli_rpc_fail(rpc, PLI_RPC_BUSY, "the engine cannot answer now", NULL);
    }
    return code_of(rpc, trial.reject);
}

int
pli_rpc_edit(pli_rpc *rpc) {
    pli_server *server = rpc->server;
    uint64_t order_id = pli_rpc_order_named(rpc);
    pli_rpc_order order;
    if (!open_order(server, rpc->desk->account, order_id, &order)) {
        return pli_rpc_fail(rpc, PLI_RPC_ORDER_UNKNOWN, "no open order of this account has that id",
                            "order_id");
    }
    int code = read_change(rpc, &order);
    if (code == 0 && pli_rpc_flag(rpc, "post_only") && would_cross(server, &order)) {
        code = pli_rpc_fail(rpc, POST_ONLY, "post_only_reject", "price");
    }
    code = code == 0 && !order.is_reduce_only ? try_beside(rpc, &order) : code;
    code = code == 0 ? release(rpc, order_id, 0) : code;
    if (code != 0) {
        return code;
    }
    plm_event event = reserve_event(rpc, &order, 1);
    code = send(rpc, &event);
    if (code != 0) {
        return code;
    }
    pli_rpc_order *kept = kept_order(server, order.account, order_id);
    mark_changed(server->orders_sent, &order);
    if (kept != NULL) {
        *kept = order;
    }
    return write_placed(rpc, &order);
}

int
pli_rpc_cancel_all(pli_rpc *rpc) {
    uint32_t count = 0;
    uint32_t account = rpc->desk->account;
    for (uint64_t id = plm_core_order_id(rpc->server->core, account, 0); id != 0;
         id = plm_core_order_id(rpc->server->core, account, 0)) {
        int code = release(rpc, id, count);
        if (code != 0) {
            return code;
        }
        count += 1;
    }
    pli_json_integer(&rpc->server->writer, "result", count);
    return 0;
}

// --- What became of orders -------------------------------------------------------------------------------------------

bool
pli_rpc_is_asked(const pli_rpc *rpc, uint32_t instrument) {
    const plm_core *core = rpc->server->core;
    const plm_instrument *terms = &plm_core_listing(core).instruments[instrument];
    const char *currency = pli_rpc_text(rpc, "currency");
    const char *name = pli_rpc_text(rpc, "instrument_name");
    const char *kind = pli_rpc_text(rpc, "kind");
    bool is_kind = kind[0] == '\0' || strcmp(kind, "any") == 0 ||
                   (strcmp(kind, "option") == 0) == (terms->kind == PLM_KIND_OPTION);
    return is_kind &&
           (name[0] == '\0' || instrument == pli_rpc_instrument(rpc, "instrument_name")) &&
           (currency[0] == '\0' || strcmp(currency, "any") == 0 ||
            strcmp(currency, plm_core_underlying_name(core, terms->underlying_index)) == 0 ||
            pli_rpc_asset(rpc->server, currency) == terms->settlement_asset_index);
}

int
pli_rpc_open_orders(pli_rpc *rpc) {
    uint32_t account = rpc->desk->account;
    pli_json_begin_array(&rpc->server->writer, "result");
    for (uint32_t i = 0; plm_core_order_id(rpc->server->core, account, i) != 0; i += 1) {
        pli_rpc_order order;
        uint64_t id = plm_core_order_id(rpc->server->core, account, i);
        if (open_order(rpc->server, account, id, &order) &&
            pli_rpc_is_asked(rpc, order.instrument)) {
            pli_rpc_write_order(rpc, NULL, &order);
        }
    }
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_order_state(pli_rpc *rpc) {
    uint64_t order_id = pli_rpc_order_named(rpc);
    const pli_rpc_order *kept = kept_order(rpc->server, rpc->desk->account, order_id);
    pli_rpc_order order;
    if (!open_order(rpc->server, rpc->desk->account, order_id, &order)) {
        if (kept == NULL) {
            return pli_rpc_fail(rpc, PLI_RPC_ORDER_UNKNOWN, "no order of this account has that id",
                                "order_id");
        }
        order = *kept;
    }
    pli_rpc_write_order(rpc, "result", &order);
    return 0;
}

// --- The demonstration -----------------------------------------------------------------------------------------------

void
pli_rpc_turn(pli_server *server) {
    pli_rpc_book *book = server->orders_sent;
    uint64_t kept = book->count < PLI_RPC_ORDERS ? book->count : PLI_RPC_ORDERS;
    int64_t before_ms = pli_clock_real_ns() / MS_NS - IMMEDIATE_MS;
    for (uint64_t i = 0; i < kept && server->failure == PLM_OK; i += 1) {
        pli_rpc_order *order = &book->entries[i];
        if (!order->is_open || !order->is_immediate || order->created_ms > before_ms) {
            continue;
        }
        const pli_desk desk = {.account = order->account, .signer = 0};
        plm_event event = begin_event(&desk, PLM_EVENT_TYPE_RELEASE, NULL, 0);
        plm_outcome outcome;
        event.release_body.order_id = order->order_id;
        if (submit(server, &event, &outcome) != PLM_OK || outcome.reject != PLM_REJECT_NONE) {
            order->is_open = false; // it is gone already
            mark_changed(book, order);
        }
    }
}

void
pli_rpc_visitor(pli_server *server) {
    uint32_t account = server->demo == NULL ? 0 : server->demo->options.account_count;
    if (server->demo == NULL || server->failure != PLM_OK || !pli_demo_is_open(server->core) ||
        plm_core_account_count(server->core) != account) {
        return;
    }
    const pli_desk desk = {.account = PLM_NONE, .signer = 0};
    plm_event event = begin_event(&desk, PLM_EVENT_TYPE_ACCOUNT, NULL, 0);
    plm_outcome outcome;
    event.account_body = (plm_event_account){.account_index = account,
                                             .kind = PLM_ACCOUNT_CROSS,
                                             .parent_index = PLM_NONE,
                                             .instrument_index = PLM_NONE};
    plm_status status = submit(server, &event, &outcome);
    if (status == PLM_OK && outcome.reject == PLM_REJECT_NONE) {
        event = begin_event(&desk, PLM_EVENT_TYPE_DEPOSIT, NULL, 0);
        event.header.account = account;
        event.deposit_body.atoms.low = VISITOR_ATOMS;
        (void)submit(server, &event, &outcome); // without it the visitor has nothing to trade with
    }
}
