/* dydx_v4_cases.c: the published cases of dYdX v4 onto its native functions.              SPDX-License-Identifier: Apache-2.0 */
#include "venue/dydx_v4.h"

#include "base/checked.h"
#include "venue/formulas.h"

static void
read_int32(pli_case *test, const pli_node *object, const char *key, int32_t *out) {
    int64_t value = 0;
    pli_case_i64(test, object, key, &value);
    if (test->status == PLM_OK && (value < INT32_MIN || value > INT32_MAX)) {
        (void)pli_case_fail(test, PLM_OVERFLOW, object, key, " does not fit 32 bits");
        return;
    }
    *out = (int32_t)value;
}

/* The fraction, its caps and its floor; what a case leaves out is 0. */
static void
read_tier(pli_case *test, const pli_node *object, pli_dydx_market *out) {
    pli_case_i64(test, object, "initial_margin_ppm", &out->initial_ppm);
    if (pli_case_has(object, "maintenance_fraction_ppm")) {
        pli_case_i64(test, object, "maintenance_fraction_ppm", &out->maintenance_fraction_ppm);
    }
    if (pli_case_has(object, "custom_imf_ppm")) {
        pli_case_i64(test, object, "custom_imf_ppm", &out->custom_initial_ppm);
    }
    pli_case_optional_i128(test, object, "oi_lower_cap", &out->open_interest_lower_cap);
    pli_case_optional_i128(test, object, "oi_upper_cap", &out->open_interest_upper_cap);
    pli_case_optional_i128(test, object, "open_interest_base_quantums",
                           &out->open_interest_base_quantums);
}

static void
read_price(pli_case *test, const pli_node *object, pli_dydx_market *out) {
    read_int32(test, object, "atomic_resolution", &out->atomic_resolution);
    read_int32(test, object, "price_exponent", &out->price_exponent);
    pli_case_i128(test, object, "price", &out->price);
}

/* An account; market fields that an entry of `positions` leaves out come from `shared` (may be NULL). */
static void
read_account(pli_case *test, const pli_node *object, const char *cash_key, const pli_node *shared,
             pli_dydx_account *out) {
    pli_case_i128(test, object, cash_key, &out->usdc);
    const pli_node *list = pli_case_list(test, object, "positions");
    if (list == NULL) {
        return;
    }
    pli_dydx_position *positions =
        PLI_ARENA_TAKE(test->arena, list->child_count, pli_dydx_position);
    if (positions == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, list, "too many positions", NULL);
        return;
    }
    uint32_t count = 0;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        const pli_node *market = shared == NULL || pli_case_has(entry, "price") ? entry : shared;
        positions[count] = (pli_dydx_position){0};
        pli_case_i128(test, entry, "base_quantums", &positions[count].base_quantums);
        read_price(test, market, &positions[count].market);
        read_tier(test, market, &positions[count].market);
        count += 1;
    }
    out->position_count = count;
    out->positions = positions;
}

/* Which entry of `positions` the case means by `perpetual_id`. */
static uint32_t
find_position(pli_case *test, const pli_node *object, const char *id) {
    const pli_node *list = pli_node_find(object, "positions");
    uint32_t index = 0;
    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL;
         entry = entry->next) {
        const char *own = "";
        pli_case_text(test, entry, "perpetual_id", &own);
        if (pli_text_is_equal(own, id)) {
            return index;
        }
        index += 1;
    }
    (void)pli_case_fail(test, PLM_VALUE_INVALID, list, "no position in perpetual ", id);
    return 0;
}

/* The account of `inputs` and the position it is about. */
static uint32_t
read_target(pli_case *test, pli_dydx_account *account) {
    const char *id = "";
    pli_case_text(test, test->inputs, "perpetual_id", &id);
    read_account(test, test->inputs, "usdc", NULL, account);
    return test->status == PLM_OK ? find_position(test, test->inputs, id) : 0;
}

static plm_status
mm_ppm_case(pli_case *test, pli_result *result) {
    pli_i128 initial = 0;
    pli_i128 fraction = 0;
    pli_i128 value = 0;
    pli_case_i128(test, test->inputs, "initial_margin_ppm", &initial);
    pli_case_i128(test, test->inputs, "maintenance_fraction_ppm", &fraction);
    plm_status status = pli_dydx_maintenance_ppm(initial, fraction, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
funding_clamp_case(pli_case *test, pli_result *result) {
    pli_i128 factor = 0;
    pli_i128 initial = 0;
    pli_i128 fraction = 0;
    pli_i128 value = 0;
    pli_case_i128(test, test->inputs, "clamp_factor_ppm", &factor);
    pli_case_i128(test, test->inputs, "initial_margin_ppm", &initial);
    pli_case_i128(test, test->inputs, "maintenance_fraction_ppm", &fraction);
    plm_status status = pli_dydx_funding_clamp_ppm(factor, initial, fraction, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
imr_case(pli_case *test, pli_result *result) {
    pli_dydx_market market = {0};
    pli_i128 open_interest = 0;
    pli_i128 notional = 0;
    pli_i128 value = 0;
    read_tier(test, test->inputs, &market);
    pli_case_i128(test, test->inputs, "oi_notional", &open_interest);
    pli_case_i128(test, test->inputs, "position_quote_quantums", &notional);
    plm_status status = pli_dydx_initial_requirement(&market, notional, open_interest, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
scaled_imf_case(pli_case *test, pli_result *result) {
    pli_dydx_market market = {0};
    pli_i128 open_interest = 0;
    pli_i128 value = 0;
    read_tier(test, test->inputs, &market);
    pli_case_i128(test, test->inputs, "oi_notional", &open_interest);
    plm_status status = pli_dydx_scaled_initial_ppm(&market, open_interest, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
margin_requirements_case(pli_case *test, pli_result *result) {
    pli_dydx_position position = {0};
    pli_dydx_risk risk = {0};
    read_price(test, test->inputs, &position.market);
    read_tier(test, test->inputs, &position.market);
    pli_case_i128(test, test->inputs, "base_quantums", &position.base_quantums);
    if (test->status != PLM_OK) {
        return test->status;
    }
    plm_status status = pli_dydx_position_risk(&position, &risk);
    if (status == PLM_OK) {
        pli_result_i128(result, "imr", risk.initial);
        pli_result_i128(result, "mmr", risk.maintenance);
    }
    return status;
}

static plm_status
notional_case(pli_case *test, pli_result *result) {
    pli_dydx_market market = {0};
    pli_i128 base = 0;
    pli_i128 value = 0;
    read_price(test, test->inputs, &market);
    pli_case_i128(test, test->inputs, "base_quantums", &base);
    plm_status status = pli_dydx_notional(&market, base, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
funding_settlement_case(pli_case *test, pli_result *result) {
    pli_i128 index = 0;
    pli_i128 seen = 0;
    pli_i128 base = 0;
    pli_case_i128(test, test->inputs, "perp_funding_index", &index);
    pli_case_i128(test, test->inputs, "position_index", &seen);
    pli_case_i128(test, test->inputs, "base_quantums", &base);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_i128 value = 0;
    if (!pli_sub_i128(seen, index, &value) || !pli_mul_i128(value, base, &value)) {
        return PLM_OVERFLOW;
    }
    pli_result_i128(result, "settlement_ppm", value);
    return PLM_OK;
}

static plm_status
account_risk_case(pli_case *test, pli_result *result) {
    pli_dydx_account account = {0};
    pli_dydx_risk risk = {0};
    read_account(test, test->inputs, "usdc_quote_quantums", NULL, &account);
    if (test->status != PLM_OK) {
        return test->status;
    }
    plm_status status = pli_dydx_account_risk(&account, &risk);
    if (status == PLM_OK) {
        pli_result_i128(result, "nc", risk.net_collateral);
        pli_result_i128(result, "imr", risk.initial);
        pli_result_i128(result, "mmr", risk.maintenance);
    }
    return status;
}

static plm_status
transition_case(pli_case *test, pli_result *result) {
    pli_dydx_risk before = {0};
    pli_dydx_risk after = {0};
    pli_case_i128(test, test->inputs, "oldNC", &before.net_collateral);
    pli_case_i128(test, test->inputs, "oldMMR", &before.maintenance);
    pli_case_i128(test, test->inputs, "newNC", &after.net_collateral);
    pli_case_i128(test, test->inputs, "newMMR", &after.maintenance);
    if (test->status != PLM_OK) {
        return test->status;
    }
    bool is_valid = false;
    plm_status status = pli_dydx_transition_is_valid(&before, &after, &is_valid);
    if (status == PLM_OK) {
        pli_result_text(result, NULL,
                        is_valid ? "types.Success" : "types.StillUndercollateralized");
    }
    return status;
}

static plm_status
risk_compare_case(pli_case *test, pli_result *result) {
    pli_dydx_risk first = {0};
    pli_dydx_risk second = {0};
    int order = 0;
    pli_case_i128(test, test->inputs, "first_nc", &first.net_collateral);
    pli_case_i128(test, test->inputs, "first_mmr", &first.maintenance);
    pli_case_i128(test, test->inputs, "second_nc", &second.net_collateral);
    pli_case_i128(test, test->inputs, "second_mmr", &second.maintenance);
    plm_status status = pli_dydx_risk_compare(&first, &second, &order);
    return pli_case_answer_i128(test, result, status, order);
}

static plm_status
is_collateralized_case(pli_case *test, pli_result *result) {
    pli_i128 collateral = 0;
    pli_i128 requirement = 0;
    pli_case_i128(test, test->inputs, "nc", &collateral);
    pli_case_i128(test, test->inputs, "requirement", &requirement);
    if (test->status == PLM_OK) {
        pli_result_bool(result, NULL, collateral >= requirement);
    }
    return test->status;
}

static plm_status
risk_is_liquidatable_case(pli_case *test, pli_result *result) {
    pli_dydx_risk risk = {0};
    pli_case_i128(test, test->inputs, "nc", &risk.net_collateral);
    pli_case_i128(test, test->inputs, "requirement", &risk.maintenance);
    if (test->status == PLM_OK) {
        pli_result_bool(result, NULL, pli_dydx_is_liquidatable(&risk));
    }
    return test->status;
}

static plm_status
is_liquidatable_case(pli_case *test, pli_result *result) {
    pli_dydx_account account = {0};
    pli_dydx_risk risk = {0};
    read_account(test, test->inputs, "usdc", NULL, &account);
    if (test->status != PLM_OK) {
        return test->status;
    }
    plm_status status = pli_dydx_account_risk(&account, &risk);
    if (status == PLM_OK) {
        pli_result_bool(result, NULL, pli_dydx_is_liquidatable(&risk));
    }
    return status;
}

static plm_status
bankruptcy_case(pli_case *test, pli_result *result) {
    pli_dydx_account account = {0};
    pli_i128 delta = 0;
    pli_i128 value = 0;
    uint32_t index = read_target(test, &account);
    pli_case_i128(test, test->inputs, "delta_base_quantums", &delta);
    plm_status status = pli_dydx_bankruptcy_quote(&account, index, delta, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
fillable_case(pli_case *test, pli_result *result) {
    pli_dydx_account account = {0};
    int64_t adjustment = 0;
    int64_t spread = 0;
    uint32_t index = read_target(test, &account);
    pli_case_i64(test, test->inputs, "bankruptcy_adjustment_ppm", &adjustment);
    pli_case_i64(test, test->inputs, "spread_to_mm_ratio_ppm", &spread);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_dydx_fraction price = {0, 1};
    plm_status status = pli_dydx_fillable_price(&account, index, adjustment, spread, &price);
    if (status == PLM_OK) {
        pli_result_fraction(result, NULL, price.numerator, price.denominator);
    }
    return status;
}

static plm_status
insurance_case(pli_case *test, pli_result *result) {
    pli_dydx_account account = {0};
    pli_dydx_fill fill = {0};
    int64_t fee = 0;
    pli_i128 value = 0;
    uint32_t index = read_target(test, &account);
    pli_case_bool(test, test->inputs, "is_buy", &fill.is_buy);
    pli_case_i128(test, test->inputs, "fill_amount", &fill.base_quantums);
    pli_case_i128(test, test->inputs, "subticks", &fill.subticks);
    pli_case_i64(test, test->inputs, "quantum_conversion_exponent", &fill.conversion_exponent);
    pli_case_i64(test, test->inputs, "max_liquidation_fee_ppm", &fee);
    plm_status status = pli_dydx_insurance_delta(&account, index, &fill, fee, &value);
    return pli_case_answer_i128(test, result, status, value);
}

static plm_status
partial_limits_case(pli_case *test, pli_result *result) {
    pli_i128 notional = 0;
    pli_i128 notional_min = 0;
    int64_t portion = 0;
    pli_case_i128(test, test->inputs, "position_notional", &notional);
    pli_case_i128(test, test->inputs, "min_position_notional_liquidated", &notional_min);
    pli_case_i64(test, test->inputs, "max_position_portion_liquidated_ppm", &portion);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pli_i128 least = 0;
    pli_i128 most = 0;
    plm_status status = pli_dydx_partial_limits(notional, notional_min, portion, &least, &most);
    if (status == PLM_OK) {
        pli_result_i128(result, "min", least);
        pli_result_i128(result, "max", most);
    }
    return status;
}

/* Positions after one of them moved by `delta`; what is closed is left out. */
static void
write_positions(pli_case *test, pli_result *result, const char *key, const pli_node *object,
                const char *id, pli_i128 delta) {
    pli_result_begin_list(result, key);
    const pli_node *list = pli_node_find(object, "positions");
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        const char *own = "";
        pli_i128 base = 0;
        pli_case_text(test, entry, "perpetual_id", &own);
        pli_case_i128(test, entry, "base_quantums", &base);
        base += pli_text_is_equal(own, id) ? delta : 0;
        if (base != 0) {
            pli_result_begin_object(result, NULL);
            pli_result_text(result, "perpetual_id", own);
            pli_result_i128(result, "base_quantums", base);
            pli_result_end(result);
        }
    }
    pli_result_end(result);
}

static plm_status
deleverage_case(pli_case *test, pli_result *result) {
    const pli_node *market = pli_case_object(test, test->inputs, "perp");
    const pli_node *left = pli_case_object(test, test->inputs, "liquidated");
    const pli_node *right = pli_case_object(test, test->inputs, "offsetting");
    pli_dydx_deleveraging pair = {0};
    read_account(test, left, "usdc", market, &pair.liquidated);
    read_account(test, right, "usdc", market, &pair.offsetting);
    pli_case_i128(test, test->inputs, "delta_base_quantums", &pair.delta);
    // A case with one `perp` is about the position that the liquidated account lists first.
    const pli_node *named = pli_case_has(test->inputs, "perpetual_id")
                                ? test->inputs
                                : pli_node_at(pli_node_find(left, "positions"), 0);
    const char *id = "";
    pli_case_text(test, named, "perpetual_id", &id);
    if (test->status != PLM_OK) {
        return test->status;
    }
    pair.liquidated_index = find_position(test, left, id);
    pair.offsetting_index = find_position(test, right, id);
    pli_i128 quote = 0;
    bool is_overlapping = false;
    plm_status status = pli_dydx_deleverage(&pair, &quote, &is_overlapping);
    if (test->status != PLM_OK || status != PLM_OK) {
        return test->status != PLM_OK ? test->status : status;
    }
    pli_i128 delta = is_overlapping ? pair.delta : 0;
    quote = is_overlapping ? quote : 0;
    pli_i128 first = 0;
    pli_i128 second = 0;
    if (!pli_add_i128(pair.liquidated.usdc, quote, &first) ||
        !pli_sub_i128(pair.offsetting.usdc, quote, &second)) {
        return PLM_OVERFLOW;
    }
    pli_result_bool(result, "is_skipped", !is_overlapping);
    pli_result_i128(result, "liquidated_usdc", first);
    write_positions(test, result, "liquidated_positions", left, id, delta);
    pli_result_i128(result, "offsetting_usdc", second);
    write_positions(test, result, "offsetting_positions", right, id, -delta);
    return test->status;
}

static plm_status
mul_ppm_case(pli_case *test, pli_result *result) {
    pli_i128 value = 0;
    pli_i128 ppm = 0;
    bool is_round_up = false;
    pli_i128 product = 0;
    pli_case_i128(test, test->inputs, "value", &value);
    pli_case_i128(test, test->inputs, "ppm", &ppm);
    pli_case_bool(test, test->inputs, "round_up", &is_round_up);
    plm_status status = pli_dydx_mul_ppm(value, ppm, is_round_up, &product);
    return pli_case_answer_i128(test, result, status, product);
}

static const pli_formula formulas[] = {
    {"dydx.bankruptcy_price_quote_quantums", bankruptcy_case},
    {"dydx.base_to_quote_quantums", notional_case},
    {"dydx.big_mul_ppm", mul_ppm_case},
    {"dydx.fillable_price", fillable_case},
    {"dydx.funding_settlement_ppm", funding_settlement_case},
    {"dydx.imr", imr_case},
    {"dydx.is_initial_collateralized", is_collateralized_case},
    {"dydx.is_liquidatable", is_liquidatable_case},
    {"dydx.is_maintenance_collateralized", is_collateralized_case},
    {"dydx.liquidation_insurance_fund_delta", insurance_case},
    {"dydx.margin_requirements", margin_requirements_case},
    {"dydx.max_abs_funding_clamp_ppm", funding_clamp_case},
    {"dydx.mm_ppm", mm_ppm_case},
    {"dydx.net_notional", notional_case},
    {"dydx.oi_scaled_imf_ppm", scaled_imf_case},
    {"dydx.partial_liquidation_limits", partial_limits_case},
    {"dydx.process_deleveraging", deleverage_case},
    {"dydx.risk_cmp", risk_compare_case},
    {"dydx.risk_is_liquidatable", risk_is_liquidatable_case},
    {"dydx.subaccount_risk", account_risk_case},
    {"dydx.valid_undercollateralized_transition", transition_case},
};

const pli_formula_table pli_formulas_dydx_v4 = {PLI_FORMULAS(formulas)};
