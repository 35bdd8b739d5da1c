/* frame.c: one batch of events as bytes in a segment, chained to the one before.      SPDX-License-Identifier: Apache-2.0 */
#include "store/frame.h"

#include <assert.h>
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"

#define MAGIC 0x464d4c50u // "PLMF"
#define VERSION 2u
#define CHAINED 112

static_assert(CHAINED + PLI_BLAKE2B_256_SIZE == PLI_FRAME_HEADER_SIZE, "the chain ends the header");

// Payload and outcomes, which stand side by side.
static size_t
body_size(uint32_t payload_size, uint32_t event_count) {
    return (size_t)payload_size + 2 * (size_t)event_count;
}

static size_t
whole_size(size_t body, uint32_t align) {
    return (PLI_FRAME_HEADER_SIZE + body + align - 1) / align * align;
}

size_t
pli_frame_size(const pli_log_frame *frame, uint32_t align) {
    return whole_size(body_size(frame->payload_size, frame->event_count), align);
}

static void
chain(const uint8_t *header, size_t body, uint8_t out[PLI_BLAKE2B_256_SIZE]) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    pli_blake2b_update(&hash, header, CHAINED);
    pli_blake2b_update(&hash, header + PLI_FRAME_HEADER_SIZE, body);
    pli_blake2b_final(&hash, out);
}

static pli_log_point
point_after(const pli_log_point *at, uint32_t event_count, size_t size, const uint8_t *chained) {
    pli_log_point end = *at;
    end.batch_sequence += 1;
    end.event_sequence_next += event_count;
    end.segment_offset += size;
    memcpy(end.chain, chained, sizeof end.chain);
    return end;
}

pli_log_point
pli_frame_encode(const pli_log_frame *frame, const pli_log_point *at, uint32_t align, uint8_t *to) {
    PLI_ASSERT(frame->event_count > 0);
    PLI_ASSERT(frame->event_count <= PLI_FRAME_EVENT_COUNT_MAX);
    PLI_ASSERT(frame->payload_size <= PLI_FRAME_PAYLOAD_SIZE_MAX);
    pli_store_u32(to, MAGIC);
    pli_store_u16(to + 4, VERSION);
    pli_store_u16(to + 6, 0);
    pli_store_u64(to + 8, at->segment_index);
    pli_store_u64(to + 16, at->segment_offset);
    pli_store_u64(to + 24, at->batch_sequence + 1);
    pli_store_u64(to + 32, at->event_sequence_next);
    pli_store_u32(to + 40, frame->event_count);
    pli_store_u32(to + 44, frame->payload_size);
    memcpy(to + 48, at->chain, PLI_BLAKE2B_256_SIZE);
    memcpy(to + 80, frame->state_digest, PLI_BLAKE2B_256_SIZE);
    uint8_t *payload = to + PLI_FRAME_HEADER_SIZE;
    size_t size = pli_frame_size(frame, align);
    if (frame->payload_size > 0) {
        memcpy(payload, frame->payload, frame->payload_size);
    }
    memset(payload + frame->payload_size, 0, size - PLI_FRAME_HEADER_SIZE - frame->payload_size);
    if (frame->outcomes != NULL) {
        memcpy(payload + frame->payload_size, frame->outcomes, 2 * (size_t)frame->event_count);
    }
    chain(to, body_size(frame->payload_size, frame->event_count), to + CHAINED);
    return point_after(at, frame->event_count, size, to + CHAINED);
}

size_t
pli_frame_size_told(const uint8_t header[PLI_FRAME_HEADER_SIZE], uint32_t align) {
    uint32_t event_count = pli_load_u32(header + 40);
    uint32_t payload_size = pli_load_u32(header + 44);
    if (pli_load_u32(header) != MAGIC || event_count == 0 ||
        event_count > PLI_FRAME_EVENT_COUNT_MAX || payload_size > PLI_FRAME_PAYLOAD_SIZE_MAX) {
        return 0;
    }
    return whole_size(body_size(payload_size, event_count), align);
}

// Everything but the chain hash, which costs the most and is looked at last.
static bool
follows(const uint8_t *from, const pli_log_point *at) {
    return pli_load_u16(from + 4) == VERSION && pli_load_u16(from + 6) == 0 &&
           pli_load_u64(from + 8) == at->segment_index &&
           pli_load_u64(from + 16) == at->segment_offset &&
           pli_load_u64(from + 24) == at->batch_sequence + 1 &&
           pli_load_u64(from + 32) == at->event_sequence_next &&
           memcmp(from + 48, at->chain, PLI_BLAKE2B_256_SIZE) == 0;
}

bool
pli_frame_decode(const uint8_t *from, size_t size, const pli_log_point *at, uint32_t align,
                 pli_log_frame *frame) {
    size_t told = size < PLI_FRAME_HEADER_SIZE ? 0 : pli_frame_size_told(from, align);
    if (told == 0 || told > size || !follows(from, at)) {
        return false;
    }
    pli_log_frame found = {
        .payload = from + PLI_FRAME_HEADER_SIZE,
        .payload_size = pli_load_u32(from + 44),
        .event_count = pli_load_u32(from + 40),
        .batch_sequence = at->batch_sequence + 1,
        .event_sequence_first = at->event_sequence_next,
    };
    found.outcomes = found.payload + found.payload_size;
    size_t body = body_size(found.payload_size, found.event_count);
    uint8_t seen[PLI_BLAKE2B_256_SIZE];
    chain(from, body, seen);
    if (memcmp(seen, from + CHAINED, sizeof seen) != 0 ||
        !pli_bytes_are_zero(found.payload + body, told - PLI_FRAME_HEADER_SIZE - body)) {
        return false;
    }
    memcpy(found.state_digest, from + 80, sizeof found.state_digest);
    found.end = point_after(at, found.event_count, told, seen);
    *frame = found;
    return true;
}

bool
pli_bytes_are_zero(const uint8_t *bytes, size_t size) {
    // A range is zero when its first byte is and every byte equals the one before it.
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}
