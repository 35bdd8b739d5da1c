/* core_reason.c: who contributes how much to a core, summing exactly.                 SPDX-License-Identifier: Apache-2.0 */
#include "base/apportion.h"
#include "base/assert.h"
#include "base/checked.h"
#include "base/libc.h"
#include "base/sort.h"
#include "margin/core.h"

/* Numerators in the order positions, orders, balances. */
typedef struct share_table {
    const pli_view *view;
    const pli_core_request *request;
    pli_i128 *numerators;
} share_table;

static uint32_t
order_base(const pli_view *view) {
    return view->portfolio.position_count;
}

static uint32_t
balance_base(const pli_view *view) {
    return view->portfolio.position_count + view->portfolio.order_count;
}

static uint32_t
share_count(const pli_view *view) {
    return balance_base(view) + view->portfolio.balance_count;
}

static bool
is_left_out(const share_table *shares, const pli_line *line) {
    return shares->request->is_without_expiring &&
           pli_line_expires(shares->view, line, shares->request->table->header);
}

/* Add weight * loss of every part of `group` in one row entry. */
static bool
add_entry(const share_table *shares, const pli_group *group, uint32_t entry, int64_t weight) {
    const pli_view *view = shares->view;
    const plm_risk_table *table = shares->request->table;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        if (line->position_index == PLM_NONE || is_left_out(shares, line)) {
            continue;
        }
        pli_i128 value = (pli_i128)line->lots * plm_risk_row(table, line->instrument_index)[entry];
        shares->numerators[line->position_index] -= value * weight;
    }
    for (uint32_t i = 0; shares->request->has_orders && i < group->order_count; i += 1) {
        const pli_open_order *order = &view->orders[group->first_order + i];
        pli_i128 value = 0;
        if (is_left_out(shares, &view->lines[order->line_index])) {
            continue;
        }
        if (!pli_order_entry(view, table, order, entry, &value)) {
            return false;
        }
        shares->numerators[order_base(view) + order->order_index] -= value < 0 ? value * weight : 0;
    }
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        pli_i128 value = 0;
        if (view->listing->assets[balance->asset_index].underlying_index !=
            group->underlying_index) {
            continue;
        }
        if (!pli_balance_entry(view, table, balance, entry, &value)) {
            return false;
        }
        shares->numerators[balance_base(view) + i] -= value * weight;
    }
    return true;
}

/* Add the short-option minimum of a group: to its positions what they need alone, the rest to its first order. */
static bool
add_short_minimum(const share_table *shares, const pli_group *group, int64_t weight) {
    const pli_view *view = shares->view;
    int64_t rate = shares->request->parameters->short_option_minimum_ppm;
    for (uint32_t i = 0; i < group->line_count; i += 1) {
        const pli_line *line = &view->lines[group->first_line + i];
        pli_i128 held = 0;
        pli_i128 all = 0;
        if (is_left_out(shares, line)) {
            continue;
        }
        if (!pli_short_minimum(view, line, false, rate, &held) ||
            !pli_short_minimum(view, line, shares->request->has_orders, rate, &all)) {
            return false;
        }
        if (line->position_index != PLM_NONE) {
            shares->numerators[line->position_index] += held * weight;
        }
        for (uint32_t j = 0; all > held && j < group->order_count; j += 1) {
            const pli_open_order *order = &view->orders[group->first_order + j];
            if (order->line_index == group->first_line + i && order->lots < 0) {
                shares->numerators[order_base(view) + order->order_index] += (all - held) * weight;
                break;
            }
        }
    }
    return true;
}

static bool
add_grid(const share_table *shares, const pli_core_scratch *scratch, uint32_t group_index,
         int64_t weight) {
    const pli_group *group = &shares->view->groups[group_index];
    const pli_grid_loss *loss = &scratch->grid[group_index];
    if (loss->loss_micros == 0) {
        return true;
    }
    return loss->entry == PLM_NONE ? add_short_minimum(shares, group, weight)
                                   : add_entry(shares, group, loss->entry, weight);
}

static bool
has_history(const share_table *shares, uint32_t group_index) {
    uint32_t underlying = shares->view->groups[group_index].underlying_index;
    return shares->request->table->header->has_history[underlying] != 0;
}

static bool
add_joint(const share_table *shares, uint32_t entry, int64_t weight) {
    for (uint32_t i = 0; i < shares->view->group_count; i += 1) {
        if (has_history(shares, i) && !add_entry(shares, &shares->view->groups[i], entry, weight)) {
            return false;
        }
    }
    return true;
}

/* The tail entries, worst first, into scratch->indices, and the listed ones into the reason. */
static void
select_tail(const share_table *shares, pli_core_scratch *scratch, const pli_core *core,
            plm_reason_part *part) {
    const plm_scenario_header *header = shares->request->table->header;
    uint32_t begin = plm_scenario_history_begin(header, core->plane);
    for (uint32_t s = 0; s < header->history_count; s += 1) {
        bool fits = pli_narrow_i64(scratch->joint_sums[begin + s], &scratch->values[s]);
        PLI_ASSERT(fits);
    }
    pli_select_smallest(scratch->values, header->history_count, core->tail_count, scratch->indices);
    part->tail_count = core->tail_count;
    for (uint32_t i = 0; i < core->tail_count && i < PLM_TAIL_MAX; i += 1) {
        part->tail_entries[i] = begin + scratch->indices[i];
        part->tail_losses_micros[i] = -scratch->values[scratch->indices[i]];
    }
}

/* The k worst entries of the worst plane, or for Value at Risk the k-th alone. */
static bool
add_tail(const share_table *shares, const pli_core_scratch *scratch, const pli_core *core,
         plm_reason_part *part) {
    uint32_t begin = plm_scenario_history_begin(shares->request->table->header, core->plane);
    uint32_t first = shares->request->parameters->measure == 2 ? core->tail_count - 1 : 0;
    part->scenario_index = begin + scratch->indices[first];
    for (uint32_t i = first; i < core->tail_count; i += 1) {
        if (!add_joint(shares, begin + scratch->indices[i], 1)) {
            return false;
        }
    }
    return true;
}

/* Fill the numerators of the binding branch; *divisor is what they are divided by. */
static bool
fill_numerators(const share_table *shares, pli_core_scratch *scratch, const pli_core *core,
                plm_reason_part *part, pli_i128 *divisor) {
    const plm_portfolio_parameters *parameters = shares->request->parameters;
    *divisor = 1;
    if (core->tail_count > 0) {
        select_tail(shares, scratch, core, part);
    }
    switch (core->branch) {
    case PLM_BRANCH_TAIL:
        *divisor = parameters->measure == 2 ? 1 : core->tail_count;
        return add_tail(shares, scratch, core, part);
    case PLM_BRANCH_GRID:
        part->scenario_index = scratch->grid[core->grid_group].entry;
        part->underlying_index = shares->view->groups[core->grid_group].underlying_index;
        return add_grid(shares, scratch, core->grid_group, 1);
    case PLM_BRANCH_FLOOR:
        *divisor = PLM_PPM;
        for (uint32_t i = 0; i < shares->view->group_count; i += 1) {
            if (has_history(shares, i) &&
                !add_grid(shares, scratch, i, parameters->offset_floor_ppm)) {
                return false;
            }
        }
        return true;
    case PLM_BRANCH_STRESS:
        *divisor = PLM_PPM;
        part->scenario_index = core->stress_entry;
        return add_joint(shares, core->stress_entry, parameters->stress_weight_ppm);
    case PLM_BRANCH_NONE:
    case PLM_BRANCH_FRACTION:
    case PLM_BRANCH_VENUE:
        return true;
    }
    return false;
}

static bool
copy_shares(const pli_i128 *shares, uint32_t count, int64_t *out) {
    for (uint32_t i = 0; out != NULL && i < count; i += 1) {
        if (!pli_narrow_i64(shares[i], &out[i])) {
            return false;
        }
    }
    return true;
}

plm_status
pli_core_explain(const pli_view *view, const pli_core_request *request, pli_core_scratch *scratch,
                 const pli_core *core, plm_reason_part *part) {
    uint32_t count = share_count(view);
    share_table shares = {view, request, scratch->numerators};
    memset(scratch->numerators, 0, count * sizeof scratch->numerators[0]);
    part->branch = core->branch;
    part->is_without_expiring = request->is_without_expiring;
    part->underlying_index = PLM_NONE;
    part->scenario_index = PLM_NONE;
    part->tail_count = 0;
    part->core_micros = core->core_micros;
    part->tail_micros = core->tail_micros;
    part->grid_micros = core->grid_micros;
    part->grid_sum_micros = core->grid_sum_micros;
    part->stress_micros = core->stress_micros;
    pli_i128 divisor = 1;
    if (!fill_numerators(&shares, scratch, core, part, &divisor)) {
        return PLM_OVERFLOW;
    }
    pli_apportion(scratch->numerators, count, divisor, core->core_micros, scratch->share_order,
                  scratch->shares);
    if (!copy_shares(scratch->shares, order_base(view), part->position_micros) ||
        !copy_shares(scratch->shares + order_base(view), view->portfolio.order_count,
                     part->order_micros) ||
        !copy_shares(scratch->shares + balance_base(view), view->portfolio.balance_count,
                     part->balance_micros)) {
        return PLM_OVERFLOW;
    }
    return PLM_OK;
}
