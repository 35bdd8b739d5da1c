/* test_naive.c: the books that believe everybody do what is said of them.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "sim/naive.h"

enum { LOSER, WINNER, BYSTANDER, ACCOUNTS };
#define UNIT INT64_C(1000000) /* atoms of the currency; micros too */
#define E8 INT64_C(100000000)

static _Alignas(64) unsigned char block[8192];
static const plm_asset assets[1] = {{.underlying_index = PLM_NONE, .decimals = 6}};
static const plm_instrument instruments[1] = {{.kind = PLM_KIND_PERPETUAL,
                                               .settlement = PLM_SETTLEMENT_LINEAR,
                                               .underlying_index = 0,
                                               .settlement_asset_index = 0,
                                               .lot_e8 = E8}};

static pli_naive
make(void) {
    pli_naive made;
    pli_arena arena = pli_arena_init(block, sizeof block);
    pli_naive_take(&arena, ACCOUNTS, 1, 1, 1, &made);
    assert_true(pli_arena_is_ok(&arena));
    pli_naive_clear(&made);
    made.listing = (plm_listing){
        .asset_count = 1, .instrument_count = 1, .assets = assets, .instruments = instruments};
    made.terms = (pli_naive_terms){.initial_ppm = 100000, .maintenance_ppm = 50000};
    made.client_count = ACCOUNTS;
    made.is_open = true;
    return made;
}

static void
say(pli_naive *naive, int64_t price) {
    naive->prices_e8[0] = naive->marks_e8[0] = price * E8;
}

static plm_reject
money(pli_naive *naive, plm_event_type type, uint32_t account, int64_t units) {
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.account = account;
    event.deposit_body.atoms = pli_wide_from_i128((pli_i128)units * UNIT);
    return pli_naive_apply(naive, &event);
}

static plm_reject
trade(pli_naive *naive, int64_t lots, int64_t price) {
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = PLM_EVENT_TYPE_TRADE;
    event.header.account = LOSER;
    event.trade_body.maker_account = WINNER;
    event.trade_body.lots = lots;
    event.trade_body.price_e8 = price * E8;
    return pli_naive_apply(naive, &event);
}

static pli_naive
open_world(void) {
    pli_naive made = make();
    say(&made, 10);
    assert_int_equal(money(&made, PLM_EVENT_TYPE_DEPOSIT, LOSER, 100), PLM_REJECT_NONE);
    assert_int_equal(money(&made, PLM_EVENT_TYPE_DEPOSIT, WINNER, 100), PLM_REJECT_NONE);
    assert_int_equal(money(&made, PLM_EVENT_TYPE_DEPOSIT, BYSTANDER, 500), PLM_REJECT_NONE);
    return made;
}

static void
an_order_is_asked_for_its_flat_fraction_unless_nothing_is_asked(void **state) {
    (void)state;
    pli_naive naive = open_world();
    assert_int_equal(trade(&naive, 101, 10), PLM_REJECT_HEALTH); // 101 * 10 * 10 % > 100
    assert_int_equal(trade(&naive, 100, 10), PLM_REJECT_NONE);
    assert_int_equal(trade(&naive, 1000, 10), PLM_REJECT_HEALTH);
    naive.terms.takes_any_order = true;
    assert_int_equal(trade(&naive, 1000, 10), PLM_REJECT_NONE);
}

static void
profits_leave_before_anybody_has_lost_them(void **state) {
    (void)state;
    pli_naive naive = open_world();
    assert_int_equal(trade(&naive, 100, 10), PLM_REJECT_NONE);
    say(&naive, 5); // the winner has 100 + 500 and the loser -400
    assert_true(pli_naive_worth(&naive, WINNER) == 600 * UNIT);
    assert_true(pli_naive_worth(&naive, LOSER) == -400 * UNIT);
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_WITHDRAW, WINNER, 600), PLM_REJECT_HEALTH);
    naive.terms.pays_paper_gains = true;
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_WITHDRAW, WINNER, 600), PLM_REJECT_NONE);
    // 700 came in, 600 are gone: the bystander gets 100 of his 500
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_WITHDRAW, BYSTANDER, 500), PLM_REJECT_NONE);
    assert_true(naive.short_atoms == 400 * UNIT);
    assert_true(naive.vault[0] == 0);
}

static void
paper_gains_do_not_count_where_they_are_ignored(void **state) {
    (void)state;
    pli_naive naive = open_world();
    assert_int_equal(trade(&naive, 100, 10), PLM_REJECT_NONE);
    say(&naive, 5);
    naive.terms.ignores_paper_gains = true;
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_WITHDRAW, WINNER, 51), PLM_REJECT_HEALTH);
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_WITHDRAW, WINNER, 50), PLM_REJECT_NONE);
}

static void
a_flag_exempts_and_a_price_of_zero_makes_everybody_due(void **state) {
    (void)state;
    pli_naive naive = open_world();
    assert_int_equal(trade(&naive, 10, 10), PLM_REJECT_NONE);
    assert_false(pli_naive_is_due(&naive, LOSER));
    say(&naive, 1);
    assert_false(pli_naive_is_due(&naive, LOSER)); // 10 left, 0.5 wanted
    say(&naive, 0);
    assert_true(pli_naive_is_due(&naive, LOSER));
    naive.is_exempt[LOSER] = true;
    assert_false(pli_naive_is_due(&naive, LOSER));
    assert_false(pli_naive_is_due(&naive, BYSTANDER));
}

static void
a_loan_leaves_and_is_due_when_collateral_falls(void **state) {
    (void)state;
    pli_naive naive = open_world();
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_BORROW, LOSER, 101), PLM_REJECT_HEALTH);
    assert_int_equal(money(&naive, PLM_EVENT_TYPE_BORROW, LOSER, 100), PLM_REJECT_NONE);
    assert_true(naive.vault[0] == 600 * UNIT);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_asked_for_its_flat_fraction_unless_nothing_is_asked),
        cmocka_unit_test(profits_leave_before_anybody_has_lost_them),
        cmocka_unit_test(paper_gains_do_not_count_where_they_are_ignored),
        cmocka_unit_test(a_flag_exempts_and_a_price_of_zero_makes_everybody_due),
        cmocka_unit_test(a_loan_leaves_and_is_due_when_collateral_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
