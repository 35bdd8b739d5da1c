/* wild_event.c: random events of every kind that are well formed and like the edges.  SPDX-License-Identifier: Apache-2.0 */
#include "support/wild_event.h"

#include <string.h>

#include "base/endian.h"
#include "model/event_fields.h"

static uint32_t
any_u32(pli_prng *prng, uint32_t low, uint32_t high) {
    return (uint32_t)pli_prng_edge_i64(prng, low, high);
}

static int64_t
any_i64(pli_prng *prng) {
    switch (pli_prng_below(prng, 4)) {
    case 0:
        return pli_prng_range_i64(prng, -1000, 1000);
    case 1:
        return (int64_t)pli_prng_next_u64(prng) >> pli_prng_below(prng, 64);
    default:
        return pli_prng_edge_i64(prng, INT64_MIN, INT64_MAX);
    }
}

// Any finite bits: zeros of both signs, denormals, the largest, and plain numbers.
static double
any_double(pli_prng *prng) {
    static const double edges[] = {0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.0, 0.1, -1e300};
    switch (pli_prng_below(prng, 3)) {
    case 0:
        return edges[pli_prng_below(prng, sizeof edges / sizeof edges[0])];
    case 1:
        return pli_prng_unit(prng) * 200 - 100;
    default: {
        uint64_t bits = pli_prng_next_u64(prng);
        bool is_finite = (bits >> 52 & 2047) != 2047;
        return pli_double_from_bits(is_finite ? bits : bits ^ UINT64_C(1) << 52);
    }
    }
}

static void
fill_bytes(uint8_t *to, size_t size, pli_prng *prng) {
    bool is_zero = pli_prng_below(prng, 8) == 0;
    for (size_t i = 0; i < size; i += 1) {
        to[i] = is_zero ? 0 : (uint8_t)pli_prng_below(prng, 256);
    }
}

static void
fill_name(uint8_t *to, pli_prng *prng) {
    size_t length = (size_t)pli_prng_edge_i64(prng, 0, PLM_NAME_SIZE - 1);
    memset(to, 0, PLM_NAME_SIZE);
    for (size_t i = 0; i < length; i += 1) {
        to[i] = (uint8_t)(' ' + pli_prng_below(prng, '~' - ' ' + 1));
    }
}

static void
fill_field(plm_event *event, const plm_event_field *field, pli_prng *prng) {
    uint8_t *to = (uint8_t *)event + field->place;
    uint32_t used = pli_event_value_count(event, field);
    switch (field->wire) {
    case PLM_WIRE_U32: {
        uint32_t value = any_u32(prng, field->low, field->high);
        bool is_none = field->form == PLM_EVENT_FORM_OPTIONAL && pli_prng_below(prng, 4) == 0;
        value = is_none ? PLM_NONE : value;
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_U64:
    case PLM_WIRE_I64:
        for (uint32_t i = 0; i < field->count; i += 1) {
            int64_t value = i < used ? any_i64(prng) : 0;
            memcpy(to + i * sizeof value, &value, sizeof value);
        }
        return;
    case PLM_WIRE_BITS:
        for (uint32_t i = 0; i < field->count; i += 1) {
            double value = i < used ? any_double(prng) : 0;
            memcpy(to + i * sizeof value, &value, sizeof value);
        }
        return;
    case PLM_WIRE_WIDE: {
        plm_wide value = {.low = (uint64_t)any_i64(prng), .high = any_i64(prng)};
        if (pli_prng_below(prng, 2) == 0) {
            value.high = (int64_t)value.low < 0 ? -1 : 0;
        }
        memcpy(to, &value, sizeof value);
        return;
    }
    case PLM_WIRE_NAME:
        fill_name(to, prng);
        return;
    case PLM_WIRE_BYTES:
        fill_bytes(to, field->size, prng);
        return;
    }
}

void
ts_wild_event(plm_event *event, const plm_event_kind *kind, pli_prng *prng) {
    memset(event, 0, sizeof *event);
    event->header = (plm_event_header){
        .size = PLM_EVENT_HEADER_SIZE + kind->body_size,
        .type = (uint16_t)kind->type,
        .version = kind->version,
        .sequence = pli_prng_below(prng, 2) == 0 ? 0 : pli_prng_next_u64(prng),
        .time_ns = any_i64(prng),
        .deadline_ns = pli_prng_below(prng, 2) == 0 ? 0 : any_i64(prng),
        .account = pli_prng_below(prng, 4) == 0 ? PLM_NONE : any_u32(prng, 0, UINT32_MAX),
        .signer = any_u32(prng, 0, UINT32_MAX),
    };
    fill_bytes(event->header.client_id, sizeof event->header.client_id, prng);
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        fill_field(event, &kind->fields[i], prng);
    }
}

void
ts_wild_event_any(plm_event *event, pli_prng *prng) {
    uint32_t count = 0;
    while (plm_event_kind_at(count) != NULL) {
        count += 1;
    }
    ts_wild_event(event, plm_event_kind_at((uint32_t)pli_prng_below(prng, count)), prng);
}

bool
ts_event_is_equal(const plm_event *left, const plm_event *right) {
    const plm_event_header *a = &left->header;
    const plm_event_header *b = &right->header;
    const plm_event_kind *kind = plm_event_kind_find(a->type);
    bool is_same = a->size == b->size && a->type == b->type && a->version == b->version &&
                   a->sequence == b->sequence && a->time_ns == b->time_ns &&
                   a->deadline_ns == b->deadline_ns && a->account == b->account &&
                   a->signer == b->signer &&
                   memcmp(a->client_id, b->client_id, sizeof a->client_id) == 0;
    for (uint32_t i = 0; is_same && kind != NULL && i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        is_same = memcmp((const char *)left + field->place, (const char *)right + field->place,
                         field->size) == 0;
    }
    return is_same && kind != NULL;
}
