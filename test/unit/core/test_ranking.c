/* test_ranking.c: who closes bankrupt positions first, by queue and by least harm.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/adl_world.h"

#define USD INT64_C(1000000)

/*
 * Long 300 lots from 100,000 with 10,000: at 60,000 the deficit is 2,000. The other side are 300 lots of FIRST, whose equity is
 * 112,000, and 200 of OTHER, who has taken out all but 12,000: 20,000.
 */
static void
begin(ts_core *world, plm_deleverage_policy policy) {
    ts_adl_start(world, policy);
    ts_adl_trade(world, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_trade(world, TS_ADL_LATE, TS_ADL_OTHER, 200, 100000);
    assert_int_equal(ts_core_withdraw(world, TS_ADL_OTHER, TS_C_USD, 88000 * USD), PLM_REJECT_NONE);
    ts_adl_move(world, 60000);
    ts_adl_enter(world, TS_ADL_BANKRUPT);
}

// By hand: both have 40 % of profit; 12,000 on 20,000 is more than 18,000 on 112,000. OTHER closes all, FIRST the other 100.
static void
the_queue_takes_the_highest_profit_and_leverage_first(void **state) {
    (void)state;
    ts_core w;
    begin(&w, PLM_DELEVERAGE_QUEUE);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_OTHER], 200);
    assert_int_equal(sum.lots[TS_ADL_FIRST], 100);
    assert_int_equal(sum.micros[TS_ADL_FIRST], 666666666);
    assert_int_equal(sum.micros[TS_ADL_OTHER], 1333333334);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).lots, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).usd_micros, 0);
    assert_int_equal(ts_adl_held(&w, TS_ADL_LATE).lots, 200);
    ts_core_finish(&w);
}

/*
 * By hand: 6.66.. a lot. If both are to give up one share of their equity, it is 2,000 of 132,000, 1.515 %: 254.5 lots and
 * 45.5. Pro rata takes 4 % of what OTHER has.
 */
static void
least_harm_takes_one_share_of_equity(void **state) {
    (void)state;
    ts_core w;
    begin(&w, PLM_DELEVERAGE_LEAST_HARM);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots_all, 300);
    assert_in_range(sum.lots[TS_ADL_FIRST], 254, 255);
    assert_in_range(sum.lots[TS_ADL_OTHER], 45, 46);
    assert_int_equal(sum.micros_all, 2000 * USD);
    assert_int_equal(ts_adl_held(&w, TS_ADL_BANKRUPT).usd_micros, 0);
    ts_core_finish(&w);
}

// A fund that pays the whole deficit: nobody is harmed, so all close pro rata.
static void
least_harm_without_a_loss_is_pro_rata(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_LEAST_HARM);
    ts_adl_fund(&w, PLM_FUND_ACTION_PAY_IN, 5000);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_trade(&w, TS_ADL_LATE, TS_ADL_OTHER, 200, 100000);
    ts_adl_move(&w, 60000);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_FIRST], 180);
    assert_int_equal(sum.lots[TS_ADL_OTHER], 120);
    assert_int_equal(sum.micros_all, 0);
    assert_int_equal(ts_adl_usd(&w).bad_debt.low, 0);
    ts_core_finish(&w);
}

/*
 * By hand: at 55,000 the deficit is 3,500, 11.66.. a lot. LATE, short 200 lots from 56,000 with an equity of 1,500, ranks first
 * (200 / 11,200 * 11,000 / 1,500 against 0.45 * 16,500 / 113,500), but can close no more than leaves 6.3 % of 55 a lot: 98
 * lots. What it cannot close is shared out between all who are left.
 */
static void
who_has_no_room_leaves_the_rest_to_all_others(void **state) {
    (void)state;
    ts_core w;
    ts_adl_start(&w, PLM_DELEVERAGE_QUEUE);
    ts_adl_trade(&w, TS_ADL_BANKRUPT, TS_ADL_FIRST, 300, 100000);
    ts_adl_move(&w, 56000);
    ts_adl_trade(&w, TS_ADL_OTHER, TS_ADL_LATE, 200, 56000);
    ts_adl_move(&w, 55000);
    assert_int_equal(ts_core_withdraw(&w, TS_ADL_LATE, TS_C_USD, 8700 * USD), PLM_REJECT_NONE);
    ts_adl_enter(&w, TS_ADL_BANKRUPT);
    ts_adl_given sum = ts_adl_work(&w);
    assert_int_equal(sum.lots[TS_ADL_LATE], 98);
    // 100 by rank; of the other 102 its part of what was left: 200 of 302 lots.
    assert_int_equal(sum.lots[TS_ADL_FIRST], 100 + 68);
    assert_true(ts_adl_held(&w, TS_ADL_BANKRUPT).lots == 34);
    assert_int_equal(ts_adl_stage(&w, TS_ADL_BANKRUPT), PLM_STAGE_ADL);
    // The next walk goes on with what is left.
    assert_int_equal(ts_adl_assess(&w, TS_ADL_BANKRUPT), PLM_REJECT_NONE);
    assert_true(ts_adl_work(&w).lots[TS_ADL_FIRST] > 0);
    ts_core_finish(&w);
}

static void
step(ts_core *world) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event->continue_body.step_count = 1;
    ts_core_must(world);
    assert_null(plm_core_check(world->core));
}

// After every step of it the state can be stored, read and gone on with: the end is the same, in bounded steps.
static void
a_walk_goes_on_from_any_of_its_steps(void **state) {
    (void)state;
    for (uint32_t policy = PLM_DELEVERAGE_QUEUE; policy <= PLM_DELEVERAGE_LEAST_HARM; policy += 1) {
        ts_core w;
        ts_core copy;
        begin(&w, (plm_deleverage_policy)policy);
        ts_core_init(&copy, &w.limits);
        uint32_t steps = 0;
        while (plm_core_job_count(w.core) > 0) {
            size_t size = 0;
            size_t again = 0;
            uint8_t *one = ts_core_bytes(w.core, &size);
            assert_int_equal(plm_core_decode(copy.core, one, size, NULL), PLM_OK);
            copy.time_ns = w.time_ns;
            step(&w);
            step(&copy);
            free(one);
            one = ts_core_bytes(w.core, &size);
            uint8_t *other = ts_core_bytes(copy.core, &again);
            assert_int_equal(size, again);
            assert_memory_equal(one, other, size);
            free(one);
            free(other);
            steps += 1;
        }
        assert_true(steps > 5 * TS_C_ACCOUNTS);
        assert_true(steps < 11 * TS_C_ACCOUNTS);
        ts_core_finish(&copy);
        ts_core_finish(&w);
    }
}

// Whoever takes money out, or closes, between two steps of a search: no lots are closed beyond those of the bankrupt account.
static void
candidates_may_change_during_the_search(void **state) {
    (void)state;
    for (uint32_t policy = PLM_DELEVERAGE_QUEUE; policy <= PLM_DELEVERAGE_LEAST_HARM; policy += 1) {
        for (uint32_t at = 1; at < 50; at += 5) {
            ts_core w;
            begin(&w, (plm_deleverage_policy)policy);
            for (uint32_t i = 0; i < at && plm_core_job_count(w.core) > 0; i += 1) {
                step(&w);
            }
            ts_adl_trade(&w, TS_ADL_FIRST, TS_ADL_OTHER, at % 2 == 0 ? 290 : -190, 60000);
            int64_t before = ts_adl_held(&w, TS_ADL_BANKRUPT).lots;
            ts_adl_given sum = ts_adl_work(&w);
            assert_int_equal(before - ts_adl_held(&w, TS_ADL_BANKRUPT).lots, sum.lots_all);
            assert_true(sum.lots_all <= before);
            assert_int_equal(ts_adl_held(&w, TS_ADL_LATE).lots, 200);
            ts_core_finish(&w);
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_takes_the_highest_profit_and_leverage_first),
        cmocka_unit_test(least_harm_takes_one_share_of_equity),
        cmocka_unit_test(least_harm_without_a_loss_is_pro_rata),
        cmocka_unit_test(who_has_no_room_leaves_the_rest_to_all_others),
        cmocka_unit_test(a_walk_goes_on_from_any_of_its_steps),
        cmocka_unit_test(candidates_may_change_during_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
