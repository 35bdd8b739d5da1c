/* liqprice.c: liquidation prices of one position, by the venues' own formulas.          SPDX-License-Identifier: Apache-2.0 */
#include "venue/liqprice.h"

static pli_exact
signed_size(const pli_liqprice_terms *terms) {
    return terms->is_short ? pli_exact_negate(terms->size) : terms->size;
}

pli_exact
pli_liqprice_linear(const pli_liqprice_terms *terms) {
    pli_exact held = signed_size(terms);
    pli_exact rate = pli_exact_add(terms->maintenance_rate, terms->taker_rate);
    pli_exact above = pli_exact_add(terms->margin, terms->others_profit);
    above = pli_exact_subtract(above, terms->others_maintenance);
    above = pli_exact_add(above, terms->maintenance_deduction);
    above = pli_exact_subtract(above, pli_exact_multiply(held, terms->entry));
    pli_exact below = pli_exact_subtract(pli_exact_multiply(terms->size, rate), held);
    // A long that must hold its whole value has no price below which it is liquidated.
    if (!terms->is_short && !pli_exact_is_below(rate, pli_exact_of(1))) {
        below = pli_exact_of(0);
    }
    return pli_exact_divide(above, below);
}

pli_exact
pli_liqprice_bybit(const pli_liqprice_terms *terms) {
    pli_exact room = pli_exact_subtract(pli_exact_divide(pli_exact_of(1), terms->leverage),
                                        terms->maintenance_rate);
    room = terms->is_short ? pli_exact_negate(room) : room;
    return pli_exact_multiply(terms->entry, pli_exact_subtract(pli_exact_of(1), room));
}

pli_exact
pli_liqprice_bracketed(const pli_liqprice_terms *terms, uint32_t count,
                       const pli_bracket *brackets) {
    pli_liqprice_terms own = *terms;
    pli_exact price = pli_exact_of(0);
    for (uint32_t i = 0; i < count; i += 1) {
        own.maintenance_rate = brackets[i].rate;
        own.maintenance_deduction = brackets[i].deduction;
        price = pli_liqprice_linear(&own);
        pli_exact notional = pli_exact_multiply(terms->size, price);
        if (price.status != PLM_OK || i + 1 == count ||
            pli_exact_is_below(notional, brackets[i + 1].floor)) {
            return price;
        }
    }
    return price;
}

pli_exact
pli_liqprice_isolated_margin(const pli_liqprice_terms *terms) {
    return pli_exact_divide(pli_exact_multiply(terms->size, terms->entry), terms->leverage);
}
