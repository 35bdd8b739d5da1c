/* burst.h: so many accounts bankrupt at one price, measured.                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_BURST_H
#define PLI_STUDY_BURST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"
#include "study/incident.h"

/*
 * A core with its shipped parameters and 44 perpetuals; `count` accounts are long one of them at five times what they have,
 * and 40,000 for every 11,279 of them have sold it: the proportions of 10 October 2025. Then all prices fall by 30 %, and
 * CONTINUE of 256 steps is sent until nothing waits: every account has been assessed, and every bankrupt one is on sale.
 *
 * Purity     No allocation, no I/O; the caller's clock is read twice and decides nothing.
 * Cost       O(count).
 */

/* pli_burst_wanted - the number in an assertion "burst_<count>_wall_ms" of a run (0 naive, 1 hardened). */
bool pli_burst_wanted(const pli_incident *incident, uint32_t run, uint32_t *count);

/* pli_burst_size - bytes; 0 where there are more accounts than a core can hold. */
size_t pli_burst_size(uint32_t count);

/*
 * pli_burst_run - play it.
 *
 * Returns
 *   PLM_OK               *took_ns is the time from the first price to the last CONTINUE.
 *   PLM_VALUE_INVALID    an account is neither assessed nor on sale afterwards, or the books are not sound.
 *   PLM_WORKSPACE_SMALL  `size` is less than pli_burst_size.
 */
PLM_MUST_USE plm_status pli_burst_run(uint32_t count, void *memory, size_t size,
                                      int64_t (*clock_ns)(void), int64_t *took_ns,
                                      plm_fault *fault);

#endif
