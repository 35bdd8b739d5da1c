/* forced.h: orders that the engine places itself for an account below maintenance.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_FORCED_H
#define PLI_CORE_FORCED_H

#include "core/state.h"
#include "liquidation/unwind.h"

/*
 * docs/books.md section 13. A forced order stands in the account's order table like any other; its id is of the upper half,
 * which no RESERVE may use: PLI_FORCED_FIRST + 16 * number of the slice + number of the leg.
 */
#define PLI_FORCED_FIRST (UINT64_C(1) << 63)

static inline bool
pli_forced_is(uint64_t order_id) {
    return order_id >= PLI_FORCED_FIRST;
}

/* pli_forced_is_waiting - has the account a forced order? */
bool pli_forced_is_waiting(const plm_core *core, uint32_t account);

/* pli_forced_limit - [Q4] the worst price of a forced sale or purchase: the collar from the index, or from the mark. */
int64_t pli_forced_limit(const plm_core *core, uint32_t instrument, plm_side side);

/*
 * pli_forced_plan  - ask the planner for the next slice of an account, touched and without orders. Outcome NOTHING, without
 *                    legs, where the model cannot follow.
 * pli_forced_count - how many slices of this size the whole plan needs; UINT32_MAX where none completes it.
 * pli_forced_place - an order for each leg that trades in the slice; one that the books refuse is passed over.
 */
void pli_forced_plan(plm_core *core, uint32_t account, pli_unwind_plan *plan);
uint32_t pli_forced_count(const pli_unwind_plan *plan);
void pli_forced_place(plm_core *core, uint32_t account, const pli_unwind_plan *plan);

#endif
