/* unit_text.h: values of parameters in the form that the YAML reader accepts.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_UNIT_TEXT_H
#define PLI_CLI_UNIT_TEXT_H

#include <stdint.h>

#include "base/text.h"
#include "plimsoll/parameter.h"

/*
 * pli_unit_append - the exact value with its unit: "25%", "1d", "1000.5", "plain".
 *
 * `choices` is read for PLM_UNIT_CHOICE only.
 */
void pli_unit_append(pli_text *text, plm_unit unit, int64_t value, const char *choices);

#endif
