/* deribit.h: the protocol of Deribit, version 2, as far as its clients need it here (docs/deribit.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_DERIBIT_H
#define PLI_SERVER_DERIBIT_H

#include "io/document.h"
#include "server/desk.h"
#include "server/server.h"

/* Codes of errors, as Deribit documents them. */
#define PLI_RPC_PARSE (-32700)
#define PLI_RPC_REQUEST (-32600)
#define PLI_RPC_METHOD (-32601)
#define PLI_RPC_PARAMS (-32602)
#define PLI_RPC_ORDER_UNKNOWN 10004
#define PLI_RPC_FUNDS 10009
#define PLI_RPC_RATE 10028
#define PLI_RPC_BUSY 10040
#define PLI_RPC_INVALID 11029
#define PLI_RPC_BAD 11050
#define PLI_RPC_CREDENTIALS 13004
#define PLI_RPC_UNAUTHORIZED 13009
#define PLI_RPC_FORBIDDEN 13403

#define PLI_RPC_PARAMS_MAX 32u

/* pli_rpc_param - `node` where it came as JSON, NULL where it came in a query. */
typedef struct pli_rpc_param {
    const char *name, *text;
    const pli_node *node;
} pli_rpc_param;

/*
 * pli_rpc - one call: what is asked, by whom, and what went wrong.
 *
 * A method writes the value of "result" and returns 0, or returns a code after pli_rpc_fail; what it has written is then
 * dropped.
 */
typedef struct pli_rpc {
    pli_server *server;
    const char *method;
    const pli_desk *desk; /* NULL: nobody */
    const char *proof;    /* what makes this request one of its kind; NULL: nothing */
    int64_t proof_ms;
    const char *id; /* a JSON number or text as it is to be written; NULL: none */
    bool is_id_text;
    uint32_t param_count;
    pli_rpc_param params[PLI_RPC_PARAMS_MAX];
    const char *reason, *param; /* of the error */
    struct pli_socket *socket;  /* whoever stays connected; NULL: asked over HTTP */
} pli_rpc;

/* pli_rpc_text - the parameter as text, "" where it is absent. pli_rpc_node - as JSON, or NULL. */
const char *pli_rpc_text(const pli_rpc *rpc, const char *name);
const pli_node *pli_rpc_node(const pli_rpc *rpc, const char *name);

/* pli_rpc_decimal - an exact decimal of that scale; false: it is absent or none. */
bool pli_rpc_decimal(const pli_rpc *rpc, const char *name, unsigned scale, int64_t *value);

/* pli_rpc_flag - is it "true"? */
bool pli_rpc_flag(const pli_rpc *rpc, const char *name);

/* pli_rpc_fail - keep why, and return `code`. `reason` and `param` live on; `param` may be NULL. */
int pli_rpc_fail(pli_rpc *rpc, int code, const char *reason, const char *param);

/* pli_rpc_instrument - the instrument of parameter `name`, or PLM_NONE. pli_rpc_instrument_named - the same of a text. */
uint32_t pli_rpc_instrument(const pli_rpc *rpc, const char *name);
uint32_t pli_rpc_instrument_named(const pli_server *server, const char *name);

/* pli_rpc_asset - the index of an asset by name, or PLM_NONE. */
uint32_t pli_rpc_asset(const pli_server *server, const char *name);

/*
 * pli_rpc_read - take a JSON-RPC request apart; 0, or the code of what is wrong with it. Everything of *rpc points into the
 * document, which the caller finishes in either case.
 */
int pli_rpc_read(pli_rpc *rpc, const char *text, size_t size, pli_document *document);

/*
 * pli_rpc_answer - call the method, unless `code` says what was wrong before it came to that, and write the whole answer.
 *
 * Returns    The status of HTTP.
 */
unsigned pli_rpc_answer(pli_rpc *rpc, int code, int64_t begin_us);

/* pli_rpc_is_standing - do the books know the key's signer, and with a scope? A signer whose scopes are taken is revoked. */
bool pli_rpc_is_standing(const pli_server *server, const pli_desk *desk);

/* pli_answer_deribit - GET and POST /api/v2/... */
unsigned pli_answer_deribit(pli_server *server, const pli_http_request *request);

/* pli_rpc_method - a line of the table. */
typedef struct pli_rpc_method {
    const char *name;
    enum { PLI_RPC_OPEN, PLI_RPC_READ, PLI_RPC_TRADE } access;
    uint32_t weight; /* of a second's allowance, as of a route */
    const char *summary;
    int (*answer)(pli_rpc *rpc);
} pli_rpc_method;

/* pli_rpc_methods - everything that may be called. */
const pli_rpc_method *pli_rpc_methods(size_t *count);

/* The methods. */
int pli_rpc_test(pli_rpc *rpc);
int pli_rpc_time(pli_rpc *rpc);
int pli_rpc_status(pli_rpc *rpc);
int pli_rpc_auth(pli_rpc *rpc);
int pli_rpc_currencies(pli_rpc *rpc);
int pli_rpc_index_names(pli_rpc *rpc);
int pli_rpc_index_price(pli_rpc *rpc);
int pli_rpc_instruments(pli_rpc *rpc);
int pli_rpc_one_instrument(pli_rpc *rpc);
int pli_rpc_ticker(pli_rpc *rpc);
int pli_rpc_summaries(pli_rpc *rpc);
int pli_rpc_order_book(pli_rpc *rpc);
int pli_rpc_account(pli_rpc *rpc);
int pli_rpc_accounts(pli_rpc *rpc);
int pli_rpc_positions(pli_rpc *rpc);
int pli_rpc_position(pli_rpc *rpc);
int pli_rpc_simulate(pli_rpc *rpc);
int pli_rpc_buy(pli_rpc *rpc);
int pli_rpc_sell(pli_rpc *rpc);
int pli_rpc_edit(pli_rpc *rpc);
int pli_rpc_cancel(pli_rpc *rpc);
int pli_rpc_cancel_all(pli_rpc *rpc);
int pli_rpc_open_orders(pli_rpc *rpc);
int pli_rpc_order_state(pli_rpc *rpc);
int pli_rpc_trades(pli_rpc *rpc);
int pli_rpc_order_trades(pli_rpc *rpc);
int pli_rpc_hello(pli_rpc *rpc);
int pli_rpc_subscribe(pli_rpc *rpc);
int pli_rpc_unsubscribe(pli_rpc *rpc);
int pli_rpc_unsubscribe_all(pli_rpc *rpc);
int pli_rpc_set_heartbeat(pli_rpc *rpc);
int pli_rpc_disable_heartbeat(pli_rpc *rpc);

/*
 * pli_rpc_write_prices, pli_rpc_write_quote - what a ticker tells, or its best prices alone, into the object that is open.
 * pli_rpc_book_of - the book of an instrument; NULL: none.
 */
void pli_rpc_write_prices(const pli_rpc *rpc, uint32_t instrument);
void pli_rpc_write_quote(const pli_rpc *rpc, uint32_t instrument);
const pli_book *pli_rpc_book_of(const pli_server *server, uint32_t instrument);

/* pli_rpc_write_funds - an asset of the key's account, into the object that is open. 0, or a code and nothing is written. */
int pli_rpc_write_funds(pli_rpc *rpc, uint32_t asset);

/*
 * pli_rpc_order - what became of an order that was sent this way. Kept for the last PLI_RPC_ORDERS of them; of an open one
 * the books have the last word.
 */
#define PLI_RPC_ORDERS 4096u
typedef struct pli_rpc_order {
    uint32_t account, instrument;
    uint64_t order_id; /* 0: none here */
    int64_t lots, filled, limit_e8;
    pli_i128 paid; /* sum of lots times price, e8 */
    int64_t created_ms, updated_ms;
    bool is_sell, is_reduce_only, is_market, is_immediate, is_open;
    uint64_t revision; /* of the book's, when this last changed */
} pli_rpc_order;

/* pli_rpc_fill - one side of a trade, of an account that a key acts for. The last PLI_RPC_FILLS of them are kept. */
#define PLI_RPC_FILLS 4096u
typedef struct pli_rpc_fill {
    uint32_t account, instrument;
    uint64_t sequence; /* of the event */
    uint64_t order_id;
    int64_t lots, price_e8, fee_atoms, mark_e8, index_e8, time_ms;
    bool is_sell, is_maker;
} pli_rpc_fill;

typedef struct pli_rpc_book {
    uint64_t count; /* ever */
    uint64_t revision;
    pli_rpc_order entries[PLI_RPC_ORDERS];
    uint64_t fill_count; /* ever */
    pli_rpc_fill fills[PLI_RPC_FILLS];
} pli_rpc_book;

/* pli_rpc_write_order - as a member of what is open. pli_rpc_is_asked - do currency, kind and instrument_name allow it? */
void pli_rpc_write_order(const pli_rpc *rpc, const char *key, const pli_rpc_order *order);
bool pli_rpc_is_asked(const pli_rpc *rpc, uint32_t instrument);

/* pli_rpc_order_named - the number in parameter order_id; 0: none. pli_rpc_is_desk - does a key act for the account? */
uint64_t pli_rpc_order_named(const pli_rpc *rpc);
bool pli_rpc_is_desk(const pli_server *server, uint32_t account);

/*
 * pli_rpc_write_fills - a list of the key's trades that are asked for, from number *seen on; *seen moves behind the last.
 * False: the list is empty. pli_rpc_observe_trade - a TRADE was applied.
 */
bool pli_rpc_write_fills(const pli_rpc *rpc, const char *key, uint64_t *seen);
void pli_rpc_observe_trade(pli_server *server, const plm_event *event, uint64_t sequence);

/* pli_rpc_observe - an event was applied: fills and ends of orders that are kept. */
void pli_rpc_observe(pli_server *server, const plm_event *event, const plm_outcome *outcome,
                     const plm_effect *effects);

/* pli_rpc_turn - orders that were to fill at once or not at all have had their turn. */
void pli_rpc_turn(pli_server *server);

/* pli_rpc_visitor - an account of its own, with money of the demonstration, for whoever calls by its key. */
void pli_rpc_visitor(pli_server *server);

#endif
