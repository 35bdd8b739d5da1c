/* synthetix_v3.h: margins and liquidation window of Synthetix v3 perpetuals, exactly.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SYNTHETIX_V3_H
#define PLI_VENUE_SYNTHETIX_V3_H

#include <stdint.h>

#include "venue/exact.h"

/* pli_synthetix_market - parameters of one market and the account's position in it. */
typedef struct pli_synthetix_market {
    pli_exact size, skew_scale;
    pli_exact entry_price; /* oracle price at the trade */
    pli_exact entry_skew;  /* of the market before the trade */
    pli_exact price;       /* present oracle price */
    pli_exact initial_fraction, initial_minimum, maintenance_scalar, position_minimum;
    pli_exact reward_rate;
} pli_synthetix_market;

/* pli_synthetix_fill_price - price * (1 + (skew before + skew after) / (2 * skew scale)). */
pli_exact pli_synthetix_fill_price(const pli_synthetix_market *market);

/* pli_synthetix_profit - size * (price - fill price). */
pli_exact pli_synthetix_profit(const pli_synthetix_market *market);

/*
 * pli_synthetix_require - initial and maintenance margin of one position, without the liquidation reward.
 *
 *     initial ratio = |size| / skew scale * initial fraction + initial minimum
 *     initial       = notional * initial ratio + position minimum
 *     maintenance   = notional * initial ratio * maintenance scalar + position minimum
 *
 * A size of zero requires 0.
 */
typedef struct pli_synthetix_requirement {
    pli_exact initial, maintenance, reward;
} pli_synthetix_requirement;

pli_synthetix_requirement pli_synthetix_require(const pli_synthetix_market *market);

/* pli_synthetix_reward - the summed rewards, at least `low`, at most the lesser of `high` and scaling * available margin. */
pli_exact pli_synthetix_reward(pli_exact rewards, pli_exact low, pli_exact high, pli_exact scaling,
                               pli_exact available);

/* pli_synthetix_window_max - (maker + taker) * skew scale * multiplier * seconds: what one window may liquidate. */
pli_exact pli_synthetix_window_max(pli_exact fees, pli_exact skew_scale, pli_exact multiplier,
                                   pli_exact seconds);

/* pli_synthetix_liquidated_now - the part of `size` that still fits the window after `taken`. */
pli_exact pli_synthetix_liquidated_now(pli_exact size, pli_exact window_max, pli_exact taken);

#endif
