/* isqrt.h: the integer square root, exact.                                            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_ISQRT_H
#define PLI_BASE_ISQRT_H

#include <stdint.h>

#include "base/wide.h"

/*
 * pli_isqrt_u128 - the largest r with r * r <= value.
 *
 * Rounding   floor.
 * Cost       64 steps of shift, compare and subtract, for every value.
 */
uint64_t pli_isqrt_u128(pli_u128 value);

#endif
