/* unwind_quote.c: what trading a position costs, and how much of it may be traded now.   SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/muldiv.h"
#include "liquidation/unwind.h"
#include "margin/charges.h"
#include "margin/equity.h"
#include "margin/spread.h"
#include "margin/view.h"
#include "model/value.h"

static bool
is_ratio(int64_t value, int64_t most) {
    return value >= 0 && value <= most;
}

static bool
is_rules_well_formed(const pli_unwind_rules *rules) {
    return is_ratio(rules->target_ppm, PLM_PPM) && is_ratio(rules->fee_ppm, PLM_PPM) &&
           is_ratio(rules->spread_minimum_ppm, PLM_PPM) &&
           is_ratio(rules->impact_ppm, 100 * PLM_PPM) && rules->volume_standard_micros > 0 &&
           is_ratio(rules->depth_ppm, PLM_PPM) && rules->depth_standard_micros >= 0 &&
           is_ratio(rules->option_size_ppm, PLM_PPM) &&
           rules->evaluations_max >= PLI_UNWIND_EVALUATIONS_LEAST &&
           rules->evaluations_max <= PLI_UNWIND_EVALUATIONS_MOST;
}

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

// The notional; of an option with a built row its cash delta, but no less than a share of the notional.
static bool
market_size(const plm_margin_input *input, const pli_unwind_rules *rules, const pli_line *line,
            pli_i128 notional, pli_i128 *size) {
    const plm_risk_table *table = input->maintenance_arrays;
    uint32_t index = line->instrument_index;
    *size = notional;
    if (input->listing->instruments[index].kind != PLM_KIND_OPTION || table == NULL ||
        table->is_built[index] == 0) {
        return true;
    }
    uint32_t entry = plm_scenario_probe_begin(table->header) + PLM_PROBE_DELTA;
    pli_i128 delta = magnitude(plm_risk_row(table, index)[entry]) * magnitude(line->lots);
    pli_i128 least = 0;
    if (!pli_ppm_of_ceil(notional, rules->option_size_ppm, &least)) {
        return false;
    }
    *size = delta > least ? delta : least;
    return true;
}

static int64_t
slice_lots_of(const plm_underlying_market *market, const pli_unwind_rules *rules, int64_t lots,
              int64_t size_micros) {
    int64_t depth = market->depth_micros > 0 ? market->depth_micros : rules->depth_standard_micros;
    pli_i128 room = pli_div_floor_i128((pli_i128)depth * rules->depth_ppm, PLM_PPM);
    pli_i128 slice = 0;
    if (room == 0) {
        return 0;
    }
    if (size_micros == 0 || !pli_muldiv_floor(room, lots, size_micros, &slice) || slice > lots) {
        return lots;
    }
    return slice < 1 ? 1 : (int64_t)slice;
}

// One position; false where a sum does not fit.
static bool
quote_line(const pli_view *view, const pli_unwind_rules *rules, const pli_line *line,
           pli_unwind_quote *quote) {
    const plm_underlying_market *market = &view->market->underlyings[line->underlying_index];
    int64_t lots = line->lots < 0 ? -line->lots : line->lots;
    pli_i128 notional = 0;
    pli_i128 fee = 0;
    pli_i128 spread = 0;
    pli_i128 spread_least = 0;
    pli_i128 size = 0;
    pli_i128 sigma = pli_sigma_horizon_ppm(market->volatility_ppm, PLM_DAY_NS);
    *quote = (pli_unwind_quote){.instrument_index = line->instrument_index,
                                .underlying_index = line->underlying_index,
                                .lots = line->lots,
                                .price_e8 = line->mark_e8,
                                .volume_micros = market->volume_micros > 0
                                                     ? market->volume_micros
                                                     : rules->volume_standard_micros};
    if (!pli_line_notional(view, line, lots, &notional) ||
        !pli_ppm_of_ceil(notional, rules->fee_ppm, &fee) ||
        !pli_ppm_of_ceil(notional, rules->spread_minimum_ppm, &spread_least) ||
        !pli_line_half_spread(view, line, lots, &spread) ||
        !market_size(view->input, rules, line, notional, &size) ||
        !pli_narrow_i64(size, &quote->size_micros) ||
        !pli_narrow_i64(pli_div_ceil_i128(sigma * rules->impact_ppm, PLM_PPM), &quote->rate_ppm)) {
        return false;
    }
    spread = spread > spread_least ? spread : spread_least;
    quote->slice_lots = slice_lots_of(market, rules, lots, quote->size_micros);
    return pli_narrow_i64(fee + spread, &quote->linear_micros);
}

// May this position be traded at all: is there a price that anybody vouches for?
static bool
is_tradable(const plm_margin_input *input, const plm_position *position) {
    const plm_instrument *instrument = &input->listing->instruments[position->instrument_index];
    return position->lots != 0 && input->market->marks[position->instrument_index].is_present &&
           input->market->underlyings[instrument->underlying_index].price.state ==
               PLM_PRICE_STATE_VALID &&
           (instrument->expiry_ns == 0 || instrument->expiry_ns > input->market->time.ns);
}

plm_status
pli_unwind_quote_of(const plm_margin_input *input, const pli_unwind_rules *rules,
                    const plm_position *position, pli_unwind_quote *quote) {
    if (!is_rules_well_formed(rules)) {
        return PLM_PARAMETER_INVALID;
    }
    if (!is_tradable(input, position)) {
        *quote = (pli_unwind_quote){.instrument_index = position->instrument_index};
        return PLM_OK;
    }
    pli_view view = {.input = input, .listing = input->listing, .market = input->market};
    uint32_t index = position->instrument_index;
    pli_line line = {.instrument_index = index,
                     .underlying_index = input->listing->instruments[index].underlying_index,
                     .position_index = PLM_NONE,
                     .lots = position->lots,
                     .mark_e8 = input->market->marks[index].mark_e8};
    return quote_line(&view, rules, &line, quote) ? PLM_OK : PLM_OVERFLOW;
}

// Its share of an amount of the whole position, rounded up.
static pli_i128
share_of(const pli_unwind_quote *quote, int64_t amount, int64_t lots) {
    pli_i128 whole = magnitude(quote->lots);
    return pli_div_ceil_i128((pli_i128)amount * lots, whole);
}

bool
pli_unwind_leg_cost(const pli_unwind_quote *quotes, const int64_t *lots, uint32_t leg,
                    int64_t *cost_micros) {
    const pli_unwind_quote *quote = &quotes[leg];
    pli_i128 before = 0;
    pli_i128 without = 0;
    pli_i128 with = 0;
    for (uint32_t i = 0; i < leg; i += 1) {
        if (quotes[i].underlying_index == quote->underlying_index && lots[i] > 0) {
            before += share_of(&quotes[i], quotes[i].size_micros, lots[i]);
        }
    }
    pli_i128 after = before + share_of(quote, quote->size_micros, lots[leg]);
    return pli_impact_cost(before, quote->volume_micros, quote->rate_ppm, &without) &&
           pli_impact_cost(after, quote->volume_micros, quote->rate_ppm, &with) &&
           pli_narrow_i64(share_of(quote, quote->linear_micros, lots[leg]) + with - without,
                          cost_micros);
}
