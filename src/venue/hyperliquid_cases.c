/* hyperliquid_cases.c: the published cases of Hyperliquid onto its native functions.     SPDX-License-Identifier: Apache-2.0 */
#include "venue/hyperliquid.h"

#include "venue/exact_cases.h"
#include "venue/formulas.h"
#include "venue/liqprice.h"

static plm_status
liquidation_case(pli_case *test, pli_result *result) {
    pli_liqprice_terms terms = {.maintenance_deduction = pli_exact_of(0),
                                .taker_rate = pli_exact_of(0),
                                .others_profit = pli_exact_of(0),
                                .others_maintenance = pli_exact_of(0)};
    const char *side = "";
    pli_exact leverage_max = pli_exact_of(0);
    pli_case_text(test, test->inputs, "side", &side);
    pli_case_exact(test, test->inputs, "entry_price", &terms.entry);
    pli_case_exact(test, test->inputs, "size", &terms.size);
    pli_case_exact(test, test->inputs, "margin_at_entry", &terms.margin);
    pli_case_exact(test, test->inputs, "max_leverage", &leverage_max);
    if (test->status != PLM_OK) {
        return test->status;
    }
    terms.is_short = pli_text_is_equal(side, "short");
    if (!terms.is_short && !pli_text_is_equal(side, "long")) {
        return pli_case_fail(test, PLM_VALUE_INVALID, test->inputs,
                             "side is neither long nor short", NULL);
    }
    terms.maintenance_rate = pli_hyperliquid_rate(leverage_max);
    pli_result_exact(result, "liquidation_price", pli_liqprice_linear(&terms));
    return PLM_OK;
}

static plm_status
account_case(pli_case *test, pli_result *result) {
    pli_hyperliquid_isolated position;
    pli_exact cross = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "szi", &position.size);
    pli_case_exact(test, test->inputs, "entry_px", &position.entry);
    pli_case_exact(test, test->inputs, "position_value", &position.position_value);
    pli_case_exact(test, test->inputs, "isolated_raw_usd", &position.raw_usd);
    pli_case_exact(test, test->inputs, "max_leverage", &position.leverage_max);
    pli_case_exact(test, test->inputs, "cross_raw_usd", &cross);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact used = pli_hyperliquid_margin_used(&position);
    pli_result_exact(result, "margin_used", used);
    pli_result_exact(result, "unrealized_pnl", pli_hyperliquid_unrealised(&position));
    pli_result_exact(result, "total_account_value", pli_exact_add(cross, used));
    pli_result_exact(result, "total_raw_usd", pli_exact_add(cross, position.raw_usd));
    pli_result_exact(result, "withdrawable", cross);
    // An account without a position has no such price.
    if (pli_exact_sign(position.size) != 0) {
        pli_result_exact(result, "liquidation_px", pli_hyperliquid_liquidation(&position));
    }
    return PLM_OK;
}

static plm_status
tier_case(pli_case *test, pli_result *result) {
    const pli_node *list = pli_case_list(test, test->inputs, "tiers");
    pli_exact notional = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "notional", &notional);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_bracket *tiers = PLI_ARENA_TAKE(test->arena, list->child_count, pli_bracket);
    if (tiers == NULL || list->child_count == 0) {
        return pli_case_fail(test, PLM_LIMIT, list, "too many tiers, or none", NULL);
    }
    uint32_t count = 0;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        pli_exact leverage = pli_exact_of(0);
        pli_case_exact(test, entry, "lower", &tiers[count].floor);
        pli_case_exact(test, entry, "max_leverage", &leverage);
        if (test->status != PLM_OK) {
            return test->status;
        }
        tiers[count].rate = pli_hyperliquid_rate(leverage);
        count += 1;
    }
    notional = pli_exact_absolute(notional);
    pli_brackets_deduce(count, tiers);
    const pli_bracket *tier = pli_bracket_at(count, tiers, notional);
    pli_result_exact(result, "maintenance_margin_rate", tier->rate);
    pli_result_exact(result, "maintenance_deduction", tier->deduction);
    pli_result_exact(result, "maintenance_margin", pli_bracket_maintenance(tier, notional));
    return PLM_OK;
}

static plm_status
funding_case(pli_case *test, pli_result *result) {
    pli_exact interest = pli_exact_of(0);
    pli_exact impact_bid = pli_exact_of(0);
    pli_exact spot = pli_exact_of(1);
    pli_exact clamp = pli_exact_of(0);
    pli_case_exact(test, test->inputs, "interest_8h", &interest);
    pli_case_exact(test, test->inputs, "impact_bid", &impact_bid);
    pli_case_exact(test, test->inputs, "spot", &spot);
    pli_case_exact(test, test->inputs, "clamp", &clamp);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_exact clamped = pli_exact_of(0);
    pli_exact premium = pli_exact_subtract(pli_exact_divide(impact_bid, spot), pli_exact_of(1));
    pli_exact rate = pli_hyperliquid_funding(premium, interest, clamp, &clamped);
    pli_result_exact(result, "premium", premium);
    pli_result_exact(result, "clamped", clamped);
    pli_result_exact(result, "funding_rate_8h", rate);
    return PLM_OK;
}

static const pli_formula formulas[] = {
    {"hyperliquid.account_state", account_case},
    {"hyperliquid.funding", funding_case},
    {"hyperliquid.liq_price", liquidation_case},
    {"hyperliquid.tier_deduction", tier_case},
};

const pli_formula_table pli_formulas_hyperliquid = {PLI_FORMULAS(formulas)};
