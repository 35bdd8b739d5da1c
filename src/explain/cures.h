/* cures.h: the memory of the search for cures.                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_CURES_H
#define PLI_EXPLAIN_CURES_H

#include "explain/candidate.h"
#include "explain/leg.h"
#include "explain/probe.h"

/* pli_cure_work - what plm_explain_cures keeps in its workspace. */
typedef struct pli_cure_work {
    pli_account account;
    pli_candidate *candidates; /* PLI_CANDIDATES_MAX */
    pli_leg *singles;          /* the same: what each candidate does alone */
    uint32_t *ranking;         /* the same: candidates, the most effective first */
} pli_cure_work;

void pli_cures_take(const plm_explain_input *input, pli_arena *arena, pli_cure_work *work);

#endif
