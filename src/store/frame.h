/* frame.h: one batch of events as bytes in a segment, chained to the one before.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_FRAME_H
#define PLI_STORE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blake2b.h"
#include "plimsoll/status.h"

/*
 *   0 magic          u32  "PLMF"
 *   4 version        u16  2
 *   6 reserved       u16  zero
 *   8 segment        u64  index of the segment this frame was written for
 *  16 offset         u64  place in that segment: a misdirected write is not at home
 *  24 batch          u64  sequence of the batch, 1 first, no gaps
 *  32 event          u64  sequence of its first event, 1 first, no gaps
 *  40 event count    u32  1 to PLI_FRAME_EVENT_COUNT_MAX
 *  44 payload size   u32  0 to PLI_FRAME_PAYLOAD_SIZE_MAX
 *  48 chain before  32 B  chain hash of the frame before; of the first one: the identity of the log
 *  80 state digest  32 B  the caller's digest of the state after the events, or zeros
 * 112 chain         32 B  BLAKE2b-256 of bytes 0 to 111, of the payload and of the outcomes
 * 144 payload             bytes of the caller
 *     outcomes            u16 per event: the caller's word for what came of it
 *     padding             zeros up to a multiple of the segment's frame alignment
 *
 * All numbers are little-endian.
 */
#define PLI_FRAME_HEADER_SIZE 144
#define PLI_FRAME_PAYLOAD_SIZE_MAX ((uint32_t)4 << 20)
#define PLI_FRAME_EVENT_COUNT_MAX ((uint32_t)65536)
#define PLI_FRAME_SIZE_MAX                                                                         \
    ((size_t)PLI_FRAME_PAYLOAD_SIZE_MAX + 2 * (size_t)PLI_FRAME_EVENT_COUNT_MAX + 4096)

/*
 * pli_log_point - a place between two frames: what has been taken in up to here.
 *
 * At the very beginning batch_sequence is 0, event_sequence_next 1, and chain is the identity of the log.
 */
typedef struct pli_log_point {
    uint64_t batch_sequence;      /* of the last frame before the point */
    uint64_t event_sequence_next; /* of the first event after it */
    uint64_t segment_index;       /* segment and offset at which the last frame ends */
    uint64_t segment_offset;
    uint8_t chain[PLI_BLAKE2B_256_SIZE];
} pli_log_point;

/*
 * pli_log_frame - one frame, to write or as read.
 *
 * To write, only event_count, payload, payload_size, outcomes and state_digest are looked at. As read, `payload` and
 * `outcomes` point into the reader's memory until its next call, and `end` is the point after the frame.
 */
typedef struct pli_log_frame {
    const uint8_t *payload;
    uint32_t payload_size;
    uint32_t event_count;
    const uint8_t *outcomes; /* little-endian u16 per event; NULL to write: zeros */
    uint8_t state_digest[PLI_BLAKE2B_256_SIZE];
    uint64_t batch_sequence;
    uint64_t event_sequence_first;
    pli_log_point end;
} pli_log_frame;

/* pli_frame_size - bytes that a frame to write takes in a segment whose frames begin at multiples of `align`. */
size_t pli_frame_size(const pli_log_frame *frame, uint32_t align);

/*
 * pli_frame_encode - write the frame that follows `at` in its segment to `to`, pli_frame_size bytes.
 *
 * Returns    the point after it.
 */
pli_log_point pli_frame_encode(const pli_log_frame *frame, const pli_log_point *at, uint32_t align,
                               uint8_t *to);

/*
 * pli_frame_decode - the frame at `from` that follows `at`, or false: these bytes are not that frame, whole and unchanged.
 *
 * `size` bytes may be looked at. Nothing is written to *frame on false.
 */
bool pli_frame_decode(const uint8_t *from, size_t size, const pli_log_point *at, uint32_t align,
                      pli_log_frame *frame);

/* pli_frame_size_told - what a header says its frame takes, for fetching it; 0 where it says nothing sensible. */
size_t pli_frame_size_told(const uint8_t header[PLI_FRAME_HEADER_SIZE], uint32_t align);

/* pli_bytes_are_zero - every one of `size` bytes is 0. */
bool pli_bytes_are_zero(const uint8_t *bytes, size_t size);

#endif
