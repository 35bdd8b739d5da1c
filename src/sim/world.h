/* world.h: seeded small venues and streams of events biased to the edges.              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SIM_WORLD_H
#define PLI_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"
#include "plimsoll/core.h"

/*
 * Swarm testing (Groce et al., "Swarm testing", ISSTA 2012): a world uses a random subset of these, since events that are
 * always present keep others from happening. X(NAME, bit, name, text).
 */
#define PLI_WORLD_FEATURES(X)                                                                      \
    X(TRADES, 0, "trades", "trades and transfers of positions")                                    \
    X(ORDERS, 1, "orders", "reserved orders, filled and released")                                 \
    X(LOANS, 2, "loans", "borrowing, repayment, interest, exchange of assets")                     \
    X(PAYOUTS, 3, "payouts", "withdrawals, transfers, profits paid, the insurance fund")           \
    X(FUNDING, 4, "funding", "funding of perpetuals")                                              \
    X(PRICES, 5, "prices", "the operator's prices in every state, marks, liquidity, forecasts")    \
    X(SOURCES, 6, "sources", "price sources and their reports")                                    \
    X(SURFACES, 7, "surfaces", "slices and surfaces of options")                                   \
    X(SCENARIOS, 8, "scenarios", "scenario sets, jobs and the model that needs them")              \
    X(RECORDS, 9, "records", "changes of parameters, lasting and temporary, and of the model")     \
    X(CUSTOMERS, 10, "customers", "signers with few rights, client ids, deadlines")                \
    X(LISTINGS, 11, "listings", "listings while business goes on")                                 \
    X(EXPIRY, 12, "expiry", "long jumps in time, settlement of what has expired")                  \
    X(EDGES, 13, "edges", "single fields at the edges of their type")                              \
    X(BACKWARDS, 14, "backwards", "times that run backwards")                                      \
    X(POOL, 15, "pool", "a backstop pool, who joins it and leaves")                                \
    X(FORCED, 16, "forced", "accounts pushed below maintenance, forced orders filled, bids")

enum {
#define PLI_WORLD_FEATURE_ENUM(NAME, bit, name, text) PLI_WORLD_##NAME = 1 << bit,
    PLI_WORLD_FEATURES(PLI_WORLD_FEATURE_ENUM)
#undef PLI_WORLD_FEATURE_ENUM
};
#define PLI_WORLD_FEATURE_COUNT 17u
#define PLI_WORLD_ALL ((1u << PLI_WORLD_FEATURE_COUNT) - 1)

/* pli_world_feature_name, pli_world_feature_text - of a bit number; NULL past the last. */
const char *pli_world_feature_name(uint32_t bit);
const char *pli_world_feature_text(uint32_t bit);

/*
 * pli_world - one venue's future, every number from the seed. At most 8 accounts and 7 instruments, but for every 1,000th
 * seed; 2 assets to begin with.
 *
 * Lifetime   Holds no pointers.
 */
typedef struct pli_world {
    pli_prng prng;
    uint32_t features;
    uint32_t step;                 /* of the opening, which lists and pays in; then UINT32_MAX */
    uint32_t client;               /* client ids so far */
    uint64_t reports;              /* price reports so far */
    plm_event_price_report report; /* the last one */
    int64_t expiry_ns;
    int64_t pace_ns;       /* most that passes between two events, most of the time */
    uint32_t source_count; /* that a feed may have; more than one can hold in some worlds */
    uint32_t patience;     /* events that a change of a record may wait for */
    uint32_t usual_state;  /* of prices that are not VALID, more often than the others */
    bool has_scarce_coins; /* only money is ever paid in */
    bool is_focused;       /* business is about two instruments, in round lots */
    bool is_large;         /* every 1,000th seed: 300 accounts, 96 instruments, rows of 512 */
    plm_core_limits limits;
    plm_event event; /* the one last drawn, as its bytes decode */
    uint8_t bytes[PLM_EVENT_SIZE_MAX];
    size_t size;
} pli_world;

/* pli_world_init - `allowed`: features that may be chosen; which of them are is up to the seed. */
void pli_world_init(pli_world *world, uint64_t seed, uint32_t allowed);

/*
 * pli_world_next - draw the next event for a state: world->event and its bytes, well formed, sequence 0.
 *
 * One event in five has something wrong or extreme where the world has the feature `edges`; indices, prices and amounts
 * are else near what the state holds.
 *
 * Purity     The same world and state give the same event.
 */
void pli_world_next(pli_world *world, const plm_core *core);

/* pli_world_draws - is there a generator of that kind? */
bool pli_world_draws(uint16_t type);

/* pli_world_calm - from here on nothing is extreme: prices VALID, time on. What follows must make progress. */
void pli_world_calm(pli_world *world);

/* pli_world_now - a TIME event at the time that the last drawn event states, encoded as world->event is. */
void pli_world_now(pli_world *world, plm_event *event);

#endif
