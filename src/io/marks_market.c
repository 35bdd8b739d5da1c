/* marks_market.c: a venue's marks become a market, or renew the marks of one.           SPDX-License-Identifier: Apache-2.0 */
#include "io/marks_market.h"

#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "base/text.h"
#include "io/market_json.h"
#include "io/marks_rows.h"
#include "io/records.h"

#define VOLATILITY_MAX_E8 INT64_C(10000000000) /* 100 = 10,000 % */

/* collector - rows as they come, before the last of each symbol is chosen. */
typedef struct collector {
    pli_records records;
    const pli_marks_source *source;
    pli_mark_row *rows;
    uint32_t count, capacity;
    int64_t time_ns;
} collector;

static plm_status
read_price(const pli_records *records, pli_role role, bool is_positive, int64_t *price,
           plm_fault *fault) {
    const pli_record_number number = {.scale = 8,
                                      .rounding = PLI_DECIMAL_HALF_EVEN,
                                      .low = is_positive ? 0 : -PLM_PRICE_E8_MAX,
                                      .high = PLM_PRICE_E8_MAX};
    pli_i128 value = 0;
    if (!pli_record_has(records, role)) {
        *price = 0;
        return PLM_OK;
    }
    plm_status status = pli_record_decimal(records, role, number, &value, fault);
    *price = status == PLM_OK ? (int64_t)value : 0;
    return status;
}

static plm_status
read_name(const collector *from, pli_mark_row *row, bool *is_ignored, plm_fault *fault) {
    const pli_records *records = &from->records;
    pli_record_field field = records->fields[PLI_ROLE_INSTRUMENT];
    const pli_mapping *mapping = from->source->mapping;
    if (mapping->rule_count > 0 &&
        !pli_symbol_match(mapping, field.text, field.size, &row->symbol)) {
        return pli_record_fail(records, PLM_INDEX_UNKNOWN, PLI_ROLE_INSTRUMENT,
                               "a symbol that a rule of the mapping matches", fault);
    }
    *is_ignored = row->symbol.rule != NULL && row->symbol.rule->kind == PLI_SYMBOL_IGNORE;
    if (*is_ignored) {
        return PLM_OK;
    }
    if (!pli_name_is_valid(field.text, field.size)) {
        return pli_record_fail(records, PLM_VALUE_INVALID, PLI_ROLE_INSTRUMENT,
                               "1 to 31 printable characters without space, quote, comma, "
                               "backslash",
                               fault);
    }
    memcpy(row->name, field.text, field.size);
    return PLM_OK;
}

static plm_status
read_row(collector *from, pli_mark_row *row, bool *is_ignored, plm_fault *fault) {
    const pli_records *records = &from->records;
    *row = (pli_mark_row){.line = records->line};
    plm_status status = read_name(from, row, is_ignored, fault);
    if (status != PLM_OK || *is_ignored) {
        return status;
    }
    if (!pli_record_has(records, PLI_ROLE_MARK)) {
        return pli_record_fail(records, PLM_VALUE_INVALID, PLI_ROLE_MARK, "a price", fault);
    }
    const pli_record_number volatility = {
        .scale = 8, .rounding = PLI_DECIMAL_HALF_EVEN, .high = VOLATILITY_MAX_E8};
    struct {
        pli_role role;
        int64_t *price;
    } const prices[] = {{PLI_ROLE_MARK, &row->mark_e8},
                        {PLI_ROLE_INDEX, &row->index_e8},
                        {PLI_ROLE_BID, &row->bid_e8},
                        {PLI_ROLE_ASK, &row->ask_e8},
                        {PLI_ROLE_FORWARD, &row->forward_e8}};
    for (size_t i = 0; i < sizeof prices / sizeof prices[0] && status == PLM_OK; i += 1) {
        status = read_price(records, prices[i].role, false, prices[i].price, fault);
    }
    pli_i128 value = 0;
    if (status == PLM_OK && pli_record_has(records, PLI_ROLE_MARK_IV)) {
        status = pli_record_decimal(records, PLI_ROLE_MARK_IV, volatility, &value, fault);
        row->volatility_e8 = (int64_t)value;
    }
    if (status == PLM_OK && row->bid_e8 > row->ask_e8 && row->ask_e8 != 0) {
        status =
            pli_record_fail(records, PLM_QUOTE_CROSSED, PLI_ROLE_BID, "not above the ask", fault);
    }
    int64_t time_ns = 0;
    if (status == PLM_OK && pli_record_has(records, PLI_ROLE_TIME)) {
        status = pli_record_time(records, PLI_ROLE_TIME, &time_ns, fault);
    }
    from->time_ns = time_ns > from->time_ns ? time_ns : from->time_ns;
    return status;
}

static plm_status
keep_row(collector *from, const pli_mark_row *row, plm_fault *fault) {
    if (from->count == from->capacity) {
        uint32_t capacity = from->capacity == 0 ? 1024 : from->capacity * 2;
        pli_mark_row *rows =
            capacity > UINT32_C(1) << 24 ? NULL : realloc(from->rows, capacity * sizeof *rows);
        if (rows == NULL) {
            return pli_fault_set(fault, PLM_MEMORY, from->source->path, ": no memory for its rows",
                                 NULL);
        }
        from->rows = rows;
        from->capacity = capacity;
    }
    from->rows[from->count] = *row;
    from->count += 1;
    return PLM_OK;
}

static bool
comes_before(const void *context, uint32_t left, uint32_t right) {
    const pli_mark_row *rows = context;
    int order = strcmp(rows[left].name, rows[right].name);
    return order != 0 ? order < 0 : left < right;
}

// Sorted by name; of equal names the last row stays.
static plm_status
choose_last(const collector *from, pli_marks *marks, plm_fault *fault) {
    uint32_t *order = malloc((from->count + 1u) * sizeof *order);
    pli_mark_row *rows = malloc((from->count + 1u) * sizeof *rows);
    if (order == NULL || rows == NULL) {
        free(order);
        free(rows);
        return pli_fault_set(fault, PLM_MEMORY, from->source->path, ": no memory for its rows",
                             NULL);
    }
    for (uint32_t i = 0; i < from->count; i += 1) {
        order[i] = i;
    }
    pli_sort_u32_by(order, from->count, comes_before, from->rows);
    uint32_t count = 0;
    for (uint32_t i = 0; i < from->count; i += 1) {
        bool is_last = i + 1 == from->count ||
                       strcmp(from->rows[order[i]].name, from->rows[order[i + 1]].name) != 0;
        rows[count] = from->rows[order[i]];
        count += is_last;
    }
    free(order);
    *marks = (pli_marks){.count = count, .rows = rows, .time_ns = from->time_ns};
    return PLM_OK;
}

static plm_status
collect(const pli_marks_source *source, pli_marks *marks, pli_bad_rows *bad, uint64_t *count,
        plm_fault *fault) {
    collector from = {.source = source};
    plm_status status = pli_records_open(source->path, source->mapping, PLI_FEED_MARKS,
                                         source->is_growing, &from.records, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_fault why = {.status = PLM_OK};
    pli_record_result result = PLI_RECORD_ROW;
    while (status == PLM_OK && (result = pli_records_next(&from.records, &why)) != PLI_RECORD_END) {
        pli_mark_row row;
        bool is_ignored = false;
        if (result == PLI_RECORD_FAILED) {
            status = pli_fault_set(fault, why.status, why.text, NULL, NULL);
            break;
        }
        *count += 1;
        if (result == PLI_RECORD_BAD || read_row(&from, &row, &is_ignored, &why) != PLM_OK) {
            pli_bad_rows_add(bad, &why);
        } else if (!is_ignored) {
            status = keep_row(&from, &row, fault);
        }
    }
    pli_records_close(&from.records);
    if (status == PLM_OK) {
        status = choose_last(&from, marks, fault);
    }
    free(from.rows);
    return status;
}

static void
renew_instrument(const pli_mark_row *row, plm_mark *mark) {
    mark->mark_e8 = row->mark_e8;
    mark->is_present = true;
    if (row->bid_e8 != 0 && row->ask_e8 != 0) {
        mark->half_spread_e8 = pli_quote_half_spread((pli_quote){
            .has_bid = true, .has_ask = true, .bid_e8 = row->bid_e8, .ask_e8 = row->ask_e8});
    }
}

static void
renew_price(int64_t price_e8, int64_t time_ns, plm_underlying_market *market) {
    market->price.price_e8 = price_e8;
    market->price.slow_e8 = price_e8;
    market->price.publish_ns = time_ns;
}

// Rows name instruments or underlyings of a market file; that market is renewed in place.
static void
renew_row(const pli_marks_source *source, const pli_mark_row *row, pli_market_book *book,
          plm_mark *marks, plm_underlying_market *underlyings, pli_bad_rows *bad) {
    const char *ours = pli_mapping_ours(source->mapping, row->name);
    uint32_t instrument = pli_book_instrument_index(book, ours);
    uint32_t underlying = pli_book_underlying_index(book, ours);
    if (instrument != PLM_NONE) {
        renew_instrument(row, &marks[instrument]);
        if (row->index_e8 != 0) {
            renew_price(row->index_e8, book->market.time.ns,
                        &underlyings[book->listing.instruments[instrument].underlying_index]);
        }
    } else if (underlying != PLM_NONE) {
        renew_price(row->mark_e8, book->market.time.ns, &underlyings[underlying]);
    } else {
        plm_fault why;
        (void)pli_fault_at(&why, PLM_INDEX_UNKNOWN, source->path, (uint32_t)row->line, row->name,
                           " is not listed; allowed is an instrument or underlying of the market "
                           "file");
        pli_bad_rows_add(bad, &why);
    }
}

static plm_status
renew_market(const pli_marks_source *source, const pli_marks *from, pli_market_book *made,
             pli_bad_rows *bad, plm_fault *fault) {
    pli_market_book book = {.class_count = 0};
    plm_status status = pli_market_read(source->market_path, &book, fault);
    if (status != PLM_OK) {
        return status;
    }
    const plm_listing *listing = &book.listing;
    plm_mark *marks = pli_pool_take(&book.pool, listing->instrument_count + 1u, sizeof *marks);
    plm_underlying_market *underlyings =
        pli_pool_take(&book.pool, listing->underlying_count + 1u, sizeof *underlyings);
    if (marks == NULL || underlyings == NULL) {
        pli_book_finish(&book);
        return pli_fault_set(fault, PLM_MEMORY, source->path, ": no memory for its marks", NULL);
    }
    memcpy(marks, book.market.marks, listing->instrument_count * sizeof *marks);
    memcpy(underlyings, book.market.underlyings, listing->underlying_count * sizeof *underlyings);
    int64_t latest = source->now_ns != 0 ? source->now_ns : from->time_ns;
    book.market.time.ns = latest != 0 ? latest : book.market.time.ns;
    for (uint32_t i = 0; i < from->count; i += 1) {
        renew_row(source, &from->rows[i], &book, marks, underlyings, bad);
    }
    book.market.marks = marks;
    book.market.underlyings = underlyings;
    status = pli_book_check(&book, source->path, fault);
    if (status != PLM_OK) {
        pli_book_finish(&book);
        return status;
    }
    *made = book;
    return PLM_OK;
}

plm_status
pli_marks_read(const pli_marks_source *source, pli_market_book *book, pli_bad_rows *bad,
               uint64_t *rows, plm_fault *fault) {
    pli_marks marks = {.count = 0};
    if (source->market_path == NULL && source->mapping->valuation == NULL) {
        return pli_fault_set(fault, PLM_KEY_MISSING, source->path,
                             ": nothing says what its symbols are; a market file or the symbols "
                             "of a mapping must",
                             NULL);
    }
    *rows = 0;
    plm_status status = collect(source, &marks, bad, rows, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (source->market_path != NULL) {
        status = renew_market(source, &marks, book, bad, fault);
    } else {
        int64_t time_ns = source->now_ns != 0 ? source->now_ns : marks.time_ns;
        status = pli_marks_listing(source, &marks, time_ns, bad, book, fault);
    }
    free(marks.rows);
    return status;
}
