/* simulate_losses.c: auctions, the pool, and who pays what closed accounts owe.         SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/libc.h"
#include "base/muldiv.h"
#include "liquidation/adl.h"
#include "liquidation/auction.h"
#include "liquidation/backstop.h"
#include "num/rounding.h"
#include "study/simulate_state.h"

#define UNLOAD_TICKS 360   /* who takes a position over sells 1 / 360 of it each tick */
#define UNLOAD_REACH 0.005 /* and stops at half a percent */
#define E18_PER_PPM (PLI_SHARE_ONE / PLM_PPM)
#define SECOND_NS INT64_C(1000000000)
#define HALVINGS 4u /* parts that a bidder considers: all, a half, ... */

// The terms that Derive's own tests use (derivexyz/v2-core, liquidationTests.json), for its policy.
static const pli_share_terms derive_terms = {.start_e18 = 98 * (PLI_SHARE_ONE / 100),
                                             .cutoff_e18 = 8 * (PLI_SHARE_ONE / 10),
                                             .fast_seconds = 100,
                                             .slow_seconds = 14400,
                                             .insolvent_seconds = 600,
                                             .buffer_e18 = 2 * (PLI_SHARE_ONE / 10)};

pli_share_terms
pli_sim_terms(const pli_simulate_settings *settings) {
    const plm_liquidation_parameters *record = &settings->liquidation;
    if (settings->policy == PLI_SIMULATE_DUTCH) {
        return derive_terms;
    }
    return (pli_share_terms){.start_e18 = record->auction_start_ppm * E18_PER_PPM,
                             .cutoff_e18 = record->auction_cutoff_ppm * E18_PER_PPM,
                             .fast_seconds = (uint32_t)(record->auction_fast_ns / SECOND_NS),
                             .slow_seconds = (uint32_t)(record->auction_slow_ns / SECOND_NS),
                             .insolvent_seconds =
                                 (uint32_t)(record->auction_insolvent_ns / SECOND_NS),
                             .buffer_e18 = record->auction_target_ppm * E18_PER_PPM};
}

static int64_t
part_of(int64_t lots, int64_t share_e18) {
    pli_i128 part = (pli_i128)(lots < 0 ? -lots : lots) * share_e18 + PLI_SHARE_ONE - 1;
    int64_t whole = (int64_t)(part / PLI_SHARE_ONE);
    return lots < 0 ? -whole : whole;
}

// What a bidder wants for a share: half the impact of selling it at once, an hour's risk, and its edge; USD.
static double
wanted(const pli_sim *sim, uint32_t account, const pli_sim_bidder *bidder, double share) {
    double sum = 0.0;
    double risk = sim->sigmas[sim->tick] / sqrt(24.0);
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        double lots = (double)sim->holders[account].lots[i];
        double usd =
            share * 0.01 * (lots < 0.0 ? -lots : lots) * (double)sim->marks[i].mark_e8 * 1e-8;
        double depth = sim->markets[i].depth * sim->depths[sim->tick];
        // Sold over an hour the book recovers some four times.
        double impact = 0.005 * usd / depth / 4.0;
        sum += usd * (impact + risk + bidder->edge);
    }
    return sum;
}

// Move a share of every position to the bidder, at the marks.
static void
take_share(pli_sim *sim, uint32_t account, uint32_t bidder, int64_t share_e18) {
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t lots = part_of(sim->holders[account].lots[i], share_e18);
        if (lots != 0) {
            pli_sim_trade(sim, account, bidder, i, -lots, sim->marks[i].mark_e8);
        }
    }
}

// The fund pays as far as it can; answers how much.
static int64_t
pay_from_fund(pli_sim *sim, uint32_t to, int64_t micros) {
    uint32_t fund = pli_sim_role_of(sim, PLI_SIM_FUND);
    int64_t held = sim->holders[fund].cash_micros;
    int64_t paid = micros < held ? micros : held;
    paid = paid < 0 ? 0 : paid;
    pli_sim_pay(sim, fund, to, paid);
    sim->result->fund += (double)paid;
    return paid;
}

typedef struct offer {
    int64_t share_e18;
    int64_t gain_micros; /* what the bidder gets beyond the positions at their marks */
    int64_t own_micros;  /* of that, the account's own */
} offer;

static pli_share_account
share_account(const plm_requirement *requirement) {
    return (pli_share_account){.value = requirement->equity_maintenance_micros,
                               .maintenance = (pli_i128)requirement->equity_maintenance_micros -
                                              requirement->maintenance_micros};
}

// What a share brings its bidder now: the discount of a solvent account, the fund's payment for an insolvent one.
static offer
offer_of(const pli_sim *sim, uint32_t account, const plm_requirement *requirement,
         int64_t share_e18) {
    pli_share_terms terms = pli_sim_terms(sim->settings);
    pli_share_account state = share_account(requirement);
    uint64_t elapsed = (uint64_t)(sim->tick - sim->cases[account].begun_tick) * 10u;
    offer made = {.share_e18 = share_e18};
    if (state.value > 0) {
        int64_t discount = pli_share_discount(&terms, elapsed);
        pli_i128 share = pli_div_floor_i128(state.value * share_e18, PLI_SHARE_ONE);
        made.own_micros = (int64_t)(share - pli_share_price(&state, discount, share_e18));
        made.own_micros = made.own_micros < 0 ? 0 : made.own_micros;
        made.gain_micros = made.own_micros;
        return made;
    }
    pli_i128 owed = -pli_div_floor_i128(state.value * share_e18, PLI_SHARE_ONE);
    pli_i128 paid = pli_share_payout(&terms, &state, elapsed, share_e18);
    made.gain_micros = (int64_t)(paid > owed ? paid - owed : 0);
    return made;
}

static bool
try_bid(pli_sim *sim, uint32_t account, const plm_requirement *requirement, uint32_t index) {
    pli_sim_bidder *bidder = &sim->bidders[index];
    uint32_t holder = pli_sim_role_of(sim, PLI_SIM_BIDDER + index);
    bool is_whole = sim->settings->policy == PLI_SIMULATE_DUTCH;
    pli_share_account state = share_account(requirement);
    pli_share_terms terms = pli_sim_terms(sim->settings);
    uint64_t elapsed = (uint64_t)(sim->tick - sim->cases[account].begun_tick) * 10u;
    int64_t discount = pli_share_discount(&terms, elapsed);
    int64_t share =
        is_whole || state.value <= 0 ? PLI_SHARE_ONE : pli_share_limit(&terms, &state, discount);
    double notional = pli_sim_notional(sim, &sim->holders[account]);
    double room = bidder->appetite - pli_sim_notional(sim, &sim->holders[holder]);
    int64_t fund = sim->holders[pli_sim_role_of(sim, PLI_SIM_FUND)].cash_micros;
    for (uint32_t i = 0; i < (is_whole ? 1 : HALVINGS) && share > 0; i += 1, share /= 2) {
        double part = (double)share / (double)PLI_SHARE_ONE;
        offer made = offer_of(sim, account, requirement, share);
        int64_t owed = state.value < 0 ? -(int64_t)(state.value * share / PLI_SHARE_ONE) : 0;
        if (notional * part > room || owed + made.gain_micros - made.own_micros > fund ||
            (double)made.gain_micros * 1e-6 < wanted(sim, account, bidder, part)) {
            continue;
        }
        sim->result->bad_debt += (double)(owed + made.gain_micros - made.own_micros);
        (void)pay_from_fund(sim, account, owed + made.gain_micros - made.own_micros);
        take_share(sim, account, holder, share);
        pli_sim_pay(sim, account, holder, made.gain_micros);
        sim->result->owner_cost += (double)made.own_micros;
        return true;
    }
    return false;
}

// What the pool takes of an account that no bidder wanted; its price is the account's cost.
static void
offer_to_pool(pli_sim *sim, uint32_t account) {
    uint32_t pool = pli_sim_role_of(sim, PLI_SIM_POOL);
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t lots = sim->holders[account].lots[i];
        double tranche = sim->markets[i].open_interest * (double)sim->settings->tranche_ppm;
        int64_t tranche_micros = 0;
        pli_backstop_take_result taken = {.lots = 0};
        pli_backstop_terms terms = {.spread_ppm =
                                        5000 + (int64_t)(sim->sigmas[sim->tick] * 0.577 * 1e6),
                                    .rate_ppm = (int64_t)(sim->sigmas[sim->tick] * 1e6),
                                    .volume_micros = sim->views[i].volume_micros,
                                    .discount_max_ppm = 100000,
                                    .stress_ppm = 200000};
        pli_backstop_market market = {.inventory_lots = sim->holders[pool].lots[i],
                                      .lot_notional_micros =
                                          sim->marks[i].mark_e8 / PLI_SIM_AMOUNT + 1};
        if (lots == 0 || pli_i64_from_double_half_even(tranche, &tranche_micros) != PLM_OK) {
            continue;
        }
        market.tranche_micros = tranche_micros;
        pli_backstop_offer offered = {.lots = lots};
        plm_status status = pli_backstop_take(&terms, &market, &offered, &taken);
        sim->status = status == PLM_OK ? sim->status : status;
        if (status == PLM_OK && taken.lots != 0 &&
            taken.cost_micros <= pli_sim_equity(sim, &sim->holders[account])) {
            pli_sim_trade(sim, account, pool, i, -taken.lots, sim->marks[i].mark_e8);
            pli_sim_pay(sim, account, pool, taken.cost_micros);
            sim->result->owner_cost += (double)taken.cost_micros;
        }
    }
}

void
pli_sim_auction(pli_sim *sim, uint32_t account, const plm_requirement *requirement) {
    pli_share_terms terms = pli_sim_terms(sim->settings);
    for (uint32_t i = 0; i < PLI_SIM_BIDDERS; i += 1) {
        if (sim->bidders[i].is_present && try_bid(sim, account, requirement, i)) {
            return;
        }
    }
    uint64_t elapsed = (uint64_t)(sim->tick - sim->cases[account].begun_tick) * 10u;
    bool is_solvent = requirement->equity_maintenance_micros > 0;
    uint64_t end = is_solvent ? (uint64_t)terms.fast_seconds + terms.slow_seconds
                              : (uint64_t)terms.insolvent_seconds;
    if (elapsed < end) {
        return;
    }
    if (sim->settings->policy == PLI_SIMULATE_PLANNED) {
        offer_to_pool(sim, account);
    }
    if (!pli_sim_is_flat(sim, &sim->holders[account])) {
        pli_sim_deleverage(sim, account);
    }
}

void
pli_sim_settle(pli_sim *sim, uint32_t account) {
    int64_t owed = -sim->holders[account].cash_micros;
    if (owed <= 0) {
        return;
    }
    sim->result->bad_debt += (double)owed;
    int64_t paid = pay_from_fund(sim, account, owed);
    sim->result->unpaid += (double)(owed - paid);
    pli_sim_pay(sim, pli_sim_role_of(sim, PLI_SIM_OUTSIDE), account, owed - paid);
}

// A winner as the queue and the measure of harm see it.
static pli_adl_candidate
candidate_of(const pli_sim *sim, uint32_t account, uint32_t market) {
    const pli_sim_holder *holder = &sim->holders[account];
    int64_t lots = holder->lots[market];
    int64_t equity = pli_sim_equity(sim, holder);
    pli_i128 profit = (pli_i128)lots * sim->marks[market].mark_e8 - holder->costs[market];
    pli_i128 entry = holder->costs[market] < 0 ? -holder->costs[market] : holder->costs[market];
    int64_t size = lots < 0 ? -lots : lots;
    return (pli_adl_candidate){
        .account_index = account,
        .score = pli_adl_score(
            (int64_t)(profit / PLI_SIM_AMOUNT), (int64_t)(entry / PLI_SIM_AMOUNT),
            (int64_t)((pli_i128)size * sim->marks[market].mark_e8 / PLI_SIM_AMOUNT), equity),
        .lots = equity > 0 ? size : 0,
        .equity_micros = equity};
}

// What a winner gave up, beside what it had when it first was made to close.
static void
note_winner(pli_sim *sim, const pli_adl_candidate *candidate, pli_i128 haircut) {
    pli_sim_case *file = &sim->cases[candidate->account_index];
    pli_simulate_result *result = sim->result;
    if (!file->is_winner) {
        file->is_winner = true;
        file->winner_micros = candidate->equity_micros;
        result->winners += 1;
    }
    file->haircut_micros += haircut;
    double harm = (double)file->haircut_micros / (double)file->winner_micros;
    result->harm_largest = harm > result->harm_largest ? harm : result->harm_largest;
}

static pli_adl_policy
deleverage_policy_of(const pli_simulate_settings *settings) {
    static const pli_adl_policy policies[] = {[PLM_DELEVERAGE_PRO_RATA] = PLI_ADL_PRO_RATA,
                                              [PLM_DELEVERAGE_QUEUE] = PLI_ADL_QUEUE,
                                              [PLM_DELEVERAGE_LEAST_HARM] = PLI_ADL_LEAST_HARM};
    return settings->policy == PLI_SIMULATE_PLANNED
               ? policies[settings->liquidation.deleverage_policy]
               : PLI_ADL_QUEUE;
}

static void
close_against(pli_sim *sim, uint32_t account, uint32_t market, pli_adl_job *job) {
    bool is_long = sim->holders[account].lots[market] > 0;
    for (uint32_t pass = 0; pass < PLI_ADL_PASSES_MAX && job->phase != PLI_ADL_DONE; pass += 1) {
        for (uint32_t i = 0; i < sim->settings->account_count; i += 1) {
            int64_t held = sim->holders[i].lots[market];
            int64_t lots = 0;
            if (i == account || held == 0 || (held > 0) == is_long) {
                continue;
            }
            pli_adl_candidate candidate = candidate_of(sim, i, market);
            if (pli_adl_offer(job, &candidate, &lots) != PLM_OK || lots == 0) {
                continue;
            }
            pli_i128 haircut = 0;
            pli_adl_book(job, lots, &haircut);
            note_winner(sim, &candidate, haircut);
            pli_sim_trade(sim, i, account, market, is_long ? lots : -lots,
                          sim->marks[market].mark_e8);
            pli_sim_pay(sim, i, account, (int64_t)haircut);
            sim->result->deleveraged += (double)haircut;
            sim->result->bad_debt += (double)haircut;
            sim->result->deleveraged_notional +=
                (double)lots * (double)sim->marks[market].mark_e8 / (double)PLI_SIM_AMOUNT;
        }
        pli_adl_turn(job);
    }
}

void
pli_sim_deleverage(pli_sim *sim, uint32_t account) {
    pli_sim_holder *holder = &sim->holders[account];
    int64_t equity = pli_sim_equity(sim, holder);
    int64_t missing = equity < 0 ? -equity : 0;
    int64_t paid = pay_from_fund(sim, account, missing);
    sim->result->bad_debt += (double)paid;
    missing -= paid;
    double all = pli_sim_notional(sim, holder);
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t lots = holder->lots[i] < 0 ? -holder->lots[i] : holder->lots[i];
        double part = (double)lots * 0.01 * (double)sim->marks[i].mark_e8 * 1e-8 / all;
        int64_t loss = 0;
        pli_adl_job job;
        if (lots == 0 || pli_i64_from_double_floor((double)missing * part, &loss) != PLM_OK ||
            pli_adl_start(deleverage_policy_of(sim->settings), lots, loss, &job) != PLM_OK) {
            continue;
        }
        close_against(sim, account, i, &job);
    }
}

static void
unload(pli_sim *sim, uint32_t holder, int64_t ticks) {
    for (uint32_t i = 0; i < sim->settings->market_count; i += 1) {
        int64_t lots = sim->holders[holder].lots[i];
        int64_t step = (lots < 0 ? -lots : lots) / ticks + (lots != 0 ? 1 : 0);
        if (step != 0) {
            (void)pli_sim_trade_book(sim, holder, i, lots < 0 ? step : -step, UNLOAD_REACH);
        }
    }
}

void
pli_sim_unload(pli_sim *sim) {
    unload(sim, pli_sim_role_of(sim, PLI_SIM_POOL), 8 * UNLOAD_TICKS);
    for (uint32_t i = 0; i < PLI_SIM_BIDDERS; i += 1) {
        unload(sim, pli_sim_role_of(sim, PLI_SIM_BIDDER + i), UNLOAD_TICKS);
    }
}
