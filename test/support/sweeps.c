/* sweeps.c: edge-biased books and tables, and the comparison of a sweep with its plain twin.  SPDX-License-Identifier: Apache-2.0 */
#include "support/sweeps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"

enum { ACCOUNTS = 24, INSTRUMENTS = 9, ENTRIES_MAX = 1100, HELD_MAX = 40 };

typedef struct world {
    plm_sweep_table table;
    plm_sweep_book book;
    uint32_t begin[ACCOUNTS + 1];
    uint32_t gross[ACCOUNTS];
    uint16_t instruments[ACCOUNTS * HELD_MAX];
    int32_t lots[ACCOUNTS * HELD_MAX];
    int32_t *entries;
} world;

static int32_t
whole_of(pli_prng *random, uint64_t most) {
    int64_t size = (int64_t)pli_prng_below(random, most + 1);
    return (int32_t)(pli_prng_below(random, 2) == 0 ? size : -size);
}

// Everyday, tiny, many equal ones, or the ends of the range.
static int32_t
draw(pli_prng *random, uint64_t kind) {
    static const uint64_t most[] = {100000, 1, 7, INT32_MAX, 1000};
    if (kind == 3 && pli_prng_below(random, 2) == 0) {
        return pli_prng_below(random, 2) == 0 ? INT32_MAX : -INT32_MAX;
    }
    return whole_of(random, most[kind]);
}

static void
draw_table(pli_prng *random, world *made) {
    static const uint32_t counts[] = {1, 7, 31, 32, 33, 63, 65, 128, 250, 1024};
    static const uint32_t tiles[] = {32, 64, 96, 128, 256};
    plm_sweep_table *table = &made->table;
    table->instrument_count = INSTRUMENTS;
    table->entry_count = counts[pli_prng_below(random, 10)];
    table->tile_entries = tiles[pli_prng_below(random, 5)];
    table->tile_count = (table->entry_count + table->tile_entries - 1) / table->tile_entries;
    table->entry_most = 0;
    table->entries = made->entries;
    uint64_t kind = pli_prng_below(random, 5);
    int32_t *to = made->entries;
    for (uint32_t tile = 0; tile < table->tile_count; tile += 1) {
        for (uint32_t e = 0; e < INSTRUMENTS * table->tile_entries; e += 1) {
            uint32_t s = tile * table->tile_entries + e % table->tile_entries;
            *to = s < table->entry_count ? draw(random, kind) : 0;
            uint32_t size = (uint32_t)abs(*to);
            table->entry_most = size > table->entry_most ? size : table->entry_most;
            to += 1;
        }
    }
}

static void
draw_book(pli_prng *random, world *made) {
    static const uint32_t held_most[] = {1, 8, HELD_MAX};
    uint32_t at = 0;
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        uint64_t kind = pli_prng_below(random, 5);
        uint32_t held = (uint32_t)pli_prng_below(random, held_most[pli_prng_below(random, 3)] + 1);
        made->begin[a] = at;
        for (uint32_t p = 0; p < held; p += 1) {
            made->instruments[at] = (uint16_t)pli_prng_below(random, INSTRUMENTS);
            made->lots[at] = draw(random, kind);
            if (kind == 3 && pli_prng_below(random, 8) == 0) {
                made->lots[at] = INT32_MIN;
            }
            at += 1;
        }
        made->gross[a] = plm_sweep_gross(held, &made->lots[made->begin[a]]);
    }
    made->begin[ACCOUNTS] = at;
    made->book =
        (plm_sweep_book){ACCOUNTS, made->begin, made->instruments, made->lots, made->gross};
}

static void
compare(const plm_sweep_kernels *kernels, const world *made, plm_sweep_range range, uint32_t k,
        void *scratch) {
    int64_t expected_profit[ACCOUNTS];
    int64_t profit[ACCOUNTS];
    plm_sweep_tail expected[ACCOUNTS];
    plm_sweep_tail tails[ACCOUNTS];
    plm_sweep_reference.worst(&made->table, &made->book, range, expected_profit);
    kernels->worst(&made->table, &made->book, range, profit);
    plm_sweep_reference.tails(&made->table, &made->book, range, k, scratch, expected);
    kernels->tails(&made->table, &made->book, range, k, scratch, tails);
    for (uint32_t a = range.from; a < range.upto; a += 1) {
        uint32_t i = a - range.from;
        if (profit[i] != expected_profit[i] || tails[i].sum != expected[i].sum ||
            tails[i].last != expected[i].last) {
            fail_msg("%s: account %u of %u entries, k %u: worst %lld not %lld, tail %lld %lld not "
                     "%lld %lld",
                     kernels->name, a, made->table.entry_count, k, (long long)profit[i],
                     (long long)expected_profit[i], (long long)tails[i].sum,
                     (long long)tails[i].last, (long long)expected[i].sum,
                     (long long)expected[i].last);
        }
    }
}

static void
compare_orders(const plm_sweep_kernels *kernels, const world *made, pli_prng *random) {
    plm_sweep_order orders[2 * ACCOUNTS];
    int64_t expected[2 * ACCOUNTS];
    int64_t profit[2 * ACCOUNTS];
    for (uint32_t i = 0; i < 2 * ACCOUNTS; i += 1) {
        orders[i].account = (uint32_t)pli_prng_below(random, ACCOUNTS);
        orders[i].lots =
            pli_prng_below(random, 16) == 0 ? INT32_MIN : draw(random, pli_prng_below(random, 5));
        orders[i].instrument = (uint16_t)pli_prng_below(random, INSTRUMENTS);
    }
    plm_sweep_reference.orders(&made->table, &made->book, 2 * ACCOUNTS, orders, expected);
    kernels->orders(&made->table, &made->book, 2 * ACCOUNTS, orders, profit);
    for (uint32_t i = 0; i < 2 * ACCOUNTS; i += 1) {
        if (profit[i] != expected[i]) {
            fail_msg("%s: order %u of %d lots for account %u of %u entries: worst %lld not %lld",
                     kernels->name, i, orders[i].lots, orders[i].account, made->table.entry_count,
                     (long long)profit[i], (long long)expected[i]);
        }
    }
}

void
ts_sweep_sums(const plm_sweep_kernels *kernels, uint64_t seed, uint64_t count) {
    pli_prng random = pli_prng_init(seed);
    static world made;
    size_t entries_max = ENTRIES_MAX + 256;
    made.entries = aligned_alloc(64, INSTRUMENTS * entries_max * sizeof(int32_t) / 64 * 64 + 64);
    void *scratch = aligned_alloc(64, entries_max * 12 / 64 * 64 + 64);
    assert_non_null(made.entries);
    assert_non_null(scratch);
    for (uint64_t done = 0; done < count; done += ACCOUNTS * made.table.entry_count) {
        draw_table(&random, &made);
        draw_book(&random, &made);
        uint32_t most = made.table.entry_count;
        uint32_t k = 1 + (uint32_t)pli_prng_below(&random, most < 80 ? most : 80);
        uint32_t from = (uint32_t)pli_prng_below(&random, ACCOUNTS);
        assert_true(plm_sweep_scratch_size(&made.table) <= entries_max * 12);
        compare(kernels, &made, (plm_sweep_range){0, ACCOUNTS}, k, scratch);
        compare(kernels, &made, (plm_sweep_range){from, ACCOUNTS}, 1, scratch);
        compare_orders(kernels, &made, &random);
    }
    free(made.entries);
    free(scratch);
}
