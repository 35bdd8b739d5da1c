/* bench_tasks.c: the work that `plimsoll bench` measures, ours and as plain loops.     SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <time.h>

#include "cli/bench.h"
#include "cli/memory.h"
#include "os/clock.h"

double
pli_bench_clock_ns(void) {
    struct timespec taken;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
    return (double)taken.tv_sec * 1e9 + (double)taken.tv_nsec;
}

static void
price_with(const plm_kernels *kernels, pli_bench_options *options) {
    plm_option_fixed option = {options->strike, options->years, PLM_RIGHT_CALL};
    kernels->black76_points(&option, PLI_BENCH_POINTS, options->forwards, options->volatilities,
                            options->values);
}

static void
price(void *context) {
    price_with(plm_kernels_best(), context);
}

static void
price_plain(void *context) {
    price_with(&plm_kernels_reference, context);
}

static void
imply_with(const plm_kernels *kernels, pli_bench_options *options) {
    plm_option_prices prices = {options->years,    PLM_RIGHT_CALL,   PLI_BENCH_POINTS,
                                options->forwards, options->strikes, options->prices};
    kernels->black76_implied(&prices, options->values);
}

static void
imply(void *context) {
    imply_with(plm_kernels_best(), context);
}

static void
imply_plain(void *context) {
    imply_with(&plm_kernels_reference, context);
}

// In units of 1e-6, summed: peers agree to far less, but add in another order.
static int64_t
check_options(const void *context) {
    const pli_bench_options *options = context;
    double sum = 0.0;
    for (uint32_t i = 0; i < PLI_BENCH_POINTS; i += 1) {
        sum += options->values[i];
    }
    return (int64_t)(sum * 1e6 + 0.5);
}

static plm_sweep_range
whole(const pli_bench_book *book) {
    return (plm_sweep_range){0, book->shape.accounts};
}

static void
worst(void *context) {
    pli_bench_book *book = context;
    plm_sweep_best()->worst(&book->table, &book->book, whole(book), book->profit);
}

static void
tails(void *context) {
    pli_bench_book *book = context;
    plm_sweep_best()->tails(&book->table, &book->book, whole(book), PLI_BENCH_TAIL, book->scratch,
                            book->tails);
}

// What one writes first: a sum for each scenario, position by position.
static void
sum_plainly(const pli_bench_book *book, uint32_t account, int64_t *sums) {
    const plm_sweep_book *held = &book->book;
    uint32_t entries = book->shape.entries;
    for (uint32_t s = 0; s < entries; s += 1) {
        sums[s] = 0;
    }
    for (uint32_t p = held->begin[account]; p < held->begin[account + 1]; p += 1) {
        const int32_t *row = book->rows + (size_t)held->instruments[p] * entries;
        int64_t lots = held->lots[p];
        for (uint32_t s = 0; s < entries; s += 1) {
            sums[s] += lots * row[s];
        }
    }
}

static void
worst_plain(void *context) {
    pli_bench_book *book = context;
    int64_t *sums = book->scratch;
    for (uint32_t a = 0; a < book->shape.accounts; a += 1) {
        int64_t least = 0;
        sum_plainly(book, a, sums);
        for (uint32_t s = 0; s < book->shape.entries; s += 1) {
            least = sums[s] < least ? sums[s] : least;
        }
        book->profit[a] = least;
    }
}

static int
by_value(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void
tails_plain(void *context) {
    pli_bench_book *book = context;
    int64_t *sums = book->scratch;
    for (uint32_t a = 0; a < book->shape.accounts; a += 1) {
        int64_t sum = 0;
        sum_plainly(book, a, sums);
        qsort(sums, book->shape.entries, sizeof sums[0], by_value);
        for (uint32_t i = 0; i < PLI_BENCH_TAIL; i += 1) {
            sum += sums[i];
        }
        book->tails[a].sum = sum;
    }
}

static int64_t
check_worst(const void *context) {
    const pli_bench_book *book = context;
    int64_t sum = 0;
    for (uint32_t a = 0; a < book->shape.accounts; a += 1) {
        sum += book->profit[a];
    }
    return sum;
}

static int64_t
check_tails(const void *context) {
    const pli_bench_book *book = context;
    int64_t sum = 0;
    for (uint32_t a = 0; a < book->shape.accounts; a += 1) {
        sum += book->tails[a].sum;
    }
    return sum;
}

const pli_bench_task pli_bench_price = {price, check_options};
const pli_bench_task pli_bench_price_plain = {price_plain, check_options};
const pli_bench_task pli_bench_implied = {imply, check_options};
const pli_bench_task pli_bench_implied_plain = {imply_plain, check_options};
const pli_bench_task pli_bench_worst = {worst, check_worst};
const pli_bench_task pli_bench_worst_plain = {worst_plain, check_worst};
const pli_bench_task pli_bench_tails = {tails, check_tails};
const pli_bench_task pli_bench_tails_plain = {tails_plain, check_tails};

static int
by_time(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static plm_sweep_order
draw_order(const pli_bench_book *book, uint64_t drawn) {
    return (plm_sweep_order){.account = (uint32_t)(drawn % book->shape.accounts),
                             .lots = (int32_t)((drawn >> 32) % PLI_BENCH_LOTS_MOST),
                             .instrument = (uint16_t)(drawn % book->table.instrument_count)};
}

static int64_t
check_order(const pli_bench_book *book, const plm_sweep_order *order) {
    int64_t profit = 0;
    plm_sweep_best()->orders(&book->table, &book->book, 1, order, &profit);
    return profit;
}

// The least time between two looks at the clock.
static double
empty_ns(void) {
    double least = 1e9;
    for (uint32_t i = 0; i < 1000; i += 1) {
        int64_t start = pli_clock_monotonic_ns();
        double taken = (double)(pli_clock_monotonic_ns() - start);
        least = taken < least ? taken : least;
    }
    return least;
}

pli_bench_latency
pli_bench_pretrade(pli_pool *pool, const pli_bench_book *book, uint32_t count, bool is_cold) {
    double *times = PLI_MUST_TAKE(pool, count, double);
    plm_sweep_order *orders = PLI_MUST_TAKE(pool, count, plm_sweep_order);
    int64_t *profit = PLI_MUST_TAKE(pool, count, int64_t);
    pli_bench_latency latency = {0};
    double empty = empty_ns();
    for (uint32_t i = 0; i < count; i += 1) {
        plm_sweep_order order = draw_order(book, pli_bench_mix((UINT64_C(1) << 43) + i));
        if (!is_cold) {
            latency.sum += check_order(book, &order);
        }
        int64_t start = pli_clock_monotonic_ns();
        latency.sum += check_order(book, &order);
        times[i] = (double)(pli_clock_monotonic_ns() - start) - empty;
    }
    qsort(times, count, sizeof times[0], by_time);
    latency.p50_ns = times[count / 2];
    latency.p99_ns = times[(size_t)count * 99 / 100];
    for (uint32_t i = 0; i < count; i += 1) {
        orders[i] = draw_order(book, pli_bench_mix((UINT64_C(1) << 44) + i));
    }
    double start = pli_bench_clock_ns();
    plm_sweep_best()->orders(&book->table, &book->book, count, orders, profit);
    latency.orders_per_second = 1e9 * count / (pli_bench_clock_ns() - start);
    for (uint32_t i = 0; i < count; i += 1) {
        latency.sum += profit[i];
    }
    return latency;
}
