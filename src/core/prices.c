/* prices.c: the index of each underlying, by its feed or by the operator's own record.  SPDX-License-Identifier: Apache-2.0 */
#include "core/prices.h"

#include "base/assert.h"
#include "base/libc.h"
#include "core/anchors.h"
#include "core/arrays.h"
#include "core/records.h"
#include "core/standing.h"

static const plm_feed_parameters *
feed_parameters(const plm_core *core, uint32_t underlying) {
    return pli_record_of(core, pli_place_feed(&core->limits, underlying));
}

void
pli_prices_list(plm_core *core, uint32_t underlying) {
    pli_underlying *of = &core->underlyings[underlying];
    pli_closes closes = of->closes;
    closes.count = 0;
    memset(of, 0, sizeof *of);
    of->closes = closes;
    of->is_settled = true;
    of->is_strict = true;
    of->is_due = true;
    of->own.state = PLM_PRICE_STATE_INVALID;
    of->anchor = pli_anchor_init();
    pli_feed_init(&of->feed, core->limits.network_id, underlying,
                  &core->ledger.underlyings[underlying], (plm_time){core->time_ns});
    core->prices[underlying] = (plm_underlying_market){
        .price = {.state = PLM_PRICE_STATE_INVALID},
        .volatility_ppm = pli_state_parameters(core)->forecast_standard_ppm,
    };
    of->wanted[PLM_LIVING_VOLATILITY] = core->prices[underlying].volatility_ppm;
}

static bool
is_same_price(const plm_price_record *left, const plm_price_record *right) {
    return left->price_e8 == right->price_e8 && left->slow_e8 == right->slow_e8 &&
           left->confidence_e8 == right->confidence_e8 && left->publish_ns == right->publish_ns &&
           left->state == right->state;
}

// The price is this from now on: tell it if it is news, and let marks and arrays follow.
static void
publish(plm_core *core, uint32_t underlying, const plm_price_record *record) {
    plm_price_record *price = &core->prices[underlying].price;
    bool is_news = price->price_e8 != record->price_e8 || price->state != record->state;
    if (!is_same_price(price, record)) {
        *price = *record;
        if (is_news) {
            pli_state_effect(core, PLM_EFFECT_PRICE, PLM_NONE, underlying, record->price_e8,
                             (pli_i128)record->state);
        }
    }
    pli_arrays_follow(core, underlying);
    if (is_news) {
        pli_standing_moved(core, underlying);
    }
}

static void
publish_one(plm_core *core, uint32_t underlying) {
    pli_underlying *of = &core->underlyings[underlying];
    pli_price_view view = pli_anchors_view(core, underlying);
    plm_price_record record = pli_feed_record(&view);
    bool was_allowed = pli_prices_allow(core, underlying, PLM_PRICE_ACTION_LIQUIDATE);
    of->is_settled = view.is_settled;
    of->is_strict = view.is_strict;
    of->is_priced = view.is_priced;
    of->candidate_e8 = view.candidate_e8;
    publish(core, underlying, &record);
    if (!was_allowed && pli_prices_allow(core, underlying, PLM_PRICE_ACTION_LIQUIDATE)) {
        of->allowed_ns = core->time_ns;
    }
}

// What rests on a price follows it; nothing rests on what rests [ANCHORS-1].
static void
publish_all(plm_core *core, uint32_t underlying) {
    publish_one(core, underlying);
    for (uint32_t u = 0; core->anchor_count > 0 && u < core->ledger.underlying_count; u += 1) {
        if (pli_anchors_rests(core, u, underlying)) {
            publish_one(core, u);
        }
    }
}

void
pli_prices_advance(plm_core *core, uint32_t underlying) {
    pli_underlying *of = &core->underlyings[underlying];
    if (of->feed.source_count > 0) {
        pli_feed_advance(&of->feed, feed_parameters(core, underlying), (plm_time){core->time_ns});
        publish_all(core, underlying);
    } else if (of->is_anchored) {
        publish_one(core, underlying);
    }
}

void
pli_prices_tick(plm_core *core, int64_t before_ns) {
    int64_t tick_ns = pli_state_parameters(core)->price_tick_ns;
    if (before_ns / tick_ns == core->time_ns / tick_ns) {
        return;
    }
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        pli_prices_advance(core, u);
    }
}

bool
pli_price_is_valid(const plm_core *core, uint32_t underlying, int64_t price_e8) {
    bool is_positive = core->ledger.underlyings[underlying].domain == PLM_PRICE_DOMAIN_POSITIVE;
    return price_e8 <= PLM_PRICE_E8_MAX && price_e8 >= (is_positive ? 1 : -PLM_PRICE_E8_MAX);
}

bool
pli_prices_allow(const plm_core *core, uint32_t underlying, plm_price_action action) {
    const pli_underlying *of = &core->underlyings[underlying];
    return plm_price_allows(core->prices[underlying].price.state, of->is_settled, of->is_strict,
                            action) == PLM_PERMISSION_YES;
}

static plm_feed_source
source_of(const plm_event_source *body) {
    bool has_clamps = body->clamp_low_e8 != 0 || body->clamp_high_e8 != 0;
    plm_feed_source source = {
        .source_id = body->source_index,
        .weight = (uint32_t)body->weight,
        .is_own = body->is_own,
        .clamp_low_e8 = has_clamps ? body->clamp_low_e8 : -PLM_PRICE_E8_MAX,
        .clamp_high_e8 = has_clamps ? body->clamp_high_e8 : PLM_PRICE_E8_MAX,
    };
    memcpy(source.public_key, body->public_key, PLM_KEY_SIZE);
    return source;
}

plm_reject
pli_prices_source(plm_core *core, const plm_event_source *body) {
    if (body->underlying_index >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->weight < 0 || body->weight > PLM_SOURCE_WEIGHT_MAX) {
        return PLM_REJECT_VALUE;
    }
    pli_feed *feed = &core->underlyings[body->underlying_index].feed;
    plm_feed_source sources[PLM_FEED_SOURCES_MAX];
    uint32_t count = 0;
    bool is_known = false;
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        bool is_this = feed->slots[i].source.source_id == body->source_index;
        is_known = is_known || is_this;
        if (!is_this) {
            sources[count] = feed->slots[i].source;
            count += 1;
        }
    }
    if (body->weight == 0 && !is_known) {
        return PLM_REJECT_SOURCE_UNKNOWN;
    }
    if (body->weight > 0) {
        if (count == PLM_FEED_SOURCES_MAX) {
            return PLM_REJECT_TABLE_FULL;
        }
        sources[count] = source_of(body);
        count += 1;
    }
    uint32_t u = body->underlying_index;
    plm_time now = {core->time_ns};
    pli_feed trial = *feed;
    if (pli_feed_configure(&trial, sources, count, NULL) != PLM_OK) {
        return PLM_REJECT_VALUE;
    }
    pli_feed_advance(feed, feed_parameters(core, u), now);
    if (count == 0) {
        // Back to the operator's own price, which is still to come.
        pli_price_view last = pli_feed_view(feed);
        pli_underlying *of = &core->underlyings[u];
        of->own = pli_feed_record(&last);
        of->own.state = PLM_PRICE_STATE_INVALID;
        of->is_own_priced = last.is_priced;
    }
    plm_status status = pli_feed_configure(feed, sources, count, NULL);
    PLI_ASSERT(status == PLM_OK);
    if (count > 0) {
        pli_feed_advance(feed, feed_parameters(core, u), now);
    }
    publish_all(core, u);
    return PLM_REJECT_NONE;
}

plm_reject
pli_prices_anchor(plm_core *core, const plm_event_anchor *body) {
    plm_reject reject = pli_anchors_set(core, body);
    if (reject == PLM_REJECT_NONE) {
        publish_one(core, body->underlying_index);
    }
    return reject;
}

plm_reject
pli_prices_report(plm_core *core, const plm_event_price_report *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    pli_feed *feed = &core->underlyings[u].feed;
    if (pli_feed_source(feed, body->source_index) == NULL) {
        return PLM_REJECT_SOURCE_UNKNOWN;
    }
    plm_price_report report = {
        .network_id = body->network,
        .feed_id = u,
        .source_id = body->source_index,
        .status = body->status,
        .sequence = body->report_sequence,
        .publish_ns = body->publish_ns,
        .valid_from_ns = body->valid_from_ns,
        .expires_ns = body->expires_ns,
        .price_e8 = body->price_e8,
        .confidence_e8 = body->confidence_e8,
    };
    plm_report_outcome outcome =
        pli_feed_report(feed, feed_parameters(core, u), &report, (plm_time){core->time_ns});
    pli_state_effect(core, PLM_EFFECT_REPORT, PLM_NONE, u, (pli_i128)outcome, body->source_index);
    publish_all(core, u);
    return PLM_REJECT_NONE;
}

plm_reject
pli_prices_set(plm_core *core, const plm_event_price *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (core->underlyings[u].feed.source_count > 0) {
        return PLM_REJECT_HAS_SOURCES;
    }
    if (!pli_price_is_valid(core, u, body->price_e8) ||
        !pli_price_is_valid(core, u, body->slow_e8) || body->confidence_e8 < 0 ||
        body->confidence_e8 > PLM_PRICE_E8_MAX) {
        return PLM_REJECT_PRICE;
    }
    if (body->state < PLM_PRICE_STATE_VALID || body->state > PLM_PRICE_STATE_INVALID ||
        body->publish_ns < 0 || body->publish_ns > core->time_ns) {
        return PLM_REJECT_VALUE;
    }
    core->underlyings[u].own = (plm_price_record){
        .price_e8 = body->price_e8,
        .slow_e8 = body->slow_e8,
        .confidence_e8 = body->confidence_e8,
        .publish_ns = body->publish_ns,
        .state = (plm_price_state)body->state,
    };
    core->underlyings[u].is_own_priced = true;
    publish_all(core, u);
    return PLM_REJECT_NONE;
}
