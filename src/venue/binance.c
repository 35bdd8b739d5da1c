/* binance.c: Binance's profit and coin-margined maintenance; brackets and prices stand beside it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "venue/binance.h"

pli_exact
pli_binance_profit(pli_exact size, pli_exact entry, pli_exact mark) {
    return pli_exact_multiply(size, pli_exact_subtract(mark, entry));
}

pli_exact
pli_binance_coin_maintenance(pli_exact contracts, pli_exact contract_size, pli_exact mark,
                             pli_exact rate) {
    pli_exact face = pli_exact_multiply(pli_exact_absolute(contracts), contract_size);
    return pli_exact_multiply(pli_exact_divide(face, mark), rate);
}
