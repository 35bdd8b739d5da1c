/* span_pa2_decoder.h: what the parts of the positional decoder share.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SPAN_PA2_DECODER_H
#define PLI_VENUE_SPAN_PA2_DECODER_H

#include "venue/span_pa2_rows.h"

/*
 * pli_pa2_decoder - the pass at hand, the tables so far, and a hash of the products.
 *
 * Invariants [PA2-1] slot_count is a power of two above product_count.
 */
typedef struct pli_pa2_decoder {
    pli_pa2_row row;
    pli_span_file file;
    uint32_t slot_count;
    uint32_t *slots; /* product index + 1 by hash, 0 free */
} pli_pa2_decoder;

/* pli_pa2_slot - the slot of that product (exchange, code, type), or the free one where it belongs. */
uint32_t pli_pa2_slot(const pli_pa2_decoder *run, const pli_span_product *wanted);

/* pli_pa2_read_series - the row at hand, of type B. pli_pa2_read_array - of type 81, and the row 82 after it. */
void pli_pa2_read_series(pli_pa2_decoder *run);
void pli_pa2_read_array(pli_pa2_decoder *run);

#endif
