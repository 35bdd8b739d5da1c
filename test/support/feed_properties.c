/* feed_properties.c: random feeds with liars, in every order and pace.                SPDX-License-Identifier: Apache-2.0 */
#include "support/feed_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "market/feed_index.h"
#include "support/feed_world.h"

#define fail_case(...)                                                                             \
    do {                                                                                           \
        fprintf(stderr, "seed %llu, case %u: ", (unsigned long long)seed, at);                     \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fprintf(stderr, "\n");                                                                     \
        fail();                                                                                    \
    } while (0)

static uint32_t
below(pli_prng *prng, uint32_t n) {
    return (uint32_t)pli_prng_below(prng, n);
}

// Random sources, weights, own book and governed numbers, all inside their rules.
static void
draw_feed(ts_feed *w, pli_prng *prng) {
    uint32_t count = 1 + below(prng, PLI_FEED_SOURCES_MAX);
    ts_feed_init(w, count);
    plm_feed_source sources[PLI_FEED_SOURCES_MAX];
    bool is_equal = below(prng, 2) == 0;
    for (uint32_t i = 0; i < count; i += 1) {
        sources[i] = ts_feed_source(i);
        sources[i].weight = is_equal ? 1 : 1 + below(prng, PLM_SOURCE_WEIGHT_MAX);
    }
    sources[below(prng, count)].is_own = below(prng, 2);
    assert_int_equal(pli_feed_configure(&w->feed, sources, count, NULL), PLM_OK);
    plm_feed_parameters *p = &w->parameters;
    p->liars_max = below(prng, 1 + (count - 1) / 2);
    p->quorum = pli_prng_range_i64(prng, 2 * p->liars_max + 1, PLI_FEED_SOURCES_MAX);
    if (p->quorum > (int64_t)count && below(prng, 4) != 0) {
        p->quorum = 2 * p->liars_max + 1;
    }
    p->weight_cap_ppm = pli_prng_range_i64(prng, 50000, 1000000);
    p->band_ppm = pli_prng_range_i64(prng, 30000, 1000000);
    p->deviation_ppm = pli_prng_range_i64(prng, 0, 50000);
    p->hold_max_ns = pli_prng_range_i64(prng, 0, 30 * TS_SECOND);
    p->hold_confirm_ns = pli_prng_range_i64(prng, 0, p->hold_max_ns);
    p->slow_half_life_ns = pli_prng_range_i64(prng, TS_MINUTE, 60 * TS_MINUTE);
    p->settle_ns = pli_prng_range_i64(prng, 0, TS_MINUTE);
    p->age_strict_ns = pli_prng_range_i64(prng, TS_SECOND, p->age_loose_ns);
    assert_int_equal(plm_record_check(&plm_feed_descriptor, p, NULL), PLM_OK);
}

static int64_t
draw_base(pli_prng *prng) {
    static const int64_t bases[] = {1000, 86000, TS_E8, 65000 * TS_E8, PLM_PRICE_E8_MAX / 2};
    return bases[below(prng, 5)];
}

static int64_t
near(pli_prng *prng, int64_t base) {
    return base + pli_prng_range_i64(prng, -base / 100, base / 100);
}

// --- Liars -----------------------------------------------------------------------------------------------------------

static plm_price_report
lie(ts_feed *w, pli_prng *prng, uint32_t index, int64_t base) {
    plm_price_report r = ts_feed_text(w, index, near(prng, base));
    const int64_t wild[] = {0,
                            1,
                            PLM_PRICE_E8_MAX,
                            PLM_PRICE_E8_MAX - 1,
                            INT64_MAX,
                            INT64_MIN,
                            -base,
                            base > PLM_PRICE_E8_MAX / 1000 ? PLM_PRICE_E8_MAX - 2 : base * 1000,
                            base / 1000,
                            pli_prng_edge_i64(prng, INT64_MIN, INT64_MAX),
                            pli_prng_range_i64(prng, 1, PLM_PRICE_E8_MAX - 1)};
    switch (below(prng, 8)) {
    case 0:
        r.publish_ns -= pli_prng_range_i64(prng, 0, 2 * w->parameters.age_loose_ns);
        break;
    case 1:
        r.expires_ns = r.valid_from_ns + pli_prng_range_i64(prng, -1, 1);
        break;
    case 2:
        r.publish_ns += pli_prng_range_i64(prng, 0, 2 * w->parameters.future_max_ns);
        break;
    case 3:
        r.status = below(prng, 4);
        break;
    case 4:
        r.confidence_e8 = pli_prng_edge_i64(prng, INT64_MIN, INT64_MAX);
        break;
    default:
        break;
    }
    if (below(prng, 3) != 0) {
        r.price_e8 = wild[below(prng, sizeof wild / sizeof wild[0])];
    }
    return r;
}

typedef struct range {
    int64_t low, high;         // prices of the honest
    int64_t confidence_high;   // their largest own uncertainty
    uint32_t honest, accepted; // bits of slots
} range;

// Everybody speaks once, in slot order; bit i of `liars` says that source i lies. What was accepted is told.
static range
speak(ts_feed *w, pli_prng *prng, int64_t base, uint32_t liars) {
    range told = {.low = INT64_MAX, .high = INT64_MIN};
    for (uint32_t i = 0; i < w->feed.source_count; i += 1) {
        if (below(prng, 8) == 0) {
            continue; // says nothing
        }
        bool is_liar = (liars >> i & 1) != 0;
        plm_price_report r = is_liar ? lie(w, prng, i, base) : ts_feed_text(w, i, near(prng, base));
        if (!is_liar) {
            r.confidence_e8 = pli_prng_range_i64(prng, 0, base / 200);
        }
        plm_time now = {w->time_ns};
        plm_report_outcome outcome = pli_feed_report(&w->feed, &w->parameters, &r, now);
        if (is_liar && below(prng, 4) == 0) {
            r.price_e8 ^= 1; // the same sequence with another price
            (void)pli_feed_report(&w->feed, &w->parameters, &r, now);
            outcome = PLM_REPORT_EQUIVOCATED;
        }
        if (outcome == PLM_REPORT_ACCEPTED) {
            told.accepted |= UINT32_C(1) << i;
        }
        if (!is_liar) {
            assert_int_equal(outcome, PLM_REPORT_ACCEPTED);
            told.honest |= UINT32_C(1) << i;
            told.low = r.price_e8 < told.low ? r.price_e8 : told.low;
            told.high = r.price_e8 > told.high ? r.price_e8 : told.high;
            told.confidence_high =
                r.confidence_e8 > told.confidence_high ? r.confidence_e8 : told.confidence_high;
        }
    }
    return told;
}

static uint32_t
count_bits(uint32_t bits) {
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        count += 1;
    }
    return count;
}

void
ts_feed_liars(uint64_t seed, uint32_t count) {
    pli_prng prng = pli_prng_init(seed);
    uint32_t decided = 0;
    for (uint32_t at = 0; at < count; at += 1) {
        ts_feed w;
        draw_feed(&w, &prng);
        int64_t base = draw_base(&prng);
        uint32_t liars = below(&prng, 1u << w.feed.source_count);
        if (below(&prng, 2) == 0) {
            liars &= below(&prng, 1u << w.feed.source_count);
        }
        // An earlier price, from everybody, that has left the set by the time the case is played.
        ts_feed_say_all(&w, base);
        pli_price_view before = ts_feed_wait(&w, w.parameters.age_loose_ns + 1);
        range told = speak(&w, &prng, base, liars);
        pli_price_view view = pli_feed_view(&w.feed);
        uint32_t lying = count_bits(view.contributors & ~told.honest);
        if ((view.contributors & ~told.accepted) != 0) {
            fail_case("a report that was not accepted is in the index");
        }
        if ((int64_t)count_bits(told.accepted) < w.parameters.quorum &&
            (view.state == PLM_PRICE_STATE_VALID || view.price_e8 != before.price_e8)) {
            fail_case("%u of %lld sources made a price", count_bits(told.accepted),
                      (long long)w.parameters.quorum);
        }
        if (view.state != PLM_PRICE_STATE_VALID && view.price_e8 != before.price_e8) {
            fail_case("the last valid price moved while %s", plm_price_state_name(view.state));
        }
        if (view.contributors == 0 || (int64_t)lying > w.parameters.liars_max) {
            continue;
        }
        decided += 1;
        if (view.candidate_e8 < told.low || view.candidate_e8 > told.high) {
            fail_case("index %lld outside %lld to %lld", (long long)view.candidate_e8,
                      (long long)told.low, (long long)told.high);
        }
        int64_t widen = view.candidate_e8 / 1000000 * w.parameters.deviation_widen_ppm +
                        w.parameters.deviation_widen_ppm + 1;
        if (view.confidence_e8 > told.high - told.low + told.confidence_high + widen &&
            view.state == PLM_PRICE_STATE_VALID) {
            fail_case("confidence %lld is wider than the honest make it",
                      (long long)view.confidence_e8);
        }
    }
    // The rule was put to the test, not only its exceptions.
    assert_true(decided > count / 8);
}

// --- Orders and paces ------------------------------------------------------------------------------------------------

enum { TICKS = 12, SCRIPT_MAX = 40 };

// One tick of a random life: some sources speak, near or far, some lie, some repeat what they said.
static uint32_t
draw_tick(ts_feed *w, pli_prng *prng, int64_t base, plm_price_report *script) {
    uint32_t count = 0;
    bool is_jump = below(prng, 4) == 0;
    int64_t level = is_jump ? base + base / 100 * pli_prng_range_i64(prng, -40, 40) : base;
    for (uint32_t i = 0; i < w->feed.source_count; i += 1) {
        if (below(prng, 4) == 0) {
            continue;
        }
        script[count] =
            below(prng, 10) == 0 ? lie(w, prng, i, base) : ts_feed_text(w, i, near(prng, level));
        count += 1;
        if (below(prng, 10) == 0) {
            script[count] = script[count - 1];
            script[count].price_e8 = near(prng, base);
            script[count].sequence -= below(prng, 2);
            count += 1;
        }
    }
    return count;
}

static int64_t
draw_pause(pli_prng *prng) {
    static const int64_t pauses[] = {0,
                                     1,
                                     500000000,
                                     TS_SECOND,
                                     3 * TS_SECOND,
                                     5 * TS_SECOND,
                                     11 * TS_SECOND,
                                     31 * TS_SECOND,
                                     61 * TS_SECOND,
                                     40 * TS_MINUTE};
    return pauses[below(prng, 10)];
}

static void
shuffle(pli_prng *prng, plm_price_report *script, uint32_t count) {
    for (uint32_t i = count; i > 1; i -= 1) {
        uint32_t other = below(prng, i);
        plm_price_report moved = script[i - 1];
        script[i - 1] = script[other];
        script[other] = moved;
    }
}

// Report them all. What was early would be in time later, so it is left out of what can be repeated.
static uint32_t
hear(ts_feed *w, const plm_price_report *script, uint32_t size, plm_price_report *heard) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < size; i += 1) {
        plm_time now = {w->time_ns};
        if (pli_feed_report(&w->feed, &w->parameters, &script[i], now) != PLM_REPORT_FUTURE) {
            heard[count] = script[i];
            count += 1;
        }
    }
    return count;
}

void
ts_feed_orders(uint64_t seed, uint32_t count) {
    pli_prng prng = pli_prng_init(seed);
    for (uint32_t at = 0; at < count; at += 1) {
        ts_feed w;
        draw_feed(&w, &prng);
        ts_feed twin = w;
        int64_t base = draw_base(&prng);
        plm_price_report old[SCRIPT_MAX];
        uint32_t old_count = 0;
        for (uint32_t tick = 0; tick < TICKS; tick += 1) {
            w.time_ns += 1 + draw_pause(&prng);
            plm_time now = {w.time_ns};
            plm_price_report script[SCRIPT_MAX];
            uint32_t size = draw_tick(&w, &prng, base, script);
            plm_price_report heard[SCRIPT_MAX];
            uint32_t heard_count = hear(&w, script, size, heard);
            pli_feed_advance(&w.feed, &w.parameters, now);
            // The twin hears them in another order, twice, and those of the last tick once more.
            shuffle(&prng, script, size);
            for (uint32_t i = 0; i < size; i += 1) {
                (void)pli_feed_report(&twin.feed, &twin.parameters, &script[i], now);
            }
            for (uint32_t i = 0; i < old_count; i += 1) {
                (void)pli_feed_report(&twin.feed, &twin.parameters, &old[i], now);
            }
            shuffle(&prng, script, size);
            for (uint32_t i = 0; i < size; i += 1) {
                (void)pli_feed_report(&twin.feed, &twin.parameters, &script[i], now);
            }
            pli_feed_advance(&twin.feed, &twin.parameters, now);
            pli_price_view left = pli_feed_view(&w.feed);
            pli_price_view right = pli_feed_view(&twin.feed);
            if (!ts_feed_is_same_view(&left, &right) ||
                memcmp(&w.feed.now, &twin.feed.now, sizeof w.feed.now) != 0) {
                fail_case("tick %u depends on the order of its reports", tick);
            }
            memcpy(old, heard, sizeof heard);
            old_count = heard_count;
        }
    }
}

void
ts_feed_splits(uint64_t seed, uint32_t count) {
    pli_prng prng = pli_prng_init(seed);
    for (uint32_t at = 0; at < count; at += 1) {
        ts_feed w;
        draw_feed(&w, &prng);
        ts_feed twin = w;
        int64_t base = draw_base(&prng);
        for (uint32_t tick = 0; tick < TICKS; tick += 1) {
            plm_price_report script[SCRIPT_MAX];
            uint32_t size = draw_tick(&w, &prng, base, script);
            plm_time now = {w.time_ns};
            for (uint32_t i = 0; i < size; i += 1) {
                (void)pli_feed_report(&w.feed, &w.parameters, &script[i], now);
                (void)pli_feed_report(&twin.feed, &twin.parameters, &script[i], now);
            }
            int64_t end = w.time_ns + draw_pause(&prng);
            (void)ts_feed_wait(&w, end - w.time_ns);
            while (twin.time_ns < end) {
                int64_t step = 1 + (int64_t)below(&prng, 8) * (end - twin.time_ns) / 7;
                step = step > end - twin.time_ns ? end - twin.time_ns : step;
                (void)ts_feed_wait(&twin, step);
            }
            uint8_t left[PLI_FEED_ENCODED_SIZE];
            uint8_t right[PLI_FEED_ENCODED_SIZE];
            pli_feed_encode(&w.feed, left);
            pli_feed_encode(&twin.feed, right);
            if (memcmp(left, right, sizeof left) != 0) {
                fail_case("tick %u depends on how often time is looked at", tick);
            }
            // The twin goes on from its own bytes.
            if (pli_feed_decode(right, &twin.feed, NULL) != PLM_OK ||
                memcmp(&twin.feed, &w.feed, sizeof w.feed) != 0) {
                fail_case("tick %u does not come back from its bytes", tick);
            }
        }
    }
}

// --- Monotone --------------------------------------------------------------------------------------------------------

void
ts_feed_monotone(uint64_t seed, uint32_t count) {
    pli_prng prng = pli_prng_init(seed);
    for (uint32_t at = 0; at < count; at += 1) {
        ts_feed w;
        draw_feed(&w, &prng);
        w.parameters.quorum = 2 * w.parameters.liars_max + 1;
        int64_t base = draw_base(&prng);
        (void)ts_feed_wait(&w, TS_SECOND);
        uint32_t members = (UINT32_C(1) << w.feed.source_count) - 1;
        for (uint32_t i = 0; i < w.feed.source_count; i += 1) {
            plm_price_report r = ts_feed_text(&w, i, near(&prng, base));
            r.confidence_e8 = pli_prng_range_i64(&prng, 0, base / 40);
            r.publish_ns -= pli_prng_range_i64(&prng, 0, TS_SECOND);
            (void)pli_feed_report(&w.feed, &w.parameters, &r, (plm_time){w.time_ns});
        }
        pli_feed_index before;
        pli_feed_index after;
        if (!pli_feed_index_take(&w.feed, &w.parameters, members, &before)) {
            continue;
        }
        pli_feed_slot *slot = &w.feed.slots[below(&prng, w.feed.source_count)];
        slot->confidence_e8 += pli_prng_range_i64(&prng, 0, base / 40);
        slot->publish_ns -= pli_prng_range_i64(&prng, 0, TS_SECOND);
        assert_true(pli_feed_index_take(&w.feed, &w.parameters, members, &after));
        if (after.confidence_e8 < before.confidence_e8 || after.publish_ns > before.publish_ns ||
            after.price_e8 != before.price_e8) {
            fail_case("a wider or older report made the price look better");
        }
    }
}
