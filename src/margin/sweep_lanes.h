/* sweep_lanes.h: the sweep of sweep.c with many scenarios at a time, with the same values.   SPDX-License-Identifier: Apache-2.0 */
/*
 * Included once each by the kernels for one instruction set, which define before it
 *
 *   LANES           32-bit lanes of a register
 *   narrow, wide    its types: LANES of int32_t, LANES / 2 of int64_t
 *   min32, max32, min64, max64  lane by lane
 *   across32, across64          lane i is lane index[i]
 *   keep32, keep64  the lanes at or below a bound, in order, to memory where a whole register may be written; how many
 *   product_even, _odd  64-bit products of the even, and of the odd, 32-bit lanes
 *
 * Products of even and odd lanes come from one load of 32-bit entries; the sums of a block are then in an order of their
 * own (all even scenarios of a register, then all odd ones), which neither a minimum nor a tail can see. Registers that
 * reach behind entry_count hold the sums of zeros there: harmless to `worst`, and overwritten with the largest value
 * before a tail is looked for.
 */
#ifndef PLI_MARGIN_SWEEP_LANES_H
#define PLI_MARGIN_SWEEP_LANES_H

#include "base/assert.h"
#include "base/libc.h"
#include "margin/sweep.h"

enum {
    PLI_WIDE_LANES = LANES / 2,
    PLI_BLOCK = 32,                  // entries of the shortest block: tiles are a multiple of it
    PLI_HALF = PLI_BLOCK / LANES,    // registers of a block of 32-bit sums
    PLI_LONG = 8,                    // registers of a long one, where tiles allow it
    PLI_AHEAD = 12,                  // orders that are fetched ahead
    PLI_GROUPS = 64,                 // minima that bound a tail
    PLI_CANDIDATES = 4 * PLI_GROUPS, // more than these: quickselect
};

#define INLINE static inline __attribute__((always_inline))

INLINE const narrow *
pli_narrow_at(const int32_t *entries) {
    return (const narrow *)(const void *)entries;
}

/* --- Sums of one account over one block of entries, which a pass over the positions holds in registers ------------ */

// `row` is where the block begins in the rows of instrument 0; rows are `stride` entries apart. An order adds `more_lots`.
typedef struct pli_block {
    const int32_t *row;
    size_t stride;
    const uint16_t *instruments;
    const int32_t *lots;
    uint32_t count;
    uint32_t more_instrument;
    int32_t more_lots;
} pli_block;

// `registers` is a constant wherever this is inlined: what a position costs besides its row is shared by all of them.
INLINE void
pli_add32(const pli_block *block, uint32_t instrument, int32_t lots, uint32_t registers,
          narrow *sums) {
    const narrow *row = pli_narrow_at(block->row + instrument * block->stride);
    narrow every = lots - (narrow){0};
    for (uint32_t j = 0; j < registers; j += 1) {
        sums[j] += every * row[j];
    }
}

INLINE void
pli_add64(const pli_block *block, uint32_t instrument, int32_t lots, wide *sums) {
    const narrow *row = pli_narrow_at(block->row + instrument * block->stride);
    narrow every = lots - (narrow){0};
    for (uint32_t j = 0; j < PLI_HALF; j += 1) {
        sums[2 * j] += product_even(every, row[j]);
        sums[2 * j + 1] += product_odd(every, row[j]);
    }
}

INLINE void
pli_sums32(const pli_block *block, uint32_t registers, narrow *sums) {
    for (uint32_t j = 0; j < registers; j += 1) {
        sums[j] = (narrow){0};
    }
    for (uint32_t p = 0; p < block->count; p += 1) {
        pli_add32(block, block->instruments[p], block->lots[p], registers, sums);
    }
    if (block->more_lots != 0) {
        pli_add32(block, block->more_instrument, block->more_lots, registers, sums);
    }
}

INLINE void
pli_sums64(const pli_block *block, wide sums[2 * PLI_HALF]) {
    for (uint32_t j = 0; j < 2 * PLI_HALF; j += 1) {
        sums[j] = (wide){0};
    }
    for (uint32_t p = 0; p < block->count; p += 1) {
        pli_add64(block, block->instruments[p], block->lots[p], sums);
    }
    if (block->more_lots != 0) {
        pli_add64(block, block->more_instrument, block->more_lots, sums);
    }
}

INLINE pli_block
pli_block_of(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t account) {
    uint32_t begin = book->begin[account];
    return (pli_block){.row = table->entries,
                       .stride = table->tile_entries,
                       .instruments = book->instruments + begin,
                       .lots = book->lots + begin,
                       .count = book->begin[account + 1] - begin};
}

// Do tiles of so many entries end where a long block of 32-bit sums does?
INLINE bool
pli_is_long(size_t entries) {
    return entries % (PLI_LONG * LANES) == 0;
}

/* --- Worst loss ------------------------------------------------------------------------------------------------- */

INLINE int64_t
pli_least32(narrow least) {
    int32_t lanes[LANES];
    memcpy(lanes, &least, sizeof lanes);
    int32_t result = 0;
    for (uint32_t i = 0; i < LANES; i += 1) {
        result = lanes[i] < result ? lanes[i] : result;
    }
    return result;
}

INLINE int64_t
pli_least64(wide least) {
    int64_t lanes[PLI_WIDE_LANES];
    memcpy(lanes, &least, sizeof lanes);
    int64_t result = 0;
    for (uint32_t i = 0; i < PLI_WIDE_LANES; i += 1) {
        result = lanes[i] < result ? lanes[i] : result;
    }
    return result;
}

INLINE int64_t
pli_worst32_by(pli_block block, uint32_t registers) {
    narrow least = {0};
    for (size_t e = 0; e < block.stride; e += (size_t)registers * LANES) {
        narrow sums[PLI_LONG];
        pli_sums32(&block, registers, sums);
        block.row += registers * LANES;
        for (uint32_t j = 0; j < registers; j += 1) {
            least = min32(least, sums[j]);
        }
    }
    return pli_least32(least);
}

INLINE int64_t
pli_worst32(pli_block block) {
    return pli_is_long(block.stride) ? pli_worst32_by(block, PLI_LONG)
                                     : pli_worst32_by(block, PLI_HALF);
}

INLINE int64_t
pli_worst64(pli_block block) {
    wide least = {0};
    for (size_t e = 0; e < block.stride; e += PLI_BLOCK) {
        wide sums[2 * PLI_HALF];
        pli_sums64(&block, sums);
        block.row += PLI_BLOCK;
        for (uint32_t j = 0; j < 2 * PLI_HALF; j += 1) {
            least = min64(least, sums[j]);
        }
    }
    return pli_least64(least);
}

// One tile for every account, then the next: the tile stays near while the book runs past.
INLINE void
pli_worst(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
          int64_t *profit) {
    size_t tile_size = (size_t)table->instrument_count * table->tile_entries;
    for (uint32_t tile = 0; tile < table->tile_count; tile += 1) {
        for (uint32_t a = range.from; a < range.upto; a += 1) {
            pli_block block = pli_block_of(table, book, a);
            block.row += tile * tile_size;
            int64_t least = 0;
            if (pli_sweep_is_narrow(table, book->gross_lots[a])) {
                least = pli_worst32(block);
            } else if (!pli_sweep_is_wide(book->gross_lots[a])) {
                least = pli_worst64(block);
            } else if (tile == 0) {
                least = pli_sweep_worst_plain(table, book, a);
            }
            int64_t *out = &profit[a - range.from];
            *out = tile == 0 || least < *out ? least : *out;
        }
    }
}

/* --- Orders ------------------------------------------------------------------------------------------------------ */

INLINE int64_t
pli_order_worst(const plm_sweep_table *table, const plm_sweep_book *book,
                const plm_sweep_order *order) {
    uint64_t lots = (uint64_t)(order->lots < 0 ? -(int64_t)order->lots : order->lots);
    uint64_t sum = book->gross_lots[order->account] + lots;
    uint32_t gross = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    if (pli_sweep_is_wide(gross)) {
        return pli_sweep_order_plain(table, book, order);
    }
    pli_block block = pli_block_of(table, book, order->account);
    block.more_instrument = order->instrument;
    block.more_lots = order->lots;
    bool is_narrow = pli_sweep_is_narrow(table, gross);
    int64_t worst = 0;
    for (uint32_t tile = 0; tile < table->tile_count; tile += 1) {
        int64_t least = is_narrow ? pli_worst32(block) : pli_worst64(block);
        worst = least < worst ? least : worst;
        block.row += (size_t)table->instrument_count * table->tile_entries;
    }
    return worst;
}

// An account that is not near takes two looks at memory, one after the other: where its positions stand, and what they are.
INLINE void
pli_orders(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t count,
           const plm_sweep_order *orders, int64_t *profit) {
    for (uint32_t i = 0; i < count; i += 1) {
        if (i + 2 * PLI_AHEAD < count) {
            uint32_t account = orders[i + 2 * PLI_AHEAD].account;
            __builtin_prefetch(&book->begin[account]);
            __builtin_prefetch(&book->gross_lots[account]);
        }
        if (i + PLI_AHEAD < count) {
            uint32_t begin = book->begin[orders[i + PLI_AHEAD].account];
            __builtin_prefetch(&book->instruments[begin]);
            __builtin_prefetch(&book->lots[begin]);
        }
        profit[i] = pli_order_worst(table, book, &orders[i]);
    }
}

/* --- Tails ------------------------------------------------------------------------------------------------------ */

#define VALUE int32_t
#define VALUE_MAX INT32_MAX
#define SUM int64_t // of up to PLI_GROUPS values
#define REGISTER narrow
#define LEAST min32
#define MOST max32
#define ACROSS across32
#define KEEP keep32
#define NAME(noun) noun##32
#include "margin/sweep_tail.h"
#undef VALUE
#undef VALUE_MAX
#undef REGISTER
#undef SUM
#undef LEAST
#undef MOST
#undef ACROSS
#undef KEEP
#undef NAME

#define VALUE int64_t
#define VALUE_MAX INT64_MAX
#define SUM pli_i128 // of up to PLI_GROUPS values
#define REGISTER wide
#define LEAST min64
#define MOST max64
#define ACROSS across64
#define KEEP keep64
#define NAME(noun) noun##64
#include "margin/sweep_tail.h"
#undef VALUE
#undef VALUE_MAX
#undef REGISTER
#undef SUM
#undef LEAST
#undef MOST
#undef ACROSS
#undef KEEP
#undef NAME

INLINE void
pli_fill32_by(const plm_sweep_table *table, pli_block block, uint32_t registers, int32_t *values) {
    size_t tile_size = (size_t)table->instrument_count * table->tile_entries;
    uint32_t padded = table->tile_count * table->tile_entries;
    for (uint32_t s = 0; s < padded; s += registers * LANES) {
        pli_block here = block;
        here.row += s / table->tile_entries * tile_size + s % table->tile_entries;
        narrow sums[PLI_LONG];
        pli_sums32(&here, registers, sums);
        memcpy(values + s, sums, registers * sizeof sums[0]);
    }
}

INLINE void
pli_fill32(const plm_sweep_table *table, pli_block block, int32_t *values) {
    uint32_t padded = table->tile_count * table->tile_entries;
    if (pli_is_long(table->tile_entries)) {
        pli_fill32_by(table, block, PLI_LONG, values);
    } else {
        pli_fill32_by(table, block, PLI_HALF, values);
    }
    for (uint32_t s = table->entry_count; s < padded; s += 1) {
        values[s] = INT32_MAX;
    }
}

INLINE void
pli_fill64(const plm_sweep_table *table, pli_block block, int64_t *values) {
    size_t tile_size = (size_t)table->instrument_count * table->tile_entries;
    uint32_t padded = table->tile_count * table->tile_entries;
    for (uint32_t s = 0; s < padded; s += PLI_BLOCK) {
        pli_block here = block;
        here.row += s / table->tile_entries * tile_size + s % table->tile_entries;
        wide sums[2 * PLI_HALF];
        pli_sums64(&here, sums);
        memcpy(values + s, sums, sizeof sums);
    }
    // Where entry s went: the even half of its register before the odd one.
    for (uint32_t s = table->entry_count; s < padded; s += 1) {
        uint32_t lane = s % LANES;
        values[s - lane + lane % 2 * PLI_WIDE_LANES + lane / 2] = INT64_MAX;
    }
}

INLINE void
pli_tails(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
          uint32_t k, void *scratch, plm_sweep_tail *tails) {
    uint32_t padded = table->tile_count * table->tile_entries;
    int64_t *values = scratch;
    int32_t *few_bits = (int32_t *)(void *)(values + padded);
    PLI_ASSERT(k >= 1 && k <= table->entry_count);
    for (uint32_t a = range.from; a < range.upto; a += 1) {
        plm_sweep_tail *tail = &tails[a - range.from];
        if (pli_sweep_is_narrow(table, book->gross_lots[a])) {
            pli_fill32(table, pli_block_of(table, book, a), few_bits);
            if (pli_tail32(few_bits, padded, k, tail)) {
                continue;
            }
            for (uint32_t s = 0; s < table->entry_count; s += 1) {
                values[s] = few_bits[s];
            }
            *tail = pli_sweep_tail_of(values, table->entry_count, k);
        } else if (pli_sweep_is_wide(book->gross_lots[a])) {
            *tail = pli_sweep_tail_plain(table, book, a, k, values);
        } else {
            pli_fill64(table, pli_block_of(table, book, a), values);
            if (!pli_tail64(values, padded, k, tail)) {
                *tail = pli_sweep_tail_of(values, padded, k);
            }
        }
    }
}

#endif
