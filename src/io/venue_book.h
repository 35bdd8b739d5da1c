/* venue_book.h: a venue's whole book, every account of it, in one block of memory.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_VENUE_BOOK_H
#define PLI_IO_VENUE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/bad_rows.h"
#include "io/book.h"
#include "io/mapping.h"
#include "plimsoll/portfolio.h"
#include "study/shadow.h"

#define PLI_ACCOUNT_ID_MAX 96u /* bytes of an account's name, with "/group" behind it */

/*
 * pli_venue_source - the files of a book; a NULL path leaves its feed out. Marks are read before, see io/marks_market.h.
 *
 * `since_ns`: only fills later than this roll positions on (0: all). `progress` may be NULL; it is called now and then
 * with the bytes read and the bytes there are.
 */
typedef struct pli_venue_source {
    const pli_mapping *mapping;
    const char *paths[PLI_FEED_COUNT];
    int64_t since_ns;
    bool is_growing;
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
} pli_venue_source;

/*
 * pli_venue_book - accounts in the order in which the accounts file first names them.
 *
 * An account is a margin group: "alice" and, where the venue has them, "alice/BTC-PERP" for an isolated position.
 *
 * Invariants [VENUE-1] positions[position_begin[i]] .. [position_begin[i + 1] - 1] belong to account i; balances alike.
 *            [VENUE-2] no instrument and no asset stands twice in one account.
 *            [VENUE-3] everything lives in `block`, whose size was computed before the first row was read.
 */
typedef struct pli_venue_book {
    uint32_t account_count;
    const char *ids; /* terminated, side by side */
    const uint64_t *id_begin;
    const uint64_t *position_begin; /* account_count + 1 */
    const uint64_t *balance_begin;
    plm_position *positions;
    plm_balance *balances;
    const pli_incumbent *incumbents; /* by account; all members false where the venue says nothing */
    uint64_t incumbent_count;
    uint32_t position_max;         /* of one account */
    uint64_t rows[PLI_FEED_COUNT]; /* read, bad ones included */
    uint64_t flat_rows;            /* positions of size 0, left out */
    uint64_t ignored_rows; /* of symbols that the mapping leaves out, and fills not after since_ns */
    void *block;
    size_t block_size;
} pli_venue_book;

/*
 * pli_venue_read - read accounts, positions, fills and the incumbent's figures against a market.
 *
 * One pass counts lines and bytes; one block is reserved; one pass reads.
 * Accounts     one row for each account and asset.
 * Positions    one row for each account and instrument. From an entry price the cost is exact up to one rounding against
 *              the holder. Premium-paid options have none.
 * Fills        roll positions on: lots and exact cost as plm_position says; premiums and fees move the balances.
 * Incumbent    initial and maintenance are what the venue requires, equity what it counts, in the valuation currency or
 *              in units of the column asset at its price. Several rows of one account (one for each coin) add up where
 *              the mapping says `repeated: netted`.
 * Rounding     Balances and accrued amounts down, fees up, the incumbent's figures to the nearest.
 *
 * Bad rows     counted and left out: a number that is none, a quantity that is no whole number of lots, an account that
 *              the accounts file does not name, an instrument or asset that is not listed, the same thing twice.
 * Lifetime     pli_venue_finish frees *book.
 * Cost         O(rows). Memory: see block_size.
 * Returns      PLM_OK; PLM_LIMIT for more than 2^31 rows; PLM_MEMORY; the statuses of pli_records_open. On these *book
 *              is left alone.
 */
PLM_MUST_USE plm_status pli_venue_read(const pli_venue_source *source,
                                       const pli_market_book *market, pli_venue_book *book,
                                       pli_bad_rows *bad, plm_fault *fault);

/* pli_venue_finish - free it; a zeroed one may be finished. */
void pli_venue_finish(pli_venue_book *book);

/* pli_venue_id - the name of an account. */
const char *pli_venue_id(const pli_venue_book *book, uint32_t account_index);

/* pli_venue_portfolio - what an account holds, without orders; points into the book. */
plm_portfolio pli_venue_portfolio(const pli_venue_book *book, uint32_t account_index);

#endif
