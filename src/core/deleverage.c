/* deleverage.c: a walk over the accounts closes bankrupt positions against the other side (docs/books.md, section 16).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/deleverage.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "core/health.h"
#include "core/jobs.h"
#include "core/ranking.h"
#include "core/records.h"
#include "core/sides.h"
#include "core/standing.h"
#include "core/worth.h"

#define E8 INT64_C(100000000)
#define WALKS_MAX 48u                        /* queued at once: other jobs have room beside them */
#define COIN_UNITS INT64_C(1000000000000)    /* of cost, in a coin */
#define UNITS_PER_MICRO INT64_C(10000000000) /* of cost, for a lot and price unit of 1e-8 and 1 */
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

// A walk for each of its positions, unless one is under way.
static void
queue_walks(plm_core *core, const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        const pli_position *position = &holding->positions[i];
        uint32_t index = job_index(position->instrument_index, position->lots);
        if (position->lots != 0 && has_room(core) &&
            !pli_jobs_find(core, PLI_JOB_DELEVERAGE, index)) {
            pli_jobs_push(core, (pli_job){.kind = PLI_JOB_DELEVERAGE, .index = index});
        }
    }
}

void
pli_deleverage_follow(plm_core *core, const pli_holding *holding,
                      const plm_requirement *requirement, const plm_standing *before,
                      plm_standing *now) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    bool is_bankrupt =
        rules->deleverage != 0 && requirement->equity_maintenance_micros < 0 && has_lots(holding);
    bool is_handed_over = before->stage == PLM_STAGE_AUCTION && now->stage == PLM_STAGE_PARTIAL;
    bool is_fruitless = rules->auction_rounds_max == 0 && now->stage == PLM_STAGE_PARTIAL &&
                        core->time_ns >= now->slice_due_ns &&
                        (int64_t)now->idle_count >= rules->fruitless_max;
    bool is_under_way = now->stage == PLM_STAGE_ADL;
    if (is_bankrupt && (is_handed_over || is_fruitless || is_under_way)) {
        *now = (plm_standing){.stage = PLM_STAGE_ADL};
        queue_walks(core, holding);
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

// Lots of a bankrupt account on the side of the job, else 0.
static int64_t
bankrupt_lots(const plm_core *core, const pli_job *job, uint32_t account) {
    int64_t lots = lots_held(core, account, job->index / 2);
    bool is_meant = core->standings[account].stage == PLM_STAGE_ADL && lots != 0 &&
                    (lots < 0) == (job->index % 2 == 1);
    return is_meant ? lots : 0;
}

// Lots that stand against them, of an account that is not itself bankrupt, >= 0.
static int64_t
other_lots(const plm_core *core, const pli_job *job, uint32_t account) {
    int64_t lots = lots_held(core, account, job->index / 2);
    bool is_meant = core->standings[account].stage != PLM_STAGE_ADL && lots != 0 &&
                    (lots > 0) == (job->index % 2 == 1);
    return is_meant ? magnitude(lots) : 0;
}

// What part of the insurance fund holds, in micros of the valuation currency.
static pli_i128
fund_of(const plm_core *core, uint32_t asset, pli_i128 atoms) {
    pli_i128 micros = 0;
    return pli_worth_atoms(core, asset, atoms, &micros) ? micros : 0;
}

// What the account is short of when everything has been closed at the marks, whatever haircuts say; 0 where it is not.
static pli_i128
shortfall_of(const plm_core *core, const pli_holding *holding) {
    pli_i128 worth = 0;
    pli_i128 micros = 0;
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        const pli_balance *balance = &holding->balances[i];
        if (balance->atoms != 0 &&
            (!pli_worth_atoms(core, balance->asset_index, balance->atoms, &micros) ||
             !pli_add_i128(worth, micros, &worth))) {
            return 0;
        }
    }
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        const pli_position *position = &holding->positions[i];
        uint32_t instrument = position->instrument_index;
        uint32_t asset = core->ledger.listing_instruments[instrument].settlement_asset_index;
        pli_i128 unpaid = position->senior.amount - position->senior.drawn +
                          position->junior.amount - position->junior.drawn;
        if (unpaid != 0 && (!pli_worth_atoms(core, asset, unpaid, &micros) ||
                            !pli_add_i128(worth, micros, &worth))) {
            return 0;
        }
        if (position->lots != 0 &&
            (!pli_worth_closing(core, position, &micros) || !pli_add_i128(worth, micros, &worth))) {
            return 0;
        }
    }
    return worth < 0 ? -worth : 0;
}

// [Q7] What winners of this market bear: what the fund will not pay once the account is closed out, by notional at the mark
// among what can be deleveraged.
static int64_t
deficit_here(const plm_core *core, const pli_holding *holding, uint32_t instrument,
             const plm_requirement *requirement) {
    const pli_market_book *market = &core->ledger.markets[instrument];
    uint32_t asset = market->terms.settlement_asset_index;
    pli_i128 all = 0;
    pli_i128 here = 0;
    pli_i128 part = 0;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        pli_i128 notional = pli_worth_notional(core, &holding->positions[i]);
        here = holding->positions[i].instrument_index == instrument ? notional : here;
        if (!pli_add_i128(all, notional, &all)) {
            return 0;
        }
    }
    pli_i128 short_by = shortfall_of(core, holding);
    pli_i128 below = -(pli_i128)requirement->equity_maintenance_micros;
    pli_i128 deficit = (short_by < below ? short_by : below) -
                       fund_of(core, asset, core->ledger.assets[asset].named[PLI_NAMED_INSURANCE]);
    int64_t micros = 0;
    bool fits = all > 0 && deficit > 0 && pli_muldiv_ceil(deficit, here, all, &part);
    part -= fund_of(core, asset, market->tranche);
    return fits && part > 0 && pli_narrow_i64(part, &micros) ? micros : 0;
}

// Micros of the valuation currency as `scale` parts of a unit of the settlement asset, up.
static bool
settled_in(const plm_core *core, const plm_instrument *terms, pli_i128 scale, pli_i128 micros,
           pli_i128 *parts) {
    uint32_t u = core->ledger.listing_assets[terms->settlement_asset_index].underlying_index;
    pli_i128 price_e8 = u == PLM_NONE ? E8 : core->prices[u].price.price_e8;
    pli_i128 unit = u == PLM_NONE ? 1 : core->ledger.underlyings[u].price_unit;
    pli_i128 factor = 0;
    return price_e8 > 0 && pli_mul_i128(scale, unit * (E8 / PLM_PPM), &factor) &&
           pli_muldiv_ceil(micros, factor, price_e8, parts);
}

// Micros of the valuation currency as what the books call relief: cost units, or atoms of a premium; up.
static bool
relief_of(const plm_core *core, uint32_t instrument, pli_i128 micros, pli_i128 *relief) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    if (pli_worth_is_coin(terms)) {
        return settled_in(core, terms, COIN_UNITS, micros, relief);
    }
    if (terms->kind == PLM_KIND_OPTION && terms->premium == PLM_PREMIUM_PAID) {
        pli_i128 scale = 1;
        for (uint32_t i = 0;
             i < core->ledger.listing_assets[terms->settlement_asset_index].decimals; i += 1) {
            scale *= 10;
        }
        return settled_in(core, terms, scale, micros, relief);
    }
    pli_i128 per_lot =
        (pli_i128)UNITS_PER_MICRO * core->ledger.underlyings[terms->underlying_index].price_unit;
    return settled_in(core, terms, PLM_PPM, micros, &micros) &&
           pli_muldiv_ceil(micros, per_lot, terms->lot_e8, relief);
}

// At the mark, and so much better for the bankrupt account; the other one must stand afterwards. All of it or nothing.
static bool
try_fill(plm_core *core, const closing *of, int64_t lots, pli_i128 *haircut) {
    plm_requirement requirement;
    pli_deleverage_fill fill = {.instrument = of->instrument,
                                .lots = of->lots > 0 ? -lots : lots,
                                .price_e8 = core->marks[of->instrument].mark_e8};
    bool fits = pli_muldiv_floor(of->deficit, lots, magnitude(of->lots), haircut) &&
                relief_of(core, of->instrument, *haircut, &fill.relief);
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

// Touched; is it still bankrupt, at prices that may be used?
static bool
find_deficit(plm_core *core, closing *of) {
    plm_requirement requirement;
    bool is_touched = pli_ledger_touch(&core->ledger, of->bankrupt) == PLM_REJECT_NONE;
    pli_holding holding = pli_sides_holding(core, of->bankrupt);
    bool is_bankrupt =
        is_touched && pli_health_assess(core, &holding, &requirement) == PLM_REJECT_NONE &&
        requirement.health == PLM_HEALTH_LIQUIDATABLE && requirement.equity_maintenance_micros < 0;
    of->deficit = is_bankrupt ? deficit_here(core, &holding, of->instrument, &requirement) : 0;
    if (is_touched) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    return is_bankrupt;
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
