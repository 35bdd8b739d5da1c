/* drift_v2_cases.c: the published cases of Drift v2 onto its native functions.            SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "venue/drift_v2.h"
#include "venue/formulas.h"

static plm_status
answer_sum(pli_case *test, pli_result *result, plm_status status, const pli_drift_sum *sum) {
    if (test->status != PLM_OK) {
        return test->status;
    }
    if (status == PLM_OK) {
        pli_result_i128(result, "margin_requirement", sum->requirement);
        pli_result_i128(result, "total_collateral", sum->collateral);
    }
    return status;
}

static void
read_optional(pli_case *test, const char *key, pli_i128 *out) {
    pli_case_optional_i128(test, test->inputs, key, out);
}

static void
read(pli_case *test, const char *key, pli_i128 *out) {
    pli_case_i128(test, test->inputs, key, out);
}

/* `margin_type`: Initial, Fill or Maintenance; Initial where a case leaves it out. */
static pli_drift_level
read_level(pli_case *test) {
    const char *name = "Initial";
    if (pli_case_has(test->inputs, "margin_type")) {
        pli_case_text(test, test->inputs, "margin_type", &name);
    }
    if (pli_text_is_equal(name, "Maintenance")) {
        return PLI_DRIFT_MAINTENANCE;
    }
    if (pli_text_is_equal(name, "Fill")) {
        return PLI_DRIFT_FILL;
    }
    if (!pli_text_is_equal(name, "Initial")) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, "margin_type ", name);
    }
    return PLI_DRIFT_INITIAL;
}

static plm_status
spot_weight(pli_case *test, pli_result *result, bool is_asset) {
    pli_drift_pair weights = {0};
    pli_i128 imf_factor = 0;
    pli_i128 tokens = 0;
    int64_t decimals = 0;
    read(test, is_asset ? "initial_asset_weight" : "initial_liability_weight", &weights.initial);
    read(test, is_asset ? "maintenance_asset_weight" : "maintenance_liability_weight",
         &weights.maintenance);
    read(test, "imf_factor", &imf_factor);
    read(test, "token_size", &tokens);
    pli_case_i64(test, test->inputs, "decimals", &decimals);
    pli_drift_level level = read_level(test);
    pli_i128 size = 0;
    pli_i128 value = 0;
    plm_status status = pli_drift_size_from_tokens(tokens, decimals, &size);
    if (status == PLM_OK) {
        pli_i128 weight = pli_drift_at_level(&weights, level);
        status = is_asset ? pli_drift_size_discount(weight, size, imf_factor, &value)
                          : pli_drift_size_premium(weight, size, imf_factor, &value);
    }
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
asset_weight_case(pli_case *test, pli_result *result) {
    return spot_weight(test, result, true);
}

static plm_status
liability_weight_case(pli_case *test, pli_result *result) {
    return spot_weight(test, result, false);
}

static plm_status
scaled_weight_case(pli_case *test, pli_result *result) {
    pli_i128 weight = 0;
    pli_i128 start = 0;
    pli_i128 tokens = 0;
    pli_i128 price = 0;
    int64_t decimals = 0;
    read(test, "initial_asset_weight", &weight);
    read(test, "scale_initial_asset_weight_start", &start);
    read(test, "total_deposits_tokens", &tokens);
    read(test, "oracle_price", &price);
    pli_case_i64(test, test->inputs, "decimals", &decimals);
    pli_i128 deposits = 0;
    pli_i128 value = 0;
    plm_status status = pli_drift_token_value(tokens, decimals, price, &deposits);
    if (status == PLM_OK) {
        status = pli_drift_scaled_weight(weight, start, deposits, &value);
    }
    return pli_case_answer_i128(test, result, status, value);
}

static void
read_profit_rules(pli_case *test, pli_drift_perpetual *out) {
    read(test, "unrealized_pnl_initial_asset_weight", &out->profit_weight.initial);
    out->profit_weight.maintenance = PLI_DRIFT_WEIGHT;
    read_optional(test, "unrealized_pnl_maintenance_asset_weight", &out->profit_weight.maintenance);
    read_optional(test, "unrealized_pnl_imf_factor", &out->profit_imf_factor);
    read_optional(test, "max_positive_upnl_for_initial_margin", &out->profit_max_initial);
}

static plm_status
profit_weight_case(pli_case *test, pli_result *result) {
    pli_drift_perpetual perpetual = {0};
    pli_i128 profit = 0;
    pli_i128 value = 0;
    read(test, "unrealized_pnl", &profit);
    read_profit_rules(test, &perpetual);
    plm_status status = pli_drift_profit_weight(&perpetual, read_level(test), profit, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static void
read_perpetual(pli_case *test, const char *price_key, pli_drift_perpetual *out) {
    read(test, "base_asset_amount", &out->base);
    read(test, "quote_asset_amount", &out->quote);
    read(test, price_key, &out->price);
    read(test, "margin_ratio_initial", &out->margin_ratio.initial);
    read_optional(test, "margin_ratio_maintenance", &out->margin_ratio.maintenance);
    read_optional(test, "imf_factor", &out->imf_factor);
    read_optional(test, "open_bids", &out->open_bids);
    read_optional(test, "open_asks", &out->open_asks);
    read_optional(test, "open_orders", &out->open_orders);
    read_profit_rules(test, out);
}

static plm_status
perpetual_case(pli_case *test, pli_result *result) {
    pli_drift_perpetual perpetual = {0};
    read_perpetual(test, "oracle_price", &perpetual);
    read(test, "quote_price", &perpetual.quote_price.oracle);
    pli_drift_level level = read_level(test);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_drift_sum sum = {0};
    plm_status status = pli_drift_perpetual_sum(&perpetual, level, &sum);
    if (status == PLM_OK) {
        pli_result_i128(result, "margin_requirement", sum.requirement);
        pli_result_i128(result, "weighted_unrealized_pnl", sum.collateral);
    }
    return status;
}

/* The quote token: six decimals, weight one. */
static pli_drift_spot
quote_tokens(pli_i128 tokens, pli_i128 price) {
    return (pli_drift_spot){.tokens = tokens,
                            .decimals = 6,
                            .price = {.oracle = price},
                            .asset_weight = {PLI_DRIFT_WEIGHT, PLI_DRIFT_WEIGHT},
                            .liability_weight = {PLI_DRIFT_WEIGHT, PLI_DRIFT_WEIGHT}};
}

static plm_status
open_orders_case(pli_case *test, pli_result *result) {
    pli_i128 deposit = 0;
    pli_i128 order_margin = 0;
    pli_drift_spot spot = {0};
    read(test, "usdc_deposit", &deposit);
    read(test, "sol_tokens", &spot.tokens);
    read(test, "open_bids", &spot.open_bids);
    read(test, "open_asks", &spot.open_asks);
    read(test, "open_orders", &spot.open_orders);
    read(test, "oracle_price", &spot.price.oracle);
    pli_case_i64(test, test->inputs, "decimals", &spot.decimals);
    read(test, "initial_asset_weight", &spot.asset_weight.initial);
    read(test, "initial_liability_weight", &spot.liability_weight.initial);
    read(test, "open_order_margin", &order_margin);
    read_optional(test, "imf_factor", &spot.imf_factor);
    pli_drift_spot quote = quote_tokens(deposit, PLI_DRIFT_PRICE);
    pli_drift_sum sum = {0};
    plm_status status = pli_drift_spot_add(&quote, PLI_DRIFT_INITIAL, 0, &sum);
    if (status == PLM_OK) {
        status = pli_drift_spot_add(&spot, PLI_DRIFT_INITIAL, order_margin, &sum);
    }
    return answer_sum(test, result, status, &sum);
}

static plm_status
strict_price_case(pli_case *test, pli_result *result) {
    const char *side = "";
    pli_i128 weight = 0;
    pli_drift_spot spot = {.decimals = 6};
    pli_case_text(test, test->inputs, "balance_type", &side);
    read(test, "token_amount", &spot.tokens);
    read(test, "oracle_price", &spot.price.oracle);
    read(test, "twap_5min", &spot.price.average);
    read(test, "weight", &weight);
    if (pli_case_has(test->inputs, "decimals")) {
        pli_case_i64(test, test->inputs, "decimals", &spot.decimals);
    }
    bool is_deposit = pli_text_is_equal(side, "Deposit");
    if (!is_deposit && !pli_text_is_equal(side, "Borrow")) {
        return pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, "balance_type ", side);
    }
    spot.tokens = is_deposit ? spot.tokens : -spot.tokens;
    spot.asset_weight.initial = weight;
    spot.liability_weight.initial = weight;
    pli_drift_sum sum = {0};
    plm_status status = pli_drift_spot_add(&spot, PLI_DRIFT_INITIAL, 0, &sum);
    return answer_sum(test, result, status, &sum);
}

static plm_status
strict_perpetual_case(pli_case *test, pli_result *result) {
    pli_i128 deposit = 0;
    pli_drift_perpetual perpetual = {0};
    read(test, "usdc_deposit", &deposit);
    read_perpetual(test, "perp_oracle_price", &perpetual);
    read(test, "usdc_oracle", &perpetual.quote_price.oracle);
    read(test, "usdc_twap_5min", &perpetual.quote_price.average);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_drift_spot quote = quote_tokens(deposit, 0);
    quote.price = perpetual.quote_price;
    pli_drift_sum sum = {0};
    pli_drift_sum own = {0};
    plm_status status = pli_drift_spot_add(&quote, PLI_DRIFT_INITIAL, 0, &sum);
    if (status == PLM_OK) {
        status = pli_drift_perpetual_sum(&perpetual, PLI_DRIFT_INITIAL, &own);
    }
    if (status == PLM_OK && (!pli_add_i128(sum.requirement, own.requirement, &sum.requirement) ||
                             !pli_add_i128(sum.collateral, own.collateral, &sum.collateral))) {
        status = PLM_OVERFLOW;
    }
    return answer_sum(test, result, status, &sum);
}

/* The buffer is charged on what a perpetual has lost, besides what it requires. */
static plm_status
buffer_case(pli_case *test, pli_result *result) {
    pli_i128 deposit = 0;
    pli_i128 profit = 0;
    pli_i128 ratio = 0;
    read(test, "usdc_deposit", &deposit);
    read(test, "perp_quote_asset_amount", &profit);
    read(test, "liquidation_margin_buffer_ratio", &ratio);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_i128 total = 0;
    pli_i128 buffer = 0;
    pli_i128 buffered = 0;
    pli_drift_spot quote = quote_tokens(deposit, PLI_DRIFT_PRICE);
    pli_drift_sum sum = {0};
    plm_status status = pli_drift_spot_add(&quote, PLI_DRIFT_MAINTENANCE, 0, &sum);
    if (status != PLM_OK) {
        return status;
    }
    status = pli_drift_loss_buffer(profit, ratio, &buffer);
    if (status != PLM_OK) {
        return status;
    }
    if (!pli_add_i128(sum.collateral, profit, &total) || !pli_sub_i128(total, buffer, &buffered)) {
        return PLM_OVERFLOW;
    }
    pli_result_i128(result, "total_collateral", total);
    pli_result_i128(result, "total_collateral_plus_buffer", buffered);
    return PLM_OK;
}

static plm_status
base_to_cover_case(pli_case *test, pli_result *result) {
    pli_drift_closing terms = {0};
    pli_i128 value = 0;
    read(test, "margin_shortage", &terms.shortage);
    read(test, "margin_ratio", &terms.margin_ratio);
    read(test, "liquidator_fee", &terms.liquidator_fee);
    read(test, "if_liquidation_fee", &terms.insurance_fee);
    read(test, "oracle_price", &terms.price);
    read(test, "quote_oracle_price", &terms.quote_price);
    plm_status status = pli_drift_base_to_cover(&terms, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
liability_to_cover_case(pli_case *test, pli_result *result) {
    pli_drift_swap swap = {0};
    pli_i128 shortage = 0;
    pli_i128 fee = 0;
    read(test, "margin_shortage", &shortage);
    read(test, "asset_weight", &swap.asset_weight);
    read(test, "asset_multiplier", &swap.asset_multiplier);
    read(test, "liability_weight", &swap.liability_weight);
    read(test, "liability_multiplier", &swap.liability_multiplier);
    pli_case_i64(test, test->inputs, "liability_decimals", &swap.liability_decimals);
    read(test, "liability_price", &swap.liability_price);
    read(test, "if_liquidation_fee", &fee);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_u128 value = 0;
    plm_status status = pli_drift_liability_to_cover(&swap, shortage, fee, &value);
    if (status == PLM_OK) {
        pli_result_u128(result, NULL, value);
    }
    return status;
}

/* The two sides of a swap; the source calls what moves a transfer. */
static pli_drift_swap
read_swap(pli_case *test, const char *asset_key, const char *liability_key) {
    pli_drift_swap swap = {0};
    read(test, asset_key, &swap.asset_amount);
    read(test, "asset_multiplier", &swap.asset_multiplier);
    pli_case_i64(test, test->inputs, "asset_decimals", &swap.asset_decimals);
    read(test, "asset_price", &swap.asset_price);
    if (liability_key != NULL) {
        read(test, liability_key, &swap.liability_amount);
    }
    read(test, "liability_multiplier", &swap.liability_multiplier);
    pli_case_i64(test, test->inputs, "liability_decimals", &swap.liability_decimals);
    read(test, "liability_price", &swap.liability_price);
    return swap;
}

static plm_status
liability_for_asset_case(pli_case *test, pli_result *result) {
    pli_drift_swap swap = read_swap(test, "asset_amount", NULL);
    pli_i128 value = 0;
    plm_status status = pli_drift_liability_for_asset(&swap, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
asset_for_liability_case(pli_case *test, pli_result *result) {
    pli_drift_swap swap = read_swap(test, "asset_amount", "liability_amount");
    pli_i128 value = 0;
    plm_status status = pli_drift_asset_for_liability(&swap, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
swap_boundary_case(pli_case *test, pli_result *result) {
    pli_drift_swap swap = read_swap(test, "asset_transfer", "liability_transfer");
    if (test->status != PLM_OK) {
        return test->status;
    }
    bool is_fair = false;
    plm_status status = pli_drift_swap_is_fair(&swap, &is_fair);
    if (status == PLM_OK) {
        pli_result_bool(result, NULL, is_fair);
    }
    return status;
}

static plm_status
funding_delta_case(pli_case *test, pli_result *result) {
    pli_i128 loss = 0;
    pli_i128 base_long = 0;
    pli_i128 base_short = 0;
    pli_i128 value = 0;
    read(test, "loss", &loss);
    read(test, "base_long", &base_long);
    read(test, "base_short", &base_short);
    plm_status status = pli_drift_funding_delta(loss, base_long, base_short, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
interest_delta_case(pli_case *test, pli_result *result) {
    pli_i128 loss = 0;
    pli_i128 deposits = 0;
    pli_i128 index = 0;
    pli_i128 value = 0;
    read(test, "borrow_loss", &loss);
    read(test, "total_deposits", &deposits);
    read(test, "cumulative_deposit_interest", &index);
    plm_status status = pli_drift_interest_delta(loss, deposits, index, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
perpetual_insurance_case(pli_case *test, pli_result *result) {
    pli_drift_closing terms = {0};
    pli_i128 base = 0;
    pli_i128 fee_max = 0;
    pli_i128 value = 0;
    read(test, "margin_shortage", &terms.shortage);
    read(test, "base_asset_amount", &base);
    read(test, "margin_ratio", &terms.margin_ratio);
    read(test, "liquidator_fee", &terms.liquidator_fee);
    read(test, "oracle_price", &terms.price);
    read(test, "quote_price", &terms.quote_price);
    read(test, "max_if_fee", &fee_max);
    plm_status status = pli_drift_perpetual_insurance_fee(&terms, base, fee_max, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
spot_insurance_case(pli_case *test, pli_result *result) {
    pli_drift_swap swap = {0};
    pli_i128 shortage = 0;
    pli_i128 fee_max = 0;
    pli_i128 value = 0;
    read(test, "margin_shortage", &shortage);
    read(test, "token_amount", &swap.liability_amount);
    read(test, "asset_weight", &swap.asset_weight);
    read(test, "asset_multiplier", &swap.asset_multiplier);
    read(test, "liability_weight", &swap.liability_weight);
    read(test, "liability_multiplier", &swap.liability_multiplier);
    pli_case_i64(test, test->inputs, "decimals", &swap.liability_decimals);
    read(test, "liability_price", &swap.liability_price);
    read(test, "max_if_fee", &fee_max);
    plm_status status = pli_drift_spot_insurance_fee(&swap, shortage, fee_max, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static void
read_slots(pli_case *test, const char *now_key, pli_i128 *out) {
    pli_i128 now = 0;
    pli_i128 last = 0;
    read(test, now_key, &now);
    read(test, "last_active_slot", &last);
    if (!pli_sub_i128(now, last, out)) {
        (void)pli_case_fail(test, PLM_OVERFLOW, test->inputs, now_key, NULL);
    }
}

static plm_status
share_max_case(pli_case *test, pli_result *result) {
    pli_drift_pace pace = {0};
    pli_i128 shortage = 0;
    pli_i128 value = 0;
    read(test, "margin_shortage", &shortage);
    read_slots(test, "slot", &pace.slots_elapsed);
    read(test, "initial_pct_to_liquidate", &pace.initial_share);
    read(test, "liquidation_duration", &pace.duration);
    read(test, "liquidation_margin_freed", &pace.margin_freed);
    plm_status status = pli_drift_share_max(&pace, shortage, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
liquidator_fee_case(pli_case *test, pli_result *result) {
    pli_i128 base = 0;
    pli_i128 fee_max = 0;
    pli_i128 slots = 0;
    pli_i128 grace = 0;
    pli_i128 per_slot = 0;
    pli_i128 value = 0;
    read(test, "base_fee", &base);
    read(test, "max_fee", &fee_max);
    read_slots(test, "current_slot", &slots);
    read(test, "grace_slots", &grace);
    read(test, "increase_per_slot", &per_slot);
    plm_status status = pli_drift_liquidator_fee(base, fee_max, slots, grace, per_slot, &value);
    return pli_case_answer_i128(test, result, status, value);
}

/* How much wider the confidence of a contract tier may be. */
static pli_i128
read_tier(pli_case *test) {
    static const struct {
        const char *name;
        int multiplier;
    } tiers[] = {
        {"A", 1},        {"B", 1}, {"C", 2}, {"Speculative", 10}, {"HighlySpeculative", 50},
        {"Isolated", 50}};
    const char *name = "";
    pli_case_text(test, test->inputs, "contract_tier", &name);
    for (uint32_t i = 0; i < sizeof tiers / sizeof tiers[0]; i += 1) {
        if (pli_text_is_equal(tiers[i].name, name)) {
            return tiers[i].multiplier;
        }
    }
    (void)pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, "contract_tier ", name);
    return 1;
}

static const char *
validity_name(pli_drift_validity validity) {
    switch (validity) {
    case PLI_DRIFT_VALID:
        return "Valid";
    case PLI_DRIFT_NON_POSITIVE:
        return "NonPositive";
    case PLI_DRIFT_TOO_VOLATILE:
        return "TooVolatile";
    case PLI_DRIFT_TOO_UNCERTAIN:
        return "TooUncertain";
    case PLI_DRIFT_STALE_FOR_MARGIN:
        return "StaleForMargin";
    case PLI_DRIFT_INSUFFICIENT_DATA_POINTS:
        return "InsufficientDataPoints";
    case PLI_DRIFT_STALE_FOR_AMM:
        return "StaleForAMM";
    }
    return "";
}

static plm_status
oracle_case(pli_case *test, pli_result *result) {
    pli_drift_oracle oracle = {.has_data_points = true};
    read(test, "price", &oracle.price);
    read(test, "last_oracle_twap", &oracle.average);
    read(test, "confidence", &oracle.confidence);
    read(test, "delay_slots", &oracle.delay);
    oracle.confidence_multiplier = read_tier(test);
    if (pli_case_has(test->inputs, "has_sufficient_number_of_data_points")) {
        pli_case_bool(test, test->inputs, "has_sufficient_number_of_data_points",
                      &oracle.has_data_points);
    }
    const pli_node *rails = pli_case_object(test, test->inputs, "guard_rails");
    pli_case_i128(test, rails, "too_volatile_ratio", &oracle.volatile_ratio);
    pli_case_i128(test, rails, "confidence_interval_max_size", &oracle.confidence_max);
    pli_case_i128(test, rails, "slots_before_stale_for_margin", &oracle.stale_margin);
    pli_case_i128(test, rails, "slots_before_stale_for_amm", &oracle.stale_amm);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_drift_validity validity = PLI_DRIFT_VALID;
    plm_status status = pli_drift_oracle_check(&oracle, &validity);
    if (status == PLM_OK) {
        pli_result_text(result, NULL, validity_name(validity));
    }
    return status;
}

static const pli_formula formulas[] = {
    {"drift.asset_transfer_for_liability_transfer", asset_for_liability_case},
    {"drift.base_asset_amount_to_cover_margin_shortage", base_to_cover_case},
    {"drift.deposit_interest_delta_to_socialize_spot_loss", interest_delta_case},
    {"drift.funding_rate_delta_to_socialize_perp_loss", funding_delta_case},
    {"drift.liability_transfer_implied_by_asset_amount", liability_for_asset_case},
    {"drift.liability_transfer_to_cover_margin_shortage", liability_to_cover_case},
    {"drift.liquidation_margin_buffer", buffer_case},
    {"drift.max_pct_to_liquidate", share_max_case},
    {"drift.oracle_validity", oracle_case},
    {"drift.perp_insurance_fund_fee", perpetual_insurance_case},
    {"drift.perp_margin_requirement_and_weighted_upnl", perpetual_case},
    {"drift.scaled_initial_asset_weight", scaled_weight_case},
    {"drift.spot_asset_weight", asset_weight_case},
    {"drift.spot_insurance_fund_fee", spot_insurance_case},
    {"drift.spot_liability_weight", liability_weight_case},
    {"drift.spot_worst_case_open_orders", open_orders_case},
    {"drift.strict_oracle_price", strict_price_case},
    {"drift.strict_quote_for_perp_liability", strict_perpetual_case},
    {"drift.swap_within_liquidation_boundary", swap_boundary_case},
    {"drift.time_increasing_liquidation_fee", liquidator_fee_case},
    {"drift.unrealized_pnl_asset_weight", profit_weight_case},
};

const pli_formula_table pli_formulas_drift_v2 = {PLI_FORMULAS(formulas)};
