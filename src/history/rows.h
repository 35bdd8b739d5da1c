/* rows.h: one event with its outcome and effects as rows of history.db.               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_HISTORY_ROWS_H
#define PLI_HISTORY_ROWS_H

#include <sqlite3.h>

#include "history/history.h"
#include "history/schema.h"

/* pli_history_event - what one event left behind. */
typedef struct pli_history_event {
    const plm_event *event;
    const plm_outcome *outcome;
    const plm_effect *effects;
    const char *line; /* of JSON */
    size_t line_size;
} pli_history_event;

/* pli_history_writer - the prepared statements; zeroed before open. */
typedef struct pli_history_writer {
    sqlite3 *database;
    sqlite3_stmt *statements[PLI_STATEMENT_COUNT];
    plm_core_limits limits; /* say which parameter records there are */
} pli_history_writer;

/*
 * pli_history_rows_open - open the file, make the tables where there are none, prepare. *sequence: of the last event in it.
 * pli_history_rows_close - give everything back; a zeroed or half-opened writer may be closed.
 *
 * Each answers SQLite's result code.
 */
int pli_history_rows_open(pli_history_writer *writer, const char *path, bool is_new,
                          uint64_t *sequence);
void pli_history_rows_close(pli_history_writer *writer);

/*
 * pli_history_rows_begin - begin a transaction; SQLITE_MISMATCH where the file is not at `sequence` any more: another writer was here.
 * pli_history_rows_add - the rows of one event. pli_history_rows_commit - end the transaction at that sequence and time.
 */
int pli_history_rows_begin(pli_history_writer *writer, uint64_t sequence);
int pli_history_rows_add(pli_history_writer *writer, const pli_history_event *of);
int pli_history_rows_commit(pli_history_writer *writer, uint64_t sequence, int64_t time_ns);
void pli_history_rows_undo(pli_history_writer *writer);

#endif
