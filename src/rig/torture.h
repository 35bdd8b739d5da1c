/* torture.h: random venues under every invariant, on the state machine alone or on the engine with a failing disk.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_TORTURE_H
#define PLI_RIG_TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/core.h"
#include "rig/coverage.h"
#include "sim/world.h"

/*
 * pli_torture_options - one seed decides venue, events and faults: the same options give the same run.
 */
typedef struct pli_torture_options {
    uint64_t seed;
    uint64_t event_count;
    uint32_t features; /* PLI_WORLD_* that the seed may choose from */
    bool has_faults;   /* the engine on a failing disk; else the state machine alone */
    bool has_crash_points; /* instead: the engine on a disk that is cut at every one of its operations */
} pli_torture_options;

typedef struct pli_torture_result {
    uint64_t events, accepted; /* applied, and those of them that were not refused */
    uint64_t faults;       /* operations that failed, powers cut, processes killed, bits flipped */
    uint64_t recoveries;   /* opens after one of them that were compared */
    uint64_t crash_points; /* states of the disk in which a run was cut and recovered */
    uint64_t flips;        /* bits flipped in the files of a copy: found, or without effect */
    uint64_t violations;
    uint64_t violation_event; /* events applied in its run before the first one */
    char violation[200];      /* of the first */
    uint32_t features;        /* that the last seed has chosen */
    pli_coverage coverage;
} pli_torture_result;

/*
 * pli_torture_run - run one seed to its end or its first violation; adds to *result, which is zeroed before the first.
 *
 * After every event: its outcome can occur (rig/coverage.h); plm_core_check ([L1] to [L4], [M10]); its part on records [G1] when one has changed and at every 64th.
 * Of every 64th, drawn at random: a refusal leaves what a bare TIME event would leave, but for the counters [L6]; whom an
 * accepted event leaves below a requirement, the rules of docs/books.md section 10 let stand there, as the public question
 * answers [M9]. Every accepted event with a client id is sent again at once: the same outcome, no change [L8]. Every
 * 1,024th: decode(encode) is the same state and goes on for 32 events as it does [D3]. On the engine: outcomes of batches
 * are those of single events [D4]; after every fault and every kill what was acknowledged is there, and the state is the
 * one that the events up to there give. Faults: operations that fail, no space, power cuts, kills, and single bits of a
 * copy. A disk that lies is test/unit/store's.
 *
 * With crash points: before every write, sync, reservation and change of a name, and at the end, a copy of the disk loses
 * its power or its process; an engine opens what is left, and its state must be that after a whole batch, no earlier than
 * the last acknowledged one.
 */
void pli_torture_run(const pli_torture_options *options, pli_torture_result *result);

#endif
