/* surface.c: volatility surfaces: slices are staged one by one, a commit puts them in place together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/blake2b.h"
#include "base/libc.h"
#include "core/arrays.h"
#include "core/market.h"
#include "core/prices.h"

// The last staged slice of an underlying, or NULL.
static const pli_staged_slice *
last_staged(const plm_core *core, uint32_t underlying) {
    for (uint32_t i = core->staged_count; i > 0; i -= 1) {
        if (core->staged[i - 1].underlying_index == underlying) {
            return &core->staged[i - 1];
        }
    }
    return NULL;
}

plm_reject
pli_market_slice(plm_core *core, const plm_event_surface_slice *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    const pli_staged_slice *last = last_staged(core, u);
    bool is_grid = body->kind == PLM_SLICE_GRID;
    if (!pli_price_is_valid(core, u, body->forward_e8) || body->expiry_ns <= core->time_ns ||
        (last != NULL && body->expiry_ns <= last->expiry_ns) || body->kind > PLM_SLICE_GRID ||
        body->node_count > PLM_SLICE_NODES_MAX || is_grid != (body->node_count > 0)) {
        return PLM_REJECT_VALUE;
    }
    if (core->staged_count == core->limits.expiry_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    pli_staged_from_event(body, &core->staged[core->staged_count]);
    core->staged_count += 1;
    return PLM_REJECT_NONE;
}

static uint32_t
collect(const plm_core *core, uint32_t underlying) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->staged_count; i += 1) {
        if (core->staged[i].underlying_index == underlying) {
            core->collected[count] = &core->staged[i];
            count += 1;
        }
    }
    return count;
}

static void
hash_staged(const plm_core *core, uint32_t count, uint8_t digest[PLI_BLAKE2B_256_SIZE]) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    plm_event event;
    memset(&event.header, 0, sizeof event.header);
    event.header.type = PLM_EVENT_TYPE_SURFACE_SLICE;
    event.header.version = 1;
    for (uint32_t i = 0; i < count; i += 1) {
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        pli_staged_to_event(core->collected[i], &event.surface_slice_body);
        plm_status status = plm_event_encode(&event, bytes, sizeof bytes, &size);
        PLI_ASSERT(status == PLM_OK);
        pli_blake2b_update(&hash, bytes + PLM_EVENT_HEADER_SIZE, size - PLM_EVENT_HEADER_SIZE);
    }
    pli_blake2b_final(&hash, digest);
}

static void
put_expiry(plm_core *core, uint32_t at, const plm_expiry_market *expiry) {
    plm_slice_node *nodes = core->nodes + (size_t)at * PLM_SLICE_NODES_MAX;
    uint32_t node_count = expiry->slice.node_count;
    core->expiries[at] = *expiry;
    memmove(nodes, expiry->slice.nodes == NULL ? nodes : expiry->slice.nodes,
            node_count * sizeof nodes[0]);
    memset(nodes + node_count, 0, (PLM_SLICE_NODES_MAX - node_count) * sizeof nodes[0]);
    core->expiries[at].slice.nodes = node_count == 0 ? NULL : nodes;
}

// The staged slices in place of the underlying's old ones; those of other underlyings move up or down.
static void
replace_surface(plm_core *core, uint32_t underlying, uint32_t count) {
    uint32_t kept = 0;
    uint32_t first = 0;
    for (uint32_t i = 0; i < core->expiry_count; i += 1) {
        if (core->expiries[i].underlying_index == underlying) {
            continue;
        }
        if (kept != i) {
            put_expiry(core, kept, &core->expiries[i]);
        }
        kept += 1;
        first += core->expiries[kept - 1].underlying_index < underlying ? 1 : 0;
    }
    for (uint32_t i = kept; i > first; i -= 1) {
        if (count > 0) {
            put_expiry(core, i - 1 + count, &core->expiries[i - 1]);
        }
    }
    for (uint32_t i = 0; i < count; i += 1) {
        plm_expiry_market expiry = pli_staged_expiry(core->collected[i]);
        put_expiry(core, first + i, &expiry);
    }
    core->expiry_count = kept + count;
}

static void
drop_staged(plm_core *core, uint32_t underlying) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < core->staged_count; i += 1) {
        if (core->staged[i].underlying_index == underlying) {
            continue;
        }
        if (kept != i) {
            core->staged[kept] = core->staged[i];
        }
        kept += 1;
    }
    core->staged_count = kept;
}

static uint32_t
count_expiries(const plm_core *core, uint32_t underlying) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->expiry_count; i += 1) {
        count += core->expiries[i].underlying_index == underlying ? 1 : 0;
    }
    return count;
}

plm_reject
pli_market_surface(plm_core *core, const plm_event_surface_commit *body) {
    uint32_t u = body->underlying_index;
    if (u >= core->ledger.underlying_count) {
        return PLM_REJECT_UNDERLYING_UNKNOWN;
    }
    if (body->slice_count == 0) {
        drop_staged(core, u);
        return PLM_REJECT_NONE;
    }
    uint32_t count = collect(core, u);
    if (count != body->slice_count) {
        return PLM_REJECT_COUNT;
    }
    uint8_t digest[PLI_BLAKE2B_256_SIZE];
    hash_staged(core, count, digest);
    if (memcmp(digest, body->hash, sizeof digest) != 0) {
        return PLM_REJECT_HASH;
    }
    if (core->expiry_count - count_expiries(core, u) + count > core->limits.expiry_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    plm_status status =
        pli_staged_check(core->collected, count, core->time_ns, core->ledger.underlyings[u].domain,
                         core->surface_scratch, NULL);
    if (status != PLM_OK) {
        return status == PLM_SURFACE_ARBITRAGE ? PLM_REJECT_ARBITRAGE : PLM_REJECT_VALUE;
    }
    replace_surface(core, u, count);
    drop_staged(core, u);
    pli_arrays_rebuild(core, u);
    return PLM_REJECT_NONE;
}
