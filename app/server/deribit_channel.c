/* deribit_channel.c: what is told unasked: prices, books, funds and orders as they change. SPDX-License-Identifier: Apache-2.0 */
#include "server/deribit_channel.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 6 };

#define RAW_NS INT64_C(20000000)
#define SHORT_NS INT64_C(100000000)
#define LONG_NS INT64_C(1000000000)
#define FUNDS_NS INT64_C(500000000)

// --- Names -----------------------------------------------------------------------------------------------------------

// Pieces of the name, in the channel's own copy of it; 0: too many.
static uint32_t
cut(pli_channel *channel, const char *parts[PARTS_MAX]) {
    uint32_t count = 0;
    memcpy(channel->parts, channel->name, sizeof channel->parts);
    for (char *at = channel->parts; at != NULL;) {
        char *end = strchr(at, '.');
        if (count == PARTS_MAX) {
            return 0;
        }
        parts[count++] = at;
        if (end != NULL) {
            *end = '\0';
        }
        at = end == NULL ? NULL : end + 1;
    }
    return count;
}

static int
take_interval(pli_channel *channel, const char *text) {
    bool is_raw = strcmp(text, "raw") == 0;
    channel->is_list = !is_raw;
    channel->interval_ns = is_raw                       ? RAW_NS
                           : strcmp(text, "100ms") == 0 ? SHORT_NS
                           : strcmp(text, "agg2") == 0  ? LONG_NS
                                                        : 0;
    return channel->interval_ns == 0         ? PLI_RPC_PARAMS
           : is_raw && channel->desk == NULL ? PLI_RPC_UNAUTHORIZED
                                             : 0;
}

static int
take_instrument(const pli_server *server, pli_channel *channel, const char *name) {
    channel->instrument = pli_rpc_instrument_named(server, name);
    return channel->instrument == PLM_NONE ? PLI_RPC_PARAMS : 0;
}

static int
open_market(const pli_server *server, pli_channel *channel, const char *const *parts,
            uint32_t count) {
    int code = count < 2 ? PLI_RPC_PARAMS : take_instrument(server, channel, parts[1]);
    if (code != 0) {
        return code;
    }
    if (count == 2 && strcmp(parts[0], "quote") == 0) {
        channel->kind = PLI_CHANNEL_QUOTE;
        channel->interval_ns = SHORT_NS;
        return 0;
    }
    bool is_book = strcmp(parts[0], "book") == 0;
    if (count == 3 && (is_book || strcmp(parts[0], "ticker") == 0)) {
        channel->kind = is_book ? PLI_CHANNEL_BOOK : PLI_CHANNEL_TICKER;
        return take_interval(channel, parts[2]);
    }
    if (count == 5 && is_book && strcmp(parts[2], "none") == 0) {
        size_t digits = strspn(parts[3], "0123456789");
        channel->kind = PLI_CHANNEL_LEVELS;
        channel->depth = digits > 0 && digits < 4 && parts[3][digits] == '\0'
                             ? (uint32_t)strtoul(parts[3], NULL, 10)
                             : 0;
        return channel->depth == 0 || channel->depth > PLI_CHANNEL_DEPTH_MAX
                   ? PLI_RPC_PARAMS
                   : take_interval(channel, parts[4]);
    }
    return PLI_RPC_PARAMS;
}

static uint32_t
asset_named(const pli_server *server, const char *name) {
    char upper[PLI_CHANNEL_NAME_MAX];
    size_t size = strlen(name); // a part of a name: it fits
    for (size_t i = 0; i <= size; i += 1) {
        upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
    }
    uint32_t asset = pli_rpc_asset(server, name);
    return asset != PLM_NONE ? asset : pli_rpc_asset(server, upper);
}

static int
open_user(const pli_server *server, pli_channel *channel, const char *const *parts,
          uint32_t count) {
    if (channel->desk == NULL) {
        return PLI_RPC_UNAUTHORIZED;
    }
    if (count == 3 && strcmp(parts[1], "portfolio") == 0) {
        channel->kind = PLI_CHANNEL_PORTFOLIO;
        channel->interval_ns = FUNDS_NS;
        channel->asset = asset_named(server, parts[2]);
        return channel->asset == PLM_NONE ? PLI_RPC_PARAMS : 0;
    }
    if (count < 4 || count > 5) {
        return PLI_RPC_PARAMS;
    }
    bool is_trades = strcmp(parts[1], "trades") == 0;
    if (!is_trades && strcmp(parts[1], "orders") != 0) {
        return PLI_RPC_PARAMS;
    }
    channel->kind = is_trades ? PLI_CHANNEL_TRADES : PLI_CHANNEL_ORDERS;
    if (count == 4) {
        channel->instrument_name = parts[2];
        int code = take_instrument(server, channel, parts[2]);
        return code == 0 ? take_interval(channel, parts[3]) : code;
    }
    channel->class = parts[2];
    channel->currency = parts[3];
    return take_interval(channel, parts[4]);
}

int
pli_channel_open(const pli_server *server, const pli_desk *desk, const char *name,
                 pli_channel *channel) {
    const char *parts[PARTS_MAX] = {""};
    *channel = (pli_channel){.desk = desk,
                             .instrument = PLM_NONE,
                             .instrument_name = "",
                             .currency = "",
                             .class = "",
                             .seen = UINT64_MAX};
    if (strlen(name) >= sizeof channel->name) {
        return PLI_RPC_PARAMS;
    }
    strcpy(channel->name, name);
    uint32_t count = cut(channel, parts);
    int code = strcmp(parts[0], "user") == 0 ? open_user(server, channel, parts, count)
                                             : open_market(server, channel, parts, count);
    if (channel->kind == PLI_CHANNEL_ORDERS) {
        channel->seen = server->orders_sent->revision;
    } else if (channel->kind == PLI_CHANNEL_TRADES) {
        channel->seen = server->orders_sent->fill_count;
    }
    return code;
}

void
pli_channel_close(pli_channel *channel) {
    free(channel->book);
    *channel = (pli_channel){.kind = (pli_channel_kind)0};
}

// --- Messages --------------------------------------------------------------------------------------------------------

// As if the key had asked for it.
static pli_rpc
question_of(pli_server *server, const pli_channel *channel) {
    return (pli_rpc){.server = server,
                     .method = "subscription",
                     .desk = channel->desk,
                     .param_count = 3,
                     .params = {{.name = "instrument_name", .text = channel->instrument_name},
                                {.name = "currency", .text = channel->currency},
                                {.name = "kind", .text = channel->class}}};
}

static pli_json_writer *
begin_message(pli_server *server, const pli_channel *channel) {
    pli_json_writer *writer = &server->writer;
    pli_server_forget_answer(server);
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "jsonrpc", "2.0");
    pli_json_text(writer, "method", "subscription");
    pli_json_begin_object(writer, "params");
    pli_json_text(writer, "channel", channel->name);
    return writer;
}

static bool
end_message(pli_server *server) {
    pli_json_end(&server->writer);
    pli_json_end(&server->writer);
    return server->writer.status == PLM_OK;
}

static bool
is_new(const pli_server *server, pli_channel *channel) {
    uint64_t sequence = plm_core_sequence(server->core);
    bool is_so = channel->seen != sequence;
    channel->seen = sequence;
    return is_so;
}

static bool
write_ticker(pli_server *server, pli_channel *channel) {
    pli_rpc rpc = question_of(server, channel);
    pli_json_writer *writer = begin_message(server, channel);
    pli_json_begin_object(writer, "data");
    if (channel->kind == PLI_CHANNEL_TICKER) {
        pli_rpc_write_prices(&rpc, channel->instrument);
    } else {
        pli_rpc_write_quote(&rpc, channel->instrument);
    }
    pli_json_end(writer);
    return end_message(server);
}

static bool
write_funds(pli_server *server, pli_channel *channel) {
    pli_rpc rpc = question_of(server, channel);
    pli_json_writer *writer = begin_message(server, channel);
    pli_json_begin_object(writer, "data");
    if (pli_rpc_write_funds(&rpc, channel->asset) != 0) {
        return false;
    }
    pli_json_end(writer);
    return end_message(server);
}

// --- Books -----------------------------------------------------------------------------------------------------------

uint32_t
pli_channel_compare(const pli_book_level *before, uint32_t before_count, const pli_book_level *now,
                    uint32_t now_count, bool is_bid,
                    pli_channel_step steps[2 * PLI_CHANNEL_DEPTH_MAX]) {
    uint32_t count = 0;
    uint32_t a = 0;
    uint32_t b = 0;
    while (a < before_count || b < now_count) {
        bool is_same = a < before_count && b < now_count && before[a].price_e8 == now[b].price_e8;
        bool is_gone = !is_same && a < before_count &&
                       (b == now_count || (before[a].price_e8 > now[b].price_e8) == is_bid);
        if (is_gone) {
            steps[count++] = (pli_channel_step){PLI_STEP_DELETE, {before[a].price_e8, 0}};
        } else if (!is_same) {
            steps[count++] = (pli_channel_step){PLI_STEP_NEW, now[b]};
        } else if (before[a].lots != now[b].lots) {
            steps[count++] = (pli_channel_step){PLI_STEP_CHANGE, now[b]};
        }
        a += is_same || is_gone ? 1 : 0;
        b += is_gone ? 0 : 1;
    }
    return count;
}

static void
begin_book(pli_server *server, const pli_channel *channel) {
    pli_json_writer *writer = begin_message(server, channel);
    plm_market_totals totals = {.name = ""};
    plm_status status = plm_core_instrument(server->core, channel->instrument, &totals);
    (void)status;
    pli_json_begin_object(writer, "data");
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_integer(writer, "timestamp", plm_core_time(server->core).ns / 1000000);
    pli_json_integer(writer, "change_id", (int64_t)plm_core_sequence(server->core));
}

static uint32_t
read_side(const pli_server *server, const pli_channel *channel, uint32_t side,
          pli_book_level *levels, uint32_t depth) {
    const pli_book *book = pli_rpc_book_of(server, channel->instrument);
    return book == NULL
               ? 0
               : pli_book_levels(book, side == 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL, levels, depth);
}

static bool
write_levels(pli_server *server, const pli_channel *channel) {
    pli_json_writer *writer = &server->writer;
    pli_book_level levels[PLI_CHANNEL_DEPTH_MAX];
    int64_t lot = plm_core_listing(server->core).instruments[channel->instrument].lot_e8;
    begin_book(server, channel);
    for (uint32_t side = 0; side < 2; side += 1) {
        uint32_t count = read_side(server, channel, side, levels, channel->depth);
        pli_json_begin_array(writer, side == 0 ? "bids" : "asks");
        for (uint32_t i = 0; i < count; i += 1) {
            pli_json_begin_array_inline(writer, NULL);
            pli_json_exact(writer, NULL, levels[i].price_e8, 8);
            pli_json_exact(writer, NULL, (pli_i128)levels[i].lots * lot, 8);
            pli_json_end(writer);
        }
        pli_json_end(writer);
    }
    pli_json_end(writer);
    return end_message(server);
}

static void
write_steps(pli_json_writer *writer, const char *key, const pli_channel_step *steps, uint32_t count,
            int64_t lot_e8) {
    static const char *const names[] = {"", "new", "change", "delete"};
    pli_json_begin_array(writer, key);
    for (uint32_t i = 0; i < count; i += 1) {
        pli_json_begin_array_inline(writer, NULL);
        pli_json_text(writer, NULL, names[steps[i].kind]);
        pli_json_exact(writer, NULL, steps[i].level.price_e8, 8);
        pli_json_exact(writer, NULL, (pli_i128)steps[i].level.lots * lot_e8, 8);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static bool
write_book(pli_server *server, pli_channel *channel) {
    pli_json_writer *writer = &server->writer;
    pli_channel_step steps[2 * PLI_CHANNEL_DEPTH_MAX];
    pli_channel_book now = {.counts = {0, 0}};
    int64_t lot = plm_core_listing(server->core).instruments[channel->instrument].lot_e8;
    bool is_first = channel->book == NULL;
    uint32_t changed = 0;
    uint64_t before = channel->seen;
    if (!is_new(server, channel)) {
        return false;
    }
    if (is_first && (channel->book = calloc(1, sizeof *channel->book)) == NULL) {
        return false;
    }
    begin_book(server, channel);
    pli_json_text(writer, "type", is_first ? "snapshot" : "change");
    if (!is_first) {
        pli_json_integer(writer, "prev_change_id", (int64_t)before);
    }
    for (uint32_t side = 0; side < 2; side += 1) {
        now.counts[side] =
            read_side(server, channel, side, now.levels[side], PLI_CHANNEL_DEPTH_MAX);
        uint32_t count =
            pli_channel_compare(channel->book->levels[side], channel->book->counts[side],
                                now.levels[side], now.counts[side], side == 0, steps);
        write_steps(writer, side == 0 ? "bids" : "asks", steps, count, lot);
        changed += count;
    }
    pli_json_end(writer);
    if (!is_first && changed == 0) {
        channel->seen = before; // what is told next follows what was told last
        return false;
    }
    *channel->book = now;
    return end_message(server);
}

// --- Orders ----------------------------------------------------------------------------------------------------------

// The change behind `seen` that is nearest to it; NULL: none that is asked for.
static const pli_rpc_order *
next_order(const pli_rpc *rpc, const pli_channel *channel) {
    const pli_rpc_book *book = rpc->server->orders_sent;
    const pli_rpc_order *next = NULL;
    uint64_t kept = book->count < PLI_RPC_ORDERS ? book->count : PLI_RPC_ORDERS;
    for (uint64_t i = 0; i < kept; i += 1) {
        const pli_rpc_order *order = &book->entries[i];
        if (order->account == channel->desk->account && order->revision > channel->seen &&
            (next == NULL || order->revision < next->revision) &&
            pli_rpc_is_asked(rpc, order->instrument)) {
            next = order;
        }
    }
    return next;
}

static bool
write_orders(pli_server *server, pli_channel *channel) {
    pli_rpc rpc = question_of(server, channel);
    if (channel->seen == server->orders_sent->revision) {
        return false;
    }
    const pli_rpc_order *order = next_order(&rpc, channel);
    if (order == NULL) {
        channel->seen = server->orders_sent->revision;
        return false;
    }
    pli_json_writer *writer = begin_message(server, channel);
    if (channel->is_list) {
        pli_json_begin_array(writer, "data");
        for (; order != NULL; order = next_order(&rpc, channel)) {
            pli_rpc_write_order(&rpc, NULL, order);
            channel->seen = order->revision;
        }
        pli_json_end(writer);
    } else {
        pli_rpc_write_order(&rpc, "data", order);
        channel->seen = order->revision;
        channel->due_ns = 0; // there may be another one
    }
    return end_message(server);
}

static bool
write_trades(pli_server *server, pli_channel *channel) {
    pli_rpc rpc = question_of(server, channel);
    if (channel->seen == server->orders_sent->fill_count) {
        return false;
    }
    (void)begin_message(server, channel);
    return pli_rpc_write_fills(&rpc, "data", &channel->seen) && end_message(server);
}

bool
pli_channel_write(pli_server *server, pli_channel *channel, int64_t now_ns) {
    if (now_ns < channel->due_ns) {
        return false;
    }
    channel->due_ns = now_ns + channel->interval_ns;
    switch (channel->kind) {
    case PLI_CHANNEL_TICKER:
    case PLI_CHANNEL_QUOTE:
        return is_new(server, channel) && write_ticker(server, channel);
    case PLI_CHANNEL_LEVELS:
        return is_new(server, channel) && write_levels(server, channel);
    case PLI_CHANNEL_BOOK:
        return write_book(server, channel);
    case PLI_CHANNEL_PORTFOLIO:
        return is_new(server, channel) && write_funds(server, channel);
    case PLI_CHANNEL_ORDERS:
        return write_orders(server, channel);
    case PLI_CHANNEL_TRADES:
        return write_trades(server, channel);
    default:
        return false;
    }
}
