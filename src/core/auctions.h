/* auctions.h: an account that the book cannot close is sold by shares to whoever bids.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_AUCTIONS_H
#define PLI_CORE_AUCTIONS_H

#include "core/state.h"
#include "liquidation/auction.h"

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

/*
 * pli_auctions_replace - the plan of an account in stage PARTIAL needs so many slices: does an auction begin instead?
 */
bool pli_auctions_replace(plm_core *core, const pli_holding *holding,
                          const plm_requirement *requirement, uint32_t slice_count,
                          plm_standing *now);

/* pli_auctions_has_goods - is there anything that a bidder could take? */
bool pli_auctions_has_goods(const pli_holding *holding);

/* pli_auctions_tell_end - the stage is left because the account is healthy again, or nothing but debts is left. */
void pli_auctions_tell_end(plm_core *core, uint32_t account, const plm_standing *before);

/* pli_auctions_filled - a forced order of the account has been filled: its slices are not fruitless. */
void pli_auctions_filled(plm_core *core, uint32_t account);

#define PLI_SHARE_PPM (PLI_SHARE_ONE / PLM_PPM)

/* pli_auctions_terms - the governed curve. */
pli_share_terms pli_auctions_terms(const plm_core *core);

/*
 * pli_auctions_clock   - bring the clock of a round to the present; answers for how long prices did not allow it to run.
 * pli_auctions_read    - the same, and tell that.
 * pli_auctions_seconds - whole seconds of the clock.
 * pli_auctions_is_over - is nothing sold any more in this round [Q4]?
 */
int64_t pli_auctions_clock(const plm_core *core, const pli_holding *holding, plm_standing *now);
void pli_auctions_read(plm_core *core, const pli_holding *holding, plm_standing *now);
uint64_t pli_auctions_seconds(const plm_standing *now);
bool pli_auctions_is_over(const plm_core *core, const plm_requirement *requirement,
                          const plm_standing *now);

#endif
