/* vega.h: Vega's isolated order margin and liquidation price.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_VEGA_H
#define PLI_VENUE_VEGA_H

#include "venue/exact.h"

typedef struct pli_vega_order {
    int64_t size; /* >= 0 */
    int64_t price;
} pli_vega_order;

/* pli_vega_orders - one side's resting orders; a size counts 1 / position_factor. */
typedef struct pli_vega_orders {
    bool is_buy;
    uint32_t count;
    const pli_vega_order *orders;
    int64_t position;      /* what orders of the other sign close first */
    int64_t auction_price; /* 0: none; orders are never valued below it */
    pli_exact position_factor, margin_factor;
} pli_vega_orders;

/*
 * pli_vega_order_margin - margin of what the position does not cover, best prices covered first; floor to a unit.
 *
 * `order` is scratch for `count` indices.
 *
 * Returns    PLM_OK, PLM_DOMAIN or PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_vega_order_margin(const pli_vega_orders *side, uint32_t *order,
                                              pli_i128 *margin);

typedef struct pli_vega_position {
    pli_exact size; /* position_units / position_factor, signed */
    pli_exact slippage_linear, slippage_quadratic, risk_factor, funding;
} pli_vega_position;

/* pli_vega_maintenance - price * (ls |v| + qs v^2) + |v| rf price + max(0, v funding). */
pli_exact pli_vega_maintenance(const pli_vega_position *position, pli_exact price);

/*
 * pli_vega_liquidation - the price where collateral and the profit since `mark` are the maintenance margin, never below 0:
 *
 *     (collateral - v mark - max(0, v funding)) / (ls |v| + qs v^2 + |v| rf - v)
 *
 * Its status is PLM_DOMAIN where there is no such price.
 */
pli_exact pli_vega_liquidation(const pli_vega_position *position, pli_exact mark,
                               pli_exact collateral);

#endif
