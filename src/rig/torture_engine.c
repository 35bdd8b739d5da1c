/* torture_engine.c: the real engine on a failing disk, beside a state machine that never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine.h"
#include "rig/bench.h"
#include "rig/disk_state.h"

enum {
    OPERATIONS_MAX = 120, /* a fault comes within so many operations of the disk */
    CALM_EVENTS = 64
};

/* One event that the engine has taken in, until it is known to be durable. */
typedef struct taken {
    uint8_t *bytes;
    size_t size;
} taken;

typedef struct ordeal {
    pli_bench *bench;
    pli_rig_disk *memory;
    pli_disk disk;
    plm_engine_options options;
    plm_engine *engine; /* NULL: closed, or not open yet */
    pli_machine base;   /* the state at sequence `base_sequence`, which is durable */
    uint64_t acknowledged;
    taken *tail; /* events after the base, in order */
    size_t tail_count, tail_capacity;
    pli_draft draft;
    pli_bytes scratch;
} ordeal;

static uint64_t
below(ordeal *rig, uint64_t count) {
    return pli_prng_below(&rig->bench->world.prng, count);
}

static void
remember(void *context, const uint8_t *bytes, size_t size) {
    ordeal *rig = context;
    if (rig->tail_count == rig->tail_capacity) {
        rig->tail_capacity = 2 * rig->tail_capacity + 64;
        rig->tail = realloc(rig->tail, rig->tail_capacity * sizeof *rig->tail);
        PLI_ASSERT(rig->tail != NULL);
    }
    uint8_t *copy = malloc(size);
    PLI_ASSERT(copy != NULL);
    memcpy(copy, bytes, size);
    rig->tail[rig->tail_count] = (taken){copy, size};
    rig->tail_count += 1;
}

// False where the reference itself is broken.
static bool
draw(ordeal *rig) {
    pli_bench_draft(rig->bench, &rig->draft, remember, rig);
    return !rig->bench->has_failed;
}

// Bring the base forward to a sequence by the remembered events, which are then forgotten.
static void
advance_base(ordeal *rig, uint64_t sequence) {
    plm_effects effects = {PLI_BENCH_EFFECTS, rig->bench->twin_effects};
    size_t done = 0;
    while (done < rig->tail_count && plm_core_sequence(rig->base.core) < sequence) {
        plm_event event;
        plm_outcome outcome;
        size_t size = 0;
        plm_status status =
            plm_event_decode(rig->tail[done].bytes, rig->tail[done].size, &event, &size, NULL);
        PLI_ASSERT(status == PLM_OK);
        status = plm_core_apply(rig->base.core, &event, &effects, &outcome, NULL);
        PLI_ASSERT(status == PLM_OK);
        free(rig->tail[done].bytes);
        done += 1;
    }
    rig->tail_count -= done;
    memmove(rig->tail, rig->tail + done, rig->tail_count * sizeof *rig->tail);
}

static void
forget_tail(ordeal *rig) {
    for (size_t i = 0; i < rig->tail_count; i += 1) {
        free(rig->tail[i].bytes);
    }
    rig->tail_count = 0;
}

// What was acknowledged is there, and the state is the one that the events up to there give.
static void
compare(ordeal *rig) {
    pli_bench *bench = rig->bench;
    pli_machine found = {.core = plm_engine_core(rig->engine)};
    uint64_t sequence = plm_core_sequence(found.core);
    bench->result->recoveries += 1;
    if (sequence < rig->acknowledged) {
        pli_bench_fail(bench, "[W1] an acknowledged event is lost", NULL);
        return;
    }
    advance_base(rig, sequence);
    if (plm_core_sequence(rig->base.core) != sequence) {
        pli_bench_fail(bench, "[W2] the log holds events that were never submitted", NULL);
    } else if (!pli_machines_are_equal(&rig->base, &found)) {
        pli_bench_fail(bench, "[W2] the recovered state is not that of its events", NULL);
    } else if (!pli_machine_copy(&bench->machine, &rig->base, &rig->scratch)) {
        pli_bench_fail(bench, "[D3] a state does not decode from its bytes", NULL);
    }
    // What the crash took back is taken back here too; the twin would stand in another past.
    bench->has_twin = false;
    forget_tail(rig);
    rig->acknowledged = sequence;
}

// Open what the crash has left; a fault may strike again while it recovers, but not for ever.
static void
reopen(ordeal *rig) {
    plm_fault fault = {.text = ""};
    if (below(rig, 3) == 0) {
        static const pli_rig_fault kinds[] = {PLI_RIG_FAULT_ERROR, PLI_RIG_FAULT_POWER};
        pli_rig_disk_fail(rig->memory, kinds[below(rig, 2)], 1 + below(rig, 40));
        plm_status status = pli_engine_open_on(&rig->disk, &rig->options, &rig->engine, &fault);
        bool has_failed = pli_rig_disk_has_failed(rig->memory);
        pli_rig_disk_fail(rig->memory, PLI_RIG_FAULT_NONE, 0);
        if (status == PLM_OK && !has_failed) {
            compare(rig);
            return;
        }
        if (status == PLM_OK) {
            pli_engine_abandon(rig->engine);
        } else if (!has_failed) {
            pli_bench_fail(rig->bench, "[W3] a log does not open again", fault.text);
            return;
        }
        rig->bench->result->faults += 1;
        rig->engine = NULL;
        pli_rig_disk_cut_power(rig->memory);
    }
    plm_status status = pli_engine_open_on(&rig->disk, &rig->options, &rig->engine, &fault);
    if (status != PLM_OK) {
        rig->engine = NULL;
        pli_bench_fail(rig->bench, "[W3] a log does not open again", fault.text);
        return;
    }
    compare(rig);
}

// The process ends here, with the power or without.
static void
crash(ordeal *rig) {
    rig->bench->result->faults += 1;
    pli_rig_disk_fail(rig->memory, PLI_RIG_FAULT_NONE, 0);
    if (below(rig, 2) == 0) {
        // Power first, so that not even closing files can help.
        pli_rig_disk_cut_power(rig->memory);
        pli_engine_abandon(rig->engine);
        pli_rig_disk_kill(rig->memory);
    } else {
        pli_engine_abandon(rig->engine);
        pli_rig_disk_kill(rig->memory);
    }
    rig->engine = NULL;
    reopen(rig);
}

// One bit of a file of a copy of the disk: opening it fails, or gives the state that stands here.
static void
flip(ordeal *rig) {
    pli_rig_disk *copy = pli_rig_disk_copy(rig->memory, below(rig, UINT64_MAX));
    const pli_rig_directory *names = &copy->current;
    const char *name = names->entries[below(rig, names->count)].name;
    size_t size = 0;
    const uint8_t *bytes = pli_rig_disk_bytes(copy, name, &size);
    // Segments are reserved ahead; the bytes in use are what can be damaged.
    while (size > 0 && bytes[size - 1] == 0) {
        size -= 1;
    }
    if (size > 0) {
        pli_rig_disk_flip(copy, name, below(rig, (uint64_t)size * 8));
        pli_disk view = pli_rig_disk_view(copy);
        plm_engine *engine = NULL;
        rig->bench->result->faults += 1;
        rig->bench->result->flips += 1;
        if (pli_engine_open_on(&view, &rig->options, &engine, NULL) == PLM_OK) {
            pli_machine found = {.core = plm_engine_core(engine)};
            if (!pli_machines_are_equal(&rig->bench->machine, &found)) {
                pli_bench_fail(rig->bench, "[W4] a flipped bit gives another state, in", name);
            }
            pli_engine_abandon(engine);
        }
    }
    pli_rig_disk_finish(copy);
}

// Submit the drawn batch until it is in or the engine has died.
static plm_status
submit(ordeal *rig) {
    plm_fault fault = {.text = ""};
    plm_status status = pli_bench_submit(rig->bench, &rig->draft, rig->engine, &fault);
    if (status == PLM_LOG_FULL) {
        // Nothing was taken in: once there is space again the same batch goes in.
        rig->bench->result->faults += 1;
        pli_rig_disk_fail(rig->memory, PLI_RIG_FAULT_NONE, 0);
        status = pli_bench_submit(rig->bench, &rig->draft, rig->engine, &fault);
        if (status != PLM_OK) {
            pli_bench_fail(rig->bench, "[W5] a full disk did not heal", fault.text);
            return PLM_LOG_FAILED;
        }
    }
    return status;
}

// Make it durable now, or let it become so while the next batch is decided.
static plm_status
commit(ordeal *rig) {
    plm_fault fault = {.text = ""};
    uint64_t chance = below(rig, 24);
    bool is_whole = chance < 8;
    plm_status status = PLM_OK;
    if (chance == 0) {
        status = plm_engine_snapshot(rig->engine, &fault);
    } else if (is_whole) {
        status = plm_engine_commit(rig->engine, &fault);
    } else {
        status = chance < 22 ? plm_engine_begin(rig->engine, &fault)
                             : plm_engine_await(rig->engine, &fault);
    }
    uint64_t committed = plm_engine_committed(rig->engine);
    if (committed > rig->acknowledged) {
        rig->acknowledged = committed;
    }
    if (is_whole && status == PLM_OK && committed != plm_core_sequence(rig->bench->machine.core)) {
        pli_bench_fail(rig->bench, "[W6] a commit answers before everything is durable", NULL);
    }
    // A snapshot that cannot be written does not end the log.
    return status == PLM_LOG_FAILED ? status : PLM_OK;
}

static void
arm(ordeal *rig) {
    static const pli_rig_fault kinds[] = {PLI_RIG_FAULT_ERROR, PLI_RIG_FAULT_FULL,
                                          PLI_RIG_FAULT_POWER};
    pli_rig_disk_fail(rig->memory, kinds[below(rig, 3)], 1 + below(rig, OPERATIONS_MAX));
}

static void
turn(ordeal *rig) {
    if (!draw(rig)) {
        return;
    }
    plm_status status = submit(rig);
    if (status == PLM_OK && below(rig, 3) != 0) {
        status = commit(rig);
    }
    if (rig->bench->has_failed) {
        return;
    }
    uint64_t chance = below(rig, 100);
    if (status != PLM_OK || chance == 0) {
        crash(rig);
        if (!rig->bench->has_failed && below(rig, 2) == 0) {
            arm(rig);
        }
    } else if (chance == 1 &&
               plm_engine_committed(rig->engine) == plm_core_sequence(rig->bench->machine.core)) {
        flip(rig);
    }
}

// The faults are over: everything goes in, is acknowledged, and a full replay gives the same state.
static void
heal(ordeal *rig) {
    // A commit that was begun may have met the fault already, and nobody has waited for it yet.
    bool has_failed = pli_rig_disk_has_failed(rig->memory);
    pli_rig_disk_fail(rig->memory, PLI_RIG_FAULT_NONE, 0);
    pli_world_calm(&rig->bench->world);
    uint64_t end = rig->bench->event + CALM_EVENTS;
    plm_fault fault = {.text = ""};
    if (has_failed) {
        crash(rig);
    }
    while (!rig->bench->has_failed && rig->bench->event < end) {
        if (draw(rig) && submit(rig) != PLM_OK) {
            pli_bench_fail(rig->bench, "[W7] no progress without faults", NULL);
        }
    }
    if (rig->bench->has_failed) {
        return;
    }
    plm_status status = plm_engine_close(rig->engine, &fault);
    rig->engine = NULL;
    if (status != PLM_OK) {
        pli_bench_fail(rig->bench, "[W7] no close without faults", fault.text);
        return;
    }
    rig->acknowledged = plm_core_sequence(rig->bench->machine.core);
    rig->options.is_verifying = true;
    status = pli_engine_open_on(&rig->disk, &rig->options, &rig->engine, &fault);
    if (status != PLM_OK) {
        rig->engine = NULL;
        pli_bench_fail(rig->bench, "[D1] the log does not replay from its first event", fault.text);
        return;
    }
    compare(rig);
}

void
pli_torture_engine(pli_bench *bench) {
    ordeal *on = calloc(1, sizeof *on);
    PLI_ASSERT(on != NULL);
    on->bench = bench;
    on->memory = pli_rig_disk_open(bench->options->seed);
    on->disk = pli_rig_disk_view(on->memory);
    plm_engine_options_init(&on->options);
    on->options.may_create = true;
    on->options.limits = bench->world.limits;
    on->options.is_time_given = true;
    on->options.digest_interval = 1 + below(on, 256);
    on->options.segment_size = pli_bench_segment_size(bench);
    pli_machine_open(&on->base, &bench->world.limits);
    plm_fault fault = {.text = ""};
    if (pli_engine_open_on(&on->disk, &on->options, &on->engine, &fault) != PLM_OK) {
        on->engine = NULL;
        pli_bench_fail(bench, "a venue cannot be made", fault.text);
    } else {
        arm(on);
    }
    while (!bench->has_failed && bench->event < bench->options->event_count) {
        turn(on);
    }
    if (!bench->has_failed) {
        heal(on);
    }
    if (on->engine != NULL) {
        pli_engine_abandon(on->engine);
    }
    pli_rig_disk_finish(on->memory);
    pli_machine_close(&on->base);
    forget_tail(on);
    free(on->tail);
    free(on->scratch.data);
    free(on);
}
