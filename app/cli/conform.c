/* conform.c: plimsoll conform: published cases of other venues against our numbers.    SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "io/case_files.h"
#include "io/json.h"
#include "num/double_text.h"
#include "study/conform.h"

static const pli_option options[] = {
    {"verbose", NULL, "also one row a formula, with its worst relative error"},
    {NULL, NULL, NULL},
};

#define NUMBER_SIZE 32

/* A difference kept for the tables, newest first. */
typedef struct difference {
    const struct difference *next;
    const char *texts[6]; /* file, case, formula, path, expected, got */
    char relative_error[NUMBER_SIZE];
} difference;

typedef struct conform_run {
    pli_pool pool;
    const char *file;
    uint32_t difference_count;
    difference *newest;
    pli_conform_tally *tally;
} conform_run;

static void
put_number(char *out, double value) {
    pli_text text = pli_text_init(out, NUMBER_SIZE);
    if (value >= 0.0) {
        plm_status status = pli_double_format(&text, value);
        (void)status; // nothing is written for what is no number, and that is what is meant
    }
}

static void
keep(void *context, const pli_conform_failure *failure) {
    conform_run *run = context;
    difference *entry = PLI_MUST_TAKE(&run->pool, 1, difference);
    const char *texts[6] = {run->file,     failure->id,       failure->formula,
                            failure->path, failure->expected, failure->got};
    for (uint32_t i = 0; i < 6; i += 1) {
        entry->texts[i] = pli_must_text(&run->pool, texts[i]);
    }
    put_number(entry->relative_error, failure->relative_error);
    entry->next = run->newest;
    run->newest = entry;
    run->difference_count += 1;
}

static pli_exit
run_file(conform_run *run, const char *path) {
    pli_document document = {.root = NULL};
    plm_fault fault = {.status = PLM_OK};
    plm_status status = pli_json_read(path, &document, &fault);
    if (status == PLM_OK) {
        status = pli_case_files_attach(path, &document, &fault);
    }
    if (status == PLM_OK) {
        run->file = path;
        const pli_conform_options chosen = {.memory =
                                                pli_must_block(&run->pool, PLI_CONFORM_MEMORY),
                                            .memory_size = PLI_CONFORM_MEMORY,
                                            .fail = keep,
                                            .context = run};
        status = pli_conform_file(document.root, &chosen, run->tally, &fault);
    }
    pli_document_finish(&document);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(path, &fault);
}

static pli_table
differences_table(conform_run *run) {
    const pli_column columns[] = {
        pli_column_text("file", "file"),
        pli_column_text("case", "case"),
        pli_column_text("formula", "formula"),
        pli_column_text("path", "path"),
        pli_column_text("expected", "expected"),
        pli_column_text("got", "got"),
        pli_column_text("relative_error", "relative error"),
    };
    uint32_t count = run->difference_count;
    const difference **ordered = PLI_MUST_TAKE(&run->pool, count + 1, const difference *);
    for (const difference *entry = run->newest; entry != NULL; entry = entry->next) {
        count -= 1;
        ordered[count] = entry;
    }
    pli_rows rows = pli_rows_make(&run->pool, "differences", columns, 7, run->difference_count);
    for (uint32_t i = 0; i < run->difference_count; i += 1) {
        pli_cell cells[7];
        for (uint32_t j = 0; j < 6; j += 1) {
            cells[j] = pli_cell_text(ordered[i]->texts[j]);
        }
        cells[6] = ordered[i]->relative_error[0] == '\0'
                       ? pli_cell_none()
                       : pli_cell_text(ordered[i]->relative_error);
        pli_rows_add(&rows, cells);
    }
    return rows.table;
}

static pli_table
formulas_table(conform_run *run) {
    const pli_column columns[] = {
        pli_column_text("formula", "formula"),
        pli_column_count("passed", "passed"),
        pli_column_count("failed", "failed"),
        pli_column_text("worst_relative_error", "worst relative error"),
    };
    const pli_conform_tally *tally = run->tally;
    pli_rows rows = pli_rows_make(&run->pool, "formulas", columns, 4, tally->formula_count);
    for (uint32_t i = 0; i < tally->formula_count; i += 1) {
        char worst[NUMBER_SIZE];
        put_number(worst, tally->formulas[i].worst_relative_error);
        const pli_cell cells[4] = {
            pli_cell_text(tally->formulas[i].name),
            pli_cell_number(tally->formulas[i].passed, 0),
            pli_cell_number(tally->formulas[i].failed, 0),
            pli_cell_text(worst),
        };
        pli_rows_add(&rows, cells);
    }
    return rows.table;
}

static pli_table
summary_table(conform_run *run) {
    const pli_column columns[] = {
        pli_column_count("passed", "passed"),
        pli_column_count("failed", "failed"),
        pli_column_count("informative", "informative"),
    };
    pli_rows rows = pli_rows_make(&run->pool, "summary", columns, 3, 1);
    const pli_cell cells[3] = {pli_cell_number(run->tally->passed, 0),
                               pli_cell_number(run->tally->failed, 0),
                               pli_cell_number(run->tally->informative, 0)};
    pli_rows_add(&rows, cells);
    rows.table.is_record = true;
    return rows.table;
}

/* For people: what differs, a line each, and the count last. */
static void
write_lines(conform_run *run, const pli_table *differences, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    static const char *const before[7] = {
        "", ": ", " ", " ", ": expected ", ", got ", ", relative error "};
    for (uint32_t i = 0; i < differences->row_count; i += 1) {
        const pli_cell *cells = differences->cells + (size_t)i * 7;
        for (uint32_t j = 0; j < 7; j += 1) {
            if (cells[j].kind == PLI_CELL_TEXT && cells[j].text[0] != '\0') {
                pli_sink_string(&sink, before[j]);
                pli_sink_plain(&sink, cells[j].text);
            }
        }
        pli_sink_string(&sink, "\n");
    }
    pli_sink_i64(&sink, run->tally->passed);
    pli_sink_string(&sink, " passed, ");
    pli_sink_i64(&sink, run->tally->failed);
    pli_sink_string(&sink, " failed\n");
}

static pli_exit
show(const pli_invocation *invocation, conform_run *run, pli_page *page) {
    bool is_verbose = pli_argument_is_given(invocation, "verbose");
    const pli_table tables[3] = {summary_table(run), differences_table(run), formulas_table(run)};
    pli_exit end = PLI_EXIT_OK;
    if (invocation->format != PLI_FORMAT_TABLE || invocation->table_key != NULL) {
        const pli_tables document = {
            .schema = "plimsoll-conform/1", .table_count = is_verbose ? 3 : 2, .tables = tables};
        end = pli_show(invocation, &document, page);
    } else {
        if (is_verbose) {
            const pli_tables document = {
                .schema = "plimsoll-conform/1", .table_count = 1, .tables = &tables[2]};
            end = pli_show(invocation, &document, page);
        }
        write_lines(run, &tables[1], page);
    }
    bool is_finding = end == PLI_EXIT_OK && run->tally->failed > 0;
    return is_finding ? PLI_EXIT_FINDING : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    conform_run run = {.pool = {.chunks = NULL}};
    run.tally = PLI_MUST_TAKE(&run.pool, 1, pli_conform_tally);
    pli_exit end = PLI_EXIT_OK;
    for (uint32_t i = 0; i < invocation->operand_count && end == PLI_EXIT_OK; i += 1) {
        end = run_file(&run, invocation->operands[i]);
    }
    if (end == PLI_EXIT_OK) {
        end = show(invocation, &run, page);
    }
    pli_pool_finish(&run.pool);
    return end;
}

const pli_verb pli_verb_conform = {
    .name = "conform",
    .summary = "run published cases of other venues through our formulas and compare",
    .operands = "FILE...",
    .operand_min = 1,
    .operand_max = 64,
    .options = options,
    .detail = "Each FILE is JSON of schema plimsoll-vectors/1. Every difference beyond a case's "
              "tolerance is one line;\n"
              "the last line counts cases. Exit 1 when any failed; a formula we do not have fails "
              "its cases.",
    .example = "plimsoll conform docs/method/cases.json",
    .run = run,
};
