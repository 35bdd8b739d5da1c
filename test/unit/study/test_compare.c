/* test_compare.c: one risk for all models, and what each model says beside it.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "study/compare.h"
#include "support/explain_world.h"

#define DAYS_MAX 512u

static pli_compare_risk
measure(ts_account *account) {
    pli_compare_risk risk;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = pli_compare_measure(&account->input, &account->workspace, &risk, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return risk;
}

// The same account asked of another model; `record` holds that model's parameters.
static plm_explain_input
under(const ts_account *account, const plm_model *model, const void *record) {
    plm_explain_input input = account->input;
    input.model = model;
    input.margin.parameters = record;
    return input;
}

static pli_compare_row
evaluate(ts_account *account, const plm_explain_input *input, const pli_compare_risk *risk) {
    pli_compare_row row;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = pli_compare_evaluate(input, risk, &account->workspace, &row, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    assert_ptr_equal(row.model, input->model);
    return row;
}

static int
by_size(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

// The mean of the worst days of one row in the worse plane, rounded up: a second way to the tail of one position.
static int64_t
mean_of_worst(const ts_account *account, uint32_t row, int64_t lots, uint32_t count) {
    const plm_scenario_header *header = account->table.header;
    int64_t worst = 0;
    for (uint32_t plane = 0; plane < header->plane_count; plane += 1) {
        int64_t profits[DAYS_MAX];
        uint32_t begin = plm_scenario_history_begin(header, plane);
        assert_true(header->history_count <= DAYS_MAX);
        for (uint32_t i = 0; i < header->history_count; i += 1) {
            profits[i] = lots * plm_risk_row(&account->table, row)[begin + i];
        }
        qsort(profits, header->history_count, sizeof profits[0], by_size);
        int64_t sum = 0;
        for (uint32_t i = 0; i < count; i += 1) {
            sum -= profits[i];
        }
        int64_t mean = sum / count + (sum % count > 0 ? 1 : 0);
        worst = mean > worst ? mean : worst;
    }
    return worst;
}

static int64_t
worst_of_grid(const ts_account *account, uint32_t row, uint32_t underlying, int64_t lots) {
    int64_t worst = 0;
    for (uint32_t i = 0; i < account->table.header->grid_active[underlying]; i += 1) {
        int64_t loss = -lots * plm_risk_row(&account->table, row)[i];
        worst = loss > worst ? loss : worst;
    }
    return worst;
}

static void
init_long_bitcoin(ts_account *account) {
    ts_account_init(account, &plm_model_portfolio);
    account->world.marks[TS_BTC_PERP].mark_e8 = 100000 * TS_USD_E8;
    ts_account_cash(account, 20000 * TS_USD_MICROS);
    ts_account_hold(account, TS_BTC_PERP, 1000);
    ts_account_ready(account);
}

// Worked example of docs/method/compare.md: one bitcoin at 100,000; 8 worst of 299 days.
static void
risk_is_the_mean_of_the_worst_fortieth_of_days(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    pli_compare_risk risk = measure(&account);
    assert_int_equal(risk.day_count, account.table.header->history_count);
    assert_int_equal(risk.tail_count, (risk.day_count + 39) / 40);
    assert_int_equal(risk.tail_micros, mean_of_worst(&account, TS_BTC_PERP, 1000, risk.tail_count));
    assert_int_equal(risk.no_history_micros, 0);
    assert_int_equal(risk.risk_micros, risk.tail_micros);
    assert_int_equal(risk.risk_micros, 3717522875); // as the document says
    assert_int_equal(risk.dominant_index, TS_U_BTC);
    assert_int_equal(risk.dominant_micros, worst_of_grid(&account, TS_BTC_PERP, TS_U_BTC, 1000));
    ts_account_finish(&account);
}

// 10 % of 100,000, closing fee 0.05 % and liquidation fee 0.25 %: 10,300.
static void
ratio_is_initial_over_risk_rounded_up(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    pli_compare_risk risk = measure(&account);
    plm_explain_input tiered = under(&account, &plm_model_tiered, &account.tiered_parameters);
    pli_compare_row row = evaluate(&account, &tiered, &risk);
    assert_int_equal(row.status, PLM_OK);
    assert_int_equal(row.requirement.initial_micros, 10300 * TS_USD_MICROS);
    assert_int_equal(row.excess_micros, 9700 * TS_USD_MICROS);
    assert_true(row.has_ratio);
    pli_i128 product = (pli_i128)row.requirement.initial_micros * 1000000;
    assert_true((pli_i128)row.ratio_ppm * risk.risk_micros >= product);
    assert_true((pli_i128)(row.ratio_ppm - 1) * risk.risk_micros < product);
    assert_int_equal(row.ratio_ppm, 2770663); // as the document says
    assert_int_equal(row.initial.branch, PLM_BRANCH_FRACTION);
    ts_account_finish(&account);
}

static void
the_models_own_tail_measure_plays_no_part_in_the_risk(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    ts_account_hold(&account, TS_BTC_WEEKLY_PUT, -1000);
    ts_account_hold(&account, TS_BTC_CALL, -500);
    pli_compare_risk before = measure(&account);
    account.portfolio_parameters.measure = 3;
    account.portfolio_parameters.confidence_ppm = 900000;
    account.portfolio_parameters.offset_floor_ppm = 1000000;
    account.portfolio_parameters.stress_weight_ppm = 1000000;
    account.portfolio_parameters.short_option_minimum_ppm = 500000;
    account.portfolio_parameters.gamma_weight_ppm = 2000000;
    pli_compare_risk after = measure(&account);
    assert_memory_equal(&before, &after, sizeof before);
    ts_account_finish(&account);
}

static void
orders_are_no_risk_until_they_are_filled(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    ts_account_order(&account, TS_BTC_PERP, 100, 99000 * TS_USD_E8);
    pli_compare_risk with_order = measure(&account);
    account.portfolio.order_count = 0;
    pli_compare_risk without = measure(&account);
    assert_memory_equal(&with_order, &without, sizeof without);
    ts_account_finish(&account);
}

static void
an_underlying_without_history_adds_its_worst_grid_loss(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 20000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_SHIB_PERP, -1000);
    ts_account_ready(&account);
    pli_compare_risk risk = measure(&account);
    assert_int_equal(risk.tail_micros, 0);
    assert_int_equal(risk.no_history_micros,
                     worst_of_grid(&account, TS_SHIB_PERP, TS_U_SHIB, -1000));
    assert_int_equal(risk.risk_micros, risk.no_history_micros);
    assert_int_equal(risk.dominant_index, TS_U_SHIB);
    assert_int_equal(risk.dominant_micros, risk.no_history_micros);
    ts_account_finish(&account);
}

static void
a_coin_in_the_account_weighs_like_a_position(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    account.world.assets[TS_BTC].treatment = PLM_TREATMENT_SCENARIO;
    pli_i128 atoms = 2;
    for (uint32_t i = 0; i < account.world.assets[TS_BTC].decimals; i += 1) {
        atoms *= 10;
    }
    account.portfolio.balance_count = 1;
    account.balances[0] = (plm_balance){.asset_index = TS_BTC, .atoms = pli_wide_from_i128(atoms)};
    ts_account_ready(&account);
    pli_compare_risk risk = measure(&account);
    uint32_t row = account.table.instrument_count + TS_BTC;
    assert_int_equal(risk.tail_micros, mean_of_worst(&account, row, 2, risk.tail_count));
    assert_int_equal(risk.dominant_index, TS_U_BTC);
    assert_int_equal(risk.dominant_micros, worst_of_grid(&account, row, TS_U_BTC, 2));
    ts_account_finish(&account);
}

static void
an_empty_account_has_no_risk_and_no_ratio(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_ready(&account);
    pli_compare_risk risk = measure(&account);
    assert_int_equal(risk.risk_micros, 0);
    assert_int_equal(risk.dominant_index, PLM_NONE);
    pli_compare_row row = evaluate(&account, &account.input, &risk);
    assert_int_equal(row.requirement.initial_micros, 0);
    assert_int_equal(row.excess_micros, 0);
    assert_false(row.has_ratio);
    ts_account_finish(&account);
}

static void
a_model_without_a_result_for_the_account_says_why(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_cash(&account, 20000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_WTI_FUTURE, 10);
    ts_account_ready(&account);
    pli_compare_risk risk = measure(&account);
    const plm_model *model = plm_model_find("derive-srm");
    int64_t record[64];
    assert_true(model->descriptor->record_size <= sizeof record);
    plm_record_init(model->descriptor, record);
    plm_explain_input input = under(&account, model, record);
    pli_compare_row row = evaluate(&account, &input, &risk);
    assert_int_equal(row.status, PLM_MODEL_UNSUPPORTED);
    assert_int_equal(row.fault.status, PLM_MODEL_UNSUPPORTED);
    assert_non_null(strstr(row.fault.text, "instrument 8"));
    assert_false(row.has_ratio);
    ts_account_finish(&account);
}

static void
a_record_out_of_bounds_is_named_in_the_row(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    pli_compare_risk risk = measure(&account);
    account.tiered_parameters.tier1_initial_ppm = -1;
    plm_explain_input tiered = under(&account, &plm_model_tiered, &account.tiered_parameters);
    pli_compare_row row = evaluate(&account, &tiered, &risk);
    assert_int_equal(row.status, PLM_PARAMETER_INVALID);
    assert_non_null(strstr(row.fault.text, "tier1_initial_ppm"));
    ts_account_finish(&account);
}

static void
a_fault_of_the_account_is_an_error_and_leaves_the_row_alone(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    pli_compare_risk risk = measure(&account);
    pli_compare_risk kept = risk;
    account.world.marks[TS_BTC_PERP].is_present = false;
    pli_compare_row row = {.excess_micros = 7};
    plm_fault fault = {.status = PLM_OK};
    plm_explain_input tiered = under(&account, &plm_model_tiered, &account.tiered_parameters);
    assert_int_equal(pli_compare_evaluate(&tiered, &risk, &account.workspace, &row, &fault),
                     PLM_MARK_MISSING);
    assert_int_equal(fault.status, PLM_MARK_MISSING);
    assert_int_equal(row.excess_micros, 7);
    assert_int_equal(pli_compare_measure(&account.input, &account.workspace, &risk, NULL),
                     PLM_MARK_MISSING);
    assert_memory_equal(&risk, &kept, sizeof risk);
    ts_account_finish(&account);
}

// The worked example of docs/method/triggers.md: liquidated at 85,378.8.
static void
trigger_prices_are_those_of_the_explanation(void **state) {
    (void)state;
    ts_account account;
    init_long_bitcoin(&account);
    pli_compare_risk risk = measure(&account);
    plm_explain_input tiered = under(&account, &plm_model_tiered, &account.tiered_parameters);
    pli_compare_row row = evaluate(&account, &tiered, &risk);
    assert_true(pli_compare_size(&tiered) <= account.workspace.size);
    const uint8_t used[TS_UNDERLYING_COUNT] = {[TS_U_BTC] = 1};
    plm_triggers triggers[TS_UNDERLYING_COUNT];
    memset(triggers, 0x5a, sizeof triggers);
    plm_triggers untouched = triggers[TS_U_WTI];
    assert_int_equal(pli_compare_triggers(&tiered, used, &account.workspace, &row, triggers, NULL),
                     PLM_OK);
    assert_true(row.has_triggers);
    assert_true(triggers[TS_U_BTC].liquidation_below.is_found);
    assert_int_equal(triggers[TS_U_BTC].liquidation_below.price_e8, 853788 * (TS_USD_E8 / 10));
    assert_memory_equal(&triggers[TS_U_WTI], &untouched, sizeof untouched);
    ts_account_finish(&account);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risk_is_the_mean_of_the_worst_fortieth_of_days),
        cmocka_unit_test(ratio_is_initial_over_risk_rounded_up),
        cmocka_unit_test(the_models_own_tail_measure_plays_no_part_in_the_risk),
        cmocka_unit_test(orders_are_no_risk_until_they_are_filled),
        cmocka_unit_test(an_underlying_without_history_adds_its_worst_grid_loss),
        cmocka_unit_test(a_coin_in_the_account_weighs_like_a_position),
        cmocka_unit_test(an_empty_account_has_no_risk_and_no_ratio),
        cmocka_unit_test(a_model_without_a_result_for_the_account_says_why),
        cmocka_unit_test(a_record_out_of_bounds_is_named_in_the_row),
        cmocka_unit_test(a_fault_of_the_account_is_an_error_and_leaves_the_row_alone),
        cmocka_unit_test(trigger_prices_are_those_of_the_explanation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
