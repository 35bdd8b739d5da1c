/* tally.h: many simulated worlds in a few numbers.                                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_TALLY_H
#define PLI_STUDY_TALLY_H

#include <stdint.h>

#include "study/simulate.h"

/* What is counted of one world; amounts as shares of its open interest. */
typedef enum pli_tally_measure {
    PLI_TALLY_BAD_DEBT = 0,
    PLI_TALLY_IMPACT_PEAK = 1, /* largest displacement of a price, a share of it */
    PLI_TALLY_IMPACT_COST = 2,
    PLI_TALLY_FORCED = 3,
    PLI_TALLY_DELEVERAGED = 4,
    PLI_TALLY_UNPAID = 5,
    PLI_TALLY_OWNER_COST = 6,
    PLI_TALLY_POOL = 7,
    PLI_TALLY_CAPITAL = 8,
    PLI_TALLY_LIQUIDATED = 9, /* accounts */
    PLI_TALLY_RECOVERING = 10,
    PLI_TALLY_CLOSED = 11,
    PLI_TALLY_WINNERS = 12, /* accounts */
    PLI_TALLY_HARM = 13,    /* the largest of what winners gave up, a share of their equity */
    PLI_TALLY_MEASURES = 14
} pli_tally_measure;

/* pli_tally - sums over worlds. A zeroed tally is empty. */
typedef struct pli_tally {
    uint32_t count;
    uint32_t unsound; /* worlds in which money was not conserved */
    double sums[PLI_TALLY_MEASURES];
    double squares[PLI_TALLY_MEASURES];
    double largest[PLI_TALLY_MEASURES];
} pli_tally;

/* pli_tally_add - one more world. */
void pli_tally_add(pli_tally *tally, const pli_simulate_result *result);

/* pli_tally_mean - 0 where nothing was counted. pli_tally_error - the standard error of the mean, 0 below two worlds. */
double pli_tally_mean(const pli_tally *tally, pli_tally_measure measure);
double pli_tally_error(const pli_tally *tally, pli_tally_measure measure);

/*
 * pli_tally_choose - of `count` tallies the one of least mean capital whose mean bad debt is at most `budget`; ties to the lowest
 * index; PLM_NONE where none is.
 */
uint32_t pli_tally_choose(const pli_tally *tallies, uint32_t count, double budget);

#endif
