/* prefetch.h: ask for memory before it is needed.                                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_PREFETCH_H
#define PLI_BASE_PREFETCH_H

#include <stddef.h>

/* pli_prefetch - `size` bytes at `at` will be read soon. A hint: nothing depends on it, and `at` need not be readable. */
static inline void
pli_prefetch(const void *at, size_t size) {
    for (size_t offset = 0; offset < size; offset += 64) {
        __builtin_prefetch((const char *)at + offset);
    }
}

#endif
