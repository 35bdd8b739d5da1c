/* ranking.h: who closes bankrupt positions first, by queue or by least harm.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_RANKING_H
#define PLI_CORE_RANKING_H

#include "core/state.h"

/*
 * docs/books.md section 16, "Who comes first". What is found stands in plm_core.search, which is 0 but for the walk that is
 * first in the queue, and 0 there too where that is pro rata.
 *
 * pli_ranking_begin - the walk takes its first step: which policy is in force?
 * pli_ranking_start - all has been added up; `job` goes on with the search, or pro rata.
 * pli_ranking_offer - look at the account at the cursor; in the last of the rows *left is what it is to close.
 * pli_ranking_turn  - the end of a row. Returns whether it was the last one.
 * pli_ranking_end   - the walk is over, or goes on pro rata.
 */
void pli_ranking_begin(plm_core *core);
void pli_ranking_start(plm_core *core, const pli_job *job);
void pli_ranking_offer(plm_core *core, pli_job *job, int64_t held);
bool pli_ranking_turn(plm_core *core);
void pli_ranking_end(plm_core *core);

/* pli_ranking_is_sound - could events have led to what stands in plm_core.search? */
bool pli_ranking_is_sound(const plm_core *core);

#endif
