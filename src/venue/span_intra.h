/* span_intra.h: SPAN's charges by contract month: spreads inside a combined commodity, delivery.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SPAN_INTRA_H
#define PLI_VENUE_SPAN_INTRA_H

#include "venue/span.h"

#define PLI_SPAN_DELTA_ONE 1000000000 /* one delta in units of 1e-9 */

/* pli_span_is_before - by month, then by day code; no day code comes first. */
bool pli_span_is_before(pli_span_period left, pli_span_period right);

/* pli_span_rate - a rate of the file in 1e-12, times 10^risk exponent, rounded up; false where it does not fit. */
bool pli_span_rate(const pli_span_commodity *commodity, pli_span_number rate, pli_i128 *out);

/* pli_span_rescale - value / 10^decimals in 1e-12. pli_span_scale_up - amount x ratio, rounded up. */
bool pli_span_rescale(pli_i128 value, int32_t decimals, bool is_up, pli_i128 *out);
bool pli_span_scale_up(pli_i128 amount, pli_span_number ratio, pli_i128 *out);

/*
 * pli_span_charge_months - form the spreads of out->commodity_index over out->months and charge delivery.
 *
 * Series-to-series spreads come first, then tier-to-tier, each by priority; every spread first with side A long, then
 * with side A short. The count is the least, over the legs, of the deltas of the leg's sign in its month or tier over
 * its ratio; inside a tier the nearest month is used up first.
 *
 * Fills remaining and consumed of the months, uses, intra and delivery of *out.
 * Returns    PLM_OK; PLM_INDEX_UNKNOWN for a tier that is not defined; PLM_MODEL_UNSUPPORTED for deltas without a
 *            contract month where charges go by month; PLM_OVERFLOW; PLM_LIMIT when the arena is full.
 */
PLM_MUST_USE plm_status pli_span_charge_months(const pli_span_file *file, pli_arena *arena,
                                               pli_span_requirement *out, plm_fault *fault);

#endif
