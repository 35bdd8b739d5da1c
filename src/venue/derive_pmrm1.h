/* derive_pmrm1.h: Derive's portfolio margin, version 1, at the venue's own scale.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_PMRM1_H
#define PLI_VENUE_DERIVE_PMRM1_H

#include <stdint.h>

#include "venue/derive_scenario.h"

/* pli_pmrm1_parameters - ratios as fractions. */
typedef struct pli_pmrm1_parameters {
    pli_derive_volatility volatility;
    double static_discount, rate_multiple, rate_add; /* of values above zero */
    double initial_factor;                           /* on worst loss and static contingencies */
    double basis_up, basis_down, basis_add, basis_multiple;
    double peg_threshold, peg_factor;
    int64_t confidence_threshold_e18;
    double confidence_margin;
    double perpetual_ratio, base_ratio, option_ratio; /* of the spot notional */
    uint32_t scenario_count;
    const pli_derive_scenario *scenarios;
} pli_pmrm1_parameters;

typedef struct pli_pmrm1_portfolio {
    double cash;
    double spot,
        stable; /* stable: price of the cash currency; the base is worth amount * spot / stable */
    int64_t spot_confidence_e18;
    double base_amount; /* units of the underlying held */
    double perpetual_amount, perpetual_price;
    double perpetual_value; /* unrealised profit and funding */
    int64_t perpetual_confidence_e18;
    uint32_t expiry_count;
    const pli_derive_expiry *expiries;
} pli_pmrm1_portfolio;

/* pli_pmrm1_result - net margins (equity less requirement) and their terms; contingencies are <= 0. */
typedef struct pli_pmrm1_result {
    double initial, maintenance;
    double value; /* mark to market of everything, cash included */
    double base_value;
    double worst;         /* least of the basis contingency and the scenarios */
    uint32_t worst_index; /* of the scenario, or PLM_NONE where the basis contingency is the least */
    double basis;
    double initial_factor; /* with the depeg add-on */
    double perpetual, base, option;
    double oracle; /* initial only */
} pli_pmrm1_result;

/*
 * pli_pmrm1_margin - net initial and maintenance margin.
 *
 * `terms` is scratch for expiry_count entries; `scenario_pnl` receives one value per scenario. Both are the caller's.
 *
 * Sign       Healthy where the net margin is >= 0.
 * Source     docs/method/venue-derive.md.
 * Cost       O(options x scenarios).
 */
void pli_pmrm1_margin(const pli_pmrm1_parameters *parameters, const pli_pmrm1_portfolio *portfolio,
                      pli_derive_terms *terms, double *scenario_pnl, pli_pmrm1_result *result);

/* pli_pmrm1_doubt - the share of notional that a confidence, or that of spot if lower, adds to IM. */
double pli_pmrm1_doubt(const pli_pmrm1_parameters *parameters, const pli_pmrm1_portfolio *portfolio,
                       int64_t confidence_e18);

#endif
