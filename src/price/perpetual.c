/* perpetual.c: the arbitrage-free price of a perpetual future.                         SPDX-License-Identifier: Apache-2.0 */
/*
 * Entering costs nothing, so the expected cash flow of each interval is 0 under the quote
 * currency's measure, where spot grows by g = exp((r - q) dt). With f = c * spot, anchor k and
 * interest i, both per interval:
 *
 *   funding on the previous prices  c g - c - k (c - 1) - i = 0        c = (k - i) / (1 + k - g)
 *   funding on the current prices   c g - c - (k (c - 1) + i) g = 0    c = (k - i) g / (1 - (1 - k) g)
 *   continuous                      c (r - q) - k (c - 1) - i = 0      c = (k - i) / (k + q - r)
 *
 * An inverse future is the linear one on the reciprocal price under the coin's measure: r and q
 * change places and c turns into 1 / c.
 *
 * Source: D. Ackerer, J. Hugonnier, U. Jermann, Perpetual Futures Pricing (2024), equation 12,
 * propositions 2 to 4.
 */
#include <stdbool.h>

#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "price/terms.h"

static bool
is_in_domain(const plm_perpetual_terms *terms) {
    bool is_settlement_known =
        terms->settlement == PLM_SETTLEMENT_LINEAR || terms->settlement == PLM_SETTLEMENT_INVERSE;
    bool is_basis_known = !(terms->interval_years > 0.0) ||
                          terms->basis == PLM_FUNDING_BASIS_PREVIOUS ||
                          terms->basis == PLM_FUNDING_BASIS_CURRENT;
    return terms->spot > 0.0 && terms->interval_years >= 0.0 && is_settlement_known &&
           is_basis_known;
}

// c as above is above / below; g - 1 is taken as a whole so that short intervals lose nothing.
static double
divide_payments(const plm_perpetual_terms *terms, double growth, double *below) {
    double pull = terms->anchor - terms->interest;
    if (!(terms->interval_years > 0.0)) {
        *below = terms->anchor - growth;
        return pull;
    }
    double gain = pli_expm1(growth * terms->interval_years);
    if (terms->basis == PLM_FUNDING_BASIS_PREVIOUS) {
        *below = terms->anchor - gain;
        return pull;
    }
    *below = terms->anchor * (1.0 + gain) - gain;
    return pull * (1.0 + gain);
}

plm_status
plm_perpetual_fair_value(const plm_perpetual_terms *terms, double *price) {
    if (!pli_double_is_finite(terms->spot) || !pli_double_is_finite(terms->rate) ||
        !pli_double_is_finite(terms->yield) || !pli_double_is_finite(terms->anchor) ||
        !pli_double_is_finite(terms->interest) || !pli_double_is_finite(terms->interval_years))
        return PLM_NOT_FINITE;
    if (!is_in_domain(terms))
        return PLM_DOMAIN;
    bool is_linear = terms->settlement == PLM_SETTLEMENT_LINEAR;
    double growth = is_linear ? terms->rate - terms->yield : terms->yield - terms->rate;
    double below;
    double above = divide_payments(terms, growth, &below);
    if (!(above > 0.0 && below > 0.0))
        return PLM_DOMAIN;
    double result = terms->spot * (is_linear ? above / below : below / above);
    if (!pli_double_is_finite(result))
        return PLM_OVERFLOW;
    *price = result;
    return PLM_OK;
}
