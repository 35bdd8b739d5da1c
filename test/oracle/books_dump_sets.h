/* books_dump_sets.h: scenario sets and searches as the lines of books_dump say them.               SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_ORACLE_BOOKS_DUMP_SETS_H
#define TS_ORACLE_BOOKS_DUMP_SETS_H

#include "books_dump_text.h"
#include "core/records.h"
#include "core/state.h"
#include "scenario/grid.h"

#define AHEAD_MAX 64u /* underlyings of a stream, at most */

static inline void
put_set(const pli_arrays *arrays, unsigned horizon) {
    const plm_scenario_header *h = &arrays->header;
    printf("set %u", horizon);
    put(h->horizon.ns);
    put_u(h->grid_count);
    put_u(h->plane_count);
    put_u(h->history_count);
    put_u(h->stress_count);
    put(h->probe_multiple_ppm);
    put_u(h->entry_count);
    put_u(h->underlying_count);
    for (uint32_t i = 0; i < h->underlying_count; i += 1) {
        put_u(h->grid_active[i]);
    }
    for (uint32_t i = 0; i < h->underlying_count; i += 1) {
        put_u(h->has_history[i]);
    }
    printf("\n");
}

/* list_ahead - how much of the grid counts at what is announced, in the set in force. Returns for how many underlyings. */
static inline uint32_t
list_ahead(const plm_core *core, unsigned h, uint32_t active[AHEAD_MAX]) {
    const pli_arrays *arrays = pli_state_active(core, (plm_horizon)(h + 1));
    uint32_t count = arrays == NULL ? 0 : arrays->header.underlying_count;
    for (uint32_t u = 0; u < count && u < AHEAD_MAX; u += 1) {
        const pli_underlying *of = &core->underlyings[u];
        active[u] = arrays->grid_active[u];
        if (of->recalibration_count > 0 && u < arrays->set.header.underlying_count) {
            int64_t ahead = of->living.volatility.announced[PLM_PROCYCLICALITY_NOTICE];
            active[u] = pli_grid_active(&arrays->set, u, ahead);
        }
    }
    return count;
}

static inline void
put_ahead(unsigned h, const uint32_t *active, uint32_t count) {
    printf("ahead %u", h);
    for (uint32_t u = 0; u < count && u < AHEAD_MAX; u += 1) {
        put_u(active[u]);
    }
    printf("\n");
}

// Of who closes bankrupt positions first.
static inline void
put_search(const pli_adl_job *of) {
    printf("search");
    put(of->policy);
    put(of->phase);
    put_wide(of->lots);
    put_wide(of->loss);
    put((int64_t)of->low);
    put((int64_t)of->span);
    put_wide(of->below);
    put_wide(of->at);
    put_wide(of->weight);
    put_wide(of->granted);
    put_wide(of->offered);
    for (uint32_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        put_wide(of->sums[i]);
    }
    printf("\n");
}

#endif
