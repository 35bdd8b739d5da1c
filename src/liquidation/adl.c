/* adl.c: which winners close the remainder of bankrupt accounts, and what each of them gives up.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/adl.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"

/*
 * Every policy is "all candidates up to a level, and part of those at the level". A candidate closes more at a higher level:
 * queue: all it may once the level passes its rank; least harm: what costs it at most `level` ppm of its equity; pro rata
 * knows one level only. The level is found 16 parts at a time.
 */
#define QUEUE_LEVELS ((uint64_t)1 << 32)
#define HARM_LEVELS ((uint64_t)1 << 20)

#define LOTS_MAX ((pli_i128)1 << 60)
#define LOSS_MAX ((pli_i128)1 << 90)

static pli_i128
lots_at_level(const pli_adl_job *job, const pli_adl_candidate *candidate, uint64_t level) {
    if (job->policy == PLI_ADL_PRO_RATA) {
        return candidate->lots;
    }
    if (job->policy == PLI_ADL_QUEUE) {
        return QUEUE_LEVELS - 1 - candidate->score <= level ? candidate->lots : 0;
    }
    if (level == HARM_LEVELS - 1 || job->loss == 0) {
        return candidate->lots;
    }
    pli_i128 lots = 0;
    if (candidate->equity_micros <= 0) {
        return 0;
    }
    bool is_in_range = pli_muldiv_floor((pli_i128)candidate->equity_micros * (pli_i128)level,
                                        job->lots, PLM_PPM * job->loss, &lots);
    PLI_ASSERT(is_in_range);
    return lots < candidate->lots ? lots : candidate->lots;
}

plm_status
pli_adl_start(pli_adl_policy policy, pli_i128 lots, pli_i128 loss, pli_adl_job *job) {
    bool is_known =
        policy == PLI_ADL_QUEUE || policy == PLI_ADL_PRO_RATA || policy == PLI_ADL_LEAST_HARM;
    if (!is_known || lots < 1 || lots > LOTS_MAX || loss < 0 || loss > LOSS_MAX) {
        return PLM_PARAMETER_INVALID;
    }
    *job = (pli_adl_job){.policy = policy,
                         .phase = PLI_ADL_SEARCH,
                         .lots = lots,
                         .loss = loss,
                         .span = policy == PLI_ADL_QUEUE        ? QUEUE_LEVELS
                                 : policy == PLI_ADL_LEAST_HARM ? HARM_LEVELS
                                                                : 1};
    return PLM_OK;
}

static void
search(pli_adl_job *job, const pli_adl_candidate *candidate) {
    uint64_t part = job->span < PLI_ADL_BUCKETS ? 1 : job->span / PLI_ADL_BUCKETS;
    pli_i128 lots = 0;
    for (uint64_t i = 0; i < job->span / part; i += 1) {
        // Once it closes all it may, it does so at every higher level.
        if (lots < candidate->lots) {
            lots = lots_at_level(job, candidate, job->low + (i + 1) * part - 1);
        }
        job->sums[i] += lots;
    }
}

// What is wanted from those at the level itself, beyond what everybody closes below it.
static pli_i128
wanted_at_level(const pli_adl_job *job) {
    return (job->lots < job->at ? job->lots : job->at) - job->below;
}

static pli_i128
lesser(pli_i128 a, pli_i128 b) {
    return a < b ? a : b;
}

static int64_t
fill(pli_adl_job *job, const pli_adl_candidate *candidate) {
    pli_i128 base = job->low == 0 ? 0 : lots_at_level(job, candidate, job->low - 1);
    pli_i128 weight = lots_at_level(job, candidate, job->low) - base;
    pli_i128 wanted = wanted_at_level(job);
    pli_i128 granted = 0;
    // Candidates that have grown since the search get no more than was found then.
    job->weight = lesser(job->weight + weight, job->at - job->below);
    if (job->policy == PLI_ADL_QUEUE) {
        granted = lesser(job->weight, wanted);
    } else if (wanted > 0) {
        bool is_in_range = pli_muldiv_floor(wanted, job->weight, job->at - job->below, &granted);
        PLI_ASSERT(is_in_range);
    }
    pli_i128 lots = lesser(base + granted - job->granted, job->lots - job->offered);
    job->granted = granted;
    job->offered += lots;
    PLI_ASSERT(lots >= 0);
    PLI_ASSERT(lots <= candidate->lots);
    return (int64_t)lots;
}

plm_status
pli_adl_offer(pli_adl_job *job, const pli_adl_candidate *candidate, int64_t *lots) {
    if (candidate->lots < 0 || candidate->lots > PLM_LOTS_MAX || job->phase == PLI_ADL_DONE) {
        return PLM_PARAMETER_INVALID;
    }
    *lots = 0;
    if (job->phase == PLI_ADL_SEARCH) {
        search(job, candidate);
    } else {
        *lots = fill(job, candidate);
    }
    return PLM_OK;
}

void
pli_adl_book(pli_adl_job *job, int64_t lots, pli_i128 *haircut) {
    PLI_ASSERT(job->phase == PLI_ADL_FILL);
    PLI_ASSERT(lots >= 0);
    PLI_ASSERT(lots <= job->lots - job->filled);
    pli_i128 taken = 0;
    job->filled += lots;
    bool is_in_range = pli_muldiv_floor(job->loss, job->filled, job->lots, &taken);
    PLI_ASSERT(is_in_range);
    *haircut = taken - job->taken;
    job->taken = taken;
}

void
pli_adl_turn(pli_adl_job *job) {
    PLI_ASSERT(job->phase != PLI_ADL_DONE);
    if (job->phase == PLI_ADL_FILL) {
        job->phase = PLI_ADL_DONE;
        return;
    }
    uint64_t part = job->span < PLI_ADL_BUCKETS ? 1 : job->span / PLI_ADL_BUCKETS;
    uint64_t last = job->span / part - 1;
    uint64_t found = 0;
    while (found < last && job->sums[found] < job->lots) {
        found += 1;
    }
    job->below = found > 0 ? job->sums[found - 1] : job->below;
    job->at = job->sums[found] > job->below ? job->sums[found] : job->below;
    job->low += found * part;
    if (job->span == 1 || part == 1) {
        job->phase = PLI_ADL_FILL;
    }
    job->span = part;
    for (uint32_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        job->sums[i] = 0;
    }
}

uint32_t
pli_adl_score(int64_t profit_micros, int64_t entry_notional_micros, int64_t notional_micros,
              int64_t equity_micros) {
    if (profit_micros <= 0 || notional_micros <= 0) {
        return 0;
    }
    if (entry_notional_micros <= 0 || equity_micros <= 0) {
        return UINT32_MAX;
    }
    pli_i128 score = 0;
    bool is_in_range = pli_muldiv_floor((pli_i128)profit_micros * notional_micros, PLM_PPM,
                                        (pli_i128)entry_notional_micros * equity_micros, &score);
    return is_in_range && score < UINT32_MAX ? (uint32_t)score : UINT32_MAX;
}

// The account as it is asked about.
typedef struct inquiry {
    const plm_model *model;
    const plm_margin_input *input;
    plm_workspace *workspace;
    const pli_adl_question *question;
    int32_t direction; /* of the closing trade */
} inquiry;

// May the account close `lots` of what is asked and still hold its maintenance?
static plm_status
ask(const inquiry *of, int64_t lots, plm_fault *fault, bool *is_allowed) {
    const pli_adl_question *question = of->question;
    pli_i128 haircut = 0;
    bool is_in_range = pli_muldiv_ceil(question->haircut_micros, lots, question->lots, &haircut);
    PLI_ASSERT(is_in_range);
    plm_change change = {.kind = PLM_CHANGE_TRADE,
                         .trade = {.instrument_index = question->instrument_index,
                                   .lots = of->direction * lots,
                                   .price_e8 = question->price_e8,
                                   .fee_micros = (int64_t)haircut}};
    plm_margin_input input = *of->input;
    plm_requirement after;
    input.changes = &change;
    input.change_count = lots == 0 ? 0 : 1;
    plm_status status = plm_margin_require(of->model, &input, of->workspace, &after, NULL, fault);
    if (status == PLM_OK) {
        *is_allowed = after.equity_maintenance_micros >= after.maintenance_micros;
    }
    return status;
}

static int64_t
held_lots(const plm_portfolio *portfolio, uint32_t instrument_index) {
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        if (portfolio->positions[i].instrument_index == instrument_index) {
            return portfolio->positions[i].lots;
        }
    }
    return 0;
}

plm_status
pli_adl_room(const plm_model *model, const plm_margin_input *input, plm_workspace *workspace,
             const pli_adl_question *question, int64_t *lots, plm_fault *fault) {
    int64_t held = held_lots(input->portfolio, question->instrument_index);
    int64_t held_size = held < 0 ? -held : held;
    inquiry of = {model, input, workspace, question, held < 0 ? 1 : -1};
    if (held == 0 || question->lots < 1 || question->lots > held_size ||
        question->haircut_micros < 0) {
        return PLM_PARAMETER_INVALID;
    }
    // The search keeps low allowed and high refused.
    int64_t low = 0;
    int64_t high = question->lots;
    bool is_allowed = false;
    plm_status status = ask(&of, high, fault, &is_allowed);
    if (status != PLM_OK || is_allowed) {
        *lots = status == PLM_OK ? high : *lots;
        return status;
    }
    status = ask(&of, 0, fault, &is_allowed);
    high = is_allowed ? high : 1;
    while (status == PLM_OK && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        status = ask(&of, middle, fault, &is_allowed);
        low = is_allowed ? middle : low;
        high = is_allowed ? high : middle;
    }
    if (status == PLM_OK) {
        *lots = low;
    }
    return status;
}
