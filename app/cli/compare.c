/* compare.c: plimsoll compare: one portfolio under every margin model, side by side.     SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare.h"

#include <string.h>

#include "cli/memory.h"
#include "cli/verbs.h"
#include "cli/words.h"

#define NAME_SIZE 64
#define MODELS_MAX 64u
#define NAMES_SIZE 1024

static const pli_option options[] = {
    {"models", "A,B,C",
     "the models, in this order (default: every model that supports the account)"},
    {"report", "FILE.html", "also write a page with a chart, one file that opens offline"},
    {"group", "NAME", "the margin group (default: the cross-margin group)"},
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

/* The models that were asked for. */
typedef struct model_list {
    uint32_t count;
    const plm_model *models[MODELS_MAX];
} model_list;

static pli_exit
fail_model(const char *name) {
    char names[NAMES_SIZE];
    pli_text text = pli_text_init(names, sizeof names);
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        pli_text_append(&text, i == 0 ? "" : ", ");
        pli_text_append(&text, plm_model_at(i)->name);
    }
    char message[2 * NAME_SIZE];
    text = pli_text_init(message, sizeof message);
    pli_text_append(&text, "--models: no model is named \"");
    pli_text_append(&text, name);
    return pli_fail_usage(message, "\"; there are ", names);
}

static bool
is_listed(const model_list *list, const plm_model *model) {
    for (uint32_t i = 0; i < list->count; i += 1) {
        if (list->models[i] == model) {
            return true;
        }
    }
    return false;
}

static pli_exit
add_named(const char *begin, size_t size, model_list *list) {
    char name[NAME_SIZE];
    pli_text text = pli_text_init(name, sizeof name);
    pli_text_append_bytes(&text, begin, size);
    const plm_model *model = text.is_truncated ? NULL : plm_model_find(name);
    if (model == NULL) {
        return fail_model(name);
    }
    if (is_listed(list, model)) {
        return pli_fail_usage("--models names ", name, " twice");
    }
    if (list->count == MODELS_MAX) {
        return pli_fail_usage("--models names more than 64 models", NULL, NULL);
    }
    list->models[list->count] = model;
    list->count += 1;
    return PLI_EXIT_OK;
}

static pli_exit
choose_models(const pli_invocation *invocation, model_list *list) {
    const char *names = pli_argument_value(invocation, "models");
    for (uint32_t i = 0; names == NULL && i < MODELS_MAX && plm_model_at(i) != NULL; i += 1) {
        list->models[i] = plm_model_at(i);
        list->count += 1;
    }
    while (names != NULL) {
        const char *comma = strchr(names, ',');
        size_t size = comma == NULL ? strlen(names) : (size_t)(comma - names);
        pli_exit end = add_named(names, size, list);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        names = comma == NULL ? NULL : comma + 1;
    }
    return PLI_EXIT_OK;
}

static plm_workspace
take_workspace(pli_case *opened, const model_list *list, uint32_t group) {
    size_t size = 0;
    for (uint32_t i = 0; i < list->count; i += 1) {
        opened->model = list->models[i];
        const plm_explain_input input = pli_case_input(opened, group);
        size_t needed = pli_compare_size(&input);
        size = needed > size ? needed : size;
    }
    opened->model = &plm_model_portfolio;
    const plm_explain_input input = pli_case_input(opened, group);
    size_t needed = pli_compare_size(&input);
    size = needed > size ? needed : size;
    return (plm_workspace){.memory = pli_must_block(&opened->pool, size), .size = size};
}

// One row and its trigger prices. In the default choice a model that does not support the account is still a row.
static plm_status
ask(pli_case *opened, uint32_t group, plm_workspace *workspace, pli_comparison *comparison,
    plm_fault *fault) {
    const plm_explain_input input = pli_case_input(opened, group);
    uint32_t index = comparison->row_count;
    pli_compare_row *row = &comparison->rows[index];
    plm_status status = pli_compare_evaluate(&input, &comparison->risk, workspace, row, fault);
    if (status == PLM_OK && row->status == PLM_OK) {
        plm_triggers *triggers =
            &comparison->triggers[(size_t)index * opened->book.listing.underlying_count];
        status = pli_compare_triggers(&input, comparison->used, workspace, row, triggers, fault);
    }
    comparison->row_count += 1;
    return status;
}

static pli_exit
make(pli_case *opened, const model_list *list, uint32_t group, pli_comparison *comparison) {
    plm_fault fault = {.status = PLM_OK};
    plm_workspace workspace = take_workspace(opened, list, group);
    uint32_t underlyings = opened->book.listing.underlying_count;
    comparison->group_name = opened->account.groups[group].name;
    comparison->used = pli_words_used(opened, &opened->account.groups[group].portfolio);
    comparison->rows = PLI_MUST_TAKE(&opened->pool, list->count, pli_compare_row);
    comparison->triggers =
        PLI_MUST_TAKE(&opened->pool, (size_t)list->count * underlyings + 1, plm_triggers);
    const plm_explain_input input = pli_case_input(opened, group);
    plm_status status = pli_compare_measure(&input, &workspace, &comparison->risk, &fault);
    for (uint32_t i = 0; status == PLM_OK && i < list->count; i += 1) {
        opened->model = list->models[i];
        status = ask(opened, group, &workspace, comparison, &fault);
    }
    if (status != PLM_OK) {
        return pli_fail_case(opened, opened->portfolio_path, &fault);
    }
    pli_compare_tables(opened, comparison);
    return PLI_EXIT_OK;
}

static pli_exit
show(const pli_invocation *invocation, const pli_comparison *comparison, pli_page *page) {
    pli_tables answer = {.schema = "plimsoll-compare/1",
                         .table_count = PLI_COMPARE_TABLE_COUNT,
                         .tables = comparison->tables};
    if (invocation->format == PLI_FORMAT_TABLE && invocation->table_key == NULL) {
        pli_sink sink = pli_page_sink(page);
        pli_sink_plain(&sink, comparison->group_name);
        pli_sink_string(&sink, "\n");
        pli_sink_plain(&sink, comparison->risk_words);
        pli_sink_string(&sink, "\n\n");
        answer.table_count -= 1;
    }
    return pli_show(invocation, &answer, page);
}

static pli_exit
write_report(pli_case *opened, const pli_comparison *comparison, const char *path) {
    pli_page report = {.data = NULL};
    plm_fault fault = {.status = PLM_OK};
    pli_compare_page(opened, comparison, &report);
    plm_status status = pli_page_publish(&report, path, &fault);
    pli_page_finish(&report);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &fault);
}

static pli_exit
evaluate(const pli_invocation *invocation, const model_list *list, pli_case *opened,
         pli_page *page) {
    uint32_t group = 0;
    pli_comparison comparison = {.row_count = 0};
    pli_exit end = pli_case_open(invocation, true, opened);
    end = end == PLI_EXIT_OK ? pli_case_group(invocation, opened, &group) : end;
    end = end == PLI_EXIT_OK ? pli_case_prepare(opened, PLI_ROWS_HELD, 0, NULL) : end;
    end = end == PLI_EXIT_OK ? make(opened, list, group, &comparison) : end;
    end = end == PLI_EXIT_OK ? show(invocation, &comparison, page) : end;
    const char *report = pli_argument_value(invocation, "report");
    if (end == PLI_EXIT_OK && report != NULL) {
        end = write_report(opened, &comparison, report);
    }
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    model_list list = {.count = 0};
    pli_exit end = choose_models(invocation, &list);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_case opened;
    end = evaluate(invocation, &list, &opened, page);
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_compare = {
    .name = "compare",
    .summary = "one account under every margin model, side by side, per unit of risk",
    .operands = "MARKET PORTFOLIO",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail = "A row for each model: what it requires, what it counts as equity, what decides, and "
              "where the account would\n"
              "be liquidated. A model that does not define a result for the account says why. "
              "\"per risk\" is the initial\n"
              "requirement over one risk that no model defines: the Expected Shortfall at 97.5% "
              "of the joint history.",
    .example = "plimsoll compare examples/market.json examples/portfolio-covered-call.json "
               "--config examples/config.yaml",
    .run = run,
};
