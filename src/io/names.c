/* names.c: outside names and the dense indices that stand for them inside.            SPDX-License-Identifier: Apache-2.0 */
#include "io/names.h"

#include <string.h>

#include "base/sort.h"
#include "plimsoll/quantity.h"

static bool
comes_before(const void *context, uint32_t left, uint32_t right) {
    const pli_names *names = context;
    int order = strcmp(names->at[left], names->at[right]);
    return order != 0 ? order < 0 : left < right;
}

bool
pli_names_make(pli_pool *pool, uint32_t count, const char (*at)[PLM_NAME_SIZE], pli_names *names,
               uint32_t *duplicate) {
    *duplicate = PLM_NONE;
    uint32_t *order = pli_pool_take(pool, count, sizeof *order);
    if (order == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        order[i] = i;
    }
    pli_names result = {.count = count, .at = at, .order = order};
    pli_sort_u32_by(order, count, comes_before, &result);
    for (uint32_t i = 1; i < count; i += 1) {
        if (strcmp(at[order[i - 1]], at[order[i]]) == 0) {
            *duplicate = order[i];
            return false;
        }
    }
    *names = result;
    return true;
}

uint32_t
pli_names_find(const pli_names *names, const char *name) {
    uint32_t low = 0;
    uint32_t high = names->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(names->at[names->order[middle]], name);
        if (order == 0) {
            return names->order[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return PLM_NONE;
}

bool
pli_name_is_valid(const char *name, size_t size) {
    if (size < 1 || size >= PLM_NAME_SIZE) {
        return false;
    }
    for (size_t i = 0; i < size; i += 1) {
        if (name[i] <= ' ' || name[i] > '~' || strchr("\",\\'", name[i]) != NULL) {
            return false;
        }
    }
    return true;
}
