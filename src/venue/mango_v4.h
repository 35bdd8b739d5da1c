/* mango_v4.h: health and stable price of Mango v4.                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_MANGO_V4_H
#define PLI_VENUE_MANGO_V4_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/status.h"

/*
 * Units      Amounts in native units of their token; prices in quote per native unit; weights as fractions. Health is in
 *            native quote units.
 * Rounding   Doubles, where the venue has 80-bit fixed point with 48 fractional bits: agreement is to about 1e-12
 *            relative, not to the bit.
 * Returns    PLM_DOMAIN for an index outside its table, a price that is not above zero or a weight below zero;
 *            PLM_NOT_FINITE where the result is no number. On these the out-pointers are left alone.
 * Source     docs/method/venue-mango-v4.md.
 */
typedef enum pli_mango_level {
    PLI_MANGO_INIT = 1, /* opening: scaled initial weights, the worse of oracle and stable price */
    PLI_MANGO_LIQUIDATION_END = 2, /* a liquidation stops here: initial weights, oracle price */
    PLI_MANGO_MAINT = 3            /* below zero: liquidatable; maintenance weights, oracle price */
} pli_mango_level;

/* pli_mango_weights - of assets and liabilities, initial and maintenance. */
typedef struct pli_mango_weights {
    double init_asset, init_liability;
    double maint_asset, maint_liability;
} pli_mango_weights;

typedef struct pli_mango_price {
    double oracle;
    double stable;
} pli_mango_price;

/* pli_mango_bank - what all accounts hold of a token; a start of 0 means that the weight is never scaled. */
typedef struct pli_mango_bank {
    double deposits; /* what open spot orders may turn into deposits included */
    double deposit_scale_start_quote;
    double borrows;
    double borrow_scale_start_quote;
} pli_mango_bank;

typedef struct pli_mango_token {
    double balance;
    pli_mango_price price;
    pli_mango_weights weights;
    pli_mango_bank bank;
} pli_mango_token;

/*
 * pli_mango_spot_market - tokens locked in open spot orders.
 *
 * Bounds are 0 where no order is known: then conversions are at the oracle price.
 */
typedef struct pli_mango_spot_market {
    uint32_t base_index, quote_index; /* into the tokens */
    double base_reserved, quote_reserved;
    double ask_lowest; /* quote per base of the lowest ask ever placed among the open ones */
    double bid_highest_inverse; /* base per quote of the highest bid */
} pli_mango_spot_market;

typedef struct pli_mango_perpetual {
    uint32_t settle_index; /* into the tokens */
    pli_mango_price base_price;
    double base_lot_size;
    double base_lots;
    double quote;
    double bid_lots, ask_lots; /* open orders, both >= 0 */
    pli_mango_weights base_weights;
    double init_overall_asset_weight, maint_overall_asset_weight; /* of a position above zero */
} pli_mango_perpetual;

typedef struct pli_mango_account {
    uint32_t token_count, market_count, perpetual_count;
    const pli_mango_token *tokens;
    const pli_mango_spot_market *markets;
    const pli_mango_perpetual *perpetuals;
} pli_mango_account;

#define PLI_MANGO_TOKENS_MAX 64u

/*
 * pli_mango_health - assets weighted down less liabilities weighted up; >= 0 is healthy.
 *
 * Perpetuals settle into their token before it is weighted. What spot orders hold counts as whichever of its two tokens
 * adds less, given all that might still arrive in that token.
 *
 * Guarantees [MANGO-1] init <= liquidation end <= maint whenever initial weights are the harder ones.
 */
PLM_MUST_USE plm_status pli_mango_health(const pli_mango_account *account, pli_mango_level level,
                                         double *out);

/*
 * pli_mango_perpetual_value - what a perpetual adds to its settle token: weighted, with the worse of all bids and all asks
 * filled, and weighted once more where it is above zero.
 */
double pli_mango_perpetual_value(const pli_mango_perpetual *perpetual, pli_mango_level level);

#define PLI_MANGO_DELAY_SLOTS 24

/* Growth limits are stored as 32-bit floats, as the venue stores them. */
typedef struct pli_mango_stable_rules {
    int64_t delay_interval_seconds; /* > 0 */
    float delay_growth_limit;       /* per interval */
    float stable_growth_limit;      /* per second */
    int64_t dt_min, dt_max;         /* seconds; an update sooner than dt_min is ignored */
} pli_mango_stable_rules;

/*
 * pli_mango_stable - a price that follows the oracle at a bounded rate.
 *
 * delay_prices holds a clamped average per interval of the last day; the slot about to be written is a day old, and the
 * farther the stable price is from it, the slower the stable price may move.
 */
typedef struct pli_mango_stable {
    double price;
    double delay_prices[PLI_MANGO_DELAY_SLOTS];
    double accumulated_price;
    int64_t accumulated_time;
    int64_t updated_at;
    uint32_t interval_index;
} pli_mango_stable;

/* pli_mango_stable_reset - all prices are `price` at `now`. */
void pli_mango_stable_reset(pli_mango_stable *stable, double price, int64_t now);

/* pli_mango_stable_update - one oracle price; one that is not dt_min later is ignored. */
void pli_mango_stable_update(pli_mango_stable *stable, const pli_mango_stable_rules *rules,
                             double oracle, int64_t now);

#endif
