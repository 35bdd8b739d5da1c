/* whatif.c: plimsoll whatif: an account before and after changes it only thinks about. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/case.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/trade_text.h"
#include "cli/verbs.h"
#include "cli/words.h"
#include "io/changes_json.h"

static const pli_option options[] = {
    {"changes", "FILE", "trades, orders and transfers as JSON (docs/formats.md)"},
    {"trade", "\"NAME QTY [@ PRICE]\"", "one trade, above zero bought; default price: the mark"},
    {"group", "NAME", "the margin group they happen in (default: the cross-margin group)"},
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

enum { COLUMN_COUNT = 4, ROW_COUNT = 7 };

static void
add_money(pli_rows *rows, const char *name, pli_i128 before, pli_i128 after, bool is_up_good) {
    pli_i128 change = after - before;
    pli_tone tone = change == 0                  ? PLI_TONE_PLAIN
                    : (change > 0) == is_up_good ? PLI_TONE_GOOD
                                                 : PLI_TONE_WARNING;
    const pli_cell cells[COLUMN_COUNT] = {
        pli_cell_text(name),
        pli_cell_number(before, 6),
        pli_cell_number(after, 6),
        pli_cell_toned(pli_cell_number(change, 6), tone),
    };
    pli_rows_add(rows, cells);
}

static pli_exit
show(const pli_invocation *invocation, pli_case *opened, const plm_requirement *before,
     const plm_requirement *after, pli_page *page) {
    const char *unit = opened->currency;
    const pli_column columns[COLUMN_COUNT] = {
        pli_column_text("quantity", "quantity"),
        pli_column_money("before", "before", unit, PLI_DECIMAL_HALF_EVEN),
        pli_column_money("after", "after", unit, PLI_DECIMAL_HALF_EVEN),
        pli_column_money("change", "change", unit, PLI_DECIMAL_HALF_EVEN),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "change", columns, COLUMN_COUNT, ROW_COUNT);
    add_money(&rows, "equity", before->equity_maintenance_micros, after->equity_maintenance_micros,
              true);
    add_money(&rows, "maintenance", before->maintenance_micros, after->maintenance_micros, false);
    add_money(&rows, "call", before->call_micros, after->call_micros, false);
    add_money(&rows, "equity for initial", before->equity_initial_micros,
              after->equity_initial_micros, true);
    add_money(&rows, "initial", before->initial_micros, after->initial_micros, false);
    add_money(&rows, "excess", (pli_i128)before->equity_initial_micros - before->initial_micros,
              (pli_i128)after->equity_initial_micros - after->initial_micros, true);
    const pli_column health_columns[2] = {pli_column_text("before", "health before"),
                                          pli_column_text("after", "health after")};
    pli_rows health = pli_rows_make(&opened->pool, "health", health_columns, 2, 1);
    const pli_cell cells[2] = {pli_cell_toned(pli_cell_text(plm_health_name(before->health)),
                                              pli_health_tone(before->health)),
                               pli_cell_toned(pli_cell_text(plm_health_name(after->health)),
                                              pli_health_tone(after->health))};
    pli_rows_add(&health, cells);
    health.table.is_record = true;
    const pli_table tables[2] = {rows.table, health.table};
    const pli_tables answer = {.schema = "plimsoll-whatif/1", .table_count = 2, .tables = tables};
    return pli_show(invocation, &answer, page);
}

// The list comes from a file or from one word of the command line, never from both.
static pli_exit
read_changes(const pli_invocation *invocation, const pli_case *opened, pli_change_list *list,
             plm_change *single) {
    const char *path = pli_argument_value(invocation, "changes");
    const char *trade = pli_argument_value(invocation, "trade");
    plm_fault fault = {.status = PLM_OK};
    if ((path == NULL) == (trade == NULL)) {
        return pli_fail_usage("whatif: give either --changes FILE or --trade \"NAME QTY @ PRICE\"",
                              NULL, NULL);
    }
    if (path != NULL) {
        return pli_changes_read(path, &opened->book, list, &fault) == PLM_OK
                   ? PLI_EXIT_OK
                   : pli_fail_status(NULL, &fault);
    }
    *single = (plm_change){.kind = PLM_CHANGE_TRADE};
    list->count = 1;
    list->changes = single;
    return pli_trade_parse(trade, &opened->book, &single->trade, &fault) == PLM_OK
               ? PLI_EXIT_OK
               : pli_fail_status("--trade", &fault);
}

static pli_exit
evaluate(const pli_invocation *invocation, pli_case *opened, plm_change *single,
         pli_change_list *list, pli_page *page) {
    uint32_t group = 0;
    pli_exit end = pli_case_open(invocation, true, opened);
    end = end == PLI_EXIT_OK ? pli_case_group(invocation, opened, &group) : end;
    end = end == PLI_EXIT_OK ? read_changes(invocation, opened, list, single) : end;
    end = end == PLI_EXIT_OK ? pli_case_prepare(opened, PLI_ROWS_HELD, list->count, list->changes)
                             : end;
    pli_answer before = {.requirement = {.initial_micros = 0}};
    pli_answer after = before;
    end = end == PLI_EXIT_OK ? pli_case_evaluate(opened, group, 0, NULL, &before) : end;
    end = end == PLI_EXIT_OK ? pli_case_evaluate(opened, group, list->count, list->changes, &after)
                             : end;
    return end == PLI_EXIT_OK
               ? show(invocation, opened, &before.requirement, &after.requirement, page)
               : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    pli_change_list list = {.count = 0};
    plm_change single; // what list holds where --trade said it
    pli_exit end = evaluate(invocation, &opened, &single, &list, page);
    pli_changes_finish(&list);
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_whatif = {
    .name = "whatif",
    .summary = "the same account before and after trades, orders or transfers",
    .operands = "MARKET PORTFOLIO",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail =
        "Quantities are in units of the underlying (inverse futures: quote currency), as in a "
        "portfolio file,\n"
        "and must be whole lots. A trade of --trade pays no fee; a file of --changes states fees.",
    .example =
        "plimsoll whatif examples/market.json examples/portfolio-desk.json --trade \"BTC-PERP -1 @ "
        "65010\"",
    .run = run,
};
