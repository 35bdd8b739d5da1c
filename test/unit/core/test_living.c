/* test_living.c: shock sizes that move by recalibration, and caps that no splitting passes.  SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "plimsoll/living.h"
#include "support/core_world.h"

#define E8 INT64_C(100000000)
#define USD INT64_C(1000000)
#define HOUR (3600 * INT64_C(1000000000))

enum { SPLITS = 100 };

static void
start(ts_core *world) {
    plm_core_limits limits = ts_core_limits();
    limits.account_count = TS_C_ACCOUNTS + SPLITS;
    ts_core_init(world, &limits);
    ts_core_list(world);
}

static plm_reject
forecast(ts_core *world, int64_t volatility_ppm) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_FORECAST, PLM_NONE);
    event->forecast_body.volatility_ppm = volatility_ppm;
    return ts_core_apply(world);
}

static plm_reject
liquidity(ts_core *world, int64_t depth_micros, int64_t open_interest_micros) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_LIQUIDITY, PLM_NONE);
    event->liquidity_body.depth_micros = depth_micros;
    event->liquidity_body.volume_micros = depth_micros;
    event->liquidity_body.open_interest_micros = open_interest_micros;
    return ts_core_apply(world);
}

static plm_reject
supply(ts_core *world, int64_t units) {
    plm_event *event = ts_core_write(world, PLM_EVENT_TYPE_SUPPLY, PLM_NONE);
    event->supply_body.units = units;
    return ts_core_apply(world);
}

static plm_reject
recalibrate(ts_core *world) {
    ts_core_write(world, PLM_EVENT_TYPE_RECALIBRATE, PLM_NONE);
    return ts_core_apply(world);
}

// The record `living` of class 0 with one field other than shipped, and an interval of an hour.
static void
govern(ts_core *world, uint32_t version, const char *path, int64_t value) {
    plm_event *event = ts_core_record(world, &plm_living_descriptor, 0, version);
    int64_t *values = event->parameters_body.values;
    values[ts_core_field(&plm_living_descriptor, "interval_ns")] = HOUR;
    values[ts_core_field(&plm_living_descriptor, "band_ppm")] = 0;
    values[ts_core_field(&plm_living_descriptor, "rise_max_ppm")] = 250000;
    values[ts_core_field(&plm_living_descriptor, "fall_max_ppm")] = 100000;
    values[ts_core_field(&plm_living_descriptor, path)] = value;
    ts_core_must(world);
}

static plm_core_shocks
shocks(const ts_core *world) {
    plm_core_shocks out;
    assert_int_equal(plm_core_underlying(world->core, TS_C_U_BTC, &out), PLM_OK);
    return out;
}

static int64_t
volatility(const ts_core *world) {
    int64_t in_force = shocks(world).sizes[PLM_LIVING_VOLATILITY].in_force;
    assert_int_equal(plm_core_market(world->core).underlyings[TS_C_U_BTC].volatility_ppm, in_force);
    return in_force;
}

static void
until_the_first_recalibration_the_market_counts_at_once(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    govern(&w, 2, "notice_steps", 0);
    assert_int_equal(forecast(&w, 700000), PLM_REJECT_NONE);
    assert_int_equal(volatility(&w), 700000);
    assert_int_equal(shocks(&w).recalibration_count, 0);
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(volatility(&w), 700000);
    assert_int_equal(forecast(&w, 2000000), PLM_REJECT_NONE);
    assert_int_equal(volatility(&w), 700000);
    assert_int_equal(shocks(&w).wanted[PLM_LIVING_VOLATILITY], 2000000);
    w.time_ns += HOUR - 1;
    assert_int_equal(recalibrate(&w), PLM_REJECT_EARLY);
    assert_true(plm_reject_is_transient(w.outcome.reject));
    w.time_ns += 1;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(volatility(&w), 875000);
    ts_core_finish(&w);
}

static const plm_effect *
effect(const ts_core *world, uint32_t place, plm_effect_kind kind) {
    assert_true(place < world->outcome.effect_count);
    assert_int_equal(world->entries[place].kind, kind);
    assert_int_equal(world->entries[place].index, TS_C_U_BTC);
    return &world->entries[place];
}

static void
every_change_is_told_with_its_reason(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    govern(&w, 2, "notice_steps", 1);
    assert_int_equal(forecast(&w, 400000), PLM_REJECT_NONE);
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(forecast(&w, 450000), PLM_REJECT_NONE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(w.outcome.effect_count, 2);
    const plm_effect *size = effect(&w, 0, PLM_EFFECT_SHOCK_VOLATILITY);
    assert_int_equal(size->a.low, 400000);
    assert_int_equal(size->b.low, 400000);
    const plm_effect *reason = effect(&w, 1, PLM_EFFECT_SHOCK_REASON);
    assert_int_equal(reason->a.low, 450000); // announced, and binding at the next step
    assert_int_equal(reason->b.low, PLM_SHOCK_REASON_NOTICE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(volatility(&w), 450000);
    assert_int_equal(effect(&w, 1, PLM_EFFECT_SHOCK_REASON)->b.low, PLM_SHOCK_REASON_MARKET);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(w.outcome.effect_count, 0);
    ts_core_finish(&w);
}

static plm_requirement
require(const ts_core *world, uint32_t account) {
    plm_requirement requirement;
    plm_core_question question = {.account = account};
    assert_int_equal(plm_core_require(world->core, &question, &requirement, NULL, NULL), PLM_OK);
    return requirement;
}

// Sets of six levels of 5 % a side: how many count follows the volatility.
static void
grow_sets(ts_core *world) {
    plm_event *event = ts_core_record(world, &plm_shock_descriptor, 0, 3);
    int64_t *values = event->parameters_body.values;
    values[ts_core_field(&plm_shock_descriptor, "step_ppm")] = 50000;
    values[ts_core_field(&plm_shock_descriptor, "level_min")] = 1;
    values[ts_core_field(&plm_shock_descriptor, "level_max")] = 6;
    values[ts_core_field(&plm_shock_descriptor, "extreme_weight_ppm")] = 0;
    ts_core_must(world);
    for (uint32_t horizon = 1; horizon <= 2; horizon += 1) {
        event = ts_core_write(world, PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        ts_core_name(event->scenario_commit_body.name, "six");
        event->scenario_commit_body.set_version = 2;
        event->scenario_commit_body.horizon = horizon;
        ts_core_must(world);
    }
    assert_int_equal(ts_core_continue(world, 1024), PLM_REJECT_NONE);
}

static void
open_one(ts_core *world, int64_t lots) {
    for (uint32_t i = 0; i < 2; i += 1) {
        assert_int_equal(ts_core_deposit(world, 4 * i, TS_C_USD, 1000000 * USD), PLM_REJECT_NONE);
        assert_int_equal(ts_core_deposit(world, 4 * i, TS_C_BTC, E8), PLM_REJECT_NONE);
    }
    assert_int_equal(ts_core_trade(world, 0, 4, TS_C_BTC_PERP, lots, 100000 * E8), PLM_REJECT_NONE);
}

static void
grid_fractions_and_haircuts_follow_the_volatility_in_force(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    ts_core_portfolio(&w);
    grow_sets(&w);
    govern(&w, 2, "notice_steps", 0);
    assert_int_equal(forecast(&w, 400000), PLM_REJECT_NONE);
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    open_one(&w, 1000);
    // 3.5 * 40 % * sqrt(1 / 365) = 7.3 %: two levels of 5 %, so 10 % of the two coins, one as collateral, and charges.
    plm_requirement before = require(&w, 0);
    assert_int_equal(forecast(&w, 800000), PLM_REJECT_NONE);
    assert_int_equal(require(&w, 0).initial_micros, before.initial_micros);
    static const int64_t levels[] = {2, 3, 3, 3};
    static const int64_t in_force[] = {500000, 625000, 781250, 800000};
    for (size_t i = 0; i < 4; i += 1) {
        w.time_ns += HOUR;
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
        assert_int_equal(volatility(&w), in_force[i]);
        plm_requirement now = require(&w, 0);
        int64_t grid = 2 * levels[i] * 5000 * USD;
        assert_true(now.maintenance_micros >= grid);
        assert_true(now.maintenance_micros < grid + 10000 * USD);
        assert_true(now.maintenance_micros >= before.maintenance_micros);
        assert_true(now.initial_micros >= before.initial_micros);
        before = now;
    }
    assert_int_equal(ts_core_model(&w, "dynamic"), PLM_REJECT_NONE);
    before = require(&w, 0);
    assert_int_equal(forecast(&w, 1600000), PLM_REJECT_NONE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    plm_requirement now = require(&w, 0);
    assert_true(now.initial_micros > before.initial_micros);
    // The coin of treatment `scenario` is cut by its volatility in a model without scenarios.
    assert_true(now.equity_maintenance_micros < before.equity_maintenance_micros);
    ts_core_finish(&w);
}

// [M6] by whole states: one venue hears of more volatility, less depth and more open interest than the other.
static void
a_worse_market_never_lowers_a_requirement(void **state) {
    (void)state;
    static const char *const models[] = {"portfolio", "dynamic"};
    ts_core worlds[2];
    for (uint32_t k = 0; k < 2; k += 1) {
        start(&worlds[k]);
        ts_core_portfolio(&worlds[k]);
        grow_sets(&worlds[k]);
        govern(&worlds[k], 2, "notice_steps", 2);
        open_one(&worlds[k], 700);
    }
    pli_prng prng = pli_prng_init(31);
    for (uint32_t i = 0; i < 60; i += 1) {
        int64_t low = pli_prng_range_i64(&prng, 250000, 900000);
        int64_t depth = pli_prng_range_i64(&prng, 40000000, 90000000) * USD;
        int64_t open = pli_prng_range_i64(&prng, 1000000, 800000000) * USD;
        for (uint32_t k = 0; k < 2; k += 1) {
            ts_core *w = &worlds[k];
            w->time_ns += HOUR;
            assert_int_equal(forecast(w, low + k * 300000 * (i % 3)), PLM_REJECT_NONE);
            assert_int_equal(liquidity(w, depth - (int64_t)k * (i % 5) * 4000000 * USD,
                                       open + (int64_t)k * (i % 4) * 50000000 * USD),
                             PLM_REJECT_NONE);
            assert_int_equal(recalibrate(w), PLM_REJECT_NONE);
            assert_int_equal(ts_core_model(w, models[i % 2]), PLM_REJECT_NONE);
        }
        for (uint32_t account = 0; account <= 4; account += 4) {
            plm_requirement good = require(&worlds[0], account);
            plm_requirement bad = require(&worlds[1], account);
            assert_true(bad.maintenance_micros >= good.maintenance_micros);
            assert_true(bad.initial_micros >= good.initial_micros);
            assert_true(bad.equity_maintenance_micros <= good.equity_maintenance_micros);
        }
    }
    for (uint32_t k = 0; k < 2; k += 1) {
        assert_null(plm_core_check(worlds[k].core));
        ts_core_finish(&worlds[k]);
    }
}

// [M8] 100 accounts of one owner, each far below any tier of its own.
static void
a_hundred_accounts_together_pass_no_cap(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    // 1,000 coins at 100,000 and 10 % of them: 10 M, which is 100,000 lots of a thousandth of a coin.
    assert_int_equal(supply(&w, 1000), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).cap_micros, 10000000 * USD);
    assert_int_equal(ts_core_deposit(&w, 4, TS_C_USD, 90000000 * USD), PLM_REJECT_NONE);
    int64_t open = 0;
    for (uint32_t i = 0; i < SPLITS; i += 1) {
        uint32_t account = TS_C_ACCOUNTS + i;
        plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event->account_body.account_index = account;
        event->account_body.kind = PLM_ACCOUNT_CROSS;
        event->account_body.parent_index = PLM_NONE;
        event->account_body.instrument_index = PLM_NONE;
        event->account_body.owner = 1;
        ts_core_must(&w);
        assert_int_equal(ts_core_deposit(&w, account, TS_C_USD, 1000000 * USD), PLM_REJECT_NONE);
        // Two instruments of one underlying: the cap is on what both have open.
        uint32_t instrument = i % 2 == 0 ? TS_C_BTC_PERP : TS_C_BTC_FUTURE;
        plm_reject reject = ts_core_trade(&w, account, 4, instrument, 1500, 100000 * E8);
        assert_int_equal(reject, open + 1500 > 100000 ? PLM_REJECT_OPEN_INTEREST : PLM_REJECT_NONE);
        open += reject == PLM_REJECT_NONE ? 1500 : 0;
        assert_int_equal(shocks(&w).open_interest_micros, open * 100 * USD);
    }
    assert_int_equal(open, 99000);
    assert_int_equal(ts_core_trade(&w, TS_C_ACCOUNTS, 4, TS_C_BTC_PERP, 1000, 100000 * E8),
                     PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, TS_C_ACCOUNTS, 4, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_OPEN_INTEREST);
    ts_core_finish(&w);
}

static void
what_reduces_or_changes_hands_is_never_capped(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    open_one(&w, 1000);
    assert_int_equal(supply(&w, 1),
                     PLM_REJECT_NONE); // a cap of 10,000 against 100,000 that are open
    assert_int_equal(ts_core_deposit(&w, 5, TS_C_USD, 1000000 * USD), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_OPEN_INTEREST);
    assert_int_equal(ts_core_reserve(&w, 0, 1, TS_C_BTC_PERP, 1, 100000 * E8),
                     PLM_REJECT_OPEN_INTEREST);
    assert_int_equal(ts_core_reserve(&w, 0, 2, TS_C_BTC_PERP, -1000, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_reserve(&w, 0, 3, TS_C_BTC_PERP, -1001, 100000 * E8),
                     PLM_REJECT_OPEN_INTEREST);
    // From one long to another nothing is opened; between a long and a short something closes.
    assert_int_equal(ts_core_trade(&w, 5, 0, TS_C_BTC_PERP, 500, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(ts_core_trade(&w, 5, 4, TS_C_BTC_PERP, -500, 100000 * E8), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).open_interest_micros, 50000 * USD);
    assert_int_equal(supply(&w, -1), PLM_REJECT_VALUE);
    ts_core_finish(&w);
}

static void
the_cap_follows_the_depth_in_force(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    assert_int_equal(shocks(&w).cap_micros, PLM_LIVING_CAP_NONE);
    govern(&w, 2, "cap_depth_ppm", 2000000);
    assert_int_equal(liquidity(&w, 50000 * USD, 0), PLM_REJECT_NONE);
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).cap_micros, 100000 * USD);
    open_one(&w, 1000);
    assert_int_equal(liquidity(&w, 1000 * USD, 0), PLM_REJECT_NONE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    // A quarter at a time: 50,000 / 1.25.
    assert_int_equal(shocks(&w).cap_micros, 80000 * USD);
    assert_int_equal(shocks(&w).sizes[PLM_LIVING_DEPTH].reason, PLM_SHOCK_REASON_RISE);
    govern(&w, 3, "cap_unknown_micros", 7);
    assert_int_equal(liquidity(&w, 0, 0), PLM_REJECT_NONE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).cap_micros, 7);
    ts_core_finish(&w);
}

// An account between the requirement in force and the one announced: it may stay and go, but neither add nor take out.
static void
what_opens_is_held_to_what_is_announced(void **state) {
    (void)state;
    static const char *const models[] = {"dynamic", "portfolio"};
    for (uint32_t k = 0; k < 2; k += 1) {
        ts_core w;
        start(&w);
        ts_core_portfolio(&w);
        grow_sets(&w);
        govern(&w, 2, "notice_steps", 2);
        assert_int_equal(ts_core_model(&w, models[k]), PLM_REJECT_NONE);
        // 3.5 * 45 % * sqrt(1 / 365) = 8.2 %, two levels of 5 %; a quarter more, 10.3 %, is three.
        assert_int_equal(forecast(&w, 450000), PLM_REJECT_NONE);
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
        assert_int_equal(ts_core_deposit(&w, 0, TS_C_USD, 100000 * USD), PLM_REJECT_NONE);
        assert_int_equal(ts_core_deposit(&w, 4, TS_C_USD, 900000 * USD), PLM_REJECT_NONE);
        assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1000, 100000 * E8),
                         PLM_REJECT_NONE);
        plm_requirement before = require(&w, 0);
        // 500 stay above the requirement in force; what is announced asks for thousands more.
        int64_t spare = before.equity_initial_micros - before.initial_micros - 500 * USD;
        assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, spare), PLM_REJECT_NONE);
        assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 10 * USD), PLM_REJECT_NONE);
        assert_int_equal(forecast(&w, 2000000), PLM_REJECT_NONE);
        w.time_ns += HOUR;
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
        // A price of an hour ago would add to the requirement.
        assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_VALID),
                         PLM_REJECT_NONE);
        assert_int_equal(volatility(&w), 450000);
        assert_int_equal(shocks(&w).sizes[PLM_LIVING_VOLATILITY].announced, 562500);
        plm_requirement now = require(&w, 0);
        assert_int_equal(now.initial_micros, before.initial_micros);
        assert_int_equal(now.health, PLM_HEALTH_HEALTHY);
        assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, 1, 100000 * E8), PLM_REJECT_HEALTH);
        assert_int_equal(ts_core_reserve(&w, 0, 1, TS_C_BTC_PERP, 1, 100000 * E8),
                         PLM_REJECT_HEALTH);
        assert_int_equal(ts_core_withdraw(&w, 0, TS_C_USD, 10 * USD), PLM_REJECT_HEALTH);
        assert_int_equal(ts_core_trade(&w, 0, 4, TS_C_BTC_PERP, -1, 100000 * E8), PLM_REJECT_NONE);
        ts_core_write(&w, PLM_EVENT_TYPE_ASSESS, 0);
        ts_core_must(&w);
        // Asking has moved nothing: the notice runs as it was announced.
        assert_int_equal(volatility(&w), 450000);
        assert_int_equal(shocks(&w).sizes[PLM_LIVING_VOLATILITY].announced, 562500);
        w.time_ns += 2 * HOUR;
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
        w.time_ns += HOUR;
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
        assert_int_equal(volatility(&w), 562500);
        assert_int_equal(ts_core_price(&w, TS_C_U_BTC, 100000 * E8, PLM_PRICE_STATE_VALID),
                         PLM_REJECT_NONE);
        assert_int_not_equal(require(&w, 0).health, PLM_HEALTH_HEALTHY);
        assert_null(plm_core_check(w.core));
        ts_core_finish(&w);
    }
}

static void
the_cap_is_that_of_the_depth_announced(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    govern(&w, 2, "notice_steps", 1);
    assert_int_equal(liquidity(&w, 10000 * USD, 0), PLM_REJECT_NONE);
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).cap_micros, 500000 * USD);
    assert_int_equal(liquidity(&w, 1000 * USD, 0), PLM_REJECT_NONE);
    w.time_ns += HOUR;
    assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    assert_int_equal(shocks(&w).sizes[PLM_LIVING_DEPTH].in_force, 10000 * USD);
    // A quarter at a time: 50 * 10,000 / 1.25.
    assert_int_equal(shocks(&w).cap_micros, 400000 * USD);
    ts_core_finish(&w);
}

static void
what_was_announced_survives_a_snapshot(void **state) {
    (void)state;
    ts_core w;
    ts_core copy;
    start(&w);
    plm_core_limits limits = w.limits;
    ts_core_init(&copy, &limits);
    govern(&w, 2, "notice_steps", 3);
    pli_prng prng = pli_prng_init(32);
    for (uint32_t i = 0; i < 50; i += 1) {
        w.time_ns += HOUR;
        assert_int_equal(forecast(&w, pli_prng_range_i64(&prng, 200000, 3000000)), PLM_REJECT_NONE);
        assert_int_equal(liquidity(&w, pli_prng_range_i64(&prng, 0, 1) * 1000 * USD * (i + 1), i),
                         PLM_REJECT_NONE);
        assert_int_equal(recalibrate(&w), PLM_REJECT_NONE);
    }
    size_t size = 0;
    uint8_t *bytes = ts_core_bytes(w.core, &size);
    assert_int_equal(plm_core_decode(copy.core, bytes, size, NULL), PLM_OK);
    free(bytes);
    copy.time_ns = w.time_ns;
    for (uint32_t i = 0; i < 10; i += 1) {
        ts_core *both[2] = {&w, &copy};
        int64_t wanted = pli_prng_range_i64(&prng, 200000, 3000000);
        uint8_t digests[2][32];
        for (uint32_t k = 0; k < 2; k += 1) {
            both[k]->time_ns += HOUR;
            assert_int_equal(forecast(both[k], wanted), PLM_REJECT_NONE);
            assert_int_equal(recalibrate(both[k]), PLM_REJECT_NONE);
            plm_core_digest(both[k]->core, digests[k]);
        }
        assert_memory_equal(digests[0], digests[1], 32);
    }
    assert_null(plm_core_check(copy.core));
    ts_core_finish(&copy);
    ts_core_finish(&w);
}

static void
what_is_not_there_is_refused(void **state) {
    (void)state;
    ts_core w;
    start(&w);
    plm_event *event = ts_core_write(&w, PLM_EVENT_TYPE_RECALIBRATE, PLM_NONE);
    event->recalibrate_body.underlying_index = 9;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_UNDERLYING_UNKNOWN);
    event = ts_core_write(&w, PLM_EVENT_TYPE_SUPPLY, PLM_NONE);
    event->supply_body.underlying_index = 9;
    assert_int_equal(ts_core_apply(&w), PLM_REJECT_UNDERLYING_UNKNOWN);
    plm_core_shocks out;
    assert_int_equal(plm_core_underlying(w.core, 9, &out), PLM_INDEX_UNKNOWN);
    ts_core_finish(&w);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_the_first_recalibration_the_market_counts_at_once),
        cmocka_unit_test(every_change_is_told_with_its_reason),
        cmocka_unit_test(grid_fractions_and_haircuts_follow_the_volatility_in_force),
        cmocka_unit_test(a_worse_market_never_lowers_a_requirement),
        cmocka_unit_test(a_hundred_accounts_together_pass_no_cap),
        cmocka_unit_test(what_reduces_or_changes_hands_is_never_capped),
        cmocka_unit_test(the_cap_follows_the_depth_in_force),
        cmocka_unit_test(what_opens_is_held_to_what_is_announced),
        cmocka_unit_test(the_cap_is_that_of_the_depth_announced),
        cmocka_unit_test(what_was_announced_survives_a_snapshot),
        cmocka_unit_test(what_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
