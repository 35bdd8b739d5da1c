/* orders.c: what open orders cost if they fill at their limits.                       SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/muldiv.h"
#include "margin/charges.h"
#include "model/change.h"
#include "model/value.h"

/* The larger magnitude of two prices, kept positive. */
static int64_t
dearer(int64_t left, int64_t right) {
    left = left < 0 ? -left : left;
    right = right < 0 ? -right : right;
    return left > right ? left : right;
}

/*
 * Value lost at once by filling `lots` (>= 0) at the limit instead of the mark: 0 when the limit is better. In an asset that is
 * worth less than nothing the limit that gains of it is the one that loses.
 */
static bool
entry_loss(const pli_view *view, const pli_line *line, bool is_buy, int64_t lots, int64_t limit_e8,
           pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    bool is_below = instrument->settlement != PLM_SETTLEMENT_INVERSE &&
                    pli_is_below_zero(view, instrument->settlement_asset_index);
    int64_t worse = is_buy != is_below ? limit_e8 - line->mark_e8 : line->mark_e8 - limit_e8;
    *out = 0;
    if (worse <= 0) {
        return true;
    }
    if (!pli_is_futures_style(instrument)) {
        return pli_line_value(view, line, is_below ? -lots : lots, worse, true, out);
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        pli_i128 at_limit = 0;
        pli_i128 at_mark = 0;
        int64_t low = is_buy ? line->mark_e8 : limit_e8;
        int64_t high = is_buy ? limit_e8 : line->mark_e8;
        int64_t index_e8 = view->market->underlyings[line->underlying_index].price.price_e8;
        return low > 0 &&
               pli_inverse_coin_e12(instrument, underlying, lots, low, PLI_ROUND_UP, &at_limit) &&
               pli_inverse_coin_e12(instrument, underlying, lots, high, PLI_ROUND_DOWN, &at_mark) &&
               pli_coin_value_micros(underlying, at_limit - at_mark, index_e8, PLI_ROUND_UP, out);
    }
    pli_i128 amount = 0;
    pli_i128 quote = 0;
    return pli_mul_i128(lots, worse, &amount) &&
           pli_linear_value_micros(instrument, underlying, amount, PLI_ROUND_UP, &quote) &&
           pli_to_valuation(view, instrument->settlement_asset_index, is_below ? -quote : quote,
                            true, out);
}

/* The value of one atom of an asset, rounded up. */
static bool
atom_value(const pli_view *view, uint32_t asset_index, pli_i128 *out) {
    const plm_asset *asset = &view->listing->assets[asset_index];
    uint32_t priced_by = asset->underlying_index;
    if (priced_by == PLM_NONE) {
        return pli_atoms_value_micros(asset, 1, 1, 100000000, PLI_ROUND_UP, out);
    }
    const plm_price_record *price = &view->market->underlyings[priced_by].price;
    int64_t high = price->slow_e8 > price->price_e8 ? price->slow_e8 : price->price_e8;
    return pli_atoms_value_micros(asset, view->listing->underlyings[priced_by].price_unit, 1,
                                  high + price->confidence_e8, PLI_ROUND_UP, out);
}

/* What paying or receiving the premium can lose: haircuts, adverse prices, and an atom of rounding a lot. */
static bool
premium_loss(const pli_view *view, const pli_equity_rules *rules, const pli_line *line,
             int64_t lots, int64_t limit_e8, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    *out = 0;
    if (pli_is_futures_style(instrument)) {
        return true;
    }
    int64_t worst = pli_haircut_worst_ppm(view, rules, instrument->settlement_asset_index);
    pli_i128 premium = 0;
    pli_i128 atom = 0;
    if (!pli_line_value(view, line, lots, dearer(limit_e8, line->mark_e8), true, &premium) ||
        !pli_ppm_of_ceil(premium, worst, &premium) ||
        !atom_value(view, instrument->settlement_asset_index, &atom) ||
        !pli_mul_i128(atom, lots, &atom)) {
        return false;
    }
    return pli_add_i128(premium < 0 ? 0 : premium, atom < 0 ? 0 : atom, out);
}

/* Taker fee of a fill at the worse of limit and mark. */
static bool
fill_fee(const pli_view *view, const pli_line *line, int64_t lots, int64_t limit_e8,
         int64_t fee_ppm, pli_i128 *out) {
    pli_line at_limit = *line;
    bool is_option = view->listing->instruments[line->instrument_index].kind == PLM_KIND_OPTION;
    at_limit.mark_e8 = is_option ? line->mark_e8 : dearer(limit_e8, line->mark_e8);
    pli_i128 notional = 0;
    return pli_line_notional(view, &at_limit, lots, &notional) &&
           pli_ppm_of_ceil(notional, fee_ppm, out);
}

bool
pli_order_costs(const pli_view *view, const pli_equity_rules *rules, int64_t fee_ppm,
                int64_t *out) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < view->order_count; i += 1) {
        const plm_order *order = &view->portfolio.orders[view->orders[i].order_index];
        const pli_line *line = &view->lines[view->orders[i].line_index];
        pli_i128 loss = 0;
        pli_i128 premium = 0;
        pli_i128 fee = 0;
        if (!entry_loss(view, line, order->side == PLM_SIDE_BUY, order->lots, order->limit_e8,
                        &loss) ||
            !premium_loss(view, rules, line, order->lots, order->limit_e8, &premium) ||
            !fill_fee(view, line, order->lots, order->limit_e8, fee_ppm, &fee)) {
            return false;
        }
        sum += loss + premium + fee + (pli_i128)order->lots * PLI_ORDER_ROUNDING_MICROS;
    }
    return pli_narrow_i64(sum, out);
}
