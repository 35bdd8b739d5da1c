/* grid.h: price and volatility moves of one underlying, nested by predicted volatility.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_GRID_H
#define PLI_SCENARIO_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/scenario.h"

/*
 * Order of the points (METHOD section 5):
 *
 *   level 0    zero move, volatility up, down, each at elapsed 0 and then at the horizon; twists, skews and rolls
 *   extremes   down and up, each with volatility unmoved and up, each at both times
 *   -1, +1, -2, +2, ...   as level 0, and with sticky moneyness where the set asks for it
 *
 * Guarantees [GRID-1] point 0 is the zero move.
 *            [GRID-2] the points of level n and below are a prefix, whatever level_max is.
 *            [GRID-3] points of the same price move stand together.
 */

/* pli_grid_prefix - how many leading points belong to levels -level..level and the extremes. */
uint32_t pli_grid_prefix(uint32_t level, bool has_sticky_moneyness);

/* pli_grid_fill - write the pli_grid_prefix(level_max, ...) points to `grid`. */
void pli_grid_fill(uint32_t level_max, bool has_sticky_moneyness, plm_grid_point *grid);

/*
 * pli_grid_level - how many price levels are active:
 * clamp(ceil(sigma_multiple * max(volatility, floor) * sqrt(horizon in years of 365 days) / step), level_min, level_max).
 */
uint32_t pli_grid_level(const plm_shock_parameters *shocks, int64_t volatility_ppm,
                        int64_t horizon_ns);

/* pli_grid_active - how many leading points of a set count for an underlying at this volatility. */
uint32_t pli_grid_active(const plm_scenario_set *set, uint32_t underlying_index,
                         int64_t volatility_ppm);

/*
 * pli_grid_price - relative price move of a point under the shock sizes of a class.
 *
 * Levels beyond the class's own level_max (another class of the same set may have more) repeat its last one; they are
 * never active. Hence the move stays above -1.
 */
double pli_grid_price(const plm_shock_parameters *shocks, const plm_grid_point *point);

#endif
