/* race.h: volatility models against one another, each day from what was known before it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_RACE_H
#define PLI_STUDY_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/forecast.h"
#include "plimsoll/status.h"

/*
 * pli_race_options - how models are fitted, and which targets are reported.
 *
 * A forecast of day t is made by models fitted on days before t, at most window_days of them, again every refit_days
 * days. Targets before `from_day` feed the gate but no figure; `to_day` is the first that is left out.
 */
typedef struct pli_race_options {
    uint32_t horizon_days;
    uint32_t window_days;
    uint32_t refit_days;
    int64_t from_day;
    int64_t to_day;
    const plm_forecast_parameters *parameters; /* of the gate */
} pli_race_options;

/* pli_race_day - one target: what was forecast and what came. Arrays by kind - 1. */
typedef struct pli_race_day {
    int64_t day; /* first of the horizon */
    double realised;
    double forecasts[PLM_FORECAST_KIND_COUNT];
    double losses[PLM_FORECAST_KIND_COUNT]; /* QLIKE of each */
    bool is_fallback
        [PLM_FORECAST_KIND_COUNT]; /* the model had no fit: the floor's forecast, or EWMA's, stands here */
    plm_forecast_kind running; /* what the gates let through */
    bool has_chance;
    bool is_high; /* a day of high volatility, by plm_regime_bound */
    int64_t chance_ppm;
} pli_race_day;

/* pli_race_row - one model over the reported targets. `kind` 0 is what the gates let through. */
typedef struct pli_race_row {
    plm_forecast_kind kind;
    size_t day_count;
    size_t fallback_count;
    size_t running_count; /* targets on which the gates chose this model */
    double qlike;
    double to_floor; /* qlike over that of the floor */
    double statistic; /* Diebold-Mariano against the floor, below 0: better; 0 for the floor itself */
} pli_race_row;

/* pli_race_chance - how good the chances of high volatility were. */
typedef struct pli_race_chance {
    size_t day_count;
    size_t high_count;
    double
        area; /* under the ROC curve: how often a high day had the larger chance than another; ties count half */
    double skill; /* 1 - Brier score over that of the constant share of high days before */
} pli_race_chance;

#define PLI_RACE_ROWS (PLM_FORECAST_KIND_COUNT + 1u)

/* pli_race_size - bytes of workspace, aligned to 8, to run on `day_count` days. */
size_t pli_race_size(size_t day_count);

/*
 * pli_race_run - every forecast from the first day on which there is history enough; `table` has room for `count`.
 *
 * Guarantees [RACE-1] a change of a day changes no forecast for that day or before it.
 * Returns    PLM_OK; PLM_HISTORY_SHORT where no day has history enough; PLM_DOMAIN for options or days; PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status pli_race_run(const pli_race_options *options, const plm_realised_day *days,
                                     size_t count, void *workspace, pli_race_day *table,
                                     size_t *table_count);

/*
 * pli_race_rows   - the figures of every kind and, last, of what the gates let through; `workspace` as above.
 * pli_race_chances - those of the regime.
 *
 * Returns    PLM_HISTORY_SHORT where fewer than ten targets lie between from_day and to_day, or none has a chance or no
 *            day is high.
 */
PLM_MUST_USE plm_status pli_race_rows(const pli_race_options *options, const pli_race_day *table,
                                      size_t table_count, void *workspace,
                                      pli_race_row rows[PLI_RACE_ROWS]);
PLM_MUST_USE plm_status pli_race_chances(const pli_race_options *options, const pli_race_day *table,
                                         size_t table_count, pli_race_chance *chance);

#endif
