/* bench_data.c: the books, rows and options of `plimsoll bench`, the same for every peer.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench.h"
#include "cli/memory.h"

uint64_t
pli_bench_mix(uint64_t number) {
    uint64_t z = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int32_t
whole_of(uint64_t drawn, uint32_t most) {
    return (int32_t)(drawn % (2 * (uint64_t)most + 1)) - (int32_t)most;
}

static uint32_t
skewed(uint64_t drawn, uint32_t count) {
    return (uint32_t)(drawn % count * ((drawn >> 32) % count) / count);
}

// Rows as a plain loop reads them, and the same in tiles.
static void
draw_rows(pli_pool *pool, pli_bench_book *made) {
    const pli_bench_shape *shape = &made->shape;
    plm_sweep_table *table = &made->table;
    table->instrument_count = shape->underlyings * PLI_BENCH_PER_UNDERLYING;
    table->entry_count = shape->entries;
    table->tile_entries = shape->tile_entries;
    table->tile_count = (shape->entries + shape->tile_entries - 1) / shape->tile_entries;
    table->entry_most = PLI_BENCH_ENTRY_MOST;
    size_t size =
        plm_sweep_table_size(table->instrument_count, shape->entries, shape->tile_entries);
    int32_t *tiled = pli_must_block(pool, size);
    int32_t *rows = pli_must_block(pool, (size_t)table->instrument_count * shape->entries * 4);
    for (uint32_t i = 0; i < table->instrument_count; i += 1) {
        for (uint32_t s = 0; s < shape->entries; s += 1) {
            int32_t entry = whole_of(pli_bench_mix((uint64_t)i * 4096 + s), PLI_BENCH_ENTRY_MOST);
            uint32_t tile = s / shape->tile_entries;
            rows[(size_t)i * shape->entries + s] = entry;
            tiled[((size_t)tile * table->instrument_count + i) * shape->tile_entries +
                  s % shape->tile_entries] = entry;
        }
    }
    table->entries = tiled;
    made->rows = rows;
}

static void
draw_positions(const pli_bench_shape *shape, uint32_t account, uint16_t *instruments,
               int32_t *lots) {
    uint64_t first = pli_bench_mix((UINT64_C(1) << 41) + account);
    uint64_t second = pli_bench_mix((UINT64_C(1) << 42) + account);
    uint32_t most = shape->is_sorted
                        ? (uint32_t)((uint64_t)account * shape->underlyings / shape->accounts)
                        : skewed(first, shape->underlyings);
    uint32_t other = skewed(second, shape->underlyings);
    for (uint32_t p = 0; p < shape->held; p += 1) {
        uint64_t drawn = pli_bench_mix((UINT64_C(1) << 40) + (uint64_t)account * 64 + p);
        uint32_t underlying = p % 8 < 5 ? most : other;
        instruments[p] = (uint16_t)(underlying * PLI_BENCH_PER_UNDERLYING +
                                    (drawn >> 32) % PLI_BENCH_PER_UNDERLYING);
        lots[p] = whole_of(drawn, PLI_BENCH_LOTS_MOST);
    }
}

pli_bench_book *
pli_bench_book_make(pli_pool *pool, const pli_bench_shape *shape) {
    pli_bench_book *made = PLI_MUST_TAKE(pool, 1, pli_bench_book);
    made->shape = *shape;
    draw_rows(pool, made);
    size_t held = (size_t)shape->accounts * shape->held;
    uint32_t *begin = PLI_MUST_TAKE(pool, (size_t)shape->accounts + 1, uint32_t);
    uint32_t *gross = PLI_MUST_TAKE(pool, shape->accounts, uint32_t);
    uint16_t *instruments = PLI_MUST_TAKE(pool, held, uint16_t);
    int32_t *lots = PLI_MUST_TAKE(pool, held, int32_t);
    for (uint32_t a = 0; a < shape->accounts; a += 1) {
        begin[a] = a * shape->held;
        draw_positions(shape, a, instruments + begin[a], lots + begin[a]);
        gross[a] = plm_sweep_gross(shape->held, lots + begin[a]);
    }
    begin[shape->accounts] = shape->accounts * shape->held;
    made->book = (plm_sweep_book){shape->accounts, begin, instruments, lots, gross};
    made->profit = PLI_MUST_TAKE(pool, shape->accounts, int64_t);
    made->tails = PLI_MUST_TAKE(pool, shape->accounts, plm_sweep_tail);
    made->scratch = pli_must_block(pool, plm_sweep_scratch_size(&made->table) +
                                             shape->entries * sizeof(int64_t));
    return made;
}

pli_bench_options *
pli_bench_options_make(pli_pool *pool) {
    pli_bench_options *made = PLI_MUST_TAKE(pool, 1, pli_bench_options);
    made->strike = 100.0;
    made->years = 0.25;
    for (uint32_t i = 0; i < PLI_BENCH_POINTS; i += 1) {
        uint32_t many = PLI_BENCH_POINTS;
        made->strikes[i] = made->strike;
        made->forwards[i] = 80.0 + 40.0 * (double)(i * 37 % many) / (double)many;
        made->volatilities[i] = 0.2 + 0.8 * (double)(i * 101 % many) / (double)many;
    }
    plm_option_fixed option = {made->strike, made->years, PLM_RIGHT_CALL};
    plm_kernels_reference.black76_points(&option, PLI_BENCH_POINTS, made->forwards,
                                         made->volatilities, made->prices);
    return made;
}
