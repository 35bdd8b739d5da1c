/* records.h: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_RECORDS_H
#define PLI_CLI_RECORDS_H

#include <stdint.h>

#include "plimsoll/parameter.h"

#define PLI_RECORD_COUNT_MAX 64u

typedef struct pli_record {
    const char *name; /* the top-level key of the parameter file */
    const plm_descriptor *descriptor;
} pli_record;

/*
 * pli_record_at - our own records in the order of the documentation, then those of venue models in the catalogue's.
 * pli_record_count - how many there are, at most PLI_RECORD_COUNT_MAX; `index` is below it.
 */
uint32_t pli_record_count(void);
pli_record pli_record_at(uint32_t index);

#endif
