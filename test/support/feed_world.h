/* feed_world.h: a feed of equal sources for tests, with a clock.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_FEED_WORLD_H
#define TS_FEED_WORLD_H

#include "market/feed.h"

#define TS_SECOND INT64_C(1000000000)
#define TS_MINUTE (60 * TS_SECOND)
#define TS_FEED_START INT64_C(1700000040000000000) /* a whole minute */
#define TS_E8 INT64_C(100000000)
#define TS_NETWORK 7u
#define TS_FEED 3u

typedef struct ts_feed {
    pli_feed feed;
    plm_feed_parameters parameters;
    plm_underlying underlying;
    uint64_t sequence; /* of the last report, for all sources */
    int64_t time_ns;
} ts_feed;

/* ts_feed_init - `source_count` sources of weight 1 with ids 100, 101, ...; shipped parameters. */
void ts_feed_init(ts_feed *w, uint32_t source_count);

/* ts_feed_source - the table entry that ts_feed_init gives to source `index`. */
plm_feed_source ts_feed_source(uint32_t index);

/* ts_feed_text - a report of source `index`, published now, valid for ten minutes, confidence 0. */
plm_price_report ts_feed_text(ts_feed *w, uint32_t index, int64_t price_e8);

/* ts_feed_say - make it and report it. */
plm_report_outcome ts_feed_say(ts_feed *w, uint32_t index, int64_t price_e8);

/* ts_feed_say_all - the same price from every source. */
void ts_feed_say_all(ts_feed *w, int64_t price_e8);

/* ts_feed_wait - let time pass. */
pli_price_view ts_feed_wait(ts_feed *w, int64_t duration_ns);

/* ts_feed_keep - say one price from every source each second for so long. */
pli_price_view ts_feed_keep(ts_feed *w, int64_t price_e8, int64_t duration_ns);

/* ts_feed_is_same_view - field by field. */
bool ts_feed_is_same_view(const pli_price_view *left, const pli_price_view *right);

#endif
