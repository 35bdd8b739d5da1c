/* deribit_sm_model.c: model `deribit-sm`: linear perpetuals and coin-settled options.    SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "venue/deribit_sm.h"
#include "venue/exchange_models.h"
#include "venue/line_model.h"

#define GROUP 3u /* fields of one class: initial, maintenance, slope */
#define FIELDS (PLI_DERIBIT_SM_CLASSES * GROUP)

static const plm_parameter_field fields[] = {
    PLI_DERIBIT_SM_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_deribit_sm_record)};
_Static_assert(sizeof(pli_deribit_sm_record) == FIELDS * sizeof(int64_t), "classes");

static plm_status
check_record(const void *record, plm_fault *fault) {
    int64_t values[FIELDS];
    memcpy(values, record, sizeof values);
    for (uint32_t i = 0; i < FIELDS; i += GROUP) {
        if (values[i + 1] > values[i]) {
            return pli_fault_set_range(fault, PLM_PARAMETER_INVALID,
                                       "maintenance_ppm of a class (not above initial_ppm)",
                                       values[i + 1], 0, values[i]);
        }
    }
    return PLM_OK;
}

const plm_descriptor pli_deribit_sm_descriptor = {
    .id = "deribit-sm",
    .version = 1,
    .field_count = FIELDS,
    .fields = fields,
    .record_size = sizeof(pli_deribit_sm_record),
    .check_coupled = check_record,
};

static plm_status
check_option(const pli_view *view, const pli_line *line, plm_fault *fault) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    if (instrument->settlement != PLM_SETTLEMENT_INVERSE ||
        instrument->premium != PLM_PREMIUM_PAID || underlying->price_unit != 1 ||
        line->mark_e8 < 0) {
        return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, "instrument",
                                   line->instrument_index,
                                   " is an option, but not settled in coin with its premium paid: "
                                   "the venue's formula does not cover it");
    }
    return PLM_OK;
}

static plm_status
check_line(const pli_view *view, const pli_line *line, const void *parameters, plm_fault *fault) {
    (void)parameters;
    if (view->listing->instruments[line->instrument_index].kind == PLM_KIND_OPTION) {
        return check_option(view, line, fault);
    }
    return pli_line_check_linear(view, line, false, PLI_DERIBIT_SM_CLASSES, fault);
}

/* A short option in coin, at the index; a long one is paid for and requires nothing. */
static pli_line_charge
charge_option(const pli_view *view, const pli_line *line, int64_t lots) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    pli_exact zero = pli_exact_of(0);
    if (lots >= 0) {
        return (pli_line_charge){zero, zero};
    }
    int64_t index_e8 = view->market->underlyings[line->underlying_index].price.price_e8;
    bool is_call = instrument->right == PLM_RIGHT_CALL;
    int64_t out_e8 = is_call ? instrument->strike_e8 - index_e8 : index_e8 - instrument->strike_e8;
    pli_exact otm = pli_exact_ratio(out_e8, index_e8);
    pli_deribit_requirement own = pli_deribit_short_option(is_call, pli_line_mark(view, line), otm);
    pli_exact coins = pli_line_coins(view, line, lots);
    pli_exact value = pli_exact_multiply(coins, pli_exact_ratio(index_e8, (pli_i128)100 * PLM_PPM));
    return (pli_line_charge){.initial = pli_exact_multiply(own.initial, value),
                             .maintenance = pli_exact_multiply(own.maintenance, value)};
}

static pli_line_charge
charge_line(const pli_view *view, const pli_line *line, const void *parameters, int64_t lots) {
    if (view->listing->instruments[line->instrument_index].kind == PLM_KIND_OPTION) {
        return charge_option(view, line, lots);
    }
    int64_t values[FIELDS];
    memcpy(values, parameters, sizeof values);
    const int64_t *group =
        &values[view->listing->underlyings[line->underlying_index].class_id * GROUP];
    const pli_deribit_slope slope = {.initial_base = pli_exact_ratio(group[0], PLM_PPM),
                                     .maintenance_base = pli_exact_ratio(group[1], PLM_PPM),
                                     .slope_per_coin = pli_exact_ratio(group[2], PLM_PPM)};
    pli_deribit_requirement own = pli_deribit_linear_margin(
        &slope, pli_line_coins(view, line, lots), pli_line_mark(view, line));
    return (pli_line_charge){.initial = pli_line_to_valuation(view, line, own.initial),
                             .maintenance = pli_line_to_valuation(view, line, own.maintenance)};
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_line_rules rules = {
        .parameters = input->parameters, .check = check_line, .charge = charge_line};
    return pli_line_require(&rules, input, workspace, requirement, reason, fault);
}

const plm_model pli_model_deribit_sm = {
    .name = "deribit-sm",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Deribit standard margin: rates that rise with size, short options in coin",
    .descriptor = &pli_deribit_sm_descriptor,
    .workspace_size = pli_line_workspace_size,
    .require = require,
    .safe_move = NULL,
};
