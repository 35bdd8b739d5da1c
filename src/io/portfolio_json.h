/* portfolio_json.h: what an account holds, from JSON ("plimsoll-portfolio/1").        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_PORTFOLIO_JSON_H
#define PLI_IO_PORTFOLIO_JSON_H

#include "io/book.h"
#include "io/document.h"
#include "io/field.h"
#include "plimsoll/portfolio.h"

/* pli_entry - the entry price a file gave for a position: information, the cost is what counts. */
typedef struct pli_entry {
    bool is_known;
    int64_t price_e8;
} pli_entry;

/* pli_margin_group - one portfolio with its own collateral. */
typedef struct pli_margin_group {
    const char *name;
    plm_portfolio portfolio;
    const pli_entry *entries; /* by position */
} pli_margin_group;

/*
 * pli_account_book - owner of the margin groups of one file. Group 0 is the cross-margin group; the others are isolated.
 *
 * Invariants [ACCOUNT-1] every group passes plm_portfolio_check against the listing it was read with.
 *            [ACCOUNT-2] group names are unique.
 */
typedef struct pli_account_book {
    uint32_t group_count; /* >= 1 */
    const pli_margin_group *groups;
    pli_pool pool;
} pli_account_book;

/* pli_account_finish - free the book; a zeroed one may be finished. */
void pli_account_finish(pli_account_book *account);

/*
 * pli_portfolio_read - read a portfolio file as docs/formats.md describes, against the names of `book`.
 * pli_portfolio_decode - the same from a decoded document, which may be finished afterwards.
 *
 * Rounding   Costs of inverse futures made from an entry price are rounded down: never in the holder's favour.
 * Lifetime   pli_account_finish frees *account; `book` is not kept.
 * Returns    PLM_OK, or the statuses of pli_market_read that concern keys, values, numbers and names (a name that is
 *            not listed: PLM_INDEX_UNKNOWN), and those of plm_portfolio_check.
 */
PLM_MUST_USE plm_status pli_portfolio_read(const char *path, const pli_market_book *book,
                                           pli_account_book *account, plm_fault *fault);
PLM_MUST_USE plm_status pli_portfolio_decode(const pli_document *document,
                                             const pli_market_book *book, pli_account_book *account,
                                             plm_fault *fault);

/*
 * pli_read_lots - the member `lots`, or `quantity` in whole lots of the instrument; exactly one of them must be there.
 * pli_read_order - an entry of a list of orders.
 *
 * Shared with changes; `reader` as in io/field.h.
 */
int64_t pli_read_lots(pli_reader *reader, const pli_node *node, const plm_instrument *instrument,
                      int64_t low);
plm_order pli_read_order(pli_reader *reader, const pli_node *node, const pli_market_book *book);

/* pli_instrument_price - the bounds of a price of this instrument in its own quotation. */
pli_number pli_instrument_price(const pli_market_book *book, const plm_instrument *instrument);

#endif
