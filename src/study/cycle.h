/* cycle.h: how much a requirement costs and how hard it moves.                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_CYCLE_H
#define PLI_STUDY_CYCLE_H

#include <stdint.h>

#include "plimsoll/status.h"

enum { PLI_CYCLE_RISES = 3 };

/* The n of the n-day rises: 1, 5 and 20 days. */
extern const uint32_t pli_cycle_days[PLI_CYCLE_RISES];

/*
 * pli_cycle - the measures of procyclicality of Murphy, Vasios and Vause (Bank of England, Financial Stability Paper 29,
 * 2014) and the mean, which is the cost.
 */
typedef struct pli_cycle {
    double mean;
    double peak;
    double trough;
    double peak_to_trough;
    double
        rises[PLI_CYCLE_RISES]; /* largest (size[t + n] - size[t]) / size[t]; 0 where it never rose */
} pli_cycle;

/*
 * pli_cycle_measure - over `count` daily sizes, oldest first.
 *
 * Returns    PLM_OK; PLM_HISTORY_SHORT for none; PLM_DOMAIN for one that is not above 0.
 */
PLM_MUST_USE plm_status pli_cycle_measure(const double *sizes, uint32_t count, pli_cycle *out);

#endif
