/* bids.h: part of an account that is being auctioned goes to who bids.                   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_BIDS_H
#define PLI_CORE_BIDS_H

#include "core/state.h"

/* pli_bids_take - BID, with the bidder touched as side 0 and the account sold as side 1: docs/books.md section 15. */
plm_reject pli_bids_take(plm_core *core, uint32_t bidder, const plm_event_bid *body);

/* pli_bids_offer - what a bid for a touched account would get now. */
void pli_bids_offer(const plm_core *core, const pli_holding *holding,
                    const plm_requirement *requirement, plm_auction_offer *offer);

#endif
