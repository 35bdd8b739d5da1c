/* event_json.c: events from lines of JSON.                                            SPDX-License-Identifier: Apache-2.0 */
#include "io/event_json.h"

#include <string.h>

#include "base/checked.h"
#include "io/field.h"
#include "io/json.h"
#include "model/event_fields.h"
#include "num/decimal.h"
#include "num/double_text.h"

static const char header_keys[] = "type sequence account signer time_ns client_id deadline_ns";

// An integer in full width; pli_decimal_parse ends at 38 digits.
static bool
parse_integer(const pli_node *node, pli_i128 *out) {
    pli_decimal_parts parts;
    bool is_scalar = node->kind == PLI_NODE_NUMBER || node->kind == PLI_NODE_TEXT;
    if (!is_scalar || !pli_decimal_scan(node->text, node->text_size, false, &parts) ||
        parts.fraction_size > 0) {
        return false;
    }
    // Built below zero, where the range is one longer.
    pli_i128 value = 0;
    for (size_t i = 0; i < parts.whole_size; i += 1) {
        if (!pli_mul_i128(value, 10, &value) ||
            !pli_sub_i128(value, pli_decimal_digit(&parts, i), &value)) {
            return false;
        }
    }
    if (parts.is_negative) {
        *out = value;
        return true;
    }
    return pli_sub_i128(0, value, out);
}

static pli_i128
read_integer(pli_reader *r, const pli_node *node, const char *key, pli_i128 low, pli_i128 high) {
    pli_i128 value = 0;
    if (r->status == PLM_OK && (!parse_integer(node, &value) || value < low || value > high)) {
        char data[160];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "an integer from ");
        pli_text_append_i128(&text, low);
        pli_text_append(&text, " to ");
        pli_text_append_i128(&text, high);
        pli_reader_fail(r, PLM_VALUE_INVALID, node, key, data);
        return low;
    }
    return value;
}

// The place of a name among names separated by '|', or UINT32_MAX.
static uint32_t
find_choice(const char *choices, const pli_node *node) {
    const char *at = choices;
    for (uint32_t place = 0; node->kind == PLI_NODE_TEXT; place += 1) {
        size_t size = strcspn(at, "|");
        if (size == node->text_size && memcmp(at, node->text, size) == 0) {
            return place;
        }
        if (at[size] == '\0') {
            break;
        }
        at += size + 1;
    }
    return UINT32_MAX;
}

static uint32_t
read_set(pli_reader *r, const pli_node *list, const plm_event_field *field) {
    uint32_t bits = 0;
    if (list->kind != PLI_NODE_ARRAY) {
        pli_reader_fail(r, PLM_VALUE_INVALID, list, field->name, "a list");
        return 0;
    }
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        uint32_t place = find_choice(field->choices, node);
        if (place == UINT32_MAX || (bits >> place & 1) != 0) {
            char data[160];
            pli_text text = pli_text_init(data, sizeof data);
            pli_text_append(&text, "once each of ");
            pli_text_append(&text, field->choices);
            pli_reader_fail(r, PLM_VALUE_INVALID, node, field->name, data);
            return 0;
        }
        bits |= UINT32_C(1) << place;
    }
    return bits;
}

static uint32_t
read_u32(pli_reader *r, const pli_node *node, const plm_event_field *field) {
    switch (field->form) {
    case PLM_EVENT_FORM_OPTIONAL:
        if (node->kind == PLI_NODE_NULL) {
            return PLM_NONE;
        }
        return (uint32_t)read_integer(r, node, field->name, 0, PLM_NONE - 1);
    case PLM_EVENT_FORM_FLAG:
        if (node->kind != PLI_NODE_TRUE && node->kind != PLI_NODE_FALSE) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, field->name, "true or false");
        }
        return node->kind == PLI_NODE_TRUE;
    case PLM_EVENT_FORM_CHOICE: {
        uint32_t place = find_choice(field->choices, node);
        if (place == UINT32_MAX) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, field->name, field->choices);
            return field->low;
        }
        return field->low + place;
    }
    case PLM_EVENT_FORM_SET:
        return read_set(r, node, field);
    case PLM_EVENT_FORM_ANY:
    case PLM_EVENT_FORM_ZERO:
    case PLM_EVENT_FORM_COUNT:
    case PLM_EVENT_FORM_COUNTED:
        break;
    }
    return (uint32_t)read_integer(r, node, field->name, field->low, field->high);
}

static void
read_name(pli_reader *r, const pli_node *node, const char *key, uint8_t *to) {
    bool is_name = node->kind == PLI_NODE_TEXT && node->text_size < PLM_NAME_SIZE;
    for (size_t i = 0; is_name && i < node->text_size; i += 1) {
        is_name = node->text[i] >= ' ' && node->text[i] <= '~';
    }
    if (!is_name) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, key, "up to 31 printable ASCII characters");
        return;
    }
    memcpy(to, node->text, node->text_size);
}

// One number of 64 bits, whatever its wire type, as the bits of the struct's member.
static uint64_t
read_u64(pli_reader *r, const pli_node *node, const plm_event_field *field) {
    if (field->wire == PLM_WIRE_BITS) {
        double value = pli_node_double(r, node, field->name);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        return bits;
    }
    if (field->wire == PLM_WIRE_U64) {
        return (uint64_t)read_integer(r, node, field->name, 0, UINT64_MAX);
    }
    return (uint64_t)(int64_t)read_integer(r, node, field->name, INT64_MIN, INT64_MAX);
}

static void
read_list(pli_reader *r, const pli_node *list, const plm_event_field *field, uint32_t used,
          uint8_t *to) {
    if (list->kind != PLI_NODE_ARRAY || list->child_count != used) {
        char data[80];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "a list of ");
        pli_text_append_u64(&text, used);
        pli_reader_fail(r, PLM_VALUE_INVALID, list, field->name, data);
        return;
    }
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        uint64_t value = read_u64(r, node, field);
        memcpy(to, &value, sizeof value);
        to += sizeof value;
    }
}

static void
read_field(pli_reader *r, const pli_node *node, const plm_event_field *field, plm_event *event) {
    uint8_t *to = (uint8_t *)event + field->place;
    switch (field->wire) {
    case PLM_WIRE_U32: {
        uint32_t value = read_u32(r, node, field);
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_U64:
    case PLM_WIRE_I64:
    case PLM_WIRE_BITS:
        if (field->count > 1) {
            read_list(r, node, field, pli_event_value_count(event, field), to);
        } else {
            uint64_t value = read_u64(r, node, field);
            memcpy(to, &value, sizeof value);
        }
        return;
    case PLM_WIRE_WIDE: {
        plm_wide value =
            pli_wide_from_i128(read_integer(r, node, field->name, PLI_I128_MIN, PLI_I128_MAX));
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_NAME:
        read_name(r, node, field->name, to);
        return;
    case PLM_WIRE_BYTES:
        pli_node_hex(r, node, field->name, to, field->count);
        return;
    }
}

static pli_i128
read_header_integer(pli_reader *r, const pli_node *root, const char *key, pli_i128 low,
                    pli_i128 high) {
    const pli_node *node = pli_read_member(r, root, key, false);
    return node == NULL ? 0 : read_integer(r, node, key, low, high);
}

static void
read_header(pli_reader *r, const pli_node *root, plm_event_header *header) {
    header->sequence = (uint64_t)read_header_integer(r, root, "sequence", 0, UINT64_MAX);
    header->account = PLM_NONE;
    if (pli_node_find(root, "account") != NULL) {
        header->account = (uint32_t)read_header_integer(r, root, "account", 0, PLM_NONE - 1);
    }
    header->signer = (uint32_t)read_header_integer(r, root, "signer", 0, UINT32_MAX);
    if (pli_read_member(r, root, "time_ns", true) != NULL) {
        header->time_ns = (int64_t)read_header_integer(r, root, "time_ns", INT64_MIN, INT64_MAX);
    }
    const pli_node *client_id = pli_read_member(r, root, "client_id", false);
    if (client_id != NULL) {
        pli_node_hex(r, client_id, "client_id", header->client_id, sizeof header->client_id);
    }
    header->deadline_ns =
        (int64_t)read_header_integer(r, root, "deadline_ns", INT64_MIN, INT64_MAX);
}

static const plm_event_kind *
read_kind(pli_reader *r, const pli_node *root) {
    const pli_node *type = NULL;
    if (root->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, root, "an event", "an object");
    } else {
        type = pli_read_member(r, root, "type", true);
    }
    const plm_event_kind *kind = NULL;
    if (type != NULL) {
        kind = type->kind == PLI_NODE_TEXT ? plm_event_kind_named(type->text) : NULL;
        if (kind == NULL) {
            pli_reader_fail(r, PLM_EVENT_UNKNOWN, type, "type", "a kind of docs/events.md");
        }
    }
    return kind;
}

static bool
check_keys(pli_reader *r, const pli_node *root, const plm_event_kind *kind) {
    char data[PLM_FAULT_TEXT_SIZE];
    pli_text keys = pli_text_init(data, sizeof data);
    pli_text_append(&keys, header_keys);
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        if (kind->fields[i].form != PLM_EVENT_FORM_ZERO) {
            pli_text_append_char(&keys, ' ');
            pli_text_append(&keys, kind->fields[i].name);
        }
    }
    return pli_read_keys(r, root, data);
}

static void
read_event(pli_reader *r, const pli_node *root, plm_event *event) {
    const plm_event_kind *kind = read_kind(r, root);
    if (kind == NULL) {
        return;
    }
    r->kind = kind->name;
    if (!check_keys(r, root, kind)) {
        return;
    }
    event->header.size = PLM_EVENT_HEADER_SIZE + kind->body_size;
    event->header.type = (uint16_t)kind->type;
    event->header.version = kind->version;
    read_header(r, root, &event->header);
    for (uint32_t i = 0; i < kind->field_count && r->status == PLM_OK; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        bool is_read = field->form != PLM_EVENT_FORM_ZERO;
        const pli_node *node = is_read ? pli_read_member(r, root, field->name, true) : NULL;
        if (node != NULL) {
            read_field(r, node, field, event);
        }
    }
}

plm_status
pli_event_json_decode(const char *name, uint32_t line, pli_bytes text, plm_event *event,
                      plm_fault *fault) {
    if (text.size > PLI_EVENT_LINE_MAX) {
        return pli_fault_at(fault, PLM_IO_TOO_LARGE, name, line,
                            "the line is too long; allowed is 16 KiB", NULL);
    }
    pli_document document = {0};
    plm_status status = pli_json_parse_at(name, line, text, &document, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_reader reader = {.name = name, .fault = fault};
    plm_event result;
    memset(&result, 0, sizeof result);
    read_event(&reader, document.root, &result);
    pli_document_finish(&document);
    if (reader.status == PLM_OK) {
        *event = result;
    }
    return reader.status;
}

static bool
is_blank(const uint8_t *text, size_t size) {
    size_t i = 0;
    while (i < size && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r')) {
        i += 1;
    }
    return i == size;
}

plm_status
pli_event_lines_next(pli_event_lines *lines, plm_event *event, bool *is_end, plm_fault *fault) {
    while (lines->at < lines->bytes.size) {
        uint8_t *start = lines->bytes.data + lines->at;
        size_t left = lines->bytes.size - lines->at;
        const uint8_t *end = memchr(start, '\n', left);
        size_t size = end == NULL ? left : (size_t)(end - start);
        lines->at += size + (end != NULL);
        lines->line += 1;
        if (is_blank(start, size)) {
            continue;
        }
        pli_bytes text = {.data = start, .size = size};
        plm_status status = pli_event_json_decode(lines->name, lines->line, text, event, fault);
        if (status == PLM_OK) {
            *is_end = false;
        }
        return status;
    }
    *is_end = true;
    return PLM_OK;
}
