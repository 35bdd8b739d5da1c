/* arrays.c: scenario sets, the risk arrays made of them, and when they are made anew.  SPDX-License-Identifier: Apache-2.0 */
#include "core/arrays.h"

#include "base/assert.h"
#include "base/blake2b.h"
#include "base/endian.h"
#include "base/libc.h"
#include "core/jobs.h"
#include "core/records.h"
#include "scenario/grid.h"
#include "scenario/hash.h"

enum { ZERO_HASH_SIZE = 32 };

static uint32_t
asset_underlying(const plm_core *core, uint32_t instrument) {
    uint32_t asset = core->ledger.listing_instruments[instrument].settlement_asset_index;
    return core->ledger.listing_assets[asset].underlying_index;
}

static bool
is_open(const plm_core *core, uint32_t instrument) {
    int64_t expiry_ns = core->ledger.listing_instruments[instrument].expiry_ns;
    return core->ledger.markets[instrument].phase == PLI_PHASE_ACTIVE &&
           (expiry_ns == 0 || expiry_ns > core->time_ns);
}

static bool
is_option(const plm_core *core, uint32_t instrument) {
    return core->ledger.listing_instruments[instrument].kind == PLM_KIND_OPTION;
}

static void
empty_row(pli_arrays *arrays, uint32_t row) {
    size_t stride = arrays->header.row_stride;
    memset(arrays->entries + row * stride, 0, stride * sizeof arrays->entries[0]);
    arrays->is_built[row] = 0;
}

// May the row of this instrument be computed from `arrays`' set and the present market?
static bool
is_buildable(const plm_core *core, const pli_arrays *arrays, uint32_t instrument) {
    uint32_t settled_by = asset_underlying(core, instrument);
    if (!is_open(core, instrument)) {
        return false;
    }
    if (settled_by != PLM_NONE &&
        (settled_by >= arrays->set.header.underlying_count ||
         core->prices[settled_by].price.state == PLM_PRICE_STATE_INVALID)) {
        return false;
    }
    return is_option(core, instrument) || core->marks[instrument].is_present;
}

// Every row of an underlying anew. A row that fails stays empty and does not keep the others from being built.
static void
build_rows(plm_core *core, pli_arrays *arrays, uint32_t underlying) {
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    for (uint32_t i = 0; i < listing.instrument_count; i += 1) {
        bool is_ours = listing.instruments[i].underlying_index == underlying;
        core->only[i] = is_ours && is_buildable(core, arrays, i) ? 1 : 0;
        if (is_ours) {
            empty_row(arrays, i);
        }
    }
    for (uint32_t j = 0; j < listing.asset_count; j += 1) {
        if (listing.assets[j].underlying_index == underlying) {
            empty_row(arrays, listing.instrument_count + j);
        }
    }
    bool is_done = false;
    while (!is_done) {
        plm_status status = plm_risk_table_build(&arrays->set, &listing, &market, underlying,
                                                 core->only, &arrays->table, NULL);
        is_done = true;
        for (uint32_t i = 0; status != PLM_OK && is_done && i < listing.instrument_count; i += 1) {
            is_done = core->only[i] == 0 || arrays->is_built[i] != 0;
            core->only[i] = 0;
        }
    }
}

void
pli_arrays_mark_option(plm_core *core, uint32_t instrument) {
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    uint32_t u = listing.instruments[instrument].underlying_index;
    plm_price mark = {0};
    PLI_ASSERT(is_option(core, instrument));
    core->marks[instrument] = (plm_mark){0};
    if (is_open(core, instrument) && core->prices[u].price.state == PLM_PRICE_STATE_VALID &&
        plm_instrument_mark(&listing, &market, instrument, &mark, NULL) == PLM_OK) {
        core->marks[instrument] = (plm_mark){.mark_e8 = mark.e8, .is_present = true};
    }
}

// Options without a mark of the venue's are marked from the surface; of others the mark is remembered.
static void
mark_rows(plm_core *core, uint32_t underlying) {
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        if (core->ledger.listing_instruments[i].underlying_index != underlying) {
            continue;
        }
        if (!is_option(core, i)) {
            core->built_marks_e8[i] = core->marks[i].is_present ? core->marks[i].mark_e8 : 0;
        } else if (core->is_marked[i] == 0) {
            pli_arrays_mark_option(core, i);
        }
    }
}

static void
hash_row(pli_blake2b *hash, const pli_arrays *arrays, uint32_t row) {
    uint8_t bytes[8];
    pli_store_u32(bytes, row);
    pli_store_u32(bytes + 4, arrays->is_built[row]);
    pli_blake2b_update(hash, bytes, sizeof bytes);
    const int64_t *entries = plm_risk_row(&arrays->table, row);
    for (uint32_t i = 0; i < arrays->header.entry_count; i += 1) {
        pli_store_i64(bytes, entries[i]);
        pli_blake2b_update(hash, bytes, sizeof bytes);
    }
}

// First 16 bytes of BLAKE2b-256 over the rows in force: maintenance, then initial; instruments, then assets.
static pli_i128
hash_rows(const plm_core *core, uint32_t underlying) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    for (uint32_t h = 0; h < PLI_HORIZONS; h += 1) {
        const pli_arrays *arrays = pli_state_active(core, (plm_horizon)(h + 1));
        if (arrays == NULL || underlying >= arrays->built_count) {
            continue;
        }
        for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
            if (core->ledger.listing_instruments[i].underlying_index == underlying) {
                hash_row(&hash, arrays, i);
            }
        }
        for (uint32_t j = 0; j < core->ledger.asset_count; j += 1) {
            if (core->ledger.listing_assets[j].underlying_index == underlying) {
                hash_row(&hash, arrays, core->ledger.instrument_count + j);
            }
        }
    }
    uint8_t digest[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_final(&hash, digest);
    return pli_i128_from_wide(pli_load_wide(digest));
}

void
pli_arrays_know(plm_core *core, uint32_t underlying) {
    const pli_arrays *maintenance = pli_state_active(core, PLM_HORIZON_MAINTENANCE);
    const pli_arrays *initial = pli_state_active(core, PLM_HORIZON_INITIAL);
    const plm_risk_table *const tables[2] = {maintenance == NULL ? NULL : &maintenance->table,
                                             initial == NULL ? NULL : &initial->table};
    plm_listing listing = pli_ledger_listing(&core->ledger);
    pli_facts_renew(&core->facts, &listing, tables, underlying);
}

void
pli_arrays_rebuild(plm_core *core, uint32_t underlying) {
    pli_underlying *of = &core->underlyings[underlying];
    if (core->prices[underlying].price.state != PLM_PRICE_STATE_VALID) {
        of->is_due = true;
        return;
    }
    mark_rows(core, underlying);
    for (uint32_t h = 0; h < PLI_HORIZONS; h += 1) {
        for (uint32_t which = 0; which < 2; which += 1) {
            pli_arrays *arrays = &core->arrays[h][which];
            if (arrays->is_used && underlying < arrays->built_count) {
                build_rows(core, arrays, underlying);
            }
        }
    }
    pli_arrays_know(core, underlying);
    of->is_due = false;
    of->built_e8 = core->prices[underlying].price.price_e8;
    of->arrays_version += 1;
    pli_state_effect(core, PLM_EFFECT_ARRAYS, PLM_NONE, underlying, of->arrays_version,
                     hash_rows(core, underlying));
}

// Is `now` further than reprice_ppm from `then`, relative to the larger of |then| and the reference price?
static bool
has_drifted(const plm_core *core, uint32_t underlying, int64_t then_e8, int64_t now_e8) {
    int64_t base = then_e8 < 0 ? -then_e8 : then_e8;
    int64_t reference = core->ledger.underlyings[underlying].reference_e8;
    base = base < reference ? reference : base;
    int64_t move = now_e8 < then_e8 ? then_e8 - now_e8 : now_e8 - then_e8;
    return (pli_i128)move * PLM_PPM > (pli_i128)base * pli_state_parameters(core)->reprice_ppm;
}

// What is settled in an asset of this underlying holds its price in every entry.
static void
rebuild_settled(plm_core *core, uint32_t underlying) {
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        const plm_instrument *instrument = &core->ledger.listing_instruments[i];
        uint32_t other = instrument->underlying_index;
        if (other != underlying && instrument->settlement == PLM_SETTLEMENT_LINEAR &&
            is_open(core, i) && asset_underlying(core, i) == underlying &&
            core->rebuilt[other] == 0) {
            core->rebuilt[other] = 1;
            pli_arrays_rebuild(core, other);
        }
    }
    memset(core->rebuilt, 0, core->limits.underlying_count);
}

void
pli_arrays_follow(plm_core *core, uint32_t underlying) {
    const pli_underlying *of = &core->underlyings[underlying];
    const plm_price_record *price = &core->prices[underlying].price;
    if (price->state != PLM_PRICE_STATE_VALID) {
        return;
    }
    if (of->is_due || has_drifted(core, underlying, of->built_e8, price->price_e8)) {
        pli_arrays_rebuild(core, underlying);
        rebuild_settled(core, underlying);
    }
}

void
pli_arrays_follow_mark(plm_core *core, uint32_t instrument) {
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    if (is_option(core, instrument) || core->underlyings[u].is_due) {
        return;
    }
    const plm_mark *mark = &core->marks[instrument];
    if (!mark->is_present || core->built_marks_e8[instrument] == 0) {
        core->underlyings[u].is_due = true;
    } else if (has_drifted(core, u, core->built_marks_e8[instrument], mark->mark_e8)) {
        pli_arrays_rebuild(core, u);
    }
}

void
pli_arrays_attach(plm_core *core, pli_arrays *arrays) {
    uint32_t made = arrays->set.header.underlying_count;
    arrays->header = arrays->set.header;
    arrays->header.underlying_count = core->ledger.underlying_count;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        arrays->grid_active[u] = u < made ? arrays->set.header.grid_active[u] : 1;
        arrays->has_history[u] = u < made ? arrays->set.header.has_history[u] : 0;
    }
    arrays->header.grid_active = arrays->grid_active;
    arrays->header.has_history = arrays->has_history;
    arrays->table = (plm_risk_table){.header = &arrays->header,
                                     .instrument_count = core->ledger.instrument_count,
                                     .asset_count = core->ledger.asset_count,
                                     .entries = arrays->entries,
                                     .is_built = arrays->is_built};
}

void
pli_arrays_recalibrate(plm_core *core, uint32_t underlying) {
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        pli_arrays *arrays = &core->arrays[k / 2][k % 2];
        if (!arrays->is_used || underlying >= arrays->set.header.underlying_count) {
            continue;
        }
        // The rows hold the whole grid; the table that says how much of it counts is the state's own memory.
        uint32_t *active = (uint32_t *)(uintptr_t)arrays->set.header.grid_active;
        active[underlying] =
            pli_grid_active(&arrays->set, underlying, core->prices[underlying].volatility_ppm);
        pli_scenario_hash(&arrays->set, arrays->set.header.hash);
        pli_arrays_attach(core, arrays);
    }
    pli_arrays_know(core, underlying);
}

void
pli_arrays_look_ahead(plm_core *core, uint32_t underlying, bool is_ahead) {
    for (uint32_t h = 0; h < PLI_HORIZONS; h += 1) {
        pli_arrays *arrays = &core->arrays[h][core->active[h]];
        if (arrays->is_used && underlying < arrays->set.header.underlying_count) {
            arrays->grid_active[underlying] =
                is_ahead ? pli_grid_active(&arrays->set, underlying,
                                           core->prices[underlying].volatility_ppm)
                         : arrays->set.header.grid_active[underlying];
        }
    }
}

void
pli_arrays_listed_instrument(plm_core *core, uint32_t instrument) {
    core->marks[instrument] = (plm_mark){0};
    core->is_marked[instrument] = 0;
    core->built_marks_e8[instrument] = 0;
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        pli_arrays *arrays = &core->arrays[k / 2][k % 2];
        if (!arrays->is_used) {
            continue;
        }
        // The rows of the assets stand behind those of the instruments: they make room.
        size_t stride = arrays->header.row_stride;
        int64_t *row = arrays->entries + instrument * stride;
        memmove(row + stride, row, core->ledger.asset_count * stride * sizeof row[0]);
        memmove(arrays->is_built + instrument + 1, arrays->is_built + instrument,
                core->ledger.asset_count);
        empty_row(arrays, instrument);
        pli_arrays_attach(core, arrays);
    }
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    core->underlyings[u].is_due = true;
    pli_arrays_know(core, u);
}

void
pli_arrays_listed_asset(plm_core *core, uint32_t asset) {
    uint32_t u = core->ledger.listing_assets[asset].underlying_index;
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        pli_arrays *arrays = &core->arrays[k / 2][k % 2];
        if (arrays->is_used) {
            uint32_t row = core->ledger.instrument_count + asset;
            empty_row(arrays, row);
            arrays->is_built[row] = u == PLM_NONE ? 1 : 0;
            pli_arrays_attach(core, arrays);
        }
    }
    if (u != PLM_NONE) {
        core->underlyings[u].is_due = true;
    }
}

void
pli_arrays_listed_underlying(plm_core *core) {
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        if (core->arrays[k / 2][k % 2].is_used) {
            pli_arrays_attach(core, &core->arrays[k / 2][k % 2]);
        }
    }
}

static plm_reject
reject_of_make(plm_status status) {
    switch (status) {
    case PLM_OK:
        return PLM_REJECT_NONE;
    case PLM_LIMIT:
    case PLM_WORKSPACE_SMALL:
        return PLM_REJECT_TABLE_FULL;
    default:
        return PLM_REJECT_VALUE;
    }
}

static plm_scenario_request
make_request(plm_core *core, const plm_event_scenario_commit *body, const plm_listing *listing,
             const plm_market *market) {
    for (uint32_t i = 0; i < core->limits.class_count; i += 1) {
        memcpy(&core->classes[i], pli_record_of(core, PLI_PLACE_SHOCKS + i),
               sizeof core->classes[i]);
    }
    for (uint32_t u = 0; u < listing->underlying_count; u += 1) {
        core->histories[u] = pli_closes_history(&core->underlyings[u].closes, u);
    }
    return (plm_scenario_request){
        .name = body->name,
        .version = body->set_version,
        .listing = listing,
        .market = market,
        .parameters = pli_record_of(core, PLI_PLACE_SCENARIOS + body->horizon - 1),
        .class_count = core->limits.class_count,
        .classes = core->classes,
        .history_count = listing->underlying_count,
        .histories = core->histories,
        .kernels = core->kernels,
    };
}

static bool
is_zero(const uint8_t *bytes, size_t size) {
    uint8_t any = 0;
    for (size_t i = 0; i < size; i += 1) {
        any |= bytes[i];
    }
    return any == 0;
}

plm_reject
pli_arrays_commit(plm_core *core, const plm_event_scenario_commit *body) {
    if (body->horizon < 1 || body->horizon > PLI_HORIZONS) {
        return PLM_REJECT_VALUE;
    }
    uint32_t h = body->horizon - 1;
    if (!pli_jobs_has_room(core) || pli_jobs_find(core, PLI_JOB_ARRAYS, h)) {
        return PLM_REJECT_QUEUE_FULL;
    }
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    plm_scenario_request request = make_request(core, body, &listing, &market);
    pli_arrays *arrays = &core->arrays[h][1 - core->active[h]];
    PLI_ASSERT(!arrays->is_used);
    if (plm_scenario_size(&request) > arrays->set_size) {
        return PLM_REJECT_TABLE_FULL;
    }
    plm_reject reject = reject_of_make(
        plm_scenario_make(&request, arrays->set_memory, arrays->set_size, &arrays->set, NULL));
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    const plm_scenario_header *header = &arrays->set.header;
    if (header->row_stride > core->limits.entry_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    if (request.parameters->history_count > 0 && header->history_count == 0) {
        return PLM_REJECT_HISTORY;
    }
    if (!is_zero(body->hash, ZERO_HASH_SIZE) &&
        memcmp(body->hash, header->hash, ZERO_HASH_SIZE) != 0) {
        return PLM_REJECT_HASH;
    }
    arrays->is_used = true;
    arrays->built_count = 0;
    pli_arrays_attach(core, arrays);
    for (uint32_t row = 0; row < listing.instrument_count + listing.asset_count; row += 1) {
        empty_row(arrays, row);
        bool is_currency =
            row >= listing.instrument_count &&
            listing.assets[row - listing.instrument_count].underlying_index == PLM_NONE;
        arrays->is_built[row] = is_currency ? 1 : 0;
    }
    pli_jobs_push(core, (pli_job){.kind = PLI_JOB_ARRAYS, .index = h});
    return PLM_REJECT_NONE;
}

bool
pli_arrays_step(plm_core *core, pli_job *job) {
    uint32_t h = job->index;
    pli_arrays *arrays = &core->arrays[h][1 - core->active[h]];
    PLI_ASSERT(arrays->is_used);
    if (job->cursor < arrays->set.header.underlying_count) {
        arrays->built_count = job->cursor + 1;
        pli_arrays_rebuild(core, job->cursor);
        job->cursor += 1;
    }
    if (job->cursor < arrays->set.header.underlying_count) {
        return false;
    }
    core->screen.is_void = true;
    core->arrays[h][core->active[h]].is_used = false;
    core->active[h] = 1 - core->active[h];
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        pli_arrays_know(core, u);
    }
    return true;
}

int64_t
pli_arrays_delta(const pli_arrays *arrays, uint32_t instrument) {
    const int64_t *row = plm_risk_row(&arrays->table, instrument);
    return row[plm_scenario_probe_begin(&arrays->header) + PLM_PROBE_DELTA];
}

void
plm_core_use_kernels(plm_core *core, const plm_kernels *kernels) {
    core->kernels = kernels;
    for (uint32_t h = 0; h < PLI_HORIZONS; h += 1) {
        core->arrays[h][0].set.kernels = kernels;
        core->arrays[h][1].set.kernels = kernels;
    }
}
