/* world_market.c: the bodies of random events about prices, surfaces, scenarios and records.  SPDX-License-Identifier: Apache-2.0 */
#include "base/blake2b.h"
#include "base/libc.h"
#include "core/records.h"
#include "core/state.h"
#include "sim/world_draw.h"

void
pli_draw_mark(pli_draw *draw, plm_event *event) {
    event->mark_body.instrument_index = pli_draw_instrument(draw);
    event->mark_body.is_present = pli_draw_once_in(draw, 40) ? 0 : 1;
    event->mark_body.mark_e8 = pli_draw_quote(draw, event->mark_body.instrument_index);
}

void
pli_draw_price_event(pli_draw *draw, plm_event *event) {
    plm_event_price *body = &event->price_body;
    bool is_rough = (draw->world->features & PLI_WORLD_PRICES) != 0;
    body->underlying_index = pli_draw_underlying(draw);
    body->state = PLM_PRICE_STATE_VALID;
    if (is_rough && pli_draw_once_in(draw, 5)) {
        body->state =
            pli_draw_once_in(draw, 2) ? 1 + pli_draw_below(draw, 4) : draw->world->usual_state;
    }
    body->price_e8 = pli_draw_price(draw, body->underlying_index);
    body->slow_e8 =
        pli_draw_once_in(draw, 4) ? pli_draw_price(draw, body->underlying_index) : body->price_e8;
    body->confidence_e8 = pli_draw_range(draw, 0, 1000);
    body->publish_ns = draw->time_ns - pli_draw_range(draw, 0, 1000);
}

void
pli_draw_liquidity(pli_draw *draw, plm_event *event) {
    event->liquidity_body.underlying_index = pli_draw_underlying(draw);
    event->liquidity_body.depth_micros = pli_draw_range(draw, 0, 100000 * PLI_USD);
    event->liquidity_body.volume_micros = pli_draw_range(draw, -1, 1000000 * PLI_USD);
}

void
pli_draw_forecast(pli_draw *draw, plm_event *event) {
    event->forecast_body.underlying_index = pli_draw_underlying(draw);
    event->forecast_body.volatility_ppm = pli_draw_range(draw, 0, 2000000);
    event->forecast_body.regime_ppm = pli_draw_range(draw, 0, 1000001);
}

void
pli_draw_supply(pli_draw *draw, plm_event *event) {
    event->supply_body.underlying_index = pli_draw_underlying(draw);
    event->supply_body.units = pli_draw_range(draw, -1, 20000000);
}

void
pli_draw_recalibrate(pli_draw *draw, plm_event *event) {
    event->recalibrate_body.underlying_index = pli_draw_underlying(draw);
}

void
pli_draw_close(pli_draw *draw, plm_event *event) {
    uint32_t underlying = pli_draw_underlying(draw);
    int64_t day = draw->time_ns / PLM_DAY_NS;
    event->close_body.underlying_index = underlying;
    if (underlying < draw->listing.underlying_count && !pli_draw_once_in(draw, 8)) {
        // The day after the last one: histories grow.
        const pli_closes *closes = &draw->core->underlyings[underlying].closes;
        day = closes->count == 0 ? day - 400 : closes->days[closes->count - 1] + 1;
    }
    event->close_body.day = day + pli_draw_range(draw, 0, 1);
    event->close_body.price = 100.0 + (double)pli_draw_below(draw, 50);
}

// --- Feeds -----------------------------------------------------------------------------------------------------------

// The underlying whose price comes from sources in most worlds that have some.
static uint32_t
fed_underlying(pli_draw *draw) {
    return pli_draw_once_in(draw, 4) ? pli_draw_underlying(draw) : 1;
}

void
pli_draw_source(pli_draw *draw, plm_event *event) {
    plm_event_source *body = &event->source_body;
    body->underlying_index = fed_underlying(draw);
    body->source_index = pli_draw_below(draw, draw->world->source_count);
    bool is_leaving = pli_draw_once_in(draw, 8);
    body->weight = is_leaving                   ? 0
                   : pli_draw_once_in(draw, 12) ? PLM_SOURCE_WEIGHT_MAX + 1
                                                : pli_draw_range(draw, 1, 3);
    if (pli_draw_once_in(draw, 8)) {
        body->clamp_low_e8 = pli_draw_range(draw, 0, 1000) * PLI_E8;
        body->clamp_high_e8 = 9000 * PLI_E8;
    }
    body->is_own = pli_draw_once_in(draw, 8) ? 1 : 0;
    // Who signs turns these into the key whose secret they are.
    body->public_key[0] = (uint8_t)(1 + body->source_index);
    body->public_key[1] = pli_draw_once_in(draw, 10) ? 1 : 0;
}

void
pli_draw_anchor(pli_draw *draw, plm_event *event) {
    plm_event_anchor *body = &event->anchor_body;
    uint32_t underlying = fed_underlying(draw);
    body->underlying_index = underlying;
    body->is_present = pli_draw_once_in(draw, 4) ? 0 : 1;
    body->base_underlying_index = pli_draw_once_in(draw, 2) ? PLM_NONE : pli_draw_underlying(draw);
    body->ratio_underlying_index = pli_draw_once_in(draw, 4) ? pli_draw_underlying(draw) : PLM_NONE;
    if (body->ratio_underlying_index == PLM_NONE) {
        bool is_near = underlying < draw->listing.underlying_count && pli_draw_once_in(draw, 2);
        body->ratio_e8 = is_near ? draw->market.underlyings[underlying].price.price_e8
                                 : pli_draw_range(draw, 0, PLI_E8);
    }
}

// What is wrong with a report; most of them are right.
static void
spoil(pli_draw *draw, plm_event_price_report *body) {
    switch (pli_draw_below(draw, 40)) {
    case 0:
        body->network += 1;
        return;
    case 1:
        body->publish_ns += 5 * PLI_SECOND;
        return;
    case 2:
        body->valid_from_ns += PLI_SECOND;
        return;
    case 3:
        body->expires_ns = draw->time_ns - 1;
        return;
    case 4:
        body->publish_ns -= 100 * PLI_SECOND;
        return;
    case 5:
        body->report_sequence = 1 + draw->world->reports / 2;
        return;
    case 6:
        body->status = 1;
        return;
    case 7:
        body->confidence_e8 = body->price_e8 / 2;
        return;
    case 8:
        body->price_e8 = -body->price_e8;
        return;
    case 9:
        body->price_e8 += body->price_e8 / 3;
        return;
    default:
        return;
    }
}

void
pli_draw_report(pli_draw *draw, plm_event *event) {
    pli_world *world = draw->world;
    plm_event_price_report *body = &event->price_report_body;
    if (world->reports > 0 && pli_draw_once_in(draw, 20)) {
        *body = world->report; // word for word once more, or two stories under one number
        body->price_e8 += pli_draw_below(draw, 2);
        return;
    }
    uint32_t underlying = fed_underlying(draw);
    world->reports += 1;
    body->underlying_index = underlying;
    body->source_index = pli_draw_below(draw, world->source_count);
    if (underlying < draw->listing.underlying_count) {
        const pli_feed *feed = &draw->core->underlyings[underlying].feed;
        if (feed->source_count > 0 && !pli_draw_once_in(draw, 12)) {
            body->source_index =
                feed->slots[pli_draw_below(draw, feed->source_count)].source.source_id;
        }
    }
    body->report_sequence = world->reports;
    body->publish_ns = draw->time_ns;
    body->valid_from_ns = body->publish_ns;
    body->expires_ns = draw->time_ns + 60 * PLI_SECOND;
    body->price_e8 = pli_draw_price(draw, underlying);
    body->status = PLM_REPORT_STATUS_OPEN;
    body->network = world->limits.network_id;
    spoil(draw, body);
    world->report = *body;
}

// --- Surfaces --------------------------------------------------------------------------------------------------------

static const pli_staged_slice *
last_staged(const pli_draw *draw, uint32_t underlying) {
    const pli_staged_slice *last = NULL;
    for (uint32_t i = 0; i < draw->core->staged_count; i += 1) {
        if (draw->core->staged[i].underlying_index == underlying) {
            last = &draw->core->staged[i];
        }
    }
    return last;
}

static void
write_smile(pli_draw *draw, plm_event_surface_slice *body) {
    double level = 0.5 + 0.1 * (double)pli_draw_below(draw, 4);
    switch (body->kind) {
    case PLM_SLICE_SVI:
        body->svi[0] = 0.01 + 0.01 * (double)pli_draw_below(draw, 3);
        body->svi[1] = pli_draw_once_in(draw, 8) ? 3.0 : 0.05; // wings that Lee's bound forbids
        body->svi[2] = -0.3;
        body->svi[4] = pli_draw_once_in(draw, 12) ? -0.2 : 0.2;
        return;
    case PLM_SLICE_GRID:
        body->node_count = 2;
        body->strikes[0] = 90000.0;
        body->strikes[1] = 110000.0;
        body->volatilities[0] = pli_draw_once_in(draw, 10) ? 5.0 : level;
        body->volatilities[1] = pli_draw_once_in(draw, 12) ? -0.1 : level;
        return;
    default:
        return;
    }
}

void
pli_draw_slice(pli_draw *draw, plm_event *event) {
    plm_event_surface_slice *body = &event->surface_slice_body;
    body->underlying_index = pli_draw_once_in(draw, 3) ? pli_draw_underlying(draw) : 0;
    const pli_staged_slice *last = last_staged(draw, body->underlying_index);
    uint32_t kind = pli_draw_below(draw, 6);
    body->kind = kind == 0 ? PLM_SLICE_NONE : kind == 1 ? PLM_SLICE_SVI : PLM_SLICE_GRID;
    body->expiry_ns = pli_draw_once_in(draw, 4)
                          ? draw->time_ns + pli_draw_range(draw, 0, 20) * PLI_SECOND
                          : draw->world->expiry_ns;
    if (last != NULL && last->expiry_ns < INT64_MAX / 2 && !pli_draw_once_in(draw, 5)) {
        body->expiry_ns = last->expiry_ns + pli_draw_range(draw, 1, 30) * PLM_DAY_NS;
    }
    body->forward_e8 = pli_draw_price(draw, body->underlying_index);
    write_smile(draw, body);
}

// The hash that a commit of an underlying's staged slices needs. Returns how many there are.
static uint32_t
hash_staged(const pli_draw *draw, uint32_t underlying, uint8_t digest[PLI_BLAKE2B_256_SIZE]) {
    plm_event event;
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    uint32_t count = 0;
    pli_blake2b hash;
    memset(&event, 0, sizeof event);
    event.header.type = PLM_EVENT_TYPE_SURFACE_SLICE;
    event.header.version = 1;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    for (uint32_t i = 0; i < draw->core->staged_count; i += 1) {
        size_t size = 0;
        if (draw->core->staged[i].underlying_index != underlying) {
            continue;
        }
        pli_staged_to_event(&draw->core->staged[i], &event.surface_slice_body);
        if (plm_event_encode(&event, bytes, sizeof bytes, &size) == PLM_OK) {
            pli_blake2b_update(&hash, bytes + PLM_EVENT_HEADER_SIZE, size - PLM_EVENT_HEADER_SIZE);
            count += 1;
        }
    }
    pli_blake2b_final(&hash, digest);
    return count;
}

void
pli_draw_surface_commit(pli_draw *draw, plm_event *event) {
    plm_event_surface_commit *body = &event->surface_commit_body;
    uint32_t staged = draw->core->staged_count;
    body->underlying_index = staged > 0 && !pli_draw_once_in(draw, 6)
                                 ? draw->core->staged[pli_draw_below(draw, staged)].underlying_index
                                 : pli_draw_underlying(draw);
    if (pli_draw_once_in(draw, 6)) {
        body->slice_count = pli_draw_below(draw, 3); // 0 drops what is staged
        return;
    }
    body->slice_count = hash_staged(draw, body->underlying_index, body->hash);
    body->hash[0] ^= pli_draw_once_in(draw, 10) ? 1 : 0;
}

// --- Scenarios and records -------------------------------------------------------------------------------------------

void
pli_draw_scenario_commit(pli_draw *draw, plm_event *event) {
    pli_draw_name(event->scenario_commit_body.name, "again");
    event->scenario_commit_body.set_version = pli_draw_below(draw, 4);
    event->scenario_commit_body.horizon = 1 + pli_draw_below(draw, 2);
    event->scenario_commit_body.hash[0] = pli_draw_once_in(draw, 8) ? 1 : 0;
}

void
pli_draw_model(pli_draw *draw, plm_event *event) {
    uint32_t count = 0;
    while (plm_model_at(count) != NULL) {
        count += 1;
    }
    // The general models more often than those of single venues.
    const plm_model *model = plm_model_at(pli_draw_once_in(draw, 3) ? pli_draw_below(draw, count)
                                                                    : pli_draw_below(draw, 3));
    pli_draw_name(event->model_body.name, pli_draw_once_in(draw, 15) ? "none" : model->name);
    event->model_body.model_version = model->version + (pli_draw_once_in(draw, 15) ? 1 : 0);
}

// A record that is a little different from its defaults, mostly inside its bounds.
static void
vary(pli_draw *draw, const plm_descriptor *descriptor, plm_event *event) {
    plm_event_parameters *body = &event->parameters_body;
    uint32_t at = pli_draw_below(draw, descriptor->field_count);
    const plm_parameter_field *field = &descriptor->fields[at];
    int64_t beyond = 0; // a field that an event has no room for is not sent
    int64_t *value = at < PLM_RECORD_FIELDS_MAX ? &body->values[at] : &beyond;
    if (descriptor == &plm_feed_descriptor) {
        pli_draw_set_value(event, descriptor, "settle_ns", pli_draw_range(draw, 0, 2) * PLI_SECOND);
        pli_draw_set_value(event, descriptor, "quorum", pli_draw_range(draw, 1, 3));
        pli_draw_set_value(event, descriptor, "liars_max", 0);
        pli_draw_set_value(event, descriptor, "weight_cap_ppm", 1000000);
    }
    if (descriptor == &plm_liquidation_descriptor) {
        pli_draw_set_value(event, descriptor, "deleverage_policy", pli_draw_below(draw, 3));
        pli_draw_set_value(event, descriptor, "backstop_lock_ns",
                           pli_draw_range(draw, 0, 2) * PLI_SECOND);
        pli_draw_set_value(event, descriptor, "auction_rounds_max", pli_draw_below(draw, 3));
        pli_draw_set_value(event, descriptor, "initial_window", pli_draw_range(draw, 1, 4));
    }
    if (descriptor == &plm_set_descriptor && pli_draw_once_in(draw, 3)) {
        pli_draw_set_value(event, descriptor, "history_count", pli_draw_range(draw, 2, 6));
        pli_draw_set_value(event, descriptor, "history_minimum", 2);
    }
    if (descriptor == &plm_shock_descriptor && pli_draw_once_in(draw, 3)) {
        pli_draw_set_value(event, descriptor, "level_max", pli_draw_range(draw, 1, 32));
    }
    if (pli_draw_once_in(draw, 3)) {
        *value = field->standard / 2 + pli_draw_range(draw, 0, 2);
    } else if (pli_draw_once_in(draw, 4)) {
        *value = pli_draw_once_in(draw, 2) ? field->low - 1 : field->high;
    }
}

void
pli_draw_parameters(pli_draw *draw, plm_event *event) {
    const plm_core *core = draw->core;
    uint32_t account = event->header.account;
    uint32_t place = pli_draw_below(draw, core->record_count);
    if (!pli_draw_once_in(draw, 3)) {
        place = pli_draw_below(draw, pli_place_feed(&core->limits, 2));
    }
    const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
    uint32_t first = place;
    while (first > 0 && pli_place_descriptor(&core->limits, first - 1) == descriptor) {
        first -= 1;
    }
    uint32_t version = core->records[place].accepted + 1;
    event = pli_draw_record(draw, descriptor, place - first,
                            pli_draw_once_in(draw, 8) ? pli_draw_below(draw, 6) : version);
    event->header.account = account;
    vary(draw, descriptor, event);
    plm_event_parameters *body = &event->parameters_body;
    if (pli_draw_once_in(draw, 15)) {
        pli_draw_name(body->record, "nothing");
    } else if (pli_draw_once_in(draw, 15)) {
        body->layout_version += 1;
    }
    if (pli_draw_once_in(draw, 3)) {
        body->earliest_sequence = draw->sequence + pli_draw_below(draw, draw->world->patience);
    }
    if (pli_draw_once_in(draw, 3)) {
        body->expires_ns = draw->time_ns + pli_draw_range(draw, 0, 19) * PLI_SECOND;
    }
}
