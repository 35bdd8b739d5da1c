/* arena.h: aligned pieces carved out of one block of the caller's memory.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_ARENA_H
#define PLI_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest alignment a piece may ask for: a cache line, and the widest vector register. */
#define PLI_ARENA_ALIGN 64

/*
 * pli_arena - a block and how much of it is taken. There is no give-back: a piece lives as long as the block.
 *
 * Invariants [ARENA-1] used <= size.
 *            [ARENA-2] is_exhausted once set stays set: no later, smaller piece is handed out after a failure.
 */
typedef struct pli_arena {
    uint8_t *base;
    size_t size;
    size_t used;
    bool is_sizing;
    bool is_exhausted;
} pli_arena;

/*
 * pli_arena_init - carve from `size` bytes at `memory`, which may have any alignment. NULL is a block of 0 bytes.
 * pli_arena_init_sizing - count only: every take answers NULL and adds to what pli_arena_used tells.
 *
 * A size function runs the same carving code on a sizing arena, so the two cannot disagree. The count includes
 * PLI_ARENA_ALIGN - 1 bytes to align the block itself, so a block of that size is enough wherever it starts.
 */
pli_arena pli_arena_init(void *memory, size_t size);
pli_arena pli_arena_init_sizing(void);

/*
 * pli_arena_take - `count` pieces of `size` bytes side by side, the first aligned to `align`.
 *
 * `align` is a power of two up to PLI_ARENA_ALIGN (asserted). The bytes are not cleared.
 *
 * Returns    NULL when the block is exhausted, when count * size overflows, and always in a sizing arena; tell the
 *            cases apart with pli_arena_is_ok. A piece of zero bytes is a valid pointer that must not be read.
 */
void *pli_arena_take(pli_arena *arena, size_t count, size_t size, size_t align);

/* PLI_ARENA_TAKE - an array of `count` objects of `type`. */
#define PLI_ARENA_TAKE(arena, count, type)                                                         \
    ((type *)pli_arena_take((arena), (count), sizeof(type), _Alignof(type)))

/* pli_arena_used - bytes taken so far, padding between pieces included. */
size_t pli_arena_used(const pli_arena *arena);

/* pli_arena_is_ok - every take so far was met (or, in a sizing arena, was counted without overflow). */
bool pli_arena_is_ok(const pli_arena *arena);

#endif
