/* apportion.c: whole shares that add up to a given total, by largest remainder.       SPDX-License-Identifier: Apache-2.0 */
#include "base/apportion.h"

#include <stdbool.h>

#include "base/assert.h"
#include "base/checked.h"
#include "base/muldiv.h"
#include "base/sort.h"

typedef struct split {
    const pli_i128 *numerators;
    const pli_i128 *floors;
    pli_u128 divisor;
} split;

// In modular arithmetic: the true remainder is in 0..divisor-1, the product alone may pass the lower end.
static pli_u128
remainder_of(const split *context, uint32_t index) {
    return (pli_u128)context->numerators[index] -
           (pli_u128)context->floors[index] * context->divisor;
}

static bool
larger_remainder_first(const void *context, uint32_t left, uint32_t right) {
    pli_u128 left_rest = remainder_of(context, left);
    pli_u128 right_rest = remainder_of(context, right);
    return left_rest != right_rest ? left_rest > right_rest : left < right;
}

void
pli_apportion(const pli_i128 *numerators, size_t count, pli_i128 divisor, pli_i128 total,
              uint32_t *order, pli_i128 *shares) {
    PLI_ASSERT(divisor > 0);
    PLI_ASSERT(count < UINT32_MAX);
    pli_i128 rest = total;
    for (size_t i = 0; i < count; i += 1) {
        shares[i] = pli_div_floor_i128(numerators[i], divisor);
        order[i] = (uint32_t)i;
        bool is_in_range = pli_sub_i128(rest, shares[i], &rest);
        PLI_ASSERT(is_in_range);
    }
    PLI_ASSERT(rest >= 0);
    PLI_ASSERT(rest <= (pli_i128)count);
    split context = {.numerators = numerators, .floors = shares, .divisor = (pli_u128)divisor};
    pli_sort_u32_by(order, count, larger_remainder_first, &context);
    for (size_t i = 0; i < (size_t)rest; i += 1) {
        shares[order[i]] += 1;
    }
}
