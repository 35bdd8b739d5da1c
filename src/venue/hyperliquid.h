/* hyperliquid.h: Hyperliquid's tiers, account state and funding, exactly.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_HYPERLIQUID_H
#define PLI_VENUE_HYPERLIQUID_H

#include <stdbool.h>
#include <stdint.h>

#include "venue/brackets.h"
#include "venue/exact.h"

/*
 * The venue's engine is closed; the formulas are its documentation's, checked against prices of the live exchange.
 * Source     docs/trading/{margining,margin-tiers,liquidations,funding}.md, docs/for-developers/api of the gitbook.
 */

/* pli_hyperliquid_rate - maintenance rate of a tier: half the initial rate at its largest leverage, 1/(2*leverage). */
pli_exact pli_hyperliquid_rate(pli_exact leverage_max);

/*
 * pli_hyperliquid_isolated - one isolated position as the clearinghouse reports it.
 *
 * Sign       `size` is signed; `position_value` = |size| * mark >= 0; `raw_usd` is cash after the trade: below zero for a long.
 */
typedef struct pli_hyperliquid_isolated {
    pli_exact size, entry, position_value, raw_usd, leverage_max;
} pli_hyperliquid_isolated;

pli_exact pli_hyperliquid_margin_used(const pli_hyperliquid_isolated *position);
pli_exact pli_hyperliquid_unrealised(const pli_hyperliquid_isolated *position);

/* pli_hyperliquid_liquidation - -raw_usd / (size * (1 - s*rate)); PLM_DOMAIN for a size of zero. */
pli_exact pli_hyperliquid_liquidation(const pli_hyperliquid_isolated *position);

/*
 * pli_hyperliquid_funding - premium + clamp(interest - premium, -clamp, +clamp), the rate for 8 hours.
 *
 * *clamped is the second term.
 */
pli_exact pli_hyperliquid_funding(pli_exact premium, pli_exact interest, pli_exact clamp,
                                  pli_exact *clamped);

#endif
