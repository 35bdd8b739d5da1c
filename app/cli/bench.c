/* bench.c: plimsoll bench: what a unit of work costs here, in turns with other programs. SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench.h"

#include <stdlib.h>
#include <string.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "os/processor.h"

static const pli_option options[] = {
    {"rounds", "N", "rounds in turns of which medians are taken (default 15)"},
    {"accounts", "N", "accounts of a swept book (default 1000000)"},
    {"peers", "DIR", "also the programs in there: peer_quantlib, peer_eigen, peer_scipy.py"},
    {"only", "KEY", "one measurement alone, such as sweep"},
    {"growth", "KIND", "instead: cost by accounts, positions, scenarios or underlyings"},
    {"picture", NULL, "with --growth: as SVG"},
    {"quick", NULL, "3 rounds of 10000 accounts: to see that it works, not to quote"},
    {NULL, NULL, NULL},
};

enum { ROUNDS_MAX = 1001, PEERS_MAX = 3, PROCESSOR = 0 };

#define ROUND_NS 4e6 /* a round of something short is repeated for about this long */

/* bench_row - a measurement: our task, a plain twin, peers, and by how much the design asks for us to be faster. */
typedef struct bench_row {
    const char *key;
    const char *title;
    const char *unit;
    const pli_bench_task *ours;
    const pli_bench_task *plain; /* NULL: none */
    const char *plain_name;
    double plain_target;     /* 0: none */
    pli_bench_shape shape;   /* of a book; entries 0: options */
    uint32_t accounts_share; /* the book has --accounts / this */
    struct {
        const char *program, *task, *name;
        double target;
    } peers[PEERS_MAX];
} bench_row;

#define BOOK(entries, tile, sorted)                                                                \
    { 0, PLI_BENCH_HELD, PLI_BENCH_UNDERLYINGS, entries, tile, sorted }

static const bench_row rows[] = {
    {.key = "price",
     .title = "option price, 512 points of a chain",
     .unit = "option",
     .ours = &pli_bench_price,
     .plain = &pli_bench_price_plain,
     .plain_name = "our plain twin",
     .peers = {{"peer_quantlib", "formula", "QuantLib blackFormula", 0.0},
               {"peer_quantlib", "calculator", "QuantLib BlackCalculator", 37.0},
               {"peer_quantlib", "instrument", "QuantLib instrument and engine", 500.0}}},
    {.key = "implied",
     .title = "implied volatility, 512 points",
     .unit = "option",
     .ours = &pli_bench_implied,
     .plain = &pli_bench_implied_plain,
     .plain_name = "our plain twin",
     .peers = {{"peer_quantlib", "implied", "QuantLib blackFormulaImpliedStdDev", 0.0}}},
    {.key = "sweep",
     .title = "worst of 32 scenarios, 8 positions, any order",
     .unit = "account",
     .ours = &pli_bench_worst,
     .plain = &pli_bench_worst_plain,
     .plain_name = "plain C loops, gcc -O3",
     .shape = BOOK(32, 32, false),
     .accounts_share = 1,
     .peers = {{"peer_eigen", "worst", "Eigen, sparse times dense", 5.0},
               {"peer_scipy.py", "worst", "SciPy, sparse times dense", 40.0}}},
    {.key = "sweep-sorted",
     .title = "the same, sorted by underlying",
     .unit = "account",
     .ours = &pli_bench_worst,
     .plain = &pli_bench_worst_plain,
     .plain_name = "plain C loops, gcc -O3",
     .shape = BOOK(32, 32, true),
     .accounts_share = 1,
     .peers = {{"peer_eigen", "worst", "Eigen, sparse times dense", 5.0},
               {"peer_scipy.py", "worst", "SciPy, sparse times dense", 40.0}}},
    {.key = "worst-1024",
     .title = "worst of 1,024 scenarios, 8 positions",
     .unit = "account",
     .ours = &pli_bench_worst,
     .plain = &pli_bench_worst_plain,
     .plain_name = "plain C loops, gcc -O3",
     .shape = BOOK(1024, 128, false),
     .accounts_share = 50,
     .peers = {{"peer_eigen", "worst", "Eigen, sparse times dense", 35.0},
               {"peer_scipy.py", "worst", "SciPy, sparse times dense", 0.0}}},
    {.key = "tail-1024",
     .title = "Expected Shortfall 97.5 % of 1,024, 8 positions",
     .unit = "account",
     .ours = &pli_bench_tails,
     .plain = &pli_bench_tails_plain,
     .plain_name = "plain C loops and qsort",
     .plain_target = 75.0,
     .shape = BOOK(1024, 256, false),
     .accounts_share = 50,
     .peers = {{"peer_scipy.py", "tails", "SciPy and partition", 0.0}}},
    {.key = "portfolio",
     .title = "one account, 5,000 positions, 1,000 scenarios",
     .unit = "run",
     .ours = &pli_bench_worst,
     .plain = &pli_bench_worst_plain,
     .plain_name = "plain C loops, gcc -O3",
     .shape = {1, 5000, 125, 1000, 256, false},
     .accounts_share = 0},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* bench_asked - the options of one run. */
typedef struct bench_asked {
    uint32_t rounds;
    uint32_t accounts;
    const char *peers; /* NULL: none */
    const char *only;  /* NULL: all */
} bench_asked;

/* bench_side - one of the programs that take turns, and what it has shown so far. */
typedef struct bench_side {
    const char *name;
    double target;
    const pli_bench_task *task; /* NULL: a peer */
    uint32_t repeats;
    pli_bench_peer peer;
    bool is_present;
    int64_t check;
    double *ns; /* [rounds] */
} bench_side;

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double
share_of(double *values, uint32_t count, double share) {
    qsort(values, count, sizeof values[0], by_value);
    return values[(uint32_t)(share * (count - 1) + 0.5)];
}

static double
run_once(const bench_side *side, void *context, double units) {
    double start = pli_bench_clock_ns();
    for (uint32_t i = 0; i < side->repeats; i += 1) {
        side->task->run(context);
    }
    return (pli_bench_clock_ns() - start) / (side->repeats * units);
}

// Warm, and repeated often enough for the clock.
static void
prepare(bench_side *side, void *context, double units) {
    if (side->task == NULL) {
        double ns = 0.0;
        side->is_present = pli_bench_peer_round(&side->peer, &ns, &side->check);
        return;
    }
    side->repeats = 1;
    double once = run_once(side, context, units) * units;
    side->repeats = once < ROUND_NS ? (uint32_t)(ROUND_NS / (once + 1.0)) + 1 : 1;
    side->check = side->task->check(context);
    side->is_present = true;
}

static double
round_of(bench_side *side, void *context, double units) {
    double ns = 0.0;
    int64_t check = 0;
    if (side->task != NULL) {
        return run_once(side, context, units);
    }
    side->is_present = side->is_present && pli_bench_peer_round(&side->peer, &ns, &check);
    return ns;
}

static const pli_column columns[] = {
    {"key", "key", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"what", "what", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"unit", "unit", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"ours_ns", "ours", "ns", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"ours_low_ns", "10 %", "ns", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"ours_high_ns", "90 %", "ns", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"peer", "beside", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
    {"peer_ns", "theirs", "ns", PLI_ALIGN_RIGHT, 1, PLI_DECIMAL_HALF_EVEN},
    {"ratio", "ratio", "", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"ratio_low", "10 %", "", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"ratio_high", "90 %", "", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
    {"target", "asked", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    {"agrees", "same result", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

// Sums of prices are rounded after an addition in another order.
static bool
is_same(int64_t ours, int64_t theirs) {
    return ours - theirs <= 1 && theirs - ours <= 1;
}

static void
add_row(pli_rows *out, const bench_row *row, const bench_side *ours, const bench_side *side,
        uint32_t rounds) {
    double *ratios = PLI_MUST_TAKE(out->pool, rounds, double);
    double *own = PLI_MUST_TAKE(out->pool, rounds, double);
    double *other = PLI_MUST_TAKE(out->pool, rounds, double);
    memcpy(own, ours->ns, rounds * sizeof own[0]);
    pli_cell cells[COLUMN_COUNT] = {pli_cell_text(row->key),
                                    pli_cell_text(row->title),
                                    pli_cell_text(row->unit),
                                    pli_cell_double(share_of(own, rounds, 0.5), 3),
                                    pli_cell_double(share_of(own, rounds, 0.1), 3),
                                    pli_cell_double(share_of(own, rounds, 0.9), 3)};
    if (side != NULL && side->is_present) {
        memcpy(other, side->ns, rounds * sizeof other[0]);
        for (uint32_t i = 0; i < rounds; i += 1) {
            ratios[i] = side->ns[i] / ours->ns[i];
        }
        bool agrees = is_same(ours->check, side->check);
        cells[6] = pli_cell_text(side->name);
        cells[7] = pli_cell_double(share_of(other, rounds, 0.5), 3);
        cells[8] = pli_cell_double(share_of(ratios, rounds, 0.5), 3);
        cells[9] = pli_cell_double(share_of(ratios, rounds, 0.1), 3);
        cells[10] = pli_cell_double(share_of(ratios, rounds, 0.9), 3);
        cells[11] = side->target > 0.0 ? pli_cell_double(side->target, 0) : pli_cell_none();
        cells[12] = pli_cell_toned(pli_cell_flag(agrees), agrees ? PLI_TONE_PLAIN : PLI_TONE_BAD);
    }
    pli_rows_add(out, cells);
}

/* The sides of one row: ours first, then the plain twin, then the peers. */
static uint32_t
open_sides(pli_pool *pool, const bench_row *row, const bench_asked *asked,
           const pli_bench_shape *shape, bench_side *sides) {
    uint32_t count = 1;
    sides[0] = (bench_side){.name = "plimsoll", .task = row->ours};
    if (row->plain != NULL) {
        sides[count] =
            (bench_side){.name = row->plain_name, .task = row->plain, .target = row->plain_target};
        count += 1;
    }
    for (uint32_t i = 0; asked->peers != NULL && i < PEERS_MAX; i += 1) {
        if (row->peers[i].program != NULL) {
            sides[count] = (bench_side){.name = row->peers[i].name, .target = row->peers[i].target};
            sides[count].peer =
                pli_bench_peer_open(asked->peers, row->peers[i].program, row->peers[i].task, shape);
            count += 1;
        }
    }
    for (uint32_t i = 0; i < count; i += 1) {
        sides[i].ns = PLI_MUST_TAKE(pool, asked->rounds, double);
    }
    return count;
}

static void
measure(const bench_row *row, const bench_asked *asked, pli_rows *out) {
    pli_pool pool = {.chunks = NULL};
    pli_bench_shape shape = row->shape;
    bench_side sides[2 + PEERS_MAX];
    shape.accounts =
        row->accounts_share == 0 ? shape.accounts : asked->accounts / row->accounts_share;
    bool has_book = shape.entries != 0;
    void *context = has_book ? (void *)pli_bench_book_make(&pool, &shape)
                             : (void *)pli_bench_options_make(&pool);
    double units = has_book ? shape.accounts : PLI_BENCH_POINTS;
    uint32_t count = open_sides(&pool, row, asked, &shape, sides);
    for (uint32_t i = 0; i < count; i += 1) {
        prepare(&sides[i], context, units);
    }
    for (uint32_t r = 0; r < asked->rounds; r += 1) {
        for (uint32_t i = 0; i < count; i += 1) {
            sides[i].ns[r] = round_of(&sides[i], context, units);
        }
    }
    for (uint32_t i = count == 1 ? 0 : 1; i < count; i += 1) {
        if (i == 0 || sides[i].is_present) {
            add_row(out, row, &sides[0], i == 0 ? NULL : &sides[i], asked->rounds);
        }
        pli_bench_peer_close(&sides[i].peer);
    }
    pli_pool_finish(&pool);
}

static pli_exit
choose_number(const pli_invocation *invocation, const char *option, uint32_t most,
              uint32_t *number) {
    const char *text = pli_argument_value(invocation, option);
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < 1 || value > most) {
        return pli_fail_usage("--", option,
                              " is a whole number from 1 to ten million (rounds: 1001)");
    }
    *number = (uint32_t)value;
    return PLI_EXIT_OK;
}

static pli_exit
choose(const pli_invocation *invocation, bench_asked *asked) {
    bool is_quick = pli_argument_is_given(invocation, "quick");
    *asked = (bench_asked){.rounds = is_quick ? 3 : 15,
                           .accounts = is_quick ? 10000 : 1000000,
                           .peers = pli_argument_value(invocation, "peers"),
                           .only = pli_argument_value(invocation, "only")};
    uint32_t at = 0;
    while (asked->only != NULL && at < ROW_COUNT && strcmp(rows[at].key, asked->only) != 0) {
        at += 1;
    }
    if (at == ROW_COUNT && strcmp(asked->only, "pretrade") != 0) {
        return pli_fail_usage("--only: nothing measured is named ", asked->only, NULL);
    }
    pli_exit end = choose_number(invocation, "rounds", ROUNDS_MAX, &asked->rounds);
    return end == PLI_EXIT_OK ? choose_number(invocation, "accounts", 10000000, &asked->accounts)
                              : end;
}

static pli_rows
describe(pli_pool *pool, const bench_asked *asked, bool is_pinned) {
    static const pli_column machine[] = {
        {"processor", "processor", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
        {"processors", "processors", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"kernels", "instruction set used", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
        {"pinned", "pinned to one processor", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
        {"load", "load before", "", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_HALF_EVEN},
        {"compiler", "compiler", "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN},
        {"rounds", "rounds in turns", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"accounts", "accounts of a book", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
    };
    pli_rows described = pli_rows_make(pool, "machine", machine, 8, 1);
    char name[128];
    pli_processor_name(name, sizeof name);
    const pli_cell cells[] = {pli_cell_text(name),
                              pli_cell_number(pli_processor_count(), 0),
                              pli_cell_text(plm_kernels_best()->name),
                              pli_cell_flag(is_pinned),
                              pli_cell_number(pli_processor_load_percent(), 2),
                              pli_cell_text(__VERSION__),
                              pli_cell_number(asked->rounds, 0),
                              pli_cell_number(asked->accounts, 0)};
    pli_rows_add(&described, cells);
    described.table.is_record = true;
    return described;
}

static void
add_latency(pli_rows *out, const pli_bench_book *book, uint32_t orders, bool is_cold) {
    pli_bench_latency latency = pli_bench_pretrade(out->pool, book, orders, is_cold);
    const pli_cell cells[] = {
        pli_cell_text(is_cold ? "an account at random" : "an account just read"),
        pli_cell_double(latency.p50_ns, 0), pli_cell_double(latency.p99_ns, 0),
        pli_cell_number(is_cold ? 1000 : 100, 0),
        is_cold ? pli_cell_double(latency.orders_per_second / 1e6, 2) : pli_cell_none()};
    pli_rows_add(out, cells);
}

static pli_rows
measure_orders(pli_pool *pool, const bench_asked *asked) {
    static const pli_column latency[] = {
        {"account", "one order checked, 32 scenarios", "", PLI_ALIGN_LEFT, 0,
         PLI_DECIMAL_HALF_EVEN},
        {"p50_ns", "p50", "ns", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"p99_ns", "p99", "ns", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"p99_target_ns", "asked", "ns", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN},
        {"million_per_second", "in one batch", "million/s", PLI_ALIGN_RIGHT, 2,
         PLI_DECIMAL_HALF_EVEN},
    };
    pli_rows out = pli_rows_make(pool, "pretrade", latency, 5, 2);
    if (asked->only != NULL && strcmp(asked->only, "pretrade") != 0) {
        return out;
    }
    pli_pool own = {.chunks = NULL};
    pli_bench_shape shape = BOOK(32, 32, false);
    shape.accounts = asked->accounts;
    const pli_bench_book *book = pli_bench_book_make(&own, &shape);
    uint32_t orders = asked->accounts < 200000 ? asked->accounts : 200000;
    add_latency(&out, book, orders, false);
    add_latency(&out, book, orders, true);
    pli_pool_finish(&own);
    return out;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    bench_asked asked;
    pli_exit end = choose(invocation, &asked);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows machine = describe(&pool, &asked, pli_processor_pin(PROCESSOR));
    const char *grown = pli_argument_value(invocation, "growth");
    if (grown != NULL) {
        pli_pool_finish(&pool);
        return pli_bench_growth(invocation, grown, asked.accounts, page);
    }
    pli_rows measured =
        pli_rows_make(&pool, "measured", columns, COLUMN_COUNT, ROW_COUNT * (1 + PEERS_MAX));
    pli_progress progress = pli_progress_begin("measurements", ROW_COUNT);
    for (uint32_t i = 0; i < ROW_COUNT; i += 1) {
        pli_progress_show(&progress, i);
        if (asked.only == NULL || strcmp(asked.only, rows[i].key) == 0) {
            measure(&rows[i], &asked, &measured);
        }
    }
    pli_rows orders = measure_orders(&pool, &asked);
    pli_progress_end(&progress);
    const pli_table tables[] = {measured.table, orders.table, machine.table};
    const pli_tables document = {.schema = "plimsoll-bench/1", .table_count = 3, .tables = tables};
    end = pli_show(invocation, &document, page);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_bench = {
    .name = "bench",
    .summary = "measure prices, sweeps and pre-trade checks here, in turns with other programs",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail = "Everything runs on one processor: a round of ours, then one of each program beside "
              "it, and again. Shown\n"
              "are medians of processor time and the ratio of the two, with its 10 % and 90 % "
              "points. Peers are built by\n"
              "`cmake --build --preset release --target bench` into build/release/bench and left "
              "out where they are not;\n"
              "`same result` compares what both computed.",
    .example = "plimsoll bench --quick",
    .run = run,
};
