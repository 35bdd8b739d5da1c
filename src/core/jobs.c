/* jobs.c: work that one event would be too short for, done by CONTINUE in bounded steps.  SPDX-License-Identifier: Apache-2.0 */
#include "core/jobs.h"

#include "base/assert.h"
#include "core/arrays.h"
#include "core/backstop.h"
#include "core/deleverage.h"
#include "core/sides.h"
#include "core/socialise.h"
#include "core/standing.h"

enum { STEPS_MAX = 1024 };

bool
pli_jobs_has_room(const plm_core *core) {
    uint32_t scans = pli_jobs_find(core, PLI_JOB_SCAN, 0) ? 1 : 0;
    return core->job_count - scans < PLI_JOBS_MAX;
}

bool
pli_jobs_find(const plm_core *core, pli_job_kind kind, uint32_t index) {
    for (uint32_t i = 0; i < core->job_count; i += 1) {
        const pli_job *job = &core->jobs[(core->job_first + i) % PLI_JOBS_RING];
        if (job->kind == kind && job->index == index) {
            return true;
        }
    }
    return false;
}

bool
pli_jobs_has_kind(const plm_core *core, pli_job_kind kind) {
    for (uint32_t i = 0; i < core->job_count; i += 1) {
        if (core->jobs[(core->job_first + i) % PLI_JOBS_RING].kind == kind) {
            return true;
        }
    }
    return false;
}

void
pli_jobs_push(plm_core *core, pli_job job) {
    PLI_ASSERT(job.kind == PLI_JOB_SCAN ? !pli_jobs_find(core, PLI_JOB_SCAN, 0)
                                        : pli_jobs_has_room(core));
    core->jobs[(core->job_first + core->job_count) % PLI_JOBS_RING] = job;
    core->job_count += 1;
    pli_state_effect(core, PLM_EFFECT_JOB, PLM_NONE, PLM_NONE, core->job_count, 0);
}

// Touch one account, which settles its position; the step with the last account ends the settlement.
static plm_reject
settle_step(plm_core *core, pli_job *job, bool *is_done) {
    uint32_t account_count = core->ledger.account_count;
    bool is_last = job->cursor + 1 >= account_count;
    plm_reject reject = PLM_REJECT_NONE;
    if (job->cursor < account_count) {
        reject = pli_ledger_touch(&core->ledger, job->cursor);
    }
    if (reject == PLM_REJECT_NONE && is_last) {
        reject = pli_ledger_settled(&core->ledger, job->index);
    }
    if (reject != PLM_REJECT_NONE) {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
        return reject;
    }
    job->cursor += 1;
    *is_done = is_last;
    pli_sides_finish(core);
    if (is_last) {
        pli_state_effect(core, PLM_EFFECT_PHASE, PLM_NONE, job->index, PLI_PHASE_SETTLED,
                         core->ledger.markets[job->index].settlement_e8);
    }
    return PLM_REJECT_NONE;
}

plm_reject
pli_jobs_continue(plm_core *core, const plm_event_continue *body) {
    if (body->step_count == 0 || body->step_count > STEPS_MAX) {
        return PLM_REJECT_STEPS;
    }
    if (core->job_count == 0) {
        return PLM_REJECT_QUEUE_EMPTY;
    }
    plm_reject reject = PLM_REJECT_NONE;
    uint32_t done_count = 0;
    while (done_count < body->step_count && core->job_count > 0) {
        pli_job *job = &core->jobs[core->job_first];
        bool is_done = false;
        bool is_scan = job->kind == PLI_JOB_SCAN;
        if (job->kind == PLI_JOB_ARRAYS) {
            is_done = pli_arrays_step(core, job);
        } else if (job->kind == PLI_JOB_DELEVERAGE) {
            is_done = pli_deleverage_step(core, job);
        } else if (job->kind == PLI_JOB_SOCIALISE) {
            is_done = pli_socialise_step(core, job);
        } else if (job->kind == PLI_JOB_BACKSTOP) {
            is_done = pli_backstop_step(core, job);
        } else if (is_scan) {
            is_done = pli_standing_step(core, job);
        } else {
            reject = settle_step(core, job, &is_done);
        }
        core->screen.is_fresh = core->screen.is_fresh && is_scan;
        if (reject != PLM_REJECT_NONE) {
            break;
        }
        done_count += 1;
        if (is_done) {
            core->job_first = (core->job_first + 1) % PLI_JOBS_RING;
            core->job_count -= 1;
            if (is_scan) {
                pli_standing_again(core);
            }
        }
    }
    if (done_count == 0) {
        return reject;
    }
    pli_state_effect(core, PLM_EFFECT_JOB, PLM_NONE, PLM_NONE, core->job_count, 0);
    return PLM_REJECT_NONE;
}
