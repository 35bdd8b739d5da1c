/* demo.h: a moving market with thousands of accounts, played to a running engine.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SIM_DEMO_H
#define PLI_SIM_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/prng.h"
#include "match/book.h"
#include "plimsoll/core.h"

/*
 * A demonstration venue: BTC, ETH and SOL with a perpetual each and a chain of weekly options, four price sources, market
 * makers, arbitrageurs and some thousands of traders who hold leveraged longs, shorts, sold and bought options, and coins
 * hedged with perpetuals. It plays the outside world: what the engine does about it (calls, slices, cover) is the engine's.
 *
 * The driver asks for events one at a time, submits each, and tells the demo of every event that was applied, its own and
 * others': orders that others reserve are matched in the same book. Keys are the driver's: it fills in the public key of a
 * SOURCE and signs a PRICE_REPORT.
 *
 * The demo keeps nothing on disk. What it needs it finds in the engine's state, so on an old directory it goes on where it
 * was, from the last price and with the accounts that there are.
 *
 * Purity     No clock and no I/O. The same options, states and times give the same events.
 */
#define PLI_DEMO_UNDERLYINGS 3u
#define PLI_DEMO_SOURCES 4u
#define PLI_DEMO_ORDERS 256u
#define PLI_DEMO_WAITING 4096u
#define PLI_DEMO_MAKERS 6u
#define PLI_DEMO_ARBITRAGEURS 6u
#define PLI_DEMO_TRADERS (PLI_DEMO_MAKERS + PLI_DEMO_ARBITRAGEURS) /* the first one's account */
#define PLI_DEMO_TICK_NS INT64_C(500000000)
#define PLI_DEMO_CRASH_NS INT64_C(180000000000)
#define PLI_DEMO_ACCOUNTS_MAX 20000u

typedef struct pli_demo_options {
    uint64_t seed;
    uint32_t account_count; /* makers and arbitrageurs included, at most PLI_DEMO_ACCOUNTS_MAX */
    uint32_t speed;         /* seconds of market in a second of time: 60 makes an hour a minute */
    /* prices to follow in place of a random walk, by their relative moves; NULL: none. The caller's, for ever. */
    const double *closes;
    const int64_t *close_times_ns; /* when each was, to tell of; NULL: not known */
    uint32_t close_count;
    int64_t close_ns;          /* of market between two of them */
    int64_t replay_from_ns;    /* of market after the first of them: where it begins */
    bool is_replay_from_given; /* by somebody: not where an earlier run ended */
} pli_demo_options;

/* pli_demo_path - the outside world's view of one underlying. */
typedef struct pli_demo_path {
    double price;
    double mood;       /* log of the volatility over its usual level */
    double volatility; /* annual, now */
    double depth;      /* share of the usual depth that is there */
    double premium;    /* of the perpetual over the index, relative */
} pli_demo_path;

/* pli_demo_incoming - an order under way through the book, or to the maker of an option. */
typedef struct pli_demo_incoming {
    bool is_active;
    uint32_t instrument_index;
    pli_book_order order;
} pli_demo_incoming;

typedef struct pli_demo {
    pli_demo_options options;
    pli_prng prng;
    pli_demo_path paths[PLI_DEMO_UNDERLYINGS];
    double stress;    /* 0 calm .. 1 the height of the crash */
    int64_t crash_ns; /* when the crash under way began; 0: none */
    bool is_crash_wanted;
    bool is_resumed;                      /* what stands in the state has been looked at */
    int64_t replayed_ns;                  /* of the given history, in its own time */
    int64_t begin_ns, tick_ns, before_ns; /* the first tick, this one and the one before */
    uint64_t tick_count;
    uint32_t task, item, steps, actions; /* where in this tick's work */
    pli_book books[PLI_DEMO_UNDERLYINGS];
    pli_book_order orders[PLI_DEMO_UNDERLYINGS][2][PLI_DEMO_ORDERS];
    pli_demo_incoming incoming;
    bool is_told_awaited; /* the last event is a TRADE of `incoming` */
    pli_book_match match;
    uint32_t waiting_count, waiting_at, order_at;
    uint32_t waiting[PLI_DEMO_WAITING]; /* accounts with orders to be worked */
} pli_demo;

/* pli_demo_limits - the sizes of a venue for that many accounts, with room for some of the user's own. */
plm_core_limits pli_demo_limits(uint32_t account_count);

/* pli_demo_init - a demo that has seen nothing yet. It holds pointers into itself: it must stay where it is. */
void pli_demo_init(pli_demo *demo, const pli_demo_options *options);

/*
 * pli_demo_next - the next event for this state at this time.
 *
 * Returns    false: nothing to do before time has moved on by PLI_DEMO_TICK_NS.
 */
bool pli_demo_next(pli_demo *demo, plm_core *core, int64_t now_ns, plm_event *event);

/* pli_demo_told - an event was applied, whoever submitted it. */
void pli_demo_told(pli_demo *demo, const plm_core *core, const plm_event *event,
                   const plm_outcome *outcome, const plm_effect *effects);

/* pli_demo_crash - from the next tick on prices fall by a third or more within three minutes, volatility rises, depth goes. */
void pli_demo_crash(pli_demo *demo);

/* pli_demo_replay - where in a given history it is. */
typedef struct pli_demo_replay {
    bool is_on, is_over;
    uint32_t bar, bar_count;
    int64_t done_ns, length_ns; /* in the history's time */
    int64_t time_ns;            /* what it shows now; 0: not known */
} pli_demo_replay;

pli_demo_replay pli_demo_replay_of(const pli_demo *demo);

/* pli_demo_is_open - is the venue listed and its model in force? */
bool pli_demo_is_open(const plm_core *core);

#endif
