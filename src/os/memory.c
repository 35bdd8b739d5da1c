/* memory.c: large blocks of memory that are reserved once.                            SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE // madvise, which POSIX has not
#include "os/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LINE ((size_t)64)
#define HUGE ((size_t)2 << 20)

void *
pli_memory_reserve(size_t size) {
    size_t align = size >= 2 * HUGE ? HUGE : LINE;
    void *block = aligned_alloc(align, (size + align - 1) / align * align);
#ifdef MADV_HUGEPAGE
    if (block != NULL && align == HUGE) {
        // A wish: whether it is granted changes no answer.
        (void)!madvise(block, size, MADV_HUGEPAGE);
    }
#endif
    return block;
}
