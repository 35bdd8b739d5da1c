/* shift.h: the market as it would be after a move.                                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_SHIFT_H
#define PLI_SERVER_SHIFT_H

#include "server/server.h"

/* pli_shift - a view of the state with another market in it. Marks of options come from the moved surfaces. */
typedef struct pli_shift {
    plm_core_view view;
    plm_market market; /* the moved one, in the tables below */
    plm_underlying_market *underlyings;
    plm_mark *marks;
    plm_expiry_market *expiries;
} pli_shift;

/*
 * pli_move - relative moves: -0.2 is a fifth less. Depth is what is left of it, 0..1.
 *
 * `prices`: a move for each underlying; NULL: `price` for all of them. `only`: one more than the single underlying that is
 * moved, in volatility and depth too; 0: all are.
 */
typedef struct pli_move {
    double price, volatility, depth;
    const double *prices;
    uint32_t only;
} pli_move;

/*
 * pli_shift_init - look at the state. pli_shift_set - move it; a surface of nodes keeps its volatilities.
 * pli_shift_finish - give the tables back, also after a failure.
 *
 * Returns    PLM_OK; PLM_MEMORY; PLM_ARRAYS_MISSING as plm_core_look; PLM_SURFACE_MISSING.
 */
PLM_MUST_USE plm_status pli_shift_init(pli_shift *shift, const plm_core *core);
PLM_MUST_USE plm_status pli_shift_set(pli_shift *shift, const pli_move *move);
void pli_shift_finish(pli_shift *shift);

/* pli_shift_profit - what positions and coins gain by the move, in units of the valuation currency. */
double pli_shift_profit(const pli_shift *shift, const plm_portfolio *portfolio);

/* pli_read_move - ?price= &volatility= &depth= &underlying= of a question, what is missing at rest; false: out of range. */
bool pli_read_move(const pli_http_request *request, pli_move *move);

#endif
