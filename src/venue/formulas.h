/* formulas.h: every formula of every venue by the identifier of the case files.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_FORMULAS_H
#define PLI_VENUE_FORMULAS_H

#include "venue/conform.h"

/* One line per venue, sorted, above the end; pli_formulas_<venue> stands in src/venue/<venue>_cases.c. */
// clang-format off
#define PLI_FORMULA_TABLES(X) \
    X(binance) \
    X(deribit) \
    X(derive) \
    X(derive_auction) \
    X(drift_v2) \
    X(dydx_v4) \
    X(examples) \
    X(hyperliquid) \
    X(maker_liq2) \
    X(mango_v4) \
    X(paradex) \
    X(span) \
    X(synthetix_v3) \
    X(vega) \
    /* end */
// clang-format on

#define PLI_FORMULA_TABLE_DECLARE(venue) extern const pli_formula_table pli_formulas_##venue;
PLI_FORMULA_TABLES(PLI_FORMULA_TABLE_DECLARE)
#undef PLI_FORMULA_TABLE_DECLARE

/* pli_formula_find - the formula of that name, or NULL. pli_formula_at - all of them in order, NULL past the last. */
const pli_formula *pli_formula_find(const char *name);
const pli_formula *pli_formula_at(uint32_t index);

#endif
