/* test_deleverage.c: what nobody takes of bankrupt accounts is closed against the other side.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/adl_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/*
 * By hand: long 0.5 BTC from 100,000 with 10,000; at 70,000 the deficit is 5,000. The other side are 300 and 200 lots: 10 a lot,
 * 3,000 and 2,000. The market pays the rest of the 15,000 that was lost, as cash: nobody is owed anything.
 */
static void
the_other_side_closes_pro_rata_at_the_bankruptcy_price(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_OTHER, 200, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_FIRST], 300);
    assert_int_equal(sum.micros[TS_ADL_FIRST], 3000 * USD);
    assert_int_equal(sum.lots[TS_ADL_OTHER], 200);
    assert_int_equal(sum.micros[TS_ADL_OTHER], 2000 * USD);
    assert_int_equal(sum.micros_all, 5000 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).usd_micros, 0);
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_HEALTHY);
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).lots, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).usd_micros, 106000 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_OTHER).usd_micros, 104000 * USD);
    assert_int_equal(ts_adl_small(ts_adl_usd(&w).bad_debt), 0);
    plm_market_totals market;
    assert_int_equal(plm_core_instrument(w.core, TS_C_BTC_PERP, &market), PLM_OK);
    assert_int_equal(market.open_interest, 0);
    assert_int_equal(ts_adl_small(market.unpaid), 0);
    ts_core_finish(&w);
}

// [Q7] Of 5,000 the tranche pays 500 and the common fund 1,500; winners give the other 3,000.
static void
the_fund_pays_before_the_other_side_does(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_fund(&w, PLM_FUND_ACTION_PAY_IN, 2000);
    ts_adl_fund(&w, PLM_FUND_ACTION_KEEP, 500);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_OTHER, 200, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.micros_all, 3000 * USD);
    assert_int_equal(sum.micros[TS_ADL_FIRST], 1800 * USD);
    assert_int_equal(sum.micros[TS_ADL_OTHER], 1200 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).usd_micros, 0);
    assert_int_equal(ts_adl_small(ts_adl_usd(&w).insurance), 0);
    assert_int_equal(ts_adl_small(ts_adl_usd(&w).tranches), 0);
    assert_int_equal(ts_adl_small(ts_adl_usd(&w).bad_debt), 0);
    ts_core_finish(&w);
}

/*
 * Sold late, 200 lots at 70,500 with 3,000: at 70,000 its equity is 3,100. It is asked for 10 a lot, 2,000 in all, which it
 * can give; with 1,000 less it cannot give up more than its equity beyond maintenance allows.
 */
static void
nobody_is_brought_below_maintenance(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_OTHER, 200, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_trade(&w, TS_ADL_OTHER, TS_ADL_LATE, 200, 70500);
    assert_int_equal(ts_core_withdraw(&w, TS_ADL_LATE, TS_C_USD, 8400 * USD), PLM_REJECT_NONE);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_FIRST], 300);
    assert_true(sum.lots[TS_ADL_LATE] > 0);
    assert_true(sum.lots[TS_ADL_LATE] < 200);
    // 10 a lot: 1,600 of cash, 100 of profit, maintenance 6.3 % of 70 a lot.
    int64_t rest = 200 - sum.lots[TS_ADL_LATE];
    assert_true(1700 - 10 * sum.lots[TS_ADL_LATE] >= 441 * rest / 100);
    assert_true(1700 - 10 * (sum.lots[TS_ADL_LATE] + 1) < 441 * (rest - 1) / 100);
    assert_int_equal(sum.micros_all, 10 * USD * sum.lots_all);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, rest);
    assert_int_equal(ts_adl_assess(&w, TS_ADL_LATE), PLM_REJECT_NONE);
    assert_true(ts_adl_stage(&w, TS_ADL_LATE) < PLM_STAGE_PARTIAL);
    // What is left waits; each assessment tries again, in bounded steps.
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_ADL);
    assert_int_equal(ts_adl_assess(&w, TS_ADL_BANKRUPT), PLM_REJECT_NONE);
    assert_true(ts_adl_work(&w).steps <= 2 * TS_C_ACCOUNTS + 4);
    ts_core_finish(&w);
}

// Two bankrupt accounts, two winners, one walk; the copy of a state in the middle of it goes on in the same way.
static void
many_bankrupt_accounts_share_a_walk(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    ts_adl_trade(&w, TS_ADL_LATE, TS_ADL_OTHER, 400, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    assert_int_equal(plm_core_job_count(w.core), 1);
    for (uint32_t i = 0; i < 3 && ts_adl_stage(&w, TS_ADL_LATE) != PLM_STAGE_ADL; i += 1) {
        assert_int_equal(ts_adl_assess(&w, TS_ADL_LATE), PLM_REJECT_NONE);
        w.time_ns += 2 * SECOND;
    }
    assert_int_equal(plm_core_job_count(w.core), 1);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event->continue_body.step_count = TS_C_ACCOUNTS + 6;
    ts_core_must(&w);
    assert_int_equal(plm_core_job_count(w.core), 1);
    size_t size = 0;
    uint8_t *bytes = ts_core_bytes(w.core, &size);
    ts_core copy;
    ts_core_init(&copy, &w.limits);
    assert_int_equal(plm_core_decode(copy.core, bytes, size, NULL), PLM_OK);
    copy.time_ns = w.time_ns;
    (void)ts_adl_work(&w);
    (void)ts_adl_work(&copy);
    size_t again = 0;
    uint8_t *one = ts_core_bytes(w.core, &size);
    uint8_t *other = ts_core_bytes(copy.core, &again);
    assert_int_equal(size, again);
    assert_memory_equal(one, other, size);
    free(bytes);
    free(one);
    free(other);
    // 5,000 and 2,000 of deficit.
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_LATE).lots, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).usd_micros +
                         ts_adl_held(&w, TS_ADL_OTHER).usd_micros,
                     (200000 + 900 * 30 - 7000) * USD);
    ts_core_finish(&copy);
    ts_core_finish(&w);
}

// An account that has money again before its turn is passed over and leaves the stage.
static void
an_account_that_has_recovered_is_left_alone(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    assert_int_equal(ts_core_deposit(&w, TS_ADL_BANKRUPT, TS_C_USD, 20000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_adl_work(&w).lots_all, 0);
    assert_int_equal(ts_adl_assess(&w, TS_ADL_BANKRUPT), PLM_REJECT_NONE);
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_HEALTHY);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 500);
    ts_core_finish(&w);
}

/*
 * By hand: 0.5 BTC of calls sold at 5,000 with 10,000; at 40,000 they are worth 20,000 and the deficit is 7,500. Of the 1,000
 * that 25 lots are worth, 375 are given up: 4,500 of 12,000 and 3,000 of 8,000.
 */
static void
options_are_closed_for_what_their_writer_can_pay(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_CALL, 5000 * E8), PLM_REJECT_NONE);
    assert_int_equal(
        ts_core_trade(&w, TS_ADL_FIRST, TS_ADL_BANKRUPT, TS_C_BTC_CALL, 300, 5000 * E8),
        PLM_REJECT_NONE);
    assert_int_equal(
        ts_core_trade(&w, TS_ADL_OTHER, TS_ADL_BANKRUPT, TS_C_BTC_CALL, 200, 5000 * E8),
        PLM_REJECT_NONE);
    ts_adl_move(&w, 140000);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_CALL, 40000 * E8), PLM_REJECT_NONE);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_FIRST], -300);
    assert_int_equal(sum.micros[TS_ADL_FIRST], 4500 * USD);
    assert_int_equal(sum.lots[TS_ADL_OTHER], -200);
    assert_int_equal(sum.micros[TS_ADL_OTHER], 3000 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).usd_micros, 0);
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_HEALTHY);
    assert_int_equal(ts_adl_held(&w, TS_ADL_FIRST).usd_micros, 106000 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_OTHER).usd_micros, 104000 * USD);
    ts_core_finish(&w);
}

/*
 * By hand: 150,000 USD of the inverse perpetual from 100,000 to 50,000 lose 1.5 BTC; 0.5 are there. The account is short of one
 * coin, 50,000; haircuts make its equity 55,175.725 below zero, and nobody gives up that difference.
 */
static void
inverse_contracts_are_closed_without_what_haircuts_add(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    assert_int_equal(ts_core_deposit(&w, TS_ADL_LATE, TS_C_BTC, E8 / 2), PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, TS_ADL_LATE, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_INVERSE, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(
        ts_core_trade(&w, TS_ADL_LATE, TS_ADL_FIRST, TS_C_BTC_INVERSE, 9000, 100000 * E8),
        PLM_REJECT_NONE);
    assert_int_equal(
        ts_core_trade(&w, TS_ADL_LATE, TS_ADL_OTHER, TS_C_BTC_INVERSE, 6000, 100000 * E8),
        PLM_REJECT_NONE);
    ts_adl_move(&w, 50000);
    assert_int_equal(ts_core_mark(&w, TS_C_BTC_INVERSE, 50000 * E8), PLM_REJECT_NONE);
    ts_adl_enter(&w, TS_ADL_LATE);
    assert_int_equal(ts_adl_assess(&w, TS_ADL_LATE), PLM_REJECT_NONE);
    const plm_effect *effect = ts_core_effect(&w, PLM_EFFECT_MAINTENANCE, TS_ADL_LATE);
    assert_non_null(effect);
    assert_int_equal(ts_adl_small(effect->b), -55175725000);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_FIRST], 9000);
    assert_int_equal(sum.micros[TS_ADL_FIRST], 30000 * USD);
    assert_int_equal(sum.lots[TS_ADL_OTHER], 6000);
    assert_int_equal(sum.micros[TS_ADL_OTHER], 20000 * USD);
    plm_account_info info;
    assert_int_equal(plm_core_account(w.core, TS_ADL_LATE, &info), PLM_OK);
    assert_int_equal(info.balance_count, 0);
    assert_int_equal(info.standing.stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

// Prices that do not allow liquidation stop it: the walk passes, nothing is closed [Q1].
static void
nothing_is_closed_at_a_dead_price(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_PRO_RATA);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 500, 100000);
    ts_adl_move(&w, 70000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 70000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_adl_work(&w).lots_all, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 500);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_side_closes_pro_rata_at_the_bankruptcy_price),
        cmocka_unit_test(the_fund_pays_before_the_other_side_does),
        cmocka_unit_test(nobody_is_brought_below_maintenance),
        cmocka_unit_test(many_bankrupt_accounts_share_a_walk),
        cmocka_unit_test(an_account_that_has_recovered_is_left_alone),
        cmocka_unit_test(nothing_is_closed_at_a_dead_price),
        cmocka_unit_test(options_are_closed_for_what_their_writer_can_pay),
        cmocka_unit_test(inverse_contracts_are_closed_without_what_haircuts_add),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
