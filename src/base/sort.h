/* sort.h: sorting and choosing the smallest, without allocation and with a worst case. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_SORT_H
#define PLI_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"

/* pli_sort_i64 - ascending, in place. O(n log n) always. */
void pli_sort_i64(int64_t *values, size_t count);

/*
 * pli_sort_u32_by - order indices (or ids) by a rule of the caller, in place. O(n log n) always.
 *
 * `comes_before(context, left, right)` must be a strict total order: end it with `left < right`, then the result does
 * not depend on the order in which the items came.
 */
typedef bool pli_comes_before(const void *context, uint32_t left, uint32_t right);
void pli_sort_u32_by(uint32_t *items, size_t count, pli_comes_before *comes_before,
                     const void *context);

/*
 * pli_sum_of_smallest - the exact sum of the `k` smallest of `count` values, as Expected Shortfall needs it.
 *
 * `scratch` holds the values and is reordered. k <= count is asserted. count < 2^63, so the sum always fits.
 *
 * Cost       O(count) typically (quickselect, median-of-three pivot); O(count log count) at worst, because a range
 *            that does not shrink fast enough is sorted instead. The path depends on the values alone.
 */
void pli_sum_of_smallest(int64_t *scratch, size_t count, size_t k, pli_i128 *sum);

/*
 * pli_select_smallest - the positions of the `k` smallest values, by value, then by index: ties to the lowest index.
 *
 * `indices` has room for k; k <= count <= 2^32 is asserted.
 *
 * Cost       O(count log k).
 */
void pli_select_smallest(const int64_t *values, size_t count, size_t k, uint32_t *indices);

#endif
