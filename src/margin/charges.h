/* charges.h: the charges of model `portfolio`, each a line of its own.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_CHARGES_H
#define PLI_MARGIN_CHARGES_H

#include "margin/equity.h"
#include "margin/impact.h"
#include "margin/view.h"
#include "plimsoll/margin.h"

/*
 * pli_charges_make - fill charges[PLM_CHARGE_*] of METHOD section 6 for one requirement.
 *
 * With `has_orders` every size-dependent charge is taken at its worst over all fills of the open orders, and the charge
 * ORDERS is filled; without, it is 0. NO_HISTORY, SLOW_PRICE and BUFFER are the caller's.
 *
 * Rounding   Up, per line or per underlying.
 * Guarantees [CHARGE-1] every charge is >= 0, and 0 for an empty portfolio.
 *            [CHARGE-2] no charge falls when |lots| of a single position grows [M4].
 *
 * Returns    PLM_OK or PLM_OVERFLOW.
 */
plm_status pli_charges_make(const pli_view *view, const plm_risk_table *table,
                            const plm_portfolio_parameters *parameters, bool has_orders,
                            int64_t charges[PLM_CHARGE_COUNT], plm_fault *fault);

/* pli_charges_sum - the sum of all charges. */
pli_i128 pli_charges_sum(const int64_t charges[PLM_CHARGE_COUNT]);

/*
 * pli_order_costs - what all open orders lose at once if they fill at their limits: distance to the mark, taker fee, and
 * what converting a premium can lose to haircuts. Rounded up per order, plus PLI_ORDER_ROUNDING_MICROS per lot: an order may
 * fill lot by lot, and each fill rounds cost, premium, fee and equity once against the account [M13].
 */
#define PLI_ORDER_ROUNDING_MICROS 4
bool pli_order_costs(const pli_view *view, const pli_equity_rules *rules, int64_t fee_ppm,
                     int64_t *out);

#endif
