/* ranking.c: who closes bankrupt positions first, by queue or by least harm.            SPDX-License-Identifier: Apache-2.0 */
#include "core/ranking.h"

#include "base/assert.h"
#include "core/health.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/worth.h"

#define SUM_MAX ((pli_i128)1 << 100) /* of lots, of all accounts together */
#define LOSS_MAX ((pli_i128)1 << 90)

void
pli_ranking_begin(plm_core *core) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_ranking_end(core);
    if (rules->deleverage_policy == PLM_DELEVERAGE_QUEUE) {
        core->search.policy = PLI_ADL_QUEUE;
    } else if (rules->deleverage_policy == PLM_DELEVERAGE_LEAST_HARM) {
        core->search.policy = PLI_ADL_LEAST_HARM;
    }
}

void
pli_ranking_end(plm_core *core) {
    core->search = (pli_adl_job){.lots = 0};
}

void
pli_ranking_start(plm_core *core, const pli_job *job) {
    pli_adl_job search = core->search;
    if (search.policy == 0 ||
        pli_adl_start(search.policy, job->lots, search.loss, &search) != PLM_OK) {
        search = (pli_adl_job){.lots = 0};
    }
    core->search = search;
}

static int64_t
clip(pli_i128 value) {
    pli_i128 high = value < INT64_MAX ? value : INT64_MAX;
    return (int64_t)(high > INT64_MIN ? high : INT64_MIN);
}

// Profit of the position, for what it was entered, times leverage.
static uint32_t
score_of(const plm_core *core, const pli_position *position, int64_t equity_micros) {
    const plm_instrument *terms = &core->ledger.listing_instruments[position->instrument_index];
    pli_i128 notional = pli_worth_notional(core, position);
    pli_i128 profit = 0;
    if (!pli_worth_closing(core, position, &profit)) {
        return 0;
    }
    bool is_paid = terms->kind == PLM_KIND_OPTION && terms->premium == PLM_PREMIUM_PAID;
    bool is_rising = (position->lots > 0) != pli_worth_is_coin(terms);
    pli_i128 entry = is_paid ? notional : is_rising ? notional - profit : notional + profit;
    return pli_adl_score(clip(profit), clip(entry), clip(notional), equity_micros);
}

// Touched; false where no requirement can be said.
static bool
find_candidate(plm_core *core, const pli_job *job, pli_adl_candidate *candidate) {
    plm_requirement requirement;
    uint32_t instrument = job->index / 2;
    if (pli_ledger_touch(&core->ledger, job->cursor) != PLM_REJECT_NONE) {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
        return false;
    }
    pli_holding holding = pli_sides_holding(core, job->cursor);
    bool is_found = pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE &&
                    pli_sides_lots(&holding, instrument) != 0;
    for (uint32_t i = 0; is_found && i < holding.position_count; i += 1) {
        if (holding.positions[i].instrument_index == instrument) {
            candidate->equity_micros = requirement.equity_maintenance_micros;
            candidate->score =
                score_of(core, &holding.positions[i], requirement.equity_maintenance_micros);
        }
    }
    pli_sides_finish(core);
    return is_found;
}

void
pli_ranking_offer(plm_core *core, pli_job *job, int64_t held) {
    pli_adl_candidate candidate = {.account_index = job->cursor, .lots = held};
    int64_t lots = 0;
    if (held > 0 && find_candidate(core, job, &candidate)) {
        plm_status status = pli_adl_offer(&core->search, &candidate, &lots);
        PLI_ASSERT(status == PLM_OK);
        job->left = lots;
    }
}

bool
pli_ranking_turn(plm_core *core) {
    pli_adl_turn(&core->search);
    return core->search.phase == PLI_ADL_DONE;
}

static bool
is_empty(const pli_adl_job *search) {
    pli_i128 sum = search->lots | search->loss | search->below | search->at | search->weight |
                   search->granted | search->offered;
    for (uint32_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        sum |= search->sums[i];
    }
    return sum == 0 && search->phase == 0 && search->low == 0 && search->span == 0;
}

static bool
are_sums_sound(const pli_adl_job *search) {
    bool is_sound = true;
    for (uint32_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        is_sound = is_sound && search->sums[i] >= 0 && search->sums[i] <= SUM_MAX;
    }
    return is_sound;
}

static bool
is_search_sound(const pli_adl_job *search, const pli_job *job) {
    uint64_t levels = (uint64_t)1 << (search->policy == PLI_ADL_QUEUE ? 32 : 20);
    uint64_t span = levels;
    while (span > search->span) {
        span /= PLI_ADL_BUCKETS;
    }
    pli_i128 at = search->at - search->below;
    pli_i128 wanted = (search->lots < search->at ? search->lots : search->at) - search->below;
    bool is_filling = search->phase == PLI_ADL_FILL;
    return span > 0 && span == search->span && search->low <= levels - span &&
           search->low % span == 0 && search->lots == job->lots && search->loss >= 0 &&
           search->loss <= LOSS_MAX && search->below >= 0 && search->below < search->lots &&
           search->at >= 0 && search->at <= SUM_MAX && are_sums_sound(search) &&
           (!is_filling || (span == 1 && at >= 0 && wanted >= 0)) && search->weight >= 0 &&
           search->weight <= (is_filling ? at : 0) && search->granted >= 0 &&
           search->granted <= (is_filling ? wanted : 0) && search->offered >= 0 &&
           search->offered <= (is_filling ? search->lots : 0) &&
           job->granted + job->left <= search->offered && (is_filling || span > 1);
}

bool
pli_ranking_is_sound(const plm_core *core) {
    const pli_adl_job *search = &core->search;
    const pli_job *job = &core->jobs[core->job_first];
    bool is_walk = core->job_count > 0 && job->kind == PLI_JOB_DELEVERAGE;
    if (is_walk && job->pass == 2) {
        return (search->policy == PLI_ADL_QUEUE || search->policy == PLI_ADL_LEAST_HARM) &&
               (search->phase == PLI_ADL_SEARCH || search->phase == PLI_ADL_FILL) &&
               is_search_sound(search, job);
    }
    pli_adl_job rest = *search;
    if (is_walk && job->pass == 0 && job->cursor > 0 && search->policy != PLI_ADL_PRO_RATA) {
        bool has_loss = search->policy == PLI_ADL_LEAST_HARM;
        bool is_sound = search->loss >= 0 && search->loss <= (has_loss ? LOSS_MAX : 0);
        rest.loss = 0;
        return is_sound && is_empty(&rest);
    }
    return search->policy == 0 && is_empty(&rest);
}
