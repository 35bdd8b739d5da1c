/* field.c: reading checked values out of a decoded tree.                              SPDX-License-Identifier: Apache-2.0 */
#include "io/field.h"

#include <string.h>

#include "base/text.h"
#include "io/document.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "num/double_text.h"
#include "plimsoll/quantity.h"

#define SEEN_MAX 60u

void
pli_text_append_seen(pli_text *text, const pli_node *node) {
    switch (node->kind) {
    case PLI_NODE_NULL:
        pli_text_append(text, "null");
        return;
    case PLI_NODE_FALSE:
        pli_text_append(text, "false");
        return;
    case PLI_NODE_TRUE:
        pli_text_append(text, "true");
        return;
    case PLI_NODE_ARRAY:
        pli_text_append(text, "a list");
        return;
    case PLI_NODE_OBJECT:
        pli_text_append(text, "an object");
        return;
    case PLI_NODE_NUMBER:
    case PLI_NODE_TEXT:
        break;
    }
    size_t size = node->text_size < SEEN_MAX ? node->text_size : SEEN_MAX;
    pli_text_append_char(text, '"');
    for (size_t i = 0; i < size; i += 1) {
        char c = node->text[i];
        pli_text_append_char(text, c < ' ' || c > '~' ? '?' : c);
    }
    pli_text_append(text, size < node->text_size ? "...\"" : "\"");
}

static void
append_where(pli_text *text, const pli_reader *reader) {
    if (reader->kind != NULL) {
        pli_text_append(text, reader->kind);
        pli_text_append_char(text, ' ');
    }
    if (reader->kind != NULL && reader->subject != NULL && reader->subject[0] != '\0') {
        pli_text_append(text, reader->subject);
        pli_text_append_char(text, ' ');
    }
}

void
pli_reader_say(pli_reader *reader, plm_status status, const pli_node *node, const char *what) {
    if (reader->status != PLM_OK) {
        return;
    }
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    append_where(&text, reader);
    pli_text_append(&text, what);
    reader->status = pli_fault_at(reader->fault, status, reader->name,
                                  node == NULL ? 1 : node->line, data, NULL);
}

void
pli_reader_fail(pli_reader *reader, plm_status status, const pli_node *node, const char *key,
                const char *allowed) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    if (key != NULL) {
        pli_text_append(&text, key);
        pli_text_append_char(&text, ' ');
    }
    pli_text_append(&text, "is ");
    if (node != NULL) {
        pli_text_append_seen(&text, node);
    }
    pli_text_append(&text, "; allowed is ");
    pli_text_append(&text, allowed);
    pli_reader_say(reader, status, node, data);
}

void
pli_reader_memory(pli_reader *reader) {
    pli_reader_say(reader, PLM_MEMORY, NULL, "no memory to decode it");
}

static bool
is_listed(const char *keys, const char *key) {
    size_t size = strlen(key);
    const char *at = keys;
    while (at != NULL) {
        if (size > 0 && strncmp(at, key, size) == 0 && (at[size] == ' ' || at[size] == '\0')) {
            return true;
        }
        at = strchr(at, ' ');
        at = at == NULL ? NULL : at + 1;
    }
    return false;
}

bool
pli_read_keys(pli_reader *reader, const pli_node *object, const char *keys) {
    if (reader->status != PLM_OK) {
        return false;
    }
    if (object->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(reader, PLM_VALUE_INVALID, object, object->key, "an object");
        return false;
    }
    for (const pli_node *node = object->child; node != NULL; node = node->next) {
        if (is_listed(keys, node->key)) {
            continue;
        }
        pli_node seen = {.kind = PLI_NODE_TEXT, .text = node->key, .text_size = strlen(node->key)};
        char data[PLM_FAULT_TEXT_SIZE];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "has an unknown key ");
        pli_text_append_seen(&text, &seen);
        pli_text_append(&text, "; allowed is ");
        pli_text_append(&text, keys);
        pli_reader_say(reader, PLM_KEY_UNKNOWN, node, data);
        return false;
    }
    return true;
}

const pli_node *
pli_read_member(pli_reader *reader, const pli_node *object, const char *key, bool is_required) {
    if (reader->status != PLM_OK) {
        return NULL;
    }
    const pli_node *node = pli_node_find(object, key);
    if (node == NULL && is_required) {
        char data[160];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "has no key \"");
        pli_text_append(&text, key);
        pli_text_append(&text, "\"; it is required");
        pli_reader_say(reader, PLM_KEY_MISSING, object, data);
    }
    return node;
}

const pli_node *
pli_read_list(pli_reader *reader, const pli_node *object, const char *key, bool is_required) {
    const pli_node *node = pli_read_member(reader, object, key, is_required);
    if (node != NULL && node->kind != PLI_NODE_ARRAY) {
        pli_reader_fail(reader, PLM_VALUE_INVALID, node, key, "a list");
        return NULL;
    }
    return node;
}

bool
pli_node_has(const pli_node *object, const char *key) {
    const pli_node *node = pli_node_find(object, key);
    return node != NULL && node->kind != PLI_NODE_NULL;
}

static bool
is_scalar(const pli_node *node) {
    return node->kind == PLI_NODE_NUMBER || node->kind == PLI_NODE_TEXT;
}

static void
fail_number(pli_reader *reader, plm_status status, const pli_node *node, const char *key,
            const pli_number *number) {
    char data[200];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, number->scale == 0 ? "an integer from " : "a decimal from ");
    pli_decimal_format(&text, number->low, number->scale, 0);
    pli_text_append(&text, " to ");
    pli_decimal_format(&text, number->high, number->scale, 0);
    if (number->scale > 0) {
        pli_text_append(&text, " with up to ");
        pli_text_append_u64(&text, number->scale);
        pli_text_append(&text, " decimals");
    }
    pli_reader_fail(reader, status, node, key, data);
}

// Common to decimals and ratios: the member, or its default.
static const pli_node *
find_number(pli_reader *reader, const pli_node *object, const char *key, const pli_number *number) {
    const pli_node *node = pli_read_member(reader, object, key, !number->is_optional);
    if (node != NULL && node->kind == PLI_NODE_NULL && number->is_null_absent) {
        return NULL;
    }
    if (node != NULL && !is_scalar(node)) {
        fail_number(reader, PLM_VALUE_INVALID, node, key, number);
        return NULL;
    }
    return node;
}

static int64_t
parse_number(pli_reader *reader, const pli_node *node, size_t size, unsigned scale,
             const pli_number *number) {
    pli_i128 value;
    plm_status status = pli_decimal_parse(node->text, size, scale, &value);
    if (status == PLM_OK && (value < number->low || value > number->high)) {
        status = PLM_VALUE_INVALID;
    }
    if (status != PLM_OK) {
        fail_number(reader, status, node, node->key, number);
        return 0;
    }
    return (int64_t)value;
}

int64_t
pli_read_decimal(pli_reader *reader, const pli_node *object, const char *key, pli_number number) {
    const pli_node *node = find_number(reader, object, key, &number);
    if (node == NULL) {
        return reader->status == PLM_OK ? number.standard : 0;
    }
    return parse_number(reader, node, node->text_size, number.scale, &number);
}

int64_t
pli_read_ratio(pli_reader *reader, const pli_node *object, const char *key, pli_number number) {
    number.scale = 6;
    const pli_node *node = find_number(reader, object, key, &number);
    if (node == NULL) {
        return reader->status == PLM_OK ? number.standard : 0;
    }
    size_t size = node->text_size;
    if (size > 1 && node->text[size - 1] == '%') {
        return parse_number(reader, node, size - 1, 4, &number);
    }
    if (size > 3 && memcmp(node->text + size - 3, "bps", 3) == 0) {
        return parse_number(reader, node, size - 3, 2, &number);
    }
    return parse_number(reader, node, size, 6, &number);
}

int64_t
pli_read_time(pli_reader *reader, const pli_node *object, const char *key, int64_t standard) {
    const pli_node *node = pli_read_member(reader, object, key, standard == 0);
    if (node == NULL) {
        return reader->status == PLM_OK ? standard : 0;
    }
    int64_t ns = 0;
    plm_status status =
        is_scalar(node) ? pli_time_parse(node->text, node->text_size, &ns) : PLM_VALUE_INVALID;
    if (status != PLM_OK) {
        pli_reader_fail(reader, status, node, key,
                        "a time from 1980 to 2200 such as \"2026-03-01T12:00:00Z\", or whole "
                        "nanoseconds since 1970");
    }
    return ns;
}

pli_i128
pli_node_decimal(pli_reader *reader, const pli_node *node, const char *key, unsigned scale) {
    pli_i128 value = 0;
    if (reader->status != PLM_OK) {
        return 0;
    }
    plm_status status = PLM_VALUE_INVALID;
    if (is_scalar(node)) {
        status = pli_decimal_parse(node->text, node->text_size, scale, &value);
    }
    if (status != PLM_OK) {
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "a decimal with up to ");
        pli_text_append_u64(&text, scale);
        pli_text_append(&text, " decimals");
        pli_reader_fail(reader, status, node, key, data);
    }
    return value;
}

double
pli_node_double(pli_reader *reader, const pli_node *node, const char *key) {
    double value = 0;
    if (reader->status != PLM_OK) {
        return 0;
    }
    plm_status status = PLM_VALUE_INVALID;
    if (is_scalar(node)) {
        status = pli_double_parse(node->text, node->text_size, &value);
    }
    if (status != PLM_OK) {
        pli_reader_fail(reader, status, node, key, "a finite number such as 0.65");
    }
    return value;
}

void
pli_node_hex(pli_reader *reader, const pli_node *node, const char *key, uint8_t *to,
             uint32_t count) {
    static const char digits[] = "0123456789abcdef";
    bool is_hex = node->kind == PLI_NODE_TEXT && node->text_size == (size_t)count * 2 &&
                  strspn(node->text, digits) == node->text_size;
    if (!is_hex) {
        char data[80];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append_u64(&text, (uint64_t)count * 2);
        pli_text_append(&text, " lower-case hexadecimal digits");
        pli_reader_fail(reader, PLM_VALUE_INVALID, node, key, data);
        return;
    }
    for (size_t i = 0; i < count; i += 1) {
        size_t high = (size_t)(strchr(digits, node->text[2 * i]) - digits);
        size_t low = (size_t)(strchr(digits, node->text[2 * i + 1]) - digits);
        to[i] = (uint8_t)(high << 4 | low);
    }
}

bool
pli_read_bool(pli_reader *reader, const pli_node *object, const char *key, bool standard) {
    const pli_node *node = pli_read_member(reader, object, key, false);
    if (node == NULL) {
        return standard;
    }
    if (node->kind != PLI_NODE_TRUE && node->kind != PLI_NODE_FALSE) {
        pli_reader_fail(reader, PLM_VALUE_INVALID, node, key, "true or false");
    }
    return node->kind == PLI_NODE_TRUE;
}

int
pli_read_choice(pli_reader *reader, const pli_node *object, const char *key, const char *choices,
                int standard) {
    const pli_node *node = pli_read_member(reader, object, key, standard == 0);
    if (node == NULL) {
        return standard;
    }
    int position = 1;
    for (const char *at = choices; node->kind == PLI_NODE_TEXT; position += 1) {
        size_t size = strcspn(at, "|");
        if (size == node->text_size && memcmp(at, node->text, size) == 0) {
            return position;
        }
        if (at[size] == '\0') {
            break;
        }
        at += size + 1;
    }
    pli_reader_fail(reader, PLM_VALUE_INVALID, node, key, choices);
    return 0;
}

void
pli_read_name(pli_reader *reader, const pli_node *object, const char *key,
              char name[PLM_NAME_SIZE]) {
    const pli_node *node = pli_read_member(reader, object, key, true);
    if (node == NULL) {
        return;
    }
    if (node->kind != PLI_NODE_TEXT || !pli_name_is_valid(node->text, node->text_size)) {
        pli_reader_fail(reader, PLM_VALUE_INVALID, node, key,
                        "a name of 1 to 31 printable characters without space, quote, comma, "
                        "backslash");
        return;
    }
    memcpy(name, node->text, node->text_size + 1);
}

uint32_t
pli_read_index(pli_reader *reader, const pli_node *object, const char *key,
               const pli_names *names) {
    const pli_node *node = pli_read_member(reader, object, key, true);
    if (node == NULL) {
        return PLM_NONE;
    }
    uint32_t index = PLM_NONE;
    if (node->kind == PLI_NODE_TEXT) {
        index = pli_names_find(names, node->text);
    }
    if (index == PLM_NONE) {
        pli_reader_fail(reader, PLM_INDEX_UNKNOWN, node, key, "a name that is listed");
    }
    return index;
}

void
pli_read_schema(pli_reader *reader, const pli_node *object, const char *schema) {
    const pli_node *node = pli_read_member(reader, object, "schema", true);
    if (node != NULL && !pli_node_is_text(node, schema)) {
        pli_reader_fail(reader, PLM_VALUE_INVALID, node, "schema", schema);
    }
}
