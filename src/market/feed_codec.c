/* feed_codec.c: a feed as bytes and back, every field checked.                        SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/endian.h"
#include "base/libc.h"
#include "base/text.h"
#include "market/feed.h"
#include "market/feed_average.h"

// One walk serves both ways, so that writer and reader cannot disagree.
typedef struct cursor {
    uint8_t *to;         // NULL when reading
    const uint8_t *from; // NULL when writing
} cursor;

static void
walk_u32(cursor *c, uint32_t *value) {
    if (c->to != NULL) {
        pli_store_u32(c->to, *value);
        c->to += 4;
    } else {
        *value = pli_load_u32(c->from);
        c->from += 4;
    }
}

static void
walk_u64(cursor *c, uint64_t *value) {
    if (c->to != NULL) {
        pli_store_u64(c->to, *value);
        c->to += 8;
    } else {
        *value = pli_load_u64(c->from);
        c->from += 8;
    }
}

static void
walk_i64(cursor *c, int64_t *value) {
    uint64_t bits = c->to != NULL ? (uint64_t)*value : 0;
    walk_u64(c, &bits);
    *value = (int64_t)bits;
}

static void
walk_wide(cursor *c, plm_wide *value) {
    walk_u64(c, &value->low);
    walk_i64(c, &value->high);
}

static void
walk_track(cursor *c, pli_feed_track *track) {
    walk_wide(c, &track->slow_q32);
    int64_t *numbers[] = {&track->price_e8,      &track->confidence_e8, &track->publish_ns,
                          &track->candidate_e8,  &track->hold_start_ns, &track->hold_since_ns,
                          &track->hold_price_e8, &track->valid_since_ns};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i += 1) {
        walk_i64(c, numbers[i]);
    }
    for (size_t i = 0; i < PLI_FEED_ANCHORS; i += 1) {
        walk_i64(c, &track->anchors_e8[i]);
    }
    uint32_t *words[] = {&track->state,        &track->is_priced, &track->is_holding,
                         &track->is_settled,   &track->is_strict, &track->fresh_count,
                         &track->contributors, &track->flagged};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i += 1) {
        walk_u32(c, words[i]);
    }
}

static void
walk_cell(cursor *c, pli_feed_cell *cell) {
    walk_wide(c, &cell->integral);
    walk_i64(c, &cell->covered_ns);
}

static void
walk_slot(cursor *c, pli_feed_slot *slot) {
    plm_feed_source *source = &slot->source;
    uint32_t *words[] = {&source->source_id, &source->weight, &source->is_own, &source->reserved};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i += 1) {
        walk_u32(c, words[i]);
    }
    walk_i64(c, &source->clamp_low_e8);
    walk_i64(c, &source->clamp_high_e8);
    if (c->to != NULL) {
        memcpy(c->to, source->public_key, PLM_KEY_SIZE);
        c->to += PLM_KEY_SIZE;
    } else {
        memcpy(source->public_key, c->from, PLM_KEY_SIZE);
        c->from += PLM_KEY_SIZE;
    }
    walk_u64(c, &slot->sequence);
    int64_t *numbers[] = {&slot->publish_ns, &slot->valid_from_ns, &slot->expires_ns,
                          &slot->price_e8, &slot->confidence_e8};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i += 1) {
        walk_i64(c, numbers[i]);
    }
    walk_u32(c, &slot->status);
    walk_u32(c, &slot->word);
    walk_u64(c, &slot->accepted_count);
    walk_u64(c, &slot->ignored_count);
    walk_u64(c, &slot->equivocation_count);
}

static void
walk_feed(cursor *c, pli_feed *feed) {
    walk_u32(c, &feed->network_id);
    walk_u32(c, &feed->feed_id);
    walk_u32(c, &feed->domain);
    walk_u32(c, &feed->source_count);
    walk_i64(c, &feed->reference_e8);
    walk_i64(c, &feed->time_ns);
    walk_i64(c, &feed->slow_cell_ns);
    walk_i64(c, &feed->cell_number);
    walk_track(c, &feed->before);
    walk_track(c, &feed->now);
    walk_cell(c, &feed->slow_cell);
    for (size_t i = 0; i < PLI_FEED_WINDOW_CELLS + 1; i += 1) {
        walk_cell(c, &feed->cells[i]);
    }
    for (size_t i = 0; i < PLI_FEED_SOURCES_MAX; i += 1) {
        walk_slot(c, &feed->slots[i]);
    }
}

// --- What a decoded feed must keep, so that no later step can leave its types ------------------------------------------

static bool
is_price(int64_t price_e8) {
    return price_e8 >= -PLM_PRICE_E8_MAX && price_e8 <= PLM_PRICE_E8_MAX;
}

static bool
is_time(int64_t time_ns) {
    return time_ns >= 0 && time_ns <= PLI_FEED_TIME_MAX;
}

static bool
is_track_sound(const pli_feed_track *t, int64_t time_ns) {
    pli_i128 slow = pli_i128_from_wide(t->slow_q32);
    pli_i128 slow_max = pli_i128_from_wide(pli_feed_slow_from(PLM_PRICE_E8_MAX));
    bool is_sound = slow >= -slow_max && slow <= slow_max && is_price(t->price_e8) &&
                    is_price(t->candidate_e8) && is_price(t->hold_price_e8) &&
                    is_price(t->confidence_e8) && t->confidence_e8 >= 0 && is_time(t->publish_ns) &&
                    is_time(t->hold_start_ns) && is_time(t->hold_since_ns) &&
                    is_time(t->valid_since_ns) && t->hold_start_ns <= t->hold_since_ns &&
                    t->hold_since_ns <= time_ns && t->valid_since_ns <= time_ns;
    for (size_t i = 0; i < PLI_FEED_ANCHORS; i += 1) {
        is_sound = is_sound && is_price(t->anchors_e8[i]);
    }
    return is_sound && t->state >= PLM_PRICE_STATE_VALID && t->state <= PLM_PRICE_STATE_INVALID &&
           t->is_priced <= 1 && t->is_holding <= 1 && t->is_settled <= 1 && t->is_strict <= 1 &&
           t->fresh_count <= PLI_FEED_SOURCES_MAX && t->contributors <= UINT16_MAX &&
           t->flagged <= UINT16_MAX;
}

static bool
is_cell_sound(const pli_feed_cell *cell, int64_t length_ns) {
    pli_i128 integral = pli_i128_from_wide(cell->integral);
    pli_i128 most = (pli_i128)cell->covered_ns * PLM_PRICE_E8_MAX;
    return cell->covered_ns >= 0 && cell->covered_ns <= length_ns && integral >= -most &&
           integral <= most;
}

static bool
is_slot_sound(const pli_feed_slot *slot) {
    return slot->word <= PLI_FEED_WORD_EQUIVOCATED && is_time(slot->publish_ns) &&
           slot->expires_ns >= 0 &&
           (slot->word != PLI_FEED_WORD_PRICE ||
            (is_price(slot->price_e8) && slot->confidence_e8 >= 0 &&
             slot->confidence_e8 <= PLM_PRICE_E8_MAX));
}

static bool
is_empty(const pli_feed_slot *slot) {
    pli_feed_slot zero;
    memset(&zero, 0, sizeof zero);
    return memcmp(slot, &zero, sizeof zero) == 0;
}

static plm_status
check_feed(const pli_feed *feed, plm_fault *fault) {
    if (feed->source_count > PLI_FEED_SOURCES_MAX || feed->domain < PLM_PRICE_DOMAIN_POSITIVE ||
        feed->domain > PLM_PRICE_DOMAIN_ANY || feed->reference_e8 < 0 ||
        feed->reference_e8 > PLM_PRICE_E8_MAX || !is_time(feed->time_ns) ||
        feed->slow_cell_ns < 0 || feed->slow_cell_ns > PLM_DAY_NS ||
        feed->cell_number != feed->time_ns / PLI_FEED_CELL_NS) {
        return pli_fault_set(fault, PLM_DOMAIN, "a feed's head breaks its bounds", NULL, NULL);
    }
    if (!is_track_sound(&feed->before, feed->time_ns) ||
        !is_track_sound(&feed->now, feed->time_ns)) {
        return pli_fault_set(fault, PLM_DOMAIN, "a feed's decision breaks its bounds", NULL, NULL);
    }
    // A cell under way has covered no more than the time since it began.
    int64_t begun_ns = feed->slow_cell_ns == 0 ? 0 : feed->time_ns % feed->slow_cell_ns;
    const pli_feed_cell *minute = &feed->cells[feed->cell_number % (PLI_FEED_WINDOW_CELLS + 1)];
    bool is_sound = is_cell_sound(&feed->slow_cell, begun_ns) &&
                    is_cell_sound(minute, feed->time_ns % PLI_FEED_CELL_NS);
    for (size_t i = 0; i < PLI_FEED_WINDOW_CELLS + 1; i += 1) {
        is_sound = is_sound && is_cell_sound(&feed->cells[i], PLI_FEED_CELL_NS);
    }
    if (!is_sound) {
        return pli_fault_set(fault, PLM_DOMAIN, "an average of a feed breaks its bounds", NULL,
                             NULL);
    }
    for (uint32_t i = 0; i < PLI_FEED_SOURCES_MAX; i += 1) {
        const pli_feed_slot *slot = &feed->slots[i];
        if (i < feed->source_count ? !is_slot_sound(slot) : !is_empty(slot)) {
            return pli_fault_set_index(fault, PLM_DOMAIN, "slot", i,
                                       " of a feed breaks its bounds");
        }
    }
    return PLM_OK;
}

void
pli_feed_encode(const pli_feed *feed, uint8_t bytes[PLI_FEED_ENCODED_SIZE]) {
    pli_feed copy = *feed;
    PLI_ASSERT(bytes != NULL);
    walk_feed(&(cursor){.to = bytes}, &copy);
}

plm_status
pli_feed_decode(const uint8_t bytes[PLI_FEED_ENCODED_SIZE], pli_feed *feed, plm_fault *fault) {
    pli_feed copy;
    walk_feed(&(cursor){.from = bytes}, &copy);
    plm_status status = check_feed(&copy, fault);
    if (status != PLM_OK) {
        return status;
    }
    // The table of sources must be one that pli_feed_configure would take.
    plm_feed_source sources[PLI_FEED_SOURCES_MAX];
    for (uint32_t i = 0; i < copy.source_count; i += 1) {
        sources[i] = copy.slots[i].source;
    }
    status = pli_feed_configure(&copy, sources, copy.source_count, fault);
    if (status != PLM_OK) {
        if (fault != NULL) {
            fault->status = PLM_DOMAIN;
        }
        return PLM_DOMAIN;
    }
    *feed = copy;
    return PLM_OK;
}
