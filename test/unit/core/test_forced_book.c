/* test_forced_book.c: forced orders in books that are empty, one-sided, crossed, or one maker's.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "match/book.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define SECOND INT64_C(1000000000)

enum { CAPACITY = 8, HELD = 500, SOLD = 0, MAKER = 4, OTHER = 5 };

typedef struct venue {
    ts_core core;
    pli_book book;
    pli_book_order bids[CAPACITY], asks[CAPACITY];
    int64_t sold;     /* by forced orders, lots */
    int64_t paid_usd; /* for them */
    uint32_t rounds;
} venue;

static void
move(ts_core *world, int64_t usd) {
    assert_int_equal(ts_core_price(world, TS_C_U_BTC, usd * E8, PLM_PRICE_STATE_VALID),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_mark(world, TS_C_BTC_PERP, usd * E8), PLM_REJECT_NONE);
}

// SOLD is long 0.5 BTC from 100,000 with 10,000 USD: at 85,000 equity is 2,500 and maintenance 2,677.50.
static void
open_venue(venue *at) {
    memset(at, 0, sizeof *at);
    ts_core *world = &at->core;
    plm_core_limits limits = ts_core_limits();
    ts_core_init(world, &limits);
    ts_core_list(world);
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        int64_t usd = account >= MAKER ? 1000000 : 10000;
        assert_int_equal(ts_core_deposit(world, account, TS_C_USD, usd * USD), PLM_REJECT_NONE);
    }
    plm_event *event = ts_core_record(world, &plm_liquidation_descriptor, 0, 2);
    int64_t *values = event->parameters_body.values;
    values[ts_core_field(&plm_liquidation_descriptor, "depth_standard_micros")] = 1000000 * USD;
    values[ts_core_field(&plm_liquidation_descriptor, "slice_max")] = 1000;
    ts_core_must(world);
    assert_int_equal(ts_core_trade(world, SOLD, MAKER, TS_C_BTC_PERP, HELD, 100000 * E8),
                     PLM_REJECT_NONE);
    pli_book_init(&at->book, CAPACITY, at->bids, at->asks);
    move(world, 85000);
}

static void
rest(venue *at, uint32_t account, uint64_t id, plm_side side, int64_t usd, int64_t lots) {
    const pli_book_order order = {
        .order_id = id, .account = account, .side = side, .limit_e8 = usd * E8, .lots = lots};
    assert_true(pli_book_rest(&at->book, &order));
}

static plm_account_info
info(const venue *at, uint32_t account) {
    plm_account_info of;
    assert_int_equal(plm_core_account(at->core.core, account, &of), PLM_OK);
    assert_null(plm_core_check(at->core.core));
    return of;
}

// The order that the last event placed; lots 0: none.
static pli_book_order
placed(const venue *at) {
    pli_book_order found = {.account = SOLD, .side = PLM_SIDE_SELL};
    for (uint32_t i = 0; i < at->core.outcome.effect_count; i += 1) {
        const plm_effect *effect = &at->core.entries[i];
        if (effect->kind == PLM_EFFECT_ORDER && effect->account == SOLD && effect->b.low != 0) {
            found.order_id = effect->a.low;
            found.lots = (int64_t)effect->b.low;
        }
    }
    return found;
}

// What the order meets is told to the engine; what it refuses leaves the book.
static void
match(venue *at, const pli_book_order *order) {
    pli_book_match matches[CAPACITY];
    uint32_t count = pli_book_cross(&at->book, order, matches, CAPACITY);
    for (uint32_t i = 0; i < count; i += 1) {
        plm_event *event = ts_core_write(&at->core, PLM_EVENT_TYPE_TRADE, SOLD);
        event->trade_body.instrument_index = TS_C_BTC_PERP;
        event->trade_body.maker_account = matches[i].account;
        event->trade_body.lots = -matches[i].lots;
        event->trade_body.price_e8 = matches[i].price_e8;
        event->trade_body.taker_order_id = order->order_id;
        if (ts_core_apply(&at->core) == PLM_REJECT_NONE) {
            assert_true(
                pli_book_fill(&at->book, matches[i].account, matches[i].order_id, matches[i].lots));
            at->sold += matches[i].lots;
            at->paid_usd += matches[i].lots * (matches[i].price_e8 / E8);
        } else {
            assert_true(pli_book_remove(&at->book, matches[i].account, matches[i].order_id));
        }
    }
}

// Assessed every two seconds, until slices are over: by health, or by an auction. In bounded rounds, or the test fails.
static plm_stage
close_account(venue *at) {
    plm_stage stage = PLM_STAGE_PARTIAL;
    while (stage == PLM_STAGE_PARTIAL) {
        assert_true(at->rounds < 12);
        ts_core_write(&at->core, PLM_EVENT_TYPE_ASSESS, SOLD);
        ts_core_must(&at->core);
        pli_book_order order = placed(at);
        if (order.lots != 0) {
            // No worse than the collar, 0.25 % of 85,000 below.
            order.limit_e8 = 84787 * E8 + E8 / 2;
            match(at, &order);
        }
        stage = info(at, SOLD).standing.stage;
        at->core.time_ns += 2 * SECOND;
        at->rounds += 1;
    }
    return stage;
}

// Lots of all accounts sum to zero, and nobody's cash but the two sides' has moved: 10,000 + 2,000,000 + 30,000 USD are there.
static void
assert_all_is_there(const venue *at) {
    pli_i128 lots = 0;
    pli_i128 micros = 0;
    for (uint32_t account = 0; account < TS_C_ACCOUNTS; account += 1) {
        plm_position positions[8];
        plm_order orders[8];
        plm_balance balances[8];
        plm_portfolio portfolio;
        assert_int_equal(
            plm_core_portfolio(at->core.core, account, positions, orders, balances, &portfolio),
            PLM_OK);
        for (uint32_t i = 0; i < portfolio.position_count; i += 1) {
            // Lots are 0.001: lots * price_e8 / 1e5 is in micros.
            lots += positions[i].lots;
            micros +=
                ((pli_i128)positions[i].lots * 85000 * E8 - pli_i128_from_wide(positions[i].cost)) /
                100000;
        }
        for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
            micros += pli_i128_from_wide(balances[i].atoms);
        }
    }
    plm_market_totals market;
    assert_int_equal(plm_core_instrument(at->core.core, TS_C_BTC_PERP, &market), PLM_OK);
    assert_true(lots == 0);
    micros += pli_i128_from_wide(market.unpaid);
    assert_true(micros == (pli_i128)2040000 * USD);
}

static void
an_empty_book_leads_to_an_auction_and_nothing_is_lost(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    assert_int_equal(close_account(&at), PLM_STAGE_AUCTION);
    assert_int_equal(at.sold, 0);
    assert_int_equal(info(&at, SOLD).order_count, 0);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

// Only sellers: to an account that has to sell the book is empty.
static void
a_book_of_sellers_only_is_an_empty_one_to_who_must_sell(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    rest(&at, MAKER, 1, PLM_SIDE_SELL, 85000, 1000);
    rest(&at, OTHER, 1, PLM_SIDE_SELL, 85010, 1000);
    assert_int_equal(close_account(&at), PLM_STAGE_AUCTION);
    assert_int_equal(at.sold, 0);
    assert_int_equal(at.book.ask_count, 2);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

// Only buyers: they are all that it needs.
static void
a_book_of_buyers_only_restores_who_must_sell(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    rest(&at, MAKER, 1, PLM_SIDE_BUY, 84990, 1000);
    assert_int_equal(close_account(&at), PLM_STAGE_RESTRICTED);
    assert_in_range(at.sold, 1, HELD - 1);
    assert_int_equal(at.paid_usd, 84990 * at.sold);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

// A bid stands above an ask, as after an outage: the order takes the bid, at the bid's price, and no ask.
static void
a_crossed_book_gives_the_better_price_to_who_must_sell(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    rest(&at, OTHER, 1, PLM_SIDE_SELL, 84900, 1000);
    rest(&at, MAKER, 1, PLM_SIDE_BUY, 85100, 1000);
    assert_int_equal(close_account(&at), PLM_STAGE_RESTRICTED);
    assert_in_range(at.sold, 1, HELD - 1);
    assert_int_equal(at.paid_usd, 85100 * at.sold);
    assert_int_equal(at.book.ask_count, 1);
    assert_int_equal(at.asks[0].lots, 1000);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

// Bids far below the index are one maker's: nothing is sold to it beyond the collar, whatever is left undone.
static void
one_maker_far_from_the_index_gets_nothing(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    rest(&at, MAKER, 1, PLM_SIDE_BUY, 60000, 1000);
    assert_int_equal(close_account(&at), PLM_STAGE_AUCTION);
    assert_int_equal(at.sold, 0);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

// One maker with a few lots: all are sold, 2,500 less 0.20 of equity is then above 6.3 % of 460 lots at 85, 2,463.30: a call.
static void
one_maker_who_shows_little_is_taken_up_and_the_owner_called(void **state) {
    (void)state;
    venue at;
    open_venue(&at);
    for (uint64_t id = 1; id <= CAPACITY; id += 1) {
        rest(&at, MAKER, id, PLM_SIDE_BUY, 84995, 5);
    }
    assert_int_equal(close_account(&at), PLM_STAGE_CALLED);
    assert_int_equal(at.sold, 5 * CAPACITY);
    assert_int_equal(at.paid_usd, 84995 * at.sold);
    assert_int_equal(at.book.bid_count, 0);
    assert_all_is_there(&at);
    ts_core_finish(&at.core);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_book_leads_to_an_auction_and_nothing_is_lost),
        cmocka_unit_test(a_book_of_sellers_only_is_an_empty_one_to_who_must_sell),
        cmocka_unit_test(a_book_of_buyers_only_restores_who_must_sell),
        cmocka_unit_test(a_crossed_book_gives_the_better_price_to_who_must_sell),
        cmocka_unit_test(one_maker_far_from_the_index_gets_nothing),
        cmocka_unit_test(one_maker_who_shows_little_is_taken_up_and_the_owner_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
