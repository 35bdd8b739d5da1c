/* backtest.h: what a back-test says, shared by the verb, its tables and its page.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_BACKTEST_H
#define PLI_CLI_BACKTEST_H

#include "cli/case.h"
#include "cli/replay.h"
#include "report/table.h"
#include "study/score.h"

#define PLI_KINDS_MAX (4 * PLI_REPLAY_MODELS_MAX + 2)

/* pli_kind - one way to say what must be held. */
typedef struct pli_kind {
    const char *name;
    uint32_t model; /* of the replay */
    bool is_tail;
    bool is_initial;
    bool is_in_force; /* after the tools of the record `procyclicality` */
    bool is_living;   /* of the volatility that the record `living` would have in force */
} pli_kind;

/* pli_kind_micros - what this kind says of a portfolio at an instant, where the model supports it. */
const pli_backtest_answer *pli_kind_answer(const pli_replay *replay, uint32_t instant,
                                           uint32_t portfolio, const pli_kind *kind);
int64_t pli_kind_micros(const pli_backtest_answer *answer, const pli_kind *kind);

/*
 * pli_scored - one portfolio of one series under one kind. `sizes` and `losses` are shares of the notional, one for each
 * window that does not overlap the one before; `at` says which instant it is.
 */
typedef struct pli_scored {
    const pli_replay *replay;
    uint32_t portfolio;
    const pli_kind *kind;
    uint32_t count;
    const uint32_t *at;
    const double *sizes;
    const double *losses;
    const uint8_t *is_breach;
    bool is_supported; /* the model defines a result for this portfolio on every day */
    pli_score score;
    double kupiec_holm; /* of the tail rows: adjusted over all of them; else below 0 */
    bool has_shortfall;
    pli_shortfall_result shortfall;
} pli_scored;

/* pli_backtested - everything. */
typedef struct pli_backtested {
    pli_pool pool;
    double level;
    uint32_t simulation_count;
    uint64_t seed;
    const plm_procyclicality_parameters *procyclicality;
    const plm_portfolio_parameters *portfolio_record;
    uint32_t replay_count;
    pli_replay *replays;
    uint32_t kind_count;
    pli_kind kinds[PLI_KINDS_MAX];
    uint32_t scored_count;
    pli_scored *scored;
} pli_backtested;

/* pli_backtest_score - fill `scored` from the replays: every portfolio of every series under every kind. */
pli_exit pli_backtest_score(pli_backtested *tested);

enum { PLI_BACKTEST_TABLE_COUNT = 3 };

/* pli_backtest_tables - "coverage", "shortfall" and, where it is asked for, "days"; they belong to the pool. */
void pli_backtest_tables(pli_backtested *tested, bool has_days,
                         pli_table tables[PLI_BACKTEST_TABLE_COUNT]);

/* pli_backtest_page - the tables and one set of pictures for each series. */
void pli_backtest_page(pli_backtested *tested, const pli_table *tables, pli_page *page);

#endif
