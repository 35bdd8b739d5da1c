/* feed_index.h: the weighted median of a set of reports, and whether the set may speak. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_FEED_INDEX_H
#define PLI_MARKET_FEED_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "market/feed.h"

/* pli_feed_index - one price from many reports; see docs/method/prices.md, "Index". */
typedef struct pli_feed_index {
    int64_t price_e8;
    int64_t confidence_e8;
    int64_t publish_ns;
    uint32_t count;
    uint32_t contributors;
    uint32_t flagged;
} pli_feed_index;

/* pli_feed_fresh - bit i: the latest word of slot i is a price of at most `age_max_ns` that has not expired. */
uint32_t pli_feed_fresh(const pli_feed *feed, int64_t age_max_ns, int64_t time_ns);

/* pli_feed_spoken - how many sources have a word, price or not, of at most `age_max_ns` that has not expired. */
uint32_t pli_feed_spoken(const pli_feed *feed, int64_t age_max_ns, int64_t time_ns);

/*
 * pli_feed_weights - the weight of each slot of the set after the caps, in units of 1e-6; 0 outside the set.
 *
 * The largest level c is found at which min(weight, c) gives no source more than weight_cap_ppm of the sum; where no level
 * does, all weigh the same. The venue's own book is then limited against the others.
 */
void pli_feed_weights(const pli_feed *feed, const plm_feed_parameters *parameters, uint32_t members,
                      int64_t weights[PLI_FEED_SOURCES_MAX]);

/*
 * pli_feed_index_take - the index of the set `members`.
 *
 * Guarantees [INDEX-1] With at most liars_max liars among the members, price, publish time and every distance that makes
 *                      the confidence lie within the range of the honest members' [O2].
 *            [INDEX-2] confidence does not fall when a member's own confidence grows [M6].
 *
 * Returns    false, and *index is left alone, when the set has fewer members than the quorum, or when the heaviest
 *            liars_max of them hold half of the weight or more [O3].
 */
bool pli_feed_index_take(const pli_feed *feed, const plm_feed_parameters *parameters,
                         uint32_t members, pli_feed_index *index);

/* pli_feed_base - what ratios are fractions of: |price|, and at least the reference price of a domain `any`. */
int64_t pli_feed_base(const pli_feed *feed, int64_t price_e8);

/* pli_feed_is_within - is |left - right| at most `ppm` of the base of `right`? */
bool pli_feed_is_within(const pli_feed *feed, int64_t left_e8, int64_t right_e8, int64_t ppm);

#endif
