/* interest.h: the steps of the interest indices and what they cost a balance.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LEDGER_INTEREST_H
#define PLI_LEDGER_INTEREST_H

#include "ledger/book.h"

/* pli_interest_rate_ppm - the yearly rate of the kinked curve at the present use of the asset, rounded up. */
int64_t pli_interest_rate_ppm(const pli_asset_book *asset);

/* pli_interest_steps - how far the indices move in `elapsed_ns` >= 0: borrowers' up, lenders' down; false: no fit. */
bool pli_interest_steps(const pli_asset_book *asset, int64_t elapsed_ns, pli_i128 *borrow,
                        pli_i128 *lend);

/* pli_interest_due - what a balance receives (above zero, down) or owes (below zero, up in size) since `snapshot`. */
bool pli_interest_due(const pli_asset_book *asset, pli_i128 atoms, pli_i128 snapshot,
                      pli_i128 *due);

#endif
