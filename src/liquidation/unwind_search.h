/* unwind_search.h: the search for the cheapest reduction, over at most PLI_UNWIND_LEGS_MAX legs.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_UNWIND_SEARCH_H
#define PLI_LIQUIDATION_UNWIND_SEARCH_H

#include "liquidation/unwind.h"

/* pli_unwind_point - how much of each leg is closed, and what the model says then. */
typedef struct pli_unwind_point {
    int64_t lots[PLI_UNWIND_LEGS_MAX]; /* >= 0 */
    int64_t cost_micros;
    pli_i128 gap_micros; /* equity less target level; >= 0: reached */
    plm_requirement after;
} pli_unwind_point;

/* pli_unwind_search - the account, its legs by instrument, and what the search has spent. */
typedef struct pli_unwind_search {
    const plm_model *model;
    plm_margin_input input;
    plm_workspace *workspace;
    int64_t target_ppm;
    uint32_t count;
    pli_unwind_quote quotes[PLI_UNWIND_LEGS_MAX];
    int64_t most[PLI_UNWIND_LEGS_MAX]; /* of each leg that may be closed */
    uint32_t evaluation_count, evaluations_max;
} pli_unwind_search;

/* pli_unwind_evaluate - fill the point's cost, gap and requirement; false where the model or the budget says no. */
bool pli_unwind_evaluate(pli_unwind_search *search, pli_unwind_point *point);

/*
 * pli_unwind_reach - from `point` (evaluated, gap < 0), close what gains most per cost until the target is reached or nothing
 * gains any more.
 */
void pli_unwind_reach(pli_unwind_search *search, pli_unwind_point *point);

/* pli_unwind_trim - from a point that reaches the target, give back every lot of every leg that it can do without. */
void pli_unwind_trim(pli_unwind_search *search, pli_unwind_point *point);

/* pli_unwind_exchange - from a trimmed point, replace parts of one leg by others as long as that is cheaper. */
void pli_unwind_exchange(pli_unwind_search *search, pli_unwind_point *point);

#endif
