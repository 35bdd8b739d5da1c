/* event_write.c: events as lines of JSON.                                             SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "io/event_json.h"
#include "model/event_fields.h"

static void
write_text(pli_json_writer *writer, const char *key, const char *text, size_t size) {
    char data[PLM_NAME_SIZE + 1];
    pli_text copy = pli_text_init(data, sizeof data);
    pli_text_append_bytes(&copy, text, size);
    pli_json_text(writer, key, data);
}

// The name at a place among names separated by '|'.
static void
write_choice(pli_json_writer *writer, const char *key, const char *choices, uint32_t place) {
    const char *at = choices;
    for (uint32_t i = 0; i < place; i += 1) {
        at = strchr(at, '|') + 1;
    }
    write_text(writer, key, at, strcspn(at, "|"));
}

static void
write_u32(pli_json_writer *writer, const plm_event_field *field, uint32_t value) {
    switch (field->form) {
    case PLM_EVENT_FORM_ZERO:
        return;
    case PLM_EVENT_FORM_OPTIONAL:
        if (value == PLM_NONE) {
            pli_json_null(writer, field->name);
            return;
        }
        break;
    case PLM_EVENT_FORM_FLAG:
        pli_json_bool(writer, field->name, value != 0);
        return;
    case PLM_EVENT_FORM_CHOICE:
        write_choice(writer, field->name, field->choices, value - field->low);
        return;
    case PLM_EVENT_FORM_SET:
        pli_json_begin_array(writer, field->name);
        for (uint32_t place = 0; place < 32; place += 1) {
            if ((value >> place & 1) != 0) {
                write_choice(writer, NULL, field->choices, place);
            }
        }
        pli_json_end(writer);
        return;
    case PLM_EVENT_FORM_ANY:
    case PLM_EVENT_FORM_COUNT:
    case PLM_EVENT_FORM_COUNTED:
        break;
    }
    pli_json_integer(writer, field->name, value);
}

static void
write_u64(pli_json_writer *writer, const char *key, plm_wire wire, const uint8_t *from) {
    if (wire == PLM_WIRE_BITS) {
        double value;
        memcpy(&value, from, sizeof value);
        pli_json_double(writer, key, value);
    } else if (wire == PLM_WIRE_U64) {
        uint64_t value;
        memcpy(&value, from, sizeof value);
        pli_json_decimal(writer, key, value, 0);
    } else {
        int64_t value;
        memcpy(&value, from, sizeof value);
        pli_json_decimal(writer, key, value, 0);
    }
}

static void
write_list(pli_json_writer *writer, const plm_event *event, const plm_event_field *field) {
    uint32_t used = pli_event_value_count(event, field);
    const uint8_t *from = (const uint8_t *)event + field->place;
    pli_json_begin_array(writer, field->name);
    for (uint32_t i = 0; i < used; i += 1) {
        write_u64(writer, NULL, field->wire, from + (size_t)i * 8);
    }
    pli_json_end(writer);
}

static void
write_field(pli_json_writer *writer, const plm_event *event, const plm_event_field *field) {
    const uint8_t *from = (const uint8_t *)event + field->place;
    switch (field->wire) {
    case PLM_WIRE_U32: {
        uint32_t value;
        memcpy(&value, from, sizeof value);
        write_u32(writer, field, value);
        return;
    }
    case PLM_WIRE_U64:
    case PLM_WIRE_I64:
    case PLM_WIRE_BITS:
        if (field->count > 1) {
            write_list(writer, event, field);
        } else {
            write_u64(writer, field->name, field->wire, from);
        }
        return;
    case PLM_WIRE_WIDE: {
        plm_wide value;
        memcpy(&value, from, sizeof value);
        pli_json_decimal(writer, field->name, pli_i128_from_wide(value), 0);
        return;
    }
    case PLM_WIRE_NAME:
        pli_json_text(writer, field->name, (const char *)from);
        return;
    case PLM_WIRE_BYTES:
        pli_json_hex(writer, field->name, from, field->count);
        return;
    }
}

static void
write_header(pli_json_writer *writer, const plm_event_header *header, const char *type) {
    static const uint8_t no_client_id[sizeof header->client_id];
    pli_json_text(writer, "type", type);
    if (header->sequence != 0) {
        pli_json_decimal(writer, "sequence", header->sequence, 0);
    }
    if (header->account != PLM_NONE) {
        pli_json_integer(writer, "account", header->account);
    }
    if (header->signer != 0) {
        pli_json_integer(writer, "signer", header->signer);
    }
    pli_json_decimal(writer, "time_ns", header->time_ns, 0);
    if (memcmp(header->client_id, no_client_id, sizeof no_client_id) != 0) {
        pli_json_hex(writer, "client_id", header->client_id, sizeof header->client_id);
    }
    if (header->deadline_ns != 0) {
        pli_json_decimal(writer, "deadline_ns", header->deadline_ns, 0);
    }
}

plm_status
pli_event_json_write(pli_json_writer *writer, const plm_event *event, plm_fault *fault) {
    plm_status status = plm_event_check(event, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_event_json_write_under(writer, NULL, event);
    return PLM_OK;
}

void
pli_event_json_write_under(pli_json_writer *writer, const char *key, const plm_event *event) {
    const plm_event_kind *kind = plm_event_kind_find(event->header.type);
    pli_json_begin_object(writer, key);
    write_header(writer, &event->header, kind->name);
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        write_field(writer, event, &kind->fields[i]);
    }
    pli_json_end(writer);
}
