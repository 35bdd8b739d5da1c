/* wild.h: random markets, arrays and portfolios for properties of the margin models. SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_WILD_H
#define TS_WILD_H

#include "base/prng.h"
#include "plimsoll/margin.h"

/*
 * A world has every kind of thing a listing can hold: three underlyings (positive; any price, negative and zero included;
 * positive without history) and a stablecoin, collateral of both treatments, and per underlying spot, perpetual, future,
 * options premium-paid, futures-style, expiring inside the horizon, and coin-settled. Its risk arrays are random integers:
 * the properties of the account layer hold for any arrays.
 */
enum ts_wild_sizes {
    TS_WILD_UNDERLYINGS = 4,
    TS_WILD_ASSETS = 5,
    TS_WILD_INSTRUMENTS = 24,
    TS_WILD_POSITIONS = 8,
    TS_WILD_ORDERS = 6,
    TS_WILD_GRID = 20,
    TS_WILD_PLANES = 2,
    TS_WILD_HISTORY = 40,
    TS_WILD_STRESS = 4,
    TS_WILD_STRIDE = 112
};

/* Assets of every world. */
enum ts_wild_asset {
    TS_WILD_USD = 0,
    TS_WILD_COIN = 1,
    TS_WILD_WRAP = 2,
    TS_WILD_STABLE = 3,
    TS_WILD_OTHER = 4
};

typedef struct ts_wild {
    plm_asset assets[TS_WILD_ASSETS];
    plm_underlying underlyings[TS_WILD_UNDERLYINGS];
    plm_instrument instruments[TS_WILD_INSTRUMENTS];
    plm_underlying_market prices[TS_WILD_UNDERLYINGS];
    plm_mark marks[TS_WILD_INSTRUMENTS];
    plm_listing listing;
    plm_market market;
    uint32_t grid_active[TS_WILD_UNDERLYINGS];
    uint8_t has_history[TS_WILD_UNDERLYINGS];
    plm_scenario_header header;
    int64_t entries[(TS_WILD_INSTRUMENTS + TS_WILD_ASSETS) * TS_WILD_STRIDE];
    uint8_t is_built[TS_WILD_INSTRUMENTS + TS_WILD_ASSETS];
    plm_risk_table table;
    plm_portfolio_parameters parameters;
    plm_tiered_parameters tiered;
} ts_wild;

/* ts_account - a portfolio with its own tables. */
typedef struct ts_account {
    plm_position positions[TS_WILD_POSITIONS + TS_WILD_ORDERS];
    plm_order orders[TS_WILD_ORDERS];
    plm_balance balances[TS_WILD_ASSETS];
    plm_portfolio portfolio;
} ts_account;

/* ts_wild_init - a world drawn from `prng`; parameters are random inside their bounds, edges included. */
void ts_wild_init(ts_wild *world, pli_prng *prng);

/* ts_wild_account_init - an account of up to `position_max` positions, orders when `has_orders`, and random balances. */
void ts_wild_account_init(ts_account *account, const ts_wild *world, pli_prng *prng,
                          uint32_t position_max, bool has_orders);

/* ts_account_copy - the same content in other tables. */
void ts_account_copy(ts_account *to, const ts_account *from);

/* ts_wild_input - the model input of an account. */
plm_margin_input ts_wild_input(const ts_wild *world, const ts_account *account,
                               const plm_model *model);

/* ts_account_lots - a random size, edge-biased, worth at most some 1e10 units. */
int64_t ts_account_lots(pli_prng *prng);

#endif
