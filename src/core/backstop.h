/* backstop.h: what nobody bids for goes to the backstop pool, as far as its terms allow.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_BACKSTOP_H
#define PLI_CORE_BACKSTOP_H

#include "core/state.h"

/*
 * docs/books.md section 19.
 *
 * Invariants [BACKSTOP-STAGE-1] the pool meets its initial requirement after everything that it takes [Q2], and takes nothing
 *                               beyond the tranche of the market.
 *            [BACKSTOP-STAGE-2] a solvent account stays so.
 */

/*
 * pli_backstop_follow - an account below maintenance, touched and not closed out, has been assessed: the pool's turn begins, goes
 *                       on or ends. `now` is its standing, `before` the one it had.
 */
void pli_backstop_follow(plm_core *core, const pli_holding *holding, const plm_standing *before,
                         plm_standing *now);

/* pli_backstop_step - what share of the account the pool is offered, or one position, or the last look. Returns whether it is over. */
bool pli_backstop_step(plm_core *core, pli_job *job);

/* pli_backstop_is_sound - could events have led to this job? */
bool pli_backstop_is_sound(const plm_core *core, const pli_job *job);

#endif
