/* check.h: is a state sound?                                                           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_CHECK_H
#define PLI_CORE_CHECK_H

#include "core/state.h"

/*
 * pli_check_decoded - what must hold before the derived fields may be computed: indices inside their tables, terms as the
 *                     listing asks, records inside their bounds. NULL, or what fails.
 */
const char *pli_check_decoded(const plm_core *core);

/* pli_check_but_records - plm_core_check without the parameter records, which take a third of its time and change rarely. */
const char *pli_check_but_records(const plm_core *core);

#endif
