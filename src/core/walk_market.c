/* walk_market.c: prices, surfaces, scenario sets and risk arrays as bytes.             SPDX-License-Identifier: Apache-2.0 */
#include "core/walk.h"

#include "base/arena.h"
#include "base/libc.h"
#include "scenario/grid.h"
#include "scenario/stress.h"

static void
walk_feed(pli_codec *codec, pli_feed *feed) {
    uint8_t bytes[PLI_FEED_ENCODED_SIZE];
    if (!codec->is_reading) {
        pli_feed_encode(feed, bytes);
    }
    pli_codec_bytes(codec, bytes, sizeof bytes);
    if (codec->is_reading && !codec->has_failed && pli_feed_decode(bytes, feed, NULL) != PLM_OK) {
        pli_codec_fail(codec);
    }
}

static void
walk_record(pli_codec *codec, plm_price_record *record) {
    pli_codec_i64(codec, &record->price_e8);
    pli_codec_i64(codec, &record->slow_e8);
    pli_codec_i64(codec, &record->confidence_e8);
    pli_codec_i64(codec, &record->publish_ns);
    record->state = (plm_price_state)pli_codec_choice(
        codec, (uint32_t)record->state, PLM_PRICE_STATE_VALID, PLM_PRICE_STATE_INVALID);
}

static void
walk_price(pli_codec *codec, plm_underlying_market *market) {
    walk_record(codec, &market->price);
    pli_codec_i64(codec, &market->volatility_ppm);
    pli_codec_i64(codec, &market->depth_micros);
    pli_codec_i64(codec, &market->volume_micros);
    pli_codec_i64(codec, &market->open_interest_micros);
}

static void
walk_closes(pli_codec *codec, pli_closes *closes) {
    pli_codec_count(codec, &closes->count, closes->capacity);
    for (uint32_t i = 0; i < closes->count && !codec->has_failed; i += 1) {
        pli_codec_i64(codec, &closes->days[i]);
        pli_codec_bits(codec, &closes->prices[i]);
    }
}

// The last `count` of a table whose latest entry stands at its end; what is older is of no account.
static void
walk_latest(pli_codec *codec, uint32_t *count, int64_t table[PLM_PROCYCLICALITY_NOTICE + 1]) {
    pli_codec_count(codec, count, PLM_PROCYCLICALITY_NOTICE + 1);
    for (uint32_t back = *count; back > 0 && !codec->has_failed; back -= 1) {
        pli_codec_i64(codec, &table[PLM_PROCYCLICALITY_NOTICE + 1 - back]);
    }
}

static plm_shock_reason
walk_reason(pli_codec *codec, plm_shock_reason reason) {
    return (plm_shock_reason)pli_codec_choice(codec, (uint32_t)reason, 0, PLM_SHOCK_REASON_UNKNOWN);
}

// The window oldest first: where in the ring it stands is no part of the state.
static void
walk_cycle(pli_codec *codec, plm_procyclicality *cycle) {
    uint32_t first = codec->is_reading
                         ? 0
                         : cycle->window_next + PLM_PROCYCLICALITY_WINDOW - cycle->window_count;
    pli_codec_count(codec, &cycle->window_count, PLM_PROCYCLICALITY_WINDOW);
    for (uint32_t i = 0; i < cycle->window_count && !codec->has_failed; i += 1) {
        int64_t *size = &cycle->window[(first + i) % PLM_PROCYCLICALITY_WINDOW];
        pli_codec_i64(codec, size);
        if (*size < 0 || *size > PLM_PROCYCLICALITY_SIZE_MAX) {
            pli_codec_fail(codec);
        } else if (codec->is_reading) {
            cycle->window_sum += *size;
        }
    }
    if (codec->is_reading) {
        cycle->window_next = cycle->window_count % PLM_PROCYCLICALITY_WINDOW;
    }
    pli_codec_count(codec, &cycle->highest_count, PLM_PROCYCLICALITY_STRESS);
    for (uint32_t i = 0; i < cycle->highest_count && !codec->has_failed; i += 1) {
        pli_codec_i64(codec, &cycle->highest[i]);
    }
    walk_latest(codec, &cycle->step_count, cycle->announced);
    cycle->reason = walk_reason(codec, cycle->reason);
}

static void
walk_living(pli_codec *codec, pli_underlying *of) {
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        pli_codec_i64(codec, &of->wanted[term]);
    }
    pli_codec_i64(codec, &of->supply_units);
    pli_codec_u64(codec, &of->recalibration_count);
    pli_codec_i64(codec, &of->recalibrated_ns);
    walk_cycle(codec, &of->living.volatility);
    for (uint32_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
        plm_living_path *path = &of->living.paths[i];
        walk_latest(codec, &path->step_count, path->announced);
        path->reason = walk_reason(codec, path->reason);
    }
}

static void
walk_underlying(pli_codec *codec, plm_core *core, uint32_t u) {
    pli_underlying *of = &core->underlyings[u];
    walk_price(codec, &core->prices[u]);
    walk_feed(codec, &of->feed);
    pli_codec_i64(codec, &of->regime_ppm);
    pli_codec_bytes(codec, of->forecast_hash, sizeof of->forecast_hash);
    walk_record(codec, &of->own);
    pli_codec_flag(codec, &of->is_own_priced);
    pli_codec_flag(codec, &of->is_settled);
    pli_codec_flag(codec, &of->is_strict);
    pli_codec_flag(codec, &of->is_priced);
    pli_codec_i64(codec, &of->candidate_e8);
    pli_codec_flag(codec, &of->is_anchored);
    pli_codec_u32(codec, &of->anchor_base_index);
    pli_codec_u32(codec, &of->anchor_ratio_index);
    pli_codec_i64(codec, &of->anchor_ratio_e8);
    pli_codec_i64(codec, &of->anchor.apart_since_ns);
    pli_codec_i64(codec, &of->allowed_ns);
    pli_codec_flag(codec, &of->is_due);
    pli_codec_i64(codec, &of->built_e8);
    pli_codec_u32(codec, &of->arrays_version);
    walk_closes(codec, &of->closes);
    walk_living(codec, of);
}

static void
walk_slice(pli_codec *codec, plm_slice *slice, plm_slice_node *nodes) {
    slice->kind = (plm_slice_kind)pli_codec_choice(codec, (uint32_t)slice->kind, PLM_SLICE_NONE,
                                                   PLM_SLICE_GRID);
    pli_codec_bits(codec, &slice->svi.a);
    pli_codec_bits(codec, &slice->svi.b);
    pli_codec_bits(codec, &slice->svi.rho);
    pli_codec_bits(codec, &slice->svi.m);
    pli_codec_bits(codec, &slice->svi.sigma);
    pli_codec_count(codec, &slice->node_count, PLM_SLICE_NODES_MAX);
    for (uint32_t i = 0; i < slice->node_count; i += 1) {
        pli_codec_bits(codec, &nodes[i].strike);
        pli_codec_bits(codec, &nodes[i].volatility);
    }
}

static void
walk_expiries(pli_codec *codec, plm_core *core) {
    pli_codec_count(codec, &core->expiry_count, core->limits.expiry_count);
    for (uint32_t i = 0; i < core->expiry_count && !codec->has_failed; i += 1) {
        plm_expiry_market *expiry = &core->expiries[i];
        plm_slice_node *nodes = core->nodes + (size_t)i * PLM_SLICE_NODES_MAX;
        pli_codec_u32(codec, &expiry->underlying_index);
        pli_codec_i64(codec, &expiry->expiry_ns);
        pli_codec_i64(codec, &expiry->forward_e8);
        walk_slice(codec, &expiry->slice, nodes);
        if (codec->is_reading) {
            expiry->slice.nodes = expiry->slice.node_count == 0 ? NULL : nodes;
        }
    }
    pli_codec_count(codec, &core->staged_count, core->limits.expiry_count);
    for (uint32_t i = 0; i < core->staged_count && !codec->has_failed; i += 1) {
        pli_staged_slice *staged = &core->staged[i];
        plm_slice slice = {
            .kind = staged->kind, .svi = staged->svi, .node_count = staged->node_count};
        pli_codec_u32(codec, &staged->underlying_index);
        pli_codec_i64(codec, &staged->expiry_ns);
        pli_codec_i64(codec, &staged->forward_e8);
        walk_slice(codec, &slice, staged->nodes);
        staged->kind = slice.kind;
        staged->svi = slice.svi;
        staged->node_count = slice.node_count;
    }
}

void
pli_walk_market(pli_codec *codec, plm_core *core) {
    for (uint32_t u = 0; u < core->ledger.underlying_count && !codec->has_failed; u += 1) {
        walk_underlying(codec, core, u);
    }
    for (uint32_t i = 0; i < core->ledger.instrument_count && !codec->has_failed; i += 1) {
        pli_codec_i64(codec, &core->marks[i].mark_e8);
        pli_codec_i64(codec, &core->marks[i].half_spread_e8);
        pli_codec_flag(codec, &core->marks[i].is_present);
        pli_codec_u8(codec, &core->is_marked[i]);
        pli_codec_i64(codec, &core->built_marks_e8[i]);
        pli_codec_flag(codec, &core->has_average[i]);
        pli_codec_i64(codec, &core->averages_e8[i]);
    }
    walk_expiries(codec, core);
}

// The pieces of a set in its memory when it comes from bytes.
typedef struct set_memory {
    plm_grid_point *grid;
    uint32_t *grid_active;
    uint8_t *has_history;
    int64_t *days;
    uint64_t *returns; // the bits of binary64 numbers
    plm_stress_move *stress_moves;
    char (*stress_names)[PLM_NAME_SIZE];
    plm_shock_parameters *shocks;
} set_memory;

static void
walk_header(pli_codec *codec, plm_scenario_header *header) {
    pli_codec_bytes(codec, header->name, PLM_NAME_SIZE);
    if (header->name[PLM_NAME_SIZE - 1] != '\0') {
        pli_codec_fail(codec);
    }
    pli_codec_u32(codec, &header->version);
    pli_codec_bytes(codec, header->hash, sizeof header->hash);
    pli_codec_i64(codec, &header->horizon.ns);
    pli_codec_u32(codec, &header->underlying_count);
    pli_codec_count(codec, &header->grid_count, PLM_SCENARIO_ENTRIES_MAX);
    pli_codec_count(codec, &header->plane_count, PLM_SCENARIO_ENTRIES_MAX);
    pli_codec_count(codec, &header->history_count, PLM_SCENARIO_ENTRIES_MAX);
    pli_codec_count(codec, &header->stress_count, PLM_SCENARIO_ENTRIES_MAX);
    pli_codec_i64(codec, &header->probe_multiple_ppm);
}

static uint32_t
entry_count(const plm_scenario_header *header) {
    uint64_t count = (uint64_t)header->grid_count +
                     (uint64_t)header->plane_count * header->history_count + header->stress_count +
                     PLM_PROBE_COUNT;
    return count > PLM_SCENARIO_ENTRIES_MAX ? PLM_NONE : (uint32_t)count;
}

// Pointers for reading: into the arrays' own memory, or fail.
static void
place_set(pli_codec *codec, plm_core *core, pli_arrays *arrays, set_memory *memory) {
    plm_scenario_header *header = &arrays->set.header;
    uint32_t entries = entry_count(header);
    bool is_sound = header->underlying_count <= core->ledger.underlying_count &&
                    entries <= core->limits.entry_count && header->grid_count >= 1;
    if (!is_sound) {
        pli_codec_fail(codec);
        return;
    }
    header->entry_count = entries;
    header->row_stride = (entries + PLM_ROW_ALIGN - 1) / PLM_ROW_ALIGN * PLM_ROW_ALIGN;
    size_t underlyings = header->underlying_count;
    pli_arena arena = pli_arena_init(arrays->set_memory, arrays->set_size);
    memory->grid = PLI_ARENA_TAKE(&arena, header->grid_count, plm_grid_point);
    memory->grid_active = PLI_ARENA_TAKE(&arena, underlyings, uint32_t);
    memory->has_history = PLI_ARENA_TAKE(&arena, underlyings, uint8_t);
    memory->days = PLI_ARENA_TAKE(&arena, header->history_count, int64_t);
    memory->returns = PLI_ARENA_TAKE(&arena, header->history_count * underlyings, uint64_t);
    memory->stress_moves =
        PLI_ARENA_TAKE(&arena, header->stress_count * underlyings, plm_stress_move);
    memory->stress_names = pli_arena_take(&arena, header->stress_count, PLM_NAME_SIZE, 1);
    memory->shocks = PLI_ARENA_TAKE(&arena, underlyings, plm_shock_parameters);
    if (!pli_arena_is_ok(&arena)) {
        pli_codec_fail(codec);
        return;
    }
    memset(memory->grid, 0, header->grid_count * sizeof memory->grid[0]);
    memset(memory->shocks, 0, underlyings * sizeof memory->shocks[0]);
    header->grid_active = memory->grid_active;
    header->has_history = memory->has_history;
    header->stress_names = (const char(*)[PLM_NAME_SIZE])memory->stress_names;
    arrays->set.grid = memory->grid;
    arrays->set.history_days = memory->days;
    arrays->set.history_returns = (const void *)memory->returns;
    arrays->set.stress_moves = memory->stress_moves;
    arrays->set.shocks = memory->shocks;
    arrays->set.kernels = core->kernels;
}

// Pointers for writing: where the set has its tables.
static set_memory
memory_of(const plm_scenario_set *set) {
    return (set_memory){
        .grid = (plm_grid_point *)(uintptr_t)set->grid,
        .grid_active = (uint32_t *)(uintptr_t)set->header.grid_active,
        .has_history = (uint8_t *)(uintptr_t)set->header.has_history,
        .days = (int64_t *)(uintptr_t)set->history_days,
        .returns = (uint64_t *)(uintptr_t)set->history_returns,
        .stress_moves = (plm_stress_move *)(uintptr_t)set->stress_moves,
        .stress_names = (char(*)[PLM_NAME_SIZE])(uintptr_t)set->header.stress_names,
        .shocks = (plm_shock_parameters *)(uintptr_t)set->shocks,
    };
}

static void
walk_grid_point(pli_codec *codec, plm_grid_point *point) {
    // Two's complement: levels and extremes are small signed numbers.
    int64_t level = point->level;
    int64_t extreme = point->extreme;
    pli_codec_i64(codec, &level);
    pli_codec_i64(codec, &extreme);
    if (level < -64 || level > 64 || extreme < -1 || extreme > 1) {
        pli_codec_fail(codec);
        return;
    }
    point->level = (int32_t)level;
    point->extreme = (int32_t)extreme;
    point->vol_move = (plm_vol_move)pli_codec_choice(codec, (uint32_t)point->vol_move,
                                                     PLM_VOL_MOVE_NONE, PLM_VOL_MOVE_ROLL_DOWN);
    pli_codec_flag(codec, &point->is_sticky_moneyness);
    pli_codec_flag(codec, &point->is_elapsed);
}

static void
walk_shocks(pli_codec *codec, plm_shock_parameters *shocks) {
    int64_t values[sizeof *shocks / sizeof(int64_t)];
    memcpy(values, shocks, sizeof values);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i += 1) {
        pli_codec_i64(codec, &values[i]);
    }
    if (codec->is_reading) {
        memcpy(shocks, values, sizeof values);
        if (plm_record_check(&plm_shock_descriptor, shocks, NULL) != PLM_OK) {
            pli_codec_fail(codec);
        }
    }
}

static void
walk_set(pli_codec *codec, plm_core *core, pli_arrays *arrays) {
    plm_scenario_header *header = &arrays->set.header;
    walk_header(codec, header);
    set_memory memory = memory_of(&arrays->set);
    if (codec->is_reading && !codec->has_failed) {
        place_set(codec, core, arrays, &memory);
    }
    for (uint32_t i = 0; i < header->grid_count && !codec->has_failed; i += 1) {
        walk_grid_point(codec, &memory.grid[i]);
    }
    for (uint32_t u = 0; u < header->underlying_count && !codec->has_failed; u += 1) {
        pli_codec_count(codec, &memory.grid_active[u], header->grid_count);
        pli_codec_u8(codec, &memory.has_history[u]);
        walk_shocks(codec, &memory.shocks[u]);
    }
    for (uint32_t i = 0; i < header->history_count && !codec->has_failed; i += 1) {
        pli_codec_i64(codec, &memory.days[i]);
        for (uint32_t u = 0; u < header->underlying_count; u += 1) {
            pli_codec_bits(codec, &memory.returns[(size_t)i * header->underlying_count + u]);
        }
    }
    for (uint32_t i = 0; i < header->stress_count && !codec->has_failed; i += 1) {
        pli_codec_bytes(codec, memory.stress_names[i], PLM_NAME_SIZE);
        for (uint32_t u = 0; u < header->underlying_count; u += 1) {
            plm_stress_move *move = &memory.stress_moves[(size_t)i * header->underlying_count + u];
            pli_codec_bits(codec, &move->price);
            pli_codec_bits(codec, &move->volatility);
            pli_codec_bits(codec, &move->basis);
        }
    }
}

// Rows in full where they are built; one that is not holds zeros.
static void
walk_rows(pli_codec *codec, const plm_core *core, pli_arrays *arrays) {
    uint32_t rows = core->ledger.instrument_count + core->ledger.asset_count;
    uint32_t stride = arrays->set.header.row_stride;
    uint32_t entries = arrays->set.header.entry_count;
    for (uint32_t row = 0; row < rows && !codec->has_failed; row += 1) {
        int64_t *at = arrays->entries + (size_t)row * stride;
        pli_codec_u8(codec, &arrays->is_built[row]);
        if (arrays->is_built[row] > 1) {
            pli_codec_fail(codec);
        }
        if (codec->is_reading) {
            memset(at, 0, stride * sizeof at[0]);
        }
        for (uint32_t i = 0; arrays->is_built[row] == 1 && i < entries; i += 1) {
            pli_codec_i64(codec, &at[i]);
        }
    }
}

void
pli_walk_arrays(pli_codec *codec, plm_core *core) {
    for (uint32_t h = 0; h < PLI_HORIZONS && !codec->has_failed; h += 1) {
        // In force first, then the one being built: which memory holds which is no part of the state.
        if (codec->is_reading) {
            core->active[h] = 0;
        }
        for (uint32_t k = 0; k < 2 && !codec->has_failed; k += 1) {
            pli_arrays *arrays = &core->arrays[h][core->active[h] ^ k];
            pli_codec_flag(codec, &arrays->is_used);
            if (!arrays->is_used) {
                continue;
            }
            pli_codec_u32(codec, &arrays->built_count);
            walk_set(codec, core, arrays);
            walk_rows(codec, core, arrays);
        }
    }
}
