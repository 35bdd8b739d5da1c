/* replay_living.h: the living sizes of a venue through a replay, recalibrated as often as they may be. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_REPLAY_LIVING_H
#define PLI_CLI_REPLAY_LIVING_H

#include "cli/replay.h"
#include "plimsoll/living.h"

/*
 * pli_replay_living - one memory per underlying, and what is in force since the last recalibration.
 *
 * A venue recalibrates at whole multiples of the record's interval since 1970. The walk begins a year of them before the
 * first instant, where there is history, so that the first instant of a replay finds sizes that have a past.
 */
typedef struct pli_replay_living {
    const pli_backtest *backtest;
    const plm_living_parameters *parameters;
    void *memory;
    size_t size;
    int64_t next_s;
    uint32_t step_count;
    plm_living *states;
    int64_t *wanted_ppm;
    int64_t *announced_ppm;
    int64_t *in_force_ppm;
    pli_backtest_living force;
} pli_replay_living;

/* pli_replay_living_begin - `memory` and `size` are those of pli_backtest_at, whose calls may share them. */
pli_replay_living pli_replay_living_begin(const pli_backtest *backtest,
                                          const plm_living_parameters *parameters, pli_pool *pool,
                                          int64_t first_s);

/*
 * pli_replay_living_advance - recalibrate up to `seconds`; an instant without a price changes nothing.
 *
 * Returns    PLM_OK with what is in force in `force`; PLM_HISTORY_SHORT while nothing is; the statuses of
 *            pli_backtest_volatilities but PLM_PRICE_MISSING.
 */
PLM_MUST_USE plm_status pli_replay_living_advance(pli_replay_living *living, int64_t seconds,
                                                  plm_fault *fault);

#endif
