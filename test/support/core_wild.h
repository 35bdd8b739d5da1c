/* core_wild.h: random events for a small venue, most of them nearly right.              SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_CORE_WILD_H
#define TS_SUPPORT_CORE_WILD_H

#include "base/prng.h"
#include "support/core_world.h"

/*
 * ts_core_wild_next - write one event of a random kind to world->event; time moves on by up to a few seconds.
 *
 * Indices, amounts and prices are near what the world holds, and one in ten is none at all; parameter records, settlements,
 * sources and scenario sets come up too. The same seed writes the same events.
 */
typedef struct ts_core_wild {
    pli_prng prng;
    uint64_t order_id;
    uint32_t client; /* client ids so far */
    bool is_plain;   /* no records, models, sets, sources or listings */
} ts_core_wild;

void ts_core_wild_init(ts_core_wild *wild, uint64_t seed);
void ts_core_wild_next(ts_core_wild *wild, ts_core *world);

#endif
