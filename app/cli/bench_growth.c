/* bench_growth.c: how the cost of a sweep grows with accounts, positions, scenarios and underlyings. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "report/chart.h"

enum { STEPS_MAX = 7, ROUNDS = 5, LABEL_SIZE = 32 };

/* growth - one measure of a book that takes these values while the others stay. */
typedef struct growth {
    const char *key;
    const char *title;
    uint32_t count;
    uint32_t values[STEPS_MAX];
    uint32_t accounts_share; /* the book has --accounts / this; 0: the values are accounts */
} growth;

static const growth growths[] = {
    {"accounts",
     "Processor time per account, by accounts of the book",
     5,
     {1000, 10000, 100000, 1000000, 10000000},
     0},
    {"positions",
     "Processor time per account, by positions of each",
     7,
     {1, 2, 4, 8, 16, 32, 64},
     10},
    {"scenarios",
     "Processor time per account, by scenarios",
     6,
     {32, 128, 256, 512, 1024, 4096},
     50},
    {"underlyings",
     "Processor time per account, by underlyings of 40 instruments",
     6,
     {5, 20, 50, 200, 500, 1000},
     10},
};

enum { GROWTH_COUNT = sizeof growths / sizeof growths[0] };

static const growth *
growth_find(const char *key) {
    for (uint32_t i = 0; i < GROWTH_COUNT; i += 1) {
        if (strcmp(growths[i].key, key) == 0) {
            return &growths[i];
        }
    }
    return NULL;
}

static pli_bench_shape
shape_of(const growth *grown, uint32_t step, uint32_t accounts) {
    uint32_t value = grown->values[step];
    pli_bench_shape shape = {.held = PLI_BENCH_HELD,
                             .underlyings = PLI_BENCH_UNDERLYINGS,
                             .entries = 32,
                             .tile_entries = 32};
    switch (grown->key[0]) {
    case 'a':
        shape.accounts = value;
        return shape;
    case 'p':
        shape.held = value;
        break;
    case 's':
        shape.entries = value;
        shape.tile_entries = value < 64 ? value : 64;
        break;
    default:
        shape.underlyings = value;
    }
    shape.accounts = accounts / grown->accounts_share;
    return shape;
}

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

// The median of a few rounds, in nanoseconds per account.
static double
cost_of(const pli_bench_shape *shape) {
    pli_pool pool = {.chunks = NULL};
    pli_bench_book *book = pli_bench_book_make(&pool, shape);
    double ns[ROUNDS];
    pli_bench_worst.run(book);
    uint32_t repeats = 400000 / (shape->accounts * (shape->entries / 32)) + 1;
    for (uint32_t r = 0; r < ROUNDS; r += 1) {
        double start = pli_bench_clock_ns();
        for (uint32_t i = 0; i < repeats; i += 1) {
            pli_bench_worst.run(book);
        }
        ns[r] = (pli_bench_clock_ns() - start) / ((double)repeats * shape->accounts);
    }
    pli_pool_finish(&pool);
    qsort(ns, ROUNDS, sizeof ns[0], by_value);
    return ns[ROUNDS / 2];
}

static pli_exit
draw(const growth *grown, uint32_t steps, const double *costs, pli_page *page) {
    static char labels[STEPS_MAX][LABEL_SIZE];
    pli_bar bars[STEPS_MAX];
    for (uint32_t i = 0; i < steps; i += 1) {
        pli_text text = pli_text_init(labels[i], LABEL_SIZE);
        pli_text_append_u64(&text, grown->values[i]);
        bars[i] = (pli_bar){.label = labels[i], .value = (int64_t)(costs[i] * 10.0 + 0.5)};
    }
    const pli_bars chart = {grown->title, "ns", 1, steps, bars};
    pli_sink sink = pli_page_sink(page);
    pli_chart_bars(&sink, &chart, true);
    return PLI_EXIT_OK;
}

pli_exit
pli_bench_growth(const pli_invocation *invocation, const char *key, uint32_t accounts,
                 pli_page *page) {
    static const pli_column columns[] = {
        {"by", "growing", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
        {"value", "to", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"accounts", "accounts", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"account_ns", "per account", "ns", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
        {"entry_ps", "per position and scenario", "ps", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
        {"book_bytes", "book, per account", "bytes", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    };
    const growth *grown = growth_find(key);
    if (grown == NULL) {
        return pli_fail_usage("--growth takes accounts, positions, scenarios or underlyings; seen "
                              "was ",
                              key, NULL);
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows out = pli_rows_make(&pool, "growth", columns, 6, STEPS_MAX);
    double costs[STEPS_MAX];
    uint32_t steps = 0;
    for (uint32_t i = 0; i < grown->count; i += 1) {
        pli_bench_shape shape = shape_of(grown, i, accounts);
        if (shape.accounts > accounts || shape.accounts == 0) {
            break;
        }
        double ns = cost_of(&shape);
        double work = (double)shape.held * shape.entries;
        const pli_cell cells[] = {
            pli_cell_text(grown->key),           pli_cell_number(grown->values[i], 0),
            pli_cell_number(shape.accounts, 0),  pli_cell_double(ns, 3),
            pli_cell_double(ns * 1e3 / work, 3), pli_cell_number(8 + 6 * shape.held, 0)};
        pli_rows_add(&out, cells);
        costs[steps] = ns;
        steps += 1;
    }
    const pli_tables document = {
        .schema = "plimsoll-bench-growth/1", .table_count = 1, .tables = &out.table};
    if (steps == 0) {
        pli_pool_finish(&pool);
        return pli_fail_usage("--accounts: too few to grow", NULL, NULL);
    }
    pli_exit end = pli_argument_is_given(invocation, "picture")
                       ? draw(grown, steps, costs, page)
                       : pli_show(invocation, &document, page);
    pli_pool_finish(&pool);
    return end;
}
