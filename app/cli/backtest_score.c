/* backtest_score.c: replays turned into sizes, losses and scores.                      SPDX-License-Identifier: Apache-2.0 */
#include "cli/backtest.h"
#include "cli/memory.h"
#include "num/rounding.h"

#define SIZE_SCALE 1e9

int64_t
pli_kind_micros(const pli_backtest_answer *answer, const pli_kind *kind) {
    return kind->is_tail      ? answer->tail_micros
           : kind->is_initial ? answer->initial_micros
                              : answer->maintenance_micros;
}

const pli_backtest_answer *
pli_kind_answer(const pli_replay *replay, uint32_t instant, uint32_t portfolio,
                const pli_kind *kind) {
    return kind->is_living ? pli_replay_living_answer(replay, instant, portfolio, kind->model)
                           : pli_replay_answer(replay, instant, portfolio, kind->model);
}

// A portfolio that can lose nothing in any scenario requires nothing; it then holds a billionth, to be a size at all.
static double
size_at(const pli_replay *replay, uint32_t instant, const pli_scored *scored) {
    const pli_backtest_answer *answer =
        pli_kind_answer(replay, instant, scored->portfolio, scored->kind);
    double notional =
        replay->notionals[(size_t)instant * replay->portfolio_count + scored->portfolio];
    double size = (double)pli_kind_micros(answer, scored->kind) / notional;
    return size > 1.0 / SIZE_SCALE ? size : 1.0 / SIZE_SCALE;
}

static bool
is_supported(const pli_replay *replay, const pli_scored *scored) {
    for (uint32_t i = 0; i < replay->instant_count; i += 1) {
        if (pli_kind_answer(replay, i, scored->portfolio, scored->kind)->status != PLM_OK) {
            return false;
        }
    }
    return true;
}

static pli_exit
put_in_force(const pli_backtested *tested, uint32_t count, double *sizes) {
    static plm_procyclicality state;
    state = (plm_procyclicality){.step_count = 0};
    for (uint32_t i = 0; i < count; i += 1) {
        int64_t raw = 0;
        int64_t size = 0;
        plm_fault fault = {.status = pli_i64_from_double_ceil(sizes[i] * SIZE_SCALE, &raw)};
        if (fault.status == PLM_OK) {
            fault.status = plm_procyclicality_step(&state, tested->procyclicality, raw, &size);
        }
        if (fault.status != PLM_OK) {
            return pli_fail_status("procyclicality", &fault);
        }
        sizes[i] = (double)size / SIZE_SCALE;
    }
    return PLI_EXIT_OK;
}

// Instants a whole horizon apart, so that no two windows share a price move.
static uint32_t
pick_windows(const pli_replay *replay, uint32_t *at) {
    uint32_t count = 0;
    int64_t next_s = INT64_MIN;
    for (uint32_t i = 0; i < replay->instant_count; i += 1) {
        if (replay->seconds[i] >= next_s) {
            at[count] = i;
            count += 1;
            next_s = replay->seconds[i] + replay->backtest.horizon_s;
        }
    }
    return count;
}

static pli_exit
score_one(pli_backtested *tested, const pli_replay *replay, pli_scored *scored) {
    uint32_t *at = PLI_MUST_TAKE(&tested->pool, replay->instant_count, uint32_t);
    scored->count = pick_windows(replay, at);
    double *sizes = PLI_MUST_TAKE(&tested->pool, scored->count, double);
    double *losses = PLI_MUST_TAKE(&tested->pool, scored->count, double);
    uint8_t *is_breach = PLI_MUST_TAKE(&tested->pool, scored->count, uint8_t);
    scored->at = at;
    scored->sizes = sizes;
    scored->losses = losses;
    scored->is_breach = is_breach;
    scored->is_supported = is_supported(replay, scored);
    if (!scored->is_supported) {
        return PLI_EXIT_OK;
    }
    for (uint32_t i = 0; i < scored->count; i += 1) {
        size_t row = (size_t)at[i] * replay->portfolio_count + scored->portfolio;
        sizes[i] = size_at(replay, at[i], scored);
        losses[i] = -replay->profits[row] / replay->notionals[row];
    }
    if (scored->kind->is_in_force) {
        pli_exit end = put_in_force(tested, scored->count, sizes);
        if (end != PLI_EXIT_OK) {
            return end;
        }
    }
    plm_fault fault = {.status = pli_score_measure(sizes, losses, scored->count, tested->level,
                                                   is_breach, &scored->score)};
    return fault.status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(replay->path, &fault);
}

// Expected Shortfall of a rising sample: mean of its k worst; the value at risk is the k-th.
static void
fill_shortfall(const pli_backtested *tested, const pli_scored *scored, double *samples,
               double *value_at_risk, double *shortfall) {
    const pli_replay *replay = scored->replay;
    uint32_t count = replay->sample_count;
    uint32_t k = (uint32_t)(tested->level * (double)count + 0.999999);
    k = k == 0 ? 1 : k;
    for (uint32_t i = 0; i < scored->count; i += 1) {
        size_t row = (size_t)scored->at[i] * replay->portfolio_count + scored->portfolio;
        const int64_t *from = replay->samples + row * replay->sample_stride;
        double sum = 0.0;
        for (uint32_t j = 0; j < count; j += 1) {
            samples[(size_t)i * count + j] = (double)from[j] / replay->notionals[row];
            sum -= j < k ? samples[(size_t)i * count + j] : 0.0;
        }
        value_at_risk[i] = -samples[(size_t)i * count + k - 1];
        shortfall[i] = sum / k;
    }
}

// A tail that is no loss on some day (a portfolio that cannot lose) has no shortfall to be tested.
static pli_exit
test_shortfall(const pli_backtested *tested, pli_scored *scored) {
    const pli_replay *replay = scored->replay;
    uint32_t count = scored->count;
    pli_pool pool = {.chunks = NULL};
    double *samples = PLI_MUST_TAKE(&pool, (size_t)count * replay->sample_count, double);
    double *value_at_risk = PLI_MUST_TAKE(&pool, count, double);
    double *shortfall = PLI_MUST_TAKE(&pool, count, double);
    double *profit = PLI_MUST_TAKE(&pool, count, double);
    fill_shortfall(tested, scored, samples, value_at_risk, shortfall);
    for (uint32_t i = 0; i < count; i += 1) {
        profit[i] = -scored->losses[i];
    }
    const pli_shortfall_days days = {.day_count = count,
                                     .level = tested->level,
                                     .profit = profit,
                                     .value_at_risk = value_at_risk,
                                     .shortfall = shortfall,
                                     .sample_count = replay->sample_count,
                                     .sample_stride = replay->sample_count,
                                     .samples = samples};
    size_t size = pli_shortfall_size(&days, tested->simulation_count);
    void *work = pli_must_block(&pool, size);
    plm_status status = pli_shortfall_test(&days, tested->simulation_count, tested->seed, work,
                                           size, &scored->shortfall);
    scored->has_shortfall = status == PLM_OK;
    pli_pool_finish(&pool);
    return PLI_EXIT_OK;
}

// Holm's correction over every raw value at risk of the run: one family, one significance.
static void
adjust_family(pli_backtested *tested) {
    double *raw = PLI_MUST_TAKE(&tested->pool, tested->scored_count, double);
    double *adjusted = PLI_MUST_TAKE(&tested->pool, tested->scored_count, double);
    uint32_t count = 0;
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        const pli_scored *scored = &tested->scored[i];
        if (scored->is_supported && scored->kind->is_tail && !scored->kind->is_in_force) {
            raw[count] = scored->score.kupiec.p_value;
            count += 1;
        }
    }
    pli_holm_adjust(raw, count, adjusted);
    count = 0;
    for (uint32_t i = 0; i < tested->scored_count; i += 1) {
        pli_scored *scored = &tested->scored[i];
        scored->kupiec_holm = -1.0;
        if (scored->is_supported && scored->kind->is_tail && !scored->kind->is_in_force) {
            scored->kupiec_holm = adjusted[count];
            count += 1;
        }
    }
}

pli_exit
pli_backtest_score(pli_backtested *tested) {
    uint32_t rows = 0;
    for (uint32_t i = 0; i < tested->replay_count; i += 1) {
        rows += tested->replays[i].portfolio_count * tested->kind_count;
    }
    tested->scored = PLI_MUST_TAKE(&tested->pool, rows, pli_scored);
    for (uint32_t i = 0; i < tested->replay_count; i += 1) {
        const pli_replay *replay = &tested->replays[i];
        for (uint32_t row = 0; row < replay->portfolio_count * tested->kind_count; row += 1) {
            pli_scored *scored = &tested->scored[tested->scored_count];
            *scored = (pli_scored){.replay = replay,
                                   .portfolio = row / tested->kind_count,
                                   .kind = &tested->kinds[row % tested->kind_count]};
            pli_exit end = score_one(tested, replay, scored);
            bool is_tested = scored->is_supported && scored->kind->is_tail &&
                             !scored->kind->is_in_force && replay->samples != NULL;
            if (end == PLI_EXIT_OK && is_tested && replay->sample_count > 0) {
                end = test_shortfall(tested, scored);
            }
            if (end != PLI_EXIT_OK) {
                return end;
            }
            tested->scored_count += 1;
        }
    }
    adjust_family(tested);
    return PLI_EXIT_OK;
}
