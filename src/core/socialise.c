/* socialise.c: four passes over the accounts share out recorded bad debt, to the atom (docs/books.md, section 17).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/socialise.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "core/jobs.h"
#include "core/sides.h"
#include "core/standing.h"

// What a walk does with each account, one pass after the other.
enum { PASS_DEBTS = 0, PASS_WEIGHTS = 1, PASS_CUTS = 2, PASS_WRITE_OFFS = 3 };

// Of the index of a job: a market, or an asset.
static pli_bad_debt
meant(const plm_core *core, const pli_job *job) {
    uint32_t index = job->index / 2;
    if (job->index % 2 == 1) {
        return (pli_bad_debt){index, PLM_NONE};
    }
    return (pli_bad_debt){core->ledger.markets[index].terms.settlement_asset_index, index};
}

plm_reject
pli_socialise_begin(plm_core *core, const plm_event_socialise *body) {
    plm_reject reject = pli_ledger_socialise(&core->ledger, body);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    uint32_t index =
        body->instrument_index == PLM_NONE ? 2 * body->asset_index + 1 : 2 * body->instrument_index;
    if (!pli_jobs_has_room(core) || pli_jobs_find(core, PLI_JOB_SOCIALISE, index)) {
        return PLM_REJECT_QUEUE_FULL;
    }
    pli_jobs_push(core, (pli_job){.kind = PLI_JOB_SOCIALISE,
                                  .index = index,
                                  .granted = pli_i128_from_wide(body->atoms)});
    return PLM_REJECT_NONE;
}

// All that was booked since the last commit stands, or nothing.
static void
finish(plm_core *core, plm_reject reject) {
    if (reject == PLM_REJECT_NONE) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
}

// The fund pays first [Q7]; what it leaves is recorded bad debt.
static void
add_debt(plm_core *core, pli_job *job, const pli_bad_debt *of) {
    if (core->standings[job->cursor].stage == PLM_STAGE_DEFICIT) {
        pli_standing_look(core, job->cursor);
    }
    if (core->standings[job->cursor].stage == PLM_STAGE_DEFICIT) {
        pli_i128 debt = pli_ledger_debt(&core->ledger, of, job->cursor);
        pli_i128 most = job->granted - job->lots;
        job->lots += debt < most ? debt : most;
    }
}

// Claims of all cohorts become claims of one, so that none of them is paid before another.
static void
add_weight(plm_core *core, pli_job *job, const pli_bad_debt *of) {
    plm_reject reject = pli_ledger_touch(&core->ledger, job->cursor);
    if (reject == PLM_REJECT_NONE && of->instrument != PLM_NONE) {
        reject = pli_ledger_claims_gather(&core->ledger, job->cursor, of->instrument);
    }
    pli_i128 sum = 0;
    if (reject == PLM_REJECT_NONE &&
        !pli_add_i128(job->weight_all, pli_ledger_burden(&core->ledger, of, job->cursor), &sum)) {
        reject = PLM_REJECT_OVERFLOW;
    }
    finish(core, reject);
    job->weight_all = reject == PLM_REJECT_NONE ? sum : job->weight_all;
}

// At running sums, so that the cuts add up to the debt.
static void
cut(plm_core *core, pli_job *job, const pli_bad_debt *of) {
    plm_reject reject = pli_ledger_touch(&core->ledger, job->cursor);
    pli_i128 burden = pli_ledger_burden(&core->ledger, of, job->cursor);
    pli_i128 rest = job->weight_all - job->weight;
    pli_i128 weight = burden < rest ? burden : rest;
    pli_i128 granted = 0;
    bool fits = pli_muldiv_floor(job->lots, job->weight + weight, job->weight_all, &granted);
    PLI_ASSERT(fits);
    pli_i128 atoms = granted - job->granted;
    if (reject == PLM_REJECT_NONE && atoms > 0) {
        reject = pli_ledger_cut(&core->ledger, of, job->cursor, atoms);
    }
    finish(core, reject);
    if (reject == PLM_REJECT_NONE) {
        job->weight += weight;
        job->granted = granted;
        job->left += atoms;
    }
}

static void
write_off(plm_core *core, pli_job *job, const pli_bad_debt *of) {
    if (core->standings[job->cursor].stage != PLM_STAGE_DEFICIT) {
        return;
    }
    plm_reject reject = pli_ledger_touch(&core->ledger, job->cursor);
    pli_i128 debt = pli_ledger_debt(&core->ledger, of, job->cursor);
    pli_i128 atoms = debt < job->left ? debt : job->left;
    if (reject == PLM_REJECT_NONE && atoms > 0) {
        reject = pli_ledger_write_off(&core->ledger, of, job->cursor, atoms);
    }
    finish(core, reject);
    if (reject == PLM_REJECT_NONE && atoms > 0) {
        job->left -= atoms;
        pli_standing_look(core, job->cursor);
    }
}

// Returns whether there is nothing more to do.
static bool
turn(plm_core *core, pli_job *job, const pli_bad_debt *of) {
    job->cursor = 0;
    job->pass += 1;
    if (job->pass == PASS_WEIGHTS) {
        job->granted = 0;
    }
    if (job->pass == PASS_CUTS && job->weight_all < job->lots) {
        job->lots = job->weight_all;
    }
    bool is_over = job->lots == 0 || job->pass > PASS_WRITE_OFFS;
    bool is_paused = !is_over && job->pass != PASS_WRITE_OFFS;
    pli_ledger_pause(&core->ledger, is_paused ? of->instrument : PLM_NONE);
    pli_sides_finish(core);
    return is_over;
}

bool
pli_socialise_step(plm_core *core, pli_job *job) {
    static void (*const passes[])(plm_core *, pli_job *,
                                  const pli_bad_debt *) = {add_debt, add_weight, cut, write_off};
    pli_bad_debt of = meant(core, job);
    if (job->cursor < core->ledger.account_count) {
        passes[job->pass](core, job, &of);
    }
    job->cursor += 1;
    return job->cursor >= core->ledger.account_count && turn(core, job, &of);
}

bool
pli_socialise_is_sound(const plm_core *core, const pli_job *job) {
    const pli_ledger *ledger = &core->ledger;
    uint32_t count = job->index % 2 == 1 ? ledger->asset_count : ledger->instrument_count;
    bool is_first = job == &core->jobs[core->job_first];
    bool is_begun = job->pass != PASS_DEBTS || job->cursor != 0;
    if (job->index / 2 >= count || job->pass > PASS_WRITE_OFFS || (is_begun && !is_first) ||
        (job->cursor > 0 && job->cursor >= ledger->account_count) || job->lots < 0 ||
        job->weight_all < 0 || job->weight < 0 || job->granted < 0 || job->left < 0) {
        return false;
    }
    switch (job->pass) {
    case PASS_DEBTS:
        return job->granted > 0 && job->lots <= job->granted && job->weight_all == 0 &&
               job->weight == 0 && job->left == 0;
    case PASS_WEIGHTS:
        return job->lots > 0 && job->weight == 0 && job->granted == 0 && job->left == 0;
    default:
        return job->lots > 0 && job->lots <= job->weight_all && job->weight <= job->weight_all &&
               job->granted <= job->lots && job->left <= job->granted;
    }
}

void
pli_socialise_restore(plm_core *core) {
    const pli_job *job = &core->jobs[core->job_first];
    bool is_paused = core->job_count > 0 && job->kind == PLI_JOB_SOCIALISE &&
                     (job->pass == PASS_WEIGHTS || job->pass == PASS_CUTS);
    core->ledger.paused = is_paused ? meant(core, job).instrument : PLM_NONE;
}
