/* pool.c: the memory of one decoded object, freed all at once.                        SPDX-License-Identifier: Apache-2.0 */
#include "io/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define ALIGN ((size_t)16)
#define CHUNK_SIZE ((size_t)1 << 16)

struct pli_pool_chunk {
    struct pli_pool_chunk *next;
    size_t size; /* of what follows the header */
    size_t used;
    size_t padding; /* the header stays a multiple of ALIGN, which malloc gives */
};

_Static_assert(sizeof(struct pli_pool_chunk) % 16 == 0, "pieces start aligned");

static struct pli_pool_chunk *
add_chunk(pli_pool *pool, size_t size) {
    size_t chunk_size = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    if (chunk_size > PLI_POOL_SIZE_MAX - pool->total) {
        return NULL;
    }
    struct pli_pool_chunk *chunk = calloc(1, sizeof *chunk + chunk_size);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->size = chunk_size;
    pool->total += chunk_size;
    // A piece larger than a chunk goes behind the first one, which may still have room.
    if (size > CHUNK_SIZE && pool->chunks != NULL) {
        chunk->next = pool->chunks->next;
        pool->chunks->next = chunk;
    } else {
        chunk->next = pool->chunks;
        pool->chunks = chunk;
    }
    return chunk;
}

void *
pli_pool_take(pli_pool *pool, size_t count, size_t size) {
    size_t bytes;
    if (!pli_mul_size(count, size, &bytes) || bytes > PLI_POOL_SIZE_MAX) {
        return NULL;
    }
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    struct pli_pool_chunk *chunk = pool->chunks;
    if (chunk == NULL || bytes > chunk->size - chunk->used) {
        chunk = add_chunk(pool, bytes);
    }
    if (chunk == NULL) {
        return NULL;
    }
    uint8_t *piece = (uint8_t *)(chunk + 1) + chunk->used;
    chunk->used += bytes;
    return piece;
}

char *
pli_pool_text(pli_pool *pool, const void *text, size_t size) {
    char *copy = pli_pool_take(pool, size + 1, 1);
    if (copy != NULL && size > 0) {
        memcpy(copy, text, size);
    }
    return copy;
}

void
pli_pool_finish(pli_pool *pool) {
    struct pli_pool_chunk *chunk = pool->chunks;
    while (chunk != NULL) {
        struct pli_pool_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *pool = (pli_pool){0};
}
