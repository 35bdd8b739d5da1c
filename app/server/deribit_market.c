/* deribit_market.c: public methods: what is listed, and what it costs now.            SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/clock.h"
#include "price/mark.h"
#include "server/deribit.h"

#define PERPETUAL_END_MS                                                                           \
    INT64_C(32503708800000) /* what the protocol says of contracts without end */
#define DEPTH_MAX 256u

int
pli_rpc_test(pli_rpc *rpc) {
    pli_json_begin_object(&rpc->server->writer, "result");
    pli_json_text(&rpc->server->writer, "version", "1.2.26");
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_hello(pli_rpc *rpc) {
    return pli_rpc_test(rpc);
}

int
pli_rpc_time(pli_rpc *rpc) {
    pli_json_integer(&rpc->server->writer, "result", pli_clock_real_ns() / 1000000);
    return 0;
}

int
pli_rpc_status(pli_rpc *rpc) {
    pli_json_begin_object(&rpc->server->writer, "result");
    pli_json_text(&rpc->server->writer, "locked",
                  rpc->server->failure == PLM_OK ? "false" : "true");
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_currencies(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    pli_json_begin_array(writer, "result");
    for (uint32_t i = 0; i < listing.asset_count; i += 1) {
        plm_asset_totals totals;
        if (plm_core_asset(rpc->server->core, i, &totals) != PLM_OK) {
            continue;
        }
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "currency", totals.name);
        pli_json_text(writer, "currency_long", totals.name);
        pli_json_text(writer, "coin_type", totals.name);
        pli_json_integer(writer, "fee_precision", listing.assets[i].decimals);
        pli_json_integer(writer, "decimals", listing.assets[i].decimals);
        pli_json_integer(writer, "min_confirmations", 0);
        pli_json_integer(writer, "min_withdrawal_fee", 0);
        pli_json_integer(writer, "withdrawal_fee", 0);
        pli_json_begin_array(writer, "withdrawal_priorities");
        pli_json_end(writer);
        pli_json_bool(writer, "in_cross_collateral_pool", true);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    return 0;
}

// --- Indices: btc_usd ------------------------------------------------------------------------------------------------

static char
lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static void
name_index(const plm_core *core, uint32_t underlying, char *data, size_t size) {
    plm_asset_totals currency = {.name = ""};
    pli_text text = pli_text_init(data, size);
    plm_status status = plm_core_asset(core, 0, &currency);
    (void)status;
    pli_text_append(&text, plm_core_underlying_name(core, underlying));
    pli_text_append_char(&text, '_');
    pli_text_append(&text, currency.name);
    for (char *at = data; *at != '\0'; at += 1) {
        *at = lower(*at);
    }
}

int
pli_rpc_index_names(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    uint32_t count = plm_core_listing(rpc->server->core).underlying_count;
    pli_json_begin_array(writer, "result");
    for (uint32_t u = 0; u < count; u += 1) {
        char name[80];
        name_index(rpc->server->core, u, name, sizeof name);
        pli_json_text(writer, NULL, name);
    }
    pli_json_end(writer);
    return 0;
}

int
pli_rpc_index_price(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_market market = plm_core_market(rpc->server->core);
    uint32_t count = plm_core_listing(rpc->server->core).underlying_count;
    for (uint32_t u = 0; u < count; u += 1) {
        char name[80];
        name_index(rpc->server->core, u, name, sizeof name);
        if (strcmp(name, pli_rpc_text(rpc, "index_name")) == 0) {
            pli_json_begin_object(writer, "result");
            pli_json_exact(writer, "index_price", market.underlyings[u].price.price_e8, 8);
            pli_json_exact(writer, "estimated_delivery_price", market.underlyings[u].price.price_e8,
                           8);
            pli_json_end(writer);
            return 0;
        }
    }
    return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such index", "index_name");
}

// --- Instruments -----------------------------------------------------------------------------------------------------

static const char *
kind_of(const plm_instrument *terms) {
    return terms->kind == PLM_KIND_OPTION ? "option"
           : terms->kind == PLM_KIND_SPOT ? "spot"
                                          : "future";
}

static const char *
asset_name(const plm_core *core, uint32_t asset, plm_asset_totals *totals) {
    return plm_core_asset(core, asset, totals) == PLM_OK ? totals->name : "";
}

static bool
is_ended(const plm_core *core, uint32_t index, const plm_instrument *terms) {
    plm_market_totals totals = {.phase = 0};
    return plm_core_instrument(core, index, &totals) != PLM_OK || totals.phase != 1 ||
           (terms->expiry_ns != 0 && terms->expiry_ns <= plm_core_time(core).ns);
}

static void
write_instrument(pli_rpc *rpc, uint32_t index) {
    pli_json_writer *writer = &rpc->server->writer;
    const plm_core *core = rpc->server->core;
    plm_listing listing = plm_core_listing(core);
    const plm_instrument *terms = &listing.instruments[index];
    plm_market_totals totals = {.name = ""};
    plm_asset_totals quote, settlement;
    bool is_option = terms->kind == PLM_KIND_OPTION;
    bool is_inverse = terms->settlement == PLM_SETTLEMENT_INVERSE;
    plm_status status = plm_core_instrument(core, index, &totals);
    (void)status;
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_integer(writer, "instrument_id", index);
    pli_json_text(writer, "kind", kind_of(terms));
    pli_json_text(writer, "base_currency", plm_core_underlying_name(core, terms->underlying_index));
    pli_json_text(writer, "counter_currency", asset_name(core, 0, &quote));
    pli_json_text(writer, "quote_currency", asset_name(core, 0, &quote));
    pli_json_text(writer, "settlement_currency",
                  asset_name(core, terms->settlement_asset_index, &settlement));
    pli_json_text(writer, "settlement_period",
                  terms->kind == PLM_KIND_PERPETUAL ? "perpetual" : "week");
    pli_json_text(writer, "instrument_type", is_inverse ? "reversed" : "linear");
    if (terms->kind == PLM_KIND_PERPETUAL || terms->kind == PLM_KIND_FUTURE) {
        pli_json_text(writer, "future_type", is_inverse ? "reversed" : "linear");
    }
    if (is_option) {
        pli_json_text(writer, "option_type", terms->right == PLM_RIGHT_CALL ? "call" : "put");
        pli_json_exact(writer, "strike", terms->strike_e8, 8);
    }
    pli_json_exact(writer, "tick_size", listing.underlyings[terms->underlying_index].tick_e8, 8);
    pli_json_exact(writer, "min_trade_amount", terms->lot_e8, 8);
    pli_json_exact(writer, "contract_size", is_inverse ? terms->lot_e8 : 100000000, 8);
    pli_json_bool(writer, "is_active", !is_ended(core, index, terms));
    pli_json_integer(writer, "expiration_timestamp",
                     terms->expiry_ns == 0 ? PERPETUAL_END_MS : terms->expiry_ns / 1000000);
    pli_json_integer(writer, "creation_timestamp", 0);
    if (rpc->server->demo != NULL) { // a venue's own matching knows its fees
        pli_json_exact(writer, "taker_commission", 500, 6);
        pli_json_exact(writer, "maker_commission", -100, 6);
    }
    char name[80];
    name_index(core, terms->underlying_index, name, sizeof name);
    pli_json_text(writer, "price_index", name);
    pli_json_end(writer);
}

// Does the parameter allow it? An absent one, "any" and "all" do.
static bool
is_wanted(const pli_rpc *rpc, const char *param, const char *is) {
    const char *wanted = pli_rpc_text(rpc, param);
    return wanted[0] == '\0' || strcmp(wanted, "any") == 0 || strcmp(wanted, "all") == 0 ||
           strcmp(wanted, is) == 0;
}

static bool
is_of_currency(const pli_rpc *rpc, const plm_instrument *terms) {
    plm_asset_totals settlement;
    const plm_core *core = rpc->server->core;
    return is_wanted(rpc, "currency", plm_core_underlying_name(core, terms->underlying_index)) ||
           is_wanted(rpc, "currency", asset_name(core, terms->settlement_asset_index, &settlement));
}

int
pli_rpc_instruments(pli_rpc *rpc) {
    plm_listing listing = plm_core_listing(rpc->server->core);
    bool is_expired = pli_rpc_flag(rpc, "expired");
    pli_json_begin_array(&rpc->server->writer, "result");
    for (uint32_t i = 0; i < listing.instrument_count; i += 1) {
        const plm_instrument *terms = &listing.instruments[i];
        if (is_ended(rpc->server->core, i, terms) == is_expired && is_of_currency(rpc, terms) &&
            is_wanted(rpc, "kind", kind_of(terms))) {
            write_instrument(rpc, i);
        }
    }
    pli_json_end(&rpc->server->writer);
    return 0;
}

int
pli_rpc_one_instrument(pli_rpc *rpc) {
    uint32_t index = pli_rpc_instrument(rpc, "instrument_name");
    if (index == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    pli_json_begin_array(&rpc->server->writer, "result");
    write_instrument(rpc, index);
    pli_json_end(&rpc->server->writer);
    return 0;
}

// --- Prices ----------------------------------------------------------------------------------------------------------

const pli_book *
pli_rpc_book_of(const pli_server *server, uint32_t index) {
    return server->demo != NULL && index < PLI_DEMO_UNDERLYINGS ? &server->demo->books[index]
                                                                : NULL;
}

// Lots as an amount of the underlying.
static void
write_amount(pli_json_writer *writer, const char *key, const plm_instrument *terms, int64_t lots) {
    pli_json_exact(writer, key, (pli_i128)lots * terms->lot_e8, 8);
}

static void
write_best(const pli_rpc *rpc, uint32_t index, const plm_instrument *terms, plm_side side) {
    pli_json_writer *writer = &rpc->server->writer;
    bool is_bid = side == PLM_SIDE_BUY;
    const pli_book *book = pli_rpc_book_of(rpc->server, index);
    pli_book_level level;
    if (book != NULL && pli_book_levels(book, side, &level, 1) == 1) {
        pli_json_exact(writer, is_bid ? "best_bid_price" : "best_ask_price", level.price_e8, 8);
        write_amount(writer, is_bid ? "best_bid_amount" : "best_ask_amount", terms, level.lots);
        return;
    }
    pli_json_null(writer, is_bid ? "best_bid_price" : "best_ask_price");
    pli_json_integer(writer, is_bid ? "best_bid_amount" : "best_ask_amount", 0);
}

// Of one unit; vega for a hundredth of volatility, theta for a day.
static void
write_greeks(const pli_rpc *rpc, uint32_t index) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    plm_market market = plm_core_market(rpc->server->core);
    plm_price_domain domain =
        listing.underlyings[listing.instruments[index].underlying_index].domain;
    plm_option_terms terms;
    plm_option_value value;
    if (pli_option_terms_from_market(&listing, &market, index, &terms, NULL) != PLM_OK ||
        pli_option_value(domain, &terms, &value) != PLM_OK) {
        return;
    }
    pli_json_double(writer, "mark_iv", 100.0 * terms.volatility);
    pli_json_double(writer, "underlying_price", terms.forward);
    pli_json_text(writer, "underlying_index", "index_price");
    pli_json_begin_object(writer, "greeks");
    pli_json_double(writer, "delta", value.delta);
    pli_json_double(writer, "gamma", value.gamma);
    pli_json_double(writer, "vega", value.vega / 100.0);
    pli_json_double(writer, "theta", value.theta / 365.0);
    pli_json_integer(writer, "rho", 0);
    pli_json_end(writer);
}

void
pli_rpc_write_prices(const pli_rpc *rpc, uint32_t index) {
    pli_json_writer *writer = &rpc->server->writer;
    const plm_core *core = rpc->server->core;
    plm_listing listing = plm_core_listing(core);
    plm_market market = plm_core_market(core);
    const plm_instrument *terms = &listing.instruments[index];
    const plm_price_record *price = &market.underlyings[terms->underlying_index].price;
    plm_market_totals totals = {.name = ""};
    plm_status status = plm_core_instrument(core, index, &totals);
    (void)status;
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_integer(writer, "timestamp", market.time.ns / 1000000);
    pli_json_text(writer, "state", is_ended(core, index, terms) ? "closed" : "open");
    pli_json_exact(writer, "index_price", price->price_e8, 8);
    pli_json_exact(writer, "estimated_delivery_price", price->price_e8, 8);
    if (market.marks[index].is_present) {
        pli_json_exact(writer, "mark_price", market.marks[index].mark_e8, 8);
        pli_json_exact(writer, "last_price", market.marks[index].mark_e8, 8);
        pli_json_exact(writer, "settlement_price", market.marks[index].mark_e8, 8);
    }
    write_best(rpc, index, terms, PLM_SIDE_BUY);
    write_best(rpc, index, terms, PLM_SIDE_SELL);
    write_amount(writer, "open_interest", terms, totals.open_interest);
    if (terms->kind == PLM_KIND_OPTION) {
        write_greeks(rpc, index);
    }
}

void
pli_rpc_write_quote(const pli_rpc *rpc, uint32_t index) {
    pli_json_writer *writer = &rpc->server->writer;
    const plm_instrument *terms = &plm_core_listing(rpc->server->core).instruments[index];
    plm_market_totals totals = {.name = ""};
    plm_status status = plm_core_instrument(rpc->server->core, index, &totals);
    (void)status;
    pli_json_text(writer, "instrument_name", totals.name);
    pli_json_integer(writer, "timestamp", plm_core_time(rpc->server->core).ns / 1000000);
    write_best(rpc, index, terms, PLM_SIDE_BUY);
    write_best(rpc, index, terms, PLM_SIDE_SELL);
}

int
pli_rpc_ticker(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    uint32_t index = pli_rpc_instrument(rpc, "instrument_name");
    if (index == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    pli_json_begin_object(writer, "result");
    pli_rpc_write_prices(rpc, index);
    pli_json_end(writer);
    return 0;
}

int
pli_rpc_summaries(pli_rpc *rpc) {
    pli_json_writer *writer = &rpc->server->writer;
    plm_listing listing = plm_core_listing(rpc->server->core);
    bool is_one = pli_rpc_text(rpc, "instrument_name")[0] != '\0';
    uint32_t one = pli_rpc_instrument(rpc, "instrument_name");
    if (is_one && one == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    pli_json_begin_array(writer, "result");
    for (uint32_t i = 0; i < listing.instrument_count; i += 1) {
        const plm_instrument *terms = &listing.instruments[i];
        bool is_here = is_one
                           ? i == one
                           : !is_ended(rpc->server->core, i, terms) && is_of_currency(rpc, terms) &&
                                 is_wanted(rpc, "kind", kind_of(terms));
        if (is_here) {
            pli_json_begin_object(writer, NULL);
            pli_rpc_write_prices(rpc, i);
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    return 0;
}

static void
write_side(const pli_rpc *rpc, uint32_t index, plm_side side, uint32_t depth) {
    static pli_book_level levels[DEPTH_MAX]; // one loop, one request at a time
    pli_json_writer *writer = &rpc->server->writer;
    const pli_book *book = pli_rpc_book_of(rpc->server, index);
    const plm_instrument *terms = &plm_core_listing(rpc->server->core).instruments[index];
    uint32_t count = book == NULL ? 0 : pli_book_levels(book, side, levels, depth);
    pli_json_begin_array(writer, side == PLM_SIDE_BUY ? "bids" : "asks");
    for (uint32_t i = 0; i < count; i += 1) {
        pli_json_begin_array_inline(writer, NULL);
        pli_json_exact(writer, NULL, levels[i].price_e8, 8);
        write_amount(writer, NULL, terms, levels[i].lots);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

int
pli_rpc_order_book(pli_rpc *rpc) {
    uint32_t index = pli_rpc_instrument(rpc, "instrument_name");
    int64_t depth = 20;
    if (index == PLM_NONE) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "there is no such instrument", "instrument_name");
    }
    if (pli_rpc_text(rpc, "depth")[0] != '\0' &&
        (!pli_rpc_decimal(rpc, "depth", 0, &depth) || depth < 1 || depth > 10000)) {
        return pli_rpc_fail(rpc, PLI_RPC_PARAMS, "depth is 1 to 10000", "depth");
    }
    depth = depth > (int64_t)DEPTH_MAX ? (int64_t)DEPTH_MAX : depth;
    pli_json_begin_object(&rpc->server->writer, "result");
    pli_rpc_write_prices(rpc, index);
    pli_json_integer(&rpc->server->writer, "change_id",
                     (int64_t)plm_core_sequence(rpc->server->core));
    write_side(rpc, index, PLM_SIDE_BUY, (uint32_t)depth);
    write_side(rpc, index, PLM_SIDE_SELL, (uint32_t)depth);
    pli_json_end(&rpc->server->writer);
    return 0;
}
