/* liqprice.h: liquidation prices of one position, by the venues' own formulas.          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_LIQPRICE_H
#define PLI_VENUE_LIQPRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "venue/brackets.h"
#include "venue/exact.h"

/*
 * pli_liqprice_terms - what the venues' formulas read; what a venue does not know is 0.
 *
 * `margin` is what stands behind the position: the isolated margin, or the wallet balance of a cross account. Under cross
 * margin the other positions enter by their profit and by their maintenance at the present marks.
 *
 * Units      size > 0 in coin, the rest in quote currency; rates are fractions of notional.
 */
typedef struct pli_liqprice_terms {
    bool is_short;
    pli_exact size, entry, margin;
    pli_exact leverage; /* Bybit only, which does not read `margin` */
    pli_exact maintenance_rate, maintenance_deduction;
    pli_exact taker_rate;
    pli_exact others_profit, others_maintenance;
} pli_liqprice_terms;

/*
 * pli_liqprice_linear - where equity equals maintenance, both on the liquidation price P, s = +1 long, -1 short:
 *
 *     margin + others_profit + s*size*(P - entry) = size*P*(mmr + taker) - deduction + others_maintenance
 *     P = (margin + others_profit - others_maintenance + deduction - s*size*entry) / (size*(mmr + taker) - s*size)
 *
 * Binance and Hyperliquid leave out the taker fee, OKX and Gate the deduction.
 *
 * Returns    The exact price, which may be at or below zero: then no price liquidates. It fails with PLM_DOMAIN for a size
 *            of zero, and for a long whose rates reach 100 %.
 * Source     Binance support b3c689c1f50a44cabb3a84e663b81d93; Hyperliquid docs/trading/liquidations.md.
 */
pli_exact pli_liqprice_linear(const pli_liqprice_terms *terms);

/* pli_liqprice_bybit - isolated, maintenance on the entry price: entry * (1 - s*(1/leverage - mmr)). */
pli_exact pli_liqprice_bybit(const pli_liqprice_terms *terms);

/*
 * pli_liqprice_bracketed - pli_liqprice_linear with rate and deduction of the bracket in which the answer itself lies.
 *
 * Equity less maintenance is continuous and monotone in the price, so there is exactly one such bracket.
 */
pli_exact pli_liqprice_bracketed(const pli_liqprice_terms *terms, uint32_t count,
                                 const pli_bracket *brackets);

/* pli_liqprice_isolated_margin - size * entry / leverage. */
pli_exact pli_liqprice_isolated_margin(const pli_liqprice_terms *terms);

#endif
