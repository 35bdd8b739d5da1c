/* engine_stream.h: a stream of events and what the state machine alone makes of it.     SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_ENGINE_STREAM_H
#define TS_SUPPORT_ENGINE_STREAM_H

#include "engine/engine.h"
#include "support/core_world.h"

enum { TS_STREAM_EVENTS = 400, TS_STREAM_BYTES = TS_STREAM_EVENTS * 1024 };

typedef struct ts_stream {
    uint8_t *bytes; /* encoded events side by side; the caller frees them */
    size_t ends[TS_STREAM_EVENTS];
    plm_outcome outcomes[TS_STREAM_EVENTS];
    uint32_t count;
    uint8_t digest[32]; /* of the state after all of them */
    plm_core_limits limits;
} ts_stream;

/* ts_stream_record - encode world->event at the end of the stream, apply it to the world and keep the outcome. */
void ts_stream_record(ts_stream *events, ts_core *world);

/* ts_stream_make - random events and what becomes of them. */
void ts_stream_make(ts_stream *events, uint64_t seed);

/* ts_stream_options - of an engine that makes a venue for them: given times, a digest every 64 events. */
plm_engine_options ts_stream_options(const ts_stream *events);

/* ts_stream_open - an engine on a disk; a refusal fails the test. */
plm_engine *ts_stream_open(const pli_disk *disk, const plm_engine_options *options);

/* ts_stream_submit - submit events from .. to - 1 in batches of `batch`, committing each; outcomes are as in the stream. */
void ts_stream_submit(plm_engine *engine, const ts_stream *events, uint32_t from, uint32_t to,
                      uint32_t batch);

/* ts_stream_assert_digest - the engine's state has this digest. */
void ts_stream_assert_digest(plm_engine *engine, const uint8_t digest[32]);

#endif
