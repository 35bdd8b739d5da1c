/* history.h: past returns rescaled to today's volatility, joint over underlyings.     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_HISTORY_H
#define PLI_SCENARIO_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "plimsoll/scenario.h"

/* A positive price never falls by more than this in one rescaled move. */
#define PLI_HISTORY_MOVE_MIN (-0.99)

/* The mean of this many first squared returns, or of fewer where there are fewer, seeds the EWMA variance. */
#define PLI_HISTORY_SEED_COUNT 5u

/* What pli_history_make fills; rows of `returns` run [day][underlying]. */
typedef struct pli_joint_history {
    uint32_t count;
    int64_t *days;        /* room for parameters->history_count */
    double *returns;      /* room for parameters->history_count * underlying_count */
    uint8_t *has_history; /* underlying_count */
} pli_joint_history;

/* Scratch of pli_history_make, carved by pli_history_work_take. */
typedef struct pli_history_work {
    uint32_t *history_of; /* per underlying: position in request->histories, or PLM_NONE */
    uint32_t *cursor;     /* per underlying: next day of a merge */
    int64_t *axis;        /* all return days of the qualifying underlyings, rising */
    uint32_t *present;    /* per day of the axis: qualifying underlyings with a return */
    double *returns;      /* of one underlying */
    double *variance;
    int64_t *days; /* on which those returns ended */
} pli_history_work;

void pli_history_work_take(const plm_scenario_request *request, pli_arena *arena,
                           pli_history_work *work);

/*
 * pli_history_make - choose the joint days and fill them with rescaled returns.
 *
 * A daily return exists where two days follow each other. An underlying qualifies with history_minimum returns of its
 * own; while fewer than history_minimum days are common to all that qualify, the one whose removal adds most days is
 * dropped (ties: the highest index). The latest history_count common days are used; an underlying that was dropped or
 * never qualified keeps has_history 0 and zeros.
 *
 * Each return is standardised by the EWMA volatility known before its day and rescaled to the one known after the last
 * (not below volatility_floor), times the square root of the horizon in days. One that came before its price ever moved
 * has no volatility to be measured in and is left as it is.
 *
 * Returns    PLM_OK; PLM_NOT_FINITE, PLM_DOMAIN, PLM_INDEX_UNKNOWN, PLM_PARAMETER_INVALID as plm_scenario_make.
 */
PLM_MUST_USE plm_status pli_history_make(const plm_scenario_request *request,
                                         pli_history_work *work, pli_joint_history *joint,
                                         plm_fault *fault);

#endif
