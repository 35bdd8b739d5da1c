/* cures.c: the cheapest trades that lift an account back to its initial requirement.  SPDX-License-Identifier: Apache-2.0 */
#include "explain/cures.h"

#include "base/checked.h"
#include "base/muldiv.h"
#include "base/sort.h"
#include "base/text.h"
#include "explain/slice.h"

// Combinations are tried from this many first legs, each continued with this many candidates.
#define FIRST_LEGS_MAX 3u
#define NEXT_LEGS_MAX 10u

// The caller's list: sorted, the last place kept for the deposit.
typedef struct cure_list {
    plm_cure *cures;
    uint32_t count, capacity;
} cure_list;

static int64_t
total_lots(const plm_cure *cure) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < cure->leg_count; i += 1) {
        sum += cure->legs[i].lots < 0 ? -cure->legs[i].lots : cure->legs[i].lots;
    }
    return sum;
}

static uint32_t
first_instrument(const plm_cure *cure) {
    return cure->leg_count == 0 ? 0 : cure->legs[0].instrument_index;
}

static bool
is_cheaper(const plm_cure *left, const plm_cure *right) {
    if (left->cost_micros != right->cost_micros) {
        return left->cost_micros < right->cost_micros;
    }
    int64_t left_lots = total_lots(left);
    int64_t right_lots = total_lots(right);
    if (left_lots != right_lots) {
        return left_lots < right_lots;
    }
    return first_instrument(left) < first_instrument(right);
}

static void
add_cure(cure_list *list, const plm_cure *cure) {
    uint32_t at = list->count;
    while (at > 0 && is_cheaper(cure, &list->cures[at - 1])) {
        at -= 1;
    }
    if (at == list->capacity) {
        return;
    }
    uint32_t last = list->count == list->capacity ? list->count - 1 : list->count;
    for (uint32_t i = last; i > at; i -= 1) {
        list->cures[i] = list->cures[i - 1];
    }
    list->cures[at] = *cure;
    list->count = last + 1;
}

static void
add_trades(cure_list *list, const pli_plan *plan, const pli_leg *last, bool is_reduction) {
    plm_cure cure = {.kind = is_reduction && plan->is_reduction ? PLM_CURE_REDUCE : PLM_CURE_HEDGE,
                     .leg_count = plan->leg_count + 1,
                     .cost_micros = plan->cost_micros + last->trade.fee_micros,
                     .after = last->after};
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        cure.legs[i] = plan->legs[i];
    }
    cure.legs[plan->leg_count] = last->trade;
    add_cure(list, &cure);
}

// Excess gained per cost is compared crosswise; a cost of 0 counts as 1.
typedef struct yield {
    pli_i128 gain_micros;
    int64_t cost_micros;
} yield;

static bool
is_better(yield left, yield right) {
    int64_t left_cost = left.cost_micros > 0 ? left.cost_micros : 1;
    int64_t right_cost = right.cost_micros > 0 ? right.cost_micros : 1;
    pli_i128 a = 0;
    pli_i128 b = 0;
    if (!pli_mul_i128(left.gain_micros, right_cost, &a) ||
        !pli_mul_i128(right.gain_micros, left_cost, &b)) {
        return left.gain_micros > right.gain_micros;
    }
    return a > b;
}

// What lies above health is no gain.
static yield
yield_of(const pli_plan *plan, const pli_leg *leg) {
    if (leg->effect == PLI_LEG_EFFECT_NONE) {
        return (yield){0, 1};
    }
    pli_i128 after = leg->excess_micros < 0 ? leg->excess_micros : 0;
    return (yield){after - plan->excess_micros, leg->trade.fee_micros};
}

typedef struct context {
    const pli_trader *trader;
    const pli_cure_work *work;
    uint32_t candidate_count;
    cure_list *list;
    pli_plan start;
} context;

static bool
comes_first(const void *argument, uint32_t left, uint32_t right) {
    const context *of = argument;
    yield a = yield_of(&of->start, &of->work->singles[left]);
    yield b = yield_of(&of->start, &of->work->singles[right]);
    if (is_better(a, b) || is_better(b, a)) {
        return is_better(a, b);
    }
    const pli_candidate *x = &of->work->candidates[left];
    const pli_candidate *y = &of->work->candidates[right];
    return x->instrument_index != y->instrument_index ? x->instrument_index < y->instrument_index
                                                      : x->direction < y->direction;
}

// Every candidate alone; those that cure go to the list, all are ranked.
static void
search_singles(const context *of) {
    for (uint32_t i = 0; i < of->candidate_count; i += 1) {
        const pli_candidate *candidate = &of->work->candidates[i];
        pli_leg *leg = &of->work->singles[i];
        pli_leg_search(of->trader, &of->start, candidate, leg);
        of->work->ranking[i] = i;
        if (leg->effect == PLI_LEG_EFFECT_CURE) {
            add_trades(of->list, &of->start, leg, candidate->is_reduction);
        }
    }
    pli_sort_u32_by(of->work->ranking, of->candidate_count, comes_first, of);
}

static bool
is_in_plan(const pli_plan *plan, uint32_t instrument_index) {
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        if (plan->legs[i].instrument_index == instrument_index) {
            return true;
        }
    }
    return false;
}

static void
append(pli_plan *plan, const pli_leg *leg, bool is_reduction) {
    plan->legs[plan->leg_count] = leg->trade;
    plan->leg_count += 1;
    plan->cost_micros += leg->trade.fee_micros;
    plan->excess_micros = leg->excess_micros;
    plan->is_reduction = plan->is_reduction && is_reduction;
}

// Cost of the cheapest cure by one of these instruments alone, in its best direction; INT64_MAX where none is.
static int64_t
single_cost(const context *of, uint32_t instrument_index) {
    int64_t cost = INT64_MAX;
    for (uint32_t i = 0; i < of->candidate_count; i += 1) {
        const pli_leg *leg = &of->work->singles[i];
        if (of->work->candidates[i].instrument_index == instrument_index &&
            leg->effect == PLI_LEG_EFFECT_CURE && leg->trade.fee_micros < cost) {
            cost = leg->trade.fee_micros;
        }
    }
    return cost;
}

// A combination is worth listing when it costs less than each of its legs would alone.
static bool
beats_its_legs(const context *of, const pli_plan *plan, const pli_leg *last) {
    int64_t cost = plan->cost_micros + last->trade.fee_micros;
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        if (cost >= single_cost(of, plan->legs[i].instrument_index)) {
            return false;
        }
    }
    return cost < single_cost(of, last->trade.instrument_index);
}

// The leg that gains most per cost after `plan`; cures on the way go to the list.
static uint32_t
choose_next(const context *of, const pli_plan *plan, pli_leg *best) {
    uint32_t chosen = PLM_NONE;
    uint32_t tried = 0;
    for (uint32_t n = 0; n < of->candidate_count && tried < NEXT_LEGS_MAX; n += 1) {
        uint32_t i = of->work->ranking[n];
        const pli_candidate *candidate = &of->work->candidates[i];
        if (of->work->singles[i].effect == PLI_LEG_EFFECT_NONE ||
            is_in_plan(plan, candidate->instrument_index)) {
            continue;
        }
        tried += 1;
        pli_leg leg;
        pli_leg_search(of->trader, plan, candidate, &leg);
        if (leg.effect == PLI_LEG_EFFECT_NONE) {
            continue;
        }
        if (leg.effect == PLI_LEG_EFFECT_CURE && beats_its_legs(of, plan, &leg)) {
            add_trades(of->list, plan, &leg, candidate->is_reduction);
        }
        if (chosen == PLM_NONE || is_better(yield_of(plan, &leg), yield_of(plan, best))) {
            chosen = i;
            *best = leg;
        }
    }
    return chosen;
}

// From one first leg, as much of it as helps (half of what would cure alone), add the best next one until health.
static void
search_combination(const context *of, uint32_t first) {
    pli_plan plan = of->start;
    const pli_candidate *candidate = &of->work->candidates[first];
    pli_leg leg = of->work->singles[first];
    if (leg.effect == PLI_LEG_EFFECT_CURE) {
        int64_t half = leg.trade.lots / 2;
        if (half == 0 ||
            !pli_leg_evaluate(of->trader, &plan, candidate->instrument_index, half, &leg)) {
            return;
        }
    }
    append(&plan, &leg, candidate->is_reduction);
    while (plan.leg_count < PLM_CURE_LEGS_MAX && plan.excess_micros < 0) {
        uint32_t next = choose_next(of, &plan, &leg);
        if (next == PLM_NONE || leg.effect == PLI_LEG_EFFECT_CURE) {
            return;
        }
        append(&plan, &leg, of->work->candidates[next].is_reduction);
    }
}

static void
search_trades(context *of) {
    pli_plan plan;
    pli_leg last;
    search_singles(of);
    if (pli_slice_search(of->trader, of->work->candidates, of->candidate_count, &plan, &last) &&
        beats_its_legs(of, &plan, &last)) {
        add_trades(of->list, &plan, &last, true);
    }
    for (uint32_t n = 0; n < of->candidate_count && n < FIRST_LEGS_MAX; n += 1) {
        uint32_t first = of->work->ranking[n];
        if (of->work->singles[first].effect != PLI_LEG_EFFECT_NONE) {
            search_combination(of, first);
        }
    }
}

// Cancelling all open orders, where that is enough.
static void
search_cancel(const pli_trader *trader, cure_list *list) {
    plm_portfolio without = *trader->portfolio;
    plm_margin_input input = trader->input->margin;
    plm_cure cure = {.kind = PLM_CURE_CANCEL};
    if (without.order_count == 0) {
        return;
    }
    without.order_count = 0;
    input.portfolio = &without;
    input.change_count = 0;
    plm_status status = plm_margin_require(trader->input->model, &input, trader->workspace,
                                           &cure.after, NULL, NULL);
    if (status == PLM_OK && cure.after.equity_initial_micros >= cure.after.initial_micros) {
        add_cure(list, &cure);
    }
}

// Deposits are counted in steps that are whole micros and whole atoms of the valuation currency.
typedef struct deposit_step {
    uint32_t asset_index;
    pli_i128 atoms;
    int64_t micros;
} deposit_step;

static deposit_step
deposit_step_of(const plm_listing *listing) {
    deposit_step step = {.asset_index = 0, .atoms = 1, .micros = 1};
    while (listing->assets[step.asset_index].underlying_index != PLM_NONE) {
        step.asset_index += 1;
    }
    for (uint32_t i = 6; i < listing->assets[step.asset_index].decimals; i += 1) {
        step.atoms *= 10;
    }
    for (uint32_t i = listing->assets[step.asset_index].decimals; i < 6; i += 1) {
        step.micros *= 10;
    }
    return step;
}

static plm_status
evaluate_deposit(const pli_trader *trader, const deposit_step *step, int64_t count, plm_cure *cure,
                 plm_fault *fault) {
    plm_change change = {.kind = PLM_CHANGE_TRANSFER,
                         .transfer = {.asset_index = step->asset_index,
                                      .atoms = pli_wide_from_i128((pli_i128)count * step->atoms)}};
    plm_margin_input input = trader->input->margin;
    input.portfolio = trader->portfolio;
    input.change_count = 1;
    input.changes = &change;
    *cure = (plm_cure){.kind = PLM_CURE_DEPOSIT, .deposit_micros = count * step->micros};
    return plm_margin_require(trader->input->model, &input, trader->workspace, &cure->after, NULL,
                              fault);
}

static bool
has_cured(const plm_cure *cure) {
    return cure->after.equity_initial_micros >= cure->after.initial_micros;
}

/*
 * The smallest deposit that cures: the shortfall itself, unless haircuts or loans make a unit of it count for less or
 * more; then doubling and bisection.
 */
static plm_status
search_deposit(const pli_trader *trader, plm_cure *out, plm_fault *fault) {
    deposit_step step = deposit_step_of(trader->input->margin.listing);
    pli_i128 need = pli_div_ceil_i128(trader->need_micros, step.micros);
    int64_t high = 0;
    int64_t low = 0;
    plm_cure cure = {.kind = PLM_CURE_DEPOSIT};
    if (!pli_narrow_i64(need, &high)) {
        return PLM_CURE_NONE;
    }
    while (true) {
        if (high > INT64_MAX / 2 / step.micros) {
            return PLM_CURE_NONE;
        }
        plm_status status = evaluate_deposit(trader, &step, high, &cure, fault);
        if (status != PLM_OK) {
            return status == PLM_OVERFLOW ? PLM_CURE_NONE : status;
        }
        if (has_cured(&cure)) {
            break;
        }
        low = high;
        high *= 2;
    }
    *out = cure;
    bool is_next_first = low == 0; // the shortfall is most often exact: try one step less at once
    while (high - low > 1) {
        int64_t middle = is_next_first ? high - 1 : low + (high - low) / 2;
        is_next_first = false;
        plm_status status = evaluate_deposit(trader, &step, middle, &cure, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (has_cured(&cure)) {
            high = middle;
            *out = cure;
        } else {
            low = middle;
        }
    }
    return PLM_OK;
}

void
pli_cures_take(const plm_explain_input *input, pli_arena *arena, pli_cure_work *work) {
    pli_account_take(input, arena, &work->account);
    work->candidates = PLI_ARENA_TAKE(arena, PLI_CANDIDATES_MAX, pli_candidate);
    work->singles = PLI_ARENA_TAKE(arena, PLI_CANDIDATES_MAX, pli_leg);
    work->ranking = PLI_ARENA_TAKE(arena, PLI_CANDIDATES_MAX, uint32_t);
}

static plm_status
search_all(pli_trader *trader, pli_cure_work *work, cure_list *list, plm_fault *fault) {
    plm_cure deposit;
    plm_status status = search_deposit(trader, &deposit, fault);
    if (status != PLM_OK) {
        return status == PLM_CURE_NONE
                   ? pli_fault_set(fault, PLM_CURE_NONE,
                                   "no deposit of the valuation currency restores the requirement",
                                   NULL, NULL)
                   : status;
    }
    search_cancel(trader, list);
    pli_candidates candidates = {.entries = work->candidates};
    pli_candidates_fill(trader->input, trader->portfolio, &candidates);
    context of = {.trader = trader,
                  .work = work,
                  .candidate_count = candidates.count,
                  .list = list,
                  .start = {.is_reduction = true, .excess_micros = -trader->need_micros}};
    search_trades(&of);
    list->cures[list->count] = deposit;
    list->count += 1;
    return PLM_OK;
}

plm_status
plm_explain_cures(const plm_explain_input *input, plm_workspace *workspace, uint32_t cure_max,
                  plm_cure *cures, uint32_t *cure_count, plm_fault *fault) {
    pli_arena arena = pli_arena_init(workspace->memory, workspace->size);
    pli_cure_work work;
    pli_cures_take(input, &arena, &work);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "bytes of the workspace",
                                   (int64_t)workspace->size, (int64_t)plm_explain_size(input),
                                   INT64_MAX);
    }
    plm_requirement now;
    plm_status status = plm_margin_require(input->model, &input->margin, &work.account.workspace,
                                           &now, NULL, fault);
    if (status == PLM_OK) {
        status = pli_account_init(input, &work.account, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    pli_i128 excess = (pli_i128)now.equity_initial_micros - now.initial_micros;
    if (excess >= 0) {
        *cure_count = 0;
        return PLM_OK;
    }
    if (cure_max == 0) {
        return pli_fault_set_range(fault, PLM_LIMIT, "cure_max", 0, 1, UINT32_MAX);
    }
    pli_trader trader = {.input = input,
                         .portfolio = &work.account.portfolio,
                         .workspace = &work.account.workspace,
                         .costs = pli_cost_rules_init(input),
                         .need_micros = -excess};
    cure_list list = {.cures = cures, .capacity = cure_max - 1};
    status = search_all(&trader, &work, &list, fault);
    if (status == PLM_OK) {
        *cure_count = list.count;
    }
    return status;
}
