/* sweep_avx2.c: the sweep with AVX2, eight 32-bit or four 64-bit sums to a register.   SPDX-License-Identifier: Apache-2.0 */
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/libc.h"

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

static inline narrow
max32(narrow a, narrow b) {
    return (narrow)_mm256_max_epi32((__m256i)a, (__m256i)b);
}

static inline wide
max64(wide a, wide b) {
    return (wide)_mm256_blendv_epi8((__m256i)b, (__m256i)a, (__m256i)(a > b));
}

static inline narrow
across32(narrow values, narrow index) {
    return (narrow)_mm256_permutevar8x32_epi32((__m256i)values, (__m256i)index);
}

// Lane i is the 32-bit lanes 2 i and 2 i + 1.
static inline wide
across64(wide values, wide index) {
    wide halves = index * 2 + ((index * 2 + 1) << 32);
    return (wide)_mm256_permutevar8x32_epi32((__m256i)values, (__m256i)halves);
}

// Few lanes are kept: the set bits of the mask, one after another.
static inline uint32_t
keep32(narrow values, int32_t most, int32_t *to) {
    int32_t lanes[8];
    __m256 is_kept = (__m256)(values <= most - (narrow){0});
    uint32_t size = 0;
    memcpy(lanes, &values, sizeof lanes);
    for (uint32_t bits = (uint32_t)_mm256_movemask_ps(is_kept); bits != 0; bits &= bits - 1) {
        to[size] = lanes[__builtin_ctz(bits)];
        size += 1;
    }
    return size;
}

static inline uint32_t
keep64(wide values, int64_t most, int64_t *to) {
    int64_t lanes[4];
    __m256d is_kept = (__m256d)(values <= most - (wide){0});
    uint32_t size = 0;
    memcpy(lanes, &values, sizeof lanes);
    for (uint32_t bits = (uint32_t)_mm256_movemask_pd(is_kept); bits != 0; bits &= bits - 1) {
        to[size] = lanes[__builtin_ctz(bits)];
        size += 1;
    }
    return size;
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

static void
check_orders(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t count,
             const plm_sweep_order *orders, int64_t *profit) {
    pli_orders(table, book, count, orders, profit);
}

const plm_sweep_kernels plm_sweep_avx2 = {"avx2", worst, find_tails, check_orders};
