/* derive_pmrm2.h: Derive's portfolio margin, version 2, at the venue's own scale.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_PMRM2_H
#define PLI_VENUE_DERIVE_PMRM2_H

#include <stdbool.h>
#include <stdint.h>

#include "venue/derive_scenario.h"

/* pli_pmrm2_parameters - ratios as fractions. */
typedef struct pli_pmrm2_parameters {
    pli_derive_volatility volatility;
    double volatility_up_minimum;
    pli_derive_skew skew;
    double long_base, long_rate_multiple, long_rate_add;    /* static discount of long values */
    double short_base, short_rate_multiple, short_rate_add; /* of short ones, towards more */
    double maintenance_factor, initial_factor;              /* on the worst loss */
    double basis_up, basis_down, basis_add, basis_multiple;
    double peg_threshold, peg_factor;
    int64_t confidence_threshold_e18;
    double confidence_margin;
    double perpetual_maintenance, perpetual_initial; /* of the spot notional; initial adds up */
    double option_maintenance, option_initial;       /* of the spot notional of naked shorts */
    uint32_t scenario_count;
    const pli_derive_scenario *scenarios;
} pli_pmrm2_parameters;

typedef struct pli_pmrm2_collateral {
    double amount, price;
    int64_t confidence_e18;
    double maintenance_haircut, initial_haircut; /* initial adds to maintenance */
    bool is_risk_cancelling;                     /* moves with spot in the scenarios */
} pli_pmrm2_collateral;

typedef struct pli_pmrm2_portfolio {
    double cash;
    double spot,
        stable; /* stable: price of the cash currency; collateral is worth amount * price / stable */
    int64_t spot_confidence_e18;
    double perpetual_amount, perpetual_price;
    double perpetual_value; /* unrealised profit and funding */
    int64_t perpetual_confidence_e18;
    uint32_t collateral_count, expiry_count;
    const pli_pmrm2_collateral *collaterals;
    const pli_derive_expiry *expiries;
} pli_pmrm2_portfolio;

/* pli_pmrm2_result - net margins (equity less requirement) and their terms; contingencies are <= 0. */
typedef struct pli_pmrm2_result {
    double initial, maintenance;
    double value; /* mark to market of everything, cash included */
    double option_value, collateral_value;
    double worst;         /* least of the basis contingency and the scenarios */
    uint32_t worst_index; /* of the scenario, or PLM_NONE where the basis contingency is the least */
    double basis;
    double maintenance_factor, initial_factor; /* initial: with the depeg add-on */
    double perpetual_maintenance, perpetual_initial;
    double option_maintenance, option_initial;
    double collateral_maintenance, collateral_initial;
    double oracle; /* initial only */
} pli_pmrm2_result;

/*
 * pli_pmrm2_margin - net initial and maintenance margin.
 *
 * `terms` is scratch for expiry_count entries and holds the static discounts afterwards; `scenario_pnl` receives one
 * value per scenario. Both are the caller's.
 *
 * Sign       Healthy where the net margin is >= 0.
 * Source     docs/method/venue-derive.md.
 * Cost       O(options x scenarios).
 */
void pli_pmrm2_margin(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
                      pli_derive_terms *terms, double *scenario_pnl, pli_pmrm2_result *result);

/* pli_pmrm2_perpetual_doubt, _expiry_doubt, _collateral_doubt - the share of notional that low confidence adds to IM. */
double pli_pmrm2_perpetual_doubt(const pli_pmrm2_parameters *parameters,
                                 const pli_pmrm2_portfolio *portfolio);
double pli_pmrm2_expiry_doubt(const pli_pmrm2_parameters *parameters,
                              const pli_pmrm2_portfolio *portfolio,
                              const pli_derive_expiry *expiry);
double pli_pmrm2_collateral_doubt(const pli_pmrm2_parameters *parameters,
                                  const pli_pmrm2_portfolio *portfolio,
                                  const pli_pmrm2_collateral *collateral);

#endif
