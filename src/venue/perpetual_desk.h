/* perpetual_desk.h: our portfolio as an account of a venue that lists linear perpetuals only.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_PERPETUAL_DESK_H
#define PLI_VENUE_PERPETUAL_DESK_H

#include "base/arena.h"
#include "margin/view.h"
#include "plimsoll/margin.h"

/*
 * pli_perpetual_desk - a checked view; every line is a linear perpetual that settles in the valuation currency, priced by
 * an underlying above zero whose price unit divides 1e9.
 *
 * Sums are in micros of the valuation currency; the caller adds to them through the functions below.
 */
typedef struct pli_perpetual_desk {
    pli_view view;
    uint32_t cash_asset_index;
    plm_reason *reason; /* NULL unless contributions are wanted */
    pli_i128 maintenance, initial;
    pli_i128 equity_maintenance, equity_initial;
    pli_i128 liabilities; /* >= 0, unweighted */
    pli_i128 unrealised;  /* of the maintenance equity */
} pli_perpetual_desk;

/* pli_desk_venue - what besides perpetuals in the valuation currency the venue has, and its margin. */
typedef struct pli_desk_venue {
    bool has_orders;      /* open orders are part of the margin */
    bool has_collaterals; /* balances and loans in other assets than the valuation currency */
    plm_status (*evaluate)(pli_perpetual_desk *desk, const void *parameters, plm_fault *fault);
} pli_desk_venue;

/*
 * pli_perpetual_desk_require - a model's `require`: read and check the portfolio, evaluate the sums, conclude.
 *
 * An initial requirement below maintenance is lifted to it.
 *
 * Returns    as plm_margin_require; PLM_MODEL_UNSUPPORTED names the instrument, order or asset that the venue has not.
 */
plm_status pli_perpetual_desk_require(const pli_desk_venue *venue, const plm_margin_input *input,
                                      const plm_workspace *workspace, plm_requirement *requirement,
                                      plm_reason *reason, plm_fault *fault);

/* pli_perpetual_desk_size - the model's workspace_size. */
size_t pli_perpetual_desk_size(const plm_limits *limits);

/* pli_desk_base_e17 - signed lots in 1e-17 of the unit that the quoted price buys; false where that does not fit. */
bool pli_desk_base_e17(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out);

/* pli_desk_price_e8 - the oracle price of a line's underlying, as quoted. */
int64_t pli_desk_price_e8(const pli_view *view, const pli_line *line);

/* pli_desk_entry_micros - what the position has paid and accrued, down: value at a price plus this is the profit. */
bool pli_desk_entry_micros(const pli_view *view, const pli_line *line, pli_i128 *out);

/* pli_desk_cash_micros - the balance of the valuation currency, down. */
bool pli_desk_cash_micros(const pli_perpetual_desk *desk, pli_i128 *out);

/* pli_desk_add_line, pli_desk_add_balance - add to both requirements, and to the contributions. False: overflow. */
bool pli_desk_add_line(pli_perpetual_desk *desk, uint32_t line_index, pli_i128 maintenance,
                       pli_i128 initial);
bool pli_desk_add_balance(pli_perpetual_desk *desk, uint32_t balance_index, pli_i128 maintenance,
                          pli_i128 initial);

#endif
