/* test_market.c: what a market must hold before risk reads it, and the search for an expiry.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plimsoll/market.h"

#define EXPIRY (100 * PLM_DAY_NS)

typedef struct world {
    plm_underlying underlyings[2];
    plm_instrument instruments[3];
    plm_listing listing;
    plm_underlying_market prices[2];
    plm_expiry_market expiries[3];
    plm_mark marks[3];
    plm_market market;
    plm_fault fault;
} world;

// A coin with a positive price and an oil that may fall below zero.
static void
make_world(world *w) {
    memset(w, 0, sizeof *w);
    w->underlyings[0] = (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1};
    w->underlyings[1] = (plm_underlying){.domain = PLM_PRICE_DOMAIN_ANY, .price_unit = 1};
    w->instruments[0] = (plm_instrument){.kind = PLM_KIND_PERPETUAL};
    w->instruments[1] = (plm_instrument){.kind = PLM_KIND_OPTION, .expiry_ns = EXPIRY};
    w->instruments[2] =
        (plm_instrument){.kind = PLM_KIND_FUTURE, .underlying_index = 1, .expiry_ns = EXPIRY};
    w->listing = (plm_listing){.underlying_count = 2,
                               .instrument_count = 3,
                               .underlyings = w->underlyings,
                               .instruments = w->instruments};
    for (int i = 0; i < 2; i += 1) {
        int64_t price = i == 0 ? 900000000000 : -3700000000;
        w->prices[i] = (plm_underlying_market){
            .price = {.price_e8 = price, .slow_e8 = price, .state = PLM_PRICE_STATE_VALID},
            .volatility_ppm = 700000};
    }
    w->expiries[0] = (plm_expiry_market){
        .expiry_ns = EXPIRY,
        .forward_e8 = 900000000000,
        .slice = {.kind = PLM_SLICE_SVI, .svi = {.a = 0.04, .b = 0.4, .rho = -0.5, .sigma = 0.4}}};
    w->expiries[1] = (plm_expiry_market){.expiry_ns = 2 * EXPIRY, .forward_e8 = 910000000000};
    w->expiries[2] =
        (plm_expiry_market){.underlying_index = 1, .expiry_ns = EXPIRY, .forward_e8 = -3500000000};
    for (int i = 0; i < 3; i += 1) {
        w->marks[i] = (plm_mark){.mark_e8 = i == 2 ? -3600000000 : 5000000, .is_present = true};
    }
    w->market = (plm_market){.time = {.ns = PLM_DAY_NS},
                             .underlyings = w->prices,
                             .marks = w->marks,
                             .expiry_count = 3,
                             .expiries = w->expiries};
}

#define assert_refused(w, answer, words)                                                           \
    do {                                                                                           \
        assert_int_equal(plm_market_check(&(w).market, &(w).listing, NULL), (answer));             \
        assert_int_equal(plm_market_check(&(w).market, &(w).listing, &(w).fault), (answer));       \
        assert_int_equal((w).fault.status, (answer));                                              \
        assert_non_null(strstr((w).fault.text, (words)));                                          \
    } while (0)

static void
complete_market_passes(void **state) {
    (void)state;
    world w;
    make_world(&w);
    assert_int_equal(plm_market_check(&w.market, &w.listing, &w.fault), PLM_OK);
    assert_int_equal(w.fault.status, 0);
    // Whether an absent mark matters is for the model to say.
    w.marks[0] = (plm_mark){.mark_e8 = -1};
    assert_int_equal(plm_market_check(&w.market, &w.listing, &w.fault), PLM_OK);
}

static void
price_that_is_not_valid_is_missing(void **state) {
    (void)state;
    const plm_price_state states[] = {0, PLM_PRICE_STATE_HELD, PLM_PRICE_STATE_STALE,
                                      PLM_PRICE_STATE_INVALID};
    for (size_t i = 0; i < 4; i += 1) {
        world w;
        make_world(&w);
        w.prices[1].price.state = states[i];
        assert_refused(w, PLM_PRICE_MISSING, "underlying 1");
    }
}

static void
value_outside_its_bounds_is_named(void **state) {
    (void)state;
    world w;
    make_world(&w);
    w.prices[0].price.price_e8 = 0;
    assert_refused(w, PLM_DOMAIN, "underlying 0 price_e8 is 0; allowed is 1 to 10000000000000000");
    make_world(&w);
    w.prices[1].price.slow_e8 = -PLM_PRICE_E8_MAX - 1;
    assert_refused(w, PLM_DOMAIN, "underlying 1 slow_e8");
    make_world(&w);
    w.prices[0].price.confidence_e8 = -1;
    assert_refused(w, PLM_DOMAIN, "confidence_e8 is -1");
    make_world(&w);
    w.prices[0].volatility_ppm = 0;
    assert_refused(w, PLM_DOMAIN, "volatility_ppm is 0");
    make_world(&w);
    w.prices[0].depth_micros = -1;
    assert_refused(w, PLM_DOMAIN, "depth_micros");
    make_world(&w);
    w.prices[0].volume_micros = -1;
    assert_refused(w, PLM_DOMAIN, "volume_micros");
    make_world(&w);
    w.prices[0].open_interest_micros = -1;
    assert_refused(w, PLM_DOMAIN, "open_interest_micros");
    make_world(&w);
    w.marks[0].mark_e8 = 0;
    assert_refused(w, PLM_DOMAIN, "instrument 0 mark_e8");
    make_world(&w);
    w.marks[1].mark_e8 = -1; // an option is never worth less than nothing
    assert_refused(w, PLM_DOMAIN, "instrument 1 mark_e8");
    make_world(&w);
    w.marks[1].half_spread_e8 = -1;
    assert_refused(w, PLM_DOMAIN, "half_spread_e8");
}

static void
expiries_must_be_sorted_unique_and_in_domain(void **state) {
    (void)state;
    world w;
    make_world(&w);
    w.expiries[1].expiry_ns = EXPIRY;
    assert_refused(w, PLM_DOMAIN, "expiry 1 does not come after");
    make_world(&w);
    w.expiries[1].underlying_index = 1;
    assert_refused(w, PLM_DOMAIN, "expiry 2 does not come after");
    make_world(&w);
    w.expiries[2].underlying_index = 2;
    assert_refused(w, PLM_DOMAIN, "expiry 2 underlying_index is 2; allowed is 0 to 1");
    make_world(&w);
    w.expiries[0].forward_e8 = -5;
    assert_refused(w, PLM_DOMAIN, "expiry 0 forward_e8");
    make_world(&w);
    w.expiries[0].slice.svi.rho = -1;
    assert_refused(w, PLM_DOMAIN, "expiry 0 has a slice");
    make_world(&w);
    w.expiries[2].slice = w.expiries[0].slice; // Black volatilities where the price may be negative
    assert_refused(w, PLM_DOMAIN, "expiry 2 has a slice");
}

static void
instrument_past_its_expiry_is_refused(void **state) {
    (void)state;
    world w;
    make_world(&w);
    w.market.time.ns = EXPIRY - 1;
    assert_int_equal(plm_market_check(&w.market, &w.listing, &w.fault), PLM_OK);
    w.market.time.ns = EXPIRY;
    assert_refused(w, PLM_EXPIRED, "instrument 1");
}

static const plm_expiry_market *
expiry_by_scan(const plm_market *market, uint32_t underlying, int64_t expiry_ns) {
    const plm_expiry_market *found = NULL;
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        const plm_expiry_market *e = &market->expiries[i];
        if (e->underlying_index == underlying && e->expiry_ns == expiry_ns) {
            found = e;
        }
    }
    return found;
}

static void
expiry_is_found_exactly_or_not_at_all(void **state) {
    (void)state;
    plm_expiry_market table[60];
    memset(table, 0, sizeof table);
    for (uint32_t size = 0; size <= 60; size += 1) {
        for (uint32_t i = 0; i < size; i += 1) {
            table[i].underlying_index = i / 7;
            table[i].expiry_ns = 10 * (i % 7 + 1);
        }
        plm_market market = {.expiry_count = size, .expiries = table};
        for (uint32_t underlying = 0; underlying < 10; underlying += 1) {
            for (int64_t expiry = 0; expiry <= 80; expiry += 5) {
                assert_ptr_equal(plm_market_expiry(&market, underlying, expiry),
                                 expiry_by_scan(&market, underlying, expiry));
            }
        }
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_market_passes),
        cmocka_unit_test(price_that_is_not_valid_is_missing),
        cmocka_unit_test(value_outside_its_bounds_is_named),
        cmocka_unit_test(expiries_must_be_sorted_unique_and_in_domain),
        cmocka_unit_test(instrument_past_its_expiry_is_refused),
        cmocka_unit_test(expiry_is_found_exactly_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
