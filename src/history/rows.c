/* rows.c: one event with its outcome and effects as rows of history.db.               SPDX-License-Identifier: Apache-2.0 */
#include "history/rows.h"

#include <string.h>

#include "base/assert.h"
#include "core/records.h"
#include "num/decimal.h"

enum { BUSY_MS = 5000, INTEGER_TEXT = 48 };

/* decimal(text, scale): the number with its point, exact. */
static void
decimal(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    char data[INTEGER_TEXT];
    pli_text text = pli_text_init(data, sizeof data);
    const char *digits = (const char *)sqlite3_value_text(values[0]);
    int scale = sqlite3_value_int(values[1]);
    pli_i128 value = 0;
    if (digits == NULL || scale < 0 || scale > PLI_DECIMAL_SCALE_MAX ||
        pli_decimal_parse(digits, strlen(digits), 0, &value) != PLM_OK) {
        sqlite3_result_error(context, "decimal: not a whole number of that scale", -1);
        return;
    }
    pli_decimal_format(&text, value, (unsigned)scale, 0);
    sqlite3_result_text(context, data, -1, SQLITE_TRANSIENT);
}

/* Run one prepared statement to its end and make it ready again. */
static int
finish(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    int reset = sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : reset;
}

static int
read_progress(pli_history_writer *writer, uint64_t *sequence) {
    sqlite3_stmt *statement = writer->statements[PLI_STATEMENT_PROGRESS];
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *sequence = (uint64_t)sqlite3_column_int64(statement, 0);
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int
run_text(sqlite3 *database, const char *sql) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static int
format_of(sqlite3 *database, int *format) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement) == SQLITE_ROW ? SQLITE_OK : sqlite3_errcode(database);
        *format = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return code;
}

/* Everything that the file held goes; SQLite's own way to empty a database, readers and journal included. */
static int
empty(sqlite3 *database) {
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_RESET_DATABASE, 1, (int *)NULL);
    if (code == SQLITE_OK) {
        code = run_text(database, "VACUUM");
    }
    int off = sqlite3_db_config(database, SQLITE_DBCONFIG_RESET_DATABASE, 0, (int *)NULL);
    return code == SQLITE_OK ? off : code;
}

static int
make_tables(sqlite3 *database) {
    int code = run_text(database, "BEGIN IMMEDIATE");
    for (unsigned i = 0; code == SQLITE_OK && i < pli_schema_pieces; i += 1) {
        code = run_text(database, pli_schema_tables[i]);
    }
    return code == SQLITE_OK ? run_text(database, "COMMIT") : code;
}

static int
open_tables(sqlite3 *database, bool is_new) {
    int format = 0;
    int code = format_of(database, &format);
    bool is_foreign = code != SQLITE_OK || (format != 0 && format != PLI_HISTORY_FORMAT);
    if (code != SQLITE_OK && code != SQLITE_NOTADB && code != SQLITE_CORRUPT) {
        return code;
    }
    if (is_new || is_foreign) {
        code = empty(database);
        format = 0;
    }
    // Derived data need not survive a loss of power at once; WAL keeps it whole all the same.
    code = code == SQLITE_OK ? run_text(database, "PRAGMA journal_mode = WAL") : code;
    code = code == SQLITE_OK ? run_text(database, "PRAGMA synchronous = NORMAL") : code;
    return code == SQLITE_OK && format == 0 ? make_tables(database) : code;
}

int
pli_history_rows_open(pli_history_writer *writer, const char *path, bool is_new,
                      uint64_t *sequence) {
    int code = sqlite3_open(path, &writer->database);
    if (code == SQLITE_OK) {
        code = sqlite3_busy_timeout(writer->database, BUSY_MS);
    }
    if (code == SQLITE_OK) {
        code =
            sqlite3_create_function(writer->database, "decimal", 2,
                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, decimal, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code = open_tables(writer->database, is_new);
    }
    for (int i = 0; code == SQLITE_OK && i < PLI_STATEMENT_COUNT; i += 1) {
        code = sqlite3_prepare_v3(writer->database, pli_schema_statements[i], -1,
                                  SQLITE_PREPARE_PERSISTENT, &writer->statements[i], NULL);
    }
    return code == SQLITE_OK ? read_progress(writer, sequence) : code;
}

void
pli_history_rows_close(pli_history_writer *writer) {
    for (int i = 0; i < PLI_STATEMENT_COUNT; i += 1) {
        sqlite3_finalize(writer->statements[i]);
    }
    sqlite3_close(writer->database);
    *writer = (pli_history_writer){.database = NULL};
}

int
pli_history_rows_begin(pli_history_writer *writer, uint64_t sequence) {
    uint64_t present = 0;
    int code = finish(writer->statements[PLI_STATEMENT_BEGIN]);
    if (code == SQLITE_OK) {
        code = read_progress(writer, &present);
    }
    return code == SQLITE_OK && present != sequence ? SQLITE_MISMATCH : code;
}

int
pli_history_rows_commit(pli_history_writer *writer, uint64_t sequence, int64_t time_ns) {
    sqlite3_stmt *statement = writer->statements[PLI_STATEMENT_ADVANCE];
    sqlite3_bind_int64(statement, 1, (int64_t)sequence);
    sqlite3_bind_int64(statement, 2, time_ns);
    int code = finish(statement);
    return code == SQLITE_OK ? finish(writer->statements[PLI_STATEMENT_COMMIT]) : code;
}

void
pli_history_rows_undo(pli_history_writer *writer) {
    if (sqlite3_get_autocommit(writer->database) == 0) {
        run_text(writer->database, "ROLLBACK");
    }
}

static void
bind_text(sqlite3_stmt *statement, int place, const char *text) {
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

static void
bind_index(sqlite3_stmt *statement, int place, uint32_t index) {
    if (index == PLM_NONE) {
        sqlite3_bind_null(statement, place);
    } else {
        sqlite3_bind_int64(statement, place, index);
    }
}

static void
bind_line(sqlite3_stmt *statement, const pli_history_event *of) {
    sqlite3_bind_int64(statement, 1, (int64_t)of->event->header.sequence);
    sqlite3_bind_text(statement, 2, of->line, (int)of->line_size, SQLITE_STATIC);
}

static int
add_event(pli_history_writer *writer, const pli_history_event *of) {
    sqlite3_stmt *statement = writer->statements[PLI_STATEMENT_EVENT];
    plm_reject reject = of->outcome->reject;
    bind_line(statement, of);
    sqlite3_bind_int64(statement, 3, of->event->header.time_ns);
    bind_text(statement, 4, reject == PLM_REJECT_NONE ? "accepted" : plm_reject_name(reject));
    bind_text(statement, 5, plm_reject_text(reject));
    sqlite3_bind_int(statement, 6, of->outcome->is_repeat);
    sqlite3_bind_int64(statement, 7, of->outcome->effect_count);
    return finish(statement);
}

/* The fields of a new record under their names, one row each. */
static int
add_parameters(pli_history_writer *writer, const pli_history_event *of) {
    const plm_event_parameters *body = &of->event->parameters_body;
    const plm_descriptor *descriptor = NULL;
    for (uint32_t place = 0; place < pli_record_places(&writer->limits); place += 1) {
        const plm_descriptor *at = pli_place_descriptor(&writer->limits, place);
        if (strcmp(at->id, body->record) == 0) {
            descriptor = at;
            break;
        }
    }
    int code = SQLITE_OK;
    sqlite3_stmt *statement = writer->statements[PLI_STATEMENT_PARAMETER];
    for (uint32_t i = 0; code == SQLITE_OK && i < body->field_count; i += 1) {
        bind_line(statement, of);
        sqlite3_bind_int64(statement, 3, i);
        bool is_named = descriptor != NULL && i < descriptor->field_count;
        bind_text(statement, 4, is_named ? descriptor->fields[i].path : "");
        sqlite3_bind_int64(statement, 5, body->values[i]);
        code = finish(statement);
    }
    return code;
}

/* What an accepted event of its kind adds beside its effects. */
static int
add_kind(pli_history_writer *writer, const pli_history_event *of) {
    static const struct {
        uint16_t type;
        pli_statement statement;
    } statements[] = {
        {PLM_EVENT_TYPE_ASSET, PLI_STATEMENT_ASSET},
        {PLM_EVENT_TYPE_UNDERLYING, PLI_STATEMENT_UNDERLYING},
        {PLM_EVENT_TYPE_INSTRUMENT, PLI_STATEMENT_INSTRUMENT},
        {PLM_EVENT_TYPE_ACCOUNT, PLI_STATEMENT_ACCOUNT},
        {PLM_EVENT_TYPE_TRADE, PLI_STATEMENT_TRADE},
        {PLM_EVENT_TYPE_RESERVE, PLI_STATEMENT_RESERVE},
        {PLM_EVENT_TYPE_MARK, PLI_STATEMENT_MARK},
    };
    if (of->event->header.type == PLM_EVENT_TYPE_PARAMETERS) {
        return add_parameters(writer, of);
    }
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i += 1) {
        if (statements[i].type == of->event->header.type) {
            sqlite3_stmt *statement = writer->statements[statements[i].statement];
            bind_line(statement, of);
            return finish(statement);
        }
    }
    return SQLITE_OK;
}

/* An effect's name, and the statement that keeps the present up to date, or EFFECT where there is none. */
typedef struct effect_form {
    const char *name;
    pli_statement statement;
} effect_form;

static const effect_form forms[] = {
    [PLM_EFFECT_BALANCE] = {"balance", PLI_STATEMENT_BALANCE},
    [PLM_EFFECT_POSITION] = {"position", PLI_STATEMENT_POSITION},
    [PLM_EFFECT_PROFIT] = {"profit", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_FEE] = {"fee", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_ORDER] = {"order", PLI_STATEMENT_ORDER_LEFT},
    [PLM_EFFECT_REQUIREMENT] = {"requirement", PLI_STATEMENT_REQUIREMENT},
    [PLM_EFFECT_MAINTENANCE] = {"maintenance", PLI_STATEMENT_MAINTENANCE},
    [PLM_EFFECT_PRICE] = {"price", PLI_STATEMENT_PRICE},
    [PLM_EFFECT_REPORT] = {"report", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_ARRAYS] = {"arrays", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_PHASE] = {"phase", PLI_STATEMENT_PHASE},
    [PLM_EFFECT_PARAMETERS] = {"parameters", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_MODEL] = {"model", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_JOB] = {"job", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SHOCK_VOLATILITY] = {"shock_volatility", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SHOCK_DEPTH] = {"shock_depth", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SHOCK_VOLUME] = {"shock_volume", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SHOCK_OPEN_INTEREST] = {"shock_open_interest", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SHOCK_REASON] = {"shock_reason", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_STAGE] = {"stage", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_CALL] = {"call", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_SLICE] = {"slice", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_COVER] = {"cover", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_AUCTION] = {"auction", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_BID] = {"bid", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_TRANCHE] = {"tranche", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_DELEVERAGE] = {"deleverage", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_PROFIT_CUT] = {"profit_cut", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_BALANCE_CUT] = {"balance_cut", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_WRITE_OFF] = {"write_off", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_COLLATERAL] = {"collateral", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_BACKSTOP] = {"backstop", PLI_STATEMENT_EFFECT},
    [PLM_EFFECT_POOL] = {"pool", PLI_STATEMENT_EFFECT},
};

static const char *
wide_text(plm_wide value, char data[INTEGER_TEXT]) {
    pli_text text = pli_text_init(data, INTEGER_TEXT);
    pli_text_append_i128(&text, pli_i128_from_wide(value));
    return data;
}

static int
add_effect(pli_history_writer *writer, const pli_history_event *of, uint32_t place) {
    const plm_effect *effect = &of->effects[place];
    PLI_ASSERT((size_t)effect->kind < sizeof forms / sizeof forms[0]);
    effect_form form = forms[effect->kind];
    bool is_gone = effect->kind == PLM_EFFECT_ORDER && effect->b.low == 0 && effect->b.high == 0;
    char a[INTEGER_TEXT];
    char b[INTEGER_TEXT];
    wide_text(effect->a, a);
    wide_text(effect->b, b);
    const pli_statement both[2] = {PLI_STATEMENT_EFFECT,
                                   is_gone ? PLI_STATEMENT_ORDER_GONE : form.statement};
    int count = both[1] == PLI_STATEMENT_EFFECT ? 1 : 2;
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < count; i += 1) {
        sqlite3_stmt *statement = writer->statements[both[i]];
        // A statement that does not name a place answers with an error that means nothing here.
        sqlite3_bind_int64(statement, 1, (int64_t)of->event->header.sequence);
        sqlite3_bind_int64(statement, 2, place);
        bind_text(statement, 3, form.name);
        bind_index(statement, 4, effect->account);
        bind_index(statement, 5, effect->index);
        bind_text(statement, 6, a);
        bind_text(statement, 7, b);
        code = finish(statement);
    }
    return code;
}

int
pli_history_rows_add(pli_history_writer *writer, const pli_history_event *of) {
    int code = add_event(writer, of);
    bool is_done = of->outcome->reject == PLM_REJECT_NONE && !of->outcome->is_repeat;
    if (code == SQLITE_OK && is_done) {
        code = add_kind(writer, of);
    }
    for (uint32_t i = 0; code == SQLITE_OK && i < of->outcome->effect_count; i += 1) {
        code = add_effect(writer, of, i);
    }
    return code;
}
