/* health.h: may an account stand as an event leaves it?                                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_HEALTH_H
#define PLI_CORE_HEALTH_H

#include "core/state.h"

/* The post-conditions of docs/books.md section 10. */
typedef enum pli_health_rule {
    PLI_HEALTH_INITIAL = 1,     /* I */
    PLI_HEALTH_MAINTENANCE = 2, /* R */
    PLI_HEALTH_WITHDRAW = 3,    /* W */
    PLI_HEALTH_FORCED = 4       /* F */
} pli_health_rule;

/*
 * pli_health_check - is the rule kept by the account of `before`, whose bookings have been made?
 *
 * `instrument` is what the event trades (its price must allow it), or PLM_NONE. A post-condition and nothing else: in a
 * replay with recorded outcomes it is not asked, so what changes the state by a requirement must not ask here.
 *
 * Returns    NONE; PRICE_STATE, MARK, ARRAYS, INSTRUMENT_CLOSED, MODEL_UNSUPPORTED, OVERFLOW where the model cannot
 *            answer; HEALTH.
 */
plm_reject pli_health_check(plm_core *core, const pli_holding *before, pli_health_rule rule,
                            uint32_t instrument);

/* pli_health_may_trade - does the price allow a trade in the instrument? One that takes risk off may come in more states. */
bool pli_health_may_trade(const plm_core *core, uint32_t instrument, bool is_reducing);

/*
 * pli_health_portfolio - a holding in the form that the margin layers read, in the state's scratch tables.
 *
 * Returns    NONE, or OVERFLOW, PRICE_STATE (an asset in which profit is unsettled has no price).
 */
plm_reject pli_health_portfolio(plm_core *core, const pli_holding *holding,
                                plm_portfolio *portfolio);

/* pli_health_input - what a model is asked: everything but the changes. False where the model's arrays are missing. */
bool pli_health_input(const plm_core *core, const plm_listing *listing, const plm_market *market,
                      const plm_portfolio *portfolio, plm_margin_input *input);

/*
 * pli_health_adjust - add to a model's requirement what this layer charges and counts: the drift of the risk arrays, and
 * profit that is unsettled in instruments that have ended.
 */
plm_reject pli_health_adjust(const plm_core *core, const pli_holding *holding,
                             const plm_portfolio *portfolio, plm_requirement *requirement);

/*
 * pli_health_is_at_risk - positions, orders, loans, or something of an asset whose price may be below zero: without any of
 * them nothing can be owed.
 */
bool pli_health_is_at_risk(const plm_core *core, const pli_holding *holding);

/*
 * pli_health_assess - the requirement of an account, touched, for decisions that the state follows: no post-condition.
 *
 * Returns    NONE (without anything at risk: all zero and HEALTHY); as pli_health_check where the model cannot answer;
 *            PRICE_STATE where the account is not HEALTHY and a price that it rests on does not allow liquidation [Q1].
 */
plm_reject pli_health_assess(plm_core *core, const pli_holding *holding,
                             plm_requirement *requirement);

/* pli_health_tell - the effects REQUIREMENT and MAINTENANCE. */
void pli_health_tell(plm_core *core, uint32_t account, const plm_requirement *requirement);

#endif
