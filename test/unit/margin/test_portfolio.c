/* test_portfolio.c: model portfolio on arrays small enough to work out by hand.       SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "margin/charges.h"
#include "plimsoll/margin.h"
#include "support/desk.h"

#include <cmocka.h>

static const int64_t usd = 1000000;
static const int64_t e8 = 100000000;

enum { GRID = 5, HISTORY = 4, STRESS = 2, STRIDE = 32 };

/* Arrays of the desk: every row zero until a test fills it. */
typedef struct arrays {
    plm_scenario_header header;
    uint32_t grid_active[1];
    uint8_t has_history[1];
    int64_t entries[(TS_DESK_INSTRUMENTS + TS_DESK_ASSETS) * STRIDE];
    uint8_t is_built[TS_DESK_INSTRUMENTS + TS_DESK_ASSETS];
    plm_risk_table table;
} arrays;

/*
 * One lot of the perpetual is worth 10 USD. Grid 0, -1 %, +1 %, -2 %, +2 %; past days -1.5 %, +0.5 %, -0.9 %, +0.2 %;
 * stress -30 % and +30 %; probe moves of 10 % and 20 %.
 */
static const int64_t perp_row[GRID + HISTORY + STRESS + PLM_PROBE_COUNT] = {
    0,        -100000, 100000,  -200000,  200000,  -150000,  50000, -90000, 20000,
    -3000000, 3000000, 1000000, -1000000, 2000000, -2000000, 0,     0,      10000000};

static void
set_row(arrays *a, uint32_t row, const int64_t *values, int64_t sign) {
    for (uint32_t i = 0; i < sizeof perp_row / sizeof perp_row[0]; i += 1) {
        a->entries[row * STRIDE + i] = sign * values[i];
    }
}

static void
init(ts_desk *desk, arrays *a) {
    ts_desk_init(desk);
    memset(a, 0, sizeof *a);
    a->grid_active[0] = GRID;
    a->has_history[0] = 1;
    a->header = (plm_scenario_header){.horizon = {PLM_DAY_NS},
                                      .underlying_count = 1,
                                      .grid_count = GRID,
                                      .plane_count = 1,
                                      .history_count = HISTORY,
                                      .stress_count = STRESS,
                                      .entry_count = GRID + HISTORY + STRESS + PLM_PROBE_COUNT,
                                      .row_stride = STRIDE,
                                      .probe_multiple_ppm = 2000000,
                                      .grid_active = a->grid_active,
                                      .has_history = a->has_history};
    memset(a->is_built, 1, sizeof a->is_built);
    set_row(a, TS_PERP, perp_row, 1);
    set_row(a, TS_FUTURE, perp_row, 1);
    a->table =
        (plm_risk_table){&a->header, TS_DESK_INSTRUMENTS, TS_DESK_ASSETS, a->entries, a->is_built};
    desk->input.maintenance_arrays = &a->table;
    desk->input.initial_arrays = &a->table;
    desk->input.parameters = &desk->parameters;
    desk->parameters.confidence_ppm = 750000; // k = ceil(4 * 25 %) = 1
    desk->parameters.stress_weight_ppm = 0;
}

static plm_requirement
require(ts_desk *desk, plm_reason *reason) {
    plm_requirement requirement = {0};
    plm_fault fault = {0};
    plm_status status = plm_margin_require(&plm_model_portfolio, &desk->input, &desk->workspace,
                                           &requirement, reason, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return requirement;
}

/*
 * Long 100 lots = 1,000 USD. Grid 100 * 0.20 = 20; tail 100 * 0.15 = 15; floor 25 % of 20 = 5: the grid binds.
 * Fees 0.50 and 2.50; liquidity 0.042464 (see the_impact_table_by_hand); rounding ceil(100 / 2) = 50 micros.
 */
static void
one_perpetual_by_hand(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    ts_desk_hold(&desk, TS_PERP, 100, 10000 * e8);
    int64_t position[1] = {0};
    plm_reason reason = {.maintenance = {.position_micros = position}};
    plm_requirement got = require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_GRID);
    assert_int_equal(reason.maintenance.scenario_index, 3);
    assert_int_equal(reason.maintenance.underlying_index, 0);
    assert_int_equal(reason.maintenance.core_micros, 20 * usd);
    assert_int_equal(position[0], 20 * usd);
    assert_int_equal(reason.maintenance.tail_micros, 15 * usd);
    assert_int_equal(reason.maintenance.stress_micros, 300 * usd);
    assert_int_equal(got.maintenance_micros, 20 * usd + 3 * usd + 42464 + 50);
    assert_int_equal(got.initial_micros, 25346766); // * 1.1, rounded up
}

/* Weighted stress: 30 % of 300 = 90 beats the grid; k = 2: tail (15 + 9) / 2 = 12. */
static void
stress_and_tail_can_bind(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    ts_desk_hold(&desk, TS_PERP, 100, 10000 * e8);
    desk.parameters.stress_weight_ppm = 300000;
    plm_reason reason = {0};
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_STRESS);
    assert_int_equal(reason.maintenance.core_micros, 90 * usd);
    assert_int_equal(reason.maintenance.scenario_index, GRID + HISTORY);
    desk.parameters.stress_weight_ppm = 0;
    desk.parameters.confidence_ppm = 500000;
    a.grid_active[0] = 1;
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_TAIL);
    assert_int_equal(reason.maintenance.core_micros, 12 * usd);
    assert_int_equal(reason.maintenance.tail_count, 2);
    assert_int_equal(reason.maintenance.tail_entries[0], GRID);
    assert_int_equal(reason.maintenance.tail_entries[1], GRID + 2);
    assert_int_equal(reason.maintenance.tail_losses_micros[1], 9 * usd);
    desk.parameters.measure = 2; // Value at Risk: the second worst alone
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.core_micros, 9 * usd);
    desk.parameters.measure = 3; // the worst
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.core_micros, 15 * usd);
}

/* Two days bind: 150,000 + 90,000 of the perpetual, 1 of the call; ceil(240,001 / 2) = 120,001, half a micro is the call's. */
static void
the_residue_goes_to_the_largest_remainder(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    desk.parameters.confidence_ppm = 500000;
    a.grid_active[0] = 1;
    a.entries[TS_CALL * STRIDE + GRID] = -1;
    ts_desk_hold(&desk, TS_PERP, 1, 10000 * e8);
    ts_desk_hold(&desk, TS_CALL, 1, 0);
    int64_t position[2] = {0};
    plm_reason reason = {.maintenance = {.position_micros = position}};
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_TAIL);
    assert_int_equal(reason.maintenance.core_micros, 120001);
    assert_int_equal(position[0], 120000);
    assert_int_equal(position[1], 1);
}

/* Long perpetual against short future: every scenario nets to zero; what is left is basis, 0.5 % of the matched 1,000. */
static void
a_perfect_hedge_leaves_basis_and_fees(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    ts_desk_hold(&desk, TS_PERP, 100, 10000 * e8);
    ts_desk_hold(&desk, TS_FUTURE, -100, 10100 * e8);
    plm_reason reason = {0};
    plm_requirement got = require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_NONE);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_BASIS], 5 * usd);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_LIQUIDITY], 0);
    assert_int_equal(got.maintenance_micros, 5 * usd + 3 * usd + 3030000 + 100);
}

/* Without joint history the grid loss is added and never offset. */
static void
no_history_means_no_offset(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    a.has_history[0] = 0;
    ts_desk_hold(&desk, TS_PERP, 100, 10000 * e8);
    plm_reason reason = {0};
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.core_micros, 0);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_NO_HISTORY], 20 * usd);
}

/*
 * Short 10 calls of 0.01 BTC on 1,000 USD of notional. Price moves lose 5 at 10 % and 30 at 20 %: beyond linear
 * 30 - 2 * 5 = 20, weight 20 % = 4. Volatility up loses 8, weight 25 % = 2. Minimum 1 % of notional = 10.
 */
static void
short_options_carry_gamma_vega_and_a_minimum(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    int64_t *row = &a.entries[TS_CALL * STRIDE + GRID + HISTORY + STRESS];
    row[PLM_PROBE_UP] = 500000;
    row[PLM_PROBE_UP_FAR] = 3000000;
    row[PLM_PROBE_VOL_UP] = 800000;
    ts_desk_hold(&desk, TS_CALL, -10, 0);
    int64_t position[1] = {0};
    plm_reason reason = {.maintenance = {.position_micros = position}};
    (void)require(&desk, &reason);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_GAMMA], 4 * usd);
    assert_int_equal(reason.maintenance.charges_micros[PLM_CHARGE_VEGA], 2 * usd);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_GRID);
    assert_int_equal(reason.maintenance.scenario_index, PLM_NONE);
    assert_int_equal(reason.maintenance.core_micros, 10 * usd);
    assert_int_equal(position[0], 10 * usd);
}

/* What ends inside the horizon may not hedge: without the expiring long call, the short put's loss of 7 a lot counts. */
static void
a_hedge_that_expires_does_not_count(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    desk.instruments[TS_CALL].expiry_ns = desk.market.time.ns + PLM_DAY_NS / 2;
    a.entries[TS_CALL * STRIDE + 1] = 7000000;
    a.entries[TS_PUT * STRIDE + 1] = 7000000;
    ts_desk_hold(&desk, TS_CALL, 10, 0);
    ts_desk_hold(&desk, TS_PUT, -10, 0);
    plm_reason reason = {0};
    (void)require(&desk, &reason);
    assert_true(reason.maintenance.is_without_expiring);
    assert_int_equal(reason.maintenance.core_micros, 70 * usd);
    desk.instruments[TS_CALL].expiry_ns = desk.market.time.ns + 2 * PLM_DAY_NS;
    (void)require(&desk, &reason);
    assert_false(reason.maintenance.is_without_expiring);
    assert_int_equal(reason.maintenance.core_micros, 10 * usd); // the short-option minimum
}

/* A covered call: a coin treated as `scenario` enters the arrays and offsets, and its sigma haircut is gone. */
static void
scenario_collateral_offsets(void **state) {
    (void)state;
    static ts_desk desk;
    static arrays a;
    init(&desk, &a);
    desk.assets[TS_BTC].treatment = PLM_TREATMENT_SCENARIO;
    // One whole coin is worth 1,000 lots of the perpetual.
    set_row(&a, TS_DESK_INSTRUMENTS + TS_BTC, perp_row, 1000);
    ts_desk_fund(&desk, TS_BTC, 10000000); // 0.1 BTC
    ts_desk_hold(&desk, TS_PERP, -100, 10000 * e8);
    plm_reason reason = {0};
    plm_requirement got = require(&desk, &reason);
    assert_int_equal(reason.maintenance.branch, PLM_BRANCH_NONE);
    assert_int_equal(got.equity_maintenance_micros, 1000 * usd);
}

/*
 * Model parameters: 41,875 ppm of daily sigma, volume 1e9 USD, size 1,000 USD. Knots at V / 2^20 = 953.674317 and
 * V / 2^19 = 1,907.348633 cost 0.039000 and 0.110307; in between 0.039000 + 0.0485757 * 0.071307 = 0.042464.
 */
static void
the_impact_table_by_hand(void **state) {
    (void)state;
    pli_i128 cost = 0;
    int64_t volume = INT64_C(1000000000000000);
    assert_true(pli_impact_cost(1000 * usd, volume, 41875, &cost));
    assert_int_equal((int64_t)cost, 42464);
    assert_true(pli_impact_cost(0, volume, 41875, &cost));
    assert_int_equal((int64_t)cost, 0);
    int64_t size = 1000000000;
    for (int i = 0; i < 30; i += 1) {
        double law = 0.041875 * (double)size * sqrt((double)size / (double)volume);
        assert_true(pli_impact_cost(size, volume, 41875, &cost));
        assert_true((double)cost >= law);
        assert_true((double)cost <= law * 1.046 + 2.0);
        size += size / 2;
    }
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_perpetual_by_hand),
        cmocka_unit_test(stress_and_tail_can_bind),
        cmocka_unit_test(the_residue_goes_to_the_largest_remainder),
        cmocka_unit_test(a_perfect_hedge_leaves_basis_and_fees),
        cmocka_unit_test(no_history_means_no_offset),
        cmocka_unit_test(short_options_carry_gamma_vega_and_a_minimum),
        cmocka_unit_test(a_hedge_that_expires_does_not_count),
        cmocka_unit_test(scenario_collateral_offsets),
        cmocka_unit_test(the_impact_table_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
