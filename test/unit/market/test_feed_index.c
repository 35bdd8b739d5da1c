/* test_feed_index.c: weighted median, caps, confidence, the matrix, the governed record. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "market/feed_index.h"
#include "support/feed_world.h"

// Prices in whole units from sources of the given weights, one second after the start.
static pli_price_view
index_of(ts_feed *w, const int64_t *prices, const uint32_t *weights, uint32_t count) {
    ts_feed_init(w, count);
    plm_feed_source sources[PLI_FEED_SOURCES_MAX];
    for (uint32_t i = 0; i < count; i += 1) {
        sources[i] = ts_feed_source(i);
        sources[i].weight = weights == NULL ? 1 : weights[i];
    }
    assert_int_equal(pli_feed_configure(&w->feed, sources, count, NULL), PLM_OK);
    for (uint32_t i = 0; i < count; i += 1) {
        assert_int_equal(ts_feed_say(w, i, prices[i] * TS_E8), PLM_REPORT_ACCEPTED);
    }
    return pli_feed_view(&w->feed);
}

static void
liars_above_honest_sources_do_not_leave_their_range(void **state) {
    (void)state;
    // METHOD section 3: honest 90, 100, 110 with liars 112, 112; a filter of outliers would have thrown out 90 and 100.
    ts_feed w;
    const int64_t prices[] = {90, 100, 110, 112, 112};
    ts_feed_init(&w, 5);
    w.parameters.quorum = 5;
    w.parameters.liars_max = 2;
    for (uint32_t i = 0; i < 5; i += 1) {
        assert_int_equal(ts_feed_say(&w, i, prices[i] * TS_E8), PLM_REPORT_ACCEPTED);
    }
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, 110 * TS_E8);
    // Distances 20, 10, 0, 2, 2: median 2. Two fifths of the weight are flagged (90 and 100 are more than 2 % away):
    // 110 * 1 % * 2/5 = 0.44.
    assert_int_equal(view.flagged, 0x3);
    assert_int_equal(view.confidence_e8, 244000000);
}

static void
median_of_an_even_number_lies_between_the_middle_two(void **state) {
    (void)state;
    ts_feed w;
    const int64_t prices[] = {103, 100, 101, 102};
    assert_int_equal(index_of(&w, prices, NULL, 4).price_e8, 10150000000);
    // The half unit is dropped, below zero too.
    ts_feed_init(&w, 4);
    for (uint32_t i = 0; i < 4; i += 1) {
        (void)ts_feed_say(&w, i, 10 + (int64_t)i);
    }
    assert_int_equal(pli_feed_view(&w.feed).price_e8, 11);
}

static void
weights_move_the_median_but_not_beyond_the_cap(void **state) {
    (void)state;
    ts_feed w;
    const int64_t prices[] = {100, 101, 102, 103, 104};
    const uint32_t weights[] = {3, 3, 1, 1, 2};
    assert_int_equal(index_of(&w, prices, weights, 5).price_e8, 101 * TS_E8);
    // 1,000 against four of 1: at most 0.333333, which is a little less than 2 against 4.
    const uint32_t heavy[] = {1000, 1, 1, 1, 1};
    assert_int_equal(index_of(&w, prices, heavy, 5).price_e8, 102 * TS_E8);
    int64_t effective[PLI_FEED_SOURCES_MAX];
    pli_feed_weights(&w.feed, &w.parameters, 0x1f, effective);
    // 0.333333 * 4e6 / 0.666667, rounded down.
    const int64_t wanted[] = {1999997, 1000000, 1000000, 1000000, 1000000, 0};
    assert_memory_equal(effective, wanted, sizeof wanted);
    // Three sources cannot each have less than a third by 1e-6: all weigh the same.
    pli_feed_weights(&w.feed, &w.parameters, 0x07, effective);
    assert_int_equal(effective[0], 1000000);
    assert_int_equal(effective[1], 1000000);
    assert_int_equal(effective[3], 0);
    // Two heavy ones share the cap.
    const uint32_t pair[] = {1000, 500, 1, 1, 1};
    (void)index_of(&w, prices, pair, 5);
    pli_feed_weights(&w.feed, &w.parameters, 0x1f, effective);
    assert_int_equal(effective[0], effective[1]);
    // 0.333333 * 3e6 / 0.333334, rounded down.
    assert_int_equal(effective[0], 2999991);
}

static void
own_book_has_its_own_smaller_cap(void **state) {
    (void)state;
    ts_feed w;
    ts_feed_init(&w, 4);
    plm_feed_source sources[4];
    for (uint32_t i = 0; i < 4; i += 1) {
        sources[i] = ts_feed_source(i);
        sources[i].weight = 9;
    }
    sources[1].is_own = 1;
    assert_int_equal(pli_feed_configure(&w.feed, sources, 4, NULL), PLM_OK);
    int64_t effective[PLI_FEED_SOURCES_MAX];
    pli_feed_weights(&w.feed, &w.parameters, 0xf, effective);
    assert_int_equal(effective[0], 9000000);
    // A tenth of the whole: a ninth of the others' 27.
    assert_int_equal(effective[1], 3000000);
    pli_feed_weights(&w.feed, &w.parameters, 0x2, effective);
    assert_int_equal(effective[1], 9000000);
}

static void
heaviest_liars_must_hold_less_than_half(void **state) {
    (void)state;
    ts_feed w;
    const int64_t prices[] = {100, 100, 100, 100};
    const uint32_t weights[] = {3, 1, 1, 1};
    assert_int_equal(index_of(&w, prices, weights, 4).state, PLM_PRICE_STATE_VALID);
    // Without a cap one liar of weight 3 is half of 6.
    w.parameters.weight_cap_ppm = 1000000;
    pli_feed_index index = {.price_e8 = -7};
    assert_false(pli_feed_index_take(&w.feed, &w.parameters, 0xf, &index));
    assert_int_equal(index.price_e8, -7);
    w.parameters.weight_cap_ppm = 499999;
    assert_true(pli_feed_index_take(&w.feed, &w.parameters, 0xf, &index));
    // Two sources of four may lie: half.
    w.parameters.liars_max = 2;
    assert_false(pli_feed_index_take(&w.feed, &w.parameters, 0xf, &index));
}

static void
two_survivors_of_an_outage_are_no_price(void **state) {
    (void)state;
    // Synthetix sKRW, June 2019: two sources were left, one a thousand times too high, and their mean was published.
    ts_feed w;
    ts_feed_init(&w, 4);
    ts_feed_say_all(&w, 86000);
    (void)ts_feed_wait(&w, 2 * TS_MINUTE);
    (void)ts_feed_say(&w, 2, 86000);
    (void)ts_feed_say(&w, 3, 86000000);
    pli_price_view view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_STALE);
    assert_int_equal(view.price_e8, 86000);
    // A third one, and the liar is alone.
    (void)ts_feed_say(&w, 1, 86001);
    view = pli_feed_view(&w.feed);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, 86001);
    assert_int_equal(view.flagged, 0x8);
}

static void
crash_of_one_of_five_exchanges_moves_nothing(void **state) {
    (void)state;
    // Bitstamp, 2019-05-17: 6,178 there, 7,300 elsewhere.
    ts_feed w;
    const int64_t prices[] = {6178, 7300, 7310, 7290, 7305};
    pli_price_view view = index_of(&w, prices, NULL, 5);
    assert_int_equal(view.price_e8, 7300 * TS_E8);
    assert_int_equal(view.flagged, 0x1);
}

static void
matrix_is_the_documented_one(void **state) {
    (void)state;
    // Columns: trade, reduce, withdraw, liquidate, settle; the letters stand for No, Yes, Worse, Bounds.
    static const struct {
        plm_price_state state;
        bool is_settled, is_strict;
        const char *row;
    } rows[] = {
        {PLM_PRICE_STATE_VALID, true, true, "YYYYY"},
        {PLM_PRICE_STATE_VALID, true, false, "NYBYY"},
        {PLM_PRICE_STATE_VALID, false, true, "NNBNN"},
        {PLM_PRICE_STATE_HELD, true, true, "NYWWN"},
        {PLM_PRICE_STATE_HELD, true, false, "NYWWN"},
        {PLM_PRICE_STATE_HELD, false, true, "NNBNN"},
        {PLM_PRICE_STATE_STALE, true, true, "NNBNN"},
        {PLM_PRICE_STATE_STALE, false, false, "NNBNN"},
        {PLM_PRICE_STATE_INVALID, true, true, "NNBNN"},
        {(plm_price_state)0, true, true, "NNBNN"},
        {(plm_price_state)9, true, true, "NNBNN"},
    };
    static const char letters[] = "?NYWB";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        for (int action = PLM_PRICE_ACTION_TRADE; action <= PLM_PRICE_ACTION_SETTLE; action += 1) {
            plm_permission answer = plm_price_allows(rows[i].state, rows[i].is_settled,
                                                     rows[i].is_strict, (plm_price_action)action);
            assert_int_equal(letters[answer], rows[i].row[action - 1]);
        }
    }
    assert_int_equal(plm_price_allows(PLM_PRICE_STATE_VALID, true, true, (plm_price_action)0),
                     PLM_PERMISSION_NO);
    assert_int_equal(plm_price_allows(PLM_PRICE_STATE_VALID, true, true, (plm_price_action)6),
                     PLM_PERMISSION_NO);
}

static void
governed_record_keeps_its_coupled_rules(void **state) {
    (void)state;
    plm_feed_parameters p;
    plm_fault fault;
    plm_record_init(&plm_feed_descriptor, &p);
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_OK);
    p.liars_max = 2;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    assert_non_null(strstr(fault.text, "quorum"));
    p.quorum = 5;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_OK);
    p.age_strict_ns = p.age_loose_ns + 1;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    p.age_strict_ns = p.age_loose_ns;
    p.hold_max_ns = p.hold_confirm_ns - 1;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    p.hold_max_ns = 30 * TS_SECOND + 1;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    p.hold_max_ns = 30 * TS_SECOND;
    p.price_low_e8 = p.price_high_e8;
    assert_int_equal(plm_record_check(&plm_feed_descriptor, &p, &fault), PLM_PARAMETER_INVALID);
    assert_non_null(strstr(fault.text, "price_low_e8"));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liars_above_honest_sources_do_not_leave_their_range),
        cmocka_unit_test(median_of_an_even_number_lies_between_the_middle_two),
        cmocka_unit_test(weights_move_the_median_but_not_beyond_the_cap),
        cmocka_unit_test(own_book_has_its_own_smaller_cap),
        cmocka_unit_test(heaviest_liars_must_hold_less_than_half),
        cmocka_unit_test(two_survivors_of_an_outage_are_no_price),
        cmocka_unit_test(crash_of_one_of_five_exchanges_moves_nothing),
        cmocka_unit_test(matrix_is_the_documented_one),
        cmocka_unit_test(governed_record_keeps_its_coupled_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
