/* undo.h: old bytes of what an event is about to change, so that a refused event changes nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LEDGER_UNDO_H
#define PLI_LEDGER_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * pli_undo - a stack of (address, size, old bytes) in the caller's memory.
 *
 * Invariants [UNDO-1] rollback restores bytes in the reverse order of saving.
 *            [UNDO-2] a save that does not fit sets is_exhausted and keeps what is there; the event must be refused.
 */
typedef struct pli_undo {
    uint8_t *memory;
    size_t size, used;
    bool is_exhausted;
} pli_undo;

/* pli_undo_init - an empty log in `memory` (8-byte aligned). */
void pli_undo_init(pli_undo *undo, void *memory, size_t size);
/* pli_undo_save - remember `size` bytes at `at` before they change. */
void pli_undo_save(pli_undo *undo, void *at, size_t size);
/* pli_undo_rollback - put every saved byte back and empty the log. pli_undo_commit - just empty it. */
void pli_undo_rollback(pli_undo *undo);
void pli_undo_commit(pli_undo *undo);

#endif
