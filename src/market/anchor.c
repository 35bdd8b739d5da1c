/* anchor.c: a market's price beside a redemption value.                               SPDX-License-Identifier: Apache-2.0 */
#include "market/anchor.h"

#include "base/muldiv.h"

#define E8 INT64_C(100000000)

pli_anchor
pli_anchor_init(void) {
    return (pli_anchor){.apart_since_ns = -1};
}

pli_price_view
pli_anchor_constant(int64_t price_e8, plm_time now) {
    return (pli_price_view){.state = PLM_PRICE_STATE_VALID,
                            .is_settled = true,
                            .is_strict = true,
                            .is_priced = true,
                            .price_e8 = price_e8,
                            .candidate_e8 = price_e8,
                            .slow_e8 = price_e8,
                            .publish_ns = now.ns};
}

static int64_t
larger(int64_t left, int64_t right) {
    return left > right ? left : right;
}

static int64_t
size_of(int64_t value) {
    return value < 0 ? -value : value;
}

// The states are numbered from the best to the worst.
static plm_price_state
worse(plm_price_state left, plm_price_state right) {
    return left > right ? left : right;
}

static bool
multiply(int64_t left_e8, int64_t right_e8, int64_t *out_e8) {
    pli_i128 product = pli_div_half_even_i128((pli_i128)left_e8 * right_e8, E8);
    if (product > PLM_PRICE_E8_MAX || product < -PLM_PRICE_E8_MAX) {
        return false;
    }
    *out_e8 = (int64_t)product;
    return true;
}

pli_price_view
pli_anchor_redemption(const pli_price_view *ratio, const pli_price_view *base) {
    pli_price_view view = {
        .state = worse(ratio->state, base->state),
        .is_settled = ratio->is_settled && base->is_settled,
        .is_strict = ratio->is_strict && base->is_strict,
        .is_priced = ratio->is_priced && base->is_priced,
        .publish_ns = ratio->publish_ns < base->publish_ns ? ratio->publish_ns : base->publish_ns,
        .age_ns = larger(ratio->age_ns, base->age_ns),
    };
    bool fits = multiply(ratio->price_e8, base->price_e8, &view.price_e8) &&
                multiply(ratio->candidate_e8, base->candidate_e8, &view.candidate_e8) &&
                multiply(ratio->slow_e8, base->slow_e8, &view.slow_e8);
    // A value that rounds to nothing is none: the domain of an anchored asset is POSITIVE.
    if (!fits || (view.state != PLM_PRICE_STATE_INVALID && view.price_e8 < 1)) {
        return (pli_price_view){.state = PLM_PRICE_STATE_INVALID};
    }
    // (|r| + cr)(|b| + cb) - |r||b|, the farthest corner.
    pli_i128 spread = (pli_i128)size_of(ratio->price_e8) * base->confidence_e8 +
                      (pli_i128)size_of(base->price_e8) * ratio->confidence_e8 +
                      (pli_i128)ratio->confidence_e8 * base->confidence_e8;
    pli_i128 confidence = pli_div_ceil_i128(spread, E8);
    view.confidence_e8 = confidence < PLM_PRICE_E8_MAX ? (int64_t)confidence : PLM_PRICE_E8_MAX;
    return view;
}

pli_price_view
pli_anchor_combine(pli_anchor *anchor, const plm_feed_parameters *parameters,
                   const pli_price_view *market, const pli_price_view *redemption, plm_time now) {
    pli_price_view view = *market;
    view.state = worse(market->state, redemption->state);
    view.is_settled = market->is_settled && redemption->is_settled;
    view.is_strict = market->is_strict && redemption->is_strict;
    view.is_priced = market->is_priced && redemption->is_priced;
    view.publish_ns =
        market->publish_ns < redemption->publish_ns ? market->publish_ns : redemption->publish_ns;
    view.age_ns = larger(market->age_ns, redemption->age_ns);
    if (view.state != PLM_PRICE_STATE_VALID) {
        return view;
    }
    int64_t apart = size_of(market->price_e8 - redemption->price_e8);
    view.confidence_e8 = larger(market->confidence_e8, redemption->confidence_e8) + apart;
    if (view.confidence_e8 > PLM_PRICE_E8_MAX) {
        view.confidence_e8 = PLM_PRICE_E8_MAX;
    }
    if ((pli_i128)apart * PLM_PPM <=
        (pli_i128)parameters->anchor_tolerance_ppm * size_of(redemption->price_e8)) {
        anchor->apart_since_ns = -1;
        return view;
    }
    if (anchor->apart_since_ns < 0) {
        anchor->apart_since_ns = now.ns;
    }
    if (now.ns - anchor->apart_since_ns < parameters->anchor_hold_max_ns) {
        view.state = PLM_PRICE_STATE_HELD;
        view.price_e8 = redemption->price_e8;
        view.candidate_e8 = market->price_e8;
    }
    return view;
}
