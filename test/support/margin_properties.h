/* margin_properties.h: what must hold for every portfolio, whatever the market.       SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_MARGIN_PROPERTIES_H
#define TS_MARGIN_PROPERTIES_H

#include <stdint.h>

/*
 * ts_margin_properties - draw `portfolio_count` random portfolios from `seed` and check M1-M7 and M11-M13 as far as they
 * belong to the account layer, independence of order and exact reasons on each, for all three models.
 *
 * A failure names seed and portfolio; the same call reproduces it.
 */
void ts_margin_properties(uint64_t seed, uint32_t portfolio_count);

#endif
