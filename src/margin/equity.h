/* equity.h: what an account holds towards its requirement.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_EQUITY_H
#define PLI_MARGIN_EQUITY_H

#include "margin/view.h"
#include "plimsoll/margin.h"

/* The part of a model's parameters that equity depends on; one record for every model. */
typedef struct pli_equity_rules {
    int64_t gain_initial_ppm, gain_maintenance_ppm;
    int64_t haircut_sigma_ppm;
    int64_t haircut_horizon_ns;
    int64_t haircut_cap_ppm;
    bool is_scenario_covered; /* scenario-treated assets are in the arrays: their haircut has no sigma term */
} pli_equity_rules;

/* pli_equity - equity of both kinds and its lines, in valuation micros. */
typedef struct pli_equity {
    int64_t initial_micros, maintenance_micros; /* initial <= maintenance */
    int64_t collateral_micros, liabilities_micros, option_value_micros, unrealised_micros;
    int64_t slow_price_micros;
    int64_t slow_orders_micros; /* what open orders may add to it, in equity after weighting, >= 0 */
} pli_equity;

/* pli_equity_sums - the sums that equity is made of, before they are narrowed. */
typedef struct pli_equity_sums {
    pli_i128 initial[2], maintenance[2]; /* collateral, liabilities */
    pli_i128 unrealised[3];              /* initial, maintenance, initial after the worst fills */
    pli_i128 options, slow;
} pli_equity_sums;

/*
 * pli_equity_balances - add every balance of the view's portfolio to the sums of collateral and liabilities; reads of the
 * view nothing but portfolio, listing and market.
 *
 * pli_equity_weigh - add a net of profit to a sum: gains at their weight, what is below zero in full.
 *
 * Returns    false where a value leaves its type.
 */
bool pli_equity_balances(const pli_view *view, const pli_equity_rules *rules,
                         pli_equity_sums *sums);
bool pli_equity_weigh(pli_i128 value, int64_t weight_ppm, pli_i128 *sum);

/* pli_equity_finish - the lines of equity from their sums. Returns PLM_OK or PLM_OVERFLOW. */
plm_status pli_equity_finish(const pli_equity_sums *sums, pli_equity *equity, plm_fault *fault);

/*
 * pli_equity_make - METHOD section 6, E, for initial and maintenance.
 *
 *   collateral    sum over size tiers of the part in the tier * (1 - h), at the price less its confidence (initial: the
 *                 lower of now and slow; scenario-treated assets always now, they are netted below)
 *   liabilities   at the price plus confidence (initial: the higher of now and slow), times 1 + liability haircut
 *   options       premium-paid, lots * mark
 *   unrealised    futures-style, netted per (underlying, settlement asset) before a positive net is weighted
 *   slow price    initial only: net delta-one notional times the adverse distance between slow and present price,
 *                 taken off the gains before they are weighted
 *
 * Rounding   Down, per position and balance, so that the order of entries does not matter.
 *
 * Returns    PLM_OK or PLM_OVERFLOW.
 */
plm_status pli_equity_make(const pli_view *view, const pli_equity_rules *rules, pli_equity *equity,
                           plm_fault *fault);

/* pli_delta_one - the signed exposure of `lots` of a line at the base price: 0 for options; rounded away from zero. */
bool pli_delta_one(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out);

/* pli_scenario_exposure - value at the base price of all scenario-treated balances on one underlying. */
bool pli_scenario_exposure(const pli_view *view, uint32_t underlying_index, pli_i128 *out);

/*
 * pli_sigma_horizon_ppm - volatility over a horizon: annual volatility * sqrt(horizon / 365 d), rounded up.
 */
int64_t pli_sigma_horizon_ppm(int64_t volatility_ppm, int64_t horizon_ns);

/*
 * pli_haircut_worst_ppm - the largest share of value that a flow in an asset can lose on conversion: the greater of its
 * top tier haircut and its liability haircut, plus the distance of the adverse prices from the present one.
 */
int64_t pli_haircut_worst_ppm(const pli_view *view, const pli_equity_rules *rules,
                              uint32_t asset_index);

#endif
