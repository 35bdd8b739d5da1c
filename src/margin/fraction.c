/* fraction.c: models `tiered` and `dynamic`: fractions of notional, instrument by instrument.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "margin/charges.h"
#include "margin/conclude.h"
#include "margin/equity.h"
#include "margin/safe_move.h"
#include "margin/view.h"
#include "model/value.h"
#include "plimsoll/margin.h"

typedef struct fraction_context {
    const pli_view *view;
    const plm_tiered_parameters *parameters;
    bool is_dynamic;
    bool is_initial; /* which fractions */
    bool has_orders; /* open orders by their worst fill */
} fraction_context;

static size_t
workspace_size(const plm_limits *limits) {
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    return pli_arena_used(&arena);
}

/* The fraction of one tier: static, or what the predicted volatility asks for if that is more. */
static int64_t
tier_fraction(const fraction_context *context, uint32_t underlying_index, int64_t standard_ppm) {
    const plm_tiered_parameters *parameters = context->parameters;
    if (!context->is_dynamic) {
        return standard_ppm;
    }
    const plm_underlying_market *market = &context->view->market->underlyings[underlying_index];
    int64_t multiple = context->is_initial ? parameters->dynamic_sigma_initial_ppm
                                           : parameters->dynamic_sigma_maintenance_ppm;
    pli_i128 sigma = pli_sigma_horizon_ppm(market->volatility_ppm, parameters->dynamic_horizon_ns);
    pli_i128 asked = pli_div_ceil_i128(sigma * multiple, PLM_PPM);
    asked = asked > standard_ppm ? asked : standard_ppm;
    return asked > PLM_PPM ? PLM_PPM : (int64_t)asked;
}

/* How far open interest has moved from the lower to the upper end, 0..1e6; unknown depth counts as the standard. */
static int64_t
open_interest_share(const fraction_context *context, uint32_t underlying_index) {
    const plm_tiered_parameters *parameters = context->parameters;
    const plm_underlying_market *market = &context->view->market->underlyings[underlying_index];
    int64_t depth =
        market->depth_micros > 0 ? market->depth_micros : parameters->volume_standard_micros;
    pli_i128 ratio = pli_div_ceil_i128((pli_i128)market->open_interest_micros * PLM_PPM, depth);
    int64_t low = parameters->open_interest_lower_ppm;
    int64_t high = parameters->open_interest_upper_ppm;
    if (ratio <= low) {
        return 0;
    }
    return ratio >= high ? PLM_PPM
                         : (int64_t)pli_div_ceil_i128((ratio - low) * PLM_PPM, high - low);
}

/* Marginal tiers: the sum over tiers of (part of the notional inside) * fraction, rounded up tier by tier. */
static bool
tiered_sum(const fraction_context *context, uint32_t underlying_index, pli_i128 notional,
           pli_i128 *out) {
    const plm_tiered_parameters *p = context->parameters;
    const pli_i128 ends[] = {p->tier1_upto_micros, p->tier2_upto_micros, p->tier3_upto_micros,
                             PLI_I128_MAX};
    const int64_t initial[] = {p->tier1_initial_ppm, p->tier2_initial_ppm, p->tier3_initial_ppm,
                               p->tier4_initial_ppm};
    const int64_t maintenance[] = {p->tier1_maintenance_ppm, p->tier2_maintenance_ppm,
                                   p->tier3_maintenance_ppm, p->tier4_maintenance_ppm};
    // Only the initial fraction follows open interest, so that a crowd cannot be liquidated by it.
    int64_t share = context->is_dynamic && context->is_initial
                        ? open_interest_share(context, underlying_index)
                        : 0;
    pli_i128 sum = 0;
    pli_i128 from = 0;
    for (uint32_t i = 0; i < PLM_FRACTION_TIERS && from < notional; i += 1) {
        int64_t fraction = tier_fraction(context, underlying_index,
                                         context->is_initial ? initial[i] : maintenance[i]);
        fraction += (int64_t)pli_div_ceil_i128((pli_i128)(PLM_PPM - fraction) * share, PLM_PPM);
        pli_i128 end = notional < ends[i] ? notional : ends[i];
        pli_i128 part = 0;
        if (end <= from) {
            continue;
        }
        if (!pli_ppm_of_ceil(end - from, fraction, &part)) {
            return false;
        }
        sum += part;
        from = end;
    }
    *out = sum;
    return true;
}

static bool
impact(const fraction_context *context, uint32_t underlying_index, pli_i128 notional,
       pli_i128 *out) {
    const plm_underlying_market *market = &context->view->market->underlyings[underlying_index];
    int64_t volume = market->volume_micros > 0 ? market->volume_micros
                                               : context->parameters->volume_standard_micros;
    pli_i128 sigma = pli_sigma_horizon_ppm(market->volatility_ppm, PLM_DAY_NS);
    int64_t rate = 0;
    return pli_narrow_i64(pli_div_ceil_i128(sigma * context->parameters->impact_ppm, PLM_PPM),
                          &rate) &&
           pli_impact_cost(notional, volume, rate, out);
}

/*
 * What `lots` of a line require. A bought option requires no more than its value: its buyer cannot lose more, and the
 * value that equity counts is thereby held back in full.
 */
static bool
line_requirement(const fraction_context *context, const pli_line *line, int64_t lots,
                 pli_i128 *out) {
    const plm_instrument *instrument = &context->view->listing->instruments[line->instrument_index];
    bool is_long_option = instrument->kind == PLM_KIND_OPTION && lots > 0;
    if (is_long_option) {
        return pli_line_value(context->view, line, lots, line->mark_e8 < 0 ? 0 : line->mark_e8,
                              true, out);
    }
    pli_i128 notional = 0;
    pli_i128 cost = 0;
    if (!pli_line_notional(context->view, line, lots, &notional) ||
        !tiered_sum(context, line->underlying_index, notional, out)) {
        return false;
    }
    if (context->is_dynamic && !impact(context, line->underlying_index, notional, &cost)) {
        return false;
    }
    *out += cost;
    return true;
}

/* What one line requires: as held, if its sells fill, and at the worst fill. */
typedef struct line_need {
    pli_i128 held, sold, worst;
} line_need;

static bool
line_needs(const fraction_context *context, const pli_line *line, line_need *need) {
    pli_i128 bought = 0;
    if (!line_requirement(context, line, line->lots, &need->held)) {
        return false;
    }
    need->sold = need->worst = need->held;
    if (!context->has_orders) {
        return true;
    }
    if (!line_requirement(context, line, line->lots - line->sells, &need->sold) ||
        !line_requirement(context, line, line->lots + line->buys, &bought)) {
        return false;
    }
    need->worst = need->sold > need->worst ? need->sold : need->worst;
    need->worst = bought > need->worst ? bought : need->worst;
    return true;
}

static void
init_part(const pli_view *view, plm_reason_part *part) {
    part->branch = PLM_BRANCH_NONE;
    part->is_without_expiring = false;
    part->underlying_index = PLM_NONE;
    part->scenario_index = PLM_NONE;
    part->tail_count = 0;
    part->tail_micros = part->grid_micros = part->grid_sum_micros = part->stress_micros = 0;
    for (uint32_t i = 0; part->position_micros != NULL && i < view->portfolio.position_count;
         i += 1) {
        part->position_micros[i] = 0;
    }
    for (uint32_t i = 0; part->order_micros != NULL && i < view->portfolio.order_count; i += 1) {
        part->order_micros[i] = 0;
    }
    for (uint32_t i = 0; part->balance_micros != NULL && i < view->portfolio.balance_count;
         i += 1) {
        part->balance_micros[i] = 0;
    }
}

/* The line's share goes to its position, what open orders add to the first of the side that adds it. */
static bool
explain_line(const pli_view *view, uint32_t line_index, const line_need *need,
             plm_reason_part *part) {
    const pli_line *line = &view->lines[line_index];
    if (line->position_index != PLM_NONE && part->position_micros != NULL &&
        !pli_narrow_i64(need->held, &part->position_micros[line->position_index])) {
        return false;
    }
    if (need->worst == need->held || part->order_micros == NULL) {
        return true;
    }
    bool is_sold = need->sold == need->worst;
    for (uint32_t i = 0; i < view->order_count; i += 1) {
        const pli_open_order *order = &view->orders[i];
        if (order->line_index == line_index && (is_sold ? order->lots < 0 : order->lots > 0)) {
            return pli_narrow_i64(need->worst - need->held,
                                  &part->order_micros[order->order_index]);
        }
    }
    return true;
}

static bool
sum_lines(const fraction_context *context, plm_reason_part *part, int64_t *core_micros) {
    const pli_view *view = context->view;
    pli_i128 sum = 0;
    if (part != NULL) {
        init_part(view, part);
    }
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        line_need need = {0};
        if (!line_needs(context, &view->lines[i], &need) ||
            (part != NULL && !explain_line(view, i, &need, part))) {
            return false;
        }
        sum += need.worst;
    }
    if (!pli_narrow_i64(sum, core_micros)) {
        return false;
    }
    if (part != NULL) {
        part->branch = sum > 0 ? PLM_BRANCH_FRACTION : PLM_BRANCH_NONE;
        part->core_micros = *core_micros;
    }
    return true;
}

static bool
fill_charges(const fraction_context *context, const pli_equity_rules *rules,
             int64_t charges[PLM_CHARGE_COUNT]) {
    const pli_view *view = context->view;
    const plm_tiered_parameters *parameters = context->parameters;
    pli_i128 fee = 0;
    pli_i128 penalty = 0;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        int64_t held = line->lots < 0 ? -line->lots : line->lots;
        int64_t lots = context->has_orders ? pli_line_lots_worst(line) : held;
        pli_i128 notional = 0;
        pli_i128 part = 0;
        pli_i128 penalty_part = 0;
        if (!pli_line_notional(view, line, lots, &notional) ||
            !pli_ppm_of_ceil(notional, parameters->close_fee_ppm, &part) ||
            !pli_ppm_of_ceil(notional, parameters->liquidation_fee_ppm, &penalty_part)) {
            return false;
        }
        fee += part;
        penalty += penalty_part;
    }
    if (context->is_initial &&
        !pli_order_costs(view, rules, parameters->close_fee_ppm, &charges[PLM_CHARGE_ORDERS])) {
        return false;
    }
    return pli_narrow_i64(fee, &charges[PLM_CHARGE_CLOSE_FEE]) &&
           pli_narrow_i64(penalty, &charges[PLM_CHARGE_LIQUIDATION_FEE]);
}

static plm_status
evaluate(const pli_view *view, bool is_dynamic, pli_conclusion *conclusion, plm_reason *reason,
         plm_fault *fault) {
    const plm_tiered_parameters *parameters = view->input->parameters;
    pli_equity_rules rules = {.gain_initial_ppm = parameters->gain_initial_ppm,
                              .gain_maintenance_ppm = parameters->gain_maintenance_ppm,
                              .haircut_sigma_ppm = parameters->haircut_sigma_ppm,
                              .haircut_horizon_ns = parameters->haircut_horizon_ns,
                              .haircut_cap_ppm = parameters->haircut_cap_ppm};
    fraction_context context = {.view = view, .parameters = parameters, .is_dynamic = is_dynamic};
    int64_t filled_core = 0;
    int64_t filled_charges[PLM_CHARGE_COUNT] = {0};
    bool fits = sum_lines(&context, reason == NULL ? NULL : &reason->maintenance,
                          &conclusion->core_maintenance_micros) &&
                fill_charges(&context, &rules, conclusion->charges_maintenance);
    context.has_orders = true;
    fits = fits && sum_lines(&context, NULL, &filled_core) &&
           fill_charges(&context, &rules, filled_charges) &&
           pli_narrow_i64(pli_charges_sum(filled_charges) + filled_core,
                          &conclusion->filled_maintenance_micros);
    context.is_initial = true;
    fits = fits &&
           sum_lines(&context, reason == NULL ? NULL : &reason->initial,
                     &conclusion->core_initial_micros) &&
           fill_charges(&context, &rules, conclusion->charges_initial);
    if (!fits) {
        return pli_fault_set(fault, PLM_OVERFLOW, "a requirement leaves 64-bit micros", NULL, NULL);
    }
    return pli_equity_make(view, &rules, &conclusion->equity, fault);
}

static plm_status
require_fraction(const plm_margin_input *input, plm_workspace *workspace, bool is_dynamic,
                 plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    const plm_tiered_parameters *parameters = input->parameters;
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_view view;
    plm_status status = pli_view_make(input, &limits, &arena, &view, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_conclusion conclusion = {.entry_buffer_ppm = parameters->entry_buffer_ppm,
                                 .call_buffer_ppm = parameters->call_buffer_ppm};
    status = evaluate(&view, is_dynamic, &conclusion, reason, fault);
    if (status == PLM_OK) {
        status = pli_conclude(&conclusion, requirement, fault);
    }
    if (status == PLM_OK && reason != NULL) {
        pli_reason_finish(&view, &conclusion, reason);
    }
    return status;
}

static plm_status
require_tiered(const plm_margin_input *input, plm_workspace *workspace,
               plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    return require_fraction(input, workspace, false, requirement, reason, fault);
}

static plm_status
require_dynamic(const plm_margin_input *input, plm_workspace *workspace,
                plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    return require_fraction(input, workspace, true, requirement, reason, fault);
}

const plm_model plm_model_tiered = {
    .name = "tiered",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = 0,
    .summary = "static fractions of notional by size tier, instrument by instrument",
    .descriptor = &plm_tiered_descriptor,
    .workspace_size = workspace_size,
    .require = require_tiered,
    .safe_move = pli_safe_move_tiered,
};

const plm_model plm_model_dynamic = {
    .name = "dynamic",
    .version = 1,
    .interface_version = PLM_MODEL_INTERFACE_VERSION,
    .needs = PLM_NEEDS_LIQUIDITY | PLM_NEEDS_OPEN_INTEREST,
    .summary = "fractions that follow volatility, open interest and size against the market",
    .descriptor = &plm_dynamic_descriptor,
    .workspace_size = workspace_size,
    .require = require_dynamic,
    .safe_move = pli_safe_move_dynamic,
};
