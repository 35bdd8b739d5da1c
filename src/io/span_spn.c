/* span_spn.c: the XML form of SPAN risk parameter files (fileFormat 4.00).            SPDX-License-Identifier: Apache-2.0 */
#include "io/span_spn.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "io/document.h"
#include "num/decimal.h"
#include "venue/span_pa2_rows.h"

void
pli_spn_fail(pli_spn *run, plm_status status, const char *what, const char *detail) {
    if (run->status != PLM_OK) {
        return;
    }
    uint32_t line = (uint32_t)XML_GetCurrentLineNumber(run->parser);
    run->status = pli_fault_at(run->fault, status, run->name, line, what, detail);
    XML_StopParser(run->parser, XML_FALSE);
}

bool
pli_spn_is_inside(const pli_spn *run, const char *name) {
    for (uint32_t i = 0; i < run->depth; i += 1) {
        if (strcmp(run->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *
pli_spn_parent(const pli_spn *run) {
    return run->depth >= 2 ? run->names[run->depth - 2] : "";
}

void
pli_spn_code(pli_spn *run, char out[PLI_SPAN_CODE_SIZE]) {
    memset(out, 0, PLI_SPAN_CODE_SIZE);
    if (run->text_size >= PLI_SPAN_CODE_SIZE) {
        pli_spn_fail(run, PLM_VALUE_INVALID, "a code is longer than 15 characters: ", run->text);
        return;
    }
    memcpy(out, run->text, run->text_size);
}

static pli_i128
scaled(pli_spn *run, uint32_t scale) {
    pli_i128 value = 0;
    plm_status status = run->text_size > PLI_SPN_TEXT_MAX
                            ? PLM_TEXT_MALFORMED
                            : pli_decimal_parse_relaxed(run->text, run->text_size, scale,
                                                        PLI_DECIMAL_EXACT, &value);
    if (status != PLM_OK) {
        pli_spn_fail(run, status, "no number, or one with too many decimals: ", run->text);
    }
    return value;
}

uint32_t
pli_spn_integer(pli_spn *run) {
    pli_i128 value = scaled(run, 0);
    if (value < 0 || value > INT32_MAX) {
        pli_spn_fail(run, PLM_VALUE_INVALID, "no number from 0 to 2147483647: ", run->text);
        return 0;
    }
    return (uint32_t)value;
}

int64_t
pli_spn_decimal(pli_spn *run, uint32_t scale) {
    pli_i128 value = scaled(run, scale);
    if (value > INT64_MAX || value < INT64_MIN) {
        pli_spn_fail(run, PLM_OVERFLOW, "a number is too large: ", run->text);
        return 0;
    }
    return (int64_t)value;
}

pli_span_number
pli_spn_number(pli_spn *run) {
    pli_span_number number = {.mantissa = pli_spn_decimal(run, 8), .decimals = 8};
    pli_span_trim(&number);
    return number;
}

pli_span_period
pli_spn_period(pli_spn *run) {
    pli_span_period period = {0};
    bool is_month = run->text_size == 6;
    if (!is_month && run->text_size != 8) {
        pli_spn_fail(run, PLM_VALUE_INVALID, "a period is CCYYMM or CCYYMMDD: ", run->text);
        return period;
    }
    for (uint32_t i = 0; i < 6; i += 1) {
        if (run->text[i] < '0' || run->text[i] > '9') {
            pli_spn_fail(run, PLM_VALUE_INVALID, "a period is CCYYMM or CCYYMMDD: ", run->text);
            return period;
        }
        period.month = period.month * 10 + (uint32_t)(run->text[i] - '0');
    }
    period.day = is_month ? 0 : pli_span_day(run->text + 6, 2);
    return period;
}

// What begins with '<' and one of the names: with comments counted too that is never fewer than the elements, because no
// entity can make one. Those encodings in which it could hide all hold NUL bytes, which are refused before.
static void
count(pli_spn *run, pli_bytes bytes) {
    static const char ends[] = {'>', ' ', '/', '\t', '\r', '\n'}; // of a name
    const struct {
        const char *name;
        uint32_t *count;
    } kinds[] = {
        {"fut", &run->counts.contracts},   {"opt", &run->counts.contracts},
        {"phy", &run->counts.contracts},   {"ccDef", &run->counts.commodities},
        {"futPf", &run->counts.products},  {"oopPf", &run->counts.products},
        {"phyPf", &run->counts.products},  {"oofPf", &run->counts.products},
        {"tier", &run->counts.tiers},      {"dSpread", &run->counts.spreads},
        {"sSpread", &run->counts.spreads}, {"pLeg", &run->counts.legs},
        {"tLeg", &run->counts.legs},       {"rpLeg", &run->counts.legs},
        {"pfLink", &run->counts.links},
    };
    const uint8_t *end = bytes.data + bytes.size;
    for (const uint8_t *at = bytes.data; at < end; at += 1) {
        at = memchr(at, '<', (size_t)(end - at));
        if (at == NULL) {
            return;
        }
        // Most are ends and the one-letter values of arrays.
        bool is_skipped = end - at < 3 || at[1] == '/' || at[2] == '>';
        for (size_t i = 0; !is_skipped && i < sizeof kinds / sizeof kinds[0]; i += 1) {
            size_t length = strlen(kinds[i].name);
            bool is_kind = (size_t)(end - at) > length + 1 &&
                           memcmp(at + 1, kinds[i].name, length) == 0 &&
                           memchr(ends, at[length + 1], sizeof ends) != NULL;
            *kinds[i].count += is_kind ? 1u : 0u;
        }
    }
}

static void XMLCALL
begin(void *context, const XML_Char *name, const XML_Char **attributes) {
    pli_spn *run = context;
    (void)attributes;
    if (run->status != PLM_OK) {
        return;
    }
    if (run->depth == PLI_SPN_DEPTH_MAX) {
        pli_spn_fail(run, PLM_LIMIT, "nested deeper than 32", NULL);
        return;
    }
    char *kept = run->names[run->depth];
    size_t length = strnlen(name, PLI_SPAN_CODE_SIZE - 1); // no name that matters is longer
    memcpy(kept, name, length);
    kept[length] = '\0';
    run->depth += 1;
    if (run->exchange_depth == 0 && strcmp(name, "exchange") == 0) {
        run->exchange_depth = run->depth;
    }
    run->text_size = 0;
    run->text[0] = '\0';
    if (run->exchange_depth > 0) {
        pli_spn_exchange_begin(run, name);
    } else {
        pli_spn_commodity_begin(run, name);
    }
}

static void
end_head(pli_spn *run, const char *name) {
    const char *parent = pli_spn_parent(run);
    if (strcmp(name, "date") == 0 && strcmp(parent, "pointInTime") == 0) {
        run->file.date = pli_spn_integer(run);
    } else if (strcmp(name, "isContractScale") == 0 && strcmp(run->text, "1") != 0) {
        pli_spn_fail(run, PLM_MODEL_UNSUPPORTED, "arrays are not scaled to contracts", NULL);
    } else if (strcmp(name, "oopDeltaMeth") == 0) {
        run->is_period_delta = strcmp(run->text, "PERIOD") == 0;
    }
}

static void XMLCALL
end(void *context, const XML_Char *name) {
    pli_spn *run = context;
    if (run->status != PLM_OK) {
        return;
    }
    while (run->text_size > 0 && run->text_size <= PLI_SPN_TEXT_MAX &&
           strchr(" \t\r\n", run->text[run->text_size - 1]) != NULL) {
        run->text_size -= 1;
        run->text[run->text_size] = '\0';
    }
    if (run->exchange_depth > 0) {
        pli_spn_exchange_end(run, name);
    } else {
        end_head(run, name);
        pli_spn_commodity_end(run, name);
    }
    run->exchange_depth = run->exchange_depth == run->depth ? 0 : run->exchange_depth;
    run->depth -= 1;
    run->text_size = 0;
    run->text[0] = '\0';
}

static void XMLCALL
characters(void *context, const XML_Char *text, int size) {
    pli_spn *run = context;
    size_t rest = (size_t)size;
    while (run->text_size == 0 && rest > 0 && strchr(" \t\r\n", *text) != NULL) {
        text += 1;
        rest -= 1;
    }
    size_t room = run->text_size < PLI_SPN_TEXT_MAX ? PLI_SPN_TEXT_MAX - run->text_size : 0;
    size_t part = rest < room ? rest : room;
    memcpy(run->text + run->text_size, text, part);
    if (part > 0) {
        run->text[run->text_size + part] = '\0';
    }
    run->text_size = rest > room ? PLI_SPN_TEXT_MAX + 1 : run->text_size + part;
}

// Without declarations there are no entities to expand, and nothing outside the file to fetch.
static void XMLCALL
refuse_declaration(void *context, const XML_Char *name, const XML_Char *system,
                   const XML_Char *public, int has_subset) {
    pli_spn *run = context;
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    pli_spn_fail(run, PLM_SYNTAX, "a document type declaration; allowed is none", NULL);
}

static plm_status
parse(pli_spn *run, pli_bytes bytes) {
    XML_Parser parser = XML_ParserCreate(NULL);
    if (parser == NULL) {
        return pli_fault_set(run->fault, PLM_MEMORY, run->name, ": no memory for a parser", NULL);
    }
    run->parser = parser;
    XML_SetUserData(parser, run);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, characters);
    XML_SetStartDoctypeDeclHandler(parser, refuse_declaration);
    size_t at = 0;
    enum XML_Status parsed = XML_STATUS_OK;
    do {
        size_t size = bytes.size - at < (1u << 24) ? bytes.size - at : (1u << 24);
        int is_last = at + size == bytes.size;
        parsed = XML_Parse(parser, (const char *)bytes.data + at, (int)size, is_last);
        at += size;
    } while (parsed == XML_STATUS_OK && at < bytes.size);
    if (parsed != XML_STATUS_OK && run->status == PLM_OK) {
        pli_spn_fail(run, PLM_SYNTAX, XML_ErrorString(XML_GetErrorCode(parser)), NULL);
    }
    XML_ParserFree(parser);
    run->parser = NULL;
    return run->status;
}

static bool
reserve(pli_spn *run, pli_pool *pool) {
    const pli_spn_counts *counts = &run->counts;
    pli_span_file *file = &run->file;
    file->products = pli_pool_take(pool, counts->products, sizeof *file->products);
    file->commodities = pli_pool_take(pool, counts->commodities, sizeof *file->commodities);
    file->tiers = pli_pool_take(pool, counts->tiers, sizeof *file->tiers);
    file->spreads = pli_pool_take(pool, counts->spreads, sizeof *file->spreads);
    file->inters = pli_pool_take(pool, counts->spreads, sizeof *file->inters);
    file->legs = pli_pool_take(pool, counts->legs, sizeof *file->legs);
    file->series = pli_pool_take(pool, counts->contracts, sizeof *file->series);
    file->contracts = pli_pool_take(pool, counts->contracts, sizeof *file->contracts);
    file->series_order = pli_pool_take(pool, counts->contracts, sizeof(uint32_t));
    file->contract_order = pli_pool_take(pool, counts->contracts, sizeof(uint32_t));
    run->links = pli_pool_take(pool, counts->links, sizeof *run->links);
    run->product_ids = pli_pool_take(pool, counts->products, sizeof(uint32_t));
    run->contract_ids = pli_pool_take(pool, counts->contracts, sizeof(uint32_t));
    run->unders = pli_pool_take(pool, counts->contracts, sizeof *run->unders);
    const void *const taken[] = {file->products,       file->commodities, file->tiers,
                                 file->spreads,        file->inters,      file->legs,
                                 file->series,         file->contracts,   file->series_order,
                                 file->contract_order, run->links,        run->product_ids,
                                 run->contract_ids,    run->unders};
    bool is_complete = true;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i += 1) {
        is_complete = is_complete && taken[i] != NULL;
    }
    return is_complete;
}

plm_status
pli_span_spn_parse(const char *name, pli_bytes bytes, pli_span_book *book, plm_fault *fault) {
    if (memchr(bytes.data, '\0', bytes.size) != NULL) {
        return pli_fault_at(fault, PLM_SYNTAX, name, 1, "a NUL byte, as in UTF-16; use UTF-8",
                            NULL);
    }
    pli_spn run = {.name = name, .fault = fault, .is_period_delta = true};
    count(&run, bytes);
    pli_pool pool = {.chunks = NULL};
    if (!reserve(&run, &pool)) {
        pli_pool_finish(&pool);
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory for its tables", NULL);
    }
    plm_status status = parse(&run, bytes);
    if (status == PLM_OK) {
        status = pli_spn_resolve(&run);
    }
    if (status != PLM_OK) {
        pli_pool_finish(&pool);
        return status;
    }
    *book = (pli_span_book){.file = run.file, .pool = pool};
    return PLM_OK;
}
