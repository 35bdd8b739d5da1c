/* rehearsal_metric.h: the numbers and texts that assertions speak of.                 SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_REHEARSAL_METRIC_H
#define PLI_STUDY_REHEARSAL_METRIC_H

#include "study/rehearsal_state.h"

/* The least and the greatest of nothing. */
#define PLI_METRIC_HIGH PLI_I128_MAX
#define PLI_METRIC_LOW PLI_I128_MIN

/* pli_metric - a number times 10^18, or a text; not known: the rehearsal has no such metric. */
typedef struct pli_metric {
    bool is_known, is_text;
    pli_i128 e18;
    char text[64];
} pli_metric;

/* pli_metric_evaluate - name, name.min, name(argument), name(argument).min or name(argument)@time. */
pli_metric pli_metric_evaluate(const pli_rehearsal *of, const char *metric, size_t size);

/* pli_metric_flag - "true" or "false". */
pli_metric pli_metric_flag(bool is_true);

/* pli_metric_deficit - what accounts owe beyond all they have, micros. */
pli_i128 pli_metric_deficit(const pli_rehearsal *of, bool is_at_truth);

#endif
