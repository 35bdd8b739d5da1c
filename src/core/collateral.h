/* collateral.h: what an account holds and what it owes in other assets are set off.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_COLLATERAL_H
#define PLI_CORE_COLLATERAL_H

#include "core/state.h"

/*
 * pli_collateral_take - an account of stage PARTIAL, touched: where it has no position left, a slice would be due and no auction
 *                       is still to come, the insurance fund pays its debts and takes collateral for that, at a discount.
 *                       docs/books.md section 18.
 *
 * Guarantees [COLLATERAL-1] what the fund pays is worth no more than what it takes less the discount, nor more than it holds.
 * Returns    NONE, *is_taken says whether anything moved; OVERFLOW.
 */
plm_reject pli_collateral_take(plm_core *core, const pli_holding *holding, const plm_standing *now,
                               bool *is_taken);

#endif
