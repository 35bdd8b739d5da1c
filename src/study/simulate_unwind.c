/* simulate_unwind.c: closing an account on the book, by plan or in fixed steps.          SPDX-License-Identifier: Apache-2.0 */
#include "study/simulate_state.h"

#define REACH_ALL 1.0   /* a market order: as far as there is a book */
#define FIFTHS_TICKS 3u /* a fifth every 30 seconds */

void
pli_sim_touch(pli_sim *sim, uint32_t account) {
    pli_sim_case *file = &sim->cases[account];
    if (!file->is_touched) {
        file->is_touched = true;
        file->touched_tick = sim->tick;
        file->before = sim->holders[account];
    }
}

static void
close_whole(pli_sim *sim, uint32_t account) {
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t lots = sim->holders[account].lots[i];
        if (lots != 0) {
            (void)pli_sim_trade_book(sim, account, i, -lots, REACH_ALL);
        }
    }
}

// One part in `parts` of what it held when this began, every `pace` ticks.
static void
close_step(pli_sim *sim, uint32_t account, int64_t parts, uint32_t pace) {
    pli_sim_case *file = &sim->cases[account];
    pli_sim_holder *holder = &sim->holders[account];
    if (file->begun_tick == UINT32_MAX) {
        file->begun_tick = sim->tick;
        for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
            file->opening_lots[i] = holder->lots[i];
        }
    }
    if ((sim->tick - file->begun_tick) % pace != 0) {
        return;
    }
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t held = holder->lots[i] < 0 ? -holder->lots[i] : holder->lots[i];
        int64_t opening =
            file->opening_lots[i] < 0 ? -file->opening_lots[i] : file->opening_lots[i];
        int64_t step = (opening + parts - 1) / parts;
        step = step < held ? step : held;
        if (step != 0) {
            (void)pli_sim_trade_book(sim, account, i, holder->lots[i] < 0 ? step : -step,
                                     REACH_ALL);
        }
    }
}

static pli_unwind_rules
rules_of(const plm_liquidation_parameters *record) {
    return (pli_unwind_rules){
        .target_ppm = record->target_ppm,
        .fee_ppm = record->fee_ppm,
        .spread_minimum_ppm = record->spread_minimum_ppm,
        .impact_ppm = record->impact_ppm,
        .volume_standard_micros = record->volume_standard_micros,
        .depth_ppm = record->depth_ppm,
        // The book's depth is known; where nothing is left of it nothing is traded.
        .depth_standard_micros = 0,
        .option_size_ppm = record->option_size_ppm,
        .evaluations_max = PLI_UNWIND_EVALUATIONS_LEAST};
}

// How many slices like this one the plan needs; UINT32_MAX where they do not lead to its end.
static uint32_t
slices_of(const pli_unwind_plan *plan) {
    int64_t most = 1;
    if (plan->outcome == PLI_UNWIND_SHORT || plan->outcome == PLI_UNWIND_NOTHING) {
        return UINT32_MAX;
    }
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        int64_t total = plan->legs[i].lots_total;
        int64_t now = plan->legs[i].lots;
        if (now == 0 && total != 0) {
            return UINT32_MAX;
        }
        int64_t count = now == 0 ? 0 : (total + now - (now < 0 ? -1 : 1)) / now;
        most = count > most ? count : most;
    }
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static void
begin_auction(pli_sim *sim, uint32_t account) {
    sim->cases[account].is_auction = true;
    sim->cases[account].begun_tick = sim->tick;
}

// A slice of the plan inside the collar. What would take too many, or closes nothing several times, is auctioned.
static void
close_planned(pli_sim *sim, uint32_t account) {
    const plm_liquidation_parameters *record = &sim->settings->liquidation;
    pli_sim_case *file = &sim->cases[account];
    pli_unwind_rules rules = rules_of(record);
    pli_unwind_plan plan;
    plm_status status =
        pli_unwind_plan_make(&plm_model_tiered, &sim->input, &sim->workspace, &rules, &plan, NULL);
    if (status != PLM_OK) {
        sim->status = status;
        return;
    }
    if (slices_of(&plan) > (uint64_t)record->slice_max) {
        begin_auction(sim, account);
        return;
    }
    bool is_traded = false;
    for (uint32_t i = 0; i < plan.leg_count; i += 1) {
        const pli_unwind_leg *leg = &plan.legs[i];
        if (leg->lots != 0 && pli_sim_trade_book(sim, account, leg->instrument_index, leg->lots,
                                                 (double)record->collar_ppm * 1e-6) != 0) {
            is_traded = true;
        }
    }
    file->fruitless = is_traded ? 0 : file->fruitless + 1;
    if (file->fruitless >= (uint64_t)record->fruitless_max) {
        begin_auction(sim, account);
    }
}

void
pli_sim_close(pli_sim *sim, uint32_t account, const plm_requirement *requirement) {
    pli_sim_case *file = &sim->cases[account];
    bool is_bankrupt = requirement->equity_maintenance_micros < 0;
    int64_t fund = sim->holders[pli_sim_role_of(sim, PLI_SIM_FUND)].cash_micros;
    bool is_planned = sim->settings->policy == PLI_SIMULATE_PLANNED;
    pli_sim_touch(sim, account);
    // What the fund cannot cover is closed against winners at once.
    if (is_bankrupt && fund < -requirement->equity_maintenance_micros) {
        pli_sim_deleverage(sim, account);
        return;
    }
    bool goes_to_auction =
        sim->settings->policy == PLI_SIMULATE_DUTCH || (is_planned && is_bankrupt);
    if (goes_to_auction && !file->is_auction) {
        begin_auction(sim, account);
    }
    if (file->is_auction) {
        pli_sim_auction(sim, account, requirement);
    } else if (is_planned) {
        close_planned(sim, account);
    } else if (sim->settings->policy == PLI_SIMULATE_WHOLE) {
        close_whole(sim, account);
    } else if (sim->settings->policy == PLI_SIMULATE_FIFTHS) {
        close_step(sim, account, 5, FIFTHS_TICKS);
    } else {
        close_step(sim, account, 10, 1);
    }
}
