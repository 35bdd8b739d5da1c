/* check.c: is a state sound?                                                           SPDX-License-Identifier: Apache-2.0 */
#include "core/check.h"

#include "base/libc.h"
#include "core/backstop.h"
#include "core/clients.h"
#include "core/deleverage.h"
#include "core/forced.h"
#include "core/jobs.h"
#include "core/prices.h"
#include "core/ranking.h"
#include "core/records.h"
#include "core/socialise.h"

static const char *
check_records(const plm_core *core) {
    for (uint32_t place = 0; place < core->record_count; place += 1) {
        const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
        const pli_record *record = &core->records[place];
        if (!pli_records_check(descriptor, record->permanent) ||
            !pli_records_check(descriptor, record->values)) {
            return "G1 a record is outside its bounds";
        }
        if (record->version < 1 || record->version > record->accepted || record->expires_ns < 0) {
            return "G1 a record has no sound version";
        }
        if (record->expires_ns == 0 &&
            memcmp(record->permanent, record->values, sizeof record->values) != 0) {
            return "G1 a permanent record differs from what is in force";
        }
    }
    for (uint32_t i = 0; i < core->pending_count; i += 1) {
        const pli_pending *pending = &core->pending[i];
        if (!pli_records_check(pli_place_descriptor(&core->limits, pending->place),
                               pending->values) ||
            pending->version > core->records[pending->place].accepted) {
            return "G1 a pending record is not sound";
        }
    }
    return NULL;
}

static const char *
check_accounts(const plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.account_count; i += 1) {
        const pli_account *account = &core->ledger.accounts[i];
        const pli_account *parent =
            &core->ledger.accounts[account->parent_index < i ? account->parent_index : i];
        bool is_cross = account->kind == PLM_ACCOUNT_CROSS || account->kind == PLM_ACCOUNT_POOL;
        bool is_isolated = account->kind == PLM_ACCOUNT_ISOLATED;
        if (account->owner >= core->signer_count ||
            (is_cross ? account->parent_index != PLM_NONE : account->parent_index >= i) ||
            (is_isolated ? account->instrument_index >= core->ledger.instrument_count
                         : account->instrument_index != PLM_NONE)) {
            return "account: an index points at nothing";
        }
        if (parent->owner != account->owner ||
            (is_isolated ? parent != account && (parent->kind == PLM_ACCOUNT_ISOLATED ||
                                                 parent->kind == PLM_ACCOUNT_POOL)
                         : !is_cross && parent->kind != PLM_ACCOUNT_CROSS)) {
            return "account: its parent is of another kind or owner";
        }
    }
    return NULL;
}

static const char *
check_terms(const plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.asset_count; i += 1) {
        uint32_t u = core->ledger.assets[i].terms.underlying_index;
        if (u != PLM_NONE && u >= core->ledger.underlying_count) {
            return "asset: its underlying is not listed";
        }
        int64_t since_ns = core->ledger.assets[i].interest_ns;
        if (since_ns < 0 || since_ns > core->time_ns) {
            return "asset: its interest is ahead of the time";
        }
    }
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (core->ledger.underlyings[u].class_id >= core->limits.class_count) {
            return "underlying: its class has no record";
        }
    }
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        const plm_instrument *terms = &core->ledger.markets[i].terms;
        if (terms->underlying_index >= core->ledger.underlying_count ||
            terms->settlement_asset_index >= core->ledger.asset_count) {
            return "instrument: an index points at nothing";
        }
    }
    return NULL;
}

static const char *
check_market(const plm_core *core) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        const plm_underlying_market *market = &core->prices[u];
        bool is_priced = market->price.state != PLM_PRICE_STATE_INVALID;
        if (market->volatility_ppm < 1 || market->volatility_ppm > PLI_VOLATILITY_PPM_MAX ||
            core->underlyings[u].regime_ppm < 0 || core->underlyings[u].regime_ppm > PLM_PPM ||
            market->depth_micros < 0 || market->volume_micros < 0 ||
            market->open_interest_micros < 0 || market->price.confidence_e8 < 0 ||
            (is_priced && (!pli_price_is_valid(core, u, market->price.price_e8) ||
                           !pli_price_is_valid(core, u, market->price.slow_e8)))) {
            return "market: a price or measure is out of bounds";
        }
        const pli_underlying *of = &core->underlyings[u];
        if (of->candidate_e8 > PLM_PRICE_E8_MAX || of->candidate_e8 < -PLM_PRICE_E8_MAX ||
            (of->is_priced && !pli_price_is_valid(core, u, of->candidate_e8)) ||
            of->own.publish_ns < 0 || of->own.publish_ns > core->time_ns ||
            of->own.confidence_e8 < 0 || of->own.confidence_e8 > PLM_PRICE_E8_MAX ||
            (of->is_own_priced && (!pli_price_is_valid(core, u, of->own.price_e8) ||
                                   !pli_price_is_valid(core, u, of->own.slow_e8)))) {
            return "market: what a price was made of is out of bounds";
        }
        const pli_feed *feed = &core->underlyings[u].feed;
        if (feed->feed_id != u || feed->network_id != core->limits.network_id ||
            feed->time_ns > core->time_ns || core->underlyings[u].allowed_ns < 0 ||
            core->underlyings[u].allowed_ns > core->time_ns ||
            feed->domain != (uint32_t)core->ledger.underlyings[u].domain) {
            return "market: a feed is another underlying's";
        }
        const pli_closes *closes = &core->underlyings[u].closes;
        for (uint32_t i = 0; i < closes->count; i += 1) {
            int64_t least = i > 0 ? closes->days[i - 1] + 1 : 0;
            if (closes->days[i] < least || closes->days[i] > core->time_ns / PLM_DAY_NS ||
                !pli_close_is_valid(closes->prices[i], core->ledger.underlyings[u].domain)) {
                return "market: closes do not rise by day up to today, or leave their domain";
            }
        }
    }
    return NULL;
}

static bool
is_latest_sound(const int64_t *table, uint32_t count, int64_t high) {
    for (uint32_t back = 0; back < count; back += 1) {
        int64_t size = table[PLM_PROCYCLICALITY_NOTICE - back];
        if (size < 0 || size > high) {
            return false;
        }
    }
    return true;
}

// [CYCLE-1], and nothing that a step would refuse or could not have left.
static bool
is_living_sound(const plm_core *core, uint32_t u) {
    const pli_underlying *of = &core->underlyings[u];
    const plm_procyclicality *cycle = &of->living.volatility;
    bool is_sound = of->supply_units >= 0 && of->recalibrated_ns >= 0 &&
                    of->recalibrated_ns <= core->time_ns &&
                    (of->recalibration_count > 0) == (cycle->step_count > 0) &&
                    cycle->window_count <= of->recalibration_count &&
                    is_latest_sound(cycle->announced, cycle->step_count, INT64_MAX / 4);
    for (uint32_t i = 0; i < cycle->highest_count; i += 1) {
        int64_t above = i == 0 ? PLM_PROCYCLICALITY_SIZE_MAX : cycle->highest[i - 1];
        is_sound = is_sound && cycle->highest[i] >= 0 && cycle->highest[i] <= above;
    }
    const int64_t *wanted = of->wanted;
    is_sound = is_sound && wanted[PLM_LIVING_VOLATILITY] >= 1 &&
               wanted[PLM_LIVING_VOLATILITY] <= PLM_PROCYCLICALITY_SIZE_MAX;
    for (uint32_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
        const plm_living_path *path = &of->living.paths[i];
        is_sound = is_sound && wanted[i + 1] >= 0 &&
                   is_latest_sound(path->announced, path->step_count, INT64_MAX);
    }
    return is_sound;
}

static const char *
check_living(const plm_core *core) {
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (!is_living_sound(core, u)) {
            return "living: shock sizes that no recalibration leaves";
        }
    }
    return NULL;
}

static const char *
check_surfaces(const plm_core *core) {
    for (uint32_t i = 0; i < core->expiry_count; i += 1) {
        const plm_expiry_market *expiry = &core->expiries[i];
        const plm_expiry_market *last = i > 0 ? &core->expiries[i - 1] : NULL;
        bool is_rising = last == NULL || expiry->underlying_index > last->underlying_index ||
                         (expiry->underlying_index == last->underlying_index &&
                          expiry->expiry_ns > last->expiry_ns);
        if (expiry->underlying_index >= core->ledger.underlying_count || !is_rising ||
            !pli_price_is_valid(core, expiry->underlying_index, expiry->forward_e8) ||
            (expiry->slice.kind == PLM_SLICE_GRID) != (expiry->slice.node_count > 0)) {
            return "surface: an expiry is out of order or out of bounds";
        }
    }
    for (uint32_t i = 0; i < core->staged_count; i += 1) {
        const pli_staged_slice *staged = &core->staged[i];
        if (staged->underlying_index >= core->ledger.underlying_count ||
            (staged->kind == PLM_SLICE_GRID) != (staged->node_count > 0)) {
            return "surface: a staged slice is out of bounds";
        }
    }
    return NULL;
}

static const char *
check_marks(const plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        const plm_mark *mark = &core->marks[i];
        uint32_t u = core->ledger.markets[i].terms.underlying_index;
        if (core->has_average[i] ? core->ledger.markets[i].terms.expiry_ns == 0 ||
                                       core->ledger.markets[i].terms.expiry_ns > core->time_ns ||
                                       !pli_price_is_valid(core, u, core->averages_e8[i])
                                 : core->averages_e8[i] != 0) {
            return "market: a settlement average is no price, or ahead of its expiry";
        }
        if (core->is_marked[i] > 1 || (core->is_marked[i] == 1 && !mark->is_present) ||
            mark->mark_e8 > PLM_PRICE_E8_MAX || mark->mark_e8 < -PLM_PRICE_E8_MAX ||
            mark->half_spread_e8 < 0 ||
            (!mark->is_present && (mark->mark_e8 != 0 || mark->half_spread_e8 != 0))) {
            return "market: a mark is out of bounds";
        }
    }
    return NULL;
}

// The sweep has settled every account below its cursor, and its last step ends it.
static bool
is_sweep_sound(const plm_core *core, const pli_job *job) {
    const pli_ledger *ledger = &core->ledger;
    if (job->index >= ledger->instrument_count ||
        ledger->markets[job->index].phase != PLI_PHASE_SETTLING ||
        (job->cursor > 0 && job->cursor >= ledger->account_count)) {
        return false;
    }
    for (uint32_t account = 0; account < job->cursor; account += 1) {
        const pli_position *run = pli_ledger_positions(ledger, account);
        for (uint32_t i = 0; i < ledger->accounts[account].position_count; i += 1) {
            if (run[i].instrument_index == job->index && run[i].lots != 0) {
                return false;
            }
        }
    }
    return true;
}

// Is the job the only one of its kind on its index?
static bool
is_alone(const plm_core *core, uint32_t at) {
    const pli_job *job = &core->jobs[(core->job_first + at) % PLI_JOBS_RING];
    for (uint32_t i = 0; i < at; i += 1) {
        const pli_job *other = &core->jobs[(core->job_first + i) % PLI_JOBS_RING];
        if (other->kind == job->kind && other->index == job->index) {
            return false;
        }
    }
    return true;
}

static bool
is_job_sound(const plm_core *core, const pli_job *job) {
    if (job->kind == PLI_JOB_DELEVERAGE) {
        return pli_deleverage_is_sound(core, job);
    }
    if (job->kind == PLI_JOB_SOCIALISE) {
        return job->bankrupt == 0 && pli_socialise_is_sound(core, job);
    }
    if (job->kind == PLI_JOB_BACKSTOP) {
        return pli_backstop_is_sound(core, job);
    }
    if (job->bankrupt != 0 || job->pass != 0 || job->lots != 0 || job->weight_all != 0 ||
        job->weight != 0 || job->granted != 0 || job->left != 0) {
        return false;
    }
    if (job->kind == PLI_JOB_SETTLE) {
        return is_sweep_sound(core, job);
    }
    if (job->kind == PLI_JOB_SCAN) {
        return job->index == 0 && job->cursor < core->ledger.account_count;
    }
    return job->index < PLI_HORIZONS &&
           core->arrays[job->index][1 - core->active[job->index]].is_used &&
           job->cursor == core->arrays[job->index][1 - core->active[job->index]].built_count;
}

static bool
is_auction_sound(const plm_core *core, const plm_standing *standing) {
    if (standing->stage == PLM_STAGE_AUCTION) {
        return standing->round_count >= 1 && standing->auction_clock_ns >= 0 &&
               standing->auction_seen_ns >= 0 && standing->auction_seen_ns <= core->time_ns &&
               standing->auction_paid_micros >= 0;
    }
    bool is_partial = standing->stage == PLM_STAGE_PARTIAL || standing->stage == PLM_STAGE_BACKSTOP;
    return standing->rounds_left == 0 && standing->auction_clock_ns == 0 &&
           standing->auction_seen_ns == 0 && standing->auction_paid_micros == 0 &&
           (is_partial || (standing->slice_count == 0 && standing->round_count == 0));
}

static const char *
check_standings(const plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.account_count; i += 1) {
        const plm_standing *standing = &core->standings[i];
        bool is_called = standing->stage == PLM_STAGE_CALLED;
        if (is_called ? standing->call_micros < 1 || standing->call_deadline_ns < 0
                      : standing->call_micros != 0 || standing->call_deadline_ns != 0) {
            return "STAND-1 a call without a notice, or a notice without a call";
        }
        bool is_partial = standing->stage == PLM_STAGE_PARTIAL;
        if (is_partial ? standing->slice_count < 1 || standing->slice_due_ns < 0
                       : standing->slice_due_ns != 0 || standing->idle_count != 0 ||
                             pli_forced_is_waiting(core, i)) {
            return "STAND-1 slices outside stage PARTIAL, or that stage without any";
        }
        if (!is_auction_sound(core, standing)) {
            return "AUCTION-1 a round outside stage AUCTION, or that stage without one";
        }
    }
    uint8_t marks = 0;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        marks |= core->scans[u];
        if (core->initial_from[u] > 0 && core->initial_from[u] >= core->ledger.account_count) {
            return "STAND-3 a window that begins behind the last account";
        }
    }
    return marks > 3 || (marks != 0) != pli_jobs_find(core, PLI_JOB_SCAN, 0)
               ? "STAND-2 marks for a scan without one, or the reverse"
               : NULL;
}

static const char *
check_jobs(const plm_core *core) {
    if (!pli_ranking_is_sound(core)) {
        return "queue: a search belongs to no walk";
    }
    for (uint32_t i = 0; i < core->job_count; i += 1) {
        const pli_job *job = &core->jobs[(core->job_first + i) % PLI_JOBS_RING];
        if (!is_job_sound(core, job) || !is_alone(core, i)) {
            return "queue: a job works on nothing";
        }
    }
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        if (core->ledger.markets[i].phase == PLI_PHASE_SETTLING &&
            !pli_jobs_find(core, PLI_JOB_SETTLE, i)) {
            return "queue: an instrument is being settled by no job";
        }
    }
    for (uint32_t h = 0; h < PLI_HORIZONS; h += 1) {
        if (core->arrays[h][1 - core->active[h]].is_used &&
            !pli_jobs_find(core, PLI_JOB_ARRAYS, h)) {
            return "queue: arrays are being built by no job";
        }
    }
    return NULL;
}

static const char *
check_arrays(const plm_core *core) {
    for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
        const pli_arrays *arrays = &core->arrays[k / 2][k % 2];
        if (!arrays->is_used) {
            continue;
        }
        if (arrays->built_count > arrays->set.header.underlying_count ||
            arrays->set.header.probe_multiple_ppm <= PLM_PPM) {
            return "arrays: a set is out of bounds";
        }
        for (uint32_t u = 0; u < arrays->set.header.underlying_count; u += 1) {
            if (arrays->set.header.grid_active[u] < 1 || arrays->set.header.has_history[u] > 1) {
                return "arrays: a set has an underlying without scenarios";
            }
        }
    }
    return NULL;
}

static const char *
check_signers(const plm_core *core) {
    const uint32_t all = PLM_SCOPE_TRADE | PLM_SCOPE_WITHDRAW | PLM_SCOPE_ORACLE | PLM_SCOPE_ADMIN;
    if (core->signer_count < 1 || core->signers[0].scopes != all) {
        return "signer: the operator has not every scope";
    }
    for (uint32_t i = 0; i < core->signer_count; i += 1) {
        if ((core->signers[i].scopes & ~all) != 0) {
            return "signer: a scope does not exist";
        }
        if (!pli_clients_are_sound(core, i)) {
            return "L8 a client id stands twice or belongs to no event of the past";
        }
    }
    return NULL;
}

static const char *
check_state(const plm_core *core) {
    const char *(*const checks[])(const plm_core *) = {
        check_terms, check_accounts, check_market, check_living,  check_surfaces,
        check_marks, check_arrays,   check_jobs,   check_signers, check_standings};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i += 1) {
        const char *broken = checks[i](core);
        if (broken != NULL) {
            return broken;
        }
    }
    return core->time_ns < 0 || core->time_ns > PLI_FEED_TIME_MAX ? "state: a time out of bounds"
                                                                  : NULL;
}

const char *
pli_check_decoded(const plm_core *core) {
    const char *broken = check_state(core);
    return broken == NULL ? check_records(core) : broken;
}

static const char *
check_books(const plm_core *core) {
    plm_listing listing = pli_ledger_listing(&core->ledger);
    if (listing.asset_count > 0 && plm_listing_check(&listing, NULL) != PLM_OK) {
        return "listing: an entry is not well formed";
    }
    return pli_ledger_check(&core->ledger);
}

static const char *
check_facts(const plm_core *core) {
    const pli_arrays *maintenance = pli_state_active(core, PLM_HORIZON_MAINTENANCE);
    const pli_arrays *initial = pli_state_active(core, PLM_HORIZON_INITIAL);
    const plm_risk_table *const tables[2] = {maintenance == NULL ? NULL : &maintenance->table,
                                             initial == NULL ? NULL : &initial->table};
    plm_listing listing = pli_ledger_listing(&core->ledger);
    return pli_facts_are_sound(&core->facts, &listing, tables)
               ? NULL
               : "FACTS-1 what is kept about the rows does not follow from them";
}

const char *
pli_check_but_records(const plm_core *core) {
    const char *broken = check_books(core);
    broken = broken == NULL ? check_state(core) : broken;
    return broken == NULL ? check_facts(core) : broken;
}

const char *
plm_core_check(const plm_core *core) {
    const char *broken = pli_check_but_records(core);
    return broken == NULL ? check_records(core) : broken;
}
