/* bench.h: what `plimsoll bench` measures: tasks, their data, and the peers beside them.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_BENCH_H
#define PLI_CLI_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/verb.h"
#include "io/pool.h"
#include "plimsoll/kernel.h"
#include "plimsoll/sweep.h"

enum {
    PLI_BENCH_POINTS = 512, /* option prices of one run */
    PLI_BENCH_HELD = 8,     /* positions of an account, where nothing else is said */
    PLI_BENCH_UNDERLYINGS = 50,
    PLI_BENCH_PER_UNDERLYING = 40,
    PLI_BENCH_LOTS_MOST = 1000,
    PLI_BENCH_ENTRY_MOST = 80000,
    PLI_BENCH_TAIL = 26 /* worst of 1,024: Expected Shortfall at 97.5 % */
};

/* pli_bench_shape - a book and the scenarios it is swept under. */
typedef struct pli_bench_shape {
    uint32_t accounts;
    uint32_t held;        /* positions of each account */
    uint32_t underlyings; /* of PLI_BENCH_PER_UNDERLYING instruments each */
    uint32_t entries;
    uint32_t tile_entries;
    bool is_sorted; /* accounts in the order of the underlying of most of their positions */
} pli_bench_shape;

/*
 * pli_bench_book - the same numbers for us and for every peer, drawn by pli_bench_mix from their own positions.
 *
 * Entry s of instrument i is mix(4096 i + s) mod (2 ENTRY_MOST + 1) - ENTRY_MOST. Position p of account a has
 * h = mix(2^40 + 64 a + p); lots h mod (2 LOTS_MOST + 1) - LOTS_MOST; instrument 40 u + (h >> 32) mod 40, where u is
 * the skewed choice of g = mix(2^41 + a) for the first five of eight positions and of mix(2^42 + a) for the others:
 * (g mod n) ((g >> 32) mod n) / n of n underlyings. In a sorted book the first is a n / accounts instead.
 */
typedef struct pli_bench_book {
    pli_bench_shape shape;
    plm_sweep_table table;
    plm_sweep_book book;
    const int32_t *rows; /* [instrument][entry], for plain loops */
    int64_t *profit;     /* [accounts] */
    plm_sweep_tail *tails;
    void *scratch;
} pli_bench_book;

uint64_t pli_bench_mix(uint64_t number);
pli_bench_book *pli_bench_book_make(pli_pool *pool, const pli_bench_shape *shape);

/* pli_bench_clock_ns - processor time of this program: what else runs on the machine hardly shows in it. */
double pli_bench_clock_ns(void);

/* pli_bench_options - points of a chain and their prices. */
typedef struct pli_bench_options {
    double strike, years;
    double forwards[PLI_BENCH_POINTS], strikes[PLI_BENCH_POINTS];
    double volatilities[PLI_BENCH_POINTS], prices[PLI_BENCH_POINTS];
    double values[PLI_BENCH_POINTS];
} pli_bench_options;

pli_bench_options *pli_bench_options_make(pli_pool *pool);

/*
 * pli_bench_task - something measured: one run over `context`, and a number that says whether two programs agree.
 */
typedef struct pli_bench_task {
    void (*run)(void *context);
    int64_t (*check)(const void *context);
} pli_bench_task;

extern const pli_bench_task pli_bench_price, pli_bench_price_plain, pli_bench_implied,
    pli_bench_implied_plain, pli_bench_worst, pli_bench_worst_plain, pli_bench_tails,
    pli_bench_tails_plain;

/*
 * pli_bench_peer - another program that does the same work: it answers one line "ns-per-unit check", by its own
 * processor time, for each line it reads.
 */
typedef struct pli_bench_peer {
    int to, from; /* pipes; below 0: it could not be started */
    int64_t id;
} pli_bench_peer;

/* pli_bench_peer_open - start `program` of `folder` with task and shape. close - end it, and wait for that. */
pli_bench_peer pli_bench_peer_open(const char *folder, const char *program, const char *task,
                                   const pli_bench_shape *shape);
void pli_bench_peer_close(pli_bench_peer *peer);

/* pli_bench_peer_round - one round; false where the program gives no answer. */
bool pli_bench_peer_round(const pli_bench_peer *peer, double *ns, int64_t *check);

/* pli_bench_latency - nanoseconds to check one account with one more order, at 50 % and 99 % of many. */
typedef struct pli_bench_latency {
    double p50_ns, p99_ns, orders_per_second;
    int64_t sum; /* of the results, so that they are computed */
} pli_bench_latency;

/* pli_bench_growth - the answer to --growth: how the cost of a sweep grows with one measure of a book. */
pli_exit pli_bench_growth(const pli_invocation *invocation, const char *key, uint32_t accounts,
                          pli_page *page);

pli_bench_latency pli_bench_pretrade(pli_pool *pool, const pli_bench_book *book, uint32_t count,
                                     bool is_cold);

#endif
