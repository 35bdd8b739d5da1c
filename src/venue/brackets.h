/* brackets.h: maintenance rates that rise with notional, as Binance and Hyperliquid publish them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_BRACKETS_H
#define PLI_VENUE_BRACKETS_H

#include <stdint.h>

#include "venue/exact.h"

/*
 * pli_bracket - from `floor` of notional up to the next bracket's floor: maintenance = notional * rate - deduction.
 *
 * The deduction makes maintenance continuous at every floor: deduction[0] = 0 and
 * deduction[n] = deduction[n-1] + floor[n] * (rate[n] - rate[n-1]).
 * Source     Binance USD-M "Maintenance Amount"; Hyperliquid docs/trading/margin-tiers.md.
 */
typedef struct pli_bracket {
    pli_exact floor;
    pli_exact rate;
    pli_exact deduction;
} pli_bracket;

/* pli_bracket_deduction - the step of the recursion above. */
pli_exact pli_bracket_deduction(pli_exact previous, pli_exact floor, pli_exact rate,
                                pli_exact previous_rate);

/* pli_brackets_deduce - fill `deduction` of `count` >= 1 brackets whose floors rise. */
void pli_brackets_deduce(uint32_t count, pli_bracket *brackets);

/* pli_bracket_at - the bracket of a notional >= 0: the last one whose floor is not above it. */
const pli_bracket *pli_bracket_at(uint32_t count, const pli_bracket *brackets, pli_exact notional);

/* pli_bracket_maintenance - notional * rate - deduction. */
pli_exact pli_bracket_maintenance(const pli_bracket *bracket, pli_exact notional);

#endif
