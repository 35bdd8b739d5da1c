/* feed.c: how the price of a feed is decided, and what time does to it.               SPDX-License-Identifier: Apache-2.0 */
#include "market/feed.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "market/feed_average.h"
#include "market/feed_index.h"

void
pli_feed_init(pli_feed *feed, uint32_t network_id, uint32_t feed_id,
              const plm_underlying *underlying, plm_time now) {
    PLI_ASSERT(now.ns >= 0);
    PLI_ASSERT(now.ns <= PLI_FEED_TIME_MAX);
    memset(feed, 0, sizeof *feed);
    feed->network_id = network_id;
    feed->feed_id = feed_id;
    feed->domain = (uint32_t)underlying->domain;
    feed->reference_e8 = underlying->domain == PLM_PRICE_DOMAIN_ANY ? underlying->reference_e8 : 0;
    feed->time_ns = now.ns;
    feed->cell_number = now.ns / PLI_FEED_CELL_NS;
    feed->now.state = PLM_PRICE_STATE_INVALID;
    feed->before = feed->now;
}

// --- Deciding --------------------------------------------------------------------------------------------------------

static void
set_anchors(pli_feed_track *track, int64_t price_e8) {
    for (uint32_t i = 0; i < PLI_FEED_ANCHORS; i += 1) {
        track->anchors_e8[i] = price_e8;
    }
}

static bool
is_in_band(const pli_feed *feed, const plm_feed_parameters *parameters, int64_t price_e8) {
    const pli_feed_track *before = &feed->before;
    bool is_near = pli_feed_is_within(feed, price_e8, before->price_e8, parameters->band_ppm);
    for (uint32_t i = 0; i < PLI_FEED_ANCHORS; i += 1) {
        is_near = is_near &&
                  pli_feed_is_within(feed, price_e8, before->anchors_e8[i], parameters->band_ppm);
    }
    return is_near;
}

static void
accept(pli_feed *feed, const plm_feed_parameters *parameters, const pli_feed_index *index) {
    const pli_feed_track *before = &feed->before;
    pli_feed_track *now = &feed->now;
    bool was_valid = before->state == PLM_PRICE_STATE_VALID;
    now->state = PLM_PRICE_STATE_VALID;
    now->valid_since_ns = was_valid ? before->valid_since_ns : feed->time_ns;
    now->price_e8 = index->price_e8;
    now->publish_ns = index->publish_ns;
    now->is_holding = 0;
    now->hold_start_ns = 0;
    now->hold_since_ns = 0;
    now->hold_price_e8 = 0;
    if (feed->time_ns - now->valid_since_ns >= parameters->settle_ns) {
        now->is_settled = 1;
    }
}

// Have enough members published after `since_ns`, and does their own index stand near the candidate?
static bool
is_confirmed(const pli_feed *feed, const plm_feed_parameters *parameters,
             const pli_feed_index *index, int64_t since_ns) {
    uint32_t members = 0;
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        if ((index->contributors >> i & 1) != 0 && feed->slots[i].publish_ns > since_ns) {
            members |= UINT32_C(1) << i;
        }
    }
    pli_feed_index again;
    return pli_feed_index_take(feed, parameters, members, &again) &&
           pli_feed_is_within(feed, again.price_e8, index->price_e8, parameters->band_ppm);
}

// The index is outside the band: hold it, or accept it if it has been confirmed.
static void
hold(pli_feed *feed, const plm_feed_parameters *parameters, const pli_feed_index *index) {
    pli_feed_track *now = &feed->now;
    if (now->is_holding == 0) {
        now->is_holding = 1;
        now->hold_start_ns = feed->time_ns;
        now->hold_since_ns = feed->time_ns;
        now->hold_price_e8 = index->price_e8;
    } else if (!pli_feed_is_within(feed, index->price_e8, now->hold_price_e8,
                                   parameters->band_ppm)) {
        now->hold_since_ns = feed->time_ns;
        now->hold_price_e8 = index->price_e8;
    }
    bool is_over = feed->time_ns - now->hold_start_ns >= parameters->hold_max_ns;
    bool is_early = feed->time_ns - now->hold_since_ns >= parameters->hold_confirm_ns;
    if ((is_early && is_confirmed(feed, parameters, index, now->hold_since_ns)) ||
        (is_over && is_confirmed(feed, parameters, index, now->hold_start_ns))) {
        accept(feed, parameters, index);
        set_anchors(now, index->price_e8);
        return;
    }
    now->state = is_over ? PLM_PRICE_STATE_STALE : PLM_PRICE_STATE_HELD;
    // Two prices are in question: the wider doubt holds.
    if (feed->before.confidence_e8 > now->confidence_e8) {
        now->confidence_e8 = feed->before.confidence_e8;
    }
}

// No index: the last price stays where it is and says that it is old.
static void
lose(pli_feed *feed, const plm_feed_parameters *parameters) {
    pli_feed_track *now = &feed->now;
    bool is_refused = (int64_t)pli_feed_spoken(feed, parameters->age_loose_ns, feed->time_ns) >=
                      parameters->quorum;
    now->state =
        now->is_priced == 0 || is_refused ? PLM_PRICE_STATE_INVALID : PLM_PRICE_STATE_STALE;
    now->candidate_e8 = now->price_e8;
    now->is_holding = 0;
    now->hold_start_ns = 0;
    now->hold_since_ns = 0;
    now->hold_price_e8 = 0;
    now->is_strict = 0;
    now->fresh_count = 0;
    now->contributors = 0;
    now->flagged = 0;
}

// [FEED-1] Always from `before`, never from what was decided at this time already.
static void
decide(pli_feed *feed, const plm_feed_parameters *parameters) {
    pli_feed_track *now = &feed->now;
    *now = feed->before;
    pli_feed_index index;
    uint32_t strict = pli_feed_fresh(feed, parameters->age_strict_ns, feed->time_ns);
    bool is_strict = pli_feed_index_take(feed, parameters, strict, &index);
    uint32_t loose = pli_feed_fresh(feed, parameters->age_loose_ns, feed->time_ns);
    if (!is_strict && !pli_feed_index_take(feed, parameters, loose, &index)) {
        lose(feed, parameters);
        return;
    }
    now->is_strict = is_strict ? 1 : 0;
    now->fresh_count = index.count;
    now->contributors = index.contributors;
    now->flagged = index.flagged;
    now->confidence_e8 = index.confidence_e8;
    now->candidate_e8 = index.price_e8;
    if (now->is_priced == 0) {
        now->is_priced = 1;
        now->slow_q32 = pli_feed_slow_from(index.price_e8);
        set_anchors(now, index.price_e8);
        accept(feed, parameters, &index);
    } else if (is_in_band(feed, parameters, index.price_e8)) {
        accept(feed, parameters, &index);
    } else {
        hold(feed, parameters, &index);
    }
}

// --- Time ------------------------------------------------------------------------------------------------------------

static void
take_sooner(int64_t *next_ns, int64_t time_ns, int64_t candidate_ns) {
    if (candidate_ns > time_ns && candidate_ns < *next_ns) {
        *next_ns = candidate_ns;
    }
}

// Do the marks still matter: while a hold runs, a mark that leaves the minute can let the candidate into the band.
static bool
are_anchors_moving(const pli_feed_track *track) {
    for (uint32_t i = 0; i < PLI_FEED_ANCHORS; i += 1) {
        if (track->anchors_e8[i] != track->price_e8) {
            return true;
        }
    }
    return false;
}

// The first time after time_ns at which the decision may differ although nobody reports.
static int64_t
next_change(const pli_feed *feed, const plm_feed_parameters *parameters) {
    int64_t next = INT64_MAX;
    int64_t time = feed->time_ns;
    const pli_feed_track *now = &feed->now;
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        const pli_feed_slot *slot = &feed->slots[i];
        if (slot->word != PLI_FEED_WORD_NONE) {
            take_sooner(&next, time, slot->publish_ns + parameters->age_strict_ns + 1);
            take_sooner(&next, time, slot->publish_ns + parameters->age_loose_ns + 1);
            take_sooner(&next, time, slot->expires_ns);
        }
    }
    if (now->is_holding != 0) {
        take_sooner(&next, time, now->hold_since_ns + parameters->hold_confirm_ns);
        take_sooner(&next, time, now->hold_start_ns + parameters->hold_max_ns);
    }
    if (now->is_holding != 0 && are_anchors_moving(now)) {
        take_sooner(&next, time, time - time % PLI_FEED_ANCHOR_NS + PLI_FEED_ANCHOR_NS);
    }
    if (now->state == PLM_PRICE_STATE_VALID && now->is_settled == 0) {
        take_sooner(&next, time, now->valid_since_ns + parameters->settle_ns);
    }
    return next;
}

static void
move_anchors(pli_feed_track *track, int64_t from_ns, int64_t to_ns) {
    int64_t marks = to_ns / PLI_FEED_ANCHOR_NS - from_ns / PLI_FEED_ANCHOR_NS;
    if (track->is_priced == 0) {
        return;
    }
    for (int64_t i = 0; i < marks && i < (int64_t)PLI_FEED_ANCHORS; i += 1) {
        memmove(track->anchors_e8 + 1, track->anchors_e8,
                sizeof track->anchors_e8 - sizeof track->anchors_e8[0]);
        track->anchors_e8[0] = track->price_e8;
    }
}

static void
step_to(pli_feed *feed, const plm_feed_parameters *parameters, int64_t time_ns) {
    pli_feed_accrue(feed, parameters, feed->time_ns, time_ns);
    move_anchors(&feed->now, feed->time_ns, time_ns);
    feed->before = feed->now;
    feed->time_ns = time_ns;
    decide(feed, parameters);
}

void
pli_feed_advance(pli_feed *feed, const plm_feed_parameters *parameters, plm_time now) {
    PLI_ASSERT(now.ns >= feed->time_ns);
    PLI_ASSERT(now.ns <= PLI_FEED_TIME_MAX);
    for (;;) {
        int64_t next = next_change(feed, parameters);
        if (next > now.ns) {
            break;
        }
        step_to(feed, parameters, next);
    }
    if (feed->time_ns < now.ns) {
        step_to(feed, parameters, now.ns);
    } else {
        decide(feed, parameters);
    }
}

void
pli_feed_restart(pli_feed *feed, const plm_feed_parameters *parameters, plm_time now) {
    pli_feed_advance(feed, parameters, now);
    // What was valid before the start does not count towards the window.
    feed->before.is_settled = 0;
    feed->before.valid_since_ns = now.ns;
    decide(feed, parameters);
}

// --- Looking ---------------------------------------------------------------------------------------------------------

pli_price_view
pli_feed_view(const pli_feed *feed) {
    const pli_feed_track *now = &feed->now;
    int64_t age = feed->time_ns - now->publish_ns;
    bool is_priced = now->is_priced != 0;
    return (pli_price_view){
        .state = (plm_price_state)now->state,
        .fresh_count = now->fresh_count,
        .contributors = now->contributors,
        .flagged = now->flagged,
        .is_settled = now->is_settled != 0,
        .is_strict = now->is_strict != 0,
        .is_priced = is_priced,
        .price_e8 = now->price_e8,
        .candidate_e8 = now->candidate_e8,
        .confidence_e8 = now->confidence_e8,
        .slow_e8 = pli_feed_slow_e8(now->slow_q32),
        .publish_ns = now->publish_ns,
        .age_ns = is_priced && age > 0 ? age : 0,
    };
}

plm_permission
pli_feed_allows(const pli_price_view *view, plm_price_action action) {
    return plm_price_allows(view->state, view->is_settled, view->is_strict, action);
}

plm_price_record
pli_feed_record(const pli_price_view *view) {
    return (plm_price_record){.price_e8 = view->price_e8,
                              .slow_e8 = view->slow_e8,
                              .confidence_e8 = view->confidence_e8,
                              .publish_ns = view->publish_ns,
                              .state = view->state};
}

void
pli_feed_bounds(const pli_price_view *view, plm_price_domain domain,
                const plm_feed_parameters *parameters, int64_t *low_e8, int64_t *high_e8) {
    int64_t low = parameters->price_low_e8;
    int64_t high = parameters->price_high_e8;
    if (domain == PLM_PRICE_DOMAIN_POSITIVE) {
        low = 0;
    }
    if (domain == PLM_PRICE_DOMAIN_POSITIVE && view->is_priced) {
        // |price| * ppm is at most 1e16 * 1e8.
        pli_i128 floor =
            pli_div_floor_i128((pli_i128)view->price_e8 * parameters->unpriced_low_ppm, PLM_PPM);
        pli_i128 ceiling =
            pli_div_ceil_i128((pli_i128)view->price_e8 * parameters->unpriced_high_ppm, PLM_PPM);
        low = (int64_t)floor;
        high = ceiling < high ? (int64_t)ceiling : high;
    }
    *low_e8 = low;
    *high_e8 = high;
}
