/* test_mark.c: marks of the venue, and marks from a surface where it gives none.      SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "price/mark.h"
#include "support/scenario_world.h"

static ts_world world;

// A flat surface at Haug's example: Black-76, F = 19, X = 19, T = 0.75, sigma = 28 %, r = 10 %, whose
// published price 1.7011 is exp(-0.075) times the undiscounted one (Haug, The Complete Guide to Option
// Pricing Formulas, 2nd edition, section 1.1.3).
static void
set_haug_option(void) {
    static const plm_slice_node flat = {.strike = 19, .volatility = 0.28};
    ts_world_init(&world);
    plm_instrument *option = &world.instruments[TS_BTC_CALL];
    option->strike_e8 = 1900000000;
    option->expiry_ns = TS_WORLD_NOW + PLM_YEAR_NS / 4 * 3;
    world.expiries[2].expiry_ns = option->expiry_ns;
    world.expiries[2].forward_e8 = 1900000000;
    world.expiries[2].slice = (plm_slice){.kind = PLM_SLICE_GRID, .node_count = 1, .nodes = &flat};
}

static plm_status
mark_of(uint32_t instrument, int64_t *mark_e8, plm_fault *fault) {
    plm_price mark;
    plm_status status =
        plm_instrument_mark(&world.listing, &world.market, instrument, &mark, fault);
    if (status == PLM_OK) {
        *mark_e8 = mark.e8;
    }
    return status;
}

static void
a_surface_mark_is_the_published_black_price(void **state) {
    (void)state;
    set_haug_option();
    int64_t mark_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &mark_e8, NULL), PLM_OK);
    double discounted = (double)mark_e8 / 1e8 * exp(-0.1 * 0.75);
    assert_true(fabs(discounted - 1.7011) < 0.00005);
}

static void
a_coin_option_is_marked_in_coin_per_price_unit(void **state) {
    (void)state;
    set_haug_option();
    int64_t linear_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &linear_e8, NULL), PLM_OK);
    world.instruments[TS_BTC_CALL].settlement = PLM_SETTLEMENT_INVERSE;
    int64_t coin_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &coin_e8, NULL), PLM_OK);
    assert_true(fabs((double)coin_e8 - (double)linear_e8 / 19) <= 0.6);
    world.underlyings[TS_U_BTC].price_unit = 1000;
    int64_t thousand_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &thousand_e8, NULL), PLM_OK);
    assert_true(fabs((double)thousand_e8 - (double)linear_e8 / 19 * 1000) <= 30.0);
}

static void
the_mark_of_the_venue_comes_first(void **state) {
    (void)state;
    set_haug_option();
    world.marks[TS_BTC_CALL] = (plm_mark){.mark_e8 = 77, .half_spread_e8 = 3, .is_present = true};
    int64_t mark_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &mark_e8, NULL), PLM_OK);
    assert_int_equal(mark_e8, 77);
}

static void
only_an_option_is_marked_from_a_surface(void **state) {
    (void)state;
    ts_world_init(&world);
    world.marks[TS_BTC_PERP].is_present = false;
    int64_t mark_e8 = 5;
    plm_fault fault;
    assert_int_equal(mark_of(TS_BTC_PERP, &mark_e8, &fault), PLM_MARK_MISSING);
    assert_string_equal(fault.text,
                        "instrument 1 has no mark, and only options can be marked from a surface");
    assert_int_equal(mark_e8, 5);
}

static void
an_option_without_a_price_says_why(void **state) {
    (void)state;
    int64_t mark_e8 = 0;
    plm_fault fault;
    ts_world_init(&world);
    world.instruments[TS_BTC_CALL].expiry_ns += 1;
    assert_int_equal(mark_of(TS_BTC_CALL, &mark_e8, &fault), PLM_SURFACE_MISSING);
    world.instruments[TS_BTC_CALL].expiry_ns = TS_WORLD_NOW;
    assert_int_equal(mark_of(TS_BTC_CALL, &mark_e8, &fault), PLM_EXPIRED);
    world.expiries[1].forward_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_PUT, &mark_e8, &fault), PLM_DOMAIN);
    world.expiries[3].slice.kind = PLM_SLICE_SVI;
    assert_int_equal(mark_of(TS_WTI_CALL, &mark_e8, &fault), PLM_DOMAIN);
    ts_world_init(&world);
    world.underlyings[TS_U_BTC].price_unit = PLM_PRICE_UNIT_MAX;
    assert_int_equal(mark_of(TS_BTC_COIN_CALL, &mark_e8, &fault), PLM_OK);
    world.wti_nodes[1].volatility = 1e9;
    assert_int_equal(mark_of(TS_WTI_CALL, &mark_e8, &fault), PLM_OVERFLOW);
}

static void
filling_marks_touches_nothing_but_absent_option_marks(void **state) {
    (void)state;
    ts_world_init(&world);
    world.marks[TS_SHIB_PERP].is_present = false;
    world.marks[TS_BTC_PUT] = (plm_mark){.mark_e8 = 42, .half_spread_e8 = 7, .is_present = true};
    plm_mark marks[TS_INSTRUMENT_COUNT];
    assert_int_equal(pli_market_fill_marks(&world.listing, &world.market, marks, NULL), PLM_OK);
    assert_false(marks[TS_SHIB_PERP].is_present);
    assert_int_equal(marks[TS_BTC_PUT].mark_e8, 42);
    assert_int_equal(marks[TS_BTC_PUT].half_spread_e8, 7);
    assert_int_equal(marks[TS_BTC_PERP].mark_e8, world.marks[TS_BTC_PERP].mark_e8);
    int64_t call_e8 = 0;
    assert_int_equal(mark_of(TS_BTC_CALL, &call_e8, NULL), PLM_OK);
    assert_true(marks[TS_BTC_CALL].is_present);
    assert_int_equal(marks[TS_BTC_CALL].mark_e8, call_e8);
    world.expiries[1].slice.kind = PLM_SLICE_NONE;
    assert_int_equal(pli_market_fill_marks(&world.listing, &world.market, marks, NULL),
                     PLM_SURFACE_MISSING);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_surface_mark_is_the_published_black_price),
        cmocka_unit_test(a_coin_option_is_marked_in_coin_per_price_unit),
        cmocka_unit_test(the_mark_of_the_venue_comes_first),
        cmocka_unit_test(only_an_option_is_marked_from_a_surface),
        cmocka_unit_test(an_option_without_a_price_says_why),
        cmocka_unit_test(filling_marks_touches_nothing_but_absent_option_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
