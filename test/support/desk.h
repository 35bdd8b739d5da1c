/* desk.h: one small hand-made market for tests: BTC at 10,000 USD, five instruments.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_DESK_H
#define TS_DESK_H

#include "plimsoll/margin.h"

enum ts_desk_asset { TS_USD = 0, TS_BTC = 1, TS_DESK_ASSETS = 2 };

enum ts_desk_instrument {
    TS_PERP = 0,    /* linear perpetual, lot 0.001 BTC: 10 USD at the mark */
    TS_INVERSE = 1, /* inverse perpetual, 10 USD a lot */
    TS_CALL = 2,    /* call 11,000, 30 days, lot 0.01 BTC, paid in USD, mark 400 */
    TS_PUT = 3,     /* put 9,000, 30 days, lot 0.01 BTC, paid in USD, mark 300 */
    TS_FUTURE = 4,  /* linear future, 90 days, lot 0.001 BTC, mark 10,100 */
    TS_DESK_INSTRUMENTS = 5
};

/* ts_desk - tables that a test may change before it asks. */
typedef struct ts_desk {
    plm_asset assets[TS_DESK_ASSETS];
    plm_underlying underlyings[1];
    plm_instrument instruments[TS_DESK_INSTRUMENTS];
    plm_underlying_market prices[1];
    plm_mark marks[TS_DESK_INSTRUMENTS];
    plm_expiry_market expiries[2];
    plm_listing listing;
    plm_market market;
    plm_position positions[8];
    plm_order orders[8];
    plm_balance balances[4];
    plm_portfolio portfolio;
    plm_tiered_parameters tiered;
    plm_portfolio_parameters parameters;
    plm_margin_input input;
    plm_workspace workspace;
    _Alignas(64) unsigned char memory[1 << 20];
} ts_desk;

/* ts_desk_init - the market above, an empty portfolio, default parameters (input.parameters: the tiered record). */
void ts_desk_init(ts_desk *desk);

/* ts_desk_hold - add a position of `lots` entered at `entry_e8` (premium-paid options: cost 0). */
void ts_desk_hold(ts_desk *desk, uint32_t instrument, int64_t lots, int64_t entry_e8);

/* ts_desk_order - add an open order. */
void ts_desk_order(ts_desk *desk, uint32_t instrument, plm_side side, int64_t lots,
                   int64_t limit_e8);

/* ts_desk_fund - set the balance of an asset in atoms. */
void ts_desk_fund(ts_desk *desk, uint32_t asset, int64_t atoms);

#endif
