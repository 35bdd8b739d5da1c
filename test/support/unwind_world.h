/* unwind_world.h: drawn accounts below maintenance, and what a plan for them must keep.   SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_UNWIND_WORLD_H
#define TS_SUPPORT_UNWIND_WORLD_H

#include "base/prng.h"
#include "liquidation/unwind.h"
#include "support/explain_world.h"

/* ts_unwind - an account under one of the models, drawn anew as often as wanted. Must not move in memory. */
typedef struct ts_unwind {
    ts_account account;
    pli_unwind_rules rules;
    plm_workspace workspace;
} ts_unwind;

void ts_unwind_init(ts_unwind *world, const plm_model *model);
void ts_unwind_finish(ts_unwind *world);

/*
 * ts_unwind_draw - `count` positions of 1..lots_max lots, long or short, market data, and the cash that leaves
 * equity at a drawn share of the target level. False where the account requires nothing.
 */
bool ts_unwind_draw(ts_unwind *world, pli_prng *prng, uint32_t count, int64_t lots_max);

/* ts_unwind_plan - the plan; fails the test on any other status than PLM_OK. */
pli_unwind_plan ts_unwind_plan(ts_unwind *world);

/* ts_unwind_check - every guarantee of unwind.h that one plan can show. */
void ts_unwind_check(ts_unwind *world, const pli_unwind_plan *plan);

/* ts_unwind_cheapest - the least cost of reaching the target, by trying every choice; INT64_MAX where none reaches it. */
int64_t ts_unwind_cheapest(ts_unwind *world);

/* ts_unwind_apply - the slice is filled at the marks for its expected cost. */
void ts_unwind_apply(ts_unwind *world, const pli_unwind_plan *plan);

#endif
