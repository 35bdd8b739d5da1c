/* scenarios.c: plimsoll scenarios show: what the models think might happen next.       SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/case.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/unit_text.h"
#include "cli/verbs.h"
#include "cli/words.h"

static const pli_option options[] = {
    {"row", "INSTRUMENT", "the risk array of one instrument: P&L of one long lot, every entry"},
    {"set", "NAME", "maintenance (default) or initial, for --row"},
    PLI_CASE_OPTION_CONFIG,
    {NULL, NULL, NULL},
};

#define TEXT_SIZE 320

static void
add_set(pli_rows *rows, const plm_scenario_set *set) {
    const plm_scenario_header *header = &set->header;
    char horizon[32];
    char hash[80];
    pli_text text = pli_text_init(horizon, sizeof horizon);
    pli_unit_append(&text, PLM_UNIT_NS, header->horizon.ns, "");
    text = pli_text_init(hash, sizeof hash);
    pli_text_append_hex(&text, header->hash, sizeof header->hash);
    const pli_cell cells[] = {
        pli_cell_text(header->name),
        pli_cell_number(header->version, 0),
        pli_cell_text(horizon),
        pli_cell_number(header->grid_count, 0),
        pli_cell_number(header->history_count, 0),
        pli_cell_number(header->plane_count, 0),
        pli_cell_number(header->stress_count, 0),
        pli_cell_number(header->entry_count, 0),
        pli_cell_text(hash),
    };
    pli_rows_add(rows, cells);
}

static pli_table
set_table(pli_case *opened) {
    const pli_column columns[] = {
        pli_column_text("set", "set"),
        pli_column_count("version", "version"),
        {"horizon", "horizon", "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT},
        pli_column_count("grid", "grid"),
        pli_column_count("history", "history"),
        pli_column_count("planes", "planes"),
        pli_column_count("stress", "stress"),
        pli_column_count("entries", "entries"),
        pli_column_text("hash", "hash"),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "sets", columns, sizeof columns / sizeof columns[0], 2);
    add_set(&rows, &opened->maintenance_set);
    add_set(&rows, &opened->initial_set);
    rows.table.title = "Scenario sets";
    return rows.table;
}

// The farthest active level of an underlying: the prefix of active entries is sorted by level.
static int32_t
active_level(const plm_scenario_set *set, uint32_t underlying_index) {
    int32_t level = 0;
    for (uint32_t i = 0; i < set->header.grid_active[underlying_index]; i += 1) {
        level = set->grid[i].level > level ? set->grid[i].level : level;
    }
    return level;
}

static pli_table
grid_table(pli_case *opened) {
    const pli_column columns[] = {
        pli_column_text("underlying", "underlying"),
        pli_column_number("volatility", "volatility", "%", 1),
        pli_column_number("step", "step", "%", 2),
        pli_column_count("levels_maintenance", "levels (maintenance)"),
        pli_column_count("levels_initial", "levels (initial)"),
        pli_column_number("range_maintenance", "range (maintenance)", "+-%", 1),
        pli_column_number("range_initial", "range (initial)", "+-%", 1),
        pli_column_text("history", "joint history"),
    };
    uint32_t count = opened->book.listing.underlying_count;
    pli_rows rows =
        pli_rows_make(&opened->pool, "grid", columns, sizeof columns / sizeof columns[0], count);
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_scenario_set *sets[2] = {&opened->maintenance_set, &opened->initial_set};
        int64_t step = sets[0]->shocks[i].step_ppm;
        const pli_cell cells[] = {
            pli_cell_text(pli_book_underlying_name(&opened->book, i)),
            pli_cell_number(opened->book.market.underlyings[i].volatility_ppm, 4),
            pli_cell_number(step, 4),
            pli_cell_number(active_level(sets[0], i), 0),
            pli_cell_number(active_level(sets[1], i), 0),
            pli_cell_number(active_level(sets[0], i) * step, 4),
            pli_cell_number(active_level(sets[1], i) * step, 4),
            pli_cell_flag(sets[0]->header.has_history[i] != 0),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Price grid";
    rows.table.note = "An underlying without joint history is never offset against others.";
    return rows.table;
}

static pli_table
stress_table(pli_case *opened) {
    const plm_scenario_set *set = &opened->maintenance_set;
    const plm_scenario_header *header = &set->header;
    pli_column columns[PLI_TABLE_COLUMNS_MAX] = {pli_column_text("stress", "stress")};
    uint32_t shown = header->underlying_count < PLI_TABLE_COLUMNS_MAX - 1
                         ? header->underlying_count
                         : PLI_TABLE_COLUMNS_MAX - 1;
    for (uint32_t i = 0; i < shown; i += 1) {
        const char *name = pli_book_underlying_name(&opened->book, i);
        columns[i + 1] = (pli_column){name, name, "", PLI_ALIGN_RIGHT, 0, PLI_DECIMAL_EXACT};
    }
    pli_rows rows =
        pli_rows_make(&opened->pool, "stress", columns, shown + 1, header->stress_count);
    uint32_t begin = plm_scenario_stress_begin(header);
    for (uint32_t i = 0; i < header->stress_count; i += 1) {
        pli_cell cells[PLI_TABLE_COLUMNS_MAX];
        char name[TEXT_SIZE];
        pli_text text = pli_text_init(name, sizeof name);
        pli_words_entry(&text, opened, set, begin + i, PLM_NONE, NULL);
        cells[0] = pli_cell_text(name + strlen("stress "));
        char moves[PLI_TABLE_COLUMNS_MAX][48];
        for (uint32_t j = 0; j < shown; j += 1) {
            const plm_stress_move *move =
                &set->stress_moves[(size_t)i * header->underlying_count + j];
            text = pli_text_init(moves[j], sizeof moves[j]);
            pli_words_percent(&text, move->price, 0);
            pli_text_append(&text, " vol ");
            pli_words_percent(&text, move->volatility, 0);
            if (move->basis != 0) {
                pli_text_append(&text, " basis ");
                pli_words_percent(&text, move->basis, 0);
            }
            cells[j + 1] = pli_cell_text(moves[j]);
        }
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Joint stress";
    return rows.table;
}

static pli_exit
show_sets(const pli_invocation *invocation, pli_case *opened, pli_page *page) {
    const pli_table tables[3] = {set_table(opened), grid_table(opened), stress_table(opened)};
    const pli_tables answer = {
        .schema = "plimsoll-scenarios/1", .table_count = 3, .tables = tables};
    return pli_show(invocation, &answer, page);
}

static const char *
segment_of(const plm_scenario_header *header, uint32_t entry) {
    return entry < header->grid_count                  ? "grid"
           : entry < plm_scenario_stress_begin(header) ? "history"
           : entry < plm_scenario_probe_begin(header)  ? "stress"
                                                       : "probe";
}

static pli_exit
show_row(const pli_invocation *invocation, pli_case *opened, uint32_t index,
         const plm_scenario_set *set, const plm_risk_table *table, pli_page *page) {
    static const char *const probes[PLM_PROBE_COUNT] = {"price up by the probe move",
                                                        "price down by the probe move",
                                                        "price up further",
                                                        "price down further",
                                                        "volatility up",
                                                        "volatility down",
                                                        "cash delta (not a move)"};
    const plm_scenario_header *header = &set->header;
    uint32_t underlying = opened->book.listing.instruments[index].underlying_index;
    const pli_column columns[] = {
        pli_column_count("entry", "entry"),
        pli_column_text("segment", "segment"),
        pli_column_text("active", "counts"),
        pli_column_money("profit", "profit of one lot", opened->currency, PLI_DECIMAL_HALF_EVEN),
        pli_column_text("what", "what happens"),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "row", columns, 5, header->entry_count);
    const int64_t *row = plm_risk_row(table, index);
    for (uint32_t i = 0; i < header->entry_count; i += 1) {
        char what[TEXT_SIZE];
        pli_text text = pli_text_init(what, sizeof what);
        if (i >= plm_scenario_probe_begin(header)) {
            pli_text_append(&text, probes[i - plm_scenario_probe_begin(header)]);
        } else {
            pli_words_entry(&text, opened, set, i, underlying, NULL);
        }
        bool is_active = i >= header->grid_count ? header->has_history[underlying] != 0 ||
                                                       i >= plm_scenario_stress_begin(header)
                                                 : i < header->grid_active[underlying];
        const pli_cell cells[5] = {pli_cell_number(i, 0), pli_cell_text(segment_of(header, i)),
                                   pli_cell_flag(is_active), pli_cell_micros(row[i]),
                                   pli_cell_text(what)};
        pli_rows_add(&rows, cells);
    }
    const pli_tables answer = {.schema = "plimsoll-row/1", .table_count = 1, .tables = &rows.table};
    return pli_show(invocation, &answer, page);
}

static pli_exit
answer_row(const pli_invocation *invocation, pli_case *opened, const char *name, pli_page *page) {
    const char *set_name = pli_argument_value(invocation, "set");
    bool is_initial = set_name != NULL && strcmp(set_name, "initial") == 0;
    if (set_name != NULL && !is_initial && strcmp(set_name, "maintenance") != 0) {
        return pli_fail_usage("--set is \"", set_name, "\"; allowed is maintenance or initial");
    }
    uint32_t index = pli_book_instrument_index(&opened->book, name);
    if (index == PLM_NONE) {
        return pli_fail_usage(opened->market_path, ": no instrument is named ", name);
    }
    const plm_change wanted = {.kind = PLM_CHANGE_TRADE, .trade = {.instrument_index = index}};
    pli_exit end = pli_case_prepare(opened, PLI_ROWS_HELD, 1, &wanted);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    return show_row(invocation, opened, index,
                    is_initial ? &opened->initial_set : &opened->maintenance_set,
                    is_initial ? &opened->initial_table : &opened->maintenance_table, page);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    const char *row = pli_argument_value(invocation, "row");
    pli_exit end = pli_case_open(invocation, false, &opened);
    if (end == PLI_EXIT_OK && row != NULL) {
        end = answer_row(invocation, &opened, row, page);
    } else if (end == PLI_EXIT_OK) {
        end = pli_case_prepare(&opened, PLI_ROWS_HELD, 0, NULL);
        end = end == PLI_EXIT_OK ? show_sets(invocation, &opened, page) : end;
    }
    pli_case_finish(&opened);
    return end;
}

const pli_verb pli_verb_scenarios_show = {
    .name = "scenarios show",
    .summary = "the scenario sets of a market, and the risk array of any instrument",
    .operands = "MARKET",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Shows name, version, hash and size of both sets, how far the price grid of each "
        "underlying reaches,\n"
        "and every joint stress. With --row the published integers themselves, entry by entry.",
    .example = "plimsoll scenarios show examples/market.json --config examples/config.yaml",
    .run = run,
};
