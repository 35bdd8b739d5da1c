/* hedge.c: plimsoll hedge: the cheapest ways back to health.                           SPDX-License-Identifier: Apache-2.0 */
#include "cli/case.h"
#include "cli/explain.h"
#include "cli/verbs.h"
#include "cli/words.h"

#define LOAD_LINE_WIDTH 72u

static const pli_option options[] = {
    {"group", "NAME", "the margin group (default: the cross-margin group)"},
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

enum { CURES = 0, GREEKS = 1, LEGS = 2, TABLE_COUNT = 3 };

static pli_exit
show(const pli_invocation *invocation, pli_case *opened, uint32_t group, pli_page *page) {
    pli_answer now = {.requirement = {.initial_micros = 0}};
    pli_table tables[TABLE_COUNT];
    pli_exit end = pli_case_evaluate(opened, group, 0, NULL, &now);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const uint8_t *used = pli_words_used(opened, &now.reason.evaluated);
    end = pli_explain_greeks(opened, group, used, &tables[GREEKS]);
    end = end == PLI_EXIT_OK ? pli_explain_cure_tables(opened, group, &tables[CURES], &tables[LEGS])
                             : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    tables[GREEKS].title = "Sensitivities to neutralise";
    pli_tables shown = {.schema = "plimsoll-hedge/1", .table_count = TABLE_COUNT, .tables = tables};
    if (invocation->format == PLI_FORMAT_TABLE && invocation->table_key == NULL) {
        pli_sink sink = pli_page_sink(page);
        const pli_load_line line = pli_load_line_of(opened, &now.requirement);
        pli_sink_plain(&sink, opened->account.groups[group].name);
        pli_sink_string(&sink, "\n");
        pli_load_line_write(&sink, &line, LOAD_LINE_WIDTH, invocation->style);
        pli_sink_string(&sink, "\n");
        // For a person the cures already say what to trade; --table legs has prices and fees.
        shown.table_count = LEGS;
    }
    return pli_show(invocation, &shown, page);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    uint32_t group = 0;
    pli_exit end = pli_case_open(invocation, true, &opened);
    end = end == PLI_EXIT_OK ? pli_case_group(invocation, &opened, &group) : end;
    end = end == PLI_EXIT_OK ? pli_case_prepare(&opened, PLI_ROWS_ALL, 0, NULL) : end;
    end = end == PLI_EXIT_OK ? show(invocation, &opened, group, page) : end;
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_hedge = {
    .name = "hedge",
    .summary = "the cheapest trades that restore health, hedges as well as reductions",
    .operands = "MARKET PORTFOLIO",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail = "Searches reductions of what is held and hedges in anything that has a mark, alone "
              "and combined, until\n"
              "equity meets the initial requirement; cheapest first. The last line is always the "
              "deposit that would do.",
    .example = "plimsoll hedge examples/market.json examples/portfolio-desk.json --config "
               "examples/config.yaml",
    .run = run,
};
