/* change.h: a portfolio after trades, orders and transfers.                           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MODEL_CHANGE_H
#define PLI_MODEL_CHANGE_H

#include "plimsoll/portfolio.h"

/*
 * pli_portfolio_draft - a portfolio that can still grow, in the caller's tables.
 *
 * The capacities are the lengths of the tables.
 */
typedef struct pli_portfolio_draft {
    uint32_t position_count, position_capacity;
    uint32_t order_count, order_capacity;
    uint32_t balance_count, balance_capacity;
    plm_position *positions;
    plm_order *orders;
    plm_balance *balances;
} pli_portfolio_draft;

/*
 * pli_order_check - is one order well formed against the listing?
 *
 * Returns    PLM_OK; PLM_PORTFOLIO_INVALID or PLM_INDEX_UNKNOWN with `entry` named in *fault.
 */
plm_status pli_order_check(const plm_order *order, uint32_t entry, const plm_listing *listing,
                           plm_fault *fault);

/*
 * pli_draft_init - copy `portfolio` into the draft's tables.
 *
 * Returns    PLM_OK, or PLM_LIMIT when a table is shorter than the portfolio's.
 */
plm_status pli_draft_init(pli_portfolio_draft *draft, const plm_portfolio *portfolio,
                          plm_fault *fault);

/*
 * pli_draft_apply - apply one change: a trade moves position, cost, premium and fee; an order is added; a transfer moves
 * atoms.
 *
 * Rounding   Against the account: costs of inverse fills down, premiums and fees paid up, premiums received down.
 *
 * Returns    PLM_OK; PLM_PORTFOLIO_INVALID, PLM_INDEX_UNKNOWN for a malformed change, PLM_LIMIT for a full table,
 *            PLM_OVERFLOW when a sum leaves its type. After anything but PLM_OK the draft is not to be used.
 */
plm_status pli_draft_apply(pli_portfolio_draft *draft, const plm_change *change, uint32_t entry,
                           const plm_listing *listing, plm_fault *fault);

/*
 * pli_fill_atoms - what a fill takes out of the settlement asset: the premium of a premium-paid option, else 0.
 *
 * Rounding   Up: a payment is never too small, a receipt never too large.
 */
bool pli_fill_atoms(const plm_listing *listing, uint32_t instrument_index, int64_t lots,
                    int64_t price_e8, plm_wide *atoms);

#endif
