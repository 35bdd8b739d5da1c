/* apportion.h: whole shares that add up to a given total, by largest remainder.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_APPORTION_H
#define PLI_BASE_APPORTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"

/*
 * pli_apportion - integers shares[i] near numerators[i] / divisor whose sum is exactly `total`.
 *
 * Each share is rounded down; what is left of `total` goes out one unit each to the largest remainders, ties to the
 * lowest index (the method of Hamilton; METHOD section 6). Hence shares[i] is floor or floor + 1 of its exact value.
 *
 * Preconditions, asserted: divisor > 0, and sum of floors <= total <= sum of floors + count. They hold whenever
 * `total` is the floor, the ceiling or the nearest integer of the exact sum. count < 2^32.
 *
 * Sign       Numerators may have any sign; floors go towards minus infinity.
 * Lifetime   `order` is scratch for `count` indices. `numerators` and `shares` must not overlap.
 * Cost       O(count log count).
 */
void pli_apportion(const pli_i128 *numerators, size_t count, pli_i128 divisor, pli_i128 total,
                   uint32_t *order, pli_i128 *shares);

#endif
