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

/* pli_metric_number, _micros, _text - a value that is known. */
pli_metric pli_metric_number(pli_i128 e18);
pli_metric pli_metric_micros(pli_i128 value);
pli_metric pli_metric_text(const char *text);

/* pli_metric_insurance - of the fund in an asset, units times 10^18; pli_metric_insured - the asset it is held in. */
pli_i128 pli_metric_insurance(const pli_rehearsal *of, uint32_t asset);
uint32_t pli_metric_insured(const pli_rehearsal *of);

/* pli_metric_resort - metrics of pool and deleveraging. */
pli_metric pli_metric_resort(const pli_rehearsal *of, const char *name, const char *suffix);

/* pli_metric_measured - by the clock of whoever plays. */
pli_metric pli_metric_measured(const pli_rehearsal *of, const char *name, const char *suffix);

/* pli_metric_waterfall_order - who bears a loss, in turn, by the engine's own rule asked with a growing loss. */
pli_metric pli_metric_waterfall_order(const pli_rehearsal *of);

/* pli_metric_mutual_used - what the members' fund had to pay; pli_metric_mutual_shares - what they pay in all, 10^-18. */
pli_i128 pli_metric_mutual_used(const pli_rehearsal *of);
pli_i128 pli_metric_mutual_shares(const pli_rehearsal *of);

/* pli_metric_flag - "true" or "false". */
pli_metric pli_metric_flag(bool is_true);

/* pli_metric_deficit - what accounts owe beyond all they have, micros. */
pli_i128 pli_metric_deficit(const pli_rehearsal *of, bool is_at_truth);

#endif
