/* liquidation.h: in which stage an account is, and by which rules it gets there.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_LIQUIDATION_H
#define PLIMSOLL_LIQUIDATION_H

#include <stdint.h>

#include "plimsoll/parameter.h"
#include "plimsoll/quantity.h"

/*
 * plm_stage - where an account stood when it was last assessed: METHOD section 9, docs/books.md section 12.
 *
 * Nothing moves it but an assessment at prices that allow liquidation.
 */
typedef enum plm_stage {
    PLM_STAGE_HEALTHY = 1,    /* equity meets the initial requirement, or nothing is owed */
    PLM_STAGE_RESTRICTED = 2, /* it does not: orders that may add risk were removed */
    PLM_STAGE_CALLED = 3,     /* below the call level: notice with an amount and a deadline */
    PLM_STAGE_PARTIAL = 4,    /* below maintenance: reduced by forced orders, slice by slice */
    PLM_STAGE_AUCTION = 5,    /* below maintenance: sold by shares to whoever bids */
    PLM_STAGE_BACKSTOP = 6,   /* nobody bid: the backstop pool takes what its terms allow */
    PLM_STAGE_ADL =
        7, /* bankrupt, and nobody took it: closed against the other side of the market */
    PLM_STAGE_DEFICIT =
        8 /* closed out: only debts are left, which the insurance fund could not pay */
} plm_stage;

/* plm_stage_name - in lower case, such as "called". Returns a static string; "unknown" for a number that is none. */
const char *plm_stage_name(plm_stage stage);

/*
 * The governed record of liquidation.
 */
#define PLM_LIQUIDATION_PARAMETERS(X, T)                                                           \
    X(T, call_ns, PLM_UNIT_NS, 3600000000000, 0, 604800000000000, 86400000000000, 24, "risk", "",  \
      "time from a margin call to its deadline")                                                   \
    X(T, slice_ns, PLM_UNIT_NS, 1000000000, 0, 3600000000000, 60000000000, 24, "risk", "",         \
      "time that the orders of one slice have before the next is planned")                         \
    X(T, target_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 100000, 24, "risk", "",                     \
      "equity is brought to this above maintenance")                                               \
    X(T, collar_ppm, PLM_UNIT_PPM, 1000, 0, 500000, 20000, 24, "risk", "",                         \
      "forced orders trade no further than this from the index, or the mark")                      \
    X(T, fee_ppm, PLM_UNIT_PPM, 3000, 0, 100000, 3000, 24, "operations", "",                       \
      "what the planner counts as fees of a forced trade")                                         \
    X(T, spread_minimum_ppm, PLM_UNIT_PPM, 100, 0, 1000000, 1000, 24, "risk", "",                  \
      "least half-spread that the planner counts")                                                 \
    X(T, impact_ppm, PLM_UNIT_PPM, 1000000, 0, 100000000, 500000, 24, "risk", "",                  \
      "constant of the square-root law of impact")                                                 \
    X(T, volume_standard_micros, PLM_UNIT_MICROS, 1000000000000, 1, 1000000000000000000,           \
      1000000000000000000, 24, "risk", "", "daily volume where none is known")                     \
    X(T, depth_ppm, PLM_UNIT_PPM, 5000, 0, 1000000, 100000, 24, "risk", "",                        \
      "share of the depth that one slice may take")                                                \
    X(T, depth_standard_micros, PLM_UNIT_MICROS, 1000000000000, 0, 1000000000000000000,            \
      1000000000000000000, 24, "risk", "", "depth where none is known")                            \
    X(T, option_size_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",                  \
      "an option moves the market by its delta, at least by this of its notional")                 \
    X(T, evaluations_max, PLM_UNIT_COUNT, 512, 256, 8192, 1024, 24, "operations", "",              \
      "evaluations of the model in one plan, at most")                                             \
    X(T, fruitless_max, PLM_UNIT_COUNT, 3, 1, 1000, 10, 24, "risk", "",                            \
      "slices without a fill after which the account is auctioned")                                \
    X(T, auction_rounds_max, PLM_UNIT_COUNT, 3, 0, 100, 10, 24, "risk", "",                        \
      "rounds of an auction; 0: there are no auctions")                                            \
    X(T, auction_start_ppm, PLM_UNIT_PPM, 1000000, 1, 1000000, 100000, 24, "risk", "",             \
      "share of its equity that the account keeps when a round starts")                            \
    X(T, auction_cutoff_ppm, PLM_UNIT_PPM, 400000, 1, 1000000, 100000, 24, "risk", "",             \
      "the same at the end of the fast part")                                                      \
    X(T, auction_reserve_ppm, PLM_UNIT_PPM, 100000, 1, 1000000, 100000, 24, "risk", "",            \
      "a round ends before the account keeps less than this")                                      \
    X(T, auction_fast_ns, PLM_UNIT_NS, 30000000000, 1000000000, 86400000000000, 600000000000, 24,  \
      "risk", "", "length of the fast part")                                                       \
    X(T, auction_slow_ns, PLM_UNIT_NS, 60000000000, 1000000000, 604800000000000, 3600000000000,    \
      24, "risk", "", "time from the end of the fast part until nothing would be kept")            \
    X(T, auction_insolvent_ns, PLM_UNIT_NS, 30000000000, 1000000000, 86400000000000, 600000000000, \
      24, "risk", "", "time in which what the fund offers a bidder grows to the whole")            \
    X(T, auction_dust_ppm, PLM_UNIT_PPM, 10000, 1, 500000, 10000, 24, "risk", "",                  \
      "least share that a bid takes, and leaves of what is for sale")                              \
    X(T, auction_target_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 100000, 24, "risk", "",             \
      "a sale brings equity to this above maintenance")                                            \
    X(T, slice_max, PLM_UNIT_COUNT, 1, 1, 1000000, 10, 24, "risk", "",                             \
      "a plan that needs more slices than this is auctioned at once")                              \
    X(T, deleverage, PLM_UNIT_COUNT, 1, 0, 1, 1, 24, "risk", "",                                   \
      "1: bankrupt positions that nobody takes are closed against the other side")                 \
    X(T, fund_discount_ppm, PLM_UNIT_PPM, 50000, 0, 500000, 50000, 24, "risk", "",                 \
      "below its price the fund takes collateral that nobody bids for, for debts that it pays")    \
    X(T, deleverage_policy, PLM_UNIT_COUNT, 0, 0, 2, 2, 24, "risk", "",                            \
      "who closes bankrupt positions first: 0 all pro rata, 1 by queue, 2 by least harm")          \
    X(T, backstop_tranche_ppm, PLM_UNIT_PPM, 1000, 0, 1000000, 1000, 24, "risk", "",               \
      "share of what the backstop pool is worth that one market may cost it")                      \
    X(T, backstop_spread_ppm, PLM_UNIT_PPM, 600000, 0, 10000000, 100000, 24, "risk", "",           \
      "what it charges on notional, of a day's volatility")                                        \
    X(T, backstop_discount_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 50000, 24, "risk", "",           \
      "no further from the mark than this it takes anything")                                      \
    X(T, backstop_stress_ppm, PLM_UNIT_PPM, 5000000, 0, 100000000, 1000000, 24, "risk", "",        \
      "what its tranche must bear of what it holds, of a day's volatility")                        \
    X(T, backstop_lock_ns, PLM_UNIT_NS, 345600000000000, 0, 2592000000000000, 86400000000000, 24,  \
      "operations", "", "time for which a member that joins the pool stays")                       \
    X(T, initial_window, PLM_UNIT_COUNT, 4096, 1, 4294967295, 4294967295, 24, "operations", "",    \
      "accounts whose initial requirement one scan follows, besides everybody's call level")

typedef struct plm_liquidation_parameters {
    PLM_LIQUIDATION_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_liquidation_parameters)
} plm_liquidation_parameters;

extern const plm_descriptor plm_liquidation_descriptor;

/* plm_deleverage_policy - values of deleverage_policy. */
typedef enum plm_deleverage_policy {
    PLM_DELEVERAGE_PRO_RATA = 0,
    PLM_DELEVERAGE_QUEUE = 1, /* the highest profit times leverage first */
    PLM_DELEVERAGE_LEAST_HARM =
        2 /* the largest haircut, as a share of equity, is as small as can be */
} plm_deleverage_policy;

/* Between fields: auction_reserve <= auction_cutoff <= auction_start. */

/* plm_auction_step - what the effect AUCTION tells. */
typedef enum plm_auction_step {
    PLM_AUCTION_STARTED = 1,
    PLM_AUCTION_RESTARTED = 2,  /* nobody had taken the account out of it by the end of the round */
    PLM_AUCTION_WAITED = 3,     /* prices did not allow it: so much time did not count */
    PLM_AUCTION_ENDED = 4,      /* healthy again, or only debts are left */
    PLM_AUCTION_HANDED_OVER = 5 /* after the last round: reduced by slices again */
} plm_auction_step;

/*
 * plm_standing - the stage of one account; where that is CALLED, the notice, where it is PARTIAL, the slices, where it is
 * AUCTION, the round, where it is BACKSTOP what was counted since maintenance; else these are 0.
 */
typedef struct plm_standing {
    plm_stage stage;
    int64_t call_micros;         /* what ends the call at the prices of the last assessment */
    int64_t call_deadline_ns;    /* from then on the account may only reduce */
    uint32_t slice_count;        /* planned since the account fell below maintenance */
    int64_t slice_due_ns;        /* the next one is planned at the first assessment from then on */
    uint32_t idle_count;         /* slices planned since a forced order was last filled */
    uint32_t round_count;        /* rounds of auctions since the account fell below maintenance */
    uint32_t rounds_left;        /* after this one */
    int64_t auction_clock_ns;    /* how long this round had run when it was last looked at */
    int64_t auction_seen_ns;     /* when that was */
    int64_t auction_paid_micros; /* what bidders of this round have paid for their shares */
} plm_standing;

#endif
