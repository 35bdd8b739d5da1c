/* records.h: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_RECORDS_H
#define PLI_CLI_RECORDS_H

#include <stdint.h>

#include "plimsoll/parameter.h"

#define PLI_RECORD_COUNT 6u

typedef struct pli_record {
    const char *name; /* the top-level key of the parameter file */
    const plm_descriptor *descriptor;
} pli_record;

/* pli_record_at - the records in the order of the documentation; `index` below PLI_RECORD_COUNT. */
const pli_record *pli_record_at(uint32_t index);

#endif
