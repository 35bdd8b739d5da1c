/* cycle.c: mean, peak to trough and n-day rises of a sequence.                         SPDX-License-Identifier: Apache-2.0 */
#include "study/cycle.h"

const uint32_t pli_cycle_days[PLI_CYCLE_RISES] = {1, 5, 20};

plm_status
pli_cycle_measure(const double *sizes, uint32_t count, pli_cycle *out) {
    if (count == 0) {
        return PLM_HISTORY_SHORT;
    }
    pli_cycle cycle = {.peak = sizes[0], .trough = sizes[0]};
    for (uint32_t i = 0; i < count; i += 1) {
        if (!(sizes[i] > 0.0)) {
            return PLM_DOMAIN;
        }
        cycle.mean += sizes[i];
        cycle.peak = sizes[i] > cycle.peak ? sizes[i] : cycle.peak;
        cycle.trough = sizes[i] < cycle.trough ? sizes[i] : cycle.trough;
        for (uint32_t n = 0; n < PLI_CYCLE_RISES; n += 1) {
            if (i < pli_cycle_days[n]) {
                continue;
            }
            double rise = sizes[i] / sizes[i - pli_cycle_days[n]] - 1.0;
            cycle.rises[n] = rise > cycle.rises[n] ? rise : cycle.rises[n];
        }
    }
    cycle.mean /= (double)count;
    cycle.peak_to_trough = cycle.peak / cycle.trough;
    *out = cycle;
    return PLM_OK;
}
