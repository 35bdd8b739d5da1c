/* test_perpetual_models.c: models dydx-v4, drift-v2 and mango-v4 by hand, refusals, properties.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/wide.h"
#include "io/parameters_yaml.h"
#include "support/desk.h"
#include "venue/drift_v2_model.h"
#include "venue/dydx_v4_model.h"
#include "venue/mango_v4_model.h"

static const int64_t usd = 1000000;
static const int64_t e8 = 100000000;

enum { DYDX = 0, DRIFT = 1, MANGO = 2, MODELS = 3 };

static const plm_model *const models[MODELS] = {&pli_model_dydx_v4, &pli_model_drift_v2,
                                                &pli_model_mango_v4};
static ts_desk desk;
static int64_t records[MODELS][32];

static void
init(void) {
    ts_desk_init(&desk);
    for (uint32_t i = 0; i < MODELS; i += 1) {
        assert_true(models[i]->descriptor->record_size <= sizeof records[i]);
        plm_record_init(models[i]->descriptor, records[i]);
    }
}

static plm_status
ask(uint32_t model, plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    desk.input.parameters = records[model];
    return plm_margin_require(models[model], &desk.input, &desk.workspace, requirement, reason,
                              fault);
}

static plm_requirement
require(uint32_t model) {
    plm_requirement requirement = {0};
    plm_fault fault = {0};
    if (ask(model, &requirement, NULL, &fault) != PLM_OK)
        fail_msg("%s: %s", plm_status_name(fault.status), fault.text);
    return requirement;
}

static void
expect(uint32_t model, int64_t maintenance, int64_t initial, int64_t equity_maintenance,
       int64_t equity_initial) {
    plm_requirement got = require(model);
    assert_int_equal(got.maintenance_micros, maintenance);
    assert_int_equal(got.initial_micros, initial);
    assert_int_equal(got.equity_maintenance_micros, equity_maintenance);
    assert_int_equal(got.equity_initial_micros, equity_initial);
}

static void
expect_refusal(uint32_t model, const char *word) {
    plm_requirement requirement = {0};
    plm_fault fault = {0};
    assert_int_equal(ask(model, &requirement, NULL, &fault), PLM_MODEL_UNSUPPORTED);
    if (strstr(fault.text, word) == NULL)
        fail_msg("\"%s\" does not name %s", fault.text, word);
}

static void
an_empty_portfolio_requires_nothing(void **state) {
    (void)state;
    init();
    for (uint32_t i = 0; i < MODELS; i += 1) {
        expect(i, 0, 0, 0, 0);
        assert_ptr_equal(plm_model_find(models[i]->name), models[i]);
    }
}

/*
 * One BTC bought at 9,000, oracle 10,000, 5,000 of cash; the worked example of the three documents.
 *   dYdX   class 0: IMR 2 %, MMR 60 % of that
 *   Drift  10 % and 5 % (the size term, 8.1 % and 4.1 %, is below); of 1,000 profit only 100 count for initial
 *   Mango  maintenance 0.9 * 10,000 - 9,000 = 0 of the profit; initial 0.8 * 10,000 - 9,000 = -1,000
 */
static void
one_long_perpetual_by_hand(void **state) {
    (void)state;
    init();
    ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
    ts_desk_fund(&desk, TS_USD, 5000 * usd);
    expect(DYDX, 120 * usd, 200 * usd, 6000 * usd, 6000 * usd);
    expect(DRIFT, 500 * usd + 2, 1000 * usd + 2, 6000 * usd, 5100 * usd);
    expect(MANGO, 1000 * usd, 2000 * usd, 6000 * usd, 6000 * usd);
}

/* The same short: Mango 1.1 and 1.2 times the base; a loss of 1,000 counts in full everywhere. */
static void
one_short_perpetual_by_hand(void **state) {
    (void)state;
    init();
    ts_desk_hold(&desk, TS_PERP, -1000, 9000 * e8);
    ts_desk_fund(&desk, TS_USD, 1600 * usd);
    expect(DYDX, 120 * usd, 200 * usd, 600 * usd, 600 * usd);
    expect(DRIFT, 500 * usd + 2, 1000 * usd + 2, 600 * usd, 600 * usd);
    expect(MANGO, 1000 * usd, 2000 * usd, 600 * usd, 600 * usd);
    assert_int_equal(require(DYDX).health, PLM_HEALTH_HEALTHY);
    assert_int_equal(require(DRIFT).health, PLM_HEALTH_RESTRICTED);
    assert_int_equal(require(MANGO).health, PLM_HEALTH_LIQUIDATABLE);
}

/* Class 1, open interest 70 million between 40 and 100: 5 % + 95 % / 2 = 52.5 %; maintenance stays 3 %. */
static void
dydx_initial_follows_open_interest_and_maintenance_does_not(void **state) {
    (void)state;
    init();
    ts_desk_hold(&desk, TS_PERP, -1000, 10000 * e8);
    ts_desk_fund(&desk, TS_USD, 5000 * usd);
    desk.underlyings[0].class_id = 1;
    desk.prices[0].open_interest_micros = 70000000 * usd;
    expect(DYDX, 300 * usd, 5250 * usd, 5000 * usd, 5000 * usd);
    desk.prices[0].open_interest_micros = 100000000 * usd;
    expect(DYDX, 300 * usd, 10000 * usd, 5000 * usd, 5000 * usd);
    desk.underlyings[0].class_id = 4;
    expect_refusal(DYDX, "instrument 0");
}

/* 1 BTC of collateral, slow price 9,000. Drift 0.9 * 10,000 and 0.8 * 9,000; Mango 0.7 * 10,000 and 0.5 * 9,000. */
static void
collateral_counts_weighted_and_initially_at_the_worse_price(void **state) {
    (void)state;
    init();
    desk.prices[0].price.slow_e8 = 9000 * e8;
    ts_desk_fund(&desk, TS_BTC, e8);
    expect(DRIFT, 0, 0, 9000 * usd, 7200 * usd);
    expect(MANGO, 3000 * usd, 5500 * usd, 10000 * usd, 10000 * usd);
    expect_refusal(DYDX, "asset 1");
}

/* Half a BTC borrowed, slow price 11,000. Drift 1.1 * 5,000 and 1.2 * 5,500; Mango 1.3 * 5,000 and 1.5 * 5,500. */
static void
loans_are_required_weighted_at_the_worse_price(void **state) {
    (void)state;
    init();
    desk.prices[0].price.slow_e8 = 11000 * e8;
    ts_desk_fund(&desk, TS_BTC, -e8 / 2);
    expect(DRIFT, 5500 * usd + 2, 6600 * usd + 2, 0, 0);
    expect(MANGO, 1500 * usd, 3250 * usd, -5000 * usd, -5000 * usd);
}

/* An order to buy one BTC, nothing held. Drift: the ratio on its size and a cent; Mango: 0.9 (0.8) - 1 of its value. */
static void
open_orders_count_as_if_the_worse_side_filled(void **state) {
    (void)state;
    init();
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 1000, 10000 * e8);
    expect(DRIFT, 500 * usd + 10000 + 2, 1000 * usd + 10000 + 2, 0, 0);
    expect(MANGO, 1000 * usd, 2000 * usd, 0, 0);
    expect_refusal(DYDX, "order 0");
}

static void
what_the_venues_do_not_list_is_refused_by_name(void **state) {
    (void)state;
    for (uint32_t instrument = TS_INVERSE; instrument < TS_DESK_INSTRUMENTS; instrument += 1) {
        init();
        ts_desk_hold(&desk, instrument, 1,
                     instrument == TS_CALL || instrument == TS_PUT ? 0 : 10000 * e8);
        char name[] = "instrument 0";
        name[11] = (char)('0' + (int)instrument);
        for (uint32_t i = 0; i < MODELS; i += 1)
            expect_refusal(i, name);
    }
    init();
    ts_desk_hold(&desk, TS_PERP, 1, 10000 * e8);
    desk.underlyings[0].price_unit = 3;
    for (uint32_t i = 0; i < MODELS; i += 1)
        expect_refusal(i, "instrument 0");
    // A thousandth of a hundred-millionth is finer than Drift's base unit.
    desk.underlyings[0].price_unit = 1000000;
    desk.instruments[TS_PERP].lot_e8 = 1;
    expect_refusal(DRIFT, "instrument 0");
}

/* A price per thousand units with a thousand times the lots is the same account. */
static void
price_units_change_nothing(void **state) {
    (void)state;
    for (uint32_t i = 0; i < MODELS; i += 1) {
        init();
        ts_desk_hold(&desk, TS_PERP, 1000, 9000 * e8);
        ts_desk_fund(&desk, TS_USD, 5000 * usd);
        plm_requirement one = require(i);
        desk.underlyings[0].price_unit = 1000;
        desk.instruments[TS_PERP].lot_e8 *= 1000;
        plm_requirement thousand = require(i);
        assert_memory_equal(&one, &thousand, sizeof one);
    }
}

static void
contributions_add_up_to_the_requirement(void **state) {
    (void)state;
    for (uint32_t i = 0; i < MODELS; i += 1) {
        init();
        ts_desk_hold(&desk, TS_PERP, 1234, 9000 * e8);
        ts_desk_fund(&desk, TS_USD, 5000 * usd);
        if (i != DYDX)
            ts_desk_fund(&desk, TS_BTC, -e8 / 3);
        int64_t positions[2][8] = {{0}};
        int64_t balances[2][4] = {{0}};
        plm_reason reason = {
            .maintenance = {.position_micros = positions[0], .balance_micros = balances[0]},
            .initial = {.position_micros = positions[1], .balance_micros = balances[1]}};
        plm_requirement got = {0};
        plm_fault fault = {0};
        assert_int_equal(ask(i, &got, &reason, &fault), PLM_OK);
        assert_int_equal(positions[0][0] + balances[0][0] + balances[0][1], got.maintenance_micros);
        assert_int_equal(positions[1][0] + balances[1][0] + balances[1][1], got.initial_micros);
        assert_int_equal(reason.maintenance.branch, PLM_BRANCH_VENUE);
        assert_int_equal(reason.collateral_micros - reason.liabilities_micros +
                             reason.unrealised_micros,
                         got.equity_maintenance_micros);
    }
}

static void
parameters_out_of_order_are_refused(void **state) {
    (void)state;
    static const struct {
        uint32_t model;
        const char *path, *value;
    } rows[] = {{DYDX, "mid_lower_micros", "200000000"},
                {DRIFT, "perpetual_maintenance_ppm", "0.2"},
                {DRIFT, "asset_initial_ppm", "0.95"},
                {MANGO, "liability_maintenance_ppm", "1.6"},
                {MANGO, "overall_maintenance_ppm", "0.9"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        init();
        plm_requirement requirement = {0};
        plm_fault fault = {0};
        assert_int_equal(plm_record_set(models[rows[i].model]->descriptor, records[rows[i].model],
                                        rows[i].path, rows[i].value, &fault),
                         PLM_OK);
        assert_int_equal(ask(rows[i].model, &requirement, NULL, &fault), PLM_PARAMETER_INVALID);
    }
}

/* The files under params/ repeat every default, so that source and value stand side by side. */
static void
the_shipped_parameter_files_hold_the_defaults(void **state) {
    (void)state;
    static const char *const files[] = {"params/dydx-v4.yaml", "params/drift-v2.yaml",
                                        "params/mango-v4.yaml"};
    init();
    for (uint32_t i = 0; i < MODELS; i += 1) {
        pli_parameter_book book;
        plm_fault fault = {0};
        if (pli_parameters_read(files[i], &book, &fault) != PLM_OK)
            fail_msg("%s", fault.text);
        const void *read = pli_parameters_record(&book, models[i]->descriptor);
        assert_non_null(read);
        assert_memory_equal(read, records[i], models[i]->descriptor->record_size);
        pli_parameters_finish(&book);
    }
}

/* Random sizes and prices: initial >= maintenance >= 0, more of a position never requires less, equities are ordered. */
static void
requirements_are_ordered_and_grow_with_the_size(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(7);
    for (uint32_t round = 0; round < 3000; round += 1) {
        uint32_t model = round % MODELS;
        init();
        int64_t lots = 1 + (int64_t)pli_prng_below(&prng, 10000000);
        int64_t sign = pli_prng_below(&prng, 2) == 0 ? 1 : -1;
        int64_t price = 1 + (int64_t)pli_prng_below(&prng, 2000000000000);
        desk.prices[0].price.price_e8 = price;
        desk.prices[0].price.slow_e8 = price / 2 + (int64_t)pli_prng_below(&prng, 1000000) + 1;
        desk.prices[0].open_interest_micros = (int64_t)pli_prng_below(&prng, 90000000000000);
        desk.underlyings[0].class_id = (uint32_t)pli_prng_below(&prng, 4);
        desk.marks[TS_PERP].mark_e8 = price;
        ts_desk_hold(&desk, TS_PERP, sign * lots, price);
        ts_desk_fund(&desk, TS_USD, 1000 * usd);
        plm_requirement small = require(model);
        assert_true(small.maintenance_micros >= 0);
        assert_true(small.initial_micros >= small.maintenance_micros);
        assert_true(small.equity_initial_micros <= small.equity_maintenance_micros);
        desk.positions[0].lots = sign * (lots + 1 + (int64_t)pli_prng_below(&prng, 1000));
        plm_requirement large = require(model);
        assert_true(large.maintenance_micros >= small.maintenance_micros);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_portfolio_requires_nothing),
        cmocka_unit_test(one_long_perpetual_by_hand),
        cmocka_unit_test(one_short_perpetual_by_hand),
        cmocka_unit_test(dydx_initial_follows_open_interest_and_maintenance_does_not),
        cmocka_unit_test(collateral_counts_weighted_and_initially_at_the_worse_price),
        cmocka_unit_test(loans_are_required_weighted_at_the_worse_price),
        cmocka_unit_test(open_orders_count_as_if_the_worse_side_filled),
        cmocka_unit_test(what_the_venues_do_not_list_is_refused_by_name),
        cmocka_unit_test(price_units_change_nothing),
        cmocka_unit_test(contributions_add_up_to_the_requirement),
        cmocka_unit_test(parameters_out_of_order_are_refused),
        cmocka_unit_test(the_shipped_parameter_files_hold_the_defaults),
        cmocka_unit_test(requirements_are_ordered_and_grow_with_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
