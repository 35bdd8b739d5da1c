/* feed.c: random lives of price feeds and what the library says of them, as JSON lines. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/prng.h"
#include "market/feed.h"

// usage: feed <seed> <feeds>. A line {"feed": ...} begins a life; {"do": ...} lines follow it.

#define SECOND INT64_C(1000000000)
#define START INT64_C(1700000037123456789)

typedef struct life {
    pli_feed feed;
    plm_feed_parameters parameters;
    pli_prng prng;
    int64_t time_ns;
    int64_t base_e8;
    int64_t pace;
    uint64_t sequence;
    plm_price_report said;
} life;

static int64_t
range(life *l, int64_t low, int64_t high) {
    return pli_prng_range_i64(&l->prng, low, high);
}

static void
begin(life *l) {
    plm_underlying underlying = {.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1};
    plm_record_init(&plm_feed_descriptor, &l->parameters);
    plm_feed_parameters *p = &l->parameters;
    l->base_e8 = range(l, 100, INT64_C(1) << range(l, 10, 51));
    if (range(l, 0, 3) == 0) {
        underlying.domain = PLM_PRICE_DOMAIN_ANY;
        underlying.reference_e8 = l->base_e8;
        p->price_low_e8 = -2 * l->base_e8;
    }
    uint32_t count = (uint32_t)range(l, 1, 7);
    plm_feed_source sources[PLI_FEED_SOURCES_MAX];
    for (uint32_t i = 0; i < count; i += 1) {
        sources[i] = (plm_feed_source){.source_id = i,
                                       .weight = (uint32_t)range(l, 1, range(l, 1, 1000)),
                                       .clamp_low_e8 = -PLM_PRICE_E8_MAX,
                                       .clamp_high_e8 = 3 * l->base_e8,
                                       .public_key = {(uint8_t)i}};
    }
    sources[range(l, 0, count - 1)].is_own = (uint32_t)range(l, 0, 1);
    p->liars_max = range(l, 0, (count - 1) / 2);
    p->quorum = range(l, 2 * p->liars_max + 1, count);
    p->weight_cap_ppm = range(l, 100000, 1000000);
    p->own_weight_cap_ppm = range(l, 1000, 500000);
    p->band_ppm = range(l, 10000, 200000);
    p->deviation_ppm = range(l, 0, 30000);
    p->hold_max_ns = range(l, 0, 30) * SECOND;
    p->hold_confirm_ns = range(l, 0, p->hold_max_ns);
    p->slow_half_life_ns = range(l, 60 * SECOND, 1000 * SECOND);
    p->settle_ns = range(l, 0, 60) * SECOND;
    // Lives are brisk, or slow and long enough for a settlement price.
    l->pace = range(l, 0, 1) == 0 ? 1 : 6;
    p->age_strict_ns = range(l, SECOND, 30 * SECOND);
    p->age_loose_ns *= l->pace * l->pace;
    p->settlement_coverage_ppm = 500000;
    l->time_ns = START;
    l->said = (plm_price_report){.network_id = 1, .feed_id = 2};
    pli_feed_init(&l->feed, 1, 2, &underlying, (plm_time){START});
    if (pli_feed_configure(&l->feed, sources, count, NULL) != PLM_OK ||
        plm_record_check(&plm_feed_descriptor, p, NULL) != PLM_OK) {
        exit(3);
    }
    printf("{\"feed\":{\"time\":%" PRId64 ",\"domain\":%d,\"reference\":%" PRId64 ",\"sources\":[",
           START, (int)underlying.domain, underlying.reference_e8);
    for (uint32_t i = 0; i < count; i += 1) {
        printf("%s[%" PRIu32 ",%" PRIu32 ",%" PRId64 ",%" PRId64 "]", i == 0 ? "" : ",",
               sources[i].weight, sources[i].is_own, sources[i].clamp_low_e8,
               sources[i].clamp_high_e8);
    }
    printf("],\"parameters\":{");
    for (uint32_t i = 0; i < plm_feed_descriptor.field_count; i += 1) {
        printf("%s\"%s\":%" PRId64, i == 0 ? "" : ",", plm_feed_descriptor.fields[i].path,
               plm_record_get(&plm_feed_descriptor, p, i));
    }
    printf("}}}\n");
}

static plm_price_report
draw_report(life *l) {
    if (range(l, 0, 24) == 0) {
        return l->said;
    }
    int64_t level = l->base_e8;
    if (range(l, 0, 30) == 0) {
        // The market itself moves, sometimes far.
        l->base_e8 += l->base_e8 / 100 * range(l, -25, 25);
    }
    l->sequence += range(l, 0, 19) == 0 ? 0 : 1;
    plm_price_report r = {.network_id = 1,
                          .feed_id = 2,
                          .source_id = (uint32_t)range(l, 0, l->feed.source_count - 1),
                          .status = PLM_REPORT_STATUS_OPEN,
                          .sequence = l->sequence,
                          .publish_ns = l->time_ns - range(l, 0, SECOND),
                          .valid_from_ns = l->time_ns - SECOND,
                          .expires_ns = l->time_ns + range(l, 1, 200 * SECOND),
                          .price_e8 = level + range(l, -level / 100, level / 100),
                          .confidence_e8 = range(l, 0, level / 100)};
    switch (range(l, 0, 24)) {
    case 0:
        r.price_e8 = pli_prng_edge_i64(&l->prng, INT64_MIN, INT64_MAX);
        break;
    case 1:
        r.price_e8 = -r.price_e8 / 2;
        break;
    case 2:
        r.publish_ns += range(l, -70 * SECOND, 3 * SECOND);
        break;
    case 3:
        r.confidence_e8 = level / 10 * range(l, -1, 2);
        break;
    case 4:
        r.status = (uint32_t)range(l, 0, 3);
        break;
    case 5:
        r.price_e8 = 3 * level;
        break;
    case 6:
        r.sequence -= r.sequence > 3 ? 3 : 0;
        break;
    default:
        break;
    }
    return r;
}

static void
answer(const life *l) {
    pli_price_view v = pli_feed_view(&l->feed);
    printf("\"view\":[%d,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%d,%d,%d,%" PRId64 ",%" PRId64
           ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]",
           (int)v.state, v.fresh_count, v.contributors, v.flagged, v.is_settled, v.is_strict,
           v.is_priced, v.price_e8, v.candidate_e8, v.confidence_e8, v.slow_e8, v.publish_ns,
           v.age_ns);
    int64_t coverage = 0;
    int64_t price = 0;
    plm_status status = pli_feed_settlement(&l->feed, &l->parameters, &coverage, &price);
    printf(",\"settlement\":[%d,%" PRId64 ",%" PRId64 "]}\n", status == PLM_OK, coverage, price);
}

static void
step(life *l) {
    static const int64_t pauses[] = {0, 0, 0, SECOND / 4, SECOND, 2 * SECOND, 7 * SECOND};
    int64_t pause = pauses[range(l, 0, 6)] * l->pace;
    if (range(l, 0, 200) == 0) {
        pause = range(l, 1, 40 * 60) * SECOND + 1;
    }
    l->time_ns += pause;
    plm_time now = {l->time_ns};
    int64_t choice = range(l, 0, 99);
    if (choice == 0) {
        pli_feed_restart(&l->feed, &l->parameters, now);
        printf("{\"do\":\"restart\",\"time\":%" PRId64 ",", now.ns);
    } else if (choice < 10) {
        pli_feed_advance(&l->feed, &l->parameters, now);
        printf("{\"do\":\"advance\",\"time\":%" PRId64 ",", now.ns);
    } else {
        plm_price_report r = draw_report(l);
        l->said = r;
        plm_report_outcome outcome = pli_feed_report(&l->feed, &l->parameters, &r, now);
        printf("{\"do\":\"report\",\"time\":%" PRId64 ",\"report\":[%" PRIu32 ",%" PRIu32
               ",%" PRIu64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
               "],\"outcome\":%d,",
               now.ns, r.source_id, r.status, r.sequence, r.publish_ns, r.valid_from_ns,
               r.expires_ns, r.price_e8, r.confidence_e8, (int)outcome);
    }
    answer(l);
}

int
main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: feed <seed> <feeds>\n");
        return 2;
    }
    life l = {.prng = pli_prng_init(strtoull(argv[1], NULL, 10))};
    long feeds = strtol(argv[2], NULL, 10);
    for (long i = 0; i < feeds; i += 1) {
        begin(&l);
        for (int j = 0; j < 400; j += 1) {
            step(&l);
        }
    }
    return 0;
}
