/* interest.h: the steps of the interest indices and what they cost a balance.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LEDGER_INTEREST_H
#define PLI_LEDGER_INTEREST_H

#include "ledger/book.h"

/* pli_interest_rate_ppm - the yearly rate of the kinked curve at the present use of the asset, rounded up. */
int64_t pli_interest_rate_ppm(const pli_asset_book *asset);

/* pli_interest_steps - how far the indices move in `elapsed_ns` >= 0: borrowers' rounded up, lenders' down. */
void pli_interest_steps(const pli_asset_book *asset, int64_t elapsed_ns, pli_i128 *borrow,
                        pli_i128 *lend);

/*
 * pli_interest_accrue - bring the indices of an asset to the ledger's time, at the use it has had since they last moved.
 *
 * Call it before anything that the rate depends on changes: lent, borrowed, the curve. Nothing happens where the clock of
 * the asset has not been started by an INTEREST event. It cannot fail: times end at 2^62 ns, so the indices stay below
 * PLI_INTEREST_INDEX_MAX.
 */
void pli_interest_accrue(pli_ledger *ledger, uint32_t asset);

/* pli_interest_due - what a balance receives (above zero, down) or owes (below zero, up in size) since `snapshot`. */
bool pli_interest_due(const pli_asset_book *asset, pli_i128 atoms, pli_i128 snapshot,
                      pli_i128 *due);

#endif
