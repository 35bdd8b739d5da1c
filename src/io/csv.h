/* csv.h: lines of comma-separated fields, found by the names of their columns.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CSV_H
#define PLI_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/file.h"
#include "plimsoll/status.h"

#define PLI_CSV_FIELDS_MAX 64u

typedef struct pli_csv_field {
    const char *text; /* not terminated */
    size_t size;
} pli_csv_field;

/*
 * pli_csv - one pass over a file. The first line names the columns; `line` is that of the fields at hand.
 *
 * Fields are plain: a double quote is refused. Lines end in LF or CR LF; blank lines are skipped. A failure is kept in
 * `status` and *fault ("name:line: ..."), and later calls answer false or 0.
 */
typedef struct pli_csv {
    const char *name;
    pli_bytes bytes;
    plm_fault *fault;
    plm_status status;
    size_t at;
    uint32_t line;
    uint32_t column_count;
    pli_csv_field columns[PLI_CSV_FIELDS_MAX];
    pli_csv_field fields[PLI_CSV_FIELDS_MAX];
} pli_csv;

/* pli_csv_init - check UTF-8 and read the header. */
void pli_csv_init(pli_csv *csv, const char *name, pli_bytes bytes, plm_fault *fault);

/* pli_csv_column - the position of a column; PLM_NONE, and a failure where it is required, when it is not there. */
uint32_t pli_csv_column(pli_csv *csv, const char *name, bool is_required);

/* pli_csv_next - go to the next line; false at the end and after a failure. */
bool pli_csv_next(pli_csv *csv);

/* pli_csv_is_empty - is the field empty, or the column PLM_NONE? */
bool pli_csv_is_empty(const pli_csv *csv, uint32_t column);

/* pli_csv_integer - a whole number from low to high. */
int64_t pli_csv_integer(pli_csv *csv, uint32_t column, int64_t low, int64_t high);

/* pli_csv_e8 - a number in units of 1e-8 from low to high, rounded half to even. */
int64_t pli_csv_e8(pli_csv *csv, uint32_t column, int64_t low, int64_t high);

/* pli_csv_double - a finite double. */
double pli_csv_double(pli_csv *csv, uint32_t column);

/* pli_csv_fail - "name:line: <column> is "<field>"; allowed is <allowed>". */
void pli_csv_fail(pli_csv *csv, plm_status status, uint32_t column, const char *allowed);

#endif
