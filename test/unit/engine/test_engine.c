/* test_engine.c: what is submitted, committed and found again.                        SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/endian.h"
#include "crypto/signature.h"
#include "engine/manifest.h"
#include "market/feed_message.h"
#include "rig/disk.h"
#include "support/core_wild.h"

enum { EVENTS = 400, BYTES_MAX = EVENTS * 1024 };

/* A stream of encoded events and what the state machine alone makes of it. */
typedef struct stream {
    uint8_t *bytes;
    size_t ends[EVENTS]; /* of each event */
    plm_outcome outcomes[EVENTS];
    uint32_t count;
    uint8_t digest[32];
    plm_core_limits limits;
} stream;

static void
record(stream *events, ts_core *world) {
    size_t at = events->count == 0 ? 0 : events->ends[events->count - 1];
    size_t size = 0;
    assert_true(events->count < EVENTS);
    world->event.header.sequence = 0;
    assert_int_equal(plm_event_encode(&world->event, events->bytes + at, BYTES_MAX - at, &size),
                     PLM_OK);
    events->ends[events->count] = at + size;
    ts_core_apply(world);
    events->outcomes[events->count] = world->outcome;
    events->count += 1;
}

static bool
is_well_formed(const plm_event *event) {
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    plm_event decoded;
    size_t size = 0;
    return plm_event_encode(event, bytes, sizeof bytes, &size) == PLM_OK &&
           plm_event_decode(bytes, size, &decoded, &size, NULL) == PLM_OK;
}

/* Random events and what becomes of them. */
static void
make_stream(stream *events, uint64_t seed) {
    ts_core world;
    ts_wild wild;
    *events = (stream){.limits = ts_core_limits(), .bytes = malloc(BYTES_MAX)};
    ts_core_init(&world, &events->limits);
    ts_wild_init(&wild, seed);
    while (events->count < EVENTS) {
        ts_wild_next(&wild, &world);
        if (is_well_formed(&world.event)) {
            record(events, &world);
        }
    }
    plm_core_digest(world.core, events->digest);
    ts_core_finish(&world);
}

static plm_engine_options
options_of(const stream *events) {
    plm_engine_options options;
    plm_engine_options_init(&options);
    options.may_create = true;
    options.is_time_given = true;
    options.digest_interval = 64;
    options.segment_size = 5 << 20;
    options.limits = events->limits;
    return options;
}

/* Submit events from..to - 1 in batches of `batch`, committing each. */
static void
submit(plm_engine *engine, const stream *events, uint32_t from, uint32_t to, uint32_t batch) {
    plm_outcome outcomes[EVENTS];
    plm_fault fault;
    while (from < to) {
        uint32_t count = to - from < batch ? to - from : batch;
        size_t begin = from == 0 ? 0 : events->ends[from - 1];
        uint32_t taken = 0;
        plm_batch next = {events->bytes + begin, events->ends[from + count - 1] - begin, EVENTS,
                          outcomes};
        assert_int_equal(plm_engine_submit(engine, &next, &taken, &fault), PLM_OK);
        assert_int_equal(taken, count);
        for (uint32_t i = 0; i < count; i += 1) {
            assert_int_equal(outcomes[i].reject, events->outcomes[from + i].reject);
            assert_int_equal(outcomes[i].sequence, events->outcomes[from + i].sequence);
        }
        assert_int_equal(plm_engine_commit(engine, &fault), PLM_OK);
        from += count;
    }
}

static void
assert_digest(plm_engine *engine, const uint8_t digest[32]) {
    uint8_t seen[32];
    plm_core_digest(plm_engine_core(engine), seen);
    assert_memory_equal(seen, digest, 32);
}

static plm_engine *
open_on(const pli_disk *disk, const plm_engine_options *options) {
    plm_engine *engine = NULL;
    plm_fault fault = {0};
    plm_status status = pli_engine_open_on(disk, options, &engine, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return engine;
}

static void
batch_boundaries_and_restarts_change_nothing(void **state) {
    (void)state;
    static const uint32_t batches[] = {1, 7, 64, EVENTS};
    stream events;
    plm_fault fault;
    make_stream(&events, 1);
    plm_engine_options options = options_of(&events);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i += 1) {
        pli_rig_disk *memory = pli_rig_disk_open(i);
        pli_disk disk = pli_rig_disk_view(memory);
        plm_engine *engine = open_on(&disk, &options);
        submit(engine, &events, 0, EVENTS / 2, batches[i]);
        if (i % 2 == 0) {
            assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
        }
        submit(engine, &events, EVENTS / 2, EVENTS / 2 + 50, batches[i]);
        pli_engine_abandon(engine);
        pli_rig_disk_cut_power(memory);
        engine = open_on(&disk, &options);
        assert_int_equal(plm_engine_committed(engine), EVENTS / 2 + 50);
        assert_int_equal(plm_engine_replayed(engine), i % 2 == 0 ? 50 : EVENTS / 2 + 50);
        submit(engine, &events, EVENTS / 2 + 50, EVENTS, batches[i]);
        assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        options.is_verifying = true;
        engine = open_on(&disk, &options);
        options.is_verifying = false;
        assert_int_equal(plm_engine_replayed(engine), EVENTS);
        assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        pli_rig_disk_finish(memory);
    }
    free(events.bytes);
}

/* Submit everything in batches of 20 with a snapshot on the way; how far was it acknowledged? */
static uint64_t
run_until_failure(plm_engine *engine, const stream *events) {
    plm_fault fault;
    plm_status status = PLM_OK;
    for (uint32_t from = 0; from < EVENTS && status == PLM_OK; from += 20) {
        plm_outcome outcomes[20];
        uint32_t taken = 0;
        size_t begin = from == 0 ? 0 : events->ends[from - 1];
        plm_batch next = {events->bytes + begin, events->ends[from + 19] - begin, 20, outcomes};
        status = plm_engine_submit(engine, &next, &taken, &fault);
        status = status == PLM_OK ? plm_engine_commit(engine, &fault) : status;
        if (status == PLM_OK && from == 100) {
            // A snapshot may fail without ending the log.
            plm_status snapshot = plm_engine_snapshot(engine, &fault);
            status = snapshot == PLM_LOG_FAILED ? snapshot : status;
        }
    }
    uint64_t acknowledged = plm_engine_committed(engine);
    if (status == PLM_LOG_FAILED) {
        assert_int_equal(plm_engine_commit(engine, &fault), PLM_LOG_FAILED);
        assert_int_equal(plm_engine_committed(engine), acknowledged);
    }
    return acknowledged;
}

static void
every_failing_operation_loses_no_acknowledged_event(void **state) {
    (void)state;
    static const pli_rig_fault faults[] = {PLI_RIG_FAULT_ERROR, PLI_RIG_FAULT_FULL,
                                           PLI_RIG_FAULT_POWER};
    stream events;
    make_stream(&events, 2);
    plm_engine_options options = options_of(&events);
    uint32_t failures = 0;
    for (uint64_t n = 1; n <= 60; n += 1) {
        pli_rig_disk *memory = pli_rig_disk_open(n);
        pli_disk disk = pli_rig_disk_view(memory);
        plm_engine *engine = NULL;
        plm_fault fault;
        uint64_t acknowledged = 0;
        pli_rig_disk_fail(memory, faults[n % 3], n);
        if (pli_engine_open_on(&disk, &options, &engine, &fault) == PLM_OK) {
            acknowledged = run_until_failure(engine, &events);
            pli_engine_abandon(engine);
        }
        failures += pli_rig_disk_has_failed(memory);
        pli_rig_disk_cut_power(memory);
        pli_rig_disk_fail(memory, PLI_RIG_FAULT_NONE, 0);
        engine = open_on(&disk, &options);
        uint64_t found = plm_engine_committed(engine);
        assert_true(found >= acknowledged);
        assert_int_equal(found % 20, 0);
        submit(engine, &events, (uint32_t)found, EVENTS, 20);
        assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        pli_rig_disk_finish(memory);
    }
    assert_true(failures > 40);
    free(events.bytes);
}

static void
a_full_disk_refuses_the_batch_and_takes_it_when_there_is_space(void **state) {
    (void)state;
    stream events;
    make_stream(&events, 3);
    plm_engine_options options = options_of(&events);
    pli_rig_disk *memory = pli_rig_disk_open(3);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = NULL;
    plm_fault fault;
    pli_rig_disk_set_space(memory, 1 << 16);
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_LOG_FULL);
    pli_rig_disk_set_space(memory, UINT64_MAX);
    engine = open_on(&disk, &options);
    // Not a byte more than the files take now: the next segment cannot be made ready.
    plm_outcome outcomes[EVENTS];
    plm_batch batch = {events.bytes, events.ends[EVENTS - 1], EVENTS, outcomes};
    uint32_t count = 0;
    uint8_t before[32];
    plm_core_digest(plm_engine_core(engine), before);
    pli_rig_disk_set_space(memory, 0);
    assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_LOG_FULL);
    assert_digest(engine, before);
    assert_int_equal(plm_engine_committed(engine), 0);
    pli_rig_disk_set_space(memory, UINT64_MAX);
    submit(engine, &events, 0, EVENTS, 50);
    assert_digest(engine, events.digest);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

static void
what_is_no_venue_or_another_one_is_refused(void **state) {
    (void)state;
    stream events;
    make_stream(&events, 4);
    plm_engine_options options = options_of(&events);
    pli_rig_disk *memory = pli_rig_disk_open(4);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = NULL;
    plm_fault fault;
    options.may_create = false;
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_LOG_NONE);
    options.may_create = true;
    options.limits.account_count = 0;
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_STATE_LIMITS);
    options.limits = events.limits;
    engine = open_on(&disk, &options);
    submit(engine, &events, 0, 50, 50);
    plm_engine *second = NULL;
    assert_int_equal(pli_engine_open_on(&disk, &options, &second, &fault), PLM_LOG_LOCKED);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    // A changed number is another identity; a damaged line is none.
    size_t size = 0;
    const char *text = (const char *)pli_rig_disk_bytes(memory, PLI_MANIFEST_NAME, &size);
    size_t digit = (size_t)(strstr(text, "account_count ") - text) + strlen("account_count ");
    pli_rig_disk_set(memory, PLI_MANIFEST_NAME, digit, "9", 1);
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_STATE_LIMITS);
    assert_non_null(strstr(fault.text, "other limits"));
    pli_rig_disk_set(memory, PLI_MANIFEST_NAME, digit, "x", 1);
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_STATE_LIMITS);
    assert_non_null(strstr(fault.text, "account_count"));
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

/* A frame with the stream's next event, an outcome of the caller's and a digest. */
static void
append_frame(const pli_disk *disk, stream *events, uint32_t at, uint16_t word,
             const uint8_t digest[32]) {
    pli_log *log = NULL;
    plm_fault fault;
    void *log_memory = malloc(pli_log_size());
    pli_log_options options = pli_log_options_default();
    assert_int_equal(pli_log_open(disk, &options, log_memory, pli_log_size(), &log, &fault),
                     PLM_OK);
    uint8_t *bytes = events->bytes + events->ends[at - 1];
    uint8_t outcome[2];
    pli_store_u16(outcome, word);
    pli_store_u64(bytes + 8, at + 1);
    pli_log_frame frame = {.payload = bytes,
                           .payload_size = (uint32_t)(events->ends[at] - events->ends[at - 1]),
                           .event_count = 1,
                           .outcomes = outcome};
    memcpy(frame.state_digest, digest, sizeof frame.state_digest);
    assert_int_equal(pli_log_append(log, &frame, &fault), PLM_OK);
    assert_int_equal(pli_log_sync(log, &fault), PLM_OK);
    assert_int_equal(pli_log_close(log, &fault), PLM_OK);
    free(log_memory);
    pli_store_u64(bytes + 8, 0);
}

/* What opening a log answers that records `word` for event `at` + 1 and, or not, a digest after it. */
static plm_status
open_told(stream *events, uint32_t at, uint16_t word, const uint8_t digest[32], bool is_verifying,
          plm_fault *fault) {
    plm_engine_options options = options_of(events);
    pli_rig_disk *memory = pli_rig_disk_open(5);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = open_on(&disk, &options);
    submit(engine, events, 0, at, at);
    assert_int_equal(plm_engine_close(engine, fault), PLM_OK);
    append_frame(&disk, events, at, word, digest);
    options.is_verifying = is_verifying;
    plm_status status = pli_engine_open_on(&disk, &options, &engine, fault);
    if (status == PLM_OK) {
        assert_int_equal(plm_engine_close(engine, fault), PLM_OK);
    }
    pli_rig_disk_finish(memory);
    return status;
}

static void
a_log_that_records_other_outcomes_has_diverged(void **state) {
    (void)state;
    static const uint8_t none[32] = {0};
    static const uint8_t wrong[32] = {1};
    stream events;
    plm_fault fault;
    make_stream(&events, 5);
    uint32_t at = 20;
    while (events.outcomes[at].reject != PLM_REJECT_NONE || events.outcomes[at].is_repeat) {
        at += 1;
    }
    assert_int_equal(open_told(&events, at, 0, none, false, &fault), PLM_OK);
    assert_int_equal(open_told(&events, at, 0, none, true, &fault), PLM_OK);
    // A digest of another state is refused either way.
    assert_int_equal(open_told(&events, at, 0, wrong, false, &fault), PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "the state after batch 2"));
    assert_int_equal(open_told(&events, at, 0, wrong, true, &fault), PLM_STATE_DIVERGED);
    // What cannot be is refused; what could be is believed, and found by whoever decides again.
    assert_int_equal(open_told(&events, at, PLM_REJECT_SCOPE, none, false, &fault),
                     PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "is recorded as `scope`, and is `none`"));
    assert_int_equal(open_told(&events, at, 0x8000u, none, false, &fault), PLM_STATE_DIVERGED);
    assert_int_equal(open_told(&events, at, PLM_REJECT_HEALTH, none, false, &fault), PLM_OK);
    assert_int_equal(open_told(&events, at, PLM_REJECT_HEALTH, none, true, &fault),
                     PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "the outcome of event "));
    free(events.bytes);
}

/* Everything an observer is told, as a running hash and a count. */
typedef struct witness {
    pli_blake2b hash;
    uint64_t count, first;
} witness;

static void
watch(void *observer, const plm_core *core, const plm_event *event, const plm_outcome *outcome,
      const plm_effect *effects) {
    witness *seen = observer;
    (void)core;
    seen->first = seen->count == 0 ? event->header.sequence : seen->first;
    seen->count += 1;
    uint8_t bytes[16] = {0};
    pli_store_u64(bytes, outcome->sequence);
    pli_store_u16(bytes + 8, pli_outcome_word(outcome));
    pli_store_u32(bytes + 12, outcome->effect_count);
    pli_blake2b_update(&seen->hash, bytes, sizeof bytes);
    for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
        const plm_effect *effect = &effects[i];
        const uint64_t words[] = {(uint64_t)effect->kind,  effect->account,          effect->index,
                                  effect->a.low,           (uint64_t)effect->a.high, effect->b.low,
                                  (uint64_t)effect->b.high};
        pli_blake2b_update(&seen->hash, words, sizeof words);
    }
}

/* Open with a witness of the events from `from` on, given the hash of nothing or of what was seen before. */
static void
replay_before(const pli_disk *disk, plm_engine_options options, uint64_t from, witness *seen) {
    plm_fault fault;
    options.observe = watch;
    options.observer = seen;
    options.observe_from = from;
    plm_engine *engine = open_on(disk, &options);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
}

static void
an_observer_of_a_replay_sees_what_one_of_the_events_saw(void **state) {
    (void)state;
    stream events;
    plm_fault fault;
    make_stream(&events, 8);
    plm_engine_options options = options_of(&events);
    pli_rig_disk *memory = pli_rig_disk_open(8);
    pli_disk disk = pli_rig_disk_view(memory);
    witness live = {.count = 0};
    pli_blake2b_init(&live.hash, PLI_BLAKE2B_256_SIZE);
    options.observe = watch;
    options.observer = &live;
    plm_engine *engine = open_on(&disk, &options);
    submit(engine, &events, 0, 200, 7);
    witness tail = live;
    tail.count = 0;
    assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
    submit(engine, &events, 200, 300, 7);
    witness late = live;
    late.count = 0;
    submit(engine, &events, 300, EVENTS, 7);
    assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    witness all = {.count = 0};
    pli_blake2b_init(&all.hash, PLI_BLAKE2B_256_SIZE);
    options.observe = NULL;
    replay_before(&disk, options, 1, &all);
    replay_before(&disk, options, 201, &tail); // from the first snapshot
    replay_before(&disk, options, 301, &late); // behind it: 201 to 300 are replayed as recorded
    witness nothing = {.count = 0};
    replay_before(&disk, options, 0, &nothing); // the second snapshot leaves nothing
    assert_int_equal(live.count, EVENTS);
    assert_int_equal(all.count, EVENTS);
    assert_int_equal(tail.count, EVENTS - 200);
    assert_int_equal(tail.first, 201);
    assert_int_equal(late.count, EVENTS - 300);
    assert_int_equal(late.first, 301);
    assert_int_equal(nothing.count, 0);
    uint8_t expected[32];
    pli_blake2b_final(&live.hash, expected);
    witness *replays[] = {&all, &tail, &late};
    for (size_t i = 0; i < 3; i += 1) {
        uint8_t hash[32];
        pli_blake2b_final(&replays[i]->hash, hash);
        assert_memory_equal(hash, expected, 32);
    }
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

/* A world with one price source, whose key comes from a seed of sevens. */
static void
list_source(ts_core *world, const pli_key_pair *pair, stream *events) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    ts_core_name(event->asset_body.name, "USD");
    event->asset_body.underlying_index = PLM_NONE;
    event->asset_body.decimals = 6;
    event->asset_body.treatment = PLM_TREATMENT_HAIRCUT;
    event->asset_body.tier_count = 1;
    event->asset_body.tier_upto_micros[0] = INT64_MAX;
    event->asset_body.kink_ppm = 800000;
    record(events, world);
    event = ts_core_write(world, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
    ts_core_name(event->underlying_body.name, "BTC");
    event->underlying_body.domain = PLM_PRICE_DOMAIN_POSITIVE;
    event->underlying_body.price_unit = 1;
    event->underlying_body.tick_e8 = 1;
    record(events, world);
    event = ts_core_write(world, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body.weight = 1;
    memcpy(event->source_body.public_key, pair->public_key, 32);
    record(events, world);
    for (uint32_t i = 0; i < events->count; i += 1) {
        assert_int_equal(events->outcomes[i].reject, PLM_REJECT_NONE);
    }
}

static plm_status
submit_one(plm_engine *engine, const uint8_t *bytes, size_t size, plm_outcome *outcome) {
    plm_batch batch = {bytes, size, 1, outcome};
    uint32_t count = 0;
    plm_fault fault;
    return plm_engine_submit(engine, &batch, &count, &fault);
}

static void
a_report_that_its_source_did_not_sign_never_enters(void **state) {
    (void)state;
    ts_core world;
    stream events = {.limits = ts_core_limits(), .bytes = malloc(BYTES_MAX)};
    pli_key_pair pair;
    uint8_t seed[32];
    memset(seed, 7, sizeof seed);
    assert_true(pli_crypto_init());
    pli_key_pair_from_seed(seed, &pair);
    ts_core_init(&world, &events.limits);
    list_source(&world, &pair, &events);
    plm_event *event = ts_core_write(&world, PLM_EVENT_TYPE_PRICE_REPORT, PLM_NONE);
    plm_event_price_report *body = &event->price_report_body;
    body->report_sequence = 1;
    body->publish_ns = body->valid_from_ns = world.time_ns;
    body->expires_ns = world.time_ns + PLM_DAY_NS;
    body->price_e8 = 100;
    body->status = PLM_REPORT_STATUS_OPEN;
    body->network = events.limits.network_id;
    plm_price_report message = {.network_id = body->network,
                                .status = body->status,
                                .sequence = 1,
                                .publish_ns = body->publish_ns,
                                .valid_from_ns = body->valid_from_ns,
                                .expires_ns = body->expires_ns,
                                .price_e8 = 100};
    uint8_t bytes[PLI_FEED_MESSAGE_SIZE];
    pli_feed_message_write(&message, bytes);
    pli_signature_make(&pair, bytes, sizeof bytes, body->signature);
    plm_engine_options options = options_of(&events);
    pli_rig_disk *memory = pli_rig_disk_open(6);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = open_on(&disk, &options);
    submit(engine, &events, 0, events.count, 3);
    uint8_t wire[PLM_EVENT_SIZE_MAX];
    size_t size = 0;
    plm_outcome outcome;
    plm_fault fault;
    body->price_e8 = 101; // not what was signed
    assert_int_equal(plm_event_encode(event, wire, sizeof wire, &size), PLM_OK);
    assert_int_equal(submit_one(engine, wire, size, &outcome), PLM_OK);
    assert_int_equal(outcome.reject, PLM_REJECT_SIGNATURE);
    assert_int_equal(plm_core_sequence(plm_engine_core(engine)), 3);
    body->price_e8 = 100;
    assert_int_equal(plm_event_encode(event, wire, sizeof wire, &size), PLM_OK);
    assert_int_equal(submit_one(engine, wire, size, &outcome), PLM_OK);
    assert_int_equal(outcome.reject, PLM_REJECT_NONE);
    assert_int_equal(outcome.sequence, 4);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    pli_rig_disk_finish(memory);
    ts_core_finish(&world);
    free(events.bytes);
}

static void
a_malformed_or_numbered_event_takes_nothing_in(void **state) {
    (void)state;
    stream events;
    make_stream(&events, 7);
    plm_engine_options options = options_of(&events);
    pli_rig_disk *memory = pli_rig_disk_open(7);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = open_on(&disk, &options);
    plm_outcome outcomes[4];
    uint32_t count = 0;
    plm_fault fault;
    plm_batch batch = {events.bytes, events.ends[3] - 1, 4, outcomes};
    assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_EVENT_TRUNCATED);
    batch = (plm_batch){events.bytes, events.ends[3], 3, outcomes};
    assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_LIMIT);
    batch.capacity = 4;
    pli_store_u64(events.bytes + events.ends[2] + 8, 1);
    assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_EVENT_MALFORMED);
    assert_int_equal(plm_core_sequence(plm_engine_core(engine)), 0);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

static void
a_directory_of_the_machine_works_and_can_be_read_meanwhile(void **state) {
    (void)state;
    stream events;
    make_stream(&events, 8);
    plm_engine_options options = options_of(&events);
    char directory[] = "build/engine-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    plm_engine *engine = NULL;
    plm_engine *reader = NULL;
    plm_fault fault;
    assert_int_equal(plm_engine_open(directory, &options, &engine, &fault), PLM_OK);
    submit(engine, &events, 0, EVENTS, 100);
    assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
    options.is_read_only = true;
    assert_int_equal(plm_engine_open(directory, &options, &reader, &fault), PLM_OK);
    assert_digest(reader, events.digest);
    assert_int_equal(plm_engine_commit(reader, &fault), PLM_LOG_FAILED);
    assert_int_equal(plm_engine_close(reader, &fault), PLM_OK);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    char command[64] = "rm -r ./";
    strcat(command, directory);
    assert_int_equal(system(command), 0);
    free(events.bytes);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_boundaries_and_restarts_change_nothing),
        cmocka_unit_test(every_failing_operation_loses_no_acknowledged_event),
        cmocka_unit_test(a_full_disk_refuses_the_batch_and_takes_it_when_there_is_space),
        cmocka_unit_test(what_is_no_venue_or_another_one_is_refused),
        cmocka_unit_test(a_log_that_records_other_outcomes_has_diverged),
        cmocka_unit_test(an_observer_of_a_replay_sees_what_one_of_the_events_saw),
        cmocka_unit_test(a_report_that_its_source_did_not_sign_never_enters),
        cmocka_unit_test(a_malformed_or_numbered_event_takes_nothing_in),
        cmocka_unit_test(a_directory_of_the_machine_works_and_can_be_read_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
