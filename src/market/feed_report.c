/* feed_report.c: who may report, and which reports are admitted.                      SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "market/feed.h"
#include "market/feed_index.h"

// --- The table of sources --------------------------------------------------------------------------------------------

static plm_status
check_source(const plm_feed_source *sources, uint32_t index, plm_fault *fault) {
    const plm_feed_source *s = &sources[index];
    if (s->weight < 1 || s->weight > PLM_SOURCE_WEIGHT_MAX) {
        return pli_fault_set_range(fault, PLM_PARAMETER_INVALID, "weight of a source", s->weight, 1,
                                   PLM_SOURCE_WEIGHT_MAX);
    }
    if (s->is_own > 1 || s->reserved != 0) {
        return pli_fault_set_index(fault, PLM_PARAMETER_INVALID, "source", s->source_id,
                                   " has is_own other than 0 or 1, or reserved other than 0");
    }
    if (s->clamp_low_e8 < -PLM_PRICE_E8_MAX || s->clamp_high_e8 > PLM_PRICE_E8_MAX ||
        s->clamp_low_e8 >= s->clamp_high_e8) {
        return pli_fault_set_index(
            fault, PLM_PARAMETER_INVALID, "source", s->source_id,
            " has clamps that are not rising or beyond the bounds of prices");
    }
    for (uint32_t i = 0; i < index; i += 1) {
        if (sources[i].source_id == s->source_id) {
            return pli_fault_set_index(fault, PLM_PARAMETER_INVALID, "source", s->source_id,
                                       " appears twice");
        }
        if (memcmp(sources[i].public_key, s->public_key, PLM_KEY_SIZE) == 0) {
            return pli_fault_set_index(fault, PLM_PARAMETER_INVALID, "source", s->source_id,
                                       " has the key of another source");
        }
        if (sources[i].is_own != 0 && s->is_own != 0) {
            return pli_fault_set_index(fault, PLM_PARAMETER_INVALID, "source", s->source_id,
                                       " is a second own book");
        }
    }
    return PLM_OK;
}

static const pli_feed_slot *
find_slot(const pli_feed *feed, uint32_t source_id) {
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        if (feed->slots[i].source.source_id == source_id) {
            return &feed->slots[i];
        }
    }
    return NULL;
}

const plm_feed_source *
pli_feed_source(const pli_feed *feed, uint32_t source_id) {
    const pli_feed_slot *slot = find_slot(feed, source_id);
    return slot == NULL ? NULL : &slot->source;
}

plm_status
pli_feed_configure(pli_feed *feed, const plm_feed_source *sources, uint32_t source_count,
                   plm_fault *fault) {
    if (source_count > PLI_FEED_SOURCES_MAX) {
        return pli_fault_set_range(fault, PLM_LIMIT, "sources of a feed", source_count, 0,
                                   PLI_FEED_SOURCES_MAX);
    }
    for (uint32_t i = 0; i < source_count; i += 1) {
        plm_status status = check_source(sources, i, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    pli_feed_slot slots[PLI_FEED_SOURCES_MAX];
    memset(slots, 0, sizeof slots);
    for (uint32_t i = 0; i < source_count; i += 1) {
        const pli_feed_slot *old = find_slot(feed, sources[i].source_id);
        if (old != NULL &&
            memcmp(old->source.public_key, sources[i].public_key, PLM_KEY_SIZE) == 0) {
            slots[i] = *old;
        }
        slots[i].source = sources[i];
    }
    memcpy(feed->slots, slots, sizeof slots);
    feed->source_count = source_count;
    return PLM_OK;
}

// --- Admission -------------------------------------------------------------------------------------------------------

// The checks that need no slot: is this for us, from this moment?
static plm_report_outcome
check_timing(const pli_feed *feed, const plm_feed_parameters *parameters,
             const plm_price_report *r) {
    if (r->network_id != feed->network_id) {
        return PLM_REPORT_WRONG_NETWORK;
    }
    if (r->feed_id != feed->feed_id) {
        return PLM_REPORT_WRONG_FEED;
    }
    if (find_slot(feed, r->source_id) == NULL) {
        return PLM_REPORT_NOT_A_SOURCE;
    }
    if (r->sequence == 0 || r->publish_ns < 0 || r->expires_ns <= r->valid_from_ns ||
        r->confidence_e8 < 0) {
        return PLM_REPORT_MALFORMED;
    }
    if (r->publish_ns > feed->time_ns &&
        r->publish_ns - feed->time_ns > parameters->future_max_ns) {
        return PLM_REPORT_FUTURE;
    }
    if (r->valid_from_ns > feed->time_ns) {
        return PLM_REPORT_NOT_YET_VALID;
    }
    if (r->expires_ns <= feed->time_ns) {
        return PLM_REPORT_EXPIRED;
    }
    if (feed->time_ns - r->publish_ns > parameters->age_loose_ns) {
        return PLM_REPORT_TOO_OLD;
    }
    return PLM_REPORT_ACCEPTED;
}

static bool
is_same(const pli_feed_slot *slot, const plm_price_report *r) {
    return slot->publish_ns == r->publish_ns && slot->valid_from_ns == r->valid_from_ns &&
           slot->expires_ns == r->expires_ns && slot->price_e8 == r->price_e8 &&
           slot->confidence_e8 == r->confidence_e8 && slot->status == r->status;
}

static plm_report_outcome
check_order(const pli_feed_slot *slot, const plm_price_report *r) {
    if (slot->word == PLI_FEED_WORD_NONE || r->sequence > slot->sequence) {
        return PLM_REPORT_ACCEPTED;
    }
    if (r->sequence < slot->sequence) {
        return PLM_REPORT_OUT_OF_ORDER;
    }
    return slot->word != PLI_FEED_WORD_EQUIVOCATED && is_same(slot, r) ? PLM_REPORT_REPLAYED
                                                                       : PLM_REPORT_EQUIVOCATED;
}

// Is what it says a price?
static plm_report_outcome
check_price(const pli_feed *feed, const plm_feed_parameters *parameters, const pli_feed_slot *slot,
            const plm_price_report *r) {
    if (r->status != PLM_REPORT_STATUS_OPEN) {
        return PLM_REPORT_CLOSED;
    }
    if (r->price_e8 > PLM_PRICE_E8_MAX || r->price_e8 < -PLM_PRICE_E8_MAX ||
        (feed->domain == PLM_PRICE_DOMAIN_POSITIVE && r->price_e8 <= 0)) {
        return PLM_REPORT_OUT_OF_DOMAIN;
    }
    if (r->price_e8 <= slot->source.clamp_low_e8 || r->price_e8 >= slot->source.clamp_high_e8 ||
        r->price_e8 <= parameters->price_low_e8 || r->price_e8 >= parameters->price_high_e8) {
        return PLM_REPORT_CLAMPED;
    }
    if ((pli_i128)r->confidence_e8 * PLM_PPM >
        (pli_i128)parameters->confidence_max_ppm * pli_feed_base(feed, r->price_e8)) {
        return PLM_REPORT_UNCERTAIN;
    }
    return PLM_REPORT_ACCEPTED;
}

static void
take_word(pli_feed_slot *slot, const plm_price_report *r, pli_feed_word word) {
    slot->word = word;
    slot->sequence = r->sequence;
    slot->publish_ns = r->publish_ns;
    slot->valid_from_ns = r->valid_from_ns;
    slot->expires_ns = r->expires_ns;
    slot->price_e8 = r->price_e8;
    slot->confidence_e8 = r->confidence_e8;
    slot->status = r->status;
}

// [SLOT-1] Whichever of the reports came first, the slot ends the same.
static void
void_word(pli_feed_slot *slot, const plm_price_report *r) {
    slot->word = PLI_FEED_WORD_EQUIVOCATED;
    slot->publish_ns = slot->publish_ns > r->publish_ns ? slot->publish_ns : r->publish_ns;
    slot->expires_ns = slot->expires_ns > r->expires_ns ? slot->expires_ns : r->expires_ns;
    slot->valid_from_ns = 0;
    slot->price_e8 = 0;
    slot->confidence_e8 = 0;
    slot->status = 0;
    slot->equivocation_count += 1;
}

static plm_report_outcome
admit(pli_feed *feed, const plm_feed_parameters *parameters, const plm_price_report *r) {
    plm_report_outcome outcome = check_timing(feed, parameters, r);
    if (outcome == PLM_REPORT_WRONG_NETWORK || outcome == PLM_REPORT_WRONG_FEED ||
        outcome == PLM_REPORT_NOT_A_SOURCE) {
        return outcome;
    }
    pli_feed_slot *slot = &feed->slots[find_slot(feed, r->source_id) - feed->slots];
    if (outcome == PLM_REPORT_ACCEPTED) {
        outcome = check_order(slot, r);
    }
    if (outcome == PLM_REPORT_EQUIVOCATED) {
        void_word(slot, r);
    }
    if (outcome == PLM_REPORT_ACCEPTED) {
        outcome = check_price(feed, parameters, slot, r);
        take_word(slot, r,
                  outcome == PLM_REPORT_ACCEPTED ? PLI_FEED_WORD_PRICE : PLI_FEED_WORD_NO_PRICE);
    }
    if (outcome == PLM_REPORT_ACCEPTED) {
        slot->accepted_count += 1;
    } else {
        slot->ignored_count += 1;
    }
    return outcome;
}

plm_report_outcome
pli_feed_report(pli_feed *feed, const plm_feed_parameters *parameters,
                const plm_price_report *report, plm_time now) {
    pli_feed_advance(feed, parameters, now);
    plm_report_outcome outcome = admit(feed, parameters, report);
    pli_feed_advance(feed, parameters, now);
    return outcome;
}
