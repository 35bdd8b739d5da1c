/* span_pa2_rows.h: the rows of a positional file and their fields.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SPAN_PA2_ROWS_H
#define PLI_VENUE_SPAN_PA2_ROWS_H

#include "venue/span.h"

/*
 * pli_pa2_row - the row at hand of one pass. Columns count from 1, as the layout prints them; a row may end early, what
 * is missing is blank. The first failure sets `status` and *fault ("name:12: ..."); then pli_pa2_next answers false.
 */
typedef struct pli_pa2_row {
    const char *name;
    const char *file;
    size_t file_size;
    size_t at;
    plm_fault *fault;
    plm_status status;
    uint32_t line;
    const char *text;
    size_t size;
} pli_pa2_row;

pli_pa2_row pli_pa2_row_init(const char *name, const char *text, size_t size, plm_fault *fault);

/* pli_pa2_next - the next row that is not empty, without LF or CR LF; false at the end and after a failure. */
bool pli_pa2_next(pli_pa2_row *row);

/* pli_pa2_fail - answers false. */
bool pli_pa2_fail(pli_pa2_row *row, plm_status status, const char *what, const char *detail);

/* pli_pa2_is - does the row begin with these two characters? */
bool pli_pa2_is(const pli_pa2_row *row, const char *type);

/* pli_pa2_character - one column; blank beyond the row's end. */
char pli_pa2_character(const pli_pa2_row *row, uint32_t column);

/* pli_pa2_code - the field without trailing blanks, padded with NUL. */
void pli_pa2_code(const pli_pa2_row *row, uint32_t column, uint32_t width,
                  char out[PLI_SPAN_CODE_SIZE]);

/*
 * pli_pa2_digits - an unsigned number; a blank field is 0.
 * pli_pa2_number - the same with implied decimals.
 * pli_pa2_signed - digits that must be there, and the sign in the column after them.
 * pli_pa2_locator - three characters, the first of which may be '-'.
 * pli_pa2_day    - a day or week code.
 *
 * What is no digit fails the row with PLM_VALUE_INVALID and its columns.
 */
uint64_t pli_pa2_digits(pli_pa2_row *row, uint32_t column, uint32_t width);
pli_span_number pli_pa2_number(pli_pa2_row *row, uint32_t column, uint32_t width, int32_t decimals);
int64_t pli_pa2_signed(pli_pa2_row *row, uint32_t column, uint32_t width);
int64_t pli_pa2_locator(pli_pa2_row *row, uint32_t column);
uint32_t pli_pa2_day(const pli_pa2_row *row, uint32_t column);

/* pli_span_trim - drop trailing zeros, so that products of numbers stay small. */
void pli_span_trim(pli_span_number *number);

#endif
