/* names.h: outside names and the dense indices that stand for them inside.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_NAMES_H
#define PLI_IO_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/pool.h"
#include "plimsoll/limits.h"

/*
 * pli_names - `at[i]` is the name of index i; `order` lists the indices by name, for the search.
 */
typedef struct pli_names {
    uint32_t count;
    const char (*at)[PLM_NAME_SIZE];
    const uint32_t *order;
} pli_names;

/*
 * pli_names_make - index `count` names. Both tables live in `pool`.
 *
 * Returns    true; false with the second index of a name that stands twice in *duplicate, or PLM_NONE there when there
 *            is no memory.
 */
bool pli_names_make(pli_pool *pool, uint32_t count, const char (*at)[PLM_NAME_SIZE],
                    pli_names *names, uint32_t *duplicate);

/* pli_names_find - the index of a terminated name, or PLM_NONE. Cost O(log count). */
uint32_t pli_names_find(const pli_names *names, const char *name);

/* pli_name_is_valid - 1 to 31 printable ASCII characters without space, quote, comma and backslash. */
bool pli_name_is_valid(const char *name, size_t size);

#endif
