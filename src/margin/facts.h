/* facts.h: what the direct path reads of a row instead of the row.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_FACTS_H
#define PLI_MARGIN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/wide.h"
#include "margin/impact.h"
#include "plimsoll/margin.h"

/* Distinct columns kept of one underlying; one with more keeps none. */
#define PLI_COLUMNS_MAX 32u

/* pli_digest - what a row says besides its entries: a bound, its extremes over the active grid, its probes. */
typedef struct pli_digest {
    pli_i128 curves[2]; /* e P(near) - 1e6 P(far), up and down, e the multiple of the probes in ppm */
    uint64_t bound;     /* [DIRECT-3] no |entry| exceeds it, and it is at most twice the largest */
    uint64_t days, stress; /* the largest |entry| of grid and history, and of the stresses */
    int64_t least, most;   /* over the active grid, no more and no less than 0 */
    int64_t probes[PLM_PROBE_COUNT];
} pli_digest;

/* pli_rates - what charges read of one market, made when it is first asked for and again when an input has changed. */
typedef struct pli_rates {
    bool is_made;
    int64_t volatility_ppm, volume_micros, open_interest_micros;                /* of the market */
    int64_t impact_ppm, crowding_ppm, crowding_max_ppm, volume_standard_micros; /* of the model */
    pli_knots knots; /* at its volume and the rate of liquidity */
} pli_rates;

/*
 * pli_facts - digests of the rows of two tables, and the columns of their grids without repetition.
 *
 * Entry s of every row of an underlying is a column. Of instruments that are linear and no options many columns are the
 * same, for a move of volatility alone changes nothing: a worst loss needs each once.
 *
 * Guarantees [FACTS-1] every number follows from rows, active grids and listing alone (pli_facts_are_sound says whether);
 *                      an answer with facts is the answer without.
 */
typedef struct pli_facts {
    uint32_t instrument_max;
    bool is_set_aside;        /* for now the tables are read otherwise than the facts say */
    plm_risk_table tables[2]; /* whose rows they are of: maintenance, initial */
    pli_digest *digests;      /* [2][instrument_max] */
    uint8_t *is_known;        /* per instrument: its digests are there */
    uint8_t
        *is_shared; /* per instrument: both rows, their grids and the tables' shape are the same */
    uint32_t *column_count; /* [2 * underlying]: 0 where none are kept */
    int64_t *columns;       /* [2][instrument_max][PLI_COLUMNS_MAX] */
    pli_rates *
        rates; /* per underlying, each with its inputs: whoever asks may make them, the answer is the same */
} pli_facts;

/* pli_facts_take - carve facts for a listing of at most so many; nothing is known while the memory is zero. */
pli_facts pli_facts_take(pli_arena *arena, uint32_t underlying_max, uint32_t instrument_max);

/*
 * pli_facts_renew - the facts of one underlying from its rows as they are.
 *
 * tables[0] is that of the maintenance horizon, tables[1] of the initial one. Where one is NULL nothing is known.
 * Cost       O(instruments x entries).
 */
void pli_facts_renew(pli_facts *facts, const plm_listing *listing,
                     const plm_risk_table *const tables[2], uint32_t underlying);

/* pli_facts_are_sound - do all facts follow from the rows? For checks of a state. */
bool pli_facts_are_sound(const pli_facts *facts, const plm_listing *listing,
                         const plm_risk_table *const tables[2]);

/* pli_digest_make - the digest of one row; `active` leading grid entries count. */
pli_digest pli_digest_make(const plm_risk_table *table, uint32_t row, uint32_t active);

/* pli_are_shapes_alike - two tables that can differ in rows, active grids and history only. */
bool pli_are_shapes_alike(const plm_risk_table *left, const plm_risk_table *right);

/* pli_are_rows_alike - of two tables of the same shape: the same answers for this instrument? */
bool pli_are_rows_alike(const plm_risk_table *left, const plm_risk_table *right,
                        const plm_instrument *instrument, uint32_t row);

/* pli_facts_are_of - are these facts about the tables of this input? */
bool pli_facts_are_of(const pli_facts *facts, const plm_margin_input *input);

/* pli_rates_know - the rates of a market under these parameters: those at hand, or made now; false where 64 bits do not hold them. */
bool pli_rates_know(pli_rates *rates, const plm_underlying_market *market,
                    const plm_portfolio_parameters *parameters);

/* pli_facts_columns - the columns kept of an instrument. */
static inline int64_t *
pli_facts_columns(const pli_facts *facts, uint32_t which, uint32_t instrument) {
    return facts->columns + ((size_t)which * facts->instrument_max + instrument) * PLI_COLUMNS_MAX;
}

#endif
