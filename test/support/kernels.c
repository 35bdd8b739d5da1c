/* kernels.c: edge-biased inputs for kernels, and the comparison with the plain twin.        SPDX-License-Identifier: Apache-2.0 */
#include "support/kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "plimsoll/price.h"

enum { RUN = 61 }; // no multiple of any number of lanes

static double
log_uniform(pli_prng *random, double low_exponent, double high_exponent) {
    return exp2(low_exponent + (high_exponent - low_exponent) * pli_prng_unit(random));
}

static double
near_strike(pli_prng *random, double strike) {
    double size = log_uniform(random, -53.0, 0.0);
    return strike * (pli_prng_below(random, 2) == 0 ? 1.0 + size : 1.0 / (1.0 + size));
}

// Ratios where the twin's branches meet: 1/2, 1 - 0.29, the roots of 1/2, powers of two.
static double
at_branch(pli_prng *random, double strike) {
    static const double ratios[] = {0.5, 0.71, 0x1.6a09e667f3bcdp-1, 0.25, 0x1p-1000, 0x1p-1022};
    double ratio = ratios[pli_prng_below(random, 6)];
    ratio = nextafter(ratio, (double)(pli_prng_below(random, 3)) * 0.5 * ratio + 0.5 * ratio);
    return pli_prng_below(random, 2) == 0 ? strike * ratio : strike / ratio;
}

static double
draw_forward(pli_prng *random, double strike) {
    double forward = 0.0;
    switch (pli_prng_below(random, 8)) {
    case 0:
        forward = strike;
        break;
    case 1:
        forward = nextafter(strike, 2.0 * strike);
        break;
    case 2:
        forward = near_strike(random, strike);
        break;
    case 3:
        forward = at_branch(random, strike);
        break;
    case 4:
        forward = log_uniform(random, -1074.0, 1023.0);
        break;
    default:
        forward = strike * log_uniform(random, -3.0, 3.0);
    }
    return forward > 0.0 && forward < HUGE_VAL ? forward : strike;
}

static double
draw_volatility(pli_prng *random) {
    switch (pli_prng_below(random, 8)) {
    case 0:
        return 0.0;
    case 1:
        return log_uniform(random, -1074.0, 1023.0);
    case 2:
        return log_uniform(random, -60.0, 10.0);
    default:
        return log_uniform(random, -6.0, 2.0);
    }
}

static plm_option_fixed
draw_option(pli_prng *random) {
    plm_option_fixed option = {.right =
                                   pli_prng_below(random, 2) == 0 ? PLM_RIGHT_CALL : PLM_RIGHT_PUT};
    bool is_extreme = pli_prng_below(random, 8) == 0;
    option.strike =
        is_extreme ? log_uniform(random, -1074.0, 1023.0) : log_uniform(random, -10.0, 20.0);
    option.strike = option.strike > 0.0 ? option.strike : 1.0;
    option.years = pli_prng_below(random, 8) == 0 ? 0.0 : log_uniform(random, -20.0, 3.0);
    return option;
}

static void
compare(const plm_kernels *kernels, const plm_option_fixed *option, size_t count,
        const double *forward, const double *volatility) {
    double expected[RUN];
    double value[RUN];
    plm_kernels_reference.black76_points(option, count, forward, volatility, expected);
    kernels->black76_points(option, count, forward, volatility, value);
    for (size_t i = 0; i < count; i += 1) {
        if (memcmp(&expected[i], &value[i], sizeof value[i]) != 0) {
            fail_msg("%s: strike %a, years %a, right %d, forward %a, volatility %a: %a, not %a",
                     kernels->name, option->strike, option->years, (int)option->right, forward[i],
                     volatility[i], value[i], expected[i]);
        }
    }
}

// Prices of such options, exact or off by a share of themselves, at intrinsic, beyond every bound, and no prices at all.
static double
draw_price(pli_prng *random, const plm_option_prices *run, size_t at) {
    plm_option_fixed option = {run->strike[at], run->years, run->right};
    double forward = run->forward[at];
    double volatility = draw_volatility(random);
    double value = 0.0;
    if (!(forward > 0.0 && option.strike > 0.0)) {
        return 1.0;
    }
    plm_kernels_reference.black76_points(&option, 1, &forward, &volatility, &value);
    switch (pli_prng_below(random, 16)) {
    case 0:
        return value * (1.0 + 0.1 * (pli_prng_unit(random) - 0.5));
    case 1:
        return fabs(forward - option.strike);
    case 2:
        return forward * log_uniform(random, -3.0, 3.0);
    case 3:
        return pli_prng_below(random, 2) == 0 ? (double)NAN : -value;
    default:
        return value;
    }
}

// Within the error that [IMPLIED-1] allows to either, and an answer where the scalar function has one.
static bool
is_near(const plm_option_prices *run, size_t at, double volatility) {
    plm_option_terms terms = {.forward = run->forward[at],
                              .strike = run->strike[at],
                              .years = run->years,
                              .discount = 1.0,
                              .right = run->right};
    double wanted = PLM_VOLATILITY_UNKNOWN;
    plm_option_value value;
    if (plm_black76_implied(&terms, run->price[at], &wanted) != PLM_OK) {
        return volatility == PLM_VOLATILITY_UNKNOWN;
    }
    terms.volatility = wanted;
    double allowed = 2e-13;
    if (plm_black76_value(&terms, &value) == PLM_OK) { // Greeks of huge prices have no number
        allowed += 8.0 * 0x1p-52 * run->price[at] / (value.vega * wanted);
    }
    return volatility == wanted || fabs(volatility - wanted) <= allowed * wanted;
}

void
ts_kernel_implied(const plm_kernels *kernels, uint64_t seed, size_t count) {
    pli_prng random = pli_prng_init(seed);
    for (size_t done = 0; done < count; done += RUN) {
        double forward[RUN];
        double strike[RUN];
        double price[RUN];
        double expected[RUN];
        double volatility[RUN];
        plm_option_fixed option = draw_option(&random);
        plm_option_prices run = {option.years, option.right, RUN, forward, strike, price};
        for (size_t i = 0; i < RUN; i += 1) {
            strike[i] = pli_prng_below(&random, 64) == 0 ? -option.strike : option.strike;
            forward[i] = draw_forward(&random, option.strike);
            price[i] = draw_price(&random, &run, i);
        }
        run.count = 1 + (size_t)pli_prng_below(&random, RUN);
        plm_kernels_reference.black76_implied(&run, expected);
        kernels->black76_implied(&run, volatility);
        for (size_t i = 0; i < run.count; i += 1) {
            bool is_same = memcmp(&expected[i], &volatility[i], sizeof volatility[i]) == 0;
            if (!is_same || !is_near(&run, i, volatility[i])) {
                fail_msg(
                    "%s: strike %a, years %a, right %d, forward %a, price %a: %a, reference %a",
                    kernels->name, strike[i], run.years, (int)run.right, forward[i], price[i],
                    volatility[i], expected[i]);
            }
        }
    }
}

void
ts_kernel_points(const plm_kernels *kernels, uint64_t seed, size_t count) {
    pli_prng random = pli_prng_init(seed);
    for (size_t done = 0; done < count; done += RUN) {
        plm_option_fixed option = draw_option(&random);
        double forward[RUN];
        double volatility[RUN];
        for (size_t i = 0; i < RUN; i += 1) {
            forward[i] = draw_forward(&random, option.strike);
            volatility[i] = draw_volatility(&random);
        }
        compare(kernels, &option, 1 + (size_t)pli_prng_below(&random, RUN), forward, volatility);
        compare(kernels, &option, RUN, forward, volatility);
    }
}
