/* standing.c: the stage of an account follows its requirement (docs/books.md, section 12).  SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

#include "base/assert.h"
#include "core/auctions.h"
#include "core/backstop.h"
#include "core/collateral.h"
#include "core/deleverage.h"
#include "core/forced.h"
#include "core/health.h"
#include "core/jobs.h"
#include "core/prices.h"
#include "core/records.h"
#include "core/screen.h"
#include "core/sides.h"

// Marks of an underlying for scans; a scan takes up what is WAITING when it begins.
enum { SCAN_WAITING = 1, SCAN_WALKED = 2 };

const char *
plm_stage_name(plm_stage stage) {
    switch (stage) {
    case PLM_STAGE_HEALTHY:
        return "healthy";
    case PLM_STAGE_RESTRICTED:
        return "restricted";
    case PLM_STAGE_CALLED:
        return "called";
    case PLM_STAGE_PARTIAL:
        return "partial";
    case PLM_STAGE_AUCTION:
        return "auction";
    case PLM_STAGE_BACKSTOP:
        return "backstop";
    case PLM_STAGE_ADL:
        return "adl";
    case PLM_STAGE_DEFICIT:
        return "deficit";
    }
    return "unknown";
}

void
pli_standing_list(plm_core *core, uint32_t account) {
    core->standings[account] = (plm_standing){.stage = PLM_STAGE_HEALTHY};
}

bool
pli_standing_is_bound(const plm_core *core, uint32_t account) {
    const plm_standing *standing = &core->standings[account];
    return standing->stage >= PLM_STAGE_PARTIAL ||
           (standing->stage == PLM_STAGE_CALLED && core->time_ns >= standing->call_deadline_ns);
}

// Are debts all that is left: no lots, no profit that may still be paid, no balance above zero?
static bool
is_closed_out(const pli_holding *holding) {
    bool is_owing = false;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0 ||
            holding->positions[i].senior.cohort != PLI_COHORT_NONE) {
            return false;
        }
    }
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        if (holding->balances[i].atoms > 0) {
            return false;
        }
        is_owing = is_owing || holding->balances[i].atoms < 0;
    }
    return is_owing;
}

// The stage that a requirement means; a call goes on with the deadline that it has.
static plm_standing
follow(const plm_core *core, const plm_standing *before, const plm_requirement *requirement) {
    plm_standing now = {.stage = PLM_STAGE_HEALTHY};
    switch (requirement->health) {
    case PLM_HEALTH_HEALTHY:
        break;
    case PLM_HEALTH_RESTRICTED:
        now.stage = PLM_STAGE_RESTRICTED;
        break;
    case PLM_HEALTH_CALLED: {
        const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
        now.stage = PLM_STAGE_CALLED;
        now.call_micros = requirement->call_micros - requirement->equity_maintenance_micros;
        now.call_deadline_ns = before->stage == PLM_STAGE_CALLED ? before->call_deadline_ns
                                                                 : core->time_ns + rules->call_ns;
        break;
    }
    case PLM_HEALTH_LIQUIDATABLE:
        now.stage = PLM_STAGE_PARTIAL;
        if (before->stage >= PLM_STAGE_PARTIAL && before->stage < PLM_STAGE_DEFICIT) {
            now = *before;
        }
        break;
    }
    return now;
}

static void
tell(plm_core *core, uint32_t account, const plm_standing *before) {
    const plm_standing *now = &core->standings[account];
    if (now->stage != before->stage) {
        pli_state_effect(core, PLM_EFFECT_STAGE, account, PLM_NONE, (pli_i128)now->stage,
                         (pli_i128)before->stage);
    }
    if (now->stage == PLM_STAGE_CALLED &&
        (before->stage != PLM_STAGE_CALLED || now->call_micros != before->call_micros)) {
        pli_state_effect(core, PLM_EFFECT_CALL, account, PLM_NONE, now->call_micros,
                         now->call_deadline_ns);
    }
}

// Which orders the stage leaves standing; a slice that is due is planned, and placed if its plan is short enough.
static void
act(plm_core *core, uint32_t account, const plm_requirement *requirement,
    const plm_standing *before) {
    plm_standing *now = &core->standings[account];
    bool is_due = now->stage == PLM_STAGE_PARTIAL && core->time_ns >= now->slice_due_ns;
    bool is_kept = now->stage == PLM_STAGE_PARTIAL && !is_due;
    if (!is_kept &&
        (pli_standing_is_bound(core, account) || pli_forced_is_waiting(core, account))) {
        (void)pli_ledger_orders_remove(&core->ledger, account, PLI_ORDERS_ALL);
    }
    pli_unwind_plan plan;
    if (is_due) {
        pli_holding holding = pli_sides_holding(core, account);
        pli_forced_plan(core, account, &plan);
        is_due = !pli_auctions_replace(core, &holding, requirement, pli_forced_count(&plan), now);
    }
    tell(core, account, before);
    if (is_due) {
        pli_forced_place(core, account, &plan);
    }
}

// Debts are all that is left: the fund pays as far as it goes, and the rest is recorded.
static plm_reject
close_out(plm_core *core, uint32_t account, plm_standing *now) {
    plm_reject reject = pli_ledger_cover(&core->ledger, account);
    if (reject == PLM_REJECT_NONE) {
        pli_holding holding = pli_sides_holding(core, account);
        *now = (plm_standing){.stage =
                                  is_closed_out(&holding) ? PLM_STAGE_DEFICIT : PLM_STAGE_HEALTHY};
    }
    return reject;
}

// What is left and nobody takes goes to the fund for debts that it pays; the account is then what that makes it.
static plm_reject
set_off(plm_core *core, uint32_t account, const plm_standing *before, plm_requirement *requirement,
        plm_standing *now) {
    bool is_taken = false;
    pli_holding holding = pli_sides_holding(core, account);
    plm_reject reject = pli_collateral_take(core, &holding, now, &is_taken);
    if (reject != PLM_REJECT_NONE || !is_taken) {
        return reject;
    }
    holding = pli_sides_holding(core, account);
    reject = pli_health_assess(core, &holding, requirement);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    plm_standing after = follow(core, before, requirement);
    if (after.stage < PLM_STAGE_PARTIAL) {
        *now = after;
        return PLM_REJECT_NONE;
    }
    return is_closed_out(&holding) ? close_out(core, account, now) : PLM_REJECT_NONE;
}

plm_reject
pli_standing_assess(plm_core *core, uint32_t account) {
    plm_requirement requirement;
    pli_holding holding = pli_sides_holding(core, account);
    plm_reject reject = pli_health_assess(core, &holding, &requirement);
    if (reject == PLM_REJECT_NONE && requirement.health != PLM_HEALTH_HEALTHY &&
        pli_ledger_orders_remove(&core->ledger, account, PLI_ORDERS_PLAIN)) {
        // [M13] Orders that may add risk go before anything else is decided.
        holding = pli_sides_holding(core, account);
        reject = pli_health_assess(core, &holding, &requirement);
    }
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    plm_standing before = core->standings[account];
    plm_standing now = follow(core, &before, &requirement);
    if (now.stage >= PLM_STAGE_PARTIAL && is_closed_out(&holding)) {
        reject = close_out(core, account, &now);
        if (reject != PLM_REJECT_NONE) {
            return reject;
        }
        holding = pli_sides_holding(core, account);
    }
    if (now.stage == PLM_STAGE_PARTIAL || now.stage == PLM_STAGE_AUCTION) {
        pli_auctions_follow(core, &holding, &requirement, &now);
    } else if (before.stage == PLM_STAGE_AUCTION) {
        pli_auctions_tell_end(core, account, &before);
    }
    if (now.stage >= PLM_STAGE_PARTIAL && now.stage < PLM_STAGE_DEFICIT) {
        pli_backstop_follow(core, &holding, &before, &now);
        pli_deleverage_follow(core, &holding, &requirement, &before, &now);
    }
    reject = set_off(core, account, &before, &requirement, &now);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    holding = pli_sides_holding(core, account);
    core->standings[account] = now;
    if (account == core->ledger.pool_account) {
        (void)pli_deleverage_pool(core, true);
    }
    if (pli_health_is_at_risk(core, &holding)) {
        pli_health_tell(core, account, &requirement);
    }
    act(core, account, &requirement, &before);
    return PLM_REJECT_NONE;
}

// Is there anything on the books that a price could turn into a debt?
static bool
is_anyone_at_risk(const plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        if (core->ledger.markets[i].open_interest > 0) {
            return true;
        }
    }
    for (uint32_t i = 0; i < core->ledger.asset_count; i += 1) {
        if (core->ledger.assets[i].borrowed > 0) {
            return true;
        }
    }
    return false;
}

void
pli_standing_moved(plm_core *core, uint32_t underlying) {
    if (!pli_prices_allow(core, underlying, PLM_PRICE_ACTION_LIQUIDATE) ||
        !is_anyone_at_risk(core)) {
        return;
    }
    core->scans[underlying] |= SCAN_WAITING;
    if (!pli_jobs_find(core, PLI_JOB_SCAN, 0)) {
        pli_jobs_push(core, (pli_job){.kind = PLI_JOB_SCAN});
    }
}

bool
pli_standing_is_walked(const plm_core *core, uint32_t underlying) {
    return underlying != PLM_NONE && (core->scans[underlying] & SCAN_WALKED) != 0;
}

static bool
is_instrument_walked(const plm_core *core, uint32_t instrument) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    uint32_t asset = terms->settlement_asset_index;
    return pli_standing_is_walked(core, terms->underlying_index) ||
           pli_standing_is_walked(core, core->ledger.listing_assets[asset].underlying_index);
}

// Does the account hold anything that a price of this scan values?
static bool
is_exposed(const plm_core *core, const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (is_instrument_walked(core, holding->positions[i].instrument_index)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < holding->order_count; i += 1) {
        if (is_instrument_walked(core, holding->orders[i].instrument_index)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        uint32_t asset = holding->balances[i].asset_index;
        if (pli_standing_is_walked(core, core->ledger.listing_assets[asset].underlying_index)) {
            return true;
        }
    }
    return false;
}

void
pli_standing_look(plm_core *core, uint32_t account) {
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    if (reject == PLM_REJECT_NONE) {
        reject = pli_standing_assess(core, account);
    }
    if (reject == PLM_REJECT_NONE) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
}

uint64_t
pli_standing_window_end(const plm_core *core, uint32_t underlying) {
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    return core->initial_from[underlying] + (uint64_t)rules->initial_window;
}

// Does this scan follow the initial requirement of the account, as it does everybody's call level?
static bool
is_in_window(const plm_core *core, uint32_t account) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (pli_standing_is_walked(core, u) && account >= core->initial_from[u] &&
            account < pli_standing_window_end(core, u)) {
            return true;
        }
    }
    return false;
}

// May orders go when the account is found RESTRICTED?
static bool
has_plain_orders(const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->order_count; i += 1) {
        if (holding->orders[i].is_reduce_only == 0) {
            return true;
        }
    }
    return false;
}

// What a look leaves alone: in a window whose stage stays what it is, outside who is HEALTHY or RESTRICTED before and after.
static bool
is_quiet(plm_core *core, const pli_holding *holding, bool is_windowed, plm_health health) {
    plm_stage stage = core->standings[holding->account].stage;
    bool is_same = stage == PLM_STAGE_HEALTHY
                       ? health == PLM_HEALTH_HEALTHY
                       : health == PLM_HEALTH_RESTRICTED && !has_plain_orders(holding);
    return stage <= PLM_STAGE_RESTRICTED &&
           (is_windowed ? is_same : health <= PLM_HEALTH_RESTRICTED) &&
           !(holding->account == core->ledger.pool_account && pli_deleverage_pool(core, false));
}

// Book that look at the account which leaves a trace; where it is quiet nothing is left.
static bool
look_for_trace(plm_core *core, uint32_t account) {
    plm_requirement requirement = {.health = PLM_HEALTH_LIQUIDATABLE};
    bool is_windowed = is_in_window(core, account);
    bool is_certain = pli_screen_holds(core, account, is_windowed);
    plm_reject reject = pli_ledger_touch(&core->ledger, account);
    pli_holding holding = pli_sides_holding(core, account);
    if (reject == PLM_REJECT_NONE && core->standings[account].stage <= PLM_STAGE_RESTRICTED) {
        reject = pli_health_assess(core, &holding, &requirement);
    }
    bool is_left_alone =
        reject == PLM_REJECT_NONE && is_quiet(core, &holding, is_windowed, requirement.health);
    bool has_trace = reject == PLM_REJECT_NONE && !is_left_alone &&
                     pli_standing_assess(core, account) == PLM_REJECT_NONE;
    if (is_left_alone) {
        pli_screen_certify(core, account, &requirement);
    }
    if (has_trace) {
        pli_sides_finish(core);
    } else {
        pli_ledger_rollback(&core->ledger);
        core->ledger.note_count = 0;
    }
    core->screen.counts.looked += 1;
    core->screen.counts.checked += is_certain;
    core->screen.counts.missed += is_certain && has_trace;
    return has_trace;
}

// The next scan for an underlying goes on behind this one's window.
static void
end_scan(plm_core *core) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (pli_standing_is_walked(core, u)) {
            uint64_t end = pli_standing_window_end(core, u);
            core->initial_from[u] = end < core->ledger.account_count ? (uint32_t)end : 0;
        }
        core->scans[u] &= SCAN_WAITING;
    }
}

bool
pli_standing_step(plm_core *core, pli_job *job) {
    for (uint32_t u = 0; job->cursor == 0 && u < core->ledger.underlying_count; u += 1) {
        core->scans[u] = (core->scans[u] & SCAN_WAITING) != 0 ? SCAN_WALKED : 0;
    }
    PLI_ASSERT(job->cursor < core->ledger.account_count);
    uint32_t end = (job->cursor / PLI_SCAN_BLOCK + 1) * PLI_SCAN_BLOCK;
    end = end < core->ledger.account_count ? end : core->ledger.account_count;
    bool has_trace = false;
    pli_screen_renew(core);
    while (job->cursor < end && !has_trace) {
        uint32_t account = pli_screen_next(core, job->cursor, end);
        job->cursor = account < end ? account + 1 : end;
        if (account < end) {
            pli_holding holding = pli_sides_holding(core, account);
            pli_screen_know(core, account);
            has_trace = is_exposed(core, &holding) && look_for_trace(core, account);
        }
    }
    bool is_last = job->cursor == core->ledger.account_count;
    if (is_last) {
        end_scan(core);
    }
    return is_last;
}

void
pli_standing_again(plm_core *core) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if ((core->scans[u] & SCAN_WAITING) != 0) {
            pli_jobs_push(core, (pli_job){.kind = PLI_JOB_SCAN});
            return;
        }
    }
}
