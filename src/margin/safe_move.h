/* safe_move.h: how far prices may move before an account can be called, or restricted.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_SAFE_MOVE_H
#define PLI_MARGIN_SAFE_MOVE_H

#include <stdint.h>

#include "plimsoll/margin.h"

/*
 * What plm_model.safe_move is for the three models of the engine: docs/method/safe-moves.md has the bound and its proof.
 *
 * Taken are accounts of perpetuals, spot, dated futures and options, settled linearly in the valuation currency, with open
 * orders in all of these but options, on at most PLI_STAKES_MAX underlyings of the domain `positive`.
 *
 * Guarantees [SAFE-1] within both answers the account is HEALTHY, within that of calls HEALTHY or RESTRICTED: test/unit/margin/test_safe_move.c holds it against the models.
 * Cost       O(positions + orders), and a few divisions for each underlying.
 */
plm_safe pli_safe_move_portfolio(const plm_safety *safety);
plm_safe pli_safe_move_tiered(const plm_safety *safety);
plm_safe pli_safe_move_dynamic(const plm_safety *safety);

#define PLI_STAKES_MAX PLM_SAFE_UNDERLYINGS_MAX

/* pli_safe_reach - how far a price may go to one side where the move is `move_ppm`, below 0 nowhere. */
static inline int64_t
pli_safe_reach(int64_t move_ppm, bool is_easy) {
    int64_t reach = is_easy ? move_ppm * PLM_SAFE_EASY_MULTIPLE : move_ppm;
    return reach > PLM_SAFE_MOVE_MAX_PPM ? PLM_SAFE_MOVE_MAX_PPM : reach;
}

/* Nothing can be said. */
#define PLI_SAFE_NOTHING ((plm_safe){.call_move_ppm = -1, .initial_move_ppm = -1})

#endif
