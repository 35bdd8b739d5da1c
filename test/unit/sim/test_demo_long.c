/* test_demo_long.c: a crash in the demonstration venue, and what follows a given history.   SPDX-License-Identifier: Apache-2.0 */
#include "demo_venue.h"

static double
price_of(const demo_venue *venue, uint32_t underlying) {
    return (double)plm_core_market(venue->core).underlyings[underlying].price.price_e8 / 1e8;
}

static uint32_t
owing(const demo_venue *venue) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plm_core_account_count(venue->core); i += 1) {
        plm_account_info info;
        assert_int_equal(plm_core_account(venue->core, i, &info), PLM_OK);
        count += info.standing.stage == PLM_STAGE_DEFICIT ? 1 : 0;
    }
    return count;
}

// By the calm after it the operator has filled up the fund, debts are paid from it, and the price finds back.
static void
the_calm_after_a_crash_mends_the_venue(demo_venue *venue, uint64_t paid_in) {
    plm_asset_totals totals;
    double low = price_of(venue, 0);
    venue->demo.crash_ns = 0;
    venue->demo.stress = 0;
    tick(venue, 80);
    assert_true(venue->accepted[PLM_EVENT_TYPE_FUND] > paid_in);
    assert_int_equal(plm_core_asset(venue->core, 0, &totals), PLM_OK);
    assert_true(totals.insurance.low > UINT64_C(4500000) * 1000000);
    assert_int_equal(owing(venue), 0);
    assert_true(price_of(venue, 0) > low);
}

static void
a_crash_takes_a_third_and_the_engine_reduces_who_cannot_bear_it(void **state) {
    (void)state;
    demo_venue *venue = open_venue(150, 1);
    tick(venue, 60);
    double before = price_of(venue, 0);
    uint64_t slices = venue->slices;
    uint64_t paid_in = venue->accepted[PLM_EVENT_TYPE_FUND];
    pli_demo_crash(&venue->demo);
    tick(venue, 380);
    assert_true(price_of(venue, 0) < 0.75 * before);
    assert_true(price_of(venue, 2) < price_of(venue, 0) / before * 200);
    print_message(
        "calls %u, slices %u, forced fills %u, sales %u, covers %u, unexpected refusals %u\n",
        (unsigned)venue->calls, (unsigned)venue->slices, (unsigned)venue->forced_fills,
        (unsigned)venue->sales, (unsigned)venue->covers, (unsigned)venue->unexpected);
    assert_true(venue->slices > slices + 10);
    assert_true(venue->sales > 5);
    assert_true(venue->forced_fills + venue->sales > 10);
    the_calm_after_a_crash_mends_the_venue(venue, paid_in);
    assert_null(plm_core_check(venue->core));
    close_venue(venue);
}

static void
many_crashes_leave_a_price_to_trade_at(void **state) {
    (void)state;
    demo_venue *venue = open_venue(30, 3);
    tick(venue, 2);
    double first = price_of(venue, 0);
    for (uint32_t i = 0; i < 12; i += 1) {
        pli_demo_crash(&venue->demo);
        tick(venue, 40); // most of a crash comes early
    }
    assert_true(price_of(venue, 0) > 0.1 * first);
    assert_null(plm_core_check(venue->core));
    close_venue(venue);
}

static void
a_given_history_leads_the_price(void **state) {
    (void)state;
    static const double closes[] = {100, 100.5, 101, 101.5, 102, 102.5, 103, 103.5};
    demo_venue *venue = open_venue(30, 2);
    pli_demo_options options = venue->demo.options;
    options.closes = closes;
    options.close_count = 8;
    options.close_ns = 60 * INT64_C(1000000000);
    pli_demo_init(&venue->demo, &options);
    tick(venue, 1);
    double before = price_of(venue, 0);
    tick(venue, 20);
    double after = price_of(venue, 0);
    assert_true(after > 1.02 * before && after < 1.05 * before);
    close_venue(venue);
}

static void
a_history_goes_on_where_it_ended_and_ends(void **state) {
    (void)state;
    static const double closes[] = {100, 90, 99, 98, 99, 98};
    static const int64_t times_ns[] = {
        0, 60000000000, 120000000000, 180000000000, 240000000000, 300000000000};
    demo_venue *venue = open_venue(30, 4);
    pli_demo_options options = venue->demo.options;
    options.closes = closes;
    options.close_times_ns = times_ns;
    options.close_count = 6;
    options.close_ns = 60 * INT64_C(1000000000);
    options.replay_from_ns = 90 * INT64_C(1000000000);
    pli_demo_init(&venue->demo, &options);
    tick(venue, 1);
    pli_demo_replay replay = pli_demo_replay_of(&venue->demo);
    assert_true(replay.is_on && !replay.is_over);
    assert_true(replay.done_ns >= options.replay_from_ns);
    assert_int_equal(replay.time_ns, replay.done_ns);
    tick(venue, 1);
    // A tenth within a minute is a volatility beyond any usual one; depth goes with it.
    assert_true(venue->demo.paths[0].volatility > 2);
    assert_true(venue->demo.paths[0].depth < 0.2);
    tick(venue, 10);
    replay = pli_demo_replay_of(&venue->demo);
    assert_true(replay.is_over);
    assert_int_equal(replay.bar, 5);
    assert_int_equal(replay.done_ns, replay.length_ns);
    assert_true(venue->demo.paths[0].volatility < 1);
    close_venue(venue);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_takes_a_third_and_the_engine_reduces_who_cannot_bear_it),
        cmocka_unit_test(many_crashes_leave_a_price_to_trade_at),
        cmocka_unit_test(a_given_history_leads_the_price),
        cmocka_unit_test(a_history_goes_on_where_it_ended_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
