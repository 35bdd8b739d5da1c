/* deribit.c: calls in the protocol of Deribit: what is asked, by whom, and the form of the answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "server/deribit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/json.h"
#include "num/decimal.h"
#include "os/clock.h"

#define QUERY_MAX 2048u
#define CALL_WEIGHT 2u /* of a call that names nothing */
#define MESSAGE_MAX 8000u
#define PREFIX "/api/v2/"

static const pli_rpc_method methods[] = {
    {"public/auth", PLI_RPC_OPEN, 10, "a token for client_credentials or client_signature",
     pli_rpc_auth},
    {"public/test", PLI_RPC_OPEN, 2, "is anybody there?", pli_rpc_test},
    {"public/get_time", PLI_RPC_OPEN, 2, "milliseconds since 1970", pli_rpc_time},
    {"public/status", PLI_RPC_OPEN, 2, "is trading locked?", pli_rpc_status},
    {"public/get_currencies", PLI_RPC_OPEN, 2, "assets", pli_rpc_currencies},
    {"public/get_index_price_names", PLI_RPC_OPEN, 2, "names of indices", pli_rpc_index_names},
    {"public/get_index_price", PLI_RPC_OPEN, 2, "the index: index_name", pli_rpc_index_price},
    {"public/get_instruments", PLI_RPC_OPEN, 10, "what is listed: currency, kind",
     pli_rpc_instruments},
    {"public/get_instrument", PLI_RPC_OPEN, 2, "one of them: instrument_name",
     pli_rpc_one_instrument},
    {"public/ticker", PLI_RPC_OPEN, 2, "mark, index, best prices, Greeks: instrument_name",
     pli_rpc_ticker},
    {"public/get_book_summary_by_currency", PLI_RPC_OPEN, 10, "a line for each: currency, kind",
     pli_rpc_summaries},
    {"public/get_book_summary_by_instrument", PLI_RPC_OPEN, 2, "a line: instrument_name",
     pli_rpc_summaries},
    {"public/get_order_book", PLI_RPC_OPEN, 2, "levels of both sides: instrument_name, depth",
     pli_rpc_order_book},
    {"private/get_account_summary", PLI_RPC_READ, 2, "equity and requirement: currency",
     pli_rpc_account},
    {"private/get_account_summaries", PLI_RPC_READ, 4, "the same for every asset",
     pli_rpc_accounts},
    {"private/get_positions", PLI_RPC_READ, 4, "what is held: currency, kind", pli_rpc_positions},
    {"private/get_position", PLI_RPC_READ, 2, "one of them: instrument_name", pli_rpc_position},
    {"private/simulate_portfolio", PLI_RPC_READ, 20,
     "the requirement with other positions: simulated_positions, add_positions", pli_rpc_simulate},
    {"private/pme/simulate", PLI_RPC_READ, 20, "the same", pli_rpc_simulate},
    {"private/buy", PLI_RPC_TRADE, 2,
     "an order: instrument_name, amount, type, price, time_in_force, reduce_only", pli_rpc_buy},
    {"private/sell", PLI_RPC_TRADE, 2, "the same", pli_rpc_sell},
    {"private/edit", PLI_RPC_TRADE, 4,
     "an order with another amount or price: order_id, amount, price", pli_rpc_edit},
    {"private/cancel", PLI_RPC_TRADE, 2, "take an order back: order_id", pli_rpc_cancel},
    {"private/cancel_all", PLI_RPC_TRADE, 2, "take all back", pli_rpc_cancel_all},
    {"private/get_open_orders", PLI_RPC_READ, 2, "what rests", pli_rpc_open_orders},
    {"private/get_open_orders_by_currency", PLI_RPC_READ, 2, "the same: currency",
     pli_rpc_open_orders},
    {"private/get_open_orders_by_instrument", PLI_RPC_READ, 2, "the same: instrument_name",
     pli_rpc_open_orders},
    {"private/get_order_state", PLI_RPC_READ, 2, "what became of an order: order_id",
     pli_rpc_order_state},
    {"private/get_user_trades_by_instrument", PLI_RPC_READ, 2,
     "what was traded: instrument_name, count, sorting", pli_rpc_trades},
    {"private/get_user_trades_by_instrument_and_time", PLI_RPC_READ, 2,
     "the same: start_timestamp, end_timestamp", pli_rpc_trades},
    {"private/get_user_trades_by_currency", PLI_RPC_READ, 2, "the same: currency, kind",
     pli_rpc_trades},
    {"private/get_user_trades_by_currency_and_time", PLI_RPC_READ, 2,
     "the same: start_timestamp, end_timestamp", pli_rpc_trades},
    {"private/get_user_trades_by_order", PLI_RPC_READ, 2, "the trades of an order: order_id",
     pli_rpc_order_trades},
    {"public/hello", PLI_RPC_OPEN, 2, "a client tells its name", pli_rpc_hello},
    {"public/subscribe", PLI_RPC_OPEN, 2, "on a WebSocket: channels of the market",
     pli_rpc_subscribe},
    {"public/unsubscribe", PLI_RPC_OPEN, 2, "on a WebSocket: end channels", pli_rpc_unsubscribe},
    {"public/unsubscribe_all", PLI_RPC_OPEN, 2, "on a WebSocket: end all of them",
     pli_rpc_unsubscribe_all},
    {"public/set_heartbeat", PLI_RPC_OPEN, 2,
     "on a WebSocket: a sign of life every interval seconds", pli_rpc_set_heartbeat},
    {"public/disable_heartbeat", PLI_RPC_OPEN, 2, "on a WebSocket: no more of them",
     pli_rpc_disable_heartbeat},
    {"private/subscribe", PLI_RPC_READ, 2, "on a WebSocket: channels, the account's among them",
     pli_rpc_subscribe},
    {"private/unsubscribe", PLI_RPC_READ, 2, "on a WebSocket: end channels", pli_rpc_unsubscribe},
    {"private/unsubscribe_all", PLI_RPC_READ, 2, "on a WebSocket: end all of them",
     pli_rpc_unsubscribe_all},
};

const pli_rpc_method *
pli_rpc_methods(size_t *count) {
    *count = sizeof methods / sizeof methods[0];
    return methods;
}

// --- Parameters ------------------------------------------------------------------------------------------------------

static const pli_rpc_param *
find(const pli_rpc *rpc, const char *name) {
    for (uint32_t i = 0; i < rpc->param_count; i += 1) {
        if (strcmp(rpc->params[i].name, name) == 0) {
            return &rpc->params[i];
        }
    }
    return NULL;
}

const char *
pli_rpc_text(const pli_rpc *rpc, const char *name) {
    const pli_rpc_param *param = find(rpc, name);
    return param == NULL ? "" : param->text;
}

const pli_node *
pli_rpc_node(const pli_rpc *rpc, const char *name) {
    const pli_rpc_param *param = find(rpc, name);
    return param == NULL ? NULL : param->node;
}

bool
pli_rpc_decimal(const pli_rpc *rpc, const char *name, unsigned scale, int64_t *value) {
    const char *text = pli_rpc_text(rpc, name);
    pli_i128 seen = 0;
    if (pli_decimal_parse_relaxed(text, strlen(text), scale, PLI_DECIMAL_EXACT, &seen) != PLM_OK ||
        seen > INT64_MAX || seen < INT64_MIN) {
        return false;
    }
    *value = (int64_t)seen;
    return true;
}

bool
pli_rpc_flag(const pli_rpc *rpc, const char *name) {
    const pli_node *node = pli_rpc_node(rpc, name);
    return node != NULL ? node->kind == PLI_NODE_TRUE
                        : strcmp(pli_rpc_text(rpc, name), "true") == 0;
}

int
pli_rpc_fail(pli_rpc *rpc, int code, const char *reason, const char *param) {
    rpc->reason = reason;
    rpc->param = param;
    return code;
}

uint32_t
pli_rpc_instrument_named(const pli_server *server, const char *name) {
    uint32_t count = plm_core_listing(server->core).instrument_count;
    for (uint32_t i = 0; i < count; i += 1) {
        plm_market_totals totals;
        if (plm_core_instrument(server->core, i, &totals) == PLM_OK &&
            strcmp(totals.name, name) == 0) {
            return i;
        }
    }
    return PLM_NONE;
}

uint32_t
pli_rpc_instrument(const pli_rpc *rpc, const char *name) {
    return pli_rpc_instrument_named(rpc->server, pli_rpc_text(rpc, name));
}

uint32_t
pli_rpc_asset(const pli_server *server, const char *name) {
    uint32_t count = plm_core_listing(server->core).asset_count;
    for (uint32_t i = 0; i < count; i += 1) {
        plm_asset_totals totals;
        if (plm_core_asset(server->core, i, &totals) == PLM_OK && strcmp(totals.name, name) == 0) {
            return i;
        }
    }
    return PLM_NONE;
}

// --- Requests --------------------------------------------------------------------------------------------------------

// name=value&..., cut into pieces in the caller's copy. False: too many, or one without '='.
static bool
read_query(pli_rpc *rpc, char *query) {
    for (char *at = query; *at != '\0';) {
        char *end = at + strcspn(at, "&");
        char *equals = memchr(at, '=', (size_t)(end - at));
        bool is_last = *end == '\0';
        if (equals == NULL || rpc->param_count == PLI_RPC_PARAMS_MAX) {
            return false;
        }
        *end = '\0';
        *equals = '\0';
        if (find(rpc, at) != NULL) {
            return false;
        }
        rpc->params[rpc->param_count++] = (pli_rpc_param){.name = at, .text = equals + 1};
        at = is_last ? end : end + 1;
    }
    return true;
}

static bool
read_members(pli_rpc *rpc, const pli_node *params) {
    if (params == NULL || params->kind == PLI_NODE_NULL) {
        return true;
    }
    if (params->kind != PLI_NODE_OBJECT || params->child_count > PLI_RPC_PARAMS_MAX) {
        return false;
    }
    for (const pli_node *child = params->child; child != NULL; child = child->next) {
        rpc->params[rpc->param_count++] = (pli_rpc_param){child->key, child->text, child};
    }
    return true;
}

int
pli_rpc_read(pli_rpc *rpc, const char *text, size_t size, pli_document *document) {
    const pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = size};
    plm_fault unseen;
    if (pli_json_parse("body", bytes, document, &unseen) != PLM_OK) {
        return pli_rpc_fail(rpc, PLI_RPC_PARSE, "the body is no JSON", NULL);
    }
    const pli_node *root = document->root;
    const pli_node *method = pli_node_find(root, "method");
    const pli_node *id = pli_node_find(root, "id");
    bool is_id = id == NULL || id->kind == PLI_NODE_NUMBER || id->kind == PLI_NODE_TEXT ||
                 id->kind == PLI_NODE_NULL;
    if (root->kind != PLI_NODE_OBJECT || method == NULL || method->kind != PLI_NODE_TEXT ||
        !pli_node_is_text(pli_node_find(root, "jsonrpc"), "2.0") || !is_id) {
        return pli_rpc_fail(rpc, PLI_RPC_REQUEST,
                            "a request is an object of jsonrpc \"2.0\", method, "
                            "params and id",
                            NULL);
    }
    if (id != NULL && id->kind != PLI_NODE_NULL && id->text_size < 64) {
        rpc->id = id->text;
        rpc->is_id_text = id->kind == PLI_NODE_TEXT;
    }
    rpc->method = method->text;
    return read_members(rpc, pli_node_find(root, "params"))
               ? 0
               : pli_rpc_fail(rpc, PLI_RPC_PARAMS, "params is an object of at most 32", "params");
}

// The body, which names what the path names.
static int
read_body(pli_rpc *rpc, const pli_http_request *request, pli_document *document) {
    int code = pli_rpc_read(rpc, (const char *)request->body, request->body_size, document);
    bool is_named = strcmp(request->path, "/api/v2") != 0 && strcmp(request->path, PREFIX) != 0;
    return code == 0 && is_named && strcmp(request->path + strlen(PREFIX), rpc->method) != 0
               ? pli_rpc_fail(rpc, PLI_RPC_REQUEST, "path and method name different things",
                              "method")
               : code;
}

// --- Who asks --------------------------------------------------------------------------------------------------------

// name=value up to a comma, anywhere in the header.
static bool
take_part(const char *header, const char *name, char *to, size_t room) {
    size_t length = strlen(name);
    for (const char *at = header; *at != '\0'; at += strcspn(at, ","), at += *at == ',' ? 1 : 0) {
        while (*at == ' ') {
            at += 1;
        }
        size_t size = strcspn(at, ",");
        if (size > length && strncmp(at, name, length) == 0 && at[length] == '=' &&
            size - length - 1 < room) {
            memcpy(to, at + length + 1, size - length - 1);
            to[size - length - 1] = '\0';
            return true;
        }
    }
    return false;
}

// A value in the form of RFC 3986: everything but letters, digits and - . _ ~ as % and two digits.
static void
append_encoded(pli_text *text, const char *query) {
    static const char digits[] = "0123456789ABCDEF";
    for (const char *at = query; *at != '\0'; at += 1) {
        unsigned char byte = (unsigned char)*at;
        bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                        (byte >= '0' && byte <= '9') || strchr("-._~&=", byte) != NULL;
        if (is_plain) {
            pli_text_append_char(text, *at);
        } else {
            pli_text_append_char(text, '%');
            pli_text_append_char(text, digits[byte >> 4]);
            pli_text_append_char(text, digits[byte & 15]);
        }
    }
}

// Method, path with the query, and body, a line each. The query got here decoded.
static bool
write_message(const pli_http_request *request, bool is_encoded, char *message) {
    size_t size =
        strlen(request->path) + 3 * strlen(request->query) + request->body_size + (size_t)16;
    if (size > MESSAGE_MAX) {
        return false;
    }
    pli_text text = pli_text_init(message, MESSAGE_MAX);
    pli_text_append(&text, request->is_post ? "POST\n" : "GET\n");
    pli_text_append(&text, request->path);
    pli_text_append(&text, request->query[0] == '\0' ? "" : "?");
    if (is_encoded) {
        append_encoded(&text, request->query);
    } else {
        pli_text_append(&text, request->query);
    }
    pli_text_append_char(&text, '\n');
    pli_text_append_bytes(&text, (const char *)request->body, request->body_size);
    pli_text_append_char(&text, '\n');
    return true;
}

// `proof` keeps what tells this request from every other one.
static const pli_desk *
by_signature(pli_rpc *rpc, const pli_http_request *request, char proof[80]) {
    char id[PLI_DESK_NAME_MAX], time[20], nonce[64];
    char message[MESSAGE_MAX];
    const char *header = request->authorization + strlen("deri-hmac-sha256 ");
    if (!take_part(header, "id", id, sizeof id) || !take_part(header, "ts", time, sizeof time) ||
        !take_part(header, "nonce", nonce, sizeof nonce) || !take_part(header, "sig", proof, 80) ||
        strspn(time, "0123456789") != strlen(time)) {
        return NULL;
    }
    rpc->proof_ms = (int64_t)strtoull(time, NULL, 10);
    rpc->proof = proof;
    const pli_proof said = {id, rpc->proof_ms, nonce, proof};
    const pli_desk *desk = NULL;
    for (int form = 0; form < 2 && desk == NULL && write_message(request, form == 1, message);
         form += 1) {
        desk = pli_desks_check(&rpc->server->desks, &said, message, pli_clock_real_ns() / 1000000);
    }
    return desk;
}

bool
pli_rpc_is_standing(const pli_server *server, const pli_desk *desk) {
    uint32_t scopes = 0;
    uint8_t key[32];
    return desk->signer == 0 ||
           (plm_core_signer(server->core, desk->signer, &scopes, key) == PLM_OK && scopes != 0);
}

// 0, or the code of the refusal.
static int
find_desk(pli_rpc *rpc, const pli_http_request *request, char proof[80]) {
    const char *header = request->authorization;
    if (header[0] == '\0') {
        return 0;
    }
    if (strncmp(header, "deri-hmac-sha256 ", 17) == 0) {
        rpc->desk = by_signature(rpc, request, proof);
    } else if (strncmp(header, "Bearer ", 7) == 0 || strncmp(header, "bearer ", 7) == 0) {
        rpc->desk = pli_desks_open(&rpc->server->desks, header + 7, pli_clock_real_ns() / 1000000);
    } else {
        return 0; // of another kind, and so nobody's here
    }
    return rpc->desk != NULL && pli_rpc_is_standing(rpc->server, rpc->desk)
               ? 0
               : pli_rpc_fail(rpc, PLI_RPC_CREDENTIALS, "the credentials do not hold", NULL);
}

static const pli_rpc_method *
find_method(const char *name) {
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i += 1) {
        if (strcmp(methods[i].name, name) == 0) {
            return &methods[i];
        }
    }
    return NULL;
}

static int
call(pli_rpc *rpc) {
    const pli_rpc_method *method = find_method(rpc->method);
    if (method == NULL) {
        return pli_rpc_fail(rpc, PLI_RPC_METHOD, "there is no such method", "method");
    }
    if (method->access != PLI_RPC_OPEN && rpc->desk == NULL) {
        return pli_rpc_fail(rpc, PLI_RPC_UNAUTHORIZED, "this is asked for by a key", NULL);
    }
    if (method->access == PLI_RPC_TRADE && !rpc->desk->may_trade) {
        return pli_rpc_fail(rpc, PLI_RPC_FORBIDDEN, "this key may only read", "scope");
    }
    return method->answer(rpc);
}

// --- Answers ---------------------------------------------------------------------------------------------------------

static const char *
message_of(int code) {
    switch (code) {
    case PLI_RPC_PARSE:
        return "Parse error";
    case PLI_RPC_REQUEST:
        return "Invalid Request";
    case PLI_RPC_METHOD:
        return "Method not found";
    case PLI_RPC_PARAMS:
        return "Invalid params";
    case PLI_RPC_ORDER_UNKNOWN:
        return "order_not_found";
    case PLI_RPC_FUNDS:
        return "not_enough_funds";
    case PLI_RPC_RATE:
        return "too_many_requests";
    case PLI_RPC_BUSY:
        return "retry";
    case PLI_RPC_INVALID:
        return "invalid_arguments";
    case PLI_RPC_CREDENTIALS:
        return "invalid_credentials";
    case PLI_RPC_UNAUTHORIZED:
        return "unauthorized";
    case PLI_RPC_FORBIDDEN:
        return "forbidden";
    default:
        return "bad_request";
    }
}

static void
begin_answer(const pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "jsonrpc", "2.0");
    pli_i128 number = 0;
    if (rpc->id != NULL && rpc->is_id_text) {
        pli_json_text(writer, "id", rpc->id);
    } else if (rpc->id != NULL &&
               pli_decimal_parse(rpc->id, strlen(rpc->id), 0, &number) == PLM_OK) {
        pli_json_exact(writer, "id", number, 0);
    }
}

static void
end_answer(const pli_rpc *rpc, int64_t begin_us) {
    pli_json_writer *writer = &rpc->server->writer;
    int64_t end_us = pli_clock_real_ns() / 1000;
    pli_json_integer(writer, "usIn", begin_us);
    pli_json_integer(writer, "usOut", end_us);
    pli_json_integer(writer, "usDiff", end_us - begin_us);
    pli_json_bool(writer, "testnet", rpc->server->demo != NULL);
    pli_json_end(writer);
}

static unsigned
answer_error(pli_rpc *rpc, int code, int64_t begin_us) {
    pli_json_writer *writer = &rpc->server->writer;
    pli_server_forget_answer(rpc->server);
    begin_answer(rpc);
    pli_json_begin_object(writer, "error");
    pli_json_integer(writer, "code", code);
    pli_json_text(writer, "message", message_of(code));
    pli_json_begin_object(writer, "data");
    pli_json_text(writer, "reason", rpc->reason == NULL ? "" : rpc->reason);
    if (rpc->param != NULL) {
        pli_json_text(writer, "param", rpc->param);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    end_answer(rpc, begin_us);
    return code == PLI_RPC_CREDENTIALS || code == PLI_RPC_UNAUTHORIZED ? 401
           : code == PLI_RPC_FORBIDDEN                                 ? 403
           : code == PLI_RPC_RATE                                      ? 429
           : code == PLI_RPC_BUSY                                      ? 503
                                                                       : 400;
}

unsigned
pli_rpc_answer(pli_rpc *rpc, int code, int64_t begin_us) {
    // Every call counts, also one that is refused; a key has an allowance of its own.
    const pli_rpc_method *method = find_method(rpc->method);
    uint32_t weight = method == NULL ? CALL_WEIGHT : method->weight;
    if (!pli_server_take_allowance(rpc->server, rpc->desk, weight)) {
        code = pli_rpc_fail(rpc, PLI_RPC_RATE, "too much was asked for within a second", NULL);
    }
    if (code == 0) {
        begin_answer(rpc);
        code = call(rpc);
    }
    if (code != 0) {
        return answer_error(rpc, code, begin_us);
    }
    end_answer(rpc, begin_us);
    return 200;
}

unsigned
pli_answer_deribit(pli_server *server, const pli_http_request *request) {
    int64_t begin_us = pli_clock_real_ns() / 1000;
    char query[QUERY_MAX];
    char proof[80];
    pli_document document = {.root = NULL};
    pli_rpc rpc = {.server = server, .method = request->path + strlen(PREFIX)};
    int code = 0;
    if (request->is_post) {
        code = read_body(&rpc, request, &document);
    } else if (strlen(request->query) < sizeof query) {
        strcpy(query, request->query);
        code =
            read_query(&rpc, query)
                ? 0
                : pli_rpc_fail(&rpc, PLI_RPC_PARAMS, "a query is name=value, each name once", NULL);
    } else {
        code = pli_rpc_fail(&rpc, PLI_RPC_PARAMS, "the query is too long", NULL);
    }
    code = code == 0 ? find_desk(&rpc, request, proof) : code;
    unsigned status = pli_rpc_answer(&rpc, code, begin_us);
    pli_document_finish(&document);
    return status;
}
