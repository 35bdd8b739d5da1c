/* deribit_trades.c: what the accounts of keys have traded since the start.             SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "os/clock.h"
#include "server/deribit.h"

#define TRADES_OF_ANSWER 1000

// --- What is kept ----------------------------------------------------------------------------------------------------

static void
keep(pli_server *server, const pli_rpc_fill *fill) {
    pli_rpc_book *book = server->orders_sent;
    plm_listing listing = plm_core_listing(server->core);
    plm_market market = plm_core_market(server->core);
    if (!pli_rpc_is_desk(server, fill->account) || fill->instrument >= listing.instrument_count) {
        return;
    }
    pli_rpc_fill *kept = &book->fills[book->fill_count % PLI_RPC_FILLS];
    *kept = *fill;
    kept->time_ms = pli_clock_real_ns() / 1000000;
    kept->mark_e8 = market.marks[fill->instrument].mark_e8;
    kept->index_e8 =
        market.underlyings[listing.instruments[fill->instrument].underlying_index].price.price_e8;
    book->fill_count += 1;
}

void
pli_rpc_observe_trade(pli_server *server, const plm_event *event, uint64_t sequence) {
    const plm_event_trade *trade = &event->trade_body;
    pli_rpc_fill fill = {.account = event->header.account,
                         .instrument = trade->instrument_index,
                         .sequence = sequence,
                         .order_id = trade->taker_order_id,
                         .lots = trade->lots < 0 ? -trade->lots : trade->lots,
                         .price_e8 = trade->price_e8,
                         .fee_atoms = trade->taker_fee_atoms,
                         .is_sell = trade->lots < 0};
    keep(server, &fill);
    fill.account = trade->maker_account;
    fill.order_id = trade->maker_order_id;
    fill.fee_atoms = trade->maker_fee_atoms;
    fill.is_sell = !fill.is_sell;
    fill.is_maker = true;
    keep(server, &fill);
}

// --- What is told ----------------------------------------------------------------------------------------------------

static void
write_name(const pli_rpc *rpc, const char *key, const pli_rpc_fill *fill, uint64_t number) {
    char name[80];
    const plm_core *core = rpc->server->core;
    uint32_t underlying = plm_core_listing(core).instruments[fill->instrument].underlying_index;
    pli_text text = pli_text_init(name, sizeof name);
    pli_text_append(&text, plm_core_underlying_name(core, underlying));
    pli_text_append_char(&text, '-');
    pli_text_append_u64(&text, number);
    pli_json_text(&rpc->server->writer, key, name);
}

static void
write_fill(const pli_rpc *rpc, const pli_rpc_fill *fill) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    const plm_instrument *terms = &listing.instruments[fill->instrument];
    plm_market_totals totals = {.name = ""};
    plm_asset_totals asset = {.name = ""};
    plm_status named = plm_core_instrument(rpc->server->core, fill->instrument, &totals);
    plm_status priced = plm_core_asset(rpc->server->core, terms->settlement_asset_index, &asset);
    (void)named;
    (void)priced;
    pli_json_begin_object(writer, NULL);
    write_name(rpc, "trade_id", fill, fill->sequence);
    pli_json_integer(writer, "trade_seq", (int64_t)fill->sequence);
    write_name(rpc, "order_id", fill, fill->order_id);
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_text(writer, "direction", fill->is_sell ? "sell" : "buy");
    pli_json_exact(writer, "amount", (pli_i128)fill->lots * terms->lot_e8, 8);
    pli_json_exact(writer, "price", fill->price_e8, 8);
    pli_json_exact(writer, "fee", fill->fee_atoms,
                   listing.assets[terms->settlement_asset_index].decimals);
    pli_json_text(writer, "fee_currency", asset.name);
    pli_json_text(writer, "liquidity", fill->is_maker ? "M" : "T");
    pli_json_exact(writer, "mark_price", fill->mark_e8, 8);
    pli_json_exact(writer, "index_price", fill->index_e8, 8);
    pli_json_integer(writer, "timestamp", fill->time_ms);
    pli_json_end(writer);
}

bool
pli_rpc_write_fills(const pli_rpc *rpc, const char *key, uint64_t *seen) {
    const pli_rpc_book *book = rpc->server->orders_sent;
    uint64_t oldest = book->fill_count > PLI_RPC_FILLS ? book->fill_count - PLI_RPC_FILLS : 0;
    uint64_t from = *seen > oldest ? *seen : oldest;
    bool is_any = false;
    pli_json_begin_array(&rpc->server->writer, key);
    for (; from < book->fill_count; from += 1) {
        const pli_rpc_fill *fill = &book->fills[from % PLI_RPC_FILLS];
        if (fill->account == rpc->desk->account && pli_rpc_is_asked(rpc, fill->instrument)) {
            write_fill(rpc, fill);
            is_any = true;
        }
    }
    pli_json_end(&rpc->server->writer);
    *seen = from;
    return is_any;
}

/* What a call wants of them. */
typedef struct choice {
    int64_t count, begin_ms, end_ms;
    uint64_t order_id; /* 0: any */
    bool is_rising;
} choice;

static int
read_choice(pli_rpc *rpc, choice *wanted) {
    const char *sorting = pli_rpc_text(rpc, "sorting");
    *wanted = (choice){.count = 10, .begin_ms = 0, .end_ms = INT64_MAX};
    if (pli_rpc_text(rpc, "count")[0] != '\0' &&
        (!pli_rpc_decimal(rpc, "count", 0, &wanted->count) || wanted->count < 1 ||
         wanted->count > TRADES_OF_ANSWER)) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "1 to 1000", "count");
    }
    if ((pli_rpc_text(rpc, "start_timestamp")[0] != '\0' &&
         !pli_rpc_decimal(rpc, "start_timestamp", 0, &wanted->begin_ms)) ||
        (pli_rpc_text(rpc, "end_timestamp")[0] != '\0' &&
         !pli_rpc_decimal(rpc, "end_timestamp", 0, &wanted->end_ms))) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "milliseconds since 1970", "start_timestamp");
    }
    wanted->is_rising = strcmp(sorting, "asc") == 0;
    return 0;
}

static bool
is_chosen(const pli_rpc *rpc, const choice *wanted, const pli_rpc_fill *fill) {
    return fill->account == rpc->desk->account && fill->time_ms >= wanted->begin_ms &&
           fill->time_ms <= wanted->end_ms &&
           (wanted->order_id == 0 || wanted->order_id == fill->order_id) &&
           pli_rpc_is_asked(rpc, fill->instrument);
}

// The trades chosen, as many as are wanted. True: there are more.
static bool
write_chosen(const pli_rpc *rpc, const char *key, const choice *wanted) {
    const pli_rpc_book *book = rpc->server->orders_sent;
    uint64_t kept = book->fill_count < PLI_RPC_FILLS ? book->fill_count : PLI_RPC_FILLS;
    int64_t count = 0;
    pli_json_begin_array(&rpc->server->writer, key);
    for (uint64_t i = 0; i < kept; i += 1) {
        uint64_t number =
            wanted->is_rising ? book->fill_count - kept + i : book->fill_count - 1 - i;
        const pli_rpc_fill *fill = &book->fills[number % PLI_RPC_FILLS];
        if (is_chosen(rpc, wanted, fill)) {
            count += 1;
            if (count <= wanted->count) {
                write_fill(rpc, fill);
            }
        }
    }
    pli_json_end(&rpc->server->writer);
    return count > wanted->count;
}

int
pli_rpc_trades(pli_rpc *rpc) {
    choice wanted;
    int code = read_choice(rpc, &wanted);
    if (code == 0) {
        pli_json_begin_object(&rpc->server->writer, "result");
        bool is_more = write_chosen(rpc, "trades", &wanted);
        pli_json_bool(&rpc->server->writer, "has_more", is_more);
        pli_json_end(&rpc->server->writer);
    }
    return code;
}

int
pli_rpc_order_trades(pli_rpc *rpc) {
    choice wanted;
    int code = read_choice(rpc, &wanted);
    wanted.order_id = pli_rpc_order_named(rpc);
    wanted.count = TRADES_OF_ANSWER;
    if (code == 0 && wanted.order_id == 0) {
        code = pli_rpc_fail(rpc, PLI_RPC_ORDER_UNKNOWN, "no order of this account has that id",
                            "order_id");
    }
    if (code == 0) {
        (void)write_chosen(rpc, "result", &wanted);
    }
    return code;
}
