/* deleverage.c: a walk over the accounts closes bankrupt positions against the other side (docs/books.md, section 16).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/deleverage.h"

#include "base/assert.h"
#include "base/muldiv.h"
#include "core/deficit.h"
#include "core/health.h"
#include "core/jobs.h"
#include "core/pool.h"
#include "core/prices.h"
#include "core/ranking.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/standing.h"

#define WALKS_MAX 48u /* queued at once: other jobs have room beside them */
#define LOSS_MAX ((pli_i128)1 << 90)

enum { PASS_SUMS = 0, PASS_PRO_RATA = 1, PASS_RANKED = 2 };

// --- Who is bankrupt ---

static bool
has_lots(const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0) {
            return true;
        }
    }
    return false;
}

static uint32_t
job_index(uint32_t instrument, int64_t lots) {
    return 2 * instrument + (lots < 0 ? 1 : 0);
}

static bool
has_room(const plm_core *core) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->job_count; i += 1) {
        count += core->jobs[(core->job_first + i) % PLI_JOBS_RING].kind == PLI_JOB_DELEVERAGE;
    }
    return count < WALKS_MAX && pli_jobs_has_room(core);
}

// A walk for a position, unless one is under way.
static void
queue_walk(plm_core *core, const pli_position *position) {
    uint32_t index = job_index(position->instrument_index, position->lots);
    if (position->lots != 0 && has_room(core) && !pli_jobs_find(core, PLI_JOB_DELEVERAGE, index)) {
        pli_jobs_push(core, (pli_job){.kind = PLI_JOB_DELEVERAGE, .index = index});
    }
}

bool
pli_deleverage_pool(plm_core *core, bool is_queued) {
    pli_holding pool = pli_sides_holding(core, core->ledger.pool_account);
    bool is_any = false;
    for (uint32_t i = 0; i < pool.position_count; i += 1) {
        if (pli_pool_is_over(core, pool.account, pool.positions[i].instrument_index)) {
            is_any = true;
            if (is_queued) {
                queue_walk(core, &pool.positions[i]);
            }
        }
    }
    return is_any;
}

void
pli_deleverage_follow(plm_core *core, const pli_holding *holding,
                      const plm_requirement *requirement, const plm_standing *before,
                      plm_standing *now) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    bool is_bankrupt =
        rules->deleverage != 0 && requirement->equity_maintenance_micros < 0 && has_lots(holding);
    bool is_handed_over =
        (before->stage == PLM_STAGE_AUCTION || before->stage == PLM_STAGE_BACKSTOP) &&
        now->stage == PLM_STAGE_PARTIAL;
    bool is_fruitless = rules->auction_rounds_max == 0 && now->stage == PLM_STAGE_PARTIAL &&
                        core->time_ns >= now->slice_due_ns &&
                        (int64_t)now->idle_count >= rules->fruitless_max;
    bool is_under_way = now->stage == PLM_STAGE_ADL;
    if (is_bankrupt && (is_handed_over || is_fruitless || is_under_way)) {
        *now = (plm_standing){.stage = PLM_STAGE_ADL};
        for (uint32_t i = 0; i < holding->position_count; i += 1) {
            queue_walk(core, &holding->positions[i]);
        }
    } else if (is_under_way) {
        *now = (plm_standing){.stage = PLM_STAGE_PARTIAL};
    }
}

// --- One fill ---

/* closing - lots of a bankrupt account that another one may close. */
typedef struct closing {
    uint32_t instrument, bankrupt, winner;
    int64_t lots;    /* of the bankrupt account, signed */
    int64_t deficit; /* micros of the valuation currency, for all of them */
} closing;

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

static int64_t
lots_held(const plm_core *core, uint32_t account, uint32_t instrument) {
    pli_holding holding = pli_sides_holding(core, account);
    return pli_sides_lots(&holding, instrument);
}

// Are its lots to be closed: it is bankrupt, or the pool and beyond its tranche?
static bool
is_closed(const plm_core *core, const pli_job *job, uint32_t account) {
    return core->standings[account].stage == PLM_STAGE_ADL ||
           pli_pool_is_over(core, account, job->index / 2);
}

// Lots of such an account on the side of the job, else 0.
static int64_t
bankrupt_lots(const plm_core *core, const pli_job *job, uint32_t account) {
    int64_t lots = lots_held(core, account, job->index / 2);
    bool is_meant =
        lots != 0 && (lots < 0) == (job->index % 2 == 1) && is_closed(core, job, account);
    return is_meant ? lots : 0;
}

// Lots that stand against them, of an account that is not itself to be closed, >= 0.
static int64_t
other_lots(const plm_core *core, const pli_job *job, uint32_t account) {
    int64_t lots = lots_held(core, account, job->index / 2);
    bool is_meant =
        lots != 0 && (lots > 0) == (job->index % 2 == 1) && !is_closed(core, job, account);
    return is_meant ? magnitude(lots) : 0;
}

// At the mark, and so much better for the bankrupt account; the other one must stand afterwards. All of it or nothing.
static bool
try_fill(plm_core *core, const closing *of, int64_t lots, pli_i128 *haircut) {
    plm_requirement requirement;
    pli_deleverage_fill fill = {.instrument = of->instrument,
                                .lots = of->lots > 0 ? -lots : lots,
                                .price_e8 = core->marks[of->instrument].mark_e8};
    bool fits = pli_muldiv_floor(of->deficit, lots, magnitude(of->lots), haircut) &&
                pli_deficit_relief(core, of->instrument, *haircut, &fill.relief);
    bool is_booked =
        fits && pli_ledger_touch(&core->ledger, of->bankrupt) == PLM_REJECT_NONE &&
        pli_ledger_touch(&core->ledger, of->winner) == PLM_REJECT_NONE &&
        pli_ledger_deleverage(&core->ledger, of->bankrupt, of->winner, &fill) == PLM_REJECT_NONE;
    if (is_booked) {
        pli_holding holding = pli_sides_holding(core, of->winner);
        is_booked = pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE &&
                    requirement.health != PLM_HEALTH_LIQUIDATABLE;
    }
    if (!is_booked) {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    return is_booked;
}

// The most lots, up to `lots`, that the winner can close; they are closed. [DELEVERAGE-1]
static int64_t
fill_most(plm_core *core, const closing *of, int64_t lots) {
    pli_i128 haircut = 0;
    int64_t low = 0;
    int64_t high = lots;
    bool is_booked = try_fill(core, of, lots, &haircut);
    while (!is_booked && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool stands = try_fill(core, of, middle, &haircut);
        if (stands) {
            pli_ledger_rollback(&core->ledger);
            core->ledger.note_count = 0;
        }
        low = stands ? middle : low;
        high = stands ? high : middle;
    }
    if (is_booked) {
        low = lots;
    } else if (low > 0) {
        is_booked = try_fill(core, of, low, &haircut);
        PLI_ASSERT(is_booked);
    }
    if (low > 0) {
        pli_sides_finish(core);
        pli_state_effect(core, PLM_EFFECT_DELEVERAGE, of->winner, of->bankrupt,
                         of->lots > 0 ? low : -low, haircut);
    }
    return low;
}

// --- The walk ---

// Touched; is it still bankrupt, or the pool beyond its tranche, at prices that may be used?
static bool
find_deficit(plm_core *core, closing *of) {
    plm_requirement requirement;
    uint32_t u = core->ledger.listing_instruments[of->instrument].underlying_index;
    bool is_touched = pli_ledger_touch(&core->ledger, of->bankrupt) == PLM_REJECT_NONE;
    pli_holding holding = pli_sides_holding(core, of->bankrupt);
    bool is_known =
        is_touched && pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE;
    bool is_bankrupt = is_known && requirement.health == PLM_HEALTH_LIQUIDATABLE &&
                       requirement.equity_maintenance_micros < 0;
    bool is_over = is_known && pli_prices_allow(core, u, PLM_PRICE_ACTION_LIQUIDATE) &&
                   pli_pool_is_over(core, of->bankrupt, of->instrument);
    of->deficit = is_bankrupt ? pli_deficit_here(core, &holding, of->instrument, &requirement) : 0;
    if (is_touched) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    return is_bankrupt || is_over;
}

// What the account at the cursor is to close: its part of what is to be closed, at running sums.
static void
offer(plm_core *core, pli_job *job) {
    int64_t held = other_lots(core, job, job->cursor);
    pli_i128 granted = 0;
    job->weight += held;
    job->weight = job->weight < job->weight_all ? job->weight : job->weight_all;
    bool fits = pli_muldiv_floor(job->lots, job->weight, job->weight_all, &granted);
    PLI_ASSERT(fits);
    pli_i128 lots = granted - job->granted;
    job->granted = granted;
    job->left = lots < held ? lots : held;
}

// One bankrupt account for the account at the cursor.
static void
close_one(plm_core *core, pli_job *job) {
    closing of = {.instrument = job->index / 2,
                  .bankrupt = job->bankrupt,
                  .winner = job->cursor,
                  .lots = bankrupt_lots(core, job, job->bankrupt)};
    if (of.lots == 0 || !find_deficit(core, &of)) {
        job->bankrupt += 1;
        return;
    }
    int64_t most = magnitude(of.lots) < job->left ? magnitude(of.lots) : (int64_t)job->left;
    int64_t filled = fill_most(core, &of, most);
    job->left = filled == most ? job->left - filled : 0;
    job->granted += job->pass == PASS_RANKED ? filled : 0;
    if (filled == magnitude(of.lots)) {
        pli_standing_look(core, of.bankrupt);
    }
}

// What least harm weighs equities against.
static void
add_loss(plm_core *core, const pli_job *job, int64_t lots) {
    closing of = {.instrument = job->index / 2, .bankrupt = job->cursor, .lots = lots};
    if (core->search.policy == PLI_ADL_LEAST_HARM && lots != 0 && find_deficit(core, &of)) {
        pli_i128 loss = core->search.loss + of.deficit;
        core->search.loss = loss < LOSS_MAX ? loss : LOSS_MAX;
    }
}

static bool
gather(plm_core *core, pli_job *job) {
    if (job->cursor == 0) {
        pli_ranking_begin(core);
    }
    int64_t lots = bankrupt_lots(core, job, job->cursor);
    add_loss(core, job, lots);
    job->lots += magnitude(lots);
    job->weight_all += other_lots(core, job, job->cursor);
    PLI_ASSERT(job->lots <= INT64_MAX && job->weight_all <= INT64_MAX); // no more than is open
    job->cursor += 1;
    if (job->cursor < core->ledger.account_count) {
        return false;
    }
    bool is_over = job->lots == 0 || job->weight_all == 0;
    job->cursor = 0;
    if (!is_over) {
        pli_ranking_start(core, job);
    }
    job->pass = core->search.policy == 0 ? PASS_PRO_RATA : PASS_RANKED;
    return is_over;
}

// The end of a row of the search. What those who came first could not close, all others may, pro rata.
static bool
turn(plm_core *core, pli_job *job) {
    job->cursor = 0;
    if (!pli_ranking_turn(core)) {
        return false;
    }
    pli_ranking_end(core);
    job->pass = PASS_PRO_RATA;
    job->lots -= job->granted;
    job->weight_all -= job->granted;
    job->granted = 0;
    return job->lots <= 0 || job->weight_all <= 0;
}

static bool
step(plm_core *core, pli_job *job) {
    if (job->pass == PASS_SUMS) {
        return gather(core, job);
    }
    if (job->left > 0) {
        close_one(core, job);
    } else if (job->pass == PASS_RANKED) {
        pli_ranking_offer(core, job, other_lots(core, job, job->cursor));
    } else {
        offer(core, job);
    }
    job->cursor += job->left == 0 ? 1 : 0;
    if (job->bankrupt == core->ledger.account_count) {
        return true;
    }
    return job->cursor == core->ledger.account_count &&
           (job->pass == PASS_PRO_RATA || turn(core, job));
}

bool
pli_deleverage_step(plm_core *core, pli_job *job) {
    bool is_over = step(core, job);
    if (is_over) {
        pli_ranking_end(core);
    }
    return is_over;
}

bool
pli_deleverage_is_sound(const plm_core *core, const pli_job *job) {
    bool is_known = job->index / 2 < core->ledger.instrument_count;
    bool is_walking = job->cursor < core->ledger.account_count &&
                      job->bankrupt < core->ledger.account_count && job->lots >= 0 &&
                      job->lots <= INT64_MAX && job->weight_all >= 0 &&
                      job->weight_all <= INT64_MAX && job->pass <= PASS_RANKED;
    if (!is_known || !is_walking) {
        return false;
    }
    if (job->pass != PASS_SUMS && job != &core->jobs[core->job_first]) {
        return false;
    }
    if (job->pass == PASS_SUMS) {
        return job->bankrupt == 0 && job->weight == 0 && job->granted == 0 && job->left == 0;
    }
    if (job->pass == PASS_RANKED) {
        return job->lots > 0 && job->weight_all > 0 && job->weight == 0 && job->granted >= 0 &&
               job->left >= 0 && job->granted <= job->lots && job->left <= job->lots;
    }
    return job->lots > 0 && job->weight_all > 0 && job->weight >= 0 &&
           job->weight <= job->weight_all && job->granted >= 0 && job->granted <= job->lots &&
           job->left >= 0 && job->left <= job->granted;
}
