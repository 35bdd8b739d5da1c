/* sweeps.h: every sweep of this processor beside its plain twin, over edge-biased books.    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_TEST_SUPPORT_SWEEPS_H
#define PLI_TEST_SUPPORT_SWEEPS_H

#include <stdint.h>

#include "plimsoll/sweep.h"

/*
 * ts_sweep_sums - at least `count` sums (one account under one scenario) drawn from `seed`: worst, tails and orders of `kernels` are
 * those of the reference; asserted.
 *
 * Books hold empty accounts, single positions and long runs; lots and entries come from everyday ranges, from 0 and +-1, and
 * from the ends of 32 bits, so that each of the three widths of sums and every bound between them is met; rows repeat
 * values, so that ties fill tails.
 */
void ts_sweep_sums(const plm_sweep_kernels *kernels, uint64_t seed, uint64_t count);

/* ts_sweep_sixteen - the lanes of AVX-512 in vectors that the compiler lowers to what this processor has. */
extern const plm_sweep_kernels ts_sweep_sixteen;

#endif
