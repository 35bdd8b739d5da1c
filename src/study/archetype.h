/* archetype.h: the named portfolios that every back-test shows.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_ARCHETYPE_H
#define PLI_STUDY_ARCHETYPE_H

#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/portfolio.h"

enum { PLI_ARCHETYPE_COUNT = 6, PLI_ARCHETYPE_INSTRUMENTS = 6, PLI_ARCHETYPE_LEGS = 2 };

/*
 * pli_archetypes - one underlying at `price`, instruments on it, and portfolios of one unit of it.
 *
 * Instruments: a perpetual at the index; a future of 90 days one per cent above it; options of 30 days, calls at 100 % and
 * 110 %, puts at 100 % and 90 % of the index, on a flat smile that equals the volatility of the underlying.
 * Portfolios: long and short (the perpetual), calendar (long the future, short the perpetual), short-strangle (the 90 %
 * put and the 110 % call sold), long-straddle (both at 100 % bought), short-put (at 90 %).
 *
 * Lifetime   The tables point into the object, which must not move after pli_archetypes_make.
 */
typedef struct pli_archetypes {
    plm_listing listing;
    plm_market market;
    plm_portfolio portfolios[PLI_ARCHETYPE_COUNT];
    plm_asset asset;
    plm_underlying underlying;
    plm_instrument instruments[PLI_ARCHETYPE_INSTRUMENTS];
    plm_underlying_market price;
    plm_mark marks[PLI_ARCHETYPE_INSTRUMENTS];
    plm_expiry_market expiries[2];
    plm_slice_node node;
    plm_position positions[PLI_ARCHETYPE_COUNT][PLI_ARCHETYPE_LEGS];
} pli_archetypes;

/* pli_archetype_name - of a portfolio by its index, NULL past the last. */
const char *pli_archetype_name(uint32_t index);

/*
 * pli_archetypes_make - with the index at `price_e8` (1..PLM_PRICE_E8_MAX / 2 is asserted).
 *
 * One lot is the power of ten of the underlying that is worth about 100 to 1,000 at that price, at most 1,000 units.
 */
void pli_archetypes_make(int64_t price_e8, pli_archetypes *out);

#endif
