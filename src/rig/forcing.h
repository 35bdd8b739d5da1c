/* forcing.h: what has to hold when accounts are closed against their will: [Q1] to [Q10].   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_FORCING_H
#define PLI_RIG_FORCING_H

#include "plimsoll/core.h"

/*
 * pli_forcing - an accepted event: the state before it in which the same time had passed (NULL: not kept), the state after it,
 * and what it told.
 */
typedef struct pli_forcing {
    plm_core *before; /* a question leaves a state as it was, and works in its memory */
    plm_core *after;
    const plm_event *event;
    const plm_outcome *outcome;
    const plm_effect *effects;
} pli_forcing;

/*
 * pli_forcing_check - the first property that is broken, in words that begin with its tag, or NULL.
 *
 * [Q1]  whoever came below maintenance was told so before, and rests on prices that allow it.
 * [Q2]  whom a fill of a forced order or a bid closes is no worse off than before, where no claim is paid (with `before`).
 * [Q4]  a forced order fills within its limit (with `before`).
 * [Q4]  a forced order that was placed has a limit within the collar; a bid was not paid more than the reserve leaves.
 * [Q5]  a forced order is placed for no more than there is, and its fill only reduces, no further than to nothing.
 * [Q6]  nobody buys from an account of the same owner.
 * [Q7]  the fund pays where nothing is left that could: no lots, no balance above 0 (or it is paid with what is left).
 * [Q8]  deleveraging takes nothing from below maintenance, and brings nobody there.
 * [Q9]  who gives up profit or balance gives up no more than there is.
 * [Q10] what an event of liquidation does not name keeps its lots, costs and orders, and loses nothing (with `before`).
 *
 * Independence  Collar and reserve are computed here anew, from the records.
 */
const char *pli_forcing_check(const pli_forcing *forcing);

/* pli_forcing_is_forced - is that an event whose state before it is worth keeping: a bid, or a fill of a forced order? */
bool pli_forcing_is_forced(const plm_event *event);

/*
 * pli_forcing_settle - give CONTINUE after CONTINUE to a state that is used up by it, at the time where it is: false where
 * jobs are left after more steps than any order of them can take [Q3].
 */
bool pli_forcing_settle(plm_core *core, const plm_event *now);

#endif
