/* socialise.h: a loss or a gain divided among accounts in whole units, exactly.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_SOCIALISE_H
#define PLI_LIQUIDATION_SOCIALISE_H

#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/status.h"

/* pli_socialise_claim - an account and what it is entitled to, or holds, at the loss event; weight >= 0. */
typedef struct pli_socialise_claim {
    uint64_t id;
    pli_i128 weight;
} pli_socialise_claim;

/* pli_socialise_scratch - room for the number of claims in each. */
typedef struct pli_socialise_scratch {
    uint32_t *rank;
    uint32_t *order;
    pli_i128 *numerators;
    pli_i128 *sorted;
} pli_socialise_scratch;

/*
 * pli_socialise - shares of `total` in proportion to the weights, by largest remainder, ties to the lowest id.
 *
 * Guarantees [Q9] The shares add up to `total`; each differs from weight * total / sum by less than one unit; they do not
 *            depend on the order of the claims, whose ids are distinct. No share is above its weight while
 *            total <= sum of weights. [Q8] Hence haircuts add up to the deficit.
 * Source     METHOD sections 6 and 10 (Hamilton's method).
 * Cost       O(count log count).
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: a weight or the total is negative, or there is a total and no weight;
 *            PLM_OVERFLOW: weight * total or the sum of the weights leaves 127 bits.
 */
PLM_MUST_USE plm_status pli_socialise(const pli_socialise_claim *claims, uint32_t count,
                                      pli_i128 total, const pli_socialise_scratch *scratch,
                                      pli_i128 *shares);

/*
 * pli_socialise_vega - the same as Vega does it: each winner floor(win * ratio), the last one what is left.
 *
 * ratio = collected / sum of the wins to 16 decimals, nearest with halves up. It depends on the order and may be further
 * than a unit from pro rata at the last winner: kept for comparison, not for use.
 *
 * Guarantees The shares add up to `collected`; none is negative.
 * Source     vegaprotocol/vega core/collateral/simple_distributor.go, as a formula.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: a win is negative, or `collected` is outside 0..sum of wins;
 *            PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status pli_socialise_vega(const pli_i128 *wins, uint32_t count, pli_i128 collected,
                                           pli_i128 *shares);

#endif
