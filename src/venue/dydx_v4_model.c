/* dydx_v4_model.c: model dydx-v4: linear perpetuals against one cash balance.             SPDX-License-Identifier: Apache-2.0 */
#include "venue/dydx_v4_model.h"

#include "base/checked.h"
#include "base/text.h"
#include "venue/dydx_v4.h"
#include "venue/perpetual_desk.h"

/* Base amounts are in 1e-17 of the quoted unit, prices in 1e-8: both exact. */
static pli_dydx_market
market_of(const pli_dydx_record *r, uint32_t class_id) {
    const int64_t tiers[PLI_DYDX_TIERS][4] = {
        {r->large_initial_ppm, r->large_maintenance_ppm, r->large_lower_micros,
         r->large_upper_micros},
        {r->mid_initial_ppm, r->mid_maintenance_ppm, r->mid_lower_micros, r->mid_upper_micros},
        {r->small_initial_ppm, r->small_maintenance_ppm, r->small_lower_micros,
         r->small_upper_micros},
        {r->tail_initial_ppm, r->tail_maintenance_ppm, r->tail_lower_micros, r->tail_upper_micros},
    };
    return (pli_dydx_market){.atomic_resolution = -17,
                             .price_exponent = -8,
                             .initial_ppm = tiers[class_id][0],
                             .maintenance_fraction_ppm = tiers[class_id][1],
                             .open_interest_lower_cap = tiers[class_id][2],
                             .open_interest_upper_cap = tiers[class_id][3]};
}

static plm_status
add_line(pli_perpetual_desk *desk, uint32_t line_index, const pli_dydx_record *record) {
    const pli_view *view = &desk->view;
    const pli_line *line = &view->lines[line_index];
    uint32_t class_id = view->listing->underlyings[line->underlying_index].class_id;
    pli_dydx_position position = {.market = market_of(record, class_id)};
    position.market.price = pli_desk_price_e8(view, line);
    pli_dydx_risk risk = {0};
    pli_i128 entry = 0;
    pli_i128 initial = 0;
    pli_i128 profit = 0;
    if (!pli_desk_base_e17(view, line, line->lots, &position.base_quantums) ||
        !pli_desk_entry_micros(view, line, &entry)) {
        return PLM_OVERFLOW;
    }
    plm_status status = pli_dydx_position_risk(&position, &risk);
    if (status == PLM_OK) {
        status = pli_dydx_initial_requirement(
            &position.market, risk.net_collateral,
            view->market->underlyings[line->underlying_index].open_interest_micros, &initial);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (!pli_add_i128(risk.net_collateral, entry, &profit) ||
        !pli_add_i128(desk->unrealised, profit, &desk->unrealised) ||
        !pli_desk_add_line(desk, line_index, risk.maintenance, initial)) {
        return PLM_OVERFLOW;
    }
    return PLM_OK;
}

static plm_status
evaluate(pli_perpetual_desk *desk, const void *parameters, plm_fault *fault) {
    const pli_dydx_record *record = parameters;
    pli_i128 cash = 0;
    plm_status status = pli_desk_cash_micros(desk, &cash) ? PLM_OK : PLM_OVERFLOW;
    for (uint32_t i = 0; i < desk->view.line_count && status == PLM_OK; i += 1) {
        const pli_line *line = &desk->view.lines[i];
        if (desk->view.listing->underlyings[line->underlying_index].class_id >= PLI_DYDX_TIERS) {
            return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, "instrument",
                                       line->instrument_index,
                                       " is of a class that no tier of this model has (0 to 3)");
        }
        status = add_line(desk, i, record);
    }
    if (status == PLM_OK && !pli_add_i128(cash, desk->unrealised, &desk->equity_maintenance)) {
        status = PLM_OVERFLOW;
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "a value leaves 128 bits", NULL, NULL);
    }
    desk->equity_initial = desk->equity_maintenance;
    desk->liabilities = cash < 0 ? -cash : 0;
    return PLM_OK;
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_desk_venue venue = {
        .has_orders = false, .has_collaterals = false, .evaluate = evaluate};
    return pli_perpetual_desk_require(&venue, input, workspace, requirement, reason, fault);
}

static plm_status
check_caps(int64_t lower, int64_t upper, const char *what, plm_fault *fault) {
    return upper == 0 || lower <= upper
               ? PLM_OK
               : pli_fault_set_range(fault, PLM_PARAMETER_INVALID, what, lower, 0, upper);
}

static plm_status
check_record(const void *record, plm_fault *fault) {
    const pli_dydx_record *r = record;
    plm_status status = check_caps(r->large_lower_micros, r->large_upper_micros,
                                   "large_lower_micros (not above upper)", fault);
    if (status == PLM_OK) {
        status = check_caps(r->mid_lower_micros, r->mid_upper_micros,
                            "mid_lower_micros (not above upper)", fault);
    }
    if (status == PLM_OK) {
        status = check_caps(r->small_lower_micros, r->small_upper_micros,
                            "small_lower_micros (not above upper)", fault);
    }
    return status == PLM_OK ? check_caps(r->tail_lower_micros, r->tail_upper_micros,
                                         "tail_lower_micros (not above upper)", fault)
                            : status;
}

static const plm_parameter_field fields[] = {
    PLI_DYDX_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_dydx_record)};

const plm_descriptor pli_dydx_descriptor = {
    .id = "dydx-v4",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(pli_dydx_record),
    .check_coupled = check_record,
};

const plm_model pli_model_dydx_v4 = {
    .name = "dydx-v4",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_OPEN_INTEREST,
    .summary = "dYdX v4: tiers with a maintenance fraction, initial rising with open interest",
    .descriptor = &pli_dydx_descriptor,
    .workspace_size = pli_perpetual_desk_size,
    .require = require,
    .safe_move = NULL,
};
