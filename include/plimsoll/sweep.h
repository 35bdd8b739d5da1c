/* sweep.h: every account under every scenario at once: worst loss and Expected Shortfall in exact integers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_SWEEP_H
#define PLIMSOLL_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/scenario.h"
#include "plimsoll/status.h"

#define PLM_SWEEP_ALIGN 32u    /* entries of a tile are a multiple of this */
#define PLM_SWEEP_TAIL_MAX 64u /* a tail of up to this many entries is found without sorting */

/*
 * plm_sweep_table - risk rows in 32 bits, cut into tiles of scenarios.
 *
 * Entry s of instrument i is entries[((s / tile_entries) * instrument_count + i) * tile_entries + s % tile_entries]; what
 * lies behind entry_count is 0. A tile is meant to stay in the processor's second-level cache while the book runs past it.
 */
typedef struct plm_sweep_table {
    uint32_t instrument_count; /* <= 65536 */
    uint32_t entry_count;      /* scenarios, >= 1 */
    uint32_t tile_entries;     /* a multiple of PLM_SWEEP_ALIGN, >= 1 */
    uint32_t tile_count;       /* entry_count / tile_entries, rounded up */
    uint32_t entry_most;       /* no |entry| is larger; < 2^31 */
    const int32_t *entries;    /* 64-byte aligned */
} plm_sweep_table;

/*
 * plm_sweep_book - positions of many accounts, run after run.
 *
 * Account a holds lots[p] of instruments[p] for begin[a] <= p < begin[a + 1]. gross_lots[a] is the sum of |lots[p]|, or
 * UINT32_MAX where it is that or more. An account with lots beyond 32 bits has no place here: plm_margin_require.
 */
typedef struct plm_sweep_book {
    uint32_t account_count;
    const uint32_t *begin; /* [account_count + 1], rising */
    const uint16_t *instruments;
    const int32_t *lots;
    const uint32_t *gross_lots;
} plm_sweep_book;

/* plm_sweep_range - accounts from .. upto - 1: what one thread does. */
typedef struct plm_sweep_range {
    uint32_t from, upto;
} plm_sweep_range;

/*
 * plm_sweep_tail - the k smallest of a set of values; INT64_MIN where that leaves the range of 64 bits.
 */
typedef struct plm_sweep_tail {
    int64_t sum;  /* of the k smallest */
    int64_t last; /* the k-th smallest */
} plm_sweep_tail;

/*
 * plm_sweep_order - an order to be checked: `lots` more of `instrument` for `account`, below the counts of book and table.
 */
typedef struct plm_sweep_order {
    uint32_t account;
    int32_t lots;
    uint16_t instrument;
} plm_sweep_order;

/*
 * plm_sweep_kernels - the sweep for one instruction set. A table is constant; which one is used changes no result.
 *
 * With P(a, s) = sum over the positions p of account a of lots[p] * entry s of instruments[p], exactly:
 *
 * worst  profit[a - from] = min(0, min over s of P(a, s)), or INT64_MIN where that is below 64 bits.
 * tails  tails[a - from] = the k smallest of P(a, s) over s, for 1 <= k <= entry_count; both INT64_MIN where a P(a, s)
 *        leaves 64 bits. `scratch` has plm_sweep_scratch_size bytes and is 64-byte aligned.
 * orders profit[i] = the worst of the account of orders[i] with that order filled and no other: each is checked alone
 *        against the book as it stands. The accounts of later orders are fetched while earlier ones are summed.
 *
 * How sums are kept exact: with A = gross_lots[a] and E = entry_most, every partial sum is within A * E. Below 2^31 it is
 * kept in 32 bits; else, while A < 2^32 - 1, it is below 2^63 and kept in 64; an account beyond that in 128. Integer sums
 * do not depend on their order, so lanes and tiles change nothing.
 *
 * How a tail is found: 64 groups split the scenarios; the k-th smallest t of their minima has at least k values at or
 * below it, so every one of the k smallest is <= t. One pass keeps those candidates, normally little more than k; among
 * c of them, v is the k-th smallest when it is the largest with fewer than k candidates below it, and the sum is that of the
 * candidates below v plus v as often as k is not reached by them. Where k > PLM_SWEEP_TAIL_MAX or ties leave too many
 * candidates, quickselect answers.
 *
 * Units      those of the entries, per lot.
 * Purity     No allocation, no I/O, no clock.
 * Cost       O(positions x scenarios); bytes of rows read decide: 4 for each position and scenario.
 * Guarantees [SWEEP-1] every kernel gives the values of plm_sweep_reference.
 */
typedef struct plm_sweep_kernels {
    const char *name; /* "reference", "avx2", "avx512" */
    void (*worst)(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
                  int64_t *profit);
    void (*tails)(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
                  uint32_t k, void *scratch, plm_sweep_tail *tails);
    void (*orders)(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t count,
                   const plm_sweep_order *orders, int64_t *profit);
} plm_sweep_kernels;

/*
 * plm_sweep_reference - plain C, on every processor.
 * plm_sweep_avx2, plm_sweep_avx512 - in builds for x86-64; as plm_kernels_avx2 and plm_kernels_avx512.
 */
extern const plm_sweep_kernels plm_sweep_reference;
extern const plm_sweep_kernels plm_sweep_avx2;
extern const plm_sweep_kernels plm_sweep_avx512;

/*
 * plm_sweep_at - the sweep of the instruction set of plm_kernels_at(index), or NULL. plm_sweep_best - the last of them.
 */
const plm_sweep_kernels *plm_sweep_at(size_t index);
const plm_sweep_kernels *plm_sweep_best(void);

/* plm_sweep_scratch_size - bytes that `tails` works in. */
size_t plm_sweep_scratch_size(const plm_sweep_table *table);

/* plm_sweep_table_size - bytes of the entries of a table of that shape; 0 where the shape breaks a bound. */
size_t plm_sweep_table_size(uint32_t instrument_count, uint32_t entry_count, uint32_t tile_entries);

/*
 * plm_sweep_table_make - entries begin .. begin + entry_count - 1 of the instruments' rows of `source`, in 32 bits.
 *
 * `entries` has plm_sweep_table_size bytes, 64-byte aligned, and is kept by *table.
 *
 * Returns    PLM_OK; PLM_LIMIT where the shape breaks a bound or leaves the rows; PLM_ARRAYS_MISSING where a row is not
 *            built; PLM_OVERFLOW where an entry needs more than 31 bits and a sign. *table is then as before.
 */
PLM_MUST_USE plm_status plm_sweep_table_make(const plm_risk_table *source, uint32_t begin,
                                             uint32_t entry_count, uint32_t tile_entries,
                                             int32_t *entries, plm_sweep_table *table);

/* plm_sweep_gross - the sum of |lots| of one run, UINT32_MAX where it is that or more. */
uint32_t plm_sweep_gross(uint32_t count, const int32_t *lots);

#endif
