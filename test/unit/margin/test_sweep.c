/* test_sweep.c: worst losses and tails of whole books, against plain sums and sorts of the test's own. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/sort.h"
#include "base/wide.h"
#include "plimsoll/kernel.h"
#include "plimsoll/sweep.h"

enum { INSTRUMENTS = 5, STRIDE = 112, BEGIN = 3, ENTRIES = 100, TILE = 32, ACCOUNTS = 60 };
enum { PADDED = 128 };

static int64_t rows[(INSTRUMENTS + 1) * STRIDE];
static uint8_t is_built[INSTRUMENTS + 1];
static plm_scenario_header header = {.row_stride = STRIDE, .entry_count = STRIDE};
static plm_risk_table source = {&header, INSTRUMENTS, 1, rows, is_built};
_Alignas(64) static int32_t entries[INSTRUMENTS * PADDED];
_Alignas(64) static int64_t scratch[2 * PADDED];
static uint32_t begin[ACCOUNTS + 1], gross[ACCOUNTS];
static uint16_t instruments[ACCOUNTS * INSTRUMENTS];
static int32_t lots[ACCOUNTS * INSTRUMENTS];
static plm_sweep_book book = {ACCOUNTS, begin, instruments, lots, gross};

static plm_sweep_table
make_world(int64_t entry_size, int64_t lots_size) {
    pli_prng random = pli_prng_init(7);
    for (size_t i = 0; i < INSTRUMENTS * STRIDE; i += 1) {
        rows[i] = (int64_t)pli_prng_below(&random, (uint64_t)(2 * entry_size + 1)) - entry_size;
    }
    memset(is_built, 1, sizeof is_built);
    uint32_t at = 0;
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        begin[a] = at;
        for (uint32_t p = 0; p < a % (INSTRUMENTS + 1); p += 1) {
            instruments[at] = (uint16_t)p;
            lots[at] = (int32_t)((int64_t)pli_prng_below(&random, (uint64_t)(2 * lots_size + 1)) -
                                 lots_size);
            at += 1;
        }
        gross[a] = plm_sweep_gross(at - begin[a], &lots[begin[a]]);
    }
    begin[ACCOUNTS] = at;
    plm_sweep_table table = {0};
    assert_int_equal(plm_sweep_table_size(INSTRUMENTS, ENTRIES, TILE), sizeof entries);
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, ENTRIES, TILE, entries, &table), PLM_OK);
    assert_true(plm_sweep_scratch_size(&table) <= sizeof scratch);
    return table;
}

/* What the account gains under scenario s, from the rows that the table was made of. */
static pli_i128
gain(uint32_t account, uint32_t s) {
    pli_i128 sum = 0;
    for (uint32_t p = begin[account]; p < begin[account + 1]; p += 1) {
        sum += (pli_i128)lots[p] * rows[(uint32_t)instruments[p] * STRIDE + BEGIN + s];
    }
    return sum;
}

static void
expect(const plm_sweep_kernels *kernels, const plm_sweep_table *table, uint32_t k) {
    int64_t profit[ACCOUNTS];
    plm_sweep_tail tails[ACCOUNTS];
    kernels->worst(table, &book, (plm_sweep_range){0, ACCOUNTS}, profit);
    kernels->tails(table, &book, (plm_sweep_range){0, ACCOUNTS}, k, scratch, tails);
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        int64_t sorted[ENTRIES];
        for (uint32_t s = 0; s < ENTRIES; s += 1) {
            sorted[s] = (int64_t)gain(a, s);
        }
        pli_sort_i64(sorted, ENTRIES);
        int64_t sum = 0;
        for (uint32_t i = 0; i < k; i += 1) {
            sum += sorted[i];
        }
        assert_int_equal(profit[a], sorted[0] < 0 ? sorted[0] : 0);
        assert_int_equal(tails[a].sum, sum);
        assert_int_equal(tails[a].last, sorted[k - 1]);
    }
}

static void
every_sweep_gives_the_worst_and_the_tail_of_plain_sums(void **state) {
    (void)state;
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        plm_sweep_table narrow = make_world(1000000, 300);
        expect(plm_sweep_at(i), &narrow, 1);
        expect(plm_sweep_at(i), &narrow, 3);
        expect(plm_sweep_at(i), &narrow, ENTRIES);
        plm_sweep_table wide = make_world(2000000000, 10000000);
        expect(plm_sweep_at(i), &wide, 3);
        expect(plm_sweep_at(i), &wide, 64);
    }
}

static void
every_order_is_checked_alone_against_the_book(void **state) {
    (void)state;
    static const int32_t sizes[] = {0, 1, -7, 300, INT32_MIN, INT32_MAX};
    plm_sweep_table table = make_world(1000000, 300);
    plm_sweep_order orders[ACCOUNTS];
    int64_t expected[ACCOUNTS];
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        orders[i] = (plm_sweep_order){i * 7 % ACCOUNTS, sizes[i % 6], (uint16_t)(i % INSTRUMENTS)};
        expected[i] = 0;
        for (uint32_t s = 0; s < ENTRIES; s += 1) {
            int64_t filled =
                orders[i].lots * rows[(uint32_t)orders[i].instrument * STRIDE + BEGIN + s] +
                (int64_t)gain(orders[i].account, s);
            expected[i] = filled < expected[i] ? filled : expected[i];
        }
    }
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        int64_t profit[ACCOUNTS] = {0};
        plm_sweep_at(i)->orders(&table, &book, ACCOUNTS, orders, profit);
        assert_memory_equal(profit, expected, sizeof expected);
    }
}

static void
a_loss_beyond_64_bits_is_the_least_number(void **state) {
    (void)state;
    plm_sweep_table table = make_world(1, 1);
    for (size_t i = 0; i < INSTRUMENTS * PADDED; i += 1) {
        entries[i] = INT32_MAX;
    }
    table.entry_most = INT32_MAX;
    for (uint32_t p = 0; p < INSTRUMENTS; p += 1) {
        instruments[p] = (uint16_t)p;
        lots[p] = INT32_MIN;
    }
    begin[0] = 0;
    begin[1] = INSTRUMENTS;
    gross[0] = plm_sweep_gross(INSTRUMENTS, lots);
    assert_int_equal(gross[0], UINT32_MAX);
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        int64_t profit = 0;
        plm_sweep_tail tail = {0, 0};
        plm_sweep_order order = {0, INT32_MIN, 1};
        int64_t ordered = 0;
        plm_sweep_at(i)->worst(&table, &book, (plm_sweep_range){0, 1}, &profit);
        plm_sweep_at(i)->tails(&table, &book, (plm_sweep_range){0, 1}, 2, scratch, &tail);
        plm_sweep_at(i)->orders(&table, &book, 1, &order, &ordered);
        assert_true(profit == INT64_MIN);
        assert_true(ordered == INT64_MIN);
        assert_true(tail.sum == INT64_MIN);
        assert_true(tail.last == INT64_MIN);
    }
}

static void
what_the_table_cannot_hold_is_refused_and_changes_nothing(void **state) {
    (void)state;
    plm_sweep_table table = make_world(1000, 3);
    plm_sweep_table before = table;
    rows[2 * STRIDE + BEGIN] = INT64_C(1) << 31;
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, ENTRIES, TILE, entries, &table),
                     PLM_OVERFLOW);
    rows[2 * STRIDE + BEGIN] = -(INT64_C(1) << 31);
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, ENTRIES, TILE, entries, &table),
                     PLM_OVERFLOW);
    assert_int_equal(plm_sweep_table_make(&source, BEGIN + 1, ENTRIES, TILE, entries, &table),
                     PLM_OK);
    table = before;
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, ENTRIES, TILE + 1, entries, &table),
                     PLM_LIMIT);
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, 0, TILE, entries, &table), PLM_LIMIT);
    assert_int_equal(plm_sweep_table_make(&source, 13, ENTRIES, TILE, entries, &table), PLM_LIMIT);
    is_built[1] = 0;
    assert_int_equal(plm_sweep_table_make(&source, BEGIN, ENTRIES, TILE, entries, &table),
                     PLM_ARRAYS_MISSING);
    assert_memory_equal(&table, &before, sizeof table);
    assert_int_equal(plm_sweep_table_size(65537, ENTRIES, TILE), 0);
}

static void
sweeps_come_in_the_order_of_the_kernels(void **state) {
    (void)state;
    size_t count = plm_kernels_count();
    for (size_t i = 0; i < count; i += 1) {
        assert_string_equal(plm_sweep_at(i)->name, plm_kernels_at(i)->name);
    }
    assert_null(plm_sweep_at(count));
    assert_ptr_equal(plm_sweep_best(), plm_sweep_at(count - 1));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sweep_gives_the_worst_and_the_tail_of_plain_sums),
        cmocka_unit_test(every_order_is_checked_alone_against_the_book),
        cmocka_unit_test(a_loss_beyond_64_bits_is_the_least_number),
        cmocka_unit_test(what_the_table_cannot_hold_is_refused_and_changes_nothing),
        cmocka_unit_test(sweeps_come_in_the_order_of_the_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
