/* sort.c: sorting and choosing the smallest, without allocation and with a worst case. SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include "base/assert.h"

static void
swap_i64(int64_t *left, int64_t *right) {
    int64_t kept = *left;
    *left = *right;
    *right = kept;
}

static void
sift_down_i64(int64_t *heap, size_t start, size_t count) {
    size_t parent = start;
    while (2 * parent + 1 < count) {
        size_t child = 2 * parent + 1;
        if (child + 1 < count && heap[child] < heap[child + 1]) {
            child += 1;
        }
        if (heap[parent] >= heap[child]) {
            return;
        }
        swap_i64(&heap[parent], &heap[child]);
        parent = child;
    }
}

void
pli_sort_i64(int64_t *values, size_t count) {
    for (size_t i = count / 2; i > 0; i -= 1) {
        sift_down_i64(values, i - 1, count);
    }
    for (size_t end = count; end > 1; end -= 1) {
        swap_i64(&values[0], &values[end - 1]);
        sift_down_i64(values, 0, end - 1);
    }
}

typedef struct ordering {
    pli_comes_before *comes_before;
    const void *context;
} ordering;

static void
sift_down_u32(uint32_t *heap, size_t start, size_t count, ordering order) {
    size_t parent = start;
    while (2 * parent + 1 < count) {
        size_t child = 2 * parent + 1;
        if (child + 1 < count && order.comes_before(order.context, heap[child], heap[child + 1])) {
            child += 1;
        }
        if (!order.comes_before(order.context, heap[parent], heap[child])) {
            return;
        }
        uint32_t kept = heap[parent];
        heap[parent] = heap[child];
        heap[child] = kept;
        parent = child;
    }
}

static void
heap_build_u32(uint32_t *items, size_t count, ordering order) {
    for (size_t i = count / 2; i > 0; i -= 1) {
        sift_down_u32(items, i - 1, count, order);
    }
}

static void
heap_unload_u32(uint32_t *items, size_t count, ordering order) {
    for (size_t end = count; end > 1; end -= 1) {
        uint32_t kept = items[0];
        items[0] = items[end - 1];
        items[end - 1] = kept;
        sift_down_u32(items, 0, end - 1, order);
    }
}

void
pli_sort_u32_by(uint32_t *items, size_t count, pli_comes_before *comes_before,
                const void *context) {
    ordering order = {.comes_before = comes_before, .context = context};
    heap_build_u32(items, count, order);
    heap_unload_u32(items, count, order);
}

static int64_t
median_of_three(int64_t a, int64_t b, int64_t c) {
    int64_t low = a < b ? a : b;
    int64_t high = a < b ? b : a;
    if (c < low) {
        return low;
    }
    return c > high ? high : c;
}

// Three-way partition of [low, high): below the pivot up to *left_end, above it from *right_start, equal between.
static void
partition(int64_t *values, size_t low, size_t high, size_t *left_end, size_t *right_start) {
    int64_t pivot = median_of_three(values[low], values[low + (high - low) / 2], values[high - 1]);
    size_t below = low;
    size_t at = low;
    size_t above = high;
    while (at < above) {
        if (values[at] < pivot) {
            swap_i64(&values[at], &values[below]);
            below += 1;
            at += 1;
        } else if (values[at] > pivot) {
            above -= 1;
            swap_i64(&values[at], &values[above]);
        } else {
            at += 1;
        }
    }
    *left_end = below;
    *right_start = above;
}

// Reorder so that the k smallest come first.
static void
gather_smallest(int64_t *values, size_t count, size_t k) {
    size_t low = 0;
    size_t high = count;
    unsigned bad_splits_left = 8;
    while (low < k && k < high) {
        size_t left_end;
        size_t right_start;
        size_t before = high - low;
        if (bad_splits_left == 0 || before <= 16) {
            pli_sort_i64(values + low, before);
            return;
        }
        partition(values, low, high, &left_end, &right_start);
        if (k < left_end) {
            high = left_end;
        } else if (k > right_start) {
            low = right_start;
        } else {
            return;
        }
        bad_splits_left -= high - low > before - before / 8 ? 1 : 0;
    }
}

void
pli_sum_of_smallest(int64_t *scratch, size_t count, size_t k, pli_i128 *sum) {
    PLI_ASSERT(k <= count);
    gather_smallest(scratch, count, k);
    pli_i128 total = 0;
    for (size_t i = 0; i < k; i += 1) {
        total += scratch[i];
    }
    *sum = total;
}

static bool
value_then_index(const void *context, uint32_t left, uint32_t right) {
    const int64_t *values = context;
    return values[left] != values[right] ? values[left] < values[right] : left < right;
}

void
pli_select_smallest(const int64_t *values, size_t count, size_t k, uint32_t *indices) {
    PLI_ASSERT(k <= count);
    PLI_ASSERT(count <= (uint64_t)UINT32_MAX + 1);
    if (k == 0) {
        return;
    }
    ordering order = {.comes_before = value_then_index, .context = values};
    for (size_t i = 0; i < k; i += 1) {
        indices[i] = (uint32_t)i;
    }
    // The largest kept stands at the top of the heap; a later equal value never displaces it.
    heap_build_u32(indices, k, order);
    for (size_t i = k; i < count; i += 1) {
        if (values[i] < values[indices[0]]) {
            indices[0] = (uint32_t)i;
            sift_down_u32(indices, 0, k, order);
        }
    }
    heap_unload_u32(indices, k, order);
}
