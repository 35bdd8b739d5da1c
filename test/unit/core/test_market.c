/* test_market.c: prices, sources, marks, surfaces and closes as events bring them.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "plimsoll/feed.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

static void
start(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
}

static const plm_price_record *
price(const ts_core *world, uint32_t underlying) {
    return &plm_core_market(world->core).underlyings[underlying].price;
}

static plm_reject
source(ts_core *world, uint32_t index, int64_t weight) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body.underlying_index = TS_C_U_ETH;
    event->source_body.source_index = index;
    event->source_body.weight = weight;
    event->source_body.public_key[0] = (uint8_t)(index + 1);
    return ts_core_apply(world);
}

// Returns what the pipeline said, or 0 where the event was refused.
static plm_report_outcome
report(ts_core *world, uint32_t index, int64_t price_e8, uint32_t network) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_PRICE_REPORT, PLM_NONE);
    plm_event_price_report *body = &event->price_report_body;
    body->underlying_index = TS_C_U_ETH;
    body->source_index = index;
    body->report_sequence = (uint64_t)world->time_ns;
    body->publish_ns = world->time_ns;
    body->valid_from_ns = world->time_ns;
    body->expires_ns = world->time_ns + 60 * SECOND;
    body->price_e8 = price_e8;
    body->status = PLM_REPORT_STATUS_OPEN;
    body->network = network;
    if (ts_core_apply(world) != PLM_REJECT_NONE) {
        return 0;
    }
    // Behind what the time that passed has changed.
    uint32_t at = 0;
    while (at < world->outcome.effect_count && world->entries[at].kind != PLM_EFFECT_REPORT) {
        at += 1;
    }
    assert_true(at < world->outcome.effect_count);
    return (plm_report_outcome)world->entries[at].a.low;
}

static void
quorum_of_sources_takes_the_price_over(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(source(&w, 0, 0), PLM_REJECT_SOURCE_UNKNOWN);
    assert_int_equal(source(&w, 0, 1001), PLM_REJECT_VALUE);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(source(&w, i, 1), PLM_REJECT_NONE);
    }
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_INVALID);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_HAS_SOURCES);
    assert_int_equal(report(&w, 7, 4000 * E8, 7), 0);
    assert_int_equal(w.outcome.reject, PLM_REJECT_SOURCE_UNKNOWN);
    // Another deployment's report is part of the record, and of nothing else.
    assert_int_equal(report(&w, 0, 4000 * E8, 8), PLM_REPORT_WRONG_NETWORK);
    assert_int_equal(report(&w, 0, 4001 * E8, 7), PLM_REPORT_ACCEPTED);
    assert_int_equal(report(&w, 1, 4000 * E8, 7), PLM_REPORT_ACCEPTED);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_INVALID);
    assert_int_equal(report(&w, 2, 4002 * E8, 7), PLM_REPORT_ACCEPTED);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_VALID);
    assert_int_equal(price(&w, TS_C_U_ETH)->price_e8, 4001 * E8);
    ts_core_finish(&w);
}

static void
price_of_sources_ages_with_events_and_needs_its_settle_window(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, 4, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(source(&w, i, 1), PLM_REJECT_NONE);
    }
    for (int round = 0; round < 8; round += 1) {
        for (uint32_t i = 0; i < 3; i += 1) {
            assert_int_equal(report(&w, i, 4000 * E8, 7), PLM_REPORT_ACCEPTED);
        }
        // A minute of VALID prices before anybody trades.
        assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8),
                         round < 7 ? PLM_REJECT_PRICE_STATE : PLM_REJECT_NONE);
        w.time_ns += 9 * SECOND;
    }
    // Nobody reports: strict age passes at 10 s, the loose one at 60 s.
    w.time_ns += 2 * SECOND;
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_PRICE_STATE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, -1, 4000 * E8), PLM_REJECT_NONE);
    w.time_ns += 60 * SECOND;
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_STALE);
    assert_int_equal(w.entries[0].kind, PLM_EFFECT_PRICE);
    ts_core_finish(&w);
}

// VALID is not enough to close anybody: a minute of such prices is.
static void
nobody_is_liquidated_before_a_price_has_settled(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, 4, TS_C_USD, 1000000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_ETH_PERP, 1500, 4000 * E8), PLM_REJECT_NONE);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(source(&w, i, 1), PLM_REJECT_NONE);
    }
    for (int round = 0; round < 8; round += 1) {
        for (uint32_t i = 0; i < 3; i += 1) {
            assert_int_equal(report(&w, i, 3500 * E8, 7), PLM_REPORT_ACCEPTED);
        }
        assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_VALID);
        assert_int_equal(ts_core_mark(&w, TS_C_ETH_PERP, 3500 * E8), PLM_REJECT_NONE);
        ts_core_write(&w, PLM_EVENT_TYPE_ASSESS, 0);
        assert_int_equal(ts_core_apply(&w), round < 7 ? PLM_REJECT_PRICE_STATE : PLM_REJECT_NONE);
        plm_account_info info;
        assert_int_equal(plm_core_account(w.core, 0, &info), PLM_OK);
        assert_int_equal(info.standing.stage >= PLM_STAGE_PARTIAL, round == 7);
        w.time_ns += 9 * SECOND;
    }
    ts_core_finish(&w);
}

static void
source_has_clamps_and_one_may_be_our_own_book(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(source(&w, i, 1), PLM_REJECT_NONE);
    }
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body = (plm_event_source){.underlying_index = TS_C_U_ETH,
                                            .source_index = 2,
                                            .weight = 1,
                                            .public_key = {3},
                                            .clamp_low_e8 = 100 * E8,
                                            .clamp_high_e8 = 5000 * E8,
                                            .is_own = 1};
    plm_event_source body = event->source_body;
    ts_core_must(&w);
    plm_feed_source seen;
    assert_int_equal(plm_core_source(w.core, TS_C_U_ETH, 2, &seen), PLM_OK);
    assert_int_equal(seen.is_own, 1);
    assert_int_equal(seen.clamp_high_e8, 5000 * E8);
    assert_int_equal(plm_core_source(w.core, TS_C_U_ETH, 1, &seen), PLM_OK);
    assert_int_equal(seen.clamp_high_e8, PLM_PRICE_E8_MAX);
    // LUNA, May 2022: what stands at the source's own bound is not what the market pays.
    assert_int_equal(report(&w, 2, 100 * E8, 7), PLM_REPORT_CLAMPED);
    w.time_ns += 1;
    assert_int_equal(report(&w, 2, 101 * E8, 7), PLM_REPORT_ACCEPTED);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body = body;
    event->source_body.clamp_low_e8 = 5000 * E8;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    // A second own book is refused.
    event = ts_core_write(&w, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body = body;
    event->source_body.source_index = 3;
    event->source_body.public_key[0] = 4;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

static plm_reject
anchor(ts_core *world, uint32_t base, int64_t ratio_e8) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ANCHOR, PLM_NONE);
    event->anchor_body = (plm_event_anchor){.underlying_index = TS_C_U_ETH,
                                            .is_present = 1,
                                            .base_underlying_index = base,
                                            .ratio_underlying_index = PLM_NONE,
                                            .ratio_e8 = ratio_e8};
    return ts_core_apply(world);
}

// ETH stands in for a wrapped coin worth a twenty-fifth of a bitcoin: 4,000 at 100,000.
static void
anchored_price_follows_its_base_and_is_held_when_they_part(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 3980 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(anchor(&w, TS_C_U_ETH, E8), PLM_REJECT_VALUE);
    assert_int_equal(anchor(&w, 9, E8), PLM_REJECT_UNDERLYING_UNKNOWN);
    assert_int_equal(anchor(&w, TS_C_U_BTC, 0), PLM_REJECT_VALUE);
    assert_int_equal(anchor(&w, TS_C_U_BTC, E8 / 25), PLM_REJECT_NONE);
    // 0.5 % apart: the market's price, less certain by the distance.
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_VALID);
    assert_int_equal(price(&w, TS_C_U_ETH)->price_e8, 3980 * E8);
    assert_int_equal(price(&w, TS_C_U_ETH)->confidence_e8, 20 * E8);
    // The base moves 5 %: the two are apart at once, without a word about ETH itself.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 105000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_HELD);
    assert_int_equal(price(&w, TS_C_U_ETH)->price_e8, 4200 * E8);
    // After an hour the market alone decides.
    w.time_ns += 3600 * SECOND;
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_VALID);
    assert_int_equal(price(&w, TS_C_U_ETH)->price_e8, 3980 * E8);
    // Without a base there is no price; without the anchor the market's is back.
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 105000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_STALE);
    ts_core_write(&w, PLM_EVENT_TYPE_ANCHOR, PLM_NONE)->anchor_body.underlying_index = TS_C_U_ETH;
    ts_core_must(&w);
    assert_int_equal(price(&w, TS_C_U_ETH)->state, PLM_PRICE_STATE_VALID);
    ts_core_write(&w, PLM_EVENT_TYPE_ANCHOR, PLM_NONE)->anchor_body.underlying_index = TS_C_U_ETH;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

// 4,000, in the last ten minutes before the expiry 4,150, which is inside the band: (20 * 4,000 + 10 * 4,150) / 30 = 4,050.
// What happens after the expiry changes nothing.
static void
expiry_settles_at_the_average_of_its_feed(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
    plm_event_instrument *terms = &event->instrument_body;
    memcpy(terms->name, "ETH-HOUR", 8);
    terms->instrument_index = TS_C_INSTRUMENTS;
    terms->kind = PLM_KIND_FUTURE;
    terms->settlement = PLM_SETTLEMENT_LINEAR;
    terms->underlying_index = TS_C_U_ETH;
    terms->settlement_asset_index = TS_C_USD;
    terms->lot_e8 = E8;
    int64_t expiry_ns = (w.time_ns / (60 * SECOND) + 60) * 60 * SECOND;
    terms->expiry_ns = expiry_ns;
    ts_core_must(&w);
    int64_t seen = 0;
    assert_int_equal(plm_core_settlement_price(w.core, 99, &seen), PLM_INDEX_UNKNOWN);
    assert_int_equal(plm_core_settlement_price(w.core, TS_C_INSTRUMENTS, &seen), PLM_EXPIRED);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(source(&w, i, 1), PLM_REJECT_NONE);
    }
    for (w.time_ns = expiry_ns - 31 * 60 * SECOND; w.time_ns < expiry_ns + 120 * SECOND;
         w.time_ns += 30 * SECOND) {
        bool is_late = w.time_ns >= expiry_ns - 600 * SECOND;
        for (uint32_t i = 0; i < 3; i += 1) {
            assert_int_equal(report(&w, i, (is_late ? 4150 : 4000) * E8, 7), PLM_REPORT_ACCEPTED);
        }
    }
    assert_int_equal(plm_core_settlement_price(w.core, TS_C_INSTRUMENTS, &seen), PLM_OK);
    assert_int_equal(seen, 4050 * E8);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = TS_C_INSTRUMENTS;
    event->settle_expiry_body.price_e8 = seen + 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PRICE);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = TS_C_INSTRUMENTS;
    event->settle_expiry_body.price_e8 = seen;
    ts_core_must(&w);
    assert_null(plm_core_check(w.core));
    ts_core_finish(&w);
}

// Sources that never had a quorum: nobody knows the average, and the operator may not make one up.
static void
expiry_waits_where_its_feed_knows_no_average(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body.underlying_index = TS_C_U_BTC;
    event->source_body.weight = 1;
    event->source_body.public_key[0] = 1;
    ts_core_must(&w);
    w.time_ns = TS_C_EXPIRY;
    event = ts_core_write(&w, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = TS_C_BTC_FUTURE;
    event->settle_expiry_body.price_e8 = 100000 * E8;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PRICE_STATE);
    assert_true(plm_reject_is_transient(w.outcome.reject));
    int64_t seen = 0;
    assert_int_equal(plm_core_settlement_price(w.core, TS_C_BTC_FUTURE, &seen), PLM_HISTORY_SHORT);
    // Funding is paid on a price as well.
    event = ts_core_write(&w, PLM_EVENT_TYPE_FUNDING, PLM_NONE);
    event->funding_body.instrument_index = TS_C_BTC_PERP;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_PRICE_STATE);
    // The source goes, the operator's word is all there is.
    event = ts_core_write(&w, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body.underlying_index = TS_C_U_BTC;
    ts_core_must(&w);
    assert_int_equal(plm_core_settlement_price(w.core, TS_C_BTC_FUTURE, &seen), PLM_PRICE_MISSING);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = TS_C_BTC_FUTURE;
    event->settle_expiry_body.price_e8 = 100000 * E8;
    ts_core_must(&w);
    ts_core_finish(&w);
}

static void
prices_and_marks_are_bounded(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(ts_core_price(&w, 9, E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_UNDERLYING_UNKNOWN);
    assert_int_equal(ts_core_price(&w, 0, 0, PLM_PRICE_STATE_VALID), PLM_REJECT_PRICE);
    assert_int_equal(ts_core_price(&w, 0, PLM_PRICE_E8_MAX + 1, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_PRICE);
    assert_int_equal(ts_core_price(&w, 0, E8, (plm_price_state)5), PLM_REJECT_VALUE);
    assert_int_equal(ts_core_mark(&w, 9, E8), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_PERP, 0), PLM_REJECT_PRICE);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_CALL, 0), PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_CALL, -1), PLM_REJECT_PRICE);
    ts_core_finish(&w);
}

static void
forecast_is_clamped_and_closes_go_forward(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_FORECAST, PLM_NONE);
    event->forecast_body.volatility_ppm = 1000;
    ts_core_must(&w);
    assert_int_equal(plm_core_market(w.core).underlyings[0].volatility_ppm, 200000);
    event->forecast_body.volatility_ppm = 90000000;
    ts_core_must(&w);
    assert_int_equal(plm_core_market(w.core).underlyings[0].volatility_ppm, 5000000);
    event->forecast_body.regime_ppm = 1000001;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    event = ts_core_write(&w, PLM_EVENT_TYPE_CLOSE, PLM_NONE);
    event->close_body.price = 1.5;
    event->close_body.day = -1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DAY);
    event->close_body.day = 5;
    ts_core_must(&w);
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DAY);
    // No day of the future, were it only tomorrow, and none before days are counted.
    event->close_body.day = w.time_ns / PLM_DAY_NS + 1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DAY);
    event->close_body.day = INT64_MAX;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_DAY);
    event->close_body.day = 6;
    event->close_body.price = -1.5;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    event = ts_core_write(&w, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE);
    event->liquidity_body.depth_micros = -1;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
    ts_core_finish(&w);
}

static void
liquidity_may_be_zero_but_not_below(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE);
    plm_event_liquidity *body = &event->liquidity_body;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_NONE);
    int64_t *const fields[] = {&body->depth_micros, &body->volume_micros,
                               &body->open_interest_micros};
    for (uint32_t i = 0; i < 3; i += 1) {
        *fields[i] = -1;
        assert_int_equal(ts_core_apply(&w), PLM_REJECT_VALUE);
        *fields[i] = 0;
    }
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static plm_reject
slice_of(ts_core *world, uint32_t underlying, int64_t expiry_ns, double volatility,
         pli_blake2b *hash) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SURFACE_SLICE, PLM_NONE);
    plm_event_surface_slice *body = &event->surface_slice_body;
    body->underlying_index = underlying;
    body->kind = PLM_SLICE_GRID;
    body->expiry_ns = expiry_ns;
    body->forward_e8 = 100000 * E8;
    body->node_count = 3;
    for (uint32_t i = 0; i < 3; i += 1) {
        body->strikes[i] = 90000 + 10000 * i;
        body->volatilities[i] = volatility;
    }
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size;
    assert_int_equal(plm_event_encode(event, bytes, sizeof bytes, &size), PLM_OK);
    pli_blake2b_update(hash, bytes + PLM_EVENT_HEADER_SIZE, size - PLM_EVENT_HEADER_SIZE);
    return ts_core_apply(world);
}

static plm_reject
slice(ts_core *world, int64_t expiry_ns, double volatility, pli_blake2b *hash) {
    return slice_of(world, TS_C_U_BTC, expiry_ns, volatility, hash);
}

static plm_reject
commit_of(ts_core *world, uint32_t underlying, uint32_t count, const pli_blake2b *hash) {
    pli_blake2b last = *hash;
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SURFACE_COMMIT, PLM_NONE);
    event->surface_commit_body.underlying_index = underlying;
    event->surface_commit_body.slice_count = count;
    pli_blake2b_final(&last, event->surface_commit_body.hash);
    return ts_core_apply(world);
}

static plm_reject
commit(ts_core *world, uint32_t count, const pli_blake2b *hash) {
    return commit_of(world, TS_C_U_BTC, count, hash);
}

// A surface of `count` daily expiries from `first_day` after TS_C_EXPIRY on, told apart by its volatility.
static void
put_surface(ts_core *world, uint32_t underlying, uint32_t first_day, uint32_t count,
            double volatility) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, 32);
    for (uint32_t i = 0; i < count; i += 1) {
        int64_t expiry_ns = TS_C_EXPIRY + (int64_t)(first_day + i) * PLM_DAY_NS;
        assert_int_equal(slice_of(world, underlying, expiry_ns, volatility, &hash),
                         PLM_REJECT_NONE);
    }
    assert_int_equal(commit_of(world, underlying, count, &hash), PLM_REJECT_NONE);
    assert_null(plm_core_check(world->core));
}

static void
assert_expiry(const ts_core *world, uint32_t at, uint32_t underlying, uint32_t day,
              double volatility) {
    plm_market market = plm_core_market(world->core);
    assert_true(at < market.expiry_count);
    assert_int_equal(market.expiries[at].underlying_index, underlying);
    assert_int_equal(market.expiries[at].expiry_ns, TS_C_EXPIRY + (int64_t)day * PLM_DAY_NS);
    assert_int_equal(market.expiries[at].slice.node_count, 3);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_true(market.expiries[at].slice.nodes[i].volatility == volatility);
    }
}

static void
surface_of_one_underlying_leaves_the_others_as_they_are(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    put_surface(&w, TS_C_U_ETH, 0, 1, 0.8);
    assert_expiry(&w, 0, TS_C_U_ETH, 0, 0.8);
    // Below it: the other one moves up, then down again.
    put_surface(&w, TS_C_U_BTC, 0, 2, 0.5);
    assert_int_equal(plm_core_market(w.core).expiry_count, 3);
    assert_expiry(&w, 0, TS_C_U_BTC, 0, 0.5);
    assert_expiry(&w, 1, TS_C_U_BTC, 1, 0.5);
    assert_expiry(&w, 2, TS_C_U_ETH, 0, 0.8);
    put_surface(&w, TS_C_U_BTC, 5, 1, 0.6);
    assert_int_equal(plm_core_market(w.core).expiry_count, 2);
    assert_expiry(&w, 0, TS_C_U_BTC, 5, 0.6);
    assert_expiry(&w, 1, TS_C_U_ETH, 0, 0.8);
    // Above it: the lower one stays.
    put_surface(&w, TS_C_U_ETH, 7, 2, 0.9);
    assert_int_equal(plm_core_market(w.core).expiry_count, 3);
    assert_expiry(&w, 0, TS_C_U_BTC, 5, 0.6);
    assert_expiry(&w, 1, TS_C_U_ETH, 7, 0.9);
    assert_expiry(&w, 2, TS_C_U_ETH, 8, 0.9);
    // One more of the lower one: two move up by one.
    put_surface(&w, TS_C_U_ETH, 7, 1, 0.7);
    put_surface(&w, TS_C_U_BTC, 6, 2, 0.4);
    assert_expiry(&w, 0, TS_C_U_BTC, 6, 0.4);
    assert_expiry(&w, 1, TS_C_U_BTC, 7, 0.4);
    assert_expiry(&w, 2, TS_C_U_ETH, 7, 0.7);
    ts_core_finish(&w);
}

static void
slice_may_have_as_many_strikes_as_an_event_holds(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_SURFACE_SLICE, PLM_NONE);
    plm_event_surface_slice *body = &event->surface_slice_body;
    body->underlying_index = TS_C_U_BTC;
    body->kind = PLM_SLICE_GRID;
    body->expiry_ns = TS_C_EXPIRY;
    body->forward_e8 = 100000 * E8;
    body->node_count = PLM_SLICE_NODES_MAX;
    for (uint32_t i = 0; i < PLM_SLICE_NODES_MAX; i += 1) {
        body->strikes[i] = 68000 + 1000 * i;
        body->volatilities[i] = 0.6;
    }
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

static void
surface_is_put_in_place_whole_or_not_at_all(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    pli_blake2b hash;
    pli_blake2b_init(&hash, 32);
    assert_int_equal(slice(&w, w.time_ns, 0.6, &hash), PLM_REJECT_VALUE);
    pli_blake2b_init(&hash, 32);
    assert_int_equal(slice(&w, TS_C_EXPIRY, 0.6, &hash), PLM_REJECT_NONE);
    pli_blake2b before = hash;
    assert_int_equal(slice(&w, TS_C_EXPIRY, 0.6, &hash), PLM_REJECT_VALUE);
    hash = before;
    assert_int_equal(commit(&w, 2, &hash), PLM_REJECT_COUNT);
    assert_int_equal(plm_core_market(w.core).expiry_count, 0);
    // Total variance may not fall with time.
    assert_int_equal(slice(&w, TS_C_EXPIRY + PLM_DAY_NS, 0.3, &hash), PLM_REJECT_NONE);
    assert_int_equal(commit(&w, 2, &before), PLM_REJECT_HASH);
    assert_int_equal(commit(&w, 2, &hash), PLM_REJECT_ARBITRAGE);
    assert_int_equal(commit(&w, 0, &hash), PLM_REJECT_NONE);
    pli_blake2b_init(&hash, 32);
    assert_int_equal(slice(&w, TS_C_EXPIRY, 0.6, &hash), PLM_REJECT_NONE);
    assert_int_equal(slice(&w, TS_C_EXPIRY + PLM_DAY_NS, 0.6, &hash), PLM_REJECT_NONE);
    assert_int_equal(slice(&w, TS_C_EXPIRY + 2 * PLM_DAY_NS, 0.6, &hash), PLM_REJECT_NONE);
    before = hash;
    assert_int_equal(slice(&w, TS_C_EXPIRY + 3 * PLM_DAY_NS, 0.6, &hash), PLM_REJECT_TABLE_FULL);
    assert_int_equal(commit(&w, 3, &before), PLM_REJECT_NONE);
    assert_int_equal(plm_core_market(w.core).expiry_count, 3);
    assert_int_equal(plm_core_market(w.core).expiries[2].expiry_ns, TS_C_EXPIRY + 2 * PLM_DAY_NS);
    ts_core_finish(&w);
}

static void
option_without_a_mark_of_the_venue_is_marked_from_its_surface(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event->mark_body.instrument_index = TS_C_BTC_CALL;
    ts_core_must(&w);
    assert_false(plm_core_market(w.core).marks[TS_C_BTC_CALL].is_present);
    pli_blake2b hash;
    pli_blake2b_init(&hash, 32);
    assert_int_equal(slice(&w, TS_C_EXPIRY, 0.6, &hash), PLM_REJECT_NONE);
    assert_int_equal(commit(&w, 1, &hash), PLM_REJECT_NONE);
    const plm_mark *mark = &plm_core_market(w.core).marks[TS_C_BTC_CALL];
    assert_true(mark->is_present);
    // At the money: 0.4 sigma sqrt(T) F = 0.4 * 0.6 * 0.2867 * 100,000, a little less.
    assert_true(mark->mark_e8 > 6800 * E8);
    assert_true(mark->mark_e8 < 6881 * E8);
    int64_t surface_e8 = mark->mark_e8;
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_CALL, 7000 * E8), PLM_REJECT_NONE);
    assert_int_equal(plm_core_market(w.core).marks[TS_C_BTC_CALL].mark_e8, 7000 * E8);
    event = ts_core_write(&w, PLM_EVENT_TYPE_MARK, PLM_NONE);
    event->mark_body.instrument_index = TS_C_BTC_CALL;
    ts_core_must(&w);
    assert_int_equal(plm_core_market(w.core).marks[TS_C_BTC_CALL].mark_e8, surface_e8);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorum_of_sources_takes_the_price_over),
        cmocka_unit_test(price_of_sources_ages_with_events_and_needs_its_settle_window),
        cmocka_unit_test(nobody_is_liquidated_before_a_price_has_settled),
        cmocka_unit_test(source_has_clamps_and_one_may_be_our_own_book),
        cmocka_unit_test(anchored_price_follows_its_base_and_is_held_when_they_part),
        cmocka_unit_test(expiry_settles_at_the_average_of_its_feed),
        cmocka_unit_test(expiry_waits_where_its_feed_knows_no_average),
        cmocka_unit_test(prices_and_marks_are_bounded),
        cmocka_unit_test(forecast_is_clamped_and_closes_go_forward),
        cmocka_unit_test(liquidity_may_be_zero_but_not_below),
        cmocka_unit_test(surface_of_one_underlying_leaves_the_others_as_they_are),
        cmocka_unit_test(slice_may_have_as_many_strikes_as_an_event_holds),
        cmocka_unit_test(surface_is_put_in_place_whole_or_not_at_all),
        cmocka_unit_test(option_without_a_mark_of_the_venue_is_marked_from_its_surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
