/* engine.c: the state machine with its durable log.                                   SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/text.h"
#include "crypto/signature.h"
#include "engine/manifest.h"
#include "os/clock.h"
#include "os/entropy.h"
#include "os/memory.h"
#include "store/snapshot.h"

/* Where the sequencer's numbers stand in an event's bytes (plimsoll/event.h). */
enum { SEQUENCE_OFFSET = 8, TIME_OFFSET = 16 };

static int64_t
machine_time(void *clock) {
    (void)clock;
    return pli_clock_real_ns();
}

void
plm_engine_options_init(plm_engine_options *options) {
    *options = (plm_engine_options){.digest_interval = 65536, .snapshot_count = 2};
    plm_core_limits_init(&options->limits);
}

/* All memory the engine will ever use. */
static plm_status
reserve_all(plm_engine *engine, plm_fault *fault) {
    size_t core_size = plm_core_size(&engine->limits);
    size_t log_size = pli_log_size();
    size_t batch_size = pli_log_reader_size() > PLI_FRAME_PAYLOAD_SIZE_MAX
                            ? pli_log_reader_size()
                            : PLI_FRAME_PAYLOAD_SIZE_MAX;
    if (core_size == 0) {
        return pli_fault_set(fault, PLM_STATE_LIMITS, "the limits are out of range", NULL, NULL);
    }
    engine->encoded_max = core_size;
    engine->core_memory = pli_memory_reserve(core_size);
    engine->encoded = pli_memory_reserve(core_size);
    engine->log_memory = pli_memory_reserve(log_size);
    engine->batch = pli_memory_reserve(batch_size);
    engine->outcomes = pli_memory_reserve(2 * (size_t)PLI_FRAME_EVENT_COUNT_MAX);
    engine->effects = pli_memory_reserve(PLI_ENGINE_EFFECTS_MAX * sizeof *engine->effects);
    if (engine->core_memory == NULL || engine->encoded == NULL || engine->log_memory == NULL ||
        engine->batch == NULL || engine->outcomes == NULL || engine->effects == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "the limits ask for more memory than there is",
                             NULL, NULL);
    }
    return pli_engine_reset(engine, fault);
}

plm_status
pli_engine_reset(plm_engine *engine, plm_fault *fault) {
    plm_status status = plm_core_init(&engine->limits, engine->core_memory,
                                      plm_core_size(&engine->limits), &engine->core, fault);
    uint8_t key[PLM_CORE_KEY_SIZE];
    if (status == PLM_OK) {
        status = pli_entropy_read(key, sizeof key, fault);
    }
    if (status == PLM_OK) {
        plm_core_key(engine->core, key);
        plm_core_use_kernels(engine->core, plm_kernels_best());
    }
    return status;
}

/* The directory's limits, or for a new one those of the options. */
static plm_status
find_limits(plm_engine *engine, plm_fault *fault) {
    bool is_found = false;
    plm_status status =
        pli_manifest_read(&engine->disk, &is_found, &engine->limits, engine->identity, fault);
    if (status != PLM_OK || is_found) {
        return status;
    }
    if (!engine->options.may_create) {
        return pli_fault_set(fault, PLM_LOG_NONE, "no venue here: there is no file `",
                             PLI_MANIFEST_NAME, "`; `plimsoll init DIR` makes one");
    }
    engine->limits = engine->options.limits;
    if (plm_core_size(&engine->limits) == 0) {
        return pli_fault_set(fault, PLM_STATE_LIMITS, "the limits are out of range", NULL, NULL);
    }
    return pli_manifest_write(&engine->disk, &engine->limits, engine->identity, fault);
}

static plm_status
open_log(plm_engine *engine, plm_fault *fault) {
    pli_log_options options = pli_log_options_default();
    options.may_create = engine->options.may_create;
    options.segment_size = engine->options.segment_size;
    memcpy(options.identity, engine->identity, sizeof options.identity);
    // The replay reads what `head` tells of, from the snapshot on, and checks it.
    options.verify_from = UINT64_MAX;
    plm_status status = pli_log_open(&engine->disk, &options, engine->log_memory, pli_log_size(),
                                     &engine->log, fault);
    if (status != PLM_OK) {
        engine->log = NULL;
        return status;
    }
    if (memcmp(pli_log_identity(engine->log), engine->identity, PLI_BLAKE2B_256_SIZE) != 0) {
        return pli_fault_set(fault, PLM_STATE_LIMITS,
                             "the log was begun under other limits than the file `limits` states",
                             NULL, NULL);
    }
    return pli_engine_recover(engine, pli_log_end(engine->log)->batch_sequence, fault);
}

plm_status
pli_engine_open_on(const pli_disk *disk, const plm_engine_options *options, plm_engine **engine,
                   plm_fault *fault) {
    plm_engine *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for an engine", NULL, NULL);
    }
    if (!pli_crypto_init()) {
        free(made);
        return pli_fault_set(fault, PLM_MEMORY, "libsodium cannot be used here", NULL, NULL);
    }
    made->disk = *disk;
    made->options = *options;
    if (made->options.now_ns == NULL) {
        made->options.now_ns = machine_time;
    }
    plm_status status = find_limits(made, fault);
    if (status == PLM_OK) {
        status = reserve_all(made, fault);
    }
    if (status == PLM_OK) {
        status = options->is_read_only ? pli_engine_recover(made, UINT64_MAX, fault)
                                       : open_log(made, fault);
    }
    if (status != PLM_OK) {
        pli_engine_abandon(made);
        return status;
    }
    *engine = made;
    return PLM_OK;
}

plm_status
plm_engine_open(const char *directory, const plm_engine_options *options, plm_engine **engine,
                plm_fault *fault) {
    pli_disk disk;
    pli_disk_posix *posix = calloc(1, sizeof *posix);
    if (posix == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, "no memory for an engine", NULL, NULL);
    }
    plm_status status = pli_disk_posix_open(posix, directory, options->may_create, &disk, fault);
    if (status != PLM_OK) {
        free(posix);
        return status;
    }
    status = pli_engine_open_on(&disk, options, engine, fault);
    if (status != PLM_OK) {
        pli_disk_posix_close(posix);
        free(posix);
        return status;
    }
    (*engine)->posix = posix;
    return PLM_OK;
}

static plm_status
fail(plm_engine *engine, plm_status status) {
    engine->is_failed = engine->is_failed || status == PLM_LOG_FAILED;
    return status;
}

static plm_status
check_alive(const plm_engine *engine, plm_fault *fault) {
    if (engine->log == NULL) {
        return pli_fault_set(fault, PLM_LOG_FAILED, "the engine was opened to read only", NULL,
                             NULL);
    }
    return engine->is_failed
               ? pli_fault_set(fault, PLM_LOG_FAILED,
                               "a write or sync failed earlier: close and open again", NULL, NULL)
               : PLM_OK;
}

/* Is every event of the batch well formed, and how many are there? */
static plm_status
check_batch(const plm_batch *batch, uint32_t *count, plm_fault *fault) {
    plm_event event;
    *count = 0;
    if (batch->size > PLI_FRAME_PAYLOAD_SIZE_MAX) {
        return pli_fault_set_range(fault, PLM_LIMIT, "bytes of a batch", (int64_t)batch->size, 0,
                                   PLI_FRAME_PAYLOAD_SIZE_MAX);
    }
    for (size_t at = 0, taken = 0; at < batch->size; at += taken) {
        plm_status status =
            plm_event_decode(batch->events + at, batch->size - at, &event, &taken, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (event.header.sequence != 0) {
            return pli_fault_set(fault, PLM_EVENT_MALFORMED,
                                 "an event's sequence is not 0: the log gives it", NULL, NULL);
        }
        if (*count == batch->capacity) {
            return pli_fault_set_range(fault, PLM_LIMIT, "events of a batch",
                                       (int64_t)batch->capacity + 1, 0, batch->capacity);
        }
        *count += 1;
    }
    return PLM_OK;
}

static int64_t
time_of(const plm_engine *engine, const plm_event *event) {
    int64_t now = engine->options.is_time_given ? event->header.time_ns
                                                : engine->options.now_ns(engine->options.clock);
    int64_t last = plm_core_time(engine->core).ns;
    // A clock that is set back changes nothing [D7]; a given time that falls is refused by the core.
    return !engine->options.is_time_given && now < last ? last : now;
}

/* Number, stamp and decide one event; its bytes join the frame unless it is not let in. */
static plm_status
admit(plm_engine *engine, const uint8_t *bytes, size_t *size, pli_log_frame *frame,
      plm_outcome *outcome) {
    plm_event event;
    // Well formed: check_batch has decoded it.
    plm_status status = plm_event_decode(bytes, PLM_EVENT_SIZE_MAX, &event, size, NULL);
    PLI_ASSERT(status == PLM_OK);
    if (event.header.type == PLM_EVENT_TYPE_PRICE_REPORT &&
        !pli_engine_is_signed(engine->core, &event.price_report_body)) {
        *outcome = (plm_outcome){.reject = PLM_REJECT_SIGNATURE};
        return PLM_OK;
    }
    event.header.sequence = plm_core_sequence(engine->core) + 1;
    event.header.time_ns = time_of(engine, &event);
    uint8_t *to = engine->batch + frame->payload_size;
    memcpy(to, bytes, *size);
    pli_store_u64(to + SEQUENCE_OFFSET, event.header.sequence);
    pli_store_i64(to + TIME_OFFSET, event.header.time_ns);
    status = pli_engine_apply(engine, &event, outcome, NULL);
    PLI_ASSERT(status == PLM_OK);
    pli_store_u16(engine->outcomes + 2 * (size_t)frame->event_count, pli_outcome_word(outcome));
    frame->payload_size += (uint32_t)*size;
    frame->event_count += 1;
    return PLM_OK;
}

/* Append what has been applied; the state's digest with it when one is due. */
static plm_status
append(plm_engine *engine, pli_log_frame *frame, bool is_digest_due, plm_fault *fault) {
    frame->payload = engine->batch;
    frame->outcomes = engine->outcomes;
    if (is_digest_due) {
        plm_core_digest(engine->core, frame->state_digest);
        engine->digested = plm_core_sequence(engine->core);
    }
    // The state is ahead of the log if this fails, so that only a new open tells the truth.
    plm_status status = pli_log_append(engine->log, frame, fault);
    engine->is_failed = status != PLM_OK;
    return status == PLM_OK ? PLM_OK : PLM_LOG_FAILED;
}

plm_status
plm_engine_submit(plm_engine *engine, const plm_batch *batch, uint32_t *count, plm_fault *fault) {
    uint32_t event_count = 0;
    plm_status status = check_alive(engine, fault);
    if (status == PLM_OK) {
        status = check_batch(batch, &event_count, fault);
    }
    const pli_log_frame most = {.payload_size = (uint32_t)batch->size, .event_count = event_count};
    if (status == PLM_OK && !pli_log_has_room(engine->log, &most)) {
        // With the next segment at hand no append can fail for want of space.
        status = fail(engine, pli_log_prepare(engine->log, fault));
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_log_frame frame = {0};
    size_t at = 0;
    for (uint32_t i = 0; i < event_count; i += 1) {
        size_t taken = 0;
        size_t next = at + pli_load_u32(batch->events + at);
        pli_engine_expect(engine, batch->events + next, batch->size - next);
        status = admit(engine, batch->events + at, &taken, &frame, &batch->outcomes[i]);
        PLI_ASSERT(status == PLM_OK);
        at += taken;
    }
    *count = event_count;
    if (frame.event_count == 0) {
        return PLM_OK;
    }
    uint64_t since = plm_core_sequence(engine->core) - engine->digested;
    bool is_due = engine->options.digest_interval != 0 && since >= engine->options.digest_interval;
    return append(engine, &frame, is_due, fault);
}

// What the log has acknowledged may be told, unless it died.
static plm_status
acknowledge(plm_engine *engine, plm_status (*of)(pli_log *, plm_fault *), plm_fault *fault) {
    plm_status status = check_alive(engine, fault);
    if (status == PLM_OK) {
        status = fail(engine, of(engine->log, fault));
    }
    if (status == PLM_OK) {
        engine->committed = pli_log_acknowledged(engine->log)->event_sequence_next - 1;
    }
    return status;
}

plm_status
plm_engine_commit(plm_engine *engine, plm_fault *fault) {
    return acknowledge(engine, pli_log_sync, fault);
}

plm_status
plm_engine_begin(plm_engine *engine, plm_fault *fault) {
    return acknowledge(engine, pli_log_begin, fault);
}

plm_status
plm_engine_await(plm_engine *engine, plm_fault *fault) {
    return acknowledge(engine, pli_log_await, fault);
}

/* The state as bytes, collected in a fixed block. */
typedef struct collector {
    uint8_t *bytes;
    size_t size, size_max;
    bool is_full;
} collector;

static void
collect(void *context, const uint8_t *bytes, size_t size) {
    collector *into = context;
    if (into->is_full || size > into->size_max - into->size) {
        into->is_full = true;
        return;
    }
    memcpy(into->bytes + into->size, bytes, size);
    into->size += size;
}

plm_status
plm_engine_snapshot(plm_engine *engine, plm_fault *fault) {
    plm_status status = plm_engine_commit(engine, fault);
    if (status != PLM_OK) {
        return status;
    }
    const pli_log_point *point = pli_log_acknowledged(engine->log);
    collector into = {.bytes = engine->encoded, .size_max = engine->encoded_max};
    plm_core_encode(engine->core, collect, &into);
    PLI_ASSERT(!into.is_full);
    pli_snapshot snapshot = {.batch_sequence = point->batch_sequence,
                             .event_sequence_next = point->event_sequence_next,
                             .size = into.size};
    memcpy(snapshot.chain, point->chain, sizeof snapshot.chain);
    memcpy(snapshot.identity, engine->identity, sizeof snapshot.identity);
    pli_blake2b_256(into.bytes, into.size, snapshot.state_digest);
    return pli_snapshot_write(&engine->disk, &snapshot, into.bytes,
                              (unsigned)engine->options.snapshot_count, fault);
}

plm_core *
plm_engine_core(plm_engine *engine) {
    return engine->core;
}

uint64_t
plm_engine_committed(const plm_engine *engine) {
    return engine->committed;
}

uint64_t
plm_engine_replayed(const plm_engine *engine) {
    return engine->replayed;
}

void
pli_engine_abandon(plm_engine *engine) {
    if (engine->log != NULL) {
        // Closing writes nothing that was not asked for: what is not synced is lost, as in a crash.
        plm_status closed = pli_log_close(engine->log, NULL);
        (void)closed;
    }
    if (engine->posix != NULL) {
        pli_disk_posix_close(engine->posix);
        free(engine->posix);
    }
    free(engine->core_memory);
    free(engine->encoded);
    free(engine->log_memory);
    free(engine->batch);
    free(engine->outcomes);
    free(engine->effects);
    free(engine);
}

plm_status
plm_engine_close(plm_engine *engine, plm_fault *fault) {
    plm_status status = PLM_OK;
    if (engine->log != NULL) {
        status = plm_engine_commit(engine, fault);
        plm_status closed = pli_log_close(engine->log, status == PLM_OK ? fault : NULL);
        engine->log = NULL;
        status = status == PLM_OK ? closed : status;
    }
    pli_engine_abandon(engine);
    return status;
}
