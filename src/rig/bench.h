/* bench.h: a state machine under test with what has to hold of it.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_BENCH_H
#define PLI_RIG_BENCH_H

#include "rig/torture.h"

#define PLI_BENCH_EFFECTS 2048u

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

pli_bench *pli_bench_open(const pli_torture_options *options, pli_torture_result *result);
void pli_bench_close(pli_bench *bench);

/* pli_bench_fail - a violation: the first is kept in words. */
void pli_bench_fail(pli_bench *bench, const char *what, const char *detail);

/* pli_bench_step - apply the world's event under all checks. */
void pli_bench_step(pli_bench *bench);

/* pli_bench_apply - apply one event and check the state after it, nothing more. */
void pli_bench_apply(pli_bench *bench, const plm_event *event);

/* pli_torture_engine - the run on the engine and a failing disk. */
void pli_torture_engine(pli_bench *bench);

#endif
