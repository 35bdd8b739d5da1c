/* test_auction.c: when an account that the book does not close is on sale, and for how long.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/sale_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

static void
fruitless_slices_lead_to_an_auction(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    assert_string_equal(plm_stage_name(ts_sale_standing(&w).stage), "auction");
    assert_int_equal(ts_sale_standing(&w).round_count, 1);
    assert_int_equal(ts_sale_standing(&w).rounds_left, 2);
    plm_account_info of;
    assert_int_equal(plm_core_account(w.core, TS_SALE_SOLD, &of), PLM_OK);
    assert_int_equal(of.order_count, 0);
    assert_int_equal(ts_core_withdraw(&w, TS_SALE_SOLD, TS_C_USD, 1), PLM_REJECT_RESTRICTED);
    ts_core_finish(&w);
}

static void
a_plan_of_many_slices_is_auctioned_at_once(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_change_rules(&w, 3, "depth_standard_micros", 41000 * USD);
    ts_sale_move(&w, 82000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_PARTIAL);
    ts_core_finish(&w);
    ts_sale_start(&w, 0);
    plm_event *event = ts_core_record(&w, &plm_liquidation_descriptor, 0, 3);
    event->parameters_body
        .values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 41000 * USD;
    ts_core_must(&w);
    ts_sale_move(&w, 82000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_AUCTION);
    assert_int_equal(ts_sale_standing(&w).slice_count, 0);
    const plm_effect *stage = ts_sale_effect_of(&w, PLM_EFFECT_STAGE);
    assert_int_equal(ts_sale_small(stage->a), PLM_STAGE_AUCTION);
    assert_int_equal(ts_sale_small(stage->b), PLM_STAGE_HEALTHY);
    // Nobody bids: then it is reduced slice by slice.
    for (uint32_t round = 0; round < 3; round += 1) {
        ts_sale_wait(&w, 90);
        assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_PARTIAL);
    assert_int_equal(ts_sale_standing(&w).slice_count, 1);
    ts_core_finish(&w);
}

static void
a_filled_slice_is_not_fruitless(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_change_rules(&w, 3, "depth_standard_micros", 41000 * USD);
    ts_sale_move(&w, 82000);
    for (uint32_t round = 0; round < 3; round += 1) {
        assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
        plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_TRADE, TS_SALE_SOLD);
        event->trade_body.instrument_index = TS_C_BTC_PERP;
        event->trade_body.maker_account = TS_SALE_RICH;
        event->trade_body.lots = -1;
        event->trade_body.price_e8 = 82000 * E8;
        event->trade_body.taker_order_id = (UINT64_C(1) << 63) + 16 * (round + 1);
        ts_core_must(&w);
        ts_sale_wait(&w, 1);
    }
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_PARTIAL);
    ts_core_finish(&w);
}

static void
offer_is_what_a_bid_would_get(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_move(&w, 82000);
    assert_int_equal(ts_sale_offered(&w).round, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    plm_auction_offer offer = ts_sale_offered(&w);
    assert_true(offer.is_open);
    assert_int_equal(offer.round, 1);
    assert_int_equal(offer.rounds_left, 2);
    assert_int_equal(offer.clock_ns, 30 * SECOND);
    assert_int_equal(offer.share_ppm, 684168);
    assert_int_equal(offer.kept_ppm, 850000);
    assert_int_equal(offer.premium_micros, 102625200);
    ts_sale_wait(&w, 600);
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    offer = ts_sale_offered(&w);
    assert_false(offer.is_open);
    assert_int_equal(offer.share_ppm, 0);
    ts_core_finish(&w);
}

static void
rounds_without_a_bidder_end_in_slices(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    for (uint32_t round = 2; round <= 3; round += 1) {
        ts_sale_wait(&w, 600);
        assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
        assert_int_equal(ts_sale_told(&w, PLM_AUCTION_RESTARTED), 1);
        assert_int_equal(ts_sale_standing(&w).round_count, round);
        assert_int_equal(ts_sale_standing(&w).auction_clock_ns, 0);
    }
    ts_sale_wait(&w, 600);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_told(&w, PLM_AUCTION_HANDED_OVER), 1);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_PARTIAL);
    assert_int_equal(ts_sale_standing(&w).slice_count, 4);
    assert_true(ts_sale_effect_of(&w, PLM_EFFECT_ORDER)->a.low == (UINT64_C(1) << 63) + 64);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 500);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).usd_micros, 10000 * USD);
    ts_core_finish(&w);
}

static void
a_dead_price_stops_the_clock(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    ts_sale_wait(&w, 1);
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 82000 * E8, PLM_PRICE_STATE_STALE),
                     PLM_REJECT_NONE);
    for (uint32_t hour = 0; hour < 3; hour += 1) {
        ts_sale_wait(&w, 3600);
        assert_int_equal(ts_sale_assess(&w), PLM_REJECT_PRICE_STATE);
        assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_PRICE_STATE);
    }
    assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 82000 * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    ts_sale_wait(&w, 5);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_told(&w, PLM_AUCTION_WAITED), 1);
    assert_true(ts_sale_small(ts_sale_effect_of(&w, PLM_EFFECT_AUCTION)->b) == 10801 * SECOND);
    assert_int_equal(ts_sale_standing(&w).auction_clock_ns, 35 * SECOND);
    ts_core_finish(&w);
}

static void
health_that_returns_ends_the_auction(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    assert_int_equal(ts_sale_bid(&w, 100000), PLM_REJECT_NONE);
    assert_int_equal(ts_core_deposit(&w, TS_SALE_SOLD, TS_C_USD, 5000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_AUCTION);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_told(&w, PLM_AUCTION_ENDED), 1);
    assert_int_equal(ts_sale_standing(&w).round_count, 0);
    // What is sold stays sold.
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 450);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).lots, 50);
    ts_core_finish(&w);
}

// No bidder, no depth, no fund, no deleveraging: every assessment is one step, and the account comes by turns to slices and auctions.
static void
an_account_that_nobody_wants_is_looked_at_in_bounded_steps(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_change_rules(&w, 3, "depth_standard_micros", 0);
    ts_sale_move(&w, 70000);
    uint32_t auctions = 0;
    for (uint32_t step = 0; step < 40; step += 1) {
        assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
        assert_true(w.outcome.effect_count < 8);
        auctions += ts_sale_told(&w, PLM_AUCTION_STARTED);
        assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 500);
        ts_sale_wait(&w, 301);
    }
    assert_in_range(auctions, 5, 8);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fruitless_slices_lead_to_an_auction),
        cmocka_unit_test(a_plan_of_many_slices_is_auctioned_at_once),
        cmocka_unit_test(a_filled_slice_is_not_fruitless),
        cmocka_unit_test(offer_is_what_a_bid_would_get),
        cmocka_unit_test(rounds_without_a_bidder_end_in_slices),
        cmocka_unit_test(a_dead_price_stops_the_clock),
        cmocka_unit_test(health_that_returns_ends_the_auction),
        cmocka_unit_test(an_account_that_nobody_wants_is_looked_at_in_bounded_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
