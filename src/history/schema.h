/* schema.h: tables, views and statements of history.db.                               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_HISTORY_SCHEMA_H
#define PLI_HISTORY_SCHEMA_H

/* Counts up with every change of the schema; a file of another format is begun anew. */
#define PLI_HISTORY_FORMAT 2

/* Statements for the rows: of every event, of accepted ones of a kind (?1 sequence, ?2 line), of effects of a kind. */
typedef enum pli_statement {
    PLI_STATEMENT_BEGIN,
    PLI_STATEMENT_COMMIT,
    PLI_STATEMENT_PROGRESS,
    PLI_STATEMENT_ADVANCE,
    PLI_STATEMENT_EVENT,
    PLI_STATEMENT_EFFECT,
    PLI_STATEMENT_PARAMETER,
    PLI_STATEMENT_ASSET,
    PLI_STATEMENT_UNDERLYING,
    PLI_STATEMENT_INSTRUMENT,
    PLI_STATEMENT_ACCOUNT,
    PLI_STATEMENT_TRADE,
    PLI_STATEMENT_RESERVE,
    PLI_STATEMENT_MARK,
    PLI_STATEMENT_BALANCE,
    PLI_STATEMENT_POSITION,
    PLI_STATEMENT_ORDER_LEFT,
    PLI_STATEMENT_ORDER_GONE,
    PLI_STATEMENT_REQUIREMENT,
    PLI_STATEMENT_MAINTENANCE,
    PLI_STATEMENT_PRICE,
    PLI_STATEMENT_PHASE,
    PLI_STATEMENT_COUNT
} pli_statement;

extern const char *const pli_schema_statements[PLI_STATEMENT_COUNT];

/* pli_schema_tables - makes every table and view in an empty database; pli_schema_pieces counts the texts. */
extern const char *const pli_schema_tables[];
extern const unsigned pli_schema_pieces;

#endif
