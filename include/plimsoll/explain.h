/* explain.h: the reason behind a requirement: sensitivities, trigger prices and the cheapest cures.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_EXPLAIN_H
#define PLIMSOLL_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/margin.h"
#include "plimsoll/market.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/scenario.h"
#include "plimsoll/status.h"

/*
 * plm_explain_input - a margin input together with what is needed to revalue it at other prices.
 *
 * `margin` holds listing, market, model parameters and portfolio; the scenario sets are those of its arrays.
 */
typedef struct plm_explain_input {
    const plm_model *model;
    plm_margin_input margin;
    const plm_scenario_set *maintenance_set; /* NULL for models without arrays */
    const plm_scenario_set *initial_set;
} plm_explain_input;

/*
 * plm_greeks - sensitivities of a whole portfolio to one underlying.
 *
 * Units      Valuation currency (units, not micros): delta and gamma as cash amounts for a relative move of the index
 *            (delta: dV per 100 %; gamma: change of delta per 100 %), vega per 1.00 of volatility, theta per day;
 *            vanna and volga are the changes of delta and vega per 1.00 of volatility. Domain any: moves are of the
 *            reference price, volatility in price units. docs/method/greeks.md.
 */
typedef struct plm_greeks {
    double delta, gamma, vega, theta, vanna, volga;
} plm_greeks;

/*
 * plm_explain_greeks - sensitivities of the portfolio, one entry of `greeks` per underlying of the listing.
 *
 * Positions, scenario-treated balances and changes count; haircut-treated balances and open orders do not.
 *
 * Returns    PLM_OK; PLM_SURFACE_MISSING or PLM_MARK_MISSING naming the instrument; PLM_DOMAIN where a Greek does not
 *            exist there; the statuses of plm_portfolio_check.
 */
PLM_MUST_USE plm_status plm_explain_greeks(const plm_explain_input *input, plm_greeks *greeks,
                                           plm_fault *fault);

/* plm_trigger - the nearest price on one side at which something happens. */
typedef struct plm_trigger {
    bool is_found;
    /* first tick at which the condition holds, or the end of the search when not found */
    int64_t price_e8;
} plm_trigger;

/*
 * plm_triggers - nearest call and liquidation prices of one underlying, alone and with the others moving at beta.
 */
typedef struct plm_triggers {
    uint32_t underlying_index;
    int64_t low_e8, high_e8; /* the searched range */
    plm_trigger call_below, call_above;
    plm_trigger liquidation_below, liquidation_above;
    bool has_beta; /* the second figures exist: joint history covers this underlying and at least one other */
    plm_trigger liquidation_below_beta, liquidation_above_beta;
} plm_triggers;

/*
 * plm_explain_size - bytes of workspace that plm_explain_triggers and plm_explain_cures need.
 */
size_t plm_explain_size(const plm_explain_input *input);

/*
 * plm_explain_triggers - at which prices of `underlying_index` is the account called and liquidated?
 *
 * The exact requirement, every position and open order included, is evaluated on a ladder of prices outwards from the
 * present one, with marks and arrays of that underlying rebuilt at each probe; the first bracket is bisected to one tick.
 * Forwards and marks of futures keep their relative distance to the index, volatilities stay at their strikes. What is
 * already true at the present price is reported at the present price. docs/method/triggers.md.
 *
 * Returns    PLM_OK with "not found within [low, high]" where there is none; PLM_INDEX_UNKNOWN; PLM_ARRAYS_MISSING also
 *            where the set of the maintenance arrays is not given; the statuses of plm_margin_require and
 *            plm_risk_table_build.
 */
PLM_MUST_USE plm_status plm_explain_triggers(const plm_explain_input *input,
                                             uint32_t underlying_index, plm_workspace *workspace,
                                             plm_triggers *triggers, plm_fault *fault);

#define PLM_CURE_LEGS_MAX 4u

typedef enum plm_cure_kind {
    PLM_CURE_REDUCE = 1,  /* closes part or all of positions that are held */
    PLM_CURE_HEDGE = 2,   /* opens or adds to a position */
    PLM_CURE_DEPOSIT = 3, /* adds valuation currency */
    PLM_CURE_CANCEL = 4   /* cancels the open orders */
} plm_cure_kind;

/* plm_cure - one way back to health, with what it costs. */
typedef struct plm_cure {
    plm_cure_kind kind;
    uint32_t leg_count;
    plm_trade legs[PLM_CURE_LEGS_MAX]; /* signed lots at the mark, fee and impact charged */
    int64_t deposit_micros;            /* kind DEPOSIT */
    int64_t cost_micros; /* fees, half-spreads and impact, rounded up; 0 for a deposit */
    plm_requirement after;
} plm_cure;

/*
 * plm_explain_cures - the cheapest trades that lift equity to the initial requirement, cheapest first.
 *
 * Reductions of held positions and hedges in any instrument that has a mark are searched, alone and in combinations of
 * up to PLM_CURE_LEGS_MAX legs; each result is checked by the exact requirement after its trades and is minimal in the
 * size of its last leg. The last entry is always the deposit that would do.
 *
 * Returns    PLM_OK with *cure_count entries (0 when the account is healthy); PLM_CURE_NONE is not an error of the search:
 *            it is returned when not even the deposit fits its type. PLM_LIMIT when cure_max is 0 and the account is not
 *            healthy. Otherwise the statuses of plm_margin_require. docs/method/cures.md says what is searched.
 */
PLM_MUST_USE plm_status plm_explain_cures(const plm_explain_input *input, plm_workspace *workspace,
                                          uint32_t cure_max, plm_cure *cures, uint32_t *cure_count,
                                          plm_fault *fault);

#endif
