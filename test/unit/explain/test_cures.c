/* test_cures.c: every cure restores health exactly, and nothing smaller does.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "explain/cost.h"
#include "support/explain_world.h"

enum { CURE_MAX = 24 };

typedef struct answer {
    plm_cure cures[CURE_MAX];
    uint32_t count;
} answer;

static answer
find(ts_account *account, uint32_t cure_max) {
    answer found;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_explain_cures(&account->input, &account->workspace, cure_max,
                                          found.cures, &found.count, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return found;
}

static bool
is_restored(const plm_requirement *after) {
    return after->equity_initial_micros >= after->initial_micros;
}

// The requirement after a cure whose last leg is `less` lots smaller.
static plm_requirement
require_after(const ts_account *account, const plm_cure *cure, int64_t less) {
    plm_change changes[PLM_CURE_LEGS_MAX];
    memset(changes, 0, sizeof changes);
    uint32_t count = 0;
    pli_cost_rules rules = pli_cost_rules_init(&account->input);
    for (uint32_t i = 0; i < cure->leg_count; i += 1) {
        plm_trade trade = cure->legs[i];
        if (i + 1 == cure->leg_count) {
            trade.lots += trade.lots > 0 ? -less : less;
            assert_true(trade.lots == 0 ||
                        pli_trade_cost(&account->input, &rules, i, cure->legs, &trade));
        }
        if (trade.lots != 0) {
            changes[count] = (plm_change){.kind = PLM_CHANGE_TRADE, .trade = trade};
            count += 1;
        }
    }
    return ts_account_require(account, count, changes);
}

static void
expect_same(const plm_requirement *left, const plm_requirement *right) {
    assert_int_equal(left->initial_micros, right->initial_micros);
    assert_int_equal(left->maintenance_micros, right->maintenance_micros);
    assert_int_equal(left->call_micros, right->call_micros);
    assert_int_equal(left->equity_initial_micros, right->equity_initial_micros);
    assert_int_equal(left->equity_maintenance_micros, right->equity_maintenance_micros);
    assert_int_equal(left->health, right->health);
}

static plm_requirement
require_deposit(const ts_account *account, int64_t micros) {
    // The dollar has 8 decimals here.
    plm_change change = {
        .kind = PLM_CHANGE_TRANSFER,
        .transfer = {.asset_index = TS_USD, .atoms = pli_wide_from_i128((pli_i128)micros * 100)}};
    return ts_account_require(account, 1, &change);
}

static void
check_trades(const ts_account *account, const plm_cure *cure) {
    int64_t cost = 0;
    bool is_reduction = true;
    for (uint32_t i = 0; i < cure->leg_count; i += 1) {
        int64_t held = 0;
        const plm_trade *leg = &cure->legs[i];
        for (uint32_t j = 0; j < account->portfolio.position_count; j += 1) {
            if (account->positions[j].instrument_index == leg->instrument_index) {
                held = account->positions[j].lots;
            }
        }
        is_reduction = is_reduction && held != 0 && (held > 0) == (leg->lots < 0);
        cost += leg->fee_micros;
        assert_int_not_equal(leg->lots, 0);
        assert_int_equal(leg->price_e8, account->world.marks[leg->instrument_index].mark_e8);
    }
    assert_int_equal(cure->cost_micros, cost);
    assert_int_equal(cure->kind, is_reduction ? PLM_CURE_REDUCE : PLM_CURE_HEDGE);
    plm_requirement after = require_after(account, cure, 0);
    expect_same(&after, &cure->after);
    assert_true(is_restored(&after));
    after = require_after(account, cure, 1);
    assert_false(is_restored(&after));
}

// Every cure restores, is minimal in its last leg, and the list is sorted with the deposit last.
static void
check_all(const ts_account *account, const answer *found) {
    assert_true(found->count > 0);
    for (uint32_t i = 0; i + 1 < found->count; i += 1) {
        assert_int_not_equal(found->cures[i].kind, PLM_CURE_DEPOSIT);
        if (i > 0) {
            assert_true(found->cures[i].cost_micros >= found->cures[i - 1].cost_micros);
        }
        if (found->cures[i].kind != PLM_CURE_CANCEL) {
            check_trades(account, &found->cures[i]);
        }
    }
    const plm_cure *last = &found->cures[found->count - 1];
    assert_int_equal(last->kind, PLM_CURE_DEPOSIT);
    assert_int_equal(last->cost_micros, 0);
    plm_requirement after = require_deposit(account, last->deposit_micros);
    expect_same(&after, &last->after);
    assert_true(is_restored(&after));
    after = require_deposit(account, last->deposit_micros - 1);
    assert_false(is_restored(&after));
}

static const plm_cure *
find_leg(const answer *found, uint32_t instrument_index, int direction, uint32_t leg_count) {
    for (uint32_t i = 0; i < found->count; i += 1) {
        const plm_cure *cure = &found->cures[i];
        if (cure->leg_count == leg_count && leg_count > 0 &&
            cure->legs[0].instrument_index == instrument_index &&
            (cure->legs[0].lots > 0) == (direction > 0)) {
            return cure;
        }
    }
    return NULL;
}

static void
init_tiered(ts_account *account, int64_t cash_micros) {
    ts_account_init(account, &plm_model_tiered);
    account->world.marks[TS_BTC_PERP].mark_e8 = 100000 * TS_USD_E8;
    account->tiered_parameters.impact_ppm = 0;
    ts_account_cash(account, cash_micros);
}

static void
healthy_account_needs_no_cure(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 10300 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    assert_int_equal(find(&account, CURE_MAX).count, 0);
    ts_account_finish(&account);
}

// Worked example of docs/method/cures.md: 5,000 - 0.05 n >= 10.3 (1,000 - n).
static void
reduction_has_the_size_solved_by_hand(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 5000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.cures[0].kind, PLM_CURE_REDUCE);
    assert_int_equal(found.cures[0].leg_count, 1);
    assert_int_equal(found.cures[0].legs[0].instrument_index, TS_BTC_PERP);
    assert_int_equal(found.cures[0].legs[0].lots, -518);
    assert_int_equal(found.cures[0].cost_micros, 25900000);
    assert_int_equal(found.cures[1].deposit_micros, 5300 * TS_USD_MICROS);
    ts_account_finish(&account);
}

static void
hypothetical_changes_come_before_the_cure(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 5000 * TS_USD_MICROS);
    plm_change buy = {
        .kind = PLM_CHANGE_TRADE,
        .trade = {.instrument_index = TS_BTC_PERP, .lots = 1000, .price_e8 = 100000 * TS_USD_E8}};
    account.input.margin.change_count = 1;
    account.input.margin.changes = &buy;
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.cures[0].legs[0].lots, -518);
    assert_int_equal(found.cures[1].deposit_micros, 5300 * TS_USD_MICROS);
    ts_account_finish(&account);
}

static void
cancelling_orders_is_a_cure_where_it_is_enough(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 10400 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_order(&account, TS_BTC_PERP, 500, 100000 * TS_USD_E8);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    assert_int_equal(found.cures[0].kind, PLM_CURE_CANCEL);
    assert_int_equal(found.cures[0].leg_count, 0);
    assert_int_equal(found.cures[0].cost_micros, 0);
    account.portfolio.order_count = 0;
    plm_requirement without = ts_account_require(&account, 0, NULL);
    expect_same(&without, &found.cures[0].after);
    assert_true(is_restored(&without));
    ts_account_finish(&account);
}

static void
coin_balance_is_hedged_by_selling_a_future(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    // Two coins against a loan of 180,000 dollars.
    ts_account_cash(&account, -180000 * TS_USD_MICROS);
    account.balances[1] = (plm_balance){.asset_index = TS_BTC, .atoms = {.low = 200000000}};
    account.portfolio.balance_count = 2;
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    const plm_cure *hedge = find_leg(&found, TS_BTC_PERP, -1, 1);
    assert_non_null(hedge);
    assert_int_equal(hedge->kind, PLM_CURE_HEDGE);
    assert_null(find_leg(&found, TS_BTC_PERP, 1, 1));
    ts_account_finish(&account);
}

static void
init_straddle(ts_account *account) {
    ts_account_init(account, &plm_model_portfolio);
    ts_account_cash(account, 30000 * TS_USD_MICROS);
    ts_account_hold(account, TS_BTC_CALL, -1000);
    ts_account_hold(account, TS_BTC_PUT, -1000);
    ts_account_hold(account, TS_BTC_PERP, 200);
    account->world.marks[TS_BTC_CALL].half_spread_e8 = 20 * TS_USD_E8;
    account->world.marks[TS_BTC_PUT].half_spread_e8 = 20 * TS_USD_E8;
    account->world.marks[TS_BTC_PERP].half_spread_e8 = 5 * TS_USD_E8;
}

static void
every_cure_of_a_short_straddle_restores_and_is_minimal(void **state) {
    (void)state;
    ts_account account;
    init_straddle(&account);
    ts_account_order(&account, TS_BTC_PERP, 50, 99000 * TS_USD_E8);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    assert_non_null(find_leg(&found, TS_BTC_PUT, 1, 1));
    assert_true(found.count > 3);
    ts_account_finish(&account);
}

static void
order_of_positions_changes_no_cure(void **state) {
    (void)state;
    ts_account account;
    init_straddle(&account);
    ts_account_ready(&account);
    answer before = find(&account, CURE_MAX);
    plm_position first = account.positions[0];
    account.positions[0] = account.positions[2];
    account.positions[2] = first;
    answer after = find(&account, CURE_MAX);
    assert_int_equal(after.count, before.count);
    for (uint32_t i = 0; i < after.count; i += 1) {
        assert_int_equal(after.cures[i].kind, before.cures[i].kind);
        assert_int_equal(after.cures[i].cost_micros, before.cures[i].cost_micros);
        assert_int_equal(after.cures[i].leg_count, before.cures[i].leg_count);
        for (uint32_t j = 0; j < after.cures[i].leg_count; j += 1) {
            assert_memory_equal(&after.cures[i].legs[j], &before.cures[i].legs[j],
                                sizeof(plm_trade));
        }
    }
    ts_account_finish(&account);
}

// Impact grows faster than size, so two halves in two thin markets cost less than the whole in one.
static void
combination_is_listed_where_it_beats_its_legs(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_tiered);
    ts_account_cash(&account, 12000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_hold(&account, TS_SHIB_PERP, 8000000);
    account.world.prices[TS_U_SHIB].volatility_ppm = 600000;
    account.world.prices[TS_U_BTC].volume_micros = INT64_C(1000000000000);
    account.world.prices[TS_U_SHIB].volume_micros = INT64_C(1000000000000);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    const plm_cure *pair = &found.cures[0];
    assert_int_equal(pair->kind, PLM_CURE_REDUCE);
    assert_int_equal(pair->leg_count, 2);
    assert_int_not_equal(pair->legs[0].instrument_index, pair->legs[1].instrument_index);
    for (uint32_t i = 0; i < 2; i += 1) {
        const plm_cure *alone = find_leg(&found, pair->legs[i].instrument_index, -1, 1);
        assert_true(alone == NULL || alone->cost_micros > pair->cost_micros);
    }
    ts_account_finish(&account);
}

// Neither position alone frees enough.
static void
two_positions_are_reduced_where_one_is_not_enough(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 200 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 100);
    ts_account_hold(&account, TS_SHIB_PERP, 800000);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    assert_true(found.count >= 2);
    assert_int_equal(found.cures[0].leg_count, 2);
    ts_account_finish(&account);
}

static void
account_under_water_has_only_the_deposit(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, -3000 * TS_USD_MICROS);
    ts_account_hold(&account, TS_BTC_PERP, 100);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    assert_int_equal(found.count, 1);
    ts_account_finish(&account);
}

// 20 % of every dollar does not count, and a cent is the smallest deposit.
static void
deposit_counts_haircuts_and_whole_atoms(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 0);
    account.world.assets[TS_USD].decimals = 2;
    account.world.assets[TS_USD].treatment = PLM_TREATMENT_HAIRCUT;
    account.world.assets[TS_USD].tiers[0].haircut_ppm = 200000;
    account.balances[0].atoms.low = 500001; // 5,000.01 dollars
    ts_account_hold(&account, TS_BTC_PERP, 1000);
    ts_account_ready(&account);
    answer found = find(&account, CURE_MAX);
    const plm_cure *deposit = &found.cures[found.count - 1];
    // 10,300 / 0.8 - 5,000.01
    assert_int_equal(deposit->deposit_micros, INT64_C(7874990000));
    assert_int_equal(deposit->after.equity_initial_micros, 10300 * TS_USD_MICROS);
    ts_account_finish(&account);
}

static void
deposit_that_fits_no_type_is_no_cure(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 0);
    account.world.assets[TS_USD].treatment = PLM_TREATMENT_HAIRCUT;
    account.world.assets[TS_USD].tiers[0].haircut_ppm = 999999;
    ts_account_hold(&account, TS_BTC_PERP, 100000000);
    ts_account_ready(&account);
    answer found = {.count = 77};
    plm_fault fault;
    assert_int_equal(plm_explain_cures(&account.input, &account.workspace, CURE_MAX, found.cures,
                                       &found.count, &fault),
                     PLM_CURE_NONE);
    assert_int_equal(found.count, 77);
    ts_account_finish(&account);
}

static void
short_list_keeps_the_cheapest_and_the_deposit(void **state) {
    (void)state;
    ts_account account;
    init_straddle(&account);
    ts_account_ready(&account);
    answer all = find(&account, CURE_MAX);
    answer three = find(&account, 3);
    answer one = find(&account, 1);
    assert_int_equal(three.count, 3);
    for (uint32_t i = 0; i < 2; i += 1) {
        assert_int_equal(three.cures[i].cost_micros, all.cures[i].cost_micros);
    }
    assert_int_equal(three.cures[2].kind, PLM_CURE_DEPOSIT);
    assert_int_equal(one.count, 1);
    assert_int_equal(one.cures[0].kind, PLM_CURE_DEPOSIT);
    plm_fault fault;
    assert_int_equal(
        plm_explain_cures(&account.input, &account.workspace, 0, one.cures, &one.count, &fault),
        PLM_LIMIT);
    plm_workspace small = {account.workspace.memory, 1000};
    assert_int_equal(plm_explain_cures(&account.input, &small, 3, one.cures, &one.count, &fault),
                     PLM_WORKSPACE_SMALL);
    ts_account_finish(&account);
}

static void
instrument_without_rows_is_left_out(void **state) {
    (void)state;
    ts_account account;
    init_straddle(&account);
    ts_account_ready(&account);
    // Row 6, the coin-settled call, is a hedge that nobody holds.
    ((uint8_t *)(uintptr_t)account.table.is_built)[TS_BTC_COIN_CALL] = 0;
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    for (uint32_t i = 0; i < found.count; i += 1) {
        for (uint32_t j = 0; j < found.cures[i].leg_count; j += 1) {
            assert_int_not_equal(found.cures[i].legs[j].instrument_index, TS_BTC_COIN_CALL);
        }
    }
    ts_account_finish(&account);
}

// A short straddle: closing one side only moves the loss to the other.
static void
the_same_share_of_everything_is_a_cure(void **state) {
    (void)state;
    ts_account account;
    ts_account_init(&account, &plm_model_portfolio);
    ts_account_hold(&account, TS_BTC_CALL, -100);
    ts_account_hold(&account, TS_BTC_PUT, -100);
    ts_account_ready(&account);
    plm_requirement alone = ts_account_require(&account, 0, NULL);
    // Half of what is needed: much of both sides must go.
    ts_account_cash(&account,
                    alone.initial_micros - alone.equity_initial_micros - alone.initial_micros / 2);
    answer found = find(&account, CURE_MAX);
    check_all(&account, &found);
    const plm_cure *slice = NULL;
    for (uint32_t i = 0; i < found.count && slice == NULL; i += 1) {
        bool is_both = found.cures[i].kind == PLM_CURE_REDUCE && found.cures[i].leg_count == 2;
        slice = is_both ? &found.cures[i] : NULL;
    }
    assert_non_null(slice);
    assert_int_equal(slice->legs[0].instrument_index + slice->legs[1].instrument_index,
                     TS_BTC_CALL + TS_BTC_PUT);
    assert_true(slice->legs[0].lots > 0 && slice->legs[1].lots > 0);
    ts_account_finish(&account);
}

// Fee 0.05 %, half-spread 5, impact 3 % of a day's sigma at a thousandth of the volume: each by hand.
static void
trade_cost_is_fee_and_spread_and_impact(void **state) {
    (void)state;
    ts_account account;
    init_tiered(&account, 0);
    account.world.marks[TS_BTC_PERP].half_spread_e8 = 5 * TS_USD_E8;
    account.world.prices[TS_U_BTC].volume_micros = INT64_C(102400000000000);
    pli_cost_rules rules = pli_cost_rules_init(&account.input);
    plm_trade sale = {.instrument_index = TS_BTC_PERP, .lots = -1000};
    assert_true(pli_trade_cost(&account.input, &rules, 0, NULL, &sale));
    assert_int_equal(sale.fee_micros, 50000000 + 5000000);
    // 100,000 is 2^-10 of the volume, a knot of the table: sqrt is 1/32; sigma 60 % / sqrt(365), rounded up.
    account.tiered_parameters.impact_ppm = 1000000;
    rules = pli_cost_rules_init(&account.input);
    assert_true(pli_trade_cost(&account.input, &rules, 0, NULL, &sale));
    int64_t impact = INT64_C(31406) * 100000 / 32;
    assert_int_equal(sale.fee_micros, 55000000 + impact);
    // 300,000 more: 400,000 is the knot with sqrt 1/16, and the first 100,000 have been paid for.
    plm_trade more = {.instrument_index = TS_BTC_PERP, .lots = -3000};
    assert_true(pli_trade_cost(&account.input, &rules, 1, &sale, &more));
    assert_int_equal(more.fee_micros, 3 * 55000000 + INT64_C(31406) * 400000 / 16 - impact);
    ts_account_finish(&account);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_account_needs_no_cure),
        cmocka_unit_test(reduction_has_the_size_solved_by_hand),
        cmocka_unit_test(hypothetical_changes_come_before_the_cure),
        cmocka_unit_test(cancelling_orders_is_a_cure_where_it_is_enough),
        cmocka_unit_test(coin_balance_is_hedged_by_selling_a_future),
        cmocka_unit_test(every_cure_of_a_short_straddle_restores_and_is_minimal),
        cmocka_unit_test(order_of_positions_changes_no_cure),
        cmocka_unit_test(combination_is_listed_where_it_beats_its_legs),
        cmocka_unit_test(two_positions_are_reduced_where_one_is_not_enough),
        cmocka_unit_test(the_same_share_of_everything_is_a_cure),
        cmocka_unit_test(account_under_water_has_only_the_deposit),
        cmocka_unit_test(deposit_counts_haircuts_and_whole_atoms),
        cmocka_unit_test(deposit_that_fits_no_type_is_no_cure),
        cmocka_unit_test(short_list_keeps_the_cheapest_and_the_deposit),
        cmocka_unit_test(instrument_without_rows_is_left_out),
        cmocka_unit_test(trade_cost_is_fee_and_spread_and_impact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
