/* anchor.h: prices of wrapped and stable assets, held against their redemption value. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_ANCHOR_H
#define PLI_MARKET_ANCHOR_H

#include "market/feed.h"

/*
 * A wrapped or stable asset has two prices: what venues pay for it (a feed with several venues, the own book limited) and
 * what its issuer redeems it for (ratio x base, itself two feeds, or a fixed ratio). Neither is trusted alone: a thin book
 * falls far below redemption value (USDe, 2025), a claimed redemption value outlives the issuer (UST, 2022), and a ratio
 * taken for a price is wrong by the whole base (cbETH, 2026). See docs/method/prices.md, "Anchors".
 */

/* pli_anchor - since when the two have been apart. */
typedef struct pli_anchor {
    int64_t apart_since_ns; /* -1: they agree */
} pli_anchor;

/* pli_anchor_init - nothing known: agreeing. */
pli_anchor pli_anchor_init(void);

/*
 * pli_anchor_constant - a view that is always VALID at one price: the base of an asset redeemed in valuation currency, or
 * a fixed ratio.
 */
pli_price_view pli_anchor_constant(int64_t price_e8, plm_time now);

/*
 * pli_anchor_redemption - ratio x base: units of the base for one unit of the asset, times the price of the base.
 *
 * The state is the worse of the two, the age the greater, the confidence that of the product's ends. In state HELD the
 * candidate is the product of the candidates.
 *
 * Rounding   Prices to the nearest unit, ties to even; confidence up.
 * Returns    The view; INVALID where a factor is, or where the product leaves the range of prices or rounds to nothing.
 */
pli_price_view pli_anchor_redemption(const pli_price_view *ratio, const pli_price_view *base);

/*
 * pli_anchor_combine - the price of the asset at `now`, from its market and its redemption value.
 *
 * Within anchor_tolerance_ppm of each other: the market's price, wider by the distance of the two. Further apart: HELD,
 * with the redemption value as price and the market's as candidate, so that the matrix lets nothing happen that does not
 * hold at both; after anchor_hold_max_ns the market alone decides, with the same wide confidence. A view that is not
 * VALID passes its state on: without an anchor there is no price. Slow price and sources are the market's.
 *
 * Call it once per tick, after both views are final.
 */
pli_price_view pli_anchor_combine(pli_anchor *anchor, const plm_feed_parameters *parameters,
                                  const pli_price_view *market, const pli_price_view *redemption,
                                  plm_time now);

#endif
