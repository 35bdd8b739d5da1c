/* view.h: a portfolio after its changes, sorted and joined with marks, as every model reads it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_VIEW_H
#define PLI_MARGIN_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/wide.h"
#include "plimsoll/margin.h"

/*
 * pli_line - one instrument that is held or has open orders.
 *
 * `buys` and `sells` sum the open orders (>= 0), reduce-only ones clipped to the position: after any fills the position
 * lies in lots - sells .. lots + buys.
 */
typedef struct pli_line {
    uint32_t instrument_index;
    uint32_t underlying_index;
    uint32_t position_index; /* PLM_NONE when only ordered */
    int64_t lots, buys, sells;
    int64_t mark_e8;
    pli_i128 cost;
    int64_t accrued_micros;
} pli_line;

/* pli_open_order - an open order and the line it belongs to. */
typedef struct pli_open_order {
    uint32_t line_index;
    uint32_t order_index;
    int64_t lots; /* signed: above zero buys; clipped when reduce-only */
    int64_t limit_e8;
} pli_open_order;

/* pli_group - the lines of one underlying: lines[first_line] .. lines[first_line + line_count - 1]. */
typedef struct pli_group {
    uint32_t underlying_index;
    uint32_t first_line, line_count;
    uint32_t first_order, order_count; /* into orders, which follow the lines */
} pli_group;

/*
 * pli_view - lines sorted by (underlying, expiry, instrument), orders by (line, order), groups by underlying.
 *
 * A group exists also where only a scenario-treated balance depends on the underlying. Sorting makes results independent
 * of the order in which positions were given [MARGIN-3].
 */
typedef struct pli_view {
    const plm_margin_input *input;
    const plm_listing *listing;
    const plm_market *market;
    plm_portfolio portfolio; /* after the changes */
    uint32_t line_count, order_count, group_count;
    pli_line *lines;
    pli_open_order *orders;
    pli_group *groups;
} pli_view;

/*
 * pli_view_make - apply the changes, check everything, and lay the view out in `arena`.
 *
 * `limits` bounds the tables. Statuses as plm_margin_require.
 */
plm_status pli_view_make(const plm_margin_input *input, const plm_limits *limits, pli_arena *arena,
                         pli_view *view, plm_fault *fault);

/* pli_view_size - take from a sizing arena what pli_view_make takes for `limits`. */
void pli_view_size(pli_arena *arena, const plm_limits *limits);

/* pli_view_limits - the limits that this input itself needs. */
plm_limits pli_view_limits(const plm_margin_input *input);

/* pli_view_room - PLM_WORKSPACE_SMALL where the arena has been asked for more than it holds. */
plm_status pli_view_room(const pli_arena *arena, plm_fault *fault);

/* pli_view_line_of - the line of an instrument; it must be in the view. */
uint32_t pli_view_line_of(const pli_view *view, uint32_t instrument_index);

/*
 * pli_to_valuation - an amount in micros of asset `asset_index`, in micros of the valuation currency.
 *
 * Returns    false where it does not fit.
 */
bool pli_to_valuation(const pli_view *view, uint32_t asset_index, pli_i128 amount, bool is_up,
                      pli_i128 *out);

/* pli_is_below_zero - is one unit of the asset worth less than nothing? Underlyings of the domain `any` may be. */
bool pli_is_below_zero(const pli_view *view, uint32_t asset_index);

/*
 * pli_line_notional - |lots| of a line in valuation micros, rounded up: futures at their mark, options at the index; where
 * the domain is `any` at no less than the reference price; never below zero, whatever the settlement asset is worth.
 */
bool pli_line_notional(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out);

/* pli_line_value - `lots` (signed) of a premium-paid option at `price_e8`, in valuation micros. */
bool pli_line_value(const pli_view *view, const pli_line *line, int64_t lots, int64_t price_e8,
                    bool is_up, pli_i128 *out);

/* pli_base_price_e8 - what relative moves of an underlying are relative to: its price, or its reference price. */
int64_t pli_base_price_e8(const pli_view *view, uint32_t underlying_index);

/* pli_line_lots_worst - the largest |lots| that open orders can leave. */
int64_t pli_line_lots_worst(const pli_line *line);

#endif
