/* drift_v2.h: margin, liquidation and oracle rules of Drift v2 in its own integers.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DRIFT_V2_H
#define PLI_VENUE_DRIFT_V2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * Units      Prices and quote amounts 1e-6, perpetual base amounts 1e-9, weights and margin ratios 1e-4, imf factors,
 *            fees and multipliers 1e-6, tokens in 10^-decimals, cumulative interest 1e-10, times in slots.
 * Rounding   Towards zero unless said otherwise: the venue truncates its requirements too.
 * Returns    PLM_OVERFLOW where a result leaves 128 bits, PLM_DOMAIN for decimals outside 0..18; on these the
 *            out-pointers are left alone.
 * Source     docs/method/venue-drift-v2.md.
 */
#define PLI_DRIFT_PRICE ((pli_i128)1000000)
#define PLI_DRIFT_BASE ((pli_i128)1000000000)
#define PLI_DRIFT_WEIGHT ((pli_i128)10000)

typedef enum pli_drift_level {
    PLI_DRIFT_INITIAL = 1,
    PLI_DRIFT_FILL = 2, /* the mean of the other two */
    PLI_DRIFT_MAINTENANCE = 3
} pli_drift_level;

/* pli_drift_pair - a weight or ratio at the two stored levels. */
typedef struct pli_drift_pair {
    pli_i128 initial;
    pli_i128 maintenance;
} pli_drift_pair;

pli_i128 pli_drift_at_level(const pli_drift_pair *pair, pli_drift_level level);

/*
 * pli_drift_size_premium - a liability weight (or margin ratio) risen with the square root of the size.
 * pli_drift_size_discount - an asset weight fallen with it. `size` in 1e-9, >= 0.
 */
PLM_MUST_USE plm_status pli_drift_size_premium(pli_i128 weight, pli_i128 size, pli_i128 imf_factor,
                                               pli_i128 *out);
PLM_MUST_USE plm_status pli_drift_size_discount(pli_i128 weight, pli_i128 size, pli_i128 imf_factor,
                                                pli_i128 *out);

/* pli_drift_size_from_tokens - |tokens| of `decimals` in 1e-9. */
PLM_MUST_USE plm_status pli_drift_size_from_tokens(pli_i128 tokens, int64_t decimals,
                                                   pli_i128 *out);

/* pli_drift_token_value - quote value of signed tokens; down, so that a debt is never made smaller. */
PLM_MUST_USE plm_status pli_drift_token_value(pli_i128 tokens, int64_t decimals, pli_i128 price,
                                              pli_i128 *out);

/* pli_drift_scaled_weight - weight * start / value of all deposits, once that value passes start; start 0: never. */
PLM_MUST_USE plm_status pli_drift_scaled_weight(pli_i128 weight, pli_i128 start,
                                                pli_i128 deposits_value, pli_i128 *out);

/* pli_drift_strict_price - the oracle price and its five-minute average: the worse one counts. */
typedef struct pli_drift_strict_price {
    pli_i128 oracle;
    pli_i128 average; /* 0: none, the oracle alone counts */
} pli_drift_strict_price;

pli_i128 pli_drift_price_low(const pli_drift_strict_price *price);
pli_i128 pli_drift_price_high(const pli_drift_strict_price *price);

/* pli_drift_sum - what an account must hold and what counts towards it, in quote units. */
typedef struct pli_drift_sum {
    pli_i128 requirement;
    pli_i128 collateral;
} pli_drift_sum;

/* pli_drift_spot - tokens of one market and what is bid and asked for them. */
typedef struct pli_drift_spot {
    pli_i128 tokens; /* below zero borrowed */
    int64_t decimals;
    pli_drift_strict_price price;
    pli_drift_pair asset_weight;
    pli_drift_pair liability_weight;
    pli_i128 imf_factor;
    pli_i128 open_bids; /* tokens, >= 0 */
    pli_i128 open_asks; /* tokens, <= 0 */
    pli_i128 open_orders;
} pli_drift_spot;

#define PLI_DRIFT_ORDER_MARGIN ((pli_i128)10000) /* a cent per open order */

/*
 * pli_drift_spot_add - add one market: after all bids or all asks filled at the oracle price, whichever leaves less.
 *
 * Tokens above zero count weighted at the lower price, below zero are required weighted at the higher one; the quote of
 * the filled orders counts in full.
 */
PLM_MUST_USE plm_status pli_drift_spot_add(const pli_drift_spot *spot, pli_drift_level level,
                                           pli_i128 order_margin, pli_drift_sum *sum);

/* pli_drift_perpetual - one perpetual position and its market. */
typedef struct pli_drift_perpetual {
    pli_i128 base;
    pli_i128 quote; /* entry and all that was settled since; value + quote is the profit */
    pli_i128 price;
    pli_drift_strict_price quote_price;
    pli_drift_pair margin_ratio;
    pli_i128 imf_factor;
    pli_drift_pair profit_weight;
    pli_i128 profit_imf_factor;
    pli_i128 profit_max_initial; /* largest weighted profit at the initial level; 0: no limit */
    pli_i128 open_bids;          /* base, >= 0 */
    pli_i128 open_asks;          /* base, <= 0 */
    pli_i128 open_orders;
} pli_drift_perpetual;

/* pli_drift_profit_weight - the weight of a profit (unweighted where it is not above zero). */
PLM_MUST_USE plm_status pli_drift_profit_weight(const pli_drift_perpetual *perpetual,
                                                pli_drift_level level, pli_i128 profit,
                                                pli_i128 *out);

/* pli_drift_perpetual_sum - requirement and weighted profit of one position. */
PLM_MUST_USE plm_status pli_drift_perpetual_sum(const pli_drift_perpetual *perpetual,
                                                pli_drift_level level, pli_drift_sum *out);

/* pli_drift_loss_buffer - what a liquidation adds for a perpetual that lost: |profit| * ratio, 0 for a gain. */
PLM_MUST_USE plm_status pli_drift_loss_buffer(pli_i128 profit, pli_i128 ratio, pli_i128 *out);

/* pli_drift_closing - terms on which a perpetual position is closed by a liquidator. */
typedef struct pli_drift_closing {
    pli_i128 shortage; /* of margin */
    pli_i128 margin_ratio;
    pli_i128 liquidator_fee;
    pli_i128 insurance_fee;
    pli_i128 price;
    pli_i128 quote_price;
} pli_drift_closing;

/*
 * pli_drift_base_to_cover - base to close so that the shortage is freed after both fees.
 *
 * Returns    through *out UINT64_MAX where closing frees nothing.
 */
PLM_MUST_USE plm_status pli_drift_base_to_cover(const pli_drift_closing *terms, pli_i128 *out);

/* pli_drift_swap - an asset against a liability of one account, with the multipliers of the liquidator's gain. */
typedef struct pli_drift_swap {
    pli_i128 asset_amount;
    pli_i128 asset_weight;
    pli_i128 asset_multiplier;
    int64_t asset_decimals;
    pli_i128 asset_price;
    pli_i128 liability_amount;
    pli_i128 liability_weight;
    pli_i128 liability_multiplier;
    int64_t liability_decimals;
    pli_i128 liability_price;
} pli_drift_swap;

/*
 * pli_drift_liability_to_cover - liability to take over so that `shortage` is freed; all bits set where it frees nothing.
 * pli_drift_liability_for_asset - liability that pays for all of asset_amount, up.
 * pli_drift_asset_for_liability - asset that liability_amount buys, at most asset_amount.
 * pli_drift_swap_is_fair - does the liability given pay at least for the asset taken?
 */
PLM_MUST_USE plm_status pli_drift_liability_to_cover(const pli_drift_swap *swap, pli_i128 shortage,
                                                     pli_i128 insurance_fee, pli_u128 *out);
PLM_MUST_USE plm_status pli_drift_liability_for_asset(const pli_drift_swap *swap, pli_i128 *out);
PLM_MUST_USE plm_status pli_drift_asset_for_liability(const pli_drift_swap *swap, pli_i128 *out);
PLM_MUST_USE plm_status pli_drift_swap_is_fair(const pli_drift_swap *swap, bool *out);

/*
 * pli_drift_funding_delta - what each base unit on either side pays for a loss (below zero), up; 0 without open base.
 * pli_drift_interest_delta - what cumulative deposit interest loses for a loan written off, up; 0 without deposits.
 */
PLM_MUST_USE plm_status pli_drift_funding_delta(pli_i128 loss, pli_i128 base_long,
                                                pli_i128 base_short, pli_i128 *out);
PLM_MUST_USE plm_status pli_drift_interest_delta(pli_i128 loss, pli_i128 deposits, pli_i128 index,
                                                 pli_i128 *out);

/*
 * pli_drift_perpetual_insurance_fee - 19/20 of what is left of the margin after the liquidator and the shortage.
 * pli_drift_spot_insurance_fee - the fee at which taking over all of liability_amount just covers the shortage.
 *
 * Both at most `fee_max`, and 0 where nothing is left or the position has no value.
 */
PLM_MUST_USE plm_status pli_drift_perpetual_insurance_fee(const pli_drift_closing *terms,
                                                          pli_i128 base, pli_i128 fee_max,
                                                          pli_i128 *out);
PLM_MUST_USE plm_status pli_drift_spot_insurance_fee(const pli_drift_swap *swap, pli_i128 shortage,
                                                     pli_i128 fee_max, pli_i128 *out);

/* pli_drift_pace - how fast an account may be liquidated. */
typedef struct pli_drift_pace {
    pli_i128 slots_elapsed;
    pli_i128 duration;
    pli_i128 initial_share; /* 1e-4 */
    pli_i128 margin_freed;  /* in this liquidation so far */
} pli_drift_pace;

/* pli_drift_share_max - share (1e-4) of the shortage that may be freed now; all of one below 50 quote. */
PLM_MUST_USE plm_status pli_drift_share_max(const pli_drift_pace *pace, pli_i128 shortage,
                                            pli_i128 *out);

/* pli_drift_liquidator_fee - base + per_slot for every slot beyond the grace, at most fee_max. */
PLM_MUST_USE plm_status pli_drift_liquidator_fee(pli_i128 base, pli_i128 fee_max,
                                                 pli_i128 slots_elapsed, pli_i128 grace,
                                                 pli_i128 per_slot, pli_i128 *out);

typedef enum pli_drift_validity {
    PLI_DRIFT_VALID = 1,
    PLI_DRIFT_NON_POSITIVE = 2,
    PLI_DRIFT_TOO_VOLATILE = 3,
    PLI_DRIFT_TOO_UNCERTAIN = 4,
    PLI_DRIFT_STALE_FOR_MARGIN = 5,
    PLI_DRIFT_INSUFFICIENT_DATA_POINTS = 6,
    PLI_DRIFT_STALE_FOR_AMM = 7
} pli_drift_validity;

/* pli_drift_oracle - one oracle reading and the guard rails it is held against. */
typedef struct pli_drift_oracle {
    pli_i128 price;
    pli_i128 average;
    pli_i128 confidence;
    pli_i128 delay;
    bool has_data_points;
    pli_i128 confidence_multiplier; /* of the contract tier: 1, 1, 2, 10, 50, 50 */
    pli_i128 volatile_ratio;
    pli_i128 confidence_max; /* 1e-6 of the price */
    pli_i128 stale_margin;
    pli_i128 stale_amm;
} pli_drift_oracle;

/* pli_drift_oracle_check - the first rule that fails, in the venue's order. */
PLM_MUST_USE plm_status pli_drift_oracle_check(const pli_drift_oracle *oracle,
                                               pli_drift_validity *out);

#endif
