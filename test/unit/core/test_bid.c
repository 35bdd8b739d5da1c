/* test_bid.c: what a bid for an account on sale takes, and what it may not.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "support/sale_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define COIN (11 * E8 / 100)

/*
 * By hand, at 82,000: E = 1,000, MM = 2,583 (6.3 % of 41,000), M = -1,583, target 10 %: B = -1,583 - 258.30 = -1,841.30.
 * After 30 s of the fast minute d = 1 - 0.3 / 2 = 0.85: the limit is 1,841.30 / (1,841.30 + 850) = 0.684167..., up to a ppm:
 * 684,168. Lots ceil(500 * 0.684168) = 343. Premium floor(1,000 * 0.684168) - 850 * 0.684168 = 102.6252 USD.
 */
static void
bid_takes_the_share_that_restores_the_account(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_NONE);
    const plm_effect *taken = ts_sale_effect_of(&w, PLM_EFFECT_BID);
    assert_int_equal(taken->account, TS_SALE_SOLD);
    assert_int_equal(taken->index, TS_SALE_BIDDER);
    assert_int_equal(ts_sale_small(taken->a), 684168);
    assert_int_equal(ts_sale_small(taken->b), 102625200);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).lots, 343);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).usd_micros, 1000000 * USD + 102625200);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 157);
    // 343 lots at 18.00 of loss each.
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).usd_micros,
                     10000 * USD - 343 * 18 * USD - 102625200);
    assert_true(ts_sale_standing(&w).stage < PLM_STAGE_PARTIAL);
    assert_int_equal(ts_sale_told(&w, PLM_AUCTION_ENDED), 1);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_AUCTION);
    ts_core_finish(&w);
}

// Account 0 has 0.11 BTC beside 100 USD. At 86,000 each lot has lost 14; the share of the coin goes at its price, rounded up.
static void
collateral_goes_at_its_price(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    assert_int_equal(ts_core_deposit(&w, TS_SALE_SOLD, TS_C_BTC, COIN), PLM_REJECT_NONE);
    assert_int_equal(ts_core_withdraw(&w, TS_SALE_SOLD, TS_C_USD, 9900 * USD), PLM_REJECT_NONE);
    ts_sale_move(&w, 86000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE); // no slices alone would do
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_AUCTION);
    ts_sale_wait(&w, 30);
    plm_auction_offer offer;
    ts_core_write(&w, PLM_EVENT_TYPE_TIME, PLM_NONE);
    ts_core_must(&w);
    offer = ts_sale_offered(&w);
    assert_true(offer.is_open);
    ts_sale_holding before = ts_sale_held(&w, TS_SALE_BIDDER);
    assert_int_equal(ts_sale_bid(&w, offer.share_ppm), PLM_REJECT_NONE);
    const plm_effect *taken = ts_sale_effect_of(&w, PLM_EFFECT_BID);
    int64_t share = ts_sale_small(taken->a);
    int64_t lots = (500 * share + 999999) / 1000000;
    int64_t coin = COIN * share / 1000000;
    int64_t price = (coin * 86000 + 99) / 100; // micros, which are atoms of USD
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).lots, lots);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).usd_micros,
                     before.usd_micros - price + ts_sale_small(taken->b));
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 500 - lots);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).usd_micros,
                     100 * USD - lots * 14 * USD + price - ts_sale_small(taken->b));
    assert_true(ts_sale_standing(&w).stage < PLM_STAGE_PARTIAL);
    ts_core_finish(&w);
}

// Both accounts hold as much as they can, in positions on opposite sides and on the same: what is undone is the whole.
static void
full_tables_are_taken_over_and_put_back(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 100000);
    const uint32_t instruments[] = {TS_C_ETH_PERP, TS_C_BTC_FUTURE, TS_C_BTC_CALL,
                                    TS_C_BTC_INVERSE};
    const int64_t prices[] = {4000 * E8, 100000 * E8, 3000 * E8, 100000 * E8};
    for (uint32_t account = 0; account < 6; account += 5) {
        assert_int_equal(ts_core_deposit(&w, account, TS_C_BTC, E8 / 100), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_core_deposit(&w, TS_SALE_RICH, TS_C_BTC, 10 * E8), PLM_REJECT_NONE);
    for (uint32_t i = 0; i < 4; i += 1) {
        assert_int_equal(ts_core_mark(&w, instruments[i], prices[i]), PLM_REJECT_NONE);
        assert_int_equal(
            ts_core_trade(&w, TS_SALE_SOLD, TS_SALE_RICH, instruments[i], 2, prices[i]),
            PLM_REJECT_NONE);
        assert_int_equal(ts_core_trade(&w, TS_SALE_BIDDER, TS_SALE_RICH, instruments[i],
                                       i % 2 == 0 ? 3 : -3, prices[i]),
                         PLM_REJECT_NONE);
    }
    ts_sale_move(&w, 70000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_AUCTION);
    size_t size = 0;
    size_t again = 0;
    uint8_t *before = ts_core_bytes_settled(w.core, &size);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_BIDDER, 1000000, 1000000),
                     PLM_REJECT_AUCTION_PREMIUM);
    uint8_t *after = ts_core_bytes_settled(w.core, &again);
    assert_int_equal(size, again);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
    assert_int_equal(ts_sale_bid(&w, 500000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 250);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 0);
    ts_core_finish(&w);
}

static void
two_bidders_share_what_is_for_sale(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    assert_int_equal(ts_sale_bid(&w, 300000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).lots, 150);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_AUCTION);
    // 300.00 of value at 0.85.
    assert_int_equal(ts_sale_standing(&w).auction_paid_micros, 255 * USD);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_RICH, 1000000, 0), PLM_REJECT_NONE);
    assert_true(ts_sale_standing(&w).stage < PLM_STAGE_PARTIAL);
    // Together no more than the first could have had alone, and the lots that rounding up gave.
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots,
                     500 - 150 - (500 + ts_sale_held(&w, TS_SALE_RICH).lots));
    assert_in_range(ts_sale_held(&w, TS_SALE_SOLD).lots, 155, 158);
    ts_core_finish(&w);
}

static void
own_bid_is_refused(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_SIBLING, 1000000, 0), PLM_REJECT_AUCTION_SELF);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_SOLD, 1000000, 0), PLM_REJECT_AUCTION_SELF);
    ts_core_finish(&w);
}

static void
bid_for_dust_is_refused_and_none_is_left(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    assert_int_equal(ts_sale_bid(&w, 9999), PLM_REJECT_AUCTION_DUST);
    assert_int_equal(ts_sale_bid(&w, 0), PLM_REJECT_VALUE);
    assert_int_equal(ts_sale_bid(&w, 1000001), PLM_REJECT_VALUE);
    // All but 4,168 ppm of the limit would leave dust: 10,000 are left instead.
    assert_int_equal(ts_sale_bid(&w, 680000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_small(ts_sale_effect_of(&w, PLM_EFFECT_BID)->a), 674168);
    ts_core_finish(&w);
}

static void
bid_asks_for_no_less_than_its_premium(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 30);
    // 102.6252 of 2,583 * 0.684168 is 58,072 ppm.
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_BIDDER, 1000000, 58073),
                     PLM_REJECT_AUCTION_PREMIUM);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_BIDDER, 1000000, 58072), PLM_REJECT_NONE);
    ts_core_finish(&w);
}

// With a reserve of 0.1 and a slow part of ten minutes from 0.7: 0.1 is kept 514 whole seconds after the first minute.
static void
nothing_is_sold_below_the_reserve(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 60 + 515);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_AUCTION);
    ts_core_finish(&w);
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    ts_sale_wait(&w, 60 + 514);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_NONE);
    // It keeps a tenth of what it had and no less.
    assert_true(ts_sale_held(&w, TS_SALE_SOLD).usd_micros +
                    ts_sale_held(&w, TS_SALE_SOLD).lots * -18 * USD >=
                100 * USD);
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
    ts_sale_start(&w, 8000);
    ts_sale_move(&w, 70000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_AUCTION);
    ts_sale_wait(&w, 150);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_small(ts_sale_effect_of(&w, PLM_EFFECT_BID)->b), 1102500000);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).lots, 500);
    assert_int_equal(ts_sale_held(&w, TS_SALE_BIDDER).usd_micros, 1000000 * USD + 1102500000);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).lots, 0);
    assert_int_equal(ts_sale_held(&w, TS_SALE_SOLD).usd_micros, 0);
    assert_int_equal(ts_sale_small(ts_sale_usd(&w).insurance),
                     8000 * USD - 5000 * USD - 1102500000);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_HEALTHY);
    ts_core_finish(&w);
}

static void
fund_of_nothing_pays_nothing_and_the_debt_is_recorded(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_move(&w, 70000);
    assert_int_equal(ts_sale_assess(&w), PLM_REJECT_NONE);
    ts_sale_wait(&w, 150);
    assert_int_equal(ts_sale_bid_for(&w, TS_SALE_BIDDER, 1000000, 1), PLM_REJECT_AUCTION_PREMIUM);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_NONE);
    assert_int_equal(ts_sale_small(ts_sale_effect_of(&w, PLM_EFFECT_BID)->b), 0);
    assert_int_equal(ts_sale_standing(&w).stage, PLM_STAGE_DEFICIT);
    assert_int_equal(ts_sale_small(ts_sale_usd(&w).bad_debt), 5000 * USD);
    ts_core_finish(&w);
}

// The bidder must be able to carry what it takes, and a state with an auction survives its bytes.
static void
a_poor_bidder_is_refused_and_changes_nothing(void **state) {
    (void)state;
    ts_core w;
    ts_sale_start(&w, 0);
    ts_sale_fall(&w, 82000);
    assert_int_equal(ts_core_withdraw(&w, TS_SALE_BIDDER, TS_C_USD, 999000 * USD), PLM_REJECT_NONE);
    size_t size = 0;
    size_t again = 0;
    uint8_t *before = ts_core_bytes_settled(w.core, &size);
    assert_int_equal(ts_sale_bid(&w, 1000000), PLM_REJECT_HEALTH);
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
        cmocka_unit_test(bid_takes_the_share_that_restores_the_account),
        cmocka_unit_test(collateral_goes_at_its_price),
        cmocka_unit_test(full_tables_are_taken_over_and_put_back),
        cmocka_unit_test(two_bidders_share_what_is_for_sale),
        cmocka_unit_test(own_bid_is_refused),
        cmocka_unit_test(bid_for_dust_is_refused_and_none_is_left),
        cmocka_unit_test(bid_asks_for_no_less_than_its_premium),
        cmocka_unit_test(nothing_is_sold_below_the_reserve),
        cmocka_unit_test(fund_pays_the_bidder_of_an_insolvent_account),
        cmocka_unit_test(fund_of_nothing_pays_nothing_and_the_debt_is_recorded),
        cmocka_unit_test(a_poor_bidder_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
