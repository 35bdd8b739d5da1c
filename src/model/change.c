/* change.c: a portfolio after trades, orders and transfers.                           SPDX-License-Identifier: Apache-2.0 */
#include "model/change.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "model/value.h"

plm_status
pli_order_check(const plm_order *order, uint32_t entry, const plm_listing *listing,
                plm_fault *fault) {
    if (order->instrument_index >= listing->instrument_count) {
        return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "order", entry,
                                   ": no instrument has its index");
    }
    if (order->side != PLM_SIDE_BUY && order->side != PLM_SIDE_SELL) {
        return pli_fault_set_index(fault, PLM_PORTFOLIO_INVALID, "order", entry,
                                   ": its side is neither buy nor sell");
    }
    if (order->lots < 1 || order->lots > PLM_LOTS_MAX) {
        return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "lots of an order", order->lots, 1,
                                   PLM_LOTS_MAX);
    }
    const plm_instrument *instrument = &listing->instruments[order->instrument_index];
    bool is_any = listing->underlyings[instrument->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    int64_t low = is_any && instrument->kind != PLM_KIND_OPTION ? -PLM_PRICE_E8_MAX : 0;
    if (order->limit_e8 < low || order->limit_e8 > PLM_PRICE_E8_MAX) {
        return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "limit_e8 of an order",
                                   order->limit_e8, low, PLM_PRICE_E8_MAX);
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE && instrument->kind != PLM_KIND_OPTION &&
        order->limit_e8 == 0) {
        return pli_fault_set_index(fault, PLM_PORTFOLIO_INVALID, "order", entry,
                                   ": an inverse contract cannot trade at price 0");
    }
    return PLM_OK;
}

static plm_status
fault_full(plm_fault *fault, const char *what, uint32_t capacity) {
    return pli_fault_set_range(fault, PLM_LIMIT, what, (int64_t)capacity + 1, 0, capacity);
}

plm_status
pli_draft_init(pli_portfolio_draft *draft, const plm_portfolio *portfolio, plm_fault *fault) {
    if (portfolio->position_count > draft->position_capacity) {
        return fault_full(fault, "limits.position_count", draft->position_capacity);
    }
    if (portfolio->order_count > draft->order_capacity) {
        return fault_full(fault, "limits.order_count", draft->order_capacity);
    }
    if (portfolio->balance_count > draft->balance_capacity) {
        return fault_full(fault, "limits.balance_count", draft->balance_capacity);
    }
    draft->position_count = portfolio->position_count;
    draft->order_count = portfolio->order_count;
    draft->balance_count = portfolio->balance_count;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        draft->positions[i] = portfolio->positions[i];
    }
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        draft->orders[i] = portfolio->orders[i];
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        draft->balances[i] = portfolio->balances[i];
    }
    return PLM_OK;
}

static plm_position *
find_or_open_position(pli_portfolio_draft *draft, uint32_t instrument_index) {
    for (uint32_t i = 0; i < draft->position_count; i += 1) {
        if (draft->positions[i].instrument_index == instrument_index) {
            return &draft->positions[i];
        }
    }
    if (draft->position_count == draft->position_capacity) {
        return NULL;
    }
    plm_position *position = &draft->positions[draft->position_count];
    draft->position_count += 1;
    *position = (plm_position){.instrument_index = instrument_index};
    return position;
}

/* Add `atoms` (signed) to a balance, opening it when it is new. */
static plm_status
add_atoms(pli_portfolio_draft *draft, uint32_t asset_index, pli_i128 atoms, plm_fault *fault) {
    plm_balance *balance = NULL;
    for (uint32_t i = 0; i < draft->balance_count && balance == NULL; i += 1) {
        balance = draft->balances[i].asset_index == asset_index ? &draft->balances[i] : NULL;
    }
    if (balance == NULL) {
        if (draft->balance_count == draft->balance_capacity) {
            return fault_full(fault, "limits.balance_count", draft->balance_capacity);
        }
        balance = &draft->balances[draft->balance_count];
        draft->balance_count += 1;
        *balance = (plm_balance){.asset_index = asset_index};
    }
    pli_i128 sum = 0;
    if (!pli_add_i128(pli_i128_from_wide(balance->atoms), atoms, &sum)) {
        return pli_fault_set_index(fault, PLM_OVERFLOW, "balance of asset", asset_index,
                                   " leaves 128 bits");
    }
    balance->atoms = pli_wide_from_i128(sum);
    return PLM_OK;
}

static pli_i128
power_of_ten(uint32_t exponent) {
    pli_i128 power = 1;
    for (uint32_t i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

bool
pli_fill_atoms(const plm_listing *listing, uint32_t instrument_index, int64_t lots,
               int64_t price_e8, plm_wide *atoms) {
    const plm_instrument *instrument = &listing->instruments[instrument_index];
    if (pli_is_futures_style(instrument)) {
        *atoms = (plm_wide){0};
        return true;
    }
    const plm_asset *asset = &listing->assets[instrument->settlement_asset_index];
    int64_t unit = listing->underlyings[instrument->underlying_index].price_unit;
    pli_i128 divisor = power_of_ten(16) * unit;
    pli_i128 amount = (pli_i128)lots * instrument->lot_e8;
    pli_i128 scaled = 0;
    pli_i128 result = 0;
    if (!pli_mul_i128(amount, price_e8, &scaled) ||
        !pli_muldiv_ceil(scaled, power_of_ten(asset->decimals), divisor, &result)) {
        return false;
    }
    *atoms = pli_wide_from_i128(result);
    return true;
}

/* The cost that a fill adds, see plm_position. */
static bool
fill_cost(const plm_listing *listing, const plm_trade *trade, pli_i128 *cost) {
    const plm_instrument *instrument = &listing->instruments[trade->instrument_index];
    const plm_underlying *underlying = &listing->underlyings[instrument->underlying_index];
    if (!pli_is_futures_style(instrument)) {
        *cost = 0;
        return true;
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        return pli_inverse_coin_e12(instrument, underlying, trade->lots, trade->price_e8,
                                    PLI_ROUND_DOWN, cost);
    }
    return pli_mul_i128(trade->lots, trade->price_e8, cost);
}

static plm_status
check_trade(const plm_trade *trade, uint32_t entry, const plm_listing *listing, plm_fault *fault) {
    if (trade->fee_micros < 0) {
        return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "fee_micros of a trade",
                                   trade->fee_micros, 0, INT64_MAX);
    }
    if (trade->lots < -PLM_LOTS_MAX || trade->lots > PLM_LOTS_MAX || trade->lots == 0) {
        return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "lots of a trade (not 0)",
                                   trade->lots, -PLM_LOTS_MAX, PLM_LOTS_MAX);
    }
    plm_order as_order = {.instrument_index = trade->instrument_index,
                          .side = trade->lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                          .lots = trade->lots > 0 ? trade->lots : -trade->lots,
                          .limit_e8 = trade->price_e8};
    return pli_order_check(&as_order, entry, listing, fault);
}

static plm_status
apply_trade(pli_portfolio_draft *draft, const plm_trade *trade, uint32_t entry,
            const plm_listing *listing, plm_fault *fault) {
    plm_status status = check_trade(trade, entry, listing, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_position *position = find_or_open_position(draft, trade->instrument_index);
    if (position == NULL) {
        return fault_full(fault, "limits.position_count", draft->position_capacity);
    }
    int64_t lots = position->lots + trade->lots;
    if (lots > PLM_LOTS_MAX || lots < -PLM_LOTS_MAX) {
        return pli_fault_set_range(fault, PLM_PORTFOLIO_INVALID, "lots of a position after a trade",
                                   lots, -PLM_LOTS_MAX, PLM_LOTS_MAX);
    }
    pli_i128 cost = 0;
    plm_wide premium = {0};
    if (!fill_cost(listing, trade, &cost) ||
        !pli_add_i128(pli_i128_from_wide(position->cost), cost, &cost) ||
        !pli_fill_atoms(listing, trade->instrument_index, trade->lots, trade->price_e8, &premium)) {
        return pli_fault_set_index(fault, PLM_OVERFLOW, "trade", entry,
                                   ": its cost leaves 128 bits");
    }
    position->lots = lots;
    position->cost = pli_wide_from_i128(cost);
    uint32_t settlement = listing->instruments[trade->instrument_index].settlement_asset_index;
    status = premium.high == 0 && premium.low == 0
                 ? PLM_OK
                 : add_atoms(draft, settlement, -pli_i128_from_wide(premium), fault);
    if (status != PLM_OK || trade->fee_micros == 0) {
        return status;
    }
    uint32_t valuation = 0;
    while (listing->assets[valuation].underlying_index != PLM_NONE) {
        valuation += 1;
        PLI_ASSERT(valuation < listing->asset_count);
    }
    pli_i128 fee = pli_div_ceil_i128(
        (pli_i128)trade->fee_micros * power_of_ten(listing->assets[valuation].decimals), PLM_PPM);
    return add_atoms(draft, valuation, -fee, fault);
}

plm_status
pli_draft_apply(pli_portfolio_draft *draft, const plm_change *change, uint32_t entry,
                const plm_listing *listing, plm_fault *fault) {
    plm_status status = PLM_OK;
    switch (change->kind) {
    case PLM_CHANGE_TRADE:
        return apply_trade(draft, &change->trade, entry, listing, fault);
    case PLM_CHANGE_ORDER:
        status = pli_order_check(&change->order, entry, listing, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (draft->order_count == draft->order_capacity) {
            return fault_full(fault, "limits.order_count", draft->order_capacity);
        }
        draft->orders[draft->order_count] = change->order;
        draft->order_count += 1;
        return PLM_OK;
    case PLM_CHANGE_TRANSFER:
        if (change->transfer.asset_index >= listing->asset_count) {
            return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "transfer", entry,
                                       ": no asset has its index");
        }
        return add_atoms(draft, change->transfer.asset_index,
                         pli_i128_from_wide(change->transfer.atoms), fault);
    }
    return pli_fault_set_index(fault, PLM_PORTFOLIO_INVALID, "change", entry,
                               ": its kind is not trade, order or transfer");
}
