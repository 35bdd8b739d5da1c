/* candidate.h: which trades the search for cures looks at.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_CANDIDATE_H
#define PLI_EXPLAIN_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/explain.h"

/*
 * Bounds of the search. Per underlying that the account depends on: the first delta-one instruments by index; of the
 * nearest expiries the strikes nearest to the forward, calls and puts; of the first held options the next strikes on
 * either side. All positions may be reduced.
 */
#define PLI_CANDIDATES_MAX 192u
#define PLI_CANDIDATE_DELTA_ONE_MAX 6u /* per underlying */
#define PLI_CANDIDATE_EXPIRIES_MAX 3u  /* per underlying */
#define PLI_CANDIDATE_STRIKES_MAX 2u   /* per expiry and right */
#define PLI_CANDIDATE_HELD_MAX 4u      /* held options per underlying whose neighbours count */

/* pli_candidate - one instrument in one direction. */
typedef struct pli_candidate {
    uint32_t instrument_index;
    int32_t direction; /* +1 buy, -1 sell */
    bool is_reduction;
    int64_t lots_max;
    int64_t lot_notional_micros; /* > 0 */
} pli_candidate;

typedef struct pli_candidates {
    uint32_t count;
    pli_candidate *entries; /* room for PLI_CANDIDATES_MAX */
} pli_candidates;

/*
 * pli_candidates_fill - reductions by index of the position, then hedges by underlying and instrument.
 *
 * Left out: what has no mark, has expired or has no built row where the model needs one; more than
 * PLI_CANDIDATES_MAX. A hedge is no larger than four times the notional of everything held.
 */
void pli_candidates_fill(const plm_explain_input *input, const plm_portfolio *portfolio,
                         pli_candidates *out);

#endif
