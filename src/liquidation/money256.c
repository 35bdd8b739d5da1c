/* money256.c: amounts of 256 bits, for products of two 128-bit integers.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/money256.h"

#include "base/assert.h"

pli_u256
pli_u256_of(pli_u128 value) {
    return (pli_u256){.low = value};
}

int
pli_u256_compare(pli_u256 left, pli_u256 right) {
    if (left.high != right.high) {
        return left.high < right.high ? -1 : 1;
    }
    return (left.low > right.low) - (left.low < right.low);
}

pli_u256
pli_u256_subtract(pli_u256 left, pli_u256 right) {
    PLI_ASSERT(pli_u256_compare(left, right) >= 0);
    return (pli_u256){.high = left.high - right.high - (left.low < right.low),
                      .low = left.low - right.low};
}

bool
pli_u256_multiply(pli_u256 left, pli_u128 right, uint32_t term, pli_u256 *out) {
    uint64_t from[4] = {(uint64_t)left.low, (uint64_t)(left.low >> 64), (uint64_t)left.high,
                        (uint64_t)(left.high >> 64)};
    uint64_t by[2] = {(uint64_t)right, (uint64_t)(right >> 64)};
    uint64_t product[6] = {term};
    for (unsigned j = 0; j < 2; j += 1) {
        uint64_t carry = 0;
        for (unsigned i = 0; i < 4; i += 1) {
            pli_u128 step = (pli_u128)from[i] * by[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)step;
            carry = (uint64_t)(step >> 64);
        }
        product[j + 4] = carry;
    }
    if (product[4] != 0 || product[5] != 0) {
        return false;
    }
    *out = (pli_u256){.high = (pli_u128)product[3] << 64 | product[2],
                      .low = (pli_u128)product[1] << 64 | product[0]};
    return true;
}

pli_u256
pli_u256_divide(pli_u256 value, pli_u128 divisor, pli_u128 *rest) {
    PLI_ASSERT(divisor > 0 && divisor >> 127 == 0);
    pli_u256 quotient = {.high = 0};
    pli_u128 remainder = 0;
    for (unsigned bit = 256; bit > 0; bit -= 1) {
        pli_u128 half = bit > 128 ? value.high : value.low;
        remainder = remainder << 1 | (half >> ((bit - 1) % 128) & 1);
        bool is_one = remainder >= divisor;
        remainder -= is_one ? divisor : 0;
        quotient.high = quotient.high << 1 | quotient.low >> 127;
        quotient.low = quotient.low << 1 | is_one;
    }
    if (rest != NULL) {
        *rest = remainder;
    }
    return quotient;
}
