/* sweep.c: the sweep in plain C, and the tables that every sweep reads.               SPDX-License-Identifier: Apache-2.0 */
#include "margin/sweep.h"

#include "base/assert.h"
#include "base/sort.h"

// A sum that cannot be told is told as the worst there is.
static int64_t
clamp(pli_i128 sum) {
    return sum >= INT64_MIN && sum <= INT64_MAX ? (int64_t)sum : INT64_MIN;
}

static pli_i128
scenario_sum(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t account,
             uint32_t scenario) {
    uint32_t tile = scenario / table->tile_entries;
    uint32_t entry = scenario % table->tile_entries;
    pli_i128 sum = 0;
    for (uint32_t p = book->begin[account]; p < book->begin[account + 1]; p += 1) {
        sum += (int64_t)book->lots[p] * pli_sweep_row(table, tile, book->instruments[p])[entry];
    }
    return sum;
}

int64_t
pli_sweep_worst_plain(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t account) {
    return pli_sweep_order_plain(table, book, &(plm_sweep_order){.account = account});
}

int64_t
pli_sweep_order_plain(const plm_sweep_table *table, const plm_sweep_book *book,
                      const plm_sweep_order *order) {
    pli_i128 least = 0;
    for (uint32_t s = 0; s < table->entry_count; s += 1) {
        pli_i128 sum = scenario_sum(table, book, order->account, s);
        if (order->lots != 0) {
            uint32_t entry = s % table->tile_entries;
            sum += (int64_t)order->lots *
                   pli_sweep_row(table, s / table->tile_entries, order->instrument)[entry];
        }
        least = sum < least ? sum : least;
    }
    return clamp(least);
}

plm_sweep_tail
pli_sweep_tail_of(int64_t *values, uint32_t count, uint32_t k) {
    pli_i128 sum = 0;
    pli_i128 before = 0;
    PLI_ASSERT(k >= 1 && k <= count);
    // Sorting moves no value: the k-th smallest is what the k smallest have more than the k - 1 smallest.
    pli_sum_of_smallest(values, count, k, &sum);
    pli_sum_of_smallest(values, count, k - 1, &before);
    return (plm_sweep_tail){clamp(sum), clamp(sum - before)};
}

plm_sweep_tail
pli_sweep_tail_plain(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t account,
                     uint32_t k, int64_t *scratch) {
    bool is_told = true;
    for (uint32_t s = 0; s < table->entry_count; s += 1) {
        pli_i128 sum = scenario_sum(table, book, account, s);
        is_told = is_told && sum >= INT64_MIN && sum <= INT64_MAX;
        scratch[s] = clamp(sum);
    }
    return is_told ? pli_sweep_tail_of(scratch, table->entry_count, k)
                   : (plm_sweep_tail){INT64_MIN, INT64_MIN};
}

static void
worst(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
      int64_t *profit) {
    for (uint32_t a = range.from; a < range.upto; a += 1) {
        profit[a - range.from] = pli_sweep_worst_plain(table, book, a);
    }
}

static void
find_tails(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
           uint32_t k, void *scratch, plm_sweep_tail *tails) {
    for (uint32_t a = range.from; a < range.upto; a += 1) {
        tails[a - range.from] = pli_sweep_tail_plain(table, book, a, k, scratch);
    }
}

static void
check_orders(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t count,
             const plm_sweep_order *orders, int64_t *profit) {
    for (uint32_t i = 0; i < count; i += 1) {
        profit[i] = pli_sweep_order_plain(table, book, &orders[i]);
    }
}

const plm_sweep_kernels plm_sweep_reference = {"reference", worst, find_tails, check_orders};

static uint64_t
padded(const plm_sweep_table *table) {
    return (uint64_t)table->tile_count * table->tile_entries;
}

size_t
plm_sweep_scratch_size(const plm_sweep_table *table) {
    return padded(table) * (sizeof(int64_t) + sizeof(int32_t));
}

static bool
is_shape_good(uint32_t instrument_count, uint32_t entry_count, uint32_t tile_entries) {
    return instrument_count <= UINT32_C(65536) && entry_count >= 1 &&
           entry_count <= UINT32_C(1) << 20 && tile_entries >= PLM_SWEEP_ALIGN &&
           tile_entries <= UINT32_C(1) << 20 && tile_entries % PLM_SWEEP_ALIGN == 0;
}

size_t
plm_sweep_table_size(uint32_t instrument_count, uint32_t entry_count, uint32_t tile_entries) {
    if (!is_shape_good(instrument_count, entry_count, tile_entries)) {
        return 0;
    }
    size_t tile_count = (entry_count + tile_entries - 1) / tile_entries;
    return tile_count * tile_entries * instrument_count * sizeof(int32_t);
}

static plm_status
check_rows(const plm_risk_table *source, uint32_t begin, uint32_t entry_count) {
    for (uint32_t i = 0; i < source->instrument_count; i += 1) {
        const int64_t *row = plm_risk_row(source, i) + begin;
        if (source->is_built[i] == 0) {
            return PLM_ARRAYS_MISSING;
        }
        for (uint32_t s = 0; s < entry_count; s += 1) {
            if (row[s] > INT32_MAX || row[s] < -INT32_MAX) {
                return PLM_OVERFLOW;
            }
        }
    }
    return PLM_OK;
}

plm_status
plm_sweep_table_make(const plm_risk_table *source, uint32_t begin, uint32_t entry_count,
                     uint32_t tile_entries, int32_t *entries, plm_sweep_table *table) {
    if (!is_shape_good(source->instrument_count, entry_count, tile_entries) ||
        begin > source->header->row_stride || entry_count > source->header->row_stride - begin) {
        return PLM_LIMIT;
    }
    plm_status status = check_rows(source, begin, entry_count);
    if (status != PLM_OK) {
        return status;
    }
    plm_sweep_table made = {.instrument_count = source->instrument_count,
                            .entry_count = entry_count,
                            .tile_entries = tile_entries,
                            .tile_count = (entry_count + tile_entries - 1) / tile_entries,
                            .entries = entries};
    int32_t *to = entries;
    for (uint32_t tile = 0; tile < made.tile_count; tile += 1) {
        for (uint32_t i = 0; i < made.instrument_count; i += 1) {
            const int64_t *row = plm_risk_row(source, i) + begin;
            for (uint32_t e = 0; e < tile_entries; e += 1) {
                uint32_t s = tile * tile_entries + e;
                int32_t entry = s < entry_count ? (int32_t)row[s] : 0;
                uint32_t size = (uint32_t)(entry < 0 ? -entry : entry);
                made.entry_most = size > made.entry_most ? size : made.entry_most;
                *to = entry;
                to += 1;
            }
        }
    }
    *table = made;
    return PLM_OK;
}

uint32_t
plm_sweep_gross(uint32_t count, const int32_t *lots) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        int64_t size = lots[i];
        sum += (uint64_t)(size < 0 ? -size : size);
    }
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}
