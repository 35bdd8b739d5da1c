/* test_deficit.c: an account that has lost more than it had, and who pays.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define LOSER 0u
#define WINNER 4u

static int64_t
small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

static plm_reject
fund(ts_core *world, int64_t usd) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
    event->fund_body.asset_index = TS_C_USD;
    event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
    event->fund_body.instrument_index = PLM_NONE;
    event->fund_body.atoms = pli_wide_from_i128(usd * USD);
    return ts_core_apply(world);
}

// Of the fund's USD, kept for the perpetual.
static plm_reject
keep(ts_core *world, plm_fund_action action, int64_t usd) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
    event->fund_body.asset_index = TS_C_USD;
    event->fund_body.action = (uint32_t)action;
    event->fund_body.instrument_index = TS_C_BTC_PERP;
    event->fund_body.atoms = pli_wide_from_i128(usd * USD);
    return ts_core_apply(world);
}

static void
assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, LOSER);
    ts_core_must(world);
    assert_null(plm_core_check(world->core));
}

static plm_stage
stage(const ts_core *world) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, LOSER, &of), PLM_OK);
    return of.standing.stage;
}

static plm_asset_totals
usd(const ts_core *world) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, TS_C_USD, &totals), PLM_OK);
    return totals;
}

static int64_t
cash(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    return portfolio.balance_count > 0 ? small(balances[0].atoms) : 0;
}

static int64_t
unpaid(const ts_core *world) {
    plm_market_totals totals;
    assert_int_equal(plm_core_instrument(world->core, TS_C_BTC_PERP, &totals), PLM_OK);
    return small(totals.unpaid);
}

// The last effect of that kind, or NULL.
static const plm_effect *
effect_of(const ts_core *world, plm_effect_kind kind) {
    const plm_effect *found = NULL;
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        found = world->entries[i].kind == kind ? &world->entries[i] : found;
    }
    return found;
}

/*
 * The loser is long 0.5 BTC from 100,000 with 10,000 USD; the market jumps to 70,000, which is 5,000 more than it had. Without
 * auctions, forced orders are filled at the mark until it is flat.
 */
static void
close_out(ts_core *world, int64_t fund_usd) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    plm_event *rules = ts_core_record(world, &plm_liquidation_descriptor, 0, 2);
    rules->parameters_body
        .values[ts_core_field(&plm_liquidation_descriptor, "auction_rounds_max")] = 0;
    ts_core_must(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, 10000 * USD), PLM_REJECT_NONE);
    }
    if (fund_usd > 0) {
        assert_int_equal(fund(world, fund_usd), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_core_trade(world, LOSER, WINNER, TS_C_BTC_PERP, 500, 100000 * E8),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, 70000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, 70000 * E8), PLM_REJECT_NONE);
    int64_t left = 500;
    for (uint32_t round = 0; round < 20 && left > 0; round += 1) {
        assess(world);
        assert_int_equal(stage(world), PLM_STAGE_PARTIAL);
        const plm_effect *order = effect_of(world, PLM_EFFECT_ORDER);
        assert_non_null(order);
        uint64_t order_id = order->a.low;
        int64_t lots = small(order->b);
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_TRADE, WINNER);
        event->trade_body.instrument_index = TS_C_BTC_PERP;
        event->trade_body.maker_account = LOSER;
        event->trade_body.lots = lots;
        event->trade_body.price_e8 = 70000 * E8;
        event->trade_body.maker_order_id = order_id;
        ts_core_must(world);
        left -= lots;
        world->time_ns += 1000000000;
    }
    assert_int_equal(left, 0);
    assess(world);
}

static void
fund_pays_the_deficit_and_the_winner_is_paid_through_it(void **state) {
    (void)state;
    ts_core w;
    close_out(&w, 8000);
    const plm_effect *cover = effect_of(&w, PLM_EFFECT_COVER);
    assert_non_null(cover);
    assert_int_equal(cover->account, LOSER);
    assert_int_equal(cover->index, TS_C_USD);
    assert_int_equal(small(cover->a), 5000 * USD);
    assert_int_equal(small(cover->b), 0);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(small(usd(&w).insurance), 3000 * USD);
    assert_int_equal(small(usd(&w).bad_debt), 0);
    assert_int_equal(cash(&w, LOSER), 0);
    assert_int_equal(cash(&w, WINNER), 25000 * USD);
    assert_int_equal(unpaid(&w), 0);
    ts_core_finish(&w);
}

static void
what_the_fund_cannot_pay_is_recorded_and_paid_when_it_can(void **state) {
    (void)state;
    ts_core w;
    close_out(&w, 2000);
    assert_int_equal(stage(&w), PLM_STAGE_DEFICIT);
    assert_string_equal(plm_stage_name(stage(&w)), "deficit");
    assert_int_equal(small(usd(&w).insurance), 0);
    assert_int_equal(small(usd(&w).bad_debt), 3000 * USD);
    assert_int_equal(cash(&w, LOSER), -3000 * USD);
    // The winner bears it: what is unpaid is to the atom what is owed.
    assert_int_equal(cash(&w, WINNER), 22000 * USD);
    assert_int_equal(unpaid(&w), 3000 * USD);
    assert_int_equal(ts_core_withdraw(&w, LOSER, TS_C_USD, 1), PLM_REJECT_BALANCE);
    assert_int_equal(ts_core_trade(&w, LOSER, WINNER, TS_C_BTC_PERP, 1, 70000 * E8),
                     PLM_REJECT_RESTRICTED);
    // An assessment without money changes nothing; with money it goes on.
    assess(&w);
    assert_int_equal(small(usd(&w).bad_debt), 3000 * USD);
    assert_int_equal(fund(&w, 1000), PLM_REJECT_NONE);
    assess(&w);
    assert_int_equal(small(usd(&w).bad_debt), 2000 * USD);
    assert_int_equal(ts_core_deposit(&w, LOSER, TS_C_USD, 2000 * USD), PLM_REJECT_NONE);
    assess(&w);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(small(usd(&w).bad_debt), 0);
    assert_int_equal(cash(&w, WINNER), 25000 * USD);
    assert_int_equal(unpaid(&w), 0);
    ts_core_finish(&w);
}

static void
fund_of_nothing_ends_in_recorded_debt(void **state) {
    (void)state;
    ts_core w;
    close_out(&w, 0);
    assert_int_equal(stage(&w), PLM_STAGE_DEFICIT);
    assert_int_equal(small(usd(&w).bad_debt), 5000 * USD);
    assert_int_equal(unpaid(&w), 5000 * USD);
    assert_int_equal(cash(&w, WINNER), 20000 * USD);
    ts_core_finish(&w);
}

// 5,000 are owed, and all of it was lost in one market: of 8,000, 3,500 are kept for it.
static void
tranche_of_the_market_pays_before_the_common_fund(void **state) {
    (void)state;
    ts_core w;
    close_out(&w, 0);
    assert_int_equal(stage(&w), PLM_STAGE_DEFICIT);
    assert_int_equal(fund(&w, 8000), PLM_REJECT_NONE);
    assert_int_equal(keep(&w, PLM_FUND_ACTION_KEEP, 8001), PLM_REJECT_BALANCE);
    assert_int_equal(keep(&w, PLM_FUND_ACTION_KEEP, 3600), PLM_REJECT_NONE);
    assert_int_equal(keep(&w, PLM_FUND_ACTION_FREE, 3601), PLM_REJECT_BALANCE);
    assert_int_equal(keep(&w, PLM_FUND_ACTION_FREE, 100), PLM_REJECT_NONE);
    assert_int_equal(small(usd(&w).insurance), 4500 * USD);
    assert_int_equal(small(usd(&w).tranches), 3500 * USD);
    assess(&w);
    const plm_effect *tranche = effect_of(&w, PLM_EFFECT_TRANCHE);
    assert_non_null(tranche);
    assert_int_equal(tranche->account, LOSER);
    assert_int_equal(tranche->index, TS_C_BTC_PERP);
    assert_int_equal(small(tranche->a), 3500 * USD);
    assert_int_equal(small(tranche->b), 0);
    const plm_effect *cover = effect_of(&w, PLM_EFFECT_COVER);
    assert_int_equal(small(cover->a), 5000 * USD);
    assert_int_equal(small(cover->b), 0);
    assert_int_equal(small(usd(&w).insurance), 3000 * USD);
    assert_int_equal(small(usd(&w).tranches), 0);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(unpaid(&w), 0);
    ts_core_finish(&w);
}

// What it does not need for that stays in the tranche.
static void
tranche_keeps_what_was_not_lost_in_its_market(void **state) {
    (void)state;
    ts_core w;
    close_out(&w, 0);
    assert_int_equal(fund(&w, 9000), PLM_REJECT_NONE);
    assert_int_equal(keep(&w, PLM_FUND_ACTION_KEEP, 9000), PLM_REJECT_NONE);
    assess(&w);
    assert_int_equal(small(effect_of(&w, PLM_EFFECT_TRANCHE)->b), 4000 * USD);
    assert_int_equal(stage(&w), PLM_STAGE_HEALTHY);
    assert_int_equal(cash(&w, LOSER), 0);
    plm_market_totals totals;
    assert_int_equal(plm_core_instrument(w.core, TS_C_BTC_PERP, &totals), PLM_OK);
    assert_int_equal(small(totals.tranche), 4000 * USD);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tranche_of_the_market_pays_before_the_common_fund),
        cmocka_unit_test(tranche_keeps_what_was_not_lost_in_its_market),
        cmocka_unit_test(fund_pays_the_deficit_and_the_winner_is_paid_through_it),
        cmocka_unit_test(what_the_fund_cannot_pay_is_recorded_and_paid_when_it_can),
        cmocka_unit_test(fund_of_nothing_ends_in_recorded_debt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
