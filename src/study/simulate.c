/* simulate.c: a seeded market under one way of closing accounts, tick by tick.          SPDX-License-Identifier: Apache-2.0 */
#include "study/simulate.h"

#include "base/libc.h"
#include "study/simulate_state.h"

const char *
pli_simulate_policy_name(pli_simulate_policy policy) {
    static const char *const names[] = {"planned", "whole", "fifths", "tenths", "dutch"};
    return policy >= PLI_SIMULATE_PLANNED && policy <= PLI_SIMULATE_DUTCH ? names[policy - 1]
                                                                          : "unknown";
}

const char *
pli_simulate_kind_name(pli_simulate_kind kind) {
    static const char *const names[] = {"calm", "volatile", "crash", "manipulated"};
    return kind >= PLI_SIMULATE_CALM && kind <= PLI_SIMULATE_MANIPULATED ? names[kind - 1]
                                                                         : "unknown";
}

void
pli_simulate_settings_init(pli_simulate_settings *settings) {
    *settings = (pli_simulate_settings){
        .seed = 1,
        .policy = PLI_SIMULATE_PLANNED,
        .market_count = 4,
        .account_count = 240,
        .hours = 6,
        .fund_ppm = 5000,
        .tranche_ppm = 5000,
    };
    plm_record_init(&plm_tiered_descriptor, &settings->model);
    plm_record_init(&plm_liquidation_descriptor, &settings->liquidation);
}

static plm_limits
limits_of(const pli_simulate_settings *settings) {
    plm_limits limits = {.asset_count = 1,
                         .underlying_count = settings->market_count,
                         .instrument_count = settings->market_count,
                         .position_count = settings->market_count,
                         .order_count = 1,
                         .balance_count = 1,
                         .entry_count = PLM_ROW_ALIGN};
    return pli_unwind_limits(&limits);
}

static bool
is_well_formed(const pli_simulate_settings *settings) {
    return settings->policy >= PLI_SIMULATE_PLANNED && settings->policy <= PLI_SIMULATE_DUTCH &&
           settings->market_count >= 1 && settings->market_count <= PLI_SIMULATE_MARKETS_MAX &&
           settings->account_count >= 8 && settings->account_count <= PLI_SIMULATE_ACCOUNTS_MAX &&
           settings->hours >= 1 && settings->hours <= 24 && settings->fund_ppm >= 0 &&
           settings->fund_ppm <= PLM_PPM && settings->tranche_ppm >= 0 &&
           settings->tranche_ppm <= PLM_PPM &&
           plm_record_check(&plm_liquidation_descriptor, &settings->liquidation, NULL) == PLM_OK;
}

static pli_sim *
carve(const pli_simulate_settings *settings, pli_arena *arena) {
    uint32_t ticks = settings->hours * PLI_SIM_TICKS_PER_HOUR;
    uint32_t all = ticks + PLI_SIM_TICKS_PER_DAY;
    uint32_t holders = settings->account_count + PLI_SIM_ROLES;
    plm_limits limits = limits_of(settings);
    size_t work = plm_margin_workspace_size(&plm_model_tiered, &limits);
    pli_sim *sim = PLI_ARENA_TAKE(arena, 1, pli_sim);
    pli_sim_holder *table = PLI_ARENA_TAKE(arena, holders, pli_sim_holder);
    pli_sim_case *cases = PLI_ARENA_TAKE(arena, settings->account_count, pli_sim_case);
    double *series = PLI_ARENA_TAKE(arena, (size_t)all * (settings->market_count + 2), double);
    void *memory = pli_arena_take(arena, 1, work, 64);
    if (arena->is_sizing || !pli_arena_is_ok(arena)) {
        return NULL;
    }
    memset(sim, 0, sizeof *sim);
    memset(table, 0, holders * sizeof *table);
    memset(cases, 0, settings->account_count * sizeof *cases);
    sim->settings = settings;
    sim->ticks = ticks;
    sim->ticks_all = all;
    sim->holder_count = holders;
    sim->holders = table;
    sim->cases = cases;
    sim->sigmas = series;
    sim->depths = series + all;
    for (uint32_t i = 0; i < settings->market_count; i += 1) {
        sim->markets[i].prices = series + (size_t)all * (i + 2);
    }
    sim->workspace = (plm_workspace){memory, work};
    return sim;
}

size_t
pli_simulate_size(const pli_simulate_settings *settings) {
    if (!is_well_formed(settings)) {
        return 0;
    }
    pli_arena arena = pli_arena_init_sizing();
    (void)carve(settings, &arena);
    return (pli_arena_used(&arena) + 63) & ~(size_t)63;
}

static void
list_markets(pli_sim *sim) {
    sim->asset = (plm_asset){.underlying_index = PLM_NONE,
                             .decimals = 6,
                             .treatment = PLM_TREATMENT_HAIRCUT,
                             .tier_count = 1,
                             .tiers = {{INT64_MAX, 0}}};
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        sim->underlyings[i] =
            (plm_underlying){.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1, .tick_e8 = 1};
        sim->instruments[i] = (plm_instrument){.kind = PLM_KIND_PERPETUAL,
                                               .settlement = PLM_SETTLEMENT_LINEAR,
                                               .underlying_index = i,
                                               .lot_e8 = PLI_SIM_LOT_E8};
    }
    uint32_t count = sim->settings->market_count;
    sim->listing = (plm_listing){1, count, count, &sim->asset, sim->underlyings, sim->instruments};
    sim->market = (plm_market){.underlyings = sim->views, .marks = sim->marks};
    sim->portfolio =
        (plm_portfolio){.balance_count = 1, .positions = sim->positions, .balances = &sim->balance};
    sim->input = (plm_margin_input){.listing = &sim->listing,
                                    .market = &sim->market,
                                    .parameters = &sim->settings->model,
                                    .portfolio = &sim->portfolio};
}

// Far enough above its requirement that the model need not be asked.
static bool
is_clear(const pli_sim *sim, uint32_t account) {
    const pli_sim_case *file = &sim->cases[account];
    double notional = pli_sim_notional(sim, &sim->holders[account]);
    double equity = (double)pli_sim_equity(sim, &sim->holders[account]) * 1e-6;
    return notional <= 1.1 * file->notional && equity > file->watch * notional;
}

// A called owner pays in what it kept for that.
static void
answer_call(pli_sim *sim, uint32_t account) {
    pli_sim_case *file = &sim->cases[account];
    pli_sim_pay(sim, pli_sim_role_of(sim, PLI_SIM_OUTSIDE), account, file->reserve_micros);
    file->reserve_micros = 0;
}

static void
look_at(pli_sim *sim, uint32_t account) {
    pli_sim_case *file = &sim->cases[account];
    plm_requirement requirement;
    if (pli_sim_is_flat(sim, &sim->holders[account]) || is_clear(sim, account) ||
        !pli_sim_require(sim, &sim->holders[account], &requirement)) {
        return;
    }
    int64_t equity = requirement.equity_maintenance_micros;
    if (equity < requirement.call_micros && file->reserve_micros > 0) {
        answer_call(sim, account);
        return;
    }
    file->notional = pli_sim_notional(sim, &sim->holders[account]);
    if (equity >= requirement.maintenance_micros) {
        file->is_auction = false;
        file->fruitless = 0;
        file->begun_tick = UINT32_MAX;
        return;
    }
    pli_sim_close(sim, account, &requirement);
    if (pli_sim_is_flat(sim, &sim->holders[account])) {
        pli_sim_settle(sim, account);
    }
}

// Who was touched, and of them who would have stood above maintenance again a day later, never below zero meanwhile.
static bool
would_recover(pli_sim *sim, const pli_sim_case *file) {
    plm_requirement requirement;
    for (uint32_t t = file->touched_tick; t < file->touched_tick + PLI_SIM_TICKS_PER_DAY; t += 6) {
        pli_sim_set_market(sim, t, false);
        if (pli_sim_equity(sim, &file->before) <= 0) {
            return false;
        }
    }
    return pli_sim_require(sim, &file->before, &requirement) &&
           requirement.equity_maintenance_micros >= requirement.maintenance_micros;
}

static void
count_accounts(pli_sim *sim) {
    pli_simulate_result *result = sim->result;
    for (uint32_t i = 0; i < sim->settings->account_count; i += 1) {
        const pli_sim_case *file = &sim->cases[i];
        plm_requirement requirement;
        if (!file->is_touched) {
            continue;
        }
        bool is_flat = pli_sim_is_flat(sim, &sim->holders[i]);
        result->liquidated += 1;
        result->closed += is_flat ? 1 : 0;
        pli_sim_set_market(sim, sim->ticks - 1, true);
        result->open_at_end +=
            !is_flat && pli_sim_require(sim, &sim->holders[i], &requirement) &&
                    requirement.equity_maintenance_micros < requirement.maintenance_micros
                ? 1
                : 0;
        result->recovering += would_recover(sim, file) ? 1 : 0;
    }
    pli_sim_set_market(sim, sim->ticks - 1, true);
    result->pool_result =
        (double)pli_sim_equity(sim, &sim->holders[pli_sim_role_of(sim, PLI_SIM_POOL)]);
}

plm_status
pli_simulate_run(const pli_simulate_settings *settings, void *memory, size_t size,
                 pli_simulate_result *result) {
    pli_share_terms terms = pli_sim_terms(settings);
    if (!is_well_formed(settings) || pli_share_check(&terms) != PLM_OK) {
        return PLM_PARAMETER_INVALID;
    }
    pli_arena arena = pli_arena_init(memory, size);
    pli_sim *sim = carve(settings, &arena);
    if (sim == NULL) {
        return PLM_WORKSPACE_SMALL;
    }
    pli_simulate_result out = {.kind = PLI_SIMULATE_CALM};
    sim->result = &out;
    sim->prng = pli_prng_init(settings->seed);
    sim->status = PLM_OK;
    list_markets(sim);
    pli_sim_draw_market(sim);
    pli_sim_rest(sim);
    pli_sim_set_market(sim, 0, true);
    pli_sim_draw_accounts(sim);
    pli_i128 total = pli_sim_total(sim);
    for (; sim->tick < sim->ticks && sim->status == PLM_OK; sim->tick += 1) {
        pli_sim_rest(sim);
        pli_sim_set_market(sim, sim->tick, true);
        for (uint32_t i = 0; i < settings->account_count; i += 1) {
            look_at(sim, i);
        }
        pli_sim_unload(sim);
    }
    out.is_conserved = pli_sim_total(sim) == total;
    count_accounts(sim);
    if (sim->status == PLM_OK) {
        *result = out;
    }
    return sim->status;
}
