/* explain_world.h: one account in the scenario world, and what it needs at other prices.   SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_EXPLAIN_WORLD_H
#define TS_SUPPORT_EXPLAIN_WORLD_H

#include "plimsoll/explain.h"
#include "support/scenario_world.h"

#define TS_USD_E8 INT64_C(100000000) /* one dollar as a price */
#define TS_USD_MICROS INT64_C(1000000)

/* ts_account - change fields freely, then call ts_account_ready. Must not move in memory. */
typedef struct ts_account {
    ts_world world;
    plm_scenario_set set;
    plm_risk_table table;
    plm_portfolio_parameters portfolio_parameters;
    plm_tiered_parameters tiered_parameters;
    plm_position positions[16];
    plm_order orders[4];
    plm_balance balances[4];
    plm_portfolio portfolio;
    plm_explain_input input;
    plm_workspace workspace;
} ts_account;

/* ts_account_init - an empty account under `model`; the tick of BTC is 0.1, and every option is marked. */
void ts_account_init(ts_account *account, const plm_model *model);

/* ts_account_ready - build arrays where the model reads them, and the workspace; after changes to the world. */
void ts_account_ready(ts_account *account);

/* ts_account_hold - a position opened at the present mark; a bought option's premium is not taken from the cash. */
void ts_account_hold(ts_account *account, uint32_t instrument_index, int64_t lots);
void ts_account_order(ts_account *account, uint32_t instrument_index, int64_t lots,
                      int64_t limit_e8);

/* ts_account_cash - the balance of dollars, in micros. */
void ts_account_cash(ts_account *account, int64_t micros);

/* ts_account_require - the requirement after `count` changes; fails the test on any other status than PLM_OK. */
plm_requirement ts_account_require(const ts_account *account, uint32_t count,
                                   const plm_change *changes);

/*
 * ts_account_require_at - the requirement in a market moved by the rules of docs/method/triggers.md, with the arrays of
 * the whole listing rebuilt: a second, simpler way to what the search does. `price_e8` has one entry per underlying.
 */
plm_requirement ts_account_require_at(const ts_account *account, const int64_t *price_e8);

/* ts_account_prices - the present prices, to be changed for ts_account_require_at. */
void ts_account_prices(const ts_account *account, int64_t price_e8[TS_UNDERLYING_COUNT]);

void ts_account_finish(ts_account *account);

#endif
