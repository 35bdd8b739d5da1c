/* dydx_v4.h: margin, liquidation and deleveraging of dYdX v4 in its own integers.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DYDX_V4_H
#define PLI_VENUE_DYDX_V4_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * Units      Base quantums are 10^atomic_resolution of the base asset, quote quantums 1e-6 USDC, ratios ppm.
 * Rounding   Per function, as the venue does it: values towards zero, requirements up.
 * Returns    PLM_OVERFLOW where a result (or an exact sum) leaves 128 bits, where the venue has unbounded integers;
 *            PLM_DOMAIN where the formula has no value. On these the out-pointers are left alone.
 * Source     docs/method/venue-dydx-v4.md.
 */
typedef struct pli_dydx_market {
    int32_t atomic_resolution;
    int32_t price_exponent;
    pli_i128 price; /* USD = price * 10^price_exponent */
    int64_t initial_ppm;
    int64_t maintenance_fraction_ppm; /* of the initial requirement */
    pli_i128 open_interest_base_quantums;
    pli_i128 open_interest_lower_cap; /* quote quantums */
    pli_i128 open_interest_upper_cap; /* quote quantums; 0: no scaling */
    int64_t custom_initial_ppm;       /* a floor below the initial fraction; 0: none */
} pli_dydx_market;

typedef struct pli_dydx_position {
    pli_dydx_market market;
    pli_i128 base_quantums;
} pli_dydx_position;

typedef struct pli_dydx_account {
    pli_i128 usdc; /* quote quantums, below zero is a debt */
    uint32_t position_count;
    const pli_dydx_position *positions;
} pli_dydx_account;

/* pli_dydx_risk - net collateral and what is required of it, in quote quantums. */
typedef struct pli_dydx_risk {
    pli_i128 net_collateral;
    pli_i128 initial;
    pli_i128 maintenance;
} pli_dydx_risk;

/* pli_dydx_fraction - numerator / denominator in lowest terms, denominator > 0. */
typedef struct pli_dydx_fraction {
    pli_i128 numerator;
    pli_i128 denominator;
} pli_dydx_fraction;

/* pli_dydx_mul_ppm - value * ppm / 1e6, up or down (towards plus or minus infinity). */
PLM_MUST_USE plm_status pli_dydx_mul_ppm(pli_i128 value, pli_i128 ppm, bool is_round_up,
                                         pli_i128 *out);

/* pli_dydx_scale - left * right * 10^exponent, towards zero. */
PLM_MUST_USE plm_status pli_dydx_scale(pli_i128 left, pli_i128 right, int64_t exponent,
                                       pli_i128 *out);

/* pli_dydx_notional - quote quantums of `base_quantums` at the market's price, towards zero, with its sign. */
PLM_MUST_USE plm_status pli_dydx_notional(const pli_dydx_market *market, pli_i128 base_quantums,
                                          pli_i128 *out);

/*
 * pli_dydx_maintenance_ppm - initial * fraction / 1e6, down.
 * pli_dydx_funding_clamp_ppm - clamp factor * (initial - maintenance ppm) / 1e6, down.
 * pli_dydx_scaled_initial_ppm - the initial fraction risen linearly with open interest between its caps, down.
 */
PLM_MUST_USE plm_status pli_dydx_maintenance_ppm(pli_i128 initial_ppm, pli_i128 fraction_ppm,
                                                 pli_i128 *out);
PLM_MUST_USE plm_status pli_dydx_funding_clamp_ppm(pli_i128 factor_ppm, pli_i128 initial_ppm,
                                                   pli_i128 fraction_ppm, pli_i128 *out);
PLM_MUST_USE plm_status pli_dydx_scaled_initial_ppm(const pli_dydx_market *market,
                                                    pli_i128 open_interest_quote, pli_i128 *out);

/*
 * pli_dydx_initial_requirement - of |notional| at a given open interest in quote quantums, up.
 * pli_dydx_position_risk - notional (as net_collateral), initial and maintenance of one position.
 * pli_dydx_account_risk - the sums over an account.
 *
 * Maintenance = ceil(ceil(|n| * initial) * fraction): rounded up twice, never scaled by open interest.
 */
PLM_MUST_USE plm_status pli_dydx_initial_requirement(const pli_dydx_market *market,
                                                     pli_i128 notional,
                                                     pli_i128 open_interest_quote, pli_i128 *out);
PLM_MUST_USE plm_status pli_dydx_position_risk(const pli_dydx_position *position,
                                               pli_dydx_risk *out);
PLM_MUST_USE plm_status pli_dydx_account_risk(const pli_dydx_account *account, pli_dydx_risk *out);

/* pli_dydx_is_liquidatable - maintenance > 0 and maintenance > net collateral. */
bool pli_dydx_is_liquidatable(const pli_dydx_risk *risk);

/*
 * pli_dydx_transition_is_valid - may an account below its initial requirement go from `before` to `after`?
 *
 * Yes if `after` is collateralised with nothing required; otherwise only if maintenance does not rise and net collateral
 * over maintenance improves. With no maintenance before and after, net collateral must rise.
 */
PLM_MUST_USE plm_status pli_dydx_transition_is_valid(const pli_dydx_risk *before,
                                                     const pli_dydx_risk *after, bool *out);

/* pli_dydx_risk_compare - -1: `left` is less risky; by collateral over maintenance, then maintenance, then collateral. */
PLM_MUST_USE plm_status pli_dydx_risk_compare(const pli_dydx_risk *left, const pli_dydx_risk *right,
                                              int *out);

/*
 * pli_dydx_bankruptcy_quote - quote quantums the account gets for changing one position by `delta` at the price that
 * leaves net collateral per maintenance unchanged; below zero it pays. Rounds up: against the insurance fund never.
 *
 * `delta` reduces the position (opposite sign, not beyond zero), else PLM_DOMAIN; so is an account without maintenance.
 */
PLM_MUST_USE plm_status pli_dydx_bankruptcy_quote(const pli_dydx_account *account,
                                                  uint32_t position_index, pli_i128 delta,
                                                  pli_i128 *out);

/* pli_dydx_fillable_price - quote quantums per base quantum at which a liquidation may fill, exact. */
PLM_MUST_USE plm_status pli_dydx_fillable_price(const pli_dydx_account *account,
                                                uint32_t position_index,
                                                int64_t bankruptcy_adjustment_ppm,
                                                int64_t spread_ppm, pli_dydx_fraction *out);

/* pli_dydx_fill - one fill of a liquidation order; subticks are a price in 10^conversion_exponent quote per base. */
typedef struct pli_dydx_fill {
    bool is_buy;
    pli_i128 base_quantums; /* > 0 */
    pli_i128 subticks;
    int64_t conversion_exponent;
} pli_dydx_fill;

/* pli_dydx_insurance_delta - what the insurance fund gains (at most the fee, down) or loses by one fill. */
PLM_MUST_USE plm_status pli_dydx_insurance_delta(const pli_dydx_account *account,
                                                 uint32_t position_index, const pli_dydx_fill *fill,
                                                 int64_t fee_ppm, pli_i128 *out);

/* pli_dydx_partial_limits - least and most notional of one position that one block may liquidate, both down. */
PLM_MUST_USE plm_status pli_dydx_partial_limits(pli_i128 notional, pli_i128 notional_min,
                                                int64_t portion_max_ppm, pli_i128 *least,
                                                pli_i128 *most);

/* pli_dydx_deleveraging - one position of an account handed to an opposite one at the bankruptcy price. */
typedef struct pli_dydx_deleveraging {
    pli_dydx_account liquidated;
    uint32_t liquidated_index;
    pli_dydx_account offsetting;
    uint32_t offsetting_index;
    pli_i128 delta; /* of the liquidated account's position */
} pli_dydx_deleveraging;

/*
 * pli_dydx_deleverage - quote quantums that go to the liquidated account (and from the offsetting one).
 *
 * Returns    PLM_DOMAIN where either position cannot be reduced by that; *is_overlapping is false, and *quote is still
 *            the transfer asked for, where the offsetting account's own bankruptcy price is worse: the venue skips it.
 */
PLM_MUST_USE plm_status pli_dydx_deleverage(const pli_dydx_deleveraging *pair, pli_i128 *quote,
                                            bool *is_overlapping);

#endif
