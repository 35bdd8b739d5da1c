/* pool.h: the backstop pool: what it is worth, who may go in and out, what its account may do.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_POOL_H
#define PLI_CORE_POOL_H

#include "core/state.h"
#include "liquidation/backstop.h"

/*
 * docs/books.md section 19, and docs/method/backstop.md for the prices.
 *
 * Invariants [POOL-1] what the pool's account holds grows by section 19 alone.
 *            [POOL-2] = [BACKSTOP-5], [BACKSTOP-6] for whoever joins and leaves.
 */

/* pli_pool_permit - an event of a known account is about to be carried out: NONE, or POOL_ACCOUNT. */
plm_reject pli_pool_permit(const plm_core *core, const plm_event *event);

/* pli_pool_join, pli_pool_leave - POOL_JOIN and POOL_LEAVE; account and pool are touched, as sides 0 and 1. */
plm_reject pli_pool_join(plm_core *core, uint32_t account, const plm_event_pool_join *body);
plm_reject pli_pool_leave(plm_core *core, uint32_t account, const plm_event_pool_leave *body);

/*
 * pli_pool_market - the pool's terms and place in one market. False: it takes nothing there, or a number does not fit.
 *
 * It deals in linear perpetuals and futures that settle in asset 0, with a mark.
 */
bool pli_pool_market(const plm_core *core, uint32_t instrument, pli_backstop_terms *terms,
                     pli_backstop_market *market);

/* pli_pool_deals_in - is the instrument of a kind that the pool takes? */
bool pli_pool_deals_in(const plm_core *core, uint32_t instrument);

/*
 * pli_pool_is_over - is the account the pool, and has its position there lost more than the tranche? Then deleveraging closes
 *                    it at the mark, where the record allows that.
 */
bool pli_pool_is_over(const plm_core *core, uint32_t account, uint32_t instrument);

/* pli_pool_value - the pool as its members own it; touched. Returns NONE; as pli_health_assess; PRICE_STATE, OVERFLOW. */
plm_reject pli_pool_value(plm_core *core, pli_backstop_value *value);

#endif
