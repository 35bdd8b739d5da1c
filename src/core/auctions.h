/* auctions.h: an account that the book cannot close is sold by shares to whoever bids.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_AUCTIONS_H
#define PLI_CORE_AUCTIONS_H

#include "core/state.h"

/*
 * docs/books.md section 15.
 *
 * Invariants [AUCTION-1] a round, its clock and what its bidders have paid exist in stage AUCTION and in no other.
 *            [AUCTION-2] the clock of a round counts only time in which every price that the account rests on allowed
 *                        LIQUIDATE.
 */

/*
 * pli_auctions_follow - an account below maintenance, touched and not closed out, has been assessed: an auction begins, goes
 *                       on, begins another round, or ends without a bidder. `now` is its standing, of stage PARTIAL or AUCTION.
 */
void pli_auctions_follow(plm_core *core, const pli_holding *holding,
                         const plm_requirement *requirement, plm_standing *now);

/* pli_auctions_tell_end - the stage is left because the account is healthy again, or nothing but debts is left. */
void pli_auctions_tell_end(plm_core *core, uint32_t account, const plm_standing *before);

/* pli_auctions_filled - a forced order of the account has been filled: its slices are not fruitless. */
void pli_auctions_filled(plm_core *core, uint32_t account);

/* pli_auctions_bid - BID, with the bidder touched as side 0 and the account sold as side 1. */
plm_reject pli_auctions_bid(plm_core *core, uint32_t bidder, const plm_event_bid *body);

#endif
