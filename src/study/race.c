/* race.c: rolling out-of-sample comparison of volatility models.                       SPDX-License-Identifier: Apache-2.0 */
#include "study/race.h"

#include "forecast/features.h"
#include "forecast/gate.h"

#define KINDS PLM_FORECAST_KIND_COUNT
#define EWMA ((size_t)PLM_FORECAST_EWMA - 1)
#define FLOOR ((size_t)PLM_FORECAST_FLOOR - 1)
#define LAG_DAYS 5u
#define TARGETS_MIN 10u

/* runner - what lasts from one target to the next. */
typedef struct runner {
    const pli_race_options *options;
    const plm_realised_day *days;
    size_t count;
    void *fit_memory;
    size_t fit_size;
    double *losses[KINDS]; /* by kind - 1, of the targets so far */
    plm_forecast_model models[KINDS];
    bool is_fitted[KINDS];
    bool is_open[KINDS]; /* the gate of this model against its floor */
    plm_regime_model regime;
    bool has_regime;
} runner;

size_t
pli_race_size(size_t day_count) {
    return plm_forecast_size(day_count) + (KINDS + 2u) * day_count * sizeof(double);
}

static void
carve(runner *run, void *workspace) {
    double *memory = workspace;
    for (size_t k = 0; k < KINDS; k += 1) {
        run->losses[k] = memory + k * run->count;
    }
    run->fit_memory = memory + KINDS * run->count;
    run->fit_size = plm_forecast_size(run->count);
}

static void
fit_all(runner *run, size_t known) {
    for (size_t k = 0; k < KINDS; k += 1) {
        const plm_forecast_spec spec = {.kind = (plm_forecast_kind)(k + 1),
                                        .horizon_days = run->options->horizon_days,
                                        .window_days = run->options->window_days};
        run->is_fitted[k] = plm_forecast_fit(&spec, run->days, known, run->fit_memory,
                                             run->fit_size, &run->models[k]) == PLM_OK;
    }
    run->has_regime = plm_regime_fit(run->days, known, run->options->window_days, run->fit_memory,
                                     run->fit_size, &run->regime) == PLM_OK;
}

// Where a model has no fit the floor's forecast stands, and where the floor has none that of EWMA, which needs none.
static bool
forecast_all(const runner *run, size_t known, pli_race_day *to) {
    size_t window = run->options->window_days;
    size_t reach = window != 0 && window < known ? window : known;
    for (size_t k = 0; k < KINDS; k += 1) {
        to->is_fallback[k] =
            !run->is_fitted[k] || plm_forecast_next(&run->models[k], run->days + (known - reach),
                                                    reach, to->day, &to->forecasts[k]) != PLM_OK;
    }
    if (to->is_fallback[EWMA]) {
        return false;
    }
    if (to->is_fallback[FLOOR]) {
        to->forecasts[FLOOR] = to->forecasts[EWMA];
    }
    for (size_t k = 0; k < KINDS; k += 1) {
        to->forecasts[k] = to->forecasts[to->is_fallback[k] ? FLOOR : k];
    }
    return true;
}

static void
forecast_regime(const runner *run, size_t known, pli_race_day *to) {
    double bound;
    to->has_chance =
        run->has_regime &&
        plm_regime_next(&run->regime, run->days, known, to->day, &to->chance_ppm) == PLM_OK &&
        plm_regime_bound(run->days, known, &bound) == PLM_OK;
    to->is_high = to->has_chance && run->days[known].variance > bound;
}

// Of the models whose gates are open the one with the least loss; the floor where none is.
static plm_forecast_kind
choose(runner *run, size_t loss_count) {
    size_t chosen = FLOOR;
    double least = 0.0;
    for (size_t k = 0; k < KINDS; k += 1) {
        pli_gate_verdict verdict;
        const pli_gate_losses losses = {.floor = run->losses[FLOOR],
                                        .model = run->losses[k],
                                        .count = loss_count,
                                        .horizon_days = run->options->horizon_days};
        plm_status status =
            pli_gate_next(run->options->parameters, &losses, run->is_open[k], &verdict);
        run->is_open[k] = status == PLM_OK && verdict.runs;
        if (run->is_open[k] && (chosen == FLOOR || verdict.duel.model_loss < least)) {
            chosen = k;
            least = verdict.duel.model_loss;
        }
    }
    return (plm_forecast_kind)(chosen + 1);
}

static bool
is_allowed(const pli_race_options *options) {
    return options->horizon_days >= 1 && options->horizon_days <= PLM_FORECAST_HORIZON_MAX &&
           options->refit_days >= 1 && options->from_day < options->to_day &&
           (options->window_days == 0 ||
            options->window_days >= PLM_FORECAST_DAYS_MIN + 2 * PLM_FORECAST_REACH_DAYS);
}

plm_status
pli_race_run(const pli_race_options *options, const plm_realised_day *days, size_t count,
             void *workspace, pli_race_day *table, size_t *table_count) {
    runner run = {.options = options, .days = days, .count = count};
    plm_status status = pli_days_check(days, count);
    if (status != PLM_OK || !is_allowed(options)) {
        return PLM_DOMAIN;
    }
    carve(&run, workspace);
    size_t horizon = options->horizon_days;
    size_t first = PLM_FORECAST_DAYS_MIN + PLM_FORECAST_REACH_DAYS + horizon;
    size_t found = 0;
    for (size_t known = first; known + horizon <= count && days[known].day < options->to_day;
         known += 1) {
        if ((known - first) % options->refit_days == 0) {
            fit_all(&run, known);
        }
        pli_race_day *to = &table[found];
        *to = (pli_race_day){.day = days[known].day,
                             .realised = pli_mean_variance(&days[known], horizon)};
        if (!forecast_all(&run, known, to)) {
            continue;
        }
        forecast_regime(&run, known, to);
        // A loss is known when its last day is over: the newest horizon - 1 are not.
        to->running = choose(&run, found + 1 > horizon ? found + 1 - horizon : 0);
        for (size_t k = 0; k < KINDS; k += 1) {
            to->losses[k] = pli_qlike(to->realised, to->forecasts[k]);
            run.losses[k][found] = to->losses[k];
        }
        found += 1;
    }
    *table_count = found;
    return found == 0 ? PLM_HISTORY_SHORT : PLM_OK;
}

static bool
is_reported(const pli_race_options *options, const pli_race_day *day) {
    return day->day >= options->from_day && day->day < options->to_day;
}

// The loss of kind `kind` on one day; 0 is what the gates let through.
static double
loss_of(const pli_race_day *day, plm_forecast_kind kind) {
    plm_forecast_kind of = kind == 0 ? day->running : kind;
    return day->losses[(size_t)of - 1];
}

static plm_status
judge(const pli_race_options *options, const pli_race_day *table, size_t table_count,
      const plm_forecast_kind pair[2], double *workspace, pli_duel *duel) {
    size_t count = 0;
    for (size_t i = 0; i < table_count; i += 1) {
        if (is_reported(options, &table[i])) {
            workspace[count] = loss_of(&table[i], pair[0]);
            workspace[table_count + count] = loss_of(&table[i], pair[1]);
            count += 1;
        }
    }
    size_t lag = LAG_DAYS + options->horizon_days - 1;
    return count < TARGETS_MIN
               ? PLM_HISTORY_SHORT
               : pli_duel_judge(workspace, workspace + table_count, count, lag, duel);
}

static void
count_days(const pli_race_options *options, const pli_race_day *table, size_t table_count,
           pli_race_row *row) {
    for (size_t i = 0; i < table_count; i += 1) {
        if (is_reported(options, &table[i])) {
            bool is_gated = row->kind == 0;
            row->fallback_count += !is_gated && table[i].is_fallback[(size_t)row->kind - 1];
            row->running_count += is_gated || table[i].running == row->kind;
        }
    }
}

plm_status
pli_race_rows(const pli_race_options *options, const pli_race_day *table, size_t table_count,
              void *workspace, pli_race_row rows[PLI_RACE_ROWS]) {
    for (size_t k = 0; k < PLI_RACE_ROWS; k += 1) {
        pli_race_row row = {.kind = k < KINDS ? (plm_forecast_kind)(k + 1) : (plm_forecast_kind)0};
        pli_duel duel;
        const plm_forecast_kind pair[2] = {PLM_FORECAST_FLOOR, row.kind};
        plm_status status = judge(options, table, table_count, pair, workspace, &duel);
        if (status != PLM_OK) {
            return status;
        }
        row.day_count = duel.count;
        row.qlike = duel.model_loss;
        row.to_floor = duel.model_loss / duel.floor_loss;
        row.statistic = duel.statistic;
        count_days(options, table, table_count, &row);
        rows[k] = row;
    }
    return PLM_OK;
}

// How many of the other days had a smaller chance than this high one; equal ones count half.
static double
rank_of(const pli_race_options *options, const pli_race_day *table, size_t table_count,
        int64_t chance_ppm) {
    double rank = 0.0;
    for (size_t i = 0; i < table_count; i += 1) {
        const pli_race_day *day = &table[i];
        if (is_reported(options, day) && day->has_chance && !day->is_high) {
            rank += day->chance_ppm < chance_ppm ? 1.0 : day->chance_ppm == chance_ppm ? 0.5 : 0.0;
        }
    }
    return rank;
}

plm_status
pli_race_chances(const pli_race_options *options, const pli_race_day *table, size_t table_count,
                 pli_race_chance *chance) {
    pli_race_chance found = {.day_count = 0};
    double ranks = 0.0;
    double score = 0.0;
    double constant_score = 0.0;
    double before = 0.0;
    double before_high = 0.0;
    for (size_t i = 0; i < table_count; i += 1) {
        const pli_race_day *day = &table[i];
        if (!day->has_chance) {
            continue;
        }
        if (is_reported(options, day)) {
            double truth = day->is_high ? 1.0 : 0.0;
            double apart = (double)day->chance_ppm / 1e6 - truth;
            // Until a high day was seen the share in the definition stands for it.
            double constant = before_high > 0 ? before_high / before : 0.1;
            score += apart * apart;
            constant_score += (constant - truth) * (constant - truth);
            found.day_count += 1;
            found.high_count += day->is_high;
            ranks += day->is_high ? rank_of(options, table, table_count, day->chance_ppm) : 0.0;
        }
        before += 1.0;
        before_high += day->is_high ? 1.0 : 0.0;
    }
    size_t low_count = found.day_count - found.high_count;
    if (found.high_count == 0 || low_count == 0) {
        return PLM_HISTORY_SHORT;
    }
    found.area = ranks / ((double)found.high_count * (double)low_count);
    found.skill = 1.0 - score / constant_score;
    *chance = found;
    return PLM_OK;
}
