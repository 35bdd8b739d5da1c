/* unwind.c: the planner: the cheapest joint reduction that restores an account, one slice at a time.   SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "liquidation/unwind_search.h"

// Evaluations that only the slice may use: the plan in proportion, raised, and every leg alone and raised.
#define SLICE_EVALUATIONS (2 + 2 * PLI_UNWIND_LEGS_MAX)

plm_limits
pli_unwind_limits(const plm_limits *portfolio) {
    plm_limits limits = *portfolio;
    limits.position_count += PLI_UNWIND_LEGS_MAX;
    limits.balance_count += 2 * PLI_UNWIND_LEGS_MAX;
    return limits;
}

static int64_t
size_of(const pli_unwind_quote *quote) {
    return quote->lots < 0 ? -quote->lots : quote->lots;
}

// The larger first, ties by instrument.
static bool
is_larger(const pli_unwind_quote *left, const pli_unwind_quote *right) {
    return left->size_micros != right->size_micros
               ? left->size_micros > right->size_micros
               : left->instrument_index < right->instrument_index;
}

static void
keep_larger(pli_unwind_search *search, const pli_unwind_quote *quote) {
    uint32_t at = search->count;
    while (at > 0 && is_larger(quote, &search->quotes[at - 1])) {
        at -= 1;
    }
    if (at == PLI_UNWIND_LEGS_MAX) {
        return;
    }
    search->count += search->count < PLI_UNWIND_LEGS_MAX ? 1 : 0;
    for (uint32_t i = search->count - 1; i > at; i -= 1) {
        search->quotes[i] = search->quotes[i - 1];
    }
    search->quotes[at] = *quote;
}

static void
sort_by_instrument(pli_unwind_search *search) {
    for (uint32_t i = 1; i < search->count; i += 1) {
        pli_unwind_quote quote = search->quotes[i];
        uint32_t at = i;
        while (at > 0 && search->quotes[at - 1].instrument_index > quote.instrument_index) {
            search->quotes[at] = search->quotes[at - 1];
            at -= 1;
        }
        search->quotes[at] = quote;
    }
}

// The largest positions that can be traded now.
static plm_status
choose_legs(pli_unwind_search *search, const pli_unwind_rules *rules) {
    const plm_portfolio *portfolio = search->input.portfolio;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        pli_unwind_quote quote;
        plm_status status =
            pli_unwind_quote_of(&search->input, rules, &portfolio->positions[i], &quote);
        if (status != PLM_OK) {
            return status;
        }
        if (quote.slice_lots > 0) {
            keep_larger(search, &quote);
        }
    }
    sort_by_instrument(search);
    for (uint32_t i = 0; i < search->count; i += 1) {
        search->most[i] = size_of(&search->quotes[i]);
    }
    return PLM_OK;
}

// [Q2] Nearer to the target, and where there is equity, more of it per requirement or nothing left to require.
static bool
is_improved(const pli_unwind_point *start, const pli_unwind_point *point) {
    pli_i128 equity_before = start->after.equity_maintenance_micros;
    pli_i128 equity = point->after.equity_maintenance_micros;
    pli_i128 required_before = start->after.maintenance_micros;
    pli_i128 required = point->after.maintenance_micros;
    return point->gap_micros > start->gap_micros &&
           (equity_before <= 0 || (required == 0 && equity >= 0) ||
            equity * required_before > equity_before * required);
}

static int64_t
capped(const pli_unwind_search *search, const pli_unwind_point *plan, uint32_t leg) {
    int64_t most = search->quotes[leg].slice_lots;
    return plan->lots[leg] < most ? plan->lots[leg] : most;
}

// The plan scaled so that its narrowest leg fits.
static void
scale(const pli_unwind_search *search, const pli_unwind_point *plan, pli_unwind_point *slice) {
    int64_t share = 1;
    int64_t whole = 1;
    for (uint32_t i = 0; i < search->count; i += 1) {
        int64_t most = search->quotes[i].slice_lots;
        if (plan->lots[i] > 0 && (pli_i128)most * whole < (pli_i128)share * plan->lots[i]) {
            share = most;
            whole = plan->lots[i];
        }
    }
    for (uint32_t i = 0; i < search->count; i += 1) {
        slice->lots[i] = (int64_t)pli_div_ceil_i128((pli_i128)plan->lots[i] * share, whole);
        PLI_ASSERT(slice->lots[i] <= search->quotes[i].slice_lots);
    }
}

static void
take_if_better(pli_unwind_search *search, const pli_unwind_point *start, pli_unwind_point *tried,
               pli_unwind_point *best) {
    if (pli_unwind_evaluate(search, tried) && is_improved(start, tried) &&
        tried->gap_micros > best->gap_micros) {
        *best = *tried;
    }
}

/*
 * What of the plan is traded now: in proportion, then more where the depth allows and it helps; legs alone where the
 * proportion does not help. Where nothing helps, *slice stays the start.
 */
static void
make_slice(pli_unwind_search *search, const pli_unwind_point *start, const pli_unwind_point *plan,
           pli_unwind_point *slice) {
    pli_unwind_point tried = *start;
    *slice = *start;
    scale(search, plan, &tried);
    take_if_better(search, start, &tried, slice);
    for (uint32_t i = 0; i < search->count; i += 1) {
        tried.lots[i] = capped(search, plan, i);
    }
    take_if_better(search, start, &tried, slice);
    for (uint32_t i = 0; i < search->count; i += 1) {
        tried = *slice;
        tried.lots[i] = capped(search, plan, i);
        if (tried.lots[i] != slice->lots[i]) {
            take_if_better(search, start, &tried, slice);
        }
    }
    for (uint32_t i = 0; i < search->count; i += 1) {
        tried = *start;
        tried.lots[i] = capped(search, plan, i);
        if (tried.lots[i] > 0) {
            take_if_better(search, start, &tried, slice);
        }
    }
}

static bool
is_same_lots(const pli_unwind_search *search, const pli_unwind_point *left,
             const pli_unwind_point *right) {
    for (uint32_t i = 0; i < search->count; i += 1) {
        if (left->lots[i] != right->lots[i]) {
            return false;
        }
    }
    return true;
}

static void
write_legs(const pli_unwind_search *search, const pli_unwind_point *whole,
           const pli_unwind_point *slice, pli_unwind_plan *plan) {
    for (uint32_t i = 0; i < search->count; i += 1) {
        const pli_unwind_quote *quote = &search->quotes[i];
        int64_t sign = quote->lots < 0 ? 1 : -1;
        if (whole->lots[i] == 0 && slice->lots[i] == 0) {
            continue;
        }
        pli_unwind_leg *leg = &plan->legs[plan->leg_count];
        *leg = (pli_unwind_leg){.instrument_index = quote->instrument_index,
                                .lots_total = sign * whole->lots[i],
                                .lots = sign * slice->lots[i],
                                .price_e8 = quote->price_e8};
        bool is_in_range = pli_unwind_leg_cost(search->quotes, slice->lots, i, &leg->cost_micros);
        PLI_ASSERT(is_in_range);
        plan->leg_count += 1;
    }
}

static pli_unwind_outcome
outcome_of(const pli_unwind_search *search, const pli_unwind_point *start,
           const pli_unwind_point *whole, const pli_unwind_point *slice) {
    if (is_same_lots(search, slice, start)) {
        return PLI_UNWIND_NOTHING;
    }
    if (whole->gap_micros < 0) {
        return PLI_UNWIND_SHORT;
    }
    return is_same_lots(search, slice, whole) ? PLI_UNWIND_WHOLE : PLI_UNWIND_SLICE;
}

static void
find_whole(pli_unwind_search *search, pli_unwind_point *whole) {
    pli_unwind_reach(search, whole);
    if (whole->gap_micros >= 0) {
        pli_unwind_trim(search, whole);
        pli_unwind_exchange(search, whole);
    }
}

plm_status
pli_unwind_plan_make(const plm_model *model, const plm_margin_input *input,
                     plm_workspace *workspace, const pli_unwind_rules *rules, pli_unwind_plan *plan,
                     plm_fault *fault) {
    pli_unwind_search search = {.model = model,
                                .input = *input,
                                .workspace = workspace,
                                .target_ppm = rules->target_ppm,
                                .evaluations_max = rules->evaluations_max};
    plm_requirement now;
    plm_status status = plm_margin_require(model, input, workspace, &now, NULL, fault);
    status = status == PLM_OK ? choose_legs(&search, rules) : status;
    if (status != PLM_OK) {
        return status;
    }
    pli_unwind_point start;
    memset(&start, 0, sizeof start);
    if (input->change_count != 0 || !pli_unwind_evaluate(&search, &start)) {
        return PLM_PARAMETER_INVALID;
    }
    memset(plan, 0, sizeof *plan);
    plan->outcome = PLI_UNWIND_NONE;
    plan->before = start.after;
    plan->after = start.after;
    if (start.gap_micros < 0) {
        pli_unwind_point whole = start;
        pli_unwind_point slice;
        search.evaluations_max -= SLICE_EVALUATIONS;
        find_whole(&search, &whole);
        search.evaluations_max = rules->evaluations_max;
        make_slice(&search, &start, &whole, &slice);
        plan->outcome = outcome_of(&search, &start, &whole, &slice);
        plan->cost_total_micros = whole.cost_micros;
        plan->cost_micros = slice.cost_micros;
        plan->after = slice.after;
        write_legs(&search, &whole, &slice, plan);
    }
    plan->evaluation_count = search.evaluation_count;
    return PLM_OK;
}
