/* slice.c: closing the same share of several positions at once.                       SPDX-License-Identifier: Apache-2.0 */
#include "explain/slice.h"

#include "base/muldiv.h"

#define SHARE_UNIT 256

/* The reductions with the largest notional, largest first, the lower index on ties. */
typedef struct slice {
    uint32_t count;
    const pli_candidate *of[PLM_CURE_LEGS_MAX];
} slice;

static pli_i128
notional(const pli_candidate *candidate) {
    return (pli_i128)candidate->lots_max * candidate->lot_notional_micros;
}

static slice
largest_reductions(const pli_candidate *candidates, uint32_t candidate_count) {
    slice chosen = {.count = 0};
    for (uint32_t i = 0; i < candidate_count; i += 1) {
        if (!candidates[i].is_reduction) {
            continue;
        }
        uint32_t at = chosen.count;
        while (at > 0 && notional(&candidates[i]) > notional(chosen.of[at - 1])) {
            at -= 1;
        }
        if (at == PLM_CURE_LEGS_MAX) {
            continue;
        }
        chosen.count += chosen.count < PLM_CURE_LEGS_MAX;
        for (uint32_t j = chosen.count - 1; j > at; j -= 1) {
            chosen.of[j] = chosen.of[j - 1];
        }
        chosen.of[at] = &candidates[i];
    }
    return chosen;
}

static int64_t
lots_of_share(const pli_candidate *candidate, int64_t share) {
    pli_i128 lots = pli_div_ceil_i128((pli_i128)candidate->lots_max * share, SHARE_UNIT);
    return (int64_t)lots * candidate->direction;
}

/* Close `share` of every position; *plan gets all legs but the last. */
static bool
evaluate_share(const pli_trader *trader, const slice *of, int64_t share, pli_plan *plan,
               pli_leg *last) {
    *plan = (pli_plan){.is_reduction = true, .excess_micros = -trader->need_micros};
    for (uint32_t i = 0; i < of->count; i += 1) {
        if (i > 0) {
            plan->legs[plan->leg_count] = last->trade;
            plan->leg_count += 1;
            plan->cost_micros += last->trade.fee_micros;
            plan->excess_micros = last->excess_micros;
        }
        if (!pli_leg_evaluate(trader, plan, of->of[i]->instrument_index,
                              lots_of_share(of->of[i], share), last)) {
            return false;
        }
    }
    return true;
}

bool
pli_slice_search(const pli_trader *trader, const pli_candidate *candidates,
                 uint32_t candidate_count, pli_plan *plan, pli_leg *last) {
    slice of = largest_reductions(candidates, candidate_count);
    if (of.count < 2 || !evaluate_share(trader, &of, SHARE_UNIT, plan, last) ||
        last->excess_micros < 0) {
        return false;
    }
    int64_t low = 0;
    int64_t high = SHARE_UNIT;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool is_enough =
            evaluate_share(trader, &of, middle, plan, last) && last->excess_micros >= 0;
        low = is_enough ? low : middle;
        high = is_enough ? middle : high;
    }
    if (!evaluate_share(trader, &of, high, plan, last)) {
        return false;
    }
    pli_leg smallest;
    pli_leg_search(trader, plan, of.of[of.count - 1], &smallest);
    if (smallest.effect != PLI_LEG_EFFECT_CURE) {
        return false;
    }
    *last = smallest;
    return true;
}
