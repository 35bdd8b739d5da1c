/* market.h: the state of the market at one instant, as risk sees it.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_MARKET_H
#define PLIMSOLL_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"
#include "plimsoll/surface.h"

/* plm_price_state - how far a price may be trusted. */
typedef enum plm_price_state {
    PLM_PRICE_STATE_VALID = 1,
    PLM_PRICE_STATE_HELD = 2,   /* a move beyond the governed rate waits for confirmation */
    PLM_PRICE_STATE_STALE = 3,  /* fewer fresh sources than the quorum */
    PLM_PRICE_STATE_INVALID = 4 /* never priced, or out of domain */
} plm_price_state;

/*
 * plm_price_record - the price of one underlying (its index), version 1.
 *
 * Until the price pipeline exists a record is always VALID; a model refuses any other state.
 */
typedef struct plm_price_record {
    int64_t price_e8;      /* now */
    int64_t slow_e8;       /* slow average; equals price_e8 where none is kept */
    int64_t confidence_e8; /* half-width of the sources' agreement, >= 0 */
    int64_t publish_ns;    /* when the sources published it */
    plm_price_state state;
} plm_price_record;

typedef struct plm_underlying_market {
    plm_price_record price;
    /* predicted annual volatility; domain `any`: of the reference price; > 0 */
    int64_t volatility_ppm;
    /* notional that can be traded at once inside the governed band, >= 0; 0 = none known */
    int64_t depth_micros;
    int64_t volume_micros;        /* notional traded per day, >= 0; 0 = none known */
    int64_t open_interest_micros; /* notional open at the venue, >= 0 */
} plm_underlying_market;

/* plm_expiry_market - forward and smile of one (underlying, expiry). Sorted by underlying, then expiry. */
typedef struct plm_expiry_market {
    uint32_t underlying_index;
    int64_t expiry_ns;
    int64_t forward_e8;
    plm_slice slice; /* kind NONE where no option is listed */
} plm_expiry_market;

/* plm_mark - the venue's mark of one instrument, in its own quotation. */
typedef struct plm_mark {
    int64_t mark_e8;
    int64_t half_spread_e8; /* half of ask - bid, >= 0; 0 = not known */
    bool is_present; /* false: an option is marked from its surface, anything else has no mark */
} plm_mark;

/*
 * plm_market - everything above at one time. Read-only; the caller owns the tables.
 *
 * `underlyings` and `marks` run parallel to the listing's tables.
 */
typedef struct plm_market {
    plm_time time;
    const plm_underlying_market *underlyings;
    const plm_mark *marks;
    uint32_t expiry_count;
    const plm_expiry_market *expiries;
} plm_market;

/*
 * plm_market_check - is the market complete and inside its domains for this listing?
 *
 * Returns
 *   PLM_OK            every price is inside its domain and bounds, expiries are sorted and unique.
 *   PLM_PRICE_MISSING an underlying has no price, or one that is not VALID.
 *   PLM_DOMAIN        a value is outside its bounds; *fault names it.
 *   PLM_EXPIRED       an instrument's expiry is not after the market's time.
 */
PLM_MUST_USE plm_status plm_market_check(const plm_market *market, const plm_listing *listing,
                                         plm_fault *fault);

/*
 * plm_market_expiry - the entry of (underlying, expiry), or NULL where there is none.
 */
const plm_expiry_market *plm_market_expiry(const plm_market *market, uint32_t underlying_index,
                                           int64_t expiry_ns);

#endif
