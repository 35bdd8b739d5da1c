/* market_decoder.h: what the decoders of a market file's parts share.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_MARKET_DECODER_H
#define PLI_IO_MARKET_DECODER_H

#include "io/book.h"
#include "io/field.h"

/* pli_market_decoder - the book so far; `reader.status` tells whether it is still worth going on. */
typedef struct pli_market_decoder {
    pli_reader reader;
    pli_market_book book;
} pli_market_decoder;

/* pli_price_number - a required price of `domain`: above zero, or any. */
pli_number pli_price_number(plm_price_domain domain);

/* The parts, in this order: instruments need assets, assets need underlyings; names come before everything. */
void pli_decode_underlyings(pli_market_decoder *decoder, const pli_node *list);
void pli_decode_assets(pli_market_decoder *decoder, const pli_node *list, const char *valuation,
                       uint32_t valuation_line);
void pli_decode_expiries(pli_market_decoder *decoder, const pli_node *list);
void pli_decode_instruments(pli_market_decoder *decoder, const pli_node *list);

#endif
