/* replay.h: candle files replayed day by day through the models, shared by `backtest` and `tune`. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_REPLAY_H
#define PLI_CLI_REPLAY_H

#include "cli/verb.h"
#include "io/market_json.h"
#include "io/parameters_yaml.h"
#include "io/portfolio_json.h"
#include "study/archetype.h"
#include "study/backtest.h"

#define PLI_REPLAY_MODELS_MAX 16u

/*
 * pli_replay_ask - what the command line asks of every series.
 *
 * Model 0 is `portfolio` with value at risk as its measure: only its tail is read. The others are those asked for.
 */
typedef struct pli_replay_ask {
    const pli_parameter_book *parameters;
    plm_portfolio_parameters tail_record;
    uint32_t model_count;
    pli_backtest_model models[PLI_REPLAY_MODELS_MAX];
    uint32_t portfolio_mask; /* archetypes by their bit */
    int64_t from_day;        /* first and last day on which an instant may stand */
    int64_t to_day;
    int64_t step_s;
    int64_t lambda_ppm;
    bool has_samples;
    bool has_living; /* also ask with what a venue would have in force */
} pli_replay_ask;

/*
 * pli_replay - one series and what came of it. Arrays run [instant][portfolio] or [instant][portfolio][model].
 *
 * Where bars never fall on a Sunday the series is one of sessions: each bar counts as the day after the one before, so
 * that a week-end is no hole; `session_days` then holds the calendar.
 */
typedef struct pli_replay {
    const char *path;
    const char *name;
    pli_pool pool;
    bool is_sessions;
    uint32_t bar_count;
    const int64_t *session_days;
    int64_t bar_s; /* length of a bar */
    pli_backtest_series *series;
    pli_archetypes archetypes;
    pli_market_book book; /* of --market, else empty */
    pli_account_book account;
    uint32_t portfolio_count;
    plm_portfolio portfolios[PLI_ARCHETYPE_COUNT];
    const char *portfolio_names[PLI_ARCHETYPE_COUNT];
    pli_backtest backtest;
    uint32_t instant_count;
    int64_t *seconds;
    double *prices;
    int64_t *volatilities_ppm;
    double *profits;
    double *notionals;
    pli_backtest_answer *answers;
    uint32_t sample_stride; /* history_count; 0 where none were kept */
    uint32_t sample_count;
    int64_t *samples;
    pli_backtest_answer *living_answers; /* as `answers`; NULL without has_living, as the two below */
    int64_t *in_force_ppm;               /* volatility of underlying 0 */
    int64_t *announced_ppm;
} pli_replay;

/* pli_replay_open - read one candle file; `older` (or NULL) fills what lies before its first and after its last bar. */
pli_exit pli_replay_open(const char *path, const char *older, const pli_replay_ask *ask,
                         pli_replay *replay);

/* pli_replay_open_market - a market and portfolio instead, with the histories that the parameters name. */
pli_exit pli_replay_open_market(const char *market, const char *portfolio,
                                const pli_replay_ask *ask, pli_replay *replay);

/* pli_replay_run - ask at every instant; progress goes to standard error where that is a terminal. */
pli_exit pli_replay_run(const pli_replay_ask *ask, pli_replay *replay);

void pli_replay_finish(pli_replay *replay);

/* pli_replay_day - the calendar day (UTC, or of the session) on which instant `index` stands. */
int64_t pli_replay_day(const pli_replay *replay, uint32_t index);

/* pli_replay_answer - of one instant, portfolio and model. */
const pli_backtest_answer *pli_replay_answer(const pli_replay *replay, uint32_t instant,
                                             uint32_t portfolio, uint32_t model);
const pli_backtest_answer *pli_replay_living_answer(const pli_replay *replay, uint32_t instant,
                                                    uint32_t portfolio, uint32_t model);

/* pli_day_parse - "2020-03-12" as days since 1970; false where it is no day of the calendar from 1850 to 2200. */
bool pli_day_parse(const char *text, int64_t *day);

#endif
