/* memory.h: memory that a verb cannot go on without.                                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_MEMORY_H
#define PLI_CLI_MEMORY_H

#include <stddef.h>

#include "base/text.h"
#include "io/pool.h"

/*
 * pli_must_take  - `count` zeroed objects of `size` bytes, aligned to 16.
 * pli_must_block - `size` zeroed bytes, aligned to 64: workspaces, scenario sets, risk tables.
 * pli_must_text  - a terminated copy.
 *
 * All live as long as the pool. Where there is no memory the program says so in one line and ends with exit 3: no verb
 * has printed anything by then, and none could do better.
 */
void *pli_must_take(pli_pool *pool, size_t count, size_t size);
void *pli_must_block(pli_pool *pool, size_t size);
const char *pli_must_text(pli_pool *pool, const char *text);

#define PLI_MUST_TAKE(pool, count, type) ((type *)pli_must_take((pool), (count), sizeof(type)))

#endif
