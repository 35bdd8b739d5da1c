/* sweep_avx512.c: the sweep with AVX-512, sixteen 32-bit or eight 64-bit sums to a register.   SPDX-License-Identifier: Apache-2.0 */
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define LANES 16
typedef int32_t narrow __attribute__((vector_size(64), may_alias));
typedef int64_t wide __attribute__((vector_size(64), may_alias));

static inline narrow
min32(narrow a, narrow b) {
    return (narrow)_mm512_min_epi32((__m512i)a, (__m512i)b);
}

static inline wide
min64(wide a, wide b) {
    return (wide)_mm512_min_epi64((__m512i)a, (__m512i)b);
}

static inline narrow
max32(narrow a, narrow b) {
    return (narrow)_mm512_max_epi32((__m512i)a, (__m512i)b);
}

static inline wide
max64(wide a, wide b) {
    return (wide)_mm512_max_epi64((__m512i)a, (__m512i)b);
}

static inline narrow
across32(narrow values, narrow index) {
    return (narrow)_mm512_permutexvar_epi32((__m512i)index, (__m512i)values);
}

static inline wide
across64(wide values, wide index) {
    return (wide)_mm512_permutexvar_epi64((__m512i)index, (__m512i)values);
}

static inline uint32_t
keep32(narrow values, int32_t most, int32_t *to) {
    __mmask16 is_kept = _mm512_cmple_epi32_mask((__m512i)values, _mm512_set1_epi32(most));
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(is_kept, (__m512i)values));
    return (uint32_t)__builtin_popcount(is_kept);
}

static inline uint32_t
keep64(wide values, int64_t most, int64_t *to) {
    __mmask8 is_kept = _mm512_cmple_epi64_mask((__m512i)values, _mm512_set1_epi64(most));
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(is_kept, (__m512i)values));
    return (uint32_t)__builtin_popcount(is_kept);
}

static inline wide
product_even(narrow a, narrow b) {
    return (wide)_mm512_mul_epi32((__m512i)a, (__m512i)b);
}

// `lots` is the same in every lane.
static inline wide
product_odd(narrow lots, narrow b) {
    return (wide)_mm512_mul_epi32((__m512i)lots, _mm512_srli_epi64((__m512i)b, 32));
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

const plm_sweep_kernels plm_sweep_avx512 = {"avx512", worst, find_tails, check_orders};
