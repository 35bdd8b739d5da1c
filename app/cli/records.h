/* records.h: the parameter records by their names in the file.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_RECORDS_H
#define PLI_CLI_RECORDS_H

#include <stdint.h>

#include "io/parameters_yaml.h"
#include "plimsoll/parameter.h"

#define PLI_RECORDS_MAX 64u

typedef struct pli_record {
    const char *name; /* the top-level key of the parameter file; NULL past the last record */
    const plm_descriptor *descriptor;
} pli_record;

/*
 * pli_record_at - the records in the order of the documentation: models of the catalogue, the two scenario sets, shocks.
 */
pli_record pli_record_at(uint32_t index);

/* pli_record_count - how many there are, at most PLI_RECORDS_MAX. */
uint32_t pli_record_count(void);

/* pli_record_values - the record in what a file was read to; shocks: of class 0. */
const void *pli_record_values(uint32_t index, const pli_parameter_book *parameters);

#endif
