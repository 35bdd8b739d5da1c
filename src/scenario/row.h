/* row.h: fills the row of one instrument or asset.                                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_ROW_H
#define PLI_SCENARIO_ROW_H

#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/scenario.h"
#include "scenario/move.h"

/* pli_row - where a row is written and what it shares over its entries. */
typedef struct pli_row {
    pli_exposure exposure;
    const plm_listing *listing;
    const plm_market *market;
    uint32_t instrument_index; /* PLM_NONE for an asset */
    int64_t *entries;
    double settlement_price; /* of one unit of the settlement asset, now, in valuation currency */
    double settlement_scale; /* settlement price move per unit of its relative move, relative */
} pli_row;

/* pli_row_has - is the entry filled? Joint ones are not where the underlying has no history. */
bool pli_row_has(const pli_row *row, uint32_t entry);

/*
 * pli_row_put - write profit * weight * (settlement asset's price against now), rounded half to even.
 *
 * Units      `profit` in micros at today's price of the settlement asset.
 * Returns    PLM_OK, or PLM_ARRAY_RANGE.
 */
PLM_MUST_USE plm_status pli_row_put(const pli_row *row, uint32_t entry, const pli_move *move,
                                    double profit);

/* pli_row_put_delta - write the cash delta probe, in micros. */
PLM_MUST_USE plm_status pli_row_put_delta(const pli_row *row, double delta);

/* pli_row_explain - say in `fault` whose entry failed and how; returns `status`, PLM_OK included. */
plm_status pli_row_explain(const pli_row *row, plm_status status, plm_fault *fault);

/* Row of an asset: one whole unit. */
PLM_MUST_USE plm_status pli_row_fill_asset(const pli_row *row, plm_fault *fault);

/* Row of a spot balance, perpetual or future: linear or inverse in `mark_e8`. */
PLM_MUST_USE plm_status pli_row_fill_delta_one(const pli_row *row, int64_t mark_e8,
                                               plm_fault *fault);

/* Row of an option: full revaluation from its surface. */
PLM_MUST_USE plm_status pli_row_fill_option(pli_row *row, plm_fault *fault);

#endif
