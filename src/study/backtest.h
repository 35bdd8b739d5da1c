/* backtest.h: what models would have required on a day of history, and what that day then took. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_BACKTEST_H
#define PLI_STUDY_BACKTEST_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/margin.h"
#include "plimsoll/scenario.h"
#include "plimsoll/status.h"

/*
 * pli_backtest_series - prices of one underlying, oldest first: closes[i] became known at seconds[i].
 *
 * A price older than `age_max_s` is no price. `count` 0: the underlying stands still where the template has it, with
 * that volatility and without history (a settlement currency).
 */
typedef struct pli_backtest_series {
    uint32_t count;
    const int64_t *seconds; /* since 1970, strictly rising */
    const double *closes;   /* > 0 */
    int64_t age_max_s;
} pli_backtest_series;

/* pli_backtest_model - a model to be asked, with its record. */
typedef struct pli_backtest_model {
    const plm_model *model;
    const void *parameters;
} pli_backtest_model;

/*
 * pli_backtest_living - what a venue has in force at an instant (plm_living_step): volatilities, and the closes up to its
 * last recalibration. Prices are those of the instant.
 */
typedef struct pli_backtest_living {
    int64_t since_s;                 /* of the last recalibration, not after the instant */
    const int64_t *volatilities_ppm; /* one per underlying, > 0 */
} pli_backtest_living;

/*
 * pli_backtest - the question, the same for every instant.
 *
 * `listing` and `market` are a template (study/frame.h): each instant sees them at its own prices, with strikes, bases and
 * times to expiry where they stand to the index in the template. Volatilities are EWMA over the past day by day, counted
 * back from the instant itself, so that any time of day has a daily history.
 *
 * Guarantees [BACKTEST-1] an answer but for profit_micros depends on no price after its instant.
 */
typedef struct pli_backtest {
    const plm_listing *listing;
    const plm_market *market;
    uint32_t portfolio_count;
    const plm_portfolio *portfolios; /* open orders are left out */
    uint32_t model_count;
    const pli_backtest_model *models;
    const pli_backtest_series *series; /* one per underlying of the listing */
    const plm_set_parameters *maintenance;
    const plm_set_parameters *initial;
    uint32_t class_count;
    const plm_shock_parameters *classes;
    int64_t volatility_lambda_ppm; /* decay of the EWMA volatility that the market carries */
    uint32_t day_count_max;        /* past days that are handed on, at most; history and burn-in */
    int64_t horizon_s;             /* over which profits are measured, > 0 */
    const pli_backtest_living *living; /* NULL: the instant's own volatilities and closes */
} pli_backtest;

/* pli_backtest_answer - what one model required of one portfolio; micros, 0 where `status` is not PLM_OK. */
typedef struct pli_backtest_answer {
    plm_status status; /* PLM_OK, or PLM_MODEL_UNSUPPORTED */
    int64_t
        tail_micros; /* the tail measure alone: no grid, floor, stress or charge; 0 for other models */
    int64_t maintenance_micros;
    int64_t initial_micros;
} pli_backtest_answer;

/*
 * pli_backtest_instant - one instant.
 *
 * The caller gives the tables: `answers` portfolio_count * model_count [portfolio][model]; `profits` and `notionals`
 * portfolio_count; `samples` NULL, or portfolio_count rows of maintenance->history_count values.
 */
typedef struct pli_backtest_instant {
    int64_t seconds;
    double price;           /* of underlying 0 */
    int64_t volatility_ppm; /* of underlying 0, of the instant itself */
    double *profits;        /* micros, over the horizon */
    double *notionals;      /* micros */
    pli_backtest_answer *answers;
    uint32_t sample_count; /* joint scenarios; 0: there was too little history */
    int64_t *
        samples; /* rising profits of the joint history over the maintenance horizon, worst plane by sum of losses */
} pli_backtest_instant;

/* pli_backtest_size - bytes of work for any instant of this question, 64-byte alignment included. */
size_t pli_backtest_size(const pli_backtest *backtest);

/*
 * pli_backtest_at - answer for the instant `seconds`.
 *
 * Returns
 *   PLM_OK             *out is complete.
 *   PLM_PRICE_MISSING  an underlying has no price at the instant or at the end of the horizon; choose another instant.
 *   PLM_HISTORY_SHORT  fewer past days than maintenance->history_minimum plus one.
 *   PLM_WORKSPACE_SMALL; PLM_DOMAIN; the statuses of plm_scenario_make, plm_risk_table_build and plm_margin_require
 *   other than PLM_MODEL_UNSUPPORTED, which is an answer.
 */
PLM_MUST_USE plm_status pli_backtest_at(const pli_backtest *backtest, int64_t seconds, void *memory,
                                        size_t size, pli_backtest_instant *out, plm_fault *fault);

/*
 * pli_backtest_volatilities - what the market asks for at `seconds`, one volatility per underlying; memory as above.
 *
 * Returns    PLM_OK; PLM_PRICE_MISSING, PLM_HISTORY_SHORT and PLM_WORKSPACE_SMALL as above.
 */
PLM_MUST_USE plm_status pli_backtest_volatilities(const pli_backtest *backtest, int64_t seconds,
                                                  void *memory, size_t size,
                                                  int64_t *volatilities_ppm, plm_fault *fault);

#endif
