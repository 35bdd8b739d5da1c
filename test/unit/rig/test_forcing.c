/* test_forcing.c: each of the properties of forced closing is missed where it is broken.    SPDX-License-Identifier: Apache-2.0 */
#include "rig/forcing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)

static plm_effect
effect(plm_effect_kind kind, uint32_t account, uint32_t index, int64_t a, int64_t b) {
    return (plm_effect){kind, account, index, pli_wide_from_i128(a), pli_wide_from_i128(b)};
}

// What is said of these effects of an event after which the world stands as it does.
static const char *
verdict(ts_core *before, ts_core *after, uint16_t type, uint32_t count, const plm_effect *effects) {
    plm_event event = {.header = {.type = type, .account = PLM_NONE}};
    plm_outcome outcome = {.effect_count = count};
    pli_forcing forcing = {.before = before == NULL ? NULL : before->core,
                           .after = after->core,
                           .event = &event,
                           .outcome = &outcome,
                           .effects = effects};
    return pli_forcing_check(&forcing);
}

static void
assert_broken(const char *tag, const char *told) {
    assert_non_null(told);
    assert_memory_equal(told, tag, strlen(tag));
}

static void
open_world(ts_core *world) {
    ts_core_start(world, 10000);
    assert_int_equal(ts_core_trade(world, 0, 4, TS_C_ETH_PERP, 10, 4000 * E8), PLM_REJECT_NONE);
}

static void
whoever_is_liquidated_was_told_to_be_below_maintenance(void **state) {
    (void)state;
    ts_core w;
    open_world(&w);
    const plm_effect stage = effect(PLM_EFFECT_STAGE, 0, PLM_NONE, PLM_STAGE_PARTIAL, 1);
    const plm_effect told[] = {effect(PLM_EFFECT_MAINTENANCE, 0, PLM_NONE, 100, 99), stage};
    const plm_effect met[] = {effect(PLM_EFFECT_MAINTENANCE, 0, PLM_NONE, 100, 100), stage};
    assert_null(verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 2, told));
    assert_broken("[Q1]", verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 2, met));
    assert_broken("[Q1]", verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 1, &stage));
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 4000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    assert_broken("[Q1]", verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 2, told));
    ts_core_finish(&w);
}

static void
nobody_buys_from_his_own(void **state) {
    (void)state;
    ts_core w;
    open_world(&w);
    const plm_effect own = effect(PLM_EFFECT_BID, 0, 3, PLM_PPM, 0);
    const plm_effect other = effect(PLM_EFFECT_BID, 0, 4, PLM_PPM, 0);
    assert_broken("[Q6]", verdict(NULL, &w, PLM_EVENT_TYPE_BID, 1, &own));
    assert_null(verdict(NULL, &w, PLM_EVENT_TYPE_BID, 1, &other));
    ts_core_finish(&w);
}

static void
a_share_is_not_sold_below_its_reserve(void **state) {
    (void)state;
    ts_core w;
    open_world(&w);
    // Of 10,000 a reserve of a tenth leaves 9,000 for the buyer of all of it, 4,500 for that of half.
    const plm_effect within = effect(PLM_EFFECT_BID, 0, 4, PLM_PPM / 2, 4500 * USD);
    const plm_effect beyond = effect(PLM_EFFECT_BID, 0, 4, PLM_PPM / 2, 4501 * USD);
    assert_null(verdict(&w, &w, PLM_EVENT_TYPE_BID, 1, &within));
    assert_broken("[Q4]", verdict(&w, &w, PLM_EVENT_TYPE_BID, 1, &beyond));
    ts_core_finish(&w);
}

static void
the_fund_pays_last_and_haircuts_only_take(void **state) {
    (void)state;
    ts_core w;
    open_world(&w);
    const plm_effect held = effect(PLM_EFFECT_COVER, 0, TS_C_USD, 5, 0);
    const plm_effect rich = effect(PLM_EFFECT_COVER, 3, TS_C_USD, 5, 0);
    const plm_effect paid[] = {effect(PLM_EFFECT_COLLATERAL, 3, TS_C_BTC, 1, 0), rich};
    const plm_effect gives = effect(PLM_EFFECT_DELEVERAGE, 0, 4, 1, -1);
    const plm_effect itself = effect(PLM_EFFECT_DELEVERAGE, 0, 0, 1, 1);
    const plm_effect takes = effect(PLM_EFFECT_DELEVERAGE, 0, 4, 1, 1);
    assert_broken("[Q7]", verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 1, &held));
    assert_broken("[Q7]", verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 1, &rich));
    assert_null(verdict(NULL, &w, PLM_EVENT_TYPE_ASSESS, 2, paid));
    assert_broken("[Q8]", verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &gives));
    assert_broken("[Q8]", verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &itself));
    assert_null(verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &takes));
    ts_core_finish(&w);
}

static void
nobody_gives_up_more_than_there_is(void **state) {
    (void)state;
    ts_core w;
    open_world(&w);
    const plm_effect all = effect(PLM_EFFECT_PROFIT_CUT, 0, TS_C_ETH_PERP, 5, 0);
    const plm_effect more = effect(PLM_EFFECT_PROFIT_CUT, 0, TS_C_ETH_PERP, 5, -1);
    const plm_effect none = effect(PLM_EFFECT_BALANCE_CUT, 0, TS_C_USD, 0, 5);
    assert_null(verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &all));
    assert_broken("[Q9]", verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &more));
    assert_broken("[Q9]", verdict(NULL, &w, PLM_EVENT_TYPE_CONTINUE, 1, &none));
    ts_core_finish(&w);
}

// Two worlds that differ by one trade, or by what one account holds, as if a step of a job had done it without a word.
static void
who_has_no_part_in_it_stays_as_he_is(void **state) {
    (void)state;
    ts_core before;
    ts_core after;
    open_world(&before);
    open_world(&after);
    assert_null(verdict(&before, &after, PLM_EVENT_TYPE_CONTINUE, 0, NULL));
    assert_int_equal(ts_core_withdraw(&after, 3, TS_C_USD, 1), PLM_REJECT_NONE);
    assert_broken("[Q10]", verdict(&before, &after, PLM_EVENT_TYPE_CONTINUE, 0, NULL));
    const plm_effect named = effect(PLM_EFFECT_BALANCE, 3, TS_C_USD, 1, -1);
    assert_null(verdict(&before, &after, PLM_EVENT_TYPE_CONTINUE, 1, &named));
    assert_int_equal(ts_core_trade(&after, 0, 4, TS_C_ETH_PERP, 1, 4000 * E8), PLM_REJECT_NONE);
    assert_broken("[Q10]", verdict(&before, &after, PLM_EVENT_TYPE_CONTINUE, 1, &named));
    ts_core_finish(&before);
    ts_core_finish(&after);
}

static void
jobs_come_to_an_end(void **state) {
    (void)state;
    ts_core w;
    plm_event now = {.header = {.type = PLM_EVENT_TYPE_TIME, .version = 1, .account = PLM_NONE}};
    open_world(&w);
    assert_int_equal(ts_core_price(&w, TS_C_U_ETH, 3000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(w.core), 1);
    now.header.time_ns = plm_core_time(w.core).ns;
    assert_true(pli_forcing_settle(w.core, &now));
    assert_int_equal(plm_core_job_count(w.core), 0);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_liquidated_was_told_to_be_below_maintenance),
        cmocka_unit_test(nobody_buys_from_his_own),
        cmocka_unit_test(a_share_is_not_sold_below_its_reserve),
        cmocka_unit_test(the_fund_pays_last_and_haircuts_only_take),
        cmocka_unit_test(nobody_gives_up_more_than_there_is),
        cmocka_unit_test(who_has_no_part_in_it_stays_as_he_is),
        cmocka_unit_test(jobs_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
