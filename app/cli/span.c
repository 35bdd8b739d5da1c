/* span.c: plimsoll span: the requirement of a SPAN risk parameter file for positions.  SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "io/span_file.h"

static const pli_option options[] = {
    {"account", "KIND", "member, hedger (default) or speculator: the ratio of initial"},
    {"no-inter-credit", NULL, "give no credit between combined commodities instead of refusing"},
    {NULL, NULL, NULL},
};

typedef struct span_run {
    pli_pool pool;
    pli_span_book book;
    pli_span_request request;
    pli_span_result result;
} span_run;

static pli_exit
read_account(const pli_invocation *invocation, pli_span_account *account) {
    static const char *const names[3] = {"member", "hedger", "speculator"};
    const char *given = pli_argument_value(invocation, "account");
    *account = PLI_SPAN_ACCOUNT_HEDGER;
    for (uint32_t i = 0; given != NULL && i < 3; i += 1) {
        if (strcmp(names[i], given) == 0) {
            *account = (pli_span_account)(i + 1);
            return PLI_EXIT_OK;
        }
    }
    return given == NULL ? PLI_EXIT_OK
                         : pli_fail_usage("--account is \"", given,
                                          "\"; allowed is member, hedger or speculator");
}

static pli_exit
compute(const pli_invocation *invocation, span_run *run) {
    plm_fault fault = {.status = PLM_OK};
    pli_exit end = read_account(invocation, &run->request.account);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    run->request.is_inter_credit_waived = pli_argument_is_given(invocation, "no-inter-credit");
    const char *path = invocation->operands[0];
    if (pli_span_read(path, &run->book, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    const char *positions = invocation->operands[1];
    if (pli_span_positions_read(positions, &run->book.file, &run->pool, &run->request, &fault) !=
        PLM_OK) {
        return pli_fail_status(positions, &fault);
    }
    // Per position an entry of each list; per commodity its spreads, two uses each.
    size_t size = ((size_t)run->request.position_count + 1) *
                      (sizeof(pli_span_month) * 2 + sizeof(pli_span_requirement) + 256) * 1 +
                  ((size_t)run->book.file.spread_count + 1) * (sizeof(pli_span_use) * 2 + 64) +
                  (size_t)run->book.file.commodity_count + 4096;
    pli_arena arena = pli_arena_init(pli_must_block(&run->pool, size), size);
    if (pli_span_margin(&run->book.file, &run->request, &arena, &run->result, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    return PLI_EXIT_OK;
}

static pli_cell
money(pli_i128 value) {
    return pli_cell_number(value, PLI_SPAN_MONEY_SCALE);
}

static pli_column
money_column(const char *key, const char *title, pli_decimal_rounding rounding) {
    return (pli_column){key, title, "", PLI_ALIGN_RIGHT, 2, rounding};
}

static pli_table
commodities_table(span_run *run) {
    const pli_column columns[] = {
        pli_column_text("commodity", "commodity"),
        pli_column_text("currency", "currency"),
        pli_column_count("active_scenario", "active"),
        money_column("scan", "scan", PLI_DECIMAL_CEIL),
        money_column("intra", "spreads", PLI_DECIMAL_CEIL),
        money_column("delivery", "delivery", PLI_DECIMAL_CEIL),
        money_column("short_option_minimum", "short minimum", PLI_DECIMAL_CEIL),
        money_column("risk", "risk", PLI_DECIMAL_CEIL),
        money_column("net_option_value", "option value", PLI_DECIMAL_FLOOR),
        money_column("maintenance", "maintenance", PLI_DECIMAL_CEIL),
        money_column("initial", "initial", PLI_DECIMAL_CEIL),
    };
    const uint32_t column_count = sizeof columns / sizeof columns[0];
    pli_rows rows = pli_rows_make(&run->pool, "commodities", columns, column_count,
                                  run->result.requirement_count);
    for (uint32_t i = 0; i < run->result.requirement_count; i += 1) {
        const pli_span_requirement *requirement = &run->result.requirements[i];
        const pli_span_commodity *commodity =
            &run->book.file.commodities[requirement->commodity_index];
        const pli_cell cells[] = {
            pli_cell_text(commodity->code),
            pli_cell_text(commodity->currency),
            pli_cell_number(requirement->active_scenario, 0),
            money(requirement->scan),
            money(requirement->intra),
            money(requirement->delivery),
            money(requirement->minimum),
            money(requirement->risk),
            money(requirement->net_value),
            money(requirement->total),
            money(requirement->initial_total),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.note = run->result.waived_count > 0
                          ? "Spreads between commodities could lower this; their credit is waived."
                          : "";
    return rows.table;
}

static void
spread_text(const span_run *run, const pli_span_spread *spread, pli_text *text) {
    for (uint32_t i = 0; i < spread->leg_count; i += 1) {
        const pli_span_leg *leg = &run->book.file.legs[spread->leg_first + i];
        char month[PLI_SPAN_PERIOD_SIZE];
        pli_span_period_text(leg->period, month);
        pli_text_append(text, i == 0 ? "" : " / ");
        if (spread->kind == PLI_SPAN_SPREAD_TIER) {
            pli_text_append(text, "tier ");
            pli_text_append_u64(text, leg->tier);
        } else {
            pli_text_append(text, month);
        }
    }
}

static pli_table
spreads_table(span_run *run) {
    const pli_column columns[] = {
        pli_column_text("commodity", "commodity"),
        pli_column_text("spread", "spread"),
        {"count", "count", "", PLI_ALIGN_RIGHT, 4, PLI_DECIMAL_CEIL},
        money_column("charge", "charge", PLI_DECIMAL_CEIL),
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->result.requirement_count; i += 1) {
        count += run->result.requirements[i].use_count;
    }
    pli_rows rows = pli_rows_make(&run->pool, "spreads", columns, 4, count);
    for (uint32_t i = 0; i < run->result.requirement_count; i += 1) {
        const pli_span_requirement *requirement = &run->result.requirements[i];
        for (uint32_t j = 0; j < requirement->use_count; j += 1) {
            const pli_span_use *use = &requirement->uses[j];
            char legs[160];
            pli_text text = pli_text_init(legs, sizeof legs);
            spread_text(run, &run->book.file.spreads[use->spread_index], &text);
            const pli_cell cells[] = {
                pli_cell_text(run->book.file.commodities[requirement->commodity_index].code),
                pli_cell_text(legs), pli_cell_number(use->count, PLI_SPAN_DELTA_SCALE),
                money(use->charge)};
            pli_rows_add(&rows, cells);
        }
    }
    rows.table.title = "Spreads between months";
    return rows.table;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    span_run run = {.pool = {.chunks = NULL}};
    pli_exit end = compute(invocation, &run);
    if (end == PLI_EXIT_OK) {
        const pli_table tables[2] = {commodities_table(&run), spreads_table(&run)};
        const pli_tables document = {
            .schema = "plimsoll-span/1", .table_count = 2, .tables = tables};
        end = pli_show(invocation, &document, page);
    }
    pli_span_book_finish(&run.book);
    pli_pool_finish(&run.pool);
    return end;
}

const pli_verb pli_verb_span = {
    .name = "span",
    .summary = "the requirement of a SPAN risk parameter file for positions",
    .operands = "FILE POSITIONS",
    .operand_min = 2,
    .operand_max = 2,
    .options = options,
    .detail =
        "FILE is a .pa2 (expanded positional) or .spn (XML) file of a clearing house, also gzip. "
        "POSITIONS is CSV:\n"
        "product,type,right,future,option,day,strike,quantity and, where needed, exchange; months "
        "are CCYYMM.\n"
        "Each combined commodity is a row in its own currency. What is not computed is refused by "
        "name.",
    .example = "plimsoll span examples/span/example.pa2 examples/span/positions.csv",
    .run = run,
};
