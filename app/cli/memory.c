/* memory.c: memory that a verb cannot go on without.                                  SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verb.h"

void *
pli_must_take(pli_pool *pool, size_t count, size_t size) {
    void *taken = pli_pool_take(pool, count, size);
    if (taken == NULL) {
        exit((int)pli_fail_status(NULL, &(plm_fault){.status = PLM_MEMORY}));
    }
    return taken;
}

void *
pli_must_block(pli_pool *pool, size_t size) {
    unsigned char *block = pli_must_take(pool, size + 64, 1);
    return block + (64 - (uintptr_t)block % 64) % 64;
}

const char *
pli_must_text(pli_pool *pool, const char *text) {
    size_t size = strlen(text);
    char *copy = pli_must_take(pool, size + 1, 1);
    memcpy(copy, text, size + 1);
    return copy;
}
