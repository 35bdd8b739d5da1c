/* test_portfolio_json.c: portfolios and changes become lots, exact costs and atoms.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "io/changes_json.h"
#include "io/json.h"
#include "io/market_json.h"
#include "io/portfolio_json.h"

#define CORPUS "test/fuzz/corpus/"

static pli_market_book book;

static int
open_book(void **state) {
    (void)state;
    return pli_market_read(CORPUS "market/full.json", &book, NULL) == PLM_OK ? 0 : -1;
}

static int
close_book(void **state) {
    (void)state;
    pli_book_finish(&book);
    return 0;
}

static pli_account_book
decode(const char *text) {
    pli_document document;
    plm_fault fault = {0};
    pli_account_book account = {0};
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = strlen(text)};
    plm_status status = pli_json_parse("p.json", bytes, &document, &fault);
    if (status == PLM_OK) {
        status = pli_portfolio_decode(&document, &book, &account, &fault);
        pli_document_finish(&document);
    }
    if (status != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    return account;
}

static void
the_example_of_the_format_page_decodes_to_its_numbers(void **state) {
    (void)state;
    pli_account_book account;
    plm_fault fault = {0};
    if (pli_portfolio_read(CORPUS "portfolio/full.json", &book, &account, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    assert_int_equal(account.group_count, 2);
    const pli_margin_group *cross = &account.groups[0];
    assert_string_equal(cross->name, "alice");
    const plm_portfolio *p = &cross->portfolio;
    assert_int_equal(p->balance_count, 2);
    assert_true(pli_i128_from_wide(p->balances[0].atoms) == 25000000000);
    assert_true(pli_i128_from_wide(p->balances[1].atoms) == 50000000);
    assert_int_equal(p->position_count, 3);
    assert_int_equal(p->positions[0].lots, 1500);
    assert_true(pli_i128_from_wide(p->positions[0].cost) == (pli_i128)1500 * 6300000000000);
    assert_int_equal(p->positions[0].accrued_micros, -12500000);
    // 200 lots of 10 USD short at 64,100: -2000 / 64100 = -0.031201248049921996... coin, rounded down.
    assert_int_equal(p->positions[1].lots, -200);
    assert_true(pli_i128_from_wide(p->positions[1].cost) == -31201248050);
    assert_int_equal(p->positions[2].lots, -20);
    assert_true(pli_i128_from_wide(p->positions[2].cost) == 0);
    assert_false(cross->entries[2].is_known);
    assert_int_equal(cross->entries[1].price_e8, 6410000000000);
    assert_int_equal(p->order_count, 1);
    assert_int_equal(p->orders[0].side, PLM_SIDE_BUY);
    assert_int_equal(p->orders[0].lots, 500);
    assert_int_equal(p->orders[0].limit_e8, 6200000000000);
    assert_string_equal(account.groups[1].name, "alice-lottery");
    assert_int_equal(account.groups[1].portfolio.positions[0].lots, 10);
    pli_account_finish(&account);
    pli_account_finish(&account);
}

static void
inverse_costs_round_against_both_sides(void **state) {
    (void)state;
    pli_account_book buyer = decode("{\"schema\":\"plimsoll-portfolio/1\",\"positions\":[{"
                                    "\"instrument\":\"BTC-USD-INV\",\"lots\":1,"
                                    "\"entry_price\":\"30000\"}]}");
    pli_account_book seller = decode("{\"schema\":\"plimsoll-portfolio/1\",\"positions\":[{"
                                     "\"instrument\":\"BTC-USD-INV\",\"lots\":-1,"
                                     "\"entry_price\":\"30000\"}]}");
    // 10 / 30000 = 0.000333333333333... coin.
    const plm_position *bought = &buyer.groups[0].portfolio.positions[0];
    const plm_position *sold = &seller.groups[0].portfolio.positions[0];
    assert_true(pli_i128_from_wide(bought->cost) == 333333333);
    assert_true(pli_i128_from_wide(sold->cost) == -333333334);
    assert_string_equal(buyer.groups[0].name, "portfolio");
    pli_account_finish(&buyer);
    pli_account_finish(&seller);
}

static void
a_cost_is_taken_as_written(void **state) {
    (void)state;
    pli_account_book account =
        decode("{\"schema\":\"plimsoll-portfolio/1\",\"balances\":{\"BTC\":-0.00000001},"
               "\"positions\":[{\"instrument\":\"BTC-PERP\",\"lots\":0,\"cost\":\"-12.00000001\"},"
               "{\"instrument\":\"BTC-USD-INV\",\"quantity\":\"20\",\"cost\":\"0.000000000001\"}],"
               "\"isolated\":[{},{}]}");
    const plm_portfolio *p = &account.groups[0].portfolio;
    assert_true(pli_i128_from_wide(p->positions[0].cost) == -1200000001);
    assert_true(pli_i128_from_wide(p->positions[1].cost) == 1);
    assert_int_equal(p->positions[1].lots, 2);
    assert_true(pli_i128_from_wide(p->balances[0].atoms) == -1);
    assert_string_equal(account.groups[1].name, "isolated-1");
    assert_string_equal(account.groups[2].name, "isolated-2");
    assert_int_equal(account.groups[2].portfolio.position_count, 0);
    pli_account_finish(&account);
}

static void
changes_come_as_trades_orders_transfers(void **state) {
    (void)state;
    pli_change_list list;
    plm_fault fault = {0};
    if (pli_changes_read(CORPUS "portfolio/changes.json", &book, &list, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    assert_int_equal(list.count, 3);
    assert_int_equal(list.changes[0].kind, PLM_CHANGE_TRADE);
    assert_int_equal(list.changes[0].trade.lots, -500);
    assert_int_equal(list.changes[0].trade.price_e8, 6400000000000);
    assert_int_equal(list.changes[0].trade.fee_micros, 16000000);
    assert_int_equal(list.changes[1].kind, PLM_CHANGE_ORDER);
    assert_int_equal(list.changes[1].order.side, PLM_SIDE_SELL);
    assert_int_equal(list.changes[2].kind, PLM_CHANGE_TRANSFER);
    assert_true(pli_i128_from_wide(list.changes[2].transfer.atoms) == -5000000000);
    pli_changes_finish(&list);
    pli_changes_finish(&list);
}

static void
a_trade_without_a_price_happens_at_the_mark(void **state) {
    (void)state;
    static const char text[] = "{\"schema\":\"plimsoll-changes/1\",\"trades\":[{\"instrument\":"
                               "\"BTC-PERP\",\"lots\":7}]}";
    pli_document document;
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)text, .size = sizeof text - 1};
    assert_int_equal(pli_json_parse("c.json", bytes, &document, NULL), PLM_OK);
    pli_change_list list;
    assert_int_equal(pli_changes_decode(&document, &book, &list, NULL), PLM_OK);
    assert_int_equal(list.changes[0].trade.price_e8, 6401200000000);
    assert_int_equal(list.changes[0].trade.fee_micros, 0);
    pli_changes_finish(&list);
    pli_document_finish(&document);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_page_decodes_to_its_numbers),
        cmocka_unit_test(inverse_costs_round_against_both_sides),
        cmocka_unit_test(a_cost_is_taken_as_written),
        cmocka_unit_test(changes_come_as_trades_orders_transfers),
        cmocka_unit_test(a_trade_without_a_price_happens_at_the_mark),
    };
    return cmocka_run_group_tests(tests, open_book, close_book);
}
