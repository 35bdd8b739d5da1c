/* params.c: plimsoll params: every governed parameter, from the descriptors themselves. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "cli/unit_text.h"
#include "cli/verbs.h"
#include "plimsoll/core.h"
#include "plimsoll/liquidation.h"

static const pli_option options[] = {{NULL, NULL, NULL}};

#define TEXT_SIZE 96

static const char *const unit_names[] = {"",         "count", "ratio", "money",
                                         "duration", "price", "choice"};

// Records of the state machine itself: governed by events, in no parameter file.
static const pli_record of_the_engine[] = {
    {"core", &plm_core_descriptor},
    {"liquidation", &plm_liquidation_descriptor},
};

enum { OF_THE_ENGINE = sizeof of_the_engine / sizeof of_the_engine[0] };

static uint32_t
count_all(void) {
    return pli_record_count() + OF_THE_ENGINE;
}

static pli_record
record_at(uint32_t index) {
    uint32_t count = pli_record_count();
    return index < count ? pli_record_at(index) : of_the_engine[index - count];
}

static void
add_field(pli_rows *rows, const char *record, const plm_parameter_field *field) {
    const int64_t values[4] = {field->standard, field->low, field->high, field->step_max};
    char shown[4][TEXT_SIZE];
    for (size_t i = 0; i < 4; i += 1) {
        pli_text text = pli_text_init(shown[i], TEXT_SIZE);
        bool is_step_of_choice = field->unit == PLM_UNIT_CHOICE && i == 3;
        pli_unit_append(&text, is_step_of_choice ? PLM_UNIT_COUNT : field->unit, values[i],
                        field->choices);
    }
    const pli_cell cells[] = {
        pli_cell_text(record),
        pli_cell_text(field->path),
        pli_cell_text(unit_names[field->unit]),
        pli_cell_text(shown[0]),
        pli_cell_text(shown[1]),
        pli_cell_text(shown[2]),
        pli_cell_text(shown[3]),
        pli_cell_number(field->delay_hours, 0),
        pli_cell_text(field->owner),
        pli_cell_text(field->text),
    };
    pli_rows_add(rows, cells);
}

static pli_exit
fail_record(const char *name) {
    const char *names[PLI_RECORDS_MAX + OF_THE_ENGINE];
    for (uint32_t i = 0; i < count_all(); i += 1) {
        names[i] = record_at(i).name;
    }
    const char *nearest = pli_nearest(name, names, count_all());
    char message[160];
    pli_text text = pli_text_init(message, sizeof message);
    pli_text_append(&text, "params: no record is named ");
    pli_text_append(&text, name);
    return pli_fail_usage(message, nearest != NULL ? "; did you mean " : "; see plimsoll params",
                          nearest);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *asked = invocation->operand_count > 0 ? invocation->operands[0] : NULL;
    const pli_column columns[] = {
        pli_column_text("record", "record"),
        pli_column_text("field", "field"),
        pli_column_text("unit", "unit"),
        {"default", "default", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        {"low", "low", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        {"high", "high", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        {"step_max", "step", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        {"delay_hours", "delay", "h", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        pli_column_text("owner", "owner"),
        pli_column_text("meaning", "meaning"),
    };
    uint32_t count = 0;
    bool is_found = asked == NULL;
    for (uint32_t i = 0; i < count_all(); i += 1) {
        count += record_at(i).descriptor->field_count;
        is_found = is_found || strcmp(record_at(i).name, asked) == 0;
    }
    if (!is_found) {
        return fail_record(asked);
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows rows =
        pli_rows_make(&pool, "parameters", columns, sizeof columns / sizeof columns[0], count);
    // Without a name what a parameter file may hold, in the form that it takes.
    uint32_t shown = asked == NULL ? pli_record_count() : count_all();
    for (uint32_t i = 0; i < shown; i += 1) {
        const pli_record record = record_at(i);
        if (asked != NULL && strcmp(record.name, asked) != 0) {
            continue;
        }
        for (uint32_t j = 0; j < record.descriptor->field_count; j += 1) {
            add_field(&rows, record.name, &record.descriptor->fields[j]);
        }
    }
    const pli_tables document = {
        .schema = "plimsoll-params/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &document, page);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_params = {
    .name = "params",
    .summary = "list every governed parameter with unit, bounds, default and meaning",
    .operands = "[RECORD]",
    .operand_min = 0,
    .operand_max = 1,
    .options = options,
    .detail = "RECORD is a top-level key of the parameter file: portfolio, tiered, dynamic, "
              "scenario.initial,\n"
              "scenario.maintenance, procyclicality, living or shocks (one record for each shock\n"
              "class); or core or liquidation, which events govern and no file holds.\n"
              "Values are written as the file takes them: 25%, 1d, 1000.5. \"step\" is the largest "
              "change in one\n"
              "proposal, \"delay\" the hours before a change takes effect.",
    .example = "plimsoll params portfolio",
    .run = run,
};
