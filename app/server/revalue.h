/* revalue.h: every account asked anew at another market.                              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_REVALUE_H
#define PLI_SERVER_REVALUE_H

#include "server/shift.h"

/* pli_revalue - the venue's model at the moved market, with arrays of its own. Begins as {.core = core}. */
typedef struct pli_revalue {
    const plm_core *core;
    pli_shift shift;
    plm_margin_input input;
    plm_risk_table tables[2];
    void *memory[2];
    plm_workspace workspace;
    uint8_t hashes[2][32]; /* of the sets that the tables were built from */
} pli_revalue;

/*
 * pli_revalue_init - move the market and build what the model needs there.
 * pli_revalue_renew - events have been applied: look at the state anew. False: its scenarios or its listing are others by
 *                     now, and the arrays no longer theirs. The moved market stays what it was.
 * pli_revalue_account - the requirement of what somebody holds (plm_core_portfolio), there.
 * pli_revalue_finish - give the memory back, also after a failure.
 *
 * Returns    PLM_OK; PLM_MEMORY; otherwise as pli_shift_set, plm_risk_table_build, plm_margin_require.
 */
PLM_MUST_USE plm_status pli_revalue_init(pli_revalue *asked, const plm_core *core,
                                         const pli_move *move);
bool pli_revalue_renew(pli_revalue *asked);
PLM_MUST_USE plm_status pli_revalue_account(pli_revalue *asked, const plm_portfolio *portfolio,
                                            plm_requirement *requirement);
void pli_revalue_finish(pli_revalue *asked);

#endif
