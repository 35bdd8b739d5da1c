/* account.c: draws positions, orders, balances and changes.                           SPDX-License-Identifier: Apache-2.0 */
#include "digest/world.h"
#include "model/value.h"

static int64_t
draw_lots(pli_prng *prng) {
    return pli_prng_below(prng, 4) == 0 ? pli_prng_edge_i64(prng, -20000, 20000)
                                        : pli_prng_range_i64(prng, -1000, 1000);
}

// A price within a tenth of the mark that the instrument may trade at.
static int64_t
draw_price(const world *of, uint32_t index, pli_prng *prng) {
    const plm_instrument *instrument = &of->instruments[index];
    int64_t mark = of->marks[index].mark_e8;
    int64_t size = mark < 0 ? -mark : mark;
    int64_t price = mark + pli_prng_range_i64(prng, -size / 10, size / 10);
    bool is_any = of->underlyings[instrument->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    bool is_signed = is_any && instrument->kind != PLM_KIND_OPTION;
    return !is_signed && price < 1 ? 1 : price;
}

static plm_position
draw_position(const world *of, uint32_t index, pli_prng *prng) {
    const plm_instrument *instrument = &of->instruments[index];
    const plm_underlying *underlying = &of->underlyings[instrument->underlying_index];
    int64_t lots = draw_lots(prng);
    int64_t entry = draw_price(of, index, prng);
    plm_position position = {.instrument_index = index, .lots = lots};
    if (!pli_is_futures_style(instrument)) {
        return position;
    }
    pli_i128 cost = (pli_i128)lots * entry;
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        (void)pli_inverse_coin_e12(instrument, underlying, lots, entry, PLI_ROUND_DOWN, &cost);
    }
    position.cost = pli_wide_from_i128(cost);
    position.accrued_micros =
        pli_prng_below(prng, 4) == 0 ? pli_prng_range_i64(prng, -1000000, 1000000) : 0;
    return position;
}

static plm_order
draw_order(const world *of, pli_prng *prng) {
    uint32_t index = (uint32_t)pli_prng_below(prng, of->listing.instrument_count);
    int64_t lots = draw_lots(prng);
    plm_order order = {.instrument_index = index,
                       .lots = lots == 0 ? 1 : (lots < 0 ? -lots : lots)};
    order.side = pli_prng_below(prng, 2) == 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL;
    order.limit_e8 = draw_price(of, index, prng);
    order.is_reduce_only = pli_prng_below(prng, 5) == 0;
    return order;
}

static plm_balance
draw_balance(const world *of, uint32_t asset, pli_prng *prng) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < of->assets[asset].decimals; i += 1) {
        unit *= 10;
    }
    bool is_cash = asset == A_USD || asset == A_USDT;
    int64_t size = is_cash ? 1000000 : 100;
    pli_i128 whole = unit * pli_prng_edge_i64(prng, -size / 4, size);
    pli_i128 atoms = whole + pli_prng_range_i64(prng, 0, 1000000);
    return (plm_balance){.asset_index = asset, .atoms = pli_wide_from_i128(atoms)};
}

static plm_change
draw_change(const world *of, pli_prng *prng) {
    plm_change change = {.kind = (plm_change_kind)(1 + pli_prng_below(prng, 3))};
    uint32_t index = (uint32_t)pli_prng_below(prng, of->listing.instrument_count);
    change.trade.instrument_index = index;
    change.trade.lots = draw_lots(prng);
    change.trade.price_e8 = draw_price(of, index, prng);
    change.trade.fee_micros = pli_prng_range_i64(prng, 0, 1000000);
    change.order = draw_order(of, prng);
    uint32_t asset = (uint32_t)pli_prng_below(prng, A_COUNT);
    change.transfer = draw_balance(of, asset, prng);
    return change;
}

void
account_init(account *to, const world *of, pli_prng *prng) {
    uint32_t position_count = (uint32_t)pli_prng_below(prng, POSITION_MAX + 1);
    uint32_t instrument_count = of->listing.instrument_count;
    uint32_t first = (uint32_t)pli_prng_below(prng, instrument_count);
    uint32_t held_count = 0;
    // One pass over the instruments from a random start, so that none is held twice.
    for (uint32_t i = 0; i < instrument_count && held_count < position_count; i += 1) {
        if (pli_prng_below(prng, instrument_count) < 2 * (uint64_t)position_count) {
            uint32_t index = (first + i) % instrument_count;
            to->positions[held_count] = draw_position(of, index, prng);
            held_count += 1;
        }
    }
    uint32_t order_count = (uint32_t)pli_prng_below(prng, ORDER_MAX + 1);
    for (uint32_t i = 0; i < order_count; i += 1) {
        to->orders[i] = draw_order(of, prng);
    }
    uint32_t balance_count = (uint32_t)pli_prng_below(prng, A_COUNT + 1);
    for (uint32_t i = 0; i < balance_count; i += 1) {
        to->balances[i] = draw_balance(of, i, prng);
    }
    to->change_count = pli_prng_below(prng, 2) == 0 ? 0 : (uint32_t)pli_prng_below(prng, 4);
    for (uint32_t i = 0; i < to->change_count; i += 1) {
        to->changes[i] = draw_change(of, prng);
    }
    to->portfolio = (plm_portfolio){.position_count = held_count,
                                    .order_count = order_count,
                                    .balance_count = balance_count,
                                    .positions = to->positions,
                                    .orders = to->orders,
                                    .balances = to->balances};
}
