/* triggers.h: the trigger search probe by probe, and its memory.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_EXPLAIN_TRIGGERS_H
#define PLI_EXPLAIN_TRIGGERS_H

#include "explain/probe.h"

/* The two conditions, by index. */
enum { PLI_TRIGGER_CALL = 0, PLI_TRIGGER_LIQUIDATION = 1, PLI_TRIGGER_CONDITIONS = 2 };

/* pli_trigger_work - what plm_explain_triggers keeps in its workspace. */
typedef struct pli_trigger_work {
    pli_probe probe;
    double *betas; /* per underlying */
} pli_trigger_work;

void pli_triggers_take(const plm_explain_input *input, pli_arena *arena, pli_trigger_work *work);

/* pli_trigger_sample - the account at a price so many ticks from the present one. */
typedef struct pli_trigger_sample {
    int64_t distance;
    int64_t excess[PLI_TRIGGER_CONDITIONS]; /* below 0: the condition holds */
} pli_trigger_sample;

/* pli_trigger_bracket - a condition first seen between two probes: it does not hold at `near` and holds at `far`. */
typedef struct pli_trigger_bracket {
    bool is_found;
    pli_trigger_sample near, far;
} pli_trigger_bracket;

/*
 * pli_trigger_climb - one side of one search, and how far it has come. Prices are counted in ticks from the present one:
 * distance 0 is the present price itself, distance d > 0 the d-th multiple of the tick beyond it.
 */
typedef struct pli_trigger_climb {
    pli_probe *probe;
    uint32_t target;
    const double *betas; /* NULL: the others stay */
    int direction;       /* -1 below, +1 above */
    int64_t price_e8, tick_e8;
    int64_t end; /* largest distance */
    pli_trigger_sample near;
    double step, reach;
    pli_trigger_bracket brackets[PLI_TRIGGER_CONDITIONS];
    bool is_climbing; /* else the bracket of `condition` is narrowed */
    int condition;    /* PLI_TRIGGER_CONDITIONS: over */
    int lean;
    bool is_slow;
    int64_t width_before;
} pli_trigger_climb;

/* pli_trigger_walk - both sides of one underlying, the others where they are: what plm_explain_triggers finds without betas. */
typedef struct pli_trigger_walk {
    pli_trigger_work work;
    pli_trigger_sample present;
    unsigned side; /* 0 below, 1 above, 2: over */
    pli_trigger_climb at;
    plm_trigger found[2][PLI_TRIGGER_CONDITIONS]; /* by side */
    int64_t end_e8[2];
} pli_trigger_walk;

/*
 * pli_trigger_walk_begin - look at the account as it is. pli_trigger_walk_step - one probe more, until side is 2.
 *
 * Lifetime   *input, with everything in it, and the workspace (plm_explain_size bytes) live on until the last step, unchanged.
 * Returns    as plm_explain_triggers; nothing more may be asked of a walk that has failed.
 */
PLM_MUST_USE plm_status pli_trigger_walk_begin(const plm_explain_input *input,
                                               uint32_t underlying_index,
                                               const plm_workspace *workspace,
                                               pli_trigger_walk *walk, plm_fault *fault);
PLM_MUST_USE plm_status pli_trigger_walk_step(pli_trigger_walk *walk, plm_fault *fault);

#endif
