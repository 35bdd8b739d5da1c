/* test_feed.c: states, holds, ages, restarts and averages of a price feed.            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/feed_world.h"

#define PRICE (100 * TS_E8)

static void
feed_that_never_heard_a_price_is_invalid(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    pli_price_view view = ts_feed_wait(&w, TS_MINUTE);
    assert_int_equal(view.state, PLM_PRICE_STATE_INVALID);
    assert_false(view.is_priced);
    assert_int_equal(view.age_ns, 0);
}

static void
quorum_makes_a_price_and_its_loss_makes_it_stale(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    assert_int_equal(ts_feed_say(&w, 0, PRICE), PLM_REPORT_ACCEPTED);
    assert_int_equal(ts_feed_say(&w, 1, PRICE + 2), PLM_REPORT_ACCEPTED);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_INVALID);
    assert_int_equal(ts_feed_say(&w, 2, PRICE + 1), PLM_REPORT_ACCEPTED);
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, PRICE + 1);
    assert_int_equal(view.fresh_count, 3);
    // Past the strict age it supports maintenance only, past the loose age nothing.
    view = ts_feed_wait(&w, w.parameters.age_strict_ns);
    assert_true(view.is_strict);
    view = ts_feed_wait(&w, 1);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_false(view.is_strict);
    view = ts_feed_wait(&w, w.parameters.age_loose_ns - w.parameters.age_strict_ns);
    assert_int_equal(view.state, PLM_PRICE_STATE_STALE);
    assert_int_equal(view.price_e8, PRICE + 1);
    assert_int_equal(view.fresh_count, 0);
    assert_int_equal(view.age_ns, w.parameters.age_loose_ns + 1);
}

static void
report_expires_when_it_says(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    for (uint32_t i = 0; i < 3; i += 1) {
        plm_price_report report = ts_feed_text(&w, i, PRICE);
        report.expires_ns = w.time_ns + 2 * TS_SECOND;
        assert_int_equal(pli_feed_report(&w.feed, &w.parameters, &report, (plm_time){w.time_ns}),
                         PLM_REPORT_ACCEPTED);
    }
    assert_int_equal(ts_feed_wait(&w, 2 * TS_SECOND - 1).state, PLM_PRICE_STATE_VALID);
    assert_int_equal(ts_feed_wait(&w, 1).state, PLM_PRICE_STATE_STALE);
}

static void
sources_that_say_no_price_make_it_invalid(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    ts_feed_say_all(&w, PRICE);
    (void)ts_feed_wait(&w, TS_SECOND);
    for (uint32_t i = 0; i < 3; i += 1) {
        assert_int_equal(ts_feed_say(&w, i, 0), PLM_REPORT_OUT_OF_DOMAIN);
    }
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_INVALID);
    assert_int_equal(view.price_e8, PRICE);
    // Their words age too.
    assert_int_equal(ts_feed_wait(&w, w.parameters.age_loose_ns + 1).state, PLM_PRICE_STATE_STALE);
}

static void
move_beyond_the_band_is_held_until_confirmed(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    int64_t jump = PRICE + PRICE / 10;
    ts_feed_say_all(&w, jump);
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_HELD);
    assert_int_equal(view.price_e8, PRICE);
    assert_int_equal(view.candidate_e8, jump);
    // Silence confirms nothing.
    view = ts_feed_wait(&w, w.parameters.hold_confirm_ns);
    assert_int_equal(view.state, PLM_PRICE_STATE_HELD);
    assert_int_equal(ts_feed_say(&w, 0, jump), PLM_REPORT_ACCEPTED);
    assert_int_equal(ts_feed_say(&w, 1, jump), PLM_REPORT_ACCEPTED);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_HELD);
    assert_int_equal(ts_feed_say(&w, 2, jump), PLM_REPORT_ACCEPTED);
    view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, jump);
    assert_true(view.is_settled);
}

static void
move_that_goes_back_ends_its_hold(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    ts_feed_say_all(&w, PRICE / 2);
    assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_HELD);
    (void)ts_feed_wait(&w, TS_SECOND);
    ts_feed_say_all(&w, PRICE - 1);
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, PRICE - 1);
}

static void
hold_ends_within_its_maximum(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    int64_t start = w.time_ns;
    // A price that never rests restarts the confirmation, but not the hold.
    int64_t price = PRICE;
    while (w.time_ns - start < w.parameters.hold_max_ns) {
        price += price / 10;
        ts_feed_say_all(&w, price);
        assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_HELD);
        (void)ts_feed_wait(&w, TS_SECOND);
    }
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, price);
}

static void
hold_that_nobody_confirms_ends_stale(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    ts_feed_say_all(&w, 2 * PRICE);
    assert_int_equal(ts_feed_wait(&w, w.parameters.hold_max_ns - 1).state, PLM_PRICE_STATE_HELD);
    pli_price_view view = ts_feed_wait(&w, 1);
    assert_int_equal(view.state, PLM_PRICE_STATE_STALE);
    assert_int_equal(view.price_e8, PRICE);
}

static void
slow_walk_beyond_the_band_within_a_minute_is_held(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    // 1 % a second: each step is small, the sum is not.
    int64_t price = PRICE;
    int steps = 0;
    while (pli_feed_view(&w.feed).state == PLM_PRICE_STATE_VALID && steps < 20) {
        (void)ts_feed_wait(&w, TS_SECOND);
        price += PRICE / 100;
        ts_feed_say_all(&w, price);
        steps += 1;
    }
    assert_int_equal(steps, 6);
    // 4 % a minute passes for ever.
    ts_feed_init(&w, 5);
    (void)ts_feed_keep(&w, PRICE, 2 * TS_MINUTE);
    price = PRICE;
    for (int i = 0; i < 60; i += 1) {
        (void)ts_feed_wait(&w, 6 * TS_SECOND);
        price += price / 250;
        ts_feed_say_all(&w, price);
        assert_int_equal(pli_feed_view(&w.feed).state, PLM_PRICE_STATE_VALID);
    }
}

static void
start_needs_a_settle_window(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    w.parameters.settle_ns = 3 * TS_MINUTE;
    ts_feed_say_all(&w, PRICE);
    pli_price_view view = pli_feed_view(&w.feed);
    assert_false(view.is_settled);
    assert_int_equal(pli_feed_allows(&view, PLM_PRICE_ACTION_TRADE), PLM_PERMISSION_NO);
    assert_int_equal(pli_feed_allows(&view, PLM_PRICE_ACTION_LIQUIDATE), PLM_PERMISSION_NO);
    view = ts_feed_keep(&w, PRICE, w.parameters.settle_ns);
    assert_true(view.is_settled);
    assert_int_equal(pli_feed_allows(&view, PLM_PRICE_ACTION_TRADE), PLM_PERMISSION_YES);
    pli_feed_restart(&w.feed, &w.parameters, (plm_time){w.time_ns});
    assert_false(pli_feed_view(&w.feed).is_settled);
    // A break begins the window anew.
    (void)ts_feed_keep(&w, PRICE, w.parameters.settle_ns / 2);
    assert_int_equal(ts_feed_wait(&w, 2 * TS_MINUTE).state, PLM_PRICE_STATE_STALE);
    view = ts_feed_keep(&w, PRICE, w.parameters.settle_ns - 1);
    assert_false(view.is_settled);
    assert_true(ts_feed_wait(&w, 1).is_settled);
}

static void
slow_price_halves_the_distance_in_its_half_life(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    w.parameters.slow_half_life_ns = 64 * TS_SECOND;
    w.parameters.band_ppm = 1000000;
    (void)ts_feed_keep(&w, PRICE, TS_MINUTE);
    assert_int_equal(pli_feed_view(&w.feed).slow_e8, PRICE);
    pli_price_view view = ts_feed_keep(&w, 2 * PRICE, 64 * TS_SECOND);
    // 2^(-1/64) to 32 bits: 64 steps leave one half to 1e-7.
    assert_in_range(view.slow_e8, PRICE + PRICE / 2 - 1000, PRICE + PRICE / 2 + 1000);
    view = ts_feed_keep(&w, 2 * PRICE, 64 * TS_SECOND);
    assert_in_range(view.slow_e8, 2 * PRICE - PRICE / 4 - 1000, 2 * PRICE - PRICE / 4 + 1000);
}

static void
settlement_is_the_average_of_the_last_thirty_minutes(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    int64_t coverage = -1;
    int64_t price = -1;
    (void)ts_feed_keep(&w, PRICE, 26 * TS_MINUTE);
    assert_int_equal(pli_feed_settlement(&w.feed, &w.parameters, &coverage, &price),
                     PLM_HISTORY_SHORT);
    assert_int_equal(coverage, 26 * 1000000 / 30);
    assert_int_equal(price, -1);
    (void)ts_feed_keep(&w, PRICE, 4 * TS_MINUTE);
    (void)ts_feed_keep(&w, PRICE + 6, 10 * TS_MINUTE);
    assert_int_equal(pli_feed_settlement(&w.feed, &w.parameters, &coverage, &price), PLM_OK);
    assert_int_equal(coverage, 1000000);
    assert_int_equal(price, PRICE + 2);
    // A held minute does not count; the rest of the window does.
    (void)ts_feed_keep(&w, PRICE + 6, 18 * TS_MINUTE);
    ts_feed_say_all(&w, 2 * PRICE);
    (void)ts_feed_wait(&w, 30 * TS_SECOND);
    (void)ts_feed_keep(&w, PRICE + 6, 90 * TS_SECOND);
    assert_int_equal(pli_feed_settlement(&w.feed, &w.parameters, &coverage, &price), PLM_OK);
    assert_int_equal(coverage, 59 * 1000000 / 60);
    assert_int_equal(price, PRICE + 6);
}

static void
bounds_without_a_price_never_help_the_account(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    pli_price_view view = pli_feed_view(&w.feed);
    int64_t low;
    int64_t high;
    pli_feed_bounds(&view, PLM_PRICE_DOMAIN_POSITIVE, &w.parameters, &low, &high);
    assert_int_equal(low, 0);
    assert_int_equal(high, w.parameters.price_high_e8);
    ts_feed_say_all(&w, PRICE + 1);
    view = ts_feed_wait(&w, 2 * TS_MINUTE);
    w.parameters.unpriced_low_ppm = 333333;
    pli_feed_bounds(&view, PLM_PRICE_DOMAIN_POSITIVE, &w.parameters, &low, &high);
    assert_int_equal(low, 3333330000);
    assert_int_equal(high, 3 * (PRICE + 1));
    w.parameters.price_low_e8 = -5;
    pli_feed_bounds(&view, PLM_PRICE_DOMAIN_ANY, &w.parameters, &low, &high);
    assert_int_equal(low, -5);
    assert_int_equal(high, w.parameters.price_high_e8);
}

static void
record_for_the_models_holds_the_view(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 3);
    ts_feed_say_all(&w, PRICE);
    pli_price_view view = pli_feed_view(&w.feed);
    plm_price_record record = pli_feed_record(&view);
    assert_int_equal(record.price_e8, PRICE);
    assert_int_equal(record.slow_e8, PRICE);
    assert_int_equal(record.confidence_e8, 0);
    assert_int_equal(record.publish_ns, TS_FEED_START);
    assert_int_equal(record.state, PLM_PRICE_STATE_VALID);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feed_that_never_heard_a_price_is_invalid),
        cmocka_unit_test(quorum_makes_a_price_and_its_loss_makes_it_stale),
        cmocka_unit_test(report_expires_when_it_says),
        cmocka_unit_test(sources_that_say_no_price_make_it_invalid),
        cmocka_unit_test(move_beyond_the_band_is_held_until_confirmed),
        cmocka_unit_test(move_that_goes_back_ends_its_hold),
        cmocka_unit_test(hold_ends_within_its_maximum),
        cmocka_unit_test(hold_that_nobody_confirms_ends_stale),
        cmocka_unit_test(slow_walk_beyond_the_band_within_a_minute_is_held),
        cmocka_unit_test(start_needs_a_settle_window),
        cmocka_unit_test(slow_price_halves_the_distance_in_its_half_life),
        cmocka_unit_test(settlement_is_the_average_of_the_last_thirty_minutes),
        cmocka_unit_test(bounds_without_a_price_never_help_the_account),
        cmocka_unit_test(record_for_the_models_holds_the_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
