/* test_book.c: the price-time book: order of fills, bounds, and a naive twin.          SPDX-License-Identifier: Apache-2.0 */
#include "match/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"

enum { CAPACITY = 32, MATCHES = 8 };

typedef struct trading_desk {
    pli_book book;
    pli_book_order bids[CAPACITY], asks[CAPACITY];
} trading_desk;

static void
open_desk(trading_desk *desk) {
    pli_book_init(&desk->book, CAPACITY, desk->bids, desk->asks);
}

static pli_book_order
order_of(uint32_t account, uint64_t id, plm_side side, int64_t limit_e8, int64_t lots) {
    return (pli_book_order){
        .account = account, .order_id = id, .side = side, .limit_e8 = limit_e8, .lots = lots};
}

static bool
rest(trading_desk *desk, uint32_t account, uint64_t id, plm_side side, int64_t limit_e8,
     int64_t lots) {
    pli_book_order order = order_of(account, id, side, limit_e8, lots);
    return pli_book_rest(&desk->book, &order);
}

static void
better_prices_fill_first_and_then_earlier_orders(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    assert_true(rest(&desk, 1, 1, PLM_SIDE_SELL, 101, 5));
    assert_true(rest(&desk, 2, 1, PLM_SIDE_SELL, 100, 5));
    assert_true(rest(&desk, 3, 1, PLM_SIDE_SELL, 100, 5));
    assert_true(rest(&desk, 4, 1, PLM_SIDE_SELL, 102, 5));
    pli_book_order taker = order_of(9, 7, PLM_SIDE_BUY, 101, 12);
    pli_book_match matches[MATCHES];
    assert_int_equal(pli_book_cross(&desk.book, &taker, matches, MATCHES), 3);
    assert_int_equal(matches[0].account, 2);
    assert_int_equal(matches[0].price_e8, 100);
    assert_int_equal(matches[1].account, 3);
    assert_int_equal(matches[2].account, 1);
    assert_int_equal(matches[2].lots, 2);
    assert_int_equal(matches[2].price_e8, 101);
    assert_int_equal(pli_book_cross(&desk.book, &taker, matches, 1), 1);
}

static void
bids_are_met_from_the_highest(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    assert_true(rest(&desk, 1, 1, PLM_SIDE_BUY, 99, 1));
    assert_true(rest(&desk, 2, 1, PLM_SIDE_BUY, 100, 1));
    assert_true(rest(&desk, 3, 1, PLM_SIDE_BUY, 98, 1));
    pli_book_order taker = order_of(9, 7, PLM_SIDE_SELL, 99, 10);
    pli_book_match matches[MATCHES];
    assert_int_equal(pli_book_cross(&desk.book, &taker, matches, MATCHES), 2);
    assert_int_equal(matches[0].account, 2);
    assert_int_equal(matches[1].account, 1);
    int64_t best = 0;
    assert_true(pli_book_best(&desk.book, PLM_SIDE_BUY, &best));
    assert_int_equal(best, 100);
    assert_false(pli_book_best(&desk.book, PLM_SIDE_SELL, &best));
}

static void
an_order_never_meets_its_own_account(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    assert_true(rest(&desk, 1, 1, PLM_SIDE_SELL, 100, 5));
    assert_true(rest(&desk, 2, 1, PLM_SIDE_SELL, 100, 5));
    pli_book_order taker = order_of(1, 7, PLM_SIDE_BUY, 100, 10);
    pli_book_match matches[MATCHES];
    assert_int_equal(pli_book_cross(&desk.book, &taker, matches, MATCHES), 1);
    assert_int_equal(matches[0].account, 2);
    assert_int_equal(desk.book.ask_count, 2);
}

static void
what_does_not_fit_changes_nothing(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    for (uint64_t i = 0; i < CAPACITY; i += 1) {
        assert_true(rest(&desk, 1, i, PLM_SIDE_BUY, 100, 1));
    }
    assert_false(rest(&desk, 1, CAPACITY, PLM_SIDE_BUY, 100, 1));
    assert_true(rest(&desk, 1, CAPACITY, PLM_SIDE_SELL, 101, 1));
    assert_false(rest(&desk, 1, CAPACITY, PLM_SIDE_SELL, 102, 1));
    assert_false(rest(&desk, 2, 1, PLM_SIDE_SELL, 102, 0));
    assert_false(pli_book_fill(&desk.book, 1, 0, 2));
    assert_false(pli_book_fill(&desk.book, 1, 0, 0));
    assert_false(pli_book_fill(&desk.book, 2, 0, 1));
    assert_false(pli_book_remove(&desk.book, 2, 0));
    assert_int_equal(desk.book.bid_count, CAPACITY);
    assert_int_equal(pli_book_clear(&desk.book, 1), CAPACITY + 1);
    assert_int_equal(desk.book.bid_count + desk.book.ask_count, 0);
}

static void
levels_add_up_what_rests_at_one_price(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    assert_true(rest(&desk, 1, 1, PLM_SIDE_SELL, 101, 5));
    assert_true(rest(&desk, 2, 1, PLM_SIDE_SELL, 100, 2));
    assert_true(rest(&desk, 3, 1, PLM_SIDE_SELL, 101, 4));
    assert_true(rest(&desk, 3, 2, PLM_SIDE_SELL, 103, 4));
    pli_book_level levels[MATCHES];
    assert_int_equal(pli_book_levels(&desk.book, PLM_SIDE_SELL, levels, MATCHES), 3);
    assert_int_equal(levels[0].price_e8, 100);
    assert_int_equal(levels[1].price_e8, 101);
    assert_int_equal(levels[1].lots, 9);
    assert_int_equal(pli_book_levels(&desk.book, PLM_SIDE_SELL, levels, 2), 2);
    assert_int_equal(levels[1].lots, 9);
}

static void
an_order_shrinks_to_what_its_reservation_covers(void **state) {
    (void)state;
    trading_desk desk;
    open_desk(&desk);
    assert_true(rest(&desk, 1, 1, PLM_SIDE_SELL, 100, 5));
    assert_true(pli_book_keep(&desk.book, 1, 1, 9));
    assert_int_equal(desk.asks[0].lots, 5);
    assert_true(pli_book_keep(&desk.book, 1, 1, 2));
    assert_int_equal(desk.asks[0].lots, 2);
    assert_true(pli_book_keep(&desk.book, 1, 1, 0));
    assert_int_equal(desk.book.ask_count, 0);
    assert_false(pli_book_keep(&desk.book, 1, 1, 0));
}

// The twin: an unsorted table, and the best order found by looking at all of them.
static uint32_t
twin_best(const pli_book_order *orders, uint32_t count, plm_side side, uint32_t not_of) {
    uint32_t best = count;
    for (uint32_t i = 0; i < count; i += 1) {
        if (orders[i].side != side || orders[i].lots == 0 || orders[i].account == not_of) {
            continue;
        }
        int64_t sign = side == PLM_SIDE_BUY ? -1 : 1;
        if (best == count || sign * orders[i].limit_e8 < sign * orders[best].limit_e8) {
            best = i;
        }
    }
    return best;
}

static void
random_business_fills_as_a_naive_twin_does(void **state) {
    (void)state;
    enum { STEPS = 4000 };
    static pli_book_order twin[STEPS];
    uint32_t twins = 0;
    trading_desk desk;
    open_desk(&desk);
    pli_prng prng = pli_prng_init(5);
    for (uint32_t step = 0; step < STEPS; step += 1) {
        plm_side side = pli_prng_below(&prng, 2) == 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL;
        plm_side other = side == PLM_SIDE_BUY ? PLM_SIDE_SELL : PLM_SIDE_BUY;
        pli_book_order order =
            order_of((uint32_t)pli_prng_below(&prng, 4), step, side,
                     pli_prng_range_i64(&prng, 95, 105), pli_prng_range_i64(&prng, 1, 9));
        pli_book_match match;
        while (order.lots > 0 && pli_book_cross(&desk.book, &order, &match, 1) == 1) {
            uint32_t best = twin_best(twin, twins, other, order.account);
            assert_true(best < twins);
            assert_int_equal(match.order_id, twin[best].order_id);
            assert_int_equal(match.price_e8, twin[best].limit_e8);
            assert_true(pli_book_fill(&desk.book, match.account, match.order_id, match.lots));
            twin[best].lots -= match.lots;
            order.lots -= match.lots;
        }
        uint32_t best = twin_best(twin, twins, other, order.account);
        int64_t sign = side == PLM_SIDE_BUY ? 1 : -1;
        assert_true(order.lots == 0 || best == twins ||
                    sign * twin[best].limit_e8 > sign * order.limit_e8);
        if (pli_book_rest(&desk.book, &order)) {
            twin[twins] = order;
            twins += 1;
        }
    }
    assert_true(twins > 100);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(better_prices_fill_first_and_then_earlier_orders),
        cmocka_unit_test(bids_are_met_from_the_highest),
        cmocka_unit_test(an_order_never_meets_its_own_account),
        cmocka_unit_test(what_does_not_fit_changes_nothing),
        cmocka_unit_test(levels_add_up_what_rests_at_one_price),
        cmocka_unit_test(an_order_shrinks_to_what_its_reservation_covers),
        cmocka_unit_test(random_business_fills_as_a_naive_twin_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
