/* days.c: made-up realised days whose next variance follows a known rule.               SPDX-License-Identifier: Apache-2.0 */
#include "support/days.h"

#include "base/prng.h"
#include "forecast/features.h"
#include "num/elementary.h"

static double
draw_normal(pli_prng *prng) {
    double unit = pli_prng_unit(prng);
    return pli_normal_quantile(unit > 0 ? unit : 0.5);
}

void
ts_days_make(const ts_days_rule *rule, plm_realised_day *days, size_t count) {
    pli_prng prng = pli_prng_init(rule->seed);
    for (size_t i = 0; i < count; i += 1) {
        double level = -7.5 + 0.3 * draw_normal(&prng);
        if (i >= PLM_FORECAST_REACH_DAYS) {
            double row[PLI_FEATURES_MAX];
            (void)pli_features_make(PLM_FORECAST_HAR, days, i - 1, (int64_t)i, row);
            level = rule->constant + rule->noise * draw_normal(&prng);
            for (size_t j = 0; j < 4; j += 1) {
                level += rule->slopes[j] * row[j];
            }
        }
        double variance = pli_exp(level);
        double change = 0.03 * draw_normal(&prng);
        days[i] = (plm_realised_day){.day = rule->first_day + (int64_t)i,
                                     .bar_count = 24,
                                     .covered_ppm = 1000000,
                                     .variance = variance,
                                     .bipower = variance,
                                     .downside = variance * (0.3 + 0.4 * pli_prng_unit(&prng)),
                                     .range = variance * (0.9 + 0.2 * pli_prng_unit(&prng)),
                                     .parkinson = variance,
                                     .garman_klass = variance,
                                     .change = change};
    }
}
