/* anchors.c: which price rests on which, and the price of the two together (docs/method/prices.md, Anchors).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/anchors.h"

#include "core/records.h"

#define ONE_E8 INT64_C(100000000)

// What its feed says, or the operator; no anchor looked at.
static pli_price_view
own_view(const plm_core *core, uint32_t underlying) {
    const pli_underlying *of = &core->underlyings[underlying];
    if (of->feed.source_count > 0) {
        return pli_feed_view(&of->feed);
    }
    return (pli_price_view){.state = of->own.state,
                            .is_settled = true,
                            .is_strict = true,
                            .is_priced = of->is_own_priced,
                            .price_e8 = of->own.price_e8,
                            .candidate_e8 = of->own.price_e8,
                            .confidence_e8 = of->own.confidence_e8,
                            .slow_e8 = of->own.slow_e8,
                            .publish_ns = of->own.publish_ns,
                            .age_ns = core->time_ns - of->own.publish_ns};
}

// Of an index that may be NONE: a fixed price.
static pli_price_view
factor_view(const plm_core *core, uint32_t underlying, int64_t fixed_e8) {
    return underlying == PLM_NONE ? pli_anchor_constant(fixed_e8, (plm_time){core->time_ns})
                                  : own_view(core, underlying);
}

pli_price_view
pli_anchors_view(plm_core *core, uint32_t underlying) {
    pli_underlying *of = &core->underlyings[underlying];
    pli_price_view market = own_view(core, underlying);
    if (!of->is_anchored) {
        return market;
    }
    pli_price_view ratio = factor_view(core, of->anchor_ratio_index, of->anchor_ratio_e8);
    pli_price_view base = factor_view(core, of->anchor_base_index, ONE_E8);
    pli_price_view redemption = pli_anchor_redemption(&ratio, &base);
    return pli_anchor_combine(&of->anchor,
                              pli_record_of(core, pli_place_feed(&core->limits, underlying)),
                              &market, &redemption, (plm_time){core->time_ns});
}

bool
pli_anchors_rests(const plm_core *core, uint32_t underlying, uint32_t other) {
    const pli_underlying *of = &core->underlyings[underlying];
    return of->is_anchored && (of->anchor_base_index == other || of->anchor_ratio_index == other);
}

// May `factor`, which may be NONE, stand under the anchor of `underlying`?
static bool
is_factor_sound(const plm_core *core, uint32_t underlying, uint32_t factor) {
    const plm_underlying *terms = core->ledger.underlyings;
    return factor == PLM_NONE || (factor != underlying && !core->underlyings[factor].is_anchored &&
                                  terms[factor].domain == PLM_PRICE_DOMAIN_POSITIVE &&
                                  terms[factor].price_unit == terms[underlying].price_unit);
}

static bool
is_listed(const plm_core *core, uint32_t factor) {
    return factor == PLM_NONE || factor < core->ledger.underlying_count;
}

static bool
is_anchor_sound(const plm_core *core, uint32_t underlying, uint32_t base, uint32_t ratio,
                int64_t ratio_e8) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (pli_anchors_rests(core, u, underlying)) {
            return false;
        }
    }
    return core->ledger.underlyings[underlying].domain == PLM_PRICE_DOMAIN_POSITIVE &&
           is_factor_sound(core, underlying, base) && is_factor_sound(core, underlying, ratio) &&
           (ratio == PLM_NONE ? ratio_e8 >= 1 && ratio_e8 <= PLM_PRICE_E8_MAX : ratio_e8 == 0);
}

plm_reject
pli_anchors_set(plm_core *core, const plm_event_anchor *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count ||
        (body->is_present != 0 && (!is_listed(core, body->base_underlying_index) ||
                                   !is_listed(core, body->ratio_underlying_index)))) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    pli_underlying *of = &core->underlyings[u];
    if (body->is_present == 0) {
        if (!of->is_anchored) {
            return PLM_REJECT_VALUE;
        }
        core->anchor_count -= 1;
        of->is_anchored = false;
        of->anchor_base_index = 0;
        of->anchor_ratio_index = 0;
        of->anchor_ratio_e8 = 0;
        of->anchor = pli_anchor_init();
        return PLM_REJECT_NONE;
    }
    if (!is_anchor_sound(core, u, body->base_underlying_index, body->ratio_underlying_index,
                         body->ratio_e8)) {
        return PLM_REJECT_VALUE;
    }
    core->anchor_count += of->is_anchored ? 0 : 1;
    of->is_anchored = true;
    of->anchor_base_index = body->base_underlying_index;
    of->anchor_ratio_index = body->ratio_underlying_index;
    of->anchor_ratio_e8 = body->ratio_e8;
    of->anchor = pli_anchor_init();
    return PLM_REJECT_NONE;
}

bool
pli_anchors_restore(plm_core *core) {
    core->anchor_count = 0;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        const pli_underlying *of = &core->underlyings[u];
        if (!of->is_anchored) {
            if (of->anchor_base_index != 0 || of->anchor_ratio_index != 0 ||
                of->anchor_ratio_e8 != 0 || of->anchor.apart_since_ns != -1) {
                return false;
            }
            continue;
        }
        core->anchor_count += 1;
        if (!is_listed(core, of->anchor_base_index) || !is_listed(core, of->anchor_ratio_index) ||
            !is_anchor_sound(core, u, of->anchor_base_index, of->anchor_ratio_index,
                             of->anchor_ratio_e8) ||
            of->anchor.apart_since_ns < -1 || of->anchor.apart_since_ns > core->time_ns) {
            return false;
        }
    }
    return true;
}
