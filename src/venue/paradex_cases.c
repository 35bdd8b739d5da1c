/* paradex_cases.c: the published cases of Paradex onto its native functions.             SPDX-License-Identifier: Apache-2.0 */
#include "venue/paradex.h"

#include "venue/exact_cases.h"
#include "venue/formulas.h"

static plm_status
min_delta_case(pli_case *test, pli_result *result) {
    pli_paradex_delta sum = pli_paradex_delta_empty();
    pli_exact unhedged = pli_exact_of(0);
    pli_exact hedged = pli_exact_of(0);
    pli_exact spot = pli_exact_of(0);
    const pli_node *list = pli_case_list(test, test->inputs, "legs");
    for (const pli_node *leg = list == NULL ? NULL : list->child; leg != NULL; leg = leg->next) {
        pli_exact quantity = pli_exact_of(0);
        pli_exact delta = pli_exact_of(0);
        pli_case_exact(test, leg, "qty", &quantity);
        pli_case_exact(test, leg, "delta", &delta);
        pli_paradex_delta_add(&sum, quantity, delta);
    }
    pli_case_exact(test, test->inputs, "unhedged", &unhedged);
    pli_case_exact(test, test->inputs, "hedged", &hedged);
    pli_case_exact(test, test->inputs, "spot", &spot);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact margin = pli_paradex_min_delta(&sum, unhedged, hedged, spot);
    pli_result_exact(result, "net_delta", sum.net);
    pli_result_exact(result, "gross_delta", sum.gross);
    pli_result_exact(result, "hedged_delta", sum.hedged);
    pli_result_exact(result, "min_delta_margin", margin);
    return PLM_OK;
}

static plm_status
net_initial_case(pli_case *test, pli_result *result) {
    pli_exact position = pli_exact_of(0);
    pli_exact buys = pli_exact_of(0);
    pli_exact sells = pli_exact_of(0);
    pli_exact imf = pli_exact_of(0);
    pli_exact mark = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "position", &position);
    pli_case_exact(test, test->inputs, "buy_orders", &buys);
    pli_case_exact(test, test->inputs, "sell_orders", &sells);
    pli_case_exact(test, test->inputs, "imf", &imf);
    pli_case_exact(test, test->inputs, "mark", &mark);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact buy_open = pli_paradex_open_size(position, buys, true);
    pli_exact sell_open = pli_paradex_open_size(position, sells, false);
    pli_exact initial = pli_paradex_net_initial(buy_open, sell_open, imf, mark);
    pli_result_exact(result, "buy_open_size", buy_open);
    pli_result_exact(result, "sell_open_size", sell_open);
    pli_result_exact(result, "net_imr", initial);
    pli_result_exact(result, "net_mmr", pli_exact_multiply(initial, pli_exact_ratio(1, 2)));
    return PLM_OK;
}

/* Unrealised profit and the value of all positions at their marks. */
static void
read_positions(pli_case *test, pli_exact *profit, pli_exact *notional) {
    const pli_node *list = pli_case_list(test, test->inputs, "positions");
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        pli_exact size = pli_exact_of(0);
        pli_exact entry_price = pli_exact_of(0);
        pli_exact mark = pli_exact_of(0);
        pli_case_exact(test, entry, "size", &size);
        pli_case_exact(test, entry, "entry", &entry_price);
        pli_case_exact(test, entry, "mark", &mark);
        pli_exact move = pli_exact_subtract(mark, entry_price);
        *profit = pli_exact_add(*profit, pli_exact_multiply(size, move));
        *notional = pli_exact_add(*notional, pli_exact_multiply(pli_exact_absolute(size), mark));
    }
}

static void
write_table(pli_result *result, pli_exact maintenance, pli_exact account_value, pli_exact fee) {
    pli_result_begin_list(result, "table");
    for (uint32_t percent = 20; percent < 100; percent += 20) {
        pli_paradex_share share = pli_paradex_share_at(percent, maintenance, account_value, fee);
        pli_result_begin_object(result, NULL);
        pli_result_i128(result, "share", percent);
        pli_result_exact(result, "new_mmr", share.maintenance);
        pli_result_exact(result, "penalty", share.penalty);
        pli_result_exact(result, "new_account_value", share.account_value);
        if (share.has_ratio) {
            pli_result_exact(result, "new_ratio", share.ratio);
        }
        pli_result_end(result);
    }
    pli_result_end(result);
}

static plm_status
liquidation_share_case(pli_case *test, pli_result *result) {
    pli_exact collateral = pli_exact_of(0);
    pli_exact mmf = pli_exact_of(0);
    pli_exact fee = pli_exact_of(0);
    pli_exact profit = pli_exact_of(0);
    pli_exact notional = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "collateral", &collateral);
    pli_case_exact(test, test->inputs, "mmf", &mmf);
    pli_case_exact(test, test->inputs, "fee", &fee);
    read_positions(test, &profit, &notional);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact maintenance = pli_exact_multiply(notional, mmf);
    pli_exact account_value = pli_exact_add(collateral, profit);
    uint32_t chosen = pli_paradex_share_chosen(maintenance, account_value, fee);
    pli_paradex_share share = pli_paradex_share_at(chosen, maintenance, account_value, fee);
    // What is handed over realises its share of the profit.
    pli_exact realised = pli_exact_multiply(profit, pli_exact_ratio(chosen, 100));
    pli_exact after = pli_exact_subtract(pli_exact_add(collateral, realised), share.penalty);
    pli_result_exact(result, "upnl", profit);
    pli_result_exact(result, "mmr", maintenance);
    pli_result_exact(result, "account_value", account_value);
    write_table(result, maintenance, account_value, fee);
    pli_result_i128(result, "chosen_share", chosen);
    pli_result_exact(result, "collateral_after", after);
    return PLM_OK;
}

/* The first balance is that of the account which holds the position. */
static plm_status
socialised_loss_case(pli_case *test, pli_result *result) {
    const pli_node *list = pli_case_list(test, test->inputs, "balances");
    const pli_node *position = pli_case_object(test, test->inputs, "position");
    pli_exact fund = pli_exact_of(0);
    pli_exact withdrawal = pli_exact_of(0);
    pli_exact size = pli_exact_of(0);
    pli_exact entry = pli_exact_of(0);
    pli_exact mark = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "insurance_fund", &fund);
    pli_case_exact(test, test->inputs, "withdraw", &withdrawal);
    pli_case_exact(test, position, "size", &size);
    pli_case_exact(test, position, "entry", &entry);
    pli_case_exact(test, position, "mark", &mark);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact total = fund;
    pli_exact value = pli_exact_multiply(size, pli_exact_subtract(mark, entry));
    for (const pli_node *balance = list->child; balance != NULL; balance = balance->next) {
        pli_exact amount = pli_exact_of(0);
        pli_case_entry_exact(test, balance, &amount);
        total = pli_exact_add(total, amount);
        value = balance == list->child ? pli_exact_add(value, amount) : value;
    }
    pli_exact bankruptcy = pli_paradex_bankruptcy(value);
    pli_exact shortfall = pli_paradex_shortfall(bankruptcy, fund);
    pli_exact factor = pli_paradex_loss_factor(shortfall, total);
    pli_exact kept = pli_exact_subtract(pli_exact_of(1), factor);
    pli_result_exact(result, "bankruptcy", bankruptcy);
    pli_result_exact(result, "exchange_bankruptcy", shortfall);
    pli_result_exact(result, "factor_in_example", factor);
    pli_result_exact(result, "withdraw_received", pli_exact_multiply(withdrawal, kept));
    return test->status;
}

static const pli_formula formulas[] = {
    {"paradex.liq_share", liquidation_share_case},
    {"paradex.min_delta", min_delta_case},
    {"paradex.net_imr", net_initial_case},
    {"paradex.socialized_loss", socialised_loss_case},
};

const pli_formula_table pli_formulas_paradex = {PLI_FORMULAS(formulas)};
