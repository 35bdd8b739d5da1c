/* procyclicality.h: shock sizes that follow the market without whipsawing those who must pay. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PROCYCLICALITY_H
#define PLIMSOLL_PROCYCLICALITY_H

#include <stdint.h>

#include "plimsoll/parameter.h"

#define PLM_PROCYCLICALITY_WINDOW 3650                 /* steps of the long-run mean, at most */
#define PLM_PROCYCLICALITY_STRESS 1000                 /* stressed observations, at most */
#define PLM_PROCYCLICALITY_NOTICE 30                   /* steps of notice, at most */
#define PLM_PROCYCLICALITY_RISE_NONE INT64_C(10000000) /* ppm: a rise is not limited */
#define PLM_PROCYCLICALITY_FALL_NONE INT64_C(1000000)  /* ppm: a fall is not limited */
#define PLM_PROCYCLICALITY_SIZE_MAX INT64_C(1000000000000)

/*
 * The governed tools: the three of Article 28(1) of Delegated Regulation (EU) 153/2013 (buffer, stressed weight, long
 * floor), hysteresis, two speed limits and a notice. A step is a day in a back-test and a recalibration in a venue. The
 * defaults of the floor and the last four are arguments, because a back-test asks for what a model says and a venue for what is governed.
 */
#define PLM_PROCYCLICALITY_TOOLS(X, T, FLOOR, BAND, RISE, FALL, NOTICE)                            \
    X(T, buffer_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 100000, 24, "risk", "",                          \
      "share added to a size, used up while sizes rise; Art. 28(1)(a) asks for 25 %")              \
    X(T, buffer_refill_ppm, PLM_UNIT_PPM, 10000, 0, 1000000, 10000, 24, "risk", "",                \
      "rise per step at which a used buffer is built up again")                                    \
    X(T, stressed_weight_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 100000, 24, "risk", "",                 \
      "weight of the mean of the largest sizes seen; Art. 28(1)(b) asks for 25 %")                 \
    X(T, stressed_count, PLM_UNIT_COUNT, 250, 1, PLM_PROCYCLICALITY_STRESS, 250, 24, "risk", "",   \
      "how many largest sizes that is the mean of")                                                \
    X(T, floor_ppm, PLM_UNIT_PPM, FLOOR, 0, 2000000, 100000, 24, "risk", "",                       \
      "share of the long-run mean that a size never falls below; Art. 28(1)(c)")                   \
    X(T, floor_steps, PLM_UNIT_COUNT, PLM_PROCYCLICALITY_WINDOW, 1, PLM_PROCYCLICALITY_WINDOW,     \
      365, 24, "risk", "", "steps of that mean")                                                   \
    X(T, rise_max_ppm, PLM_UNIT_PPM, RISE, 1000, PLM_PROCYCLICALITY_RISE_NONE, 500000, 24, "risk", \
      "", "largest rise per step, of the size the step before; 1000 % is no limit")                \
    X(T, notice_steps, PLM_UNIT_COUNT, NOTICE, 0, PLM_PROCYCLICALITY_NOTICE, 5, 24, "risk", "",    \
      "steps between the announcement of a rise and its effect; a fall is immediate")              \
    X(T, band_ppm, PLM_UNIT_PPM, BAND, 0, 500000, 50000, 24, "risk", "",                           \
      "hysteresis: a size falls only to this much above what is asked for")                        \
    X(T, fall_max_ppm, PLM_UNIT_PPM, FALL, 1000, PLM_PROCYCLICALITY_FALL_NONE, 100000, 24, "risk", \
      "", "largest fall per step, of the size the step before; 100 % is no limit")

/* The record of a back-test. As shipped every tool is off. */
#define PLM_PROCYCLICALITY_PARAMETERS(X, T)                                                        \
    PLM_PROCYCLICALITY_TOOLS(X, T, 0, 0, PLM_PROCYCLICALITY_RISE_NONE,                             \
                             PLM_PROCYCLICALITY_FALL_NONE, 0)

typedef struct plm_procyclicality_parameters {
    PLM_PROCYCLICALITY_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_procyclicality_parameters)
} plm_procyclicality_parameters;

extern const plm_descriptor plm_procyclicality_descriptor;

/* plm_shock_reason - which tool decided a size, the last one that moved it. */
typedef enum plm_shock_reason {
    PLM_SHOCK_REASON_MARKET = 1,   /* none: it is what the market asks for */
    PLM_SHOCK_REASON_STRESSED = 2, /* the weight of the largest sizes */
    PLM_SHOCK_REASON_FLOOR = 3,    /* the share of the long-run mean */
    PLM_SHOCK_REASON_BUFFER = 4,   /* the buffer on top */
    PLM_SHOCK_REASON_BAND = 5,     /* hysteresis: it has not fallen far enough */
    PLM_SHOCK_REASON_FALL = 6,     /* falls no faster */
    PLM_SHOCK_REASON_RISE = 7,     /* rises no faster */
    PLM_SHOCK_REASON_NOTICE = 8,   /* what has been announced does not bind yet */
    PLM_SHOCK_REASON_UNKNOWN = 9   /* depth, volume, open interest: none known before or now */
} plm_shock_reason;

/* plm_shock_reason_name - the reason in lower case, such as "notice"; "unknown" outside the enum. */
const char *plm_shock_reason_name(plm_shock_reason reason);

/*
 * plm_procyclicality - what the steps so far have left behind. Zeroed memory is a start without a past.
 *
 * Invariants [CYCLE-1] highest[0..highest_count) falls; window holds the last window_count raw sizes, a ring.
 */
typedef struct plm_procyclicality {
    int64_t window[PLM_PROCYCLICALITY_WINDOW];
    int64_t window_sum;
    uint32_t window_count;
    uint32_t window_next;
    int64_t highest[PLM_PROCYCLICALITY_STRESS];
    uint32_t highest_count;
    uint32_t step_count; /* no more than the notice can look back on */
    int64_t
        announced[PLM_PROCYCLICALITY_NOTICE + 1]; /* the latest last, as far as there were steps */
    plm_shock_reason reason;                      /* of the last step */
} plm_procyclicality;

/*
 * plm_procyclicality_step - one step: the raw size that a model asks for becomes the size that is in force.
 *
 *   mixed     = (1 - w) raw + w * mean of the `stressed_count` largest raw sizes so far
 *   floored   = max(mixed, floor * mean raw size of the last `floor_steps`)
 *   buffered  = max(floored, min((1 + buffer) floored, (1 + refill) before))
 *   held      = max(buffered, min((1 + band) buffered, before))
 *   slowed    = max(held, (1 - fall_max) before), where that is a fall; at least one unit lower than before counts as slow
 *   announced = min(slowed, (1 + rise_max) before); at least one unit more than before
 *   in force  = the least of those announced now and in the last `notice_steps`
 *
 * with `before` what was announced the step before. On the first step there is none: the buffer is full, nothing else holds.
 *
 * Units      Any one unit of a shock or requirement relative to notional, 0..PLM_PROCYCLICALITY_SIZE_MAX.
 * Rounding   Up, at each line.
 * Source     Delegated Regulation (EU) 153/2013, Art. 28(1); the exhaustible buffer as Murphy, Vasios and Vause model it
 *            (Bank of England Financial Stability Paper 29, 2014). The band is the play operator of hysteresis
 *            (Krasnosel'skii and Pokrovskii, Systems with Hysteresis, 1989), shifted so that a size is never too small.
 * Purity     Integers only; no allocation, no clock.
 *
 * Guarantees [CYCLE-2] without a notice a size is at most (1 + rise_max) times the one before and at least (1 - fall_max)
 *                      times it, up, or one unit away.
 *            [CYCLE-3] with the shipped record the size in force is the raw size.
 *            [CYCLE-4] under one record, raw sizes that are never lower give sizes in force that are never lower [M6].
 *            [CYCLE-5] with a band alone: while the raw sizes stay inside [a, (1 + band) a], the size in force never falls
 *                      and after its highest raw size never moves again.
 *
 * Returns    PLM_OK with *size; PLM_DOMAIN for a raw size out of range; PLM_PARAMETER_INVALID for a record out of bounds.
 */
PLM_MUST_USE plm_status plm_procyclicality_step(plm_procyclicality *state,
                                                const plm_procyclicality_parameters *parameters,
                                                int64_t raw_size, int64_t *size);

#endif
