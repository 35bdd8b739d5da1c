/* backstop.c: what nobody bids for goes to the backstop pool, as far as its terms allow (docs/books.md, section 19).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/backstop.h"

#include "base/assert.h"
#include "base/muldiv.h"
#include "core/deficit.h"
#include "core/forced.h"
#include "core/health.h"
#include "core/jobs.h"
#include "core/pool.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/standing.h"
#include "model/value.h"

enum { PASS_JUDGE = 0, PASS_TAKE = 1 };

static int64_t
magnitude(int64_t value) {
    return value < 0 ? -value : value;
}

// --- The stage ---

// Is there a pool with anything in it, and a position that it may take?
static bool
has_goods(const plm_core *core, const pli_holding *holding) {
    uint32_t pool = core->ledger.pool_account;
    if (pool == PLM_NONE || pool == holding->account) {
        return false;
    }
    const pli_account *of = &core->ledger.accounts[pool];
    bool has_any = of->balance_count > 0 || of->position_count > 0;
    for (uint32_t i = 0; has_any && i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0 &&
            pli_pool_deals_in(core, holding->positions[i].instrument_index)) {
            return true;
        }
    }
    return false;
}

static void
queue(plm_core *core, uint32_t account) {
    if (pli_jobs_has_room(core)) {
        pli_jobs_push(core, (pli_job){.kind = PLI_JOB_BACKSTOP, .index = account});
    }
}

// The job of the account is at its last look.
static bool
is_ending(const plm_core *core, uint32_t account) {
    const pli_job *job = &core->jobs[core->job_first];
    return core->job_count > 0 && job->kind == PLI_JOB_BACKSTOP && job->index == account &&
           job->cursor == PLM_NONE;
}

void
pli_backstop_follow(plm_core *core, const pli_holding *holding, const plm_standing *before,
                    plm_standing *now) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    bool is_handed_over = before->stage == PLM_STAGE_AUCTION && now->stage == PLM_STAGE_PARTIAL;
    bool is_fruitless = rules->auction_rounds_max == 0 && now->stage == PLM_STAGE_PARTIAL &&
                        core->time_ns >= now->slice_due_ns &&
                        (int64_t)now->idle_count >= rules->fruitless_max;
    bool is_under_way = now->stage == PLM_STAGE_BACKSTOP;
    if (is_under_way && (is_ending(core, holding->account) || !has_goods(core, holding))) {
        *now = (plm_standing){.stage = PLM_STAGE_PARTIAL,
                              .slice_count = now->slice_count,
                              .slice_due_ns = core->time_ns,
                              .round_count = now->round_count};
    } else if (is_under_way || ((is_handed_over || is_fruitless) && has_goods(core, holding))) {
        *now = (plm_standing){.stage = PLM_STAGE_BACKSTOP,
                              .slice_count = now->slice_count,
                              .round_count = now->round_count};
        if (!pli_jobs_find(core, PLI_JOB_BACKSTOP, holding->account)) {
            queue(core, holding->account);
        }
    }
}

// --- What the pool is offered ---

/* taking - a position of an account that the pool may take. */
typedef struct taking {
    uint32_t account, instrument;
    int64_t lots; /* of the account, signed */
    pli_i128 equity, maintenance;
    int64_t deficit; /* micros, of all of them */
    pli_backstop_terms terms;
    pli_backstop_market market;
} taking;

// Touched and assessed; false where it is not below maintenance, or there is no answer.
static bool
is_below(plm_core *core, taking *of, int64_t share_ppm) {
    plm_requirement requirement;
    bool is_touched = pli_ledger_touch(&core->ledger, of->account) == PLM_REJECT_NONE &&
                      pli_ledger_touch(&core->ledger, core->ledger.pool_account) == PLM_REJECT_NONE;
    pli_holding holding = pli_sides_holding(core, of->account);
    bool is_meant = is_touched &&
                    pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE &&
                    requirement.health == PLM_HEALTH_LIQUIDATABLE;
    if (is_meant) {
        of->equity = requirement.equity_maintenance_micros;
        of->maintenance = requirement.maintenance_micros;
    }
    if (is_meant && of->instrument != PLM_NONE) {
        pli_i128 part = 0;
        pli_i128 missing = 0;
        int64_t all = pli_sides_lots(&holding, of->instrument);
        int64_t deficit =
            of->equity < 0 ? pli_deficit_here(core, &holding, of->instrument, &requirement) : 0;
        is_meant = all != 0 && pli_ppm_of_ceil(magnitude(all), share_ppm, &part) &&
                   pli_muldiv_floor(deficit, part, magnitude(all), &missing);
        of->lots = all > 0 ? (int64_t)part : -(int64_t)part;
        of->deficit = (int64_t)missing;
    }
    if (is_touched) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    return is_meant;
}

// [Q5] The share that brings equity to the target if it cost nothing; all of an account that has none.
static int64_t
share_of(const plm_core *core, const taking *of) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_i128 buffer = 0;
    pli_i128 share = 0;
    bool fits = pli_ppm_of_ceil(of->maintenance, rules->auction_target_ppm, &buffer);
    pli_i128 target = of->maintenance + buffer;
    return fits && of->equity > 0 && pli_muldiv_ceil(target - of->equity, PLM_PPM, target, &share)
               ? (int64_t)share
               : PLM_PPM;
}

static void
judge(plm_core *core, pli_job *job) {
    taking of = {.account = job->index, .instrument = PLM_NONE};
    job->pass = PASS_TAKE;
    job->granted = is_below(core, &of, 0) ? share_of(core, &of) : 0;
}

// [Q4] Is the mark no worse for the account than a forced order's limit?
static bool
is_fair(const plm_core *core, const taking *of) {
    bool is_long = of->lots > 0;
    int64_t limit_e8 =
        pli_forced_limit(core, of->instrument, is_long ? PLM_SIDE_SELL : PLM_SIDE_BUY);
    int64_t mark_e8 = core->marks[of->instrument].mark_e8;
    return is_long ? mark_e8 >= limit_e8 : mark_e8 <= limit_e8;
}

// --- Taking it ---

// So many lots, all or nothing; *micros is what the pool is paid, below zero what it bears. [BACKSTOP-STAGE-1]
static bool
try_take(plm_core *core, const taking *of, int64_t lots, int64_t *micros) {
    plm_requirement requirement;
    pli_i128 part = 0;
    pli_i128 relief = 0;
    pli_backstop_take_result taken;
    bool fits = pli_muldiv_floor(of->deficit, lots, magnitude(of->lots), &part);
    pli_backstop_offer offer = {.lots = of->lots > 0 ? lots : -lots,
                                .deficit_micros = (int64_t)part};
    if (!fits || pli_backstop_take(&of->terms, &of->market, &offer, &taken) != PLM_OK ||
        magnitude(taken.lots) != lots) {
        return false;
    }
    // [BACKSTOP-STAGE-2] What the account has left is all that it can pay, and it keeps the last micro for roundings.
    pli_i128 most = of->equity > 0 ? of->equity - 1 : 0;
    int64_t paid = taken.cost_micros < most ? taken.cost_micros : (int64_t)most;
    *micros = of->equity < 0 ? -taken.borne_micros : paid;
    fits = pli_deficit_relief(core, of->instrument, magnitude(*micros), &relief);
    pli_deleverage_fill fill = {.instrument = of->instrument,
                                .lots = -offer.lots,
                                .price_e8 = core->marks[of->instrument].mark_e8,
                                .relief = *micros < 0 ? relief : -relief};
    uint32_t pool = core->ledger.pool_account;
    bool is_booked =
        fits && pli_ledger_touch(&core->ledger, of->account) == PLM_REJECT_NONE &&
        pli_ledger_touch(&core->ledger, pool) == PLM_REJECT_NONE &&
        pli_ledger_deleverage(&core->ledger, of->account, pool, &fill) == PLM_REJECT_NONE;
    if (is_booked) {
        pli_holding holding = pli_sides_holding(core, pool);
        is_booked = pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE &&
                    requirement.health == PLM_HEALTH_HEALTHY;
    }
    if (!is_booked) {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    return is_booked;
}

static void
take_most(plm_core *core, const taking *of, int64_t lots) {
    int64_t micros = 0;
    int64_t low = 0;
    int64_t high = lots;
    bool is_booked = try_take(core, of, lots, &micros);
    while (!is_booked && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool stands = try_take(core, of, middle, &micros);
        if (stands) {
            pli_ledger_rollback(&core->ledger);
            core->ledger.note_count = 0;
        }
        low = stands ? middle : low;
        high = stands ? high : middle;
    }
    low = is_booked ? lots : low;
    if (!is_booked && low > 0) {
        is_booked = try_take(core, of, low, &micros);
        PLI_ASSERT(is_booked);
    }
    if (is_booked) {
        pli_sides_finish(core);
        pli_state_effect(core, PLM_EFFECT_BACKSTOP, of->account, of->instrument,
                         of->lots > 0 ? low : -low, micros);
    }
}

static void
take_one(plm_core *core, const pli_job *job, uint32_t instrument) {
    taking of = {.account = job->index, .instrument = instrument};
    pli_backstop_take_result taken = {.lots = 0};
    if (!is_below(core, &of, (int64_t)job->granted) || !is_fair(core, &of) ||
        !pli_pool_market(core, instrument, &of.terms, &of.market)) {
        return;
    }
    pli_backstop_offer offer = {.lots = of.lots, .deficit_micros = of.deficit};
    if (pli_backstop_take(&of.terms, &of.market, &offer, &taken) == PLM_OK && taken.lots != 0) {
        take_most(core, &of, magnitude(taken.lots));
    }
}

// The account's next instrument that the pool deals in, from the cursor on, or PLM_NONE.
static uint32_t
next_instrument(const plm_core *core, const pli_job *job) {
    pli_holding holding = pli_sides_holding(core, job->index);
    for (uint32_t i = 0; job->granted > 0 && i < holding.position_count; i += 1) {
        uint32_t instrument = holding.positions[i].instrument_index;
        if (instrument >= job->cursor && holding.positions[i].lots != 0 &&
            pli_pool_deals_in(core, instrument) && core->marks[instrument].is_present) {
            return instrument;
        }
    }
    return PLM_NONE;
}

bool
pli_backstop_step(plm_core *core, pli_job *job) {
    if (core->standings[job->index].stage != PLM_STAGE_BACKSTOP) {
        return true;
    }
    if (job->pass == PASS_JUDGE) {
        judge(core, job);
        return false;
    }
    uint32_t instrument = next_instrument(core, job);
    if (instrument != PLM_NONE) {
        take_one(core, job, instrument);
        job->cursor = instrument + 1;
        return false;
    }
    job->cursor = PLM_NONE;
    pli_standing_look(core, job->index);
    return true;
}

bool
pli_backstop_is_sound(const plm_core *core, const pli_job *job) {
    bool is_judged = job->pass == PASS_TAKE;
    return job->index < core->ledger.account_count && core->ledger.pool_account != PLM_NONE &&
           job->pass <= PASS_TAKE && job->granted >= 0 &&
           job->granted <= (is_judged ? PLM_PPM : 0) &&
           job->cursor <= (is_judged ? core->ledger.instrument_count : 0) && job->bankrupt == 0 &&
           job->lots == 0 && job->weight_all == 0 && job->weight == 0 && job->left == 0;
}
