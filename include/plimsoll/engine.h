/* engine.h: the state machine with its durable log: submit events, commit, be told what came of them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_ENGINE_H
#define PLIMSOLL_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/core.h"
#include "plimsoll/event.h"
#include "plimsoll/status.h"

/*
 * A data directory holds the log (docs/log-format.md), snapshots, and `limits`: a text file written once that states the
 * sizes of every table. Its hash is what the log's chain begins with, so the three cannot be mixed up.
 */
typedef struct plm_engine plm_engine;

typedef struct plm_engine_options {
    bool may_create;        /* an empty directory becomes a venue within `limits` */
    plm_core_limits limits; /* looked at only then; else the directory says */
    bool is_read_only;      /* no lock, no writes: what the log holds, acknowledged */
    bool is_time_given; /* events carry their own time; else the clock gives it, never falling */
    uint64_t digest_interval; /* events between state digests recorded in the log; 0: at close only */
    uint64_t snapshot_count; /* snapshots kept, 1..100 */
    /* of log segments to come, a multiple of 4,096 from 5 MiB; 0: as they are, 64 MiB at first */
    uint64_t segment_size;
    bool is_verifying; /* decide everything again from the first event on and compare the outcomes */
    int64_t (*now_ns)(void *); /* NULL: the machine's clock */
    void *clock;
    /* called for every event applied; those replayed are decided again for it; NULL: nobody listens */
    void (*observe)(void *observer, const plm_core *core, const plm_event *event,
                    const plm_outcome *outcome, const plm_effect *effects);
    void *observer;
    /* replay tells of events from here on, and of none left out; 0: from wherever it begins */
    uint64_t observe_from;
} plm_engine_options;

/* plm_engine_options_init - open what is there, time by the clock, a digest every 65,536 events, two snapshots. */
void plm_engine_options_init(plm_engine_options *options);

/*
 * plm_engine_open - lock the directory, load the newest good snapshot, replay what follows, compare the recorded digests.
 *
 * Replay takes the outcome that the log records with each event and does not ask the margin model again (plm_core_replay),
 * except where options->is_verifying, and for events that an observer is told of.
 *
 * Lifetime   All memory is reserved here, once, sized by the limits; plm_engine_close gives it back.
 * Cost       Reads the log from the snapshot to its end.
 *
 * Returns
 *   PLM_OK
 *   PLM_LOG_NONE       nothing here, and options->may_create is false.
 *   PLM_LOG_LOCKED     another engine is open on the directory.
 *   PLM_LOG_TRUNCATED, PLM_LOG_DAMAGED, PLM_LOG_VERSION, PLM_LOG_FULL, PLM_IO_*  as the log says.
 *   PLM_STATE_DIVERGED the replay does not give what was recorded, an outcome or a digest: this build decides otherwise
 *                      than the one that wrote.
 *   PLM_STATE_LIMITS   `limits` is no such file, or the log was begun under others.
 *   PLM_MEMORY         the limits ask for more memory than there is.
 */
PLM_MUST_USE plm_status plm_engine_open(const char *directory, const plm_engine_options *options,
                                        plm_engine **engine, plm_fault *fault);

/* plm_batch - encoded events side by side, and where to write what becomes of each. */
typedef struct plm_batch {
    const uint8_t *events;
    size_t size;       /* bytes of all events, at most 4 MiB */
    uint32_t capacity; /* entries of outcomes */
    plm_outcome *outcomes;
} plm_batch;

/*
 * plm_engine_submit - take a batch in: number it, stamp it, decide it, append it. Nothing is promised before commit.
 *
 * Every event has sequence 0. A price report whose signature is not its source's is not let in: its outcome is SIGNATURE,
 * and it has no sequence. Effects are told to the observer only.
 *
 * Returns
 *   PLM_OK          batch->outcomes[0 .. *count - 1] are complete, one per event.
 *   PLM_LOG_FULL    no space: nothing was taken in; reading goes on, and the batch may be tried again.
 *   PLM_LOG_FAILED  a write or sync failed, now or before: nothing is acknowledged any more; close and open again.
 *   PLM_EVENT_*     an event is not well formed; nothing was taken in, *fault names it.
 *   PLM_LIMIT       more bytes than that, or more events than the capacity; nothing was taken in.
 */
PLM_MUST_USE plm_status plm_engine_submit(plm_engine *engine, const plm_batch *batch,
                                          uint32_t *count, plm_fault *fault);

/*
 * plm_engine_commit - everything submitted is durable and may be acknowledged.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED.
 */
PLM_MUST_USE plm_status plm_engine_commit(plm_engine *engine, plm_fault *fault);

/*
 * plm_engine_begin - let everything submitted become durable while the next batch is submitted; what was begun before is
 *                    awaited first, so that at most one commit is under way.
 * plm_engine_await - what was begun is durable: up to plm_engine_committed it may be acknowledged. Nothing under way: as it is.
 *
 * Between the two the state is ahead of what is durable, as it is between submit and commit: who answers questions from
 * plm_engine_core, or acts on an outcome, awaits first.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED.
 */
PLM_MUST_USE plm_status plm_engine_begin(plm_engine *engine, plm_fault *fault);
PLM_MUST_USE plm_status plm_engine_await(plm_engine *engine, plm_fault *fault);

/* plm_engine_snapshot - commit, then put a snapshot of the state in place. PLM_OK, PLM_LOG_FAILED, PLM_LOG_FULL, PLM_IO_*. */
PLM_MUST_USE plm_status plm_engine_snapshot(plm_engine *engine, plm_fault *fault);

/* plm_engine_core - the state, to be asked; the caller does not apply to it. */
plm_core *plm_engine_core(plm_engine *engine);

/* plm_engine_committed - sequence of the last event that is durable. plm_engine_replayed - events replayed by open. */
uint64_t plm_engine_committed(const plm_engine *engine);
uint64_t plm_engine_replayed(const plm_engine *engine);

/*
 * plm_engine_close - commit what is submitted and give everything back.
 *
 * Returns    PLM_OK, PLM_LOG_FAILED; it is closed in either case.
 */
PLM_MUST_USE plm_status plm_engine_close(plm_engine *engine, plm_fault *fault);

#endif
