/* black76.c: value and Greeks of a European option on a lognormal forward.             SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything is computed for the option out of the money. With low = min(F, K), high = max(F, K),
 * x = log(low / high) <= 0, v = sigma sqrt(T):
 *
 *   d1 = x / v + v / 2,  d2 = x / v - v / 2 <= 0,  value = low Phi(d1) - high Phi(d2)
 *
 * is the call if F <= K, and by the symmetry of Black's formula in F and K the put if F >= K, whose
 * own d1, d2 are -d2, -d1. Since low phi(d1) = high phi(d2), one exponential serves both tails:
 * with E = low exp(-d1^2/2), low Phi(-|d1|) = E mills(|d1|) and high Phi(d2) = E mills(|d2|).
 */
#include "price/black76.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "price/terms.h"

#define INV_SQRT_2PI 0x1.9884533d43651p-2

/* The option out of the money between low and high. */
typedef struct outside {
    double d1;
    double d2;
    double density; /* low exp(-d1^2/2) */
    double value;   /* in [0, low] */
} outside;

double
pli_black76_log_moneyness(double low, double high) {
    double ratio = low / high;
    if (ratio > 0.5)
        return pli_log1p((low - high) / high);
    if (ratio >= 0x1p-1022)
        return pli_log(ratio);
    return pli_log(low) - pli_log(high);
}

static double
within(double value, double lower, double upper) {
    double above = value > lower ? value : lower;
    return above < upper ? above : upper;
}

// v > 0; x <= 0 is log(low / high).
static outside
price_outside(double low, double x, double v) {
    double d1 = x / v + 0.5 * v;
    double d2 = x / v - 0.5 * v;
    double density = low * pli_exp(-0.5 * (d1 * d1));
    double tail1 = density * pli_mills(fabs(d1));
    double tail2 = density * pli_mills(-d2);
    double value = (d1 < 0.0 ? tail1 : low - tail1) - tail2;
    return (outside){d1, d2, density, within(value, 0.0, low)};
}

static double
intrinsic(plm_right right, double forward, double strike) {
    double gain = right == PLM_RIGHT_CALL ? forward - strike : strike - forward;
    return gain > 0.0 ? gain : 0.0;
}

static double
point(const plm_option_fixed *option, double forward, double x, double v) {
    double low = forward < option->strike ? forward : option->strike;
    double time_value = v > 0.0 ? price_outside(low, x, v).value : 0.0;
    double upper = option->right == PLM_RIGHT_CALL ? forward : option->strike;
    double value = intrinsic(option->right, forward, option->strike) + time_value;
    return value < upper ? value : upper;
}

static double
signless_moneyness(double forward, double strike) {
    return forward < strike ? pli_black76_log_moneyness(forward, strike)
                            : pli_black76_log_moneyness(strike, forward);
}

double
pli_black76_undiscounted(const plm_option_fixed *option, double forward, double volatility) {
    double value;
    pli_black76_points(option, 1, &forward, &volatility, &value);
    return value;
}

void
pli_black76_points(const plm_option_fixed *option, size_t count, const double *forward,
                   const double *volatility, double *value) {
    PLI_ASSERT(option->strike > 0.0);
    PLI_ASSERT(option->years >= 0.0);
    double root_years = sqrt(option->years);
    double seen = 0.0;
    double x = 0.0;
    for (size_t i = 0; i < count; i += 1) {
        PLI_ASSERT(forward[i] > 0.0);
        PLI_ASSERT(volatility[i] >= 0.0);
        if (forward[i] != seen) {
            seen = forward[i];
            x = signless_moneyness(seen, option->strike);
        }
        value[i] = point(option, seen, x, volatility[i] * root_years);
    }
}

static plm_status
check_terms(const plm_option_terms *terms) {
    plm_status status = pli_option_terms_check(terms);
    if (status != PLM_OK)
        return status;
    if (!pli_double_is_finite(terms->volatility))
        return PLM_NOT_FINITE;
    bool positive = terms->forward > 0.0 && terms->strike > 0.0 && terms->volatility >= 0.0;
    return positive ? PLM_OK : PLM_DOMAIN;
}

plm_status
plm_black76_price(const plm_option_terms *terms, double *price) {
    plm_status status = check_terms(terms);
    if (status != PLM_OK)
        return status;
    plm_option_fixed option = {terms->strike, terms->years, terms->right};
    double value =
        terms->discount * pli_black76_undiscounted(&option, terms->forward, terms->volatility);
    if (!pli_double_is_finite(value))
        return PLM_OVERFLOW;
    *price = value;
    return PLM_OK;
}

// With no volatility left the forward is where it will end.
static plm_status
value_certain(const plm_option_terms *terms, plm_option_value *out) {
    if (terms->forward == terms->strike)
        return PLM_DOMAIN;
    pli_certain_value(terms, out);
    return PLM_OK;
}

plm_status
plm_black76_value(const plm_option_terms *terms, plm_option_value *out) {
    plm_status status = check_terms(terms);
    if (status != PLM_OK)
        return status;
    double root_years = sqrt(terms->years);
    double v = terms->volatility * root_years;
    if (!(v > 0.0))
        return value_certain(terms, out);
    plm_option_fixed option = {terms->strike, terms->years, terms->right};
    double x = signless_moneyness(terms->forward, terms->strike);
    bool is_below = terms->forward < terms->strike;
    outside o = price_outside(is_below ? terms->forward : terms->strike, x, v);
    double d1 = is_below ? o.d1 : -o.d2;
    double d2 = is_below ? o.d2 : -o.d1;
    double discount = terms->discount;
    double slope = discount * o.density * INV_SQRT_2PI; // discount F phi(d1)
    plm_option_value result = {.value = discount * point(&option, terms->forward, x, v)};
    result.delta = terms->right == PLM_RIGHT_CALL ? discount * pli_normal_cdf(d1)
                                                  : -(discount * pli_normal_cdf(-d1));
    result.theta = pli_discount_accrual(terms, result.value);
    if (slope > 0.0) {
        result.gamma = slope / terms->forward / (terms->forward * v);
        result.vega = slope * root_years;
        result.theta -= 0.5 * slope * terms->volatility / root_years;
        result.vanna = -slope / terms->forward * (d2 / terms->volatility);
        result.volga = result.vega * d1 * (d2 / terms->volatility);
    }
    if (!pli_option_value_is_finite(&result))
        return PLM_OVERFLOW;
    *out = result;
    return PLM_OK;
}

const plm_kernels plm_kernels_reference = {"reference", pli_black76_points, pli_implied_points};
