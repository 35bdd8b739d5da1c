/* core.c: the scenario part of model `portfolio`: tail, grid, floor and stress over one set of arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "margin/core.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "base/text.h"
#include "model/change.h"
#include "model/value.h"

void
pli_core_size(pli_arena *arena, const plm_limits *limits) {
    (void)pli_core_take(arena, limits);
}

pli_core_scratch
pli_core_take(pli_arena *arena, const plm_limits *limits) {
    size_t shares = (size_t)limits->position_count + limits->order_count + limits->balance_count;
    size_t groups = shares;
    pli_core_scratch scratch;
    scratch.entry_capacity = limits->entry_count;
    scratch.grid_sums = PLI_ARENA_TAKE(arena, limits->entry_count, pli_i128);
    scratch.joint_sums = PLI_ARENA_TAKE(arena, limits->entry_count, pli_i128);
    scratch.values = PLI_ARENA_TAKE(arena, limits->entry_count, int64_t);
    scratch.indices = PLI_ARENA_TAKE(arena, limits->entry_count, uint32_t);
    scratch.numerators = PLI_ARENA_TAKE(arena, shares, pli_i128);
    scratch.shares = PLI_ARENA_TAKE(arena, shares, pli_i128);
    scratch.share_order = PLI_ARENA_TAKE(arena, shares, uint32_t);
    scratch.grid = PLI_ARENA_TAKE(arena, groups, pli_grid_loss);
    return scratch;
}

bool
pli_line_expires(const pli_view *view, const pli_line *line, const plm_scenario_header *header) {
    int64_t expiry = view->listing->instruments[line->instrument_index].expiry_ns;
    return expiry != 0 && expiry - view->market->time.ns <= header->horizon.ns;
}

/* Atoms per whole unit of an asset. */
static pli_i128
unit_atoms(const plm_asset *asset) {
    pli_i128 atoms = 1;
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        atoms *= 10;
    }
    return atoms;
}

bool
pli_balance_entry(const pli_view *view, const plm_risk_table *table, const plm_balance *balance,
                  uint32_t entry, pli_i128 *out) {
    const plm_asset *asset = &view->listing->assets[balance->asset_index];
    *out = 0;
    if (asset->treatment != PLM_TREATMENT_SCENARIO) {
        return true;
    }
    const int64_t *row = plm_risk_row(table, table->instrument_count + balance->asset_index);
    return pli_muldiv_floor(pli_i128_from_wide(balance->atoms), row[entry], unit_atoms(asset), out);
}

bool
pli_order_premium_entry(const pli_view *view, const plm_risk_table *table,
                        const pli_open_order *order, uint32_t entry, pli_i128 *out) {
    const pli_line *line = &view->lines[order->line_index];
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    plm_balance cash = {.asset_index = instrument->settlement_asset_index};
    *out = 0;
    if (view->listing->assets[cash.asset_index].treatment != PLM_TREATMENT_SCENARIO) {
        return true;
    }
    if (!pli_fill_atoms(view->listing, line->instrument_index, order->lots, order->limit_e8,
                        &cash.atoms)) {
        return false;
    }
    cash.atoms = pli_wide_from_i128(-pli_i128_from_wide(cash.atoms));
    return pli_balance_entry(view, table, &cash, entry, out);
}

bool
pli_order_entry(const pli_view *view, const plm_risk_table *table, const pli_open_order *order,
                uint32_t entry, pli_i128 *out) {
    const pli_line *line = &view->lines[order->line_index];
    pli_i128 premium = 0;
    if (!pli_order_premium_entry(view, table, order, entry, &premium)) {
        return false;
    }
    *out = (pli_i128)order->lots * plm_risk_row(table, line->instrument_index)[entry] + premium;
    return true;
}

/* Add entries [from, upto) of everything in `group` to sums[from..]. */
static bool
accumulate(const pli_view *view, const pli_core_request *request, const pli_group *group,
           const uint32_t range[2], pli_i128 *sums) {
    const plm_risk_table *table = request->table;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        if (line->lots == 0 ||
            (request->is_without_expiring && pli_line_expires(view, line, table->header))) {
            continue;
        }
        const int64_t *row = plm_risk_row(table, line->instrument_index);
        for (uint32_t s = range[0]; s < range[1]; s += 1) {
            sums[s] += (pli_i128)line->lots * row[s];
        }
    }
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        const plm_asset *asset = &view->listing->assets[balance->asset_index];
        if (asset->treatment != PLM_TREATMENT_SCENARIO ||
            asset->underlying_index != group->underlying_index) {
            continue;
        }
        for (uint32_t s = range[0]; s < range[1]; s += 1) {
            pli_i128 value = 0;
            if (!pli_balance_entry(view, table, balance, s, &value)) {
                return false;
            }
            sums[s] += value;
        }
    }
    return true;
}

/* Add the worst fills of the group's open orders: each order only where it loses. */
static bool
accumulate_orders(const pli_view *view, const pli_core_request *request, const pli_group *group,
                  const uint32_t range[2], pli_i128 *sums) {
    for (uint32_t i = 0; request->has_orders && i < group->order_count; i += 1) {
        const pli_open_order *order = &view->orders[group->first_order + i];
        const pli_line *line = &view->lines[order->line_index];
        if (request->is_without_expiring && pli_line_expires(view, line, request->table->header)) {
            continue;
        }
        for (uint32_t s = range[0]; s < range[1]; s += 1) {
            pli_i128 value = 0;
            if (!pli_order_entry(view, request->table, order, s, &value)) {
                return false;
            }
            sums[s] += value < 0 ? value : 0;
        }
    }
    return true;
}

bool
pli_short_minimum(const pli_view *view, const pli_line *line, bool has_orders, int64_t rate_ppm,
                  pli_i128 *out) {
    *out = 0;
    int64_t lots = has_orders ? line->lots - line->sells : line->lots;
    if (view->listing->instruments[line->instrument_index].kind != PLM_KIND_OPTION || lots >= 0) {
        return true;
    }
    pli_i128 notional = 0;
    return pli_line_notional(view, line, lots, &notional) &&
           pli_ppm_of_ceil(notional, rate_ppm, out);
}

static bool
short_minimum_of_group(const pli_view *view, const pli_core_request *request,
                       const pli_group *group, pli_i128 *sum) {
    *sum = 0;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        pli_i128 value = 0;
        if (request->is_without_expiring && pli_line_expires(view, line, request->table->header)) {
            continue;
        }
        if (!pli_short_minimum(view, line, request->has_orders,
                               request->parameters->short_option_minimum_ppm, &value)) {
            return false;
        }
        *sum += value;
    }
    return true;
}

/* Worst of sums[from, upto), the lowest index on ties. */
static uint32_t
worst_entry(const pli_i128 *sums, uint32_t from, uint32_t upto) {
    uint32_t worst = from;
    for (uint32_t s = from + 1; s < upto; s += 1) {
        worst = sums[s] < sums[worst] ? s : worst;
    }
    return worst;
}

static bool
grid_loss(const pli_view *view, const pli_core_request *request, const pli_group *group,
          pli_core_scratch *scratch, pli_grid_loss *out) {
    const plm_scenario_header *header = request->table->header;
    uint32_t range[2] = {0, header->grid_active[group->underlying_index]};
    memset(scratch->grid_sums, 0, range[1] * sizeof scratch->grid_sums[0]);
    pli_i128 minimum = 0;
    if (!accumulate(view, request, group, range, scratch->grid_sums) ||
        !accumulate_orders(view, request, group, range, scratch->grid_sums) ||
        !short_minimum_of_group(view, request, group, &minimum)) {
        return false;
    }
    uint32_t worst = worst_entry(scratch->grid_sums, 0, range[1]);
    pli_i128 loss = -scratch->grid_sums[worst];
    bool is_scenario = loss > 0 && loss >= minimum;
    out->entry = is_scenario ? worst : PLM_NONE;
    return pli_narrow_i64(is_scenario ? loss : minimum, &out->loss_micros);
}

uint32_t
pli_tail_size(const plm_scenario_header *header, const plm_portfolio_parameters *parameters) {
    if (parameters->measure == 3) {
        return 1;
    }
    uint64_t tail =
        (uint64_t)header->history_count * (uint64_t)(PLM_PPM - parameters->confidence_ppm);
    uint64_t k = (tail + (uint64_t)PLM_PPM - 1) / (uint64_t)PLM_PPM;
    return k < 1 ? 1 : (uint32_t)k;
}

/* Narrow one plane of the joint sums into scratch->values. */
static bool
narrow_plane(const plm_scenario_header *header, uint32_t plane, pli_core_scratch *scratch) {
    uint32_t begin = plm_scenario_history_begin(header, plane);
    for (uint32_t s = 0; s < header->history_count; s += 1) {
        if (!pli_narrow_i64(scratch->joint_sums[begin + s], &scratch->values[s])) {
            return false;
        }
    }
    return true;
}

static bool
tail_loss(const plm_scenario_header *header, const plm_portfolio_parameters *parameters,
          pli_core_scratch *scratch, pli_core *core) {
    core->tail_micros = 0;
    core->plane = 0;
    core->tail_count = header->history_count == 0 ? 0 : pli_tail_size(header, parameters);
    for (uint32_t plane = 0; header->history_count > 0 && plane < header->plane_count; plane += 1) {
        pli_i128 sum = 0;
        int64_t loss = 0;
        if (!narrow_plane(header, plane, scratch)) {
            return false;
        }
        pli_i128 measured = 0;
        if (parameters->measure == 2) {
            pli_select_smallest(scratch->values, header->history_count, core->tail_count,
                                scratch->indices);
            measured = -(pli_i128)scratch->values[scratch->indices[core->tail_count - 1]];
        } else {
            pli_sum_of_smallest(scratch->values, header->history_count, core->tail_count, &sum);
            measured = pli_div_ceil_i128(-sum, core->tail_count);
        }
        if (!pli_narrow_i64(measured, &loss)) {
            return false;
        }
        if (loss > core->tail_micros) {
            core->tail_micros = loss;
            core->plane = plane;
        }
    }
    return true;
}

static bool
stress_loss(const plm_scenario_header *header, const pli_core_scratch *scratch, pli_core *core) {
    uint32_t begin = plm_scenario_stress_begin(header);
    core->stress_micros = 0;
    core->stress_entry = PLM_NONE;
    if (header->stress_count == 0) {
        return true;
    }
    uint32_t worst = worst_entry(scratch->joint_sums, begin, begin + header->stress_count);
    if (scratch->joint_sums[worst] >= 0) {
        return true;
    }
    core->stress_entry = worst;
    return pli_narrow_i64(-scratch->joint_sums[worst], &core->stress_micros);
}

bool
pli_core_choose(const plm_portfolio_parameters *parameters, pli_core *core) {
    pli_i128 floor = 0;
    pli_i128 stress = 0;
    if (!pli_ppm_of_ceil(core->grid_sum_micros, parameters->offset_floor_ppm, &floor) ||
        !pli_ppm_of_ceil(core->stress_micros, parameters->stress_weight_ppm, &stress)) {
        return false;
    }
    core->branch = PLM_BRANCH_NONE;
    core->core_micros = 0;
    const plm_branch branches[] = {PLM_BRANCH_TAIL, PLM_BRANCH_GRID, PLM_BRANCH_FLOOR,
                                   PLM_BRANCH_STRESS};
    const pli_i128 losses[] = {core->tail_micros, core->grid_micros, floor, stress};
    for (uint32_t i = 0; i < 4; i += 1) {
        if (losses[i] > core->core_micros) {
            core->branch = branches[i];
            core->core_micros = (int64_t)losses[i];
        }
    }
    return true;
}

static plm_status
check_rows(const pli_view *view, const plm_risk_table *table, plm_fault *fault) {
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        if (!table->is_built[view->lines[i].instrument_index]) {
            return pli_fault_set_index(fault, PLM_ARRAYS_MISSING, "instrument",
                                       view->lines[i].instrument_index, " has no risk array");
        }
    }
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        uint32_t asset = view->portfolio.balances[i].asset_index;
        if (view->listing->assets[asset].treatment == PLM_TREATMENT_SCENARIO &&
            !table->is_built[table->instrument_count + asset]) {
            return pli_fault_set_index(fault, PLM_ARRAYS_MISSING, "asset", asset,
                                       " has no risk array");
        }
    }
    return PLM_OK;
}

/* Grid losses of every group, and joint sums of those with history. */
static bool
evaluate_groups(const pli_view *view, const pli_core_request *request, pli_core_scratch *scratch,
                pli_core *core) {
    const plm_scenario_header *header = request->table->header;
    uint32_t joint[2] = {header->grid_count, plm_scenario_probe_begin(header)};
    pli_i128 grid_sum = 0;
    pli_i128 no_history = 0;
    for (uint32_t i = 0; i < view->group_count; i += 1) {
        const pli_group *group = &view->groups[i];
        if (!grid_loss(view, request, group, scratch, &scratch->grid[i])) {
            return false;
        }
        int64_t loss = scratch->grid[i].loss_micros;
        if (!header->has_history[group->underlying_index]) {
            no_history += loss;
            continue;
        }
        grid_sum += loss;
        if (loss > core->grid_micros) {
            core->grid_micros = loss;
            core->grid_group = i;
        }
        if (!accumulate(view, request, group, joint, scratch->joint_sums) ||
            !accumulate_orders(view, request, group, joint, scratch->joint_sums)) {
            return false;
        }
    }
    return pli_narrow_i64(grid_sum, &core->grid_sum_micros) &&
           pli_narrow_i64(no_history, &core->no_history_micros);
}

plm_status
pli_core_make(const pli_view *view, const pli_core_request *request, pli_core_scratch *scratch,
              pli_core *core, plm_fault *fault) {
    const plm_scenario_header *header = request->table->header;
    if (header->row_stride > scratch->entry_capacity) {
        return pli_fault_set_range(fault, PLM_LIMIT, "entries of a risk-array row",
                                   header->row_stride, 0, scratch->entry_capacity);
    }
    if (header->underlying_count != view->listing->underlying_count ||
        request->table->instrument_count != view->listing->instrument_count ||
        request->table->asset_count != view->listing->asset_count) {
        return pli_fault_set(fault, PLM_ARRAYS_MISSING,
                             "the risk arrays were made for another listing", NULL, NULL);
    }
    plm_status status = check_rows(view, request->table, fault);
    if (status != PLM_OK) {
        return status;
    }
    memset(scratch->joint_sums, 0, header->row_stride * sizeof scratch->joint_sums[0]);
    pli_core result = {.grid_group = PLM_NONE, .stress_entry = PLM_NONE};
    if (!evaluate_groups(view, request, scratch, &result) ||
        !tail_loss(header, request->parameters, scratch, &result) ||
        !stress_loss(header, scratch, &result) || !pli_core_choose(request->parameters, &result)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a scenario loss leaves 64-bit micros", NULL,
                             NULL);
    }
    *core = result;
    return PLM_OK;
}
