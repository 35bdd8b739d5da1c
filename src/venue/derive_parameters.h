/* derive_parameters.h: governed records of Derive's margins in the form their formulas read.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_PARAMETERS_H
#define PLI_VENUE_DERIVE_PARAMETERS_H

#include "venue/derive_models.h"
#include "venue/derive_pmrm1.h"
#include "venue/derive_pmrm2.h"
#include "venue/derive_srm.h"

#define PLI_PMRM1_SCENARIOS 23u
#define PLI_PMRM2_SCENARIOS 33u

/* pli_pmrm1_read, pli_pmrm2_read, pli_srm_read - ratios as fractions, the mainnet scenario tables attached. */
void pli_pmrm1_read(const pli_pmrm1_record *record, pli_pmrm1_parameters *parameters);
void pli_pmrm2_read(const pli_pmrm2_record *record, pli_pmrm2_parameters *parameters);
void pli_srm_read(const pli_srm_record *record, pli_srm_parameters *parameters);

#endif
