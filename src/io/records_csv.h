/* records_csv.h: the CSV half of io/records.h, for records.c alone.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_RECORDS_CSV_H
#define PLI_IO_RECORDS_CSV_H

#include "io/records.h"

/* pli_records_csv_open, _next, _count, _close - as the functions of io/records.h; closing twice or unopened is fine. */
PLM_MUST_USE plm_status pli_records_csv_open(pli_records *records, plm_fault *fault);
pli_record_result pli_records_csv_next(pli_records *records, plm_fault *fault);
PLM_MUST_USE plm_status pli_records_csv_count(const char *path, uint64_t *rows, uint64_t *bytes,
                                              plm_fault *fault);
void pli_records_csv_close(pli_records *records);

#endif
