/* tune.h: the cheapest setting that meets budgets of coverage and procyclicality.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_TUNE_H
#define PLI_STUDY_TUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/limits.h"
#include "plimsoll/quantity.h"
#include "study/score.h"

/* pli_budget - what a setting may take at most; a budget above any value is no budget. */
typedef struct pli_budget {
    double rate;           /* share of days with a breach */
    double mean;           /* of the requirement, as a share of the notional */
    double peak_to_trough; /* >= 1 */
    double rise_5d;        /* largest rise over five days, as a share */
} pli_budget;

/* pli_tune_meets - is every measure of the score inside the budget? */
bool pli_tune_meets(const pli_score *score, const pli_budget *budget);

/*
 * pli_tune_dominates - is `left` no worse than `right` in rate, mean, peak to trough and 5-day rise, and better in one?
 */
bool pli_tune_dominates(const pli_score *left, const pli_score *right);

/*
 * pli_tune_choose - the cheapest (lowest mean) of the scores that meet the budget, ties to the lowest index; PLM_NONE where
 * none does.
 * pli_tune_frontier - mark the scores that no other dominates.
 */
uint32_t pli_tune_choose(const pli_score *scores, uint32_t count, const pli_budget *budget);
void pli_tune_frontier(const pli_score *scores, uint32_t count, uint8_t *is_on_frontier);

#endif
