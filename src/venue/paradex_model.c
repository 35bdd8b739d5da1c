/* paradex_model.c: model `paradex`: cross margin of linear perpetuals.                   SPDX-License-Identifier: Apache-2.0 */
#include "venue/exchange_models.h"
#include "venue/line_model.h"

static const plm_parameter_field fields[] = {
    PLI_PARADEX_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_paradex_record)};

const plm_descriptor pli_paradex_descriptor = {
    .id = "paradex",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(pli_paradex_record),
    .check_coupled = NULL,
};

static plm_status
check_line(const pli_view *view, const pli_line *line, const void *parameters, plm_fault *fault) {
    (void)parameters;
    return pli_line_check_linear(view, line, false, PLM_NONE, fault);
}

/* The larger of both open sizes is the largest position that orders can leave, which pli_line_require asks about. */
static pli_line_charge
charge_line(const pli_view *view, const pli_line *line, const void *parameters, int64_t lots) {
    const pli_paradex_record *record = parameters;
    pli_exact value =
        pli_exact_multiply(pli_line_coins(view, line, lots), pli_line_mark(view, line));
    value = pli_line_to_valuation(view, line, value);
    pli_exact initial = pli_exact_multiply(value, pli_exact_ratio(record->initial_ppm, PLM_PPM));
    pli_exact factor = pli_exact_ratio(record->maintenance_factor_ppm, PLM_PPM);
    return (pli_line_charge){.initial = initial,
                             .maintenance = pli_exact_multiply(initial, factor)};
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_paradex_record *record = input->parameters;
    const pli_line_rules rules = {.parameters = record,
                                  .check = check_line,
                                  .charge = charge_line,
                                  .taker_ppm = record->taker_ppm,
                                  .has_open_loss = true};
    return pli_line_require(&rules, input, workspace, requirement, reason, fault);
}

const plm_model pli_model_paradex = {
    .name = "paradex",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Paradex perpetuals, cross margin: a fraction of the largest open size",
    .descriptor = &pli_paradex_descriptor,
    .workspace_size = pli_line_workspace_size,
    .require = require,
    .safe_move = NULL,
};
