/* csv.c: lines of comma-separated fields, found by the names of their columns.        SPDX-License-Identifier: Apache-2.0 */
#include "io/csv.h"

#include <string.h>

#include "base/text.h"
#include "io/document.h"
#include "io/field.h"
#include "num/decimal.h"
#include "num/double_text.h"
#include "plimsoll/quantity.h"

static bool
fail_line(pli_csv *csv, plm_status status, const char *what) {
    if (csv->status == PLM_OK) {
        csv->status = pli_fault_at(csv->fault, status, csv->name, csv->line, what, NULL);
    }
    return false;
}

void
pli_csv_fail(pli_csv *csv, plm_status status, uint32_t column, const char *allowed) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_node seen = {.kind = PLI_NODE_TEXT,
                     .text = csv->fields[column].text,
                     .text_size = csv->fields[column].size};
    pli_text_append_bytes(&text, csv->columns[column].text,
                          csv->columns[column].size < 60 ? csv->columns[column].size : 60);
    pli_text_append(&text, " is ");
    pli_text_append_seen(&text, &seen);
    pli_text_append(&text, "; allowed is ");
    pli_text_append(&text, allowed);
    fail_line(csv, status, data);
}

// The next line that is not blank, without its end.
static bool
next_line(pli_csv *csv, pli_csv_field *line) {
    while (csv->at < csv->bytes.size) {
        const char *start = (const char *)csv->bytes.data + csv->at;
        size_t rest = csv->bytes.size - csv->at;
        const char *end = memchr(start, '\n', rest);
        size_t size = end == NULL ? rest : (size_t)(end - start);
        csv->at += size + (end != NULL);
        csv->line += 1;
        size -= size > 0 && start[size - 1] == '\r';
        if (size > 0) {
            *line = (pli_csv_field){.text = start, .size = size};
            return true;
        }
    }
    return false;
}

static bool
split(pli_csv *csv, pli_csv_field line, pli_csv_field *fields, uint32_t *count) {
    if (memchr(line.text, '"', line.size) != NULL) {
        return fail_line(csv, PLM_SYNTAX, "a double quote; allowed are plain fields");
    }
    const char *at = line.text;
    size_t rest = line.size;
    for (*count = 0; *count < PLI_CSV_FIELDS_MAX;) {
        const char *comma = rest == 0 ? NULL : memchr(at, ',', rest);
        size_t size = comma == NULL ? rest : (size_t)(comma - at);
        fields[*count] = (pli_csv_field){.text = at, .size = size};
        *count += 1;
        if (comma == NULL) {
            return true;
        }
        at = comma + 1;
        rest -= size + 1;
    }
    return fail_line(csv, PLM_LIMIT, "more than 64 fields; allowed is up to 64");
}

void
pli_csv_init(pli_csv *csv, const char *name, pli_bytes bytes, plm_fault *fault) {
    *csv = (pli_csv){.name = name, .bytes = bytes, .fault = fault};
    csv->status = pli_text_check_utf8(name, 1, bytes.data, bytes.size, fault);
    pli_csv_field header;
    if (csv->status != PLM_OK) {
        return;
    }
    if (!next_line(csv, &header)) {
        csv->line = 1;
        fail_line(csv, PLM_IO_EMPTY, "no header line; the first line names the columns");
        return;
    }
    if (!split(csv, header, csv->columns, &csv->column_count)) {
        return;
    }
    for (uint32_t i = 0; i < csv->column_count; i += 1) {
        for (uint32_t j = 0; j < i; j += 1) {
            if (csv->columns[i].size == csv->columns[j].size &&
                memcmp(csv->columns[i].text, csv->columns[j].text, csv->columns[i].size) == 0) {
                fail_line(csv, PLM_KEY_DUPLICATE, "a column appears twice; allowed is once");
            }
        }
    }
}

uint32_t
pli_csv_column(pli_csv *csv, const char *name, bool is_required) {
    for (uint32_t i = 0; i < csv->column_count; i += 1) {
        if (csv->columns[i].size == strlen(name) &&
            memcmp(csv->columns[i].text, name, csv->columns[i].size) == 0) {
            return i;
        }
    }
    if (is_required) {
        char data[160];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "no column \"");
        pli_text_append(&text, name);
        pli_text_append(&text, "\"; it is required");
        fail_line(csv, PLM_KEY_MISSING, data);
    }
    return PLM_NONE;
}

bool
pli_csv_next(pli_csv *csv) {
    pli_csv_field line;
    uint32_t count;
    if (csv->status != PLM_OK || !next_line(csv, &line) || !split(csv, line, csv->fields, &count)) {
        return false;
    }
    if (count != csv->column_count) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_u64(&text, count);
        pli_text_append(&text, " fields; allowed is as many as columns: ");
        pli_text_append_u64(&text, csv->column_count);
        return fail_line(csv, PLM_SYNTAX, data);
    }
    return true;
}

bool
pli_csv_is_empty(const pli_csv *csv, uint32_t column) {
    return column == PLM_NONE || csv->fields[column].size == 0;
}

static int64_t
parse(pli_csv *csv, uint32_t column, unsigned scale, int64_t low, int64_t high) {
    if (csv->status != PLM_OK) {
        return 0;
    }
    pli_csv_field field = csv->fields[column];
    pli_i128 value = 0;
    plm_status status =
        pli_decimal_parse_relaxed(field.text, field.size, scale,
                                  scale == 0 ? PLI_DECIMAL_EXACT : PLI_DECIMAL_HALF_EVEN, &value);
    if (status == PLM_OK && (value < low || value > high)) {
        status = PLM_VALUE_INVALID;
    }
    if (status != PLM_OK) {
        char data[128];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, scale == 0 ? "an integer from " : "a number from ");
        pli_decimal_format(&text, low, scale, 0);
        pli_text_append(&text, " to ");
        pli_decimal_format(&text, high, scale, 0);
        pli_csv_fail(csv, status, column, data);
        return 0;
    }
    return (int64_t)value;
}

int64_t
pli_csv_integer(pli_csv *csv, uint32_t column, int64_t low, int64_t high) {
    return parse(csv, column, 0, low, high);
}

int64_t
pli_csv_e8(pli_csv *csv, uint32_t column, int64_t low, int64_t high) {
    return parse(csv, column, 8, low, high);
}

double
pli_csv_double(pli_csv *csv, uint32_t column) {
    if (csv->status != PLM_OK) {
        return 0;
    }
    double value = 0;
    plm_status status =
        pli_double_parse(csv->fields[column].text, csv->fields[column].size, &value);
    if (status != PLM_OK) {
        pli_csv_fail(csv, status, column, "a finite number");
    }
    return value;
}
