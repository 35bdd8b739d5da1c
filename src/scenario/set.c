/* set.c: lays out a scenario set in the caller's memory.                              SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/libc.h"
#include "base/text.h"
#include "scenario/closes.h"
#include "scenario/grid.h"
#include "scenario/hash.h"
#include "scenario/history.h"
#include "scenario/stress.h"

enum { PLANE_COUNT = 4, HISTORY_COUNT_MAX = 1000, LEVEL_MAX = 32 };

// Every piece of the set, and the scratch behind it.
typedef struct layout {
    plm_grid_point *grid;
    uint32_t *grid_active;
    pli_joint_history joint;
    plm_stress_move *stress_moves;
    char (*stress_names)[PLM_NAME_SIZE];
    plm_shock_parameters *shocks;
    pli_history_work work;
} layout;

// Levels the grid must hold: the most that a listed underlying's class may use.
static uint32_t
level_max(const plm_scenario_request *request) {
    int64_t most = 1;
    for (uint32_t u = 0; u < request->listing->underlying_count; u += 1) {
        uint32_t class_id = request->listing->underlyings[u].class_id;
        if (class_id < request->class_count && request->classes[class_id].level_max > most) {
            most = request->classes[class_id].level_max;
        }
    }
    return most > LEVEL_MAX ? LEVEL_MAX : (uint32_t)most;
}

static size_t
history_bound(const plm_scenario_request *request) {
    int64_t count = request->parameters->history_count;
    if (count < 0) {
        return 0;
    }
    return count > HISTORY_COUNT_MAX ? HISTORY_COUNT_MAX : (size_t)count;
}

static void
carve(const plm_scenario_request *request, pli_arena *arena, layout *out) {
    size_t underlying_count = request->listing->underlying_count;
    size_t history_count = history_bound(request);
    size_t stress_count = pli_stress_count(request->listing, NULL);
    size_t grid_count =
        pli_grid_prefix(level_max(request), request->parameters->sticky_moneyness != 0);
    out->grid = PLI_ARENA_TAKE(arena, grid_count, plm_grid_point);
    out->grid_active = PLI_ARENA_TAKE(arena, underlying_count, uint32_t);
    out->joint.days = PLI_ARENA_TAKE(arena, history_count, int64_t);
    out->joint.returns = PLI_ARENA_TAKE(arena, history_count * underlying_count, double);
    out->joint.has_history = PLI_ARENA_TAKE(arena, underlying_count, uint8_t);
    out->stress_moves = PLI_ARENA_TAKE(arena, stress_count * underlying_count, plm_stress_move);
    out->stress_names = pli_arena_take(arena, stress_count, PLM_NAME_SIZE, 1);
    out->shocks = PLI_ARENA_TAKE(arena, underlying_count, plm_shock_parameters);
    pli_history_work_take(request, arena, &out->work);
}

size_t
plm_scenario_size(const plm_scenario_request *request) {
    pli_arena arena = pli_arena_init_sizing();
    layout unused;
    carve(request, &arena, &unused);
    return (pli_arena_used(&arena) + PLI_ARENA_ALIGN - 1) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}

size_t
pli_scenario_bound(uint32_t underlying_count, uint32_t asset_count, uint32_t history_count) {
    pli_arena arena = pli_arena_init_sizing();
    size_t underlyings = underlying_count;
    // Six fixed moves, a pair for each of the first underlyings, a peg for each asset.
    size_t stress_count = 6 + 2 * (size_t)PLI_STRESS_BROKEN_MAX + asset_count;
    size_t day_sum = underlyings * history_count;
    (void)PLI_ARENA_TAKE(&arena, pli_grid_prefix(LEVEL_MAX, true), plm_grid_point);
    (void)PLI_ARENA_TAKE(&arena, underlyings, uint32_t);
    (void)PLI_ARENA_TAKE(&arena, HISTORY_COUNT_MAX, int64_t);
    (void)PLI_ARENA_TAKE(&arena, HISTORY_COUNT_MAX * underlyings, double);
    (void)PLI_ARENA_TAKE(&arena, underlyings, uint8_t);
    (void)PLI_ARENA_TAKE(&arena, stress_count * underlyings, plm_stress_move);
    (void)pli_arena_take(&arena, stress_count, PLM_NAME_SIZE, 1);
    (void)PLI_ARENA_TAKE(&arena, underlyings, plm_shock_parameters);
    (void)PLI_ARENA_TAKE(&arena, underlyings, uint32_t);
    (void)PLI_ARENA_TAKE(&arena, underlyings, uint32_t);
    (void)PLI_ARENA_TAKE(&arena, day_sum, int64_t);
    (void)PLI_ARENA_TAKE(&arena, day_sum, uint32_t);
    (void)PLI_ARENA_TAKE(&arena, history_count, double);
    (void)PLI_ARENA_TAKE(&arena, (size_t)history_count + 1, double);
    (void)PLI_ARENA_TAKE(&arena, history_count, int64_t);
    // Alignment may fall otherwise where counts are smaller: one line for each of the pieces.
    return (pli_arena_used(&arena) + 16 * PLI_ARENA_ALIGN) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}

static plm_status
check_request(const plm_scenario_request *request, plm_fault *fault) {
    plm_status status = plm_record_check(&plm_set_descriptor, request->parameters, fault);
    for (uint32_t i = 0; i < request->class_count && status == PLM_OK; i += 1) {
        status = plm_record_check(&plm_shock_descriptor, &request->classes[i], fault);
        int64_t multiple = request->classes[i].probe_multiple_ppm;
        int64_t first = request->classes[0].probe_multiple_ppm;
        if (status == PLM_OK && multiple != first) {
            status = pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                         "probe_multiple_ppm, the same for all classes,", multiple,
                                         first, first);
        }
    }
    for (uint32_t u = 0; u < request->listing->underlying_count && status == PLM_OK; u += 1) {
        uint32_t class_id = request->listing->underlyings[u].class_id;
        if (class_id >= request->class_count) {
            status = pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "the class of underlying", u,
                                         " has no shock sizes");
        }
    }
    return status;
}

static plm_status
count_entries(plm_scenario_header *header, plm_fault *fault) {
    uint64_t count = (uint64_t)header->grid_count +
                     (uint64_t)header->plane_count * header->history_count + header->stress_count +
                     PLM_PROBE_COUNT;
    uint64_t stride = (count + PLM_ROW_ALIGN - 1) / PLM_ROW_ALIGN * PLM_ROW_ALIGN;
    if (stride > PLM_SCENARIO_ENTRIES_MAX) {
        return pli_fault_set_range(fault, PLM_LIMIT, "the count of entries of a row",
                                   (int64_t)count, 1, PLM_SCENARIO_ENTRIES_MAX);
    }
    header->entry_count = (uint32_t)count;
    header->row_stride = (uint32_t)stride;
    return PLM_OK;
}

static void
fill_grid(const plm_scenario_request *request, layout *parts, plm_scenario_header *header) {
    bool has_sticky = request->parameters->sticky_moneyness != 0;
    header->grid_count = pli_grid_prefix(level_max(request), has_sticky);
    pli_grid_fill(level_max(request), has_sticky, parts->grid);
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        parts->shocks[u] = request->classes[request->listing->underlyings[u].class_id];
        uint32_t level =
            pli_grid_level(&parts->shocks[u], request->market->underlyings[u].volatility_ppm,
                           request->parameters->horizon_ns);
        parts->grid_active[u] = pli_grid_prefix(level, has_sticky);
    }
}

plm_status
plm_scenario_make(const plm_scenario_request *request, void *memory, size_t size,
                  plm_scenario_set *set, plm_fault *fault) {
    plm_status status = check_request(request, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_arena arena = pli_arena_init(memory, size);
    layout parts;
    carve(request, &arena, &parts);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "the memory of a scenario set",
                                   (int64_t)size, (int64_t)plm_scenario_size(request), INT64_MAX);
    }
    status = pli_history_make(request, &parts.work, &parts.joint, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_scenario_header header = {
        .version = request->version,
        .horizon = {.ns = request->parameters->horizon_ns},
        .underlying_count = request->listing->underlying_count,
        .plane_count = parts.joint.count > 0 ? PLANE_COUNT : 0,
        .history_count = parts.joint.count,
        .stress_count = pli_stress_count(request->listing, parts.joint.has_history),
        .probe_multiple_ppm =
            request->class_count > 0 ? request->classes[0].probe_multiple_ppm : 2 * PLM_PPM,
        .grid_active = parts.grid_active,
        .has_history = parts.joint.has_history,
        .stress_names = (const char(*)[PLM_NAME_SIZE])parts.stress_names,
    };
    pli_text name = pli_text_init(header.name, sizeof header.name);
    pli_text_append(&name, request->name);
    fill_grid(request, &parts, &header);
    status = count_entries(&header, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_stress_fill(request->listing, parts.joint.has_history, parts.shocks, parts.stress_moves,
                    parts.stress_names);
    plm_scenario_set made = {
        .header = header,
        .grid = parts.grid,
        .history_returns = parts.joint.returns,
        .history_days = parts.joint.days,
        .stress_moves = parts.stress_moves,
        .shocks = parts.shocks,
        .kernels = request->kernels,
    };
    pli_scenario_hash(&made, made.header.hash);
    *set = made;
    return PLM_OK;
}
