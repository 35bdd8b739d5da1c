/* cascade.h: how far a shock goes once the accounts it breaks are sold into it.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_CASCADE_H
#define PLI_STUDY_CASCADE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/status.h"

/*
 * pli_cascade_flow - what must be traded at these moves, of all markets: `flows[u]` in the valuation currency, above zero
 * where it is sold, below where it is bought. Any status but PLM_OK ends the search.
 */
typedef plm_status (*pli_cascade_flow)(void *context, const double *moves, double *flows);

/*
 * pli_cascade_question - one shock of `market_count` markets together.
 *
 * Units      shocks, moves: relative, > -1; -0.2 is a fifth less. depths: notional within `band` of the price, 0: none known.
 */
typedef struct pli_cascade_question {
    uint32_t market_count;
    const double *shocks;
    const double *depths;
    double band; /* > 0: the move that the depth stands for */
    double
        extra_max; /* >= 0: what forced trades may add to a shock; an unknown depth adds this at once */
    uint32_t rounds_max;
    pli_cascade_flow flow;
    void *context;
} pli_cascade_question;

/* pli_cascade_end - how the search ended. `flows_first`, `flows`, `moves` are the caller's, market_count long. */
typedef struct pli_cascade_end {
    double *flows_first; /* at the shock itself */
    double *flows;       /* at the last moves */
    double *moves;
    uint32_t rounds;
    bool is_settled; /* the next round would move nothing by a millionth; else rounds_max were used */
} pli_cascade_end;

/*
 * pli_cascade_solve - the fixed point x = shock + min(band * flow(x) / depth, extra_max), in the direction of the shock.
 *
 * A round computes the flow at the moves so far and goes where it leads, never back: who was sold stays sold. So moves only
 * grow, are bounded by shock and extra_max, and converge. A flow against the shock adds nothing.
 *
 * Returns    PLM_OK; what `flow` returns; PLM_PARAMETER_INVALID: a term outside its bounds.
 * Source     Cifuentes, Ferrucci and Shin (2005), Liquidity risk and contagion: prices at which what must be
 *            sold at those prices has been sold; docs/method/cascade.md.
 */
PLM_MUST_USE plm_status pli_cascade_solve(const pli_cascade_question *question,
                                          pli_cascade_end *end);

#endif
