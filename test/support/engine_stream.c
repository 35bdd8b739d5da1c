/* engine_stream.c: a stream of events and what the state machine alone makes of it.     SPDX-License-Identifier: Apache-2.0 */
#include "support/engine_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/core_wild.h"

void
ts_stream_record(ts_stream *events, ts_core *world) {
    size_t at = events->count == 0 ? 0 : events->ends[events->count - 1];
    size_t size = 0;
    assert_true(events->count < TS_STREAM_EVENTS);
    world->event.header.sequence = 0;
    assert_int_equal(
        plm_event_encode(&world->event, events->bytes + at, TS_STREAM_BYTES - at, &size), PLM_OK);
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
void
ts_stream_make(ts_stream *events, uint64_t seed) {
    ts_core world;
    ts_core_wild wild;
    *events = (ts_stream){.limits = ts_core_limits(), .bytes = malloc(TS_STREAM_BYTES)};
    ts_core_init(&world, &events->limits);
    ts_core_wild_init(&wild, seed);
    while (events->count < TS_STREAM_EVENTS) {
        ts_core_wild_next(&wild, &world);
        if (is_well_formed(&world.event)) {
            ts_stream_record(events, &world);
        }
    }
    plm_core_digest(world.core, events->digest);
    ts_core_finish(&world);
}

plm_engine_options
ts_stream_options(const ts_stream *events) {
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
void
ts_stream_submit(plm_engine *engine, const ts_stream *events, uint32_t from, uint32_t to,
                 uint32_t batch) {
    plm_outcome outcomes[TS_STREAM_EVENTS];
    plm_fault fault;
    while (from < to) {
        uint32_t count = to - from < batch ? to - from : batch;
        size_t begin = from == 0 ? 0 : events->ends[from - 1];
        uint32_t taken = 0;
        plm_batch next = {events->bytes + begin, events->ends[from + count - 1] - begin,
                          TS_STREAM_EVENTS, outcomes};
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

void
ts_stream_assert_digest(plm_engine *engine, const uint8_t digest[32]) {
    uint8_t seen[32];
    plm_core_digest(plm_engine_core(engine), seen);
    assert_memory_equal(seen, digest, 32);
}

plm_engine *
ts_stream_open(const pli_disk *disk, const plm_engine_options *options) {
    plm_engine *engine = NULL;
    plm_fault fault = {0};
    plm_status status = pli_engine_open_on(disk, options, &engine, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return engine;
}
