/* socialise.h: recorded bad debt is shared out among those whom it leaves unpaid.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_SOCIALISE_H
#define PLI_CORE_SOCIALISE_H

#include "core/state.h"

/*
 * docs/books.md section 17.
 *
 * Invariants [SOCIALISE-1] what has been written off is never more than what has been given up [Q8]; the rest lies in
 *                          RESIDUE.
 *            [SOCIALISE-2] nobody gives up more than its burden, and shares differ from pro rata by less than an atom [Q9],
 *                          where nothing else happens between the first step and the last.
 */

/* pli_socialise_begin - SOCIALISE: queue its walk, or the first reason against it. */
plm_reject pli_socialise_begin(plm_core *core, const plm_event_socialise *body);

/* pli_socialise_step - one account of one pass. Returns whether the walk is over. */
bool pli_socialise_step(plm_core *core, pli_job *job);

/* pli_socialise_is_sound - could events have led to this job? */
bool pli_socialise_is_sound(const plm_core *core, const pli_job *job);

/* pli_socialise_restore - pause the market that the first job is about, after a state was decoded and checked. */
void pli_socialise_restore(plm_core *core);

#endif
