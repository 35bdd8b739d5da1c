/* history_rebuild.c: plimsoll history rebuild: history.db anew from the log.           SPDX-License-Identifier: Apache-2.0 */
#include "cli/history.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"

static const pli_option options[] = {
    {"continue", NULL, "keep what is there and add what the log has beyond it"},
    {NULL, NULL, NULL},
};

static pli_exit
show(const pli_invocation *invocation, uint64_t before, uint64_t sequence, pli_page *page) {
    const pli_column columns[] = {pli_column_count("sequence", "last event"),
                                  pli_column_count("added", "events added")};
    pli_pool pool = {.chunks = NULL};
    const pli_cell cells[] = {pli_cell_number((pli_i128)sequence, 0),
                              pli_cell_number((pli_i128)(sequence - before), 0)};
    pli_rows rows = pli_rows_make(&pool, "history", columns, 2, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    const pli_tables answer = {
        .schema = "plimsoll-history/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *directory = invocation->operands[0];
    plm_fault fault;
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    engine_options.is_read_only = true;
    plm_engine *engine = NULL;
    // What is no venue gets no file.
    pli_exit end = pli_venue_open(invocation, &engine_options, &engine);
    end = end == PLI_EXIT_OK ? pli_venue_close(engine, PLI_EXIT_OK) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_history *history = NULL;
    bool is_new = !pli_argument_is_given(invocation, "continue");
    if (pli_venue_history_open(directory, is_new, &history, &fault) != PLM_OK) {
        return pli_fail_status(directory, &fault);
    }
    uint64_t before = pli_history_taken(history);
    plm_status status = pli_venue_history_catch_up(directory, history, &fault);
    uint64_t after = pli_history_taken(history);
    plm_status closed = pli_history_close(history, status == PLM_OK ? &fault : NULL);
    if (status != PLM_OK || closed != PLM_OK) {
        return pli_fail_status(directory, &fault);
    }
    return show(invocation, before, after, page);
}

const pli_verb pli_verb_history_rebuild = {
    .name = "history rebuild",
    .summary = "make a venue's history.db anew from its log",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "history.db holds what happened as tables for SQLite (docs/history.md). It follows "
              "from the log alone, so it may be deleted and rebuilt at any time. Reads the log "
              "without its lock; whoever applies events meanwhile stops adding to the file and "
              "catches up when done.",
    .example = "plimsoll history rebuild build/venue",
    .run = run,
};
