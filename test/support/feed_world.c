/* feed_world.c: a feed of equal sources for tests, with a clock.                      SPDX-License-Identifier: Apache-2.0 */
#include "support/feed_world.h"

#include <stdlib.h>
#include <string.h>

plm_feed_source
ts_feed_source(uint32_t index) {
    plm_feed_source source = {.source_id = 100 + index,
                              .weight = 1,
                              .clamp_low_e8 = -PLM_PRICE_E8_MAX,
                              .clamp_high_e8 = PLM_PRICE_E8_MAX};
    source.public_key[0] = (uint8_t)(1 + index);
    return source;
}

void
ts_feed_init(ts_feed *w, uint32_t source_count) {
    memset(w, 0, sizeof *w);
    plm_record_init(&plm_feed_descriptor, &w->parameters);
    w->underlying = (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1};
    w->time_ns = TS_FEED_START;
    pli_feed_init(&w->feed, TS_NETWORK, TS_FEED, &w->underlying, (plm_time){w->time_ns});
    plm_feed_source sources[PLI_FEED_SOURCES_MAX];
    for (uint32_t i = 0; i < source_count; i += 1) {
        sources[i] = ts_feed_source(i);
    }
    if (pli_feed_configure(&w->feed, sources, source_count, NULL) != PLM_OK) {
        abort();
    }
}

plm_price_report
ts_feed_text(ts_feed *w, uint32_t index, int64_t price_e8) {
    w->sequence += 1;
    return (plm_price_report){.network_id = TS_NETWORK,
                              .feed_id = TS_FEED,
                              .source_id = 100 + index,
                              .status = PLM_REPORT_STATUS_OPEN,
                              .sequence = w->sequence,
                              .publish_ns = w->time_ns,
                              .valid_from_ns = w->time_ns,
                              .expires_ns = w->time_ns + 10 * TS_MINUTE,
                              .price_e8 = price_e8};
}

plm_report_outcome
ts_feed_say(ts_feed *w, uint32_t index, int64_t price_e8) {
    plm_price_report report = ts_feed_text(w, index, price_e8);
    return pli_feed_report(&w->feed, &w->parameters, &report, (plm_time){w->time_ns});
}

void
ts_feed_say_all(ts_feed *w, int64_t price_e8) {
    for (uint32_t i = 0; i < w->feed.source_count; i += 1) {
        (void)ts_feed_say(w, i, price_e8);
    }
}

pli_price_view
ts_feed_wait(ts_feed *w, int64_t duration_ns) {
    w->time_ns += duration_ns;
    pli_feed_advance(&w->feed, &w->parameters, (plm_time){w->time_ns});
    return pli_feed_view(&w->feed);
}

pli_price_view
ts_feed_keep(ts_feed *w, int64_t price_e8, int64_t duration_ns) {
    int64_t end = w->time_ns + duration_ns;
    while (w->time_ns < end) {
        ts_feed_say_all(w, price_e8);
        int64_t step = end - w->time_ns < TS_SECOND ? end - w->time_ns : TS_SECOND;
        (void)ts_feed_wait(w, step);
    }
    ts_feed_say_all(w, price_e8);
    return pli_feed_view(&w->feed);
}

bool
ts_feed_is_same_view(const pli_price_view *left, const pli_price_view *right) {
    return left->state == right->state && left->fresh_count == right->fresh_count &&
           left->contributors == right->contributors && left->flagged == right->flagged &&
           left->is_settled == right->is_settled && left->is_strict == right->is_strict &&
           left->is_priced == right->is_priced && left->price_e8 == right->price_e8 &&
           left->candidate_e8 == right->candidate_e8 &&
           left->confidence_e8 == right->confidence_e8 && left->slow_e8 == right->slow_e8 &&
           left->publish_ns == right->publish_ns && left->age_ns == right->age_ns;
}
