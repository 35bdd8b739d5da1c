/* spread.c: what crossing half of the spread costs.                                   SPDX-License-Identifier: Apache-2.0 */
#include "margin/spread.h"

#include "base/muldiv.h"
#include "model/value.h"

bool
pli_line_half_spread(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    int64_t spread_e8 = view->market->marks[line->instrument_index].half_spread_e8;
    pli_i128 amount = (pli_i128)lots * spread_e8;
    *out = 0;
    if (spread_e8 == 0) {
        return true;
    }
    if (instrument->kind == PLM_KIND_OPTION) {
        return pli_line_value(view, line, lots, spread_e8, true, out);
    }
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        pli_i128 notional = 0;
        return line->mark_e8 > 0 && pli_line_notional(view, line, lots, &notional) &&
               pli_muldiv_ceil(notional, spread_e8, line->mark_e8, out);
    }
    pli_i128 quote = 0;
    return pli_linear_value_micros(instrument, underlying, amount, PLI_ROUND_UP, &quote) &&
           pli_to_valuation(view, instrument->settlement_asset_index, quote, true, out);
}
