/* derive_srm_model.c: model derive-srm: an account of several underlyings under standard margin.   SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "venue/derive_account.h"
#include "venue/derive_parameters.h"

typedef struct evaluation {
    pli_derive_account account;
    pli_srm_parameters parameters;
    pli_srm_margins *parts; /* scratch, by option of one expiry */
    pli_derive_outcome outcome;
} evaluation;

static void
take(pli_arena *arena, const plm_limits *limits, evaluation *desk) {
    desk->parts = PLI_ARENA_TAKE(arena, limits->position_count, pli_srm_margins);
}

static size_t
workspace_size(const plm_limits *limits) {
    evaluation sized;
    pli_arena arena = pli_derive_account_sizing(limits);
    take(&arena, limits, &sized);
    return pli_arena_used(&arena);
}

static pli_srm_market
market_of(const evaluation *desk, const pli_derive_holding *holding) {
    return (pli_srm_market){.parameters = &desk->parameters,
                            .spot = holding->spot,
                            .spot_confidence_e18 = holding->confidence_e18,
                            .perpetual_amount = holding->perpetual_amount,
                            .perpetual_price = holding->perpetual_price,
                            .perpetual_value = holding->perpetual_value,
                            .perpetual_confidence_e18 = PLI_DERIVE_ONE_E18,
                            .base_amount = holding->base_amount,
                            .expiry_count = holding->expiry_count,
                            .expiries = holding->expiries};
}

static void
evaluate(evaluation *desk) {
    const pli_derive_account *account = &desk->account;
    pli_derive_outcome outcome = {.value = account->cash,
                                  .maintenance = account->cash,
                                  .initial = account->cash,
                                  .worst_index = PLM_NONE};
    for (uint32_t i = 0; i < account->holding_count; i += 1) {
        pli_srm_market market = market_of(desk, &account->holdings[i]);
        pli_srm_result result;
        pli_srm_market_margin(&market, account->stable, &result);
        outcome.value += result.value;
        outcome.maintenance += result.net.maintenance;
        outcome.initial += result.net.initial;
        outcome.oracle -= result.oracle;
        outcome.unrealised += market.perpetual_value;
        outcome.option_value +=
            result.value - market.perpetual_value - market.base_amount * market.spot;
    }
    desk->outcome = outcome;
}

/* Value less what the venue counts of it, by option: what an option requires, the depeg charge of shorts included. */
static void
attribute_expiry(evaluation *desk, const pli_srm_market *market, const pli_derive_expiry *expiry,
                 bool is_initial, double depeg) {
    pli_derive_account *account = &desk->account;
    (void)pli_srm_expiry_margin(market, expiry, desk->parts);
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        const pli_derive_option *option = &expiry->options[i];
        double counted = is_initial ? desk->parts[i].initial : desk->parts[i].maintenance;
        double shorts = option->amount < 0.0 ? -option->amount : 0.0;
        uint32_t index = (uint32_t)(option - account->options);
        account->position_parts[account->option_positions[index]] =
            pli_srm_mark(expiry, option) - counted + shorts * depeg;
    }
}

static void
attribute(void *evaluated, bool is_initial) {
    evaluation *desk = evaluated;
    pli_derive_account *account = &desk->account;
    const pli_srm_parameters *p = &desk->parameters;
    double peg = p->depeg_threshold - account->stable;
    for (uint32_t i = 0; i < account->holding_count; i += 1) {
        const pli_derive_holding *holding = &account->holdings[i];
        pli_srm_market market = market_of(desk, holding);
        double depeg = is_initial && peg > 0.0 ? peg * p->depeg_factor * market.spot : 0.0;
        for (uint32_t j = 0; j < holding->expiry_count; j += 1) {
            attribute_expiry(desk, &market, &holding->expiries[j], is_initial, depeg);
        }
        if (holding->perpetual_position_index != PLM_NONE) {
            double ratio = is_initial ? p->perpetual_initial : p->perpetual_maintenance;
            account->position_parts[holding->perpetual_position_index] =
                fabs(market.perpetual_amount) * (market.perpetual_price * ratio + depeg);
        }
    }
    double counted = p->base_factor * (is_initial ? p->base_initial_factor : 1.0);
    for (uint32_t i = 0; i < account->collateral_count; i += 1) {
        uint32_t balance = account->collaterals[i];
        const pli_view *view = &account->view;
        uint32_t asset = view->portfolio.balances[balance].asset_index;
        int64_t confidence = 0;
        double spot =
            pli_derive_spot(view, view->listing->assets[asset].underlying_index, &confidence);
        account->balance_parts[balance] =
            pli_derive_balance_amount(account, balance) * spot * (1.0 - counted);
    }
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    evaluation desk;
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    const pli_derive_head head = {.has_base = true};
    plm_status status = pli_derive_account_open(input, &head, &arena, &desk.account, fault);
    if (status != PLM_OK) {
        return status;
    }
    take(&arena, &limits, &desk);
    status = pli_view_room(&arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_srm_read(input->parameters, &desk.parameters);
    evaluate(&desk);
    return pli_derive_conclude(&desk.account, &desk.outcome,
                               (pli_derive_attribution){attribute, &desk}, requirement, reason,
                               fault);
}

const plm_model pli_model_derive_srm = {
    .name = "derive-srm",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_SURFACES,
    .summary = "Derive standard margin: shorts on their own, capped by an expiry's greatest loss",
    .descriptor = &pli_srm_descriptor,
    .workspace_size = workspace_size,
    .require = require,
    .safe_move = NULL,
};
