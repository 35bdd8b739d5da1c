/* score.c: one requirement against what then happened, in every measure at once.       SPDX-License-Identifier: Apache-2.0 */
#include "study/score.h"

#define SIGNIFICANCE 0.05

static plm_status
test_all(const uint8_t *is_breach, double level, pli_score *score) {
    pli_transitions pairs = pli_transitions_count(is_breach, score->day_count);
    plm_status status =
        pli_coverage_kupiec(score->day_count, score->breach_count, level, &score->kupiec);
    if (status == PLM_OK) {
        status = pli_coverage_independence(&pairs, &score->independence);
    }
    if (status == PLM_OK) {
        status = pli_coverage_conditional(&pairs, score->day_count, score->breach_count, level,
                                          &score->conditional);
    }
    if (status == PLM_OK) {
        status = pli_coverage_traffic(score->day_count, score->breach_count, level, &score->zone);
    }
    if (status == PLM_OK) {
        status =
            pli_coverage_power(score->day_count, level, SIGNIFICANCE, level, &score->exact_size);
    }
    return status;
}

plm_status
pli_score_measure(const double *sizes, const double *losses, uint32_t count, double level,
                  uint8_t *is_breach, pli_score *out) {
    pli_score score = {.day_count = count};
    plm_status status = pli_cycle_measure(sizes, count, &score.cycle);
    if (status != PLM_OK) {
        return status;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        is_breach[i] = losses[i] > sizes[i] ? 1 : 0;
        score.breach_count += is_breach[i];
        double over = losses[i] / sizes[i] - 1.0;
        score.worst = over > score.worst ? over : score.worst;
    }
    score.rate = (double)score.breach_count / (double)count;
    status = test_all(is_breach, level, &score);
    if (status == PLM_OK) {
        *out = score;
    }
    return status;
}
