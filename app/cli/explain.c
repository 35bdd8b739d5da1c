/* explain.c: plimsoll explain: the reason behind a requirement, to the last cent.      SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"

#include "cli/memory.h"
#include "cli/verbs.h"
#include "cli/words.h"

#define LOAD_LINE_WIDTH 72u
#define TEXT_SIZE 512

static const pli_option options[] = {
    {"report", "FILE.html", "also write a page with pictures, one file that opens offline"},
    {"picture", "NAME",
     "only this picture, as SVG: load-line, waterfall, contributions, or an underlying"},
    {"group", "NAME", "the margin group (default: the cross-margin group)"},
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

static void
add_table(pli_explanation *explanation, pli_table table) {
    explanation->tables[explanation->table_count] = table;
    explanation->table_count += 1;
}

static const char *
branch_words(pli_case *opened, const plm_scenario_set *set, const plm_reason_part *part,
             const uint8_t *used) {
    char data[TEXT_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_words_branch(&text, opened, set, part, used);
    return pli_must_text(&opened->pool, data);
}

static pli_exit
add_sensitivities(pli_case *opened, uint32_t group, pli_explanation *explanation) {
    pli_table table;
    pli_exit end = pli_explain_greeks(opened, group, explanation->used, &table);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    add_table(explanation, table);
    end = pli_explain_trigger_prices(opened, group, explanation->used, &table);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    add_table(explanation, table);
    if (pli_explain_default(opened, explanation, &table)) {
        add_table(explanation, table);
    }
    pli_table legs;
    end = pli_explain_cure_tables(opened, group, &table, &legs);
    if (end == PLI_EXIT_OK) {
        add_table(explanation, table);
    }
    return end;
}

static pli_exit
make(pli_case *opened, uint32_t group, pli_explanation *explanation) {
    pli_exit end = pli_case_evaluate(opened, group, 0, NULL, &explanation->answer);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const plm_reason *reason = &explanation->answer.reason;
    const plm_requirement *requirement = &explanation->answer.requirement;
    explanation->group_name = opened->account.groups[group].name;
    explanation->load_line = pli_load_line_of(opened, requirement);
    explanation->used = pli_words_used(opened, &reason->evaluated);
    explanation->maintenance_words =
        branch_words(opened, &opened->maintenance_set, &reason->maintenance, explanation->used);
    explanation->initial_words =
        branch_words(opened, &opened->initial_set, &reason->initial, explanation->used);
    add_table(explanation, pli_explain_summary(opened, explanation));
    add_table(explanation, pli_explain_requirement(opened, reason, requirement));
    if (opened->model == &plm_model_portfolio) {
        add_table(explanation, pli_explain_branches(opened, reason));
    }
    add_table(explanation, pli_explain_equity(opened, reason, requirement));
    add_table(explanation, pli_explain_contributions(opened, reason));
    if (reason->maintenance.tail_count > 0) {
        add_table(explanation, pli_explain_tail(opened, &reason->maintenance, explanation->used));
    }
    return add_sensitivities(opened, group, explanation);
}

static void
write_words(const pli_sink *sink, const char *level, const char *words) {
    pli_sink_string(sink, level);
    pli_sink_plain(sink, words);
    pli_sink_string(sink, "\n");
}

// For a person the summary is sentences and a picture; programs get it as a record.
static pli_exit
show(const pli_invocation *invocation, const pli_explanation *explanation, pli_page *page) {
    pli_tables answer = {.schema = "plimsoll-explain/1",
                         .table_count = explanation->table_count,
                         .tables = explanation->tables};
    if (invocation->format == PLI_FORMAT_TABLE && invocation->table_key == NULL) {
        pli_sink sink = pli_page_sink(page);
        pli_sink_plain(&sink, explanation->group_name);
        pli_sink_string(&sink, "\n");
        pli_load_line_write(&sink, &explanation->load_line, LOAD_LINE_WIDTH, invocation->style);
        pli_sink_string(&sink, "\n");
        write_words(&sink, "Maintenance: ", explanation->maintenance_words);
        write_words(&sink, "Initial:     ", explanation->initial_words);
        pli_sink_string(&sink, "\n");
        answer.tables += 1;
        answer.table_count -= 1;
    }
    return pli_show(invocation, &answer, page);
}

static pli_exit
write_report(pli_case *opened, const pli_explanation *explanation, const char *path) {
    pli_page report = {.data = NULL};
    pli_explain_page(opened, explanation, &report);
    return pli_report_write(&report, path);
}

static pli_exit
evaluate(const pli_invocation *invocation, pli_case *opened, pli_page *page) {
    uint32_t group = 0;
    pli_explanation explanation = {.table_count = 0};
    pli_exit end = pli_case_open(invocation, true, opened);
    end = end == PLI_EXIT_OK ? pli_case_group(invocation, opened, &group) : end;
    end = end == PLI_EXIT_OK ? pli_case_prepare(opened, PLI_ROWS_ALL, 0, NULL) : end;
    end = end == PLI_EXIT_OK ? make(opened, group, &explanation) : end;
    const char *picture = pli_argument_value(invocation, "picture");
    if (end == PLI_EXIT_OK) {
        end = picture != NULL ? pli_explain_picture(opened, &explanation, picture, page)
                              : show(invocation, &explanation, page);
    }
    const char *report = pli_argument_value(invocation, "report");
    if (end == PLI_EXIT_OK && report != NULL) {
        end = write_report(opened, &explanation, report);
    }
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    pli_exit end = evaluate(invocation, &opened, page);
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_explain = {
    .name = "explain",
    .summary = "why the requirement is what it is: binding scenario, contributions, charges",
    .operands = "MARKET PORTFOLIO",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail = "Says in words which scenario decides, lists every charge, splits the core over "
              "positions, orders and\n"
              "balances so that it sums exactly, names the tail scenarios with their dates, and "
              "gives the Greeks, the\n"
              "prices at which the account would be called or liquidated, and the cheapest cures.",
    .example = "plimsoll explain examples/market.json examples/portfolio-desk.json --config "
               "examples/config.yaml",
    .run = run,
};
