/* feed_index.c: capped weights, weighted medians, confidence.                         SPDX-License-Identifier: Apache-2.0 */
#include "market/feed_index.h"

#include "base/assert.h"
#include "base/muldiv.h"

// A value with the weight of its source; the slot breaks ties, so that an order is total.
typedef struct vote {
    int64_t value;
    int64_t weight;
    uint32_t slot;
} vote;

typedef struct ballot {
    uint32_t count;
    int64_t weight;
    vote votes[PLI_FEED_SOURCES_MAX];
} ballot;

static bool
comes_before(const vote *left, const vote *right) {
    return left->value != right->value ? left->value < right->value : left->slot < right->slot;
}

static void
sort_votes(ballot *b) {
    for (uint32_t i = 1; i < b->count; i += 1) {
        vote moved = b->votes[i];
        uint32_t at = i;
        for (; at > 0 && comes_before(&moved, &b->votes[at - 1]); at -= 1) {
            b->votes[at] = b->votes[at - 1];
        }
        b->votes[at] = moved;
    }
}

// The smallest value that, with all below it, has at least half of the weight; of sorted votes.
static int64_t
lower_median(const ballot *b) {
    int64_t sum = b->votes[0].weight;
    uint32_t at = 0;
    while (2 * sum < b->weight) {
        at += 1;
        sum += b->votes[at].weight;
    }
    return b->votes[at].value;
}

// The same with more than half.
static int64_t
upper_median(const ballot *b) {
    int64_t sum = b->votes[0].weight;
    uint32_t at = 0;
    while (2 * sum <= b->weight) {
        at += 1;
        sum += b->votes[at].weight;
    }
    return b->votes[at].value;
}

static int64_t
distance(int64_t left, int64_t right) {
    return left > right ? left - right : right - left;
}

static bool
is_alive(const pli_feed_slot *slot, int64_t age_max_ns, int64_t time_ns) {
    return time_ns - slot->publish_ns <= age_max_ns && time_ns < slot->expires_ns;
}

uint32_t
pli_feed_fresh(const pli_feed *feed, int64_t age_max_ns, int64_t time_ns) {
    uint32_t members = 0;
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        const pli_feed_slot *slot = &feed->slots[i];
        if (slot->word == PLI_FEED_WORD_PRICE && is_alive(slot, age_max_ns, time_ns)) {
            members |= UINT32_C(1) << i;
        }
    }
    return members;
}

uint32_t
pli_feed_spoken(const pli_feed *feed, int64_t age_max_ns, int64_t time_ns) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        const pli_feed_slot *slot = &feed->slots[i];
        if (slot->word != PLI_FEED_WORD_NONE && is_alive(slot, age_max_ns, time_ns)) {
            count += 1;
        }
    }
    return count;
}

// The level c at which min(weight, c) keeps every share within the cap; `votes` are sorted by weight, falling.
static int64_t
level_of(const ballot *b, int64_t cap_ppm) {
    int64_t rest = b->weight;
    for (uint32_t capped = 0; capped < b->count; capped += 1) {
        int64_t divisor = PLM_PPM - (int64_t)capped * cap_ppm;
        if (divisor <= 0) {
            break;
        }
        // Sums of weights are at most 16e9, so the product stays below 2^63.
        int64_t level = cap_ppm * rest / divisor;
        if (b->votes[capped].weight <= level) {
            return capped == 0 ? b->votes[0].weight : level;
        }
        rest -= b->votes[capped].weight;
    }
    return b->votes[b->count - 1].weight;
}

void
pli_feed_weights(const pli_feed *feed, const plm_feed_parameters *parameters, uint32_t members,
                 int64_t weights[PLI_FEED_SOURCES_MAX]) {
    ballot others = {.count = 0};
    uint32_t own = PLM_NONE;
    for (uint32_t i = 0; i < PLI_FEED_SOURCES_MAX; i += 1) {
        weights[i] = 0;
        if ((members >> i & 1) == 0) {
            continue;
        }
        weights[i] = PLM_PPM * feed->slots[i].source.weight;
        if (feed->slots[i].source.is_own != 0) {
            own = i;
            continue;
        }
        others.votes[others.count] = (vote){.value = -weights[i], .weight = weights[i], .slot = i};
        others.weight += weights[i];
        others.count += 1;
    }
    if (others.count == 0) {
        return;
    }
    sort_votes(&others);
    int64_t level = level_of(&others, parameters->weight_cap_ppm);
    int64_t rest = 0;
    for (uint32_t i = 0; i < others.count; i += 1) {
        int64_t weight = others.votes[i].weight < level ? others.votes[i].weight : level;
        weights[others.votes[i].slot] = weight;
        rest += weight;
    }
    if (own != PLM_NONE) {
        int64_t cap = parameters->own_weight_cap_ppm < parameters->weight_cap_ppm
                          ? parameters->own_weight_cap_ppm
                          : parameters->weight_cap_ppm;
        int64_t most = cap == PLM_PPM ? weights[own] : cap * rest / (PLM_PPM - cap);
        weights[own] = weights[own] < most ? weights[own] : most;
    }
}

// Do the heaviest `liars` hold less than half?
static bool
is_safe(const ballot *b, int64_t liars) {
    ballot by_weight = *b;
    for (uint32_t i = 0; i < b->count; i += 1) {
        by_weight.votes[i].value = -b->votes[i].weight;
    }
    sort_votes(&by_weight);
    int64_t sum = 0;
    for (uint32_t i = 0; i < b->count && (int64_t)i < liars; i += 1) {
        sum += by_weight.votes[i].weight;
    }
    return 2 * sum < b->weight;
}

int64_t
pli_feed_base(const pli_feed *feed, int64_t price_e8) {
    int64_t size = price_e8 < 0 ? -price_e8 : price_e8;
    return size > feed->reference_e8 ? size : feed->reference_e8;
}

bool
pli_feed_is_within(const pli_feed *feed, int64_t left_e8, int64_t right_e8, int64_t ppm) {
    return (pli_i128)distance(left_e8, right_e8) * PLM_PPM <=
           (pli_i128)ppm * pli_feed_base(feed, right_e8);
}

// Half-width: the typical distance of a member, its own uncertainty included, wider by the flagged share of the weight.
static void
measure(const pli_feed *feed, const plm_feed_parameters *parameters, ballot *b,
        pli_feed_index *index) {
    int64_t flagged_weight = 0;
    index->flagged = 0;
    for (uint32_t i = 0; i < b->count; i += 1) {
        vote *v = &b->votes[i];
        const pli_feed_slot *slot = &feed->slots[v->slot];
        if (!pli_feed_is_within(feed, slot->price_e8, index->price_e8, parameters->deviation_ppm)) {
            index->flagged |= UINT32_C(1) << v->slot;
            flagged_weight += v->weight;
        }
        v->value = distance(slot->price_e8, index->price_e8) + slot->confidence_e8;
    }
    sort_votes(b);
    pli_i128 widen = pli_div_ceil_i128((pli_i128)pli_feed_base(feed, index->price_e8) *
                                           parameters->deviation_widen_ppm * flagged_weight,
                                       (pli_i128)PLM_PPM * b->weight);
    pli_i128 confidence = upper_median(b) + widen;
    index->confidence_e8 = confidence < PLM_PRICE_E8_MAX ? (int64_t)confidence : PLM_PRICE_E8_MAX;
}

bool
pli_feed_index_take(const pli_feed *feed, const plm_feed_parameters *parameters, uint32_t members,
                    pli_feed_index *index) {
    int64_t weights[PLI_FEED_SOURCES_MAX];
    pli_feed_weights(feed, parameters, members, weights);
    ballot b = {.count = 0};
    for (uint32_t i = 0; i < feed->source_count; i += 1) {
        if ((members >> i & 1) == 0) {
            continue;
        }
        b.votes[b.count] =
            (vote){.value = feed->slots[i].price_e8, .weight = weights[i], .slot = i};
        b.weight += weights[i];
        b.count += 1;
    }
    if (b.count == 0 || (int64_t)b.count < parameters->quorum ||
        !is_safe(&b, parameters->liars_max)) {
        return false;
    }
    sort_votes(&b);
    index->price_e8 = (int64_t)pli_div_floor_i128((pli_i128)lower_median(&b) + upper_median(&b), 2);
    index->count = b.count;
    index->contributors = members;
    measure(feed, parameters, &b, index);
    for (uint32_t i = 0; i < b.count; i += 1) {
        b.votes[i].value = feed->slots[b.votes[i].slot].publish_ns;
    }
    sort_votes(&b);
    index->publish_ns = lower_median(&b);
    return true;
}
