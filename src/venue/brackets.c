/* brackets.c: maintenance rates that rise with notional, as Binance and Hyperliquid publish them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "venue/brackets.h"

#include "base/assert.h"

pli_exact
pli_bracket_deduction(pli_exact previous, pli_exact floor, pli_exact rate,
                      pli_exact previous_rate) {
    return pli_exact_add(previous,
                         pli_exact_multiply(floor, pli_exact_subtract(rate, previous_rate)));
}

void
pli_brackets_deduce(uint32_t count, pli_bracket *brackets) {
    PLI_ASSERT(count >= 1);
    brackets[0].deduction = pli_exact_of(0);
    for (uint32_t i = 1; i < count; i += 1) {
        brackets[i].deduction = pli_bracket_deduction(brackets[i - 1].deduction, brackets[i].floor,
                                                      brackets[i].rate, brackets[i - 1].rate);
    }
}

const pli_bracket *
pli_bracket_at(uint32_t count, const pli_bracket *brackets, pli_exact notional) {
    PLI_ASSERT(count >= 1);
    uint32_t at = 0;
    while (at + 1 < count && !pli_exact_is_below(notional, brackets[at + 1].floor)) {
        at += 1;
    }
    return &brackets[at];
}

pli_exact
pli_bracket_maintenance(const pli_bracket *bracket, pli_exact notional) {
    return pli_exact_subtract(pli_exact_multiply(notional, bracket->rate), bracket->deduction);
}
