/* undo.c: old bytes of what an event is about to change, so that a refused event changes nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ledger/undo.h"

#include "base/assert.h"
#include "base/libc.h"

// After each piece of old bytes, rounded up to 8: where they stood and how many they are.
typedef struct trailer {
    void *at;
    size_t size;
} trailer;

static size_t
padded(size_t size) {
    return (size + 7u) & ~(size_t)7u;
}

void
pli_undo_init(pli_undo *undo, void *memory, size_t size) {
    *undo = (pli_undo){.memory = memory, .size = size};
}

void
pli_undo_save(pli_undo *undo, void *at, size_t size) {
    size_t needed = padded(size) + sizeof(trailer);
    if (undo->is_exhausted || needed > undo->size - undo->used) {
        undo->is_exhausted = true;
        return;
    }
    uint8_t *to = undo->memory + undo->used;
    trailer end = {at, size};
    memcpy(to, at, size);
    memcpy(to + padded(size), &end, sizeof end);
    undo->used += needed;
}

void
pli_undo_rollback(pli_undo *undo) {
    while (undo->used > 0) {
        PLI_ASSERT(undo->used >= sizeof(trailer));
        trailer end;
        undo->used -= sizeof end;
        memcpy(&end, undo->memory + undo->used, sizeof end);
        PLI_ASSERT(padded(end.size) <= undo->used);
        undo->used -= padded(end.size);
        memcpy(end.at, undo->memory + undo->used, end.size);
    }
    undo->is_exhausted = false;
}

void
pli_undo_commit(pli_undo *undo) {
    undo->used = 0;
    undo->is_exhausted = false;
}
