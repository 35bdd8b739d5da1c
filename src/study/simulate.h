/* simulate.h: seeded agents on a book with impact, and what a way of closing accounts does to them all.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_SIMULATE_H
#define PLI_STUDY_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/liquidation.h"
#include "plimsoll/margin.h"
#include "plimsoll/status.h"

/* pli_simulate_policy - how an account below maintenance is closed. docs/method/simulation.md. */
typedef enum pli_simulate_policy {
    PLI_SIMULATE_PLANNED =
        1, /* slices of the plan; auction by share; pool; deleveraging by the record */
    PLI_SIMULATE_WHOLE = 2,  /* one market order for everything; queue */
    PLI_SIMULATE_FIFTHS = 3, /* 20 % of what it held, step by step; queue */
    PLI_SIMULATE_TENTHS = 4, /* 10 % of what it held, step by step; queue */
    PLI_SIMULATE_DUTCH = 5   /* Dutch auction of the whole portfolio; queue */
} pli_simulate_policy;

#define PLI_SIMULATE_POLICIES 5u

/* pli_simulate_kind - what the world does to its accounts. */
typedef enum pli_simulate_kind {
    PLI_SIMULATE_CALM = 1,
    PLI_SIMULATE_VOLATILE = 2,
    PLI_SIMULATE_CRASH =
        3, /* a fall or a rise of 15 to 50 % within an hour; depth and bidders leave */
    PLI_SIMULATE_MANIPULATED = 4 /* somebody pushes the thinnest market, and lets go */
} pli_simulate_kind;

#define PLI_SIMULATE_KINDS 4u

/* Lower-case words for output; "unknown" outside the enum. */
const char *pli_simulate_policy_name(pli_simulate_policy policy);
const char *pli_simulate_kind_name(pli_simulate_kind kind);

#define PLI_SIMULATE_MARKETS_MAX 8u
#define PLI_SIMULATE_ACCOUNTS_MAX 2000u
#define PLI_SIMULATE_TICK_NS                                                                       \
    INT64_C(10000000000) /* the market moves, and everybody acts, every 10 s */

/*
 * pli_simulate_settings - one world and one way of closing accounts.
 *
 * The seed alone decides the world: every policy meets the same prices, accounts, depth and bidders.
 */
typedef struct pli_simulate_settings {
    uint64_t seed;
    pli_simulate_policy policy;
    uint32_t market_count;  /* 1..PLI_SIMULATE_MARKETS_MAX */
    uint32_t account_count; /* 8..PLI_SIMULATE_ACCOUNTS_MAX */
    uint32_t hours;   /* 1..24, of trading; a day more is looked at for who would have recovered */
    int64_t fund_ppm; /* insurance fund, of the open interest; 0..1e6 */
    int64_t tranche_ppm; /* what the pool may commit to a market, of its open interest; 0..1e6 */
    plm_tiered_parameters model;
    plm_liquidation_parameters liquidation;
} pli_simulate_settings;

/* pli_simulate_settings_init - 4 markets, 240 accounts, 6 hours, policy PLANNED, seed 1; records as shipped. */
void pli_simulate_settings_init(pli_simulate_settings *settings);

/*
 * pli_simulate_result - what happened. Amounts in micros as doubles, for reports only.
 */
typedef struct pli_simulate_result {
    pli_simulate_kind kind;
    double open_interest; /* sum of |notional| at the start */
    double capital;       /* sum of initial requirements at the start */
    double bad_debt;      /* what closed accounts owed beyond what they had, whoever paid it */
    double fund;          /* of that, paid by the insurance fund */
    double deleveraged;   /* of that, given up by winners */
    double unpaid;        /* of that, by nobody */
    double deleveraged_notional;
    double harm_largest; /* most that a winner gave up in all, of its equity when it first did */
    double
        forced_notional; /* traded on the book to close accounts, also by those who took them over */
    double impact_cost;  /* mark less price of those trades */
    double impact_peak;  /* largest displacement of a price by them, as a share */
    double owner_cost;   /* what closing cost those who were closed: slippage and discounts */
    double pool_result;  /* of the backstop pool, at the end, at the marks */
    bool is_conserved;   /* [SIM-1] */
    uint32_t liquidated; /* accounts that were touched */
    uint32_t
        recovering; /* of them, those that would have been above maintenance for a day anyway at its end */
    uint32_t closed;      /* accounts that ended without positions */
    uint32_t winners;     /* accounts that were made to close for others */
    uint32_t open_at_end; /* accounts still below maintenance at the end */
} pli_simulate_result;

/* pli_simulate_size - bytes that a run needs, 64-byte aligned; 0 where a count is outside its bounds. */
size_t pli_simulate_size(const pli_simulate_settings *settings);

/*
 * pli_simulate_run - one world under one policy.
 *
 * Purity     No allocation, no I/O, no clock: the seed decides everything; equal settings give equal bits.
 * Cost       O(ticks * accounts), and the planner for accounts in trouble.
 * Guarantees [SIM-1] money is conserved: cash and costs of accounts, fund, pool, bidders and the book's other side add up
 *            to what they did at the start, residues of division included, exactly.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: a count or record outside its bounds; PLM_WORKSPACE_SMALL; the statuses of
 *            plm_margin_require.
 */
PLM_MUST_USE plm_status pli_simulate_run(const pli_simulate_settings *settings, void *memory,
                                         size_t size, pli_simulate_result *result);

#endif
