/* leg.h: how large one more trade has to be.                                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_LEG_H
#define PLI_EXPLAIN_LEG_H

#include "base/wide.h"
#include "explain/candidate.h"
#include "explain/cost.h"
#include "explain/probe.h"

/* pli_trader - asks the model what is required after trades at the mark. */
typedef struct pli_trader {
    const plm_explain_input *input;
    const plm_portfolio *portfolio;
    plm_workspace *workspace;
    pli_cost_rules costs;
    pli_i128 need_micros; /* what equity is short of the initial requirement, > 0 */
} pli_trader;

/* pli_plan - trades made before the leg that is searched. */
typedef struct pli_plan {
    uint32_t leg_count;
    plm_trade legs[PLM_CURE_LEGS_MAX];
    bool is_reduction; /* all of them */
    int64_t cost_micros;
    pli_i128 excess_micros; /* equity less requirement after them */
} pli_plan;

/* What a leg can do at its best size. */
typedef enum pli_leg_effect {
    PLI_LEG_EFFECT_NONE = 0, /* no size raises the excess, or none can be traded */
    PLI_LEG_EFFECT_GAIN = 1, /* the excess is raised, and largest at this size */
    PLI_LEG_EFFECT_CURE = 2  /* the excess is >= 0 and was below with one lot less */
} pli_leg_effect;

typedef struct pli_leg {
    pli_leg_effect effect;
    plm_trade trade; /* signed lots, mark and cost */
    pli_i128 excess_micros;
    plm_requirement after;
} pli_leg;

/*
 * pli_leg_evaluate - the exact requirement after `plan` and one more trade of `lots` (signed) of an instrument.
 *
 * Returns    false where the model or the cost has no answer to that trade; then it is not a choice.
 */
bool pli_leg_evaluate(const pli_trader *trader, const pli_plan *plan, uint32_t instrument_index,
                      int64_t lots, pli_leg *leg);

/*
 * pli_leg_search - the smallest size of one candidate that cures after `plan`, else the size that helps most.
 *
 * Convexity of the requirement makes the excess rise and then fall with the size. Sizes double from a sixteenth of the
 * need until the excess is >= 0 or falls; then its peak is narrowed by thirds to about 2 % of the size. A cure that only
 * sizes nearer to the peak would reach is missed. What cures is reduced to the last lot by bisection.
 *
 * Cost       At most about 90 evaluations; typically 25.
 */
void pli_leg_search(const pli_trader *trader, const pli_plan *plan, const pli_candidate *candidate,
                    pli_leg *leg);

#endif
