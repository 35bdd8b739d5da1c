/* expiries.h: settlement prices that the feeds give themselves.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_EXPIRIES_H
#define PLI_CORE_EXPIRIES_H

#include "core/state.h"

/*
 * The settlement price of an instrument whose underlying has sources is the feed's average over the 30 whole minutes that
 * end at or before its expiry. It is taken down the moment time passes the expiry, so that nobody chooses the window.
 *
 * Invariants [EXPIRIES-1] has_average only where the expiry has passed; averages_e8 is 0 where it is not set.
 */

/* pli_expiries_tick - time has passed from `before_ns` to the state's: take down the averages of what expired between. */
void pli_expiries_tick(plm_core *core, int64_t before_ns);

/* pli_expiries_restore - find the next expiry anew: after a listing, or after decoding. */
void pli_expiries_restore(plm_core *core);

/*
 * pli_expiries_price - at what price does an expired instrument settle?
 *
 * Returns    PLM_OK.
 *            PLM_PRICE_MISSING  its underlying has no sources: the operator says it.
 *            PLM_HISTORY_SHORT  too little of the window was VALID, at expiry and until now: ask again later.
 */
PLM_MUST_USE plm_status pli_expiries_price(const plm_core *core, uint32_t instrument,
                                           int64_t *price_e8);

#endif
