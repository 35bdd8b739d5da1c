/* test_socialise.c: recorded bad debt is shared out among those whom it leaves unpaid.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define LOSER 0u

static int64_t
small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

static int64_t
cash(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    bool is_dollars = portfolio.balance_count > 0 && balances[0].asset_index == TS_C_USD;
    return is_dollars ? small(balances[0].atoms) : 0;
}

static plm_stage
stage(const ts_core *world) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, LOSER, &of), PLM_OK);
    return of.standing.stage;
}

static plm_asset_totals
dollars(const ts_core *world) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, TS_C_USD, &totals), PLM_OK);
    return totals;
}

static int64_t
unpaid(const ts_core *world) {
    plm_market_totals totals;
    assert_int_equal(plm_core_instrument(world->core, TS_C_BTC_FUTURE, &totals), PLM_OK);
    return small(totals.unpaid);
}

static plm_reject
socialise(ts_core *world, uint32_t instrument, int64_t atoms) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SOCIALISE, PLM_NONE);
    event->socialise_body.asset_index = TS_C_USD;
    event->socialise_body.instrument_index = instrument;
    event->socialise_body.atoms = pli_wide_from_i128(atoms);
    return ts_core_apply(world);
}

// Until nothing waits; what the last event told is the end of the last walk.
static void
finish_jobs(ts_core *world) {
    for (uint32_t i = 0; i < 100 && plm_core_job_count(world->core) > 0; i += 1) {
        assert_int_equal(ts_core_continue(world, 1024), PLM_REJECT_NONE);
        assert_null(plm_core_check(world->core));
    }
    assert_int_equal(plm_core_job_count(world->core), 0);
}

static void
assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, LOSER);
    ts_core_must(world);
    assert_null(plm_core_check(world->core));
}

/*
 * The loser is long 0.5 BTC of a future from 100,000 with 10,000 USD, against 0.1, 0.15 and 0.25; it ends at 70,000: 15,000 are
 * lost and 10,000 paid. The fund pays 1,234.567891 more.
 */
static void
end_badly(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    }
    static const int64_t lots[] = {100, 150, 250};
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(ts_core_trade(world, LOSER, 3 + i, TS_C_BTC_FUTURE, lots[i], 100000 * E8),
                         PLM_REJECT_NONE);
    }
    world->time_ns = TS_C_EXPIRY;
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, 70000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE);
    event->settle_expiry_body.instrument_index = TS_C_BTC_FUTURE;
    event->settle_expiry_body.price_e8 = 70000 * E8;
    ts_core_must(world);
    finish_jobs(world);
    assert_int_equal(unpaid(world), 5000 * USD);
    event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
    event->fund_body.asset_index = TS_C_USD;
    event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
    event->fund_body.instrument_index = PLM_NONE;
    event->fund_body.atoms = pli_wide_from_i128(1234567891);
    ts_core_must(world);
}

/*
 * Of 3,765.432109 unpaid, 1,000.000007 are given up at one rate: at running sums 200,000,001 and 300,000,002 and 500,000,004 of
 * 753,086,422 and 1,129,629,633 and 1,882,716,054. Then the rest.
 */
static void
winners_give_up_the_debt_at_one_rate_to_the_atom(void **state) {
    (void)state;
    static const int64_t cuts[] = {200000001, 300000002, 500000004};
    static const int64_t rests[] = {553086421, 829629631, 1382716050};
    ts_core w;
    end_badly(&w);
    assert_int_equal(socialise(&w, TS_C_BTC_FUTURE, 1000000007), PLM_REJECT_NONE);
    assert_int_equal(socialise(&w, TS_C_BTC_FUTURE, 1), PLM_REJECT_QUEUE_FULL);
    assert_int_equal(ts_core_continue(&w, 18), PLM_REJECT_NONE);
    assert_null(plm_core_check(w.core));
    for (uint32_t i = 0; i < 3; i += 1) {
        const plm_effect *cut = ts_core_effect(&w, PLM_EFFECT_PROFIT_CUT, 3 + i);
        assert_non_null(cut);
        assert_int_equal(cut->index, TS_C_BTC_FUTURE);
        assert_int_equal(small(cut->a), cuts[i]);
        assert_int_equal(small(cut->b), rests[i]);
    }
    assert_int_equal(ts_core_continue(&w, 6), PLM_REJECT_NONE);
    const plm_effect *off = ts_core_effect(&w, PLM_EFFECT_WRITE_OFF, LOSER);
    assert_int_equal(small(off->a), 1000000007);
    assert_int_equal(small(off->b), 2765432102);
    assert_int_equal(plm_core_job_count(w.core), 0);
    assert_int_equal(stage(&w), PLM_STAGE_DEFICIT);
    assert_int_equal(unpaid(&w), 2765432102);

    assert_int_equal(socialise(&w, TS_C_BTC_FUTURE, 9000 * USD), PLM_REJECT_NONE);
    finish_jobs(&w);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(small(dollars(&w).bad_debt), 0);
    assert_int_equal(unpaid(&w), 0);
    assert_int_equal(cash(&w, LOSER), 0);
    for (uint32_t i = 0; i < 3; i += 1) {
        int64_t won = (int64_t[]){3000, 4500, 7500}[i] * USD;
        assert_int_equal(cash(&w, 3 + i), 10000 * USD + won - cuts[i] - rests[i]);
    }
    assert_int_equal(small(dollars(&w).residue), 0);
    ts_core_finish(&w);
}

static void
nothing_is_given_up_where_nothing_is_owed(void **state) {
    (void)state;
    ts_core w;
    ts_core_start(&w, 10000);
    assert_int_equal(socialise(&w, TS_C_BTC_FUTURE, 0), PLM_REJECT_AMOUNT);
    assert_int_equal(socialise(&w, TS_C_BTC_INVERSE, 1), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(socialise(&w, TS_C_INSTRUMENTS, 1), PLM_REJECT_INSTRUMENT_UNKNOWN);
    ts_core_write(&w, PLM_EVENT_TYPE_SOCIALISE, PLM_NONE)->socialise_body.asset_index = 9;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_ASSET_UNKNOWN);
    assert_int_equal(socialise(&w, PLM_NONE, USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_continue(&w, TS_C_ACCOUNTS), PLM_REJECT_NONE);
    assert_int_equal(plm_core_job_count(w.core), 0);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(cash(&w, account), 10000 * USD);
    }
    ts_core_finish(&w);
}

/*
 * 50,000 are borrowed against one coin of 100,000, which falls to 40,000 and is bid for at that: 10,000 are owed, and the five
 * others, who hold 200,000, 200,000, 200,000, 200,000 - 40,000 and 200,000, bear it pro rata.
 */
static void
lenders_bear_what_is_no_markets_loss(void **state) {
    (void)state;
    static const int64_t held[] = {200000, 200000, 200000, 160000, 200000};
    ts_core w;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&w, &limits);
    ts_core_list(&w);
    for (uint32_t account = 1; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(&w, account, TS_C_USD, 200000 * USD), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_core_deposit(&w, LOSER, TS_C_BTC, E8), PLM_REJECT_NONE);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_BORROW, LOSER);
    event->borrow_body.asset_index = TS_C_USD;
    event->borrow_body.atoms = pli_wide_from_i128(50000 * USD);
    ts_core_must(&w);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 40000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assess(&w);
    assert_int_equal(stage(&w), PLM_STAGE_AUCTION);
    event = ts_core_write(&w, PLM_EVENT_TYPE_BID, 4);
    event->bid_body.sold_account = LOSER;
    event->bid_body.round = 1;
    event->bid_body.share_ppm = 1000000;
    ts_core_must(&w);
    assert_int_equal(stage(&w), PLM_STAGE_DEFICIT);
    assert_int_equal(small(dollars(&w).bad_debt), 10000 * USD);
    finish_jobs(&w);

    assert_int_equal(socialise(&w, PLM_NONE, 20000 * USD), PLM_REJECT_NONE);
    finish_jobs(&w);
    int64_t given = 0;
    for (uint32_t i = 0; i < 5; i += 1) {
        int64_t cut = held[i] * USD - cash(&w, 1 + i);
        int64_t exact = 10000 * USD * held[i] / 960000;
        assert_true(cut == exact || cut == exact + 1);
        given += cut;
    }
    assert_int_equal(given, 10000 * USD);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(small(dollars(&w).residue), 0);
    ts_core_finish(&w);
}

// A state copied between two steps goes on in the same way, and so do the cohorts that wait.
static void
walk_goes_on_from_a_copy_of_the_state(void **state) {
    (void)state;
    ts_core w;
    end_badly(&w);
    assert_int_equal(socialise(&w, TS_C_BTC_FUTURE, 1000000007), PLM_REJECT_NONE);
    for (uint32_t steps = 0; steps < 24; steps += 1) {
        size_t size = 0;
        uint8_t *bytes = ts_core_bytes(w.core, &size);
        ts_core copy;
        plm_core_limits limits = ts_core_limits();
        ts_core_init(&copy, &limits);
        assert_int_equal(plm_core_decode(copy.core, bytes, size, NULL), PLM_OK);
        free(bytes);
        copy.time_ns = w.time_ns;
        assert_int_equal(ts_core_continue(&w, 1), PLM_REJECT_NONE);
        assert_int_equal(ts_core_continue(&copy, 1), PLM_REJECT_NONE);
        uint8_t one[32];
        uint8_t other[32];
        plm_core_digest(w.core, one);
        plm_core_digest(copy.core, other);
        assert_memory_equal(one, other, sizeof one);
        ts_core_finish(&copy);
    }
    assert_int_equal(plm_core_job_count(w.core), 0);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(winners_give_up_the_debt_at_one_rate_to_the_atom),
        cmocka_unit_test(nothing_is_given_up_where_nothing_is_owed),
        cmocka_unit_test(lenders_bear_what_is_no_markets_loss),
        cmocka_unit_test(walk_goes_on_from_a_copy_of_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
