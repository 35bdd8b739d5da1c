/* derive_pmrm1_model.c: model derive-pmrm-v1: an account of one underlying under v1.      SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "num/rounding.h"
#include "venue/derive_account.h"
#include "venue/derive_parameters.h"

typedef struct evaluation {
    pli_derive_account account;
    pli_pmrm1_parameters parameters;
    pli_pmrm1_portfolio portfolio;
    pli_derive_terms *terms;
    double *pnl;
    pli_pmrm1_result result;
} evaluation;

static void
take(pli_arena *arena, const plm_limits *limits, evaluation *desk) {
    desk->terms = PLI_ARENA_TAKE(arena, limits->position_count, pli_derive_terms);
    desk->pnl = PLI_ARENA_TAKE(arena, PLI_PMRM1_SCENARIOS, double);
}

static size_t
workspace_size(const plm_limits *limits) {
    evaluation sized;
    pli_arena arena = pli_derive_account_sizing(limits);
    take(&arena, limits, &sized);
    return pli_arena_used(&arena);
}

static void
fill(evaluation *desk) {
    const pli_derive_account *account = &desk->account;
    desk->portfolio = (pli_pmrm1_portfolio){.cash = account->cash,
                                            .spot = 1.0,
                                            .stable = account->stable,
                                            .spot_confidence_e18 = PLI_DERIVE_ONE_E18,
                                            .perpetual_confidence_e18 = PLI_DERIVE_ONE_E18};
    if (account->holding_count == 1) {
        const pli_derive_holding *holding = &account->holdings[0];
        desk->portfolio.spot = holding->spot;
        desk->portfolio.spot_confidence_e18 = holding->confidence_e18;
        desk->portfolio.base_amount = holding->base_amount;
        desk->portfolio.perpetual_amount = holding->perpetual_amount;
        desk->portfolio.perpetual_price = holding->perpetual_price;
        desk->portfolio.perpetual_value = holding->perpetual_value;
        desk->portfolio.expiry_count = holding->expiry_count;
        desk->portfolio.expiries = holding->expiries;
    }
}

/* Requirement of every position and balance without the oracle charge: what the binding scenario loses, and contingencies. */
static void
attribute(void *evaluated, bool is_initial) {
    evaluation *desk = evaluated;
    pli_derive_account *account = &desk->account;
    const pli_pmrm1_parameters *p = &desk->parameters;
    const pli_pmrm1_portfolio *portfolio = &desk->portfolio;
    double factor = is_initial ? desk->result.initial_factor : 1.0;
    bool is_basis = desk->result.worst_index == PLM_NONE;
    const pli_derive_scenario *worst = is_basis ? NULL : &p->scenarios[desk->result.worst_index];
    double move = is_basis ? 0.0 : worst->spot - 1.0;
    uint32_t option = 0;
    for (uint32_t i = 0; i < portfolio->expiry_count; i += 1) {
        if (is_basis) {
            (void)pli_derive_basis(&desk->terms[i], p->basis_up, p->basis_down,
                                   account->option_parts);
        } else {
            (void)pli_derive_pnl(&desk->terms[i], worst, account->option_parts);
        }
        (void)pli_derive_naked(&portfolio->expiries[i], account->naked_parts);
        for (uint32_t j = 0; j < portfolio->expiries[i].option_count; j += 1) {
            double naked = account->naked_parts[j] * portfolio->spot * p->option_ratio;
            account->position_parts[account->option_positions[option]] =
                (naked - account->option_parts[j]) * factor;
            option += 1;
        }
    }
    if (account->holding_count == 1 && account->holdings[0].perpetual_position_index != PLM_NONE) {
        double loss = -portfolio->perpetual_amount * portfolio->perpetual_price * move;
        double standing = fabs(portfolio->perpetual_amount) * portfolio->spot * p->perpetual_ratio;
        account->position_parts[account->holdings[0].perpetual_position_index] =
            (loss + standing) * factor;
    }
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        double value =
            pli_derive_balance_amount(account, account->collaterals[i]) * portfolio->spot;
        account->balance_parts[account->collaterals[i]] =
            (value * p->base_ratio - value / portfolio->stable * move) * factor;
    }
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_pmrm1_record *record = input->parameters;
    evaluation desk;
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    const pli_derive_head head = {
        .rate = pli_double_from_i64(record->rate_ppm) / 1e6, .has_base = true, .is_single = true};
    plm_status status = pli_derive_account_open(input, &head, &arena, &desk.account, fault);
    if (status != PLM_OK) {
        return status;
    }
    take(&arena, &limits, &desk);
    status = pli_view_room(&arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_pmrm1_read(record, &desk.parameters);
    fill(&desk);
    pli_pmrm1_margin(&desk.parameters, &desk.portfolio, desk.terms, desk.pnl, &desk.result);
    pli_derive_outcome outcome = {
        .value = desk.result.value,
        .option_value = desk.result.value - desk.result.base_value - desk.account.cash -
                        desk.portfolio.perpetual_value,
        .unrealised = desk.portfolio.perpetual_value,
        .maintenance = desk.result.maintenance,
        .initial = desk.result.initial,
        .oracle = -desk.result.oracle,
        .worst = -desk.result.worst,
        .worst_index = desk.result.worst_index,
    };
    return pli_derive_conclude(&desk.account, &outcome, (pli_derive_attribution){attribute, &desk},
                               requirement, reason, fault);
}

const plm_model pli_model_derive_pmrm1 = {
    .name = "derive-pmrm-v1",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_SURFACES,
    .summary = "Derive portfolio margin v1: 23 scenarios of one underlying, with contingencies",
    .descriptor = &pli_pmrm1_descriptor,
    .workspace_size = workspace_size,
    .require = require,
    .safe_move = NULL,
};
