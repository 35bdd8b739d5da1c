/* marks_listing.c: what is listed, made from a venue's symbols and a mapping's rules.   SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "base/text.h"
#include "io/json.h"
#include "io/json_writer.h"
#include "io/market_json.h"
#include "io/marks_rows.h"
#include "num/decimal.h"

/* priced - one underlying and the best source of its price so far. */
typedef struct priced {
    char name[PLM_NAME_SIZE];
    int64_t price_e8;
    uint32_t rank; /* of the source; lower is better */
} priced;

enum { RANK_INDEX = 1, RANK_INDEX_SYMBOL, RANK_SPOT, RANK_PERPETUAL, RANK_FUTURE, RANK_NONE };

/* maker - the rows that are listed, in two orders, and the underlyings they name. */
typedef struct maker {
    const pli_marks_source *source;
    const pli_mapping *mapping;
    const pli_mark_row *rows;
    uint32_t count;
    uint32_t *listed;    /* by name */
    uint32_t *by_expiry; /* by underlying, expiry, strike, right */
    uint32_t listed_count;
    priced *underlyings; /* by name */
    uint32_t underlying_count;
    int64_t time_ns;
    pli_json_writer out;
} maker;

// Members of a mapping's object, copied as they are.
static void
copy_node(pli_json_writer *out, const char *key, const pli_node *node) {
    switch (node->kind) {
    case PLI_NODE_NULL:
        pli_json_null(out, key);
        break;
    case PLI_NODE_FALSE:
    case PLI_NODE_TRUE:
        pli_json_bool(out, key, node->kind == PLI_NODE_TRUE);
        break;
    case PLI_NODE_NUMBER:
    case PLI_NODE_TEXT:
        pli_json_text(out, key, node->text);
        break;
    case PLI_NODE_ARRAY:
    case PLI_NODE_OBJECT:
        if (node->kind == PLI_NODE_ARRAY) {
            pli_json_begin_array(out, key);
        } else {
            pli_json_begin_object(out, key);
        }
        for (const pli_node *child = node->child; child != NULL; child = child->next) {
            copy_node(out, child->key, child);
        }
        pli_json_end(out);
        break;
    }
}

static void
copy_members(pli_json_writer *out, const pli_node *object) {
    for (const pli_node *child = object->child; child != NULL; child = child->next) {
        copy_node(out, child->key, child);
    }
}

static uint32_t
rank_of(const pli_mark_row *row) {
    switch (row->symbol.rule->kind) {
    case PLI_SYMBOL_INDEX:
        return RANK_INDEX_SYMBOL;
    case PLI_SYMBOL_SPOT:
        return RANK_SPOT;
    case PLI_SYMBOL_PERPETUAL:
        return RANK_PERPETUAL;
    case PLI_SYMBOL_FUTURE:
        return RANK_FUTURE;
    default:
        return RANK_NONE;
    }
}

static priced *
find_underlying(const maker *m, const char *name) {
    for (uint32_t i = 0; i < m->underlying_count; i += 1) {
        if (strcmp(m->underlyings[i].name, name) == 0) {
            return &m->underlyings[i];
        }
    }
    return NULL;
}

static void
price_underlying(maker *m, const pli_mark_row *row) {
    priced *underlying = find_underlying(m, row->symbol.underlying);
    if (underlying == NULL) {
        underlying = &m->underlyings[m->underlying_count];
        m->underlying_count += 1;
        *underlying = (priced){.rank = RANK_NONE};
        memcpy(underlying->name, row->symbol.underlying, sizeof underlying->name);
    }
    uint32_t rank = row->index_e8 != 0 ? RANK_INDEX : rank_of(row);
    if (rank < underlying->rank) {
        underlying->rank = rank;
        underlying->price_e8 = row->index_e8 != 0 ? row->index_e8 : row->mark_e8;
    }
}

static void
refuse_row(const maker *m, const pli_mark_row *row, const char *what, pli_bad_rows *bad) {
    plm_fault why;
    (void)pli_fault_at(&why, PLM_EXPIRED, m->source->path, (uint32_t)row->line, row->name, what);
    pli_bad_rows_add(bad, &why);
}

static bool
is_same_smile(const pli_mark_row *a, const pli_mark_row *b) {
    return a->symbol.expiry_ns == b->symbol.expiry_ns &&
           strcmp(a->symbol.underlying, b->symbol.underlying) == 0;
}

static int
compare_strikes(const char *left, const char *right) {
    pli_i128 a = 0;
    pli_i128 b = 0;
    bool is_known =
        pli_decimal_parse_relaxed(left, strlen(left), 18, PLI_DECIMAL_HALF_EVEN, &a) == PLM_OK &&
        pli_decimal_parse_relaxed(right, strlen(right), 18, PLI_DECIMAL_HALF_EVEN, &b) == PLM_OK;
    return is_known ? (a > b) - (a < b) : strcmp(left, right);
}

static bool
comes_before(const void *context, uint32_t left, uint32_t right) {
    const pli_symbol *a = &((const pli_mark_row *)context + left)->symbol;
    const pli_symbol *b = &((const pli_mark_row *)context + right)->symbol;
    int order = strcmp(a->underlying, b->underlying);
    if (order == 0) {
        order = (a->expiry_ns > b->expiry_ns) - (a->expiry_ns < b->expiry_ns);
    }
    if (order == 0 && a->strike[0] != '\0' && b->strike[0] != '\0') {
        order = compare_strikes(a->strike, b->strike);
    } else if (order == 0) {
        order = (a->strike[0] != '\0') - (b->strike[0] != '\0');
    }
    return order != 0 ? order < 0 : left < right;
}

static bool
choose_rows(maker *m, pli_bad_rows *bad) {
    m->listed = malloc((m->count + 1u) * sizeof *m->listed);
    m->by_expiry = malloc((m->count + 1u) * sizeof *m->by_expiry);
    m->underlyings = malloc((m->count + 1u) * sizeof *m->underlyings);
    if (m->listed == NULL || m->by_expiry == NULL || m->underlyings == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->count; i += 1) {
        const pli_mark_row *row = &m->rows[i];
        if (row->symbol.expiry_ns != 0 && row->symbol.expiry_ns <= m->time_ns) {
            refuse_row(m, row, " has expired; allowed is an expiry after the market's time", bad);
            continue;
        }
        price_underlying(m, row);
        if (row->symbol.rule->kind != PLI_SYMBOL_INDEX) {
            m->listed[m->listed_count] = i;
            m->by_expiry[m->listed_count] = i;
            m->listed_count += 1;
        }
    }
    pli_sort_u32_by(m->by_expiry, m->listed_count, comes_before, m->rows);
    return true;
}

static const pli_node *
underlying_node(const maker *m, const char *name) {
    const pli_node *node = pli_node_find(m->mapping->underlyings, name);
    return node != NULL ? node : pli_node_find(m->mapping->underlyings, "*");
}

static plm_status
write_underlyings(maker *m, plm_fault *fault) {
    pli_json_begin_array(&m->out, "underlyings");
    for (uint32_t i = 0; i < m->underlying_count; i += 1) {
        const priced *underlying = &m->underlyings[i];
        const pli_node *node = underlying_node(m, underlying->name);
        if (node == NULL) {
            return pli_fault_set(fault, PLM_KEY_MISSING, m->mapping->name,
                                 ": no underlyings entry, and no \"*\", for ", underlying->name);
        }
        if (underlying->rank == RANK_NONE) {
            return pli_fault_set(fault, PLM_PRICE_MISSING, m->source->path,
                                 ": only options, and no index, of underlying ", underlying->name);
        }
        pli_json_begin_object(&m->out, NULL);
        pli_json_text(&m->out, "id", underlying->name);
        pli_json_decimal(&m->out, "price", underlying->price_e8, 8);
        copy_members(&m->out, node);
        pli_json_end(&m->out);
    }
    pli_json_end(&m->out);
    return PLM_OK;
}

// Assets that nothing prices are left out: a balance in one is a bad row.
static void
write_assets(maker *m) {
    pli_json_begin_array(&m->out, "assets");
    for (const pli_node *asset = m->mapping->assets->child; asset != NULL; asset = asset->next) {
        const pli_node *of = pli_node_find(asset, "underlying");
        bool is_valuation = strcmp(asset->key, m->mapping->valuation) == 0;
        bool is_named = of != NULL && of->kind == PLI_NODE_TEXT;
        const char *name = is_named ? of->text : asset->key;
        if (!is_valuation && find_underlying(m, name) == NULL) {
            continue;
        }
        pli_json_begin_object(&m->out, NULL);
        pli_json_text(&m->out, "id", asset->key);
        if (of == NULL && is_valuation) {
            pli_json_null(&m->out, "underlying");
        } else if (of == NULL) {
            pli_json_text(&m->out, "underlying", name);
        }
        copy_members(&m->out, asset);
        pli_json_end(&m->out);
    }
    pli_json_end(&m->out);
}

// Out of the money is where options are traded: calls above the forward, puts below.
static bool
is_better(const pli_mark_row *row, const pli_mark_row *than, int64_t forward_e8) {
    pli_i128 strike = 0;
    if (pli_decimal_parse_relaxed(row->symbol.strike, strlen(row->symbol.strike), 8,
                                  PLI_DECIMAL_HALF_EVEN, &strike) != PLM_OK) {
        return false;
    }
    return than == NULL ||
           row->symbol.right == (strike >= forward_e8 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT);
}

static int64_t
forward_of(const maker *m, uint32_t begin, uint32_t end) {
    int64_t of_future = 0;
    for (uint32_t i = begin; i < end; i += 1) {
        const pli_mark_row *row = &m->rows[m->by_expiry[i]];
        if (row->forward_e8 != 0) {
            return row->forward_e8;
        }
        of_future = row->symbol.rule->kind == PLI_SYMBOL_FUTURE ? row->mark_e8 : of_future;
    }
    const priced *underlying = find_underlying(m, m->rows[m->by_expiry[begin]].symbol.underlying);
    return of_future != 0 ? of_future : underlying->price_e8;
}

static void
write_node(maker *m, const pli_mark_row *row) {
    pli_json_begin_array_inline(&m->out, NULL);
    pli_json_text(&m->out, NULL, row->symbol.strike);
    pli_json_decimal(&m->out, NULL, row->volatility_e8, 8);
    pli_json_end(&m->out);
}

static void
write_grid(maker *m, uint32_t begin, uint32_t end, int64_t forward_e8) {
    const pli_mark_row *best = NULL;
    bool is_begun = false;
    for (uint32_t i = begin; i < end; i += 1) {
        const pli_mark_row *row = &m->rows[m->by_expiry[i]];
        if (row->symbol.rule->kind != PLI_SYMBOL_OPTION || row->volatility_e8 == 0) {
            continue;
        }
        if (best != NULL && compare_strikes(best->symbol.strike, row->symbol.strike) != 0) {
            write_node(m, best);
            best = NULL;
        }
        if (!is_begun) {
            pli_json_begin_array(&m->out, "grid");
            is_begun = true;
        }
        best = is_better(row, best, forward_e8) ? row : best;
    }
    if (best != NULL) {
        write_node(m, best);
    }
    if (is_begun) {
        pli_json_end(&m->out);
    }
}

static void
write_expiries(maker *m) {
    pli_json_begin_array(&m->out, "expiries");
    for (uint32_t begin = 0; begin < m->listed_count;) {
        const pli_mark_row *first = &m->rows[m->by_expiry[begin]];
        uint32_t end = begin + 1;
        while (end < m->listed_count && is_same_smile(first, &m->rows[m->by_expiry[end]])) {
            end += 1;
        }
        if (first->symbol.expiry_ns != 0) {
            int64_t forward_e8 = forward_of(m, begin, end);
            pli_json_begin_object(&m->out, NULL);
            pli_json_text(&m->out, "underlying", first->symbol.underlying);
            pli_json_time(&m->out, "expiry", first->symbol.expiry_ns);
            pli_json_decimal(&m->out, "forward", forward_e8, 8);
            write_grid(m, begin, end, forward_e8);
            pli_json_end(&m->out);
        }
        begin = end;
    }
    pli_json_end(&m->out);
}

static void
write_instrument(pli_json_writer *out, const pli_mark_row *row) {
    static const char *const kinds[] = {"", "spot", "perpetual", "future", "option"};
    const pli_symbol *symbol = &row->symbol;
    const pli_symbol_rule *rule = symbol->rule;
    bool is_option = rule->kind == PLI_SYMBOL_OPTION;
    pli_json_begin_object(out, NULL);
    pli_json_text(out, "id", row->name);
    pli_json_text(out, "kind", kinds[rule->kind]);
    pli_json_text(out, "underlying", symbol->underlying);
    pli_json_text(out, "lot", rule->lot);
    pli_json_decimal(out, "mark", row->mark_e8, 8);
    if (rule->is_inverse) {
        pli_json_text(out, "settlement", "inverse");
    }
    if (rule->settlement_asset != NULL) {
        pli_json_text(out, "settlement_asset", rule->settlement_asset);
    }
    if (symbol->expiry_ns != 0) {
        pli_json_time(out, "expiry", symbol->expiry_ns);
    }
    if (is_option) {
        pli_json_text(out, "right", symbol->right == PLM_RIGHT_CALL ? "call" : "put");
        pli_json_text(out, "strike", symbol->strike);
        pli_json_text(out, "premium", rule->is_futures_style ? "futures_style" : "paid");
    }
    if (row->bid_e8 != 0 && row->ask_e8 != 0) {
        pli_json_decimal(out, "bid", row->bid_e8, 8);
        pli_json_decimal(out, "ask", row->ask_e8, 8);
    }
    pli_json_end(out);
}

static plm_status
write_market(maker *m, plm_fault *fault) {
    pli_json_begin_object(&m->out, NULL);
    pli_json_text(&m->out, "schema", "plimsoll-market/1");
    pli_json_time(&m->out, "time", m->time_ns);
    pli_json_text(&m->out, "valuation", m->mapping->valuation);
    write_assets(m);
    plm_status status = write_underlyings(m, fault);
    if (status != PLM_OK) {
        return status;
    }
    write_expiries(m);
    pli_json_begin_array(&m->out, "instruments");
    for (uint32_t i = 0; i < m->listed_count; i += 1) {
        write_instrument(&m->out, &m->rows[m->listed[i]]);
    }
    pli_json_end(&m->out);
    pli_json_end(&m->out);
    return m->out.status == PLM_OK ? PLM_OK
                                   : pli_fault_set(fault, m->out.status, m->source->path,
                                                   ": no memory for the market", NULL);
}

// The one decoder of markets checks what was made, so that a mapping cannot list what a market file could not.
static plm_status
decode(maker *m, pli_market_book *book, plm_fault *fault) {
    pli_document document = {0};
    pli_bytes bytes = {.data = (uint8_t *)m->out.data, .size = m->out.size};
    plm_status status = pli_json_parse(m->mapping->name, bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_market_decode(&document, book, fault);
        pli_document_finish(&document);
    }
    return status;
}

plm_status
pli_marks_listing(const pli_marks_source *source, const pli_marks *marks, int64_t time_ns,
                  pli_bad_rows *bad, pli_market_book *book, plm_fault *fault) {
    maker m = {.source = source,
               .mapping = source->mapping,
               .rows = marks->rows,
               .count = marks->count,
               .time_ns = time_ns};
    if (time_ns == 0) {
        return pli_fault_set(fault, PLM_KEY_MISSING, source->path,
                             ": no time; a column time of the mapping or --now must tell", NULL);
    }
    plm_status status = PLM_MEMORY;
    if (choose_rows(&m, bad)) {
        status = write_market(&m, fault);
    } else {
        (void)pli_fault_set(fault, PLM_MEMORY, source->path, ": no memory for the market", NULL);
    }
    if (status == PLM_OK) {
        status = decode(&m, book, fault);
    }
    pli_json_writer_finish(&m.out);
    free(m.listed);
    free(m.by_expiry);
    free(m.underlyings);
    return status;
}
