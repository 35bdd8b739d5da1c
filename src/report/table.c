/* table.c: rows as an aligned table for people.                                        SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#include "base/assert.h"

#define CELL_SIZE 64
#define GAP "  "

pli_cell
pli_cell_none(void) {
    return (pli_cell){.kind = PLI_CELL_NONE};
}

pli_cell
pli_cell_text(const char *text) {
    return (pli_cell){.kind = PLI_CELL_TEXT, .text = text};
}

pli_cell
pli_cell_number(pli_i128 value, unsigned scale) {
    return (pli_cell){.kind = PLI_CELL_NUMBER, .value = value, .scale = scale};
}

pli_cell
pli_cell_flag(bool value) {
    return (pli_cell){.kind = PLI_CELL_FLAG, .value = value ? 1 : 0};
}

pli_cell
pli_cell_toned(pli_cell cell, pli_tone tone) {
    cell.tone = tone;
    return cell;
}

void
pli_cell_format(pli_text *text, const pli_column *column, const pli_cell *cell) {
    switch (cell->kind) {
    case PLI_CELL_NONE:
        break;
    case PLI_CELL_TEXT:
        pli_text_append(text, cell->text);
        break;
    case PLI_CELL_NUMBER:
        pli_decimal_format_grouped(text, cell->value, cell->scale, column->decimals,
                                   column->rounding);
        break;
    case PLI_CELL_FLAG:
        pli_text_append(text, cell->value != 0 ? "yes" : "no");
        break;
    }
}

static size_t
cell_width(const pli_column *column, const pli_cell *cell) {
    if (cell->kind == PLI_CELL_TEXT) {
        return pli_text_width(cell->text);
    }
    char data[CELL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_cell_format(&text, column, cell);
    return text.length;
}

static const char *
tone_begin(pli_tone tone, pli_table_style style) {
    if (!style.is_coloured) {
        return "";
    }
    switch (tone) {
    case PLI_TONE_GOOD:
        return "\033[32m";
    case PLI_TONE_WARNING:
        return "\033[33m";
    case PLI_TONE_BAD:
        return "\033[31m";
    case PLI_TONE_QUIET:
        return "\033[2m";
    case PLI_TONE_STRONG:
        return "\033[1m";
    case PLI_TONE_PLAIN:
        break;
    }
    return "";
}

static void
write_toned(const pli_sink *sink, const char *text, pli_tone tone, pli_table_style style) {
    const char *begin = tone_begin(tone, style);
    pli_sink_string(sink, begin);
    pli_sink_plain(sink, text);
    pli_sink_string(sink, begin[0] != '\0' ? "\033[0m" : "");
}

static void
write_cell(const pli_sink *sink, const pli_column *column, const pli_cell *cell,
           pli_table_style style) {
    if (cell->kind == PLI_CELL_TEXT) {
        write_toned(sink, cell->text, cell->tone, style);
        return;
    }
    char data[CELL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_cell_format(&text, column, cell);
    write_toned(sink, data, cell->tone, style);
}

static size_t
column_width(const pli_table *table, uint32_t column) {
    const pli_column *described = &table->columns[column];
    size_t width = pli_text_width(described->title);
    size_t unit = pli_text_width(described->unit);
    width = unit > width ? unit : width;
    for (uint32_t row = 0; row < table->row_count; row += 1) {
        size_t own =
            cell_width(described, &table->cells[(size_t)row * table->column_count + column]);
        width = own > width ? own : width;
    }
    return width;
}

/* What a line of the table shows in each column. */
typedef enum line_kind { LINE_TITLE = 1, LINE_UNIT = 2, LINE_RULE = 3, LINE_ROW = 4 } line_kind;

typedef struct layout {
    const pli_table *table;
    pli_table_style style;
    size_t widths[PLI_TABLE_COLUMNS_MAX];
} layout;

static void
write_field(const pli_sink *sink, const layout *laid_out, uint32_t column, line_kind kind,
            uint32_t row) {
    const pli_table *table = laid_out->table;
    const pli_table_style style = laid_out->style;
    const pli_column *described = &table->columns[column];
    size_t width = laid_out->widths[column];
    if (kind == LINE_RULE) {
        pli_sink_repeat(sink, style.is_utf8 ? "\u2500" : "-", width);
        return;
    }
    const pli_cell title = pli_cell_toned(pli_cell_text(described->title), PLI_TONE_STRONG);
    const pli_cell unit = pli_cell_toned(pli_cell_text(described->unit), PLI_TONE_QUIET);
    const pli_cell *cell = kind == LINE_TITLE ? &title
                           : kind == LINE_UNIT
                               ? &unit
                               : &table->cells[(size_t)row * table->column_count + column];
    size_t pad = width - cell_width(described, cell);
    bool is_right = described->align == PLI_ALIGN_RIGHT;
    pli_sink_repeat(sink, " ", is_right ? pad : 0);
    write_cell(sink, described, cell, style);
    bool is_last = column + 1 == table->column_count;
    pli_sink_repeat(sink, " ", is_right || is_last ? 0 : pad);
}

static void
write_line(const pli_sink *sink, const layout *laid_out, line_kind kind, uint32_t row) {
    for (uint32_t column = 0; column < laid_out->table->column_count; column += 1) {
        pli_sink_string(sink, column > 0 ? GAP : "");
        write_field(sink, laid_out, column, kind, row);
    }
    pli_sink_string(sink, "\n");
}

static bool
has_units(const pli_table *table) {
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        if (table->columns[column].unit[0] != '\0') {
            return true;
        }
    }
    return false;
}

// A record reads downwards: titles left, numbers right-aligned among themselves, units behind them.
static void
write_record(const pli_sink *sink, const pli_table *table, pli_table_style style) {
    size_t titles = 0;
    size_t numbers = 0;
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        const pli_column *described = &table->columns[column];
        size_t title = pli_text_width(described->title);
        size_t number = cell_width(described, &table->cells[column]);
        titles = title > titles ? title : titles;
        if (table->cells[column].kind == PLI_CELL_NUMBER) {
            numbers = number > numbers ? number : numbers;
        }
    }
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        const pli_column *described = &table->columns[column];
        const pli_cell *cell = &table->cells[column];
        write_toned(sink, described->title, PLI_TONE_QUIET, style);
        pli_sink_repeat(sink, " ", titles - pli_text_width(described->title));
        pli_sink_string(sink, GAP);
        if (cell->kind == PLI_CELL_NUMBER) {
            pli_sink_repeat(sink, " ", numbers - cell_width(described, cell));
        }
        write_cell(sink, described, cell, style);
        if (cell->kind == PLI_CELL_NUMBER && described->unit[0] != '\0') {
            pli_sink_string(sink, " ");
            write_toned(sink, described->unit, PLI_TONE_QUIET, style);
        }
        pli_sink_string(sink, "\n");
    }
}

static void
write_rows(const pli_sink *sink, const pli_table *table, pli_table_style style) {
    layout laid_out = {.table = table, .style = style};
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        laid_out.widths[column] = column_width(table, column);
    }
    write_line(sink, &laid_out, LINE_TITLE, 0);
    if (has_units(table)) {
        write_line(sink, &laid_out, LINE_UNIT, 0);
    }
    write_line(sink, &laid_out, LINE_RULE, 0);
    for (uint32_t row = 0; row < table->row_count; row += 1) {
        write_line(sink, &laid_out, LINE_ROW, row);
    }
}

void
pli_table_write(const pli_sink *sink, const pli_table *table, pli_table_style style) {
    PLI_ASSERT(table->column_count <= PLI_TABLE_COLUMNS_MAX);
    if (table->title[0] != '\0') {
        write_toned(sink, table->title, PLI_TONE_STRONG, style);
        pli_sink_string(sink, "\n");
    }
    if (table->is_record && table->row_count == 1) {
        write_record(sink, table, style);
    } else {
        write_rows(sink, table, style);
    }
    if (table->note[0] != '\0') {
        write_toned(sink, table->note, PLI_TONE_QUIET, style);
        pli_sink_string(sink, "\n");
    }
}
