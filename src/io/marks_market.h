/* marks_market.h: a venue's marks become a market, or renew the marks of one.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_MARKS_MARKET_H
#define PLI_IO_MARKS_MARKET_H

#include <stdint.h>

#include "io/bad_rows.h"
#include "io/book.h"
#include "io/mapping.h"

/*
 * pli_marks_source - where marks come from.
 */
typedef struct pli_marks_source {
    const char *path;
    const pli_mapping *mapping;
    const char *market_path; /* what is listed; NULL: the mapping's symbols say */
    int64_t now_ns;  /* the market's time; 0: the latest of the rows, else of the market file */
    bool is_growing; /* as in io/records.h */
} pli_marks_source;

/*
 * pli_marks_read - read marks into a book.
 *
 * The last row of an instrument counts: a file of marks may be a log. A symbol without a rule, a number that is none, an
 * expiry that has passed are bad rows: counted and left out.
 * With a market file rows name its instruments, or its underlyings, whose price they renew.
 * Without one each symbol becomes an instrument by its rule. The price of an underlying is, in this order: the latest
 * `index` of its rows, the mark of a symbol of kind index, the mark of its spot, perpetual, future. Options that have a
 * mark_iv make the smile of their expiry: one volatility for each strike, of the side out of the money where both are
 * there. An expiry's forward is the first `forward` of its rows, else the mark of its future, else the index.
 *
 * Lifetime   pli_book_finish frees *book. *rows counts the rows read.
 * Returns    PLM_OK; PLM_KEY_MISSING where there is no time, no valuation or no underlying of that name in the mapping;
 *            PLM_PRICE_MISSING; the statuses of pli_records_open and pli_market_decode. On these *book is left alone.
 */
PLM_MUST_USE plm_status pli_marks_read(const pli_marks_source *source, pli_market_book *book,
                                       pli_bad_rows *bad, uint64_t *rows, plm_fault *fault);

#endif
