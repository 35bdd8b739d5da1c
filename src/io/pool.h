/* pool.h: the memory of one decoded object, freed all at once.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_POOL_H
#define PLI_IO_POOL_H

#include <stddef.h>

/*
 * A decoder takes all memory of its result from one pool, so that the result has one `finish` and a failed decode
 * leaves nothing behind. A zeroed pool is empty and ready.
 */
#define PLI_POOL_SIZE_MAX                                                                          \
    ((size_t)1 << 30) /* beyond this a pool refuses, whatever the file asks for */

typedef struct pli_pool {
    struct pli_pool_chunk *chunks;
    size_t total;
} pli_pool;

/*
 * pli_pool_take - `count` zeroed objects of `size` bytes side by side, aligned to 16.
 *
 * Returns    NULL when there is no memory, count * size overflows or PLI_POOL_SIZE_MAX is reached. Zero bytes: a valid
 *            pointer that must not be read.
 */
void *pli_pool_take(pli_pool *pool, size_t count, size_t size);

/* pli_pool_text - a terminated copy of `size` bytes, or NULL as above. */
char *pli_pool_text(pli_pool *pool, const void *text, size_t size);

/* pli_pool_finish - free everything; the pool is empty and ready again. */
void pli_pool_finish(pli_pool *pool);

#endif
