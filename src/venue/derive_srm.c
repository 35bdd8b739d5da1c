/* derive_srm.c: Derive's standard margin at the venue's own scale.                         SPDX-License-Identifier: Apache-2.0 */
#include "venue/derive_srm.h"

#include <stdbool.h>

#include "base/libc.h"

static double
lesser(double a, double b) {
    return a < b ? a : b;
}

static double
greater(double a, double b) {
    return a > b ? a : b;
}

double
pli_srm_mark(const pli_derive_expiry *expiry, const pli_derive_option *option) {
    double forward = expiry->forward_variable + expiry->forward_fixed;
    return option->amount * pli_derive_option_price(option, forward, option->volatility,
                                                    expiry->seconds / PLI_DERIVE_YEAR_SECONDS);
}

/* Margin of one option on its own; a long one needs none and counts for nothing. */
static pli_srm_margins
isolated(const pli_srm_market *market, const pli_derive_option *option, double mark) {
    const pli_srm_parameters *p = market->parameters;
    double spot = market->spot;
    if (!(option->amount < 0.0)) {
        return (pli_srm_margins){0.0, 0.0};
    }
    bool is_call = option->right == PLM_RIGHT_CALL;
    double distance = (is_call ? option->strike - spot : spot - option->strike) / spot;
    double ratio = greater(p->spot_minimum, p->spot_maximum - greater(distance, 0.0));
    pli_srm_margins margin;
    margin.initial = ratio * spot * option->amount + mark;
    if (is_call) {
        margin.maintenance = p->call_maintenance * spot * option->amount + mark;
        return margin;
    }
    margin.maintenance =
        lesser(p->put_maintenance * spot * option->amount, p->put_value_maintenance * mark) + mark;
    margin.initial = lesser(margin.initial, margin.maintenance * p->put_initial_multiple);
    return margin;
}

static double
payoff_of(const pli_derive_option *option, double settlement) {
    double gain =
        option->right == PLM_RIGHT_CALL ? settlement - option->strike : option->strike - settlement;
    return option->amount * greater(gain, 0.0);
}

static double
payoff_sum(const pli_derive_expiry *expiry, double settlement) {
    double sum = 0.0;
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        sum += payoff_of(&expiry->options[i], settlement);
    }
    return sum;
}

/* Least payoff over settlement at 0 and at every strike, at most 0; *where tells at which price. */
static double
payoff_worst(const pli_derive_expiry *expiry, double *where) {
    *where = 0.0;
    double worst = payoff_sum(expiry, 0.0);
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        double strike = expiry->options[i].strike;
        double payoff = payoff_sum(expiry, strike);
        if (payoff < worst) {
            worst = payoff;
            *where = strike;
        }
    }
    return lesser(worst, 0.0);
}

static double
net_calls(const pli_derive_expiry *expiry) {
    double net = 0.0;
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        net += expiry->options[i].right == PLM_RIGHT_CALL ? expiry->options[i].amount : 0.0;
    }
    return net;
}

pli_srm_margins
pli_srm_expiry_margin(const pli_srm_market *market, const pli_derive_expiry *expiry,
                      pli_srm_margins *parts) {
    double forward = expiry->forward_variable + expiry->forward_fixed;
    double where = 0.0;
    double worst = payoff_worst(expiry, &where);
    bool is_unpaired = net_calls(expiry) < 0.0;
    double unpaired = is_unpaired ? net_calls(expiry) * forward : 0.0;
    pli_srm_margins loss = {.initial = worst + unpaired * market->parameters->unpaired_initial,
                            .maintenance =
                                worst + unpaired * market->parameters->unpaired_maintenance};
    pli_srm_margins alone = {0.0, 0.0};
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        const pli_derive_option *option = &expiry->options[i];
        pli_srm_margins margin = isolated(market, option, pli_srm_mark(expiry, option));
        alone.initial += margin.initial;
        alone.maintenance += margin.maintenance;
    }
    for (uint32_t i = 0; parts != NULL && i < expiry->option_count; i += 1) {
        const pli_derive_option *option = &expiry->options[i];
        pli_srm_margins margin = isolated(market, option, pli_srm_mark(expiry, option));
        // Every call carries its part of the unpaired demand, so that long ones relieve it.
        bool is_carrier = is_unpaired && option->right == PLM_RIGHT_CALL;
        double carried = is_carrier ? option->amount * forward : 0.0;
        double payoff = worst < 0.0 ? payoff_of(option, where) : 0.0;
        bool is_alone = alone.initial >= loss.initial;
        parts[i].initial =
            is_alone ? margin.initial : payoff + carried * market->parameters->unpaired_initial;
        is_alone = alone.maintenance >= loss.maintenance;
        parts[i].maintenance = is_alone
                                   ? margin.maintenance
                                   : payoff + carried * market->parameters->unpaired_maintenance;
    }
    return (pli_srm_margins){greater(alone.initial, loss.initial),
                             greater(alone.maintenance, loss.maintenance)};
}

double
pli_srm_doubt(const pli_srm_market *market, int64_t confidence_e18, int64_t threshold_e18) {
    int64_t spot = market->spot_confidence_e18;
    return pli_derive_doubt(confidence_e18 < spot ? confidence_e18 : spot, threshold_e18) *
           market->parameters->oracle_factor;
}

double
pli_srm_shorts(const pli_derive_expiry *expiry) {
    double shorts = 0.0;
    for (uint32_t i = 0; i < expiry->option_count; i += 1) {
        shorts -= lesser(expiry->options[i].amount, 0.0);
    }
    return shorts;
}

static void
add_expiries(const pli_srm_market *market, pli_srm_result *result, double *shorts) {
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        const pli_derive_expiry *expiry = &market->expiries[i];
        pli_srm_margins margin = pli_srm_expiry_margin(market, expiry, NULL);
        double short_amount = pli_srm_shorts(expiry);
        result->option.initial += margin.initial;
        result->option.maintenance += margin.maintenance;
        result->oracle -=
            short_amount * market->spot *
            pli_srm_doubt(market, expiry->confidence_e18, market->parameters->option_threshold_e18);
        *shorts += short_amount;
        for (uint32_t j = 0; j < expiry->option_count; j += 1) {
            result->value += pli_srm_mark(expiry, &expiry->options[j]);
        }
    }
}

void
pli_srm_market_margin(const pli_srm_market *market, double stable, pli_srm_result *result) {
    const pli_srm_parameters *p = market->parameters;
    double perpetual = fabs(market->perpetual_amount);
    double base = market->base_amount * market->spot;
    double shorts = 0.0;
    pli_srm_result r = {.value = base + market->perpetual_value};
    r.perpetual.initial = -perpetual * market->perpetual_price * p->perpetual_initial;
    r.perpetual.maintenance = -perpetual * market->perpetual_price * p->perpetual_maintenance;
    r.base.maintenance = base * p->base_factor;
    r.base.initial = r.base.maintenance * p->base_initial_factor;
    r.oracle -= perpetual * market->spot *
                pli_srm_doubt(market, market->perpetual_confidence_e18, p->perpetual_threshold_e18);
    r.oracle -= base * pli_srm_doubt(market, market->spot_confidence_e18, p->base_threshold_e18);
    add_expiries(market, &r, &shorts);
    if (stable < p->depeg_threshold) {
        r.depeg =
            -(shorts + perpetual) * (p->depeg_threshold - stable) * p->depeg_factor * market->spot;
    }
    r.net.initial = market->perpetual_value + r.option.initial + r.perpetual.initial +
                    r.base.initial + r.oracle + r.depeg;
    r.net.maintenance = market->perpetual_value + r.option.maintenance + r.perpetual.maintenance +
                        r.base.maintenance;
    *result = r;
}
