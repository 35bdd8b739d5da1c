/* test_demo.c: the demonstration venue opens, repeats itself, and goes on where it was.   SPDX-License-Identifier: Apache-2.0 */
#include "demo_venue.h"

enum { ACCOUNTS = 30, TICKS = 16 };

static void
the_venue_opens_and_fills_with_positions(void **state) {
    (void)state;
    demo_venue *venue = open_venue(ACCOUNTS, 1);
    tick(venue, TICKS);
    assert_true(pli_demo_is_open(venue->core));
    assert_int_equal(plm_core_account_count(venue->core), ACCOUNTS);
    assert_true(venue->accepted[PLM_EVENT_TYPE_TRADE] > 20);
    assert_true(holders(venue) > ACCOUNTS / 2);
    assert_int_equal(venue->unexpected, 0);
    assert_null(plm_core_check(venue->core));
    close_venue(venue);
}

static void
the_same_seed_gives_the_same_state(void **state) {
    (void)state;
    uint8_t digests[3][32];
    for (uint32_t i = 0; i < 3; i += 1) {
        demo_venue *venue = open_venue(ACCOUNTS, i == 2 ? 8 : 7);
        tick(venue, 4);
        plm_core_digest(venue->core, digests[i]);
        close_venue(venue);
    }
    assert_memory_equal(digests[0], digests[1], 32);
    assert_memory_not_equal(digests[0], digests[2], 32);
}

static void
a_new_demo_goes_on_with_an_old_state(void **state) {
    (void)state;
    demo_venue *venue = open_venue(ACCOUNTS, 3);
    tick(venue, TICKS);
    int64_t price_e8 = plm_core_market(venue->core).underlyings[0].price.price_e8;
    uint64_t listed = venue->accepted[PLM_EVENT_TYPE_INSTRUMENT];
    pli_demo_options options = venue->demo.options;
    pli_demo_init(&venue->demo, &options);
    venue->now_ns += 3600 * INT64_C(1000000000);
    tick(venue, 2);
    int64_t later_e8 = plm_core_market(venue->core).underlyings[0].price.price_e8;
    assert_true(later_e8 > price_e8 / 100 * 99 && later_e8 < price_e8 / 100 * 101);
    assert_int_equal(venue->accepted[PLM_EVENT_TYPE_INSTRUMENT], listed);
    assert_int_equal(plm_core_account_count(venue->core), ACCOUNTS);
    assert_int_equal(venue->unexpected, 0);
    close_venue(venue);
}

static void
an_order_of_somebody_else_meets_the_book(void **state) {
    (void)state;
    demo_venue *venue = open_venue(ACCOUNTS, 4);
    tick(venue, TICKS);
    plm_event event = {.header = {.type = PLM_EVENT_TYPE_ACCOUNT,
                                  .version = 1,
                                  .account = PLM_NONE,
                                  .time_ns = venue->now_ns}};
    event.account_body = (plm_event_account){.account_index = ACCOUNTS,
                                             .kind = PLM_ACCOUNT_CROSS,
                                             .parent_index = PLM_NONE,
                                             .instrument_index = PLM_NONE};
    apply(venue, &event);
    event.header.type = PLM_EVENT_TYPE_DEPOSIT;
    event.header.account = ACCOUNTS;
    event.deposit_body = (plm_event_deposit){.atoms = {.low = UINT64_C(100000000000)}};
    apply(venue, &event);
    int64_t mark_e8 = plm_core_market(venue->core).marks[0].mark_e8;
    event.header.type = PLM_EVENT_TYPE_RESERVE;
    event.reserve_body = (plm_event_reserve){
        .side = PLM_SIDE_BUY, .lots = 500, .limit_e8 = mark_e8 / 100 * 102, .order_id = 11};
    apply(venue, &event);
    event.reserve_body.order_id = 12;
    event.reserve_body.limit_e8 = mark_e8 / 100 * 90;
    apply(venue, &event);
    assert_int_equal(venue->unexpected, 0);
    tick(venue, 2);
    plm_account_info info;
    assert_int_equal(plm_core_account(venue->core, ACCOUNTS, &info), PLM_OK);
    assert_int_equal(info.position_count, 1);
    assert_int_equal(info.order_count, 1);
    assert_false(pli_book_remove(&venue->demo.books[0], ACCOUNTS, 11));
    // The other one rests until its owner releases it.
    event.header.type = PLM_EVENT_TYPE_RELEASE;
    event.release_body = (plm_event_release){.order_id = 12};
    event.header.time_ns = venue->now_ns;
    apply(venue, &event);
    assert_false(pli_book_remove(&venue->demo.books[0], ACCOUNTS, 12));
    assert_null(plm_core_check(venue->core));
    close_venue(venue);
}

static void
a_view_asks_the_model_as_the_state_does(void **state) {
    (void)state;
    demo_venue *venue = open_venue(ACCOUNTS, 5);
    tick(venue, TICKS);
    plm_core_view view;
    assert_int_equal(plm_core_look(venue->core, &view), PLM_OK);
    assert_non_null(view.maintenance_set);
    assert_non_null(view.initial_set);
    const plm_core_limits *limits = plm_core_limits_of(venue->core);
    plm_limits sizes = {.asset_count = limits->asset_count,
                        .underlying_count = limits->underlying_count,
                        .instrument_count = limits->instrument_count,
                        .position_count = limits->position_count,
                        .order_count = limits->order_count,
                        .balance_count = limits->balance_count,
                        .entry_count = limits->entry_count};
    const plm_model *model = plm_core_model(venue->core);
    plm_workspace workspace = {.size = (plm_margin_workspace_size(model, &sizes) + 63) / 64 * 64};
    workspace.memory = aligned_alloc(64, workspace.size);
    assert_non_null(workspace.memory);
    plm_position positions[64];
    plm_order orders[32];
    plm_balance balances[4];
    uint32_t charged = 0;
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        plm_portfolio portfolio;
        plm_requirement own;
        plm_requirement seen;
        plm_core_question question = {.account = i};
        assert_int_equal(
            plm_core_portfolio(venue->core, i, positions, orders, balances, &portfolio), PLM_OK);
        view.input.portfolio = &portfolio;
        assert_int_equal(plm_margin_require(model, &view.input, &workspace, &seen, NULL, NULL),
                         PLM_OK);
        assert_int_equal(plm_core_require(venue->core, &question, &own, NULL, NULL), PLM_OK);
        assert_int_equal(seen.equity_maintenance_micros, own.equity_maintenance_micros);
        // The state adds the drift that its risk arrays may have.
        assert_true(seen.maintenance_micros <= own.maintenance_micros);
        assert_true(seen.maintenance_micros >= own.maintenance_micros / 100 * 97);
        charged += own.maintenance_micros > 0 ? 1 : 0;
    }
    assert_true(charged > ACCOUNTS / 3);
    free(workspace.memory);
    close_venue(venue);
}

static void
the_latest_word_of_a_source_is_told(void **state) {
    (void)state;
    demo_venue *venue = open_venue(ACCOUNTS, 6);
    plm_core_word word;
    assert_int_equal(plm_core_word_of(venue->core, 0, 0, &word), PLM_INDEX_UNKNOWN);
    tick(venue, 3);
    assert_int_equal(plm_core_word_of(venue->core, 0, PLI_DEMO_SOURCES, &word), PLM_INDEX_UNKNOWN);
    assert_int_equal(plm_core_word_of(venue->core, 2, 1, &word), PLM_OK);
    assert_true(word.has_price);
    assert_true(word.price_e8 > INT64_C(18000000000) && word.price_e8 < INT64_C(20000000000));
    assert_int_equal(word.accepted_count, 3);
    close_venue(venue);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_venue_opens_and_fills_with_positions),
        cmocka_unit_test(the_same_seed_gives_the_same_state),
        cmocka_unit_test(a_new_demo_goes_on_with_an_old_state),
        cmocka_unit_test(an_order_of_somebody_else_meets_the_book),
        cmocka_unit_test(a_view_asks_the_model_as_the_state_does),
        cmocka_unit_test(the_latest_word_of_a_source_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
