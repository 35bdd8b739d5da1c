/* deribit_pm_model.c: model `deribit-pm`: inverse futures of one currency.               SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/libc.h"
#include "base/text.h"
#include "margin/conclude.h"
#include "model/value.h"
#include "num/rounding.h"
#include "venue/deribit_pm.h"
#include "venue/exchange_models.h"

static const plm_parameter_field fields[] = {
    PLI_DERIBIT_PM_RECORD(PLM_PARAMETER_DESCRIPTOR_FIELD, pli_deribit_pm_record)};

const plm_descriptor pli_deribit_pm_descriptor = {
    .id = "deribit-pm",
    .version = 1,
    .field_count = sizeof fields / sizeof fields[0],
    .fields = fields,
    .record_size = sizeof(pli_deribit_pm_record),
    .check_coupled = NULL,
};

static double
ratio(int64_t ppm) {
    return pli_double_from_i64(ppm) / 1e6;
}

static pli_deribit_parameters
read_record(const pli_deribit_pm_record *record) {
    return (pli_deribit_parameters){
        .price_range = ratio(record->price_range_ppm),
        .gain_offset = ratio(record->gain_offset_ppm),
        .annualised_move_risk = ratio(record->annualised_move_ppm),
        .annualised_move_min = ratio(record->annualised_move_minimum_ppm),
        .delta_threshold_usd = ratio(record->delta_threshold_micros),
        .maintenance_factor = ratio(record->maintenance_factor_ppm),
    };
}

static size_t
workspace_size(const plm_limits *limits) {
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    (void)PLI_ARENA_TAKE(&arena, limits->position_count, pli_deribit_leg);
    return pli_arena_used(&arena);
}

static plm_status
unsupported(plm_fault *fault, const char *what, uint32_t index, const char *rest) {
    return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, what, index, rest);
}

static plm_status
check_line(const pli_view *view, const pli_line *line, plm_fault *fault) {
    const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
    uint32_t index = line->instrument_index;
    if (instrument->kind == PLM_KIND_OPTION) {
        return unsupported(fault, "instrument", index,
                           " is an option: what option legs add is not documented");
    }
    if (instrument->settlement != PLM_SETTLEMENT_INVERSE || line->mark_e8 <= 0) {
        return unsupported(fault, "instrument", index,
                           " is no inverse future or perpetual: other legs are not documented");
    }
    if (line->underlying_index != view->lines[0].underlying_index) {
        return unsupported(fault, "instrument", index,
                           " is of a second currency: the correlation contingency between "
                           "currencies is not documented");
    }
    return PLM_OK;
}

/* Coins of a position at its mark, as the venue states sizes; lines are sorted by expiry, and so are the legs. */
static plm_status
make_legs(const pli_view *view, pli_deribit_leg *legs, plm_fault *fault) {
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        plm_status status = check_line(view, line, fault);
        if (status != PLM_OK) {
            return status;
        }
        const plm_instrument *instrument = &view->listing->instruments[line->instrument_index];
        pli_i128 coin_e12 = 0;
        if (!pli_inverse_coin_e12(
                instrument, &view->listing->underlyings[instrument->underlying_index], line->lots,
                line->mark_e8, line->lots < 0 ? PLI_ROUND_DOWN : PLI_ROUND_UP, &coin_e12)) {
            return pli_fault_set(fault, PLM_OVERFLOW, "a size leaves 128 bits", NULL, NULL);
        }
        int64_t left_ns = instrument->expiry_ns - view->market->time.ns;
        bool is_dated = instrument->expiry_ns != 0;
        legs[i] = (pli_deribit_leg){
            .size_coin = (double)coin_e12 / 1e12,
            .years = is_dated ? pli_double_from_i64(left_ns) / (double)PLM_YEAR_NS : 0.0};
    }
    return PLM_OK;
}

/* Each position's share is its part of the gross size; the last one takes what rounding leaves. */
static void
explain(const pli_view *view, const pli_deribit_leg *legs, const pli_deribit_result *result,
        int64_t core_micros, plm_reason_part *part) {
    *part = (plm_reason_part){.branch = core_micros > 0 ? PLM_BRANCH_VENUE : PLM_BRANCH_NONE,
                              .underlying_index = PLM_NONE,
                              .scenario_index =
                                  result->worst_case > 0.0 ? result->worst_bucket : PLM_NONE,
                              .core_micros = core_micros,
                              .position_micros = part->position_micros,
                              .order_micros = part->order_micros,
                              .balance_micros = part->balance_micros};
    for (uint32_t i = 0; part->balance_micros != NULL && i < view->portfolio.balance_count;
         i += 1) {
        part->balance_micros[i] = 0;
    }
    double gross = 0.0;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        gross += fabs(legs[i].size_coin);
    }
    int64_t left = core_micros;
    for (uint32_t i = 0; part->position_micros != NULL && i < view->line_count; i += 1) {
        int64_t own = left;
        if (i + 1 < view->line_count && gross > 0.0 &&
            pli_i64_from_double_floor(fabs(legs[i].size_coin) / gross * (double)core_micros,
                                      &own) != PLM_OK) {
            own = 0;
        }
        own = own < left ? own : left;
        part->position_micros[view->lines[i].position_index] = own;
        left -= own;
    }
}

/* Coin at the index, rounded up once. */
static plm_status
to_micros(double coin, double index, int64_t *out) {
    return pli_i64_from_double_ceil(coin * index * 1e6, out);
}

static plm_status
compute(const pli_view *view, const pli_deribit_leg *legs, pli_deribit_result *result,
        pli_conclusion *conclusion, plm_fault *fault) {
    pli_deribit_parameters parameters = read_record(view->input->parameters);
    const pli_deribit_additions none = {0.0, 0.0, 0.0};
    uint32_t underlying = view->line_count == 0 ? 0 : view->lines[0].underlying_index;
    double index = 0.0;
    if (view->line_count > 0) {
        const plm_price_record *price = &view->market->underlyings[underlying].price;
        index = pli_double_from_i64(price->price_e8) / 1e8 /
                pli_double_from_i64(view->listing->underlyings[underlying].price_unit);
    }
    plm_status status =
        pli_deribit_pm_compute(view->line_count, legs, &parameters, index, &none, result);
    if (status == PLM_MODEL_UNSUPPORTED) {
        return unsupported(fault, "underlying", underlying,
                           ": its total delta is above delta_threshold, where the delta shock "
                           "starts, which is not documented");
    }
    if (status == PLM_OK) {
        status = to_micros(result->maintenance_margin, index, &conclusion->core_maintenance_micros);
    }
    if (status == PLM_OK) {
        status = to_micros(result->initial_margin, index, &conclusion->core_initial_micros);
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "the margin leaves 64-bit micros", NULL, NULL);
    }
    return PLM_OK;
}

static plm_status
require(const plm_margin_input *input, plm_workspace *workspace, plm_requirement *requirement,
        plm_reason *reason, plm_fault *fault) {
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_view view;
    plm_status status = pli_view_make(input, &limits, &arena, &view, fault);
    if (status != PLM_OK) {
        return status;
    }
    if (view.order_count > 0) {
        return unsupported(fault, "order", view.orders[0].order_index,
                           " is open: the venue's margin of open orders is not documented");
    }
    pli_deribit_leg *legs = PLI_ARENA_TAKE(&arena, limits.position_count, pli_deribit_leg);
    status = pli_view_room(&arena, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_conclusion conclusion = {.entry_buffer_ppm = 0};
    pli_deribit_result result;
    status = make_legs(&view, legs, fault);
    if (status == PLM_OK) {
        status = compute(&view, legs, &result, &conclusion, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    static const pli_equity_rules plain = {.gain_initial_ppm = PLM_PPM,
                                           .gain_maintenance_ppm = PLM_PPM};
    status = pli_equity_make(&view, &plain, &conclusion.equity, fault);
    if (status != PLM_OK) {
        return status;
    }
    conclusion.equity.initial_micros = conclusion.equity.maintenance_micros;
    conclusion.equity.slow_price_micros = 0;
    if (reason != NULL) {
        explain(&view, legs, &result, conclusion.core_maintenance_micros, &reason->maintenance);
        explain(&view, legs, &result, conclusion.core_initial_micros, &reason->initial);
    }
    status = pli_conclude(&conclusion, requirement, fault);
    if (status == PLM_OK && reason != NULL) {
        pli_reason_finish(&view, &conclusion, reason);
    }
    return status;
}

const plm_model pli_model_deribit_pm = {
    .name = "deribit-pm",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "Deribit portfolio margin, as documented: inverse futures of one currency",
    .descriptor = &pli_deribit_pm_descriptor,
    .workspace_size = workspace_size,
    .require = require,
    .safe_move = NULL,
};
