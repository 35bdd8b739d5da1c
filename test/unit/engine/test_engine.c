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
#include "support/engine_stream.h"

static void
batch_boundaries_and_restarts_change_nothing(void **state) {
    (void)state;
    static const uint32_t batches[] = {1, 7, 64, TS_STREAM_EVENTS};
    ts_stream events;
    plm_fault fault;
    ts_stream_make(&events, 1);
    plm_engine_options options = ts_stream_options(&events);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i += 1) {
        pli_rig_disk *memory = pli_rig_disk_open(i);
        pli_disk disk = pli_rig_disk_view(memory);
        plm_engine *engine = ts_stream_open(&disk, &options);
        ts_stream_submit(engine, &events, 0, TS_STREAM_EVENTS / 2, batches[i]);
        if (i % 2 == 0) {
            assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
        }
        ts_stream_submit(engine, &events, TS_STREAM_EVENTS / 2, TS_STREAM_EVENTS / 2 + 50,
                         batches[i]);
        pli_engine_abandon(engine);
        pli_rig_disk_cut_power(memory);
        engine = ts_stream_open(&disk, &options);
        assert_int_equal(plm_engine_committed(engine), TS_STREAM_EVENTS / 2 + 50);
        assert_int_equal(plm_engine_replayed(engine), i % 2 == 0 ? 50 : TS_STREAM_EVENTS / 2 + 50);
        ts_stream_submit(engine, &events, TS_STREAM_EVENTS / 2 + 50, TS_STREAM_EVENTS, batches[i]);
        ts_stream_assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        options.is_verifying = true;
        engine = ts_stream_open(&disk, &options);
        options.is_verifying = false;
        assert_int_equal(plm_engine_replayed(engine), TS_STREAM_EVENTS);
        ts_stream_assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        pli_rig_disk_finish(memory);
    }
    free(events.bytes);
}

static void
what_is_begun_is_told_of_when_it_is_durable(void **state) {
    (void)state;
    enum { BATCH = 25, BATCHES = TS_STREAM_EVENTS / BATCH };
    ts_stream events;
    plm_fault fault;
    ts_stream_make(&events, 4);
    plm_engine_options options = ts_stream_options(&events);
    for (uint64_t seed = 1; seed <= 4; seed += 1) {
        pli_rig_disk *memory = pli_rig_disk_open(seed);
        pli_disk disk = pli_rig_disk_view(memory);
        plm_engine *engine = ts_stream_open(&disk, &options);
        plm_outcome outcomes[BATCH];
        uint32_t count = 0;
        uint64_t acknowledged = 0;
        for (uint32_t i = 0; i < BATCHES; i += 1) {
            size_t from = i == 0 ? 0 : events.ends[i * BATCH - 1];
            plm_batch batch = {events.bytes + from, events.ends[(i + 1) * BATCH - 1] - from, BATCH,
                               outcomes};
            assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_OK);
            assert_int_equal(plm_engine_committed(engine), acknowledged);
            assert_int_equal(plm_engine_begin(engine, &fault), PLM_OK);
            acknowledged = i * BATCH; // the one before, and no more
            assert_int_equal(plm_engine_committed(engine), acknowledged);
        }
        bool is_awaited = seed % 2 == 0;
        if (is_awaited) {
            assert_int_equal(plm_engine_await(engine, &fault), PLM_OK);
            acknowledged = TS_STREAM_EVENTS;
            assert_int_equal(plm_engine_committed(engine), acknowledged);
        }
        pli_rig_disk_cut_power(memory);
        pli_engine_abandon(engine);
        engine = ts_stream_open(&disk, &options);
        uint64_t found = plm_engine_committed(engine);
        assert_true(found >= acknowledged && found % BATCH == 0);
        ts_stream_submit(engine, &events, (uint32_t)found, TS_STREAM_EVENTS, 50);
        ts_stream_assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        pli_rig_disk_finish(memory);
    }
    free(events.bytes);
}

/* Submit everything in batches of 20 with a snapshot on the way; how far was it acknowledged? */
static uint64_t
run_until_failure(plm_engine *engine, const ts_stream *events, bool is_waiting) {
    plm_fault fault;
    plm_status status = PLM_OK;
    for (uint32_t from = 0; from < TS_STREAM_EVENTS && status == PLM_OK; from += 20) {
        plm_outcome outcomes[20];
        uint32_t taken = 0;
        size_t begin = from == 0 ? 0 : events->ends[from - 1];
        plm_batch next = {events->bytes + begin, events->ends[from + 19] - begin, 20, outcomes};
        status = plm_engine_submit(engine, &next, &taken, &fault);
        if (status == PLM_OK) {
            status =
                is_waiting ? plm_engine_commit(engine, &fault) : plm_engine_begin(engine, &fault);
        }
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
    ts_stream events;
    ts_stream_make(&events, 2);
    plm_engine_options options = ts_stream_options(&events);
    uint32_t failures = 0;
    for (uint64_t n = 1; n <= 60; n += 1) {
        pli_rig_disk *memory = pli_rig_disk_open(n);
        pli_disk disk = pli_rig_disk_view(memory);
        plm_engine *engine = NULL;
        plm_fault fault;
        uint64_t acknowledged = 0;
        pli_rig_disk_fail(memory, faults[n % 3], n);
        if (pli_engine_open_on(&disk, &options, &engine, &fault) == PLM_OK) {
            acknowledged = run_until_failure(engine, &events, n / 3 % 2 == 0);
            pli_engine_abandon(engine);
        }
        failures += pli_rig_disk_has_failed(memory);
        pli_rig_disk_cut_power(memory);
        pli_rig_disk_fail(memory, PLI_RIG_FAULT_NONE, 0);
        engine = ts_stream_open(&disk, &options);
        uint64_t found = plm_engine_committed(engine);
        assert_true(found >= acknowledged);
        assert_int_equal(found % 20, 0);
        ts_stream_submit(engine, &events, (uint32_t)found, TS_STREAM_EVENTS, 20);
        ts_stream_assert_digest(engine, events.digest);
        assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
        pli_rig_disk_finish(memory);
    }
    assert_true(failures > 40);
    free(events.bytes);
}

static void
a_full_disk_refuses_the_batch_and_takes_it_when_there_is_space(void **state) {
    (void)state;
    ts_stream events;
    ts_stream_make(&events, 3);
    plm_engine_options options = ts_stream_options(&events);
    pli_rig_disk *memory = pli_rig_disk_open(3);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = NULL;
    plm_fault fault;
    pli_rig_disk_set_space(memory, 1 << 16);
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_LOG_FULL);
    pli_rig_disk_set_space(memory, UINT64_MAX);
    engine = ts_stream_open(&disk, &options);
    // Not a byte more than the files take now: once the segment is full the next cannot be made ready.
    plm_outcome outcomes[TS_STREAM_EVENTS];
    plm_batch batch = {events.bytes, events.ends[TS_STREAM_EVENTS - 1], TS_STREAM_EVENTS, outcomes};
    uint32_t count = 0;
    uint8_t before[32];
    plm_status status = PLM_OK;
    pli_rig_disk_set_space(memory, 0);
    while (status == PLM_OK) {
        assert_int_equal(plm_engine_commit(engine, &fault), PLM_OK);
        plm_core_digest(plm_engine_core(engine), before);
        status = plm_engine_submit(engine, &batch, &count, &fault);
    }
    assert_int_equal(status, PLM_LOG_FULL);
    ts_stream_assert_digest(engine, before);
    uint64_t committed = plm_engine_committed(engine);
    assert_int_equal(committed, plm_core_sequence(plm_engine_core(engine)));
    assert_true(committed >= TS_STREAM_EVENTS);
    pli_rig_disk_set_space(memory, UINT64_MAX);
    assert_int_equal(plm_engine_submit(engine, &batch, &count, &fault), PLM_OK);
    plm_core_digest(plm_engine_core(engine), before);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    engine = ts_stream_open(&disk, &options);
    assert_int_equal(plm_engine_replayed(engine), committed + TS_STREAM_EVENTS);
    ts_stream_assert_digest(engine, before);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

static void
what_is_no_venue_or_another_one_is_refused(void **state) {
    (void)state;
    ts_stream events;
    ts_stream_make(&events, 4);
    plm_engine_options options = ts_stream_options(&events);
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
    engine = ts_stream_open(&disk, &options);
    ts_stream_submit(engine, &events, 0, 50, 50);
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

/* A world with one price source, whose key comes from a seed of sevens. */
static void
list_source(ts_core *world, const pli_key_pair *pair, ts_stream *events) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_ASSET, PLM_NONE);
    ts_core_name(event->asset_body.name, "USD");
    event->asset_body.underlying_index = PLM_NONE;
    event->asset_body.decimals = 6;
    event->asset_body.treatment = PLM_TREATMENT_HAIRCUT;
    event->asset_body.tier_count = 1;
    event->asset_body.tier_upto_micros[0] = INT64_MAX;
    event->asset_body.kink_ppm = 800000;
    ts_stream_record(events, world);
    event = ts_core_write(world, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
    ts_core_name(event->underlying_body.name, "BTC");
    event->underlying_body.domain = PLM_PRICE_DOMAIN_POSITIVE;
    event->underlying_body.price_unit = 1;
    event->underlying_body.tick_e8 = 1;
    ts_stream_record(events, world);
    event = ts_core_write(world, PLM_EVENT_TYPE_SOURCE, PLM_NONE);
    event->source_body.weight = 1;
    memcpy(event->source_body.public_key, pair->public_key, 32);
    ts_stream_record(events, world);
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
    ts_stream events = {.limits = ts_core_limits(), .bytes = malloc(TS_STREAM_BYTES)};
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
    plm_engine_options options = ts_stream_options(&events);
    pli_rig_disk *memory = pli_rig_disk_open(6);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = ts_stream_open(&disk, &options);
    ts_stream_submit(engine, &events, 0, events.count, 3);
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
    ts_stream events;
    ts_stream_make(&events, 7);
    plm_engine_options options = ts_stream_options(&events);
    pli_rig_disk *memory = pli_rig_disk_open(7);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = ts_stream_open(&disk, &options);
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
    ts_stream events;
    ts_stream_make(&events, 8);
    plm_engine_options options = ts_stream_options(&events);
    char directory[] = "build/engine-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    plm_engine *engine = NULL;
    plm_engine *reader = NULL;
    plm_fault fault;
    assert_int_equal(plm_engine_open(directory, &options, &engine, &fault), PLM_OK);
    ts_stream_submit(engine, &events, 0, TS_STREAM_EVENTS, 100);
    assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
    options.is_read_only = true;
    assert_int_equal(plm_engine_open(directory, &options, &reader, &fault), PLM_OK);
    ts_stream_assert_digest(reader, events.digest);
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
        cmocka_unit_test(what_is_begun_is_told_of_when_it_is_durable),
        cmocka_unit_test(every_failing_operation_loses_no_acknowledged_event),
        cmocka_unit_test(a_full_disk_refuses_the_batch_and_takes_it_when_there_is_space),
        cmocka_unit_test(what_is_no_venue_or_another_one_is_refused),
        cmocka_unit_test(a_report_that_its_source_did_not_sign_never_enters),
        cmocka_unit_test(a_malformed_or_numbered_event_takes_nothing_in),
        cmocka_unit_test(a_directory_of_the_machine_works_and_can_be_read_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
