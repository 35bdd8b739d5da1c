/* procyclicality.h: shock sizes that follow the market without whipsawing those who must pay. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PROCYCLICALITY_H
#define PLIMSOLL_PROCYCLICALITY_H

#include <stdint.h>

#include "plimsoll/parameter.h"

#define PLM_PROCYCLICALITY_WINDOW 3650                 /* days of the long-run mean, at most */
#define PLM_PROCYCLICALITY_STRESS 1000                 /* stressed observations, at most */
#define PLM_PROCYCLICALITY_NOTICE 30                   /* days of notice, at most */
#define PLM_PROCYCLICALITY_RISE_NONE INT64_C(10000000) /* ppm: a rise is not limited */
#define PLM_PROCYCLICALITY_SIZE_MAX INT64_C(1000000000000)

/*
 * The governed record: three tools of Article 28(1) of Delegated Regulation (EU) 153/2013 (buffer, stressed weight, long
 * floor), a speed limit and a notice. As shipped each is off.
 */
#define PLM_PROCYCLICALITY_PARAMETERS(X, T)                                                        \
    X(T, buffer_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 100000, 24, "risk", "",                          \
      "share added to a size, used up while sizes rise; Art. 28(1)(a) asks for 25 %")              \
    X(T, buffer_refill_ppm, PLM_UNIT_PPM, 10000, 0, 1000000, 10000, 24, "risk", "",                \
      "rise per day at which a used buffer is built up again")                                     \
    X(T, stressed_weight_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 100000, 24, "risk", "",                 \
      "weight of the mean of the largest sizes seen; Art. 28(1)(b) asks for 25 %")                 \
    X(T, stressed_count, PLM_UNIT_COUNT, 250, 1, PLM_PROCYCLICALITY_STRESS, 250, 24, "risk", "",   \
      "how many largest sizes that is the mean of")                                                \
    X(T, floor_ppm, PLM_UNIT_PPM, 0, 0, 2000000, 100000, 24, "risk", "",                           \
      "share of the long-run mean that a size never falls below; Art. 28(1)(c)")                   \
    X(T, floor_days, PLM_UNIT_COUNT, PLM_PROCYCLICALITY_WINDOW, 1, PLM_PROCYCLICALITY_WINDOW, 365, \
      24, "risk", "", "days of that mean")                                                         \
    X(T, rise_max_ppm, PLM_UNIT_PPM, PLM_PROCYCLICALITY_RISE_NONE, 1000,                           \
      PLM_PROCYCLICALITY_RISE_NONE, 500000, 24, "risk", "",                                        \
      "largest rise per day, of the size the day before; 1000 % is no limit")                      \
    X(T, notice_days, PLM_UNIT_COUNT, 0, 0, PLM_PROCYCLICALITY_NOTICE, 5, 24, "risk", "",          \
      "days between the announcement of a rise and its effect; a fall is immediate")

typedef struct plm_procyclicality_parameters {
    PLM_PROCYCLICALITY_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_procyclicality_parameters)
} plm_procyclicality_parameters;

extern const plm_descriptor plm_procyclicality_descriptor;

/*
 * plm_procyclicality - what the days so far have left behind. Zeroed memory is a start without a past.
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
    uint32_t day_count;
    int64_t announced[PLM_PROCYCLICALITY_NOTICE + 1]; /* the latest last, as far as there were days */
} plm_procyclicality;

/*
 * plm_procyclicality_step - one day: the raw size that a model asks for becomes the size that is in force.
 *
 *   mixed     = (1 - w) raw + w * mean of the `stressed_count` largest raw sizes so far
 *   floored   = max(mixed, floor * mean raw size of the last `floor_days`)
 *   buffered  = max(floored, min((1 + buffer) floored, (1 + refill) announced the day before))
 *   announced = min(buffered, (1 + rise_max) announced the day before)
 *   in force  = the least of those announced today and in the last `notice_days`
 *
 * On the first day there is no day before: the buffer is full and no limit holds.
 *
 * Units      Any one unit of a shock or requirement relative to notional, 0..PLM_PROCYCLICALITY_SIZE_MAX.
 * Rounding   Up, at each line.
 * Source     Delegated Regulation (EU) 153/2013, Art. 28(1); the exhaustible buffer as Murphy, Vasios and Vause model it
 *            (Bank of England Financial Stability Paper 29, 2014).
 * Purity     Integers only; no allocation, no clock.
 *
 * Guarantees [CYCLE-2] without a notice, today's size is at most (1 + rise_max) times yesterday's, rounded up.
 *            [CYCLE-3] with the shipped record the size in force is the raw size.
 *
 * Returns    PLM_OK with *size; PLM_DOMAIN for a raw size out of range; PLM_PARAMETER_INVALID for a record out of bounds.
 */
PLM_MUST_USE plm_status plm_procyclicality_step(plm_procyclicality *state,
                                                const plm_procyclicality_parameters *parameters,
                                                int64_t raw_size, int64_t *size);

#endif
