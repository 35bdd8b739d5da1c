/* scenario_world.h: a small listing, market and history that the scenario tests share.   SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_SCENARIO_WORLD_H
#define TS_SUPPORT_SCENARIO_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/scenario.h"

#define TS_WORLD_NOW INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */
#define TS_WORLD_FIRST_DAY INT64_C(20000)
#define TS_WORLD_DAY_COUNT 300u

enum { TS_USD = 0, TS_BTC = 1, TS_USDT = 2, TS_ASSET_COUNT = 3 };

/* BTC and USDT have history, SHIB has none; WTI may trade below zero and its reference price is 60. */
enum { TS_U_BTC = 0, TS_U_WTI = 1, TS_U_USDT = 2, TS_U_SHIB = 3, TS_UNDERLYING_COUNT = 4 };

enum {
    TS_BTC_SPOT = 0,
    TS_BTC_PERP = 1,
    TS_BTC_FUTURE = 2,      /* 30 d, marked at the options' forward */
    TS_BTC_INVERSE = 3,     /* 90 d, one lot is 10 USD */
    TS_BTC_CALL = 4,        /* 30 d, strike 105,000 */
    TS_BTC_PUT = 5,         /* its pair */
    TS_BTC_COIN_CALL = 6,   /* 90 d, settled in coin */
    TS_BTC_USDT_PERP = 7,   /* settled in USDT */
    TS_WTI_FUTURE = 8,      /* 60 d, marked at the options' forward */
    TS_WTI_CALL = 9,        /* 60 d, strike 0 */
    TS_WTI_PUT = 10,        /* its pair */
    TS_SHIB_PERP = 11,      /* quoted per 1,000 */
    TS_BTC_WEEKLY_PUT = 12, /* 12 h: ends inside a horizon of a day */
    TS_INSTRUMENT_COUNT = 13
};

typedef struct ts_world {
    plm_asset assets[TS_ASSET_COUNT];
    plm_underlying underlyings[TS_UNDERLYING_COUNT];
    plm_instrument instruments[TS_INSTRUMENT_COUNT];
    plm_underlying_market prices[TS_UNDERLYING_COUNT];
    plm_mark marks[TS_INSTRUMENT_COUNT];
    plm_expiry_market expiries[4];
    plm_slice_node wti_nodes[3];
    plm_listing listing;
    plm_market market;
    plm_set_parameters parameters;
    plm_shock_parameters classes[3]; /* 0 coins, 1 WTI, 2 stable */
    int64_t days[3][TS_WORLD_DAY_COUNT];
    double closes[3][TS_WORLD_DAY_COUNT];
    plm_history histories[3];
    plm_scenario_request request;
} ts_world;

/* ts_world_init - everything at its standard; change fields, then make. The world must not move in memory. */
void ts_world_init(ts_world *world);

/*
 * ts_world_make  - the set, in memory that ts_world_free_all gives back.
 * ts_world_build - an empty table with the rows of every underlying built.
 *
 * Both fail the test on any other status than PLM_OK.
 */
plm_scenario_set ts_world_make(const ts_world *world);
plm_risk_table ts_world_build(const ts_world *world, const plm_scenario_set *set);
void ts_world_free_all(void);

#endif
