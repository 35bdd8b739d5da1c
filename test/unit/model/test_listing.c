/* test_listing.c: every rule of a listing is broken once and refused by name.         SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "support/desk.h"

#include <cmocka.h>

typedef struct broken {
    const char *says; // part of the fault's text
    plm_status status;
    void (*damage)(ts_desk *desk);
} broken;

static void
asset_points_nowhere(ts_desk *desk) {
    desk->assets[TS_BTC].underlying_index = 7;
}

static void
asset_has_nineteen_decimals(ts_desk *desk) {
    desk->assets[TS_BTC].decimals = 19;
}

static void
asset_has_no_treatment(ts_desk *desk) {
    desk->assets[TS_BTC].treatment = (plm_treatment)0;
}

static void
valuation_is_in_scenarios(ts_desk *desk) {
    desk->assets[TS_USD].treatment = PLM_TREATMENT_SCENARIO;
}

static void
liability_haircut_is_negative(ts_desk *desk) {
    desk->assets[TS_BTC].liability_haircut_ppm = -1;
}

static void
haircut_takes_everything(ts_desk *desk) {
    desk->assets[TS_BTC].tiers[0].haircut_ppm = PLM_PPM;
}

static void
haircuts_fall(ts_desk *desk) {
    desk->assets[TS_BTC].tier_count = 2;
    desk->assets[TS_BTC].tiers[0] = (plm_haircut_tier){1000, 200000};
    desk->assets[TS_BTC].tiers[1] = (plm_haircut_tier){INT64_MAX, 100000};
}

static void
last_tier_ends(ts_desk *desk) {
    desk->assets[TS_BTC].tiers[0].upto_micros = 1000;
}

static void
tiers_are_missing(ts_desk *desk) {
    desk->assets[TS_BTC].tier_count = 0;
}

static void
there_are_two_valuations(ts_desk *desk) {
    desk->assets[TS_BTC].underlying_index = PLM_NONE;
}

static void
domain_is_unknown(ts_desk *desk) {
    desk->underlyings[0].domain = (plm_price_domain)3;
}

static void
price_unit_is_zero(ts_desk *desk) {
    desk->underlyings[0].price_unit = 0;
}

static void
tick_is_zero(ts_desk *desk) {
    desk->underlyings[0].tick_e8 = 0;
}

static void
positive_domain_has_reference(ts_desk *desk) {
    desk->underlyings[0].reference_e8 = 1;
}

static void
kind_is_unknown(ts_desk *desk) {
    desk->instruments[TS_PERP].kind = (plm_kind)9;
}

static void
settlement_is_unknown(ts_desk *desk) {
    desk->instruments[TS_PERP].settlement = (plm_settlement)0;
}

static void
perpetual_has_a_right(ts_desk *desk) {
    desk->instruments[TS_PERP].right = PLM_RIGHT_CALL;
}

static void
option_has_no_premium(ts_desk *desk) {
    desk->instruments[TS_CALL].premium = PLM_PREMIUM_NONE;
}

static void
perpetual_expires(ts_desk *desk) {
    desk->instruments[TS_PERP].expiry_ns = 1;
}

static void
future_never_expires(ts_desk *desk) {
    desk->instruments[TS_FUTURE].expiry_ns = 0;
}

static void
future_has_a_strike(ts_desk *desk) {
    desk->instruments[TS_FUTURE].strike_e8 = 1;
}

static void
strike_is_zero(ts_desk *desk) {
    desk->instruments[TS_CALL].strike_e8 = 0;
}

static void
lot_is_too_large(ts_desk *desk) {
    desk->instruments[TS_PERP].lot_e8 = PLM_LOT_E8_MAX + 1;
}

static void
underlying_points_nowhere(ts_desk *desk) {
    desk->instruments[TS_PERP].underlying_index = 1;
}

static void
settlement_points_nowhere(ts_desk *desk) {
    desk->instruments[TS_PERP].settlement_asset_index = 9;
}

static void
inverse_settles_in_dollars(ts_desk *desk) {
    desk->instruments[TS_INVERSE].settlement_asset_index = TS_USD;
}

static void
inverse_may_go_negative(ts_desk *desk) {
    desk->underlyings[0].domain = PLM_PRICE_DOMAIN_ANY;
    desk->underlyings[0].reference_e8 = 100000000;
}

static void
coin_option_is_futures_style(ts_desk *desk) {
    desk->instruments[TS_CALL].settlement = PLM_SETTLEMENT_INVERSE;
    desk->instruments[TS_CALL].settlement_asset_index = TS_BTC;
    desk->instruments[TS_CALL].premium = PLM_PREMIUM_FUTURES_STYLE;
}

static const broken cases[] = {
    {"asset 1: no underlying", PLM_INDEX_UNKNOWN, asset_points_nowhere},
    {"asset 1: decimals is 19; allowed is 0 to 18", PLM_INSTRUMENT_INVALID,
     asset_has_nineteen_decimals},
    {"asset 1: treatment is 0", PLM_INSTRUMENT_INVALID, asset_has_no_treatment},
    {"asset 0: the valuation currency", PLM_INSTRUMENT_INVALID, valuation_is_in_scenarios},
    {"asset 1: liability_haircut_ppm is -1", PLM_INSTRUMENT_INVALID, liability_haircut_is_negative},
    {"asset 1: haircut_ppm is 1000000", PLM_INSTRUMENT_INVALID, haircut_takes_everything},
    {"asset 1: haircut_ppm is 100000", PLM_INSTRUMENT_INVALID, haircuts_fall},
    {"asset 1: upto_micros of the last tier is 1000", PLM_INSTRUMENT_INVALID, last_tier_ends},
    {"asset 1: tier_count is 0", PLM_INSTRUMENT_INVALID, tiers_are_missing},
    {"valuation currency) is 2", PLM_INSTRUMENT_INVALID, there_are_two_valuations},
    {"underlying 0: domain is 3", PLM_INSTRUMENT_INVALID, domain_is_unknown},
    {"underlying 0: price_unit is 0", PLM_INSTRUMENT_INVALID, price_unit_is_zero},
    {"underlying 0: tick_e8 is 0", PLM_INSTRUMENT_INVALID, tick_is_zero},
    {"underlying 0: reference_e8 is 1", PLM_INSTRUMENT_INVALID, positive_domain_has_reference},
    {"instrument 0: kind is 9", PLM_INSTRUMENT_INVALID, kind_is_unknown},
    {"instrument 0: settlement is 0", PLM_INSTRUMENT_INVALID, settlement_is_unknown},
    {"instrument 0: right is 1", PLM_INSTRUMENT_INVALID, perpetual_has_a_right},
    {"instrument 2: premium is 0", PLM_INSTRUMENT_INVALID, option_has_no_premium},
    {"instrument 0: expiry_ns is 1", PLM_INSTRUMENT_INVALID, perpetual_expires},
    {"instrument 4: expiry_ns is 0", PLM_INSTRUMENT_INVALID, future_never_expires},
    {"instrument 4: strike_e8 is 1", PLM_INSTRUMENT_INVALID, future_has_a_strike},
    {"instrument 2: strike_e8 is 0", PLM_INSTRUMENT_INVALID, strike_is_zero},
    {"instrument 0: lot_e8 is 100000000001", PLM_INSTRUMENT_INVALID, lot_is_too_large},
    {"instrument 0: no underlying", PLM_INDEX_UNKNOWN, underlying_points_nowhere},
    {"instrument 0: no asset", PLM_INDEX_UNKNOWN, settlement_points_nowhere},
    {"instrument 1: an inverse instrument settles", PLM_INSTRUMENT_INVALID,
     inverse_settles_in_dollars},
    {"instrument 1: an inverse instrument needs", PLM_INSTRUMENT_INVALID, inverse_may_go_negative},
    {"instrument 2: a coin-settled option is premium-paid", PLM_INSTRUMENT_INVALID,
     coin_option_is_futures_style},
};

static void
a_well_formed_listing_passes(void **state) {
    (void)state;
    static ts_desk desk;
    ts_desk_init(&desk);
    assert_int_equal(plm_listing_check(&desk.listing, NULL), PLM_OK);
}

static void
each_broken_rule_is_named(void **state) {
    (void)state;
    static ts_desk desk;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        plm_fault fault = {0};
        ts_desk_init(&desk);
        cases[i].damage(&desk);
        plm_status status = plm_listing_check(&desk.listing, &fault);
        if (status != cases[i].status || strstr(fault.text, cases[i].says) == NULL) {
            fail_msg("%s: got %s, '%s'", cases[i].says, plm_status_name(status), fault.text);
        }
        assert_int_equal(fault.status, status);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_well_formed_listing_passes),
        cmocka_unit_test(each_broken_rule_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
