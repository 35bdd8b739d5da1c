/* exact_cases.h: exact fractions read from cases and written as results.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_EXACT_CASES_H
#define PLI_VENUE_EXACT_CASES_H

#include "venue/conform.h"
#include "venue/exact.h"

/*
 * pli_case_exact, pli_case_entry_exact - a decimal of up to 18 decimals, as the readers of conform.h.
 * pli_result_exact - the fraction as a result; a failure becomes the result's status.
 */
void pli_case_exact(pli_case *test, const pli_node *object, const char *key, pli_exact *out);
void pli_case_entry_exact(pli_case *test, const pli_node *entry, pli_exact *out);
void pli_result_exact(pli_result *result, const char *key, pli_exact value);

#endif
