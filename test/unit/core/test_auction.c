/* test_auction.c: an account that the book does not close is sold by shares.             SPDX-License-Identifier: Apache-2.0 */
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
#define SECOND INT64_C(1000000000)
#define SOLD 0u
#define SIBLING 3u /* of the same owner */
#define RICH 4u    /* the winner; also bids */
#define BIDDER 5u

/*
 * Account 0 is long 0.5 BTC from 100,000 with 10,000 USD; maintenance is 6.3 % of the notional. Above 80,000 it has something
 * left: at 82,000 equity is 1,000 and maintenance 2,583; at 70,000 it owes 5,000.
 */
static void
start(ts_core *world, int64_t fund_usd) {
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        int64_t usd = account >= RICH ? 1000000 : 10000;
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, usd * USD), PLM_REJECT_NONE);
    }
    if (fund_usd > 0) {
        plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FUND, PLM_NONE);
        event->fund_body.asset_index = TS_C_USD;
        event->fund_body.action = PLM_FUND_ACTION_PAY_IN;
        event->fund_body.instrument_index = PLM_NONE;
        event->fund_body.atoms = pli_wide_from_i128(fund_usd * USD);
        ts_core_must(world);
    }
    assert_int_equal(ts_core_trade(world, SOLD, RICH, TS_C_BTC_PERP, 500, 100000 * E8),
                     PLM_REJECT_NONE);
}

static void
move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

static plm_reject
assess(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_ASSESS, SOLD);
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

static plm_standing
standing(const ts_core *world) {
    plm_account_info of;
    assert_int_equal(plm_core_account(world->core, SOLD, &of), PLM_OK);
    return of.standing;
}

static plm_reject
bid_for(ts_core *world, uint32_t bidder, int64_t share_ppm, int64_t premium_min_ppm) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_BID, bidder);
    event->bid_body.sold_account = SOLD;
    event->bid_body.round = standing(world).round_count;
    event->bid_body.share_ppm = share_ppm;
    event->bid_body.premium_min_ppm = premium_min_ppm;
    plm_reject reject = ts_core_apply(world);
    assert_null(plm_core_check(world->core));
    return reject;
}

static plm_reject
bid(ts_core *world, int64_t share_ppm) {
    return bid_for(world, BIDDER, share_ppm, 0);
}

typedef struct holding {
    int64_t lots, usd_micros;
} holding;

static holding
held(const ts_core *world, uint32_t account) {
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[8];
    plm_portfolio portfolio;
    holding out = {0, 0};
    assert_int_equal(
        plm_core_portfolio(world->core, account, positions, orders, balances, &portfolio), PLM_OK);
    for (uint32_t i = 0; i < portfolio.position_count; i += 1) {
        out.lots += positions[i].instrument_index == TS_C_BTC_PERP ? positions[i].lots : 0;
    }
    for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
        out.usd_micros += balances[i].asset_index == TS_C_USD
                              ? (int64_t)pli_i128_from_wide(balances[i].atoms)
                              : 0;
    }
    return out;
}

static plm_asset_totals
usd(const ts_core *world) {
    plm_asset_totals totals;
    assert_int_equal(plm_core_asset(world->core, TS_C_USD, &totals), PLM_OK);
    return totals;
}

static int64_t
small(plm_wide value) {
    return (int64_t)pli_i128_from_wide(value);
}

// How often the last event told this step of an auction.
static uint32_t
told(const ts_core *world, plm_auction_step step) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        const plm_effect *effect = &world->entries[i];
        count += effect->kind == PLM_EFFECT_AUCTION && small(effect->a) == (int64_t)step;
    }
    return count;
}

static const plm_effect *
effect_of(const ts_core *world, plm_effect_kind kind) {
    for (uint32_t i = 0; i < world->outcome.effect_count; i += 1) {
        if (world->entries[i].kind == kind) {
            return &world->entries[i];
        }
    }
    fail();
    return NULL;
}

static void
wait(ts_core *world, int64_t seconds) {
    world->time_ns += seconds * SECOND;
}

// Slices that nobody fills, until the fourth assessment begins an auction.
static void
fall(ts_core *world, int64_t price_usd) {
    move(world, price_usd);
    for (uint32_t round = 0; round < 3; round += 1) {
        assert_int_equal(assess(world), PLM_REJECT_NONE);
        assert_int_equal(standing(world).stage, PLM_STAGE_PARTIAL);
        wait(world, 1);
    }
    assert_int_equal(assess(world), PLM_REJECT_NONE);
    assert_int_equal(standing(world).stage, PLM_STAGE_AUCTION);
    assert_int_equal(told(world, PLM_AUCTION_STARTED), 1);
}

static void
fruitless_slices_lead_to_an_auction(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    assert_string_equal(plm_stage_name(standing(&w).stage), "auction");
    assert_int_equal(standing(&w).round_count, 1);
    assert_int_equal(standing(&w).rounds_left, 2);
    plm_account_info of;
    assert_int_equal(plm_core_account(w.core, SOLD, &of), PLM_OK);
    assert_int_equal(of.order_count, 0);
    assert_int_equal(ts_core_withdraw(&w, SOLD, TS_C_USD, 1), PLM_REJECT_RESTRICTED);
    ts_core_finish(&w);
}

static void
a_filled_slice_is_not_fruitless(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    plm_event *rules = ts_core_record(&w, &plm_liquidation_descriptor, 0, 2);
    rules->parameters_body
        .values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 41000 * USD;
    ts_core_must(&w);
    move(&w, 82000);
    for (uint32_t round = 0; round < 3; round += 1) {
        assert_int_equal(assess(&w), PLM_REJECT_NONE);
        plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_TRADE, SOLD);
        event->trade_body.instrument_index = TS_C_BTC_PERP;
        event->trade_body.maker_account = RICH;
        event->trade_body.lots = -1;
        event->trade_body.price_e8 = 82000 * E8;
        event->trade_body.taker_order_id = (UINT64_C(1) << 63) + 16 * (round + 1);
        ts_core_must(&w);
        wait(&w, 1);
    }
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(standing(&w).stage, PLM_STAGE_PARTIAL);
    ts_core_finish(&w);
}

/*
 * By hand, at 82,000: E = 1,000, MM = 2,583 (6.3 % of 41,000), M = -1,583, target 10 %: B = -1,583 - 258.30 = -1,841.30.
 * After 30 s of the fast minute d = 1 - 0.3 / 2 = 0.85: the limit is 1,841.30 / (1,841.30 + 850) = 0.684167..., up to a ppm:
 * 684,168. Lots ceil(500 * 0.684168) = 343. Premium floor(1,000 * 0.684168) - 850 * 0.684168 = 102.6252 USD.
 */
static void
bid_takes_the_share_that_restores_the_account(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 30);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_NONE);
    const plm_effect *taken = effect_of(&w, PLM_EFFECT_BID);
    assert_int_equal(taken->account, SOLD);
    assert_int_equal(taken->index, BIDDER);
    assert_int_equal(small(taken->a), 684168);
    assert_int_equal(small(taken->b), 102625200);
    assert_int_equal(held(&w, BIDDER).lots, 343);
    assert_int_equal(held(&w, BIDDER).usd_micros, 1000000 * USD + 102625200);
    assert_int_equal(held(&w, SOLD).lots, 157);
    // 343 lots at 18.00 of loss each.
    assert_int_equal(held(&w, SOLD).usd_micros, 10000 * USD - 343 * 18 * USD - 102625200);
    assert_true(standing(&w).stage < PLM_STAGE_PARTIAL);
    assert_int_equal(told(&w, PLM_AUCTION_ENDED), 1);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_AUCTION);
    ts_core_finish(&w);
}

static void
two_bidders_share_what_is_for_sale(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 30);
    assert_int_equal(bid(&w, 300000), PLM_REJECT_NONE);
    assert_int_equal(held(&w, BIDDER).lots, 150);
    assert_int_equal(standing(&w).stage, PLM_STAGE_AUCTION);
    // 300.00 of value at 0.85.
    assert_int_equal(standing(&w).auction_paid_micros, 255 * USD);
    assert_int_equal(bid_for(&w, RICH, 1000000, 0), PLM_REJECT_NONE);
    assert_true(standing(&w).stage < PLM_STAGE_PARTIAL);
    // Together no more than the first could have had alone, and the lots that rounding up gave.
    assert_int_equal(held(&w, SOLD).lots, 500 - 150 - (500 + held(&w, RICH).lots));
    assert_in_range(held(&w, SOLD).lots, 155, 158);
    ts_core_finish(&w);
}

static void
own_bid_is_refused(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    assert_int_equal(bid_for(&w, SIBLING, 1000000, 0), PLM_REJECT_AUCTION_SELF);
    assert_int_equal(bid_for(&w, SOLD, 1000000, 0), PLM_REJECT_AUCTION_SELF);
    ts_core_finish(&w);
}

static void
bid_for_dust_is_refused_and_none_is_left(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 30);
    assert_int_equal(bid(&w, 9999), PLM_REJECT_AUCTION_DUST);
    assert_int_equal(bid(&w, 0), PLM_REJECT_VALUE);
    assert_int_equal(bid(&w, 1000001), PLM_REJECT_VALUE);
    // All but 4,168 ppm of the limit would leave dust: 10,000 are left instead.
    assert_int_equal(bid(&w, 680000), PLM_REJECT_NONE);
    assert_int_equal(small(effect_of(&w, PLM_EFFECT_BID)->a), 674168);
    ts_core_finish(&w);
}

static void
bid_asks_for_no_less_than_its_premium(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 30);
    // 102.6252 of 2,583 * 0.684168 is 58,072 ppm.
    assert_int_equal(bid_for(&w, BIDDER, 1000000, 58073), PLM_REJECT_AUCTION_PREMIUM);
    assert_int_equal(bid_for(&w, BIDDER, 1000000, 58072), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

// With a reserve of 0.1 and a slow part of ten minutes from 0.7: 0.1 is kept 514 whole seconds after the first minute.
static void
nothing_is_sold_below_the_reserve(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 60 + 515);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_AUCTION);
    ts_core_finish(&w);
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 60 + 514);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_NONE);
    // It keeps a tenth of what it had and no less.
    assert_true(held(&w, SOLD).usd_micros + held(&w, SOLD).lots * -18 * USD >= 100 * USD);
    ts_core_finish(&w);
}

static void
rounds_without_a_bidder_end_in_slices(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    for (uint32_t round = 2; round <= 3; round += 1) {
        wait(&w, 600);
        assert_int_equal(assess(&w), PLM_REJECT_NONE);
        assert_int_equal(told(&w, PLM_AUCTION_RESTARTED), 1);
        assert_int_equal(standing(&w).round_count, round);
        assert_int_equal(standing(&w).auction_clock_ns, 0);
    }
    wait(&w, 600);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(told(&w, PLM_AUCTION_HANDED_OVER), 1);
    assert_int_equal(standing(&w).stage, PLM_STAGE_PARTIAL);
    assert_int_equal(standing(&w).slice_count, 4);
    assert_true(effect_of(&w, PLM_EFFECT_ORDER)->a.low == (UINT64_C(1) << 63) + 64);
    assert_int_equal(held(&w, SOLD).lots, 500);
    assert_int_equal(held(&w, SOLD).usd_micros, 10000 * USD);
    ts_core_finish(&w);
}

static void
a_dead_price_stops_the_clock(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    wait(&w, 30);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    wait(&w, 1);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 82000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    for (uint32_t hour = 0; hour < 3; hour += 1) {
        wait(&w, 3600);
        assert_int_equal(assess(&w), PLM_REJECT_PRICE_STATE);
        assert_int_equal(bid(&w, 1000000), PLM_REJECT_PRICE_STATE);
    }
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 82000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    wait(&w, 5);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(told(&w, PLM_AUCTION_WAITED), 1);
    assert_true(small(effect_of(&w, PLM_EFFECT_AUCTION)->b) == 10801 * SECOND);
    assert_int_equal(standing(&w).auction_clock_ns, 35 * SECOND);
    ts_core_finish(&w);
}

static void
health_that_returns_ends_the_auction(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    assert_int_equal(bid(&w, 100000), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, SOLD, TS_C_USD, 5000 * USD), PLM_REJECT_NONE);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_AUCTION);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(told(&w, PLM_AUCTION_ENDED), 1);
    assert_int_equal(standing(&w).round_count, 0);
    // What is sold stays sold.
    assert_int_equal(held(&w, SOLD).lots, 450);
    assert_int_equal(held(&w, BIDDER).lots, 50);
    ts_core_finish(&w);
}

/*
 * At 70,000 E = -5,000 and MM = 2,205. Half of the five minutes on, the fund offers half of MM for the whole: 1,102.50. The hole
 * goes the way of every deficit: the fund pays 5,000 of it if it can.
 */
static void
fund_pays_the_bidder_of_an_insolvent_account(void **state) {
    (void)state;
    ts_core w;
    start(&w, 8000);
    move(&w, 70000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    assert_int_equal(standing(&w).stage, PLM_STAGE_AUCTION);
    wait(&w, 150);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_NONE);
    assert_int_equal(small(effect_of(&w, PLM_EFFECT_BID)->b), 1102500000);
    assert_int_equal(held(&w, BIDDER).lots, 500);
    assert_int_equal(held(&w, BIDDER).usd_micros, 1000000 * USD + 1102500000);
    assert_int_equal(held(&w, SOLD).lots, 0);
    assert_int_equal(held(&w, SOLD).usd_micros, 0);
    assert_int_equal(small(usd(&w).insurance), 8000 * USD - 5000 * USD - 1102500000);
    assert_int_equal(standing(&w).stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

static void
fund_of_nothing_pays_nothing_and_the_debt_is_recorded(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    move(&w, 70000);
    assert_int_equal(assess(&w), PLM_REJECT_NONE);
    wait(&w, 150);
    assert_int_equal(bid_for(&w, BIDDER, 1000000, 1), PLM_REJECT_AUCTION_PREMIUM);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_NONE);
    assert_int_equal(small(effect_of(&w, PLM_EFFECT_BID)->b), 0);
    assert_int_equal(standing(&w).stage, PLM_STAGE_DEFICIT);
    assert_int_equal(small(usd(&w).bad_debt), 5000 * USD);
    ts_core_finish(&w);
}

// No bidder, no depth, no fund: every assessment is one step, and the account comes by turns to slices and auctions.
static void
an_account_that_nobody_wants_is_looked_at_in_bounded_steps(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    plm_event *rules = ts_core_record(&w, &plm_liquidation_descriptor, 0, 2);
    rules->parameters_body
        .values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 0;
    ts_core_must(&w);
    move(&w, 70000);
    uint32_t auctions = 0;
    for (uint32_t step = 0; step < 40; step += 1) {
        assert_int_equal(assess(&w), PLM_REJECT_NONE);
        assert_true(w.outcome.effect_count < 8);
        auctions += told(&w, PLM_AUCTION_STARTED);
        assert_int_equal(held(&w, SOLD).lots, 500);
        wait(&w, 301);
    }
    assert_in_range(auctions, 5, 8);
    ts_core_finish(&w);
}

// The bidder must be able to carry what it takes, and a state with an auction survives its bytes.
static void
a_poor_bidder_is_refused_and_changes_nothing(void **state) {
    (void)state;
    ts_core w;
    start(&w, 0);
    fall(&w, 82000);
    assert_int_equal(ts_core_withdraw(&w, BIDDER, TS_C_USD, 999000 * USD), PLM_REJECT_NONE);
    size_t size = 0;
    size_t again = 0;
    uint8_t *before = ts_core_bytes_settled(w.core, &size);
    assert_int_equal(bid(&w, 1000000), PLM_REJECT_HEALTH);
    uint8_t *after = ts_core_bytes_settled(w.core, &again);
    assert_int_equal(size, again);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
    uint8_t *bytes = ts_core_bytes(w.core, &size);
    ts_core copy;
    ts_core_init(&copy, &w.limits);
    assert_int_equal(plm_core_decode(copy.core, bytes, size, NULL), PLM_OK);
    uint8_t *same = ts_core_bytes(copy.core, &again);
    assert_int_equal(size, again);
    assert_memory_equal(bytes, same, size);
    free(same);
    free(bytes);
    ts_core_finish(&copy);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fruitless_slices_lead_to_an_auction),
        cmocka_unit_test(a_filled_slice_is_not_fruitless),
        cmocka_unit_test(bid_takes_the_share_that_restores_the_account),
        cmocka_unit_test(two_bidders_share_what_is_for_sale),
        cmocka_unit_test(own_bid_is_refused),
        cmocka_unit_test(bid_for_dust_is_refused_and_none_is_left),
        cmocka_unit_test(bid_asks_for_no_less_than_its_premium),
        cmocka_unit_test(nothing_is_sold_below_the_reserve),
        cmocka_unit_test(rounds_without_a_bidder_end_in_slices),
        cmocka_unit_test(a_dead_price_stops_the_clock),
        cmocka_unit_test(health_that_returns_ends_the_auction),
        cmocka_unit_test(fund_pays_the_bidder_of_an_insolvent_account),
        cmocka_unit_test(fund_of_nothing_pays_nothing_and_the_debt_is_recorded),
        cmocka_unit_test(an_account_that_nobody_wants_is_looked_at_in_bounded_steps),
        cmocka_unit_test(a_poor_bidder_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
