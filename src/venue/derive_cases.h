/* derive_cases.h: reading Derive portfolios from published cases.                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_CASES_H
#define PLI_VENUE_DERIVE_CASES_H

#include "venue/conform.h"
#include "venue/derive_pmrm1.h"

/*
 * pli_derive_case_pmrm1 - margin v1 of a portfolio in either input shape, for formulas that build on it.
 *
 * `parameters` holds the tables basis, other, margin and vol; `scenarios` is a list; `portfolio` is shaped like the
 * inputs of derive.pmrm.v1. Scratch comes from test->arena. Answers test->status.
 */
plm_status pli_derive_case_pmrm1(pli_case *test, const pli_node *parameters,
                                 const pli_node *scenarios, const pli_node *portfolio,
                                 pli_pmrm1_result *result);

#endif
