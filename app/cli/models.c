/* models.c: plimsoll models: the margin models of the catalogue.                       SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"
#include "cli/verbs.h"
#include "plimsoll/margin.h"

static const pli_option options[] = {{NULL, NULL, NULL}};

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const pli_column columns[4] = {
        pli_column_text("model", "model"),
        pli_column_count("version", "version"),
        pli_column_count("parameters", "parameters"),
        pli_column_text("summary", "summary"),
    };
    uint32_t count = 0;
    while (plm_model_at(count) != NULL) {
        count += 1;
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows rows = pli_rows_make(&pool, "models", columns, 4, count);
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_model *model = plm_model_at(i);
        const pli_cell cells[4] = {pli_cell_text(model->name), pli_cell_number(model->version, 0),
                                   pli_cell_number(model->descriptor->field_count, 0),
                                   pli_cell_text(model->summary)};
        pli_rows_add(&rows, cells);
    }
    const pli_tables answer = {
        .schema = "plimsoll-models/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_models = {
    .name = "models",
    .summary = "list the margin models that --model may name",
    .operands = "",
    .operand_min = 0,
    .operand_max = 0,
    .options = options,
    .detail = "Changing the model of a question is changing its name: nothing else in the files "
              "has to change.",
    .example = "plimsoll models",
    .run = run,
};
