/* chain_csv.h: an option chain from CSV files to a market.                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CHAIN_CSV_H
#define PLI_IO_CHAIN_CSV_H

#include "io/book.h"
#include "os/file.h"

/* pli_chain_options - what the files do not say. A zeroed field has the default named here. */
typedef struct pli_chain_options {
    int64_t lot_e8;          /* of an option; default 0.1 */
    int64_t volatility_ppm;  /* of the underlying; default: at-the-money mark_iv nearest 30 days */
    bool is_crossed_dropped; /* drop both sides of a crossed quote and count it; default: refuse */
} pli_chain_options;

/* pli_chain_row - what a fit needs besides the mark of an option; 0 where the file says nothing. */
typedef struct pli_chain_row {
    uint32_t instrument_index;
    uint32_t line; /* in the chain file */
    int64_t time_ns;
    int64_t forward_e8; /* the row's own */
    double mark_volatility, bid_volatility, ask_volatility;
    double open_interest; /* coin */
} pli_chain_row;

/*
 * pli_chain_book - owner of a market made from a chain. Rows run in the order of the file; options of the listing too,
 * behind the two perpetuals.
 *
 * Guarantees [CHAIN-1] expiries have a forward (lower median of their rows) and no slice: fitting comes later.
 */
typedef struct pli_chain_book {
    pli_market_book book;
    uint32_t row_count;
    const pli_chain_row *rows;
    uint32_t crossed_count; /* quotes dropped */
} pli_chain_book;

/* pli_chain_finish - free market and rows; a zeroed one may be finished. */
void pli_chain_finish(pli_chain_book *chain);

/*
 * pli_chain_read - read a chain, and an order-book file beside it unless `books_path` is NULL (docs/formats.md).
 * pli_chain_decode - the same from bytes already read; `books` may be NULL.
 *
 * Rounding   Prices are rounded half to even to 1e-8; half-spreads up.
 * Lifetime   pli_chain_finish frees *chain.
 * Returns    PLM_OK; PLM_EXPIRED, PLM_QUOTE_CROSSED, PLM_KEY_DUPLICATE (an instrument twice), PLM_KEY_MISSING (a column,
 *            or no volatility at all), PLM_INDEX_UNKNOWN (a book of an option that is not in the chain), PLM_SYNTAX,
 *            PLM_VALUE_INVALID, numbers; PLM_MEMORY; the statuses of pli_input_read and pli_book_check. The fault is
 *            "file:line: ...". On these *chain is left alone.
 */
PLM_MUST_USE plm_status pli_chain_read(const char *path, const char *books_path,
                                       const pli_chain_options *options, pli_chain_book *chain,
                                       plm_fault *fault);

/* pli_named_bytes - bytes with the name of their file. */
typedef struct pli_named_bytes {
    const char *name;
    pli_bytes bytes;
} pli_named_bytes;

PLM_MUST_USE plm_status pli_chain_decode(pli_named_bytes text, const pli_named_bytes *books,
                                         const pli_chain_options *options, pli_chain_book *chain,
                                         plm_fault *fault);

#endif
