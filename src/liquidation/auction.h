/* auction.h: Dutch auctions: price over time, reserve, restart, what a bidder takes and owes.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_AUCTION_H
#define PLI_LIQUIDATION_AUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "liquidation/money256.h"
#include "plimsoll/status.h"

/*
 * Two kinds of Dutch auction, both described in docs/method/auctions.md.
 *
 * By quantity (MakerDAO Liquidations 2.0, abaci, clip and dog): a price per unit falls; a bidder takes a quantity.
 * By share (Derive): the value of a whole portfolio falls by a discount; a bidder takes a share of everything.
 *
 * Time is the seconds since the start, which the caller keeps. Nothing here changes state.
 */

// --- By quantity: the price ---

typedef enum pli_auction_curve {
    PLI_AUCTION_LINEAR = 1,     /* to 0 after `seconds` */
    PLI_AUCTION_STAIRSTEP = 2,  /* times `cut` after each whole `seconds` */
    PLI_AUCTION_EXPONENTIAL = 3 /* times `cut` each second */
} pli_auction_curve;

/*
 * pli_auction_terms - what an auction is started with.
 *
 * Units      Prices in any one unit. `cut` and `cusp` are fractions of 1, in units of 1 / `one`.
 *            `reserve` 0: none. `tail_seconds` PLI_AUCTION_FOREVER: no time limit.
 */
typedef struct pli_auction_terms {
    pli_auction_curve curve;
    pli_i128 one; /* 1..2^126: 10^18, or 10^27 (RAY) */
    pli_i128 top; /* > 0 */
    pli_i128 cut; /* 0..one; not of the linear curve */
    uint64_t seconds;
    pli_i128 reserve; /* 0..top: nothing is sold below it */
    pli_i128 cusp;    /* 0..one: restart once price / top is below */
    uint64_t tail_seconds;
} pli_auction_terms;

#define PLI_AUCTION_FOREVER UINT64_MAX

/*
 * pli_auction_check - PLM_PARAMETER_INVALID unless every bound of pli_auction_terms holds, and `seconds` > 0 for the
 * linear and the stairstep curve.
 */
PLM_MUST_USE plm_status pli_auction_check(const pli_auction_terms *terms);

typedef struct pli_auction_quote {
    pli_i128 price;    /* >= reserve */
    bool is_reset_due; /* nothing is sold at this price: restart, or hand over */
} pli_auction_quote;

/*
 * pli_auction_price - the price `elapsed` seconds after the start.
 *
 * Rounding   Linear: the remaining fraction and the product, each down. Others: powers by squaring, each product to the
 *            nearest with halves up; the last product down (abaci, rpow and rmul).
 * Guarantees [Q4] price >= reserve. It does not rise with `elapsed` on the linear curve, nor on the others as long as
 *            each step down is larger than the rounding of the power: with one >= 10^18, up to about 10^6 steps of a cut
 *            below 1 - 10^-12.
 *            is_reset_due where elapsed > tail_seconds, price / top < cusp (the quotient down), or the curve is below
 *            the reserve or at 0.
 * Source     makerdao/dss src/abaci.sol, src/clip.sol (status); METHOD section 9.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID.
 */
PLM_MUST_USE plm_status pli_auction_price(const pli_auction_terms *terms, uint64_t elapsed,
                                          pli_auction_quote *quote);

/* pli_auction_next - what follows an auction whose reset is due: never a fill at nothing. */
typedef enum pli_auction_follow {
    PLI_AUCTION_RESTART = 1,
    PLI_AUCTION_HAND_OVER = 2 /* to the backstop */
} pli_auction_follow;

pli_auction_follow pli_auction_next(uint32_t restarts, uint32_t restarts_max);

// --- By quantity: the take ---

/*
 * pli_auction_lot - what is for sale and what is to be raised.
 *
 * Units      `debt` and `dust` in quantity times price; quantity and price up to 2^127 - 1.
 */
typedef struct pli_auction_lot {
    pli_u256 debt;
    pli_u256 dust;
    pli_u128 quantity;
} pli_auction_lot;

typedef enum pli_auction_refusal {
    PLI_AUCTION_TAKEN = 0,
    PLI_AUCTION_TOO_EXPENSIVE = 1, /* the price is above the bidder's limit */
    PLI_AUCTION_NO_PARTIAL = 2,    /* a part would leave dust, and so would all but dust */
    PLI_AUCTION_RESET_DUE = 3
} pli_auction_refusal;

typedef struct pli_auction_bid {
    pli_u128 quantity; /* at most */
    pli_u128 price_max;
} pli_auction_bid;

typedef struct pli_auction_sale {
    pli_auction_refusal refusal; /* if not TAKEN, the rest is not set */
    pli_u256 owed;
    pli_u128 taken;
    pli_auction_lot left;
    bool is_closed;
} pli_auction_sale;

/*
 * pli_auction_take - how much a bid gets and pays.
 *
 * The bidder gets min(quantity, bid) but pays no more than the debt; where less than `dust` of debt would be left with
 * something still for sale, the take shrinks until exactly `dust` is left.
 *
 * Rounding   Where the payment is the given number, the quantity is rounded down, in favour of the account sold.
 * Guarantees [Q5] owed <= debt. Afterwards the debt is 0, the quantity is 0, or the debt is >= dust.
 *            taken * price <= owed.
 * Source     makerdao/dss src/clip.sol, take.
 */
pli_auction_sale pli_auction_take(const pli_auction_lot *lot, const pli_auction_quote *quote,
                                  const pli_auction_bid *bid);

/*
 * pli_auction_loan - a loan to be auctioned, whole or in part.
 *
 * Units      debt * rate, `dust` and `room` in quantity times price; rate and penalty in units of 1 / their one.
 */
typedef struct pli_auction_loan {
    pli_u128 collateral;
    pli_u128 debt;    /* normalised */
    pli_u128 rate;    /* debt * rate is owed */
    pli_u128 penalty; /* >= penalty_one: what is to be raised per unit owed */
    pli_u128 penalty_one;
    pli_u256 dust; /* least loan that may remain, and least part that may be auctioned */
    pli_u256 room; /* of all auctions together */
} pli_auction_loan;

typedef struct pli_auction_part {
    pli_u128 collateral;
    pli_u128 debt;
    pli_u256 target; /* to be raised */
} pli_auction_part;

/*
 * pli_auction_part_of - the part of a loan that the room allows, all of it where the rest would be dust.
 *
 * Rounding   Debt, collateral and target down, each once.
 * Source     makerdao/dss src/dog.sol, bark.
 * Returns    PLM_OK; PLM_LIMIT: the room is below the dust, the part would be dust, or no collateral goes with it;
 *            PLM_PARAMETER_INVALID: debt, rate, penalty or penalty_one is 0 or beyond 2^127 - 1; PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_auction_part_of(const pli_auction_loan *loan, pli_auction_part *part);

// --- By share: a whole portfolio ---

#define PLI_SHARE_ONE INT64_C(1000000000000000000)

/* pli_share_terms - fractions in 1e-18, 0..1. Lengths in seconds, > 0. `whole_below` in the unit of the account, >= 0. */
typedef struct pli_share_terms {
    int64_t start_e18;  /* discount factor at the start */
    int64_t cutoff_e18; /* after the fast part, <= start */
    uint32_t fast_seconds;
    uint32_t slow_seconds; /* from cutoff to 0 */
    uint32_t insolvent_seconds;
    int64_t fee_e18;      /* of what could be sold at the start */
    int64_t buffer_e18;   /* added to maintenance before the account is let go */
    pli_i128 whole_below; /* an account of less value may be taken whole; 0: none */
} pli_share_terms;

/* pli_share_check - PLM_PARAMETER_INVALID unless every bound of pli_share_terms holds. */
PLM_MUST_USE plm_status pli_share_check(const pli_share_terms *terms);

/*
 * pli_share_account - the account as it stands, all in one unit.
 *
 * Bounds     |each| <= 2^120, asserted, so that no sum overflows.
 */
typedef struct pli_share_account {
    pli_i128 value;       /* mark to market of everything */
    pli_i128 maintenance; /* net margin: equity less requirement, below 0 when liquidated */
    pli_i128 reserved;    /* cash that this auction's bidders have paid in, >= 0 */
} pli_share_account;

/* pli_share_buffer - net margin with the buffer: M + (M - value) * buffer, rounded down. */
pli_i128 pli_share_buffer(const pli_share_terms *terms, const pli_share_account *account);

/* pli_share_discount - the factor on the value, 1e-18, rounded down; it never rises. */
int64_t pli_share_discount(const pli_share_terms *terms, uint64_t elapsed);

/*
 * pli_share_limit - the largest share (1e-18) that one bidder may take: what brings the buffered margin to 0.
 *
 *     B / (B - value * d - reserved * (1 - d)),   B the buffered margin, d the discount factor
 *
 * Rounding   Up, so that the buffer is reached.
 * Guarantees 0 where B >= 0; never above 1; 1 where B < 0 and the value is below `whole_below` (`mtmCutoff` there), so
 *            that no account is sold in parts too small for anyone.
 * Source     derivexyz/v2-core src/liquidation/DutchAuction.sol; docs/method/auctions.md.
 */
int64_t pli_share_limit(const pli_share_terms *terms, const pli_share_account *account,
                        int64_t discount_e18);

/* pli_share_price - what a bidder pays for a share of a solvent account: (value - reserved) * d * share, rounded up. */
pli_i128 pli_share_price(const pli_share_account *account, int64_t discount_e18, int64_t share_e18);

/* pli_share_fee - charged when a solvent auction starts: limit at d = 1 without reserved cash, * value * fee; up. */
pli_i128 pli_share_fee(const pli_share_terms *terms, const pli_share_account *account);

/*
 * pli_share_payout - what the fund pays the bidder for a share of an insolvent account (value <= 0).
 *
 * The price of the whole moves from the value to the `maintenance` over insolvent_seconds, and stays there.
 *
 * Rounding   Down.
 * Guarantees >= 0; for one account it never falls with time.
 */
pli_i128 pli_share_payout(const pli_share_terms *terms, const pli_share_account *account,
                          uint64_t elapsed, int64_t share_e18);

#endif
