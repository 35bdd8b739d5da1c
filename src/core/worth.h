/* worth.h: what a balance or a position is worth at present prices, without haircuts.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_WORTH_H
#define PLI_CORE_WORTH_H

#include "core/state.h"

/*
 * Amounts of docs/books.md section 16, in micros of the valuation currency, down.
 *
 * pli_worth_is_coin  - is the cost of the instrument counted in 1e-12 coin?
 * pli_worth_notional - |lots| at the mark; of inverse futures the face; 0 where there is no number.
 * pli_worth_atoms    - atoms of an asset at its price. False where there is no number.
 * pli_worth_holding  - everything, closed at the marks, unsettled profit included. False where there is no number.
 * pli_worth_closing  - what closing the position at the mark would bring. False where there is no number.
 */
bool pli_worth_is_coin(const plm_instrument *terms);
pli_i128 pli_worth_notional(const plm_core *core, const pli_position *position);
bool pli_worth_atoms(const plm_core *core, uint32_t asset, pli_i128 atoms, pli_i128 *micros);
bool pli_worth_closing(const plm_core *core, const pli_position *position, pli_i128 *micros);
bool pli_worth_holding(const plm_core *core, const pli_holding *holding, pli_i128 *micros);

#endif
