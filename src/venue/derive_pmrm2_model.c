/* derive_pmrm2_model.c: model derive-pmrm-v2: an account of one underlying under v2.      SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "num/rounding.h"
#include "venue/derive_account.h"
#include "venue/derive_parameters.h"

typedef struct evaluation {
    pli_derive_account account;
    pli_pmrm2_parameters parameters;
    pli_pmrm2_portfolio portfolio;
    pli_pmrm2_collateral *collaterals;
    pli_derive_terms *terms;
    double *pnl;
    pli_pmrm2_result result;
} evaluation;

static void
take(pli_arena *arena, const plm_limits *limits, evaluation *desk) {
    desk->collaterals = PLI_ARENA_TAKE(arena, limits->balance_count, pli_pmrm2_collateral);
    desk->terms = PLI_ARENA_TAKE(arena, limits->position_count, pli_derive_terms);
    desk->pnl = PLI_ARENA_TAKE(arena, PLI_PMRM2_SCENARIOS, double);
}

static size_t
workspace_size(const plm_limits *limits) {
    evaluation sized;
    pli_arena arena = pli_derive_account_sizing(limits);
    take(&arena, limits, &sized);
    return pli_arena_used(&arena);
}

static uint32_t
underlying_of(const pli_derive_account *account, uint32_t collateral) {
    const pli_view *view = &account->view;
    uint32_t asset = view->portfolio.balances[account->collaterals[collateral]].asset_index;
    return view->listing->assets[asset].underlying_index;
}

/* Of the positions; without any, of the first priced collateral. */
static uint32_t
own_underlying(const pli_derive_account *account) {
    if (account->holding_count > 0) {
        return account->holdings[0].underlying_index;
    }
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        if (underlying_of(account, i) != PLM_NONE) {
            return underlying_of(account, i);
        }
    }
    return PLM_NONE;
}

static void
fill_collateral(evaluation *desk, const pli_pmrm2_record *record, uint32_t own) {
    pli_derive_account *account = &desk->account;
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        uint32_t underlying = underlying_of(account, i);
        bool is_own = underlying == own;
        pli_pmrm2_collateral *collateral = &desk->collaterals[i];
        int64_t maintenance = is_own ? record->own_maintenance_ppm : record->other_maintenance_ppm;
        int64_t initial = is_own ? record->own_initial_ppm : record->other_initial_ppm;
        *collateral = (pli_pmrm2_collateral){
            .amount = pli_derive_balance_amount(account, account->collaterals[i]),
            .maintenance_haircut = pli_double_from_i64(maintenance) / 1e6,
            .initial_haircut = pli_double_from_i64(initial) / 1e6,
            .is_risk_cancelling = is_own && own != PLM_NONE,
        };
        collateral->price =
            pli_derive_spot(&account->view, underlying, &collateral->confidence_e18);
    }
}

static void
fill(evaluation *desk, const pli_pmrm2_record *record) {
    pli_derive_account *account = &desk->account;
    uint32_t own = own_underlying(account);
    fill_collateral(desk, record, own);
    desk->portfolio = (pli_pmrm2_portfolio){.cash = account->cash,
                                            .stable = account->stable,
                                            .perpetual_confidence_e18 = PLI_DERIVE_ONE_E18,
                                            .collateral_count = account->collateral_count,
                                            .collaterals = desk->collaterals};
    desk->portfolio.spot =
        pli_derive_spot(&account->view, own, &desk->portfolio.spot_confidence_e18);
    if (account->holding_count == 1) {
        const pli_derive_holding *holding = &account->holdings[0];
        desk->portfolio.perpetual_amount = holding->perpetual_amount;
        desk->portfolio.perpetual_price = holding->perpetual_price;
        desk->portfolio.perpetual_value = holding->perpetual_value;
        desk->portfolio.expiry_count = holding->expiry_count;
        desk->portfolio.expiries = holding->expiries;
    }
}

static void
attribute_options(evaluation *desk, const pli_derive_scenario *worst, double factor,
                  double naked_ratio) {
    pli_derive_account *account = &desk->account;
    const pli_pmrm2_portfolio *portfolio = &desk->portfolio;
    uint32_t option = 0;
    for (uint32_t i = 0; i < portfolio->expiry_count; i += 1) {
        if (worst == NULL) {
            (void)pli_derive_basis(&desk->terms[i], desk->parameters.basis_up,
                                   desk->parameters.basis_down, account->option_parts);
        } else {
            (void)pli_derive_pnl(&desk->terms[i], worst, account->option_parts);
        }
        (void)pli_derive_naked(&portfolio->expiries[i], account->naked_parts);
        for (uint32_t j = 0; j < portfolio->expiries[i].option_count; j += 1) {
            account->position_parts[account->option_positions[option]] =
                account->naked_parts[j] * portfolio->spot * naked_ratio -
                account->option_parts[j] * factor;
            option += 1;
        }
    }
}

/* Requirement of every position and balance without the oracle charge: what the binding scenario loses, and contingencies. */
static void
attribute(void *evaluated, bool is_initial) {
    evaluation *desk = evaluated;
    pli_derive_account *account = &desk->account;
    const pli_pmrm2_parameters *p = &desk->parameters;
    const pli_pmrm2_portfolio *portfolio = &desk->portfolio;
    double factor = is_initial ? desk->result.initial_factor : desk->result.maintenance_factor;
    double added = is_initial ? 1.0 : 0.0;
    uint32_t index = desk->result.worst_index;
    const pli_derive_scenario *worst = index == PLM_NONE ? NULL : &p->scenarios[index];
    // The skew scenarios of the table leave spot at 1.
    double move = worst == NULL ? 0.0 : (worst->spot - 1.0) * worst->dampening;
    attribute_options(desk, worst, factor, p->option_maintenance + added * p->option_initial);
    if (account->holding_count == 1 && account->holdings[0].perpetual_position_index != PLM_NONE) {
        double amount = portfolio->perpetual_amount;
        double ratio = p->perpetual_maintenance + added * p->perpetual_initial;
        account->position_parts[account->holdings[0].perpetual_position_index] =
            fabs(amount) * portfolio->spot * ratio -
            amount * portfolio->perpetual_price * move * factor;
    }
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        const pli_pmrm2_collateral *collateral = &desk->collaterals[i];
        double value = collateral->amount * collateral->price / portfolio->stable;
        double haircut = collateral->maintenance_haircut + added * collateral->initial_haircut;
        double gain = collateral->is_risk_cancelling ? move * factor : 0.0;
        account->balance_parts[account->collaterals[i]] = value * (haircut - gain);
    }
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    const pli_pmrm2_record *record = input->parameters;
    evaluation desk;
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    const pli_derive_head head = {.rate = pli_double_from_i64(record->rate_ppm) / 1e6,
                                  .is_single = true};
    plm_status status = pli_derive_account_open(input, &head, &arena, &desk.account, fault);
    if (status != PLM_OK) {
        return status;
    }
    take(&arena, &limits, &desk);
    status = pli_view_room(&arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_pmrm2_read(record, &desk.parameters);
    fill(&desk, record);
    pli_pmrm2_margin(&desk.parameters, &desk.portfolio, desk.terms, desk.pnl, &desk.result);
    pli_derive_outcome outcome = {
        .value = desk.result.value,
        .option_value = desk.result.option_value,
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

const plm_model pli_model_derive_pmrm2 = {
    .name = "derive-pmrm-v2",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_SURFACES,
    .summary = "Derive portfolio margin v2: 33 scenarios of one underlying, tails and skews",
    .descriptor = &pli_pmrm2_descriptor,
    .workspace_size = workspace_size,
    .require = require,
    .safe_move = NULL,
};
