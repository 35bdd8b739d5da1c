/* memory.h: large blocks of memory that are reserved once.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_MEMORY_H
#define PLI_OS_MEMORY_H

#include <stddef.h>

/*
 * pli_memory_reserve - a block for free(), aligned to 64 bytes; one of 4 MiB or more to a huge page, which the system is asked
 *                      to use: fewer faults when it is cleared, fewer misses of the address cache afterwards.
 *
 * Returns    NULL where there is not so much.
 */
void *pli_memory_reserve(size_t size);

#endif
