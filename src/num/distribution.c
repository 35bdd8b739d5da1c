/* distribution.c: chi-square tails by recurrence, binomial probabilities by saddle point. SPDX-License-Identifier: Apache-2.0 */
#include "num/distribution.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/libc.h"
#include "num/elementary.h"

#define PI 3.14159265358979323846
#define DEGREES_MAX 200u

double
pli_chi_square_sf(double x, uint32_t degrees) {
    PLI_ASSERT(degrees >= 1 && degrees <= DEGREES_MAX);
    if (x <= 0.0) {
        return 1.0;
    }
    // term = (x/2)^(k/2) e^(-x/2) / Gamma(k/2 + 1), first for k = 1 (Gamma(3/2) = sqrt(pi) / 2) or 2.
    bool is_odd = degrees % 2 == 1;
    double sum = is_odd ? 2.0 * pli_normal_sf(sqrt(x)) : pli_exp(-x / 2.0);
    double term = is_odd ? sqrt(2.0 * x / PI) * pli_exp(-x / 2.0) : x / 2.0 * pli_exp(-x / 2.0);
    for (uint32_t k = is_odd ? 1 : 2; k < degrees; k += 2) {
        sum += term;
        term *= x / (double)(k + 2);
    }
    return sum > 1.0 ? 1.0 : sum;
}

// ln(n!) - (n ln n - n + ln(2 pi n) / 2): Stirling's error, by its series from 16 on, exact factorials below.
static double
stirling_error(double n) {
    static const double series[] = {1.0 / 12.0,    -1.0 / 360.0,      1.0 / 1260.0,
                                    -1.0 / 1680.0, 1.0 / 1188.0,      -691.0 / 360360.0,
                                    1.0 / 156.0,   -3617.0 / 122400.0};
    if (n < 16.0) {
        double factorial = 1.0;
        for (int i = 2; (double)i <= n; i += 1) {
            factorial *= (double)i;
        }
        return pli_log(factorial) - (n * pli_log(n) - n + 0.5 * pli_log(2.0 * PI * n));
    }
    double sum = 0.0;
    for (size_t i = sizeof series / sizeof series[0]; i > 0; i -= 1) {
        sum = sum / (n * n) + series[i - 1];
    }
    return sum / n;
}

// x ln(x / mean) + mean - x without cancellation near x = mean (Loader, equation 5).
static double
deviance(double x, double mean) {
    if (fabs(x - mean) >= 0.1 * (x + mean)) {
        return x * pli_log(x / mean) + mean - x;
    }
    double v = (x - mean) / (x + mean);
    double sum = (x - mean) * v;
    double power = 2.0 * x * v;
    for (int j = 3; j < 1000; j += 2) {
        power *= v * v;
        double next = sum + power / (double)j;
        if (next <= sum && next >= sum) {
            break;
        }
        sum = next;
    }
    return sum;
}

double
pli_binomial_pmf(uint32_t hits, uint32_t trials, double probability) {
    PLI_ASSERT(hits <= trials);
    PLI_ASSERT(probability >= 0.0 && probability <= 1.0);
    double n = (double)trials;
    double x = (double)hits;
    if (!(probability > 0.0)) {
        return hits == 0 ? 1.0 : 0.0;
    }
    if (!(probability < 1.0)) {
        return hits == trials ? 1.0 : 0.0;
    }
    if (hits == 0) {
        return pli_exp(n * pli_log1p(-probability));
    }
    if (hits == trials) {
        return pli_exp(n * pli_log(probability));
    }
    double exponent = stirling_error(n) - stirling_error(x) - stirling_error(n - x) -
                      deviance(x, n * probability) - deviance(n - x, n * (1.0 - probability));
    return pli_exp(exponent) * sqrt(n / (2.0 * PI * x * (n - x)));
}

// Sum of pmf from `from` away from the mode, until a term no longer changes it.
static double
tail_sum(uint32_t from, bool is_upper, uint32_t trials, double probability) {
    double sum = 0.0;
    for (uint32_t i = from;; i = is_upper ? i + 1 : i - 1) {
        double next = sum + pli_binomial_pmf(i, trials, probability);
        bool is_unchanged = !(next > sum);
        sum = next;
        if (is_unchanged || i == (is_upper ? trials : 0)) {
            return sum < 1.0 ? sum : 1.0;
        }
    }
}

double
pli_binomial_cdf(uint32_t hits, uint32_t trials, double probability) {
    PLI_ASSERT(hits <= trials);
    if (hits == trials) {
        return 1.0;
    }
    if ((double)hits <= (double)trials * probability) {
        return tail_sum(hits, false, trials, probability);
    }
    return 1.0 - tail_sum(hits + 1, true, trials, probability);
}

double
pli_binomial_sf(uint32_t hits, uint32_t trials, double probability) {
    PLI_ASSERT(hits <= trials);
    if (hits == trials) {
        return 0.0;
    }
    if ((double)hits < (double)trials * probability) {
        return 1.0 - tail_sum(hits, false, trials, probability);
    }
    return tail_sum(hits + 1, true, trials, probability);
}
