/* compare_page.c: the comparison as a page with a chart.                                 SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/compare.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/words.h"
#include "io/time_text.h"
#include "report/html.h"
#include "report/levels.h"

#define TEXT_SIZE 512

static void
write_chart(const pli_sink *sink, pli_case *opened, const pli_comparison *comparison) {
    pli_level *levels = PLI_MUST_TAKE(&opened->pool, comparison->row_count, pli_level);
    uint32_t count = 0;
    for (uint32_t i = 0; i < comparison->row_count; i += 1) {
        const plm_requirement *of = &comparison->rows[i].requirement;
        if (comparison->rows[i].status == PLM_OK) {
            levels[count] =
                (pli_level){.label = comparison->rows[i].model->name,
                            .bars = {of->initial_micros, of->maintenance_micros},
                            .marks = {of->equity_initial_micros, of->equity_maintenance_micros}};
            count += 1;
        }
    }
    const pli_levels chart = {.title = "What each model requires",
                              .unit = opened->currency,
                              .scale = 6,
                              .bar_titles = {"initial", "maintenance"},
                              .mark_title = "equity",
                              .line_title = comparison->risk.risk_micros > 0 ? "risk" : NULL,
                              .line = comparison->risk.risk_micros,
                              .count = count,
                              .levels = levels};
    if (count > 0) {
        pli_html_picture_begin(sink);
        pli_chart_levels(sink, &chart, false);
        pli_html_picture_end(sink);
    }
}

// The models that ask least and most, among those that answer.
static void
write_verdict(const pli_sink *sink, pli_case *opened, const pli_comparison *comparison) {
    const pli_compare_row *least = NULL;
    const pli_compare_row *most = NULL;
    for (uint32_t i = 0; i < comparison->row_count; i += 1) {
        const pli_compare_row *row = &comparison->rows[i];
        if (row->status != PLM_OK) {
            continue;
        }
        int64_t initial = row->requirement.initial_micros;
        least = least == NULL || initial < least->requirement.initial_micros ? row : least;
        most = most == NULL || initial > most->requirement.initial_micros ? row : most;
    }
    if (least == NULL) {
        pli_html_verdict(sink, "No model asked defines a result for this account.",
                         PLI_TONE_WARNING);
        return;
    }
    char words[TEXT_SIZE];
    pli_text text = pli_text_init(words, sizeof words);
    pli_text_append(&text, "Initial from ");
    pli_words_amount(&text, least->requirement.initial_micros, opened->currency, PLI_DECIMAL_CEIL);
    pli_text_append(&text, " (");
    pli_text_append(&text, least->model->name);
    pli_text_append(&text, ") to ");
    pli_words_amount(&text, most->requirement.initial_micros, opened->currency, PLI_DECIMAL_CEIL);
    pli_text_append(&text, " (");
    pli_text_append(&text, most->model->name);
    pli_text_append(&text, ").");
    pli_html_verdict(sink, words, PLI_TONE_PLAIN);
}

#define PICKED_MAX 8u

// Some columns of a table, and only the rows that do or do not carry a requirement: a page is narrower than a terminal.
static pli_table
pick(pli_case *opened, const pli_table *table, bool is_supported, const char *const *keys) {
    uint32_t picked[PICKED_MAX];
    pli_column columns[PICKED_MAX];
    uint32_t count = 0;
    uint32_t flag = 0;
    for (uint32_t i = 0; i < table->column_count; i += 1) {
        flag = strcmp(table->columns[i].key, "is_supported") == 0 ? i : flag;
        if (count < PICKED_MAX && keys[count] != NULL &&
            strcmp(table->columns[i].key, keys[count]) == 0) {
            picked[count] = i;
            columns[count] = table->columns[i];
            count += 1;
        }
    }
    pli_rows rows = pli_rows_make(&opened->pool, table->key, columns, count, table->row_count);
    for (uint32_t i = 0; i < table->row_count; i += 1) {
        const pli_cell *from = &table->cells[(size_t)i * table->column_count];
        pli_cell cells[PICKED_MAX];
        for (uint32_t j = 0; j < count; j += 1) {
            cells[j] = from[picked[j]];
        }
        if ((from[flag].value != 0) == is_supported) {
            pli_rows_add(&rows, cells);
        }
    }
    return rows.table;
}

static void
write_models(const pli_sink *sink, pli_case *opened, const pli_comparison *comparison) {
    static const char *const answered[] = {
        "model",  "maintenance", "initial",          "equity_initial",
        "excess", "health",      "initial_per_risk", NULL};
    static const char *const refused[] = {"model", "binding", NULL};
    pli_table table = pick(opened, &comparison->tables[0], true, answered);
    if (table.row_count > 0) {
        pli_html_section(sink, "Models",
                         "Each model counts equity its own way. Per risk is capital used per unit "
                         "of risk: initial over the risk.");
        pli_html_table(sink, &table);
    }
    table = pick(opened, &comparison->tables[0], false, refused);
    if (table.row_count > 0) {
        pli_html_section(sink, "Models without a result for this account", "");
        pli_html_table(sink, &table);
    }
}

void
pli_compare_page(pli_case *opened, const pli_comparison *comparison, pli_page *page) {
    pli_sink sink = pli_page_sink(page);
    char title[TEXT_SIZE];
    char subtitle[TEXT_SIZE];
    pli_text text = pli_text_init(title, sizeof title);
    pli_text_append(&text, "Margin models compared: ");
    pli_text_append(&text, comparison->group_name);
    text = pli_text_init(subtitle, sizeof subtitle);
    pli_text_append(&text, "Market of ");
    pli_time_format(&text, opened->book.market.time.ns);
    pli_text_append(&text, ", amounts in ");
    pli_text_append(&text, opened->currency);
    pli_html_begin(&sink, title, subtitle);
    write_verdict(&sink, opened, comparison);
    pli_html_paragraph(&sink, comparison->risk_words);
    write_chart(&sink, opened, comparison);
    write_models(&sink, opened, comparison);
    pli_html_section(&sink, "What decides", "");
    pli_html_table(&sink, &comparison->tables[1]);
    pli_html_section(&sink, "Trigger prices", "");
    pli_html_table(&sink, &comparison->tables[2]);
    pli_html_end(&sink, "Made by plimsoll " PLIMSOLL_VERSION ". Nothing on this page was fetched.");
}
