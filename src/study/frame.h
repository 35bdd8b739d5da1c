/* frame.h: a market and its listing carried to another day of history.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_FRAME_H
#define PLI_STUDY_FRAME_H

#include <stdint.h>

#include "base/arena.h"
#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/status.h"

/* pli_frame_state - what is known of one underlying at one instant. */
typedef struct pli_frame_state {
    double price;      /* per price unit, > 0 */
    double volatility; /* annual, > 0 */
} pli_frame_state;

/*
 * pli_frame - a listing and its market on another day; the tables are the frame's own.
 *
 * Everything keeps its shape: strikes and marks stand to the index as they did in the template, expiries keep their
 * time to run, smiles are scaled by the underlying's volatility against that of the template.
 */
typedef struct pli_frame {
    plm_listing listing;
    plm_market market;
    plm_instrument *instruments;
    plm_underlying_market *underlyings;
    plm_mark *marks;
    plm_expiry_market *expiries;
    plm_slice_node *nodes;
} pli_frame;

/* pli_frame_template - what is carried. */
typedef struct pli_frame_template {
    const plm_listing *listing;
    const plm_market *market;
} pli_frame_template;

/* pli_frame_take - carve the tables of a frame of this template. */
void pli_frame_take(const pli_frame_template *template, pli_arena *arena, pli_frame *frame);

/*
 * pli_frame_open  - the template on the day of `time_ns`, at these prices and volatilities (one state per underlying).
 * pli_frame_later - the listing of `opened` at a later time: strikes and expiries stay, basis and smile run off with the
 *                   time to expiry. What has expired by then has no mark; pli_frame_value pays it off.
 *
 * Underlyings of domain any stand still: ratios of prices that may be zero or negative mean nothing.
 * Volumes and depths scale with the price, as notional does. Slow price and confidence keep their ratio to the price in
 * pli_frame_open.
 *
 * Returns    PLM_OK; PLM_DOMAIN for a state that is not above 0, or a quantity that leaves its bounds; the statuses of pli_market_fill_marks.
 */
PLM_MUST_USE plm_status pli_frame_open(const pli_frame_template *template,
                                       const pli_frame_state *states, int64_t time_ns,
                                       pli_frame *frame, plm_fault *fault);
PLM_MUST_USE plm_status pli_frame_later(const pli_frame_template *template, const pli_frame *opened,
                                        const pli_frame_state *states, int64_t time_ns,
                                        pli_frame *frame, plm_fault *fault);

/*
 * pli_frame_profit - what a portfolio gains from `opened` to `later`, without orders, fees and funding.
 *
 * Scenario-treated balances gain with their index, others do not: a requirement does not cover them. With an index other
 * than PLM_NONE only what depends on that underlying counts.
 * Units      micros of the valuation currency as a double, for reports only.
 */
double pli_frame_profit(const pli_frame *opened, const pli_frame *later,
                        const plm_portfolio *portfolio, uint32_t underlying_index);

/* pli_frame_notional - sum of |lots| at the price of their underlying, in micros. */
double pli_frame_notional(const pli_frame *frame, const plm_portfolio *portfolio);

#endif
