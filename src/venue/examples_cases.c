/* examples_cases.c: small worked examples from documentation and issues, formula by formula.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "num/elementary.h"
#include "venue/exact_cases.h"
#include "venue/formulas.h"

#define SCAN_STEPS 5

/* OKX portfolio margin MR9: each tier of the hedged amount at its own rate, the last one also beyond its end. */
static plm_status
tiered_depeg_case(pli_case *test, pli_result *result) {
    pli_exact left = pli_exact_of(0);
    pli_exact charge = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "hedged_usd", &left);
    const pli_node *list = pli_case_list(test, test->inputs, "tiers");
    for (const pli_node *tier = list == NULL ? NULL : list->child;
         tier != NULL && test->status == PLM_OK; tier = tier->next) {
        if (tier->child_count != 2) {
            return pli_case_fail(test, PLM_VALUE_INVALID, tier, "a tier is a width and a rate",
                                 NULL);
        }
        pli_exact width = pli_exact_of(0);
        pli_exact rate = pli_exact_of(0);
        pli_case_entry_exact(test, tier->child, &width);
        pli_case_entry_exact(test, tier->child->next, &rate);
        pli_exact part = tier->next == NULL ? left : pli_exact_min(left, width);
        charge = pli_exact_add(charge, pli_exact_multiply(part, rate));
        left = pli_exact_subtract(left, part);
    }
    pli_result_exact(result, "charge", charge);
    return test->status;
}

/*
 * Dederi: profit of a future over eleven price steps of 3 %, and a share of the index as contingency.
 *
 * The future stands at index * exp(basis * days / 365): simple interest, which the case's note names, gives 2253.1 where
 * the document prints 2253.2.
 */
static plm_status
future_scan_case(pli_case *test, pli_result *result) {
    double index = 0.0;
    double basis = 0.0;
    double days = 0.0;
    double quantity = 0.0;
    double factor = 0.0;
    pli_case_double(test, test->inputs, "index", &index);
    pli_case_double(test, test->inputs, "annual_basis", &basis);
    pli_case_double(test, test->inputs, "days", &days);
    pli_case_double(test, test->inputs, "qty", &quantity);
    pli_case_double(test, test->inputs, "contingency_factor", &factor);
    if (test->status != PLM_OK) {
        return test->status;
    }
    double price = index * pli_exp(basis * days / 365.0);
    pli_result_double(result, "future_price", price);
    pli_result_begin_list(result, "pnl");
    for (int step = -SCAN_STEPS; step <= SCAN_STEPS; step += 1) {
        pli_result_double(result, NULL, quantity * price * (double)(3 * step) / 100.0);
    }
    pli_result_end(result);
    pli_result_double(result, "contingency", factor * index * fabs(quantity));
    return PLM_OK;
}

/* Ethereal: what a bankrupt account is short of goes to the counterparties. */
static plm_status
deleveraging_case(pli_case *test, pli_result *result) {
    const pli_node *bankrupt = pli_case_object(test, test->inputs, "bankrupt");
    pli_exact equity = pli_exact_of(0);
    pli_case_exact(test, bankrupt, "equity_after", &equity);
    pli_exact loss = pli_exact_max(pli_exact_of(0), pli_exact_negate(equity));
    pli_result_exact(result, "pnl_to_transfer", loss);
    return test->status;
}

/* equity + q*(P - mark) = mmr*|q|*P + other. */
static pli_exact
cross_price(pli_exact mark, pli_exact quantity, pli_exact equity, pli_exact rate, pli_exact other) {
    pli_exact above =
        pli_exact_subtract(pli_exact_add(other, pli_exact_multiply(quantity, mark)), equity);
    pli_exact held = pli_exact_multiply(rate, pli_exact_absolute(quantity));
    return pli_exact_divide(above, pli_exact_subtract(quantity, held));
}

static plm_status
cross_price_case(pli_case *test, pli_result *result) {
    pli_exact mark = pli_exact_of(0);
    pli_exact quantity = pli_exact_of(0);
    pli_exact equity = pli_exact_of(0);
    pli_exact rate = pli_exact_of(0);
    pli_exact other = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "mark", &mark);
    pli_case_exact(test, test->inputs, "qty", &quantity);
    pli_case_exact(test, test->inputs, "equity", &equity);
    pli_case_exact(test, test->inputs, "mmr", &rate);
    pli_case_exact(test, test->inputs, "other_mm", &other);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact none = pli_exact_of(0);
    pli_result_exact(result, "liq_price", cross_price(mark, quantity, equity, rate, other));
    pli_result_exact(result, "liq_price_if_other_ignored",
                     cross_price(mark, quantity, equity, rate, none));
    return PLM_OK;
}

static const pli_formula formulas[] = {
    {"dederi.future_scan", future_scan_case},
    {"ethereal.adl", deleveraging_case},
    {"okx.mr9_depeg", tiered_depeg_case},
    {"torchtrade.liq_price_cross", cross_price_case},
};

const pli_formula_table pli_formulas_examples = {PLI_FORMULAS(formulas)};
