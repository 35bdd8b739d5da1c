/* test_shadow.c: a book beside the incumbent's figures, on numbers small enough to work by hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wide.h"
#include "study/shadow.h"
#include "support/explain_world.h"

#define USD TS_USD_MICROS

enum { GRID = 3, DAYS = 2, STRESSES = 1, STRIDE = 16 };

/*
 * A table of our own: per lot of BTC-PERP the days bring -7 and +5 dollars and the stress -9; one bitcoin loses 20 on the
 * first day. SHIB has no history; a lot of it loses at most 2 in its own grid.
 */
typedef struct fixture {
    ts_account account;
    plm_scenario_header header;
    uint32_t grid_active[TS_UNDERLYING_COUNT];
    uint8_t has_history[TS_UNDERLYING_COUNT];
    int64_t entries[(TS_INSTRUMENT_COUNT + TS_ASSET_COUNT) * STRIDE];
    uint8_t is_built[TS_INSTRUMENT_COUNT + TS_ASSET_COUNT];
    plm_risk_table table;
    pli_shadow_setup setup;
    pli_shadow shadow;
    void *memory;
} fixture;

static void
set_row(fixture *f, uint32_t row, const int64_t values[GRID + DAYS + STRESSES]) {
    memcpy(&f->entries[(size_t)row * STRIDE], values, (GRID + DAYS + STRESSES) * sizeof *values);
}

static void
init(fixture *f, bool has_incumbent, uint32_t list_capacity) {
    static const int64_t perpetual[] = {0, -99 * USD, 99 * USD, -7 * USD, 5 * USD, -9 * USD};
    static const int64_t coin[] = {0, -99 * USD, 99 * USD, -20 * USD, 0, 0};
    static const int64_t shib[] = {0, -2 * USD, 1 * USD, 0, 0, 0};
    memset(f, 0, sizeof *f);
    ts_account_init(&f->account, &plm_model_tiered);
    f->account.world.marks[TS_BTC_PERP].mark_e8 = 100000 * TS_USD_E8;
    f->account.world.assets[TS_BTC].treatment = PLM_TREATMENT_SCENARIO;
    ts_account_ready(&f->account);
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        f->grid_active[u] = GRID;
        f->has_history[u] = u != TS_U_SHIB;
    }
    f->header = (plm_scenario_header){.underlying_count = TS_UNDERLYING_COUNT,
                                      .grid_count = GRID,
                                      .plane_count = 1,
                                      .history_count = DAYS,
                                      .stress_count = STRESSES,
                                      .entry_count = GRID + DAYS + STRESSES + PLM_PROBE_COUNT,
                                      .row_stride = STRIDE,
                                      .grid_active = f->grid_active,
                                      .has_history = f->has_history};
    set_row(f, TS_BTC_PERP, perpetual);
    set_row(f, TS_INSTRUMENT_COUNT + TS_BTC, coin);
    set_row(f, TS_SHIB_PERP, shib);
    f->table = (plm_risk_table){.header = &f->header,
                                .instrument_count = TS_INSTRUMENT_COUNT,
                                .asset_count = TS_ASSET_COUNT,
                                .entries = f->entries,
                                .is_built = f->is_built};
    f->setup = (pli_shadow_setup){.model = &plm_model_tiered,
                                  .margin = f->account.input.margin,
                                  .replay_arrays = &f->table,
                                  .has_incumbent = has_incumbent,
                                  .account_count = 8,
                                  .list_capacity = list_capacity};
    size_t size = pli_shadow_size(&f->setup);
    f->memory = malloc(size);
    assert_non_null(f->memory);
    assert_int_equal(pli_shadow_init(&f->setup, f->memory, size / 2, &f->shadow, NULL),
                     PLM_WORKSPACE_SMALL);
    assert_int_equal(pli_shadow_init(&f->setup, f->memory, size, &f->shadow, NULL), PLM_OK);
    assert_int_equal(f->shadow.replay_count, DAYS + STRESSES);
}

static void
finish(fixture *f) {
    free(f->memory);
    ts_account_finish(&f->account);
}

// Holds `cash` dollars and what was put into the account; evaluates, adds, and forgets the positions.
static pli_shadow_row
evaluate(fixture *f, int64_t cash, pli_incumbent incumbent) {
    pli_shadow_row row;
    plm_reason reason;
    plm_fault fault = {.status = PLM_OK};
    uint32_t coins = f->account.portfolio.balance_count > 1;
    ts_account_cash(&f->account, cash);
    f->account.portfolio.balance_count += coins;
    const pli_shadow_account account = {.index = (uint32_t)f->shadow.account_count,
                                        .portfolio = f->account.portfolio,
                                        .incumbent = incumbent};
    plm_status status =
        pli_shadow_evaluate(&f->shadow, &account, &f->account.workspace, &row, &reason, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    pli_shadow_add(&f->shadow, &row, &reason);
    f->account.portfolio.position_count = 0;
    f->account.portfolio.balance_count = 0;
    return row;
}

static pli_incumbent
figures(int64_t initial, int64_t maintenance, int64_t equity) {
    return (pli_incumbent){.has_initial = true,
                           .has_maintenance = true,
                           .has_equity = true,
                           .initial_micros = initial * USD,
                           .maintenance_micros = maintenance * USD,
                           .equity_micros = equity * USD};
}

// 10 lots of 0.001 at 100,000 are 1,000: 10 % and 6 %, each with 0.3 % of fees: 103 and 63, called below 66.15.
static void
each_account_is_told_apart_by_what_it_was_and_is(void **state) {
    (void)state;
    fixture f;
    init(&f, true, 4);
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    pli_shadow_row row = evaluate(&f, 100 * USD, figures(50, 25, 100));
    assert_int_equal(row.requirement.maintenance_micros, 63 * USD);
    assert_int_equal(row.requirement.initial_micros, 103 * USD);
    assert_int_equal(row.was, PLM_HEALTH_HEALTHY);
    assert_int_equal(row.requirement.health, PLM_HEALTH_RESTRICTED);
    assert_int_equal(row.basis, PLI_SHADOW_BASIS_MAINTENANCE);
    assert_int_equal(row.difference_micros, 38 * USD);
    assert_false(row.is_newly_called || row.is_newly_liquidatable || row.is_saved);
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    row = evaluate(&f, 65 * USD, figures(70, 60, 65));
    assert_int_equal(row.was, PLM_HEALTH_RESTRICTED);
    assert_true(row.is_newly_called);
    assert_int_equal(row.shortfall_micros, 1150000); // to 66.15
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    row = evaluate(&f, 60 * USD, figures(50, 25, 60));
    assert_true(row.is_newly_liquidatable);
    assert_false(row.is_newly_called);
    assert_int_equal(row.shortfall_micros, 3 * USD);
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    row = evaluate(&f, 70 * USD, figures(100, 80, 70));
    assert_int_equal(row.was, PLM_HEALTH_LIQUIDATABLE);
    assert_true(row.is_saved);
    assert_int_equal(row.difference_micros, -17 * USD);
    const pli_shadow *s = &f.shadow;
    assert_int_equal(s->newly_called_count, 1);
    assert_int_equal(s->newly_liquidatable_count, 1);
    assert_int_equal(s->saved_count, 1);
    assert_true(s->newly_liquidatable_micros == 3 * USD);
    assert_int_equal(s->healths[PLM_HEALTH_HEALTHY][PLM_HEALTH_LIQUIDATABLE], 1);
    assert_int_equal(s->healths[PLM_HEALTH_LIQUIDATABLE][PLM_HEALTH_RESTRICTED], 1);
    // Theirs 25 + 60 + 25 + 80, ours 4 * 63: 17 released by one, 38 + 3 + 38 tied up by three.
    assert_true(s->maintenance.theirs_micros == 190 * USD);
    assert_true(s->maintenance.ours_micros == 252 * USD);
    assert_true(s->maintenance.released_micros == 17 * USD);
    assert_true(s->maintenance.tied_micros == 79 * USD);
    assert_int_equal(s->maintenance.released_count, 1);
    assert_true(s->initial.theirs_micros == 270 * USD);
    assert_true(s->call_micros == 4 * 66150000 && s->initial_micros == 4 * 103 * USD);
    // Troubled by shortfall; disagreements by size, of equal ones the earlier account first.
    assert_int_equal(s->troubled.count, 2);
    assert_int_equal(s->troubled.rows[0].row.account_index, 2);
    assert_int_equal(s->disagreements.count, 4);
    assert_int_equal(s->disagreements.rows[0].row.account_index, 0);
    assert_int_equal(s->disagreements.rows[1].row.account_index, 2);
    assert_int_equal(s->disagreements.rows[2].row.account_index, 3);
    assert_int_equal(s->disagreements.rows[0].reason.branch, PLM_BRANCH_FRACTION);
    finish(&f);
}

static void
losses_are_measured_beyond_either_requirement_and_beyond_equity(void **state) {
    (void)state;
    fixture f;
    init(&f, true, 4);
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    pli_shadow_row row = evaluate(&f, 100 * USD, figures(50, 25, 100));
    assert_int_equal(row.loss_micros, 90 * USD);
    assert_int_equal(row.replay_index, DAYS); // the stress
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    (void)evaluate(&f, 60 * USD, figures(50, 80, 60));
    const pli_shadow_losses *day = &f.shadow.losses[0];
    assert_true(day->loss_micros == 140 * USD);
    assert_int_equal(day->ours_count, 2); // 70 of loss, 63 required of each
    assert_true(day->beyond_ours_micros == 14 * USD);
    assert_int_equal(day->theirs_count, 1);
    assert_true(day->beyond_theirs_micros == 45 * USD);
    assert_int_equal(day->equity_count, 1);
    assert_true(day->under_water_micros == 10 * USD);
    assert_true(f.shadow.losses[1].loss_micros == 0); // the day that brings a gain
    assert_int_equal(f.shadow.losses[1].ours_count, 0);
    assert_true(f.shadow.worst.loss_micros == 180 * USD);
    assert_true(f.shadow.worst.beyond_theirs_micros == (65 + 10) * USD);
    assert_true(f.shadow.worst.under_water_micros == 30 * USD);
    finish(&f);
}

static void
coins_in_the_scenarios_move_and_what_has_no_history_adds_its_grid_loss(void **state) {
    (void)state;
    fixture f;
    init(&f, false, 4);
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    ts_account_hold(&f.account, TS_SHIB_PERP, 5);
    f.account.portfolio.balance_count = 2;
    f.account.balances[1] = (plm_balance){
        .asset_index = TS_BTC, .atoms = pli_wide_from_i128(50000000)}; // half a coin of 8 decimals
    pli_shadow_row row = evaluate(&f, 1000 * USD, (pli_incumbent){.has_initial = false});
    // Day 0: 70 + 10 of the coin; the stress: 90; both with 10 of SHIB.
    assert_int_equal(row.loss_micros, 100 * USD);
    assert_int_equal(row.replay_index, DAYS);
    assert_true(f.shadow.losses[0].loss_micros == 90 * USD);
    assert_int_equal(row.basis, PLI_SHADOW_BASIS_NONE);
    assert_int_equal(row.was, 0);
    assert_int_equal(f.shadow.compared_count, 0);
    assert_int_equal(f.shadow.measured_count, 1);
    finish(&f);
}

static void
without_a_maintenance_figure_initial_is_the_basis_and_health_is_not_known(void **state) {
    (void)state;
    fixture f;
    init(&f, true, 1);
    pli_incumbent incumbent = {.has_initial = true, .initial_micros = 103 * USD};
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    pli_shadow_row row = evaluate(&f, 10 * USD, incumbent);
    assert_int_equal(row.basis, PLI_SHADOW_BASIS_INITIAL);
    assert_int_equal(row.difference_micros, 0);
    assert_int_equal(row.was, 0);
    assert_false(row.is_newly_liquidatable); // nobody says that it was not before
    assert_int_equal(f.shadow.disagreements.count, 0);
    assert_int_equal(f.shadow.maintenance.count, 0);
    assert_int_equal(f.shadow.bins[4], 1); // up to 100 %, the end included
    // An account of which the venue says nothing is neither compared nor measured.
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    (void)evaluate(&f, 10 * USD, (pli_incumbent){.has_initial = false});
    assert_int_equal(f.shadow.compared_count, 1);
    assert_int_equal(f.shadow.measured_count, 1);
    assert_int_equal(f.shadow.account_count, 2);
    // Their 0 against our 63 has no ratio.
    ts_account_hold(&f.account, TS_BTC_PERP, 10);
    (void)evaluate(&f, 100 * USD, figures(0, 0, 100));
    assert_int_equal(f.shadow.unrequired_count, 1);
    // A list of one keeps the largest.
    ts_account_hold(&f.account, TS_BTC_PERP, 20);
    (void)evaluate(&f, 500 * USD, figures(0, 0, 500));
    assert_int_equal(f.shadow.disagreements.count, 1);
    assert_int_equal(f.shadow.disagreements.rows[0].row.account_index, 3);
    finish(&f);
}

static void
an_account_that_the_model_refuses_is_counted_and_left_out(void **state) {
    (void)state;
    fixture f;
    init(&f, true, 2);
    f.shadow.setup.model = plm_model_find("paradex");
    f.shadow.setup.margin.parameters = NULL;
    int64_t record[96];
    plm_record_init(f.shadow.setup.model->descriptor, record);
    f.shadow.setup.margin.parameters = record;
    ts_account_hold(&f.account, TS_BTC_INVERSE, 10);
    pli_shadow_row row = evaluate(&f, 100 * USD, figures(50, 25, 100));
    assert_int_equal(row.status, PLM_MODEL_UNSUPPORTED);
    assert_int_equal(f.shadow.unsupported_count, 1);
    assert_int_equal(f.shadow.compared_count, 0);
    assert_true(f.shadow.equity_micros == 0);
    finish(&f);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_account_is_told_apart_by_what_it_was_and_is),
        cmocka_unit_test(losses_are_measured_beyond_either_requirement_and_beyond_equity),
        cmocka_unit_test(coins_in_the_scenarios_move_and_what_has_no_history_adds_its_grid_loss),
        cmocka_unit_test(without_a_maintenance_figure_initial_is_the_basis_and_health_is_not_known),
        cmocka_unit_test(an_account_that_the_model_refuses_is_counted_and_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
