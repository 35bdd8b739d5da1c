/* worlds.h: small venues for fuzz targets, made when asked for: a stored one would not outlive its format.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_FUZZ_WORLDS_H
#define TS_FUZZ_WORLDS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "plimsoll/core.h"
#include "sim/world.h"

enum { WORLDS = 8, WORLD_EVENTS = 150, STATE_SIZE_MAX = 1 << 20 };

/* A venue some way into its life, as bytes, and where its stream of events goes on. */
typedef struct venue {
    pli_world world;
    uint8_t *state;
    size_t size;
} venue;

static inline void *
venue_take(size_t size) {
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    PLI_ASSERT(memory != NULL);
    return memory;
}

/* An empty core of a world's limits, in one piece of memory that every call takes anew. */
static inline plm_core *
venue_core(const plm_core_limits *limits) {
    static void *memory;
    static size_t capacity;
    size_t needed = plm_core_size(limits);
    if (needed > capacity) {
        free(memory);
        memory = venue_take(needed);
        capacity = needed;
    }
    plm_core *core = NULL;
    plm_status status = plm_core_init(limits, memory, needed, &core, NULL);
    PLI_ASSERT(status == PLM_OK);
    return core;
}

static inline void
venue_write(void *context, const uint8_t *bytes, size_t size) {
    venue *of = context;
    PLI_ASSERT(size <= STATE_SIZE_MAX - of->size);
    memcpy(of->state + of->size, bytes, size);
    of->size += size;
}

static inline const venue *
venue_at(uint8_t choice) {
    static venue venues[WORLDS];
    venue *of = &venues[choice % WORLDS];
    if (of->state == NULL) {
        of->state = venue_take(STATE_SIZE_MAX);
        pli_world_init(&of->world, 1 + choice % WORLDS, PLI_WORLD_ALL);
        plm_core *core = venue_core(&of->world.limits);
        for (uint32_t i = 0; i < WORLD_EVENTS * (1u + choice % WORLDS); i += 1) {
            plm_outcome outcome;
            pli_world_next(&of->world, core);
            plm_status status = plm_core_apply(core, &of->world.event, NULL, &outcome, NULL);
            PLI_ASSERT(status == PLM_OK);
        }
        plm_core_encode(core, venue_write, of);
    }
    return of;
}

#endif
