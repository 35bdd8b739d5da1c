/* portfolio.c: model `portfolio`: scenarios, tail, offsets and charges over the whole account.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/text.h"
#include "margin/charges.h"
#include "margin/conclude.h"
#include "margin/core.h"
#include "margin/direct.h"
#include "margin/safe_move.h"
#include "plimsoll/margin.h"

static size_t
workspace_size(const plm_limits *limits) {
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    pli_core_size(&arena, limits);
    return pli_arena_used(&arena);
}

static bool
holds_expiring(const pli_view *view, const plm_scenario_header *header) {
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        if (pli_line_expires(view, &view->lines[i], header)) {
            return true;
        }
    }
    return false;
}

/* One requirement's core: with everything, or without what expires inside the horizon, whichever is worse. */
static plm_status
worse_core(const pli_view *view, pli_core_request *request, pli_core_scratch *scratch,
           pli_core *core, plm_fault *fault) {
    request->is_without_expiring = false;
    plm_status status = pli_core_make(view, request, scratch, core, fault);
    if (status != PLM_OK || !holds_expiring(view, request->table->header)) {
        return status;
    }
    pli_core rest;
    request->is_without_expiring = true;
    status = pli_core_make(view, request, scratch, &rest, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 all_total = (pli_i128)core->core_micros + core->no_history_micros;
    if ((pli_i128)rest.core_micros + rest.no_history_micros > all_total) {
        *core = rest;
        return PLM_OK;
    }
    // The scratch must again hold the evaluation that counts.
    request->is_without_expiring = false;
    return pli_core_make(view, request, scratch, core, fault);
}

/* Where one requirement's core and charges go, and its explanation unless NULL. */
typedef struct part_result {
    int64_t *core_micros;
    int64_t *charges;
    plm_reason_part *reason;
    const int64_t *known_charges; // charges that are known to be these; NULL: to be computed
} part_result;

static plm_status
require_part(const pli_view *view, pli_core_request *request, pli_core_scratch *scratch,
             const part_result *result, plm_fault *fault) {
    pli_core core;
    plm_status status = worse_core(view, request, scratch, &core, fault);
    if (status == PLM_OK && result->reason != NULL) {
        status = pli_core_explain(view, request, scratch, &core, result->reason);
        if (status != PLM_OK) {
            return pli_fault_set(fault, status, "a contribution leaves 64-bit micros", NULL, NULL);
        }
    }
    if (status == PLM_OK && result->known_charges == NULL) {
        status = pli_charges_make(view, request->table, request->parameters, request->has_orders,
                                  result->charges, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    for (uint32_t i = 0; result->known_charges != NULL && i < PLM_CHARGE_COUNT; i += 1) {
        result->charges[i] = result->known_charges[i];
    }
    result->charges[PLM_CHARGE_NO_HISTORY] = core.no_history_micros;
    *result->core_micros = core.core_micros;
    return PLM_OK;
}

/* The maintenance requirement if the worst subset of open orders were filled. */
static plm_status
filled_maintenance(const pli_view *view, pli_core_scratch *scratch, int64_t *out,
                   plm_fault *fault) {
    int64_t core = 0;
    int64_t charges[PLM_CHARGE_COUNT] = {0};
    pli_core_request request = {.table = view->input->maintenance_arrays,
                                .parameters = view->input->parameters,
                                .has_orders = true};
    *out = 0;
    if (view->order_count == 0) {
        return PLM_OK;
    }
    part_result result = {&core, charges, NULL, NULL};
    plm_status status = require_part(view, &request, scratch, &result, fault);
    charges[PLM_CHARGE_ORDERS] = 0;
    if (status == PLM_OK && !pli_narrow_i64(pli_charges_sum(charges) + core, out)) {
        status =
            pli_fault_set(fault, PLM_OVERFLOW, "the requirement leaves 64-bit micros", NULL, NULL);
    }
    return status;
}

static bool
are_probes_equal(const plm_risk_table *left, const plm_risk_table *right, uint32_t row) {
    const int64_t *a = plm_risk_row(left, row) + plm_scenario_probe_begin(left->header);
    const int64_t *b = plm_risk_row(right, row) + plm_scenario_probe_begin(right->header);
    for (uint32_t i = 0; i < PLM_PROBE_COUNT; i += 1) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

/* Charges read nothing of the arrays but their probes, which two horizons often share. */
static bool
are_charges_shared(const pli_view *view) {
    const plm_risk_table *left = view->input->maintenance_arrays;
    const plm_risk_table *right = view->input->initial_arrays;
    bool is_equal = view->order_count == 0 &&
                    left->header->probe_multiple_ppm == right->header->probe_multiple_ppm;
    for (uint32_t i = 0; is_equal && i < view->line_count; i += 1) {
        is_equal = are_probes_equal(left, right, view->lines[i].instrument_index);
    }
    for (uint32_t i = 0; is_equal && i < view->portfolio.balance_count; i += 1) {
        is_equal = are_probes_equal(
            left, right, left->instrument_count + view->portfolio.balances[i].asset_index);
    }
    return is_equal;
}

/* The initial core and charges; without orders and with one set of arrays they are the maintenance ones. */
static plm_status
initial_part(const pli_view *view, pli_core_scratch *scratch, pli_conclusion *conclusion,
             plm_reason *reason, plm_fault *fault) {
    const plm_margin_input *input = view->input;
    part_result result = {&conclusion->core_initial_micros, conclusion->charges_initial,
                          reason == NULL ? NULL : &reason->initial, NULL};
    if (are_charges_shared(view)) {
        result.known_charges = conclusion->charges_maintenance;
    }
    if (reason == NULL && view->order_count == 0 &&
        input->initial_arrays == input->maintenance_arrays) {
        conclusion->core_initial_micros = conclusion->core_maintenance_micros;
        for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
            conclusion->charges_initial[i] = conclusion->charges_maintenance[i];
        }
        return PLM_OK;
    }
    pli_core_request request = {
        .table = input->initial_arrays, .parameters = input->parameters, .has_orders = true};
    return require_part(view, &request, scratch, &result, fault);
}

/* Both requirements and equity of a view. */
static plm_status
evaluate(const pli_view *view, pli_core_scratch *scratch, pli_conclusion *conclusion,
         plm_reason *reason, plm_fault *fault) {
    const plm_margin_input *input = view->input;
    const plm_portfolio_parameters *parameters = input->parameters;
    pli_core_request request = {.table = input->maintenance_arrays, .parameters = parameters};
    part_result result = {&conclusion->core_maintenance_micros, conclusion->charges_maintenance,
                          reason == NULL ? NULL : &reason->maintenance, NULL};
    plm_status status = require_part(view, &request, scratch, &result, fault);
    if (status == PLM_OK) {
        status = filled_maintenance(view, scratch, &conclusion->filled_maintenance_micros, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    status = initial_part(view, scratch, conclusion, reason, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_equity_rules rules = {.gain_initial_ppm = parameters->gain_initial_ppm,
                              .gain_maintenance_ppm = parameters->gain_maintenance_ppm,
                              .haircut_sigma_ppm = parameters->haircut_sigma_ppm,
                              .haircut_horizon_ns = parameters->haircut_horizon_ns,
                              .haircut_cap_ppm = parameters->haircut_cap_ppm,
                              .is_scenario_covered = true};
    return pli_equity_make(view, &rules, &conclusion->equity, fault);
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const plm_portfolio_parameters *parameters = input->parameters;
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_view view;
    if (input->maintenance_arrays == NULL || input->initial_arrays == NULL) {
        return pli_fault_set(fault, PLM_ARRAYS_MISSING, "model portfolio needs risk arrays", NULL,
                             NULL);
    }
    pli_conclusion conclusion = {.entry_buffer_ppm = parameters->entry_buffer_ppm,
                                 .call_buffer_ppm = parameters->call_buffer_ppm};
    if (reason == NULL && pli_direct_require(input, workspace, &conclusion)) {
        return pli_conclude(&conclusion, requirement, fault);
    }
    plm_status status = pli_view_make(input, &limits, &arena, &view, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_core_scratch scratch = pli_core_take(&arena, &limits);
    status = pli_view_room(&arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    status = evaluate(&view, &scratch, &conclusion, reason, fault);
    if (status == PLM_OK) {
        status = pli_conclude(&conclusion, requirement, fault);
    }
    if (status == PLM_OK && reason != NULL) {
        pli_reason_finish(&view, &conclusion, reason);
    }
    return status;
}

const plm_model plm_model_portfolio = {
    .name = "portfolio",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_ARRAYS | PLM_NEEDS_LIQUIDITY | PLM_NEEDS_OPEN_INTEREST,
    .summary = "scenario losses, Expected Shortfall and charges over the whole account",
    .descriptor = &plm_portfolio_descriptor,
    .workspace_size = workspace_size,
    .require = require,
    .safe_move = pli_safe_move_portfolio,
};
