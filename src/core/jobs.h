/* jobs.h: work that one event would be too short for, done by CONTINUE in bounded steps.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_JOBS_H
#define PLI_CORE_JOBS_H

#include "core/state.h"

/* The queue: first in, first out. Is there room; is there a job of this kind and index; add one (room asserted).
 * A scan takes no room from the others. */
bool pli_jobs_has_room(const plm_core *core);
bool pli_jobs_find(const plm_core *core, pli_job_kind kind, uint32_t index);
bool pli_jobs_has_kind(const plm_core *core, pli_job_kind kind);
void pli_jobs_push(plm_core *core, pli_job job);

/*
 * pli_jobs_continue - CONTINUE: steps of the oldest jobs, until the count or the queue is used up.
 *
 * A step that cannot be done ends the event there; where it is the first one, the event is refused with its reason.
 */
plm_reject pli_jobs_continue(plm_core *core, const plm_event_continue *body);

#endif
