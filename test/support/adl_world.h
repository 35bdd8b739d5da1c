/* adl_world.h: accounts that can only be deleveraged, and those who hold the other side.   SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_ADL_WORLD_H
#define TS_SUPPORT_ADL_WORLD_H

#include <stdint.h>

#include "plimsoll/liquidation.h"
#include "support/core_world.h"

#define TS_ADL_BANKRUPT 0u
#define TS_ADL_LATE 3u
#define TS_ADL_FIRST 4u
#define TS_ADL_OTHER 5u

/* ts_adl_given - what the effects said that an account closed and gave up. */
typedef struct ts_adl_given {
    int64_t lots[TS_C_ACCOUNTS], micros[TS_C_ACCOUNTS];
    int64_t lots_all, micros_all;
    uint32_t steps;
} ts_adl_given;

/* ts_adl_holding - of the perpetual on BTC, and of USD. */
typedef struct ts_adl_holding {
    int64_t lots, usd_micros;
} ts_adl_holding;

/*
 * ts_adl_start  - no auctions, no depth: an account that is bankrupt can only be deleveraged. FIRST and OTHER hold 100,000 USD,
 *                 the others 10,000.
 * ts_adl_fund   - USD into the fund, or from it into the tranche of the perpetual. ts_adl_trade, ts_adl_move - of the perpetual.
 * ts_adl_assess - and the state is sound. ts_adl_work - CONTINUE until the queue is empty, step by step.
 * ts_adl_enter  - work, and assess until the account is in stage ADL.
 */
void ts_adl_start(ts_core *world, plm_deleverage_policy policy);
void ts_adl_fund(ts_core *world, plm_fund_action action, int64_t usd);
void ts_adl_trade(ts_core *world, uint32_t buyer, uint32_t seller, int64_t lots, int64_t usd);
void ts_adl_move(ts_core *world, int64_t usd);
plm_reject ts_adl_assess(ts_core *world, uint32_t account);
plm_stage ts_adl_stage(const ts_core *world, uint32_t account);
ts_adl_given ts_adl_work(ts_core *world);
void ts_adl_enter(ts_core *world, uint32_t account);
ts_adl_holding ts_adl_held(const ts_core *world, uint32_t account);
plm_asset_totals ts_adl_usd(const ts_core *world);
int64_t ts_adl_small(plm_wide value);

#endif
