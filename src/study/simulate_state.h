/* simulate_state.h: the world of a simulation and everybody in it.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_SIMULATE_STATE_H
#define PLI_STUDY_SIMULATE_STATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/prng.h"
#include "liquidation/auction.h"
#include "liquidation/unwind.h"
#include "study/simulate.h"

#define PLI_SIM_BIDDERS 6u
#define PLI_SIM_TICKS_PER_HOUR 360u
#define PLI_SIM_TICKS_PER_DAY 8640u

/* Whoever holds money or positions; the accounts come first, these follow them. */
typedef enum pli_sim_role {
    PLI_SIM_OUTSIDE = 0, /* the book's other side, and where deposits come from */
    PLI_SIM_FUND = 1,    /* the insurance fund */
    PLI_SIM_POOL = 2,    /* the backstop pool */
    PLI_SIM_BIDDER = 3,  /* the first of PLI_SIM_BIDDERS */
    PLI_SIM_ROLES = 3 + PLI_SIM_BIDDERS
} pli_sim_role;

/*
 * pli_sim_holder - cash and positions. One lot is 0.01 unit: lots x price_e8 is in 1e-4 micro.
 *
 * Profit stays in `costs` until a position is closed.
 */
typedef struct pli_sim_holder {
    int64_t cash_micros;
    int64_t lots[PLI_SIMULATE_MARKETS_MAX];
    pli_i128 costs[PLI_SIMULATE_MARKETS_MAX];
} pli_sim_holder;

#define PLI_SIM_LOT_E8 INT64_C(1000000)
#define PLI_SIM_AMOUNT INT64_C(10000) /* lots x price_e8 in one micro */

/* pli_sim_case - how the closing of one account stands. */
typedef struct pli_sim_case {
    bool is_auction;
    bool is_touched; /* something was forced on it; `before` and `touched_tick` say what it was */
    uint32_t fruitless;
    uint32_t begun_tick; /* of the slices or the auction; UINT32_MAX: not begun */
    uint32_t touched_tick;
    int64_t reserve_micros; /* what the owner still has elsewhere to answer a call */
    double watch;           /* equity / notional below which the model is asked */
    double notional;        /* when it was last asked */
    int64_t opening_lots[PLI_SIMULATE_MARKETS_MAX]; /* of the step policies */
    pli_sim_holder before;
    bool is_winner;          /* was made to close for somebody else */
    int64_t winner_micros;   /* its equity when it first was */
    pli_i128 haircut_micros; /* what it gave up since */
} pli_sim_case;

typedef struct pli_sim_market {
    double *prices;       /* by tick: what they would be without anything forced; USD */
    double depth;         /* USD that move the price by 1 % in quiet times */
    double volume;        /* USD a day */
    double open_interest; /* USD at the start, one side and the other */
    double forced;        /* displacement of the log price by forced trades */
    double left;          /* of this tick's depth, USD */
} pli_sim_market;

typedef struct pli_sim_bidder {
    bool is_present;
    double appetite; /* notional that it holds at most, USD */
    double edge;     /* wanted beyond its costs, share of notional */
} pli_sim_bidder;

typedef struct pli_sim {
    const pli_simulate_settings *settings;
    pli_simulate_result *result;
    pli_prng prng;
    uint32_t tick, ticks, ticks_all;
    uint32_t holder_count; /* accounts and roles */
    pli_sim_market markets[PLI_SIMULATE_MARKETS_MAX];
    double *sigmas; /* by tick: daily volatility */
    double *depths; /* by tick: share of the quiet depth that is there */
    pli_sim_holder *holders;
    pli_sim_case *cases;
    pli_sim_bidder bidders[PLI_SIM_BIDDERS];
    pli_i128 residue; /* of divisions, 1e-4 micro */
    plm_status status;
    // What the model sees.
    plm_asset asset;
    plm_underlying underlyings[PLI_SIMULATE_MARKETS_MAX];
    plm_instrument instruments[PLI_SIMULATE_MARKETS_MAX];
    plm_underlying_market views[PLI_SIMULATE_MARKETS_MAX];
    plm_mark marks[PLI_SIMULATE_MARKETS_MAX];
    plm_listing listing;
    plm_market market;
    plm_position positions[PLI_SIMULATE_MARKETS_MAX];
    plm_balance balance;
    plm_portfolio portfolio;
    plm_margin_input input;
    plm_workspace workspace;
} pli_sim;

/* pli_sim_role_of - a role's place among the holders. */
static inline uint32_t
pli_sim_role_of(const pli_sim *sim, uint32_t role) {
    return sim->settings->account_count + role;
}

// --- simulate_market.c: the world that the seed decides, and what forced trades do to it ---

/* pli_sim_draw_market - prices, volatility and depth of every tick; `sim->result->kind` is drawn. */
void pli_sim_draw_market(pli_sim *sim);

/* pli_sim_set_market - the marks and what the model sees, of `tick`; with or without what was forced. */
void pli_sim_set_market(pli_sim *sim, uint32_t tick, bool is_forced);

/* pli_sim_rest - a tick of recovery: forced displacement decays, depth is there again. */
void pli_sim_rest(pli_sim *sim);

/*
 * pli_sim_trade_book - `lots` (signed) are traded with the book, no further than `reach` from the mark (a share); answers
 * how many were. The price moves with what was traded.
 */
int64_t pli_sim_trade_book(pli_sim *sim, uint32_t holder, uint32_t market, int64_t lots,
                           double reach);

// --- simulate_account.c: who holds what ---

/* pli_sim_draw_accounts - accounts, bidders, fund and pool at the first tick. */
void pli_sim_draw_accounts(pli_sim *sim);

/* pli_sim_trade - `holder` buys `lots` (signed) from `other`. */
void pli_sim_trade(pli_sim *sim, uint32_t holder, uint32_t other, uint32_t market, int64_t lots,
                   int64_t price_e8);

/* pli_sim_pay - move micros (>= 0). */
void pli_sim_pay(pli_sim *sim, uint32_t from, uint32_t to, int64_t micros);

/* pli_sim_equity - at the marks, in micros, rounded down. */
int64_t pli_sim_equity(const pli_sim *sim, const pli_sim_holder *holder);

/* pli_sim_notional - sum of |lots| at the marks, USD. */
double pli_sim_notional(const pli_sim *sim, const pli_sim_holder *holder);

/* pli_sim_is_flat - no position left. */
bool pli_sim_is_flat(const pli_sim *sim, const pli_sim_holder *holder);

/* pli_sim_require - the model's answer; false, and sim->status says why, where it has none. */
bool pli_sim_require(pli_sim *sim, const pli_sim_holder *holder, plm_requirement *requirement);

/* pli_sim_total - everything there is, in 1e-4 micro: the same at the start and at the end. */
pli_i128 pli_sim_total(const pli_sim *sim);

// --- simulate_unwind.c: closing on the book ---

/* pli_sim_close - one tick of the policy for one account below maintenance. */
void pli_sim_close(pli_sim *sim, uint32_t account, const plm_requirement *requirement);

/* pli_sim_touch - note what the account was before the first thing is forced on it. */
void pli_sim_touch(pli_sim *sim, uint32_t account);

// --- simulate_losses.c: auctions, the pool, and who pays what is missing ---

/* pli_sim_terms - of the auctions of this policy. */
pli_share_terms pli_sim_terms(const pli_simulate_settings *settings);

/* pli_sim_auction - one tick of the auction: bids, or what follows when nobody came. */
void pli_sim_auction(pli_sim *sim, uint32_t account, const plm_requirement *requirement);

/* pli_sim_deleverage - close a bankrupt account against winners, who bear what is missing. */
void pli_sim_deleverage(pli_sim *sim, uint32_t account);

/* pli_sim_settle - a flat account that owes: the fund pays, the rest stays unpaid. */
void pli_sim_settle(pli_sim *sim, uint32_t account);

/* pli_sim_unload - one tick of the way out of bidders and pool. */
void pli_sim_unload(pli_sim *sim);

#endif
