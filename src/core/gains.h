/* gains.h: a portfolio with its unrealised gains taken out.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_GAINS_H
#define PLI_CORE_GAINS_H

#include "core/state.h"

/*
 * pli_gains_remove - lower `accrued_micros` so that no net profit is above zero.
 *
 * A net is what the models weight: profit at mark and accruals of the positions that share underlying, settlement asset
 * and settlement, in micros of the valuation currency, each step rounded down as docs/method/equity-and-collateral.md
 * says. Where it is above zero, the first of its positions loses it.
 *
 * Returns    NONE, MARK, PRICE_STATE (the settlement asset has no VALID price), OVERFLOW.
 */
plm_reject pli_gains_remove(const plm_core *core, plm_position *positions, uint32_t count);

#endif
