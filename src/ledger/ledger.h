/* ledger.h: the books: who holds what, to the atom, and what the venue's named accounts hold.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LEDGER_LEDGER_H
#define PLI_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/wide.h"
#include "ledger/undo.h"
#include "plimsoll/event.h"
#include "plimsoll/instrument.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/reject.h"

/*
 * The rules are docs/books.md; section numbers below are its.
 *
 * Invariants [LEDGER-1] per asset: balances + unsettled + named accounts + clearings = 0 [L1].
 *            [LEDGER-2] per instrument: lots + settled_lots sum to 0; linear: cost_total = settled_cost + profit_total,
 *                       inverse: cost_total = settled_cost - profit_total [L2].
 *            [LEDGER-3] open_interest, lent, borrowed equal their recomputation [L3].
 *            [LEDGER-4] FEES, INSURANCE, RESIDUE, tranches >= 0, CUSTODY <= 0 [L4]; assigned <= collected + committed [M10].
 *            [LEDGER-5] runs are sorted by asset, instrument, order id; a slot of nothing does not exist; an account has
 *                       a balance slot of every asset in which a position slot of its settles.
 *            [LEDGER-8] at most one account is the pool, it has no share of itself, and the shares add up to their sum.
 *            [LEDGER-6] per account and asset the uncollected losses are no more than the loan.
 *            [LEDGER-7] cohorts are the sums of their claims; only the oldest has received anything; places of the ring
 *                       outside oldest .. next - 1 are zero.
 *
 * Every write goes through the undo log first, so that an event applies entirely or not at all [L6].
 */
#define PLI_COHORT_RING 16u
#define PLI_INDEX_ONE INT64_C(1000000000000000000) /* 1e18: scale of interest indices */
#define PLI_INTEREST_INDEX_MAX ((pli_i128)1 << 96) /* above all that the longest time brings */

typedef enum pli_named {
    PLI_NAMED_CUSTODY = 0, /* minus what is held outside for us */
    PLI_NAMED_FEES = 1,
    PLI_NAMED_INSURANCE = 2,
    PLI_NAMED_RESIDUE = 3, /* what rounding leaves */
    PLI_NAMED_INTEREST = 4,
    PLI_NAMED_COUNT = 5
} pli_named;

typedef enum pli_phase {
    PLI_PHASE_ACTIVE = 1,
    PLI_PHASE_SETTLING = 2,
    PLI_PHASE_SETTLED = 3
} pli_phase;

typedef struct pli_asset_book {
    char name[PLM_NAME_SIZE];
    plm_asset terms;
    pli_i128 borrow_cap;
    int64_t kink_ppm, rate_zero_ppm, rate_kink_ppm, rate_full_ppm, reserve_ppm;
    pli_i128 named[PLI_NAMED_COUNT];
    pli_i128 lent, borrowed; /* sums of positive, and of negated negative, stored balances */
    pli_i128 borrow_index, lend_index;
    int64_t interest_ns; /* 0: none yet */
} pli_asset_book;

typedef struct pli_cohort {
    pli_i128 amount, received;
} pli_cohort;

typedef struct pli_market_book {
    char name[PLM_NAME_SIZE];
    plm_instrument terms;
    pli_phase phase;
    int64_t settlement_e8; /* 0 until a settlement */
    int64_t open_interest; /* sum of the long lots */
    int64_t settled_lots;  /* sum of the lots that the settlement has closed so far */
    pli_i128 funding_index;
    pli_i128 clearing;
    pli_i128 dust; /* numerator over the divisor of this instrument's atoms */
    pli_i128 cost_total, profit_total;
    pli_i128 settled_cost; /* sum of the costs at which the settlement closed positions */
    pli_i128 collected, committed, assigned;
    pli_i128 tranche;                    /* of the insurance fund, kept for losses of this market */
    uint64_t cohort_oldest, cohort_next; /* the ring holds oldest .. next - 1 */
    uint64_t cohort_open;                /* the one that is not closed yet; PLI_COHORT_NONE */
    pli_cohort cohorts[PLI_COHORT_RING]; /* number n at n % PLI_COHORT_RING */
} pli_market_book;

#define PLI_COHORT_NONE UINT64_MAX

typedef struct pli_balance {
    uint32_t asset_index;
    pli_i128 atoms;
    pli_i128
        index; /* interest index at the last change: borrow or lend, by the sign of atoms; 0 without atoms */
} pli_balance;

typedef struct pli_claim {
    uint64_t cohort; /* PLI_COHORT_NONE: no claim */
    pli_i128 amount, drawn;
} pli_claim;

typedef struct pli_position {
    /* What a touch looks at stands first, in one cache line. */
    uint32_t instrument_index;
    int64_t lots;
    pli_i128 cost;
    pli_i128 funding; /* funding index at the last touch */
    pli_claim senior, junior;
    pli_i128 uncollected;
} pli_position;

typedef struct pli_order {
    uint64_t order_id;
    uint32_t instrument_index;
    plm_side side;
    int64_t lots, limit_e8;
    bool is_reduce_only;
} pli_order;

typedef struct pli_account {
    plm_account_kind kind;
    uint32_t parent_index, instrument_index, owner;
    uint32_t balance_count, position_count, order_count;
    int64_t pool_shares;   /* of the backstop pool, 0..2^62 */
    int64_t pool_until_ns; /* they stay in it until then */
} pli_account;

typedef struct pli_ledger_limits {
    uint32_t asset_count, underlying_count, instrument_count, account_count;
    uint32_t balance_count, position_count, order_count; /* per account */
} pli_ledger_limits;

/* pli_note - what a booking did, for the effects of an event; `a` and `b` as the comment says. */
typedef enum pli_note_kind {
    PLI_NOTE_BALANCE = 1,  /* account, asset: a = atoms now, b = change */
    PLI_NOTE_POSITION = 2, /* account, instrument: a = lots now, b = cost now */
    PLI_NOTE_PROFIT = 3,   /* account, instrument: a = atoms realised, below zero a loss */
    PLI_NOTE_FEE = 4,      /* account, asset: a = atoms paid, below zero a rebate */
    PLI_NOTE_ORDER = 5,    /* account, instrument: a = order id, b = lots that remain (0: gone) */
    PLI_NOTE_COVER = 23, /* account, asset: a = atoms paid by the insurance fund, b = still owed */
    PLI_NOTE_TRANCHE =
        26, /* account, instrument: a = of these, atoms of its tranche, b = what that still holds */
    PLI_NOTE_PROFIT_CUT = 28,  /* account, instrument: a = atoms given up, b = still unpaid */
    PLI_NOTE_BALANCE_CUT = 29, /* account, asset: a = atoms given up, b = atoms now */
    PLI_NOTE_WRITE_OFF = 30,   /* account, asset: a = atoms no longer owed, b = still owed */
    PLI_NOTE_COLLATERAL = 31   /* account, asset: a = atoms that the fund took, b = left */
} pli_note_kind;

typedef struct pli_note {
    pli_note_kind kind;
    uint32_t account, index;
    pli_i128 a, b;
} pli_note;

/*
 * pli_open - all that is open of one underlying: what a question about its whole open interest is mostly answered from,
 *            without a look at every instrument.
 */
typedef struct pli_open {
    pli_i128
        size; /* sum of open lots times lot_e8, of what is notional at the price and settles in the currency */
    pli_i128 other_lots; /* open lots of everything else */
} pli_open;

/* pli_touched - two bits per account that has been touched, and one per 1,024 accounts; whoever keeps them clears them. */
typedef struct pli_touched {
    uint64_t *accounts, *contents, *blocks;
} pli_touched;

typedef struct pli_ledger {
    pli_ledger_limits limits;
    uint32_t asset_count, underlying_count, instrument_count, account_count;
    pli_asset_book *assets;
    pli_market_book *markets;
    plm_asset *listing_assets; /* the same terms, as the margin layers read them */
    plm_underlying *underlyings;
    char (*underlying_names)[PLM_NAME_SIZE];
    plm_instrument *listing_instruments;
    pli_account *accounts;
    uint32_t pool_account;   /* derived: the one of kind POOL, or PLM_NONE */
    int64_t pool_shares;     /* derived: of all accounts */
    pli_balance *balances;   /* account * limits.balance_count */
    pli_position *positions; /* account * limits.position_count */
    pli_order *orders;       /* account * limits.order_count */
    uint32_t settling_count; /* instruments in phase SETTLING: derived */
    pli_open *open;          /* per underlying: derived */
    uint32_t paused; /* the caller's: an instrument whose cohorts receive nothing, or PLM_NONE */
    pli_undo *undo;  /* the caller's */
    int64_t time_ns; /* the caller's: time of the event being applied, to which interest accrues */
    const pli_touched *touched; /* the caller's, or NULL */
    /* Not part of the state: scratch of the event being applied. */
    uint32_t due_count; /* instruments that pli_ledger_assign has to look at */
    uint32_t *due;
    bool *is_due;
    pli_note *notes;                    /* the caller's, or NULL; the caller resets note_count */
    uint32_t note_capacity, note_count; /* the count goes on beyond the capacity */
} pli_ledger;

/*
 * pli_ledger_carve - take the tables from an arena (or count them in a sizing arena) and clear them. `undo` and `notes`
 *                    stay NULL: the caller sets them before the first event.
 */
bool pli_ledger_carve(pli_ledger *ledger, const pli_ledger_limits *limits, pli_arena *arena);

/* pli_ledger_undo_size - bytes of undo log that no event of this ledger (one step of a job included) exceeds. */
size_t pli_ledger_undo_size(const pli_ledger_limits *limits);

/*
 * pli_ledger_restore - compute what is derived (listing tables, settling_count, open) after the entries were decoded.
 *
 * The caller has checked counts against limits; pli_ledger_check tells whether the rest is sound.
 */
void pli_ledger_restore(pli_ledger *ledger);

/* pli_is_open_size - does the instrument's open interest stand in pli_open.size? */
bool pli_is_open_size(const pli_ledger *ledger, uint32_t instrument);

/* pli_ledger_open - what is open of an underlying, from every instrument. */
pli_open pli_ledger_open(const pli_ledger *ledger, uint32_t underlying);

/* pli_ledger_rollback - as if the event had never come: undo everything since the last commit of the log. */
void pli_ledger_rollback(pli_ledger *ledger);

/* The runs of one account. */
static inline pli_balance *
pli_ledger_balances(const pli_ledger *ledger, uint32_t account) {
    return ledger->balances + (size_t)account * ledger->limits.balance_count;
}
static inline pli_position *
pli_ledger_positions(const pli_ledger *ledger, uint32_t account) {
    return ledger->positions + (size_t)account * ledger->limits.position_count;
}
static inline pli_order *
pli_ledger_orders(const pli_ledger *ledger, uint32_t account) {
    return ledger->orders + (size_t)account * ledger->limits.order_count;
}

/* pli_ledger_listing - the tables as the margin layers read them. */
plm_listing pli_ledger_listing(const pli_ledger *ledger);

/*
 * Events. Each checks what docs/books.md says of the kind, except authority, price states and health, and books it, or
 * answers the first reason against it. After a refusal the caller calls pli_ledger_rollback; after an accepted event, and
 * after each step of a job, pli_ledger_assign and then pli_undo_commit. The caller has touched the header's account (which
 * exists) and the other account that the body names, where that exists; PRICE_STATE and HEALTH are his, after these.
 */

/* pli_ledger_touch - book everything that has come due (section 3). NONE, or OVERFLOW. */
plm_reject pli_ledger_touch(pli_ledger *ledger, uint32_t account);

plm_reject pli_ledger_asset(pli_ledger *ledger, const plm_event_asset *body);
plm_reject pli_ledger_underlying(pli_ledger *ledger, const plm_event_underlying *body);
plm_reject pli_ledger_instrument(pli_ledger *ledger, const plm_event_instrument *body);
plm_reject pli_ledger_account(pli_ledger *ledger, uint32_t signer_count,
                              const plm_event_account *body);
plm_reject pli_ledger_deposit(pli_ledger *ledger, uint32_t account, const plm_event_deposit *body);
plm_reject pli_ledger_withdraw(pli_ledger *ledger, uint32_t account,
                               const plm_event_withdraw *body);
plm_reject pli_ledger_transfer(pli_ledger *ledger, uint32_t account,
                               const plm_event_transfer *body);
plm_reject pli_ledger_borrow(pli_ledger *ledger, uint32_t account, const plm_event_borrow *body);
plm_reject pli_ledger_repay(pli_ledger *ledger, uint32_t account, const plm_event_repay *body);
plm_reject pli_ledger_interest(pli_ledger *ledger, const plm_event_interest *body);
plm_reject pli_ledger_exchange(pli_ledger *ledger, uint32_t account,
                               const plm_event_exchange *body);
plm_reject pli_ledger_fund(pli_ledger *ledger, const plm_event_fund *body);
plm_reject pli_ledger_trade(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                            const plm_event_trade *body);
plm_reject pli_ledger_position_transfer(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                                        const plm_event_position_transfer *body);
plm_reject pli_ledger_reserve(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                              const plm_event_reserve *body);
plm_reject pli_ledger_release(pli_ledger *ledger, uint32_t account, const plm_event_release *body);
/* pli_ledger_settle_profit - mark_e8 is NULL where the instrument has no mark. */
plm_reject pli_ledger_settle_profit(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                                    const int64_t *mark_e8, const plm_event_settle_profit *body);
plm_reject pli_ledger_funding(pli_ledger *ledger, int64_t time_ns, const plm_event_funding *body);
plm_reject pli_ledger_settle_expiry(pli_ledger *ledger, int64_t time_ns,
                                    const plm_event_settle_expiry *body);

/*
 * pli_ledger_orders_remove - take away the account's open orders: all, or those that are not reduce-only.
 *
 * Returns    Whether there was one.
 */
typedef enum pli_orders_which { PLI_ORDERS_PLAIN = 1, PLI_ORDERS_ALL = 2 } pli_orders_which;
bool pli_ledger_orders_remove(pli_ledger *ledger, uint32_t account, pli_orders_which which);

/*
 * pli_ledger_cover - the insurance fund pays what an account owes, asset by asset, as far as it goes: first the tranche of each
 *                    market what the account has lost there and not paid, then the common fund [Q7]. NONE, or OVERFLOW.
 *
 * A note COVER tells for each debt what was paid and what is left, a note TRANCHE before it what of that a tranche gave.
 */
plm_reject pli_ledger_cover(pli_ledger *ledger, uint32_t account);

/*
 * Recorded bad debt is shared out (section 17): of one market, its uncollected losses among claims; of an asset
 * (`instrument` PLM_NONE), the rest of a loan among those who hold it. The caller has touched the account.
 *
 * pli_ledger_socialise     - what may be said against the event: ASSET_UNKNOWN, AMOUNT, INSTRUMENT_UNKNOWN.
 * pli_ledger_burden        - what the account may be cut by. pli_ledger_debt - what it owes.
 * pli_ledger_claims_gather - its claims become one in the open cohort. NONE, or OVERFLOW.
 * pli_ledger_cut           - it gives up atoms > 0, at most its burden, to RESIDUE; claims have been gathered before.
 * pli_ledger_write_off     - it no longer owes atoms > 0, at most its debt, which RESIDUE gives.
 * pli_ledger_pause         - from now on this market's open cohort stays open and none receives; PLM_NONE: no market's.
 */
typedef struct pli_bad_debt {
    uint32_t asset, instrument;
} pli_bad_debt;

plm_reject pli_ledger_socialise(const pli_ledger *ledger, const plm_event_socialise *body);
pli_i128 pli_ledger_burden(const pli_ledger *ledger, const pli_bad_debt *of, uint32_t account);
pli_i128 pli_ledger_debt(const pli_ledger *ledger, const pli_bad_debt *of, uint32_t account);
plm_reject pli_ledger_claims_gather(pli_ledger *ledger, uint32_t account, uint32_t instrument);
plm_reject pli_ledger_cut(pli_ledger *ledger, const pli_bad_debt *of, uint32_t account,
                          pli_i128 atoms);
plm_reject pli_ledger_write_off(pli_ledger *ledger, const pli_bad_debt *of, uint32_t account,
                                pli_i128 atoms);
void pli_ledger_pause(pli_ledger *ledger, uint32_t instrument);

/*
 * pli_ledger_deleverage - signed `lots` close as many of an account's position at price_e8 against another, and the account is
 *                         better off by `relief`, which the other one bears (below zero, the reverse): cost units (section 4), of
 *                         premium-paid options atoms. Both are touched, and the account holds that much on the other side.
 *
 * Returns    NONE; INSTRUMENT_CLOSED, TABLE_FULL, OVERFLOW.
 */
typedef struct pli_deleverage_fill {
    uint32_t instrument;
    int64_t lots, price_e8;
    pli_i128 relief;
} pli_deleverage_fill;

plm_reject pli_ledger_deleverage(pli_ledger *ledger, uint32_t account, uint32_t other,
                                 const pli_deleverage_fill *fill);

/*
 * The backstop pool (section 19). The account, which is not the pool, and the pool are touched.
 *
 * pli_ledger_pool_join  - pay atoms > 0 of asset 0 in for shares > 0, which stay until then. BALANCE, TABLE_FULL, OVERFLOW.
 * pli_ledger_pool_leave - redeem shares > 0 of its own for atoms > 0 of asset 0 that the pool holds. TABLE_FULL, OVERFLOW.
 * pli_ledger_pool_count - find the pool and add up the shares, after a state has been read.
 */
plm_reject pli_ledger_pool_join(pli_ledger *ledger, uint32_t account, pli_i128 atoms,
                                int64_t shares, int64_t until_ns);
plm_reject pli_ledger_pool_leave(pli_ledger *ledger, uint32_t account, pli_i128 atoms,
                                 int64_t shares);
void pli_ledger_pool_count(pli_ledger *ledger);
#define PLI_POOL_SHARES_MAX ((int64_t)1 << 62)

/*
 * A takeover: part of what `from` holds goes to `to` at prices that the caller has decided (section 15). Between begin and
 * end every slot that it needs is there, and none goes. `to` is touched, and so is `from`.
 *
 * pli_ledger_takeover_begin - TABLE_FULL where `to` has no room for what `from` holds.
 * pli_ledger_takeover_fill  - `to` takes signed `lots` at a price, without fees: as TRADE's taker, with its refusals.
 * pli_ledger_takeover_swap  - atoms of an asset against cash of the valuation currency. BALANCE: either does not hold it.
 * pli_ledger_takeover_pay   - cash that is held; `from` PLM_NONE: by the insurance fund.
 * pli_ledger_takeover_held  - the balance, 0 where there is no slot.
 * pli_ledger_takeover_end   - slots of nothing go.
 */
typedef struct pli_takeover_swap {
    uint32_t asset;       /* not 0 */
    pli_i128 atoms, cash; /* both > 0 */
} pli_takeover_swap;

plm_reject pli_ledger_takeover_begin(pli_ledger *ledger, uint32_t from, uint32_t to);
plm_reject pli_ledger_takeover_fill(pli_ledger *ledger, uint32_t to, int64_t time_ns,
                                    const plm_event_trade *body);
plm_reject pli_ledger_takeover_swap(pli_ledger *ledger, uint32_t from, uint32_t to,
                                    const pli_takeover_swap *swap);
plm_reject pli_ledger_takeover_pay(pli_ledger *ledger, uint32_t from, uint32_t to, pli_i128 cash);
pli_i128 pli_ledger_takeover_held(const pli_ledger *ledger, uint32_t account, uint32_t asset);
void pli_ledger_takeover_end(pli_ledger *ledger, uint32_t from, uint32_t to);

/*
 * pli_ledger_collateral     - the insurance fund pays atoms > 0 that the account owes and takes atoms > 0 that it holds; both have
 *                             that much. NONE, or OVERFLOW.
 * pli_ledger_collateral_end - slots of nothing go.
 */
typedef struct pli_collateral_swap {
    uint32_t have, owed;  /* assets */
    pli_i128 taken, paid; /* atoms of these */
} pli_collateral_swap;

plm_reject pli_ledger_collateral(pli_ledger *ledger, uint32_t account,
                                 const pli_collateral_swap *swap);
void pli_ledger_collateral_end(pli_ledger *ledger, uint32_t account);

/*
 * pli_ledger_settled - the sweep of a SETTLING instrument has touched every account: close its cohort, end it. OVERFLOW
 *                      where RESIDUE cannot take what is left.
 */
plm_reject pli_ledger_settled(pli_ledger *ledger, uint32_t instrument);

/* pli_ledger_assign - the end of an event or step: close the open cohorts and give what there is to give (section 5). */
void pli_ledger_assign(pli_ledger *ledger);

/*
 * pli_ledger_check - recompute every invariant above from the entries.
 *
 * Cost       O(everything). Returns NULL, or the tag and text of the first one that fails ("L1 asset 0: ...").
 */
const char *pli_ledger_check(const pli_ledger *ledger);

/*
 * pli_ledger_check_listing - could events have listed this: names, terms, sizes? NULL, or what is not so.
 *
 * For a ledger that was decoded and restored: no event changes what it asks.
 * Cost       O(assets^2 + underlyings^2 + instruments^2) comparisons of names.
 */
const char *pli_ledger_check_listing(const pli_ledger *ledger);

#endif
