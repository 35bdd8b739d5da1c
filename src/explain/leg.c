/* leg.c: how large one more trade has to be.                                          SPDX-License-Identifier: Apache-2.0 */
#include "explain/leg.h"

#include "base/assert.h"

bool
pli_leg_evaluate(const pli_trader *trader, const pli_plan *plan, uint32_t instrument_index,
                 int64_t lots, pli_leg *leg) {
    PLI_ASSERT(plan->leg_count < PLM_CURE_LEGS_MAX);
    plm_change changes[PLM_CURE_LEGS_MAX];
    plm_trade trade = {.instrument_index = instrument_index,
                       .lots = lots,
                       .price_e8 = trader->input->margin.market->marks[instrument_index].mark_e8};
    if (!pli_trade_cost(trader->input, &trader->costs, plan->leg_count, plan->legs, &trade)) {
        return false;
    }
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        changes[i] = (plm_change){.kind = PLM_CHANGE_TRADE, .trade = plan->legs[i]};
    }
    changes[plan->leg_count] = (plm_change){.kind = PLM_CHANGE_TRADE, .trade = trade};
    plm_margin_input input = trader->input->margin;
    input.portfolio = trader->portfolio;
    input.change_count = plan->leg_count + 1;
    input.changes = changes;
    plm_requirement after;
    plm_status status =
        plm_margin_require(trader->input->model, &input, trader->workspace, &after, NULL, NULL);
    if (status != PLM_OK) {
        return false;
    }
    *leg = (pli_leg){.effect = PLI_LEG_EFFECT_GAIN,
                     .trade = trade,
                     .excess_micros = (pli_i128)after.equity_initial_micros - after.initial_micros,
                     .after = after};
    return true;
}

// One search: sizes are counted as lots > 0 in the candidate's direction.
typedef struct search {
    const pli_trader *trader;
    const pli_plan *plan;
    const pli_candidate *candidate;
} search;

static int64_t
size_of(const pli_leg *leg) {
    return leg->trade.lots < 0 ? -leg->trade.lots : leg->trade.lots;
}

static bool
evaluate(const search *of, int64_t size, pli_leg *leg) {
    return pli_leg_evaluate(of->trader, of->plan, of->candidate->instrument_index,
                            size * of->candidate->direction, leg);
}

// `leg` cures, `low` lots do not: fewer lots, as long as they cure.
static void
shrink(const search *of, int64_t low, pli_leg *leg) {
    while (size_of(leg) - low > 1) {
        int64_t middle = low + (size_of(leg) - low) / 2;
        pli_leg smaller;
        if (evaluate(of, middle, &smaller) && smaller.excess_micros >= 0) {
            *leg = smaller;
        } else {
            low = middle;
        }
    }
    leg->effect = PLI_LEG_EFFECT_CURE;
}

// The best size between low and high, by thirds; stops at the first that cures. `leg` is the best so far.
static void
narrow_peak(const search *of, int64_t low, int64_t high, pli_leg *leg) {
    for (int round = 0; round < 10 && high - low > 2 && leg->excess_micros < 0; round += 1) {
        int64_t third = (high - low) / 3;
        pli_leg left;
        pli_leg right;
        if (!evaluate(of, low + third, &left) || !evaluate(of, high - third, &right)) {
            return;
        }
        bool is_left = left.excess_micros >= right.excess_micros;
        const pli_leg *better = is_left ? &left : &right;
        if (better->excess_micros > leg->excess_micros) {
            *leg = *better;
        }
        low = is_left ? low : low + third;
        high = is_left ? high - third : high;
    }
}

// The first size to try: a sixteenth of the need, at least a lot and at most all.
static int64_t
first_size(const search *of) {
    pli_i128 size = of->trader->need_micros / 16 / of->candidate->lot_notional_micros;
    int64_t most = of->candidate->lots_max;
    if (size < 1) {
        return 1;
    }
    return size > most ? most : (int64_t)size;
}

void
pli_leg_search(const pli_trader *trader, const pli_plan *plan, const pli_candidate *candidate,
               pli_leg *leg) {
    search of = {trader, plan, candidate};
    int64_t size = candidate->lots_max < 1 ? 0 : first_size(&of);
    *leg = (pli_leg){.effect = PLI_LEG_EFFECT_NONE};
    pli_leg best;
    if (size == 0 || !evaluate(&of, size, &best) || best.excess_micros <= plan->excess_micros) {
        return;
    }
    int64_t low = 0; // the size tried before the best one
    while (best.excess_micros < 0 && size_of(&best) < candidate->lots_max) {
        int64_t last = size_of(&best);
        size = last > candidate->lots_max / 2 ? candidate->lots_max : 2 * last;
        pli_leg next;
        if (!evaluate(&of, size, &next) || next.excess_micros <= best.excess_micros) {
            narrow_peak(&of, low, size, &best);
            break;
        }
        low = last;
        best = next;
    }
    // At the last size the peak may lie before it.
    if (best.excess_micros < 0 && size_of(&best) == candidate->lots_max) {
        narrow_peak(&of, low, candidate->lots_max, &best);
    }
    *leg = best;
    if (best.excess_micros >= 0) {
        shrink(&of, low < size_of(&best) ? low : 0, leg);
    }
}
