/* explain_cures.c: the cheapest ways back to health, as tables.                        SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/words.h"

#define CURE_MAX 16u
#define TEXT_SIZE 320

/* found - what the search answered. */
typedef struct found {
    plm_cure *cures;
    uint32_t count;
} found;

static const char *
kind_name(plm_cure_kind kind) {
    switch (kind) {
    case PLM_CURE_REDUCE:
        return "reduce";
    case PLM_CURE_HEDGE:
        return "hedge";
    case PLM_CURE_DEPOSIT:
        return "deposit";
    case PLM_CURE_CANCEL:
        return "cancel orders";
    }
    return "?";
}

static pli_i128
quantity_of(const pli_case *opened, const plm_trade *leg) {
    return (pli_i128)leg->lots * opened->book.listing.instruments[leg->instrument_index].lot_e8;
}

// "sell 0.5 BTC-PERP, buy 2 ETH-PERP"
static void
append_legs(pli_text *text, const pli_case *opened, const plm_cure *cure) {
    if (cure->kind == PLM_CURE_DEPOSIT) {
        pli_text_append(text, "deposit ");
        pli_words_amount(text, cure->deposit_micros, opened->currency, PLI_DECIMAL_CEIL);
    } else if (cure->kind == PLM_CURE_CANCEL) {
        pli_text_append(text, "cancel all open orders");
    }
    for (uint32_t i = 0; i < cure->leg_count; i += 1) {
        pli_i128 quantity = quantity_of(opened, &cure->legs[i]);
        pli_text_append(text, i > 0 || text->length > 0 ? ", " : "");
        pli_text_append(text, quantity < 0 ? "sell " : "buy ");
        pli_decimal_format(text, quantity < 0 ? -quantity : quantity, 8, 0);
        pli_text_append(text, " ");
        pli_text_append(text,
                        pli_book_instrument_name(&opened->book, cure->legs[i].instrument_index));
    }
}

static pli_table
cure_table(pli_case *opened, const found *answer) {
    const char *unit = opened->currency;
    const pli_column columns[7] = {
        pli_column_count("rank", "rank"),
        pli_column_text("kind", "kind"),
        pli_column_text("what", "what to do"),
        pli_column_money("cost", "cost", unit, PLI_DECIMAL_CEIL),
        pli_column_money("initial_after", "initial after", unit, PLI_DECIMAL_CEIL),
        pli_column_money("excess_after", "excess after", unit, PLI_DECIMAL_FLOOR),
        pli_column_text("health_after", "health after"),
    };
    pli_rows rows = pli_rows_make(&opened->pool, "cures", columns, 7, answer->count);
    for (uint32_t i = 0; i < answer->count; i += 1) {
        const plm_cure *cure = &answer->cures[i];
        char what[TEXT_SIZE];
        pli_text text = pli_text_init(what, sizeof what);
        append_legs(&text, opened, cure);
        const pli_cell cells[7] = {
            pli_cell_number(i + 1, 0),
            pli_cell_text(kind_name(cure->kind)),
            pli_cell_text(what),
            pli_cell_micros(cure->cost_micros),
            pli_cell_micros(cure->after.initial_micros),
            pli_cell_number(
                (pli_i128)cure->after.equity_initial_micros - cure->after.initial_micros, 6),
            pli_cell_toned(pli_cell_text(plm_health_name(cure->after.health)),
                           pli_health_tone(cure->after.health)),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.title = "Cures";
    rows.table.note =
        answer->count == 0
            ? "The account is healthy: nothing has to be done."
            : "Cost is fees, half-spreads and impact. Each cure was checked by the exact "
              "requirement after it.";
    return rows.table;
}

static pli_table
leg_table(pli_case *opened, const found *answer) {
    const pli_column columns[5] = {
        pli_column_count("cure", "cure"),
        pli_column_text("instrument", "instrument"),
        pli_column_number("quantity", "quantity", "", 3),
        pli_column_number("price", "price", "", 2),
        pli_column_money("fee", "fee", opened->currency, PLI_DECIMAL_CEIL),
    };
    pli_rows rows =
        pli_rows_make(&opened->pool, "legs", columns, 5, answer->count * PLM_CURE_LEGS_MAX);
    for (uint32_t i = 0; i < answer->count; i += 1) {
        for (uint32_t j = 0; j < answer->cures[i].leg_count; j += 1) {
            const plm_trade *leg = &answer->cures[i].legs[j];
            const pli_cell cells[5] = {
                pli_cell_number(i + 1, 0),
                pli_cell_text(pli_book_instrument_name(&opened->book, leg->instrument_index)),
                pli_cell_number(quantity_of(opened, leg), 8),
                pli_cell_number(leg->price_e8, 8),
                pli_cell_micros(leg->fee_micros),
            };
            pli_rows_add(&rows, cells);
        }
    }
    rows.table.title = "Trades";
    return rows.table;
}

pli_exit
pli_explain_cure_tables(pli_case *opened, uint32_t group, pli_table *cures, pli_table *legs) {
    found answer = {.cures = PLI_MUST_TAKE(&opened->pool, CURE_MAX, plm_cure)};
    const plm_explain_input input = pli_case_input(opened, group);
    size_t size = plm_explain_size(&input);
    plm_workspace workspace = {.memory = pli_must_block(&opened->pool, size), .size = size};
    plm_fault fault = {.status = PLM_OK};
    if (plm_explain_cures(&input, &workspace, CURE_MAX, answer.cures, &answer.count, &fault) !=
        PLM_OK) {
        return pli_fail_case(opened, opened->portfolio_path, &fault);
    }
    *cures = cure_table(opened, &answer);
    *legs = leg_table(opened, &answer);
    return PLI_EXIT_OK;
}
