/* tables.c: the same rows for programs: JSON, JSON lines and CSV, always exact.      SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#define JSON_INTEGER_MAX (INT64_C(1) << 53)
#define NUMBER_SIZE 64

static void
format_exact(pli_text *text, const pli_column *column, const pli_cell *cell) {
    unsigned decimals = column->decimals < cell->scale ? column->decimals : cell->scale;
    pli_decimal_format(text, cell->value, cell->scale, decimals);
}

static void
write_json_cell(const pli_sink *sink, const pli_column *column, const pli_cell *cell) {
    char data[NUMBER_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    switch (cell->kind) {
    case PLI_CELL_NONE:
        pli_sink_string(sink, "null");
        break;
    case PLI_CELL_TEXT:
        pli_sink_json(sink, cell->text);
        break;
    case PLI_CELL_NUMBER:
        format_exact(&text, column, cell);
        if (cell->scale == 0 && cell->value <= JSON_INTEGER_MAX &&
            cell->value >= -JSON_INTEGER_MAX) {
            pli_sink_string(sink, data);
        } else {
            pli_sink_json(sink, data);
        }
        break;
    case PLI_CELL_FLAG:
        pli_sink_string(sink, cell->value != 0 ? "true" : "false");
        break;
    }
}

static void
write_json_row(const pli_sink *sink, const pli_table *table, uint32_t row, const char *table_key) {
    pli_sink_string(sink, "{");
    if (table_key != NULL) {
        pli_sink_string(sink, "\"table\":");
        pli_sink_json(sink, table_key);
    }
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        pli_sink_string(sink, column > 0 || table_key != NULL ? "," : "");
        pli_sink_json(sink, table->columns[column].key);
        pli_sink_string(sink, ":");
        write_json_cell(sink, &table->columns[column],
                        &table->cells[(size_t)row * table->column_count + column]);
    }
    pli_sink_string(sink, "}");
}

static void
write_json_table(const pli_sink *sink, const pli_table *table) {
    if (table->is_record && table->row_count == 1) {
        write_json_row(sink, table, 0, NULL);
        return;
    }
    pli_sink_string(sink, "[");
    for (uint32_t row = 0; row < table->row_count; row += 1) {
        pli_sink_string(sink, row > 0 ? ",\n  " : "\n  ");
        write_json_row(sink, table, row, NULL);
    }
    pli_sink_string(sink, table->row_count > 0 ? "\n ]" : "]");
}

void
pli_tables_write_json(const pli_sink *sink, const pli_tables *document) {
    pli_sink_string(sink, "{\"schema\":");
    pli_sink_json(sink, document->schema);
    for (uint32_t table = 0; table < document->table_count; table += 1) {
        pli_sink_string(sink, ",\n ");
        pli_sink_json(sink, document->tables[table].key);
        pli_sink_string(sink, ":");
        write_json_table(sink, &document->tables[table]);
    }
    pli_sink_string(sink, "}\n");
}

void
pli_tables_write_jsonl(const pli_sink *sink, const pli_tables *document) {
    for (uint32_t table = 0; table < document->table_count; table += 1) {
        const pli_table *shown = &document->tables[table];
        for (uint32_t row = 0; row < shown->row_count; row += 1) {
            write_json_row(sink, shown, row, shown->key);
            pli_sink_string(sink, "\n");
        }
    }
}

static void
write_csv_cell(const pli_sink *sink, const pli_column *column, const pli_cell *cell) {
    char data[NUMBER_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    switch (cell->kind) {
    case PLI_CELL_NONE:
        break;
    case PLI_CELL_TEXT:
        pli_sink_csv(sink, cell->text);
        break;
    case PLI_CELL_NUMBER:
        format_exact(&text, column, cell);
        pli_sink_string(sink, data);
        break;
    case PLI_CELL_FLAG:
        pli_sink_string(sink, cell->value != 0 ? "true" : "false");
        break;
    }
}

void
pli_tables_write_csv(const pli_sink *sink, const pli_tables *document) {
    if (document->table_count == 0) {
        return;
    }
    const pli_table *table = &document->tables[0];
    for (uint32_t column = 0; column < table->column_count; column += 1) {
        pli_sink_string(sink, column > 0 ? "," : "");
        pli_sink_csv(sink, table->columns[column].key);
    }
    pli_sink_string(sink, "\n");
    for (uint32_t row = 0; row < table->row_count; row += 1) {
        for (uint32_t column = 0; column < table->column_count; column += 1) {
            pli_sink_string(sink, column > 0 ? "," : "");
            write_csv_cell(sink, &table->columns[column],
                           &table->cells[(size_t)row * table->column_count + column]);
        }
        pli_sink_string(sink, "\n");
    }
}
