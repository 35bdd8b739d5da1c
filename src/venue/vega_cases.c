/* vega_cases.c: published cases of Vega onto its native functions.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/vega.h"

#include "liquidation/socialise.h"
#include "num/decimal.h"
#include "venue/exact_cases.h"
#include "venue/formulas.h"

// --- Loss socialisation ---

static const pli_i128 *
read_amounts(pli_case *test, const char *key, uint32_t *count) {
    const pli_node *list = pli_case_list(test, test->inputs, key);
    *count = list == NULL ? 0 : list->child_count;
    pli_i128 *amounts = PLI_ARENA_TAKE(test->arena, *count, pli_i128);
    if (amounts == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, list, "too many amounts", NULL);
        return NULL;
    }
    uint32_t next = 0;
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        amounts[next] = 0;
        pli_case_entry_i128(test, entry, &amounts[next]);
        next += 1;
    }
    return amounts;
}

static plm_status
socialisation_case(pli_case *test, pli_result *result) {
    uint32_t balance_count = 0;
    uint32_t loss_count = 0;
    uint32_t win_count = 0;
    pli_i128 insurance = 0;
    const pli_i128 *balances = read_amounts(test, "loser_balances", &balance_count);
    const pli_i128 *losses = read_amounts(test, "losses", &loss_count);
    const pli_i128 *wins = read_amounts(test, "wins", &win_count);
    pli_case_i128(test, test->inputs, "insurance", &insurance);
    pli_i128 *shares = PLI_ARENA_TAKE(test->arena, win_count, pli_i128);
    if (test->status != PLM_OK) {
        return test->status;
    }
    if (balance_count != loss_count || shares == NULL) {
        return pli_case_fail(test, PLM_VALUE_INVALID, test->inputs,
                             "not as many balances as losses", NULL);
    }
    pli_i128 collected = 0;
    pli_i128 due = 0;
    for (uint32_t i = 0; i < loss_count; i += 1) {
        collected += balances[i] < losses[i] ? balances[i] : losses[i];
    }
    for (uint32_t i = 0; i < win_count; i += 1) {
        due += wins[i];
    }
    pli_i128 missing = due > collected ? due - collected : 0;
    collected += missing < insurance ? missing : insurance;
    plm_status status = pli_socialise_vega(wins, win_count, collected, shares);
    if (status != PLM_OK) {
        return pli_case_fail(test, status, test->inputs, "the wins cannot be paid from it", NULL);
    }
    pli_result_i128(result, "collected", collected);
    pli_result_begin_list(result, "paid_to_winners");
    for (uint32_t i = 0; i < win_count; i += 1) {
        pli_result_i128(result, NULL, shares[i]);
    }
    pli_result_end(result);
    return PLM_OK;
}

// --- Order margin ---

/* An order is {size, price} or [size, price]. */
static void
read_order(pli_case *test, const pli_node *entry, pli_vega_order *order) {
    if (entry->kind == PLI_NODE_OBJECT) {
        pli_case_i64(test, entry, "size", &order->size);
        pli_case_i64(test, entry, "price", &order->price);
        return;
    }
    pli_i128 size = 0;
    pli_i128 price = 0;
    if (entry->kind != PLI_NODE_ARRAY || entry->child_count != 2) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, entry, "an order is a size and a price", NULL);
        return;
    }
    pli_case_entry_i128(test, entry->child, &size);
    pli_case_entry_i128(test, entry->child->next, &price);
    if (size > INT64_MAX || price > INT64_MAX || size < 0 || price < 0) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, entry, "an order's size or price", NULL);
        return;
    }
    *order = (pli_vega_order){.size = (int64_t)size, .price = (int64_t)price};
}

static plm_status
side_margin(pli_case *test, const char *key, bool is_buy, pli_i128 *margin) {
    const pli_node *list = pli_case_list(test, test->inputs, key);
    uint32_t count = list == NULL ? 0 : list->child_count;
    pli_vega_order *orders = PLI_ARENA_TAKE(test->arena, count, pli_vega_order);
    uint32_t *scratch = PLI_ARENA_TAKE(test->arena, count, uint32_t);
    pli_vega_orders side = {.is_buy = is_buy, .count = count, .orders = orders};
    if (orders == NULL || scratch == NULL) {
        return pli_case_fail(test, PLM_LIMIT, list, "too many orders", NULL);
    }
    uint32_t next = 0;
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        orders[next] = (pli_vega_order){0};
        read_order(test, entry, &orders[next]);
        next += 1;
    }
    pli_case_i64(test, test->inputs, "position", &side.position);
    pli_case_exact(test, test->inputs, "position_factor", &side.position_factor);
    pli_case_exact(test, test->inputs, "margin_factor", &side.margin_factor);
    if (pli_case_has(test->inputs, "auction_price")) {
        pli_case_i64(test, test->inputs, "auction_price", &side.auction_price);
    }
    return test->status == PLM_OK ? pli_vega_order_margin(&side, scratch, margin) : test->status;
}

static plm_status
order_margin_case(pli_case *test, pli_result *result) {
    const char *side = "";
    pli_i128 margin = 0;
    pli_case_text(test, test->inputs, "side", &side);
    plm_status status = side_margin(test, "orders", pli_text_is_equal(side, "buy"), &margin);
    if (status == PLM_OK) {
        pli_result_i128(result, "order_margin", margin);
    }
    return status;
}

static plm_status
order_margin_max_case(pli_case *test, pli_result *result) {
    pli_i128 buys = 0;
    pli_i128 sells = 0;
    plm_status status = side_margin(test, "buy_orders", true, &buys);
    if (status == PLM_OK) {
        status = side_margin(test, "sell_orders", false, &sells);
    }
    if (status == PLM_OK) {
        pli_result_i128(result, "order_margin", buys > sells ? buys : sells);
    }
    return status;
}

// --- Liquidation price ---

/* A decimal or a fraction, "617/5". */
static void
read_fraction(pli_case *test, const char *key, pli_exact *out) {
    const char *text = "";
    pli_case_text(test, test->inputs, key, &text);
    pli_i128 parts[2] = {0, 1};
    size_t start = 0;
    for (uint32_t part = 0; test->status == PLM_OK && part < 2; part += 1) {
        size_t end = start;
        while (text[end] != '\0' && text[end] != '/') {
            end += 1;
        }
        plm_status status = pli_decimal_parse_relaxed(text + start, end - start, 0,
                                                      PLI_DECIMAL_EXACT, &parts[part]);
        if (status != PLM_OK) {
            (void)pli_case_fail(test, status, test->inputs, key, " is no whole number or fraction");
        }
        if (text[end] == '\0') {
            break;
        }
        start = end + 1;
    }
    *out = pli_exact_divide(pli_exact_of(parts[0]), pli_exact_of(parts[1]));
}

static plm_status
liquidation_case(pli_case *test, pli_result *result) {
    pli_vega_position position;
    int64_t units = 0;
    pli_exact mark;
    pli_exact factor;
    pli_exact multiple;
    pli_case_i64(test, test->inputs, "position_units", &units);
    read_fraction(test, "mark", &mark);
    read_fraction(test, "position_factor", &factor);
    read_fraction(test, "linear_slippage", &position.slippage_linear);
    read_fraction(test, "quadratic_slippage", &position.slippage_quadratic);
    read_fraction(test, units < 0 ? "rf_short" : "rf_long", &position.risk_factor);
    read_fraction(test, "collateral_multiple_of_mm", &multiple);
    read_fraction(test, "funding_per_unit", &position.funding);
    if (test->status != PLM_OK) {
        return test->status;
    }
    position.size = pli_exact_divide(pli_exact_of(units), factor);
    pli_exact maintenance = pli_vega_maintenance(&position, mark);
    pli_exact collateral = pli_exact_multiply(maintenance, multiple);
    pli_exact at_margin = pli_vega_liquidation(&position, mark, maintenance);
    pli_exact at_multiple = pli_vega_liquidation(&position, mark, collateral);
    bool is_none = maintenance.status == PLM_OK && at_margin.status == PLM_DOMAIN;
    pli_result_bool(result, "error", is_none);
    pli_result_exact(result, "maintenance_margin", maintenance);
    if (!is_none) {
        pli_result_exact(result, "liq_at_mm", at_margin);
        pli_result_exact(result, "liq_at_multiple", at_multiple);
    }
    return PLM_OK;
}

static const pli_formula formulas[] = {
    {"vega.liq_price", liquidation_case},
    {"vega.loss_socialisation", socialisation_case},
    {"vega.order_margin", order_margin_case},
    {"vega.order_margin_max", order_margin_max_case},
};

const pli_formula_table pli_formulas_vega = {PLI_FORMULAS(formulas)};
