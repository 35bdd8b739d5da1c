/* svi_repair.h: the nearest SVI slice without arbitrage, along one fixed path.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_SVI_REPAIR_H
#define PLI_MARKET_SVI_REPAIR_H

#include <stdbool.h>

#include "plimsoll/surface.h"

/*
 * pli_svi_repair - move `svi` no further than needed until it passes every test against `earlier`.
 *
 * A slice that already passes is left alone. The path leads, in 32 steps that grow like squares, towards a slice that
 * has no arbitrage: where there is an earlier slice, towards its parameters, lifted in `a` until the variance nowhere
 * falls below the earlier one; for the first expiry, towards the flat smile of the same variance at the money. The first
 * step that passes is taken.
 *
 * `earlier` is NULL for the first expiry, else itself free of arbitrage.
 *
 * Guarantees [REPAIR-1] on true the slice is valid, g >= 0 and the calendar margin >= 0 on the tested grid, and the wings
 *            keep Lee's bound; *margin holds the numbers and *was_repaired says whether anything was moved.
 * Returns    false, and nothing is written, where not even the last step passes.
 */
bool pli_svi_repair(plm_svi *svi, const plm_svi *earlier, plm_surface_margin *margin,
                    bool *was_repaired);

#endif
