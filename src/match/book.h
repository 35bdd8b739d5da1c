/* book.h: a bounded price-time book: orders that rest, and which of them an incoming one meets.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MATCH_BOOK_H
#define PLI_MATCH_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/portfolio.h"

/*
 * The book of one instrument, for the demonstration venue and the simulator. A venue of its own brings its own matching and
 * tells the engine of trades.
 *
 * Matching is a question and filling a command, because between the two the engine is asked: a fill counts when its TRADE was
 * accepted (pli_book_fill), and an order whose TRADE was refused is taken away (pli_book_remove).
 *
 * Invariants [BOOK-1] each side is sorted, the best price last, and at one price the earliest arrival last.
 *            [BOOK-2] (account, order_id) stands once.
 *            [BOOK-3] every resting order has lots > 0.
 */
typedef struct pli_book_order {
    uint64_t order_id; /* chosen by the account; not 0 where it is reserved at the engine */
    uint32_t account;
    plm_side side;
    int64_t limit_e8; /* worst price at which it fills */
    int64_t lots;     /* what remains */
    uint64_t arrival; /* the book's own number */
} pli_book_order;

typedef struct pli_book {
    uint32_t capacity; /* orders of one side */
    uint32_t bid_count, ask_count;
    uint64_t arrivals;
    pli_book_order *bids, *asks; /* the caller's, `capacity` entries each */
} pli_book;

/* pli_book_init - an empty book in the caller's tables. */
void pli_book_init(pli_book *book, uint32_t capacity, pli_book_order *bids, pli_book_order *asks);

/* pli_book_match - one resting order that an incoming one meets; the price is the resting order's. */
typedef struct pli_book_match {
    uint64_t order_id;
    uint32_t account;
    int64_t lots; /* > 0 */
    int64_t price_e8;
} pli_book_match;

/*
 * pli_book_cross - which resting orders would `incoming` meet, best first? The book does not change.
 *
 * An order never meets its own account: those orders are passed over and keep their place. At most `capacity` matches.
 *
 * Cost       O(orders looked at).
 *
 * Returns    How many matches were written.
 */
uint32_t pli_book_cross(const pli_book *book, const pli_book_order *incoming,
                        pli_book_match *matches, uint32_t capacity);

/*
 * pli_book_rest - add an order behind those of its price. It is not matched first: pli_book_cross says whether it crosses.
 *
 * Cost       O(orders of the side).
 *
 * Returns    false, and nothing changes: the side is full, lots are not above 0, or the account has an order of that id.
 */
bool pli_book_rest(pli_book *book, const pli_book_order *order);

/* pli_book_fill - take lots off a resting order, which goes when none remain. false: no such order, or fewer lots. */
bool pli_book_fill(pli_book *book, uint32_t account, uint64_t order_id, int64_t lots);

/*
 * pli_book_keep - no more than `lots` of a resting order remain (what its owner's reservation still covers); it goes at 0.
 *
 * Returns    false: no such order.
 */
bool pli_book_keep(pli_book *book, uint32_t account, uint64_t order_id, int64_t lots);

/* pli_book_remove - take an order away; false: there is none. pli_book_clear - all of an account's; returns how many. */
bool pli_book_remove(pli_book *book, uint32_t account, uint64_t order_id);
uint32_t pli_book_clear(pli_book *book, uint32_t account);

/* pli_book_best - the best resting price of a side; false: nothing rests there. */
bool pli_book_best(const pli_book *book, plm_side side, int64_t *price_e8);

/* pli_book_level - all that rests at one price. */
typedef struct pli_book_level {
    int64_t price_e8;
    int64_t lots;
} pli_book_level;

/* pli_book_levels - a side by price, best first; returns how many levels were written, at most `capacity`. */
uint32_t pli_book_levels(const pli_book *book, plm_side side, pli_book_level *levels,
                         uint32_t capacity);

#endif
