/* book.h: the bookings that the files of this layer share.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LEDGER_BOOK_H
#define PLI_LEDGER_BOOK_H

#include "ledger/ledger.h"

/*
 * Everything here writes through the undo log and answers false (or a reason) where an exact result does not fit; what
 * was written until then is rolled back by the caller of the event.
 */

/* PLI_SAVE - remember an object before it changes. */
#define PLI_SAVE(ledger, object) pli_undo_save((ledger)->undo, &(object), sizeof(object))

/* pli_side - one account in one instrument: its slots stay where they are until one is taken or tidied away. */
typedef struct pli_side {
    uint32_t account;
    pli_position *position;
    pli_balance *balance; /* of the settlement asset */
} pli_side;

/* A note for the caller's effects; nothing where nobody listens. */
void pli_ledger_note(pli_ledger *ledger, pli_note note);

/* --- post.c: slots, balances and named accounts --- */

/* pli_*_find - the slot, or NULL. pli_*_take - the slot, opened where it is new; NULL: the table is full. */
pli_balance *pli_balance_find(const pli_ledger *ledger, uint32_t account, uint32_t asset);
pli_balance *pli_balance_take(pli_ledger *ledger, uint32_t account, uint32_t asset);
pli_position *pli_position_find(const pli_ledger *ledger, uint32_t account, uint32_t instrument);
pli_position *pli_position_take(pli_ledger *ledger, uint32_t account, uint32_t instrument);

/* pli_side_take - both slots of an account in an instrument; false: a table is full. */
bool pli_side_take(pli_ledger *ledger, uint32_t account, uint32_t instrument, pli_side *side);

/*
 * pli_side_tidy  - drop these two slots where they are of nothing.
 * pli_slots_tidy - look at every slot of the account: a credit may have ended other positions (their uncollected losses).
 */
void pli_side_tidy(pli_ledger *ledger, const pli_side *side);
void pli_slots_tidy(pli_ledger *ledger, uint32_t account);

/* pli_atoms_held - the balance, 0 where there is no slot. */
pli_i128 pli_atoms_held(const pli_ledger *ledger, uint32_t account, uint32_t asset);

/*
 * pli_balance_move   - change a balance and `lent`, `borrowed`, the snapshot with it.
 * pli_balance_credit - the same for x >= 0 atoms that come in: they also pay uncollected losses (section 5).
 */
bool pli_balance_move(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 change);
bool pli_balance_credit(pli_ledger *ledger, uint32_t account, pli_balance *balance, pli_i128 atoms);

bool pli_named_move(pli_ledger *ledger, uint32_t asset, pli_named named, pli_i128 change);
bool pli_clearing_move(pli_ledger *ledger, uint32_t instrument, pli_i128 change);

/* --- claims.c: profit that waits for cash --- */

/* pli_market_due - the end of the event has to look at this instrument. */
void pli_market_due(pli_ledger *ledger, uint32_t instrument);

/* pli_market_collect - losses of `instrument` paid in cash. pli_market_commit - what the insurance fund puts in. */
bool pli_market_collect(pli_ledger *ledger, uint32_t instrument, pli_i128 atoms);
bool pli_market_commit(pli_ledger *ledger, uint32_t instrument, pli_i128 atoms);

/* pli_profit_book, pli_loss_book - atoms > 0 between a side and CLEARING. */
bool pli_profit_book(pli_ledger *ledger, const pli_side *side, pli_i128 atoms);
bool pli_loss_book(pli_ledger *ledger, const pli_side *side, pli_i128 atoms);

/* pli_claims_join - atoms > 0 of unpaid profit wait in the open cohort from now on. */
bool pli_claims_join(pli_ledger *ledger, pli_position *position, pli_i128 atoms);

/* pli_claims_draw - move what has become payable to the balance. */
bool pli_claims_draw(pli_ledger *ledger, const pli_side *side);

/* --- fill.c: cost and realised profit --- */

/*
 * pli_fill - lots and cost of a fill as the side sees them; of its lots, `closed` take lots off the position at
 * `closed_cost`. All from the side's own view.
 */
typedef struct pli_fill {
    int64_t lots;
    pli_i128 cost;
    int64_t closed;
    pli_i128 closed_cost;
} pli_fill;

/* pli_is_coin_cost - is the cost in 1e-12 coin (inverse futures)? */
bool pli_is_coin_cost(const plm_instrument *instrument);

/* pli_fill_closed - how many of `lots` take lots off a position of `held`, >= 0. */
int64_t pli_fill_closed(int64_t held, int64_t lots);

/* pli_fill_cost - K of section 4: what signed `lots` at a price cost, rounded down for coin. */
bool pli_fill_cost(const pli_ledger *ledger, uint32_t instrument, int64_t lots, int64_t price_e8,
                   pli_i128 *cost);

/*
 * pli_split_cost - the part of `cost` that goes with `part` of `whole` lots, 0 < part <= whole, rounded up or down; the
 * whole cost, exactly, for the whole.
 */
bool pli_split_cost(pli_i128 cost, int64_t part, int64_t whole, bool is_up, pli_i128 *out);

/*
 * pli_units_to_atoms - floor(units * factor / divisor) and the remainder, 0 <= remainder < divisor.
 *
 * Range      divisor > 0, factor > 0.
 */
bool pli_units_to_atoms(pli_i128 units, pli_i128 factor, pli_i128 divisor, pli_i128 *atoms,
                        pli_i128 *remainder);

/* pli_units_scale - M and D of section 4. */
void pli_units_scale(const pli_ledger *ledger, uint32_t instrument, pli_i128 *factor,
                     pli_i128 *divisor);

/* pli_fill_book - position, totals and realised profit of one side; false on overflow. */
bool pli_fill_book(pli_ledger *ledger, const pli_side *side, const pli_fill *fill);

/* pli_value_atoms - |lots| * price of a premium-paid option in atoms, floor; *is_exact: nothing was dropped. */
bool pli_value_atoms(const pli_ledger *ledger, uint32_t instrument, int64_t lots, int64_t price_e8,
                     pli_i128 *atoms, bool *is_exact);

/* --- the others --- */

/* pli_price_is_allowed - may the instrument trade at this price (section 4, PRICE)? */
bool pli_price_is_allowed(const pli_ledger *ledger, uint32_t instrument, int64_t price_e8);

/* pli_instrument_open - NONE, INSTRUMENT_UNKNOWN or INSTRUMENT_CLOSED. */
plm_reject pli_instrument_open(const pli_ledger *ledger, uint32_t instrument, int64_t time_ns);

/* pli_is_isolated_elsewhere - is the account isolated to another instrument? */
bool pli_is_isolated_elsewhere(const pli_ledger *ledger, uint32_t account, uint32_t instrument);

/* pli_order_find - the open order, or NULL. pli_order_reduce - take lots off it, all: remove it. */
pli_order *pli_order_find(const pli_ledger *ledger, uint32_t account, uint64_t order_id);
void pli_order_reduce(pli_ledger *ledger, uint32_t account, pli_order *order, int64_t lots);

/* pli_orders_drop_settling - remove the account's orders of instruments in phase SETTLING. */
void pli_orders_drop_settling(pli_ledger *ledger, uint32_t account);

/* pli_position_settle - close a position of a SETTLING instrument at its settlement price (section 7). */
bool pli_position_settle(pli_ledger *ledger, const pli_side *side);

/* pli_open_interest_move - the long lots of an instrument change by `rise`; false: they leave 64 bits. */
bool pli_open_interest_move(pli_ledger *ledger, uint32_t instrument, int64_t rise);

#endif
