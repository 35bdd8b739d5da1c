/* test_position.c: transfers of positions, realised marks and open orders.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/books.h"

#define USD INT64_C(1000000)
#define PRICE(x) ((x)*TS_B_E8)
#define OK PLM_REJECT_NONE

static ts_books w;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 6);
    for (uint32_t i = 0; i < 4; i += 1) {
        assert_int_equal(ts_deposit(&w, i, TS_B_USD, 1000 * USD), OK);
        assert_int_equal(ts_deposit(&w, i, TS_B_BTC, TS_B_E8), OK);
    }
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

// 3 lots that cost 10: one moves with 3, the sender keeps 7; of -10 it is -3.
static void
transferred_cost_is_rounded_towards_zero(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 1, 4), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 2, 3), OK);
    assert_int_equal(ts_position_transfer(&w, 0, 2, TS_B_FUTURE, 1), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_FUTURE), 7);
    assert_int_equal(ts_cost(&w, 2, TS_B_FUTURE), 3);
    assert_int_equal(ts_position_transfer(&w, 1, 3, TS_B_FUTURE, -1), OK);
    assert_int_equal(ts_cost(&w, 1, TS_B_FUTURE), -7);
    assert_int_equal(ts_cost(&w, 3, TS_B_FUTURE), -3);
    assert_int_equal(ts_position_transfer(&w, 0, 2, TS_B_FUTURE, 2), OK);
    assert_null(pli_position_find(&w.ledger, 0, TS_B_FUTURE));
    assert_int_equal(ts_cost(&w, 2, TS_B_FUTURE), 10);
    assert_int_equal(w.ledger.markets[TS_B_FUTURE].open_interest, 3);
}

// Long 5 at 60 into short 2 at 50: two lots close at 60, a loss of 20 USD; three lots at 60 stay.
static void
transfer_into_the_other_sign_realises_at_the_moved_cost(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 5, PRICE(60)), OK);
    assert_int_equal(ts_trade(&w, 2, 1, TS_B_FUTURE, -2, PRICE(50)), OK);
    assert_int_equal(ts_position_transfer(&w, 0, 2, TS_B_FUTURE, 5), OK);
    assert_int_equal(ts_lots(&w, 2, TS_B_FUTURE), 3);
    assert_int_equal(ts_cost(&w, 2, TS_B_FUTURE), 3 * PRICE(60));
    assert_int_equal(ts_atoms(&w, 2, TS_B_USD), 980 * USD);
    assert_int_equal(w.ledger.markets[TS_B_FUTURE].open_interest, 3);
}

static void
transfer_is_refused_with_the_first_reason(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 5, PRICE(60)), OK);
    assert_int_equal(ts_position_transfer(&w, 0, 0, 99, 0), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_position_transfer(&w, 0, 0, TS_B_FUTURE, 0), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_position_transfer(&w, 0, 0, TS_B_FUTURE, -1), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_position_transfer(&w, 0, 0, TS_B_FUTURE, 6), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_position_transfer(&w, 1, 0, TS_B_FUTURE, 1), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_position_transfer(&w, 1, 0, TS_B_FUTURE, -6), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_position_transfer(&w, 0, 6, TS_B_FUTURE, 5), PLM_REJECT_ACCOUNT_UNKNOWN);
    assert_int_equal(ts_position_transfer(&w, 0, 0, TS_B_FUTURE, 5), PLM_REJECT_SAME_ACCOUNT);
    assert_int_equal(ts_position_transfer(&w, 0, 5, TS_B_FUTURE, 5), PLM_REJECT_ACCOUNT_FOREIGN);
    assert_int_equal(ts_trade(&w, 2, 3, TS_B_FUTURE, PLM_LOTS_MAX, 1), OK);
    assert_int_equal(ts_position_transfer(&w, 0, 2, TS_B_FUTURE, 5), PLM_REJECT_QUANTITY);
}

static void
settled_profit_is_what_the_mark_says(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 10, PRICE(10000)), OK);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, PRICE(11000)), OK);
    assert_int_equal(ts_unsettled(&w, 0, TS_B_PERP), 10 * USD);
    assert_int_equal(ts_cost(&w, 0, TS_B_PERP), 10 * PRICE(11000));
    assert_int_equal(ts_lots(&w, 0, TS_B_PERP), 10);
    assert_int_equal(w.ledger.markets[TS_B_PERP].open_interest, 10);
    // Nobody has paid yet: the loser still holds his position.
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1000 * USD);
    assert_int_equal(ts_settle_profit(&w, 1, TS_B_PERP, PRICE(11000)), OK);
    assert_int_equal(ts_atoms(&w, 1, TS_B_USD), 990 * USD);
    assert_int_equal(ts_books_touch(&w, 0), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 1010 * USD);
}

// 3 inverse lots: 30 / 11,000 = 0.002727272727.27 coin. New cost of the long is the ceiling, of the short minus the floor.
static void
settled_coin_profit_is_rounded_against_the_account(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_INVERSE, 3, PRICE(10000)), OK);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_INVERSE, PRICE(11000)), OK);
    assert_int_equal(ts_cost(&w, 0, TS_B_INVERSE), INT64_C(2727272728));
    assert_int_equal(ts_settle_profit(&w, 1, TS_B_INVERSE, PRICE(11000)), OK);
    assert_int_equal(ts_cost(&w, 1, TS_B_INVERSE), -INT64_C(2727272727));
    // 3,000,000,000 - 2,727,272,728 = 272,727,272 units: 27,272 atoms for one, 27,273 from the other.
    assert_int_equal(ts_unsettled(&w, 0, TS_B_INVERSE), 27272);
    assert_int_equal(ts_atoms(&w, 1, TS_B_BTC), TS_B_E8 - 27273);
}

static void
profit_is_settled_only_where_there_is_one(void **state) {
    (void)state;
    assert_int_equal(ts_settle_profit(&w, 0, 99, 1), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, 1), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_CALL, 1, 1), OK);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_CALL, 1), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 1, 1), OK);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, 0), PLM_REJECT_MARK);
    plm_event event = {.header.type = PLM_EVENT_TYPE_SETTLE_PROFIT};
    event.settle_profit_body = (plm_event_settle_profit){TS_B_PERP, 0};
    assert_int_equal(ts_books_apply(&w, 0, &event), PLM_REJECT_MARK);
}

// 1,000 USD each, 2,000 lost at the mark: asking for the loss would be a loan of 1,000 without a limit.
static void
settled_loss_is_no_way_past_the_borrow_cap(void **state) {
    (void)state;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 10, PRICE(300000)), OK);
    w.ledger.assets[TS_B_USD].borrow_cap = 1000 * USD - 1;
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, PRICE(100000)), PLM_REJECT_BORROW_LIMIT);
    w.ledger.assets[TS_B_USD].borrow_cap = 1000 * USD;
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, PRICE(100000)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), -1000 * USD);
}

// What others owe beyond the cap is nothing to an account that pays its loss to the last atom and owes none.
static void
settled_loss_that_is_paid_in_full_needs_no_room_below_the_cap(void **state) {
    (void)state;
    assert_int_equal(ts_borrow(&w, 2, TS_B_USD, 1001 * USD), OK);
    w.ledger.assets[TS_B_USD].borrow_cap = 0;
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_PERP, 10, PRICE(300000)), OK);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, PRICE(200000)), OK);
    assert_int_equal(ts_atoms(&w, 0, TS_B_USD), 0);
    assert_int_equal(ts_settle_profit(&w, 0, TS_B_PERP, PRICE(199999)), PLM_REJECT_BORROW_LIMIT);
}

static plm_reject
release(uint64_t order_id, int64_t lots) {
    plm_event event = {.header.type = PLM_EVENT_TYPE_RELEASE};
    event.release_body = (plm_event_release){order_id, lots};
    return ts_books_apply(&w, 0, &event);
}

static void
orders_are_kept_by_id_and_released_in_parts(void **state) {
    (void)state;
    assert_int_equal(ts_reserve(&w, 0, 9, TS_B_PERP, 5, 1), OK);
    assert_int_equal(ts_reserve(&w, 0, 3, TS_B_PERP, -5, 1), OK);
    assert_int_equal(ts_reserve(&w, 0, UINT64_MAX, TS_B_FUTURE, 1, -1), OK);
    assert_int_equal(pli_ledger_orders(&w.ledger, 0)[0].order_id, 3);
    assert_int_equal(pli_ledger_orders(&w.ledger, 0)[1].order_id, 9);
    assert_int_equal(ts_reserve(&w, 0, 9, TS_B_PERP, 5, 1), PLM_REJECT_ORDER_DUPLICATE);
    assert_int_equal(ts_reserve(&w, 0, 0, TS_B_PERP, 5, 1), PLM_REJECT_ORDER_DUPLICATE);
    assert_int_equal(ts_reserve(&w, 0, 4, TS_B_PERP, 5, 0), PLM_REJECT_PRICE);
    assert_int_equal(ts_reserve(&w, 0, 4, TS_B_PERP, 0, 0), PLM_REJECT_QUANTITY);
    assert_int_equal(ts_reserve(&w, 0, 4, 99, 0, 0), PLM_REJECT_INSTRUMENT_UNKNOWN);
    assert_int_equal(release(4, 0), PLM_REJECT_ORDER_UNKNOWN);
    assert_int_equal(release(9, 6), PLM_REJECT_QUANTITY);
    assert_int_equal(release(9, -1), PLM_REJECT_QUANTITY);
    assert_int_equal(release(9, 2), OK);
    assert_int_equal(pli_ledger_orders(&w.ledger, 0)[1].lots, 3);
    assert_int_equal(release(9, 3), OK);
    assert_int_equal(release(3, 0), OK);
    assert_int_equal(w.ledger.accounts[0].order_count, 1);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(transferred_cost_is_rounded_towards_zero, setup, teardown),
        cmocka_unit_test_setup_teardown(transfer_into_the_other_sign_realises_at_the_moved_cost,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(transfer_is_refused_with_the_first_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(settled_profit_is_what_the_mark_says, setup, teardown),
        cmocka_unit_test_setup_teardown(settled_coin_profit_is_rounded_against_the_account, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(settled_loss_is_no_way_past_the_borrow_cap, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            settled_loss_that_is_paid_in_full_needs_no_room_below_the_cap, setup, teardown),
        cmocka_unit_test_setup_teardown(profit_is_settled_only_where_there_is_one, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_are_kept_by_id_and_released_in_parts, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
