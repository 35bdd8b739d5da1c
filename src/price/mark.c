/* mark.c: marks options from their surface where the venue gives no mark.             SPDX-License-Identifier: Apache-2.0 */
#include "price/mark.h"
#include "base/text.h"
#include "num/rounding.h"
#include "plimsoll/scenario.h"

plm_status
pli_option_terms_from_market(const plm_listing *listing, const plm_market *market,
                             uint32_t instrument_index, plm_option_terms *terms, plm_fault *fault) {
    const plm_instrument *option = &listing->instruments[instrument_index];
    const plm_underlying *underlying = &listing->underlyings[option->underlying_index];
    if (option->expiry_ns <= market->time.ns) {
        return pli_fault_set_index(fault, PLM_EXPIRED, "instrument", instrument_index,
                                   " has expired");
    }
    const plm_expiry_market *expiry =
        plm_market_expiry(market, option->underlying_index, option->expiry_ns);
    if (expiry == NULL || expiry->slice.kind == PLM_SLICE_NONE) {
        return pli_fault_set_index(fault, PLM_SURFACE_MISSING, "instrument", instrument_index,
                                   " has no surface at its expiry");
    }
    plm_option_terms made = {
        .forward = pli_double_from_i64(expiry->forward_e8) / 1e8,
        .strike = pli_double_from_i64(option->strike_e8) / 1e8,
        .years = pli_double_from_i64(option->expiry_ns - market->time.ns) /
                 pli_double_from_i64(PLM_YEAR_NS),
        .discount = 1.0,
        .right = option->right,
    };
    bool is_positive = underlying->domain == PLM_PRICE_DOMAIN_POSITIVE;
    if (is_positive && (expiry->forward_e8 <= 0 || option->strike_e8 <= 0)) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "instrument", instrument_index,
                                   " has a forward or strike that is not above zero");
    }
    if (!is_positive && expiry->slice.kind == PLM_SLICE_SVI) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "instrument", instrument_index,
                                   " may have prices below zero, but its smile is of Black "
                                   "volatilities; give a grid of normal ones");
    }
    plm_status status = plm_slice_volatility(&expiry->slice, made.forward, made.strike, made.years,
                                             &made.volatility);
    if (status != PLM_OK) {
        return pli_fault_set_index(fault, status, "instrument", instrument_index,
                                   " has no volatility at its strike");
    }
    *terms = made;
    return PLM_OK;
}

plm_status
pli_option_price(plm_price_domain domain, const plm_option_terms *terms, double *price) {
    return domain == PLM_PRICE_DOMAIN_ANY ? plm_bachelier_price(terms, price)
                                          : plm_black76_price(terms, price);
}

plm_status
pli_option_value(plm_price_domain domain, const plm_option_terms *terms, plm_option_value *out) {
    return domain == PLM_PRICE_DOMAIN_ANY ? plm_bachelier_value(terms, out)
                                          : plm_black76_value(terms, out);
}

static plm_status
mark_from_surface(const plm_listing *listing, const plm_market *market, uint32_t instrument_index,
                  plm_price *mark, plm_fault *fault) {
    const plm_instrument *option = &listing->instruments[instrument_index];
    const plm_underlying *underlying = &listing->underlyings[option->underlying_index];
    plm_option_terms terms = {.forward = 0.0};
    plm_status status =
        pli_option_terms_from_market(listing, market, instrument_index, &terms, fault);
    if (status != PLM_OK) {
        return status;
    }
    double value = 0.0;
    status = pli_option_price(underlying->domain, &terms, &value);
    if (status == PLM_OK && option->settlement == PLM_SETTLEMENT_INVERSE) {
        if (terms.forward <= 0.0) {
            status = PLM_DOMAIN;
        }
        // Coin per price unit of the underlying, so that lots * lot_e8 * mark_e8 / price_unit is an
        // amount of the settlement asset for every instrument alike.
        value = value / terms.forward * pli_double_from_i64(underlying->price_unit);
    }
    int64_t mark_e8 = 0;
    if (status == PLM_OK) {
        status = pli_i64_from_double_half_even(value * 1e8, &mark_e8);
    }
    if (status == PLM_OK && (mark_e8 > PLM_PRICE_E8_MAX || mark_e8 < -PLM_PRICE_E8_MAX)) {
        status = PLM_OVERFLOW;
    }
    if (status != PLM_OK) {
        return pli_fault_set_index(fault, status, "instrument", instrument_index,
                                   " has no mark: its surface gives a value outside the bounds");
    }
    mark->e8 = mark_e8;
    return PLM_OK;
}

plm_status
plm_instrument_mark(const plm_listing *listing, const plm_market *market, uint32_t instrument_index,
                    plm_price *mark, plm_fault *fault) {
    const plm_mark *venue = &market->marks[instrument_index];
    if (venue->is_present) {
        mark->e8 = venue->mark_e8;
        return PLM_OK;
    }
    if (listing->instruments[instrument_index].kind == PLM_KIND_OPTION) {
        return mark_from_surface(listing, market, instrument_index, mark, fault);
    }
    return pli_fault_set_index(fault, PLM_MARK_MISSING, "instrument", instrument_index,
                               " has no mark, and only options can be marked from a surface");
}

plm_status
pli_market_fill_marks(const plm_listing *listing, const plm_market *market, plm_mark *marks_out,
                      plm_fault *fault) {
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        plm_mark mark = market->marks[i];
        if (!mark.is_present && listing->instruments[i].kind == PLM_KIND_OPTION) {
            plm_price price = {.e8 = 0};
            plm_status status = plm_instrument_mark(listing, market, i, &price, fault);
            if (status != PLM_OK) {
                return status;
            }
            mark = (plm_mark){.mark_e8 = price.e8, .is_present = true};
        }
        marks_out[i] = mark;
    }
    return PLM_OK;
}
