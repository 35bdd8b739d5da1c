/* chain_rows.c: the rows of an option chain, before a market is made of them.         SPDX-License-Identifier: Apache-2.0 */
#include "io/chain_rows.h"

#include <string.h>

#include "base/text.h"
#include "io/csv.h"
#include "io/document.h"
#include "io/time_text.h"

#define SECOND_NS INT64_C(1000000000)
#define VOLATILITY_MAX 1000.0
#define COIN_SIZE_MAX 24 /* leaves room for "-PERP" */

typedef struct chain_columns {
    uint32_t ts, instrument, expiry, strike, right, bid, ask, mark, forward;
    uint32_t mark_volatility, bid_volatility, ask_volatility, index, open_interest;
} chain_columns;

static chain_columns
find_columns(pli_csv *csv) {
    return (chain_columns){.ts = pli_csv_column(csv, "ts", true),
                           .instrument = pli_csv_column(csv, "instrument", true),
                           .expiry = pli_csv_column(csv, "expiry_ts", true),
                           .strike = pli_csv_column(csv, "strike", true),
                           .right = pli_csv_column(csv, "cp", true),
                           .bid = pli_csv_column(csv, "bid", true),
                           .ask = pli_csv_column(csv, "ask", true),
                           .mark = pli_csv_column(csv, "mark", true),
                           .forward = pli_csv_column(csv, "forward", true),
                           .mark_volatility = pli_csv_column(csv, "mark_iv", false),
                           .bid_volatility = pli_csv_column(csv, "bid_iv", false),
                           .ask_volatility = pli_csv_column(csv, "ask_iv", false),
                           .index = pli_csv_column(csv, "index_price", false),
                           .open_interest = pli_csv_column(csv, "open_interest", false)};
}

static int64_t
read_seconds(pli_csv *csv, uint32_t column) {
    return SECOND_NS *
           pli_csv_integer(csv, column, PLI_TIME_NS_MIN / SECOND_NS, PLI_TIME_NS_MAX / SECOND_NS);
}

// An empty field or a zero is a missing side.
static void
read_side(pli_csv *csv, uint32_t column, bool *has_side, int64_t *price_e8) {
    *has_side = false;
    if (!pli_csv_is_empty(csv, column)) {
        *price_e8 = pli_csv_e8(csv, column, 0, PLM_PRICE_E8_MAX);
        *has_side = *price_e8 > 0;
    }
}

static double
read_optional(pli_csv *csv, uint32_t column, double high, const char *allowed) {
    if (pli_csv_is_empty(csv, column)) {
        return 0;
    }
    double value = pli_csv_double(csv, column);
    if (csv->status == PLM_OK && (value < 0 || value > high)) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, column, allowed);
    }
    return value;
}

static double
read_volatility(pli_csv *csv, uint32_t column) {
    return read_optional(csv, column, VOLATILITY_MAX, "0 to 1000 (0.65 = 65 %)");
}

// The coin is what stands before the first '-', the same in every row.
static void
read_name(pli_csv *csv, uint32_t column, pli_chain_rows *rows, char name[PLM_NAME_SIZE]) {
    pli_csv_field field = csv->fields[column];
    const char *dash = memchr(field.text, '-', field.size);
    size_t coin_size = dash == NULL ? 0 : (size_t)(dash - field.text);
    // Two dashes at least, and no coin USD: then no option has the name of a perpetual or of the valuation currency.
    bool has_second = dash != NULL && memchr(dash + 1, '-', field.size - coin_size - 1) != NULL;
    bool is_usd = coin_size == 3 && memcmp(field.text, "USD", 3) == 0;
    if (!pli_name_is_valid(field.text, field.size) || coin_size == 0 || !has_second || is_usd ||
        coin_size > COIN_SIZE_MAX) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, column, "a name such as BTC-26MAR21-8000-P");
        return;
    }
    if (rows->count == 0) {
        memcpy(rows->coin, field.text, coin_size);
    }
    if (strlen(rows->coin) != coin_size || memcmp(rows->coin, field.text, coin_size) != 0) {
        pli_csv_fail(csv, PLM_VALUE_INVALID, column, "an option of the first row's coin");
        return;
    }
    memcpy(name, field.text, field.size);
}

static plm_right
read_right(pli_csv *csv, uint32_t column) {
    pli_csv_field field = csv->fields[column];
    if (field.size == 1 && (field.text[0] == 'C' || field.text[0] == 'P')) {
        return field.text[0] == 'C' ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    }
    pli_csv_fail(csv, PLM_VALUE_INVALID, column, "C or P");
    return PLM_RIGHT_NONE;
}

static pli_chain_option
read_option(pli_csv *csv, const chain_columns *columns) {
    pli_chain_option o = {.row = {.line = csv->line}};
    o.row.time_ns = read_seconds(csv, columns->ts);
    o.expiry_ns = read_seconds(csv, columns->expiry);
    o.strike_e8 = pli_csv_e8(csv, columns->strike, 1, PLM_PRICE_E8_MAX);
    o.right = read_right(csv, columns->right);
    read_side(csv, columns->bid, &o.quote.has_bid, &o.quote.bid_e8);
    read_side(csv, columns->ask, &o.quote.has_ask, &o.quote.ask_e8);
    o.mark_e8 = pli_csv_e8(csv, columns->mark, 0, PLM_PRICE_E8_MAX);
    o.row.forward_e8 = pli_csv_e8(csv, columns->forward, 1, PLM_PRICE_E8_MAX);
    o.row.mark_volatility = read_volatility(csv, columns->mark_volatility);
    o.row.bid_volatility = read_volatility(csv, columns->bid_volatility);
    o.row.ask_volatility = read_volatility(csv, columns->ask_volatility);
    o.row.open_interest = read_optional(csv, columns->open_interest, 1e15, "0 to 1e15");
    if (!pli_csv_is_empty(csv, columns->index)) {
        o.index_e8 = pli_csv_e8(csv, columns->index, 1, PLM_PRICE_E8_MAX);
    }
    return o;
}

static uint32_t
count_lines(pli_bytes bytes) {
    uint32_t lines = 1;
    for (size_t i = 0; i < bytes.size; i += 1) {
        lines += bytes.data[i] == '\n';
    }
    return lines;
}

// What can only be said once all rows are known: names that stand twice, options that have expired by the latest row.
static plm_status
check_rows(const char *file, pli_pool *pool, pli_chain_rows *rows, plm_fault *fault) {
    uint32_t duplicate;
    if (!pli_names_make(pool, rows->count, rows->names, &rows->index, &duplicate)) {
        if (duplicate == PLM_NONE) {
            return pli_fault_set(fault, PLM_MEMORY, file, ": no memory to decode it", NULL);
        }
        return pli_fault_at(fault, PLM_KEY_DUPLICATE, file, rows->options[duplicate].row.line,
                            rows->names[duplicate],
                            " appears again; allowed is every instrument once");
    }
    for (uint32_t i = 0; i < rows->count; i += 1) {
        if (rows->options[i].expiry_ns <= rows->time_ns) {
            return pli_fault_at(fault, PLM_EXPIRED, file, rows->options[i].row.line, rows->names[i],
                                " has expired; allowed is an expiry after the latest ts");
        }
    }
    return PLM_OK;
}

plm_status
pli_chain_rows_read(pli_named_bytes text, pli_pool *pool, pli_chain_rows *rows, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, text.name, text.bytes, fault);
    chain_columns columns = find_columns(&csv);
    uint32_t capacity = count_lines(text.bytes);
    pli_chain_option *options = pli_pool_take(pool, capacity, sizeof *options);
    char(*names)[PLM_NAME_SIZE] = pli_pool_take(pool, capacity, PLM_NAME_SIZE);
    if (options == NULL || names == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, text.name, ": no memory to decode it", NULL);
    }
    pli_chain_rows result = {.options = options, .names = (const char(*)[PLM_NAME_SIZE])names};
    while (pli_csv_next(&csv)) {
        read_name(&csv, columns.instrument, &result, names[result.count]);
        if (csv.status == PLM_OK) {
            options[result.count] = read_option(&csv, &columns);
        }
        if (csv.status == PLM_OK && options[result.count].row.time_ns > result.time_ns) {
            result.time_ns = options[result.count].row.time_ns;
        }
        result.count += csv.status == PLM_OK;
    }
    if (csv.status != PLM_OK) {
        return csv.status;
    }
    if (result.count == 0) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, text.name,
                             ":1: no options after the header; allowed is at least one", NULL);
    }
    plm_status status = check_rows(text.name, pool, &result, fault);
    if (status == PLM_OK) {
        *rows = result;
    }
    return status;
}

static uint32_t
find_option(pli_csv *csv, uint32_t column, const pli_names *names) {
    pli_csv_field field = csv->fields[column];
    char name[PLM_NAME_SIZE] = "";
    if (field.size < sizeof name) {
        memcpy(name, field.text, field.size);
    }
    uint32_t index = pli_names_find(names, name);
    if (index == PLM_NONE) {
        pli_csv_fail(csv, PLM_INDEX_UNKNOWN, column, "an instrument of the chain");
    }
    return index;
}

static char
read_book_side(pli_csv *csv, uint32_t column) {
    pli_csv_field field = csv->fields[column];
    if (field.size == 1 && (field.text[0] == 'A' || field.text[0] == 'B')) {
        return field.text[0];
    }
    pli_csv_fail(csv, PLM_VALUE_INVALID, column, "B or A");
    return 'B';
}

plm_status
pli_chain_rows_quote(pli_named_bytes books, pli_chain_rows *rows, plm_fault *fault) {
    pli_csv csv;
    pli_csv_init(&csv, books.name, books.bytes, fault);
    uint32_t instrument = pli_csv_column(&csv, "instrument", true);
    uint32_t side = pli_csv_column(&csv, "side", true);
    uint32_t level = pli_csv_column(&csv, "level", true);
    uint32_t price = pli_csv_column(&csv, "price", true);
    for (uint32_t i = 0; i < rows->count && csv.status == PLM_OK; i += 1) {
        rows->options[i].quote = (pli_quote){0};
    }
    while (pli_csv_next(&csv)) {
        uint32_t index = find_option(&csv, instrument, &rows->index);
        char letter = read_book_side(&csv, side);
        int64_t depth = pli_csv_integer(&csv, level, 0, 1000000);
        int64_t price_e8 = pli_csv_e8(&csv, price, 1, PLM_PRICE_E8_MAX);
        if (csv.status != PLM_OK || depth != 0) {
            continue;
        }
        pli_quote *quote = &rows->options[index].quote;
        if (letter == 'B' ? quote->has_bid : quote->has_ask) {
            pli_csv_fail(&csv, PLM_KEY_DUPLICATE, level, "one best level per side");
        } else if (letter == 'B') {
            quote->has_bid = true;
            quote->bid_e8 = price_e8;
        } else {
            quote->has_ask = true;
            quote->ask_e8 = price_e8;
        }
    }
    return csv.status;
}

plm_status
pli_chain_rows_check_quotes(const char *name, bool is_dropped, pli_chain_rows *rows,
                            uint32_t *crossed_count, plm_fault *fault) {
    *crossed_count = 0;
    for (uint32_t i = 0; i < rows->count; i += 1) {
        pli_quote *quote = &rows->options[i].quote;
        if (!quote->has_bid || !quote->has_ask || quote->bid_e8 <= quote->ask_e8) {
            continue;
        }
        if (!is_dropped) {
            return pli_fault_at(fault, PLM_QUOTE_CROSSED, name, rows->options[i].row.line,
                                rows->names[i],
                                " has its bid above its ask; allowed is at most "
                                "the ask");
        }
        *quote = (pli_quote){0};
        *crossed_count += 1;
    }
    return PLM_OK;
}
