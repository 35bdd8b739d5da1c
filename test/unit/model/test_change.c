/* test_change.c: what trades, orders and transfers do to a portfolio, by hand.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "model/change.h"
#include "support/desk.h"

#include <cmocka.h>

static const int64_t e8 = 100000000;

typedef struct tables {
    plm_position positions[2];
    plm_order orders[1];
    plm_balance balances[2];
    pli_portfolio_draft draft;
} tables;

static void
start(tables *t, const ts_desk *desk) {
    t->draft = (pli_portfolio_draft){.position_capacity = 2,
                                     .order_capacity = 1,
                                     .balance_capacity = 2,
                                     .positions = t->positions,
                                     .orders = t->orders,
                                     .balances = t->balances};
    assert_int_equal(pli_draft_init(&t->draft, &desk->portfolio, NULL), PLM_OK);
}

static plm_change
trade(uint32_t instrument, int64_t lots, int64_t price_e8, int64_t fee) {
    return (plm_change){.kind = PLM_CHANGE_TRADE, .trade = {instrument, lots, price_e8, fee}};
}

static int64_t
atoms_of(const tables *t, uint32_t asset) {
    for (uint32_t i = 0; i < t->draft.balance_count; i += 1) {
        if (t->balances[i].asset_index == asset) {
            return (int64_t)pli_i128_from_wide(t->balances[i].atoms);
        }
    }
    return 0;
}

/* Bought 10 at 10,000, sold 10 at 10,100: flat, and the cost left over is minus the profit of 1,000 lots x price. */
static void
a_round_trip_leaves_its_profit_in_the_cost(void **state) {
    (void)state;
    static ts_desk desk;
    tables t;
    ts_desk_init(&desk);
    start(&t, &desk);
    plm_change in = trade(TS_PERP, 10, 10000 * e8, 0);
    plm_change out = trade(TS_PERP, -10, 10100 * e8, 2500000);
    assert_int_equal(pli_draft_apply(&t.draft, &in, 0, &desk.listing, NULL), PLM_OK);
    assert_int_equal(pli_draft_apply(&t.draft, &out, 1, &desk.listing, NULL), PLM_OK);
    assert_int_equal(t.draft.position_count, 1);
    assert_int_equal(t.positions[0].lots, 0);
    assert_int_equal((int64_t)pli_i128_from_wide(t.positions[0].cost), -1000 * e8);
    assert_int_equal(atoms_of(&t, TS_USD), -2500000);
}

/* Inverse: 3 lots of 10 USD at 7,000 cost 30 / 7,000 = 0.004285714285714... BTC, rounded down in 1e-12. */
static void
an_inverse_fill_books_coin_against_the_account(void **state) {
    (void)state;
    static ts_desk desk;
    tables t;
    ts_desk_init(&desk);
    start(&t, &desk);
    plm_change in = trade(TS_INVERSE, 3, 7000 * e8, 0);
    assert_int_equal(pli_draft_apply(&t.draft, &in, 0, &desk.listing, NULL), PLM_OK);
    assert_int_equal((int64_t)pli_i128_from_wide(t.positions[0].cost), INT64_C(4285714285));
    plm_change out = trade(TS_INVERSE, -3, 7000 * e8, 0);
    assert_int_equal(pli_draft_apply(&t.draft, &out, 1, &desk.listing, NULL), PLM_OK);
    assert_int_equal((int64_t)pli_i128_from_wide(t.positions[0].cost), -1);
}

/* A premium moves with the trade: 7 lots of 0.01 at 400.00000001 cost 28.0000000007, up to the atom; a sale gets less. */
static void
premiums_are_paid_up_and_received_down(void **state) {
    (void)state;
    static ts_desk desk;
    tables t;
    ts_desk_init(&desk);
    start(&t, &desk);
    plm_change buy = trade(TS_CALL, 7, 400 * e8 + 1, 0);
    assert_int_equal(pli_draft_apply(&t.draft, &buy, 0, &desk.listing, NULL), PLM_OK);
    assert_int_equal(atoms_of(&t, TS_USD), -28000001);
    plm_change sell = trade(TS_CALL, -7, 400 * e8 + 1, 0);
    assert_int_equal(pli_draft_apply(&t.draft, &sell, 1, &desk.listing, NULL), PLM_OK);
    assert_int_equal(atoms_of(&t, TS_USD), -1);
    assert_int_equal((int64_t)pli_i128_from_wide(t.positions[0].cost), 0);
}

static void
orders_and_transfers_join(void **state) {
    (void)state;
    static ts_desk desk;
    tables t;
    ts_desk_init(&desk);
    ts_desk_fund(&desk, TS_USD, 5);
    start(&t, &desk);
    plm_change order = {.kind = PLM_CHANGE_ORDER,
                        .order = {TS_PERP, PLM_SIDE_SELL, 4, 9000 * e8, false}};
    plm_change transfer = {.kind = PLM_CHANGE_TRANSFER,
                           .transfer = {TS_USD, pli_wide_from_i128(-8)}};
    assert_int_equal(pli_draft_apply(&t.draft, &order, 0, &desk.listing, NULL), PLM_OK);
    assert_int_equal(pli_draft_apply(&t.draft, &transfer, 1, &desk.listing, NULL), PLM_OK);
    assert_int_equal(t.draft.order_count, 1);
    assert_int_equal(atoms_of(&t, TS_USD), -3);
    assert_int_equal(pli_draft_apply(&t.draft, &order, 2, &desk.listing, NULL), PLM_LIMIT);
}

static void
malformed_changes_are_refused(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    const struct {
        plm_change change;
        plm_status status;
    } cases[] = {
        {trade(TS_PERP, 0, 10000 * e8, 0), PLM_PORTFOLIO_INVALID},
        {trade(TS_PERP, 1, -1, 0), PLM_PORTFOLIO_INVALID},
        {trade(TS_PERP, 1, 10000 * e8, -1), PLM_PORTFOLIO_INVALID},
        {trade(TS_PERP, PLM_LOTS_MAX + 1, 10000 * e8, 0), PLM_PORTFOLIO_INVALID},
        {trade(TS_INVERSE, 1, 0, 0), PLM_PORTFOLIO_INVALID},
        {trade(99, 1, 10000 * e8, 0), PLM_INDEX_UNKNOWN},
        {{.kind = PLM_CHANGE_TRANSFER, .transfer = {9, {1, 0}}}, PLM_INDEX_UNKNOWN},
        {{.kind = PLM_CHANGE_ORDER, .order = {TS_PERP, (plm_side)3, 1, 1, false}},
         PLM_PORTFOLIO_INVALID},
        {{.kind = (plm_change_kind)0}, PLM_PORTFOLIO_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        tables t;
        plm_fault fault = {0};
        start(&t, &desk);
        assert_int_equal(pli_draft_apply(&t.draft, &cases[i].change, 0, &desk.listing, &fault),
                         cases[i].status);
        assert_true(fault.text[0] != '\0');
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_trip_leaves_its_profit_in_the_cost),
        cmocka_unit_test(an_inverse_fill_books_coin_against_the_account),
        cmocka_unit_test(premiums_are_paid_up_and_received_down),
        cmocka_unit_test(orders_and_transfers_join),
        cmocka_unit_test(malformed_changes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
