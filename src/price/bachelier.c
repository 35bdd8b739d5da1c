/* bachelier.c: value and Greeks of a European option on a normal forward.              SPDX-License-Identifier: Apache-2.0 */
/*
 * With s = sigma sqrt(T), d = (F - K) / s and h = |d|, the option out of the money is worth
 * s (phi(h) - h Phi(-h)) = s exp(-h^2/2) (1/sqrt(2 pi) - h mills(h)), the same for call and put; the
 * option in the money adds intrinsic.
 */
#include <stdbool.h>

#include "base/libc.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "price/terms.h"

#define INV_SQRT_2PI 0x1.9884533d43651p-2

static plm_status
check_terms(const plm_option_terms *terms) {
    plm_status status = pli_option_terms_check(terms);
    if (status != PLM_OK)
        return status;
    if (!pli_double_is_finite(terms->volatility) ||
        !pli_double_is_finite(terms->forward - terms->strike))
        return PLM_NOT_FINITE;
    return terms->volatility >= 0.0 ? PLM_OK : PLM_DOMAIN;
}

// The undiscounted value out of the money, `distance` = |F - K| and s >= 0.
static double
time_value(double distance, double s) {
    double h = distance / s;
    if (!(h < 40.0)) // also s = 0
        return 0.0;
    double value = s * pli_exp(-0.5 * (h * h)) * (INV_SQRT_2PI - h * pli_mills(h));
    return value > 0.0 ? value : 0.0;
}

static double
discounted(const plm_option_terms *terms, double s) {
    double gain = terms->forward - terms->strike;
    double intrinsic = terms->right == PLM_RIGHT_CALL ? gain : -gain;
    return terms->discount * ((intrinsic > 0.0 ? intrinsic : 0.0) + time_value(fabs(gain), s));
}

plm_status
plm_bachelier_price(const plm_option_terms *terms, double *price) {
    plm_status status = check_terms(terms);
    if (status != PLM_OK)
        return status;
    double value = discounted(terms, terms->volatility * sqrt(terms->years));
    if (!pli_double_is_finite(value))
        return PLM_OVERFLOW;
    *price = value;
    return PLM_OK;
}

plm_status
plm_bachelier_value(const plm_option_terms *terms, plm_option_value *out) {
    plm_status status = check_terms(terms);
    if (status != PLM_OK)
        return status;
    double root_years = sqrt(terms->years);
    double s = terms->volatility * root_years;
    if (!(s > 0.0)) {
        if (terms->forward == terms->strike)
            return PLM_DOMAIN;
        pli_certain_value(terms, out);
        return PLM_OK;
    }
    double d = (terms->forward - terms->strike) / s;
    double slope = terms->discount * pli_normal_pdf(d);
    plm_option_value result = {.value = discounted(terms, s)};
    result.delta = terms->right == PLM_RIGHT_CALL ? terms->discount * pli_normal_cdf(d)
                                                  : -(terms->discount * pli_normal_cdf(-d));
    result.theta = pli_discount_accrual(terms, result.value);
    if (slope > 0.0) {
        result.gamma = slope / s;
        result.vega = slope * root_years;
        result.theta -= 0.5 * slope * terms->volatility / root_years;
        result.vanna = -slope * d / terms->volatility;
        result.volga = result.vega * d * (d / terms->volatility);
    }
    if (!pli_option_value_is_finite(&result))
        return PLM_OVERFLOW;
    *out = result;
    return PLM_OK;
}
