/* world.h: a venue drawn from random numbers: listing, market, histories, scenario sets, accounts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_DIGEST_WORLD_H
#define TOOLS_DIGEST_WORLD_H

#include "base/prng.h"
#include "digest/digest.h"
#include "plimsoll/margin.h"

/*
 * Every kind of thing a listing can hold: two coins with linear, inverse, futures-style and coin-settled instruments and
 * SVI and grid smiles; oil, whose price may be negative; a stablecoin; a coin quoted per 1,000 without history; collateral
 * of both treatments, one with every size tier.
 */
enum digest_underlying { U_BTC = 0, U_ETH = 1, U_WTI = 2, U_USDT = 3, U_SHIB = 4, U_COUNT = 5 };
enum digest_asset { A_USD = 0, A_BTC = 1, A_WBTC = 2, A_ETH = 3, A_USDT = 4, A_COUNT = 5 };

#define INSTRUMENT_MAX 48u
#define EXPIRY_MAX 9u
#define NODE_COUNT 5u
#define HISTORY_COUNT 4u /* all but the last underlying */
#define DAY_COUNT 700u
#define CLASS_COUNT 4u
#define POSITION_MAX 10u
#define ORDER_MAX 6u
#define CHANGE_MAX 3u

typedef struct world {
    plm_asset assets[A_COUNT];
    plm_underlying underlyings[U_COUNT];
    plm_instrument instruments[INSTRUMENT_MAX];
    plm_underlying_market prices[U_COUNT];
    plm_mark marks[INSTRUMENT_MAX];
    plm_expiry_market expiries[EXPIRY_MAX];
    plm_slice_node nodes[EXPIRY_MAX][NODE_COUNT];
    plm_listing listing;
    plm_market market;
    plm_shock_parameters classes[CLASS_COUNT];
    int64_t days[HISTORY_COUNT][DAY_COUNT];
    double closes[HISTORY_COUNT][DAY_COUNT];
    plm_history histories[HISTORY_COUNT];
} world;

/* risk - a world with what is computed from it: index 0 for the maintenance requirement, 1 for the initial one. */
typedef struct risk {
    const world *world;
    plm_scenario_set sets[2];
    plm_risk_table tables[2];
} risk;

/* account - a portfolio and changes, with their tables. */
typedef struct account {
    plm_position positions[POSITION_MAX];
    plm_order orders[ORDER_MAX];
    plm_balance balances[A_COUNT];
    plm_change changes[CHANGE_MAX];
    uint32_t change_count;
    plm_portfolio portfolio;
} account;

/* world_init - draw a world; it must not move in memory. Options have no mark yet. */
void world_init(world *to, pli_prng *prng);

/* world_draw_marks - options get their mark of `marks`, those of the surface; half of them one of the venue's, near it. */
void world_draw_marks(world *to, const plm_mark *marks, pli_prng *prng);

/* world_draw_record - a record with its defaults, or with a third of its fields drawn anew inside their bounds. */
void world_draw_record(const plm_descriptor *descriptor, void *record, pli_prng *prng);

/* digest_requirement - hash every field of a requirement. */
void digest_requirement(digest *to, const plm_requirement *requirement);

/* digest_explain - the sections of explain for one world. */
void digest_explain(digest *to, const risk *of, uint32_t world_index);

/* account_init - draw an account of `of`; it must not move in memory. */
void account_init(account *to, const world *of, pli_prng *prng);

#endif
