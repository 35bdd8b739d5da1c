/* sides.h: the accounts that an event concerns, as they were before it, and what it did to them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_SIDES_H
#define PLI_CORE_SIDES_H

#include "core/state.h"

/* pli_sides_holding - the runs of an account themselves. */
pli_holding pli_sides_holding(const plm_core *core, uint32_t account);

/*
 * pli_sides_take - touch an account and keep a copy of it as side `which`, for the post-conditions: in a replay with recorded
 *                  outcomes there is no copy. NONE, or why it cannot be touched.
 */
plm_reject pli_sides_take(plm_core *core, uint32_t which, uint32_t account);

/* pli_sides_finish - the bookings stand: assign what was paid, tell them as effects, forget how to undo them. */
void pli_sides_finish(plm_core *core);

/* pli_sides_lots - the lots of an instrument in a holding; 0 where there is no position. */
int64_t pli_sides_lots(const pli_holding *holding, uint32_t instrument);

#endif
