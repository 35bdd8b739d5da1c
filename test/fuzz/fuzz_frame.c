/* fuzz_frame.c: any bytes are frames of a WebSocket or break the protocol, however they come in.  SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/frame.h"

enum { MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds) {
    if (!holds) {
        abort();
    }
}

/* What was read: how much of it, how it ended, and a sum over the payloads. */
typedef struct trace {
    size_t read;
    unsigned code;
    uint64_t sum;
} trace;

// `step` bytes come in at a time.
static trace
read_all(const uint8_t *data, size_t size, size_t step) {
    trace seen = {.read = 0};
    pli_frame_assembly assembly = {.is_open = false};
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL) {
        return seen;
    }
    memcpy(copy, data, size);
    for (size_t come = 0; come < size && seen.code == 0;) {
        come = size - come < step ? size : come + step;
        size_t taken = 1;
        while (taken > 0 && seen.code == 0) {
            pli_frame frame;
            seen.code =
                pli_frame_read(copy + seen.read, come - seen.read, MOST, &assembly, &frame, &taken);
            for (size_t i = 0; seen.code == 0 && taken > 0 && i < frame.size; i += 1) {
                seen.sum = seen.sum * 31 + frame.payload[i];
            }
            expect(taken <= come - seen.read && assembly.size <= MOST);
            seen.read += taken;
        }
    }
    free(copy);
    return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    trace whole = read_all(data, size, size);
    trace slowly = read_all(data, size, 1 + size / 11);
    expect(whole.read == slowly.read && whole.sum == slowly.sum && whole.code == slowly.code);
    (void)pli_frame_is_text(data, size);
    uint8_t head[PLI_FRAME_HEAD_MAX];
    size_t written = pli_frame_write(PLI_FRAME_TEXT, size, head);
    expect(written <= sizeof head && head[0] == 0x81 && (head[1] & 0x80) == 0);
    return 0;
}
