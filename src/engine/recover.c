/* recover.c: from files to the state they record: snapshot, replay, comparison.        SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "base/text.h"
#include "engine/engine.h"
#include "store/snapshot.h"

/* Where the account stands in an event's bytes (plimsoll/event.h). */
enum { ACCOUNT_OFFSET = 48 };

void
pli_engine_expect(const plm_engine *engine, const uint8_t *bytes, size_t size) {
    if (size >= PLM_EVENT_HEADER_SIZE) {
        plm_core_expect(engine->core, pli_load_u32(bytes + ACCOUNT_OFFSET));
    }
}

plm_status
pli_engine_apply(plm_engine *engine, const plm_event *event, plm_outcome *outcome,
                 plm_fault *fault) {
    plm_effects effects = {PLI_ENGINE_EFFECTS_MAX, engine->effects};
    plm_status status = plm_core_apply(engine->core, event, &effects, outcome, fault);
    if (status == PLM_OK && engine->options.observe != NULL) {
        engine->options.observe(engine->options.observer, engine->core, event, outcome,
                                engine->effects);
    }
    return status;
}

static plm_status
diverged(plm_fault *fault, const char *what, uint64_t number) {
    char text[160];
    pli_text line = pli_text_init(text, sizeof text);
    pli_text_append(&line, what);
    pli_text_append_u64(&line, number);
    pli_text_append(&line, " is not the recorded one: this build decides otherwise than the one "
                           "that wrote the log");
    return pli_fault_set(fault, PLM_STATE_DIVERGED, text, NULL, NULL);
}

/* Must the event be decided again, for an audit or for its effects? */
static bool
is_decided_again(const plm_engine *engine, uint64_t sequence) {
    return engine->options.is_verifying ||
           (engine->options.observe != NULL && sequence >= engine->options.observe_from);
}

static plm_status
replay_event(plm_engine *engine, const plm_event *event, uint16_t word, plm_fault *fault) {
    plm_outcome recorded = pli_outcome_from_word(word);
    if (!is_decided_again(engine, event->header.sequence)) {
        return plm_core_replay(engine->core, event, &recorded, fault);
    }
    plm_outcome outcome;
    plm_status status = pli_engine_apply(engine, event, &outcome, fault);
    if (status == PLM_OK && pli_outcome_word(&outcome) != word) {
        return diverged(fault, "the outcome of event ", event->header.sequence);
    }
    return status;
}

/* Apply one frame's events and compare the state with what the frame records. */
static plm_status
replay_frame(plm_engine *engine, const pli_log_frame *frame, plm_fault *fault) {
    size_t at = 0;
    for (uint32_t i = 0; i < frame->event_count; i += 1) {
        plm_event event;
        size_t size = 0;
        plm_status status =
            plm_event_decode(frame->payload + at, frame->payload_size - at, &event, &size, fault);
        if (status == PLM_OK) {
            pli_engine_expect(engine, frame->payload + at + size, frame->payload_size - at - size);
            status =
                replay_event(engine, &event, pli_load_u16(frame->outcomes + 2 * (size_t)i), fault);
        }
        if (status != PLM_OK) {
            return status;
        }
        at += size;
        engine->replayed += 1;
    }
    if (at != frame->payload_size) {
        return pli_fault_set_index(fault, PLM_LOG_DAMAGED, "batch", frame->batch_sequence,
                                   " holds more bytes than its events");
    }
    if (!pli_bytes_are_zero(frame->state_digest, sizeof frame->state_digest)) {
        uint8_t hash[PLI_BLAKE2B_256_SIZE];
        plm_core_digest(engine->core, hash);
        engine->digested = plm_core_sequence(engine->core);
        if (memcmp(hash, frame->state_digest, sizeof hash) != 0) {
            return diverged(fault, "the state after batch ", frame->batch_sequence);
        }
    }
    return PLM_OK;
}

/* Decode a snapshot's bytes and compare the digest; the core is as initialised again where that fails. */
static plm_status
take_snapshot(plm_engine *engine, const pli_snapshot *snapshot, plm_fault *fault) {
    plm_status status =
        plm_core_decode(engine->core, engine->encoded, (size_t)snapshot->size, fault);
    uint8_t digest[PLI_BLAKE2B_256_SIZE];
    if (status == PLM_OK) {
        plm_core_digest(engine->core, digest);
        if (memcmp(digest, snapshot->state_digest, sizeof digest) != 0 ||
            plm_core_sequence(engine->core) + 1 != snapshot->event_sequence_next) {
            status =
                pli_fault_set(fault, PLM_STATE_MALFORMED,
                              "a snapshot's state is not the one its header states", NULL, NULL);
        }
    }
    return status;
}

/* The newest snapshot that this log and this build can use, decoded; *snapshot all zero where there is none. */
static plm_status
load_snapshot(plm_engine *engine, uint64_t batch_max, pli_snapshot *snapshot, plm_fault *fault) {
    *snapshot = (pli_snapshot){0};
    while (!engine->options.is_verifying) {
        pli_snapshot_choice choice;
        plm_status status = pli_snapshot_find(&engine->disk, batch_max, engine->encoded,
                                              engine->encoded_max, &choice, fault);
        if (status == PLM_SNAPSHOT_NONE) {
            return PLM_OK;
        }
        if (status != PLM_OK) {
            return status;
        }
        // Whoever observes from an event on wants to see it replayed.
        bool is_of_use =
            memcmp(choice.snapshot.identity, engine->identity, PLI_BLAKE2B_256_SIZE) == 0 &&
            (engine->options.observe == NULL || engine->options.observe_from == 0 ||
             choice.snapshot.event_sequence_next <= engine->options.observe_from);
        if (is_of_use && take_snapshot(engine, &choice.snapshot, fault) == PLM_OK) {
            *snapshot = choice.snapshot;
            return PLM_OK;
        }
        status = pli_engine_reset(engine, fault);
        if (status != PLM_OK || choice.snapshot.batch_sequence == 0) {
            return status;
        }
        batch_max = choice.snapshot.batch_sequence - 1;
    }
    return PLM_OK;
}

static plm_status
replay(plm_engine *engine, const pli_snapshot *snapshot, uint64_t batch_max, pli_log_reader *reader,
       plm_fault *fault) {
    bool is_found = true;
    while (pli_log_reader_point(reader)->batch_sequence < batch_max) {
        pli_log_frame frame;
        plm_status status = pli_log_reader_next(reader, &frame, &is_found, fault);
        if (status != PLM_OK || !is_found) {
            return status;
        }
        if (frame.batch_sequence == snapshot->batch_sequence) {
            // The frame under the snapshot: its chain ties the snapshot to this log.
            if (memcmp(frame.end.chain, snapshot->chain, sizeof snapshot->chain) != 0) {
                return pli_fault_set(fault, PLM_LOG_DAMAGED,
                                     "the snapshot belongs to another history than the log", NULL,
                                     NULL);
            }
            continue;
        }
        status = replay_frame(engine, &frame, fault);
        if (status != PLM_OK) {
            return status;
        }
        engine->committed = plm_core_sequence(engine->core);
    }
    return PLM_OK;
}

plm_status
pli_engine_recover(plm_engine *engine, uint64_t batch_max, plm_fault *fault) {
    pli_snapshot snapshot;
    plm_status status = load_snapshot(engine, batch_max, &snapshot, fault);
    if (status != PLM_OK) {
        return status;
    }
    engine->committed = plm_core_sequence(engine->core);
    engine->digested = engine->committed;
    pli_log_reader_options options = {.batch_first = snapshot.batch_sequence,
                                      .is_acknowledged = engine->log == NULL};
    pli_log_reader *reader;
    // The batch buffer is as large as a reader's memory and unused until the first submit.
    status = pli_log_reader_open(&engine->disk, &options, engine->batch, pli_log_reader_size(),
                                 &reader, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = replay(engine, &snapshot, batch_max, reader, fault);
    pli_log_reader_close(reader);
    return status;
}
