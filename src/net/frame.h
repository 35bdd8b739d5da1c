/* frame.h: frames of a WebSocket (RFC 6455), from a client and to it.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_FRAME_H
#define PLI_NET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLI_FRAME_HEAD_MAX = 10, PLI_FRAME_CONTROL_MAX = 125 };

/* pli_frame_code - section 5.2. */
typedef enum pli_frame_code {
    PLI_FRAME_MORE = 0,
    PLI_FRAME_TEXT = 1,
    PLI_FRAME_BINARY = 2,
    PLI_FRAME_CLOSE = 8,
    PLI_FRAME_PING = 9,
    PLI_FRAME_PONG = 10
} pli_frame_code;

/* pli_frame - one frame; the payload lies unmasked within the bytes. */
typedef struct pli_frame {
    pli_frame_code code;
    bool is_final;
    uint8_t *payload;
    size_t size;
} pli_frame;

/* pli_frame_assembly - where in a message of several frames a client is. */
typedef struct pli_frame_assembly {
    bool is_open;
    size_t size; /* of the parts so far */
} pli_frame_assembly;

/*
 * pli_frame_read - the frame at the front of what a client has sent, unmasked where it lies.
 *
 * Returns    0 with *taken its bytes, or 0 of them where it is not complete yet; else the code of section 7.4.1 that the
 *            connection ends with: 1002 (it breaks the protocol), 1009 (the message is longer than `most`).
 */
unsigned pli_frame_read(uint8_t *bytes, size_t size, size_t most, pli_frame_assembly *assembly,
                        pli_frame *frame, size_t *taken);

/* pli_frame_write - the head of a whole frame from the server; returns its size. */
size_t pli_frame_write(pli_frame_code code, size_t size, uint8_t head[PLI_FRAME_HEAD_MAX]);

/* pli_frame_is_text - is this UTF-8 (RFC 3629) to its end? */
bool pli_frame_is_text(const uint8_t *bytes, size_t size);

#endif
