/* slice.h: closing the same share of several positions at once.                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_SLICE_H
#define PLI_EXPLAIN_SLICE_H

#include "explain/leg.h"

/*
 * pli_slice_search - the smallest share of the largest positions, at most PLM_CURE_LEGS_MAX of them, whose closing cures.
 *
 * A straddle or a hedged book is often not cured by any single trade: closing one side only moves the loss to the other.
 * Shares are counted in 256ths; the last leg is then made as small as it may be.
 *
 * `candidates` are those of pli_candidates_fill, reductions first. On true *plan holds all legs but the last, *last the
 * last one, which cures.
 * Cost       At most 9 shares, each an evaluation per leg, and one search of a leg.
 */
bool pli_slice_search(const pli_trader *trader, const pli_candidate *candidates,
                      uint32_t candidate_count, pli_plan *plan, pli_leg *last);

#endif
