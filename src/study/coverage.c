/* coverage.c: tests of the number and the spacing of breaches.                         SPDX-License-Identifier: Apache-2.0 */
#include "study/coverage.h"

#include <stdbool.h>

#include "base/libc.h"
#include "num/distribution.h"
#include "num/elementary.h"

// n ln p, with 0 ln 0 = 0.
static double
log_term(double n, double p) {
    return n > 0.0 ? n * pli_log(p) : 0.0;
}

static double
log_likelihood(double calm, double breaches, double p) {
    return log_term(calm, 1.0 - p) + log_term(breaches, p);
}

static pli_test
ratio_test(double log_null, double log_free, uint32_t degrees) {
    double statistic = 2.0 * (log_free - log_null);
    statistic = statistic > 0.0 ? statistic : 0.0;
    return (pli_test){.statistic = statistic, .p_value = pli_chi_square_sf(statistic, degrees)};
}

static bool
is_probability(double level) {
    return level > 0.0 && level < 1.0;
}

plm_status
pli_coverage_kupiec(uint32_t day_count, uint32_t breach_count, double level, pli_test *out) {
    if (day_count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!is_probability(level) || breach_count > day_count) {
        return PLM_DOMAIN;
    }
    double breaches = (double)breach_count;
    double calm = (double)day_count - breaches;
    double rate = breaches / (double)day_count;
    *out =
        ratio_test(log_likelihood(calm, breaches, level), log_likelihood(calm, breaches, rate), 1);
    return PLM_OK;
}

plm_status
pli_coverage_first(uint32_t first, double level, pli_test *out) {
    if (first == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!is_probability(level)) {
        return PLM_DOMAIN;
    }
    double calm = (double)first - 1.0;
    *out = ratio_test(log_likelihood(calm, 1.0, level),
                      log_likelihood(calm, 1.0, 1.0 / (double)first), 1);
    return PLM_OK;
}

pli_transitions
pli_transitions_count(const uint8_t *is_breach, uint32_t day_count) {
    pli_transitions count = {0};
    for (uint32_t i = 1; i < day_count; i += 1) {
        bool before = is_breach[i - 1] != 0;
        bool now = is_breach[i] != 0;
        count.calm_to_calm += !before && !now ? 1 : 0;
        count.calm_to_breach += !before && now ? 1 : 0;
        count.breach_to_calm += before && !now ? 1 : 0;
        count.breach_to_breach += before && now ? 1 : 0;
    }
    return count;
}

static double
share(double part, double rest) {
    return part + rest > 0.0 ? part / (part + rest) : 0.0;
}

plm_status
pli_coverage_independence(const pli_transitions *transitions, pli_test *out) {
    double n00 = (double)transitions->calm_to_calm;
    double n01 = (double)transitions->calm_to_breach;
    double n10 = (double)transitions->breach_to_calm;
    double n11 = (double)transitions->breach_to_breach;
    if (!(n00 + n01 + n10 + n11 > 0.0)) {
        return PLM_HISTORY_SHORT;
    }
    double log_null = log_likelihood(n00 + n10, n01 + n11, share(n01 + n11, n00 + n10));
    double log_free =
        log_likelihood(n00, n01, share(n01, n00)) + log_likelihood(n10, n11, share(n11, n10));
    *out = ratio_test(log_null, log_free, 1);
    return PLM_OK;
}

plm_status
pli_coverage_conditional(const pli_transitions *transitions, uint32_t day_count,
                         uint32_t breach_count, double level, pli_test *out) {
    pli_test kupiec;
    pli_test independence;
    plm_status status = pli_coverage_kupiec(day_count, breach_count, level, &kupiec);
    if (status == PLM_OK) {
        status = pli_coverage_independence(transitions, &independence);
    }
    if (status == PLM_OK) {
        out->statistic = kupiec.statistic + independence.statistic;
        out->p_value = pli_chi_square_sf(out->statistic, 2);
    }
    return status;
}

// The statistic falls to its zero at level * days and rises beyond, so the accepted counts are one run.
plm_status
pli_coverage_accepted(uint32_t day_count, double level, double significance, uint32_t *lowest,
                      uint32_t *highest) {
    uint32_t centre = (uint32_t)pli_floor(level * (double)day_count + 0.5);
    pli_test test;
    plm_status status = pli_coverage_kupiec(day_count, centre, level, &test);
    if (status != PLM_OK) {
        return status;
    }
    uint32_t low = centre;
    uint32_t high = centre;
    while (low > 0 && pli_coverage_kupiec(day_count, low - 1, level, &test) == PLM_OK &&
           test.p_value >= significance) {
        low -= 1;
    }
    while (high < day_count && pli_coverage_kupiec(day_count, high + 1, level, &test) == PLM_OK &&
           test.p_value >= significance) {
        high += 1;
    }
    *lowest = low;
    *highest = high;
    return PLM_OK;
}

plm_status
pli_coverage_power(uint32_t day_count, double level, double significance, double truth,
                   double *out) {
    uint32_t lowest = 0;
    uint32_t highest = 0;
    if (!(truth >= 0.0 && truth <= 1.0)) {
        return PLM_DOMAIN;
    }
    plm_status status = pli_coverage_accepted(day_count, level, significance, &lowest, &highest);
    if (status == PLM_OK) {
        double below = lowest > 0 ? pli_binomial_cdf(lowest - 1, day_count, truth) : 0.0;
        *out = below + pli_binomial_sf(highest, day_count, truth);
    }
    return status;
}

plm_status
pli_coverage_traffic(uint32_t day_count, uint32_t breach_count, double level,
                     pli_traffic_zone *zone) {
    if (day_count == 0) {
        return PLM_HISTORY_SHORT;
    }
    if (!is_probability(level) || breach_count > day_count) {
        return PLM_DOMAIN;
    }
    double at_most = pli_binomial_cdf(breach_count, day_count, level);
    *zone = at_most < 0.95     ? PLI_TRAFFIC_GREEN
            : at_most < 0.9999 ? PLI_TRAFFIC_AMBER
                               : PLI_TRAFFIC_RED;
    return PLM_OK;
}

uint32_t
pli_coverage_plus_e2(uint32_t breach_count) {
    static const uint32_t plus[] = {0, 0, 0, 0, 0, 40, 50, 65, 75, 85};
    return breach_count < sizeof plus / sizeof plus[0] ? plus[breach_count] : 100;
}

void
pli_holm_adjust(const double *p_values, uint32_t count, double *adjusted) {
    // Each in its place among the others (ties by index), then the running maximum of (count - rank) p.
    for (uint32_t i = 0; i < count; i += 1) {
        double highest = 0.0;
        for (uint32_t j = 0; j < count; j += 1) {
            bool is_before = p_values[j] < p_values[i] || (!(p_values[j] > p_values[i]) && j <= i);
            if (!is_before) {
                continue;
            }
            uint32_t rank = 0;
            for (uint32_t k = 0; k < count; k += 1) {
                rank +=
                    p_values[k] < p_values[j] || (!(p_values[k] > p_values[j]) && k < j) ? 1 : 0;
            }
            double scaled = (double)(count - rank) * p_values[j];
            highest = scaled > highest ? scaled : highest;
        }
        adjusted[i] = highest < 1.0 ? highest : 1.0;
    }
}
