/* terms.h: what the option models share: the check of terms and the case without volatility.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_PRICE_TERMS_H
#define PLI_PRICE_TERMS_H

#include <stdbool.h>

#include "plimsoll/price.h"

/*
 * pli_option_terms_check - what every model asks of terms; the volatility is not looked at.
 *
 * Returns    PLM_NOT_FINITE for a NaN or infinite term, PLM_DOMAIN for discount <= 0, years < 0 or
 *            no right.
 */
PLM_MUST_USE plm_status pli_option_terms_check(const plm_option_terms *terms);

/* pli_discount_accrual - the part of theta that comes from the discount; 0 at expiry. */
double pli_discount_accrual(const plm_option_terms *terms, double value);

/* pli_certain_value - value and Greeks where the forward no longer moves; forward != strike. */
void pli_certain_value(const plm_option_terms *terms, plm_option_value *out);

bool pli_option_value_is_finite(const plm_option_value *value);

#endif
