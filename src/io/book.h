/* book.h: a listing and a market with the outside names of their entries.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_BOOK_H
#define PLI_IO_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "io/names.h"
#include "io/pool.h"
#include "plimsoll/instrument.h"
#include "plimsoll/market.h"

#define PLI_CLASS_COUNT_MAX 256u /* shock classes that files may name: 0..255 */
#define PLI_GRID_NODES_MAX 512u  /* strikes of one expiry's volatility grid */

/* pli_quote - best bid and ask as quoted; plm_mark keeps only half of their difference. */
typedef struct pli_quote {
    bool has_bid;
    bool has_ask;
    int64_t bid_e8;
    int64_t ask_e8;
} pli_quote;

/*
 * pli_market_book - owner of a listing, its market and all names. Every table lives in `pool`.
 *
 * Invariants [BOOK-1] listing and market pass plm_listing_check and plm_market_check.
 *            [BOOK-2] names run parallel to the listing's tables and are unique.
 *            [BOOK-3] everything but an option has a mark.
 */
typedef struct pli_market_book {
    plm_listing listing;
    plm_market market;
    uint32_t valuation_asset_index;
    uint32_t class_count; /* highest class_id + 1, at least 1 */
    pli_names assets;
    pli_names underlyings;
    pli_names instruments;
    const pli_quote *quotes; /* by instrument */
    pli_pool pool;
} pli_market_book;

/* pli_book_finish - free the book; a zeroed one may be finished. */
void pli_book_finish(pli_market_book *book);

/* pli_book_*_index - the index of a name, or PLM_NONE. Cost O(log count). */
uint32_t pli_book_asset_index(const pli_market_book *book, const char *name);
uint32_t pli_book_underlying_index(const pli_market_book *book, const char *name);
uint32_t pli_book_instrument_index(const pli_market_book *book, const char *name);

/* pli_book_*_name - the name of an index; "?" where it points outside the table. */
const char *pli_book_asset_name(const pli_market_book *book, uint32_t index);
const char *pli_book_underlying_name(const pli_market_book *book, uint32_t index);
const char *pli_book_instrument_name(const pli_market_book *book, uint32_t index);

/* pli_book_coin_index - the first asset priced by `underlying_index`, or PLM_NONE. */
uint32_t pli_book_coin_index(const pli_market_book *book, uint32_t underlying_index);

/*
 * pli_book_set_slices - give every expiry of the market its smile, in the order of the table.
 *
 * Nodes are copied. A slice of kind NONE leaves its expiry without one.
 *
 * Returns    PLM_OK; PLM_MEMORY, and the book is as it was. pli_book_check tells whether the slices are valid.
 */
PLM_MUST_USE plm_status pli_book_set_slices(pli_market_book *book, const plm_slice *slices,
                                            plm_fault *fault);

/* pli_book_check - plm_listing_check, then plm_market_check; the fault begins with "<name>: ". */
PLM_MUST_USE plm_status pli_book_check(const pli_market_book *book, const char *name,
                                       plm_fault *fault);

/*
 * pli_quote_half_spread - half of ask - bid, rounded up (a spread costs); 0 when a side is missing.
 */
int64_t pli_quote_half_spread(pli_quote quote);

#endif
