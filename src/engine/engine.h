/* engine.h: the engine on any disk, as tests and the fault simulator run it.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_ENGINE_ENGINE_H
#define PLI_ENGINE_ENGINE_H

#include "crypto/signature.h"
#include "os/disk.h"
#include "plimsoll/engine.h"
#include "store/log.h"
#include "store/reader.h"

/*
 * Invariants [ENGINE-1] the log holds exactly the events that the state has applied, once a submit has returned PLM_OK.
 *            [ENGINE-2] nothing is acknowledged before its frame is durable; after a failed write or sync, nothing at all.
 *            [ENGINE-3] memory is reserved at open and nowhere else.
 */
#define PLI_ENGINE_EFFECTS_MAX 16384u

struct plm_engine {
    pli_disk disk;
    pli_disk_posix *posix; /* NULL where the caller brought the disk */
    plm_engine_options options;
    plm_core_limits limits;
    uint8_t identity[PLI_BLAKE2B_256_SIZE];
    pli_log *log;       /* NULL when reading only */
    bool is_failed;     /* the log died; every later write answers PLM_LOG_FAILED */
    void *log_memory;   /* of the log, or of the reader */
    uint8_t *batch;     /* the frame being filled, PLI_FRAME_PAYLOAD_SIZE_MAX bytes */
    uint8_t *outcomes;  /* what came of its events, PLI_FRAME_EVENT_COUNT_MAX words */
    uint8_t *encoded;   /* a state as bytes */
    size_t encoded_max; /* bytes of that */
    plm_core *core;
    void *core_memory;
    plm_effect *effects;
    uint64_t committed, replayed,
        digested; /* event sequences; digested: at the last recorded digest */
};

/* pli_engine_open_on - as plm_engine_open, on a disk of the caller's, which outlives the engine. */
PLM_MUST_USE plm_status pli_engine_open_on(const pli_disk *disk, const plm_engine_options *options,
                                           plm_engine **engine, plm_fault *fault);

/* pli_engine_abandon - give memory, files and lock back without writing anything: what a crash would leave. */
void pli_engine_abandon(plm_engine *engine);

/* pli_engine_reset - an empty state with a secret key for its client ids, computed with this processor's best kernels. */
PLM_MUST_USE plm_status pli_engine_reset(plm_engine *engine, plm_fault *fault);

/*
 * pli_engine_recover - load the newest good snapshot and replay the log behind it, checking what was recorded.
 *
 * Recorded outcomes are taken as they are, and the digests compared; where somebody observes, or options ask for it, every
 * event is decided again and its outcome compared. The core is initialised. `batch_max`: the last batch that may be looked at.
 */
PLM_MUST_USE plm_status pli_engine_recover(plm_engine *engine, uint64_t batch_max,
                                           plm_fault *fault);

/* pli_engine_apply - decide one event and tell the observer. */
PLM_MUST_USE plm_status pli_engine_apply(plm_engine *engine, const plm_event *event,
                                         plm_outcome *outcome, plm_fault *fault);

/* pli_engine_expect - these bytes begin the event after the one in hand, if there are enough of them. */
void pli_engine_expect(const plm_engine *engine, const uint8_t *bytes, size_t size);

/* pli_outcome_word - reason and is_repeat as a frame records them; pli_outcome_from_word reads them back. */
static inline uint16_t
pli_outcome_word(const plm_outcome *outcome) {
    return (uint16_t)((uint32_t)outcome->reject | (outcome->is_repeat ? 0x8000u : 0u));
}
static inline plm_outcome
pli_outcome_from_word(uint16_t word) {
    return (plm_outcome){.reject = (plm_reject)(word & 0x7fffu), .is_repeat = word >> 15 != 0};
}

/* pli_engine_is_signed - is a price report signed by the key that the state holds for its source? */
bool pli_engine_is_signed(const plm_core *core, const plm_event_price_report *report);

/* pli_engine_sign - sign a price report as its source would, whatever its signature is now. */
void pli_engine_sign(const plm_event_price_report *report, const pli_key_pair *pair,
                     uint8_t signature[PLI_SIGNATURE_SIZE]);

#endif
