/* standing.h: in which stage each account is, and the walk over accounts that a new price brings.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_STANDING_H
#define PLI_CORE_STANDING_H

#include "core/state.h"

/*
 * docs/books.md section 12.
 *
 * Invariants [STAND-1] an amount and a deadline exist in stage CALLED and in no other, the time of the next slice in
 *                      stage PARTIAL and in no other.
 *            [STAND-2] an underlying is marked for a scan if and only if a scan is queued; at most one is.
 *            [STAND-3] the window of an underlying begins at an account that there is, or at 0.
 */

/* pli_standing_list - an account just listed is HEALTHY. */
void pli_standing_list(plm_core *core, uint32_t account);

/*
 * pli_standing_assess - ask the model about an account, touched, and move its stage; orders that the stage does not allow go.
 *
 * Returns    NONE; as pli_health_assess, and then nothing but orders has changed: roll back.
 */
plm_reject pli_standing_assess(plm_core *core, uint32_t account);

/* pli_standing_is_bound - may the account only reduce: below maintenance, or called and past the deadline? */
bool pli_standing_is_bound(const plm_core *core, uint32_t account);

/* pli_standing_moved - a price or mark of the underlying is new: the accounts exposed to it are to be assessed. */
void pli_standing_moved(plm_core *core, uint32_t underlying);

/* pli_standing_look - touch and assess an account in a step of a job; where that is refused it stays as it is. */
void pli_standing_look(plm_core *core, uint32_t account);

/*
 * pli_standing_step - the scan goes on behind the next account of this block whose look leaves a trace, or to the block's end.
 *
 * An account that is HEALTHY and stays so is left as it was, interest due and all, and so is one outside the window that is
 * HEALTHY or RESTRICTED and would be one of them, and one that cannot be assessed now: the scan never waits for a price.
 * Returns whether the last account was passed.
 * Cost       at most PLI_SCAN_BLOCK requirements, and one assessment.
 */
enum { PLI_SCAN_BLOCK = PLI_SCREEN_BLOCK };
bool pli_standing_step(plm_core *core, pli_job *job);

/* pli_standing_is_walked - does the scan under way walk for this underlying? PLM_NONE: no. */
bool pli_standing_is_walked(const plm_core *core, uint32_t underlying);

/* pli_standing_window_end - behind the last account whose initial requirement a scan for this underlying follows. */
uint64_t pli_standing_window_end(const plm_core *core, uint32_t underlying);

/* pli_standing_again - a scan has ended: queue the next one where prices have moved meanwhile. */
void pli_standing_again(plm_core *core);

#endif
