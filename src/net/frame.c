/* frame.c: frames of a WebSocket (RFC 6455), from a client and to it.                 SPDX-License-Identifier: Apache-2.0 */
#include "net/frame.h"

enum { BROKEN = 1002, TOO_LONG = 1009, MASK = 4 };

// The length in its shortest form (section 5.2); false: it is not there yet, or *error says why it is none.
static bool
read_length(const uint8_t *bytes, size_t size, size_t *head, uint64_t *length, unsigned *error) {
    unsigned small = bytes[1] & 0x7fu;
    size_t count = small == 126 ? 2 : small == 127 ? 8 : 0;
    if (size < 2 + count) {
        return false;
    }
    *length = count == 0 ? small : 0;
    for (size_t i = 0; i < count; i += 1) {
        *length = *length << 8 | bytes[2 + i];
    }
    bool is_long_form = (count == 2 && *length < 126) || (count == 8 && *length <= UINT16_MAX);
    if (is_long_form || *length > INT64_MAX) {
        *error = BROKEN;
        return false;
    }
    *head = 2 + count;
    return true;
}

static unsigned
check_code(const pli_frame *frame, unsigned small, const pli_frame_assembly *assembly) {
    switch (frame->code) {
    case PLI_FRAME_MORE:
        return assembly->is_open ? 0 : BROKEN;
    case PLI_FRAME_TEXT:
    case PLI_FRAME_BINARY:
        return assembly->is_open ? BROKEN : 0;
    case PLI_FRAME_CLOSE:
    case PLI_FRAME_PING:
    case PLI_FRAME_PONG:
        return frame->is_final && small <= PLI_FRAME_CONTROL_MAX ? 0 : BROKEN;
    default:
        return BROKEN;
    }
}

static void
take_part(const pli_frame *frame, pli_frame_assembly *assembly) {
    if ((unsigned)frame->code < PLI_FRAME_CLOSE) {
        assembly->size = frame->is_final ? 0 : assembly->size + frame->size;
        assembly->is_open = !frame->is_final;
    }
}

unsigned
pli_frame_read(uint8_t *bytes, size_t size, size_t most, pli_frame_assembly *assembly,
               pli_frame *frame, size_t *taken) {
    *taken = 0;
    if (size < 2) {
        return 0;
    }
    *frame = (pli_frame){.code = (pli_frame_code)(bytes[0] & 0x0fu),
                         .is_final = (bytes[0] & 0x80u) != 0};
    // No extension is agreed on, so that its bits are 0; what a client sends is masked (sections 5.1, 5.2).
    bool is_formed = (bytes[0] & 0x70u) == 0 && (bytes[1] & 0x80u) != 0;
    if (!is_formed || check_code(frame, bytes[1] & 0x7fu, assembly) != 0) {
        return BROKEN;
    }
    size_t head = 0;
    uint64_t length = 0;
    unsigned error = 0;
    if (!read_length(bytes, size, &head, &length, &error)) {
        return error;
    }
    if (length > most ||
        ((unsigned)frame->code < PLI_FRAME_CLOSE && assembly->size + length > most)) {
        return TOO_LONG;
    }
    if (size - head < MASK + length) {
        return 0;
    }
    frame->size = (size_t)length;
    frame->payload = bytes + head + MASK;
    for (size_t i = 0; i < frame->size; i += 1) {
        frame->payload[i] ^= bytes[head + i % MASK];
    }
    take_part(frame, assembly);
    *taken = head + MASK + frame->size;
    return 0;
}

size_t
pli_frame_write(pli_frame_code code, size_t size, uint8_t head[PLI_FRAME_HEAD_MAX]) {
    head[0] = (uint8_t)(0x80u | (unsigned)code);
    size_t count = size < 126 ? 0 : size <= UINT16_MAX ? 2 : 8;
    head[1] = (uint8_t)(count == 0 ? size : count == 2 ? 126 : 127);
    for (size_t i = 0; i < count; i += 1) {
        head[2 + i] = (uint8_t)((uint64_t)size >> 8 * (count - 1 - i));
    }
    return 2 + count;
}

// The size of one character of UTF-8, 0: it is none. Shortest forms only, no surrogates, up to U+10FFFF.
static size_t
character_size(const uint8_t *bytes, size_t size) {
    uint8_t first = bytes[0];
    size_t count = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (count == 0 || count > size || first > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < count; i += 1) {
        if ((bytes[i] & 0xc0u) != 0x80) {
            return 0;
        }
    }
    bool is_wrong =
        count > 1 && ((first == 0xe0 && bytes[1] < 0xa0) || (first == 0xed && bytes[1] >= 0xa0) ||
                      (first == 0xf0 && bytes[1] < 0x90) || (first == 0xf4 && bytes[1] >= 0x90));
    return is_wrong ? 0 : count;
}

bool
pli_frame_is_text(const uint8_t *bytes, size_t size) {
    for (size_t at = 0; at < size;) {
        size_t count = character_size(bytes + at, size - at);
        if (count == 0) {
            return false;
        }
        at += count;
    }
    return true;
}
