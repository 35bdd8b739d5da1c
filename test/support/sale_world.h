/* sale_world.h: an account that the book does not close, and who looks on.              SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_SALE_WORLD_H
#define TS_SUPPORT_SALE_WORLD_H

#include <stdint.h>

#include "support/core_world.h"

#define TS_SALE_SOLD 0u
#define TS_SALE_SIBLING 3u /* of the same owner */
#define TS_SALE_RICH 4u    /* the winner; also bids */
#define TS_SALE_BIDDER 5u

/*
 * ts_sale_start        - TS_SALE_SOLD is long 0.5 BTC from 100,000 with 10,000 USD; the insurance fund has so much.
 *                        Maintenance is 6.3 % of the notional: at 82,000 equity is 1,000 and maintenance 2,583; at 70,000 it
 *                        owes 5,000.
 * ts_sale_change_rules - the record of liquidation that it starts with (version 2), with one field changed: version 3.
 * ts_sale_move         - price and mark. ts_sale_wait - seconds pass.
 * ts_sale_fall         - move, and three slices that nobody fills: the fourth assessment begins an auction.
 */
void ts_sale_start(ts_core *world, int64_t fund_usd);
void ts_sale_change_rules(ts_core *world, uint32_t version, const char *field, int64_t value);
void ts_sale_move(ts_core *world, int64_t usd);
void ts_sale_wait(ts_core *world, int64_t seconds);
void ts_sale_fall(ts_core *world, int64_t price_usd);

/* ASSESS of the account; BID for it by someone, or by TS_SALE_BIDDER without asking for a premium. */
plm_reject ts_sale_assess(ts_core *world);
plm_reject ts_sale_bid_for(ts_core *world, uint32_t bidder, int64_t share_ppm,
                           int64_t premium_min_ppm);
plm_reject ts_sale_bid(ts_core *world, int64_t share_ppm);

/* What stands in the books: lots of the perpetual and cash, the account's standing, the offer, the totals of USD. */
typedef struct ts_sale_holding {
    int64_t lots, usd_micros;
} ts_sale_holding;

ts_sale_holding ts_sale_held(const ts_core *world, uint32_t account);
plm_standing ts_sale_standing(const ts_core *world);
plm_auction_offer ts_sale_offered(const ts_core *world);
plm_asset_totals ts_sale_usd(const ts_core *world);

/* Of the last event: how often it told this step of an auction; the first effect of that kind, which there is. */
uint32_t ts_sale_told(const ts_core *world, plm_auction_step step);
const plm_effect *ts_sale_effect_of(const ts_core *world, plm_effect_kind kind);

/* ts_sale_small - a wide number that is not. */
int64_t ts_sale_small(plm_wide value);

#endif
