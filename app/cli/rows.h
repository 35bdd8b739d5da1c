/* rows.h: a table filled row by row.                                                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_ROWS_H
#define PLI_CLI_ROWS_H

#include "io/pool.h"
#include "report/table.h"

/*
 * pli_rows - a pli_table under construction; texts and cells live in the pool.
 *
 * `capacity` rows are reserved at the start; adding more is our bug (asserted).
 */
typedef struct pli_rows {
    pli_table table;
    pli_cell *cells;
    uint32_t capacity;
    pli_pool *pool;
} pli_rows;

pli_rows pli_rows_make(pli_pool *pool, const char *key, const pli_column *columns,
                       uint32_t column_count, uint32_t capacity);

/* pli_rows_add - a copy of one row of `column_count` cells; texts in them are copied too. */
void pli_rows_add(pli_rows *rows, const pli_cell *cells);

/* Columns of common kinds. Money: micros in the valuation currency, two decimals shown. */
pli_column pli_column_text(const char *key, const char *title);
pli_column pli_column_count(const char *key, const char *title);
pli_column pli_column_money(const char *key, const char *title, const char *unit,
                            pli_decimal_rounding rounding);
pli_column pli_column_number(const char *key, const char *title, const char *unit,
                             unsigned decimals);

/* pli_cell_micros - money as a cell. */
pli_cell pli_cell_micros(int64_t micros);

/* pli_cell_double - value * 10^scale as a cell, half to even; none where it does not fit. */
pli_cell pli_cell_double(double value, unsigned scale);

#endif
