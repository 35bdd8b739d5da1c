/* margin.c: plimsoll margin: what an account must hold and what it has.                SPDX-License-Identifier: Apache-2.0 */
#include "cli/case.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "cli/words.h"

#define LOAD_LINE_WIDTH 72u

static const pli_option options[] = {
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {"check", NULL, "exit 1 when a group's equity is below its maintenance requirement"},
    {NULL, NULL, NULL},
};

enum { COLUMN_COUNT = 9 };

static void
add_row(pli_rows *rows, const char *name, const char *kind, const plm_requirement *requirement) {
    pli_tone tone = pli_health_tone(requirement->health);
    const pli_cell cells[COLUMN_COUNT] = {
        pli_cell_text(name),
        pli_cell_text(kind),
        pli_cell_micros(requirement->equity_maintenance_micros),
        pli_cell_micros(requirement->maintenance_micros),
        pli_cell_micros(requirement->call_micros),
        pli_cell_micros(requirement->equity_initial_micros),
        pli_cell_micros(requirement->initial_micros),
        pli_cell_toned(pli_cell_number((pli_i128)requirement->equity_initial_micros -
                                           requirement->initial_micros,
                                       6),
                       tone),
        pli_cell_toned(pli_cell_text(plm_health_name(requirement->health)), tone),
    };
    pli_rows_add(rows, cells);
}

static void
write_load_lines(const pli_invocation *invocation, pli_case *opened,
                 const plm_requirement *requirements, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    for (uint32_t i = 0; i < opened->account.group_count; i += 1) {
        const pli_load_line line = pli_load_line_of(opened, &requirements[i]);
        pli_sink_plain(&sink, opened->account.groups[i].name);
        pli_sink_string(&sink, i == 0 ? "\n" : " (isolated)\n");
        pli_load_line_write(&sink, &line, LOAD_LINE_WIDTH, invocation->style);
        pli_sink_string(&sink, "\n");
    }
}

static pli_exit
show(const pli_invocation *invocation, pli_case *opened, const plm_requirement *requirements,
     pli_page *page) {
    const char *unit = opened->currency;
    const pli_column columns[COLUMN_COUNT] = {
        pli_column_text("group", "group"),
        pli_column_text("kind", "kind"),
        pli_column_money("equity_maintenance", "equity", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("maintenance", "maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("call", "call", unit, PLI_DECIMAL_CEIL),
        pli_column_money("equity_initial", "equity for initial", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("initial", "initial", unit, PLI_DECIMAL_CEIL),
        pli_column_money("excess", "excess", unit, PLI_DECIMAL_FLOOR),
        pli_column_text("health", "health"),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "groups", columns, COLUMN_COUNT, opened->account.group_count);
    for (uint32_t i = 0; i < opened->account.group_count; i += 1) {
        add_row(&rows, opened->account.groups[i].name, i == 0 ? "cross" : "isolated",
                &requirements[i]);
    }
    if (opened->histories.count == 0 && (opened->model->needs & PLM_NEEDS_ARRAYS) != 0) {
        rows.table.note = "No history was given (--config): underlyings do not offset each other.";
    }
    if (invocation->format == PLI_FORMAT_TABLE && invocation->table_key == NULL) {
        write_load_lines(invocation, opened, requirements, page);
    }
    const pli_tables document = {
        .schema = "plimsoll-margin/1", .table_count = 1, .tables = &rows.table};
    return pli_show(invocation, &document, page);
}

static pli_exit
evaluate(const pli_invocation *invocation, pli_case *opened, pli_page *page) {
    pli_exit end = pli_case_open(invocation, true, opened);
    end = end == PLI_EXIT_OK ? pli_case_prepare(opened, PLI_ROWS_HELD, 0, NULL) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    uint32_t count = opened->account.group_count;
    plm_requirement *requirements = PLI_MUST_TAKE(&opened->pool, count, plm_requirement);
    bool is_sinking = false;
    for (uint32_t i = 0; i < count; i += 1) {
        pli_answer answer = {.requirement = {.initial_micros = 0}};
        end = pli_case_evaluate(opened, i, 0, NULL, &answer);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        requirements[i] = answer.requirement;
        is_sinking = is_sinking || answer.requirement.health == PLM_HEALTH_LIQUIDATABLE;
    }
    end = show(invocation, opened, requirements, page);
    bool is_finding = is_sinking && pli_argument_is_given(invocation, "check");
    return end == PLI_EXIT_OK && is_finding ? PLI_EXIT_FINDING : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    pli_exit end = evaluate(invocation, &opened, page);
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_margin = {
    .name = "margin",
    .summary = "what an account must hold, what it has, and how it stands",
    .operands = "MARKET PORTFOLIO",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail = "One row for the cross-margin group and one for each isolated group. Groups do not "
              "help each other:\n"
              "each must hold its own requirement. The load line shows equity (full as far as it "
              "counts for initial,\n"
              "half-full as far as it counts for maintenance) over the marks M maintenance, C call "
              "and I initial.",
    .example = "plimsoll margin examples/market.json examples/portfolio-desk.json --config "
               "examples/config.yaml",
    .run = run,
};
