/* table.h: rows described once and written as a table, as JSON, as JSON lines or as CSV.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_REPORT_TABLE_H
#define PLI_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/wide.h"
#include "num/decimal.h"
#include "report/sink.h"

typedef enum pli_align { PLI_ALIGN_LEFT = 1, PLI_ALIGN_RIGHT = 2 } pli_align;

/*
 * pli_column - what stands in one column.
 *
 * Rounding   `decimals` and `rounding` are for reading (tables, HTML); JSON and CSV always carry the exact value.
 */
typedef struct pli_column {
    const char *key;   /* snake_case: the member in JSON, the header in CSV */
    const char *title; /* the header of a table */
    const char *unit;  /* such as "USD" or "%"; "" where there is none */
    pli_align align;
    unsigned decimals; /* shown in a table */
    pli_decimal_rounding rounding;
} pli_column;

typedef enum pli_cell_kind {
    PLI_CELL_NONE = 0, /* blank in a table, null in JSON, empty in CSV */
    PLI_CELL_TEXT = 1,
    PLI_CELL_NUMBER = 2, /* value / 10^scale; scale 0 is an integer */
    PLI_CELL_FLAG = 3    /* value 0 is "no" and false */
} pli_cell_kind;

/* What a cell says beyond its value; colour where there is colour. */
typedef enum pli_tone {
    PLI_TONE_PLAIN = 0,
    PLI_TONE_GOOD = 1,
    PLI_TONE_WARNING = 2,
    PLI_TONE_BAD = 3,
    PLI_TONE_QUIET = 4,
    PLI_TONE_STRONG = 5
} pli_tone;

typedef struct pli_cell {
    pli_cell_kind kind;
    pli_tone tone;
    const char *text; /* kind TEXT */
    pli_i128 value;   /* kinds NUMBER, FLAG */
    unsigned scale;   /* kind NUMBER, at most PLI_DECIMAL_SCALE_MAX */
} pli_cell;

pli_cell pli_cell_none(void);
pli_cell pli_cell_text(const char *text);
pli_cell pli_cell_number(pli_i128 value, unsigned scale);
pli_cell pli_cell_flag(bool value);
pli_cell pli_cell_toned(pli_cell cell, pli_tone tone);

/*
 * pli_table - rows under columns. Read-only; everything in it is the caller's.
 *
 * A record is a table of one row: it is written downwards, and as one object instead of an array in JSON.
 */
#define PLI_TABLE_COLUMNS_MAX 32u

typedef struct pli_table {
    const char *key;   /* its name in JSON and for a selection */
    const char *title; /* "" where it needs none */
    const char *note;  /* a sentence below it, or "" */
    bool is_record;
    uint32_t column_count; /* at most PLI_TABLE_COLUMNS_MAX */
    uint32_t row_count;
    const pli_column *columns;
    const pli_cell *cells; /* row_count * column_count, row by row */
} pli_table;

/* pli_tables - tables that answer one question; the first is the answer in short. */
typedef struct pli_tables {
    const char *schema; /* name and version of the JSON form, such as "plimsoll-margin-1" */
    uint32_t table_count;
    const pli_table *tables;
} pli_tables;

typedef struct pli_table_style {
    bool is_utf8;     /* else ASCII */
    bool is_coloured; /* escape sequences of ECMA-48 */
} pli_table_style;

/* pli_cell_format - a cell as a table shows it: grouped, rounded as its column says. */
void pli_cell_format(pli_text *text, const pli_column *column, const pli_cell *cell);

/* pli_table_write - for people: right-aligned decimals, thousands separators, units below the headers. */
void pli_table_write(const pli_sink *sink, const pli_table *table, pli_table_style style);

/*
 * pli_tables_write_json  - one object: "schema", then every table by its key.
 * pli_tables_write_jsonl - one object a row, each with "table".
 * pli_tables_write_csv   - the first table; a file of CSV holds one.
 *
 * Units      Numbers with decimals are JSON strings, so that no reader rounds them; integers beyond 2^53 likewise.
 */
void pli_tables_write_json(const pli_sink *sink, const pli_tables *document);
void pli_tables_write_jsonl(const pli_sink *sink, const pli_tables *document);
void pli_tables_write_csv(const pli_sink *sink, const pli_tables *document);

#endif
