/* market.c: marks, liquidity, forecasts and daily closes as events bring them.         SPDX-License-Identifier: Apache-2.0 */
#include "core/market.h"

#include "base/libc.h"
#include "core/arrays.h"
#include "core/living.h"
#include "core/prices.h"
#include "core/standing.h"

// A mark in the instrument's own quotation: options may be worth nothing, an inverse price is a divisor.
static bool
is_mark(const plm_core *core, uint32_t instrument, int64_t mark_e8) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    if (terms->kind == PLM_KIND_OPTION) {
        return mark_e8 >= 0 && mark_e8 <= PLM_PRICE_E8_MAX;
    }
    return pli_price_is_valid(core, terms->underlying_index, mark_e8) &&
           (terms->settlement == PLM_SETTLEMENT_LINEAR || mark_e8 > 0);
}

plm_reject
pli_market_mark(plm_core *core, const plm_event_mark *body) {
    uint32_t i = body->instrument_index;
    if (i >= core->ledger.instrument_count) {
        return PLM_REJECT_INSTRUMENT_UNKNOWN;
    }
    if (core->ledger.markets[i].phase != PLI_PHASE_ACTIVE) {
        return PLM_REJECT_INSTRUMENT_CLOSED;
    }
    if (body->is_present != 0 && (!is_mark(core, i, body->mark_e8) || body->half_spread_e8 < 0 ||
                                  body->half_spread_e8 > PLM_PRICE_E8_MAX)) {
        return PLM_REJECT_PRICE;
    }
    bool is_option = core->ledger.listing_instruments[i].kind == PLM_KIND_OPTION;
    core->marks[i] = (plm_mark){0};
    core->is_marked[i] = body->is_present != 0 ? 1 : 0;
    if (body->is_present != 0) {
        core->marks[i] = (plm_mark){
            .mark_e8 = body->mark_e8, .half_spread_e8 = body->half_spread_e8, .is_present = true};
    } else if (is_option) {
        pli_arrays_mark_option(core, i);
    }
    pli_arrays_follow_mark(core, i);
    pli_standing_moved(core, core->ledger.listing_instruments[i].underlying_index);
    return PLM_REJECT_NONE;
}

plm_reject
pli_market_liquidity(plm_core *core, const plm_event_liquidity *body) {
    if (body->underlying_index >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->depth_micros < 0 || body->volume_micros < 0 || body->open_interest_micros < 0) {
        return PLM_REJECT_VALUE;
    }
    int64_t *wanted = core->underlyings[body->underlying_index].wanted;
    wanted[PLM_LIVING_DEPTH] = body->depth_micros;
    wanted[PLM_LIVING_VOLUME] = body->volume_micros;
    wanted[PLM_LIVING_OPEN_INTEREST] = body->open_interest_micros;
    pli_living_heard(core, body->underlying_index);
    return PLM_REJECT_NONE;
}

plm_reject
pli_market_forecast(plm_core *core, const plm_event_forecast *body) {
    if (body->underlying_index >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->volatility_ppm < 1 || body->volatility_ppm > PLI_VOLATILITY_PPM_MAX ||
        body->regime_ppm < 0 || body->regime_ppm > PLM_PPM) {
        return PLM_REJECT_VALUE;
    }
    const plm_core_parameters *parameters = pli_state_parameters(core);
    int64_t volatility_ppm = body->volatility_ppm;
    if (volatility_ppm < parameters->forecast_low_ppm) {
        volatility_ppm = parameters->forecast_low_ppm;
    }
    if (volatility_ppm > parameters->forecast_high_ppm) {
        volatility_ppm = parameters->forecast_high_ppm;
    }
    pli_underlying *of = &core->underlyings[body->underlying_index];
    of->wanted[PLM_LIVING_VOLATILITY] = volatility_ppm;
    pli_living_heard(core, body->underlying_index);
    of->regime_ppm = body->regime_ppm;
    memcpy(of->forecast_hash, body->model_hash, sizeof of->forecast_hash);
    return PLM_REJECT_NONE;
}

plm_reject
pli_market_close(plm_core *core, const plm_event_close *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    pli_closes *closes = &core->underlyings[u].closes;
    bool is_old = closes->count > 0 && body->day <= closes->days[closes->count - 1];
    // Nowhere does a day end before it begins in UTC; one taken from the future would be the last of its history.
    if (is_old || body->day < 0 || body->day > core->time_ns / PLM_DAY_NS) {
        return PLM_REJECT_DAY;
    }
    if (!pli_close_is_valid(body->price, core->ledger.underlyings[u].domain)) {
        return PLM_REJECT_VALUE;
    }
    pli_closes_append(closes, body->day, body->price);
    return PLM_REJECT_NONE;
}
