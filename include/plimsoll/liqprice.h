/* liqprice.h: the liquidation price of one position, by a venue's own published formula. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_LIQPRICE_H
#define PLIMSOLL_LIQPRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/status.h"

/*
 * For a whole account, with every position and open order, ask plm_explain_triggers instead. This is the arithmetic that
 * people do by hand, done exactly.
 */

/* plm_liqprice_venue - a venue's formula and what it reads. */
typedef struct plm_liqprice_venue {
    const char *name;
    const char *summary;
    bool has_tiers; /* maintenance rate depends on notional; shipped tiers stand in where no rate is given */
    bool has_taker_rate; /* reads taker_ppm */
    bool is_cross; /* reads a balance and what a cross account's other positions do; else leverage alone */
} plm_liqprice_venue;

/* plm_liqprice_venue_find - by name, or NULL. plm_liqprice_venue_at - all in order, NULL past the last. */
const plm_liqprice_venue *plm_liqprice_venue_find(const char *name);
const plm_liqprice_venue *plm_liqprice_venue_at(uint32_t index);

/*
 * plm_liqprice_question - one linear position. Zeroed fields are what most questions leave out.
 *
 * Units      coins and prices in 1e-8, money in micros of the quote currency, rates of notional in ppm, leverage in 1e-8.
 * Bounds     size, entry and leverage in 1..1e16; rates in 0..1e6; money within +-1e18.
 */
typedef struct plm_liqprice_question {
    bool is_short;
    int64_t size_e8, entry_e8;
    bool has_balance; /* balance_micros stands behind the position; else size * entry / leverage */
    int64_t balance_micros; /* isolated margin, or the wallet balance of a cross account */
    int64_t leverage_e8;
    bool has_rate;    /* else the venue's shipped tiers for BTC, where it has tiers */
    int64_t rate_ppm; /* maintenance rate */
    int64_t
        amount_micros; /* maintenance amount (Binance) or deduction (Hyperliquid) that goes with the rate */
    int64_t taker_ppm;
    int64_t others_profit_micros; /* of a cross account's other positions, at their marks */
    int64_t others_maintenance_micros;
} plm_liqprice_question;

typedef struct plm_liqprice {
    bool is_found; /* false: no price above zero liquidates the position */
    int64_t price_e8;
    int64_t
        margin_micros; /* what stood behind it, rounded down; 0 where the formula reads leverage alone */
} plm_liqprice;

/*
 * plm_liqprice_solve - the price at which equity equals maintenance.
 *
 * Rounding   Exact until the last step, then towards the entry price: a long's up, a short's down.
 * Purity     No allocation, no I/O.
 * Returns    PLM_OK; PLM_DOMAIN where the question is outside its bounds, lacks what the venue reads or states what it does
 *            not read, or where the rates leave no such price (a long that must hold its whole value); PLM_OVERFLOW. *fault
 *            (may be NULL) says which; *price is then as it was.
 * Example    {.size_e8 = 10000000, .entry_e8 = 6000000000000, .leverage_e8 = 2000000000} at "binance": 0.1 BTC bought at
 *            60,000 with leverage 20 is liquidated at 57,228.91566266.
 */
PLM_MUST_USE plm_status plm_liqprice_solve(const plm_liqprice_venue *venue,
                                           const plm_liqprice_question *question,
                                           plm_liqprice *price, plm_fault *fault);

#endif
