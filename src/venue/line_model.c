/* line_model.c: venue models that charge every instrument on its own, exactly.          SPDX-License-Identifier: Apache-2.0 */
#include "venue/line_model.h"

#include "base/checked.h"
#include "base/text.h"
#include "margin/conclude.h"
#include "margin/equity.h"

#define MICROS 6u /* decimals of money */

/* Ten to the 8th: prices, lots and quantities. */
static const int64_t one_e8 = 100000000;

static const plm_instrument *
instrument_of(const pli_view *view, const pli_line *line) {
    return &view->listing->instruments[line->instrument_index];
}

static int64_t
price_unit_of(const pli_view *view, const pli_line *line) {
    return view->listing->underlyings[line->underlying_index].price_unit;
}

pli_exact
pli_line_coins(const pli_view *view, const pli_line *line, int64_t lots) {
    lots = lots < 0 ? -lots : lots;
    return pli_exact_ratio((pli_i128)lots * instrument_of(view, line)->lot_e8, one_e8);
}

pli_exact
pli_line_mark(const pli_view *view, const pli_line *line) {
    return pli_exact_ratio(line->mark_e8, (pli_i128)one_e8 * price_unit_of(view, line));
}

pli_exact
pli_line_to_valuation(const pli_view *view, const pli_line *line, pli_exact amount) {
    uint32_t asset = instrument_of(view, line)->settlement_asset_index;
    uint32_t priced_by = view->listing->assets[asset].underlying_index;
    if (priced_by == PLM_NONE) {
        return amount;
    }
    pli_exact price =
        pli_exact_ratio(view->market->underlyings[priced_by].price.price_e8,
                        (pli_i128)one_e8 * view->listing->underlyings[priced_by].price_unit);
    return pli_exact_multiply(amount, price);
}

static plm_status
unsupported(plm_fault *fault, const pli_line *line, const char *rest) {
    return pli_fault_set_index(fault, PLM_MODEL_UNSUPPORTED, "instrument", line->instrument_index,
                               rest);
}

plm_status
pli_line_check_linear(const pli_view *view, const pli_line *line, bool has_futures,
                      uint32_t class_count, plm_fault *fault) {
    const plm_instrument *instrument = instrument_of(view, line);
    const plm_underlying *underlying = &view->listing->underlyings[line->underlying_index];
    bool is_known = instrument->kind == PLM_KIND_PERPETUAL ||
                    (has_futures && instrument->kind == PLM_KIND_FUTURE);
    if (!is_known || instrument->settlement != PLM_SETTLEMENT_LINEAR) {
        return unsupported(fault, line,
                           has_futures ? " is neither a linear perpetual nor a linear future: the "
                                         "venue's formula does not cover it"
                                       : " is no linear perpetual: the venue's formula does not "
                                         "cover it");
    }
    if (underlying->domain != PLM_PRICE_DOMAIN_POSITIVE || line->mark_e8 <= 0) {
        return unsupported(fault, line, " may have prices that are not above zero");
    }
    if (underlying->class_id >= class_count) {
        return unsupported(fault, line, " is of a class that the model's record has no rates for");
    }
    return PLM_OK;
}

size_t
pli_line_workspace_size(const plm_limits *limits) {
    pli_arena arena = pli_arena_init_sizing();
    pli_view_size(&arena, limits);
    return pli_arena_used(&arena);
}

/* The sums of one requirement so far, and what of them has been given to positions and orders. */
typedef struct running_sum {
    pli_exact exact;
    pli_i128 given_micros;
} running_sum;

/* Adds `value`; *micros is what the rounded sum rose by, so that the parts add up to it exactly. */
static plm_status
add_part(running_sum *sum, pli_exact value, pli_i128 *micros) {
    pli_i128 total = 0;
    sum->exact = pli_exact_add(sum->exact, value);
    plm_status status = pli_exact_ceil(sum->exact, MICROS, &total);
    *micros = total - sum->given_micros;
    sum->given_micros = total;
    return status;
}

static void
clear(uint32_t count, int64_t *micros) {
    for (uint32_t i = 0; micros != NULL && i < count; i += 1) {
        micros[i] = 0;
    }
}

static void
init_part(const pli_view *view, plm_reason_part *part) {
    plm_reason_part made = {.branch = PLM_BRANCH_NONE,
                            .underlying_index = PLM_NONE,
                            .scenario_index = PLM_NONE,
                            .position_micros = part->position_micros,
                            .order_micros = part->order_micros,
                            .balance_micros = part->balance_micros};
    *part = made;
    clear(view->portfolio.position_count, part->position_micros);
    clear(view->portfolio.order_count, part->order_micros);
    clear(view->portfolio.balance_count, part->balance_micros);
}

/* The line's own share goes to its position, what open orders add to the first of them. */
static bool
explain_line(const pli_view *view, uint32_t line_index, pli_i128 held, pli_i128 ordered,
             plm_reason_part *part) {
    const pli_line *line = &view->lines[line_index];
    if (line->position_index != PLM_NONE && part->position_micros != NULL &&
        !pli_narrow_i64(held, &part->position_micros[line->position_index])) {
        return false;
    }
    for (uint32_t i = 0; part->order_micros != NULL && i < view->order_count; i += 1) {
        if (view->orders[i].line_index == line_index) {
            return pli_narrow_i64(ordered, &part->order_micros[view->orders[i].order_index]);
        }
    }
    return true;
}

static plm_status
sum_maintenance(const pli_line_rules *rules, const pli_view *view, plm_reason_part *part,
                int64_t *core_micros) {
    running_sum sum = {pli_exact_of(0), 0};
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        pli_i128 held = 0;
        pli_line_charge charge = rules->charge(view, line, rules->parameters, line->lots);
        plm_status status = add_part(&sum, charge.maintenance, &held);
        if (status != PLM_OK) {
            return status;
        }
        if (part != NULL && !explain_line(view, i, held, 0, part)) {
            return PLM_OVERFLOW;
        }
    }
    return pli_narrow_i64(sum.given_micros, core_micros) ? PLM_OK : PLM_OVERFLOW;
}

static plm_status
sum_initial(const pli_line_rules *rules, const pli_view *view, plm_reason_part *part,
            int64_t *core_micros) {
    running_sum sum = {pli_exact_of(0), 0};
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        const void *p = rules->parameters;
        pli_exact held = rules->charge(view, line, p, line->lots).initial;
        pli_exact worst =
            pli_exact_max(rules->charge(view, line, p, line->lots + line->buys).initial,
                          rules->charge(view, line, p, line->lots - line->sells).initial);
        worst = pli_exact_max(worst, held);
        pli_i128 of_position = 0;
        pli_i128 of_orders = 0;
        plm_status status = add_part(&sum, held, &of_position);
        if (status == PLM_OK) {
            status = add_part(&sum, pli_exact_subtract(worst, held), &of_orders);
        }
        if (status != PLM_OK) {
            return status;
        }
        if (part != NULL && !explain_line(view, i, of_position, of_orders, part)) {
            return PLM_OVERFLOW;
        }
    }
    return pli_narrow_i64(sum.given_micros, core_micros) ? PLM_OK : PLM_OVERFLOW;
}

/* Fees of closing `lots` of every line; with orders also of filling each of them, at the mark. */
static plm_status
fee_provision(const pli_line_rules *rules, const pli_view *view, bool has_orders, int64_t *out) {
    pli_exact sum = pli_exact_of(0);
    pli_i128 micros = 0;
    for (uint32_t i = 0; rules->taker_ppm != 0 && i < view->line_count; i += 1) {
        const pli_line *line = &view->lines[i];
        pli_exact coins =
            pli_line_coins(view, line, has_orders ? pli_line_lots_worst(line) : line->lots);
        if (has_orders) {
            coins = pli_exact_add(coins, pli_line_coins(view, line, line->buys + line->sells));
        }
        pli_exact value = pli_exact_multiply(coins, pli_line_mark(view, line));
        value = pli_line_to_valuation(view, line, value);
        sum = pli_exact_add(sum,
                            pli_exact_multiply(value, pli_exact_ratio(rules->taker_ppm, PLM_PPM)));
    }
    plm_status status = pli_exact_ceil(sum, MICROS, &micros);
    return status == PLM_OK && !pli_narrow_i64(micros, out) ? PLM_OVERFLOW : status;
}

/* What orders lose at once by filling beyond the mark. */
static plm_status
open_loss(const pli_line_rules *rules, const pli_view *view, int64_t *out) {
    pli_exact sum = pli_exact_of(0);
    pli_i128 micros = 0;
    for (uint32_t i = 0; rules->has_open_loss && i < view->order_count; i += 1) {
        const pli_open_order *order = &view->orders[i];
        const pli_line *line = &view->lines[order->line_index];
        int64_t beyond =
            order->lots > 0 ? order->limit_e8 - line->mark_e8 : line->mark_e8 - order->limit_e8;
        if (beyond > 0) {
            pli_exact loss = pli_exact_multiply(
                pli_line_coins(view, line, order->lots),
                pli_exact_ratio(beyond, (pli_i128)one_e8 * price_unit_of(view, line)));
            sum = pli_exact_add(sum, pli_line_to_valuation(view, line, loss));
        }
    }
    plm_status status = pli_exact_ceil(sum, MICROS, &micros);
    return status == PLM_OK && !pli_narrow_i64(micros, out) ? PLM_OVERFLOW : status;
}

static plm_status
evaluate(const pli_line_rules *rules, const pli_view *view, pli_conclusion *conclusion,
         plm_reason *reason, plm_fault *fault) {
    plm_status status = PLM_OK;
    for (uint32_t i = 0; i < view->line_count; i += 1) {
        status = rules->check(view, &view->lines[i], rules->parameters, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    plm_reason_part *maintenance = reason == NULL ? NULL : &reason->maintenance;
    plm_reason_part *initial = reason == NULL ? NULL : &reason->initial;
    if (reason != NULL) {
        init_part(view, maintenance);
        init_part(view, initial);
    }
    status = sum_maintenance(rules, view, maintenance, &conclusion->core_maintenance_micros);
    if (status == PLM_OK) {
        status = sum_initial(rules, view, initial, &conclusion->core_initial_micros);
    }
    if (status == PLM_OK) {
        status = fee_provision(rules, view, false,
                               &conclusion->charges_maintenance[PLM_CHARGE_CLOSE_FEE]);
    }
    if (status == PLM_OK) {
        status =
            fee_provision(rules, view, true, &conclusion->charges_initial[PLM_CHARGE_CLOSE_FEE]);
    }
    if (status == PLM_OK) {
        status = open_loss(rules, view, &conclusion->charges_initial[PLM_CHARGE_ORDERS]);
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "a requirement leaves its exact range", NULL, NULL);
    }
    if (reason != NULL) {
        maintenance->core_micros = conclusion->core_maintenance_micros;
        initial->core_micros = conclusion->core_initial_micros;
        maintenance->branch = maintenance->core_micros > 0 ? PLM_BRANCH_VENUE : PLM_BRANCH_NONE;
        initial->branch = initial->core_micros > 0 ? PLM_BRANCH_VENUE : PLM_BRANCH_NONE;
    }
    return PLM_OK;
}

plm_status
pli_line_require(const pli_line_rules *rules, const plm_margin_input *input,
                 plm_workspace *workspace, plm_requirement *requirement, plm_reason *reason,
                 plm_fault *fault) {
    plm_limits limits = pli_view_limits(input);
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_view view;
    plm_status status = pli_view_make(input, &limits, &arena, &view, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_conclusion conclusion = {.entry_buffer_ppm = 0};
    status = evaluate(rules, &view, &conclusion, reason, fault);
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
    status = pli_conclude(&conclusion, requirement, fault);
    if (status == PLM_OK && reason != NULL) {
        pli_reason_finish(&view, &conclusion, reason);
    }
    return status;
}
