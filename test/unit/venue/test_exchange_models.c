/* test_exchange_models.c: Binance, Hyperliquid, Paradex, Deribit as models: by hand, and what they refuse.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/parameters_yaml.h"
#include "support/desk.h"
#include "venue/exchange_models.h"

static const int64_t usd = 1000000;
static const int64_t e8 = 100000000;

static ts_desk desk;
static pli_parameter_book book;

static const plm_model *const models[] = {&pli_model_binance, &pli_model_hyperliquid,
                                          &pli_model_paradex, &pli_model_deribit_sm,
                                          &pli_model_deribit_pm};
enum { MODELS = 5 };

static int
open_book(void **state) {
    (void)state;
    pli_parameters_init(&book);
    return 0;
}

static int
close_book(void **state) {
    (void)state;
    pli_parameters_finish(&book);
    return 0;
}

static plm_status
ask(const plm_model *model, plm_requirement *requirement, plm_reason *reason, plm_fault *fault) {
    desk.input.parameters = pli_parameters_record(&book, model->descriptor);
    return plm_margin_require(model, &desk.input, &desk.workspace, requirement, reason, fault);
}

static plm_requirement
require(const plm_model *model) {
    plm_requirement requirement = {0};
    plm_fault fault = {0};
    if (ask(model, &requirement, NULL, &fault) != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(fault.status), fault.text);
    }
    return requirement;
}

static void
is_refused(const plm_model *model, const char *words) {
    plm_requirement requirement = {.initial_micros = 77};
    plm_fault fault = {0};
    assert_int_equal(ask(model, &requirement, NULL, &fault), PLM_MODEL_UNSUPPORTED);
    if (strstr(fault.text, words) == NULL) {
        fail_msg("%s: %s does not say %s", model->name, fault.text, words);
    }
    assert_int_equal(requirement.initial_micros, 77);
}

static void
an_empty_portfolio_requires_nothing(void **state) {
    (void)state;
    ts_desk_init(&desk);
    for (int i = 0; i < MODELS; i += 1) {
        plm_requirement got = require(models[i]);
        assert_int_equal(got.initial_micros, 0);
        assert_int_equal(got.maintenance_micros, 0);
        assert_int_equal(got.equity_maintenance_micros, 0);
        assert_ptr_equal(plm_model_find(models[i]->name), models[i]);
    }
}

/* 1 BTC bought at 9,000, mark 10,000, 5,000 of cash: equity 6,000 at every venue. */
static void
one_perpetual_by_hand(void **state) {
    (void)state;
    static const int64_t cents[][2] = {{50000, 4000},   // 10,000/20; 0.4 %
                                       {25000, 12500},  // 10,000/40; half of it
                                       {20000, 10000},  // 2 %; half of it
                                       {20050, 10050}}; // 2 % and 1 %, plus 0.005 %
    for (int side = -1; side <= 1; side += 2) {
        ts_desk_init(&desk);
        ts_desk_hold(&desk, TS_PERP, side * 1000, 9000 * e8);
        ts_desk_fund(&desk, TS_USD, 5000 * usd);
        for (int i = 0; i < 4; i += 1) {
            plm_requirement got = require(models[i]);
            assert_int_equal(got.initial_micros, cents[i][0] * 10000);
            assert_int_equal(got.maintenance_micros, cents[i][1] * 10000);
            assert_int_equal(got.equity_initial_micros, (5000 + side * 1000) * usd);
            assert_int_equal(got.equity_maintenance_micros, (5000 + side * 1000) * usd);
            assert_int_equal(got.call_micros, got.maintenance_micros);
            assert_int_equal(got.health, PLM_HEALTH_HEALTHY);
        }
    }
}

/* 100 BTC are 1,000,000: the third bracket of BTCUSDT, 0.65 % less 950; leverage 75 caps nothing at 20. */
static void
a_large_position_meets_the_bracket_of_its_notional(void **state) {
    (void)state;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, 100000, 10000 * e8);
    ts_desk_fund(&desk, TS_USD, 60000 * usd);
    plm_requirement got = require(&pli_model_binance);
    assert_int_equal(got.maintenance_micros, 5550 * usd);
    assert_int_equal(got.initial_micros, 50000 * usd);
    // 20,000 BTC are 200 million: 5 % less 2,981,450, and at most ten times leverage.
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, -20000000, 10000 * e8);
    got = require(&pli_model_binance);
    assert_int_equal(got.maintenance_micros, INT64_C(7018550) * usd);
    assert_int_equal(got.initial_micros, INT64_C(20000000) * usd);
    // The same at Hyperliquid: 2.5 % less 1,875,000, leverage 20; at Deribit 1 % + 20,000 * 0.005 % is 101 %.
    got = require(&pli_model_hyperliquid);
    assert_int_equal(got.maintenance_micros, INT64_C(3125000) * usd);
    assert_int_equal(got.initial_micros, INT64_C(10000000) * usd);
    got = require(&pli_model_deribit_sm);
    assert_int_equal(got.maintenance_micros, INT64_C(202000000) * usd);
}

/* Short 1, buying 3 and selling 2: at most 3 short. The documented example at a mark of 10,000. */
static void
orders_count_by_the_larger_open_size(void **state) {
    (void)state;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_PERP, -1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 3000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_SELL, 2000, 10000 * e8);
    plm_requirement got = require(&pli_model_paradex);
    assert_int_equal(got.initial_micros, 600 * usd);
    assert_int_equal(got.maintenance_micros, 100 * usd);
    assert_int_equal(require(&pli_model_hyperliquid).initial_micros, 750 * usd);
    assert_int_equal(require(&pli_model_binance).initial_micros, 1500 * usd);
    is_refused(&pli_model_deribit_pm, "order");
}

static void
paradex_provides_for_fees_and_open_losses(void **state) {
    (void)state;
    ts_desk_init(&desk);
    pli_paradex_record record;
    plm_record_init(&pli_paradex_descriptor, &record);
    record.taker_ppm = 300;
    ts_desk_hold(&desk, TS_PERP, 1000, 10000 * e8);
    ts_desk_order(&desk, TS_PERP, PLM_SIDE_BUY, 1000, 10100 * e8);
    desk.input.parameters = &record;
    plm_requirement got = {0};
    plm_fault fault = {0};
    assert_int_equal(
        plm_margin_require(&pli_model_paradex, &desk.input, &desk.workspace, &got, NULL, &fault),
        PLM_OK);
    // Maintenance 100 and 3 of fee; initial 2 * 200, fees on 2 to close and 1 to open, 100 beyond the mark.
    assert_int_equal(got.maintenance_micros, 103 * usd);
    assert_int_equal(got.initial_micros, (400 + 9 + 100) * usd);
}

/* The call settled in coin, mark 0.04 coin. */
static void
hold_coin_call(int64_t lots) {
    ts_desk_init(&desk);
    desk.instruments[TS_CALL].settlement = PLM_SETTLEMENT_INVERSE;
    desk.instruments[TS_CALL].settlement_asset_index = TS_BTC;
    desk.marks[TS_CALL].mark_e8 = 4000000;
    ts_desk_hold(&desk, TS_CALL, lots, e8);
    desk.positions[0].cost = (plm_wide){0, 0};
}

/* 10 % out of the money, 1 BTC: short 0.14 and 0.115 coin at 10,000, long nothing. */
static void
a_short_coin_option_is_charged_in_coin(void **state) {
    (void)state;
    hold_coin_call(-100);
    plm_requirement got = require(&pli_model_deribit_sm);
    assert_int_equal(got.initial_micros, 1400 * usd);
    assert_int_equal(got.maintenance_micros, 1150 * usd);
    assert_int_equal(got.equity_initial_micros, -400 * usd);
    assert_int_equal(got.health, PLM_HEALTH_LIQUIDATABLE);
    hold_coin_call(100);
    got = require(&pli_model_deribit_sm);
    assert_int_equal(got.initial_micros, 0);
    assert_int_equal(got.equity_initial_micros, 400 * usd);
}

/* 10,000 USD sold at 10,000 is 1 BTC: worst at +16 %, 0.137931034 after rounding, plus 1 % of roll. */
static void
inverse_futures_meet_the_risk_matrix(void **state) {
    (void)state;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_INVERSE, -1000, 10000 * e8);
    plm_requirement got = require(&pli_model_deribit_pm);
    // In coin 0.147931034 and 0.8 of it; a product of doubles may lie a hair above a whole micro.
    assert_in_range(got.initial_micros, 1479310340, 1479310341);
    assert_in_range(got.maintenance_micros, 1183448272, 1183448273);
}

static void
a_certificate_adds_up_to_the_micro(void **state) {
    (void)state;
    int64_t parts[2][2][8];
    for (int i = 0; i < MODELS; i += 1) {
        ts_desk_init(&desk);
        if (models[i] == &pli_model_deribit_pm) {
            ts_desk_hold(&desk, TS_INVERSE, -1234, 10000 * e8);
        } else {
            desk.marks[TS_PERP].mark_e8 = INT64_C(1000012345678);
            ts_desk_hold(&desk, TS_PERP, -7, 10000 * e8);
            ts_desk_order(&desk, TS_PERP, PLM_SIDE_SELL, 13, 10000 * e8);
        }
        plm_requirement got = {0};
        plm_fault fault = {0};
        plm_reason reason = {
            .maintenance = {.position_micros = parts[0][0], .order_micros = parts[0][1]},
            .initial = {.position_micros = parts[1][0], .order_micros = parts[1][1]}};
        assert_int_equal(ask(models[i], &got, &reason, &fault), PLM_OK);
        const plm_reason_part *both[] = {&reason.maintenance, &reason.initial};
        const int64_t totals[] = {got.maintenance_micros, got.initial_micros};
        for (int k = 0; k < 2; k += 1) {
            int64_t core = parts[k][0][0];
            core += desk.portfolio.order_count > 0 ? parts[k][1][0] : 0;
            assert_int_equal(core, both[k]->core_micros);
            assert_int_equal(both[k]->branch, PLM_BRANCH_VENUE);
            for (int j = 0; j < PLM_CHARGE_COUNT; j += 1) {
                core += both[k]->charges_micros[j];
            }
            assert_int_equal(core, totals[k]);
        }
        assert_true(got.initial_micros >= got.maintenance_micros);
    }
}

static void
what_a_venue_does_not_have_is_refused_by_name(void **state) {
    (void)state;
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_CALL, 1, 0);
    for (int i = 0; i < MODELS; i += 1) {
        is_refused(models[i], "instrument 2 ");
    }
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_FUTURE, 1, 10000 * e8);
    assert_int_equal(require(&pli_model_binance).maintenance_micros, 40400);
    for (int i = 1; i < MODELS; i += 1) {
        is_refused(models[i], "instrument 4 ");
    }
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_INVERSE, 1, 10000 * e8);
    for (int i = 0; i < 4; i += 1) {
        is_refused(models[i], "instrument 1 ");
    }
    // 20,010,000 USD of delta: the delta shock would start.
    ts_desk_init(&desk);
    ts_desk_hold(&desk, TS_INVERSE, 2001000, 10000 * e8);
    is_refused(&pli_model_deribit_pm, "delta shock");
    ts_desk_init(&desk);
    desk.underlyings[0].class_id = 4;
    ts_desk_hold(&desk, TS_PERP, 1, 10000 * e8);
    is_refused(&pli_model_binance, "class");
    is_refused(&pli_model_hyperliquid, "class");
    is_refused(&pli_model_deribit_sm, "class");
}

static void
tables_must_rise(void **state) {
    (void)state;
    plm_fault fault = {0};
    pli_binance_record binance;
    plm_record_init(&pli_binance_descriptor, &binance);
    assert_int_equal(plm_record_check(&pli_binance_descriptor, &binance, &fault), PLM_OK);
    binance.class0_3_floor_micros = 1;
    assert_int_equal(plm_record_check(&pli_binance_descriptor, &binance, &fault),
                     PLM_PARAMETER_INVALID);
    pli_hyperliquid_record hyperliquid;
    plm_record_init(&pli_hyperliquid_descriptor, &hyperliquid);
    hyperliquid.class1_2_leverage = 21;
    assert_int_equal(plm_record_check(&pli_hyperliquid_descriptor, &hyperliquid, &fault),
                     PLM_PARAMETER_INVALID);
    pli_deribit_sm_record deribit;
    plm_record_init(&pli_deribit_sm_descriptor, &deribit);
    deribit.class1_maintenance_ppm = deribit.class1_initial_ppm + 1;
    assert_int_equal(plm_record_check(&pli_deribit_sm_descriptor, &deribit, &fault),
                     PLM_PARAMETER_INVALID);
}

/* The shipped files state the defaults. */
static void
parameter_files_hold_the_defaults(void **state) {
    (void)state;
    for (int i = 0; i < MODELS; i += 1) {
        char path[64] = "params/";
        strcat(path, models[i]->name);
        strcat(path, ".yaml");
        pli_parameter_book read = {0};
        plm_fault fault = {0};
        if (pli_parameters_read(path, &read, &fault) != PLM_OK) {
            fail_msg("%s", fault.text);
        }
        assert_memory_equal(pli_parameters_record(&read, models[i]->descriptor),
                            pli_parameters_record(&book, models[i]->descriptor),
                            models[i]->descriptor->record_size);
        pli_parameters_finish(&read);
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_portfolio_requires_nothing),
        cmocka_unit_test(one_perpetual_by_hand),
        cmocka_unit_test(a_large_position_meets_the_bracket_of_its_notional),
        cmocka_unit_test(orders_count_by_the_larger_open_size),
        cmocka_unit_test(paradex_provides_for_fees_and_open_losses),
        cmocka_unit_test(a_short_coin_option_is_charged_in_coin),
        cmocka_unit_test(inverse_futures_meet_the_risk_matrix),
        cmocka_unit_test(a_certificate_adds_up_to_the_micro),
        cmocka_unit_test(what_a_venue_does_not_have_is_refused_by_name),
        cmocka_unit_test(tables_must_rise),
        cmocka_unit_test(parameter_files_hold_the_defaults),
    };
    return cmocka_run_group_tests(tests, open_book, close_book);
}
