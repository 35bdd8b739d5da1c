/* logs.c: forty seeded venues, each with its own log of events, after every event.     SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "digest/digest.h"
#include "plimsoll/core.h"
#include "sim/world.h"

/*
 * What comes next depends on the state, so a state that differs soon shows in everything: the drawn events are hashed too.
 */
enum { LOGS = 40, EVENTS = 400, DIGEST_EVERY = 100, EFFECTS = 256, ACCEPTED_LEAST_PERCENT = 5 };

static _Alignas(64) unsigned char state_memory[2 << 20];
static plm_effect entries[EFFECTS];
static pli_world world;

static void
step(digest *to, plm_core *core) {
    pli_world_next(&world, core);
    digest_bytes(to, world.bytes, world.size);
    plm_effects effects = {.capacity = EFFECTS, .entries = entries};
    plm_outcome outcome;
    plm_status status = plm_core_apply(core, &world.event, &effects, &outcome, NULL);
    PLI_ASSERT(status == PLM_OK);
    (void)digest_status(to, outcome.reject == PLM_REJECT_NONE ? PLM_OK : PLM_DOMAIN);
    digest_u32(to, (uint32_t)outcome.reject);
    digest_u32(to, outcome.is_repeat ? 1 : 0);
    digest_u32(to, outcome.effect_count);
    for (uint32_t i = 0; i < outcome.effect_count && i < EFFECTS; i += 1) {
        digest_u32(to, (uint32_t)entries[i].kind);
        digest_u32(to, entries[i].account);
        digest_u32(to, entries[i].index);
        digest_i128(to, pli_i128_from_wide(entries[i].a));
        digest_i128(to, pli_i128_from_wide(entries[i].b));
    }
}

static void
put_state(digest *to, const plm_core *core) {
    uint8_t hash[32];
    plm_core_digest(core, hash);
    digest_bytes(to, hash, sizeof hash);
    PLI_ASSERT(plm_core_check(core) == NULL);
}

void
digest_logs(digest *to) {
    for (uint32_t seed = 1; seed <= LOGS; seed += 1) {
        pli_world_init(&world, seed, PLI_WORLD_ALL);
        plm_core *core;
        plm_status status =
            plm_core_init(&world.limits, state_memory, sizeof state_memory, &core, NULL);
        PLI_ASSERT(status == PLM_OK);
        digest_begin(to);
        for (uint32_t i = 1; i <= EVENTS; i += 1) {
            step(to, core);
            if (i % DIGEST_EVERY == 0) {
                put_state(to, core);
            }
        }
        digest_end_of_world(to, "log", seed, ACCEPTED_LEAST_PERCENT);
    }
}
