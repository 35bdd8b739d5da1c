/* scenario_world.c: fills the world of the scenario tests.                            SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scenario_world.h"

#define E8(x) ((int64_t)(x)*100000000)
#define DAYS(x) ((int64_t)(x)*PLM_DAY_NS)

static void *blocks[64];
static size_t block_count;

static void *
take(size_t size) {
    assert_true(block_count < sizeof blocks / sizeof blocks[0]);
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0xa5, size);
    blocks[block_count] = memory;
    block_count += 1;
    return memory;
}

void
ts_world_free_all(void) {
    while (block_count > 0) {
        block_count -= 1;
        free(blocks[block_count]);
    }
}

static plm_instrument
delta_one(plm_kind kind, uint32_t underlying, int64_t lot_e8, int64_t tenor_ns) {
    return (plm_instrument){
        .kind = kind,
        .settlement = PLM_SETTLEMENT_LINEAR,
        .underlying_index = underlying,
        .settlement_asset_index = TS_USD,
        .lot_e8 = lot_e8,
        .expiry_ns = tenor_ns > 0 ? TS_WORLD_NOW + tenor_ns : 0,
    };
}

static plm_instrument
option(plm_right right, uint32_t underlying, int64_t lot_e8, int64_t strike_e8, int64_t tenor_ns) {
    return (plm_instrument){
        .kind = PLM_KIND_OPTION,
        .settlement = PLM_SETTLEMENT_LINEAR,
        .right = right,
        .premium = PLM_PREMIUM_PAID,
        .underlying_index = underlying,
        .settlement_asset_index = TS_USD,
        .lot_e8 = lot_e8,
        .strike_e8 = strike_e8,
        .expiry_ns = TS_WORLD_NOW + tenor_ns,
    };
}

static void
set_listing(ts_world *world) {
    for (uint32_t i = 0; i < TS_ASSET_COUNT; i += 1) {
        world->assets[i] = (plm_asset){
            .underlying_index = PLM_NONE,
            .decimals = 8,
            .treatment = PLM_TREATMENT_SCENARIO,
            .tier_count = 1,
            .tiers = {{.upto_micros = INT64_MAX}},
        };
    }
    world->assets[TS_BTC].underlying_index = TS_U_BTC;
    world->assets[TS_USDT].underlying_index = TS_U_USDT;
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        world->underlyings[u] =
            (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1};
    }
    world->underlyings[TS_U_WTI] = (plm_underlying){.domain = PLM_PRICE_DOMAIN_ANY,
                                                    .class_id = 1,
                                                    .price_unit = 1,
                                                    .tick_e8 = 1000000,
                                                    .reference_e8 = E8(60)};
    world->underlyings[TS_U_USDT].class_id = 2;
    world->underlyings[TS_U_SHIB].price_unit = 1000;
    plm_instrument *list = world->instruments;
    int64_t lot = 100000; // 0.001 BTC
    list[TS_BTC_SPOT] = delta_one(PLM_KIND_SPOT, TS_U_BTC, lot, 0);
    list[TS_BTC_PERP] = delta_one(PLM_KIND_PERPETUAL, TS_U_BTC, lot, 0);
    list[TS_BTC_FUTURE] = delta_one(PLM_KIND_FUTURE, TS_U_BTC, lot, DAYS(30));
    list[TS_BTC_INVERSE] = delta_one(PLM_KIND_FUTURE, TS_U_BTC, E8(10), DAYS(90));
    list[TS_BTC_INVERSE].settlement = PLM_SETTLEMENT_INVERSE;
    list[TS_BTC_INVERSE].settlement_asset_index = TS_BTC;
    list[TS_BTC_CALL] = option(PLM_RIGHT_CALL, TS_U_BTC, lot, E8(105000), DAYS(30));
    list[TS_BTC_PUT] = option(PLM_RIGHT_PUT, TS_U_BTC, lot, E8(105000), DAYS(30));
    list[TS_BTC_COIN_CALL] = option(PLM_RIGHT_CALL, TS_U_BTC, lot, E8(120000), DAYS(90));
    list[TS_BTC_COIN_CALL].settlement = PLM_SETTLEMENT_INVERSE;
    list[TS_BTC_COIN_CALL].settlement_asset_index = TS_BTC;
    list[TS_BTC_USDT_PERP] = delta_one(PLM_KIND_PERPETUAL, TS_U_BTC, lot, 0);
    list[TS_BTC_USDT_PERP].settlement_asset_index = TS_USDT;
    list[TS_WTI_FUTURE] = delta_one(PLM_KIND_FUTURE, TS_U_WTI, E8(10), DAYS(60));
    list[TS_WTI_CALL] = option(PLM_RIGHT_CALL, TS_U_WTI, E8(10), 0, DAYS(60));
    list[TS_WTI_PUT] = option(PLM_RIGHT_PUT, TS_U_WTI, E8(10), 0, DAYS(60));
    list[TS_SHIB_PERP] = delta_one(PLM_KIND_PERPETUAL, TS_U_SHIB, E8(1000), 0);
    list[TS_BTC_WEEKLY_PUT] = option(PLM_RIGHT_PUT, TS_U_BTC, lot, E8(98000), PLM_DAY_NS / 2);
    world->listing = (plm_listing){
        .asset_count = TS_ASSET_COUNT,
        .underlying_count = TS_UNDERLYING_COUNT,
        .instrument_count = TS_INSTRUMENT_COUNT,
        .assets = world->assets,
        .underlyings = world->underlyings,
        .instruments = world->instruments,
    };
}

static void
set_market(ts_world *world) {
    static const int64_t prices[TS_UNDERLYING_COUNT] = {E8(100000), -E8(5), 99950000, 1230000};
    static const int64_t volatilities[TS_UNDERLYING_COUNT] = {600000, 900000, 20000, 1100000};
    static const plm_svi svi = {.a = 0.012, .b = 0.06, .rho = -0.25, .m = 0.02, .sigma = 0.15};
    for (uint32_t u = 0; u < TS_UNDERLYING_COUNT; u += 1) {
        world->prices[u] = (plm_underlying_market){
            .price = {.price_e8 = prices[u],
                      .slow_e8 = prices[u],
                      .publish_ns = TS_WORLD_NOW,
                      .state = PLM_PRICE_STATE_VALID},
            .volatility_ppm = volatilities[u],
        };
    }
    world->wti_nodes[0] = (plm_slice_node){.strike = -20, .volatility = 45};
    world->wti_nodes[1] = (plm_slice_node){.strike = 0, .volatility = 40};
    world->wti_nodes[2] = (plm_slice_node){.strike = 30, .volatility = 38};
    plm_slice black = {.kind = PLM_SLICE_SVI, .svi = svi};
    plm_slice half_day = black;
    half_day.svi.a = 0.0004;
    half_day.svi.b = 0.004;
    world->expiries[0] = (plm_expiry_market){
        .underlying_index = TS_U_BTC,
        .expiry_ns = TS_WORLD_NOW + PLM_DAY_NS / 2,
        .forward_e8 = E8(100010),
        .slice = half_day,
    };
    world->expiries[1] = (plm_expiry_market){
        .underlying_index = TS_U_BTC,
        .expiry_ns = TS_WORLD_NOW + DAYS(30),
        .forward_e8 = E8(100500),
        .slice = black,
    };
    world->expiries[2] = (plm_expiry_market){
        .underlying_index = TS_U_BTC,
        .expiry_ns = TS_WORLD_NOW + DAYS(90),
        .forward_e8 = E8(101500),
        .slice = black,
    };
    world->expiries[3] = (plm_expiry_market){
        .underlying_index = TS_U_WTI,
        .expiry_ns = TS_WORLD_NOW + DAYS(60),
        .forward_e8 = -INT64_C(3763000000),
        .slice = {.kind = PLM_SLICE_GRID, .node_count = 3, .nodes = world->wti_nodes},
    };
    static const struct {
        uint32_t instrument;
        int64_t mark_e8;
    } marks[] = {
        {TS_BTC_SPOT, E8(100000)},      {TS_BTC_PERP, E8(100020)},
        {TS_BTC_FUTURE, E8(100500)},    {TS_BTC_INVERSE, E8(101500)},
        {TS_BTC_USDT_PERP, E8(100080)}, {TS_WTI_FUTURE, -INT64_C(3763000000)},
        {TS_SHIB_PERP, 1231000},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i += 1) {
        world->marks[marks[i].instrument] =
            (plm_mark){.mark_e8 = marks[i].mark_e8, .is_present = true};
    }
    world->market = (plm_market){
        .time = {.ns = TS_WORLD_NOW},
        .underlyings = world->prices,
        .marks = world->marks,
        .expiry_count = 4,
        .expiries = world->expiries,
    };
}

// A repeatable sawtooth of returns, calm first and three times as wide in the second half.
static void
set_history(ts_world *world, uint32_t which, uint32_t underlying, double first, double width) {
    uint32_t state = 12345 + 777 * which;
    double close = first;
    for (uint32_t i = 0; i < TS_WORLD_DAY_COUNT; i += 1) {
        world->days[which][i] = TS_WORLD_FIRST_DAY + i;
        world->closes[which][i] = close;
        state = state * 1664525u + 1013904223u;
        double step = ((double)(state >> 8) / 16777216.0 - 0.5) * width;
        close += first * step * (i > TS_WORLD_DAY_COUNT / 2 ? 3.0 : 1.0) * 0.5;
    }
    world->histories[which] = (plm_history){
        .underlying_index = underlying,
        .day_count = TS_WORLD_DAY_COUNT,
        .days = world->days[which],
        .closes = world->closes[which],
    };
}

void
ts_world_init(ts_world *world) {
    memset(world, 0, sizeof *world);
    set_listing(world);
    set_market(world);
    set_history(world, 0, TS_U_BTC, 90000, 0.04);
    set_history(world, 1, TS_U_WTI, 20, 0.10);
    set_history(world, 2, TS_U_USDT, 1, 0.0008);
    plm_record_init(&plm_set_descriptor, &world->parameters);
    for (uint32_t i = 0; i < 3; i += 1) {
        plm_record_init(&plm_shock_descriptor, &world->classes[i]);
    }
    world->classes[2].step_ppm = 2000;
    world->classes[2].volatility_floor_ppm = 10000;
    world->classes[2].stress_crash_ppm = 50000;
    world->classes[2].stress_rally_ppm = 20000;
    world->request = (plm_scenario_request){
        .name = "test",
        .version = 1,
        .listing = &world->listing,
        .market = &world->market,
        .parameters = &world->parameters,
        .class_count = 3,
        .classes = world->classes,
        .history_count = 3,
        .histories = world->histories,
    };
}

plm_scenario_set
ts_world_make(const ts_world *world) {
    size_t size = plm_scenario_size(&world->request);
    plm_scenario_set set;
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_scenario_make(&world->request, take(size), size, &set, &fault);
    if (status != PLM_OK) {
        fail_msg("%s: %s", plm_status_name(status), fault.text);
    }
    return set;
}

plm_risk_table
ts_world_build(const ts_world *world, const plm_scenario_set *set) {
    size_t size = plm_risk_table_size(set, &world->listing);
    plm_risk_table table;
    assert_int_equal(plm_risk_table_init(set, &world->listing, take(size), size, &table), PLM_OK);
    for (uint32_t u = 0; u < world->listing.underlying_count; u += 1) {
        plm_fault fault = {.status = PLM_OK};
        plm_status status =
            plm_risk_table_build(set, &world->listing, &world->market, u, NULL, &table, &fault);
        if (status != PLM_OK) {
            fail_msg("%s: %s", plm_status_name(status), fault.text);
        }
    }
    return table;
}
