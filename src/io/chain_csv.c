/* chain_csv.c: an option chain from CSV files to a market.                            SPDX-License-Identifier: Apache-2.0 */
#include "io/chain_csv.h"

#include <string.h>

#include "base/sort.h"
#include "base/text.h"
#include "io/chain_rows.h"
#include "io/compressed.h"
#include "num/rounding.h"

#define PERPETUAL_COUNT 2u
#define OPTION_LOT_E8 INT64_C(10000000)    /* 0.1 coin */
#define LINEAR_LOT_E8 INT64_C(100000)      /* 0.001 coin */
#define INVERSE_LOT_E8 INT64_C(1000000000) /* 10 USD */
#define COIN_TICK_E8 INT64_C(1000000)      /* 0.01 USD */
#define COIN_HAIRCUT_PPM INT64_C(50000)
#define VOLATILITY_TENOR_NS (30 * PLM_DAY_NS)

typedef struct chain_maker {
    pli_chain_rows rows;
    pli_chain_options options;
    pli_pool scratch;
    pli_chain_book chain;
} chain_maker;

void
pli_chain_finish(pli_chain_book *chain) {
    pli_book_finish(&chain->book);
    *chain = (pli_chain_book){0};
}

// By expiry, then by forward: one pass finds groups and medians.
static bool
comes_before(const void *context, uint32_t left, uint32_t right) {
    const pli_chain_option *a = (const pli_chain_option *)context + left;
    const pli_chain_option *b = (const pli_chain_option *)context + right;
    if (a->expiry_ns != b->expiry_ns) {
        return a->expiry_ns < b->expiry_ns;
    }
    return a->row.forward_e8 != b->row.forward_e8 ? a->row.forward_e8 < b->row.forward_e8
                                                  : left < right;
}

static bool
make_expiries(chain_maker *maker) {
    const pli_chain_rows *rows = &maker->rows;
    pli_market_book *book = &maker->chain.book;
    uint32_t *order = pli_pool_take(&maker->scratch, rows->count, sizeof *order);
    plm_expiry_market *expiries = pli_pool_take(&book->pool, rows->count, sizeof *expiries);
    if (order == NULL || expiries == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < rows->count; i += 1) {
        order[i] = i;
    }
    pli_sort_u32_by(order, rows->count, comes_before, rows->options);
    uint32_t count = 0;
    for (uint32_t begin = 0; begin < rows->count;) {
        uint32_t end = begin;
        int64_t expiry_ns = rows->options[order[begin]].expiry_ns;
        while (end < rows->count && rows->options[order[end]].expiry_ns == expiry_ns) {
            end += 1;
        }
        uint32_t middle = begin + (end - begin - 1) / 2;
        expiries[count] = (plm_expiry_market){
            .expiry_ns = expiry_ns, .forward_e8 = rows->options[order[middle]].row.forward_e8};
        count += 1;
        begin = end;
    }
    book->market.expiry_count = count;
    book->market.expiries = expiries;
    return true;
}

// The latest row that knows an index; without any, the latest row's forward of the nearest expiry.
static int64_t
index_price(const chain_maker *maker) {
    const pli_chain_rows *rows = &maker->rows;
    int64_t price_e8 = 0;
    int64_t latest_ns = 0;
    int64_t nearest_ns = maker->chain.book.market.expiries[0].expiry_ns;
    bool has_index = false;
    for (uint32_t i = 0; i < rows->count; i += 1) {
        const pli_chain_option *o = &rows->options[i];
        bool is_better = o->index_e8 > 0 && (!has_index || o->row.time_ns >= latest_ns);
        if (!has_index && o->index_e8 == 0) {
            is_better = o->expiry_ns == nearest_ns && o->row.time_ns >= latest_ns;
        }
        if (is_better) {
            has_index = o->index_e8 > 0;
            price_e8 = has_index ? o->index_e8 : o->row.forward_e8;
            latest_ns = o->row.time_ns;
        }
    }
    return price_e8;
}

static int64_t
distance(int64_t left, int64_t right) {
    return left > right ? left - right : right - left;
}

// Mark volatility of the strike nearest its forward in the expiry nearest 30 days; 0 where no row has one.
static double
at_the_money(const chain_maker *maker) {
    const pli_chain_rows *rows = &maker->rows;
    double volatility = 0;
    int64_t best_tenor = INT64_MAX;
    int64_t best_strike = INT64_MAX;
    for (uint32_t i = 0; i < rows->count; i += 1) {
        const pli_chain_option *o = &rows->options[i];
        int64_t tenor = distance(o->expiry_ns - rows->time_ns, VOLATILITY_TENOR_NS);
        int64_t strike = distance(o->strike_e8, o->row.forward_e8);
        bool is_nearer = tenor < best_tenor || (tenor == best_tenor && strike < best_strike);
        if (o->row.mark_volatility > 0 && is_nearer) {
            volatility = o->row.mark_volatility;
            best_tenor = tenor;
            best_strike = strike;
        }
    }
    return volatility;
}

static plm_status
make_underlying(chain_maker *maker, const char *file, plm_fault *fault) {
    pli_market_book *book = &maker->chain.book;
    plm_underlying *listed = pli_pool_take(&book->pool, 1, sizeof *listed);
    plm_underlying_market *priced = pli_pool_take(&book->pool, 1, sizeof *priced);
    if (listed == NULL || priced == NULL) {
        return PLM_MEMORY;
    }
    int64_t volatility_ppm = maker->options.volatility_ppm;
    if (volatility_ppm == 0) {
        plm_status status =
            pli_i64_from_double_half_even(at_the_money(maker) * 1e6, &volatility_ppm);
        if (status != PLM_OK) {
            return pli_fault_set(fault, status, file, ": a mark_iv is out of range", NULL);
        }
    }
    if (volatility_ppm <= 0) {
        return pli_fault_set(fault, PLM_KEY_MISSING, file,
                             ":1: no mark_iv to take the underlying's volatility from; it must be "
                             "given",
                             NULL);
    }
    int64_t price_e8 = index_price(maker);
    *listed = (plm_underlying){
        .domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = COIN_TICK_E8};
    *priced = (plm_underlying_market){.price = {.price_e8 = price_e8,
                                                .slow_e8 = price_e8,
                                                .publish_ns = maker->rows.time_ns,
                                                .state = PLM_PRICE_STATE_VALID},
                                      .volatility_ppm = volatility_ppm};
    book->listing.underlying_count = 1;
    book->listing.underlyings = listed;
    book->market.underlyings = priced;
    book->class_count = 1;
    return PLM_OK;
}

static bool
make_assets(chain_maker *maker) {
    pli_market_book *book = &maker->chain.book;
    plm_asset *assets = pli_pool_take(&book->pool, 2, sizeof *assets);
    if (assets == NULL) {
        return false;
    }
    assets[0] = (plm_asset){.underlying_index = PLM_NONE,
                            .decimals = 6,
                            .treatment = PLM_TREATMENT_HAIRCUT,
                            .tier_count = 1,
                            .tiers = {{.upto_micros = INT64_MAX}}};
    assets[1] = (plm_asset){.underlying_index = 0,
                            .custody_domain = 1,
                            .decimals = 8,
                            .treatment = PLM_TREATMENT_SCENARIO,
                            .liability_haircut_ppm = COIN_HAIRCUT_PPM,
                            .tier_count = 1,
                            .tiers = {{.upto_micros = INT64_MAX, .haircut_ppm = COIN_HAIRCUT_PPM}}};
    book->valuation_asset_index = 0;
    book->listing.asset_count = 2;
    book->listing.assets = assets;
    return true;
}

static void
make_perpetual(const chain_maker *maker, bool is_inverse, plm_instrument *instrument,
               plm_mark *mark) {
    *instrument =
        (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                         .settlement = is_inverse ? PLM_SETTLEMENT_INVERSE : PLM_SETTLEMENT_LINEAR,
                         .settlement_asset_index = is_inverse ? 1 : 0,
                         .lot_e8 = is_inverse ? INVERSE_LOT_E8 : LINEAR_LOT_E8};
    *mark = (plm_mark){.mark_e8 = maker->chain.book.market.underlyings[0].price.price_e8,
                       .is_present = true};
}

static bool
make_instruments(chain_maker *maker) {
    const pli_chain_rows *rows = &maker->rows;
    pli_market_book *book = &maker->chain.book;
    uint32_t count = rows->count + PERPETUAL_COUNT;
    plm_instrument *instruments = pli_pool_take(&book->pool, count, sizeof *instruments);
    plm_mark *marks = pli_pool_take(&book->pool, count, sizeof *marks);
    pli_quote *quotes = pli_pool_take(&book->pool, count, sizeof *quotes);
    pli_chain_row *kept = pli_pool_take(&book->pool, rows->count, sizeof *kept);
    if (instruments == NULL || marks == NULL || quotes == NULL || kept == NULL) {
        return false;
    }
    make_perpetual(maker, false, &instruments[0], &marks[0]);
    make_perpetual(maker, true, &instruments[1], &marks[1]);
    for (uint32_t i = 0; i < rows->count; i += 1) {
        const pli_chain_option *o = &rows->options[i];
        uint32_t at = i + PERPETUAL_COUNT;
        instruments[at] = (plm_instrument){.kind = PLM_KIND_OPTION,
                                           .settlement = PLM_SETTLEMENT_INVERSE,
                                           .right = o->right,
                                           .premium = PLM_PREMIUM_PAID,
                                           .settlement_asset_index = 1,
                                           .lot_e8 = maker->options.lot_e8,
                                           .strike_e8 = o->strike_e8,
                                           .expiry_ns = o->expiry_ns};
        marks[at] = (plm_mark){.mark_e8 = o->mark_e8,
                               .half_spread_e8 = pli_quote_half_spread(o->quote),
                               .is_present = true};
        quotes[at] = o->quote;
        kept[i] = o->row;
        kept[i].instrument_index = at;
    }
    book->listing.instrument_count = count;
    book->listing.instruments = instruments;
    book->market.marks = marks;
    book->quotes = quotes;
    maker->chain.row_count = rows->count;
    maker->chain.rows = kept;
    return true;
}

static bool
add_names(pli_pool *pool, const char (*at)[PLM_NAME_SIZE], uint32_t count, pli_names *names) {
    uint32_t duplicate;
    return at != NULL && pli_names_make(pool, count, at, names, &duplicate);
}

// Options have two dashes in their names and perpetuals one, so that only memory can be short here.
static bool
make_names(chain_maker *maker) {
    const pli_chain_rows *rows = &maker->rows;
    pli_market_book *book = &maker->chain.book;
    pli_pool *pool = &book->pool;
    char(*assets)[PLM_NAME_SIZE] = pli_pool_take(pool, 2, PLM_NAME_SIZE);
    char(*instruments)[PLM_NAME_SIZE] =
        pli_pool_take(pool, rows->count + PERPETUAL_COUNT, PLM_NAME_SIZE);
    if (assets == NULL || instruments == NULL) {
        return false;
    }
    size_t size = strlen(rows->coin);
    memcpy(assets[0], "USD", 4);
    memcpy(assets[1], rows->coin, size);
    memcpy(instruments[0], rows->coin, size);
    memcpy(instruments[0] + size, "-PERP", 6);
    memcpy(instruments[1], rows->coin, size);
    memcpy(instruments[1] + size, "-USD", 5);
    memcpy(instruments[PERPETUAL_COUNT], rows->names, (size_t)rows->count * PLM_NAME_SIZE);
    const char(*fixed)[PLM_NAME_SIZE] = (const char(*)[PLM_NAME_SIZE])assets;
    return add_names(pool, fixed, 2, &book->assets) &&
           add_names(pool, fixed + 1, 1, &book->underlyings) &&
           add_names(pool, (const char(*)[PLM_NAME_SIZE])instruments, rows->count + PERPETUAL_COUNT,
                     &book->instruments);
}

static plm_status
make_book(chain_maker *maker, const char *file, plm_fault *fault) {
    pli_market_book *book = &maker->chain.book;
    book->market.time.ns = maker->rows.time_ns;
    plm_status status = PLM_MEMORY;
    if (make_expiries(maker) && make_names(maker) && make_assets(maker)) {
        status = make_underlying(maker, file, fault);
    }
    if (status == PLM_OK && !make_instruments(maker)) {
        status = PLM_MEMORY;
    }
    if (status == PLM_MEMORY) {
        return pli_fault_set(fault, PLM_MEMORY, file, ": no memory to decode it", NULL);
    }
    return status == PLM_OK ? pli_book_check(book, file, fault) : status;
}

plm_status
pli_chain_decode(pli_named_bytes text, const pli_named_bytes *books,
                 const pli_chain_options *options, pli_chain_book *chain, plm_fault *fault) {
    chain_maker maker = {.options = *options};
    if (maker.options.lot_e8 == 0) {
        maker.options.lot_e8 = OPTION_LOT_E8;
    }
    plm_status status = pli_chain_rows_read(text, &maker.scratch, &maker.rows, fault);
    if (status == PLM_OK && books != NULL) {
        status = pli_chain_rows_quote(*books, &maker.rows, fault);
    }
    if (status == PLM_OK) {
        status = pli_chain_rows_check_quotes(text.name, maker.options.is_crossed_dropped,
                                             &maker.rows, &maker.chain.crossed_count, fault);
    }
    if (status == PLM_OK) {
        status = make_book(&maker, text.name, fault);
    }
    pli_pool_finish(&maker.scratch);
    if (status != PLM_OK) {
        pli_chain_finish(&maker.chain);
        return status;
    }
    *chain = maker.chain;
    return PLM_OK;
}

plm_status
pli_chain_read(const char *path, const char *books_path, const pli_chain_options *options,
               pli_chain_book *chain, plm_fault *fault) {
    pli_named_bytes text = {.name = path};
    pli_named_bytes books = {.name = books_path};
    plm_status status = pli_input_read(path, PLI_FILE_SIZE_MAX, &text.bytes, fault);
    if (status == PLM_OK && books_path != NULL) {
        status = pli_input_read(books_path, PLI_FILE_SIZE_MAX, &books.bytes, fault);
    }
    if (status == PLM_OK) {
        status = pli_chain_decode(text, books_path == NULL ? NULL : &books, options, chain, fault);
    }
    pli_bytes_finish(&text.bytes);
    pli_bytes_finish(&books.bytes);
    return status;
}
