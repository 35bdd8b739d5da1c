/* deficit.h: what is missing of a bankrupt account, by market (docs/books.md, section 16).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_DEFICIT_H
#define PLI_CORE_DEFICIT_H

#include "core/state.h"

/*
 * pli_deficit_here - what those who come after the insurance fund bear in this market [Q7]: what the fund will not pay once the
 *                    account, which is bankrupt, is closed out, by notional at the mark among its positions.
 *
 * Units      micros of the valuation currency, >= 0; up.
 */
int64_t pli_deficit_here(const plm_core *core, const pli_holding *holding, uint32_t instrument,
                         const plm_requirement *requirement);

/*
 * pli_deficit_relief - micros >= 0 of the valuation currency as what pli_ledger_deleverage calls relief: cost units, or atoms of
 *                      a premium; up. False where they do not fit.
 */
bool pli_deficit_relief(const plm_core *core, uint32_t instrument, pli_i128 micros,
                        pli_i128 *relief);

#endif
