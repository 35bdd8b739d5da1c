/* explain_sensitivities.c: Greeks and trigger prices of an account as tables.          SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "num/rounding.h"

// A sensitivity as an exact decimal of six places; one beyond 64 bits is left blank.
static pli_cell
double_cell(double value) {
    int64_t micros = 0;
    return pli_i64_from_double_half_even(value * 1e6, &micros) == PLM_OK ? pli_cell_micros(micros)
                                                                         : pli_cell_none();
}

static uint32_t
used_count(const pli_case *opened, const uint8_t *used) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < opened->book.listing.underlying_count; i += 1) {
        count += used[i];
    }
    return count;
}

pli_exit
pli_explain_greeks(pli_case *opened, uint32_t group, const uint8_t *used, pli_table *table) {
    const char *unit = opened->currency;
    const pli_decimal_rounding rounding = PLI_DECIMAL_HALF_EVEN;
    const pli_column columns[7] = {
        pli_column_text("underlying", "underlying"),
        pli_column_money("delta", "delta", unit, rounding),
        pli_column_money("gamma_1pct", "gamma per 1%", unit, rounding),
        pli_column_money("vega_1vol", "vega per 1 vol", unit, rounding),
        pli_column_money("theta_1d", "theta per day", unit, rounding),
        pli_column_money("vanna_1vol", "vanna per 1 vol", unit, rounding),
        pli_column_money("volga_1vol", "volga per 1 vol", unit, rounding),
    };
    uint32_t count = opened->book.listing.underlying_count;
    plm_greeks *greeks = PLI_MUST_TAKE(&opened->pool, count, plm_greeks);
    const plm_explain_input input = pli_case_input(opened, group);
    plm_fault fault = {.status = PLM_OK};
    if (plm_explain_greeks(&input, greeks, &fault) != PLM_OK) {
        return pli_fail_case(opened, opened->market_path, &fault);
    }
    pli_rows rows = pli_rows_make(&opened->pool, "greeks", columns, 7, used_count(opened, used));
    for (uint32_t i = 0; i < count; i += 1) {
        const plm_greeks *of = &greeks[i];
        const pli_cell cells[7] = {
            pli_cell_text(pli_book_underlying_name(&opened->book, i)),
            double_cell(of->delta),
            double_cell(of->gamma / 100),
            double_cell(of->vega / 100),
            double_cell(of->theta),
            double_cell(of->vanna / 100),
            double_cell(of->volga / 10000),
        };
        if (used[i] != 0) {
            pli_rows_add(&rows, cells);
        }
    }
    rows.table.title = "Sensitivities";
    rows.table.note = "Cash amounts: delta is what a move of 100% would gain if nothing else "
                      "changed, gamma its change per 1%.";
    *table = rows.table;
    return PLI_EXIT_OK;
}

static pli_cell
trigger_cell(plm_trigger trigger, pli_tone tone) {
    return trigger.is_found ? pli_cell_toned(pli_cell_number(trigger.price_e8, 8), tone)
                            : pli_cell_none();
}

static void
add_triggers(pli_case *opened, const plm_triggers *of, pli_rows *rows) {
    uint32_t index = of->underlying_index;
    const pli_cell none = pli_cell_none();
    const pli_cell cells[10] = {
        pli_cell_text(pli_book_underlying_name(&opened->book, index)),
        pli_cell_number(opened->book.market.underlyings[index].price.price_e8, 8),
        trigger_cell(of->liquidation_below, PLI_TONE_BAD),
        trigger_cell(of->call_below, PLI_TONE_WARNING),
        trigger_cell(of->call_above, PLI_TONE_WARNING),
        trigger_cell(of->liquidation_above, PLI_TONE_BAD),
        of->has_beta ? trigger_cell(of->liquidation_below_beta, PLI_TONE_BAD) : none,
        of->has_beta ? trigger_cell(of->liquidation_above_beta, PLI_TONE_BAD) : none,
        pli_cell_toned(pli_cell_number(of->low_e8, 8), PLI_TONE_QUIET),
        pli_cell_toned(pli_cell_number(of->high_e8, 8), PLI_TONE_QUIET),
    };
    pli_rows_add(rows, cells);
}

pli_exit
pli_explain_trigger_prices(pli_case *opened, uint32_t group, const uint8_t *used,
                           pli_table *table) {
    const pli_column columns[10] = {
        pli_column_text("underlying", "underlying"),
        pli_column_number("price", "price", "", 2),
        pli_column_number("liquidation_below", "liquidated below", "", 2),
        pli_column_number("call_below", "called below", "", 2),
        pli_column_number("call_above", "called above", "", 2),
        pli_column_number("liquidation_above", "liquidated above", "", 2),
        pli_column_number("liquidation_below_beta", "below, others at beta", "", 2),
        pli_column_number("liquidation_above_beta", "above, others at beta", "", 2),
        pli_column_number("searched_low", "searched from", "", 2),
        pli_column_number("searched_high", "to", "", 2),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "triggers", columns, 10, used_count(opened, used));
    const plm_explain_input input = pli_case_input(opened, group);
    size_t size = plm_explain_size(&input);
    plm_workspace workspace = {.memory = pli_must_block(&opened->pool, size), .size = size};
    for (uint32_t i = 0; i < opened->book.listing.underlying_count; i += 1) {
        plm_triggers triggers = {.underlying_index = i};
        plm_fault fault = {.status = PLM_OK};
        if (used[i] == 0) {
            continue;
        }
        if (plm_explain_triggers(&input, i, &workspace, &triggers, &fault) != PLM_OK) {
            return pli_fail_case(opened, opened->portfolio_path, &fault);
        }
        add_triggers(opened, &triggers, &rows);
    }
    rows.table.title = "Trigger prices";
    rows.table.note =
        "The nearest index price on each side, the exact requirement evaluated there; "
        "blank: none within the searched range.";
    *table = rows.table;
    return PLI_EXIT_OK;
}
