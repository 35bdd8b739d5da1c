/* rows.c: a table filled row by row.                                                  SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"

#include "base/assert.h"
#include "cli/memory.h"
#include "num/rounding.h"

pli_rows
pli_rows_make(pli_pool *pool, const char *key, const pli_column *columns, uint32_t column_count,
              uint32_t capacity) {
    pli_rows rows = {.capacity = capacity, .pool = pool};
    rows.cells = PLI_MUST_TAKE(pool, (size_t)capacity * column_count + 1, pli_cell);
    pli_column *kept = PLI_MUST_TAKE(pool, column_count, pli_column);
    for (uint32_t i = 0; i < column_count; i += 1) {
        kept[i] = columns[i];
    }
    rows.table = (pli_table){.key = key,
                             .title = "",
                             .note = "",
                             .column_count = column_count,
                             .columns = kept,
                             .cells = rows.cells};
    return rows;
}

void
pli_rows_add(pli_rows *rows, const pli_cell *cells) {
    PLI_ASSERT(rows->table.row_count < rows->capacity);
    pli_cell *into = rows->cells + (size_t)rows->table.row_count * rows->table.column_count;
    for (uint32_t i = 0; i < rows->table.column_count; i += 1) {
        into[i] = cells[i];
        if (cells[i].kind == PLI_CELL_TEXT) {
            into[i].text = pli_must_text(rows->pool, cells[i].text);
        }
    }
    rows->table.row_count += 1;
}

pli_column
pli_column_text(const char *key, const char *title) {
    return (pli_column){key, title, "", PLI_ALIGN_LEFT, 0, PLI_DECIMAL_HALF_EVEN};
}

pli_column
pli_column_count(const char *key, const char *title) {
    return (pli_column){key, title, "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_HALF_EVEN};
}

pli_column
pli_column_money(const char *key, const char *title, const char *unit,
                 pli_decimal_rounding rounding) {
    return (pli_column){key, title, unit, PLI_ALIGN_RIGHT, 2, rounding};
}

pli_column
pli_column_number(const char *key, const char *title, const char *unit, unsigned decimals) {
    return (pli_column){key, title, unit, PLI_ALIGN_RIGHT, decimals, PLI_DECIMAL_HALF_EVEN};
}

pli_cell
pli_cell_micros(int64_t micros) {
    return pli_cell_number(micros, 6);
}

pli_cell
pli_cell_double(double value, unsigned scale) {
    double factor = 1;
    for (unsigned i = 0; i < scale; i += 1) {
        factor *= 10;
    }
    int64_t scaled = 0;
    return pli_i64_from_double_half_even(value * factor, &scaled) == PLM_OK
               ? pli_cell_number(scaled, scale)
               : pli_cell_none();
}
