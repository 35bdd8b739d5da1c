/* smile.h: pictures of volatility smiles, shared by `surface fit` and `surface show`. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_SMILE_H
#define PLI_CLI_SMILE_H

#include <stdint.h>

#include "io/pool.h"
#include "plimsoll/surface.h"
#include "report/sink.h"

/* pli_smile_quote - one dot with its range; volatilities as ratios, 0 for an end that is not known. */
typedef struct pli_smile_quote {
    double strike;
    double middle;
    double low, high;
} pli_smile_quote;

typedef struct pli_smile {
    const char *title;
    double forward;
    double years;
    const plm_slice *slice;
    const char *unit; /* of the y axis */
    double scale;     /* volatilities are shown times this: 100 for percent */
    uint32_t quote_count;
    const pli_smile_quote *quotes;
    double strike_low, strike_high; /* of the curve */
} pli_smile;

/* pli_smile_draw - one picture; points that the slice cannot answer are left out. */
void pli_smile_draw(const pli_sink *sink, pli_pool *pool, const pli_smile *smile);

#endif
