/* replay_living.c: recalibrations of a replay, from closes that each of them knew.       SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay_living.h"

#include "base/text.h"
#include "cli/memory.h"

#define NS_PER_S INT64_C(1000000000)
#define WARM_UP_STEPS 365

pli_replay_living
pli_replay_living_begin(const pli_backtest *backtest, const plm_living_parameters *parameters,
                        pli_pool *pool, int64_t first_s) {
    uint32_t count = backtest->listing->underlying_count;
    int64_t interval_s = parameters->interval_ns / NS_PER_S;
    int64_t steps = first_s / interval_s - (first_s % interval_s < 0 ? 1 : 0);
    size_t size = pli_backtest_size(backtest);
    pli_replay_living living = {.backtest = backtest,
                                .parameters = parameters,
                                .memory = pli_must_block(pool, size),
                                .size = size,
                                .next_s = (steps - WARM_UP_STEPS) * interval_s,
                                .states = PLI_MUST_TAKE(pool, count, plm_living),
                                .wanted_ppm = PLI_MUST_TAKE(pool, count, int64_t),
                                .announced_ppm = PLI_MUST_TAKE(pool, count, int64_t),
                                .in_force_ppm = PLI_MUST_TAKE(pool, count, int64_t)};
    for (uint32_t u = 0; u < count; u += 1) {
        living.states[u] = (plm_living){.volatility = {.step_count = 0}};
    }
    living.force.volatilities_ppm = living.in_force_ppm;
    return living;
}

static plm_status
recalibrate(pli_replay_living *living) {
    for (uint32_t u = 0; u < living->backtest->listing->underlying_count; u += 1) {
        const int64_t wanted[PLM_LIVING_COUNT] = {living->wanted_ppm[u]};
        plm_living_size sizes[PLM_LIVING_COUNT];
        plm_status status = plm_living_step(&living->states[u], living->parameters, wanted, sizes);
        if (status != PLM_OK) {
            return status;
        }
        living->in_force_ppm[u] = sizes[PLM_LIVING_VOLATILITY].in_force;
        living->announced_ppm[u] = sizes[PLM_LIVING_VOLATILITY].announced;
    }
    living->step_count += 1;
    living->force.since_s = living->next_s;
    return PLM_OK;
}

plm_status
pli_replay_living_advance(pli_replay_living *living, int64_t seconds, plm_fault *fault) {
    for (; living->next_s <= seconds;
         living->next_s += living->parameters->interval_ns / NS_PER_S) {
        plm_status status =
            pli_backtest_volatilities(living->backtest, living->next_s, living->memory,
                                      living->size, living->wanted_ppm, fault);
        if (status == PLM_PRICE_MISSING || status == PLM_HISTORY_SHORT) {
            continue;
        }
        if (status == PLM_OK) {
            status = recalibrate(living);
        }
        if (status != PLM_OK) {
            return status;
        }
    }
    return living->step_count > 0
               ? PLM_OK
               : pli_fault_set(fault, PLM_HISTORY_SHORT, "nothing is in force yet", NULL, NULL);
}
