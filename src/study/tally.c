/* tally.c: many simulated worlds in a few numbers.                                     SPDX-License-Identifier: Apache-2.0 */
#include "study/tally.h"

#include "base/libc.h"
#include "plimsoll/quantity.h"

void
pli_tally_add(pli_tally *tally, const pli_simulate_result *result) {
    double open_interest = result->open_interest > 0.0 ? result->open_interest : 1.0;
    const double values[PLI_TALLY_MEASURES] = {
        [PLI_TALLY_BAD_DEBT] = result->bad_debt / open_interest,
        [PLI_TALLY_IMPACT_PEAK] = result->impact_peak,
        [PLI_TALLY_IMPACT_COST] = result->impact_cost / open_interest,
        [PLI_TALLY_FORCED] = result->forced_notional / open_interest,
        [PLI_TALLY_DELEVERAGED] = result->deleveraged_notional / open_interest,
        [PLI_TALLY_UNPAID] = result->unpaid / open_interest,
        [PLI_TALLY_OWNER_COST] = result->owner_cost / open_interest,
        [PLI_TALLY_POOL] = result->pool_result / open_interest,
        [PLI_TALLY_CAPITAL] = result->capital / open_interest,
        [PLI_TALLY_LIQUIDATED] = result->liquidated,
        [PLI_TALLY_RECOVERING] = result->recovering,
        [PLI_TALLY_CLOSED] = result->closed,
        [PLI_TALLY_WINNERS] = result->winners,
        [PLI_TALLY_HARM] = result->harm_largest,
    };
    tally->count += 1;
    tally->unsound += result->is_conserved ? 0 : 1;
    for (uint32_t i = 0; i < PLI_TALLY_MEASURES; i += 1) {
        tally->sums[i] += values[i];
        tally->squares[i] += values[i] * values[i];
        bool is_largest = tally->count == 1 || values[i] > tally->largest[i];
        tally->largest[i] = is_largest ? values[i] : tally->largest[i];
    }
}

double
pli_tally_mean(const pli_tally *tally, pli_tally_measure measure) {
    return tally->count == 0 ? 0.0 : tally->sums[measure] / (double)tally->count;
}

double
pli_tally_error(const pli_tally *tally, pli_tally_measure measure) {
    if (tally->count < 2) {
        return 0.0;
    }
    double count = (double)tally->count;
    double mean = tally->sums[measure] / count;
    double variance = (tally->squares[measure] / count - mean * mean) / (count - 1.0);
    return variance > 0.0 ? sqrt(variance) : 0.0;
}

uint32_t
pli_tally_choose(const pli_tally *tallies, uint32_t count, double budget) {
    uint32_t chosen = PLM_NONE;
    double least = 0.0;
    for (uint32_t i = 0; i < count; i += 1) {
        double capital = pli_tally_mean(&tallies[i], PLI_TALLY_CAPITAL);
        bool is_inside = pli_tally_mean(&tallies[i], PLI_TALLY_BAD_DEBT) <= budget;
        if (tallies[i].count != 0 && is_inside && (chosen == PLM_NONE || capital < least)) {
            chosen = i;
            least = capital;
        }
    }
    return chosen;
}
