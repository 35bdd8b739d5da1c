/* vega.c: Vega's isolated order margin and liquidation price.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/vega.h"

#include "base/sort.h"

static bool
best_price_first(const void *context, uint32_t left, uint32_t right) {
    const pli_vega_orders *side = context;
    int64_t left_price = side->orders[left].price;
    int64_t right_price = side->orders[right].price;
    if (left_price == right_price) {
        return left < right;
    }
    return side->is_buy == (left_price > right_price);
}

plm_status
pli_vega_order_margin(const pli_vega_orders *side, uint32_t *order, pli_i128 *margin) {
    for (uint32_t i = 0; i < side->count; i += 1) {
        order[i] = i;
    }
    pli_sort_u32_by(order, side->count, best_price_first, side);
    pli_i128 covered = side->is_buy ? -(pli_i128)side->position : side->position;
    covered = covered < 0 ? 0 : covered;
    pli_exact notional = pli_exact_of(0);
    for (uint32_t i = 0; i < side->count; i += 1) {
        pli_vega_order next = side->orders[order[i]];
        pli_i128 closing = next.size < covered ? next.size : covered;
        int64_t price = next.price > side->auction_price ? next.price : side->auction_price;
        covered -= closing;
        notional = pli_exact_add(notional, pli_exact_of((next.size - closing) * price));
    }
    notional = pli_exact_multiply(notional, side->margin_factor);
    return pli_exact_floor(pli_exact_divide(notional, side->position_factor), 0, margin);
}

/* Maintenance per unit of price: ls |v| + qs v^2 + |v| rf. */
static pli_exact
slope(const pli_vega_position *position) {
    pli_exact size = pli_exact_absolute(position->size);
    pli_exact linear = pli_exact_add(position->slippage_linear, position->risk_factor);
    pli_exact square =
        pli_exact_multiply(size, pli_exact_multiply(size, position->slippage_quadratic));
    return pli_exact_add(pli_exact_multiply(size, linear), square);
}

static pli_exact
funding_due(const pli_vega_position *position) {
    return pli_exact_max(pli_exact_of(0), pli_exact_multiply(position->size, position->funding));
}

pli_exact
pli_vega_maintenance(const pli_vega_position *position, pli_exact price) {
    return pli_exact_add(pli_exact_multiply(price, slope(position)), funding_due(position));
}

pli_exact
pli_vega_liquidation(const pli_vega_position *position, pli_exact mark, pli_exact collateral) {
    pli_exact above = pli_exact_subtract(collateral, pli_exact_multiply(position->size, mark));
    pli_exact below = pli_exact_subtract(slope(position), position->size);
    pli_exact price = pli_exact_divide(pli_exact_subtract(above, funding_due(position)), below);
    return price.status == PLM_OK ? pli_exact_max(price, pli_exact_of(0)) : price;
}
