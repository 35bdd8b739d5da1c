/* trade_text.h: one trade as a person types it.                                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_TRADE_TEXT_H
#define PLI_CLI_TRADE_TEXT_H

#include "io/book.h"
#include "plimsoll/portfolio.h"

/*
 * pli_trade_parse - "BTC-PERP -10" or "BTC-PERP -10 @ 9000".
 *
 * Units      The quantity is in units of the underlying (inverse perpetuals and futures: quote currency), not zero, and a
 *            whole number of lots; the price is in the instrument's own quotation, by default its mark.
 * Returns    PLM_OK; PLM_VALUE_INVALID, PLM_INDEX_UNKNOWN, PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW, or
 *            the statuses of plm_instrument_mark, with *fault in words.
 */
PLM_MUST_USE plm_status pli_trade_parse(const char *text, const pli_market_book *book,
                                        plm_trade *trade, plm_fault *fault);

#endif
