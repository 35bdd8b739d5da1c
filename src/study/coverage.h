/* coverage.h: is a requirement breached as often, as independently and as deeply as it says? SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_COVERAGE_H
#define PLI_STUDY_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

/* pli_test - a statistic, and the probability of one at least as extreme if the model is right. */
typedef struct pli_test {
    double statistic;
    double p_value;
} pli_test;

/*
 * pli_coverage_kupiec - do breaches occur with probability `level`? Likelihood ratio, chi-square with 1 degree.
 * pli_coverage_first  - did the first breach come when it should? `first` counts days from 1.
 *
 * Source     P. Kupiec, "Techniques for verifying the accuracy of risk measurement models", Journal of Derivatives 3:2
 *            (1995), proportion of failures and time until first failure.
 *
 * Returns    PLM_OK; PLM_HISTORY_SHORT for no days; PLM_DOMAIN for a level outside (0, 1) or more breaches than days.
 */
PLM_MUST_USE plm_status pli_coverage_kupiec(uint32_t day_count, uint32_t breach_count, double level,
                                            pli_test *out);
PLM_MUST_USE plm_status pli_coverage_first(uint32_t first, double level, pli_test *out);

/* pli_transitions - pairs of neighbouring days: `breach_to_calm` is a breach followed by a day without one. */
typedef struct pli_transitions {
    uint32_t calm_to_calm;
    uint32_t calm_to_breach;
    uint32_t breach_to_calm;
    uint32_t breach_to_breach;
} pli_transitions;

/* pli_transitions_count - the pairs of `day_count` days; is_breach[i] is not 0 where day i was a breach. */
pli_transitions pli_transitions_count(const uint8_t *is_breach, uint32_t day_count);

/*
 * pli_coverage_independence - does a breach make another one the next day more likely? Chi-square with 1 degree.
 * pli_coverage_conditional  - both at once: Kupiec over all days plus independence over the pairs, 2 degrees.
 *
 * Convention Kupiec's part counts the days themselves (251 indicators for 250 pairs), so `day_count` and `breach_count`
 *            are given beside the pairs; with those of the pairs alone the other convention results.
 * Source     P. Christoffersen, "Evaluating interval forecasts", International Economic Review 39:4 (1998).
 *
 * Returns    as pli_coverage_kupiec; PLM_HISTORY_SHORT for no pair.
 */
PLM_MUST_USE plm_status pli_coverage_independence(const pli_transitions *transitions,
                                                  pli_test *out);
PLM_MUST_USE plm_status pli_coverage_conditional(const pli_transitions *transitions,
                                                 uint32_t day_count, uint32_t breach_count,
                                                 double level, pli_test *out);

/*
 * pli_coverage_accepted - the breach counts that Kupiec's test accepts at `significance`: lowest to highest.
 * pli_coverage_power    - the exact probability that it rejects when breaches truly have probability `truth`;
 *                         with truth = level that is its real size, which at 250 days is 9.5 % and not 5 %.
 */
PLM_MUST_USE plm_status pli_coverage_accepted(uint32_t day_count, double level, double significance,
                                              uint32_t *lowest, uint32_t *highest);
PLM_MUST_USE plm_status pli_coverage_power(uint32_t day_count, double level, double significance,
                                           double truth, double *out);

/* pli_traffic_zone - the zones of the Basel Committee's supervisory framework for backtesting (1996). */
typedef enum pli_traffic_zone {
    PLI_TRAFFIC_GREEN = 1, /* P(at most so many) below 95 % */
    PLI_TRAFFIC_AMBER = 2, /* below 99.99 % */
    PLI_TRAFFIC_RED = 3
} pli_traffic_zone;

/* pli_coverage_traffic - the zone by the exact binomial distribution, for any number of days and level. */
PLM_MUST_USE plm_status pli_coverage_traffic(uint32_t day_count, uint32_t breach_count,
                                             double level, pli_traffic_zone *zone);

/* pli_coverage_plus_e2 - what is added to the multiplier of 3 for 250 days at 99 %, in hundredths (1996, table 2). */
uint32_t pli_coverage_plus_e2(uint32_t breach_count);

/*
 * pli_holm_adjust - p-values of a family of tests, adjusted so that comparing each with a significance keeps the
 * probability of any false rejection below it (S. Holm, Scandinavian Journal of Statistics 6, 1979).
 *
 * `adjusted` runs parallel to `p_values`, is never below it and never above 1.
 */
void pli_holm_adjust(const double *p_values, uint32_t count, double *adjusted);

/*
 * pli_shortfall_days - what was forecast and what happened, day by day.
 *
 * Sign       profit is a gain above zero; value_at_risk and shortfall are losses above zero.
 * Breach     profit <= -value_at_risk, so that a value at risk that is itself one of N sample values is met with probability
 *            k / N when days are drawn from the sample.
 * Samples    row t holds the model's own distribution of the profit of day t: `sample_count` equally likely values,
 *            rising; rows stand `sample_stride` apart, 0 for one row that serves all days.
 */
typedef struct pli_shortfall_days {
    uint32_t day_count;
    double level; /* probability beyond value_at_risk, such as 0.01 */
    const double *profit;
    const double *value_at_risk;
    const double *shortfall; /* > 0 */
    uint32_t sample_count;
    size_t sample_stride;
    const double *samples;
} pli_shortfall_days;

/*
 * pli_shortfall_result - the three tests of Acerbi and Szekely; 0 is expected, below zero means losses deeper than said.
 *
 * z1 looks at the depth of breaches only, z2 at number and depth, z3 at the whole tail through the ranks. `p_value` is
 * the share of simulated statistics at or below the observed one, counted with the observed one itself, so it is never 0;
 * `critical` is the simulated 5 % quantile. has_z1 is 0 when there was no breach, or none in any simulation.
 */
typedef struct pli_shortfall_result {
    uint8_t has_z1;
    pli_test z1, z2, z3;
    double z1_critical, z2_critical, z3_critical;
} pli_shortfall_result;

/* pli_shortfall_size - bytes of work that pli_shortfall_test needs, aligned to 8. */
size_t pli_shortfall_size(const pli_shortfall_days *days, uint32_t simulation_count);

/*
 * pli_shortfall_test - Z1, Z2 and Z3, with nulls simulated from the model's own samples.
 *
 * A published critical value holds for one tail only (a Gaussian one rejects a correct t(4) model one time in ten), so
 * each day of a simulation draws from that day's sample; the same seed gives the same answer on every machine.
 *
 * Source     C. Acerbi and B. Szekely, "Backtesting expected shortfall", Risk (December 2014), equations 6, 7 and 8; the
 *            expectation in Z3's denominator is exact: E min(Bin(T, p), K) over the steps of the sample.
 * Cost       O(simulation_count * day_count).
 *
 * Returns    PLM_OK; PLM_HISTORY_SHORT for no day, no sample or no simulation, or where level * days is below 1;
 *            PLM_DOMAIN for a level outside (0, 1) or a shortfall that is not above 0; PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status pli_shortfall_test(const pli_shortfall_days *days,
                                           uint32_t simulation_count, uint64_t seed, void *work,
                                           size_t work_size, pli_shortfall_result *out);

#endif
