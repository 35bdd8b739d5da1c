/* books.h: small books for tests: four assets, three underlyings, eight instruments.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_BOOKS_H
#define TS_BOOKS_H

#include "ledger/book.h"
#include "plimsoll/event.h"

enum ts_books_asset { TS_B_USD, TS_B_BTC, TS_B_DAI, TS_B_WHOLE, TS_B_ASSETS };

enum ts_books_instrument {
    TS_B_PERP, /* linear perpetual on BTC, lot 0.001, in USD (6 decimals): an atom is 10^5 cost units */
    TS_B_INVERSE, /* inverse perpetual on BTC, 10 USD a lot, in BTC (8 decimals): an atom is 10^4 */
    TS_B_FUTURE,  /* linear future on OIL (any price), lot 1, in USD: an atom is 100 */
    TS_B_CALL,    /* call 11,000 on BTC, lot 0.01, premium paid in USD */
    TS_B_PUT,     /* put 9,000 on BTC, lot 0.01, premium paid in BTC */
    TS_B_STYLE,   /* call 50 on OIL, futures-style, lot 1, in USD */
    TS_B_SHIB,    /* linear perpetual on 1,000 SHIB, lot 100,000, in DAI (18 decimals) */
    TS_B_COIN,    /* inverse future on BTC, 7 USD a lot, in BTC */
    TS_B_INSTRUMENTS
};

#define TS_B_E8 INT64_C(100000000)
#define TS_B_EXPIRY INT64_C(2000000000000000000)

/* ts_books - a ledger in its own memory. After every event the books are checked. */
typedef struct ts_books {
    pli_ledger ledger;
    pli_undo undo;
    size_t block_size, state_size; /* the scratch of the ledger lies behind the state */
    uint8_t *block, *before, *undo_memory;
    int64_t time_ns;
    const int64_t *mark_e8; /* for SETTLE_PROFIT */
    uint64_t accepted_count, rejected_count;
} ts_books;

/* ts_books_init - everything listed, `account_count` cross accounts of owner 0; account i > 4 has owner 1. */
void ts_books_init(ts_books *w, uint32_t account_count);
void ts_books_init_limits(ts_books *w, uint32_t account_count, pli_ledger_limits limits);
void ts_books_finish(ts_books *w);

/* ts_books_touch - touch as an event of its own. */
plm_reject ts_books_touch(ts_books *w, uint32_t account);

/*
 * ts_books_apply - what core does with an event of the ledger: touch, book, assign, or roll back.
 *
 * Fails the test when the books do not hold afterwards, or when a refused event left another byte behind.
 */
plm_reject ts_books_apply(ts_books *w, uint32_t account, plm_event *event);

/* ts_books_apply_fast - the same without the checks, for measurements. */
plm_reject ts_books_apply_fast(ts_books *w, uint32_t account, plm_event *event);

/* The commonest events in one line; each answers the reason. */
plm_reject ts_deposit(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms);
plm_reject ts_withdraw(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms);
plm_reject ts_borrow(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms);
plm_reject ts_repay(ts_books *w, uint32_t account, uint32_t asset, pli_i128 atoms);
plm_reject ts_transfer(ts_books *w, uint32_t from, uint32_t to, uint32_t asset, pli_i128 atoms);
plm_reject ts_fund(ts_books *w, plm_fund_action action, uint32_t asset, uint32_t instrument,
                   pli_i128 atoms);
plm_reject ts_trade(ts_books *w, uint32_t taker, uint32_t maker, uint32_t instrument, int64_t lots,
                    int64_t price_e8);
plm_reject ts_position_transfer(ts_books *w, uint32_t from, uint32_t to, uint32_t instrument,
                                int64_t lots);
plm_reject ts_settle_profit(ts_books *w, uint32_t account, uint32_t instrument, int64_t mark_e8);
plm_reject ts_funding(ts_books *w, uint32_t instrument, int64_t per_lot);
plm_reject ts_interest(ts_books *w, uint32_t asset);
/* Signed lots: below zero an order to sell. */
plm_reject ts_reserve(ts_books *w, uint32_t account, uint64_t order_id, uint32_t instrument,
                      int64_t lots, int64_t limit_e8);

/* ts_settle - SETTLE_EXPIRY at the price, and the whole sweep with it. */
plm_reject ts_settle(ts_books *w, uint32_t instrument, int64_t price_e8);

/* ts_sweep - one step of the sweep per account, then the end. */
void ts_sweep(ts_books *w, uint32_t instrument);

/* What an account holds. */
int64_t ts_atoms(const ts_books *w, uint32_t account, uint32_t asset);
int64_t ts_lots(const ts_books *w, uint32_t account, uint32_t instrument);
int64_t ts_cost(const ts_books *w, uint32_t account, uint32_t instrument);
int64_t ts_unsettled(const ts_books *w, uint32_t account, uint32_t instrument);
int64_t ts_uncollected(const ts_books *w, uint32_t account, uint32_t instrument);
int64_t ts_named(const ts_books *w, uint32_t asset, pli_named named);

#endif
