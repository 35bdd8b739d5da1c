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
