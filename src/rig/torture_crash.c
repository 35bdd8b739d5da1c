/* torture_crash.c: one run cut before every operation that changes the disk, each time recovered and compared.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine.h"
#include "rig/bench.h"
#include "rig/disk.h"

enum { SPARE = PLI_DRAFT_EVENTS + 1 };

/* What the state was after a sequence, and whether a batch may end there. */
typedef struct moment {
    uint8_t digest[32];
    bool is_end;
} moment;

typedef struct crash_run {
    pli_bench *bench;
    pli_prng prng;
    pli_rig_disk *memory;
    plm_engine_options options;
    plm_engine *engine;
    uint64_t acknowledged;
    moment *moments; /* by sequence, up to that of the bench's state */
    pli_draft draft;
} crash_run;

static uint64_t
sequence_of(const crash_run *run) {
    return plm_core_sequence(run->bench->machine.core);
}

static void
remember(void *context, const uint8_t *bytes, size_t size) {
    crash_run *run = context;
    (void)bytes;
    (void)size;
    uint64_t sequence = sequence_of(run);
    PLI_ASSERT(sequence < run->bench->options->event_count + SPARE);
    plm_core_digest(run->bench->machine.core, run->moments[sequence].digest);
}

static void
compare(crash_run *run, plm_engine *found) {
    uint8_t digest[32];
    uint64_t sequence = plm_core_sequence(plm_engine_core(found));
    if (sequence < run->acknowledged) {
        pli_bench_fail(run->bench, "[W1] an acknowledged event is lost", NULL);
        return;
    }
    if (sequence > sequence_of(run) || !run->moments[sequence].is_end) {
        pli_bench_fail(run->bench, "[W2] the log ends where no batch did", NULL);
        return;
    }
    plm_core_digest(plm_engine_core(found), digest);
    if (memcmp(digest, run->moments[sequence].digest, sizeof digest) != 0) {
        pli_bench_fail(run->bench, "[W2] the recovered state is not that of its events", NULL);
    }
}

// What would be left if it all ended here: three times in four without power.
static void
cut(void *context) {
    crash_run *run = context;
    if (run->bench->has_failed) {
        return;
    }
    pli_rig_disk *left = pli_rig_disk_fork(run->memory, pli_prng_next_u64(&run->prng));
    if (pli_prng_below(&run->prng, 4) == 0) {
        pli_rig_disk_kill(left);
    } else {
        pli_rig_disk_cut_power(left);
    }
    pli_disk view = pli_rig_disk_view(left);
    plm_engine *found = NULL;
    plm_fault fault = {.text = ""};
    run->bench->result->crash_points += 1;
    if (pli_engine_open_on(&view, &run->options, &found, &fault) != PLM_OK) {
        pli_bench_fail(run->bench, "[W3] a log does not open again", fault.text);
    } else {
        compare(run, found);
        pli_engine_abandon(found);
    }
    pli_rig_disk_finish(left);
}

static void
check(crash_run *run, plm_status status, const plm_fault *fault) {
    if (status != PLM_OK && !run->bench->has_failed) {
        pli_bench_fail(run->bench, "[W7] no progress without faults", fault->text);
    }
}

static void
turn(crash_run *run) {
    plm_fault fault = {.text = ""};
    pli_bench_draft(run->bench, &run->draft, remember, run);
    if (run->bench->has_failed) {
        return;
    }
    run->moments[sequence_of(run)].is_end = true;
    check(run, pli_bench_submit(run->bench, &run->draft, run->engine, &fault), &fault);
    uint64_t chance = pli_prng_below(&run->prng, 24);
    if (chance < 16 && !run->bench->has_failed) {
        plm_status status = PLM_OK;
        if (chance == 0) {
            status = plm_engine_snapshot(run->engine, &fault);
        } else if (chance < 5) {
            status = plm_engine_commit(run->engine, &fault);
        } else {
            status = plm_engine_begin(run->engine, &fault);
        }
        if (status == PLM_OK && chance >= 12) {
            status = plm_engine_await(run->engine, &fault);
        }
        check(run, status, &fault);
        run->acknowledged = plm_engine_committed(run->engine);
    }
}

void
pli_torture_crash(pli_bench *bench) {
    crash_run *run = calloc(1, sizeof *run);
    PLI_ASSERT(run != NULL);
    run->moments = calloc(bench->options->event_count + SPARE, sizeof *run->moments);
    PLI_ASSERT(run->moments != NULL);
    run->bench = bench;
    run->prng = pli_prng_init(bench->options->seed);
    run->memory = pli_rig_disk_open(bench->options->seed);
    plm_engine_options_init(&run->options);
    run->options.may_create = true;
    run->options.limits = bench->world.limits;
    run->options.is_time_given = true;
    run->options.digest_interval = 1 + pli_prng_below(&run->prng, 64);
    run->options.segment_size = pli_bench_segment_size(bench);
    run->moments[0].is_end = true;
    plm_core_digest(bench->machine.core, run->moments[0].digest);
    pli_rig_disk_watch(run->memory, cut, run);
    pli_disk disk = pli_rig_disk_view(run->memory);
    plm_fault fault = {.text = ""};
    check(run, pli_engine_open_on(&disk, &run->options, &run->engine, &fault), &fault);
    while (!bench->has_failed && bench->event < bench->options->event_count) {
        turn(run);
    }
    if (!bench->has_failed) {
        check(run, plm_engine_close(run->engine, &fault), &fault);
        run->engine = NULL;
        run->acknowledged = sequence_of(run);
        cut(run);
    }
    if (run->engine != NULL) {
        pli_rig_disk_watch(run->memory, NULL, NULL);
        pli_engine_abandon(run->engine);
    }
    pli_rig_disk_finish(run->memory);
    free(run->moments);
    free(run);
}
