/* perpetual_desk.c: portfolios of linear perpetuals and balances, for venue models.       SPDX-License-Identifier: Apache-2.0 */
#include "venue/perpetual_desk.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "margin/conclude.h"
#include "model/value.h"

#define UNIT_E9 INT64_C(1000000000)

static plm_status
unsupported(plm_fault *fault, const char *what, uint32_t index, const char *rest) {
    return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, what, index, rest);
}

static plm_status
check_line(const pli_perpetual_desk *desk, const pli_line *line, plm_fault *fault) {
    const plm_listing *listing = desk->view.listing;
    uint32_t index = line->instrument_index;
    const plm_instrument *instrument = &listing->instruments[index];
    const plm_underlying *underlying = &listing->underlyings[instrument->underlying_index];
    if (instrument->kind != PLM_KIND_PERPETUAL) {
        return unsupported(fault, "instrument", index,
                           " is no perpetual: this model has no such thing");
    }
    if (instrument->settlement != PLM_SETTLEMENT_LINEAR ||
        instrument->settlement_asset_index != desk->cash_asset_index) {
        return unsupported(fault, "instrument", index,
                           " does not settle linearly in the valuation currency");
    }
    if (underlying->domain != PLM_PRICE_DOMAIN_POSITIVE) {
        return unsupported(fault, "instrument", index, " may have prices that are not above zero");
    }
    if (UNIT_E9 % underlying->price_unit != 0) {
        return unsupported(fault, "instrument", index,
                           " has a price unit that does not divide 1e9");
    }
    return PLM_OK;
}

static plm_status
check(const pli_perpetual_desk *desk, const pli_desk_venue *venue, plm_fault *fault) {
    const pli_view *view = &desk->view;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        plm_status status = check_line(desk, &view->lines[i], fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    if (!venue->has_orders && view->order_count > 0) {
        return unsupported(fault, "order", view->orders[0].order_index,
                           ": this model does not define the margin of open orders");
    }
    for (uint32_t i = 0; i < view->portfolio.balance_count; i += 1) {
        const plm_balance *balance = &view->portfolio.balances[i];
        const plm_asset *asset = &view->listing->assets[balance->asset_index];
        bool is_empty = balance->atoms.low == 0 && balance->atoms.high == 0;
        if (is_empty || balance->asset_index == desk->cash_asset_index) {
            continue;
        }
        if (!venue->has_collaterals) {
            return unsupported(fault, "asset", balance->asset_index,
                               " is no collateral of this model");
        }
        if (view->listing->underlyings[asset->underlying_index].price_unit != 1) {
            return unsupported(fault, "asset", balance->asset_index,
                               " has a price that is not of one unit");
        }
    }
    return PLM_OK;
}

static void
clear_part(const plm_portfolio *portfolio, plm_reason_part *part) {
    plm_reason_part empty = {.underlying_index = PLM_NONE,
                             .scenario_index = PLM_NONE,
                             .position_micros = part->position_micros,
                             .order_micros = part->order_micros,
                             .balance_micros = part->balance_micros};
    *part = empty;
    for (uint32_t i = 0; part->position_micros != NULL && i < portfolio->position_count; i += 1) {
        part->position_micros[i] = 0;
    }
    for (uint32_t i = 0; part->order_micros != NULL && i < portfolio->order_count; i += 1) {
        part->order_micros[i] = 0;
    }
    for (uint32_t i = 0; part->balance_micros != NULL && i < portfolio->balance_count; i += 1) {
        part->balance_micros[i] = 0;
    }
}

size_t
pli_perpetual_desk_size(const plm_limits *limits) {
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    return pli_arena_used(&arena);
}

static plm_status
make(const pli_desk_venue *venue, const plm_margin_input *input, const plm_workspace *workspace,
     plm_reason *reason, pli_perpetual_desk *desk, plm_fault *fault) {
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    *desk = (pli_perpetual_desk){.reason = reason};
    plm_status status = pli_view_make(input, &limits, &arena, &desk->view, fault);
    if (status != PLM_OK) {
        return status;
    }
    const plm_listing *listing = desk->view.listing;
    while (listing->assets[desk->cash_asset_index].underlying_index != PLM_NONE) {
        desk->cash_asset_index += 1; // [LISTING-1] there is one
    }
    status = check(desk, venue, fault);
    if (status == PLM_OK && reason != NULL) {
        clear_part(&desk->view.portfolio, &reason->maintenance);
        clear_part(&desk->view.portfolio, &reason->initial);
    }
    return status;
}

static const plm_underlying *
underlying_of(const pli_view *view, const pli_line *line) {
    return &view->listing->underlyings[line->underlying_index];
}

bool
pli_desk_base_e17(const pli_view *view, const pli_line *line, int64_t lots, pli_i128 *out) {
    pli_i128 units_e8 = (pli_i128)lots * view->listing->instruments[line->instrument_index].lot_e8;
    return pli_mul_i128(units_e8, UNIT_E9 / underlying_of(view, line)->price_unit, out);
}

int64_t
pli_desk_price_e8(const pli_view *view, const pli_line *line) {
    return view->market->underlyings[line->underlying_index].price.price_e8;
}

bool
pli_desk_entry_micros(const pli_view *view, const pli_line *line, pli_i128 *out) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    pli_i128 paid = 0;
    return line->cost != PLI_I128_MIN &&
           pli_linear_value_micros(instrument, underlying_of(view, line), -line->cost,
                                   PLI_ROUND_DOWN, &paid) &&
           pli_add_i128(paid, line->accrued_micros, out);
}

bool
pli_desk_cash_micros(const pli_perpetual_desk *desk, pli_i128 *out) {
    const plm_portfolio *portfolio = &desk->view.portfolio;
    *out = 0;
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        if (portfolio->balances[i].asset_index == desk->cash_asset_index) {
            return pli_atoms_value_micros(&desk->view.listing->assets[desk->cash_asset_index], 1,
                                          pli_i128_from_wide(portfolio->balances[i].atoms),
                                          100000000, PLI_ROUND_DOWN, out);
        }
    }
    return true;
}

static bool
add_both(pli_perpetual_desk *desk, pli_i128 maintenance, pli_i128 initial) {
    return pli_add_i128(desk->maintenance, maintenance, &desk->maintenance) &&
           pli_add_i128(desk->initial, initial, &desk->initial);
}

/* What a line requires goes to its position, or to the first of its orders where nothing is held yet. */
static bool
attribute_line(const pli_view *view, uint32_t line_index, pli_i128 amount, plm_reason_part *part) {
    uint32_t position = view->lines[line_index].position_index;
    if (position != PLM_NONE) {
        return part->position_micros == NULL ||
               pli_narrow_i64(amount, &part->position_micros[position]);
    }
    for (uint32_t i = 0; part->order_micros != NULL && i < view->order_count; i += 1) {
        if (view->orders[i].line_index == line_index) {
            return pli_narrow_i64(amount, &part->order_micros[view->orders[i].order_index]);
        }
    }
    return true;
}

bool
pli_desk_add_line(pli_perpetual_desk *desk, uint32_t line_index, pli_i128 maintenance,
                  pli_i128 initial) {
    bool is_fit = add_both(desk, maintenance, initial);
    if (is_fit && desk->reason != NULL) {
        is_fit = attribute_line(&desk->view, line_index, maintenance, &desk->reason->maintenance) &&
                 attribute_line(&desk->view, line_index, initial, &desk->reason->initial);
    }
    return is_fit;
}

static bool
attribute_balance(uint32_t balance_index, pli_i128 amount, const plm_reason_part *part) {
    return part->balance_micros == NULL ||
           pli_narrow_i64(amount, &part->balance_micros[balance_index]);
}

bool
pli_desk_add_balance(pli_perpetual_desk *desk, uint32_t balance_index, pli_i128 maintenance,
                     pli_i128 initial) {
    bool is_fit = add_both(desk, maintenance, initial);
    if (is_fit && desk->reason != NULL) {
        is_fit = attribute_balance(balance_index, maintenance, &desk->reason->maintenance) &&
                 attribute_balance(balance_index, initial, &desk->reason->initial);
    }
    return is_fit;
}

static void
finish_part(plm_reason_part *part, int64_t core_micros) {
    part->branch = core_micros > 0 ? PLM_BRANCH_VENUE : PLM_BRANCH_NONE;
    part->core_micros = core_micros;
}

static plm_status
conclude(pli_perpetual_desk *desk, plm_requirement *requirement, plm_fault *fault) {
    pli_conclusion conclusion = {.entry_buffer_ppm = 0};
    pli_equity *equity = &conclusion.equity;
    pli_i128 collateral = desk->equity_maintenance - desk->unrealised + desk->liabilities;
    if (!pli_narrow_i64(desk->maintenance, &conclusion.core_maintenance_micros) ||
        !pli_narrow_i64(desk->initial, &conclusion.core_initial_micros) ||
        !pli_narrow_i64(desk->equity_maintenance, &equity->maintenance_micros) ||
        !pli_narrow_i64(desk->equity_initial, &equity->initial_micros) ||
        !pli_narrow_i64(desk->liabilities, &equity->liabilities_micros) ||
        !pli_narrow_i64(desk->unrealised, &equity->unrealised_micros) ||
        !pli_narrow_i64(collateral, &equity->collateral_micros)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a requirement leaves 64-bit micros", NULL, NULL);
    }
    conclusion.filled_maintenance_micros = conclusion.core_maintenance_micros;
    plm_status status = pli_conclude(&conclusion, requirement, fault);
    if (status == PLM_OK && desk->reason != NULL) {
        finish_part(&desk->reason->maintenance, conclusion.core_maintenance_micros);
        finish_part(&desk->reason->initial, conclusion.core_initial_micros);
        pli_reason_finish(&desk->view, &conclusion, desk->reason);
    }
    return status;
}

plm_status
pli_perpetual_desk_require(const pli_desk_venue *venue, const plm_margin_input *input,
                           const plm_workspace *workspace, plm_requirement *requirement,
                           plm_reason *reason, plm_fault *fault) {
    pli_perpetual_desk desk;
    plm_status status = make(venue, input, workspace, reason, &desk, fault);
    if (status == PLM_OK) {
        status = venue->evaluate(&desk, input->parameters, fault);
    }
    return status == PLM_OK ? conclude(&desk, requirement, fault) : status;
}
