/* records_csv.h: what the halves of io/records.h share, for them alone.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_RECORDS_CSV_H
#define PLI_IO_RECORDS_CSV_H

#include "io/records.h"

/* pli_records_csv_open, _next, _count, _close - as the functions of io/records.h; closing twice or unopened is fine. */
PLM_MUST_USE plm_status pli_records_csv_open(pli_records *records, plm_fault *fault);
pli_record_result pli_records_csv_next(pli_records *records, plm_fault *fault);
PLM_MUST_USE plm_status pli_records_csv_count(const char *path, uint64_t *rows, uint64_t *bytes,
                                              plm_fault *fault);
void pli_records_csv_close(pli_records *records);

/* pli_record_constant - the field of a role that stands in every row; empty where it is read. */
pli_record_field pli_record_constant(const pli_mapped *column);

/* pli_record_apply_when - empty the field unless the column's condition is met by the text `when`. */
void pli_record_apply_when(const pli_mapped *column, pli_record_field when,
                           pli_record_field *field);

#endif
