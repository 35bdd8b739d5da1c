/* derive_account.h: our portfolio as an account of Derive, and its net margin as our requirement.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIVE_ACCOUNT_H
#define PLI_VENUE_DERIVE_ACCOUNT_H

#include "base/arena.h"
#include "margin/view.h"
#include "venue/derive_scenario.h"

/* pli_derive_holding - everything held on one underlying. */
typedef struct pli_derive_holding {
    uint32_t underlying_index;
    double spot;                       /* one unit of the underlying, in the valuation currency */
    int64_t confidence_e18;            /* 1 - half-width of the price over the price */
    uint32_t perpetual_position_index; /* PLM_NONE where there is none */
    double perpetual_amount, perpetual_price;
    double perpetual_value; /* unrealised profit and what has accrued, in cash */
    double base_amount;     /* of collaterals, where the head asks for it */
    uint32_t expiry_count;
    pli_derive_expiry *expiries;
} pli_derive_holding;

/*
 * pli_derive_account - a portfolio of linear instruments that settle in one asset, the cash.
 *
 * Options lie side by side in the order of the holdings' expiries; option_positions runs parallel.
 */
typedef struct pli_derive_account {
    pli_view view;
    uint32_t cash_asset_index;
    double stable; /* price of the cash in the valuation currency */
    double cash;
    uint32_t holding_count, expiry_count, option_count;
    pli_derive_holding *holdings;
    pli_derive_expiry *expiries;
    pli_derive_option *options;
    uint32_t *option_positions;
    uint32_t collateral_count;              /* balances that are neither cash nor empty, by asset */
    uint32_t *collaterals;                  /* their balance indices */
    double *option_parts, *naked_parts;     /* scratch, option_count */
    double *position_parts, *balance_parts; /* requirement by position and balance, in cash */
} pli_derive_account;

/* pli_derive_outcome - what a margin says of an account, in cash. */
typedef struct pli_derive_outcome {
    double value; /* of everything, cash included */
    double option_value, unrealised;
    double maintenance, initial; /* net margins */
    double oracle;               /* of the initial requirement, >= 0 */
    double worst;                /* loss of the binding scenario, >= 0 */
    uint32_t worst_index; /* PLM_NONE: the basis contingency binds, or there are no scenarios */
} pli_derive_outcome;

/* pli_derive_head - what an account must be for a model to read it. */
typedef struct pli_derive_head {
    double rate;    /* of every expiry */
    bool has_base;  /* every collateral is the base of an underlying, and counts as its holding */
    bool is_single; /* something is held on one underlying at most */
} pli_derive_head;

/* pli_derive_account_sizing - a sizing arena that has taken view and account already; the model takes its own. */
pli_arena pli_derive_account_sizing(const plm_limits *limits);

/*
 * pli_derive_account_open - read portfolio and market; `arena` is that of the model's workspace, from its beginning.
 *
 * Returns    as plm_margin_require; PLM_MODEL_UNSUPPORTED names what the venue has no such thing as, an asset that is
 *            neither cash nor an underlying, or the second underlying that something is held on.
 */
plm_status pli_derive_account_open(const plm_margin_input *input, const pli_derive_head *head,
                                   pli_arena *arena, pli_derive_account *account, plm_fault *fault);

/* pli_derive_balance_amount - a balance in units of the underlying that prices it (or of the valuation currency). */
double pli_derive_balance_amount(const pli_derive_account *account, uint32_t balance_index);

/* pli_derive_spot - price of one unit and confidence; 1 and full confidence for PLM_NONE. */
double pli_derive_spot(const pli_view *view, uint32_t underlying_index, int64_t *confidence_e18);

/* pli_derive_attribution - a model's own way to fill position_parts and balance_parts at one of the two levels. */
typedef struct pli_derive_attribution {
    void (*run)(void *evaluation, bool is_initial);
    void *evaluation;
} pli_derive_attribution;

/*
 * pli_derive_conclude - value and net margins as equity and requirements, with a certificate unless `reason` is NULL.
 *
 * `account` is what `attribution` fills. Contributions are rounded to the nearest; the largest one takes what is left of
 * the core, so that they add up exactly.
 *
 * Rounding   Equity is the value rounded down, and requirement = equity - net margin rounded down: so equity less
 *            requirement is the venue's net margin, rounded once against the account. Where a smile with arbitrage
 *            values options below their least payoff, net maintenance margin may exceed value; equity is then that.
 *
 * Returns    PLM_OK, PLM_NOT_FINITE or PLM_OVERFLOW.
 */
plm_status pli_derive_conclude(const pli_derive_account *account, const pli_derive_outcome *outcome,
                               pli_derive_attribution attribution, plm_requirement *requirement,
                               plm_reason *reason, plm_fault *fault);

#endif
