/* marks_rows.h: rows of a marks file, the last of each symbol, for marks_market.c and marks_listing.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_MARKS_ROWS_H
#define PLI_IO_MARKS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "io/marks_market.h"
#include "io/symbol.h"

/* pli_mark_row - 0 where a price is not there; a mark may be 0. */
typedef struct pli_mark_row {
    char name[PLM_NAME_SIZE];
    uint64_t line;
    pli_symbol symbol; /* rule NULL: the standard mapping has none */
    int64_t mark_e8;
    int64_t index_e8, bid_e8, ask_e8, forward_e8;
    int64_t volatility_e8; /* 1e-8: 0.65 is 65 % */
} pli_mark_row;

typedef struct pli_marks {
    uint32_t count;
    pli_mark_row *rows; /* by name */
    int64_t time_ns;    /* the latest; 0: no row has one */
} pli_marks;

/* pli_marks_listing - the market that rows and mapping describe; `time_ns` is its time. Expired rows are bad rows. */
PLM_MUST_USE plm_status pli_marks_listing(const pli_marks_source *source, const pli_marks *marks,
                                          int64_t time_ns, pli_bad_rows *bad, pli_market_book *book,
                                          plm_fault *fault);

#endif
