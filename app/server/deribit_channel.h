/* deribit_channel.h: what a client of Deribit's protocol is told unasked: channels by their names.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_DERIBIT_CHANNEL_H
#define PLI_SERVER_DERIBIT_CHANNEL_H

#include "server/deribit.h"

#define PLI_CHANNEL_NAME_MAX 96u
#define PLI_CHANNEL_DEPTH_MAX 128u /* levels of each side that are followed */

/*
 *   ticker.INSTRUMENT.INTERVAL                      all of public/ticker
 *   quote.INSTRUMENT                                best prices
 *   book.INSTRUMENT.INTERVAL                        all levels, then what changes of them
 *   book.INSTRUMENT.none.DEPTH.INTERVAL             the best DEPTH levels, whole each time
 *   user.portfolio.CURRENCY                         an asset of the account
 *   user.orders.INSTRUMENT.INTERVAL                 orders of the account as they change
 *   user.orders.KIND.CURRENCY.INTERVAL
 *   user.trades.INSTRUMENT.INTERVAL                 what the account has traded, in lists
 *   user.trades.KIND.CURRENCY.INTERVAL
 *
 * INTERVAL is raw (for a key), 100ms or agg2 (a second).
 */
typedef enum pli_channel_kind {
    PLI_CHANNEL_TICKER = 1,
    PLI_CHANNEL_QUOTE = 2,
    PLI_CHANNEL_BOOK = 3,
    PLI_CHANNEL_LEVELS = 4,
    PLI_CHANNEL_PORTFOLIO = 5,
    PLI_CHANNEL_ORDERS = 6,
    PLI_CHANNEL_TRADES = 7
} pli_channel_kind;

/* pli_channel_book - the levels that a client knows of: bids, then asks. */
typedef struct pli_channel_book {
    uint32_t counts[2];
    pli_book_level levels[2][PLI_CHANNEL_DEPTH_MAX];
} pli_channel_book;

typedef struct pli_channel {
    char name[PLI_CHANNEL_NAME_MAX];
    char parts[PLI_CHANNEL_NAME_MAX]; /* the name, cut at its points */
    pli_channel_kind kind;
    const pli_desk *desk;                           /* whose it is; NULL: everybody's */
    const char *instrument_name, *currency, *class; /* of orders and trades, "" where any */
    uint32_t instrument, asset, depth;
    bool is_list; /* orders in lists */
    int64_t interval_ns, due_ns;
    uint64_t seen;          /* sequence of the state or revision of the orders that was told last */
    pli_channel_book *book; /* of BOOK; NULL: the client knows of none yet */
} pli_channel;

/*
 * pli_channel_open - the channel of that name for that key, NULL for nobody. 0, or a code: there is no such channel, or it is
 * another's to have.
 *
 * The channel points into itself and stays where it is until pli_channel_close.
 */
int pli_channel_open(const pli_server *server, const pli_desk *desk, const char *name,
                     pli_channel *channel);
void pli_channel_close(pli_channel *channel);

/* pli_channel_write - what is new, if it is time for it, as one message in the server's answer. False: there is nothing. */
bool pli_channel_write(pli_server *server, pli_channel *channel, int64_t now_ns);

/* pli_channel_compare - what makes one side of a book of another: each step once, best first; returns how many. */
typedef struct pli_channel_step {
    enum { PLI_STEP_NEW = 1, PLI_STEP_CHANGE = 2, PLI_STEP_DELETE = 3 } kind;
    pli_book_level level; /* of DELETE: no lots */
} pli_channel_step;
uint32_t pli_channel_compare(const pli_book_level *before, uint32_t before_count,
                             const pli_book_level *now, uint32_t now_count, bool is_bid,
                             pli_channel_step steps[2 * PLI_CHANNEL_DEPTH_MAX]);

#endif
