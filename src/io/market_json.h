/* market_json.h: listing and market from and to JSON ("plimsoll-market/1").           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_MARKET_JSON_H
#define PLI_IO_MARKET_JSON_H

#include "io/book.h"
#include "io/document.h"
#include "io/json_writer.h"

/*
 * pli_market_read - read a market file as docs/formats.md describes; "-" is standard input, gzip is unpacked.
 * pli_market_decode - the same from a decoded document, which may be finished afterwards.
 *
 * Lifetime   pli_book_finish frees *book.
 * Cost       O(n log n) in the number of entries.
 * Returns    PLM_OK                the book keeps its invariants.
 *            PLM_KEY_UNKNOWN, PLM_KEY_MISSING, PLM_KEY_DUPLICATE (also of a name), PLM_VALUE_INVALID
 *            PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW, PLM_NOT_FINITE  a number.
 *            PLM_INDEX_UNKNOWN     a name that is not listed.
 *            PLM_MARK_MISSING      anything but an option without a mark.
 *            PLM_EXPIRED           an instrument's expiry is not after the market's time.
 *            PLM_QUOTE_CROSSED     a bid above its ask.
 *            besides the statuses of pli_json_read, plm_listing_check and plm_market_check. The fault is one line
 *            "file:line: what was seen; allowed is ...". On these *book is left alone.
 */
PLM_MUST_USE plm_status pli_market_read(const char *path, pli_market_book *book, plm_fault *fault);
PLM_MUST_USE plm_status pli_market_decode(const pli_document *document, pli_market_book *book,
                                          plm_fault *fault);

/*
 * pli_market_write - append the whole document to `writer`.
 *
 * Guarantees [MARKET-JSON-1] what is written decodes to the same listing, market and names, every bit (quotes too).
 */
void pli_market_write(const pli_market_book *book, pli_json_writer *writer);

#endif
