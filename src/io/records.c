/* records.c: rows of a venue's file, streamed from CSV or walked in JSON, as a mapping names them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/field.h"
#include "io/json.h"
#include "io/records_csv.h"
#include "io/time_text.h"

static const pli_node *
item(const pli_node *list, const char *digits) {
    uint32_t index = 0;
    for (size_t i = 0; i < 8 && digits[i] != '\0'; i += 1) {
        if (digits[i] < '0' || digits[i] > '9') {
            return NULL;
        }
        index = index * 10 + (uint32_t)(digits[i] - '0');
    }
    return pli_node_at(list, index);
}

static const pli_node *
follow(const pli_node *node, const char *path, const char **rest) {
    char key[PLM_NAME_SIZE * 2];
    while (node != NULL && *path != '\0') {
        size_t size = strcspn(path, ".");
        if (size == 1 && path[0] == '*') {
            break;
        }
        if (size >= sizeof key) {
            return NULL;
        }
        memcpy(key, path, size);
        key[size] = '\0';
        node = node->kind == PLI_NODE_ARRAY ? item(node, key) : pli_node_find(node, key);
        path += size + (path[size] == '.');
    }
    *rest = path;
    return node;
}

// Text of a node; a null, an object or a list has none.
static pli_record_field
text_of(const pli_node *node) {
    bool has_text = node != NULL && (node->kind == PLI_NODE_TEXT || node->kind == PLI_NODE_NUMBER);
    if (node != NULL && (node->kind == PLI_NODE_TRUE || node->kind == PLI_NODE_FALSE)) {
        return node->kind == PLI_NODE_TRUE ? (pli_record_field){"true", 4}
                                           : (pli_record_field){"false", 5};
    }
    return has_text ? (pli_record_field){node->text, node->text_size} : (pli_record_field){"", 0};
}

static pli_record_field
member(const pli_records *records, const pli_node *record, const char *path) {
    const char *rest = "";
    if (strcmp(path, "$key") == 0) {
        const char *key = record->key == NULL ? "" : record->key;
        return (pli_record_field){key, strlen(key)};
    }
    if (strcmp(path, "$value") == 0) {
        return text_of(record);
    }
    if (path[0] == '/') {
        return text_of(follow(records->document.root, path + 1, &rest));
    }
    return text_of(follow(record, path, &rest));
}

pli_record_field
pli_record_constant(const pli_mapped *column) {
    return column->constant == NULL
               ? (pli_record_field){"", 0}
               : (pli_record_field){column->constant, strlen(column->constant)};
}

void
pli_record_apply_when(const pli_mapped *column, pli_record_field when, pli_record_field *field) {
    bool is_met =
        column->when_path == NULL || (strlen(column->when_text) == when.size &&
                                      memcmp(column->when_text, when.text, when.size) == 0);
    *field = is_met ? *field : (pli_record_field){"", 0};
}

static pli_record_result
next_node(pli_records *records) {
    const pli_node *record = records->next;
    if (record == NULL) {
        return PLI_RECORD_END;
    }
    records->next = records->outer == NULL ? NULL : record->next;
    records->line = record->line;
    for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
        const pli_mapped *column = &records->mapping->columns[role];
        if (column->path != NULL || column->constant != NULL) {
            pli_record_field when = column->when_path == NULL
                                        ? (pli_record_field){"", 0}
                                        : member(records, record, column->when_path);
            records->fields[role] = column->path != NULL ? member(records, record, column->path)
                                                         : pli_record_constant(column);
            pli_record_apply_when(column, when, &records->fields[role]);
        }
    }
    return PLI_RECORD_ROW;
}

static plm_status
open_json(const char *path, pli_records *records, plm_fault *fault) {
    plm_status status = pli_json_read(path, &records->document, fault);
    if (status != PLM_OK) {
        return status;
    }
    const char *rest = "";
    const char *steps = records->mapping->records;
    const pli_node *node = follow(records->document.root, steps, &rest);
    bool is_list = node != NULL && node->kind == PLI_NODE_ARRAY;
    bool is_any = node != NULL && node->kind == PLI_NODE_OBJECT && strcmp(rest, "*") == 0;
    bool is_one = node != NULL && node->kind == PLI_NODE_OBJECT && rest[0] == '\0';
    if (!is_list && !is_any && !is_one) {
        pli_document_finish(&records->document);
        return pli_fault_at(fault, PLM_KEY_MISSING, path, 1, "no records at the members \"",
                            steps[0] == '\0' ? "\" (the top)" : steps);
    }
    records->outer = is_one ? NULL : node;
    records->next = is_one ? node : node->child;
    return PLM_OK;
}

plm_status
pli_records_open(const char *path, const pli_mapping *mapping, pli_feed feed, bool is_growing,
                 pli_records *records, plm_fault *fault) {
    *records = (pli_records){
        .name = path, .mapping = &mapping->feeds[feed], .feed = feed, .is_growing = is_growing};
    for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
        records->fields[role] = pli_record_constant(&records->mapping->columns[role]);
    }
    return records->mapping->records != NULL ? open_json(path, records, fault)
                                             : pli_records_csv_open(records, fault);
}

void
pli_records_close(pli_records *records) {
    pli_records_csv_close(records);
    pli_document_finish(&records->document);
}

pli_record_result
pli_records_next(pli_records *records, plm_fault *fault) {
    return records->mapping->records != NULL ? next_node(records)
                                             : pli_records_csv_next(records, fault);
}

plm_status
pli_records_count(const char *path, const pli_mapping *mapping, pli_feed feed, uint64_t *rows,
                  uint64_t *bytes, plm_fault *fault) {
    if (mapping->feeds[feed].records == NULL) {
        return pli_records_csv_count(path, rows, bytes, fault);
    }
    pli_records records;
    plm_status status = pli_records_open(path, mapping, feed, false, &records, fault);
    if (status != PLM_OK) {
        return status;
    }
    *rows = 0;
    *bytes = 0;
    while (pli_records_next(&records, fault) == PLI_RECORD_ROW) {
        *rows += 1;
        *bytes += records.fields[PLI_ROLE_ACCOUNT].size + records.fields[PLI_ROLE_GROUP].size + 2;
    }
    pli_records_close(&records);
    return PLM_OK;
}

bool
pli_record_has(const pli_records *records, pli_role role) {
    return records->fields[role].size > 0;
}

plm_status
pli_record_fail(const pli_records *records, plm_status status, pli_role role, const char *allowed,
                plm_fault *fault) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    const char *path = records->mapping->columns[role].path;
    pli_node seen = {.kind = PLI_NODE_TEXT,
                     .text = records->fields[role].text,
                     .text_size = records->fields[role].size};
    pli_text_append(&text, path == NULL ? pli_role_name(role) : path);
    pli_text_append(&text, " is ");
    pli_text_append_seen(&text, &seen);
    pli_text_append(&text, "; allowed is ");
    pli_text_append(&text, allowed);
    return pli_fault_at(fault, status, records->name, (uint32_t)records->line, data, NULL);
}

static plm_status
fail_number(const pli_records *records, plm_status status, pli_role role,
            const pli_record_number *number, plm_fault *fault) {
    char data[160];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "a number from ");
    pli_decimal_format(&text, number->low, number->scale, 0);
    pli_text_append(&text, " to ");
    pli_decimal_format(&text, number->high, number->scale, 0);
    if (number->rounding == PLI_DECIMAL_EXACT) {
        pli_text_append(&text, " with up to ");
        pli_text_append_u64(&text, number->scale);
        pli_text_append(&text, " decimals");
    }
    if (records->mapping->columns[role].scale != 0) {
        pli_text_append(&text, ", counted in 10^");
        pli_text_append_i64(&text, -records->mapping->columns[role].scale);
    }
    return pli_record_fail(records, status, role, data, fault);
}

static pli_decimal_rounding
mirrored(pli_decimal_rounding rounding) {
    switch (rounding) {
    case PLI_DECIMAL_FLOOR:
        return PLI_DECIMAL_CEIL;
    case PLI_DECIMAL_CEIL:
        return PLI_DECIMAL_FLOOR;
    default:
        return rounding;
    }
}

// The mapping's scale is one more exponent: text * 10^-scale, without a digit lost before the one rounding.
static plm_status
parse_scaled(pli_record_field field, int scale, pli_record_number number, pli_i128 *out) {
    char data[128];
    pli_decimal_parts parts;
    if (field.size > 96 || !pli_decimal_scan(field.text, field.size, true, &parts)) {
        return PLM_TEXT_MALFORMED;
    }
    if (scale == 0) {
        return pli_decimal_parse_relaxed(field.text, field.size, number.scale, number.rounding,
                                         out);
    }
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, parts.is_negative ? "-" : "");
    pli_text_append_bytes(&text, parts.whole, parts.whole_size);
    pli_text_append(&text, ".");
    pli_text_append_bytes(&text, parts.fraction, parts.fraction_size);
    pli_text_append(&text, "e");
    pli_text_append_i64(&text, parts.exponent - scale);
    return pli_decimal_parse_relaxed(data, text.length, number.scale, number.rounding, out);
}

plm_status
pli_record_decimal(const pli_records *records, pli_role role, pli_record_number number,
                   pli_i128 *out, plm_fault *fault) {
    const pli_mapped *column = &records->mapping->columns[role];
    pli_i128 value = 0;
    pli_record_number asked = number;
    asked.rounding = column->is_negated ? mirrored(number.rounding) : number.rounding;
    plm_status status = parse_scaled(records->fields[role], column->scale, asked, &value);
    value = column->is_negated ? -value : value;
    if (status == PLM_OK && (value < number.low || value > number.high)) {
        status = PLM_VALUE_INVALID;
    }
    if (status != PLM_OK) {
        return fail_number(records, status, role, &number, fault);
    }
    *out = value;
    return PLM_OK;
}

plm_status
pli_record_time(const pli_records *records, pli_role role, int64_t *ns, plm_fault *fault) {
    static const unsigned decimals[5] = {0, 9, 6, 3, 0};
    pli_record_field field = records->fields[role];
    pli_time_unit unit = records->mapping->columns[role].time_unit;
    pli_i128 value = 0;
    int64_t instant = 0;
    plm_status status = PLM_OK;
    if (unit == PLI_TIME_UNIT_TEXT) {
        status = pli_time_parse(field.text, field.size, &instant);
    } else {
        status = pli_decimal_parse_relaxed(field.text, field.size, decimals[unit],
                                           PLI_DECIMAL_FLOOR, &value);
        bool is_inside = value >= PLI_TIME_NS_MIN && value <= PLI_TIME_NS_MAX;
        status = status == PLM_OK && !is_inside ? PLM_VALUE_INVALID : status;
        instant = status == PLM_OK ? (int64_t)value : 0;
    }
    if (status != PLM_OK) {
        return pli_record_fail(records, status, role,
                               "a time from 1980 to 2200, in the unit of the mapping", fault);
    }
    *ns = instant;
    return PLM_OK;
}

static bool
is_among(const pli_words *words, pli_record_field field) {
    for (uint32_t i = 0; i < words->count; i += 1) {
        if (strlen(words->at[i]) == field.size &&
            memcmp(words->at[i], field.text, field.size) == 0) {
            return true;
        }
    }
    return false;
}

plm_status
pli_record_signed(const pli_records *records, pli_role role, pli_i128 value, pli_i128 *out,
                  plm_fault *fault) {
    const pli_feed_mapping *mapping = records->mapping;
    bool is_long = is_among(&mapping->longs, records->fields[PLI_ROLE_SIDE]);
    bool is_signed = is_among(&mapping->signeds, records->fields[PLI_ROLE_SIDE]);
    if (mapping->longs.count == 0 || value == 0 || is_signed) {
        *out = value;
        return PLM_OK;
    }
    if (is_long && value < 0) {
        return pli_record_fail(records, PLM_VALUE_INVALID, role, "not below 0 on the long side",
                               fault);
    }
    if (!is_long && !is_among(&mapping->shorts, records->fields[PLI_ROLE_SIDE])) {
        return pli_record_fail(records, PLM_VALUE_INVALID, PLI_ROLE_SIDE,
                               "one of the mapping's words for long and short", fault);
    }
    *out = is_long || value < 0 ? value : -value;
    return PLM_OK;
}
