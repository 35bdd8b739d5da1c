/* deleverage.h: what is left of bankrupt accounts is closed against the other side of the market.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_DELEVERAGE_H
#define PLI_CORE_DELEVERAGE_H

#include "core/state.h"

/*
 * docs/books.md section 16.
 *
 * Invariants [DELEVERAGE-1] an account that gives something up ends a step at or above maintenance.
 *            [DELEVERAGE-2] nobody closes more lots than it holds, and no lots are closed beyond those of bankrupt accounts, and of the
 *                           backstop pool where it is beyond its tranche.
 *            [Q8] of one bankrupt position the haircuts of a walk add up to its deficit, to the micro, where all of it is closed.
 */

/*
 * pli_deleverage_follow - an account below maintenance, touched and not closed out, has been assessed: deleveraging begins,
 *                         goes on or ends. `now` is its standing, of stage PARTIAL, AUCTION or ADL, `before` the one it had.
 */
void pli_deleverage_follow(plm_core *core, const pli_holding *holding,
                           const plm_requirement *requirement, const plm_standing *before,
                           plm_standing *now);

/*
 * pli_deleverage_pool - has the backstop pool, touched, a position that lost more than its tranche? Where queued, walks close them
 *                       at the marks (section 19).
 */
bool pli_deleverage_pool(plm_core *core, bool is_queued);

/* pli_deleverage_step - one look at one account, or one fill. Returns whether the walk is over. */
bool pli_deleverage_step(plm_core *core, pli_job *job);

/* pli_deleverage_is_sound - could events have led to this job? */
bool pli_deleverage_is_sound(const plm_core *core, const pli_job *job);

#endif
