/* derive_srm.h: Derive's standard margin at the venue's own scale.                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_SRM_H
#define PLI_VENUE_DERIVE_SRM_H

#include <stdint.h>

#include "venue/derive_scenario.h"

/* pli_srm_parameters - ratios as fractions; one set per market. */
typedef struct pli_srm_parameters {
    double spot_maximum,
        spot_minimum; /* IM of a short option, of spot: maximum less what it is out of the money */
    double call_maintenance, put_maintenance; /* MM of a short option, of spot */
    double put_value_maintenance;             /* MM of a short put, of its mark, if that is more */
    double unpaired_initial, unpaired_maintenance; /* of the forward, per net short call */
    double put_initial_multiple;                   /* IM of a short put is at least this times MM */
    double perpetual_initial, perpetual_maintenance;
    int64_t perpetual_threshold_e18, option_threshold_e18, base_threshold_e18;
    double oracle_factor;
    double depeg_threshold, depeg_factor;
    double base_factor,
        base_initial_factor; /* value of the base that counts: MM, and IM times this */
} pli_srm_parameters;

typedef struct pli_srm_market {
    const pli_srm_parameters *parameters;
    double spot;
    int64_t spot_confidence_e18;
    double perpetual_amount, perpetual_price;
    double perpetual_value; /* unrealised profit and funding */
    int64_t perpetual_confidence_e18;
    double base_amount;
    uint32_t expiry_count;
    const pli_derive_expiry *expiries; /* forward: both parts together; rate is not read */
} pli_srm_market;

/* pli_srm_margins - one line of the net margin: initial and maintenance; <= 0 but for the base. */
typedef struct pli_srm_margins {
    double initial, maintenance;
} pli_srm_margins;

typedef struct pli_srm_result {
    pli_srm_margins net; /* with unrealised perpetual value, without cash */
    pli_srm_margins option, perpetual, base;
    double value;         /* mark to market: options, base, perpetual */
    double oracle, depeg; /* initial only */
} pli_srm_result;

/*
 * pli_srm_expiry_margin - option margin of one expiry: the lesser demand of isolated margin and maximum loss.
 *
 * `parts`, option_count long or NULL, receives what each option adds.
 */
pli_srm_margins pli_srm_expiry_margin(const pli_srm_market *market, const pli_derive_expiry *expiry,
                                      pli_srm_margins *parts);

/*
 * pli_srm_market_margin - one market's part of the net margin; the account's is cash plus the sum over markets.
 *
 * `stable` is the price of the cash currency.
 *
 * Source     docs/method/venue-derive.md.
 * Cost       O(options squared) per expiry: the payoff is looked at on every strike.
 */
void pli_srm_market_margin(const pli_srm_market *market, double stable, pli_srm_result *result);

/* pli_srm_doubt - the share of notional that a confidence, or that of spot if lower, adds to IM. */
double pli_srm_doubt(const pli_srm_market *market, int64_t confidence_e18, int64_t threshold_e18);

/* pli_srm_mark - value of a position in one option, undiscounted. */
double pli_srm_mark(const pli_derive_expiry *expiry, const pli_derive_option *option);

/* pli_srm_shorts - short options of one expiry, as a positive amount. */
double pli_srm_shorts(const pli_derive_expiry *expiry);

#endif
