/* event.c: events to bytes and back, field by field.                                  SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/event.h"

#include "base/assert.h"
#include "base/endian.h"
#include "base/libc.h"
#include "base/text.h"

enum {
    AT_SIZE = 0,
    AT_TYPE = 4,
    AT_VERSION = 6,
    AT_SEQUENCE = 8,
    AT_TIME = 16,
    AT_DEADLINE = 24,
    AT_CLIENT_ID = 32,
    AT_ACCOUNT = 48,
    AT_SIGNER = 52,
    AT_RESERVED = 56
};

_Static_assert(PLM_EVENT_HEADER_SIZE == AT_RESERVED + 8, "the header ends with its reserved bytes");

static void
write_header(const plm_event_header *header, uint32_t size, uint8_t *out) {
    pli_store_u32(out + AT_SIZE, size);
    pli_store_u16(out + AT_TYPE, header->type);
    pli_store_u16(out + AT_VERSION, header->version);
    pli_store_u64(out + AT_SEQUENCE, header->sequence);
    pli_store_i64(out + AT_TIME, header->time_ns);
    pli_store_i64(out + AT_DEADLINE, header->deadline_ns);
    memcpy(out + AT_CLIENT_ID, header->client_id, sizeof header->client_id);
    pli_store_u32(out + AT_ACCOUNT, header->account);
    pli_store_u32(out + AT_SIGNER, header->signer);
    pli_store_u64(out + AT_RESERVED, 0);
}

static void
read_header(const uint8_t *bytes, plm_event_header *header) {
    header->size = pli_load_u32(bytes + AT_SIZE);
    header->type = pli_load_u16(bytes + AT_TYPE);
    header->version = pli_load_u16(bytes + AT_VERSION);
    header->sequence = pli_load_u64(bytes + AT_SEQUENCE);
    header->time_ns = pli_load_i64(bytes + AT_TIME);
    header->deadline_ns = pli_load_i64(bytes + AT_DEADLINE);
    memcpy(header->client_id, bytes + AT_CLIENT_ID, sizeof header->client_id);
    header->account = pli_load_u32(bytes + AT_ACCOUNT);
    header->signer = pli_load_u32(bytes + AT_SIGNER);
}

// `from` is the field inside the struct: memcpy reads one value, whatever the type of the member.
static void
write_field(const plm_event_field *field, const uint8_t *from, uint8_t *to) {
    switch (field->wire) {
    case PLM_WIRE_U32: {
        uint32_t value;
        memcpy(&value, from, sizeof value);
        pli_store_u32(to, value);
        return;
    }
    case PLM_WIRE_U64:
    case PLM_WIRE_I64:
    case PLM_WIRE_BITS:
        for (uint32_t i = 0; i < field->count; i += 1) {
            uint64_t value;
            memcpy(&value, from + (size_t)i * sizeof value, sizeof value);
            pli_store_u64(to + (size_t)i * sizeof value, value);
        }
        return;
    case PLM_WIRE_WIDE: {
        plm_wide value;
        memcpy(&value, from, sizeof value);
        pli_store_wide(to, value);
        return;
    }
    case PLM_WIRE_NAME:
    case PLM_WIRE_BYTES:
        memcpy(to, from, field->size);
        return;
    }
}

static void
read_field(const plm_event_field *field, const uint8_t *from, uint8_t *to) {
    switch (field->wire) {
    case PLM_WIRE_U32: {
        uint32_t value = pli_load_u32(from);
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_U64:
    case PLM_WIRE_I64:
    case PLM_WIRE_BITS:
        for (uint32_t i = 0; i < field->count; i += 1) {
            uint64_t value = pli_load_u64(from + (size_t)i * sizeof value);
            memcpy(to + (size_t)i * sizeof value, &value, sizeof value);
        }
        return;
    case PLM_WIRE_WIDE: {
        plm_wide value = pli_load_wide(from);
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_NAME:
    case PLM_WIRE_BYTES:
        memcpy(to, from, field->size);
        return;
    }
}

// "<kind> <field> <what>"
static plm_status
fail_field(const plm_event_kind *kind, const plm_event_field *field, const char *what,
           plm_fault *fault) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, kind->name);
    pli_text_append_char(&text, ' ');
    pli_text_append(&text, field->name);
    pli_text_append_char(&text, ' ');
    return pli_fault_set(fault, PLM_EVENT_MALFORMED, data, what, NULL);
}

static plm_status
fail_range(const plm_event_kind *kind, const plm_event_field *field, uint32_t seen,
           plm_fault *fault) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, kind->name);
    pli_text_append_char(&text, ' ');
    pli_text_append(&text, field->name);
    return pli_fault_set_range(fault, PLM_EVENT_MALFORMED, data, seen, field->low, field->high);
}

static bool
is_zero(const uint8_t *bytes, size_t size) {
    uint8_t seen = 0;
    for (size_t i = 0; i < size; i += 1) {
        seen |= bytes[i];
    }
    return seen == 0;
}

static bool
is_name(const uint8_t *bytes) {
    size_t length = 0;
    while (length < PLM_NAME_SIZE && bytes[length] >= ' ' && bytes[length] <= '~') {
        length += 1;
    }
    return length < PLM_NAME_SIZE && is_zero(bytes + length, PLM_NAME_SIZE - length);
}

static bool
is_finite_all(const uint8_t *bytes, uint32_t count) {
    const uint64_t exponent = UINT64_C(0x7ff0000000000000);
    for (uint32_t i = 0; i < count; i += 1) {
        if ((pli_load_u64(bytes + (size_t)i * 8) & exponent) == exponent) {
            return false;
        }
    }
    return true;
}

// The count was checked before: it stands before its arrays.
static bool
is_zero_beyond_count(const plm_event_field *field, const uint8_t *body) {
    uint32_t used = pli_load_u32(body + field->counted_by);
    PLI_ASSERT(used <= field->count);
    size_t each = field->size / field->count;
    return is_zero(body + field->offset + used * each, (field->count - used) * each);
}

static plm_status
check_field(const plm_event_kind *kind, const plm_event_field *field, const uint8_t *body,
            plm_fault *fault) {
    const uint8_t *at = body + field->offset;
    if (field->wire == PLM_WIRE_U32) {
        uint32_t value = pli_load_u32(at);
        bool is_allowed = value >= field->low && value <= field->high;
        return is_allowed ? PLM_OK : fail_range(kind, field, value, fault);
    }
    if (field->wire == PLM_WIRE_NAME && !is_name(at)) {
        return fail_field(kind, field,
                          "is not up to 31 printable ASCII characters, then zeros to the end",
                          fault);
    }
    if (field->wire == PLM_WIRE_BITS && !is_finite_all(at, field->count)) {
        return fail_field(kind, field, "is not finite", fault);
    }
    if (field->form == PLM_EVENT_FORM_COUNTED && !is_zero_beyond_count(field, body)) {
        return fail_field(kind, field, "is not zero beyond its count", fault);
    }
    return PLM_OK;
}

static plm_status
check_body(const plm_event_kind *kind, const uint8_t *body, plm_fault *fault) {
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        bool is_any = field->form == PLM_EVENT_FORM_ANY && field->wire != PLM_WIRE_NAME &&
                      field->wire != PLM_WIRE_BITS;
        plm_status status = is_any ? PLM_OK : check_field(kind, field, body, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}

static const plm_event_kind *
find_version(uint16_t type, uint16_t version) {
    const plm_event_kind *kind = plm_event_kind_find(type);
    return kind != NULL && kind->version == version ? kind : NULL;
}

static plm_status
fail_unknown(uint16_t type, uint16_t version, plm_fault *fault) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "event type ");
    pli_text_append_u64(&text, type);
    pli_text_append(&text, " version ");
    pli_text_append_u64(&text, version);
    return pli_fault_set(fault, PLM_EVENT_UNKNOWN, data, " is not known to this build", NULL);
}

static plm_status
fail_truncated(size_t available, size_t needed, plm_fault *fault) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "an event of ");
    pli_text_append_u64(&text, needed);
    pli_text_append(&text, " bytes or more has ");
    pli_text_append_u64(&text, available);
    return pli_fault_set(fault, PLM_EVENT_TRUNCATED, data, NULL, NULL);
}

plm_status
plm_event_encode(const plm_event *event, uint8_t *out, size_t capacity, size_t *size) {
    const plm_event_kind *kind = find_version(event->header.type, event->header.version);
    if (kind == NULL) {
        return PLM_EVENT_UNKNOWN;
    }
    size_t needed = PLM_EVENT_HEADER_SIZE + kind->body_size;
    if (capacity < needed) {
        return PLM_WORKSPACE_SMALL;
    }
    write_header(&event->header, (uint32_t)needed, out);
    const uint8_t *from = (const uint8_t *)event;
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        write_field(field, from + field->place, out + PLM_EVENT_HEADER_SIZE + field->offset);
    }
    *size = needed;
    return PLM_OK;
}

plm_status
plm_event_decode(const uint8_t *bytes, size_t available, plm_event *event, size_t *size,
                 plm_fault *fault) {
    if (available < PLM_EVENT_HEADER_SIZE) {
        return fail_truncated(available, PLM_EVENT_HEADER_SIZE, fault);
    }
    uint16_t type = pli_load_u16(bytes + AT_TYPE);
    uint16_t version = pli_load_u16(bytes + AT_VERSION);
    const plm_event_kind *kind = find_version(type, version);
    if (kind == NULL) {
        return fail_unknown(type, version, fault);
    }
    uint32_t needed = PLM_EVENT_HEADER_SIZE + kind->body_size;
    uint32_t told = pli_load_u32(bytes + AT_SIZE);
    if (told != needed) {
        return pli_fault_set_range(fault, PLM_EVENT_MALFORMED, "header size", told, needed, needed);
    }
    if (available < needed) {
        return fail_truncated(available, needed, fault);
    }
    if (!is_zero(bytes + AT_RESERVED, 8)) {
        return pli_fault_set(fault, PLM_EVENT_MALFORMED, "header reserved is not zero", NULL, NULL);
    }
    const uint8_t *body = bytes + PLM_EVENT_HEADER_SIZE;
    plm_status status = check_body(kind, body, fault);
    if (status != PLM_OK) {
        return status;
    }
    read_header(bytes, &event->header);
    event->time_body.none = 0;
    uint8_t *to = (uint8_t *)event;
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        read_field(field, body + field->offset, to + field->place);
    }
    *size = needed;
    return PLM_OK;
}

plm_status
plm_event_check(const plm_event *event, plm_fault *fault) {
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    plm_status status = plm_event_encode(event, bytes, sizeof bytes, &size);
    if (status != PLM_OK) {
        return fail_unknown(event->header.type, event->header.version, fault);
    }
    const plm_event_kind *kind = plm_event_kind_find(event->header.type);
    return check_body(kind, bytes + PLM_EVENT_HEADER_SIZE, fault);
}
