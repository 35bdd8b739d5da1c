/* derive_pmrm2.c: Derive's portfolio margin, version 2, at the venue's own scale.           SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_pmrm2.h"

#include "base/libc.h"
#include "num/elementary.h"

static double
lesser(double a, double b) {
    return a < b ? a : b;
}

static int64_t
lesser_i64(int64_t a, int64_t b) {
    return a < b ? a : b;
}

double
pli_pmrm2_perpetual_doubt(const pli_pmrm2_parameters *parameters,
                          const pli_pmrm2_portfolio *portfolio) {
    int64_t confidence =
        lesser_i64(portfolio->perpetual_confidence_e18, portfolio->spot_confidence_e18);
    return pli_derive_doubt(confidence, parameters->confidence_threshold_e18) *
           parameters->confidence_margin;
}

double
pli_pmrm2_expiry_doubt(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
                       const pli_derive_expiry *expiry) {
    int64_t confidence = lesser_i64(expiry->confidence_e18, portfolio->spot_confidence_e18);
    // A held perpetual's confidence is folded into the expiries', but never into collateral's.
    if (portfolio->perpetual_amount != 0.0) {
        confidence = lesser_i64(confidence, portfolio->perpetual_confidence_e18);
    }
    return pli_derive_doubt(confidence, parameters->confidence_threshold_e18) *
           parameters->confidence_margin;
}

double
pli_pmrm2_collateral_doubt(const pli_pmrm2_parameters *parameters,
                           const pli_pmrm2_portfolio *portfolio,
                           const pli_pmrm2_collateral *collateral) {
    int64_t confidence = lesser_i64(collateral->confidence_e18, portfolio->spot_confidence_e18);
    return pli_derive_doubt(confidence, parameters->confidence_threshold_e18) *
           parameters->confidence_margin;
}

static void
make_terms(const pli_pmrm2_parameters *p, const pli_derive_expiry *expiry,
           pli_derive_terms *terms) {
    double years = expiry->seconds / PLI_DERIVE_YEAR_SECONDS;
    double rate = expiry->rate > 0.0 ? expiry->rate : 0.0;
    *terms = (pli_derive_terms){.expiry = expiry,
                                .skew = &p->skew,
                                .years = years,
                                .discount = pli_exp(-rate * years),
                                .up_minimum = p->volatility_up_minimum,
                                .basis_weight = p->basis_add + p->basis_multiple * years};
    pli_derive_volatility_factors(&p->volatility, expiry->seconds, &terms->up, &terms->down);
    terms->long_scale =
        p->long_base * pli_exp(-years * (rate * p->long_rate_multiple + p->long_rate_add));
    // A short is never worth more than its undiscounted value.
    terms->short_scale = lesser(
        1.0 / terms->discount,
        p->short_base * pli_exp(years * (rate * p->short_rate_multiple + p->short_rate_add)));
    terms->value = pli_derive_value(terms, 1.0, PLI_DERIVE_SHOCK_NONE, NULL);
    terms->naked_amount = pli_derive_naked(expiry, NULL);
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        terms->amount_sum += fabs(expiry->options[i].amount);
    }
}

static void
add_collateral(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
               pli_pmrm2_result *result, double *cancelling) {
    for (uint32_t i = 0; i < portfolio->collateral_count; i += 1) {
        const pli_pmrm2_collateral *collateral = &portfolio->collaterals[i];
        double value = collateral->amount * collateral->price / portfolio->stable;
        result->collateral_value += value;
        result->collateral_maintenance -= value * collateral->maintenance_haircut;
        result->collateral_initial -= value * collateral->initial_haircut;
        result->oracle -= value * pli_pmrm2_collateral_doubt(parameters, portfolio, collateral);
        *cancelling += collateral->is_risk_cancelling ? value : 0.0;
    }
}

static void
add_perpetual(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
              pli_pmrm2_result *result) {
    double notional = fabs(portfolio->perpetual_amount) * portfolio->spot;
    result->perpetual_maintenance = -notional * parameters->perpetual_maintenance;
    result->perpetual_initial = -notional * parameters->perpetual_initial;
    result->oracle -= notional * pli_pmrm2_perpetual_doubt(parameters, portfolio);
}

static void
add_expiries(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
             pli_derive_terms *terms, pli_pmrm2_result *result) {
    for (uint32_t i = 0; i < portfolio->expiry_count; i += 1) {
        const pli_derive_expiry *expiry = &portfolio->expiries[i];
        make_terms(parameters, expiry, &terms[i]);
        double naked = terms[i].naked_amount * portfolio->spot;
        result->option_value += terms[i].value;
        result->option_maintenance -= naked * parameters->option_maintenance;
        result->option_initial -= naked * parameters->option_initial;
        result->basis +=
            pli_derive_basis(&terms[i], parameters->basis_up, parameters->basis_down, NULL);
        result->oracle -= terms[i].amount_sum * portfolio->spot *
                          pli_pmrm2_expiry_doubt(parameters, portfolio, expiry);
    }
}

static double
scenario_pnl_of(const pli_derive_scenario *scenario, const pli_pmrm2_portfolio *portfolio,
                const pli_derive_terms *terms, double cancelling) {
    double pnl = 0.0;
    for (uint32_t i = 0; i < portfolio->expiry_count; i += 1) {
        pnl += pli_derive_pnl(&terms[i], scenario, NULL);
    }
    bool is_still =
        scenario->shock == PLI_DERIVE_SHOCK_LINEAR || scenario->shock == PLI_DERIVE_SHOCK_ABSOLUTE;
    double move = is_still ? 0.0 : scenario->spot - 1.0;
    double linear = portfolio->perpetual_amount * portfolio->perpetual_price + cancelling;
    return pnl + linear * move * scenario->dampening;
}

void
pli_pmrm2_margin(const pli_pmrm2_parameters *parameters, const pli_pmrm2_portfolio *portfolio,
                 pli_derive_terms *terms, double *scenario_pnl, pli_pmrm2_result *result) {
    double cancelling = 0.0;
    pli_pmrm2_result r = {.worst_index = PLM_NONE,
                          .maintenance_factor = parameters->maintenance_factor,
                          .initial_factor = parameters->initial_factor};
    add_perpetual(parameters, portfolio, &r);
    add_expiries(parameters, portfolio, terms, &r);
    add_collateral(parameters, portfolio, &r, &cancelling);
    r.worst = r.basis;
    for (uint32_t i = 0; i < parameters->scenario_count; i += 1) {
        scenario_pnl[i] = scenario_pnl_of(&parameters->scenarios[i], portfolio, terms, cancelling);
        if (scenario_pnl[i] < r.worst) {
            r.worst = scenario_pnl[i];
            r.worst_index = i;
        }
    }
    if (portfolio->stable < parameters->peg_threshold) {
        r.initial_factor +=
            (parameters->peg_threshold - portfolio->stable) * parameters->peg_factor;
    }
    r.value = r.option_value + r.collateral_value + portfolio->perpetual_value + portfolio->cash;
    double standing = r.perpetual_maintenance + r.option_maintenance + r.collateral_maintenance;
    double added = r.perpetual_initial + r.option_initial + r.collateral_initial + r.oracle;
    r.maintenance = r.worst * r.maintenance_factor + standing + r.value;
    r.initial = r.worst * r.initial_factor + standing + added + r.value;
    *result = r;
}
