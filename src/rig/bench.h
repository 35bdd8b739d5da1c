/* bench.h: a state machine under test with what has to hold of it.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_BENCH_H
#define PLI_RIG_BENCH_H

#include "plimsoll/engine.h"
#include "rig/keys.h"
#include "rig/torture.h"

#define PLI_BENCH_EFFECTS 16384u /* as many as the engine keeps */
#define PLI_DRAFT_EVENTS 16u

/* pli_bytes - a state as bytes. */
typedef struct pli_bytes {
    uint8_t *data;
    size_t size, capacity;
} pli_bytes;

/* pli_machine - a state and its memory. */
typedef struct pli_machine {
    plm_core_limits limits;
    void *memory;
    plm_core *core;
} pli_machine;

/* pli_bench - a world, its state, a twin that now and then goes beside it, and the result that is added to. */
typedef struct pli_bench {
    const pli_torture_options *options;
    pli_torture_result *result;
    pli_world world;
    pli_machine machine, twin;
    pli_machine idle; /* where only time passes, at a close look */
    pli_keys keys;    /* of price sources; only an engine asks for signatures */
    bool has_twin;
    uint64_t twin_end; /* event at which the two are compared */
    uint64_t event;    /* applied so far */
    pli_bytes before, after;
    plm_effect effects[PLI_BENCH_EFFECTS];
    plm_effect twin_effects[PLI_BENCH_EFFECTS];
    plm_outcome outcome;
    bool has_failed;
} pli_bench;

/* pli_machine_open, pli_machine_close - an empty state. pli_machine_copy - the state of another by its bytes. */
void pli_machine_open(pli_machine *machine, const plm_core_limits *limits);
void pli_machine_close(pli_machine *machine);
bool pli_machine_copy(pli_machine *to, const pli_machine *from, pli_bytes *bytes);
bool pli_machines_are_equal(const pli_machine *one, const pli_machine *other);

/* pli_draft - a batch of events that were decided one by one, each alone, before an engine sees them. */
typedef struct pli_draft {
    uint8_t bytes[PLI_DRAFT_EVENTS * PLM_EVENT_SIZE_MAX];
    size_t ends[PLI_DRAFT_EVENTS];    /* of each event in the bytes */
    bool is_let_in[PLI_DRAFT_EVENTS]; /* false: its signature keeps it out of the log */
    plm_outcome expected[PLI_DRAFT_EVENTS];
    uint32_t count;
} pli_draft;

pli_bench *pli_bench_open(const pli_torture_options *options, pli_torture_result *result);
void pli_bench_close(pli_bench *bench);

/* pli_bench_fail - a violation: the first is kept in words. */
void pli_bench_fail(pli_bench *bench, const char *what, const char *detail);

/* pli_bench_step - apply the world's event under all checks. */
void pli_bench_step(pli_bench *bench);

/* pli_bench_apply - apply one event and check the state after it, nothing more. */
void pli_bench_apply(pli_bench *bench, const plm_event *event);

/*
 * pli_bench_draft - draw up to PLI_DRAFT_EVENTS events and apply each to the bench's state, `applied` called after each that
 * a log would hold. pli_bench_submit - give them to an engine; outcomes that are not the expected ones are a violation.
 */
typedef void pli_bench_applied(void *context, const uint8_t *bytes, size_t size);
void pli_bench_draft(pli_bench *bench, pli_draft *draft, pli_bench_applied *applied, void *context);
plm_status pli_bench_submit(pli_bench *bench, const pli_draft *draft, plm_engine *engine,
                            plm_fault *fault);

/* pli_bench_segment_size - of logs of a run: holds the largest batch, fills up often, and there are never many. */
uint64_t pli_bench_segment_size(const pli_bench *bench);

/* pli_torture_engine - the run on the engine and a failing disk. pli_torture_crash - on a disk that is cut everywhere. */
void pli_torture_engine(pli_bench *bench);
void pli_torture_crash(pli_bench *bench);

#endif
