/* binance.h: Binance's profit and coin-margined maintenance; brackets and prices stand beside it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_BINANCE_H
#define PLI_VENUE_BINANCE_H

#include "venue/exact.h"

/* Brackets: venue/brackets.h. Liquidation prices: venue/liqprice.h. Source: Binance support pages, see docs/method. */

/* pli_binance_profit - size * (mark - entry) of a linear contract, size signed. */
pli_exact pli_binance_profit(pli_exact size, pli_exact entry, pli_exact mark);

/* pli_binance_coin_maintenance - |contracts| * contract_size / mark * rate, in coin; the amount of a bracket is not in it. */
pli_exact pli_binance_coin_maintenance(pli_exact contracts, pli_exact contract_size, pli_exact mark,
                                       pli_exact rate);

#endif
