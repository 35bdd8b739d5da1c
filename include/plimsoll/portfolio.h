/* portfolio.h: what one account holds, and the changes one may ask about.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PORTFOLIO_H
#define PLIMSOLL_PORTFOLIO_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

typedef enum plm_side { PLM_SIDE_BUY = 1, PLM_SIDE_SELL = 2 } plm_side;

/*
 * plm_position - the net holding of one instrument.
 *
 * Profit is kept as an exact cost, never as an average price:
 *   linear    cost = sum of signed lots * trade price_e8; profit = (lots * mark_e8 - cost) * lot_e8
 *   inverse   cost = sum of the coin amounts lots * N / F of each fill, in 1e-12 coin; profit = cost - lots * N / mark
 *   premium-paid options: no cost term, the cash moved with the trade; `cost` is 0.
 */
typedef struct plm_position {
    uint32_t instrument_index;
    int64_t lots;  /* signed, |lots| <= PLM_LOTS_MAX */
    plm_wide cost; /* see above */
    /* funding and interest accrued to the time of the market; above zero is owed to the account */
    int64_t accrued_micros;
} plm_position;

typedef struct plm_order {
    uint32_t instrument_index;
    plm_side side;
    int64_t lots;     /* what remains to be filled, > 0 */
    int64_t limit_e8; /* worst price at which it may fill */
    bool is_reduce_only;
} plm_order;

typedef struct plm_balance {
    uint32_t asset_index;
    plm_wide atoms; /* below zero is a loan */
} plm_balance;

/*
 * plm_portfolio - one margin group: an account under cross margin, or one isolated position with its own collateral.
 *
 * At most one position per instrument and one balance per asset; any order. Read-only; the caller owns the tables.
 */
typedef struct plm_portfolio {
    uint32_t position_count;
    uint32_t order_count;
    uint32_t balance_count;
    const plm_position *positions;
    const plm_order *orders;
    const plm_balance *balances;
} plm_portfolio;

typedef enum plm_change_kind {
    PLM_CHANGE_TRADE = 1,   /* a fill: position, cost and cash move */
    PLM_CHANGE_ORDER = 2,   /* an order is added to the open ones */
    PLM_CHANGE_TRANSFER = 3 /* atoms come in (above zero) or go out */
} plm_change_kind;

typedef struct plm_trade {
    uint32_t instrument_index;
    int64_t lots;       /* signed: above zero bought */
    int64_t price_e8;   /* fill price, in the instrument's own quotation */
    int64_t fee_micros; /* paid in the valuation currency, >= 0 */
} plm_trade;

/*
 * plm_change - one hypothetical change; only the member that `kind` names is read.
 *
 * Pre-trade checks, what-if, the liquidation planner and the cure search all ask the same question of a model: what is
 * required after these changes? Changes apply in order.
 */
typedef struct plm_change {
    plm_change_kind kind;
    plm_trade trade;
    plm_order order;
    plm_balance transfer;
} plm_change;

/*
 * plm_portfolio_check - is the portfolio well formed against the listing?
 *
 * Returns
 *   PLM_OK                 indices exist, no instrument or asset appears twice, quantities are within their bounds.
 *   PLM_PORTFOLIO_INVALID  the first rule broken; *fault names the entry, what was seen and what is allowed.
 *   PLM_INDEX_UNKNOWN      an index points outside its table.
 */
PLM_MUST_USE plm_status plm_portfolio_check(const plm_portfolio *portfolio,
                                            const plm_listing *listing, plm_fault *fault);

#endif
