/* tune.c: the cheapest setting that meets budgets of coverage and procyclicality.       SPDX-License-Identifier: Apache-2.0 */
#include "study/tune.h"

#define RISE_5D 1u /* place of the five days among the rises */

enum { MEASURE_COUNT = 4 };

// The measures in one order, each better the smaller it is.
static double
measure_at(const pli_score *score, uint32_t index) {
    switch (index) {
    case 0:
        return score->rate;
    case 1:
        return score->cycle.mean;
    case 2:
        return score->cycle.peak_to_trough;
    default:
        return score->cycle.rises[RISE_5D];
    }
}

bool
pli_tune_meets(const pli_score *score, const pli_budget *budget) {
    return score->rate <= budget->rate && score->cycle.mean <= budget->mean &&
           score->cycle.peak_to_trough <= budget->peak_to_trough &&
           score->cycle.rises[RISE_5D] <= budget->rise_5d;
}

bool
pli_tune_dominates(const pli_score *left, const pli_score *right) {
    bool is_better = false;
    for (uint32_t i = 0; i < MEASURE_COUNT; i += 1) {
        if (measure_at(left, i) > measure_at(right, i)) {
            return false;
        }
        is_better = is_better || measure_at(left, i) < measure_at(right, i);
    }
    return is_better;
}

uint32_t
pli_tune_choose(const pli_score *scores, uint32_t count, const pli_budget *budget) {
    uint32_t chosen = PLM_NONE;
    for (uint32_t i = 0; i < count; i += 1) {
        bool is_cheaper = chosen == PLM_NONE || scores[i].cycle.mean < scores[chosen].cycle.mean;
        if (is_cheaper && pli_tune_meets(&scores[i], budget)) {
            chosen = i;
        }
    }
    return chosen;
}

void
pli_tune_frontier(const pli_score *scores, uint32_t count, uint8_t *is_on_frontier) {
    for (uint32_t i = 0; i < count; i += 1) {
        is_on_frontier[i] = 1;
        for (uint32_t j = 0; j < count && is_on_frontier[i] != 0; j += 1) {
            is_on_frontier[i] = pli_tune_dominates(&scores[j], &scores[i]) ? 0 : 1;
        }
    }
}
