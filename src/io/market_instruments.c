/* market_instruments.c: expiries and instruments of a market file.                    SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include "base/text.h"
#include "io/market_decoder.h"
#include "market/slice.h"

#define SPOT_KEYS "id kind settlement underlying settlement_asset lot mark bid ask"
#define FUTURE_KEYS SPOT_KEYS " expiry"
#define OPTION_KEYS FUTURE_KEYS " right premium strike"

// --- Expiries --------------------------------------------------------------------------------------------------------

static void
read_svi(pli_reader *r, const pli_node *node, plm_slice *slice) {
    static const char *const keys[] = {"a", "b", "rho", "m", "sigma"};
    double *const fields[] = {&slice->svi.a, &slice->svi.b, &slice->svi.rho, &slice->svi.m,
                              &slice->svi.sigma};
    if (!pli_read_keys(r, node, "a b rho m sigma")) {
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i += 1) {
        const pli_node *field = pli_read_member(r, node, keys[i], true);
        if (field != NULL) {
            *fields[i] = pli_node_double(r, field, keys[i]);
        }
    }
    slice->kind = PLM_SLICE_SVI;
    if (r->status == PLM_OK && !pli_svi_is_valid(&slice->svi)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, "svi",
                        "b >= 0, |rho| < 1, sigma > 0, a + b sigma sqrt(1 - rho^2) >= 0");
    }
}

static void
read_grid(pli_market_decoder *decoder, const pli_node *list, bool is_positive, plm_slice *slice) {
    pli_reader *r = &decoder->reader;
    if (list->kind != PLI_NODE_ARRAY || list->child_count < 1 ||
        list->child_count > PLI_GRID_NODES_MAX) {
        pli_reader_fail(r, PLM_VALUE_INVALID, list, "grid", "a list of 1 to 512 pairs");
        return;
    }
    plm_slice_node *nodes = pli_pool_take(&decoder->book.pool, list->child_count, sizeof *nodes);
    if (nodes == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t count = 0;
    for (const pli_node *pair = list->child; pair != NULL; pair = pair->next) {
        if (pair->kind != PLI_NODE_ARRAY || pair->child_count != 2) {
            pli_reader_fail(r, PLM_VALUE_INVALID, pair, "grid", "pairs [strike, volatility]");
            return;
        }
        nodes[count].strike = pli_node_double(r, pair->child, "strike");
        nodes[count].volatility = pli_node_double(r, pair->child->next, "volatility");
        count += 1;
    }
    *slice = (plm_slice){.kind = PLM_SLICE_GRID, .node_count = count, .nodes = nodes};
    if (r->status == PLM_OK && !pli_slice_is_valid(slice, is_positive)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, list, "grid",
                        "strikes that rise (above zero unless domain \"any\") with volatilities "
                        "above zero");
    }
}

static plm_expiry_market
read_expiry(pli_market_decoder *decoder, const pli_node *node) {
    pli_reader *r = &decoder->reader;
    plm_expiry_market e = {0};
    if (!pli_read_keys(r, node, "underlying expiry forward svi grid")) {
        return e;
    }
    e.underlying_index = pli_read_index(r, node, "underlying", &decoder->book.underlyings);
    e.expiry_ns = pli_read_time(r, node, "expiry", 0);
    if (r->status != PLM_OK) {
        return e;
    }
    r->subject = decoder->book.underlyings.at[e.underlying_index];
    if (e.expiry_ns <= decoder->book.market.time.ns) {
        pli_reader_fail(r, PLM_EXPIRED, pli_node_find(node, "expiry"), "expiry",
                        "a time after the market's");
    }
    plm_price_domain domain = decoder->book.listing.underlyings[e.underlying_index].domain;
    e.forward_e8 = pli_read_decimal(r, node, "forward", pli_price_number(domain));
    const pli_node *svi = pli_read_member(r, node, "svi", false);
    const pli_node *grid = pli_read_member(r, node, "grid", false);
    if (svi != NULL && grid != NULL) {
        pli_reader_say(r, PLM_VALUE_INVALID, grid, "has both svi and grid; allowed is one of them");
    } else if (svi != NULL) {
        read_svi(r, svi, &e.slice);
    } else if (grid != NULL) {
        read_grid(decoder, grid, domain == PLM_PRICE_DOMAIN_POSITIVE, &e.slice);
    }
    return e;
}

static int
compare_expiries(const plm_expiry_market *left, const plm_expiry_market *right) {
    if (left->underlying_index != right->underlying_index) {
        return left->underlying_index < right->underlying_index ? -1 : 1;
    }
    return (left->expiry_ns > right->expiry_ns) - (left->expiry_ns < right->expiry_ns);
}

static bool
expiry_comes_before(const void *context, uint32_t left, uint32_t right) {
    const plm_expiry_market *expiries = context;
    int order = compare_expiries(&expiries[left], &expiries[right]);
    return order != 0 ? order < 0 : left < right;
}

// The market's table is sorted; the file's need not be.
static void
sort_expiries(pli_market_decoder *decoder, const pli_node *list, const plm_expiry_market *read) {
    pli_reader *r = &decoder->reader;
    pli_market_book *book = &decoder->book;
    uint32_t count = list->child_count;
    uint32_t *order = pli_pool_take(&book->pool, count, sizeof *order);
    plm_expiry_market *sorted = pli_pool_take(&book->pool, count, sizeof *sorted);
    if (order == NULL || sorted == NULL) {
        pli_reader_memory(r);
        return;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        order[i] = i;
    }
    pli_sort_u32_by(order, count, expiry_comes_before, read);
    for (uint32_t i = 0; i < count; i += 1) {
        sorted[i] = read[order[i]];
        if (i > 0 && compare_expiries(&sorted[i - 1], &sorted[i]) == 0) {
            r->subject = book->underlyings.at[sorted[i].underlying_index];
            const pli_node *node = pli_node_find(pli_node_at(list, order[i]), "expiry");
            pli_reader_fail(r, PLM_KEY_DUPLICATE, node, "expiry",
                            "every (underlying, expiry) once");
            return;
        }
    }
    book->market.expiry_count = count;
    book->market.expiries = sorted;
}

void
pli_decode_expiries(pli_market_decoder *decoder, const pli_node *list) {
    pli_reader *r = &decoder->reader;
    plm_expiry_market *read = pli_pool_take(&decoder->book.pool, list->child_count, sizeof *read);
    if (read == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t index = 0;
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        r->kind = "expiry";
        r->subject = NULL;
        read[index] = read_expiry(decoder, node);
        if (r->status != PLM_OK) {
            return;
        }
        index += 1;
    }
    sort_expiries(decoder, list, read);
}

// --- Instruments -----------------------------------------------------------------------------------------------------

static uint32_t
read_settlement_asset(pli_market_decoder *decoder, const pli_node *node,
                      const plm_instrument *instrument) {
    pli_reader *r = &decoder->reader;
    const pli_market_book *book = &decoder->book;
    bool is_inverse = instrument->settlement == PLM_SETTLEMENT_INVERSE;
    const pli_node *named = pli_read_member(r, node, "settlement_asset", false);
    uint32_t index = book->valuation_asset_index;
    if (named != NULL) {
        index = pli_read_index(r, node, "settlement_asset", &book->assets);
    } else if (is_inverse) {
        index = pli_book_coin_index(book, instrument->underlying_index);
    }
    if (r->status != PLM_OK || !is_inverse) {
        return index;
    }
    if (index == PLM_NONE ||
        book->listing.assets[index].underlying_index != instrument->underlying_index) {
        pli_reader_say(r, PLM_VALUE_INVALID, named == NULL ? node : named,
                       "is inverse; it must settle in an asset priced by its own underlying");
    }
    return index;
}

static void
read_option_fields(pli_reader *r, const pli_node *node, plm_price_domain domain,
                   plm_instrument *instrument) {
    instrument->right = (plm_right)pli_read_choice(r, node, "right", "call|put", 0);
    instrument->premium =
        (plm_premium)pli_read_choice(r, node, "premium", "paid|futures_style", PLM_PREMIUM_PAID);
    instrument->strike_e8 = pli_read_decimal(r, node, "strike", pli_price_number(domain));
}

static plm_instrument
read_instrument(pli_market_decoder *decoder, const pli_node *node) {
    pli_reader *r = &decoder->reader;
    const pli_market_book *book = &decoder->book;
    plm_instrument i = {0};
    i.kind = (plm_kind)pli_read_choice(r, node, "kind", "spot|perpetual|future|option", 0);
    bool is_dated = i.kind == PLM_KIND_FUTURE || i.kind == PLM_KIND_OPTION;
    const char *keys = i.kind == PLM_KIND_OPTION ? OPTION_KEYS : is_dated ? FUTURE_KEYS : SPOT_KEYS;
    if (!pli_read_keys(r, node, keys)) {
        return i;
    }
    i.settlement = (plm_settlement)pli_read_choice(r, node, "settlement", "linear|inverse",
                                                   PLM_SETTLEMENT_LINEAR);
    i.underlying_index = pli_read_index(r, node, "underlying", &book->underlyings);
    if (r->status != PLM_OK) {
        return i;
    }
    plm_price_domain domain = book->listing.underlyings[i.underlying_index].domain;
    bool is_inverse = i.settlement == PLM_SETTLEMENT_INVERSE;
    if (is_inverse && (domain != PLM_PRICE_DOMAIN_POSITIVE || i.kind == PLM_KIND_SPOT)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, pli_node_find(node, "settlement"), "settlement",
                        "linear for spot and where the underlying's domain is \"any\"");
    }
    i.settlement_asset_index = read_settlement_asset(decoder, node, &i);
    pli_number lot = {.scale = 8, .low = 1, .high = PLM_LOT_E8_MAX};
    i.lot_e8 = pli_read_decimal(r, node, "lot", lot);
    if (is_dated) {
        i.expiry_ns = pli_read_time(r, node, "expiry", 0);
    }
    if (is_dated && r->status == PLM_OK && i.expiry_ns <= book->market.time.ns) {
        pli_reader_fail(r, PLM_EXPIRED, pli_node_find(node, "expiry"), "expiry",
                        "a time after the market's");
    }
    if (i.kind == PLM_KIND_OPTION) {
        read_option_fields(r, node, domain, &i);
    }
    return i;
}

static void
read_prices(pli_market_decoder *decoder, const pli_node *node, const plm_instrument *instrument,
            plm_mark *mark, pli_quote *quote) {
    pli_reader *r = &decoder->reader;
    bool is_option = instrument->kind == PLM_KIND_OPTION;
    plm_price_domain domain =
        decoder->book.listing.underlyings[instrument->underlying_index].domain;
    pli_number price = pli_price_number(domain);
    price.low = is_option ? 0 : price.low;
    price.is_optional = true;
    price.is_null_absent = true;
    mark->is_present = pli_node_has(node, "mark");
    mark->mark_e8 = pli_read_decimal(r, node, "mark", price);
    quote->has_bid = pli_node_has(node, "bid");
    quote->has_ask = pli_node_has(node, "ask");
    quote->bid_e8 = pli_read_decimal(r, node, "bid", price);
    quote->ask_e8 = pli_read_decimal(r, node, "ask", price);
    if (r->status != PLM_OK) {
        return;
    }
    if (quote->has_bid && quote->has_ask && quote->bid_e8 > quote->ask_e8) {
        pli_reader_fail(r, PLM_QUOTE_CROSSED, pli_node_find(node, "bid"), "bid", "at most the ask");
        return;
    }
    mark->half_spread_e8 = pli_quote_half_spread(*quote);
    if (!mark->is_present && !is_option) {
        pli_reader_say(r, PLM_MARK_MISSING, node,
                       "has no mark; only an option may be marked from its surface");
    }
}

void
pli_decode_instruments(pli_market_decoder *decoder, const pli_node *list) {
    pli_reader *r = &decoder->reader;
    pli_market_book *book = &decoder->book;
    uint32_t count = list->child_count;
    plm_instrument *instruments = pli_pool_take(&book->pool, count, sizeof *instruments);
    plm_mark *marks = pli_pool_take(&book->pool, count, sizeof *marks);
    pli_quote *quotes = pli_pool_take(&book->pool, count, sizeof *quotes);
    if (instruments == NULL || marks == NULL || quotes == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t index = 0;
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        r->kind = "instrument";
        r->subject = book->instruments.at[index];
        instruments[index] = read_instrument(decoder, node);
        if (r->status == PLM_OK) {
            read_prices(decoder, node, &instruments[index], &marks[index], &quotes[index]);
        }
        if (r->status != PLM_OK) {
            return;
        }
        index += 1;
    }
    book->listing.instrument_count = index;
    book->listing.instruments = instruments;
    book->market.marks = marks;
    book->quotes = quotes;
}
