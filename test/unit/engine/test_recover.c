/* test_recover.c: what a replay believes, and what it shows.                          SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/endian.h"
#include "rig/disk.h"
#include "support/engine_stream.h"

/* A frame with the stream's next event, an outcome of the caller's and a digest. */
static void
append_frame(const pli_disk *disk, ts_stream *events, uint32_t at, uint16_t word,
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
open_told(ts_stream *events, uint32_t at, uint16_t word, const uint8_t digest[32],
          bool is_verifying, plm_fault *fault) {
    plm_engine_options options = ts_stream_options(events);
    pli_rig_disk *memory = pli_rig_disk_open(5);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = ts_stream_open(&disk, &options);
    ts_stream_submit(engine, events, 0, at, at);
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
    ts_stream events;
    plm_fault fault;
    ts_stream_make(&events, 5);
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
    assert_int_equal(open_told(&events, at, 0x8000u, none, false, &fault), PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "is recorded as `none` of a repeat, and is `none`"));
    assert_int_equal(open_told(&events, at, PLM_REJECT_HEALTH, none, false, &fault), PLM_OK);
    assert_int_equal(open_told(&events, at, PLM_REJECT_HEALTH, none, true, &fault),
                     PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "the outcome of event "));
    // An acceptance of what the books refuse is found in either way.
    at = 20;
    while (events.outcomes[at].reject == PLM_REJECT_NONE ||
           events.outcomes[at].reject > PLM_REJECT_BORROW_LIMIT) {
        at += 1;
    }
    assert_int_equal(open_told(&events, at, 0, none, false, &fault), PLM_STATE_DIVERGED);
    assert_non_null(strstr(fault.text, "is recorded as `none`, and is `"));
    assert_int_equal(open_told(&events, at, 0, none, true, &fault), PLM_STATE_DIVERGED);
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
    plm_engine *engine = ts_stream_open(disk, &options);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
}

static void
an_observer_of_a_replay_sees_what_one_of_the_events_saw(void **state) {
    (void)state;
    ts_stream events;
    plm_fault fault;
    ts_stream_make(&events, 8);
    plm_engine_options options = ts_stream_options(&events);
    pli_rig_disk *memory = pli_rig_disk_open(8);
    pli_disk disk = pli_rig_disk_view(memory);
    witness live = {.count = 0};
    pli_blake2b_init(&live.hash, PLI_BLAKE2B_256_SIZE);
    options.observe = watch;
    options.observer = &live;
    plm_engine *engine = ts_stream_open(&disk, &options);
    ts_stream_submit(engine, &events, 0, 200, 7);
    witness tail = live;
    tail.count = 0;
    assert_int_equal(plm_engine_snapshot(engine, &fault), PLM_OK);
    ts_stream_submit(engine, &events, 200, 300, 7);
    witness late = live;
    late.count = 0;
    ts_stream_submit(engine, &events, 300, TS_STREAM_EVENTS, 7);
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
    assert_int_equal(live.count, TS_STREAM_EVENTS);
    assert_int_equal(all.count, TS_STREAM_EVENTS);
    assert_int_equal(tail.count, TS_STREAM_EVENTS - 200);
    assert_int_equal(tail.first, 201);
    assert_int_equal(late.count, TS_STREAM_EVENTS - 300);
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

static void
a_damaged_or_missing_frame_keeps_the_venue_closed(void **state) {
    (void)state;
    static const char name[] = "log-00000000000000000000";
    static const uint8_t zeros[512] = {0};
    ts_stream events;
    plm_fault fault;
    ts_stream_make(&events, 9);
    plm_engine_options options = ts_stream_options(&events);
    pli_rig_disk *memory = pli_rig_disk_open(9);
    pli_disk disk = pli_rig_disk_view(memory);
    plm_engine *engine = ts_stream_open(&disk, &options);
    ts_stream_submit(engine, &events, 0, 100, 20);
    assert_int_equal(plm_engine_close(engine, &fault), PLM_OK);
    size_t size = 0;
    const uint8_t *bytes = pli_rig_disk_bytes(memory, name, &size);
    while (bytes[size - 1] == 0) {
        size -= 1;
    }
    // Bits of the first frame, of one in the middle and of the last; then the last one gone.
    const size_t places[] = {4096 + 200, size / 2, size - 1};
    for (size_t i = 0; i < 3; i += 1) {
        pli_rig_disk_flip(memory, name, 8 * (uint64_t)places[i]);
        assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_LOG_DAMAGED);
        pli_rig_disk_flip(memory, name, 8 * (uint64_t)places[i]);
    }
    size_t begin = size / 512 * 512;
    while (memcmp(pli_rig_disk_bytes(memory, name, &size) + begin, "PLMF", 4) != 0) {
        begin -= 512;
    }
    for (size_t at = begin; at < begin + (1 << 14); at += sizeof zeros) {
        pli_rig_disk_set(memory, name, at, zeros, sizeof zeros);
    }
    assert_int_equal(pli_engine_open_on(&disk, &options, &engine, &fault), PLM_LOG_TRUNCATED);
    pli_rig_disk_finish(memory);
    free(events.bytes);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_records_other_outcomes_has_diverged),
        cmocka_unit_test(a_damaged_or_missing_frame_keeps_the_venue_closed),
        cmocka_unit_test(an_observer_of_a_replay_sees_what_one_of_the_events_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
