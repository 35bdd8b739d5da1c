/* snapshot.c: plimsoll snapshot: put the state beside the log, so that opening is quick. SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"

static const pli_option options[] = {
    {"keep", "N", "snapshots kept, this one included, 1..100 (default 2)"},
    {NULL, NULL, NULL},
};

static pli_exit
show(const pli_invocation *invocation, const plm_engine *engine, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    const pli_column columns[1] = {pli_column_count("sequence", "last event in the snapshot")};
    const pli_cell cells[1] = {pli_cell_number((pli_i128)plm_engine_committed(engine), 0)};
    pli_rows rows = pli_rows_make(&pool, "snapshot", columns, 1, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    const pli_tables answer = {
        .schema = "plimsoll-snapshot/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    plm_engine *engine = NULL;
    plm_fault fault;
    pli_exit end = pli_venue_count(invocation, "keep", 1, 100, &engine_options.snapshot_count);
    end = end == PLI_EXIT_OK ? pli_venue_open(invocation, &engine_options, &engine) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    end = plm_engine_snapshot(engine, &fault) == PLM_OK
              ? show(invocation, engine, page)
              : pli_fail_status(invocation->operands[0], &fault);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_snapshot = {
    .name = "snapshot",
    .summary = "put the present state beside the log, so that opening is quick",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "The log stays whole: a snapshot saves time and is never the only record.",
    .example = "plimsoll snapshot build/venue",
    .run = run,
};
