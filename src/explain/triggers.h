/* triggers.h: the memory of the trigger search.                                       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_TRIGGERS_H
#define PLI_EXPLAIN_TRIGGERS_H

#include "explain/probe.h"

/* pli_trigger_work - what plm_explain_triggers keeps in its workspace. */
typedef struct pli_trigger_work {
    pli_probe probe;
    double *betas; /* per underlying */
} pli_trigger_work;

void pli_triggers_take(const plm_explain_input *input, pli_arena *arena, pli_trigger_work *work);

#endif
