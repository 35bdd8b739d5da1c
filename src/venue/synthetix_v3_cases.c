/* synthetix_v3_cases.c: the published cases of Synthetix v3 onto its native functions.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/synthetix_v3.h"

#include "venue/exact_cases.h"
#include "venue/formulas.h"

/*
 * The source's test calls liquidate every 29 seconds against a window of 30. Its inputs hold the amounts but not the
 * times, so that spacing is part of the case.
 */
#define CALL_SPACING_SECONDS 29

static plm_status
available_case(pli_case *test, pli_result *result) {
    const pli_node *list = pli_case_list(test, test->inputs, "positions");
    const pli_node *prices = pli_case_object(test, test->inputs, "prices");
    pli_exact available = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "collateral", &available);
    pli_result_begin_list(result, "pnl");
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        pli_synthetix_market market = {.skew_scale = pli_exact_of(1)};
        const char *name = "";
        pli_case_text(test, entry, "market", &name);
        pli_case_exact(test, entry, "size", &market.size);
        pli_case_exact(test, entry, "skew_scale", &market.skew_scale);
        pli_case_exact(test, entry, "entry_oracle", &market.entry_price);
        pli_case_exact(test, entry, "entry_skew", &market.entry_skew);
        pli_case_exact(test, prices, name, &market.price);
        if (test->status != PLM_OK) {
            return test->status;
        }
        pli_exact profit = pli_synthetix_profit(&market);
        pli_result_exact(result, NULL, profit);
        available = pli_exact_add(available, profit);
    }
    pli_result_end(result);
    pli_result_exact(result, "available_margin", available);
    return test->status;
}

/* A market whose position was just opened at the present price, into a market without skew. */
static void
read_market(pli_case *test, const pli_node *object, pli_synthetix_market *market) {
    market->entry_skew = pli_exact_of(0);
    pli_case_exact(test, object, "size", &market->size);
    pli_case_exact(test, object, "skew_scale", &market->skew_scale);
    pli_case_exact(test, object, "imf", &market->initial_fraction);
    pli_case_exact(test, object, "min_imr", &market->initial_minimum);
    pli_case_exact(test, object, "mm_scalar", &market->maintenance_scalar);
    pli_case_exact(test, object, "price", &market->price);
    pli_case_exact(test, object, "min_position_margin", &market->position_minimum);
    pli_case_exact(test, object, "liq_reward_ratio", &market->reward_rate);
    market->entry_price = market->price;
}

static plm_status
required_case(pli_case *test, pli_result *result) {
    const pli_node *guards = pli_case_object(test, test->inputs, "reward_guards");
    pli_exact available = pli_exact_of(0);
    pli_exact low = pli_exact_of(0);
    pli_exact high = pli_exact_of(0);
    pli_exact scaling = pli_exact_of(0);
    pli_synthetix_requirement sum = {pli_exact_of(0), pli_exact_of(0), pli_exact_of(0)};
    pli_case_exact(test, test->inputs, "collateral", &available);
    pli_case_exact(test, guards, "min", &low);
    pli_case_exact(test, guards, "max", &high);
    pli_case_exact(test, guards, "max_scaling", &scaling);
    for (const pli_node *entry = test->inputs->child; entry != NULL && test->status == PLM_OK;
         entry = entry->next) {
        // Markets are the members that have a size.
        if (pli_node_find(entry, "size") == NULL) {
            continue;
        }
        pli_synthetix_market market;
        read_market(test, entry, &market);
        if (test->status == PLM_OK) {
            pli_synthetix_requirement own = pli_synthetix_require(&market);
            sum.initial = pli_exact_add(sum.initial, own.initial);
            sum.maintenance = pli_exact_add(sum.maintenance, own.maintenance);
            sum.reward = pli_exact_add(sum.reward, own.reward);
            available = pli_exact_add(available, pli_synthetix_profit(&market));
        }
    }
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact reward = pli_synthetix_reward(sum.reward, low, high, scaling, available);
    pli_exact left = pli_exact_subtract(available, pli_exact_add(sum.initial, reward));
    pli_result_exact(result, "available_margin", available);
    pli_result_exact(result, "initial_margin_ex_reward", sum.initial);
    pli_result_exact(result, "maintenance_margin_ex_reward", sum.maintenance);
    pli_result_exact(result, "max_liquidation_reward", reward);
    pli_result_exact(result, "withdrawable", pli_exact_max(left, pli_exact_of(0)));
    return PLM_OK;
}

/* What earlier calls took that are still younger than the window at the time of the last of them. */
static pli_exact
taken_in_window(pli_case *test, const pli_node *list, int64_t window_seconds) {
    pli_exact taken = pli_exact_of(0);
    int64_t age = (int64_t)(list->child_count - 1) * CALL_SPACING_SECONDS;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        pli_exact amount = pli_exact_of(0);
        pli_case_entry_exact(test, entry, &amount);
        taken = age < window_seconds ? pli_exact_add(taken, amount) : taken;
        age -= CALL_SPACING_SECONDS;
    }
    return taken;
}

static plm_status
window_case(pli_case *test, pli_result *result) {
    pli_exact maker = pli_exact_of(0);
    pli_exact taker = pli_exact_of(0);
    pli_exact skew_scale = pli_exact_of(0);
    pli_exact multiplier = pli_exact_of(0);
    pli_exact size = pli_exact_of(0);
    int64_t seconds = 0;
    pli_case_exact(test, test->inputs, "maker", &maker);
    pli_case_exact(test, test->inputs, "taker", &taker);
    pli_case_exact(test, test->inputs, "skew_scale", &skew_scale);
    pli_case_exact(test, test->inputs, "multiplier", &multiplier);
    pli_case_i64(test, test->inputs, "window_seconds", &seconds);
    pli_case_exact(test, test->inputs, "second_account_size", &size);
    const pli_node *list = pli_case_list(test, test->inputs, "liquidated_sequence");
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact most = pli_synthetix_window_max(pli_exact_add(maker, taker), skew_scale, multiplier,
                                              pli_exact_of(seconds));
    pli_exact taken = taken_in_window(test, list, seconds);
    pli_exact now = pli_synthetix_liquidated_now(size, most, taken);
    pli_result_exact(result, "max_in_window", most);
    pli_result_exact(result, "second_account_liquidated_now", now);
    pli_result_exact(result, "second_account_remaining", pli_exact_subtract(size, now));
    return test->status;
}

static const pli_formula formulas[] = {
    {"synthetix.available_margin", available_case},
    {"synthetix.max_liquidation_window", window_case},
    {"synthetix.required_margins", required_case},
};

const pli_formula_table pli_formulas_synthetix_v3 = {PLI_FORMULAS(formulas)};
