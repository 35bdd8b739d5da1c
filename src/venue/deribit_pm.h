/* deribit_pm.h: Deribit portfolio margin, as far as it is documented.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIBIT_PM_H
#define PLI_VENUE_DERIBIT_PM_H

#include <stdint.h>

#include "plimsoll/status.h"

/*
 * Doubles in coin, as the venue computes; two results are rounded to nine decimals.
 *
 * Not defined here, because no public page states how: option legs, the dampener of the extended table, the growth of the
 * delta shock, the correlation contingency between currencies. Callers refuse them; a delta above the shock's threshold is
 * refused by pli_deribit_pm_compute itself.
 *
 * Source     Deribit support article 25944756247837; sample response of private/pme/simulate.
 */
#define PLI_DERIBIT_BUCKETS 9u      /* price moves, evenly from -range to +range */
#define PLI_DERIBIT_VOLATILITIES 3u /* states per price move; equal for futures */
#define PLI_DERIBIT_EXTENDED 8u     /* further moves, volatility up only */

extern const double pli_deribit_extended_moves[PLI_DERIBIT_EXTENDED];

/* pli_deribit_leg - an inverse future or perpetual: signed size in coin at the present index. */
typedef struct pli_deribit_leg {
    double size_coin;
    double years; /* to expiry; 0 for a perpetual */
} pli_deribit_leg;

typedef struct pli_deribit_parameters {
    double price_range; /* above 0, at most 0.33: the smallest extended move */
    double gain_offset; /* share of a positive aggregate that counts */
    double annualised_move_risk, annualised_move_min;
    double delta_threshold_usd; /* total delta above which the delta shock starts */
    double maintenance_factor;
} pli_deribit_parameters;

/* What orders and spot add to the initial margin, in coin. */
typedef struct pli_deribit_additions {
    double open_orders, market_maker_protection, spot;
} pli_deribit_additions;

/* The rows are those of the venue's own response. */
typedef struct pli_deribit_result {
    double moves[PLI_DERIBIT_BUCKETS];
    double standard[PLI_DERIBIT_BUCKETS];
    double extended[PLI_DERIBIT_EXTENDED];
    double aggregated[PLI_DERIBIT_BUCKETS];
    double worst_case;     /* >= 0 */
    uint32_t worst_bucket; /* from 0: the first of the worst */
    double roll_shock;
    double risk_matrix_margin, initial_margin, maintenance_margin;
} pli_deribit_result;

/* pli_deribit_move - move `bucket` of `count` over -range..range; the venue's own order of operations, to the last bit. */
double pli_deribit_move(double price_range, uint32_t bucket);

/* pli_deribit_profit - of an inverse future, in coin: size * x / (1 + x). */
double pli_deribit_profit(double size_coin, double move);

/*
 * pli_deribit_extended_profit - the same at an extended move: the profit in quote currency is scaled back by
 * range / |move|, which leaves the coin profit of the edge of the standard range.
 */
double pli_deribit_extended_profit(double size_coin, double move, double price_range);

/*
 * pli_deribit_round9 - to nine decimals, half away from zero.
 *
 * Neither published response ends in a half, so the direction is ours: up for a requirement.
 */
double pli_deribit_round9(double value);

/*
 * pli_deribit_pm_compute - margin of the futures of one currency; legs sorted by `years`, so that equal expiries are
 * neighbours.
 *
 *     cell          = sum of profits, times gain_offset where it is positive
 *     worst_case    = -min(cell), not below 0
 *     roll_shock    = sum over expiries of |net size| * max(annualised_move_min, annualised_move_risk * years)
 *     risk_matrix   = round9(worst_case) + roll_shock
 *     initial       = round9(risk_matrix + open orders + market-maker protection + spot)
 *     maintenance   = maintenance_factor * risk_matrix
 *
 * Returns    PLM_OK; PLM_MODEL_UNSUPPORTED where the delta shock would start; PLM_DOMAIN for a price range outside its
 *            bounds; PLM_NOT_FINITE. *out is written only on PLM_OK.
 */
PLM_MUST_USE plm_status pli_deribit_pm_compute(uint32_t leg_count, const pli_deribit_leg *legs,
                                               const pli_deribit_parameters *parameters,
                                               double index_price,
                                               const pli_deribit_additions *additions,
                                               pli_deribit_result *out);

#endif
