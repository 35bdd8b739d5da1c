/* simulate_account.c: who holds what in a simulation, and what it is worth.             SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "base/wide.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "study/simulate_state.h"

#define WATCH 1.25 /* the model is asked while equity is below this times its last answer */

static double
draw_between(pli_prng *prng, double low, double high) {
    return low + (high - low) * pli_prng_unit(prng);
}

void
pli_sim_trade(pli_sim *sim, uint32_t holder, uint32_t other, uint32_t market, int64_t lots,
              int64_t price_e8) {
    uint32_t sides[2] = {holder, other};
    for (uint32_t i = 0; i < 2; i += 1) {
        pli_sim_holder *side = &sim->holders[sides[i]];
        int64_t signed_lots = i == 0 ? lots : -lots;
        side->lots[market] += signed_lots;
        side->costs[market] += (pli_i128)signed_lots * price_e8;
        if (side->lots[market] == 0) {
            pli_i128 profit = pli_div_floor_i128(-side->costs[market], PLI_SIM_AMOUNT);
            sim->residue += -side->costs[market] - profit * PLI_SIM_AMOUNT;
            side->cash_micros += (int64_t)profit;
            side->costs[market] = 0;
        }
    }
}

void
pli_sim_pay(pli_sim *sim, uint32_t from, uint32_t to, int64_t micros) {
    sim->holders[from].cash_micros -= micros;
    sim->holders[to].cash_micros += micros;
}

int64_t
pli_sim_equity(const pli_sim *sim, const pli_sim_holder *holder) {
    pli_i128 amount = (pli_i128)holder->cash_micros * PLI_SIM_AMOUNT;
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        amount += (pli_i128)holder->lots[i] * sim->marks[i].mark_e8 - holder->costs[i];
    }
    return (int64_t)pli_div_floor_i128(amount, PLI_SIM_AMOUNT);
}

double
pli_sim_notional(const pli_sim *sim, const pli_sim_holder *holder) {
    double sum = 0.0;
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        double lots = (double)(holder->lots[i] < 0 ? -holder->lots[i] : holder->lots[i]);
        sum += lots * 0.01 * (double)sim->marks[i].mark_e8 * 1e-8;
    }
    return sum;
}

bool
pli_sim_is_flat(const pli_sim *sim, const pli_sim_holder *holder) {
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        if (holder->lots[i] != 0) {
            return false;
        }
    }
    return true;
}

bool
pli_sim_require(pli_sim *sim, const pli_sim_holder *holder, plm_requirement *requirement) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        if (holder->lots[i] != 0) {
            sim->positions[count] = (plm_position){.instrument_index = i,
                                                   .lots = holder->lots[i],
                                                   .cost = pli_wide_from_i128(holder->costs[i])};
            count += 1;
        }
    }
    sim->portfolio.position_count = count;
    sim->balance.atoms = pli_wide_from_i128(holder->cash_micros);
    plm_status status = plm_margin_require(&plm_model_tiered, &sim->input, &sim->workspace,
                                           requirement, NULL, NULL);
    sim->status = status == PLM_OK ? sim->status : status;
    return status == PLM_OK;
}

pli_i128
pli_sim_total(const pli_sim *sim) {
    pli_i128 total = sim->residue;
    for (uint32_t i = 0; i < sim->holder_count; i += 1) {
        total += (pli_i128)sim->holders[i].cash_micros * PLI_SIM_AMOUNT;
        for (uint32_t market = 0; market < sim->settings->market_count; market += 1) {
            total -= sim->holders[i].costs[market];
        }
    }
    return total;
}

static int64_t
micros_of(double usd) {
    int64_t out = 0;
    return pli_i64_from_double_half_even(usd * 1e6, &out) == PLM_OK ? out : 0;
}

// A position of about `usd`, bought from the outside at the mark.
static void
open_position(pli_sim *sim, uint32_t account, uint32_t market, double usd) {
    int64_t lots = 0;
    double price = (double)sim->marks[market].mark_e8 * 1e-8;
    if (pli_i64_from_double_half_even(usd / (price * 0.01), &lots) == PLM_OK && lots != 0) {
        pli_sim_trade(sim, account, pli_sim_role_of(sim, PLI_SIM_OUTSIDE), market, lots,
                      sim->marks[market].mark_e8);
        sim->markets[market].open_interest += usd < 0.0 ? -usd : usd;
    }
}

// One in five holds several markets, both ways; one in fifty is a whale; the others are mostly long, in one.
static void
draw_positions(pli_sim *sim, uint32_t account) {
    pli_prng *prng = &sim->prng;
    uint32_t markets = sim->settings->market_count;
    uint32_t legs = pli_prng_below(prng, 5) == 0 ? 1 + (uint32_t)pli_prng_below(prng, markets) : 1;
    bool is_whale = pli_prng_below(prng, 50) == 0;
    double size =
        is_whale ? draw_between(prng, 1.0, 5.0) : 0.02 * pli_exp(draw_between(prng, 0.0, 3.0));
    bool is_long = pli_prng_unit(prng) < 0.65;
    uint32_t first = (uint32_t)pli_prng_below(prng, markets);
    for (uint32_t leg = 0; leg < legs; leg += 1) {
        uint32_t market = (first + leg) % markets;
        double usd = size * sim->markets[market].depth * draw_between(prng, 0.5, 1.5);
        open_position(sim, account, market, is_long == (leg % 2 == 0) ? usd : -usd);
    }
}

// Equity is 1.02 to 6 times the initial requirement; two in five keep as much again elsewhere for a call.
static void
draw_account(pli_sim *sim, uint32_t account) {
    pli_prng *prng = &sim->prng;
    pli_sim_case *file = &sim->cases[account];
    draw_positions(sim, account);
    plm_requirement requirement;
    if (!pli_sim_require(sim, &sim->holders[account], &requirement)) {
        return;
    }
    double initial = (double)requirement.initial_micros * 1e-6;
    double multiple = 1.02 * pli_exp(draw_between(prng, 0.0, 1.77));
    uint32_t outside = pli_sim_role_of(sim, PLI_SIM_OUTSIDE);
    pli_sim_pay(sim, outside, account, micros_of(initial * multiple));
    bool has_reserve = pli_prng_below(prng, 5) < 2;
    *file = (pli_sim_case){.begun_tick = UINT32_MAX,
                           .reserve_micros = has_reserve ? micros_of(initial * multiple) : 0,
                           .notional = pli_sim_notional(sim, &sim->holders[account])};
    double maintenance = (double)requirement.maintenance_micros * 1e-6;
    file->watch = file->notional > 0.0 ? WATCH * maintenance / file->notional : 0.0;
    sim->result->capital += initial * 1e6;
    sim->result->open_interest += file->notional * 1e6;
}

// Some bidders stay away from a crash, and now and then all of them.
static void
draw_bidders(pli_sim *sim) {
    pli_prng *prng = &sim->prng;
    double depth = 0.0;
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        depth += sim->markets[i].depth;
    }
    bool is_crash = sim->result->kind == PLI_SIMULATE_CRASH;
    bool is_nobody = is_crash && pli_prng_below(prng, 8) == 0;
    for (uint32_t i = 0; i < PLI_SIM_BIDDERS; i += 1) {
        bool is_away = is_crash && pli_prng_below(prng, 2) == 0;
        sim->bidders[i] = (pli_sim_bidder){.is_present = !is_nobody && !is_away,
                                           .appetite = depth * draw_between(prng, 0.25, 2.0),
                                           .edge = draw_between(prng, 0.001, 0.01)};
    }
}

void
pli_sim_draw_accounts(pli_sim *sim) {
    for (uint32_t i = 0; i < sim->settings->account_count; i += 1) {
        draw_account(sim, i);
    }
    draw_bidders(sim);
    double fund = sim->result->open_interest * (double)sim->settings->fund_ppm * 1e-6;
    pli_sim_pay(sim, pli_sim_role_of(sim, PLI_SIM_OUTSIDE), pli_sim_role_of(sim, PLI_SIM_FUND),
                micros_of(fund * 1e-6));
}
