/* stress.h: the named moves of all underlyings together.                              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_STRESS_H
#define PLI_SCENARIO_STRESS_H

#include <stdint.h>

#include "plimsoll/scenario.h"

/* Underlyings with history that each get a pair of broken-correlation entries, the first by index. */
#define PLI_STRESS_BROKEN_MAX 8u

/* Relative price move of a settlement asset that leaves its peg. */
#define PLI_STRESS_PEG_MOVE (-0.2)

/*
 * pli_stress_count - how many entries pli_stress_fill writes; `has_history` NULL gives an upper bound.
 * pli_stress_fill  - write moves [stress][underlying] and names.
 *
 * Order: all-down, all-up, volatility-up, volatility-down, liquidity-gone-above, liquidity-gone-below; then for each of
 * the first underlyings with history (where there are two or more) uN-down-others-up and uN-up-others-down; then
 * asset-N-off-peg for each asset, other than the valuation currency, in which a linear instrument settles.
 *
 * Where a price moves, volatility rises by history_beta times its size on either side: the fall of volatility has an
 * entry of its own, 1 / (1 + stress_vol), the mirror of the rise.
 */
uint32_t pli_stress_count(const plm_listing *listing, const uint8_t *has_history);
void pli_stress_fill(const plm_listing *listing, const uint8_t *has_history,
                     const plm_shock_parameters *shocks, plm_stress_move *moves,
                     char (*names)[PLM_NAME_SIZE]);

#endif
