/* default.c: paths of an account, their deepest points, and the tail beyond them.        SPDX-License-Identifier: Apache-2.0 */
#include "study/default.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/libc.h"
#include "base/prng.h"
#include "base/sort.h"
#include "forecast/extreme.h"
#include "num/elementary.h"

#define DAYS_MIN 20u
#define DECIDED_BY_PATHS 100u /* fewer breaching paths than this: the Pareto tail decides */
#define TAIL_SHARE 20u        /* one path in so many lies beyond the threshold */

plm_status
pli_first_passage(double price, double barrier, double drift, double volatility, double years,
                  double *probability) {
    if (!(price > 0.0 && barrier > 0.0 && volatility > 0.0 && years > 0.0)) {
        return PLM_DOMAIN;
    }
    if (barrier >= price) {
        *probability = 1.0;
        return PLM_OK;
    }
    double d = pli_log(barrier / price);
    double v = drift - volatility * volatility / 2.0;
    double spread = volatility * sqrt(years);
    double below = pli_normal_cdf((d - v * years) / spread);
    double reflected =
        pli_exp(2.0 * v * d / (volatility * volatility)) * pli_normal_cdf((d + v * years) / spread);
    *probability = below + reflected;
    return PLM_OK;
}

plm_status
pli_merton_default(double assets, double debt, double rate, double volatility, double years,
                   pli_merton *out) {
    if (!(assets > 0.0 && debt > 0.0 && volatility > 0.0 && years > 0.0)) {
        return PLM_DOMAIN;
    }
    double spread = volatility * sqrt(years);
    pli_merton merton = {
        .d1 = (pli_log(assets / debt) + (rate + volatility * volatility / 2.0) * years) / spread};
    merton.d2 = merton.d1 - spread;
    merton.default_probability = pli_normal_cdf(-merton.d2);
    merton.equity = assets * pli_normal_cdf(merton.d1) -
                    debt * pli_exp(-rate * years) * pli_normal_cdf(merton.d2);
    *out = merton;
    return PLM_OK;
}

// Work: the second moments of the standardised returns, one path's state, and the deepest loss of every path.
typedef struct default_work {
    double *moments; /* [underlying][underlying] */
    double *moves;   /* logarithmic, so far */
    double *variances;
    double *slopes; /* d profit / d move at the step's start */
    double *losses; /* per path, below zero where the account never lost */
    int64_t *sorted;
} default_work;

static void
take_work(const pli_default_question *question, pli_arena *arena, default_work *work) {
    size_t count = question->underlying_count;
    work->moments = PLI_ARENA_TAKE(arena, count * count, double);
    work->moves = PLI_ARENA_TAKE(arena, count, double);
    work->variances = PLI_ARENA_TAKE(arena, count, double);
    work->slopes = PLI_ARENA_TAKE(arena, count, double);
    work->losses = PLI_ARENA_TAKE(arena, question->path_count, double);
    work->sorted = PLI_ARENA_TAKE(arena, question->path_count, int64_t);
}

size_t
pli_default_size(const pli_default_question *question) {
    pli_arena arena = pli_arena_init_sizing();
    default_work work;
    take_work(question, &arena, &work);
    return pli_arena_used(&arena);
}

// Profit and slope at a move; beyond the ends the last piece goes on.
static double
curve_at(const pli_profit_curve *curve, double move, double *slope) {
    uint32_t low = 0;
    uint32_t high = PLI_PROFIT_POINTS - 1;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (curve->moves[middle] <= move) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *slope =
        (curve->profits[high] - curve->profits[low]) / (curve->moves[high] - curve->moves[low]);
    return curve->profits[low] + *slope * (move - curve->moves[low]);
}

static double
profit_now(const pli_default_question *question, const default_work *work) {
    double profit = 0.0;
    for (uint32_t u = 0; u < question->underlying_count; u += 1) {
        profit += curve_at(&question->curves[u], work->moves[u], &work->slopes[u]);
    }
    return profit;
}

static void
fill_moments(const pli_default_question *question, default_work *work) {
    uint32_t count = question->underlying_count;
    for (uint32_t i = 0; i < count * count; i += 1) {
        work->moments[i] = 0.0;
    }
    for (uint32_t t = 0; t < question->day_count; t += 1) {
        const double *z = question->standardised + (size_t)t * count;
        for (uint32_t i = 0; i < count * count; i += 1) {
            work->moments[i] += z[i / count] * z[i % count] / (double)question->day_count;
        }
    }
}

// Variance of the profit over one step, from the slopes at its start.
static double
step_variance(const pli_default_question *question, const default_work *work) {
    uint32_t count = question->underlying_count;
    double variance = 0.0;
    for (uint32_t i = 0; i < count * count; i += 1) {
        uint32_t left = i / count;
        uint32_t right = i % count;
        variance += work->moments[i] * work->slopes[left] * sqrt(work->variances[left]) *
                    work->slopes[right] * sqrt(work->variances[right]);
    }
    variance *= question->step_days;
    return variance > 0.0 ? variance : 0.0;
}

// One drawn day moves every underlying; the variance of the day to come learns from it.
static void
move_all(const pli_default_question *question, default_work *work, pli_prng *prng) {
    uint32_t day = (uint32_t)pli_prng_below(prng, question->day_count);
    const double *z = question->standardised + (size_t)day * question->underlying_count;
    double root = sqrt(question->step_days);
    // A step shorter than a day teaches its share of a day.
    double learned = (1.0 - question->lambda) * (root < 1.0 ? question->step_days : 1.0);
    for (uint32_t u = 0; u < question->underlying_count; u += 1) {
        double move = z[u] * sqrt(work->variances[u]);
        work->moves[u] += move * root + question->drift * question->step_days;
        work->variances[u] += learned * (move * move - work->variances[u]);
    }
}

// The lowest point of a Brownian bridge between two profits: (a + b - sqrt((a - b)^2 - 2 v ln U)) / 2.
static double
bridge_low(double before, double after, double variance, double uniform) {
    double gap = before - after;
    return (before + after - sqrt(gap * gap - 2.0 * variance * pli_log(uniform))) / 2.0;
}

static double
deepest_loss(const pli_default_question *question, default_work *work, pli_prng *prng) {
    for (uint32_t u = 0; u < question->underlying_count; u += 1) {
        work->moves[u] = 0.0;
        work->variances[u] = question->volatilities[u] * question->volatilities[u];
    }
    double before = profit_now(question, work);
    double lowest = before;
    for (uint32_t step = 0; step < question->step_count; step += 1) {
        double variance = step_variance(question, work);
        move_all(question, work, prng);
        double after = profit_now(question, work);
        double low = bridge_low(before, after, variance, 1.0 - pli_prng_unit(prng));
        lowest = low < lowest ? low : lowest;
        before = after;
    }
    return -lowest;
}

// The loss that one path in TAIL_SHARE exceeds. Sorted as whole micros, which is what the one sort of the house takes.
static double
threshold_of(const pli_default_question *question, default_work *work) {
    for (uint32_t i = 0; i < question->path_count; i += 1) {
        double loss = work->losses[i];
        double bounded = loss > 9e18 ? 9e18 : loss < -9e18 ? -9e18 : loss;
        work->sorted[i] = (int64_t)bounded;
    }
    pli_sort_i64(work->sorted, question->path_count);
    return (double)work->sorted[question->path_count - 1 - question->path_count / TAIL_SHARE];
}

static double
tail_probability(const pli_tail *tail, double loss) {
    double share = (double)tail->excess_count / (double)tail->sample_count;
    double y = (loss - tail->threshold) / tail->scale;
    if (fabs(tail->shape) < 1e-9) {
        return share * pli_exp(-y);
    }
    double base = 1.0 + tail->shape * y;
    return base > 0.0 ? share * pli_pow(base, -1.0 / tail->shape) : 0.0;
}

static double
breach_probability(const pli_default_question *question, const default_work *work,
                   const pli_tail *tail, double room) {
    uint32_t beyond = 0;
    for (uint32_t i = 0; i < question->path_count; i += 1) {
        beyond += work->losses[i] > room ? 1 : 0;
    }
    if (tail == NULL || beyond >= DECIDED_BY_PATHS || room < tail->threshold) {
        return (double)beyond / (double)question->path_count;
    }
    return tail_probability(tail, room);
}

// Mean of (loss - room)+ over all paths; in the tail its integral, where the mean is finite.
static double
mean_deficit(const pli_default_question *question, const default_work *work, const pli_tail *tail,
             double room) {
    double sum = 0.0;
    uint32_t beyond = 0;
    for (uint32_t i = 0; i < question->path_count; i += 1) {
        beyond += work->losses[i] > room ? 1 : 0;
        sum += work->losses[i] > room ? work->losses[i] - room : 0.0;
    }
    bool is_tail =
        tail != NULL && beyond < DECIDED_BY_PATHS && room >= tail->threshold && tail->shape < 1.0;
    if (!is_tail) {
        return sum / (double)question->path_count;
    }
    double left = tail->scale + tail->shape * (room - tail->threshold);
    return left > 0.0 ? tail_probability(tail, room) * left / (1.0 - tail->shape) : 0.0;
}

static plm_status
check_question(const pli_default_question *question) {
    if (question->day_count < DAYS_MIN || question->path_count == 0 || question->step_count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!(question->step_days > 0.0 && question->lambda >= 0.0 && question->lambda <= 1.0)) {
        return PLM_DOMAIN;
    }
    for (uint32_t u = 0; u < question->underlying_count; u += 1) {
        if (!(question->volatilities[u] > 0.0)) {
            return PLM_DOMAIN;
        }
    }
    return PLM_OK;
}

plm_status
pli_default_measure(const pli_default_question *question, void *memory, size_t memory_size,
                    pli_default_answer *answer) {
    plm_status status = check_question(question);
    if (status != PLM_OK) {
        return status;
    }
    pli_arena arena = pli_arena_init(memory, memory_size);
    default_work work;
    take_work(question, &arena, &work);
    if (!pli_arena_is_ok(&arena)) {
        return PLM_WORKSPACE_SMALL;
    }
    fill_moments(question, &work);
    pli_prng prng = pli_prng_init(question->seed);
    for (uint32_t i = 0; i < question->path_count; i += 1) {
        work.losses[i] = deepest_loss(question, &work, &prng);
    }
    pli_tail fitted;
    double threshold = threshold_of(question, &work);
    bool has_tail = threshold > 0.0 &&
                    pli_tail_fit(work.losses, question->path_count, threshold, &fitted) == PLM_OK;
    const pli_tail *tail = has_tail ? &fitted : NULL;
    double equity = question->equity_micros;
    pli_default_answer out = {
        .call_probability = breach_probability(question, &work, tail, question->call_micros),
        .liquidation_probability =
            breach_probability(question, &work, tail, question->liquidation_micros),
        .default_probability = breach_probability(question, &work, tail, equity),
        .expected_deficit_micros = mean_deficit(question, &work, tail, equity),
        .tail_shape = has_tail ? fitted.shape : 0.0,
        .has_tail = has_tail ? 1 : 0};
    if (out.default_probability > 0.0) {
        out.deficit_if_default_micros = out.expected_deficit_micros / out.default_probability;
    }
    *answer = out;
    return PLM_OK;
}
