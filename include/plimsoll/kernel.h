/* kernel.h: the inner loops, once for each instruction set, all with the same bits.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_KERNEL_H
#define PLIMSOLL_KERNEL_H

#include <stddef.h>

#include "plimsoll/instrument.h"

/*
 * plm_option_fixed - what stays the same while forward and volatility of an option move.
 */
typedef struct plm_option_fixed {
    double strike; /* > 0 */
    double years;  /* >= 0 */
    plm_right right;
} plm_option_fixed;

#define PLM_VOLATILITY_UNKNOWN (-1.0)

/*
 * plm_option_prices - prices of options of one right and one expiry, undiscounted, each beside its forward and its strike.
 */
typedef struct plm_option_prices {
    double years;
    plm_right right;
    size_t count;
    const double *forward, *strike, *price; /* [count] */
} plm_option_prices;

/*
 * plm_kernels - the inner loops of one instruction set. A table is constant; which one is used changes no bit of any
 * result, only the time it takes.
 *
 * black76_points: value[i], undiscounted, at (forward[i], volatility[i]); every forward > 0, every volatility >= 0, none
 * a NaN; `value` must not overlap the other two.
 *
 * black76_implied: volatility[i], at which option i is worth price[i]: within the error that plm_black76_implied has
 * ([IMPLIED-1] of plimsoll/price.h; the last bits may differ from its), or PLM_VOLATILITY_UNKNOWN where that has no answer.
 * Any bits are taken.
 *
 * Guarantees [KERNEL-1] for every input each table gives the bits of plm_kernels_reference.
 */
typedef struct plm_kernels {
    const char *name; /* "reference", "avx2", "avx512" */
    void (*black76_points)(const plm_option_fixed *option, size_t count, const double *forward,
                           const double *volatility, double *value);
    void (*black76_implied)(const plm_option_prices *prices, double *volatility);
} plm_kernels;

/*
 * plm_kernels_reference - plain C, on every processor.
 * plm_kernels_avx2, plm_kernels_avx512 - in builds for x86-64; to run one on a processor without it is undefined: ask
 *                                        plm_kernels_at.
 */
extern const plm_kernels plm_kernels_reference;
extern const plm_kernels plm_kernels_avx2;
extern const plm_kernels plm_kernels_avx512;

/*
 * plm_kernels_count, plm_kernels_at - the tables that this processor can run, slowest first; 0 is the reference.
 *
 * Returns    NULL at or beyond the count.
 */
size_t plm_kernels_count(void);
const plm_kernels *plm_kernels_at(size_t index);

/* plm_kernels_best - the last of them. */
const plm_kernels *plm_kernels_best(void);

#endif
