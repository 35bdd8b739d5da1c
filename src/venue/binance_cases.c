/* binance_cases.c: the published cases of Binance, OKX, Gate and Bybit onto native functions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "venue/binance.h"

#include "venue/brackets.h"
#include "venue/exact_cases.h"
#include "venue/formulas.h"
#include "venue/liqprice.h"

/* What most terms are: a long without others, fees or deductions. */
static pli_liqprice_terms
empty_terms(void) {
    pli_exact zero = pli_exact_of(0);
    return (pli_liqprice_terms){.size = zero,
                                .entry = zero,
                                .margin = zero,
                                .leverage = zero,
                                .maintenance_rate = zero,
                                .maintenance_deduction = zero,
                                .taker_rate = zero,
                                .others_profit = zero,
                                .others_maintenance = zero};
}

static void
read_optional(pli_case *test, const pli_node *object, const char *key, pli_exact *out) {
    if (pli_case_has(object, key)) {
        pli_case_exact(test, object, key, out);
    }
}

/* A flag `short`, and a size below zero, both mean a short position. */
static void
read_side(pli_case *test, const pli_node *object, pli_liqprice_terms *terms) {
    if (pli_case_has(object, "short")) {
        pli_case_bool(test, object, "short", &terms->is_short);
    }
    if (pli_exact_sign(terms->size) < 0) {
        terms->is_short = true;
        terms->size = pli_exact_absolute(terms->size);
    }
}

/* Profit and maintenance of the other positions of a cross account, at their marks. */
static void
add_others(pli_case *test, pli_liqprice_terms *terms) {
    const pli_node *list = pli_case_list(test, test->inputs, "others");
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        pli_liqprice_terms other = empty_terms();
        pli_exact mark = pli_exact_of(0);
        pli_case_exact(test, entry, "amt", &other.size);
        pli_case_exact(test, entry, "ep", &other.entry);
        pli_case_exact(test, entry, "mk", &mark);
        pli_case_exact(test, entry, "mmr", &other.maintenance_rate);
        pli_case_exact(test, entry, "cum", &other.maintenance_deduction);
        read_side(test, entry, &other);
        pli_exact held = other.is_short ? pli_exact_negate(other.size) : other.size;
        pli_bracket bracket = {.rate = other.maintenance_rate,
                               .deduction = other.maintenance_deduction};
        terms->others_profit =
            pli_exact_add(terms->others_profit, pli_binance_profit(held, other.entry, mark));
        terms->others_maintenance =
            pli_exact_add(terms->others_maintenance,
                          pli_bracket_maintenance(&bracket, pli_exact_multiply(other.size, mark)));
    }
}

static plm_status
cross_case(pli_case *test, pli_result *result) {
    pli_liqprice_terms terms = empty_terms();
    const pli_node *own = pli_case_object(test, test->inputs, "this");
    pli_case_exact(test, test->inputs, "wallet_balance", &terms.margin);
    pli_case_exact(test, own, "amt", &terms.size);
    pli_case_exact(test, own, "ep", &terms.entry);
    pli_case_exact(test, own, "mmr", &terms.maintenance_rate);
    pli_case_exact(test, own, "cum", &terms.maintenance_deduction);
    read_side(test, own, &terms);
    add_others(test, &terms);
    if (test->status == PLM_OK) {
        pli_result_exact(result, "liq_price", pli_liqprice_linear(&terms));
    }
    return test->status;
}

/* An isolated position: the margin where it is given, else size * entry / leverage. */
static void
read_isolated(pli_case *test, pli_liqprice_terms *terms) {
    const pli_node *inputs = test->inputs;
    pli_case_exact(test, inputs, "size", &terms->size);
    pli_case_exact(test, inputs, "entry", &terms->entry);
    pli_case_exact(test, inputs, "mmr", &terms->maintenance_rate);
    read_optional(test, inputs, "cum", &terms->maintenance_deduction);
    read_optional(test, inputs, "taker", &terms->taker_rate);
    read_side(test, inputs, terms);
    if (pli_case_has(inputs, "wallet_balance")) {
        pli_case_exact(test, inputs, "wallet_balance", &terms->margin);
        return;
    }
    pli_case_exact(test, inputs, "leverage", &terms->leverage);
    terms->margin = pli_liqprice_isolated_margin(terms);
}

static plm_status
isolated_case(pli_case *test, pli_result *result) {
    pli_liqprice_terms terms = empty_terms();
    read_isolated(test, &terms);
    if (test->status == PLM_OK) {
        pli_result_exact(result, "liq_price", pli_liqprice_linear(&terms));
    }
    return test->status;
}

static plm_status
bybit_case(pli_case *test, pli_result *result) {
    pli_liqprice_terms terms = empty_terms();
    pli_case_exact(test, test->inputs, "leverage", &terms.leverage);
    pli_case_exact(test, test->inputs, "entry", &terms.entry);
    pli_case_exact(test, test->inputs, "mmr", &terms.maintenance_rate);
    read_side(test, test->inputs, &terms);
    if (test->status == PLM_OK) {
        pli_result_exact(result, "liq_price", pli_liqprice_bybit(&terms));
    }
    return test->status;
}

static plm_status
coin_maintenance_case(pli_case *test, pli_result *result) {
    pli_exact contracts = pli_exact_of(0);
    pli_exact contract_size = pli_exact_of(0);
    pli_exact mark = pli_exact_of(1);
    pli_exact rate = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "contracts", &contracts);
    pli_case_exact(test, test->inputs, "contract_size", &contract_size);
    pli_case_exact(test, test->inputs, "mark", &mark);
    pli_case_exact(test, test->inputs, "mmr", &rate);
    if (test->status == PLM_OK) {
        pli_result_exact(result, "mm",
                         pli_binance_coin_maintenance(contracts, contract_size, mark, rate));
    }
    return test->status;
}

static plm_status
profit_case(pli_case *test, pli_result *result) {
    const pli_node *list = pli_case_list(test, test->inputs, "legs");
    pli_result_begin_list(result, "upnl");
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        const char *side = "";
        pli_exact size = pli_exact_of(0);
        pli_exact entry_price = pli_exact_of(0);
        pli_exact mark = pli_exact_of(0);
        pli_case_text(test, entry, "side", &side);
        pli_case_exact(test, entry, "qty", &size);
        pli_case_exact(test, entry, "entry", &entry_price);
        pli_case_exact(test, entry, "mark", &mark);
        bool is_short = pli_text_is_equal(side, "short");
        if (!is_short && !pli_text_is_equal(side, "long")) {
            return pli_case_fail(test, PLM_VALUE_INVALID, entry, "side is neither long nor short",
                                 NULL);
        }
        size = is_short ? pli_exact_negate(size) : size;
        pli_result_exact(result, NULL, pli_binance_profit(size, entry_price, mark));
    }
    pli_result_end(result);
    return test->status;
}

// --- Brackets ---

/* Where a table of the context keeps the three columns that a case is about. */
typedef struct bracket_columns {
    uint32_t floor, rate, amount;
} bracket_columns;

static uint32_t
column_of(pli_case *test, const pli_node *columns, const pli_node *name) {
    uint32_t index = 0;
    for (const pli_node *column = columns == NULL ? NULL : columns->child; column != NULL;
         column = column->next) {
        if (name != NULL && pli_text_is_equal(column->text, name->text)) {
            return index;
        }
        index += 1;
    }
    (void)pli_case_fail(test, PLM_VALUE_INVALID, name,
                        "no such column: ", name == NULL ? "" : name->text);
    return 0;
}

static void
read_cell(pli_case *test, const pli_node *row, uint32_t column, pli_exact *out) {
    const pli_node *cell = pli_node_at(row, column);
    if (cell == NULL) {
        (void)pli_case_fail(test, PLM_KEY_MISSING, row, "the row is too short", NULL);
        return;
    }
    pli_case_entry_exact(test, cell, out);
}

/* How many rows of one symbol, and how many of them have another amount than the recursion gives. */
static void
compare_symbol(pli_case *test, const pli_node *symbol, const bracket_columns *columns,
               uint32_t *rows, uint32_t *mismatches) {
    pli_bracket last = {pli_exact_of(0), pli_exact_of(0), pli_exact_of(0)};
    bool is_first = true;
    for (const pli_node *row = symbol->child; row != NULL && test->status == PLM_OK;
         row = row->next) {
        pli_bracket own = last;
        pli_exact printed = pli_exact_of(0);
        read_cell(test, row, columns->floor, &own.floor);
        read_cell(test, row, columns->rate, &own.rate);
        read_cell(test, row, columns->amount, &printed);
        own.deduction = is_first
                            ? pli_exact_of(0)
                            : pli_bracket_deduction(last.deduction, own.floor, own.rate, last.rate);
        pli_exact difference = pli_exact_subtract(own.deduction, printed);
        *mismatches += difference.status != PLM_OK || pli_exact_sign(difference) != 0;
        *rows += 1;
        is_first = false;
        last = own;
    }
}

static bool
is_asked(const pli_node *symbols, const char *name) {
    if (symbols->kind != PLI_NODE_ARRAY) {
        return pli_text_is_equal(symbols->text, "all") || pli_text_is_equal(symbols->text, name);
    }
    for (const pli_node *entry = symbols->child; entry != NULL; entry = entry->next) {
        if (pli_text_is_equal(entry->text, name)) {
            return true;
        }
    }
    return false;
}

static plm_status
bracket_table_case(pli_case *test, pli_result *result) {
    const char *name = "";
    pli_case_text(test, test->inputs, "table", &name);
    const pli_node *inputs = pli_case_list(test, test->inputs, "input_columns");
    const pli_node *table = pli_case_object(test, test->context, name);
    const pli_node *names = pli_case_list(test, table, "columns");
    const pli_node *symbols = pli_case_object(test, table, "symbols");
    const pli_node *asked = pli_node_find(test->inputs, "symbols");
    if (test->status != PLM_OK) {
        return test->status;
    }
    bracket_columns columns = {
        .floor = column_of(test, names, pli_node_at(inputs, 0)),
        .rate = column_of(test, names, pli_node_at(inputs, 1)),
        .amount = column_of(test, names, pli_node_find(test->inputs, "output_column")),
    };
    uint32_t symbol_count = 0;
    uint32_t rows = 0;
    uint32_t mismatches = 0;
    for (const pli_node *symbol = symbols->child; symbol != NULL; symbol = symbol->next) {
        if (asked == NULL || is_asked(asked, symbol->key)) {
            compare_symbol(test, symbol, &columns, &rows, &mismatches);
            symbol_count += 1;
        }
    }
    pli_result_i128(result, "symbols", symbol_count);
    pli_result_i128(result, "brackets", rows);
    pli_result_i128(result, "mismatches", mismatches);
    return test->status;
}

static plm_status
bracket_case(pli_case *test, pli_result *result) {
    if (pli_case_has(test->inputs, "table")) {
        return bracket_table_case(test, result);
    }
    pli_exact floor = pli_exact_of(0);
    pli_exact rate = pli_exact_of(0);
    pli_exact previous_rate = pli_exact_of(0);
    pli_exact previous = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "floor", &floor);
    pli_case_exact(test, test->inputs, "mmr", &rate);
    pli_case_exact(test, test->inputs, "prev_mmr", &previous_rate);
    pli_case_exact(test, test->inputs, "prev_amount", &previous);
    if (test->status == PLM_OK) {
        pli_result_exact(result, "maint_amount",
                         pli_bracket_deduction(previous, floor, rate, previous_rate));
    }
    return test->status;
}

static const pli_formula formulas[] = {
    {"binance.bracket_cum", bracket_case},   {"binance.coinm_mm", coin_maintenance_case},
    {"binance.liq_price_cross", cross_case}, {"binance.liq_price_isolated", isolated_case},
    {"binance.upnl", profit_case},           {"bybit.liq_price", bybit_case},
    {"gate.liq_price", isolated_case},       {"okx.liq_price", isolated_case},
};

const pli_formula_table pli_formulas_binance = {PLI_FORMULAS(formulas)};
