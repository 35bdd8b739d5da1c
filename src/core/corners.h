/* corners.h: what an account must stand where a price it rests on may not be used as it is.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_CORNERS_H
#define PLI_CORE_CORNERS_H

#include "core/state.h"

#define PLI_CORNERS_MAX 4u /* underlyings of one account: up to 81 combinations */
#define PLI_CORNER_ENDS 3u

/*
 * pli_corners - the underlyings without a usable price, each with the two ends between which it is thought to lie.
 *
 * `at worse` of the matrix (docs/method/prices.md): the last valid price and the candidate. `at bounds`: the governed floor
 * and ceiling. A rule is asked at every combination; in each the prices count as VALID and the marks of futures-style
 * instruments move with them. A price that is VALID and only too old to be used as it is stands in between, as a third end: its
 * slow price, which no end has, may ask for more than both.
 *
 * Invariants [CORNERS-1] pli_corners_leave puts back every byte that pli_corners_enter changed.
 */
typedef struct pli_corners {
    uint32_t count;
    uint32_t combinations; /* of ends; 1 where the count is 0 */
    uint32_t underlyings[PLI_CORNERS_MAX];
    uint32_t end_counts[PLI_CORNERS_MAX]; /* 2 or 3 */
    int64_t ends_e8[PLI_CORNERS_MAX][PLI_CORNER_ENDS];
    plm_price_record prices[PLI_CORNERS_MAX]; /* as published */
} pli_corners;

/*
 * pli_corners_add - the unusable prices on which a holding rests: with `is_withdrawal` those that do not allow it with yes,
 *                   else those that are not VALID.
 *
 * Returns    NONE, or PRICE_STATE: one has never been a price, an option is written on it, or they are too many.
 */
plm_reject pli_corners_add(const plm_core *core, const pli_holding *holding, bool is_withdrawal,
                           pli_corners *corners);

/* pli_corners_enter - the state's prices and marks at combination `number`, the first underlying's end changing fastest. pli_corners_leave - as they were. */
void pli_corners_enter(plm_core *core, const pli_corners *corners, uint32_t number);
void pli_corners_leave(plm_core *core, const pli_corners *corners);

#endif
