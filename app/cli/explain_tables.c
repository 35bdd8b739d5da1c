/* explain_tables.c: the reason of a requirement as tables that sum exactly.            SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/muldiv.h"
#include "cli/explain.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/words.h"

#define TEXT_SIZE 320

const pli_table *
pli_explanation_table(const pli_explanation *explanation, const char *key) {
    for (uint32_t i = 0; i < explanation->table_count; i += 1) {
        if (strcmp(explanation->tables[i].key, key) == 0) {
            return &explanation->tables[i];
        }
    }
    return NULL;
}

pli_table
pli_explain_summary(pli_case *opened, const pli_explanation *explanation) {
    const plm_requirement *requirement = &explanation->answer.requirement;
    const plm_reason *reason = &explanation->answer.reason;
    const char *unit = opened->currency;
    const pli_column columns[] = {
        pli_column_text("group", "group"),
        pli_column_text("model", "model"),
        pli_column_text("health", "health"),
        pli_column_money("equity_maintenance", "equity", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("maintenance", "maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("call", "call", unit, PLI_DECIMAL_CEIL),
        pli_column_money("equity_initial", "equity for initial", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("initial", "initial", unit, PLI_DECIMAL_CEIL),
        pli_column_text("maintenance_branch", "decided by (maintenance)"),
        pli_column_text("maintenance_reason", "why (maintenance)"),
        pli_column_text("initial_branch", "decided by (initial)"),
        pli_column_text("initial_reason", "why (initial)"),
    };
    const pli_cell cells[] = {
        pli_cell_text(explanation->group_name),
        pli_cell_text(opened->model->name),
        pli_cell_toned(pli_cell_text(plm_health_name(requirement->health)),
                       pli_health_tone(requirement->health)),
        pli_cell_micros(requirement->equity_maintenance_micros),
        pli_cell_micros(requirement->maintenance_micros),
        pli_cell_micros(requirement->call_micros),
        pli_cell_micros(requirement->equity_initial_micros),
        pli_cell_micros(requirement->initial_micros),
        pli_cell_text(plm_branch_name(reason->maintenance.branch)),
        pli_cell_text(explanation->maintenance_words),
        pli_cell_text(plm_branch_name(reason->initial.branch)),
        pli_cell_text(explanation->initial_words),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "summary", columns, sizeof columns / sizeof columns[0], 1);
    pli_rows_add(&rows, cells);
    rows.table.is_record = true;
    return rows.table;
}

static void
add_line(pli_rows *rows, const char *name, int64_t maintenance, int64_t initial, pli_tone tone) {
    const pli_cell cells[3] = {pli_cell_toned(pli_cell_text(name), tone),
                               pli_cell_toned(pli_cell_micros(maintenance), tone),
                               pli_cell_toned(pli_cell_micros(initial), tone)};
    pli_rows_add(rows, cells);
}

pli_table
pli_explain_requirement(pli_case *opened, const plm_reason *reason,
                        const plm_requirement *requirement) {
    const char *unit = opened->currency;
    const pli_column columns[3] = {
        pli_column_text("line", "line"),
        pli_column_money("maintenance", "maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("initial", "initial", unit, PLI_DECIMAL_CEIL),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "requirement", columns, 3, PLM_CHARGE_COUNT + 2);
    add_line(&rows, "core", reason->maintenance.core_micros, reason->initial.core_micros,
             PLI_TONE_PLAIN);
    for (int charge = 0; charge < PLM_CHARGE_COUNT; charge += 1) {
        int64_t maintenance = reason->maintenance.charges_micros[charge];
        int64_t initial = reason->initial.charges_micros[charge];
        if (maintenance != 0 || initial != 0) {
            add_line(&rows, plm_charge_name((plm_charge)charge), maintenance, initial,
                     PLI_TONE_PLAIN);
        }
    }
    add_line(&rows, "requirement", requirement->maintenance_micros, requirement->initial_micros,
             PLI_TONE_STRONG);
    rows.table.title = "Requirement";
    rows.table.note = "The lines sum to the last row exactly; charges of zero are left out.";
    return rows.table;
}

static int64_t
weighted_ceil(int64_t micros, int64_t ppm) {
    return (int64_t)pli_div_ceil_i128((pli_i128)micros * ppm, PLM_PPM);
}

pli_table
pli_explain_branches(pli_case *opened, const plm_reason *reason) {
    const plm_portfolio_parameters *parameters = &opened->parameters.portfolio;
    const plm_reason_part *parts[2] = {&reason->maintenance, &reason->initial};
    int64_t lines[4][2];
    const char *const names[4] = {"tail of the past days", "worst of one underlying",
                                  "floor under all offsets", "stress, at its weight"};
    const plm_branch branches[4] = {PLM_BRANCH_TAIL, PLM_BRANCH_GRID, PLM_BRANCH_FLOOR,
                                    PLM_BRANCH_STRESS};
    for (int i = 0; i < 2; i += 1) {
        lines[0][i] = parts[i]->tail_micros;
        lines[1][i] = parts[i]->grid_micros;
        lines[2][i] = weighted_ceil(parts[i]->grid_sum_micros, parameters->offset_floor_ppm);
        lines[3][i] = weighted_ceil(parts[i]->stress_micros, parameters->stress_weight_ppm);
    }
    const pli_column columns[3] = {
        pli_column_text("branch", "branch"),
        pli_column_money("maintenance", "maintenance", opened->currency, PLI_DECIMAL_CEIL),
        pli_column_money("initial", "initial", opened->currency, PLI_DECIMAL_CEIL),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "branches", columns, 3, 4);
    for (int b = 0; b < 4; b += 1) {
        pli_cell cells[3] = {pli_cell_text(names[b]), pli_cell_micros(lines[b][0]),
                             pli_cell_micros(lines[b][1])};
        for (int i = 0; i < 2; i += 1) {
            if (parts[i]->branch == branches[b]) {
                cells[i + 1] = pli_cell_toned(cells[i + 1], PLI_TONE_STRONG);
            }
        }
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "What could have decided";
    rows.table.note = "The largest of each column is the core.";
    return rows.table;
}

pli_table
pli_explain_equity(pli_case *opened, const plm_reason *reason, const plm_requirement *requirement) {
    const pli_column columns[2] = {
        pli_column_text("line", "line"),
        pli_column_money("amount", "amount", opened->currency, PLI_DECIMAL_FLOOR),
    };
    const struct {
        const char *name;
        int64_t micros;
        pli_tone tone;
    } lines[] = {
        {"collateral after haircut", reason->collateral_micros, PLI_TONE_PLAIN},
        {"liabilities", -reason->liabilities_micros, PLI_TONE_PLAIN},
        {"options at mark", reason->option_value_micros, PLI_TONE_PLAIN},
        {"unrealised profit", reason->unrealised_micros, PLI_TONE_PLAIN},
        {"equity", requirement->equity_maintenance_micros, PLI_TONE_STRONG},
        {"slow price against gains (initial)", -reason->slow_price_micros, PLI_TONE_PLAIN},
        {"equity for initial", requirement->equity_initial_micros, PLI_TONE_STRONG},
    };
    uint32_t count = sizeof lines / sizeof lines[0];
    pli_rows rows = pli_rows_make(&opened->pool, "equity", columns, 2, count);
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_cell cells[2] = {pli_cell_toned(pli_cell_text(lines[i].name), lines[i].tone),
                                   pli_cell_toned(pli_cell_micros(lines[i].micros), lines[i].tone)};
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Equity";
    rows.table.note =
        "The first four lines sum to equity. Equity for initial takes the slow price off "
        "gains, weighs what is left of them, and values collateral at the worse price.";
    return rows.table;
}

typedef struct contribution {
    const char *name;
    const char *kind;
    pli_i128 quantity;
    unsigned scale;
    int64_t maintenance;
    int64_t initial;
} contribution;

static void
add_contribution(pli_rows *rows, const contribution *of) {
    const pli_cell cells[5] = {pli_cell_text(of->name), pli_cell_text(of->kind),
                               pli_cell_number(of->quantity, of->scale),
                               pli_cell_toned(pli_cell_micros(of->maintenance),
                                              of->maintenance < 0 ? PLI_TONE_GOOD : PLI_TONE_PLAIN),
                               pli_cell_toned(pli_cell_micros(of->initial),
                                              of->initial < 0 ? PLI_TONE_GOOD : PLI_TONE_PLAIN)};
    pli_rows_add(rows, cells);
}

static void
add_positions(pli_case *opened, const plm_reason *reason, pli_rows *rows) {
    const plm_portfolio *held = &reason->evaluated;
    for (uint32_t i = 0; i < held->position_count; i += 1) {
        uint32_t index = held->positions[i].instrument_index;
        const contribution row = {.name = pli_book_instrument_name(&opened->book, index),
                                  .kind = "position",
                                  .quantity = (pli_i128)held->positions[i].lots *
                                              opened->book.listing.instruments[index].lot_e8,
                                  .scale = 8,
                                  .maintenance = reason->maintenance.position_micros[i],
                                  .initial = reason->initial.position_micros[i]};
        add_contribution(rows, &row);
    }
}

static void
add_orders(pli_case *opened, const plm_reason *reason, pli_rows *rows) {
    const plm_portfolio *held = &reason->evaluated;
    for (uint32_t i = 0; i < held->order_count; i += 1) {
        const plm_order *order = &held->orders[i];
        const contribution row = {
            .name = pli_book_instrument_name(&opened->book, order->instrument_index),
            .kind = order->side == PLM_SIDE_BUY ? "buy order" : "sell order",
            .quantity = (pli_i128)(order->side == PLM_SIDE_BUY ? order->lots : -order->lots) *
                        opened->book.listing.instruments[order->instrument_index].lot_e8,
            .scale = 8,
            .maintenance = reason->maintenance.order_micros[i],
            .initial = reason->initial.order_micros[i]};
        add_contribution(rows, &row);
    }
}

static void
add_balances(pli_case *opened, const plm_reason *reason, pli_rows *rows) {
    const plm_portfolio *held = &reason->evaluated;
    for (uint32_t i = 0; i < held->balance_count; i += 1) {
        uint32_t index = held->balances[i].asset_index;
        const contribution row = {.name = pli_book_asset_name(&opened->book, index),
                                  .kind = "balance",
                                  .quantity = pli_i128_from_wide(held->balances[i].atoms),
                                  .scale = opened->book.listing.assets[index].decimals,
                                  .maintenance = reason->maintenance.balance_micros[i],
                                  .initial = reason->initial.balance_micros[i]};
        add_contribution(rows, &row);
    }
}

pli_table
pli_explain_contributions(pli_case *opened, const plm_reason *reason) {
    const plm_portfolio *held = &reason->evaluated;
    const char *unit = opened->currency;
    const pli_column columns[5] = {
        pli_column_text("name", "name"),
        pli_column_text("kind", "kind"),
        pli_column_number("quantity", "quantity", "", 3),
        pli_column_money("maintenance", "of the core, maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("initial", "of the core, initial", unit, PLI_DECIMAL_CEIL),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "contributions", columns, 5,
                      held->position_count + held->order_count + held->balance_count + 1);
    add_positions(opened, reason, &rows);
    add_orders(opened, reason, &rows);
    add_balances(opened, reason, &rows);
    const pli_cell total[5] = {
        pli_cell_toned(pli_cell_text("core"), PLI_TONE_STRONG), pli_cell_text("total"),
        pli_cell_none(),
        pli_cell_toned(pli_cell_micros(reason->maintenance.core_micros), PLI_TONE_STRONG),
        pli_cell_toned(pli_cell_micros(reason->initial.core_micros), PLI_TONE_STRONG)};
    pli_rows_add(&rows, total);
    rows.table.title = "Contributions to the core";
    rows.table.note = "On the branch that decides; below zero is an offset. They sum exactly.";
    return rows.table;
}

pli_table
pli_explain_tail(pli_case *opened, const plm_reason_part *part, const uint8_t *used) {
    const pli_column columns[4] = {
        pli_column_count("rank", "rank"),
        pli_column_count("entry", "entry"),
        pli_column_money("loss", "loss", opened->currency, PLI_DECIMAL_CEIL),
        pli_column_text("what", "what happened"),
    };
    uint32_t count = part->tail_count < PLM_TAIL_MAX ? part->tail_count : PLM_TAIL_MAX;
    pli_rows rows = pli_rows_make(&opened->pool, "tail", columns, 4, count);
    for (uint32_t i = 0; i < count; i += 1) {
        char what[TEXT_SIZE];
        pli_text text = pli_text_init(what, sizeof what);
        pli_words_entry(&text, opened, &opened->maintenance_set, part->tail_entries[i], PLM_NONE,
                        used);
        const pli_cell cells[4] = {
            pli_cell_number(i + 1, 0), pli_cell_number(part->tail_entries[i], 0),
            pli_cell_micros(part->tail_losses_micros[i]), pli_cell_text(what)};
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Tail scenarios (maintenance)";
    rows.table.note =
        "Past days with returns rescaled to today's volatility; losses before charges.";
    return rows.table;
}
