/* shortfall.c: the tests of Acerbi and Szekely, with nulls simulated from the model.    SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/libc.h"
#include "base/prng.h"
#include "base/sort.h"
#include "num/distribution.h"
#include "num/elementary.h"
#include "study/coverage.h"

#define CRITICAL_LEVEL 0.05
#define STATISTIC_SCALE 1e9
#define STATISTIC_MAX 1e9

// Statistics are kept as integers, 1e-9 each, so that the one sort of the house serves.
typedef struct shortfall_work {
    int64_t *z1, *z2, *z3;
    uint32_t *hits;  /* per value of the sample: how many days drew it */
    double *weights; /* per value: its weight in the expected mean of the K lowest of T */
    double *means;   /* per value: mean over days of loss / expected estimate */
} shortfall_work;

typedef struct statistics {
    bool has_z1;
    double z1, z2, z3;
} statistics;

static uint32_t
tail_count(const pli_shortfall_days *days) {
    return (uint32_t)pli_floor(days->level * (double)days->day_count);
}

static void
take_work(const pli_shortfall_days *days, uint32_t simulation_count, pli_arena *arena,
          shortfall_work *work) {
    work->z1 = PLI_ARENA_TAKE(arena, simulation_count, int64_t);
    work->z2 = PLI_ARENA_TAKE(arena, simulation_count, int64_t);
    work->z3 = PLI_ARENA_TAKE(arena, simulation_count, int64_t);
    work->hits = PLI_ARENA_TAKE(arena, days->sample_count, uint32_t);
    work->weights = PLI_ARENA_TAKE(arena, days->sample_count, double);
    work->means = PLI_ARENA_TAKE(arena, days->sample_count, double);
}

size_t
pli_shortfall_size(const pli_shortfall_days *days, uint32_t simulation_count) {
    pli_arena arena = pli_arena_init_sizing();
    shortfall_work work;
    take_work(days, simulation_count, &arena, &work);
    return pli_arena_used(&arena);
}

// E min(Bin(T, p), K): how many of the K lowest of T uniform ranks are expected at or below p.
static double
expected_at_most(uint32_t trials, uint32_t tail, double p) {
    double expected = (double)tail;
    for (uint32_t i = 0; i < tail; i += 1) {
        expected -= (double)(tail - i) * pli_binomial_pmf(i, trials, p);
    }
    return expected;
}

static const double *
sample_of(const pli_shortfall_days *days, uint32_t day) {
    return days->samples + (size_t)day * days->sample_stride;
}

// The mean over days of what each value of the sample adds to Z3's ratio, once for all simulations.
static plm_status
prepare_ranks(const pli_shortfall_days *days, const shortfall_work *work) {
    uint32_t count = days->sample_count;
    uint32_t tail = tail_count(days);
    double before = 0.0;
    for (uint32_t i = 0; i < count; i += 1) {
        double upto = expected_at_most(days->day_count, tail, (double)(i + 1) / (double)count);
        work->weights[i] = (upto - before) / (double)tail;
        work->means[i] = 0.0;
        before = upto;
    }
    for (uint32_t t = 0; t < days->day_count; t += 1) {
        const double *sample = sample_of(days, t);
        double expected = 0.0;
        for (uint32_t i = 0; i < count; i += 1) {
            expected -= work->weights[i] * sample[i];
        }
        if (!(expected > 0.0)) {
            return PLM_DOMAIN;
        }
        for (uint32_t i = 0; i < count; i += 1) {
            work->means[i] -= sample[i] / expected / (double)days->day_count;
        }
    }
    return PLM_OK;
}

static double
rank_statistic(const pli_shortfall_days *days, const shortfall_work *work) {
    uint32_t left = tail_count(days);
    double sum = 0.0;
    for (uint32_t i = 0; i < days->sample_count && left > 0; i += 1) {
        uint32_t used = work->hits[i] < left ? work->hits[i] : left;
        sum += (double)used * work->means[i];
        left -= used;
    }
    return 1.0 - sum / (double)tail_count(days);
}

// Where a profit stands in a rising sample: values strictly below it, at most the last place.
static uint32_t
place_of(const double *sample, uint32_t count, double profit) {
    uint32_t low = 0;
    uint32_t high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sample[middle] < profit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// One history: what happened where `prng` is NULL, otherwise one draw a day from the day's own sample.
static statistics
run_days(const pli_shortfall_days *days, const shortfall_work *work, pli_prng *prng) {
    memset(work->hits, 0, days->sample_count * sizeof *work->hits);
    double sum = 0.0;
    uint32_t breaches = 0;
    for (uint32_t t = 0; t < days->day_count; t += 1) {
        const double *sample = sample_of(days, t);
        double profit = days->profit[t];
        uint32_t place = 0;
        if (prng != NULL) {
            place = (uint32_t)pli_prng_below(prng, days->sample_count);
            profit = sample[place];
        } else {
            place = place_of(sample, days->sample_count, profit);
        }
        work->hits[place] += 1;
        if (profit <= -days->value_at_risk[t]) {
            sum += profit / days->shortfall[t];
            breaches += 1;
        }
    }
    return (statistics){.has_z1 = breaches > 0,
                        .z1 = breaches > 0 ? sum / (double)breaches + 1.0 : 0.0,
                        .z2 = sum / ((double)days->day_count * days->level) + 1.0,
                        .z3 = rank_statistic(days, work)};
}

static int64_t
statistic_e9(double statistic) {
    double bounded = statistic < -STATISTIC_MAX  ? -STATISTIC_MAX
                     : statistic > STATISTIC_MAX ? STATISTIC_MAX
                                                 : statistic;
    return (int64_t)(bounded * STATISTIC_SCALE);
}

static pli_test
place_statistic(double observed, int64_t *simulated, uint32_t count, double *critical) {
    int64_t observed_e9 = statistic_e9(observed);
    uint32_t at_most = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        at_most += simulated[i] <= observed_e9 ? 1 : 0;
    }
    pli_sort_i64(simulated, count);
    uint32_t rank = (uint32_t)(CRITICAL_LEVEL * (double)count);
    *critical = (double)simulated[rank] / STATISTIC_SCALE;
    return (pli_test){.statistic = observed,
                      .p_value = (double)(at_most + 1) / ((double)count + 1.0)};
}

static plm_status
check_days(const pli_shortfall_days *days, uint32_t simulation_count) {
    if (!(days->level > 0.0 && days->level < 1.0)) {
        return PLM_DOMAIN;
    }
    if (simulation_count == 0 || days->sample_count == 0 || tail_count(days) == 0) {
        return PLM_HISTORY_SHORT;
    }
    for (uint32_t t = 0; t < days->day_count; t += 1) {
        if (!(days->shortfall[t] > 0.0)) {
            return PLM_DOMAIN;
        }
    }
    return PLM_OK;
}

plm_status
pli_shortfall_test(const pli_shortfall_days *days, uint32_t simulation_count, uint64_t seed,
                   void *memory, size_t memory_size, pli_shortfall_result *out) {
    plm_status status = check_days(days, simulation_count);
    if (status != PLM_OK) {
        return status;
    }
    pli_arena arena = pli_arena_init(memory, memory_size);
    shortfall_work work;
    take_work(days, simulation_count, &arena, &work);
    if (!pli_arena_is_ok(&arena)) {
        return PLM_WORKSPACE_SMALL;
    }
    status = prepare_ranks(days, &work);
    if (status != PLM_OK) {
        return status;
    }
    statistics observed = run_days(days, &work, NULL);
    pli_prng prng = pli_prng_init(seed);
    uint32_t z1_count = 0;
    for (uint32_t i = 0; i < simulation_count; i += 1) {
        statistics simulated = run_days(days, &work, &prng);
        if (simulated.has_z1) {
            work.z1[z1_count] = statistic_e9(simulated.z1);
            z1_count += 1;
        }
        work.z2[i] = statistic_e9(simulated.z2);
        work.z3[i] = statistic_e9(simulated.z3);
    }
    pli_shortfall_result result = {.has_z1 = observed.has_z1 && z1_count > 0 ? 1 : 0};
    if (result.has_z1 != 0) {
        result.z1 = place_statistic(observed.z1, work.z1, z1_count, &result.z1_critical);
    }
    result.z2 = place_statistic(observed.z2, work.z2, simulation_count, &result.z2_critical);
    result.z3 = place_statistic(observed.z3, work.z3, simulation_count, &result.z3_critical);
    *out = result;
    return PLM_OK;
}
