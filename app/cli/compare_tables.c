/* compare_tables.c: the rows of a comparison, and its risk in words.                     SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/unit_text.h"
#include "cli/words.h"

#define TEXT_SIZE 512

enum { MODELS = 0, REASONS = 1, TRIGGERS = 2, RISK = 3 };

static const char *
named(pli_case *opened, const plm_fault *fault) {
    const plm_fault of = pli_case_named(opened, fault);
    return pli_must_text(&opened->pool, of.text);
}

// What decides initial: the entry buffer lifts it to a multiple of maintenance, and maintenance has a branch of its own.
static void
append_binding(pli_text *text, const pli_compare_row *row) {
    bool is_buffered = row->initial.charges_micros[PLM_CHARGE_BUFFER] > 0;
    pli_text_append(text,
                    plm_branch_name(is_buffered ? row->maintenance.branch : row->initial.branch));
    pli_text_append(text, is_buffered ? " of maintenance, entry buffer" : "");
}

static pli_cell
trigger_cell(const pli_compare_row *row, plm_trigger trigger) {
    return row->status == PLM_OK && row->has_triggers && trigger.is_found
               ? pli_cell_toned(pli_cell_number(trigger.price_e8, 8), PLI_TONE_BAD)
               : pli_cell_none();
}

static const plm_triggers *
triggers_of(const pli_case *opened, const pli_comparison *comparison, uint32_t row,
            uint32_t underlying) {
    return &comparison->triggers[(size_t)row * opened->book.listing.underlying_count + underlying];
}

enum { MODEL_COLUMNS = 13 };

static void
add_unsupported(pli_case *opened, const pli_compare_row *row, pli_rows *rows) {
    pli_cell cells[MODEL_COLUMNS];
    for (uint32_t i = 0; i < MODEL_COLUMNS; i += 1) {
        cells[i] = pli_cell_none();
    }
    cells[0] = pli_cell_text(row->model->name);
    cells[1] = pli_cell_flag(false);
    cells[MODEL_COLUMNS - 1] =
        pli_cell_toned(pli_cell_text(named(opened, &row->fault)), PLI_TONE_QUIET);
    pli_rows_add(rows, cells);
}

static void
add_model(pli_case *opened, const pli_comparison *comparison, uint32_t index, pli_rows *rows) {
    const pli_compare_row *row = &comparison->rows[index];
    const plm_requirement *requirement = &row->requirement;
    plm_triggers none = {.underlying_index = PLM_NONE};
    const plm_triggers *triggers =
        comparison->risk.dominant_index == PLM_NONE
            ? &none
            : triggers_of(opened, comparison, index, comparison->risk.dominant_index);
    pli_tone tone = pli_health_tone(requirement->health);
    char binding[TEXT_SIZE];
    pli_text text = pli_text_init(binding, sizeof binding);
    append_binding(&text, row);
    const pli_cell cells[MODEL_COLUMNS] = {
        pli_cell_text(row->model->name),
        pli_cell_flag(true),
        pli_cell_micros(requirement->maintenance_micros),
        pli_cell_micros(requirement->initial_micros),
        pli_cell_micros(requirement->equity_maintenance_micros),
        pli_cell_micros(requirement->equity_initial_micros),
        pli_cell_toned(pli_cell_micros(row->excess_micros), tone),
        pli_cell_toned(pli_cell_text(plm_health_name(requirement->health)), tone),
        trigger_cell(row, triggers->liquidation_below),
        trigger_cell(row, triggers->liquidation_above),
        row->has_ratio ? pli_cell_number(row->ratio_ppm, 6) : pli_cell_none(),
        pli_cell_flag(row->has_triggers),
        pli_cell_text(binding),
    };
    pli_rows_add(rows, cells);
}

static pli_table
models_table(pli_case *opened, const pli_comparison *comparison) {
    const char *unit = opened->currency;
    uint32_t dominant = comparison->risk.dominant_index;
    const char *price_unit =
        dominant == PLM_NONE ? "" : pli_book_underlying_name(&opened->book, dominant);
    const pli_column columns[MODEL_COLUMNS] = {
        pli_column_text("model", "model"),
        pli_column_text("is_supported", "supported"),
        pli_column_money("maintenance", "maintenance", unit, PLI_DECIMAL_CEIL),
        pli_column_money("initial", "initial", unit, PLI_DECIMAL_CEIL),
        pli_column_money("equity_maintenance", "equity", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("equity_initial", "equity for initial", unit, PLI_DECIMAL_FLOOR),
        pli_column_money("excess", "excess", unit, PLI_DECIMAL_FLOOR),
        pli_column_text("health", "health"),
        pli_column_number("liquidation_below", "liquidated below", price_unit, 2),
        pli_column_number("liquidation_above", "liquidated above", price_unit, 2),
        {"initial_per_risk", "per risk", "", PLI_ALIGN_RIGHT, 2, PLI_DECIMAL_CEIL},
        pli_column_text("has_triggers", "triggers"),
        pli_column_text("binding", "what decides, or why not"),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "models", columns, MODEL_COLUMNS, comparison->row_count);
    for (uint32_t i = 0; i < comparison->row_count; i += 1) {
        if (comparison->rows[i].status == PLM_OK) {
            add_model(opened, comparison, i, &rows);
        } else {
            add_unsupported(opened, &comparison->rows[i], &rows);
        }
    }
    rows.table.note =
        "Each model counts equity its own way. Per risk: initial over the risk above; "
        "prices: the underlying that weighs most.";
    return rows.table;
}

static int64_t
charges_of(const pli_compare_row *row, bool is_initial) {
    return is_initial ? row->requirement.initial_micros - row->initial.core_micros
                      : row->requirement.maintenance_micros - row->maintenance.core_micros;
}

static plm_charge
largest_charge(const plm_reason_part *part) {
    plm_charge largest = PLM_CHARGE_CLOSE_FEE;
    for (int i = 1; i < PLM_CHARGE_COUNT; i += 1) {
        largest = part->charges_micros[i] > part->charges_micros[largest] ? (plm_charge)i : largest;
    }
    return largest;
}

static void
add_reason(pli_case *opened, const pli_comparison *comparison, const pli_compare_row *row,
           bool is_initial, pli_rows *rows) {
    const plm_reason_part *part = is_initial ? &row->initial : &row->maintenance;
    const plm_scenario_set *set = is_initial ? &opened->initial_set : &opened->maintenance_set;
    plm_charge charge = largest_charge(part);
    char words[TEXT_SIZE];
    pli_text text = pli_text_init(words, sizeof words);
    pli_words_branch(&text, opened, set, part, comparison->used);
    const pli_cell cells[6] = {
        pli_cell_text(row->model->name),
        pli_cell_text(is_initial ? "initial" : "maintenance"),
        pli_cell_micros(part->core_micros),
        pli_cell_micros(charges_of(row, is_initial)),
        part->charges_micros[charge] > 0 ? pli_cell_text(plm_charge_name(charge)) : pli_cell_none(),
        pli_cell_text(words),
    };
    pli_rows_add(rows, cells);
}

static pli_table
reasons_table(pli_case *opened, const pli_comparison *comparison) {
    const char *unit = opened->currency;
    const pli_column columns[6] = {
        pli_column_text("model", "model"),
        pli_column_text("requirement", "requirement"),
        pli_column_money("core", "core", unit, PLI_DECIMAL_CEIL),
        pli_column_money("charges", "charges", unit, PLI_DECIMAL_CEIL),
        pli_column_text("largest_charge", "largest charge"),
        pli_column_text("reason", "why"),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "reasons", columns, 6, 2 * comparison->row_count);
    for (uint32_t i = 0; i < comparison->row_count; i += 1) {
        if (comparison->rows[i].status == PLM_OK) {
            add_reason(opened, comparison, &comparison->rows[i], false, &rows);
            add_reason(opened, comparison, &comparison->rows[i], true, &rows);
        }
    }
    rows.table.title = "What decides";
    return rows.table;
}

static pli_table
triggers_table(pli_case *opened, const pli_comparison *comparison) {
    const plm_listing *listing = &opened->book.listing;
    const pli_column columns[7] = {
        pli_column_text("underlying", "underlying"),
        pli_column_text("model", "model"),
        pli_column_number("price", "price", "", 2),
        pli_column_number("liquidation_below", "liquidated below", "", 2),
        pli_column_number("call_below", "called below", "", 2),
        pli_column_number("call_above", "called above", "", 2),
        pli_column_number("liquidation_above", "liquidated above", "", 2),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "triggers", columns, 7,
                                  comparison->row_count * listing->underlying_count);
    for (uint32_t u = 0; u < listing->underlying_count; u += 1) {
        for (uint32_t i = 0; comparison->used[u] != 0 && i < comparison->row_count; i += 1) {
            const pli_compare_row *row = &comparison->rows[i];
            const plm_triggers *of = triggers_of(opened, comparison, i, u);
            const pli_cell cells[7] = {
                pli_cell_text(pli_book_underlying_name(&opened->book, u)),
                pli_cell_text(row->model->name),
                pli_cell_number(opened->book.market.underlyings[u].price.price_e8, 8),
                trigger_cell(row, of->liquidation_below),
                trigger_cell(row, of->call_below),
                trigger_cell(row, of->call_above),
                trigger_cell(row, of->liquidation_above),
            };
            if (row->status == PLM_OK && row->has_triggers) {
                pli_rows_add(&rows, cells);
            }
        }
    }
    rows.table.title = "Trigger prices";
    rows.table.note = "The nearest index price on each side, one underlying moving alone; "
                      "blank: none within the searched range.";
    return rows.table;
}

static pli_table
risk_table(pli_case *opened, const pli_comparison *comparison) {
    const pli_compare_risk *risk = &comparison->risk;
    const char *unit = opened->currency;
    const pli_column columns[9] = {
        pli_column_text("group", "group"),
        pli_column_money("risk", "risk", unit, PLI_DECIMAL_CEIL),
        pli_column_money("tail", "expected shortfall", unit, PLI_DECIMAL_CEIL),
        pli_column_money("no_history", "grid losses without history", unit, PLI_DECIMAL_CEIL),
        {"confidence", "confidence", "", PLI_ALIGN_RIGHT, 3, PLI_DECIMAL_EXACT},
        pli_column_count("horizon_seconds", "horizon in seconds"),
        pli_column_count("day_count", "joint past days"),
        pli_column_count("tail_count", "days in the tail"),
        pli_column_text("dominant", "underlying that weighs most"),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "risk", columns, 9, 1);
    const pli_cell cells[9] = {
        pli_cell_text(comparison->group_name),
        pli_cell_micros(risk->risk_micros),
        pli_cell_micros(risk->tail_micros),
        pli_cell_micros(risk->no_history_micros),
        pli_cell_number(PLI_COMPARE_CONFIDENCE_PPM, 6),
        pli_cell_number(opened->maintenance_set.header.horizon.ns / 1000000000, 0),
        pli_cell_number(risk->day_count, 0),
        pli_cell_number(risk->tail_count, 0),
        risk->dominant_index == PLM_NONE
            ? pli_cell_none()
            : pli_cell_text(pli_book_underlying_name(&opened->book, risk->dominant_index)),
    };
    pli_rows_add(&rows, cells);
    rows.table.is_record = true;
    rows.table.title = "Risk";
    return rows.table;
}

static const char *
risk_words(pli_case *opened, const pli_comparison *comparison) {
    const pli_compare_risk *risk = &comparison->risk;
    const plm_scenario_header *header = &opened->maintenance_set.header;
    char words[TEXT_SIZE];
    pli_text text = pli_text_init(words, sizeof words);
    pli_text_append(&text, "Risk ");
    pli_words_amount(&text, risk->risk_micros, opened->currency, PLI_DECIMAL_CEIL);
    pli_text_append(&text, ": ");
    if (risk->day_count > 0) {
        pli_text_append(&text, "the mean loss of the ");
        pli_text_append_u64(&text, risk->tail_count);
        pli_text_append(&text, " worst of ");
        pli_text_append_u64(&text, risk->day_count);
        pli_text_append(&text, " joint past days over ");
        pli_unit_append(&text, PLM_UNIT_NS, header->horizon.ns, "");
        pli_text_append(&text, " (Expected Shortfall, 97.5%)");
    } else {
        pli_text_append(&text, "there is no history, so no Expected Shortfall");
    }
    const char *before = "; without history, at its worst grid loss: ";
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        if (comparison->used[u] != 0 && header->has_history[u] == 0) {
            pli_text_append(&text, before);
            pli_text_append(&text, pli_book_underlying_name(&opened->book, u));
            before = ", ";
        }
    }
    pli_text_append(&text, ".");
    return pli_must_text(&opened->pool, words);
}

void
pli_compare_tables(pli_case *opened, pli_comparison *comparison) {
    comparison->risk_words = risk_words(opened, comparison);
    comparison->tables[MODELS] = models_table(opened, comparison);
    comparison->tables[REASONS] = reasons_table(opened, comparison);
    comparison->tables[TRIGGERS] = triggers_table(opened, comparison);
    comparison->tables[RISK] = risk_table(opened, comparison);
}
