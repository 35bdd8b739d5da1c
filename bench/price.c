/* price.c: how long one option value, one implied volatility and one exponential take.   SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "num/elementary.h"
#include "plimsoll/kernel.h"
#include "plimsoll/price.h"

#define COUNT 1024
#define ROUNDS 41
#define REPEATS 20

typedef double work(void);

static double forwards[COUNT];
static double volatilities[COUNT];
static double values[COUNT];
static const plm_option_fixed option = {100.0, 0.25, PLM_RIGHT_CALL};

static double
now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const plm_kernels *kernels;

static double
price_points(void) {
    kernels->black76_points(&option, COUNT, forwards, volatilities, values);
    return values[COUNT / 2];
}

static double
imply_volatilities(void) {
    double sum = 0.0;
    for (size_t i = 0; i < COUNT; i += 1) {
        plm_option_terms terms = {forwards[i], option.strike, option.years, 0.0, 1.0, option.right};
        double volatility = 0.0;
        if (plm_black76_implied(&terms, values[i], &volatility) == PLM_OK)
            sum += volatility;
    }
    return sum;
}

static double
value_greeks(void) {
    double sum = 0.0;
    for (size_t i = 0; i < COUNT; i += 1) {
        plm_option_terms terms = {forwards[i], 100.0, 0.25, volatilities[i], 0.99, PLM_RIGHT_PUT};
        plm_option_value value;
        if (plm_black76_value(&terms, &value) == PLM_OK)
            sum += value.gamma;
    }
    return sum;
}

static double
take_exponentials(void) {
    double sum = 0.0;
    for (size_t i = 0; i < COUNT; i += 1)
        sum += pli_exp(-volatilities[i]);
    return sum;
}

// The median of the rounds, per item, in ns.
static void
measure(const char *name, work *f) {
    double times[ROUNDS];
    volatile double sink = 0.0;
    for (int r = 0; r < ROUNDS; r += 1) {
        double start = now_ns();
        for (int i = 0; i < REPEATS; i += 1)
            sink = sink + f();
        double taken = (now_ns() - start) / (REPEATS * COUNT);
        int at = r;
        for (; at > 0 && times[at - 1] > taken; at -= 1)
            times[at] = times[at - 1];
        times[at] = taken;
    }
    printf("%-28s %8.1f ns (fastest %.1f)\n", name, times[ROUNDS / 2], times[0]);
}

int
main(void) {
    // 32 forwards by 32 volatilities, ordered by forward as a scenario grid is.
    for (size_t i = 0; i < COUNT; i += 1) {
        forwards[i] = 70.0 + 2.0 * (double)(i / 32);
        volatilities[i] = 0.3 + 0.03 * (double)(i % 32);
    }
    measure("pli_exp", take_exponentials);
    for (size_t i = 0; i < plm_kernels_count(); i += 1) {
        kernels = plm_kernels_at(i);
        char name[64];
        snprintf(name, sizeof name, "Black-76, a point, %s", kernels->name);
        measure(name, price_points);
    }
    measure("plm_black76_value", value_greeks);
    measure("plm_black76_implied", imply_volatilities);
    return 0;
}
