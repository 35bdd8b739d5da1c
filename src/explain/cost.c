/* cost.c: what trading away from the book's middle costs.                             SPDX-License-Identifier: Apache-2.0 */
#include "explain/cost.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "margin/charges.h"
#include "margin/spread.h"
#include "model/value.h"

static bool
is_same(const char *left, const char *right) {
    while (*left != '\0' && *left == *right) {
        left += 1;
        right += 1;
    }
    return *left == *right;
}

// The value of the record's field of that name; false, and *out left alone, where it has none.
static bool
read_field(const plm_explain_input *input, const char *path, int64_t *out) {
    const plm_descriptor *descriptor = input->model->descriptor;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        if (is_same(descriptor->fields[i].path, path)) {
            *out = plm_record_get(descriptor, input->margin.parameters, i);
            return true;
        }
    }
    return false;
}

pli_cost_rules
pli_cost_rules_init(const plm_explain_input *input) {
    pli_cost_rules rules = {.close_fee_ppm = 0};
    (void)read_field(input, "close_fee_ppm", &rules.close_fee_ppm);
    rules.has_option_fee_cap = read_field(input, "option_fee_cap_ppm", &rules.option_fee_cap_ppm);
    (void)read_field(input, "impact_ppm", &rules.impact_ppm);
    (void)read_field(input, "volume_standard_micros", &rules.volume_standard_micros);
    return rules;
}

// The functions of the margin layer read no more of a view and a line than this.
static pli_view
bare_view(const plm_explain_input *input) {
    return (pli_view){
        .input = &input->margin, .listing = input->margin.listing, .market = input->margin.market};
}

static pli_line
bare_line(const plm_explain_input *input, uint32_t instrument_index) {
    return (pli_line){.instrument_index = instrument_index,
                      .underlying_index =
                          input->margin.listing->instruments[instrument_index].underlying_index,
                      .position_index = PLM_NONE,
                      .mark_e8 = input->margin.market->marks[instrument_index].mark_e8};
}

bool
pli_lot_notional(const plm_explain_input *input, uint32_t instrument_index, int64_t lots,
                 int64_t *notional_micros) {
    pli_view view = bare_view(input);
    pli_line line = bare_line(input, instrument_index);
    pli_i128 notional = 0;
    return pli_line_notional(&view, &line, lots, &notional) &&
           pli_narrow_i64(notional, notional_micros);
}

bool
pli_balance_worth(const plm_explain_input *input, const plm_balance *balance,
                  int64_t *worth_micros) {
    const plm_asset *asset = &input->margin.listing->assets[balance->asset_index];
    pli_i128 worth = 0;
    if (asset->underlying_index == PLM_NONE) {
        *worth_micros = 0;
        return true;
    }
    return pli_atoms_value_micros(
               asset, input->margin.listing->underlyings[asset->underlying_index].price_unit,
               pli_i128_from_wide(balance->atoms),
               input->margin.market->underlyings[asset->underlying_index].price.price_e8,
               PLI_ROUND_UP, &worth) &&
           pli_narrow_i64(worth, worth_micros);
}

// Notional fee; of an option at most a share of its value, or a tenth of that fee if that is more.
static bool
taker_fee(const pli_view *view, const pli_cost_rules *rules, const pli_line *line, int64_t lots,
          pli_i128 *out) {
    pli_i128 notional = 0;
    pli_i128 value = 0;
    if (!pli_line_notional(view, line, lots, &notional) ||
        !pli_ppm_of_ceil(notional, rules->close_fee_ppm, out)) {
        return false;
    }
    bool is_option = view->listing->instruments[line->instrument_index].kind == PLM_KIND_OPTION;
    if (!is_option || !rules->has_option_fee_cap) {
        return true;
    }
    int64_t mark_e8 = line->mark_e8 < 0 ? 0 : line->mark_e8;
    if (!pli_line_value(view, line, lots, mark_e8, true, &value) ||
        !pli_ppm_of_ceil(value, rules->option_fee_cap_ppm, &value)) {
        return false;
    }
    pli_i128 least = pli_div_ceil_i128(*out, 10);
    pli_i128 cap = value > least ? value : least;
    *out = *out < cap ? *out : cap;
    return true;
}

// What moves the price of the underlying: the cash delta where it is known, else the notional.
static bool
impact_size(const plm_explain_input *input, const plm_trade *trade, pli_i128 *out) {
    pli_view view = bare_view(input);
    pli_line line = bare_line(input, trade->instrument_index);
    int64_t lots = trade->lots < 0 ? -trade->lots : trade->lots;
    const plm_risk_table *table = input->margin.maintenance_arrays;
    if (table == NULL || table->is_built[trade->instrument_index] == 0) {
        return pli_line_notional(&view, &line, lots, out);
    }
    uint32_t entry = plm_scenario_probe_begin(table->header) + PLM_PROBE_DELTA;
    pli_i128 delta = plm_risk_row(table, trade->instrument_index)[entry];
    return pli_mul_i128(delta < 0 ? -delta : delta, lots, out);
}

// What the earlier trades have already moved in the trade's underlying.
static bool
earlier_size(const plm_explain_input *input, uint32_t count, const plm_trade *earlier,
             const plm_trade *trade, pli_i128 *out) {
    const plm_instrument *instruments = input->margin.listing->instruments;
    uint32_t own = instruments[trade->instrument_index].underlying_index;
    *out = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        pli_i128 size = 0;
        if (instruments[earlier[i].instrument_index].underlying_index != own) {
            continue;
        }
        if (!impact_size(input, &earlier[i], &size) || !pli_add_i128(*out, size, out)) {
            return false;
        }
    }
    return true;
}

// Impact of `size` on top of `before`.
static bool
impact(const plm_explain_input *input, const pli_cost_rules *rules, uint32_t underlying_index,
       pli_i128 before, pli_i128 size, pli_i128 *out) {
    const plm_underlying_market *market = &input->margin.market->underlyings[underlying_index];
    int64_t volume =
        market->volume_micros > 0 ? market->volume_micros : rules->volume_standard_micros;
    *out = 0;
    if (rules->impact_ppm == 0 || volume <= 0) {
        return true;
    }
    pli_i128 sigma = pli_sigma_horizon_ppm(market->volatility_ppm, PLM_DAY_NS);
    pli_i128 with = 0;
    pli_i128 without = 0;
    int64_t rate = 0;
    if (!pli_narrow_i64(pli_div_ceil_i128(sigma * rules->impact_ppm, PLM_PPM), &rate) ||
        !pli_add_i128(size, before, &size) || !pli_impact_cost(size, volume, rate, &with) ||
        !pli_impact_cost(before, volume, rate, &without)) {
        return false;
    }
    *out = with - without;
    return true;
}

bool
pli_trade_cost(const plm_explain_input *input, const pli_cost_rules *rules, uint32_t earlier_count,
               const plm_trade *earlier, plm_trade *trade) {
    pli_view view = bare_view(input);
    pli_line line = bare_line(input, trade->instrument_index);
    int64_t lots = trade->lots < 0 ? -trade->lots : trade->lots;
    pli_i128 fee = 0;
    pli_i128 spread = 0;
    pli_i128 before = 0;
    pli_i128 size = 0;
    pli_i128 moved = 0;
    return taker_fee(&view, rules, &line, lots, &fee) &&
           pli_line_half_spread(&view, &line, lots, &spread) &&
           earlier_size(input, earlier_count, earlier, trade, &before) &&
           impact_size(input, trade, &size) &&
           impact(input, rules, line.underlying_index, before, size, &moved) &&
           pli_narrow_i64(fee + spread + moved, &trade->fee_micros);
}
