/* arena.c: aligned pieces carved out of one block of the caller's memory.             SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/assert.h"
#include "base/checked.h"

pli_arena
pli_arena_init(void *memory, size_t size) {
    size_t padding = (0 - (uintptr_t)memory) & (PLI_ARENA_ALIGN - 1);
    if (memory == NULL || padding > size) {
        return (pli_arena){.is_exhausted = true};
    }
    return (pli_arena){.base = memory, .size = size, .used = padding};
}

pli_arena
pli_arena_init_sizing(void) {
    return (pli_arena){.size = SIZE_MAX - (PLI_ARENA_ALIGN - 1), .used = 0, .is_sizing = true};
}

void *
pli_arena_take(pli_arena *arena, size_t count, size_t size, size_t align) {
    PLI_ASSERT(align > 0);
    PLI_ASSERT((align & (align - 1)) == 0);
    PLI_ASSERT(align <= PLI_ARENA_ALIGN);
    PLI_ASSERT(arena->used <= arena->size); // [ARENA-1]
    size_t padding = (0 - ((uintptr_t)arena->base + arena->used)) & (align - 1);
    size_t bytes;
    size_t start;
    size_t end;
    bool fits = pli_mul_size(count, size, &bytes) && pli_add_size(arena->used, padding, &start) &&
                pli_add_size(start, bytes, &end) && end <= arena->size;
    if (arena->is_exhausted || !fits) {
        arena->is_exhausted = true; // [ARENA-2]
        return NULL;
    }
    arena->used = end;
    return arena->is_sizing ? NULL : arena->base + start;
}

size_t
pli_arena_used(const pli_arena *arena) {
    return arena->is_sizing ? arena->used + (PLI_ARENA_ALIGN - 1) : arena->used;
}

bool
pli_arena_is_ok(const pli_arena *arena) {
    return !arena->is_exhausted;
}
