/* score.h: one requirement against what then happened, in every measure at once.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_SCORE_H
#define PLI_STUDY_SCORE_H

#include <stdint.h>

#include "plimsoll/status.h"
#include "study/coverage.h"
#include "study/cycle.h"

/* pli_score - coverage, depth, cost and procyclicality. */
typedef struct pli_score {
    uint32_t day_count;
    uint32_t breach_count; /* losses above the size */
    double rate;
    pli_test kupiec;
    pli_test independence; /* of no meaning without two days */
    pli_test conditional;
    double exact_size; /* of Kupiec's test at 5 % for this many days */
    pli_traffic_zone zone;
    double worst; /* largest (loss - size) / size; 0 without a breach */
    pli_cycle cycle;
} pli_score;

/*
 * pli_score_measure - over `count` windows that do not overlap, oldest first.
 *
 * Units      sizes and losses relative to the same notional; a gain is a loss below zero.
 * Work       `is_breach` has room for count, and holds the breaches afterwards.
 *
 * Returns    PLM_OK; PLM_HISTORY_SHORT below two windows; PLM_DOMAIN for a size that is not above 0 or a level outside
 *            (0, 1).
 */
PLM_MUST_USE plm_status pli_score_measure(const double *sizes, const double *losses, uint32_t count,
                                          double level, uint8_t *is_breach, pli_score *out);

#endif
