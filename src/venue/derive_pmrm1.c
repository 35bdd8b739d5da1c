/* derive_pmrm1.c: Derive's portfolio margin, version 1, at the venue's own scale.           SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_pmrm1.h"

#include "base/libc.h"
#include "num/elementary.h"

double
pli_pmrm1_doubt(const pli_pmrm1_parameters *parameters, const pli_pmrm1_portfolio *portfolio,
                int64_t confidence_e18) {
    int64_t spot = portfolio->spot_confidence_e18;
    int64_t confidence = confidence_e18 < spot ? confidence_e18 : spot;
    return pli_derive_doubt(confidence, parameters->confidence_threshold_e18) *
           parameters->confidence_margin;
}

static void
make_terms(const pli_pmrm1_parameters *p, const pli_derive_expiry *expiry,
           pli_derive_terms *terms) {
    double years = expiry->seconds / PLI_DERIVE_YEAR_SECONDS;
    double rate = expiry->rate > 0.0 ? expiry->rate : 0.0;
    *terms = (pli_derive_terms){.expiry = expiry,
                                .years = years,
                                .discount = 1.0,
                                .short_scale = 1.0,
                                .basis_weight = p->basis_add + p->basis_multiple * years};
    terms->long_scale =
        p->static_discount * pli_exp(-years * (rate * p->rate_multiple + p->rate_add));
    pli_derive_volatility_factors(&p->volatility, expiry->seconds, &terms->up, &terms->down);
    terms->value = pli_derive_value(terms, 1.0, PLI_DERIVE_SHOCK_NONE, NULL);
    terms->naked_amount = pli_derive_naked(expiry, NULL);
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        terms->amount_sum += fabs(expiry->options[i].amount);
    }
}

static void
find_worst(const pli_pmrm1_parameters *parameters, const pli_pmrm1_portfolio *portfolio,
           const pli_derive_terms *terms, double *scenario_pnl, pli_pmrm1_result *result) {
    double linear = result->base_value + portfolio->perpetual_amount * portfolio->perpetual_price;
    result->worst = result->basis;
    for (uint32_t i = 0; i < parameters->scenario_count; i += 1) {
        const pli_derive_scenario *scenario = &parameters->scenarios[i];
        double pnl = linear * (scenario->spot - 1.0);
        for (uint32_t j = 0; j < portfolio->expiry_count; j += 1) {
            pnl += pli_derive_pnl(&terms[j], scenario, NULL);
        }
        scenario_pnl[i] = pnl;
        if (pnl < result->worst) {
            result->worst = pnl;
            result->worst_index = i;
        }
    }
}

void
pli_pmrm1_margin(const pli_pmrm1_parameters *parameters, const pli_pmrm1_portfolio *portfolio,
                 pli_derive_terms *terms, double *scenario_pnl, pli_pmrm1_result *result) {
    double spot = portfolio->spot;
    double perpetual = fabs(portfolio->perpetual_amount) * spot;
    double base = portfolio->base_amount * spot;
    pli_pmrm1_result r = {
        .base_value = base / portfolio->stable,
        .worst_index = PLM_NONE,
        .initial_factor = parameters->initial_factor,
        .perpetual = -perpetual * parameters->perpetual_ratio,
        .base = -base * parameters->base_ratio,
    };
    r.value = portfolio->cash + r.base_value + portfolio->perpetual_value;
    r.oracle -=
        perpetual * pli_pmrm1_doubt(parameters, portfolio, portfolio->perpetual_confidence_e18);
    r.oracle -= base * pli_pmrm1_doubt(parameters, portfolio, portfolio->spot_confidence_e18);
    for (uint32_t i = 0; i < portfolio->expiry_count; i += 1) {
        const pli_derive_expiry *expiry = &portfolio->expiries[i];
        make_terms(parameters, expiry, &terms[i]);
        r.value += terms[i].value;
        r.option -= terms[i].naked_amount * spot * parameters->option_ratio;
        r.basis += pli_derive_basis(&terms[i], parameters->basis_up, parameters->basis_down, NULL);
        r.oracle -= terms[i].amount_sum * spot *
                    pli_pmrm1_doubt(parameters, portfolio, expiry->confidence_e18);
    }
    find_worst(parameters, portfolio, terms, scenario_pnl, &r);
    if (portfolio->stable < parameters->peg_threshold) {
        r.initial_factor +=
            (parameters->peg_threshold - portfolio->stable) * parameters->peg_factor;
    }
    double loss = r.worst + r.perpetual + r.base + r.option;
    r.maintenance = loss + r.value;
    r.initial = loss * r.initial_factor + r.oracle + r.value;
    *result = r;
}
