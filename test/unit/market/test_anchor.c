/* test_anchor.c: wrapped and stable assets between market and redemption value.       SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "market/anchor.h"
#include "support/feed_world.h"

typedef struct world {
    pli_anchor anchor;
    plm_feed_parameters parameters;
    plm_time now;
} world;

static void
make_world(world *w) {
    w->anchor = pli_anchor_init();
    plm_record_init(&plm_feed_descriptor, &w->parameters);
    w->now = (plm_time){TS_FEED_START};
}

static pli_price_view
combine(world *w, int64_t market_e8, int64_t redemption_e8) {
    pli_price_view market = pli_anchor_constant(market_e8, w->now);
    pli_price_view redemption = pli_anchor_constant(redemption_e8, w->now);
    return pli_anchor_combine(&w->anchor, &w->parameters, &market, &redemption, w->now);
}

static void
prices_that_agree_give_the_market_and_its_distance(void **state) {
    (void)state;
    // USDe, 2025-10-10, on venues other than the one whose book had emptied.
    world w;
    make_world(&w);
    pli_price_view view = combine(&w, 98000000, 100000000);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, 98000000);
    assert_int_equal(view.confidence_e8, 2000000);
}

static void
prices_apart_are_held_at_both_and_then_the_market_decides(void **state) {
    (void)state;
    world w;
    make_world(&w);
    pli_price_view view = combine(&w, 65000000, 100000000);
    assert_int_equal(view.state, PLM_PRICE_STATE_HELD);
    assert_int_equal(view.price_e8, 100000000);
    assert_int_equal(view.candidate_e8, 65000000);
    assert_int_equal(view.confidence_e8, 35000000);
    assert_int_equal(pli_feed_allows(&view, PLM_PRICE_ACTION_LIQUIDATE), PLM_PERMISSION_AT_WORSE);
    w.now.ns += w.parameters.anchor_hold_max_ns - 1;
    assert_int_equal(combine(&w, 30000000, 100000000).state, PLM_PRICE_STATE_HELD);
    w.now.ns += 1;
    view = combine(&w, 20000000, 100000000);
    assert_int_equal(view.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(view.price_e8, 20000000);
    assert_int_equal(view.confidence_e8, 80000000);
    // Agreement ends the hold; the next one has its own time.
    assert_int_equal(combine(&w, 99000000, 100000000).state, PLM_PRICE_STATE_VALID);
    assert_int_equal(combine(&w, 65000000, 100000000).state, PLM_PRICE_STATE_HELD);
}

static void
ratio_taken_for_a_price_is_not_acted_upon(void **state) {
    (void)state;
    // Moonwell, 2026-02-15: cbETH/ETH of 1.12 was read as dollars while ETH stood near 1,964.
    world w;
    make_world(&w);
    pli_price_view ratio = pli_anchor_constant(112000000, w.now);
    pli_price_view base = pli_anchor_constant(1964 * TS_E8, w.now);
    pli_price_view redemption = pli_anchor_redemption(&ratio, &base);
    assert_int_equal(redemption.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(redemption.price_e8, 219968000000);
    pli_price_view view = pli_anchor_combine(&w.anchor, &w.parameters, &ratio, &redemption, w.now);
    assert_int_equal(view.state, PLM_PRICE_STATE_HELD);
    assert_int_equal(view.price_e8, 219968000000);
}

static void
redemption_value_is_no_better_than_its_factors(void **state) {
    (void)state;
    world w;
    make_world(&w);
    pli_price_view ratio = pli_anchor_constant(110000000, w.now);
    pli_price_view base = pli_anchor_constant(2000 * TS_E8, w.now);
    ratio.confidence_e8 = 1000000;
    base.confidence_e8 = 10 * TS_E8;
    base.age_ns = 5;
    base.publish_ns -= 5;
    base.is_settled = false;
    base.state = PLM_PRICE_STATE_HELD;
    base.candidate_e8 = 1500 * TS_E8;
    pli_price_view view = pli_anchor_redemption(&ratio, &base);
    assert_int_equal(view.state, PLM_PRICE_STATE_HELD);
    assert_false(view.is_settled);
    assert_true(view.is_strict);
    assert_int_equal(view.price_e8, 2200 * TS_E8);
    assert_int_equal(view.candidate_e8, 1650 * TS_E8);
    // 1.11 * 2010 - 1.10 * 2000
    assert_int_equal(view.confidence_e8, 3110000000);
    assert_int_equal(view.age_ns, 5);
    assert_int_equal(view.publish_ns, TS_FEED_START - 5);
    ratio.price_e8 = PLM_PRICE_E8_MAX;
    view = pli_anchor_redemption(&ratio, &base);
    assert_int_equal(view.state, PLM_PRICE_STATE_INVALID);
    assert_false(view.is_priced);
}

static void
redemption_value_that_rounds_to_nothing_is_none(void **state) {
    (void)state;
    // 0.3e-8 and 0.5e-8 (ties to even) are no price, 0.6e-8 is the smallest; nothing is ever held at zero.
    world w;
    make_world(&w);
    pli_price_view market = pli_anchor_constant(TS_E8, w.now);
    pli_price_view ratio = pli_anchor_constant(1, w.now);
    static const int64_t bases_e8[] = {30000000, 50000000};
    for (size_t i = 0; i < sizeof bases_e8 / sizeof bases_e8[0]; i += 1) {
        pli_price_view base = pli_anchor_constant(bases_e8[i], w.now);
        pli_price_view redemption = pli_anchor_redemption(&ratio, &base);
        assert_int_equal(redemption.state, PLM_PRICE_STATE_INVALID);
        assert_false(redemption.is_priced);
        pli_price_view view =
            pli_anchor_combine(&w.anchor, &w.parameters, &market, &redemption, w.now);
        assert_int_equal(view.state, PLM_PRICE_STATE_INVALID);
        assert_int_equal(view.price_e8, TS_E8);
    }
    pli_price_view base = pli_anchor_constant(60000000, w.now);
    pli_price_view redemption = pli_anchor_redemption(&ratio, &base);
    assert_int_equal(redemption.state, PLM_PRICE_STATE_VALID);
    assert_int_equal(redemption.price_e8, 1);
}

static void
without_an_anchor_there_is_no_price(void **state) {
    (void)state;
    world w;
    make_world(&w);
    pli_price_view market = pli_anchor_constant(TS_E8, w.now);
    pli_price_view redemption = pli_anchor_constant(TS_E8, w.now);
    redemption.state = PLM_PRICE_STATE_STALE;
    redemption.age_ns = 7;
    pli_price_view view = pli_anchor_combine(&w.anchor, &w.parameters, &market, &redemption, w.now);
    assert_int_equal(view.state, PLM_PRICE_STATE_STALE);
    assert_int_equal(view.age_ns, 7);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_that_agree_give_the_market_and_its_distance),
        cmocka_unit_test(prices_apart_are_held_at_both_and_then_the_market_decides),
        cmocka_unit_test(ratio_taken_for_a_price_is_not_acted_upon),
        cmocka_unit_test(redemption_value_is_no_better_than_its_factors),
        cmocka_unit_test(redemption_value_that_rounds_to_nothing_is_none),
        cmocka_unit_test(without_an_anchor_there_is_no_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
