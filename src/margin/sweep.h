/* sweep.h: what the plain sweep and the vector sweeps share.                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_SWEEP_H
#define PLI_MARGIN_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/sweep.h"

/* pli_sweep_row - the entries of one instrument inside one tile. */
static inline const int32_t *
pli_sweep_row(const plm_sweep_table *table, uint32_t tile, uint32_t instrument) {
    return table->entries +
           ((size_t)tile * table->instrument_count + instrument) * table->tile_entries;
}

/* pli_sweep_is_narrow - every sum over so many lots fits 32 bits. pli_sweep_is_wide - 64 bits may not do. */
static inline bool
pli_sweep_is_narrow(const plm_sweep_table *table, uint32_t gross_lots) {
    return (uint64_t)gross_lots * table->entry_most < UINT64_C(1) << 31;
}

static inline bool
pli_sweep_is_wide(uint32_t gross_lots) {
    return gross_lots == UINT32_MAX;
}

/*
 * pli_sweep_worst_plain - `worst` for one account, by 128-bit sums. pli_sweep_order_plain - `orders` for one.
 * pli_sweep_tail_plain  - `tails` for one account, by 128-bit sums, with a `scratch` as for plm_sweep_kernels.
 * pli_sweep_tail_of     - the k smallest of `count` values, which are reordered.
 */
int64_t pli_sweep_worst_plain(const plm_sweep_table *table, const plm_sweep_book *book,
                              uint32_t account);
int64_t pli_sweep_order_plain(const plm_sweep_table *table, const plm_sweep_book *book,
                              const plm_sweep_order *order);
plm_sweep_tail pli_sweep_tail_plain(const plm_sweep_table *table, const plm_sweep_book *book,
                                    uint32_t account, uint32_t k, int64_t *scratch);
plm_sweep_tail pli_sweep_tail_of(int64_t *values, uint32_t count, uint32_t k);

#endif
