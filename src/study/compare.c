/* compare.c: one portfolio under several margin models, measured by one risk.            SPDX-License-Identifier: Apache-2.0 */
#include "study/compare.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "base/wide.h"
#include "margin/view.h"

size_t
pli_compare_size(const plm_explain_input *input) {
    plm_limits limits = pli_view_limits(&input->margin);
    size_t margin = plm_margin_workspace_size(input->model, &limits);
    size_t explain = plm_explain_size(input);
    return margin > explain ? margin : explain;
}

// Adds what a balance gains in one entry of its asset's row.
static bool
add_balance(const plm_risk_table *table, const plm_asset *asset, const plm_balance *balance,
            uint32_t entry, pli_i128 *sum) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < asset->decimals; i += 1) {
        unit *= 10;
    }
    const int64_t *row = plm_risk_row(table, table->instrument_count + balance->asset_index);
    pli_i128 value = 0;
    return pli_muldiv_floor(pli_i128_from_wide(balance->atoms), row[entry], unit, &value) &&
           pli_add_i128(*sum, value, sum);
}

// Profit of everything that moves with one underlying in one grid entry.
static bool
grid_profit(const plm_margin_input *input, uint32_t underlying, uint32_t entry, pli_i128 *sum) {
    const plm_risk_table *table = input->maintenance_arrays;
    const plm_portfolio *held = input->portfolio;
    *sum = 0;
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        uint32_t index = held->positions[i].instrument_index;
        pli_i128 value = (pli_i128)held->positions[i].lots * plm_risk_row(table, index)[entry];
        if (input->listing->instruments[index].underlying_index == underlying &&
            !pli_add_i128(*sum, value, sum)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        const plm_asset *asset = &input->listing->assets[held->balances[i].asset_index];
        if (asset->treatment == PLM_TREATMENT_SCENARIO && asset->underlying_index == underlying &&
            !add_balance(table, asset, &held->balances[i], entry, sum)) {
            return false;
        }
    }
    return true;
}

static bool
find_dominant(const plm_margin_input *input, pli_compare_risk *risk) {
    const plm_scenario_header *header = input->maintenance_arrays->header;
    pli_i128 worst = 0;
    risk->dominant_index = PLM_NONE;
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        for (uint32_t entry = 0; entry < header->grid_active[u]; entry += 1) {
            pli_i128 profit = 0;
            if (!grid_profit(input, u, entry, &profit)) {
                return false;
            }
            if (profit < worst) {
                worst = profit;
                risk->dominant_index = u;
            }
        }
    }
    return pli_narrow_i64(-worst, &risk->dominant_micros);
}

plm_status
pli_compare_measure(const plm_explain_input *input, plm_workspace *workspace,
                    pli_compare_risk *risk, plm_fault *fault) {
    PLI_ASSERT(input->model == &plm_model_portfolio);
    plm_portfolio_parameters parameters =
        *(const plm_portfolio_parameters *)input->margin.parameters;
    parameters.measure = 1;
    parameters.confidence_ppm = PLI_COMPARE_CONFIDENCE_PPM;
    parameters.offset_floor_ppm = 0;
    parameters.stress_weight_ppm = 0;
    parameters.short_option_minimum_ppm = 0;
    plm_margin_input margin = input->margin;
    margin.parameters = &parameters;
    plm_requirement requirement;
    plm_reason reason = {.collateral_micros = 0};
    plm_status status =
        plm_margin_require(input->model, &margin, workspace, &requirement, &reason, fault);
    if (status != PLM_OK) {
        return status;
    }
    uint32_t day_count = margin.maintenance_arrays->header->history_count;
    int64_t without_tail = PLM_PPM - PLI_COMPARE_CONFIDENCE_PPM;
    pli_compare_risk made = {
        .tail_micros = reason.maintenance.tail_micros,
        .no_history_micros = reason.maintenance.charges_micros[PLM_CHARGE_NO_HISTORY],
        .day_count = day_count,
        .tail_count = (uint32_t)((day_count * without_tail + PLM_PPM - 1) / PLM_PPM)};
    if (!pli_add_i64(made.tail_micros, made.no_history_micros, &made.risk_micros) ||
        !find_dominant(&margin, &made)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "the risk leaves 64-bit micros", NULL, NULL);
    }
    *risk = made;
    return PLM_OK;
}

static bool
is_answer(plm_status status) {
    return status == PLM_MODEL_UNSUPPORTED || status == PLM_PARAMETER_INVALID;
}

// Contributions were not asked for, and the evaluated portfolio lives in the workspace: neither outlasts the call.
static void
keep_parts(const plm_reason *reason, pli_compare_row *row) {
    row->maintenance = reason->maintenance;
    row->initial = reason->initial;
}

static void
set_ratio(const pli_compare_risk *risk, pli_compare_row *row) {
    pli_i128 ratio = 0;
    row->has_ratio =
        risk->risk_micros > 0 &&
        pli_muldiv_ceil(row->requirement.initial_micros, PLM_PPM, risk->risk_micros, &ratio) &&
        pli_narrow_i64(ratio, &row->ratio_ppm);
}

plm_status
pli_compare_evaluate(const plm_explain_input *input, const pli_compare_risk *risk,
                     plm_workspace *workspace, pli_compare_row *row, plm_fault *fault) {
    pli_compare_row made = {.model = input->model};
    plm_reason reason = {.collateral_micros = 0};
    made.status = plm_margin_require(input->model, &input->margin, workspace, &made.requirement,
                                     &reason, &made.fault);
    if (made.status != PLM_OK && !is_answer(made.status)) {
        return pli_fault_set(fault, made.status, made.fault.text, NULL, NULL);
    }
    if (made.status == PLM_OK) {
        keep_parts(&reason, &made);
        set_ratio(risk, &made);
        if (!pli_sub_i64(made.requirement.equity_initial_micros, made.requirement.initial_micros,
                         &made.excess_micros)) {
            return pli_fault_set(fault, PLM_OVERFLOW, "the excess leaves 64-bit micros", NULL,
                                 NULL);
        }
    }
    *row = made;
    return PLM_OK;
}

plm_status
pli_compare_triggers(const plm_explain_input *input, const uint8_t *used, plm_workspace *workspace,
                     pli_compare_row *row, plm_triggers *triggers, plm_fault *fault) {
    PLI_ASSERT(row->status == PLM_OK);
    row->has_triggers = false;
    for (uint32_t u = 0; u < input->margin.listing->underlying_count; u += 1) {
        if (used[u] == 0) {
            continue;
        }
        plm_status status = plm_explain_triggers(input, u, workspace, &triggers[u], fault);
        if (status != PLM_OK) {
            return is_answer(status) ? PLM_OK : status;
        }
    }
    row->has_triggers = true;
    return PLM_OK;
}
