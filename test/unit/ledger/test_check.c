/* test_check.c: the check of the books sees every kind of damage.                     SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/books.h"

#define OK PLM_REJECT_NONE

static ts_books w;
static pli_market_book *market;
static pli_asset_book *usd;
static pli_position *position; /* of account 1: short, with a loss that is not collected */
static pli_position *claimant; /* of account 0: a claim */
static pli_balance *balance;

static int
setup(void **state) {
    (void)state;
    ts_books_init(&w, 4);
    assert_int_equal(ts_deposit(&w, 0, TS_B_USD, 1000), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, 3, 100000), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -1, 150000), OK);
    assert_int_equal(ts_trade(&w, 0, 1, TS_B_FUTURE, -1, 150033), OK);
    assert_int_equal(ts_trade(&w, 2, 3, TS_B_CALL, 1, 0), OK);
    assert_int_equal(ts_reserve(&w, 0, 4, TS_B_PERP, 1, 1), OK);
    assert_int_equal(ts_reserve(&w, 0, 5, TS_B_PERP, 1, 1), OK);
    market = &w.ledger.markets[TS_B_FUTURE];
    usd = &w.ledger.assets[TS_B_USD];
    position = pli_position_find(&w.ledger, 1, TS_B_FUTURE);
    claimant = pli_position_find(&w.ledger, 0, TS_B_FUTURE);
    balance = pli_balance_find(&w.ledger, 0, TS_B_USD);
    return 0;
}

static int
teardown(void **state) {
    (void)state;
    ts_books_finish(&w);
    return 0;
}

// The check answers this tag while the value is another one, and nothing once it is back.
static void
assert_seen(pli_i128 *value, pli_i128 damage, const char *tag) {
    pli_i128 sound = *value;
    *value = damage;
    const char *broken = pli_ledger_check(&w.ledger);
    if (broken == NULL || strncmp(broken, tag, strlen(tag)) != 0) {
        fail_msg("%s expected, not: %s", tag, broken != NULL ? broken : "nothing");
    }
    *value = sound;
    assert_null(pli_ledger_check(&w.ledger));
}

static void
money_out_of_nowhere_is_seen(void **state) {
    (void)state;
    for (int i = 0; i < PLI_NAMED_COUNT; i += 1) {
        assert_seen(&usd->named[i], usd->named[i] - 1, "L1");
    }
    assert_seen(&market->clearing, market->clearing + 1, "L1");
    assert_seen(&balance->atoms, balance->atoms + 1, "L1");
    assert_seen(&usd->lent, usd->lent + 1, "L3");
    assert_seen(&usd->borrowed, usd->borrowed - 1, "L3");
}

static void
funds_of_the_wrong_sign_are_seen(void **state) {
    (void)state;
    static const pli_named funds[] = {PLI_NAMED_FEES, PLI_NAMED_INSURANCE, PLI_NAMED_RESIDUE};
    for (int i = 0; i < 3; i += 1) {
        pli_i128 held = usd->named[funds[i]];
        usd->named[funds[i]] = -5;
        usd->named[PLI_NAMED_INTEREST] += held + 5;
        assert_string_equal(pli_ledger_check(&w.ledger), "L4: a named account has the wrong sign");
        usd->named[PLI_NAMED_INTEREST] -= held + 5;
        usd->named[funds[i]] = held;
    }
    assert_null(pli_ledger_check(&w.ledger));
}

static void
costs_lots_and_totals_that_do_not_match_are_seen(void **state) {
    (void)state;
    assert_seen(&position->cost, position->cost + 1, "L3");
    assert_seen(&market->cost_total, market->cost_total + 1, "L2");
    assert_seen(&market->profit_total, market->profit_total + 1, "L2");
    assert_seen(&market->settled_cost, 1, "L2");
    assert_seen(&market->dust, -1, "LEDGER-3");
    assert_seen(&market->dust, (pli_i128)1 << 100, "LEDGER-3");
    position->lots -= 1;
    assert_string_equal(pli_ledger_check(&w.ledger), "L2: lots do not sum to 0");
    position->lots += 1;
    market->open_interest += 1;
    assert_non_null(pli_ledger_check(&w.ledger));
    market->open_interest -= 1;
    market->phase = PLI_PHASE_SETTLING;
    assert_non_null(pli_ledger_check(&w.ledger));
    market->phase = PLI_PHASE_SETTLED;
    assert_non_null(pli_ledger_check(&w.ledger));
    market->phase = PLI_PHASE_ACTIVE;
    assert_null(pli_ledger_check(&w.ledger));
}

static void
claims_beyond_what_was_paid_are_seen(void **state) {
    (void)state;
    assert_seen(&market->assigned, market->collected + market->committed + 1, "M10");
    assert_seen(&market->collected, -1, "M10");
    pli_cohort *cohort = &market->cohorts[0];
    assert_seen(&cohort->amount, cohort->amount + 1, "LEDGER-7");
    assert_seen(&cohort->received, cohort->amount + 1, "LEDGER-7");
    assert_seen(&market->cohorts[1].received, 1, "LEDGER-7");
    assert_seen(&market->cohorts[9].amount, 1, "LEDGER-7");
    assert_seen(&claimant->senior.amount, 0, "LEDGER-7");
    assert_seen(&claimant->junior.drawn, -1, "LEDGER-7");
    assert_seen(&position->uncollected, -1, "LEDGER-7");
    assert_seen(&position->uncollected, position->uncollected + 1000000, "LEDGER-6");
    market->cohort_open = 0;
    assert_non_null(pli_ledger_check(&w.ledger));
    market->cohort_open = PLI_COHORT_NONE;
    uint64_t next = market->cohort_next;
    market->cohort_next = 99;
    assert_non_null(pli_ledger_check(&w.ledger));
    market->cohort_next = next;
    // A claim that drew what its cohort has not got.
    claimant->senior.drawn = 1;
    pli_i128 clearing = market->clearing;
    market->clearing += 1;
    assert_string_equal(pli_ledger_check(&w.ledger),
                        "M10: claims drew more than their cohort received");
    market->clearing = clearing;
    claimant->senior.drawn = 0;
    assert_null(pli_ledger_check(&w.ledger));
}

static void
assert_text(const char *tag) {
    const char *broken = pli_ledger_check(&w.ledger);
    assert_non_null(broken);
    assert_memory_equal(broken, tag, strlen(tag));
}

static void
slots_out_of_order_or_of_nothing_are_seen(void **state) {
    (void)state;
    pli_order *orders = pli_ledger_orders(&w.ledger, 0);
    orders[1].order_id = 4;
    assert_text("LEDGER-5");
    orders[1].order_id = 5;
    orders[0].lots = 0;
    assert_text("LEDGER-5");
    orders[0].lots = 1;
    w.ledger.markets[TS_B_PERP].phase = PLI_PHASE_SETTLED;
    assert_text("LEDGER-5: an open order of a settled");
    w.ledger.markets[TS_B_PERP].phase = PLI_PHASE_ACTIVE;
    balance->index = 1;
    assert_text("LEDGER-5");
    balance->index = 0;
    balance->asset_index = 77;
    assert_text("LEDGER-5");
    balance->asset_index = TS_B_USD;
    position->instrument_index = 77;
    assert_text("LEDGER-5");
    position->instrument_index = TS_B_FUTURE;
    position->lots = PLM_LOTS_MAX + 1;
    assert_text("LEDGER-5");
    position->lots = -1;
    pli_account *account = &w.ledger.accounts[2];
    uint32_t count = account->position_count;
    account->position_count = 0;
    assert_text("LEDGER-5: a balance slot of nothing");
    account->position_count = 99;
    assert_text("LEDGER-5: a run is longer");
    account->position_count = count;
    account->balance_count = 0;
    assert_text("LEDGER-5: a position without");
    account->balance_count = 2;
    pli_ledger_balances(&w.ledger, 2)[1] = pli_ledger_balances(&w.ledger, 2)[0];
    assert_text("LEDGER-5: balances are out of order");
    account->balance_count = 1;
    pli_ledger_positions(&w.ledger, 2)[1] = pli_ledger_positions(&w.ledger, 2)[0];
    account->position_count = 2;
    assert_text("LEDGER-5: positions are out of order");
    pli_ledger_positions(&w.ledger, 2)[1].instrument_index += 1;
    pli_ledger_positions(&w.ledger, 2)[1].lots = 0;
    assert_text("LEDGER-5: a position slot of nothing");
    account->position_count = 1;
    assert_null(pli_ledger_check(&w.ledger));
}

// Notes tell what was booked, and go on counting where there is no room.
static void
notes_say_what_was_booked(void **state) {
    (void)state;
    pli_note notes[3];
    w.ledger.notes = notes;
    w.ledger.note_capacity = 3;
    w.ledger.note_count = 0;
    assert_int_equal(ts_deposit(&w, 2, TS_B_BTC, 5), OK);
    assert_int_equal(w.ledger.note_count, 1);
    assert_int_equal(notes[0].kind, PLI_NOTE_BALANCE);
    assert_int_equal(notes[0].account, 2);
    assert_int_equal(notes[0].index, TS_B_BTC);
    assert_true(notes[0].a == 5 && notes[0].b == 5);
    assert_int_equal(ts_trade(&w, 2, 3, TS_B_FUTURE, 1, 7), OK);
    assert_int_equal(notes[1].kind, PLI_NOTE_POSITION);
    assert_true(notes[1].a == 1 && notes[1].b == 7);
    assert_true(notes[2].a == -1 && notes[2].b == -7);
    assert_int_equal(ts_deposit(&w, 2, TS_B_BTC, 5), OK);
    assert_int_equal(w.ledger.note_count, 4);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(money_out_of_nowhere_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(funds_of_the_wrong_sign_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(costs_lots_and_totals_that_do_not_match_are_seen, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(claims_beyond_what_was_paid_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(slots_out_of_order_or_of_nothing_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(notes_say_what_was_booked, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
