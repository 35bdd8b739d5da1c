/* records.h: rows of a venue's file, streamed from CSV or walked in JSON, as a mapping names them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_RECORDS_H
#define PLI_IO_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "io/document.h"
#include "io/mapping.h"
#include "num/decimal.h"
#include "plimsoll/status.h"

#define PLI_RECORD_SIZE_MAX ((size_t)65536) /* bytes of one CSV line */
#define PLI_RECORD_FIELDS_MAX 256u          /* columns of a CSV file */

/* pli_record_field - the text of one role in the row at hand; absent is empty. Not terminated. */
typedef struct pli_record_field {
    const char *text;
    size_t size;
} pli_record_field;

typedef enum pli_record_result {
    PLI_RECORD_END = 0,
    PLI_RECORD_ROW = 1,
    PLI_RECORD_BAD = 2,   /* this row cannot be read, *fault says why; the next one may be */
    PLI_RECORD_FAILED = 3 /* nothing more can be read, *fault says why */
} pli_record_result;

/*
 * pli_records - one pass over a file, opened for reading only.
 *
 * CSV is read in pieces, gzip unpacked on the way, so that its size does not matter: a header line, then rows of as many
 * fields; a field may stand in double quotes (RFC 4180, without line ends inside). JSON is read whole, up to 64 MiB.
 *
 * Invariants [REC-1] at <= end <= capacity; bytes at..end of `buffer` are not yet taken.
 *            [REC-2] fields point into `buffer`, the document or the mapping, and hold until the next call.
 */
typedef struct pli_records {
    const char *name;
    const pli_feed_mapping *mapping;
    pli_feed feed;
    bool is_growing; /* a last line without its end is still being written: left for later */
    uint64_t line;   /* of the row at hand, from 1 */
    uint64_t bytes;  /* taken from the file so far, unpacked */
    pli_record_field fields[PLI_ROLE_COUNT];
    /* CSV */
    void *file; /* gzFile */
    char *buffer;
    size_t at, end;
    bool is_ended;
    uint32_t column_count;
    uint32_t columns[PLI_ROLE_COUNT]; /* PLM_NONE: not there */
    uint32_t when_columns[PLI_ROLE_COUNT];
    /* JSON */
    pli_document document;
    const pli_node *next;
    const pli_node *outer; /* "*" in records: the container whose children come next, or NULL */
} pli_records;

/*
 * pli_records_open - open a file and read its header.
 *
 * Returns    PLM_OK; PLM_IO_OPEN, PLM_IO_READ, PLM_IO_EMPTY, PLM_MEMORY; PLM_KEY_MISSING for a column that the mapping
 *            names and the file lacks, PLM_KEY_DUPLICATE for one that is there twice; PLM_SYNTAX; the statuses of
 *            pli_json_read. Close only after PLM_OK.
 */
PLM_MUST_USE plm_status pli_records_open(const char *path, const pli_mapping *mapping,
                                         pli_feed feed, bool is_growing, pli_records *records,
                                         plm_fault *fault);
void pli_records_close(pli_records *records);

/* pli_records_next - go to the next row; blank lines are skipped. */
pli_record_result pli_records_next(pli_records *records, plm_fault *fault);

/* pli_record_has - is there a text for the role? */
bool pli_record_has(const pli_records *records, pli_role role);

/* pli_record_fail - "file:line: <column> is "<text>"; allowed is <allowed>"; returns `status`. */
plm_status pli_record_fail(const pli_records *records, plm_status status, pli_role role,
                           const char *allowed, plm_fault *fault);

/* pli_record_number - what a number may be: low..high in units of 10^-scale. */
typedef struct pli_record_number {
    unsigned scale;
    pli_decimal_rounding rounding;
    pli_i128 low, high;
} pli_record_number;

/*
 * pli_record_decimal - the number of a role in our unit: the mapping's scale and sign are applied.
 *
 * Returns    PLM_OK, or PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW, PLM_VALUE_INVALID as pli_record_fail.
 */
PLM_MUST_USE plm_status pli_record_decimal(const pli_records *records, pli_role role,
                                           pli_record_number number, pli_i128 *out,
                                           plm_fault *fault);

/* pli_record_time - the instant of a role, in the mapping's unit. */
PLM_MUST_USE plm_status pli_record_time(const pli_records *records, pli_role role, int64_t *ns,
                                        plm_fault *fault);

/*
 * pli_record_signed - a number with the sign that the mapping's words for long and short give it, where it has some.
 *
 * Venues write a short as "-2" or as "2"; both are understood, a long "-2" is refused.
 *
 * Returns    PLM_OK; PLM_VALUE_INVALID for another word or a contradiction.
 */
PLM_MUST_USE plm_status pli_record_signed(const pli_records *records, pli_role role, pli_i128 value,
                                          pli_i128 *out, plm_fault *fault);

/*
 * pli_records_count - the lines and unpacked bytes of a CSV file, or the records and bytes of a JSON file, in one fast
 * pass: upper bounds of what a full pass will take.
 */
PLM_MUST_USE plm_status pli_records_count(const char *path, const pli_mapping *mapping,
                                          pli_feed feed, uint64_t *rows, uint64_t *bytes,
                                          plm_fault *fault);

#endif
