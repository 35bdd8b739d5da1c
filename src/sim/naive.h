/* naive.h: a venue as many were built: books that believe everybody, for comparison only. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SIM_NAIVE_H
#define PLI_SIM_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/wide.h"
#include "plimsoll/event.h"
#include "plimsoll/instrument.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/reject.h"

/*
 * What the engine has no switch for (C-LED-*, C-RSK-NOEXEMPT and their like) is shown on these books instead: the same
 * events, flat fractions, profits paid at once out of everybody's money, flags that exempt an account. They are not a
 * ledger: nothing is conserved but what goes in and out, and they are never part of a running venue.
 *
 * Units      Atoms of assets; micros of the valuation currency, which is asset 0; costs as in plm_position.
 * Rounding   Towards zero, everywhere.
 * Purity     No allocation, no clock, no I/O. Tables stand in the caller's block.
 */
typedef struct pli_naive_terms {
    int64_t initial_ppm, maintenance_ppm; /* of notional, whatever its size */
    bool takes_any_order;                 /* orders are not asked for margin */
    bool pays_paper_gains;    /* what may leave is all equity, unrealised profit included */
    bool ignores_paper_gains; /* unrealised profit does not count for what leaves */
    bool takes_flags;         /* an account may be exempted */
    bool pays_unasked;        /* what is there may leave, whatever is owed */
    bool nets_legs; /* what is long in one contract counts against what is short in another */
} pli_naive_terms;

typedef struct pli_naive {
    pli_naive_terms terms;
    plm_listing listing; /* the caller renews it when something is listed */
    uint32_t account_count, asset_count, instrument_count, underlying_count;
    pli_i128 *atoms; /* [account][asset], below 0 a loan */
    pli_i128 *owed;  /* the same: a loan that stands beside as much collateral in the same asset */
    int64_t *lots;   /* [account][instrument] */
    pli_i128 *costs;
    int64_t *prices_e8;    /* [underlying]; whatever was said last */
    int64_t *marks_e8;     /* [instrument] */
    int64_t *lend_ppm;     /* [asset] what a unit of collateral counts for a new loan */
    int64_t *keep_ppm;     /* the same, before it is seized */
    bool *is_exempt;       /* [account] */
    pli_i128 *vault;       /* [asset] what is really there */
    pli_i128 *insurance;   /* [asset] */
    pli_i128 short_atoms;  /* of the last withdrawal: what the vault could not pay */
    uint32_t client_count; /* the accounts before this one have put their own money into the vault */
    bool is_open;          /* false: what stands in the file is taken as it is */
} pli_naive;

/* pli_naive_take - tables for that many; all zero after pli_naive_clear. */
void pli_naive_take(pli_arena *arena, uint32_t account_count, uint32_t asset_count,
                    uint32_t instrument_count, uint32_t underlying_count, pli_naive *naive);
void pli_naive_clear(pli_naive *naive);

/* pli_naive_handles - is it an event of money, positions or orders, which these books answer? */
bool pli_naive_handles(plm_event_type type);

/* pli_naive_apply - NONE: booked. */
plm_reject pli_naive_apply(pli_naive *naive, const plm_event *event);

/* pli_naive_may_trade - would the account have its initial requirement after this trade? */
bool pli_naive_may_trade(const pli_naive *naive, uint32_t account, uint32_t instrument,
                         int64_t lots, int64_t price_e8);

/* pli_naive_value - atoms in micros at the last price. */
pli_i128 pli_naive_value(const pli_naive *naive, uint32_t asset, pli_i128 atoms);

/* pli_naive_worth - all an account has less all it owes. */
pli_i128 pli_naive_worth(const pli_naive *naive, uint32_t account);

/* pli_naive_initial, pli_naive_maintenance - that fraction of what the account holds, micros. */
pli_i128 pli_naive_initial(const pli_naive *naive, uint32_t account);
pli_i128 pli_naive_maintenance(const pli_naive *naive, uint32_t account);

/* pli_naive_excess - collateral by its weight before seizure, and profits, less loans and the maintenance fraction. */
pli_i128 pli_naive_excess(const pli_naive *naive, uint32_t account);

/*
 * pli_naive_is_due - exposed, not exempt, and excess below zero; or with a contract whose price is zero or less, since
 *                    what is divided by its notional is then no ratio that could be above a limit.
 */
bool pli_naive_is_due(const pli_naive *naive, uint32_t account);

/* pli_naive_portfolio - as the core would tell it. */
void pli_naive_portfolio(const pli_naive *naive, uint32_t account, plm_position *positions,
                         plm_balance *balances, plm_portfolio *held);

#endif
