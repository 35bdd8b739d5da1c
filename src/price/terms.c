/* terms.c: what the option models share: the check of terms and the case without volatility.   SPDX-License-Identifier: Apache-2.0 */
#include "price/terms.h"

#include "base/assert.h"
#include "num/elementary.h"
#include "num/rounding.h"

plm_status
pli_option_terms_check(const plm_option_terms *terms) {
    if (!pli_double_is_finite(terms->forward) || !pli_double_is_finite(terms->strike) ||
        !pli_double_is_finite(terms->years) || !pli_double_is_finite(terms->discount))
        return PLM_NOT_FINITE;
    if (terms->right != PLM_RIGHT_CALL && terms->right != PLM_RIGHT_PUT)
        return PLM_DOMAIN;
    return terms->discount > 0.0 && terms->years >= 0.0 ? PLM_OK : PLM_DOMAIN;
}

double
pli_discount_accrual(const plm_option_terms *terms, double value) {
    if (!(terms->years > 0.0) || terms->discount == 1.0)
        return 0.0;
    return -(pli_log(terms->discount) / terms->years) * value;
}

void
pli_certain_value(const plm_option_terms *terms, plm_option_value *out) {
    PLI_ASSERT(terms->forward != terms->strike);
    bool is_call = terms->right == PLM_RIGHT_CALL;
    double gain = is_call ? terms->forward - terms->strike : terms->strike - terms->forward;
    *out = (plm_option_value){0};
    if (!(gain > 0.0))
        return;
    out->value = terms->discount * gain;
    out->delta = is_call ? terms->discount : -terms->discount;
    out->theta = pli_discount_accrual(terms, out->value);
}

bool
pli_option_value_is_finite(const plm_option_value *value) {
    return pli_double_is_finite(value->value) && pli_double_is_finite(value->delta) &&
           pli_double_is_finite(value->gamma) && pli_double_is_finite(value->vega) &&
           pli_double_is_finite(value->theta) && pli_double_is_finite(value->vanna) &&
           pli_double_is_finite(value->volga);
}
