/* sweep_avx2.c: the sweep with AVX2, eight 32-bit or four 64-bit sums to a register.   SPDX-License-Identifier: Apache-2.0 */
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define LANES 8
typedef int32_t narrow __attribute__((vector_size(32), may_alias));
typedef int64_t wide __attribute__((vector_size(32), may_alias));

static inline narrow
min32(narrow a, narrow b) {
    return (narrow)_mm256_min_epi32((__m256i)a, (__m256i)b);
}

static inline wide
min64(wide a, wide b) {
    return (wide)_mm256_blendv_epi8((__m256i)a, (__m256i)b, (__m256i)(a > b));
}

static inline bool
any32(narrow mask) {
    return _mm256_movemask_epi8((__m256i)mask) != 0;
}

static inline bool
any64(wide mask) {
    return _mm256_movemask_epi8((__m256i)mask) != 0;
}

static inline wide
product_even(narrow a, narrow b) {
    return (wide)_mm256_mul_epi32((__m256i)a, (__m256i)b);
}

// `lots` is the same in every lane.
static inline wide
product_odd(narrow lots, narrow b) {
    return (wide)_mm256_mul_epi32((__m256i)lots, _mm256_srli_epi64((__m256i)b, 32));
}

#include "margin/sweep_lanes.h"

static void
worst(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
      int64_t *profit) {
    pli_worst(table, book, range, profit);
}

static void
find_tails(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
           uint32_t k, void *scratch, plm_sweep_tail *tails) {
    pli_tails(table, book, range, k, scratch, tails);
}

const plm_sweep_kernels plm_sweep_avx2 = {"avx2", worst, find_tails};
