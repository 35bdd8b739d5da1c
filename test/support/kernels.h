/* kernels.h: every kernel of this processor beside its plain twin, over edge-biased inputs.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_TEST_SUPPORT_KERNELS_H
#define PLI_TEST_SUPPORT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/kernel.h"

/*
 * ts_kernel_points - `count` option points drawn from `seed` give the bits of the reference under `kernels`; asserted.
 *
 * Strikes, forwards, volatilities and times come from everyday ranges, from the ends of the exponent range, equal to one
 * another, one unit in the last place apart, zero where zero is allowed, and where branches of the twin meet.
 */
void ts_kernel_points(const plm_kernels *kernels, uint64_t seed, size_t count);

/*
 * ts_kernel_implied - `count` prices of such options, and of none, give the bits of the reference under `kernels`, and the
 * volatility of plm_black76_implied within the error of both; asserted.
 */
void ts_kernel_implied(const plm_kernels *kernels, uint64_t seed, size_t count);

#endif
