/* check_config.c: plimsoll check config: is a file well formed, and what does it amount to?
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/records.h"
#include "cli/rows.h"
#include "cli/unit_text.h"
#include "cli/verbs.h"
#include "io/changes_json.h"
#include "io/json.h"
#include "io/market_json.h"
#include "io/parameters_yaml.h"
#include "io/portfolio_json.h"

#define TEXT_SIZE 96
#define NAME_SIZE 48

static const pli_option options[] = {
    {"market", "MARKET",
     "the market that portfolios and changes name; parameters: reads histories"},
    {"changed", NULL, "parameters: only fields that differ from the shipped default"},
    {NULL, NULL, NULL},
};

/* check - what one run reads; every part may be zero. */
typedef struct check {
    const char *path;
    const char *market_path;
    pli_market_book market;
    pli_account_book account;
    pli_change_list changes;
    pli_parameter_book parameters;
    pli_history_set histories;
    pli_document document;
    pli_pool pool;
} check;

static void
add_field(pli_rows *rows, const char *record, const plm_parameter_field *field, int64_t value) {
    const int64_t values[4] = {value, field->standard, field->low, field->high};
    char shown[4][TEXT_SIZE];
    for (size_t i = 0; i < 4; i += 1) {
        pli_text text = pli_text_init(shown[i], TEXT_SIZE);
        pli_unit_append(&text, field->unit, values[i], field->choices);
    }
    bool is_changed = value != field->standard;
    const pli_cell cells[7] = {
        pli_cell_text(record),
        pli_cell_text(field->path),
        pli_cell_toned(pli_cell_text(shown[0]), is_changed ? PLI_TONE_STRONG : PLI_TONE_PLAIN),
        pli_cell_text(shown[1]),
        pli_cell_text(shown[2]),
        pli_cell_text(shown[3]),
        pli_cell_flag(is_changed),
    };
    pli_rows_add(rows, cells);
}

static void
add_record(pli_rows *rows, const char *name, const plm_descriptor *descriptor, const void *record,
           bool is_changed_only) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        int64_t value = plm_record_get(descriptor, record, i);
        if (!is_changed_only || value != descriptor->fields[i].standard) {
            add_field(rows, name, &descriptor->fields[i], value);
        }
    }
}

// Classes beyond the last one that differs from the defaults say nothing new; class 0 is always shown.
static uint32_t
class_count(const pli_parameter_book *parameters) {
    uint32_t count = 1;
    plm_shock_parameters standard;
    plm_record_init(&plm_shock_descriptor, &standard);
    for (uint32_t i = 0; i < PLI_CLASS_COUNT_MAX; i += 1) {
        bool is_different = memcmp(&standard, &parameters->classes[i], sizeof standard) != 0;
        count = is_different ? i + 1 : count;
    }
    return count;
}

static pli_exit
show_parameters(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    if (pli_parameters_read(work->path, &work->parameters, &fault) != PLM_OK ||
        (work->market_path != NULL && pli_histories_read(&work->parameters, &work->market,
                                                         &work->histories, &fault) != PLM_OK)) {
        return pli_fail_status(NULL, &fault);
    }
    const pli_parameter_book *read = &work->parameters;
    const pli_column right = {"", "", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT};
    pli_column columns[7] = {pli_column_text("record", "record"),
                             pli_column_text("field", "field"),
                             right,
                             right,
                             right,
                             right,
                             pli_column_text("is_changed", "changed")};
    static const char *const keys[4] = {"value", "default", "low", "high"};
    for (size_t i = 0; i < 4; i += 1) {
        columns[i + 2].key = keys[i];
        columns[i + 2].title = keys[i];
    }
    uint32_t classes = class_count(read);
    uint32_t capacity = classes * plm_shock_descriptor.field_count;
    for (uint32_t i = 0; i < pli_record_count(); i += 1) {
        capacity += pli_record_at(i).descriptor->field_count;
    }
    bool is_changed_only = pli_argument_is_given(invocation, "changed");
    pli_rows rows = pli_rows_make(&work->pool, "parameters", columns, 7, capacity);
    for (uint32_t i = 0; i < pli_record_count(); i += 1) {
        const pli_record record = pli_record_at(i);
        if (record.descriptor != &plm_shock_descriptor) {
            add_record(&rows, record.name, record.descriptor, pli_record_values(i, read),
                       is_changed_only);
        }
    }
    for (uint32_t i = 0; i < classes; i += 1) {
        char name[NAME_SIZE];
        pli_text text = pli_text_init(name, sizeof name);
        pli_text_append(&text, "shocks ");
        pli_text_append_u64(&text, i);
        add_record(&rows, name, &plm_shock_descriptor, &read->classes[i], is_changed_only);
    }
    const pli_tables answer = {
        .schema = "plimsoll-check/1", .table_count = 1, .tables = &rows.table};
    return pli_show(invocation, &answer, page);
}

static void
add_count(pli_rows *rows, const char *what, uint64_t count) {
    const pli_cell cells[2] = {pli_cell_text(what), pli_cell_number(count, 0)};
    pli_rows_add(rows, cells);
}

static pli_exit
show_counts(const pli_invocation *invocation, pli_rows *rows, pli_page *page) {
    rows->table.note = "The file is well formed.";
    const pli_tables answer = {
        .schema = "plimsoll-check/1", .table_count = 1, .tables = &rows->table};
    return pli_show(invocation, &answer, page);
}

static pli_rows
count_rows(check *work) {
    const pli_column columns[2] = {pli_column_text("what", "what"),
                                   pli_column_count("count", "count")};
    return pli_rows_make(&work->pool, "counts", columns, 2, 8);
}

static pli_exit
show_market(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    pli_market_book book = {.class_count = 0};
    if (pli_market_decode(&work->document, &book, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_rows rows = count_rows(work);
    uint32_t smiles = 0;
    for (uint32_t i = 0; i < book.market.expiry_count; i += 1) {
        smiles += book.market.expiries[i].slice.kind != PLM_SLICE_NONE ? 1 : 0;
    }
    add_count(&rows, "assets", book.listing.asset_count);
    add_count(&rows, "underlyings", book.listing.underlying_count);
    add_count(&rows, "expiries", book.market.expiry_count);
    add_count(&rows, "expiries with a smile", smiles);
    add_count(&rows, "instruments", book.listing.instrument_count);
    pli_book_finish(&book);
    return show_counts(invocation, &rows, page);
}

static pli_exit
show_portfolio(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    if (pli_portfolio_decode(&work->document, &work->market, &work->account, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_rows rows = count_rows(work);
    uint64_t counts[3] = {0, 0, 0};
    for (uint32_t i = 0; i < work->account.group_count; i += 1) {
        const plm_portfolio *portfolio = &work->account.groups[i].portfolio;
        counts[0] += portfolio->balance_count;
        counts[1] += portfolio->position_count;
        counts[2] += portfolio->order_count;
    }
    add_count(&rows, "margin groups", work->account.group_count);
    add_count(&rows, "balances", counts[0]);
    add_count(&rows, "positions", counts[1]);
    add_count(&rows, "orders", counts[2]);
    return show_counts(invocation, &rows, page);
}

static pli_exit
show_changes(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    if (pli_changes_decode(&work->document, &work->market, &work->changes, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_rows rows = count_rows(work);
    add_count(&rows, "changes", work->changes.count);
    return show_counts(invocation, &rows, page);
}

static pli_exit
show_json(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    if (pli_json_read(work->path, &work->document, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    const pli_node *schema = pli_node_find(work->document.root, "schema");
    if (pli_node_is_text(schema, "plimsoll-market/1")) {
        return show_market(invocation, work, page);
    }
    bool is_portfolio = pli_node_is_text(schema, "plimsoll-portfolio/1");
    if (!is_portfolio && !pli_node_is_text(schema, "plimsoll-changes/1")) {
        return pli_fail_usage(work->path,
                              ":1: schema is not one of plimsoll-market/1, plimsoll-portfolio/1, "
                              "plimsoll-changes/1",
                              NULL);
    }
    if (work->market_path == NULL) {
        return pli_fail_usage(work->path, ": names instruments; give --market MARKET", NULL);
    }
    return is_portfolio ? show_portfolio(invocation, work, page)
                        : show_changes(invocation, work, page);
}

static bool
ends_with(const char *text, const char *ending) {
    size_t size = strlen(text);
    size_t tail = strlen(ending);
    return size >= tail && strcmp(text + size - tail, ending) == 0;
}

static pli_exit
answer_check(const pli_invocation *invocation, check *work, pli_page *page) {
    plm_fault fault = {.status = PLM_OK};
    if (work->market_path != NULL &&
        pli_market_read(work->market_path, &work->market, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    bool is_yaml = ends_with(work->path, ".yaml") || ends_with(work->path, ".yml");
    return is_yaml ? show_parameters(invocation, work, page) : show_json(invocation, work, page);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    check work = {.path = invocation->operands[0],
                  .market_path = pli_argument_value(invocation, "market")};
    pli_exit end = answer_check(invocation, &work, page);
    pli_pool_finish(&work.pool);
    pli_document_finish(&work.document);
    pli_histories_finish(&work.histories);
    pli_parameters_finish(&work.parameters);
    pli_changes_finish(&work.changes);
    pli_account_finish(&work.account);
    pli_book_finish(&work.market);
    return end;
}

const pli_verb pli_verb_check_config = {
    .name = "check config",
    .summary = "is a file well formed, and what do its parameters resolve to?",
    .operands = "FILE",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "FILE is a parameter file (.yaml), a market, a portfolio or a list of changes (by "
              "its \"schema\").\n"
              "Parameters are shown resolved, with default and bounds; the first mistake ends the "
              "check with its\n"
              "file and line and exit 2.",
    .example = "plimsoll check config examples/config.yaml --market examples/market.json",
    .run = run,
};
