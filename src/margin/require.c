/* require.c: the checked way to call a model, and the words for its answers.          SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/text.h"
#include "margin/view.h"
#include "plimsoll/margin.h"

const char *
plm_charge_name(plm_charge charge) {
    switch (charge) {
    case PLM_CHARGE_CLOSE_FEE:
        return "close fee";
    case PLM_CHARGE_LIQUIDATION_FEE:
        return "liquidation fee";
    case PLM_CHARGE_ORACLE:
        return "oracle";
    case PLM_CHARGE_LIQUIDITY:
        return "liquidity";
    case PLM_CHARGE_SPREAD:
        return "spread";
    case PLM_CHARGE_GAMMA:
        return "gamma";
    case PLM_CHARGE_VEGA:
        return "vega";
    case PLM_CHARGE_BASIS:
        return "basis";
    case PLM_CHARGE_ROUNDING:
        return "rounding";
    case PLM_CHARGE_NO_HISTORY:
        return "no history";
    case PLM_CHARGE_ORDERS:
        return "orders";
    case PLM_CHARGE_SLOW_PRICE:
        return "slow price";
    case PLM_CHARGE_BUFFER:
        return "entry buffer";
    case PLM_CHARGE_COUNT:
        break;
    }
    return "unknown";
}

const char *
plm_branch_name(plm_branch branch) {
    switch (branch) {
    case PLM_BRANCH_NONE:
        return "none";
    case PLM_BRANCH_TAIL:
        return "tail";
    case PLM_BRANCH_GRID:
        return "grid";
    case PLM_BRANCH_FLOOR:
        return "offset floor";
    case PLM_BRANCH_STRESS:
        return "stress";
    case PLM_BRANCH_FRACTION:
        return "fraction";
    case PLM_BRANCH_VENUE:
        return "venue formula";
    }
    return "unknown";
}

const char *
plm_health_name(plm_health health) {
    switch (health) {
    case PLM_HEALTH_HEALTHY:
        return "healthy";
    case PLM_HEALTH_RESTRICTED:
        return "restricted";
    case PLM_HEALTH_CALLED:
        return "called";
    case PLM_HEALTH_LIQUIDATABLE:
        return "liquidatable";
    }
    return "unknown";
}

size_t
plm_margin_workspace_size(const plm_model *model, const plm_limits *limits) {
    return model->workspace_size(limits);
}

plm_status
plm_margin_require(const plm_model *model, const plm_margin_input *input, plm_workspace *workspace,
                   plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    PLI_ASSERT(model->interface_version == PLM_MODEL_INTERFACE_VERSION);
    plm_status status = plm_record_check(model->descriptor, input->parameters, fault);
    if (status != PLM_OK) {
        return status;
    }
    plm_limits limits = pli_view_limits(input);
    size_t needed = model->workspace_size(&limits);
    if (workspace->size < needed) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "bytes of the workspace",
                                   (int64_t)workspace->size, (int64_t)needed, INT64_MAX);
    }
    return model->require(input, workspace, requirement, reason, fault);
}
