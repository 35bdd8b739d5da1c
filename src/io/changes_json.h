/* changes_json.h: hypothetical changes from JSON ("plimsoll-changes/1").              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CHANGES_JSON_H
#define PLI_IO_CHANGES_JSON_H

#include "io/book.h"
#include "io/document.h"
#include "plimsoll/portfolio.h"

/* pli_change_list - owner of changes in the order in which they apply: trades, orders, transfers. */
typedef struct pli_change_list {
    uint32_t count;
    const plm_change *changes;
    pli_pool pool;
} pli_change_list;

/* pli_changes_finish - free the list; a zeroed one may be finished. */
void pli_changes_finish(pli_change_list *list);

/*
 * pli_changes_read - read a file of changes as docs/formats.md describes, against the names of `book`.
 * pli_changes_decode - the same from a decoded document, which may be finished afterwards.
 *
 * A trade without a price happens at the mark.
 *
 * Lifetime   pli_changes_finish frees *list; `book` is not kept.
 * Returns    As pli_portfolio_read; PLM_MARK_MISSING, PLM_SURFACE_MISSING where a trade has no price and its instrument
 *            no mark.
 */
PLM_MUST_USE plm_status pli_changes_read(const char *path, const pli_market_book *book,
                                         pli_change_list *list, plm_fault *fault);
PLM_MUST_USE plm_status pli_changes_decode(const pli_document *document,
                                           const pli_market_book *book, pli_change_list *list,
                                           plm_fault *fault);

#endif
